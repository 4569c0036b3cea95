"""A recognised sheet to canonical columns: every distinct cell of a column is parsed once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dalian_eval.intake.cells import Cell, half_width, is_blank, original_text
from dalian_eval.intake.headers import plain_header
from dalian_eval.intake.limits import Limits
from dalian_eval.intake.parse import Parser, Value, parser
from dalian_eval.intake.reasons import BadCellError, Change, Problem, Reason
from dalian_eval.intake.recognise import Header
from dalian_eval.intake.rowrules import row_problems
from dalian_eval.intake.sheets import Sheet
from dalian_eval.schema.arrow import arrow_schema, arrow_type
from dalian_eval.schema.model import Column, Type
from dalian_eval.schema.origins import origin

_TOTALS = frozenset(
    prefix + word
    for prefix in ("", "本页", "本月", "本年", "累计", "全县", "全市")
    for word in ("合计", "总计", "小计", "共计")
)
_PERSON_NAME = ("officers", "name")


@dataclass(frozen=True)
class Example:
    """How often one change was made in one column, with its first instance."""

    count: int
    before: str
    after: str


@dataclass
class Piece:
    """What one sheet yields: its good rows as an Arrow table, its bad rows as problems.

    `rows_read` counts both. `problems` is keyed by row number, `keys` holds the key values of all
    rows, the bad ones too (for a table with a key of one column), `skipped` counts totals rows.
    """

    table: pa.Table
    problems: dict[int, list[Problem]]
    rows_read: int
    keys: frozenset[str]
    changes: dict[tuple[str, Change], Example] = field(default_factory=dict)
    skipped: int = 0


def normalise(sheet: Sheet, header: Header, source: int, limits: Limits) -> Piece:
    """Read the rows under `header` into canonical columns; `source` is the sheet's id."""
    table = header.table
    rows, skipped = data_rows(sheet, header)
    numbers = np.fromiter((i + 1 for i in rows), dtype=np.int64, count=len(rows))
    cells = list(zip_longest(*(sheet.rows[i] for i in rows), fillvalue=""))
    problems: dict[int, list[Problem]] = {}
    changes: dict[tuple[str, Change], Example] = {}
    arrays: list[pa.Array] = []
    keys: frozenset[str] = frozenset()
    for column in table.columns:
        position = header.columns.get(column.name)
        if position is None or position >= len(cells):
            values: Sequence[Cell] = [""] * len(rows)
        else:
            values = cells[position]
        person = (table.name, column.name) == _PERSON_NAME
        parse = parser(column, date1904=sheet.date1904, person_name=person)
        parsed = _ParsedColumn(column, values, parse, limits)
        for row, problem in parsed.problems():
            problems.setdefault(int(numbers[row]), []).append(problem)
        changes.update(parsed.changes())
        arrays.append(parsed.array())
        if table.key == (column.name,):
            keys = frozenset(arrays[-1].drop_null().unique().to_pylist())
    origins = pa.array(numbers + origin(source, 0), pa.int64())
    whole = pa.Table.from_arrays([*arrays, origins], schema=arrow_schema(table))
    for row, problem in row_problems(table, whole):
        problems.setdefault(int(numbers[row]), []).append(problem)
    if problems:
        whole = whole.filter(pa.array(~np.isin(numbers, list(problems))))
    return Piece(whole, problems, len(rows), keys, changes, skipped)


def data_rows(sheet: Sheet, header: Header) -> tuple[list[int], int]:
    """Return the indices of the rows under the header that hold records.

    Blank rows, totals rows (合计) and repetitions of the header do not; the second value counts
    the totals rows.
    """
    titles = [(p, header.texts[p]) for p in header.columns.values()]
    mandatory = [header.columns[c.name] for c in header.table.columns if c.mandatory]
    kept: list[int] = []
    totals = 0
    for index in range(header.row + 1, len(sheet.rows)):
        row = sheet.rows[index]
        if index in sheet.blank or _repeats(row, titles):
            continue
        if _is_totals(row, mandatory):
            totals += 1
            continue
        kept.append(index)
    return kept, totals


def _repeats(row: list[Cell], titles: list[tuple[int, str]]) -> bool:
    """Whether a row shows the header once more, as exports printed page by page do."""
    position, _ = titles[0]
    if position >= len(row) or not isinstance(row[position], str):
        return False
    return all(p < len(row) and plain_header(original_text(row[p])) == text for p, text in titles)


def _is_totals(row: list[Cell], mandatory: list[int]) -> bool:
    """Whether the row's first word says so, or any word of a row without mandatory cells."""
    first = next((cell for cell in row if not is_blank(cell)), "")
    if _says_total(first):
        return True
    for position in mandatory:
        cell = row[position] if position < len(row) else ""
        if not is_blank(cell) and not _says_total(cell):
            return False
    return any(map(_says_total, row))


def _says_total(cell: Cell) -> bool:
    if not isinstance(cell, str) or len(cell) > 12:
        return False
    return "".join(half_width(cell).split()).rstrip(":") in _TOTALS


class _ParsedColumn:
    """The distinct cells of one column, parsed, and which row holds which."""

    def __init__(
        self, column: Column, cells: Sequence[Cell], parse: Parser, limits: Limits
    ) -> None:
        self._column = column
        self._distinct, self._codes = _distinct(cells)
        self._values: list[Value | None] = []
        self._problems: dict[int, Problem] = {}
        self._changes: dict[int, Change] = {}
        for code, cell in enumerate(self._distinct):
            value: Value | None = None
            try:
                value, change = self._parse(cell, parse, limits)
                if change:
                    self._changes[code] = change
            except BadCellError as bad:
                self._problems[code] = Problem(
                    bad.reason, column.header, original_text(cell), bad.details
                )
            self._values.append(value)

    def _parse(
        self, cell: Cell, parse: Parser, limits: Limits
    ) -> tuple[Value | None, Change | None]:
        if is_blank(cell):
            if self._column.mandatory:
                raise BadCellError(Reason.BLANK)
            return (() if self._column.type is Type.LIST else None), None
        if isinstance(cell, str) and len(cell) > limits.cell_characters:
            raise BadCellError(
                Reason.TOO_LONG, length=str(len(cell)), limit=str(limits.cell_characters)
            )
        return parse(cell)

    def array(self) -> pa.Array:
        """Return the column's values, null where the cell is blank or bad."""
        values = [list(v) if isinstance(v, tuple) else v for v in self._values]
        distinct = pa.array(values, arrow_type(self._column))
        return distinct.take(pa.array(self._codes))

    def problems(self) -> list[tuple[int, Problem]]:
        """Return the bad cells by position of their row."""
        if not self._problems:
            return []
        bad = np.flatnonzero(np.isin(self._codes, list(self._problems)))
        return [(int(row), self._problems[int(self._codes[row])]) for row in bad]

    def changes(self) -> dict[tuple[str, Change], Example]:
        """Return the changes made, counted in rows."""
        if not self._changes:
            return {}
        counts = np.bincount(self._codes, minlength=len(self._distinct))
        totals: Counter[Change] = Counter()
        first: dict[Change, int] = {}
        for code, change in self._changes.items():
            totals[change] += int(counts[code])
            first.setdefault(change, code)
        return {
            (self._column.header, change): Example(
                totals[change],
                original_text(self._distinct[code]),
                value_text(self._values[code]),
            )
            for change, code in first.items()
        }


def _distinct(cells: Sequence[Cell]) -> tuple[list[Cell], npt.NDArray[np.int64]]:
    """Return the distinct cells in order of appearance and the number of each row's cell.

    1, 1.0 and TRUE are equal in Python but not in a sheet, so the type is part of the identity.
    """
    numbers: dict[object, int] = {}
    distinct: list[Cell] = []
    codes = np.empty(len(cells), dtype=np.int64)
    for row, cell in enumerate(cells):
        identity = cell if type(cell) is str else (type(cell), cell)
        code = numbers.get(identity)
        if code is None:
            code = numbers[identity] = len(distinct)
            distinct.append(cell)
        codes[row] = code
    return distinct, codes


def value_text(value: object) -> str:
    """Return a canonical value as people read it."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case tuple() | list():
            return "、".join(map(str, value))
        case _:
            return str(value)
