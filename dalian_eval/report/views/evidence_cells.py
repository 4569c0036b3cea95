"""The cells behind an entry: of each evidence row the ones its clause looks at.

They are read from the canonical tables, by origin, when a page is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dalian_eval.outputs.csv_files import read_table
from dalian_eval.report.base.tables import cell_text
from dalian_eval.report.views.evidence import Evidence, parse_origins
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.vocabulary import DERIVED_FROM, tables_read
from dalian_eval.rubric.year_before import column_itself
from dalian_eval.schema.origins import ORIGIN, origin, part_of, row_of
from dalian_eval.schema.tables import BY_NAME

SHOWN = 5
"""Rows of a sheet whose cells an entry of a monthly figure shows: the rest is counted, no more, and
is named by row number."""

MOST = 200
"""Rows of a sheet whose cells any other entry shows: its arithmetic rests on each of them."""

_WHOM = frozenset(("unit_id", "officer_id", "subject"))


@dataclass(frozen=True)
class CellTable:
    """Cells of the first rows an entry takes from one sheet: heads, then row number and cells."""

    place: Evidence
    heads: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Cells:
    """Rows of canonical tables by origin.

    `sources`: (table, file, sheet) → source id; `tables`: name → its rows; `spots`: name → origin →
    place of the row; `theirs`: (table, file, sheet) of a sheet that a mapping read → for each of
    its rules our header → theirs.
    """

    sources: Mapping[tuple[str, str, str], int]
    tables: Mapping[str, pa.Table]
    spots: Mapping[str, Mapping[int, int]]
    theirs: Mapping[tuple[str, str, str], Sequence[Mapping[str, str]]] = field(default_factory=dict)

    def behind(self, clause: Clause, evidence: Iterable[Evidence]) -> list[CellTable]:
        """Return the cells of an entry of `clause`, one table per sheet; none for unknown rows."""
        found = (self._of(clause, place) for place in evidence)
        return [table for table in found if table is not None]

    def _of(self, clause: Clause, place: Evidence) -> CellTable | None:
        source = self.sources.get((place.name, place.file, place.sheet))
        spots = self.spots.get(place.name, {})
        if source is None:
            return None
        most = SHOWN if clause.metrics else MOST
        rows = [r for r in place.spots if origin(source, r) in spots][:most]
        if not rows:
            return None
        known = BY_NAME[place.name]
        names = [c for c in columns_behind(clause, place.name) if c in known]
        where = [spots[origin(source, r)] for r in rows]
        columns = [self._column(place.name, name) for name in names]
        texts = [tuple(cell_text(column[i].as_py()) for column in columns) for i in where]
        filled = [i for i in range(len(names)) if any(t[i] != cell_text(None) for t in texts)]
        return CellTable(
            place,
            tuple(self._head(place, known[names[i]].header, rows) for i in filled),
            tuple(
                (row_of(r), tuple(t[i] for i in filled)) for r, t in zip(rows, texts, strict=True)
            ),
        )

    def _column(self, table: str, name: str) -> pa.Array:
        """Return a column in one piece: single cells are then quick to take."""
        if (table, name) not in self._columns:
            whole = self.tables[table][name]
            self._columns[table, name] = pa.concat_arrays(whole.chunks)
        return self._columns[table, name]

    @cached_property
    def _columns(self) -> dict[tuple[str, str], pa.Array]:
        return {}

    def _head(self, place: Evidence, header: str, rows: Sequence[int]) -> str:
        """Return our header, with theirs where the rows come from one column of a mapped sheet.

        Rows beyond the rules are further parts of a cell: any rule may have made them.
        """
        rules = self.theirs.get((place.name, place.file, place.sheet), ())
        parts = {part_of(row) for row in rows}
        some = rules if any(part >= len(rules) for part in parts) else [rules[p] for p in parts]
        named = {rule.get(header, "") for rule in some}
        theirs = named.pop() if len(named) == 1 else ""
        return f"{header}（{theirs}）" if theirs and theirs != header else header


NO_CELLS = Cells({}, {}, {})
"""Where the canonical tables are not at hand: evidence is named by its place alone."""


def read_cells(clean: Path, sources: pd.DataFrame, evidence: Iterable[str]) -> Cells:
    """Read the rows that ledger cells name from the canonical tables in `clean`.

    `sources`: sources.csv; `evidence`: the ledger's texts of origins.
    """
    ids = {
        (str(table), str(file), str(sheet)): int(number)
        for number, table, file, sheet in sources[["id", "table", "file", "sheet"]].itertuples(
            index=False
        )
    }
    wanted: dict[str, set[int]] = {}
    for text in set(evidence):
        for place in parse_origins(text):
            source = ids.get((place.name, place.file, place.sheet))
            if source is not None:
                wanted.setdefault(place.name, set()).update(origin(source, r) for r in place.spots)
    tables = {name: _rows(clean / f"{name}.parquet", wanted[name]) for name in sorted(wanted)}
    spots = {
        name: {number: i for i, number in enumerate(rows[ORIGIN].to_pylist())}
        for name, rows in tables.items()
    }
    return Cells(ids, tables, spots, _theirs(clean))


def _theirs(clean: Path) -> dict[tuple[str, str, str], list[dict[str, str]]]:
    """Return what mapped sheets call our columns, rule by rule."""
    found: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    columns = ["table", "file", "sheet", "mapping_rule", "ours", "theirs"]
    lines = read_table("mapped_columns", clean)[columns]
    for table, file, sheet, rule, ours, theirs in lines.itertuples(index=False):
        rules = found.setdefault((str(table), str(file), str(sheet)), [])
        while len(rules) < int(rule):
            rules.append({})
        rules[-1][str(ours)] = str(theirs)
    return found


def _rows(path: Path, origins: set[int]) -> pa.Table:
    among = pa.array(sorted(origins), type=pa.int64())
    return pq.read_table(path, filters=pc.field(ORIGIN).isin(among))


def columns_behind(clause: Clause, table: str) -> list[str]:
    """Return the columns of `table` that `clause` looks at, in their order.

    Key and candidate first of all; of a table that no query of the clause names (a posting, what a
    monthly figure counts) every column.
    """
    named: set[str] = set()
    for query in clause.queries:
        columns = {*clause.columns_read(query)}
        if table in tables_read(query.table, columns):
            named |= {base for c in columns for base in DERIVED_FROM.get(c, (column_itself(c),))}
    return [
        c.name
        for c in BY_NAME[table].columns
        if not named or c.key or c.name in _WHOM or c.name in named
    ]
