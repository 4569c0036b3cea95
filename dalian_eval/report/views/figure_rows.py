"""The rows behind the monthly figures, all of them: the ledger lists the first ones alone.

Computed from the canonical tables when a page is written, of the candidates whose lists were cut.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from dalian_eval.metrics.monthly import whole_lists
from dalian_eval.metrics.sources import open_sources
from dalian_eval.report.views.evidence import Evidence, evidence_of
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.queries import MonthMeasure
from dalian_eval.rubric.vocabulary import STEP_VARIANTS
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.rules.monthly import MonthlyClause
from dalian_eval.scoring.rules.steps import StepsClause

Place = tuple[str, str, str]
"""Table, file and sheet."""

Figure = tuple[str, str]
"""A monthly metric and its variant."""


@dataclass(frozen=True)
class WholeList:
    """Every row a figure rests on: how many, where, and how many of them its entry lists."""

    count: int
    listed: int
    places: tuple[Evidence, ...]


@dataclass(frozen=True)
class FigureRows:
    """Rows behind monthly figures as origins.

    `rows`: (kind, candidate, metric, variant, month) → origins, ascending; `ended`: the months a
    figure of the whole period counts; `places`: source id → its place.
    """

    rows: Mapping[tuple[str, str, str, str, str], list[int]] = field(default_factory=dict)
    ended: tuple[str, ...] = ()
    places: Mapping[int, Place] = field(default_factory=dict)

    def behind(
        self, kind: str, candidate: str, clause: Clause, month: str, listed: int
    ) -> WholeList | None:
        """Return all rows behind an entry that lists `listed` of them; None when it lists all.

        `month`: the entry's; empty for one of the whole period.
        """
        months = (month,) if month else self.ended
        found: set[int] = set()
        for metric, variant in figures_of(clause):
            for each in months:
                found.update(self.rows.get((kind, candidate, metric, variant, each), ()))
        if len(found) <= listed:
            return None
        return WholeList(len(found), listed, evidence_of(sorted(found), self.places))


def figures_of(clause: Clause) -> list[Figure]:
    """Return the monthly metrics whose rows the entries of `clause` list."""
    figures = [(m.metric, m.variant) for m in clause.measures if isinstance(m, MonthMeasure)]
    if isinstance(clause, MonthlyClause):
        figures.append((clause.metric, clause.variant))
    if isinstance(clause, StepsClause):
        figures.append((clause.metric, STEP_VARIANTS[0]))
    return figures


def figure_rows(
    view: RunView, clean: Path, sources: pd.DataFrame, ledger: pd.DataFrame
) -> FigureRows:
    """Return the rows behind the figures of those whose entries in `ledger` may list too few.

    `clean`: the canonical tables; `sources`: sources.csv.
    """
    whose = _candidates_cut(view, ledger)
    if not whose:
        return FigureRows()
    period, as_of = view.rubric.period, dt.date.fromisoformat(view.as_of)
    units = to_frame(pq.read_table(clean / "units.parquet"), BY_NAME["units"])
    found = whole_lists(open_sources(clean, units, period, as_of), whose)
    columns = ("kind", "candidate", "metric", "variant", "month", "evidence")
    rows = {
        (kind, candidate, metric, variant, month): evidence
        for kind, candidate, metric, variant, month, evidence in zip(
            *(found[name].to_pylist() for name in columns), strict=True
        )
    }
    places = {
        int(number): (str(table), str(file), str(sheet))
        for number, table, file, sheet in sources[["id", "table", "file", "sheet"]].itertuples(
            index=False
        )
    }
    return FigureRows(rows, period.months_ended(as_of), places)


def _candidates_cut(view: RunView, ledger: pd.DataFrame) -> frozenset[str]:
    """Return who has an entry of a monthly figure that lists as many rows as there is room for."""
    metered = {
        (kind, clause.id)
        for kind in ("unit", "officer")
        for clause in view.section(kind).clauses.values()
        if figures_of(clause)
    }
    full = ledger[ledger["evidence"].str.count("!") >= view.rows_listed]
    cut = [pair in metered for pair in zip(full["kind"], full["clause"], strict=True)]
    return frozenset(map(str, full.loc[cut, "candidate"]))
