"""A sheet read by its mapping into the parts of an entry: for every table that it feeds."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pyarrow.parquet as pq

from dalian_eval.base.limits import Limits
from dalian_eval.intake.base.reasons import Change
from dalian_eval.intake.corrections.apply_corrections import Correcting
from dalian_eval.intake.corrections.correction_sheets import Line, comparable_text
from dalian_eval.intake.files.sheets import Readable
from dalian_eval.intake.mapping.fit import Fit
from dalian_eval.intake.mapping.mapped_rows import MappedBlock, MappedReader
from dalian_eval.intake.mapping.told import told_form
from dalian_eval.intake.pieces import (
    CANONICAL,
    CELLS,
    PROBLEMS,
    Building,
    Part,
    SheetRead,
    write_rows,
)
from dalian_eval.intake.sheet_tally import SheetTally, listed_changes
from dalian_eval.intake.tables.changes import Changes, add_changes
from dalian_eval.intake.tables.headers import HeaderMap
from dalian_eval.intake.tables.non_records import RowReader, listed_rows
from dalian_eval.intake.tables.normalise import Piece
from dalian_eval.intake.tables.quarantined_rows import problem_rows, write_cells
from dalian_eval.schema.model import Table


@dataclass
class _Yield:
    """What a sheet yields for one table: rows counted, changes, parts."""

    rows: int = 0
    changes: Changes = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)


@dataclass
class MappedSheet:
    """The rows of a sheet and its mapping, on their way into the parts of an entry."""

    sheet: Readable
    fit: Fit
    words: HeaderMap
    limits: Limits
    corrections: tuple[Line, ...]
    building: Building
    stem: str
    told: SheetTally = field(default_factory=SheetTally)
    left_out: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take the corrections that aim at this sheet; begin with nothing for every table."""
        name = comparable_text(self.sheet.name)
        lines = [line for line in self.corrections if line.target_sheet == name]
        self.correcting = Correcting(self.fit.header, lines)
        self.yields = {table.name: _Yield() for table in self.fit.tables}

    def read(self) -> list[SheetRead]:
        """Read all blocks; return what became of the sheet, once for every table."""
        words = self.fit.words(self.words)
        reader = MappedReader(
            self.fit,
            RowReader(self.fit.header, words),
            self.words.entries,
            self.limits,
            self.sheet.date1904,
        )
        for number, block in enumerate(self.sheet.blocks(self.fit.header.row + 1)):
            found = reader.read(block, self.correcting.on(block))
            self.correcting.note(found.sheet)
            self.told.add(found.sheet, self.sheet.struck)
            self.left_out += found.left_out
            if len(found.sheet.rows):
                self._write(found, f"{self.stem}-{number}")
        self._note_corrected()
        decisions = self.correcting.finish()
        first = self.fit.tables[0]
        return [
            replace(
                self._sheet_read(table),
                note="；".join(self._notes()) if table is first else self._by,
                decisions=decisions if table is first else (),
            )
            for table in self.fit.tables
        ]

    @property
    def _by(self) -> str:
        return f"按映射『{self.fit.mapping.name}』读取"

    def _sheet_read(self, table: Table) -> SheetRead:
        found = self.yields[table.name]
        lines = self.fit.lines_of(table)
        ways = tuple(
            tuple(
                (
                    table[form.column].header,
                    at[0] if at else -1,
                    "、".join(self.fit.header.texts[place] for place in at),
                    told_form(form, line, table),
                )
                for form, at in line.forms
            )
            for line in lines
        )
        return SheetRead(
            self.sheet.name,
            "read",
            table.name,
            "",
            self.fit.header.row + 1,
            self.fit.header.texts,
            found.rows,
            listed_changes(found.changes),
            tuple(found.parts),
            tuple(lines[0].positions.items()),
            mapping=self.fit.mapping.name,
            source_rows=self.told.rows,
            left_out=len(self.left_out),
            ways=ways,
            several=sum(line.each is not None for line in lines),
        )

    def _write(self, found: MappedBlock, stem: str) -> None:
        """Write the parts of a block: its cells once, rows and problems of every table."""
        last = int(found.sheet.rows[-1])
        cells = self.building.place / stem
        write_cells(cells.with_name(stem + CELLS), found.sheet.rows, found.sheet.texts)
        for table, piece in found.tables:
            known = self.yields[table.name]
            known.rows += len(piece.rows)
            add_changes(known.changes, piece.changes)
            if len(piece.rows):
                name = f"{stem}-{table.name}"
                self._write_piece(table, piece, name)
                known.parts.append(Part(name, last, len(piece.problems), stem))

    def _write_piece(self, table: Table, piece: Piece, name: str) -> None:
        place = self.building.place / name
        write_rows(place.with_name(name + CANONICAL), table, piece.table)
        if piece.problems:
            problems = problem_rows(piece.problems, piece.lost)
            pq.write_table(problems, place.with_name(name + PROBLEMS))

    def _note_corrected(self) -> None:
        """Count the cells that corrections changed in the first of our columns read from them."""
        places = {self.fit.header.texts[at]: at for at in self.fit.header.columns.values()}
        for (header, change), example in self.correcting.changes.items():
            for line in self.fit.lines:
                named = [ours for ours, at in line.positions.items() if at == places[header]]
                if named:
                    known = self.yields[line.table.name].changes
                    add_changes(known, {(named[0], change): example})
                    break

    def _notes(self) -> Iterator[str]:
        yield self._by
        if self.fit.header.ignored:
            yield f"未用的列：{'、'.join(self.fit.header.ignored)}"
        for header in self.fit.unread:
            yield f"表头『{header}』像是映射没有写到的又一组，没有读取；需要的请加进『每组』"
        if self.left_out:
            yield f"不合映射中任何一条规则的 {listed_rows(self.left_out)}，没有采用"
        changes: Changes = {}
        for found in self.yields.values():
            add_changes(changes, {k: e for k, e in found.changes.items() if k[1] is Change.OTHERS})
        add_changes(self.told.changes, changes)
        yield from self.told.notes()
