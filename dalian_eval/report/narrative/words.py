"""Words that all sections share: who somebody is, how many, means and shares, where it stands."""

from collections.abc import Iterable, Sequence

from dalian_eval.report.narrative.text import Span, join_spans
from dalian_eval.report.views.ranking import DETAILED
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.numbers import ratio_text

COUNTERS = {"unit": "个", "officer": "名"}
"""Measure words of candidates."""

NAMED = 5
"""Names in a list before it ends in 等."""

STRONG, WEAK = 85, 60
"""Per cent of an item's maximum from which it is called strong, below which weak."""


def is_period_over(view: RunView) -> bool:
    """Whether the evaluation period is over."""
    return view.as_of >= view.rubric.period.end.isoformat()


def candidate_count(kind: str, number: int) -> str:
    """Return a number of candidates: 4个, 30名."""
    return f"{number}{COUNTERS[kind]}"


def names_of(view: RunView, kind: str) -> dict[str, str]:
    """Return the names of a kind's candidates."""
    rows = view.candidates(kind)
    return {str(c): str(n) for c, n in zip(rows["candidate"], rows["name"], strict=True)}


def who(
    view: RunView, kind: str, names: dict[str, str], candidates: Sequence[str], clause: str = ""
) -> tuple[Span, ...]:
    """Return candidates as links to where their points are told, the first few of them."""
    shown = [Span(names[c], view.link(kind, c, clause)) for c in candidates[:NAMED]]
    rest = f"等{candidate_count(kind, len(candidates))}" if len(candidates) > NAMED else ""
    return (*join_spans(shown), *([Span(rest)] if rest else []))


def mean(points: Iterable[int]) -> str:
    """Return the mean of points with two decimals, half up; — of nothing."""
    values = list(points)
    return ratio_text(sum(values), len(values) * 10_000) if values else "—"


def percent(part: int, whole: int) -> str:
    """Return a share with one decimal, half up; — of nothing."""
    return ratio_text(part * 100, whole, 1) + "%" if whole > 0 else "—"


def items_place(view: RunView, kind: str) -> str:
    """Return where the points of all candidates' items stand: on the door, else in the table."""
    return "index.html#items" if len(view.candidates(kind)) <= DETAILED else "clauses.csv"


def months_place(view: RunView, kind: str) -> str:
    """Return where the months of all candidates stand: on the door, else in the table."""
    return "index.html#months" if len(view.candidates(kind)) <= DETAILED else "monthly.csv"
