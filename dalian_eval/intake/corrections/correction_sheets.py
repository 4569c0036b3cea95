"""Correction workbooks (隔离更正表): what a line asks for, and how its sheet is read.

A line names a cell by file, sheet, row and column and says what stands there and what is to be
read instead, or that its row is not to be used. Nothing of it is a path to open or a formula to
compute: it only ever is compared with what was read.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from dalian_eval.intake.base.raw_cell import (
    Cell,
    CellError,
    EmptyFormula,
    is_blank,
    original_text,
    visible,
)
from dalian_eval.intake.files.sheets import Readable
from dalian_eval.intake.tables.headers import plain_header

CORRECTIONS = "corrections"
"""The status of a sheet that holds corrections, in sheets.csv."""

WHOLE_ROW = "整行"
"""What stands in place of a column where the row as a whole is meant."""

EMPTY = "（空）"
"""What is written for a cell that is to be blank."""

_HEADERS = {
    "unit": "责任单位",
    "table": "表",
    "target_file": "文件",
    "target_sheet": "工作表",
    "target_row": "行",
    "column": "列",
    "before": "原内容",
    "problem": "问题",
    "fix": "怎样改",
    "action": "处理",
    "after": "更正为",
    "by": "更正人",
    "note": "说明",
}
HEADERS: Mapping[str, str] = _HEADERS
"""The columns of the sheet: field of a line → header."""

_NEEDED = ("target_file", "target_sheet", "target_row", "column", "before", "action", "after")
_LIKELY = 5
"""So many of the needed headers in one row: somebody meant a correction sheet."""

_SEARCHED_ROWS = 40
_SPACE = re.compile(r"\s+")
_NO_CHARACTER = re.compile("[\ufffe\uffff]")
_ROW = re.compile(r"[1-9][0-9]{0,8}$", re.ASCII)
_EMPTY = frozenset({EMPTY, "(空)"})
_LONGEST, _HEAD = 1000, 900


class Action(Enum):
    """What a line asks for; the value is what stands in the drop-down."""

    CORRECT = "更正"
    WITHDRAW = "不采用此行"


class Outcome(Enum):
    """What became of a line; the value is the code in corrections.csv."""

    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    NOT_APPLIED = "not_applied"


@dataclass(frozen=True)
class Line:
    """A filled line of a correction sheet: its own place, its target, what it asks for.

    `before` and `after` are texts of cells; `target_row` is text, as nobody has checked it;
    `fault` says in Chinese what is wrong with the line itself, if anything.
    """

    file: str
    sheet: str
    row: int
    target_file: str
    target_sheet: str
    target_row: str
    column: str
    before: str
    action: str
    after: str
    by: str
    note: str
    fault: str = ""

    @property
    def place(self) -> tuple[str, str, int]:
        """Its own file, sheet and row: no two lines have the same."""
        return self.file, self.sheet, self.row

    @property
    def where(self) -> str:
        """Its own place, for a sentence."""
        sheet = f"工作表『{visible(self.sheet)}』" if self.sheet else ""
        return f"{self.file} {sheet}第 {self.row} 行"

    @property
    def is_whole_row(self) -> bool:
        """Whether it names no column."""
        return self.column in ("", WHOLE_ROW)

    @property
    def withdraws(self) -> bool:
        """Whether it asks for the row not to be used."""
        return self.action == Action.WITHDRAW.value

    @property
    def text(self) -> str:
        """What is to be read instead of the cell."""
        return "" if self.after.strip() in _EMPTY else self.after

    def asks(self) -> tuple[object, ...]:
        """Return what reading its target depends on."""
        place = (self.target_sheet, self.target_row, self.column)
        return (*self.place, *place, self.before, self.action, self.after)


@dataclass(frozen=True)
class Decision:
    """What became of the line at a place, and why, in Chinese (empty when it was applied)."""

    file: str
    sheet: str
    row: int
    outcome: str
    reason: str = ""


def decision(line: Line, outcome: Outcome, reason: str = "") -> Decision:
    """Return what became of a line."""
    return Decision(*line.place, outcome.value, reason)


def comparable_text(text: str) -> str:
    """Return a cell's text as the workbook shows it and as it is compared, the same if told again.

    On one line, what is not seen spelled out, very long texts cut and told by a hash.
    """
    line = visible(_SPACE.sub(" ", text)).strip()
    line = _NO_CHARACTER.sub(lambda found: f"‹U+{ord(found.group()):04X}›", line)
    if len(line) <= _LONGEST:
        return line
    digest = hashlib.sha256(line.encode()).hexdigest()[:16]
    return f"{line[:_HEAD]}……（共 {len(line)} 字，校验 {digest}）"


def row_text(cells: Mapping[str, str]) -> str:
    """Return a whole row as the workbook shows it; `cells`: header → original text."""
    return comparable_text("；".join(f"{title}：{text}" for title, text in cells.items()))


@dataclass(frozen=True)
class Columns:
    """Where the columns of a correction sheet are: the index of its header row, the positions."""

    row: int
    positions: Mapping[str, int]
    missing: tuple[str, ...] = ()


def correction_columns(top: Sequence[Sequence[Cell]]) -> Columns | None:
    """Return the columns of a correction sheet by its first rows; None for any other sheet.

    `missing` names headers without which it cannot be read.
    """
    best: Columns | None = None
    for index, row in enumerate(top[:_SEARCHED_ROWS]):
        texts = [plain_header(original_text(cell)) for cell in row]
        found = {name: texts.index(h) for name, h in HEADERS.items() if h in texts}
        missing = tuple(HEADERS[name] for name in _NEEDED if name not in found)
        if len(_NEEDED) - len(missing) >= _LIKELY and {"action", "after"} & found.keys():
            candidate = Columns(index, found, missing)
            if not missing:
                return candidate
            best = best or candidate
    return best


def correction_lines(sheet: Readable, columns: Columns, file: str) -> Iterator[Line | None]:
    """Yield every row with content below the header: its line, None where nothing is filled in."""
    for block in sheet.blocks(columns.row + 1):
        rows = block.rows(np.arange(block.height))
        for number, (row, blank) in enumerate(rows, block.first + 1):
            if not blank:
                yield _line(row, columns, file, sheet.name, number)


def _line(row: Sequence[Cell], columns: Columns, file: str, sheet: str, number: int) -> Line | None:
    def cell(name: str) -> Cell:
        position = columns.positions.get(name, len(row))
        return row[position] if position < len(row) else None

    def text(name: str) -> str:
        return original_text(cell(name))

    if is_blank(cell("action")) and is_blank(cell("after")):
        return None
    line = Line(
        file,
        sheet,
        number,
        comparable_text(text("target_file")).replace("\\", "/"),
        comparable_text(text("target_sheet")),
        comparable_text(text("target_row")),
        plain_header(text("column")),
        comparable_text(text("before")),
        comparable_text(text("action")) or Action.CORRECT.value,
        text("after") if not is_blank(cell("after")) else "",
        comparable_text(text("by")),
        comparable_text(text("note")),
    )
    fault = _fault(line, cell("after"))
    return Line(**{**vars(line), "fault": fault}) if fault else line


def _fault(line: Line, after: Cell) -> str:
    """Return what is wrong with a line whatever its target holds."""
    if line.action not in (action.value for action in Action):
        choices = "或".join(f"“{action.value}”" for action in Action)
        return f"『处理』写的是“{line.action[:60]}”，只能是{choices}。"
    if not _ROW.match(line.target_row):
        return f"『行』写的是“{line.target_row[:60]}”，不是行号；请照原样保留。"
    if line.withdraws:
        if line.after:
            return "『处理』是“不采用此行”，『更正为』却有内容，两者矛盾；请只留一个。"
        return ""
    if not line.after:
        return f"『处理』是“更正”，『更正为』却没有填写；如要清空这一格，请写“{EMPTY}”。"
    if isinstance(after, CellError | EmptyFormula):
        return "『更正为』是错误值或没有保存结果的公式，请直接填写内容。"
    if line.is_whole_row:
        return "没有写明要更正哪一列；请在『列』写表头，在『原内容』写这一格现在的内容。"
    return ""
