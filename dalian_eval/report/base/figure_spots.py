"""Spots of a figure: places that say their number and lead to its row, wherever the picture stands.

A spot is an invisible rectangle of the figure. On a page it is a link laid over the picture, placed
in per cent of it: it fits every width and needs no script.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

MOST_STOPS = 60
"""Spots of a figure up to which the tabulator goes through them; else the table beside leads."""

_MARK = "spot"


@dataclass(frozen=True)
class Spot:
    """Where a spot lies, in per cent of the figure, what it says, where it leads (empty: nowhere).

    `left`, `top`, `width`, `height`: with two decimals, so that a figure gives the same bytes.
    """

    left: str
    top: str
    width: str
    height: str
    text: str
    link: str


def spot(
    axes: Axes, place: tuple[float, float], size: tuple[float, float], text: str, link: str = ""
) -> None:
    """Put a spot into a figure: a rectangle from `place` on, both in the units of the axes."""
    patch = Rectangle(place, *size, facecolor="none", edgecolor="none", linewidth=0)
    patch.set(url=link or None, gid=f"{_MARK} {text}")
    axes.add_artist(patch)


def spots_of(figure: Figure) -> list[Spot]:
    """Return the spots of a figure that is drawn, from its first axes to its last."""
    found = []
    whole = figure.bbox
    for patch in figure.findobj(Rectangle):
        gid = patch.get_gid() or ""
        if not gid.startswith(f"{_MARK} "):
            continue
        box = patch.get_window_extent()
        left, right = box.x0 / whole.width, box.x1 / whole.width
        top, bottom = 1 - box.y1 / whole.height, 1 - box.y0 / whole.height
        found.append(
            Spot(
                left=_percent(left),
                top=_percent(top),
                width=_percent(right - left),
                height=_percent(bottom - top),
                text=gid.removeprefix(f"{_MARK} "),
                link=patch.get_url() or "",
            )
        )
    return found


def _percent(part: float) -> str:
    return f"{100 * part:.2f}"


def told(spots: Iterable[Spot]) -> list[dict[str, str]]:
    """Return spots as a notebook's output keeps them beside its picture."""
    return [asdict(one) for one in spots]


def over(picture: Markup, spots: Iterable[Mapping[str, Any]]) -> Markup:
    """Return a picture with its spots (see `told`) laid over it; the picture alone without any."""
    known = [*spots]
    if not known:
        return picture
    stop = Markup("") if len(known) <= MOST_STOPS else Markup(' tabindex="-1"')
    links = Markup("").join(_link(one, stop) for one in known)
    return Markup('<div class="mapped">{}{}</div>').format(picture, links)


def _link(one: Mapping[str, Any], stop: Markup) -> Markup:
    place = "left:{left}%;top:{top}%;width:{width}%;height:{height}%".format(**one)
    side = " end" if float(one["left"]) > 50 else ""
    address = Markup(' href="{}"').format(one["link"]) if one["link"] else Markup("")
    return Markup('<a class="spot{}" style="{}"{}{}><span>{}</span></a>').format(
        side, place, address, stop, one["text"]
    )
