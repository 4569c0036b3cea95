"""The total of a candidate month by month: the entries of its ledger by the month they belong to.

What belongs to no month of the period (a requirement of the year, a cap, a floor, redistribution)
stands apart, so that the months and it add up to the total. It is no history of evaluations: a row
handed in late stands in its own month.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate

from dalian_eval.report.views.run_view import RunView


@dataclass(frozen=True)
class TrendMonth:
    """A month: its points, and the sum of all months up to it."""

    month: str
    points: int
    sum: int


@dataclass(frozen=True)
class Trend:
    """The months of the period up to as-of, what belongs to none of them, and the total."""

    months: tuple[TrendMonth, ...]
    undated: int
    total: int


def trend_of(view: RunView, kind: str, candidate: str) -> Trend:
    """Return a candidate's trend; everything in ten-thousandths of a point."""
    by_month: Counter[str] = Counter()
    for month, given in view.cells_of("ledger", kind, candidate, "month", "points"):
        by_month[month] += given
    points = [by_month[month] for month in view.months]
    total = by_month.total()
    rows = zip(view.months, points, accumulate(points), strict=True)
    months = tuple(TrendMonth(*row) for row in rows)
    return Trend(months, total - sum(points), total)
