"""The canonical tables opened on DuckDB, and what every monthly expression needs of them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
from ibis import _

from dalian_eval.rubric.period import Period, month_end
from dalian_eval.schema.origins import EVIDENCE_LIMIT, evidence_limit
from dalian_eval.schema.relations import unit_closure


@dataclass(frozen=True)
class Sources:
    """The canonical tables as Ibis tables of one connection, and the day they are seen from.

    `whole_of`: the candidates whose figures list every row they rest on; None: everybody's figures
    list the first ones, `listed` of them. `arrow`: how the connection's engine hands over the rows
    of an expression.
    """

    connection: ibis.BaseBackend
    period: Period
    as_of: dt.date
    units: pd.DataFrame
    supplied: frozenset[str]
    whole_of: frozenset[str] | None = None
    listed: int = EVIDENCE_LIMIT
    arrow: Callable[[ir.Table], pa.Table] = ir.Table.to_pyarrow

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
    supplied = frozenset(f.stem for f in files)
    listed = rows_listed(connection, supplied)
    return Sources(connection, period, as_of, units, supplied, listed=listed)


def rows_listed(connection: ibis.BaseBackend, supplied: frozenset[str]) -> int:
    """Return how many rows a monthly figure lists: fewer, the more candidates there are."""
    candidates = 0
    for name in ("units", "officers"):
        if name in supplied:
            chosen = connection.table(name)["candidate"].cast("int64").sum().execute()
            candidates += 0 if pd.isna(chosen) else int(chosen)
    return evidence_limit(candidates)


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
    pairs = unit_closure(sources.units)
    if sources.whole_of is not None:
        pairs = pairs[pairs["ancestor"].isin(sources.whole_of)]
    return ibis.memtable(pairs)


def origins_listed(sources: Sources, column: ir.Column) -> ir.Value:
    """Return the origins of a group that a figure lists, in order."""
    every = column.collect(distinct=True).sort()
    return every[: sources.listed] if sources.whole_of is None else every
