"""Blocks of a sheet with a mapping to rows of the tables it feeds, in columns."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dalian_eval.base.limits import Limits
from dalian_eval.intake.base.raw_cell import CellError, EmptyFormula, original_text
from dalian_eval.intake.base.reasons import Problem, Reason
from dalian_eval.intake.files.blocks import Block, Indices
from dalian_eval.intake.mapping.fit import Fit, Line
from dalian_eval.intake.mapping.their_cells import (
    Translator,
    holds,
    is_filled,
    part_counts,
)
from dalian_eval.intake.tables.amended_block import Amendments
from dalian_eval.intake.tables.changes import Changes, add_changes
from dalian_eval.intake.tables.non_records import RowReader
from dalian_eval.intake.tables.normalise import (
    BlockRows,
    Canonical,
    Cells,
    ColumnCells,
    Piece,
    broken_rows,
    cells_at,
    read_columns,
)
from dalian_eval.schema.arrow import arrow_schema
from dalian_eval.schema.model import Column, Table
from dalian_eval.schema.origins import MOST_PARTS, row_of, spot

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class MappedBlock:
    """What a block of a mapped sheet yields.

    `sheet`: the rows as the sheet has them, without canonical ones; `tables`: a piece for every
    table it feeds, whose `rows` are spots (see `schema.origins`); `left_out`: numbers of records
    that no line takes.
    """

    sheet: Piece
    tables: tuple[tuple[Table, Piece], ...]
    left_out: list[int]


@dataclass(frozen=True)
class MappedReader:
    """Reads the blocks of one sheet, one after the other."""

    fit: Fit
    reader: RowReader
    entries: Mapping[str, Sequence[str]]
    limits: Limits
    date1904: bool | None

    def read(self, block: Block, amendments: Amendments) -> MappedBlock:
        """Read a block under its corrections."""
        rows = BlockRows.of(block, self.fit.header, self.reader)
        whole = dict(rows.problems)
        withdrawn = amendments.withdrawn
        taken = _Reading(self, block, amendments, rows, {*whole, *withdrawn}).lines()
        problems: dict[int, list[Problem]] = {}
        for line in taken:
            for at, told in line.read.problems.items():
                problems.setdefault(row_of(at), []).extend(told)
        broken = broken_rows(block, self.fit.header, rows.short, problems | whole)
        whole |= broken
        if withdrawn:
            numbers = {*rows.numbers.tolist()}
            whole |= {row: [withdrawn[row]] for row in withdrawn.keys() & numbers}
        if broken:
            taken = _Reading(self, block, amendments, rows, {*whole}).lines()
        left = np.isin(rows.numbers, [*whole], invert=True)
        for line in taken:
            left[line.places] = False
        sheet = Piece(
            arrow_schema(self.fit.tables[0]).empty_table(),
            rows.numbers,
            whole,
            {},
            rows.texts,
            skipped=rows.skipped,
            short=(rows.short + block.first + 1).tolist(),
            revoked=rows.revoked,
        )
        pieces = tuple(self._pieces(taken, whole, rows))
        return MappedBlock(sheet, pieces, rows.numbers[left].tolist())

    def _pieces(
        self, taken: Sequence["_Taken"], whole: dict[int, list[Problem]], rows: BlockRows
    ) -> Iterator[tuple[Table, Piece]]:
        """Yield a piece per table; rows that are wrong as a whole go to the first one."""
        for number, table in enumerate(self.fit.tables):
            here = [line for line in taken if line.table is table]
            empty = arrow_schema(table).empty_table()
            problems = dict(whole) if number == 0 else {}
            for line in here:
                problems |= line.read.problems
            changes: Changes = {}
            for line in here:
                add_changes(changes, line.read.changes)
            everything = pa.concat_tables([empty, *(line.read.rows for line in here)])
            good, lost = Canonical(everything, problems, {}).split(table)
            spots = [line.rows for line in here]
            if number == 0 and whole:
                spots.append(np.array(sorted(whole), dtype=np.int64))
            counted = np.concatenate(spots) if spots else np.zeros(0, np.int64)
            yield table, Piece(good, counted, problems, lost, rows.texts, changes)


@dataclass(frozen=True)
class _Taken:
    """The rows that a line takes: their places among the records, their spots, what was read."""

    table: Table
    places: Indices
    rows: Indices
    read: Canonical


@dataclass
class _Reading:
    """One pass over a block: every column is fetched once, every line takes its rows."""

    owner: MappedReader
    block: Block
    amendments: Amendments
    rows: BlockRows
    apart: AbstractSet[int]
    _columns: dict[int, Cells] = field(default_factory=dict)

    @cached_property
    def _whole(self) -> Mask:
        """Which records are not wrong as a whole."""
        if not self.apart:
            return np.ones(len(self.rows.kept), dtype=np.bool_)
        return np.isin(self.rows.numbers, list(self.apart), invert=True)

    def lines(self) -> list[_Taken]:
        """Return what the lines take, in the order of tables and parts."""
        taken: list[_Taken] = []
        for table in self.owner.fit.tables:
            lines = self.owner.fit.lines_of(table)
            single = [line for line in lines if line.each is None]
            several = [line for line in lines if line.each is not None]
            for part, line in enumerate(single):
                taken.append(self._take(line, part, self._asked(line), 0))
            for number, line in enumerate(several):
                place = line.each or 0
                taken += self._each(line, place, len(single) + number, len(several))
        return [one for one in taken if len(one.rows)]

    def _each(self, line: Line, place: int, first: int, step: int) -> Iterator[_Taken]:
        """Yield what a line takes of the first parts of all cells, of the second ones, …

        `place`: the position of those cells; `first`: the first one's part, `step`: to the next.
        """
        asked = self._asked(line)
        counts = part_counts(self._cells(place))
        most = len(range(first, MOST_PARTS, step))
        crowded = asked & (counts > most)
        asked &= ~crowded
        for number in range(int(counts[asked].max()) if asked.any() else 0):
            yield self._take(line, first + number * step, asked & (counts > number), number)
        if crowded.any():
            taken = self._take(line, first, crowded, 0)
            for at in taken.rows.tolist():
                told = {"limit": str(most), "mapping": self.owner.fit.mapping.name}
                column = self.owner.fit.header.texts[place]
                taken.read.problems[at] = [Problem(Reason.CROWDED, column, "", told)]
            yield taken

    def _asked(self, line: Line) -> Mask:
        """Return which records a line takes."""
        asked = self._whole.copy()
        for condition, place in line.conditions:
            asked &= holds(condition, self._cells(place)) | self._unread(place)
        if line.marks:
            asked &= np.logical_or.reduce([is_filled(self._cells(at)) for at in line.marks])
        return asked

    def _unread(self, place: int) -> Mask:
        """Return where a condition's cell is an error or a formula without value."""
        cells = self._cells(place)
        if isinstance(cells, pa.Array):
            return np.zeros(len(cells), dtype=np.bool_)
        wrong = [isinstance(cell, CellError | EmptyFormula) for cell in cells]
        return np.array(wrong, dtype=np.bool_)

    def _take(self, line: Line, part: int, asked: Mask, number: int) -> _Taken:
        places = np.flatnonzero(asked)
        spots = self.rows.numbers[places] + spot(0, part)
        forms = {form.column: (form, at) for form, at in line.forms}
        owner = self.owner

        def cells_of(column: Column) -> ColumnCells:
            if column.name not in forms:
                return ColumnCells(pa.array(np.full(len(places), "", dtype=object), pa.string()))
            form, at = forms[column.name]
            theirs = [_some(self._cells(place), places, asked) for place in at]
            translator = Translator(owner.fit.mapping.name, form, column)
            return translator.cells(theirs, len(places), number)

        read = read_columns(
            line.table, spots, cells_of, owner.entries, owner.limits, date1904=owner.date1904
        )
        for condition, place in line.conditions:
            cells = self._cells(place)
            for at in np.flatnonzero(self._unread(place)[places]).tolist():
                cell = cells[int(places[at])]
                reason = Reason.ERROR_CELL if isinstance(cell, CellError) else Reason.EMPTY_FORMULA
                problem = Problem(reason, condition.header, original_text(cell))
                read.problems.setdefault(int(spots[at]), []).append(problem)
        return _Taken(line.table, places, spots, read)

    def _cells(self, place: int) -> Cells:
        if place not in self._columns:
            self._columns[place] = cells_at(self.block, self.amendments, place, self.rows.kept)
        return self._columns[place]


def _some(cells: Cells, places: Indices, asked: Mask) -> Cells:
    if len(places) == len(asked):
        return cells
    if isinstance(cells, pa.Array):
        return cells.take(pa.array(places))
    return [cells[place] for place in places.tolist()]
