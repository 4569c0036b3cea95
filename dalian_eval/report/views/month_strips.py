"""The monthly figures as strips: per candidate and metric one cell a month, passed or not."""

from collections.abc import Iterable
from dataclasses import dataclass

from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.numbers import ratio_text
from dalian_eval.rubric.vocabulary import METRICS
from dalian_eval.scoring.metric_clause import MetricClause, metric_clauses


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


def metric_title(view: RunView, kind: str, metric: str) -> str:
    """Return the Chinese name of a metric, or the title of a further clause on the same one."""
    return (
        METRICS[metric].title
        if metric in METRICS
        else metric_clauses(view.section(kind))[metric].title
    )


def is_share(clause: MetricClause) -> bool:
    """Whether the metric is a share of something, shown in per cent."""
    return METRICS[clause.metric].form == "share"


def is_count(clause: MetricClause) -> bool:
    """Whether the metric is a count, which no denominator belongs to."""
    return METRICS[clause.metric].form == "count"


def value_text(clause: MetricClause, numerator: int, denominator: int) -> str:
    """Return a month's figure: a per cent, a count, or a mean with two decimals."""
    if is_count(clause):
        return METRICS[clause.metric].side_text(numerator)
    if denominator <= 0:
        return "—"
    if is_share(clause):
        return ratio_text(numerator * 100, denominator, 1) + "%"
    return ratio_text(numerator, denominator)


def strip(view: RunView, kind: str, candidate: str, metric: str) -> Strip:
    """Return one candidate's strip of one metric."""
    clause = metric_clauses(view.section(kind))[metric]
    names = ("metric", "month", "numerator", "denominator", "passed")
    rows = view.cells_of("monthly", kind, candidate, *names)
    known = {month: figure for name, month, *figure in rows if name == metric}
    cells = []
    for month in view.rubric.period.months:
        row = known.get(month)
        if row is None:
            cells.append(MonthCell(month, "", "没有数据", None))
            continue
        top, bottom, has_passed = row
        told = METRICS[clause.metric].side_text
        detail = "" if is_count(clause) else f"{told(top)}/{told(bottom)}"
        nothing = bottom <= 0 and not is_count(clause)
        passed = None if nothing else bool(has_passed)
        cells.append(MonthCell(month, value_text(clause, top, bottom), detail, passed))
    return Strip(metric, metric_title(view, kind, metric), tuple(cells))


def short_months(months: Iterable[str]) -> list[str]:
    """Return months as column heads: 11月, with the year on a line above where it begins."""
    result: list[str] = []
    year = ""
    for month in months:
        head = f"{int(month[5:7])}月"
        result.append(head if month[:4] == year else f"{month[:4]}年\n{head}")
        year = month[:4]
    return result
