"""The monthly figures as strips: per candidate and metric one cell a month, passed or not."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from dalian_eval.report.labels import METRICS
from dalian_eval.report.view import RunView
from dalian_eval.rubric.model import AnyClause, MonthlyClause, StepsClause
from dalian_eval.rubric.numbers import ratio_text
from dalian_eval.scoring.ledger import METRIC_NAMES


@dataclass(frozen=True)
class MonthCell:
    """One month of one metric: what it came to; `passed` is None when there is nothing yet."""

    month: str
    value: str
    detail: str
    passed: bool | None

    @property
    def state(self) -> str:
        """The style of the cell."""
        return "none" if self.passed is None else "yes" if self.passed else "no"

    @property
    def word(self) -> str:
        """The verdict in a word and a sign that does not depend on colour."""
        return "—" if self.passed is None else "✓ 达标" if self.passed else "✗ 未达标"


@dataclass(frozen=True)
class Strip:
    """A metric's months of P, in order."""

    metric: str
    title: str
    cells: tuple[MonthCell, ...]

    @property
    def passed(self) -> int:
        """How many months passed."""
        return sum(c.passed is True for c in self.cells)


def metric_of(clause: AnyClause) -> str | None:
    """Return the public name of the metric a clause reads month by month, None for others."""
    if not isinstance(clause, MonthlyClause | StepsClause):
        return None
    last = clause.id.rpartition(".")[2]
    return METRIC_NAMES.get(last, last)


def metric_clauses(view: RunView, kind: str) -> dict[str, MonthlyClause | StepsClause]:
    """Return the clauses with monthly figures by the name of their metric, in document order."""
    return {
        name: clause
        for clause in view.section(kind).clauses.values()
        if isinstance(clause, MonthlyClause | StepsClause)
        and (name := metric_of(clause)) is not None
    }


def metric_title(metric: str) -> str:
    """Return a metric's Chinese name."""
    return METRICS.get(metric, metric)


def is_share(clause: MonthlyClause | StepsClause) -> bool:
    """Whether the metric is a share of something, shown in per cent."""
    return clause.at_least <= 1


def value_text(clause: MonthlyClause | StepsClause, numerator: int, denominator: int) -> str:
    """Return a month's figure: a per cent, a count, or a mean with two decimals."""
    if clause.metric == "uploads":
        return str(numerator)
    if denominator <= 0:
        return "—"
    if is_share(clause):
        return ratio_text(numerator * 100, denominator, 1) + "%"
    return ratio_text(numerator, denominator)


def strip(view: RunView, kind: str, candidate: str, metric: str) -> Strip:
    """Return one candidate's strip of one metric."""
    rows = view.rows_of("monthly", kind, candidate)
    return _strip(view, metric, metric_clauses(view, kind)[metric], rows)


def _strip(
    view: RunView, metric: str, clause: MonthlyClause | StepsClause, rows: pd.DataFrame
) -> Strip:
    rows = rows[rows["metric"] == metric]
    known = {str(r["month"]): r for r in rows.to_dict("records")}
    cells = []
    for month in view.rubric.period.months:
        row = known.get(month)
        if row is None:
            cells.append(MonthCell(month, "", "没有数据", None))
            continue
        top, bottom = int(row["numerator"]), int(row["denominator"])
        detail = f"{top}/{bottom}" if clause.metric != "uploads" else ""
        nothing = bottom <= 0 and clause.metric != "uploads"
        passed = None if nothing else bool(row["passed"])
        cells.append(MonthCell(month, value_text(clause, top, bottom), detail, passed))
    return Strip(metric, metric_title(metric), tuple(cells))


def short_months(months: Iterable[str]) -> list[str]:
    """Return months as column heads: 11月, with the year on a line above where it begins."""
    result: list[str] = []
    year = ""
    for month in months:
        head = f"{int(month[5:7])}月"
        result.append(head if month[:4] == year else f"{month[:4]}年\n{head}")
        year = month[:4]
    return result
