"""The waterfall of a statement: from the full mark through every item's loss to the total.

Bars are placed by integers, in hundredths of a per cent of the figure's width: the same picture on
every machine, and it fits a screen of any width without its text shrinking.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dalian_eval.report.base.points import plain, with_sign
from dalian_eval.report.statements.account import Statement
from dalian_eval.report.statements.losses import Lost
from dalian_eval.rubric.queries import POINT

_LEFT, _WIDE = 3_000, 5_400
"""Where the bars begin and how wide the scale is, in hundredths of a per cent."""

_ROW, _HEAD = 26, 22
"""Pixels: a row, and the scale above the first."""

_TICKS = 4


@dataclass(frozen=True)
class Step:
    """A bar: what it stands for, and its place.

    `points`, `maximum`, `change` in ten-thousandths (None: does not apply); `look`: full, loss,
    gain or total; `x`, `width`, `after` (the level that follows) in per cent; `y` in pixels.
    """

    title: str
    id: str
    points: int | None
    maximum: int | None
    change: int | None
    look: str
    x: str
    width: str
    after: str
    y: int
    status: str = ""
    state: str = ""

    @property
    def told(self) -> str:
        """The number beside the bar."""
        return plain(self.points or 0) if self.change is None else with_sign(self.change)

    @property
    def known(self) -> str:
        """What its item was worth and came to, in a sentence."""
        if self.points is None:
            return "不参与"
        if self.maximum is None:
            return f"{with_sign(self.points)}分"
        lost = -(self.change or 0)
        less = f"，失分{plain(lost)}分" if lost else ""
        return f"满分{plain(self.maximum)}分，得{plain(self.points)}分{less}"


@dataclass(frozen=True)
class Waterfall:
    """The steps, the ticks of the scale (label, place in per cent) and the height in pixels."""

    steps: tuple[Step, ...]
    ticks: tuple[tuple[str, str], ...]
    height: int
    name: str

    @property
    def told(self) -> str:
        """The whole figure in a sentence, for who cannot see it."""
        first, *between, last = self.steps
        parts = "，".join(f"{s.title}{s.told}" for s in between if s.change)
        return f"{self.name}：{first.title}{first.told}；{parts or '没有增减'}；总分{last.told}"


def waterfall(made: Statement, full: int, lost: Sequence[Lost]) -> Waterfall:
    """Return the waterfall of a candidate's account.

    `full`: the full mark in ten-thousandths; `lost`: the rows of `losses_of`, by which the bars of
    the items are as long as what the items cost.
    """
    total = int(made.score["total"])
    bonus = sum(b.points for b in made.bonuses)
    top = max(full + max(0, bonus), total, made.item_sum + made.rescale_sum, POINT)
    maker = _Maker(top, [])
    maker.add("满分", "", (0, full), "full", maximum=full)
    level = full
    for item in made.items:
        if item.bonus or item.maximum is None:
            continue
        below = level - sum(row.points for row in lost if row.item == item.id)
        maker.add(
            *(item.title, item.id, (level, below), "loss"),
            points=item.points,
            maximum=item.maximum,
            status=item.status,
            state=item.state,
        )
        level = below
    settled = "、".join(dict.fromkeys(e.rule for e in made.rescaled))
    extras = [(settled, "settlement", made.rescale_sum)] if made.rescaled else []
    extras += [(b.title, b.id, b.points) for b in made.bonuses]
    for title, anchor, points in extras:
        look = "gain" if points >= 0 else "loss"
        maker.add(title, anchor, (level, level + points), look, points=points)
        level += points
    maker.add("总分", "", (0, total), "total", points=total)
    marks = [full * i // _TICKS for i in range(_TICKS + 1)]
    return Waterfall(
        steps=tuple(maker.steps),
        ticks=tuple((plain(m).removesuffix(".00"), maker.place(m)) for m in marks),
        height=_HEAD + _ROW * len(maker.steps) + 4,
        name=f"{made.score['name']}的得分构成",
    )


@dataclass(frozen=True)
class _Maker:
    """Puts bars below each other on a scale that ends at `top`."""

    top: int
    steps: list[Step]

    def place(self, points: int) -> str:
        """Return where `points` lie on the scale."""
        return _percent(_LEFT + _WIDE * max(0, points) // self.top)

    def add(
        self,
        title: str,
        anchor: str,
        levels: tuple[int, int],
        look: str,
        *,
        points: int | None = None,
        maximum: int | None = None,
        status: str = "",
        state: str = "",
    ) -> None:
        """Add a bar between two levels; only a loss or gain has a change."""
        low, high = min(levels), max(levels)
        change = levels[1] - levels[0] if look in ("loss", "gain") else None
        self.steps.append(
            Step(
                title=title,
                id=anchor,
                points=points if points is not None or change is not None else maximum,
                maximum=maximum,
                change=change,
                look=look,
                x=self.place(low),
                width=_percent(_WIDE * max(0, high) // self.top - _WIDE * max(0, low) // self.top),
                after=self.place(levels[1]),
                y=_HEAD + _ROW * len(self.steps),
                status=status,
                state=state,
            )
        )


def _percent(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}%"
