"""The canonical tables opened on DuckDB, and what every monthly expression needs of them."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from dalian_eval.rubric.period import Period, month_end
from dalian_eval.schema.relations import unit_closure

EVIDENCE_LIMIT = 50
"""Origins kept per figure; the numerator always tells how many there are."""


@dataclass(frozen=True)
class Sources:
    """The canonical tables as Ibis tables of one connection, and the day they are seen from."""

    connection: ibis.BaseBackend
    period: Period
    as_of: dt.date
    units: pd.DataFrame
    supplied: frozenset[str]

    def table(self, name: str) -> ir.Table:
        """Return a canonical table."""
        return self.connection.table(name)

    @property
    def months(self) -> tuple[str, ...]:
        """The months of P that have begun by as-of."""
        return self.period.months_begun(self.as_of)


def open_sources(
    folder: Path, units: pd.DataFrame, period: Period, as_of: dt.date, threads: int | None = None
) -> Sources:
    """Open the Parquet tables of `folder` on DuckDB."""
    connection = ibis.duckdb.connect(**({"threads": threads} if threads else {}))
    files = sorted(folder.glob("*.parquet"))
    for file in files:
        connection.read_parquet(file, table_name=file.stem)
    return Sources(connection, period, as_of, units, frozenset(f.stem for f in files))


def months_table(sources: Sources) -> ir.Table:
    """Return the months with their first day and last day (as-of for a running month)."""
    rows = pd.DataFrame(
        {
            "month": sources.months,
            "first": [dt.date.fromisoformat(f"{m}-01") for m in sources.months],
            "last": [min(month_end(m), sources.as_of) for m in sources.months],
        }
    )
    return ibis.memtable(rows).mutate(first=_["first"].cast("date"), last=_["last"].cast("date"))


def closure(sources: Sources) -> ir.Table:
    """Return `ancestor`, `unit_id` of the unit tree, every unit being its own ancestor."""
    return ibis.memtable(unit_closure(sources.units))


def origins_of(column: ir.Column) -> ir.Value:
    """Return the first origins of a group, in order."""
    return column.collect(order_by=column, distinct=True)[:EVIDENCE_LIMIT]
