"""Rows of a sheet that hold no record: totals, headers once more, column numbers, notes below.

Exports are made to be printed; what serves the page is told apart from the data here.
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import PurePosixPath

import pyarrow as pa

from dalian_eval.intake.base.raw_cell import Cell, half_width, is_blank, number_text, without_blanks
from dalian_eval.intake.tables.headers import HeaderMap, plain_header
from dalian_eval.intake.tables.recognise import Header, find_header, header_text, is_header
from dalian_eval.schema.form import NO_DATA
from dalian_eval.schema.model import Type


class Furniture(Enum):
    """What a row is when it is no record; the value is the Chinese word shown to users."""

    HEADER = "重复的表头"
    NUMBERS = "栏号行"
    TOTALS = "合计行"
    NOTE = "表尾说明"
    NONE = "零报告（“无”）"
    OTHER_HEADER = "另一张表的表头"
    EXAMPLE = "示例行"
    UNUSED = "只填了未用列的行"


_TOTALS = frozenset(
    prefix + word
    for prefix in ("", "本页", "本表", "本月", "本季", "本年", "累计", "全县", "全市", "全局")
    for word in ("合计", "总计", "小计", "共计", "累计")
) | {"总数", "汇总"}
_TOTAL = re.compile(r"(\w+?)(?:\([^()]*\))?[:=]?(?:\d+[件人条个起家次份项行]?)?")
_SUBTOTAL = re.compile(r".+(?:合计|小计|总计):?")
_WHO = (
    "填表|制表|填报|审核|审批|审定|复核|校对|经办|录入|统计|批准|签发|分管|主管|主要|单位|部门|科室"
)
_NOTE = re.compile(
    rf"(?:{_WHO})?(?:负责人|领导|人员|人|单位|日期|时间|签字|签名|签章|盖章|电话)"
    r"(?:\((?:签字|签名|签章|盖章|公章)\))?:"
    r"|(?:填表|制表|审核|复核|校对|备注|(?:填表|填报)?说明|注|附注|附|数据来源|来源|联系电话"
    r"|(?:打印|导出|截至)(?:日期|时间)|统计口径)\d?:"
    r"|注\d?[.、]|※"
    r"|-?第\d+页(?:[,/]?共\d+页)?-?$|共\d+[页条行人件家个](?:记录)?[。.]?$"
    r"|\(?以下(?:空白|无正文)\)?$|续表$|续下页$|接上页$"
)
_EXAMPLE_WORD = "(?:填写|填报|填表|参考)?(?:示例|样例|范例|举例)"
_EXAMPLE = re.compile(
    rf"[(【\[]?(?:{_EXAMPLE_WORD}|例)\d*[)】\]]?"
    rf"|(?:{_EXAMPLE_WORD}|例|例如|如|example|sample)\d*:.*|(?:example|sample)\d*"
    rf"|[(【\[](?:{_EXAMPLE_WORD}|例)\d*[)】\]].*|.+[(【\[]{_EXAMPLE_WORD}\d*[)】\]]"
    rf"|[此本该]?[行条]?[为是系]?{_EXAMPLE_WORD}[行条]?(?:数据|记录)?(?:[,。;!(].*)?",
    re.DOTALL | re.IGNORECASE,
)
_EXAMPLE_SHEET = re.compile(rf".*(?<![含附带]){_EXAMPLE_WORD}\d*[)】\]]?|{_EXAMPLE_WORD}[-_—·.(].*")
_EXAMPLE_BYTES = re.compile("例".encode())
_NONE = frozenset(
    {"无", "暂无", "没有", "均无", "无数据", "暂无数据", NO_DATA}
    | {"无记录", "无内容", "零报告", "0报告", "本月无", "本季度无", "本年无", "本单位无"}
)
_DIGITS = re.compile(r"\d{5,}")
_COLUMN_LETTERS = "甲乙丙丁戊己庚辛"
_EMPTY = frozenset(("/", "-", "—", "——"))
_LONGEST_WORD = 24
_NAMED = 5
_FEWEST_NUMBERS = 3


class RowReader:
    """Tells the records under one header from what is not one, row after row."""

    def __init__(self, header: Header, words: HeaderMap) -> None:
        """Take the header the rows stand under, and the words by which headers are known."""
        self.words = words
        self._table, self._columns = header.table, header.columns
        columns = header.columns
        self._first_row = header.row + 1
        self._printed = header.printed
        self._openings = frozenset(texts[0] for texts in header.printed if texts)
        self._mandatory = [columns[c.name] for c in header.table.columns if c.mandatory]
        self._known = frozenset(columns.values())
        free = (c for c in header.table.columns if c.type is Type.TEXT and not c.vocabulary)
        self._free_texts = {columns.get(c.name) for c in free if not c.mandatory}
        self._ascii = frozenset(text for text in self._openings if text.isascii())
        self._in_notes = False

    @property
    def has_plain_openings(self) -> bool:
        """Whether a row that repeats the header may begin with ASCII letters and digits only."""
        return any(text.isascii() and text.isalnum() for text in self._openings)

    def furniture(self, row: Sequence[Cell], index: int) -> Furniture | None:
        """Return what the row (with content) at `index` of the sheet is, None for a record.

        Rows are asked in their order: what stands alone under a note continues it.
        """
        found = self._kind(row, index)
        self._in_notes = found is Furniture.NOTE
        return found

    def is_suspicious(self, cell: Cell) -> bool:
        """Whether a row whose first cell this is may be no record, so that it must be asked for."""
        return (
            is_blank(cell)
            or says_total(cell)
            or _says_subtotal(cell)
            or _starts_note(cell)
            or says_example(cell)
            or _says_none(cell)
            or (isinstance(cell, str) and self._opens_header(plain_header(cell)))
        )

    def _opens_header(self, text: str) -> bool:
        return text in self._openings or text in self.words.all_words

    def _kind(self, row: Sequence[Cell], index: int) -> Furniture | None:
        first = next(cell for cell in row if not is_blank(cell))
        if index == self._first_row and _numbers_columns(row):
            return Furniture.NUMBERS
        if any(map(says_example, row)):
            return Furniture.EXAMPLE
        if self._says_none(row):
            return Furniture.NONE
        if self._is_code(first) and not self._in_notes and self._may_be_record(row):
            return None
        if self._repeats_header(row, first):
            return Furniture.HEADER
        if is_header(row, self.words):
            same = find_header([[*map(header_text, row)]], self._table, self.words)
            return Furniture.HEADER if same.columns == self._columns else Furniture.OTHER_HEADER
        if says_total(first):
            return Furniture.TOTALS
        if self._is_titled_record(row, first):
            return None
        if self._is_note(row, first) or (self._in_notes and _is_alone(row)):
            return Furniture.NOTE
        if self._may_be_record(row):
            return None
        if any(map(says_total, row)) or _says_subtotal(first):
            return Furniture.TOTALS
        used = (row[position] for position in self._known if position < len(row))
        return Furniture.UNUSED if all(map(is_blank, used)) else None

    def _says_none(self, row: Sequence[Cell]) -> bool:
        """Whether the row says nothing but that there is none (无), in columns that are known."""
        said = False
        for place, cell in enumerate(row):
            if place not in self._known or is_blank(cell):
                continue
            word = _none_word(cell)
            if word not in _NONE and word not in _EMPTY:
                return False
            said = said or word in _NONE
        return said

    def _is_code(self, first: Cell) -> bool:
        """Whether a first cell, at a glance, is no word of a form: those are Chinese."""
        return not isinstance(first, str) or (first.isascii() and first not in self._ascii)

    def _repeats_header(self, row: Sequence[Cell], first: Cell) -> bool:
        """Whether the row shows a header row, or a title above it, once more."""
        if not isinstance(first, str) or plain_header(first) not in self._openings:
            return False
        return tuple(filter(None, map(header_text, row))) in self._printed

    def _may_be_record(self, row: Sequence[Cell]) -> bool:
        """Whether each mandatory cell holds something that is no totals word."""
        return all(
            position < len(row) and not is_blank(row[position]) and not says_total(row[position])
            for position in self._mandatory
        )

    def _is_titled_record(self, row: Sequence[Cell], first: Cell) -> bool:
        """Whether the row is a record whose free text, in front, happens to read like a note."""
        place = next(i for i, cell in enumerate(row) if not is_blank(cell))
        if place not in self._free_texts or half_width(str(first)).endswith(":"):
            return False
        return self._may_be_record(row) and not any(_starts_note(row[i]) for i in self._mandatory)

    def _is_note(self, row: Sequence[Cell], first: Cell) -> bool:
        """Whether the row starts with a note and holds nothing but notes and their values."""
        if not _starts_note(first):
            return False
        in_note = labelled = False
        for position, cell in enumerate(row):
            if is_blank(cell):
                continue
            note = _starts_note(cell)
            in_note = note or (in_note and (labelled or not _holds_code(cell)))
            if not in_note and position in self._known:
                return False
            labelled = note and half_width(str(cell)).endswith(":")
        return True


def _is_alone(row: Sequence[Cell]) -> bool:
    """Whether one cell of the row has content."""
    return sum(not is_blank(cell) for cell in row) == 1


def _holds_code(cell: Cell) -> bool:
    """Whether a cell could be a record's code: many digits in a row."""
    return isinstance(cell, str) and _DIGITS.search(half_width(cell)) is not None


def says_total(cell: Cell) -> bool:
    """Whether a cell is the word of a totals row: 合计, 本月小计."""
    if not isinstance(cell, str) or len(cell) > _LONGEST_WORD:
        return False
    match = _TOTAL.fullmatch(without_blanks(half_width(cell)))
    return match is not None and match[1] in _TOTALS


def _says_subtotal(cell: Cell) -> bool:
    """Whether a cell closes a group: 东片小计."""
    if not isinstance(cell, str) or len(cell) > _LONGEST_WORD:
        return False
    return _SUBTOTAL.fullmatch(without_blanks(half_width(cell))) is not None


def _says_none(cell: Cell) -> bool:
    """Whether a cell says 'none', or is the stroke that stands for it."""
    return _none_word(cell) in _NONE | _EMPTY


def _none_word(cell: Cell) -> str:
    if (
        not isinstance(cell, str)
        or len(cell) > _LONGEST_WORD
        or (cell.isascii() and cell.isalnum())
    ):
        return ""
    return without_blanks(half_width(cell)).strip("()。.!")


def _starts_note(cell: Cell) -> bool:
    return isinstance(cell, str) and _NOTE.match(without_blanks(half_width(cell))) is not None


def says_example(cell: Cell) -> bool:
    """Whether a cell says that its row only shows how to fill in: 例：…, 示例."""
    if not isinstance(cell, str):
        return False
    one, other = ("ample", "AMPLE") if cell.isascii() else ("例", "如")
    if one not in cell and other not in cell:
        return False
    return _EXAMPLE.fullmatch(without_blanks(half_width(cell))) is not None


def holds_example(texts: pa.Buffer | None) -> bool:
    """Whether texts, taken together, may hold a Chinese word for an example; this is quick."""
    return texts is not None and _EXAMPLE_BYTES.search(memoryview(texts)) is not None


def is_example_sheet(sheet: str, file: str) -> bool:
    """Whether a sheet, its file or a folder of the file is called an example: 荣誉（示例）."""
    path = PurePosixPath(file)
    names = (sheet, path.stem, *path.parent.parts)
    return any(_EXAMPLE_SHEET.fullmatch(without_blanks(half_width(name))) for name in names)


def _numbers_columns(row: Sequence[Cell]) -> bool:
    """Whether a row under the header counts the columns: 甲 乙 1 2 3, (1) (2) (3)."""
    words = [_column_word(cell) for cell in row if not is_blank(cell)]
    if len(words) < _FEWEST_NUMBERS:
        return False
    if words[0] in ("栏次", "栏号", "列次"):
        words = words[1:]
    letters = 0
    while (
        letters < min(len(words), len(_COLUMN_LETTERS))
        and words[letters] == (_COLUMN_LETTERS[letters])
    ):
        letters += 1
    numbers = words[letters:]
    return numbers == [str(n + 1) for n in range(len(numbers))]


def _column_word(cell: Cell) -> str:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return number_text(cell)
    return without_blanks(half_width(cell)).strip("()") if isinstance(cell, str) else ""


def note_of_skipped_rows(skipped: Mapping[Furniture, Sequence[int]]) -> str:
    """Return what was passed over, with row numbers: 跳过合计行 1 行（第 8 行）."""
    parts: list[str] = []
    for kind in Furniture:
        rows = skipped.get(kind, ())
        if rows:
            parts.append(f"{kind.value} {listed_rows(rows)}")
    return f"跳过{'，'.join(parts)}" if parts else ""


def listed_rows(rows: Sequence[int]) -> str:
    """Return how many rows, and the numbers of the first: 1 行（第 8 行）."""
    numbers = "、".join(map(str, rows[:_NAMED])) + ("……" if len(rows) > _NAMED else "")
    return f"{len(rows)} 行（第 {numbers} 行）"
