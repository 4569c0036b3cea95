"""Files to sheets: the top to recognise them by, the rows in blocks, under the users' numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from dalian_eval.base.limits import Limits
from dalian_eval.intake.base.raw_cell import Cell, is_blank
from dalian_eval.intake.files.blocks import Block, CellBlock
from dalian_eval.intake.files.content_kind import Kind
from dalian_eval.intake.files.discover import RawFile, RefusedError, check_unchanged

_ROWS = 100_000
"""Rows of a workbook's block."""

Range = tuple[tuple[int, int], tuple[int, int]]
"""A merged range: its first and its last (row, column), from 0."""


class Readable(Protocol):
    """A sheet that can be recognised and read.

    `top` holds its first rows, at least as many as a header is looked for in; row `i` has the
    number `i + 1`.
    """

    @property
    def name(self) -> str:
        """The sheet's name; csv: empty."""

    @property
    def hidden(self) -> bool:
        """Whether users do not see it: it is not read."""

    @property
    def refusal(self) -> str:
        """Why it is not read, in Chinese; else empty."""

    @property
    def date1904(self) -> bool | None:
        """The date system of its serials; None when it does not say."""

    @property
    def struck(self) -> Sequence[int]:
        """The indices of rows that are struck out as a whole."""

    @property
    def other(self) -> str:
        """What it is, in Chinese, when it is no sheet of cells; else empty."""

    @property
    def top(self) -> Sequence[Sequence[Cell]]:
        """The first rows."""

    def is_empty(self) -> bool:
        """Whether it has no content at all."""

    def blocks(self, start: int) -> Iterator[Block]:
        """Yield the rows from the index `start` on."""


@dataclass
class Sheet:
    """One sheet of a workbook: row `i` of `rows` has the number `i + 1`.

    `blank` holds the indices of rows that were empty before merged ranges were filled down.
    `date1904` is None when a workbook does not say how its dates count; `other` says what a sheet
    without cells is; `struck` holds the indices of rows that are struck out.
    """

    name: str
    rows: list[list[Cell]]
    blank: frozenset[int]
    date1904: bool | None = False
    hidden: bool = False
    refusal: str = ""
    other: str = ""
    struck: tuple[int, ...] = ()

    @property
    def top(self) -> list[list[Cell]]:
        """All rows: they are in memory anyway."""
        return self.rows

    def is_empty(self) -> bool:
        """Whether no row has content."""
        return len(self.blank) == len(self.rows)

    def blocks(self, start: int) -> Iterator[Block]:
        """Yield the rows from the index `start` on."""
        for first in range(start, len(self.rows), _ROWS):
            yield CellBlock(first, self.rows[first : first + _ROWS], self.blank)


def open_sheets(raw: RawFile, limits: Limits, encoding: str) -> Sequence[Readable]:
    """Return the sheets of a checked file, to be read in blocks. Raises RefusedError.

    `encoding` is that of a csv: UnicodeDecodeError, here or while its rows are read, says that it
    has another. Call `check_unchanged` when all is read.
    """
    if raw.kind is Kind.TEXT:
        from dalian_eval.intake.files.csv_stream import CsvSheet

        return [CsvSheet(raw, limits, encoding)]
    return _workbook(raw, limits)


def _workbook(raw: RawFile, limits: Limits) -> list[Sheet]:
    """Return the sheets of a file that is read as a whole. Raises RefusedError."""
    match raw.kind:
        case Kind.ODS:
            from dalian_eval.intake.files.workbooks.ods_sheets import read_ods as read
        case Kind.HTML:
            from dalian_eval.intake.files.workbooks.html_tables import read_html as read
        case Kind.XML:
            from dalian_eval.intake.files.workbooks.xml_spreadsheet import read_xml as read
        case Kind.ZIP:
            raise RefusedError(f"文件 {raw.file} 是压缩包，不是一张表；请先解压，再用里面的表格。")
        case _:
            from dalian_eval.intake.files.workbooks.workbook_cells import read_workbook as read
    sheets = read(raw, limits)
    if len({sheet.name for sheet in sheets}) < len(sheets):
        raise RefusedError(
            f"文件 {raw.file} 里有同名的工作表，分不清哪张是哪张，没有读取；请改名后另存。"
        )
    return sheets


def read_sheets(raw: RawFile, limits: Limits) -> list[Sheet]:
    """Return the sheets of a checked file as a whole; hidden sheets without rows.

    Raises RefusedError.
    """
    if raw.kind is Kind.TEXT:
        from dalian_eval.intake.files.csv_stream import read_csv

        sheets = [Sheet("", rows := read_csv(raw, limits), blank_rows(rows))]
    else:
        sheets = _workbook(raw, limits)
    check_unchanged(raw)
    return sheets


def blank_rows(rows: list[list[Cell]]) -> frozenset[int]:
    """Return the indices of rows without any content."""
    return frozenset(i for i, row in enumerate(rows) if all(map(is_blank, row)))


def too_large(file: str, sheet: str, limits: Limits) -> str:
    """Return the sentence for a sheet with too many rows or columns."""
    place = f"文件 {file} 工作表『{sheet}』" if sheet else f"文件 {file}"
    return (
        f"{place}超过上限（{limits.rows} 行、{limits.columns} 列、{limits.cells} 格、"
        f"文字 {limits.text_mb} MB），没有读取；"
        "请删去远处多余的单元格和成片重复的长文字，或按月拆分后重新导出。"
    )


def fill_down(rows: list[list[Cell]], ranges: Iterable[Range]) -> None:
    """Repeat the value of a merged range in its first column over the rows it covers.

    Ranges do not overlap; of those that do in a broken file, a row belongs to the first.
    """
    done: dict[int, int] = {}
    for (top, left), (bottom, _) in sorted(ranges):
        start, stop = max(top, done.get(left, -1)) + 1, min(bottom + 1, len(rows))
        if top >= len(rows) or left >= len(rows[top]):
            continue
        done[left] = max(done.get(left, -1), bottom)
        value = rows[top][left]
        for row in rows[start:stop]:
            if left < len(row) and is_blank(row[left]):
                row[left] = value
