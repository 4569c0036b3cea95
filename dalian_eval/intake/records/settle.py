"""One table settled: its pieces sorted, merged and written, every other row on a list."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dalian_eval.intake.base.reasons import Change
from dalian_eval.intake.pieces import write_rows
from dalian_eval.intake.records.external_sort import TableWriter, in_order, rows_of, sorted_rows
from dalian_eval.intake.records.merge import MergeResult, identity, merge, new_keys
from dalian_eval.intake.records.one_spelling import with_one_spelling
from dalian_eval.intake.records.piece_references import Source, read_piece, replaced
from dalian_eval.intake.records.references import (
    ReferenceTarget,
    keys_of,
    named_units,
    self_reference_problems,
    self_references,
)
from dalian_eval.intake.tables.changes import Changes
from dalian_eval.intake.tables.quarantined_rows import problem_rows
from dalian_eval.schema.arrow import arrow_schema
from dalian_eval.schema.model import Table
from dalian_eval.schema.origins import ORIGIN, ROW_BITS

# The processes that read files start without it.
if TYPE_CHECKING:
    import duckdb

ACCEPTED, MERGED, SUPERSEDED, QUARANTINED = OUTCOMES = (
    "accepted",
    "merged",
    "superseded",
    "quarantined",
)
"""What can become of a row."""


@dataclass
class Lists:
    """The rows that were not accepted, by outcome, as files in `folder`; and how many of each.

    `counts` tells for each outcome, the accepted rows too, how many rows of each source had it.
    """

    folder: Path
    sources: int
    files: dict[str, list[Source]] = field(default_factory=dict)
    counts: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with nothing."""
        for outcome in OUTCOMES:
            self.files[outcome] = []
            self.counts[outcome] = np.zeros(self.sources, dtype=np.int64)

    def add(self, outcome: str, rows: pa.Table) -> None:
        """Write rows to a list and count them; each has the origin of the row that went."""
        if len(rows):
            path = self.folder / f"{outcome}-{len(self.files[outcome])}.parquet"
            pq.write_table(rows, path)
            self.files[outcome].append(Source(path, 0))
            self.count(outcome, rows)

    def keep(self, outcome: str, file: Source, source: int, rows: int) -> None:
        """Put a file that is there already on a list: that many rows of one source."""
        self.files[outcome].append(file)
        self.counts[outcome][source] += rows

    def count(self, outcome: str, rows: pa.Table) -> None:
        """Count rows by the source of their origin."""
        sources = rows[ORIGIN].to_numpy() >> ROW_BITS
        self.counts[outcome] += np.bincount(sources, minlength=self.sources)


@dataclass(frozen=True)
class Settler:
    """What settling needs besides the rows.

    `periods` gives for each source the period of its export (see `RawFile`), `mapped` whether a
    mapping read it; `place` the file, sheet and row of an origin for a sentence, `note` takes the
    changes made in a table; finished tables are written into `tables`.
    """

    database: "duckdb.DuckDBPyConnection"
    lists: Lists
    tables: Path
    periods: npt.NDArray[np.int64]
    mapped: npt.NDArray[np.bool_]
    place: Callable[[int], str]
    note: Callable[[str, Changes], None]

    def settle(self, table: Table, pieces: Sequence[Source], lost: set[str]) -> None:
        """Write the records of a table; `lost`: keys of rows that are in quarantine already.

        Keys that are lost here are added to it.
        """
        pieces = with_one_spelling(self.database, table, pieces, self.lists.folder)
        if self_references(table):
            self._settle_tree(table, pieces, lost)
            return
        with self._writer(table) as writer:
            for merged in self._merged(table, pieces):
                self._tell(table, merged, lost)
                self._accept(writer, merged.rows)

    def _writer(self, table: Table) -> TableWriter:
        return TableWriter(self.tables / f"{table.name}.parquet", table)

    def _accept(self, writer: TableWriter, rows: pa.Table) -> None:
        writer.write(rows)
        self.lists.count(ACCEPTED, rows)

    def _settle_tree(self, table: Table, pieces: Sequence[Source], lost: set[str]) -> None:
        """Settle a small table whose rows name each other, which is held as a whole.

        A row goes when the one it names is not there, and again when a conflict took that one.
        """
        schema = arrow_schema(table)
        rows = pa.concat_tables([schema.empty_table(), *map(read_piece, pieces)])
        rows = self._by_names(table, rows)
        seen = {*rows.column(0).to_pylist(), *lost}
        rows = self._without_orphans(table, rows, seen, lost)
        whole = self.lists.folder / f"{table.name}.parquet"
        write_rows(whole, table, rows)
        merged = list(self._merged(table, [Source(whole, 0)]))
        for part in merged:
            self._tell(table, part, lost)
        rows = pa.concat_tables([schema.empty_table(), *(part.rows for part in merged)])
        with self._writer(table) as writer:
            self._accept(writer, self._without_orphans(table, rows, seen, lost))

    def _by_names(self, table: Table, rows: pa.Table) -> pa.Table:
        """Return the rows with the names of superior units in mapped sheets made codes."""
        named = self.mapped[rows[ORIGIN].to_numpy() >> ROW_BITS]
        if not named.any():
            return rows
        target = ReferenceTarget(rows)
        theirs, others = rows.filter(pa.array(named)), rows.filter(pa.array(~named))
        for column in self_references(table):
            keys = named_units(column, theirs, target)
            if keys:
                theirs, example = replaced(theirs, column, keys)
                self.note(table.name, {(column.header, Change.UNIT_NAME): example})
        return pa.concat_tables([others, theirs])

    def _without_orphans(
        self, table: Table, rows: pa.Table, seen: set[str], lost: set[str]
    ) -> pa.Table:
        kept, problems = self_reference_problems(table, rows, seen)
        keys = keys_of(table, rows, problems)
        lost.update(keys.values())
        self.lists.add(QUARANTINED, problem_rows(problems, keys))
        return kept

    def _tell(self, table: Table, merged: MergeResult, lost: set[str]) -> None:
        """Put the rows that went on their lists."""
        self.lists.add(MERGED, merged.merges)
        self.lists.add(SUPERSEDED, merged.supersessions)
        if merged.problems:
            keys = keys_of(table, merged.conflicting, merged.problems)
            lost.update(keys.values())
            self.lists.add(QUARANTINED, problem_rows(merged.problems, keys))

    def _merged(self, table: Table, pieces: Sequence[Source]) -> Iterator[MergeResult]:
        """Yield the records in the order of their keys; no key is divided between two batches."""
        ready = in_order(table, pieces)
        if ready is not None:
            # No key stands twice: there is nothing to merge.
            yield from map(MergeResult, rows_of(arrow_schema(table), ready))
            return
        rest: pa.Table | None = None
        order = (*identity(table), ORIGIN)
        for rows in sorted_rows(self.database, arrow_schema(table), pieces, order):
            whole = rows if rest is None else pa.concat_tables([rest, rows])
            last = int(np.flatnonzero(new_keys(table, whole))[-1])
            if last:
                yield merge(table, whole.slice(0, last), self.periods, self.place)
            rest = whole.slice(last)
        if rest is not None:
            yield merge(table, rest, self.periods, self.place)
