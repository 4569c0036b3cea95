"""Texts made of runs, some of which are raised, lowered or struck out (77.5¹)."""

from collections.abc import Sequence

from dalian_eval.intake.base.raw_cell import Marked

Run = tuple[str, bool | None]
"""Consecutive characters of a text and whether they are marked; None: as the cell's own font is."""


def marked_text(runs: Sequence[Run], *, cell: bool) -> Marked | None:
    """Return a text when some of its characters are marked; marked as a whole it is a text.

    `cell`: whether the font of the cell that holds it is a marked one.
    """
    whole = "".join(text for text, _ in runs).strip()
    bare = "".join(text for text, mark in runs if not (cell if mark is None else mark)).strip()
    return Marked(whole, bare) if bare and bare != whole else None
