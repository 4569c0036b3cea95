"""What intake left in its folder, opened for checking: tables on DuckDB, sources, quarantine."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow.parquet as pq
from ibis import _

from dalian_eval.base.errors import UsageError
from dalian_eval.outputs.csv_files import read_table
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.model import DrawPlan, Section
from dalian_eval.rubric.period import Period
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.origins import ORIGIN, Source, origin
from dalian_eval.schema.relations import unit_closure
from dalian_eval.schema.tables import BY_NAME, OFFICER, TABLES, UNIT

LARGE = "inspections"
"""The table that is never held as a frame."""

NOTE = "note"
"""The column of findings that have no row of their own: a plain Chinese text."""


@dataclass(frozen=True)
class Delivery:
    """The folder intake wrote, and the days it is seen from.

    `draw`: which 案件类型 fill an officer's slots and how many files a unit gives; `sections`: both
    sections of the rubric, for the clauses that decisions name; `asked`: the tables that the plan
    asks for, by default all; `dates`: the titles of the plan's dates by id.
    """

    folder: Path
    period: Period
    as_of: dt.date
    draw: DrawPlan
    sections: tuple[Section, ...]
    asked: frozenset[str] = field(default_factory=lambda: frozenset(BY_NAME))
    dates: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def rows(self) -> dict[str, int]:
        """Accepted rows per supplied table, in the order of the data contract."""
        paths = {t.name: self.folder / f"{t.name}.parquet" for t in TABLES}
        return {n: pq.read_metadata(p).num_rows for n, p in paths.items() if p.exists()}

    @cached_property
    def _connection(self) -> ibis.BaseBackend:
        connection = ibis.duckdb.connect()
        return connection

    @cached_property
    def _tables(self) -> dict[str, ir.Table]:
        connection, folder = self._connection, self.folder
        return {
            n: connection.read_parquet(folder / f"{n}.parquet", table_name=n) for n in self.rows
        }

    def close(self) -> None:
        """Let go of the files."""
        self._connection.disconnect()

    def table(self, name: str) -> ir.Table:
        """Return a supplied table as an Ibis table."""
        return self._tables[name]

    def fetch(self, expression: ir.Table) -> pd.DataFrame:
        """Return the rows of an expression."""
        rows: pd.DataFrame = self._connection.to_pandas(expression)
        return rows

    def count(self, expression: ir.Table) -> int:
        """Return how many rows an expression has."""
        return int(self._connection.execute(expression.count()))

    def frame(self, name: str) -> pd.DataFrame:
        """Return a small table as a frame, in order of origin."""
        if name == LARGE:
            raise ValueError(f"{LARGE} is never held as a frame")
        rows = to_frame(pq.read_table(self.folder / f"{name}.parquet"), BY_NAME[name])
        return rows.sort_values(ORIGIN, ignore_index=True)

    @property
    def ended_months(self) -> tuple[str, ...]:
        """The months of P that have ended by as-of."""
        return self.period.months_ended(self.as_of)

    def months_table(self) -> ir.Table:
        """Return `month`: the months of P that have ended by as-of."""
        rows = [{"month": month} for month in self.ended_months]
        return ibis.memtable(rows, schema={"month": "string"})

    def closure(self) -> ir.Table:
        """Return `ancestor`, `unit_id` of the unit tree, every unit being its own ancestor."""
        units = self.fetch(self.table("units").select("unit_id", "parent_id"))
        pairs = unit_closure(units)
        return ibis.memtable(pairs, schema={"ancestor": "string", "unit_id": "string"})

    def noted(self, notes: list[str]) -> ir.Table:
        """Return findings that have no row: one per text in `notes`."""
        rows = pd.DataFrame({ORIGIN: pd.Series([None] * len(notes), dtype="Int64"), NOTE: notes})
        return ibis.memtable(rows, schema={ORIGIN: "int64", NOTE: "string"})

    # What intake tells

    @cached_property
    def sources(self) -> dict[int, Source]:
        """The sheets that were read, by id."""
        columns = ["id", "table", "file", "sha256", "sheet"]
        rows = self._told("sources")[columns].itertuples(index=False, name=None)
        return {int(i): Source(int(i), t, f, h, s) for i, t, f, h, s in rows}

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """Per sheet: id, table, file, sheet, and the integers rows_read and quarantined."""
        told = self._told("sources")
        columns = ["id", "table", "file", "sheet", "rows_read", "quarantined"]
        return told[columns]

    @cached_property
    def quarantined(self) -> pd.DataFrame:
        """The quarantined rows: origin and the id of their source."""
        rows = self._told("quarantine").merge(self.accounts, on=["table", "file", "sheet"])
        origins = [origin(int(i), int(r)) for i, r in zip(rows["id"], rows["row"], strict=True)]
        found = pd.DataFrame({ORIGIN: origins, "id": rows["id"]})
        return found.astype({ORIGIN: "int64", "id": "int64"})

    @cached_property
    def sheets(self) -> pd.DataFrame:
        """Every sheet and file that was seen: file, sheet, status, table, note."""
        return self._told("sheets")

    def expect_intake(self) -> None:
        """Raise UsageError when the folder is none that intake wrote."""
        for name in ("sources", "quarantine", "sheets"):
            file = OUTPUTS[name].file
            if not (self.folder / file).exists():
                raise UsageError(f"{self.folder} 不是清洗结果（缺少 {file}），请先运行清洗。")

    def _told(self, name: str) -> pd.DataFrame:
        return read_table(name, self.folder)


def noted_rows(found: list[tuple[int, str]]) -> ir.Table:
    """Return findings of rows: the origin and a note on each."""
    rows = pd.DataFrame(found, columns=[ORIGIN, NOTE]).astype({ORIGIN: "int64", NOTE: "str"})
    return ibis.memtable(rows, schema={ORIGIN: "int64", NOTE: "string"})


def among_candidates(table: ir.Table) -> ir.Table:
    """Return the units or officers that are candidates; a blank is no."""
    return table.filter(_.candidate.fill_null(False))


def not_of_candidates(delivery: Delivery, name: str) -> ir.Table:
    """Return the rows of table `name` whose 对象 is no candidate."""
    units = among_candidates(delivery.table("units")).select(subject="unit_id")
    officers = among_candidates(delivery.table("officers")).select(subject="officer_id")
    candidates = units.mutate(subject_kind=ibis.literal(UNIT)).union(
        officers.mutate(subject_kind=ibis.literal(OFFICER))
    )
    return delivery.table(name).anti_join(candidates, ["subject_kind", "subject"])
