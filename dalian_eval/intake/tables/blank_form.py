"""What a sheet without records says: nothing (an untouched form), or that there is nothing.

A sheet of the template is handed in only when something was written into it. 'There is none' is
said by its tick, by a row 无, or by a sheet that is no template's, with its header alone.
"""

from collections.abc import Iterable, Sequence
from enum import Enum

from dalian_eval.intake.base.raw_cell import Cell, is_blank, original_text
from dalian_eval.intake.tables.headers import plain_header
from dalian_eval.schema.form import CONTENTS, FORMER_TITLES, NO_DATA, TITLE

_MARKED = frozenset(("是", "有", "无", "√", "✓", "✔", "☑", "v", "y", "yes", "1", "true", "勾选"))
_UNMARKED = frozenset(("", "否", "×", "✗", "□", "☐", "n", "no", "0", "false", "/", "-", "—"))


class Tick(Enum):
    """The tick above a sheet's header."""

    ABSENT = "no such cell"
    OPEN = "not ticked"
    TICKED = "ticked"
    UNCLEAR = "neither"


def tick_of(rows: Iterable[Sequence[Cell]]) -> Tick:
    """Return what the rows above a header say: the tick stands behind its label or in its cell."""
    for row in rows:
        for position, cell in enumerate(row):
            text = _plain(cell)
            if NO_DATA in text:
                own = text.replace(NO_DATA, "").strip(":")
                beside = next((_plain(c) for c in row[position + 1 : position + 2]), "")
                return _read(own if own else beside)
    return Tick.ABSENT


def _plain(cell: Cell) -> str:
    return "" if is_blank(cell) else plain_header(original_text(cell)).strip("()[]").lower()


def _read(mark: str) -> Tick:
    if mark in _UNMARKED:
        return Tick.OPEN
    return Tick.TICKED if mark in _MARKED else Tick.UNCLEAR


def is_contents(name: str, top: Sequence[Sequence[Cell]]) -> bool:
    """Whether a sheet is the template's own explanation."""
    if plain_header(name) != CONTENTS:
        return False
    titles = {plain_header(title) for title in (TITLE, *FORMER_TITLES)}
    return any(_plain(cell) in titles for row in top[:3] for cell in row[:3])
