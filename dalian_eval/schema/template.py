"""The input template (报送模板.xlsx): one sheet per table, a note per column, drop-downs.

An untouched sheet says nothing; that there is nothing to report is ticked in its first row.
"""

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import write_whole
from dalian_eval.base.result_folder import room
from dalian_eval.schema.describe import note_of
from dalian_eval.schema.form import CONTENTS, NO_DATA, TICK, TITLE
from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.tables import TABLES

_LAST_ROW = 1_000
"""Last row (0-based) that has formats and drop-downs: enough for a month, small to open."""

_HEADER_ROW = 1
"""The header's row (0-based): above it stands the tick."""

_FORMATS: dict[Type, str] = {
    Type.DATE: "yyyy-mm-dd",
    Type.TIMESTAMP: "yyyy-mm-dd hh:mm:ss",
    Type.INTEGER: "0",
    Type.NUMBER: "General",
}
"""Number formats of cells; everything else is text, so that codes keep their leading zeros."""


def write_template(path: Path, tables: Sequence[Table] = TABLES) -> None:
    """Write the template of `tables` to `path`, the same bytes at each call.

    UsageError when `path` does not end in .xlsx, exists already or cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"模板文件 {path} 应以 .xlsx 结尾")
    if path.exists():
        raise UsageError(f"{path} 已存在，为免覆盖已填的数据，请换一个文件名或先移走")
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"created": dt.datetime(2024, 1, 1), "title": TITLE})
        _contents(book, tables)
        for table in tables:
            _sheet(book, table)
    try:
        with room(path.parent):
            write_whole(path, made.getvalue())
    except OSError as error:
        raise UsageError(f"无法写入 {path}：请确认文件夹存在、可写且文件没有打开") from error


def _contents(book: xlsxwriter.Workbook, tables: Sequence[Table]) -> None:
    sheet = book.add_worksheet(CONTENTS)
    title = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bg_color": "#DCE9F2", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    sheet.write_string(0, 0, TITLE, title)
    lines = (
        "一表一页，页名和表头请勿改动；不归本单位报送的表不必管它，没有填写的页按没有报送计。",
        f"本单位确实没有记录的表：在该页第一行『{NO_DATA}』右边选“{TICK}”，表示确认没有。",
        "鼠标移到表头上可看每列的填写要求；有下拉选项的请从中选择。",
    )
    for row, line in enumerate(lines, start=1):
        sheet.write_string(row, 0, line)
    for column, text in enumerate(("表", "内容", "列数")):
        sheet.write_string(5, column, text, head)
    for row, table in enumerate(tables, start=6):
        sheet.write_url(row, 0, f"internal:'{table.sheet}'!A1", string=table.sheet)
        sheet.write_string(row, 1, table.note, wrap)
        sheet.write_number(row, 2, len(table.columns), wrap)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 70)
    _on_paper(sheet)


def _sheet(book: xlsxwriter.Workbook, table: Table) -> None:
    sheet = book.add_worksheet(table.sheet)
    head = book.add_format({"bold": True, "bg_color": "#DCE9F2", "border": 1})
    must = book.add_format({"bold": True, "bg_color": "#F6D9C6", "border": 1})
    _tick(book, sheet)
    for index, column in enumerate(table.columns):
        cell_format = book.add_format({"num_format": _FORMATS.get(column.type, "@")})
        sheet.set_column(index, index, _width(column), cell_format)
        sheet.write_string(_HEADER_ROW, index, column.header, must if column.mandatory else head)
        sheet.write_comment(
            _HEADER_ROW,
            index,
            note_of(column),
            {"width": 240, "height": 130, "author": CONTENTS},
        )
        choices = ("是", "否") if column.type is Type.BOOL else column.vocabulary
        if choices and column.type is not Type.LIST:
            sheet.data_validation(
                _HEADER_ROW + 1,
                index,
                _LAST_ROW,
                index,
                {
                    "validate": "list",
                    "source": list(choices),
                    "error_title": "取值不在选项之中",
                    "error_message": f"{column.header}只能填：{'、'.join(choices)}"[:255],
                },
            )
    sheet.freeze_panes(_HEADER_ROW + 1, 0)
    sheet.repeat_rows(0, _HEADER_ROW)
    _on_paper(sheet)


def _tick(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    """Make the row in which a clerk says that there is nothing to report."""
    box = book.add_format({"bg_color": "#FFF7CC", "border": 1, "align": "center"})
    sheet.write_string(0, 0, NO_DATA)
    sheet.write_blank(0, 1, None, box)
    sheet.write_string(0, 2, f"确认没有记录的，在左边的格选“{TICK}”；不选也不填，按没有报送计")
    wrong = {"error_title": NO_DATA, "error_message": f"只能选“{TICK}”，或者空着"}
    sheet.data_validation(0, 1, 0, 1, {"validate": "list", "source": [TICK], **wrong})


def _on_paper(sheet: xlsxwriter.worksheet.Worksheet) -> None:
    """Print on A4, landscape, one page wide."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _width(column: Column) -> int:
    return {Type.TIMESTAMP: 20, Type.LIST: 24, Type.CASE_NUMBER: 24}.get(column.type, 14)
