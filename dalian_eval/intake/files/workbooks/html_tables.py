"""HTML tables, which web systems hand out as `.xls`, to sheets.

lxml's parser tells elements one by one and makes no tree of them: nothing is fetched, no script
runs, no entity beyond HTML's own is known.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dalian_eval.base.limits import Limits
from dalian_eval.intake.base.raw_cell import Cell, clip, is_blank
from dalian_eval.intake.base.text_runs import Run, marked_text
from dalian_eval.intake.files.discover import RawFile, RefusedError, corrupt
from dalian_eval.intake.files.sheets import Sheet
from dalian_eval.intake.files.text_pieces import utf8_pieces
from dalian_eval.intake.files.workbooks.grid import Grid

_SPACE = re.compile(r"[ \t\r\n\f]+")
_MARKS = frozenset({"sup", "sub", "s", "strike", "del"})
_ASIDE = frozenset({"script", "style", "template", "noscript", "title"})
_INPUTS = frozenset({"input", "select", "textarea"})
_SILENT = ("hidden", "button", "submit", "reset", "image")
"""Inputs that show no value."""
_LINES = frozenset({"p", "div", "li"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_NUMBERED = re.compile(r"^Sheet \d+: ")
_CELL = re.compile(rb"<t[dh][\s>]", re.I)
_LAST = 1 << 14
_MOST_TABLES = 1000


def read_html(raw: RawFile, limits: Limits) -> list[Sheet]:
    """Return the tables of a page in their order. Raises RefusedError.

    A table is called by its caption, else by the heading above it, else by its number; without
    either the only table of a page has no name, like a csv.
    """
    from lxml import etree

    page = _Page(raw.file, limits)
    parser = etree.HTMLParser(target=page, encoding="utf-8", huge_tree=True)
    end = b""
    for piece in utf8_pieces(raw):
        if b"\0" in piece:
            raise RefusedError(corrupt(raw))
        end = (end + piece)[-_LAST:]
        try:
            parser.feed(piece)
        except etree.LxmlError:
            raise RefusedError(corrupt(raw)) from None
    try:
        parser.close()
    except etree.LxmlError:
        raise RefusedError(corrupt(raw)) from None
    if any(error.level == etree.ErrorLevels.FATAL for error in parser.error_log):
        raise RefusedError(corrupt(raw))
    if page.tables and _is_cut(end.lower()):
        raise RefusedError(
            f"文件 {raw.file} 是网页（HTML），表格没有写完（多半是下载中断），没有读取；"
            "请重新导出。"
        )
    tables = list(_joined(page.tables))
    if not tables:
        raise RefusedError(
            f"文件 {raw.file} 是网页（HTML），里面没有填了内容的表格，没有读取；请重新导出。"
        )
    taken: set[str] = set()
    for number, table in enumerate(tables, start=1):
        name = table.grid.name or (f"第{number}个表格" if len(tables) > 1 else "")
        table.grid.name = f"{name}（{number}）" if name in taken else name
        taken.add(table.grid.name)
    return [table.grid.sheet() for table in tables]


def _is_cut(end: bytes) -> bool:
    """Whether the end of a page, in lower case, stands within a table."""
    if b"</body" in end or b"</html" in end:
        return False
    return b"</table" not in end or _CELL.search(end, end.rfind(b"</table")) is not None


@dataclass
class _Table:
    """A table: its cells, the place of the next one, columns that cells above reach down into."""

    grid: Grid
    row: int = -1
    column: int = 0
    down: dict[int, int] = field(default_factory=dict)
    runs: list[Run] | None = None
    caption: list[str] | None = None
    span: tuple[int, int] = (1, 1)
    steps: int = 0
    """What laying out merged cells has cost."""


class _Page:
    """What lxml's parser tells of a page: a target of it."""

    def __init__(self, file: str, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._aside = self._marks = 0
        self._heading: list[str] | None = None
        self._above = ""

    def start(self, name: str, attributes: Any) -> None:
        """Enter an element."""
        if name in _ASIDE:
            self._aside += 1
        if self._aside:
            return
        if name == "table":
            self._begin_table()
        if not self._open:
            if name in _HEADINGS:
                self._heading = []
            return
        table = self._open[-1]
        match name:
            case "tr":
                self._end_cell(table)
                table.row, table.column = table.row + 1, 0
            case "td" | "th":
                self._begin_cell(table, attributes)
            case "caption":
                table.caption = []
            case "br":
                self._add("\n")
            case _ if name in _LINES:
                self._break()
            case _ if name in _MARKS:
                self._marks += 1
            case _ if name in _INPUTS and attributes.get("type", "").lower() not in _SILENT:
                if table.runs is not None:
                    table.grid.refusal = (
                        f"文件 {self._file} 是网页（HTML），表格里有输入框，填的内容不在文件里，"
                        "没有读取；请用系统的导出功能，或复制到 Excel 中另存。"
                    )

    def _begin_table(self) -> None:
        used = sum(table.grid.cells for table in self.tables)
        if len(self.tables) == _MOST_TABLES:
            raise RefusedError(
                f"文件 {self._file} 是网页（HTML），里面有{_MOST_TABLES}个以上的表格，没有读取；"
                "请每张表导出一个文件。"
            )
        table = _Table(Grid(self._file, self._limits, used, self._above))
        self._above = ""
        self._open.append(table)
        self.tables.append(table)

    def end(self, name: str) -> None:
        """Leave an element."""
        if name in _ASIDE:
            self._aside = max(self._aside - 1, 0)
            return
        if name in _HEADINGS and self._heading is not None:
            self._above, self._heading = _name("".join(self._heading)), None
        if self._aside or not self._open:
            return
        table = self._open[-1]
        match name:
            case "td" | "th" | "tr":
                self._end_cell(table)
            case "table":
                self._end_cell(table)
                self._open.pop()
            case "caption" if table.caption is not None:
                table.grid.name = _name("".join(table.caption)) or table.grid.name
                table.caption = None
            case _ if name in _LINES:
                self._break()
            case _ if name in _MARKS:
                self._marks = max(self._marks - 1, 0)

    def data(self, text: str) -> None:
        """Take characters of an element."""
        if self._heading is not None:
            self._heading.append(text)
        elif self._open and not self._aside:
            self._add(_SPACE.sub(" ", text))

    def comment(self, text: str) -> None:
        """Pass over a comment, which may hold what is meant for Excel."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Pass over a processing instruction."""

    def close(self) -> None:
        """End the page."""

    def _add(self, text: str) -> None:
        table = self._open[-1]
        if table.caption is not None:
            table.caption.append(text)
        elif table.runs is not None:
            table.runs.append((text, self._marks > 0))

    def _break(self) -> None:
        """Begin a line, unless the text is at the beginning of one."""
        runs = self._open[-1].runs
        if runs and any(text.strip() for text, _ in runs) and not runs[-1][0].endswith("\n"):
            self._add("\n")

    def _begin_cell(self, table: _Table, attributes: Any) -> None:
        self._end_cell(table)
        table.row = max(table.row, 0)
        self._marks = 0
        while table.down.get(table.column, -1) >= table.row and not table.grid.is_too_large:
            table.column += 1
            self._charge(table, 1)
        height = _span(attributes.get("rowspan"), self._limits.rows)
        width = _span(attributes.get("colspan"), self._limits.columns)
        # A rowspan of 0 reaches to the end of its part of the table.
        table.span = (height or 1, width or 1)
        table.runs = []

    def _end_cell(self, table: _Table) -> None:
        if table.runs is None:
            return
        runs, table.runs = table.runs, None
        height, width = table.span
        cell = _value(runs)
        if cell != "":
            table.grid.put(table.row, table.column, cell)
        table.grid.merge(table.row, table.column, height, width)
        if table.row >= self._limits.rows or table.column >= self._limits.columns:
            table.grid.is_too_large = True
        if height > 1 and not table.grid.is_too_large:
            self._charge(table, width)
            for column in range(table.column, table.column + width):
                table.down[column] = table.row + height - 1
        table.column += width

    def _charge(self, table: _Table, steps: int) -> None:
        """Refuse a table whose merged cells cost more than all its cells may."""
        table.steps += steps
        if table.steps > self._limits.cells:
            table.grid.is_too_large = True


def _span(text: str | None, most: int) -> int:
    """Return a span; 1 where it is no number."""
    digits = (text or "").strip()
    return min(int(digits[:7]), most) if digits.isascii() and digits.isdecimal() else 1


def _name(text: str) -> str:
    """Return a caption or heading as the name of a table; LibreOffice writes `Sheet 1: 人员`."""
    return clip(_NUMBERED.sub("", _plain(_SPACE.sub(" ", text)).strip()))


def _plain(text: str) -> str:
    return re.sub(r" ?\n ?", "\n", re.sub(r" {2,}", " ", text))


def _value(runs: list[Run]) -> Cell:
    """Return what a cell shows."""
    if len({mark for text, mark in runs if text.strip()}) > 1:
        marked = marked_text(runs, cell=False)
        if marked:
            return marked
    # No-break spaces are the cell's own; other white space around a text is the page's.
    return _plain("".join(text for text, _ in runs)).strip(" \n")


def _joined(tables: list[_Table]) -> Iterator[_Table]:
    """Yield the tables with content; a header in a table of its own goes with the rows below it.

    Pages do so whose header stands still while the rows are moved.
    """
    before: _Table | None = None
    for table in tables:
        if not _has_content(table.grid):
            continue
        if before is not None and _is_header_of(before, table):
            height = len(before.grid.rows)
            for number, row in enumerate(table.grid.rows):
                for column, cell in enumerate(row):
                    before.grid.put(height + number, column, cell)
            before.grid.ranges += [
                ((top + height, left), (bottom + height, right))
                for (top, left), (bottom, right) in table.grid.ranges
            ]
            before.grid.refusal = before.grid.refusal or table.grid.refusal
            before.grid.is_too_large = before.grid.is_too_large or table.grid.is_too_large
            continue
        if before is not None:
            yield before
        before = table
    if before is not None:
        yield before


def _has_content(grid: Grid) -> bool:
    refused = bool(grid.refusal) or grid.is_too_large
    return refused or any(not is_blank(cell) for row in grid.rows for cell in row)


def _is_header_of(above: _Table, below: _Table) -> bool:
    width = above.grid.width
    return len(above.grid.rows) == 1 and width > 2 and width == below.grid.width
