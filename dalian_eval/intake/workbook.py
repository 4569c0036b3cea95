"""Workbooks (.xlsx, .xls) to raw cells, by calamine, completed from the file's own parts.

calamine is quick but reads error values and formulas without value as blanks and tells no number
formats. What it leaves out is looked up in the file itself (`ooxml`, `biff`).
"""

import math
from typing import Any

from dalian_eval.intake import biff, ooxml
from dalian_eval.intake.cells import Cell, CellError
from dalian_eval.intake.discover import RawFile, RefusedError, corrupt, protected
from dalian_eval.intake.limits import Limits
from dalian_eval.intake.sheets import Sheet, blank_rows, fill_down, too_large


def read_workbook(raw: RawFile, limits: Limits) -> list[Sheet]:
    """Return the sheets of a workbook in their order; RefusedError when it cannot be read."""
    from python_calamine import PasswordError

    try:
        return _read(raw, limits)
    except (RefusedError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except PasswordError:
        raise RefusedError(protected(raw)) from None
    except BaseException:
        # calamine's panics on broken files are no Exceptions; every one means the same here.
        raise RefusedError(corrupt(raw)) from None


def _read(raw: RawFile, limits: Limits) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    content = raw.path.read_bytes()
    inside: ooxml.Workbook | biff.Workbook
    inside = ooxml.Workbook(content) if raw.ending == ".xlsx" else biff.Workbook(content)
    if inside.protected:
        raise RefusedError(protected(raw))
    sheets: list[Sheet] = []
    with CalamineWorkbook.from_path(raw.path) as book:
        for index, meta in enumerate(book.sheets_metadata):
            if meta.visible is not SheetVisibleEnum.Visible:
                sheets.append(Sheet(meta.name, [], frozenset(), hidden=True))
            elif meta.typ is not SheetTypeEnum.WorkSheet:
                sheets.append(Sheet(meta.name, [], frozenset()))
            elif not _bearable(inside.extent(index), limits):
                refusal = too_large(raw.file, meta.name, limits)
                sheets.append(Sheet(meta.name, [], frozenset(), refusal=refusal))
            else:
                sheets.append(_sheet(book, index, inside))
    if not sheets:
        raise RefusedError(corrupt(raw))
    return sheets


def _bearable(extent: tuple[int, int], limits: Limits) -> bool:
    """Whether a sheet of so many rows and columns may be laid out in memory."""
    rows, columns = extent
    return rows <= limits.rows and columns <= limits.columns and rows * columns <= limits.cells


def _sheet(book: Any, index: int, inside: "ooxml.Workbook | biff.Workbook") -> Sheet:
    """Read one visible sheet; sheets are found by position, as names may differ in blanks."""
    found = book.get_sheet_by_index(index)
    rows: list[list[Cell]] = found.to_python(skip_empty_area=False)
    for (row, column), cell in inside.special_cells(index).items():
        _grow(rows, row, column)
        rows[row][column] = cell
    for cells in rows:
        for position, cell in enumerate(cells):
            if isinstance(cell, float) and not math.isfinite(cell):
                cells[position] = CellError(str(cell))
    blank = blank_rows(rows)
    fill_down(rows, found.merged_cell_ranges or [])
    return Sheet(found.name, rows, blank, date1904=inside.date1904)


def _grow(rows: list[list[Cell]], row: int, column: int) -> None:
    """Make room for a cell outside what calamine found, which stops at the last value."""
    while len(rows) <= row:
        rows.append([])
    rows[row].extend([""] * (column + 1 - len(rows[row])))
