"""Figures as bytes: PNG without metadata, as data URI for pages, as display for notebooks."""

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from dalian_eval.report.base import theme
from dalian_eval.report.base.figure_spots import over, spots_of, told

_COLOURS = 128
"""More than the lines, areas and smoothed letters of a figure show."""


def png(figure: Figure) -> bytes:
    """Return the figure as PNG at twice the screen's resolution, the same bytes each time.

    A palette holds all that a figure of few colours needs, in a third of the bytes.
    """
    drawn, stream = io.BytesIO(), io.BytesIO()
    with theme.figure_settings():
        FigureCanvasAgg(figure)
        figure.savefig(drawn, format="png", dpi=theme.DPI, pil_kwargs={"compress_level": 1})
    with Image.open(drawn) as image:
        few = image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(stream, "PNG", optimize=True, dpi=(theme.DPI, theme.DPI))
    return stream.getvalue()


def alt_text(figure: Figure) -> str:
    """Return the figure's alternative text."""
    return str(figure.get_label())


def img_tag(figure: Figure) -> Markup:
    """Return the figure as an inline image element, its spots laid over it."""
    data = base64.b64encode(png(figure)).decode()
    width = round(figure.get_figwidth() * 96)
    image = Markup('<img src="data:image/png;base64,{}" alt="{}" width="{}">').format(
        data, alt_text(figure), width
    )
    return over(image, told(spots_of(figure)))


@dataclass(frozen=True)
class Picture:
    """A figure as a notebook displays it, with its alternative text."""

    figure: Figure

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        data = base64.b64encode(png(self.figure)).decode()
        alt = alt_text(self.figure)
        width = round(self.figure.get_figwidth() * 96)
        bundle = {"image/png": data, "text/plain": alt}
        about: dict[str, Any] = {"alt": alt, "width": width}
        if spots := spots_of(self.figure):
            about["spots"] = told(spots)
        return bundle, {"image/png": about}


def show_figure(figure: Figure) -> Picture:
    """Return the figure as something a notebook displays, with its alternative text."""
    return Picture(figure)


def show_figures(figures: Iterable[Figure]) -> None:
    """Display figures in a notebook, one below the other."""
    from IPython.display import display

    for figure in figures:
        display(show_figure(figure))
