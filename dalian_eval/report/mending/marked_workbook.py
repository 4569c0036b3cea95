"""A copy of a table file with its bad cells marked: values only, nothing in it is executed."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dalian_eval.intake.base.raw_cell import Cell, clip, original_text, without_controls
from dalian_eval.report.base.cell_names import column_letters

Place = tuple[int, int]
"""Row and column of a cell, from 0."""

_ROWS, _COLUMNS, _CHARACTERS = 1_048_576, 16_384, 32_767
"""What a sheet of an .xlsx and a cell in it can hold."""

_MOST_COMMENTS = 2_000
_FILL, _LIST_FILL = "#F8CBAD", "#DDEBF7"
_EARLIEST = dt.date(1900, 3, 1)
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_MADE = dt.datetime(2024, 1, 1)
LIST = "问题清单"
_LIST_HEADER = ("工作表", "行", "格", "列", "原值", "问题", "改法")


@dataclass(frozen=True)
class MarkedSheet:
    """A sheet to copy: its rows of cells, and what is wrong with which cell."""

    name: str
    rows: Sequence[Sequence[Cell]]
    marks: Mapping[Place, Sequence[str]] = field(default_factory=dict)


def write_marked(
    path: Path, sheets: Sequence[MarkedSheet], listed: Sequence[Sequence[str]]
) -> None:
    """Write the sheets to an .xlsx, the cells at the marks filled and commented.

    Texts stay texts, also those that look like formulas or addresses; formulas are there as their
    stored values. `listed` are the rows of the list of problems that comes first.
    """
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": _MADE})
        writer = _Writer(book)
        names = _sheet_names([LIST, *(sheet.name for sheet in sheets)])
        writer.write_list(next(names), listed)
        for sheet in sheets:
            writer.write(next(names), sheet)


def address(place: Place) -> str:
    """Return a cell's address as spreadsheets show it: D14."""
    row, column = place
    return f"{column_letters(column)}{row + 1}"


def _sheet_names(names: Sequence[str]) -> Iterator[str]:
    """Yield names that a workbook takes: short, without forbidden signs, no two alike."""
    taken: set[str] = set()
    for name in names:
        plain = _FORBIDDEN.sub("_", clip(name)).strip("' ")[:25] or "表"
        made, number = plain, 1
        while made.lower() in taken or made.lower() == "history":
            number += 1
            made = f"{plain}_{number}"
        taken.add(made.lower())
        yield made


class _Writer:
    """Writes cells into one workbook, with the few formats they need."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[bool, str], Any] = {}

    def write_list(self, name: str, listed: Sequence[Sequence[str]]) -> None:
        page = self._book.add_worksheet(name)
        head = self._book.add_format({"bold": True, "bg_color": _LIST_FILL})
        wrap = self._book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        for column, width in enumerate((16, 6, 10, 14, 20, 60, 50)):
            page.set_column(column, column, width)
        page.freeze_panes(1, 0)
        for column, title in enumerate(_LIST_HEADER):
            page.write_string(0, column, title, head)
        for row, cells in enumerate(listed[: _ROWS - 1], 1):
            for column, text in enumerate(cells):
                page.write_string(row, column, without_controls(text)[:_CHARACTERS], wrap)

    def write(self, name: str, sheet: MarkedSheet) -> None:
        page = self._book.add_worksheet(name)
        marks: dict[int, dict[int, Sequence[str]]] = {}
        for (row, column), told in sheet.marks.items():
            marks.setdefault(row, {})[column] = told
        comments = 0
        for row, cells in enumerate(sheet.rows[:_ROWS]):
            bad = marks.get(row, {})
            for column in range(min(max(len(cells), *(c + 1 for c in bad), 0), _COLUMNS)):
                cell = cells[column] if column < len(cells) else None
                self._write_cell(page, (row, column), cell, bad=column in bad)
            for column, told in bad.items():
                comments += 1
                if comments <= _MOST_COMMENTS and column < _COLUMNS:
                    text = "\n".join(clip(sentence, 800) for sentence in told)
                    page.write_comment(row, column, text, {"author": "自查", "x_scale": 2.5})

    def _write_cell(self, page: Any, place: Place, cell: Cell, *, bad: bool) -> None:
        match cell:
            case None | "":
                if bad:
                    page.write_blank(*place, None, self._format(bad, ""))
            case bool():
                page.write_boolean(*place, cell, self._format(bad, ""))
            case int() | float():
                page.write_number(*place, cell, self._format(bad, ""))
            case dt.datetime() if cell.date() >= _EARLIEST and cell.tzinfo is None:
                page.write_datetime(*place, cell, self._format(bad, "yyyy-mm-dd hh:mm:ss"))
            case dt.date() if not isinstance(cell, dt.datetime) and cell >= _EARLIEST:
                page.write_datetime(*place, cell, self._format(bad, "yyyy-mm-dd"))
            case _:
                text = without_controls(original_text(cell))[:_CHARACTERS]
                page.write_string(*place, text, self._format(bad, "@"))

    def _format(self, bad: bool, number: str) -> Any:
        """Return a format; texts are marked as such, so that editing makes no formula of them."""
        if (bad, number) not in self._formats:
            given: dict[str, Any] = {"num_format": number} if number else {}
            if number == "@":
                given["quote_prefix"] = True
            if bad:
                given |= {"bg_color": _FILL, "border": 1}
            self._formats[bad, number] = self._book.add_format(given)
        return self._formats[bad, number]
