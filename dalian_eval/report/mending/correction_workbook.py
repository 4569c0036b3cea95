"""The correction workbook (隔离更正表): filled in with Excel or WPS, read by the next run."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import pandas as pd
import xlsxwriter

from dalian_eval.intake.corrections.correction_sheets import EMPTY, HEADERS, Action

MOST_LINES = 20_000
"""Lines of the workbook: more than people mend by hand, and every program still opens it."""

CORRECTION_SHEET = "更正"
_GUIDE, _GUIDE_WIDTH = "说明", 100
_LINE, _TALLEST = 16, 400
"""Height of a line of text and of the tallest row, in points."""

_MADE = dt.datetime(2024, 1, 1)
_WIDTHS = {
    "unit": 22,
    "table": 11,
    "target_file": 26,
    "target_sheet": 12,
    "target_row": 7,
    "column": 14,
    "before": 24,
    "problem": 44,
    "fix": 40,
    "action": 13,
    "after": 24,
    "by": 11,
    "note": 22,
}
_GIVEN = {
    "unit": "unit",
    "table": "table",
    "target_file": "file",
    "target_sheet": "sheet",
    "target_row": "row",
    "column": "column",
    "before": "value",
    "problem": "reason",
    "fix": "fix",
}
"""Column of the workbook → column of the mending lines; the others are for the user."""

_LINES = (
    "本表列出没有被采用（隔离）的内容，一行一个有问题的格；『列』是“整行”的，是整行有问题。",
    "按『责任单位』筛选后分给各单位，只填右边黄色的四列，灰色的列照原样保留，不要改动、删列。",
    f"能改的：『处理』选“{Action.CORRECT.value}”，在『更正为』写正确的内容。"
    f"要清空这一格的写“{EMPTY}”。",
    f"多余、重复或本不该报的行：『处理』选“{Action.WITHDRAW.value}”，这一行不参与计分。",
    "同一行有几格有问题的，各格都要改好，这一行才会被采用；两行相互矛盾的，把多余的一行选"
    f"“{Action.WITHDRAW.value}”即可。",
    "要改表中没有列出的格：复制同一行的一条，在『列』写那一列的表头，"
    "在『原内容』写那一格现在的内容。",
    "填好后保存，文件名随意，放进数据文件夹（data/raw）的任何位置，与原始表格一起；"
    "几个单位各交一份也可以。原始表格不用改，也不要移动。",
    "再次运行时，逐行核对文件、工作表、行、列和原内容，都与现在读到的一致才采用；"
    "不一致的不采用，并在记录的“隔离与更正”一页写明原因。",
    "更正表要一直留在数据文件夹里：拿走了，下次运行就恢复原样。",
)


def write_mendbook(path: Path, lines: pd.DataFrame) -> None:
    """Write the workbook for mending lines (see `mending_lines`); the same lines, the same bytes.

    Every text is written as a text, never as a formula or a link. Of more than `MOST_LINES` lines
    the first are there, and both sheets say how many are not.
    """
    options = {
        "constant_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    left_out = len(lines) - MOST_LINES
    more = (
        f"另有 {left_out} 行没有列入本表，全部内容见记录中的 quarantine_cells.csv；"
        "先改好这些再运行，其余的会列入下一份。"
        if left_out > 0
        else ""
    )
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": _MADE, "title": "隔离更正表"})
        _write_guide(book, len(lines), more)
        _write_lines(book, lines.iloc[:MOST_LINES], more)


def _write_guide(book: Any, count: int, more: str) -> None:
    page = book.add_worksheet(_GUIDE)
    page.set_column(0, 0, _GUIDE_WIDTH)
    page.hide_gridlines(2)
    title = book.add_format({"bold": True, "font_size": 15, "font_color": "#14406B"})
    text = book.add_format({"text_wrap": True, "valign": "top", "font_size": 11})
    page.write_string(0, 0, "隔离更正表", title)
    page.write_string(1, 0, f"共 {count} 处待更正，见工作表『{CORRECTION_SHEET}』。", text)
    numbered = [f"{number}. {line}" for number, line in enumerate(_LINES, start=1)]
    for row, line in enumerate([*numbered, *([more] if more else [])], start=3):
        page.set_row(row, _height([(line, _GUIDE_WIDTH)]))
        page.write_string(row, 0, line, text)
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _write_lines(book: Any, lines: pd.DataFrame, more: str) -> None:
    page = book.add_worksheet(CORRECTION_SHEET)
    names = list(HEADERS)
    for position, name in enumerate(names):
        page.set_column(position, position, _WIDTHS[name])
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    _validate(page, names.index("action"), len(lines))
    page.autofilter(0, 0, max(len(lines), 1), len(names) - 1)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    look = {"border": 1, "border_color": "#C5CED8", "valign": "top", "text_wrap": True}
    given = book.add_format(
        {**look, "bg_color": "#EEF1F4", "num_format": "@", "quote_prefix": True}
    )
    number = book.add_format({**look, "bg_color": "#EEF1F4", "num_format": "0"})
    open_ = book.add_format({**look, "bg_color": "#FFF7D6", "num_format": "@"})
    head = book.add_format({**look, "bold": True, "bg_color": "#DCE9F2"})
    head_open = book.add_format({**look, "bold": True, "bg_color": "#FFE08A"})
    for position, name in enumerate(names):
        page.write_string(0, position, HEADERS[name], head if name in _GIVEN else head_open)
    for row, line in enumerate(lines.to_dict("records"), start=1):
        texts = [(str(line[given]), _WIDTHS[name]) for name, given in _GIVEN.items()]
        page.set_row(row, _height(texts))
        for position, name in enumerate(names):
            if name not in _GIVEN:
                page.write_blank(row, position, None, open_)
            elif name == "target_row":
                page.write_number(row, position, line["row"], number)
            else:
                page.write_string(row, position, str(line[_GIVEN[name]]), given)
    if more:
        page.write_string(len(lines) + 1, names.index("problem"), more, given)


def _height(texts: Iterable[tuple[str, int]]) -> int:
    """Return the height of a row in points; `texts` come with the widths of their columns.

    Programs do not all fit a row to its wrapped text when they open a workbook.
    """
    lines = max(-(-sum(map(_columns, text)) // (width - 2)) for text, width in texts)
    return min(_LINE * max(lines, 1) + 2, _TALLEST)


def _columns(character: str) -> int:
    return 1 + (east_asian_width(character) in "WFA")


def _validate(page: Any, column: int, lines: int) -> None:
    choices = [action.value for action in Action]
    page.data_validation(
        1,
        column,
        max(lines, 1) + 200,
        column,
        {
            "validate": "list",
            "source": choices,
            "error_title": "取值不在选项之中",
            "error_message": f"只能选：{'、'.join(choices)}",
        },
    )
