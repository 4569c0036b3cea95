"""A block of a recognised sheet to canonical columns: every distinct cell is parsed once."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.base.limits import Limits
from dalian_eval.intake.base.raw_cell import Cell, is_blank, original_text
from dalian_eval.intake.base.reasons import BadCellError, Change, Problem, Reason
from dalian_eval.intake.cells import dates
from dalian_eval.intake.cells.parse import Parser, Value, parser
from dalian_eval.intake.cells.plain_spellings import plain_values
from dalian_eval.intake.cells.row_rules import row_problems
from dalian_eval.intake.cells.ticks import settle_circles
from dalian_eval.intake.files.blocks import Block, Indices
from dalian_eval.intake.tables.amended_block import Amendments
from dalian_eval.intake.tables.changes import Changes, Example
from dalian_eval.intake.tables.non_records import Furniture, RowReader, holds_example, says_example
from dalian_eval.intake.tables.recognise import Header
from dalian_eval.schema.arrow import arrow_schema, arrow_type
from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.origins import ORIGIN

_VOID = ("作废", "删除", "撤销", "撤回", "注销", "废止")
_REVOKED = rf"^\s*[（(【\[]?(?:本条|该条|此条|本行|此行|记录)?(?:已|予以|按)?(?:{'|'.join(_VOID)})"
_PERSON_NAME = ("officers", "name")


@dataclass
class Piece:
    """What one block yields: its good rows as an Arrow table, its bad rows as problems.

    The origins of `table` are row numbers, as are the keys of `problems`. `rows` holds the numbers
    of all rows read, `lost` the keys of bad rows that have a readable one (for a table with a key
    of one column), `texts` the original cells of all rows read, `skipped` the numbers
    of rows that are no records (totals, notes), `short` those of records of a csv with fewer
    fields than the header, `revoked` those of records of which some unknown column (by its
    header) says that they are void: 作废; `plain` the positions of columns whose cells are the
    spelt values of a column of `table`, which then holds all rows.
    """

    table: pa.Table
    rows: Indices
    problems: dict[int, list[Problem]]
    lost: dict[int, str]
    texts: pa.RecordBatch
    changes: Changes = field(default_factory=dict)
    skipped: dict[Furniture, list[int]] = field(default_factory=dict)
    short: list[int] = field(default_factory=list)
    revoked: dict[str, list[int]] = field(default_factory=dict)
    plain: dict[int, str] = field(default_factory=dict)


@dataclass
class BlockRows:
    """The rows of a block that are records, before anything is known about their columns.

    `kept` are their places in the block, `numbers` their numbers in the sheet; `short` the places
    of those with fewer fields than the header; `problems`, by number, is what is wrong with rows as
    a whole. The rest is as in `Piece`.
    """

    kept: Indices
    numbers: Indices
    skipped: dict[Furniture, list[int]]
    short: Indices
    problems: dict[int, list[Problem]]
    texts: pa.RecordBatch
    revoked: dict[str, list[int]]

    @classmethod
    def of(cls, block: Block, header: Header, reader: RowReader) -> "BlockRows":
        """Tell the records of a block that stands below `header`."""
        kept, skipped = data_rows(block, header, reader)
        numbers = kept + (block.first + 1)
        short = block.short(_fields(header))
        short = short[np.isin(short, kept)] if len(short) else short
        problems = _shifted(block, header, kept) | _cut_off(block, header, short)
        texts = block.texts(kept)
        revoked = _revoked(header, texts, numbers)
        return cls(kept, numbers, skipped, short, problems, texts, revoked)


@dataclass
class Canonical:
    """Cells read into the columns of a table: all rows, those with problems too, and the changes.

    The keys of `problems` are the rows' numbers, which are the origins of `rows`; `plain` names the
    columns whose cells are spelt as their values are.
    """

    rows: pa.Table
    problems: dict[int, list[Problem]]
    changes: Changes
    plain: frozenset[str] = frozenset()

    def split(self, table: Table) -> tuple[pa.Table, dict[int, str]]:
        """Return the good rows, and the keys of bad ones that have a readable one."""
        if not self.problems:
            return self.rows, {}
        lost: dict[int, str] = {}
        numbers = self.rows[ORIGIN].to_numpy()
        bad = np.isin(numbers, list(self.problems))
        if len(table.key) == 1:
            keys = self.rows[table.key[0]].filter(pa.array(bad)).to_pylist()
            pairs = zip(numbers[bad].tolist(), keys, strict=True)
            lost = {row: str(key) for row, key in pairs if key is not None}
        return self.rows.filter(pa.array(~bad)), lost


Cells: TypeAlias = pa.StringArray | Sequence[Cell]
"""A column of cells: texts (blanks as "") or others."""


@dataclass(frozen=True)
class ColumnCells:
    """The cells of a column as they are to be read; `problems`: what is wrong with some already.

    The keys of `problems` are places in `cells`.
    """

    cells: Cells
    problems: Mapping[int, Problem] = field(default_factory=dict)
    changes: Mapping[Change, Example] = field(default_factory=dict)


def read_columns(
    table: Table,
    numbers: Indices,
    cells_of: Callable[[Column], ColumnCells],
    entries: Mapping[str, Sequence[str]],
    limits: Limits,
    *,
    date1904: bool | None,
) -> Canonical:
    """Read the cells of some rows into the columns of `table`.

    `numbers` become the rows' origins; `entries` are the words known in lists, by `table.column`.
    """
    problems: dict[int, list[Problem]] = {}
    changes: Changes = {}
    arrays: list[pa.Array] = []
    plain: list[str] = []
    for column in table.columns:
        person = (table.name, column.name) == _PERSON_NAME
        known = entries.get(f"{table.name}.{column.name}", ())
        parse = parser(column, date1904=date1904, person_name=person, entries=known)
        told = cells_of(column)
        parsed = parse_column(column, told.cells, parse, limits, quick=not person)
        found = [*told.problems.items(), *(p for p in parsed.problems if p[0] not in told.problems)]
        for row, problem in sorted(found, key=lambda pair: pair[0]):
            problems.setdefault(int(numbers[row]), []).append(problem)
        changes |= {(column.header, change): example for change, example in told.changes.items()}
        changes |= parsed.changes
        arrays.append(parsed.values)
        if parsed.plain:
            plain.append(column.name)
    rows = pa.Table.from_arrays([*arrays, pa.array(numbers)], schema=arrow_schema(table))
    for row, problem in row_problems(table, rows):
        problems.setdefault(int(numbers[row]), []).append(problem)
    return Canonical(rows, problems, changes, frozenset(plain))


def normalise(
    block: Block,
    header: Header,
    reader: RowReader,
    limits: Limits,
    *,
    date1904: bool | None,
    amendments: Amendments,
) -> Piece:
    """Read the rows of a block that stands below `header` into canonical columns.

    `reader` tells records from what else stands in the sheet.
    """
    table = header.table
    found = BlockRows.of(block, header, reader)
    numbers = found.numbers

    def cells_of(column: Column) -> ColumnCells:
        position = header.columns.get(column.name)
        return ColumnCells(cells_at(block, amendments, position, found.kept))

    read = read_columns(table, numbers, cells_of, reader.words.entries, limits, date1904=date1904)
    problems = found.problems
    for row, told in read.problems.items():
        told = [_beside_its_day(problem, header) for problem in told]
        problems.setdefault(row, []).extend(told)
    problems |= broken_rows(block, header, found.short, problems)
    withdrawn = amendments.withdrawn
    if withdrawn:
        problems |= {row: [withdrawn[row]] for row in withdrawn.keys() & {*numbers.tolist()}}
    good, lost = Canonical(read.rows, problems, {}).split(table)
    short = (found.short + block.first + 1).tolist()
    return Piece(
        good,
        numbers,
        problems,
        lost,
        found.texts,
        read.changes,
        found.skipped,
        short,
        found.revoked,
        {} if problems or amendments.texts else {header.columns[name]: name for name in read.plain},
    )


def _shifted(block: Block, header: Header, kept: Indices) -> dict[int, list[Problem]]:
    """Return, by number, the records with more fields than the header names."""
    most = len(header.texts)
    beyond = block.beyond(most)
    records = set(kept.tolist()) if beyond else ()
    last = header.table[max(header.columns, key=lambda name: header.columns[name])].header
    return {
        block.first + row + 1: [Problem(Reason.SHIFTED, last, text, {"limit": str(most)})]
        for row, text in beyond.items()
        if row in records
    }


def _beside_its_day(problem: Problem, header: Header) -> Problem:
    """Return the problem of a cell with a time of day only, naming the column that has its day."""
    if not problem.details.get("clock"):
        return problem
    used = {*header.columns.values()}
    others = [t for place, t in enumerate(header.texts) if place not in used and "日期" in t]
    own = problem.column.removesuffix("时间").removesuffix("日期")
    near = next((text for text in others if own in text), next(iter(others), ""))
    if not near:
        return problem
    timed = " " in problem.details["sample"]
    mended = f"把『{near}』和『{problem.column}』两列合成一列" if timed else "把它填到这一列"
    joined = f"；日期在『{near}』一列，请{mended}"
    return replace(problem, details={**problem.details, "example": joined})


def _revoked(header: Header, texts: pa.RecordBatch, numbers: Indices) -> dict[str, list[int]]:
    """Return the numbers of the rows of which a column that is not ours says 作废 or 已删除."""
    used = {*header.columns.values()}
    found: dict[str, list[int]] = {}
    for place, title in enumerate(header.texts[: texts.num_columns]):
        if title and place not in used and _may_say(texts.column(place), _VOID):
            said = pc.match_substring_regex(texts.column(place), _REVOKED).fill_null(False)
            rows = numbers[said.to_numpy(zero_copy_only=False)]
            if len(rows):
                found[title] = rows.tolist()
    return found


def _may_say(texts: pa.StringArray, words: Sequence[str]) -> bool:
    """Whether texts, taken together, hold one of some words; this is quick."""
    data = texts.buffers()[2]
    together = data.to_pybytes() if data is not None else b""
    return any(word.encode() in together for word in words)


def _fields(header: Header) -> int:
    """Return how many fields a header names, empty ones at its end left out."""
    return max(place + 1 for place, text in enumerate(header.texts) if text)


def _cut_off(block: Block, header: Header, short: Indices) -> dict[int, list[Problem]]:
    """Return the last record of a csv that ends within it: its last value may be half a value."""
    place = block.height - 1
    if not block.is_cut_off or place not in short:
        return {}
    ((row, _),) = block.rows(np.array([place]))
    details = {"count": str(len(row)), "limit": str(_fields(header))}
    last = next((original_text(cell) for cell in reversed(row) if not is_blank(cell)), "")
    return {block.first + place + 1: [Problem(Reason.CUT_OFF, "", last, details)]}


def broken_rows(
    block: Block, header: Header, short: Indices, problems: Mapping[int, Sequence[Problem]]
) -> dict[int, list[Problem]]:
    """Return the rows that are two halves of one record, torn at a line break without quotes.

    Two short rows of which at least one cannot stand for itself, or begins unlike the other.
    """
    few = {*short.tolist()} if len(short) else set[int]()
    # The rest of a last cell is a row of its own, too, behind one that seems whole.
    pairs = sorted(p for place in few for p in (place - 1, place) if p >= 0 and p + 1 in few)
    pairs = list(dict.fromkeys(pairs))
    found: dict[int, list[Problem]] = {}
    limit = _fields(header)
    for place in pairs:
        number = block.first + place + 1
        (one, _), (other, _) = block.rows(np.array([place, place + 1]))
        if place not in few and len(other) > 1:
            continue
        fits = len(one) + len(other) - 1 == limit
        unlike = _has_digit(one[0]) != _has_digit(other[0]) if one and other else True
        lone = {number, number + 1} & problems.keys()
        if fits and number not in found and (unlike or lone):
            details = {"first": str(number), "second": str(number + 1), "limit": str(limit)}
            for row in (number, number + 1):
                found[row] = [Problem(Reason.BROKEN_LINE, "", "", details)]
    return found


def _has_digit(cell: Cell) -> bool:
    return any(map(str.isdigit, original_text(cell)))


def cells_at(
    block: Block, amendments: Amendments, position: int | None, kept: Indices
) -> pa.StringArray | Sequence[Cell]:
    """Return the cells of a column in the rows kept: texts (blanks as "") or others."""
    if position is None:
        return pa.array(np.full(len(kept), "", dtype=object), pa.string())
    cells = amendments.column(block, position)
    if isinstance(cells, pa.Array):
        if len(kept) < block.height:
            cells = cells.take(pa.array(kept))
        return cells.fill_null("") if cells.null_count else cells
    return cells if len(kept) == block.height else [cells[row] for row in kept]


def data_rows(
    block: Block, header: Header, reader: RowReader
) -> tuple[Indices, dict[Furniture, list[int]]]:
    """Return the places in the block of the rows that hold records.

    The second value holds the numbers of the rows with content that do not, by what they are.
    `reader` goes through the sheet's blocks one after the other.
    """
    kept = _surely_records(block, header, reader)
    skipped: dict[Furniture, list[int]] = {}
    # The reader is asked about the row before, too: what a row is may depend on it.
    asked = ~kept
    asked[:-1] |= asked[1:]
    asked[-1:] = True
    places = np.flatnonzero(asked)
    for place, (row, blank) in zip(places.tolist(), block.rows(places), strict=True):
        if blank:
            continue
        kind = reader.furniture(row, block.first + place)
        kept[place] = kind is None
        if kind is not None:
            skipped.setdefault(kind, []).append(block.first + place + 1)
    return np.flatnonzero(kept), skipped


def _surely_records(block: Block, header: Header, reader: RowReader) -> npt.NDArray[np.bool_]:
    """Return for which rows a look at some columns of texts tells that they hold a record.

    Their first cell gives no suspicion, their mandatory cells are filled, and they have more than
    one.
    """
    sure = np.zeros(block.height, dtype=np.bool_)
    mandatory = [header.columns[c.name] for c in header.table.columns if c.mandatory]
    asked = sorted({0, *mandatory})
    if len(asked) < 2 or asked[-1] >= block.width:
        return sure
    sure[:] = block.first > header.row + 1 or np.arange(block.height) > 0
    for position in asked:
        column = block.column(position)
        if not isinstance(column, pa.Array):
            return np.zeros(block.height, dtype=np.bool_)
        sure &= _unsuspicious(column.fill_null(""), reader)
    for position in {*range(min(len(header.texts), block.width))}.difference(asked):
        sure &= ~_examples_said(block.column(position))
    return sure


def _examples_said(column: pa.Array | Sequence[Cell]) -> npt.NDArray[np.bool_]:
    """Return for which rows a column says that they are examples."""
    said = np.zeros(len(column), dtype=np.bool_)
    if isinstance(column, pa.Array) and holds_example(column.buffers()[2]):
        distinct, codes = _distinct_texts(column.fill_null(""))
        said = np.array([says_example(text) for text in distinct], dtype=np.bool_)[codes]
    elif not isinstance(column, pa.Array):
        said[:] = [says_example(cell) for cell in column]
    return said


def _unsuspicious(texts: pa.StringArray, reader: RowReader) -> npt.NDArray[np.bool_]:
    # No word that serves the page is of ASCII letters and digits, unless the header is.
    plain = pc.ascii_is_alnum(texts)
    known = np.array(plain.to_numpy(zero_copy_only=False), dtype=np.bool_)
    if reader.has_plain_openings:
        known[:] = False
    if not known.all():
        distinct, codes = _distinct_texts(texts.filter(pa.array(~known)))
        likely = [not reader.is_suspicious(text) for text in distinct]
        known[~known] = np.array(likely, dtype=np.bool_)[codes]
    return known


@dataclass(frozen=True)
class ParsedColumn:
    """A column read: values (null where blank or bad), bad cells by place, changes.

    `plain`: whether every cell is spelt as its value is (`plain_spellings.spelt`).
    """

    values: pa.Array
    problems: list[tuple[int, Problem]]
    changes: Changes
    plain: bool = False


def parse_column(
    column: Column,
    cells: pa.StringArray | Sequence[Cell],
    parse: Parser,
    limits: Limits,
    *,
    quick: bool = True,
) -> ParsedColumn:
    """Read the cells of a column: plain ones at once, every other distinct one by `parse`.

    Without `quick` no cell counts as plain: `parse` is not the parser of the column's type.
    """
    if not isinstance(cells, pa.Array):
        return _parse_distinct(column, *distinct_cells(cells), parse, limits)
    plain = plain_values(column, cells, longest=limits.cell_characters) if quick else None
    if plain is None:
        return _parse_distinct(column, *_distinct_texts(cells), parse, limits)
    mask, values = plain
    if mask.all():
        return ParsedColumn(values, [], {}, plain=True)
    places = np.flatnonzero(~mask)
    others = _parse_distinct(column, *_distinct_texts(cells.take(pa.array(places))), parse, limits)
    where = np.arange(len(mask))
    where[places] = len(mask) + np.arange(len(places))
    both = pa.chunked_array([values, others.values], arrow_type(column)).combine_chunks()
    problems = [(int(places[row]), problem) for row, problem in others.problems]
    return ParsedColumn(both.take(pa.array(where)), problems, others.changes)


def _parse_distinct(
    column: Column, distinct: Sequence[Cell], codes: Indices, parse: Parser, limits: Limits
) -> ParsedColumn:
    """Parse each distinct cell once; `codes` tells which of them each row holds."""
    if column.type is Type.DATE and dates.day_early(c for c in distinct if not is_blank(c)):
        parse = partial(_refuse_shifted, parse)
    values: list[Value | None] = []
    problems: dict[int, Problem] = {}
    changes: dict[int, Change] = {}
    cells = settle_circles(distinct) if column.type is Type.BOOL else distinct
    for code, cell in enumerate(cells):
        value: Value | None = None
        try:
            value, change = _parse(column, cell, parse, limits)
            if change:
                changes[code] = change
        except BadCellError as found:
            text = original_text(distinct[code])
            problems[code] = Problem(found.reason, column.header, text, found.details)
        values.append(value)
    listed = [list(value) if isinstance(value, tuple) else value for value in values]
    array = pa.array(listed, arrow_type(column)).take(pa.array(codes))
    bad = np.flatnonzero(np.isin(codes, list(problems))) if problems else codes[:0]
    return ParsedColumn(
        array,
        [(int(row), problems[int(codes[row])]) for row in bad],
        _examples(column, distinct, codes, values, changes),
    )


def _refuse_shifted(parse: Parser, cell: Cell) -> tuple[Value | None, Change | None]:
    """Parse a date of a column whose times betray a shift: one with a time may be a day early."""
    day, change = parse(cell)
    if change is Change.TIME_DROPPED and isinstance(day, date):
        raise dates.two_days(day)
    return day, change


def _parse(
    column: Column, cell: Cell, parse: Parser, limits: Limits
) -> tuple[Value | None, Change | None]:
    if is_blank(cell):
        if column.mandatory:
            raise BadCellError(Reason.BLANK)
        return (() if column.type is Type.LIST else None), None
    if isinstance(cell, str) and len(cell) > limits.cell_characters:
        raise BadCellError(
            Reason.TOO_LONG, length=str(len(cell)), limit=str(limits.cell_characters)
        )
    return parse(cell)


def _examples(
    column: Column,
    distinct: Sequence[Cell],
    codes: Indices,
    values: Sequence[Value | None],
    changes: dict[int, Change],
) -> Changes:
    """Return the changes made, counted in rows."""
    if not changes:
        return {}
    counts = np.bincount(codes, minlength=len(distinct))
    totals: Counter[Change] = Counter()
    first: dict[Change, int] = {}
    for code, change in changes.items():
        totals[change] += int(counts[code])
        first.setdefault(change, code)
    return {
        (column.header, change): Example(
            totals[change], original_text(distinct[code]), value_text(values[code])
        )
        for change, code in first.items()
    }


def distinct_cells(cells: Cells) -> tuple[Sequence[Cell], Indices]:
    """Return the distinct cells in order of appearance and the number of each row's cell."""
    return _distinct_texts(cells) if isinstance(cells, pa.Array) else _distinct(cells)


def _distinct_texts(cells: pa.StringArray) -> tuple[list[str], Indices]:
    """Return the distinct texts in order of appearance and the number of each row's text."""
    encoded = cells.dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64)


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
