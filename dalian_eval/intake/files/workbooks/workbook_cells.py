"""Workbooks (.xlsx, .xlsb, .xls) to raw cells, by calamine, completed from the file's own parts.

calamine is quick but reads error values and formulas without value as blanks and tells no number
formats. What it leaves out is looked up in the file itself (`xlsx_details`, `xlsb_details`,
`xls_details`).
"""

import io
import math
from typing import Any

from dalian_eval.base.limits import MEGABYTE, Limits
from dalian_eval.base.quiet_stderr import stderr_closed
from dalian_eval.intake.base.raw_cell import Cell, CellError
from dalian_eval.intake.files.content_kind import PACKAGES, Kind
from dalian_eval.intake.files.discover import RawFile, RefusedError, corrupt, password_sentence
from dalian_eval.intake.files.sheets import Sheet, blank_rows, fill_down, too_large
from dalian_eval.intake.files.workbooks import xls_details, xlsb_details, xlsx_details
from dalian_eval.intake.files.workbooks.xlsx_parts import usual_package

_Details = xlsx_details.Workbook | xlsb_details.Workbook | xls_details.Workbook

_NO_CELLS = "图表页或宏表，没有单元格数据，没有读取。"


def read_workbook(raw: RawFile, limits: Limits) -> list[Sheet]:
    """Return the sheets of a workbook in their order; RefusedError when it cannot be read."""
    from python_calamine import PasswordError

    try:
        # What calamine's runtime prints about a panic before it becomes an exception.
        with stderr_closed():
            return _read(raw, limits)
    except (RefusedError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except PasswordError:
        raise RefusedError(password_sentence(raw)) from None
    except BaseException:
        # calamine's panics on broken files are no Exceptions; every one means the same here.
        raise RefusedError(corrupt(raw)) from None


def _read(raw: RawFile, limits: Limits) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    content = raw.path.read_bytes()
    inside: _Details
    if raw.kind in PACKAGES:
        content = usual_package(content)
        inside = xlsx_details.Workbook(content)
    elif raw.kind is Kind.XLSB:
        inside = xlsb_details.Workbook(content)
    else:
        inside = xls_details.Workbook(content)
        if inside.outdated:
            raise RefusedError(
                f"文件 {raw.file} 是 Excel 95 或更早的格式，其中的汉字读不准，没有读取；"
                "请用 Excel 或 WPS 打开后另存为 .xlsx。"
            )
    if inside.protected:
        raise RefusedError(password_sentence(raw))
    sheets: list[Sheet] = []
    room = limits.cells
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        # calamine finds a sheet by its name, and would read the first of that name again.
        if len(set(book.sheet_names)) < len(book.sheet_names):
            raise RefusedError(
                f"文件 {raw.file} 里有同名的工作表，分不清哪张是哪张，没有读取；请改名后另存。"
            )
        for index, meta in enumerate(book.sheets_metadata):
            if meta.visible is not SheetVisibleEnum.Visible:
                sheets.append(Sheet(meta.name, [], frozenset(), hidden=True))
            elif meta.typ is not SheetTypeEnum.WorkSheet:
                sheets.append(Sheet(meta.name, [], frozenset(), other=_NO_CELLS))
            elif (cells := _cells(inside, index, limits)) > room:
                refusal = too_large(raw.file, meta.name, limits)
                sheets.append(Sheet(meta.name, [], frozenset(), refusal=refusal))
            else:
                room -= cells
                sheets.append(_sheet(book, index, inside))
    if not sheets:
        raise RefusedError(corrupt(raw))
    return sheets


def _cells(inside: _Details, sheet: int, limits: Limits) -> int:
    """Return how many cells a sheet lays out; more than the limit when it is refused anyway."""
    refused = limits.cells + 1
    rows, columns = inside.bounds(sheet)
    if rows > limits.rows or columns > limits.columns or rows * columns > limits.cells:
        rows, columns = inside.extent(sheet)
    if rows > limits.rows or columns > limits.columns:
        return refused
    if inside.text_bytes(sheet) > limits.text_mb * MEGABYTE:
        return refused
    return rows * columns


def _sheet(book: Any, index: int, inside: _Details) -> Sheet:
    """Read one visible sheet."""
    # First of all: what it looks at is let go before calamine lays out the same cells.
    struck = inside.struck_rows(index)
    special = inside.special_cells(index)
    found = book.get_sheet_by_index(index)
    rows: list[list[Cell]] = found.to_python(skip_empty_area=False)
    for (row, column), cell in special.items():
        _grow(rows, row, column)
        rows[row][column] = cell
    for cells in rows:
        for position, cell in enumerate(cells):
            if isinstance(cell, float) and not math.isfinite(cell):
                cells[position] = CellError(str(cell))
    blank = blank_rows(rows)
    if isinstance(inside, xlsb_details.Workbook):
        merged = inside.merged(index)
    else:
        merged = found.merged_cell_ranges or []
    fill_down(rows, merged)
    return Sheet(found.name, rows, blank, date1904=inside.date1904, struck=struck)


def _grow(rows: list[list[Cell]], row: int, column: int) -> None:
    """Make room for a cell outside what calamine found, which stops at the last value."""
    while len(rows) <= row:
        rows.append([])
    rows[row].extend([""] * (column + 1 - len(rows[row])))
