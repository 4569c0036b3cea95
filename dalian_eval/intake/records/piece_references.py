"""A piece held against the finished tables: names become certificates, unknown references go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dalian_eval.intake.base.reasons import Change
from dalian_eval.intake.pieces import write_rows
from dalian_eval.intake.records.officer_names import People, resolve_names
from dalian_eval.intake.records.references import (
    SUBJECT_TABLES,
    Problems,
    ReferenceTarget,
    alike_keys,
    keys_of,
    named_units,
    nothing_to_check,
    reference_problems,
    referred_tables,
    without,
)
from dalian_eval.intake.tables.changes import Changes, Example
from dalian_eval.intake.tables.quarantined_rows import SCHEMA, problem_rows
from dalian_eval.schema.model import SUBJECT, Column, Type
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME


@dataclass(frozen=True)
class Source:
    """Rows of one table on disk: add `base` to the row numbers to get their origins."""

    path: Path
    base: int


@dataclass(frozen=True)
class ReferTask:
    """A piece of `table`, what it is held against, the place to write to.

    `tables`: the folder of finished tables; `lost`: of the keys they lost; `finished`: the names of
    those that matter; `unit_names`: whether units may be given by their names, where only one unit
    has that name.
    """

    table: str
    piece: Source
    tables: Path
    lost: Path
    finished: tuple[str, ...]
    out: Path
    unit_names: bool = False


@dataclass
class Referring:
    """What became of a piece: where its remaining rows are, the problems of others, changes."""

    piece: Source
    problems: pa.Table = field(default_factory=SCHEMA.empty_table)
    changes: Changes = field(default_factory=dict)


class FinishedTables:
    """The finished tables that rows may refer to, each read when first asked for."""

    def __init__(self, tables: Path, lost: Path, finished: Sequence[str]) -> None:
        """Take the folders of the finished tables and of lost keys, and the tables' names."""
        self._tables, self._lost, self._finished = tables, lost, finished
        self._keys: dict[str, pa.Array] = {}

    @cached_property
    def referenced(self) -> dict[str, ReferenceTarget]:
        """The finished tables that others refer to, by name."""
        asked = referred_tables()
        return {name: self._referenced(name) for name in self._finished if name in asked}

    @cached_property
    def people(self) -> People | None:
        """Who is who and, once the postings are finished, where; None before the officers are."""
        if "officers" not in self.referenced:
            return None
        postings = self._read("postings") if "postings" in self._finished else None
        return People.of(self.referenced["officers"], postings)

    @cached_property
    def cases(self) -> pa.Table | None:
        """Where and when the cases were."""
        if "cases" not in self._finished:
            return None
        wanted = [
            c.name
            for c in BY_NAME["cases"].columns
            if c.key or c.references == "units" or c.type is Type.DATE
        ]
        return self._read("cases", wanted)

    def has(self, name: str) -> bool:
        """Whether a table is finished."""
        return name in self._finished

    def keys(self, name: str) -> pa.Array:
        """Return the accepted keys of a finished table with a key of one column."""
        if name in self.referenced:
            return self.referenced[name].keys
        if name not in self._keys:
            self._keys[name] = self._read(name, [*BY_NAME[name].key])[0].combine_chunks()
        return self._keys[name]

    def _referenced(self, name: str) -> ReferenceTarget:
        table = BY_NAME[name]
        wanted = [c.name for c in table.columns if c.key or c.name == "name"]
        rows = self._read(name, wanted)
        found = ReferenceTarget(rows)
        found.seen = found.key_set.union(read_lost(self._lost, name))
        return found

    def _read(self, name: str, columns: list[str] | None = None) -> pa.Table:
        return pq.read_table(self._tables / f"{name}.parquet", columns=columns)


@lru_cache(maxsize=2)
def _known(tables: Path, lost: Path, finished: tuple[str, ...]) -> FinishedTables:
    """Keep what the pieces of one table, and often of the next, are held against."""
    return FinishedTables(tables, lost, finished)


def write_lost(folder: Path, name: str, keys: Collection[str]) -> None:
    """Keep the keys of a finished table's rows that were not accepted."""
    pq.write_table(pa.table({"key": pa.array(sorted(keys), pa.string())}), folder / name)


def read_lost(folder: Path, name: str) -> list[str]:
    """Return what `write_lost` kept."""
    keys: list[str] = pq.read_table(folder / name)["key"].to_pylist()
    return keys


def refer(task: ReferTask) -> Referring:
    """Resolve the names of a piece and take away the rows with unknown references.

    A piece in which there is nothing to do stays where it is.
    """
    table = BY_NAME[task.table]
    known = _known(task.tables, task.lost, task.finished)
    columns = [c.name for c in table.columns if c.references or c.mentions]
    if not columns:
        return Referring(task.piece)
    some = pq.read_table(task.piece.path, columns=columns)
    alike = {c.name: found for c in table.columns if (found := _alike(c, some, known))}
    named: dict[str, dict[str, str]] = {}
    if task.unit_names and "units" in known.referenced:
        units = known.referenced["units"]
        named = {c.name: n for c in table.columns if (n := named_units(c, some, units))}
    if not alike and not named and nothing_to_check(table, some, known.referenced):
        return Referring(task.piece)
    rows = read_piece(task.piece)
    every = rows
    problems: Problems = {}
    changes: Changes = {}
    for name, keys in alike.items():
        rows, example = replaced(rows, table[name], keys)
        changes[table[name].header, Change.ALIKE] = example
    for name, keys in named.items():
        rows, example = replaced(rows, table[name], keys)
        changes[table[name].header, Change.UNIT_NAME] = example
    if known.people:
        resolved = resolve_names(table, rows, known.people, known.cases)
        problems.update(resolved.problems)
        changes |= resolved.changes
        rows = without(resolved.rows, resolved.problems)
    dangling = reference_problems(table, rows, known.referenced)
    problems.update(dangling)
    write_rows(task.out, table, without(rows, dangling))
    told = problem_rows(problems, keys_of(table, every, problems))
    return Referring(Source(task.out, 0), told, changes)


def _alike(column: Column, some: pa.Table, known: FinishedTables) -> dict[str, str]:
    """Return what a column's dangling values are written like where they are the key."""
    if column.references == SUBJECT:
        targets = [*SUBJECT_TABLES.values()]
    else:
        targets = [name for name in (column.references, column.mentions) if name]
    values = some[column.name].combine_chunks() if targets else None
    found: dict[str, str] = {}
    for name in targets:
        if known.has(name):
            found |= alike_keys(column, values, known.keys(name))
    return found


def replaced(rows: pa.Table, column: Column, keys: dict[str, str]) -> tuple[pa.Table, Example]:
    """Return rows with some values of a column written otherwise, and how many those were."""
    index = rows.column_names.index(column.name)
    kind = rows.schema.field(index)
    first = next(iter(keys))
    if column.type is not Type.LIST:
        encoded = rows[column.name].combine_chunks().dictionary_encode()
        words = encoded.dictionary.to_pylist()
        written = pa.array([keys.get(word, word) for word in words], kind.type)
        told = pa.array([word in keys for word in words], pa.bool_()).take(encoded.indices)
        column_written = written.take(encoded.indices)
        count = int(pc.sum(told).as_py() or 0)
        return rows.set_column(index, kind, column_written), Example(count, first, keys[first])
    values = rows[column.name].to_pylist()
    count = 0
    for place, value in enumerate(values):
        if value is not None and not keys.keys().isdisjoint(value):
            values[place] = list(dict.fromkeys(keys.get(item, item) for item in value))
            count += 1
    return (
        rows.set_column(index, kind, pa.array(values, kind.type)),
        Example(count, first, keys[first]),
    )


def read_piece(piece: Source) -> pa.Table:
    """Return the rows of a piece with their origins."""
    rows = pq.read_table(piece.path)
    index = rows.column_names.index(ORIGIN)
    origins = pc.add(rows[ORIGIN], pa.scalar(piece.base, pa.int64()))
    return rows.set_column(index, rows.schema.field(index), origins)
