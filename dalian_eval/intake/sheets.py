"""Files to sheets of raw cells, each row under the number its user sees."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from dalian_eval.intake.cells import Cell, is_blank
from dalian_eval.intake.discover import RawFile, RefusedError, corrupt
from dalian_eval.intake.limits import Limits

_PREVIEW = 65_536

Range = tuple[tuple[int, int], tuple[int, int]]
"""A merged range: its first and its last (row, column), from 0."""


@dataclass
class Sheet:
    """One sheet (csv: the whole file, name ""): row `i` of `rows` has the number `i + 1`.

    `blank` holds the indices of rows that were empty before merged ranges were filled down.
    """

    name: str
    rows: list[list[Cell]]
    blank: frozenset[int]
    date1904: bool = False
    hidden: bool = False
    refusal: str = ""


def read_sheets(raw: RawFile, limits: Limits) -> list[Sheet]:
    """Return the sheets of a checked file; hidden sheets without rows. Raises RefusedError."""
    if raw.ending == ".csv":
        return [_read_csv(raw, limits)]
    from dalian_eval.intake.workbook import read_workbook

    return read_workbook(raw, limits)


def blank_rows(rows: list[list[Cell]]) -> frozenset[int]:
    """Return the indices of rows without any content."""
    return frozenset(i for i, row in enumerate(rows) if all(map(is_blank, row)))


def _read_csv(raw: RawFile, limits: Limits) -> Sheet:
    text = _decode(raw)
    rows: list[list[Cell]] = []
    width = 0
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            rows.append([*record])
            width = max(width, len(record))
            if len(rows) > limits.rows or width > limits.columns:
                raise RefusedError(too_large(raw.file, "", limits))
    except csv.Error:
        raise RefusedError(
            f"文件 {raw.file} 在第 {len(rows) + 1} 条记录附近引号不成对，读不下去；"
            "请重新导出，或检查这一处的双引号。"
        ) from None
    return Sheet("", rows, blank_rows(rows))


def too_large(file: str, sheet: str, limits: Limits) -> str:
    """Return the sentence for a sheet with too many rows or columns."""
    place = f"文件 {file} 工作表『{sheet}』" if sheet else f"文件 {file}"
    return (
        f"{place}超过上限（{limits.rows} 行、{limits.columns} 列、{limits.cells} 格），没有读取；"
        "请删去远处多余的单元格，或按月拆分后重新导出。"
    )


def _decode(raw: RawFile) -> str:
    """Decode a csv: UTF-8 with or without mark, else GB18030 (which covers GBK)."""
    content = raw.path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedError(
            f"文件 {raw.file} 是 UTF-16 编码的文本，没有读取；请另存为“CSV UTF-8（逗号分隔）”。"
        )
    if b"\0" in content:
        raise RefusedError(corrupt(raw))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RefusedError(
        f"文件 {raw.file} 既不是 UTF-8 也不是 GBK/GB18030 编码，读不出文字；"
        "请另存为“CSV UTF-8（逗号分隔）”。"
    )


def _delimiter(text: str) -> str:
    """Comma, unless the top of the file has none and is split by tabs or semicolons."""
    top = text[:_PREVIEW]
    if "," in top:
        return ","
    return next((mark for mark in "\t;" if mark in top), ",")


def fill_down(rows: list[list[Cell]], ranges: Iterable[Range]) -> None:
    """Repeat the value of a merged range in its first column over the rows it covers."""
    for (top, left), (bottom, _) in ranges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and is_blank(row[left]):
                row[left] = value
