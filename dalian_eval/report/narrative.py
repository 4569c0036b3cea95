"""The yearly text (总结报告): prose around numbers that all come from the run's frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dalian_eval.report.items import OpenClause, item_points, open_clauses, veto_reasons
from dalian_eval.report.labels import KINDS, table_title
from dalian_eval.report.months import metric_clauses, metric_title, strip
from dalian_eval.report.names import statement_link
from dalian_eval.report.page import environment
from dalian_eval.report.points import two_decimals
from dalian_eval.report.portal import ties
from dalian_eval.report.tables import Shown
from dalian_eval.report.view import RunView
from dalian_eval.rubric.model import (
    AnyClause,
    CompositeClause,
    MonthlyClause,
    RankedClause,
    ScaledClause,
    ShortfallClause,
    WeightedClause,
)
from dalian_eval.rubric.numbers import ratio_text

_STRONG, _WEAK = 85, 60
"""Per cent of an item's maximum from which it is called strong, below which weak."""

_TOP = 10
_NAMED = 5
_WEAKEST = 5


@dataclass(frozen=True)
class Named:
    """A candidate in a sentence: name, address of its statement, a figure."""

    name: str
    link: str
    figure: str = ""


@dataclass(frozen=True)
class ItemStory:
    """An item over all candidates: the mean, its share of the maximum, who was best and worst."""

    title: str
    maximum: int
    mean: str
    share: str
    grade: str
    best: tuple[Named, ...]
    best_points: int
    worst: tuple[Named, ...]
    worst_points: int


@dataclass(frozen=True)
class ClauseStory:
    """A clause that cost points: how much on average, whom, and what to do about such a clause."""

    title: str
    locator: str
    lost: str
    count: int
    advice: str


@dataclass(frozen=True)
class MetricStory:
    """A monthly metric: passes out of months, the weakest month, who passed always and never."""

    title: str
    passed: int
    possible: int
    share: str
    weakest: str
    weakest_failed: int
    always: tuple[Named, ...]
    never: tuple[Named, ...]


@dataclass(frozen=True)
class KindStory:
    """Everything the text says about the units, or about the officers."""

    kind: str
    title: str
    count: int
    standing: int
    top: tuple[Named, ...]
    highest: str
    lowest: str
    mean: str
    ties: tuple[str, ...]
    vetoed: tuple[tuple[Named, str], ...]
    deferred: tuple[Named, ...]
    items: tuple[ItemStory, ...]
    deductions: tuple[ClauseStory, ...]
    weakest: tuple[ClauseStory, ...]
    metrics: tuple[MetricStory, ...]


def narrative(view: RunView) -> Shown:
    """Return the text as something notebook 05 displays, its headings from the second level on.

    Its addresses lead to the statements of the run folder.
    """
    stories = [_story(view, kind) for kind in KINDS]
    waiting = open_clauses(view)
    html = (
        environment()
        .get_template("narrative.html")
        .render(
            view=view,
            stories=stories,
            finished=view.as_of >= view.rubric.period.end.isoformat(),
            data=_data(view),
            open=waiting,
            open_tables=_tables_of(waiting),
            strong=_STRONG,
            weak=_WEAK,
        )
    )
    return Shown(html, "年度总结")


def _story(view: RunView, kind: str) -> KindStory:
    rows = view.candidates(kind)
    standing = rows[rows["rank"].notna()]
    totals = [int(t) for t in standing["total"]]
    losses = _losses(view, kind)
    return KindStory(
        kind=kind,
        title=KINDS[kind],
        count=len(rows),
        standing=len(standing),
        top=_named(kind, standing.iloc[:_TOP], "total"),
        highest=two_decimals(max(totals, default=0)),
        lowest=two_decimals(min(totals, default=0)),
        mean=_mean(totals),
        ties=tuple(ties(standing)),
        vetoed=tuple(
            (named, "；".join(veto_reasons(view, kind, str(candidate))))
            for named, candidate in zip(
                _named(kind, rows[rows["vetoed"]], "total"),
                rows.loc[rows["vetoed"], "candidate"],
                strict=True,
            )
        ),
        deferred=_named(kind, rows[rows["status"] == "deferred"], "total"),
        items=tuple(_items(view, kind, rows)),
        deductions=tuple(s for s in losses[0] if s.count),
        weakest=tuple(losses[1][:_WEAKEST]),
        metrics=tuple(_metrics(view, kind, rows)),
    )


def _named(kind: str, rows: pd.DataFrame, figure: str) -> tuple[Named, ...]:
    return tuple(
        Named(
            str(r["name"]),
            statement_link(kind, str(r["candidate"])),
            two_decimals(int(r[figure])),
        )
        for r in rows.to_dict("records")
    )


def _mean(points: Sequence[int]) -> str:
    """Return the mean of points with two decimals, half up; — of nothing."""
    return ratio_text(sum(points), len(points) * 10_000) if points else "—"


def _percent(part: int, whole: int) -> str:
    return ratio_text(part * 100, whole, 1) + "%" if whole > 0 else "—"


def _items(view: RunView, kind: str, rows: pd.DataFrame) -> list[ItemStory]:
    points = item_points(view, kind)
    names = dict(zip(rows["candidate"], rows["name"], strict=True))
    result = []
    for item in points.columns if len(points) else ():
        node = view.section(kind).items[str(item)]
        values = {str(c): int(p) for c, p in points[item].items()}
        whole = node.max * len(values)
        full = 100 * sum(values.values())
        grade = "strong" if full >= _STRONG * whole else "weak" if full < _WEAK * whole else ""
        ends = max(values.values()), min(values.values())
        best, worst = (
            tuple(
                Named(str(names[c]), statement_link(kind, c, node.id))
                for c, p in values.items()
                if p == end
            )
            for end in ends
        )
        mean, share = _mean(list(values.values())), _percent(sum(values.values()), whole)
        story = ItemStory(
            *(node.title, node.max, mean, share, "" if node.bonus else grade),
            *(best, ends[0], worst, ends[1]),
        )
        result.append(story)
    return result


def _losses(view: RunView, kind: str) -> tuple[list[ClauseStory], list[ClauseStory]]:
    """Return the deductions that were made, and the awards by what they fell short on average."""
    section = view.section(kind)
    rows = view.clauses[(view.clauses["kind"] == kind) & (view.clauses["status"] == "scored")]
    rows = rows[rows["candidate"].isin(view.candidates(kind)["candidate"])]
    taken: list[tuple[int, ClauseStory]] = []
    short: list[tuple[int, ClauseStory]] = []
    for name, clause in section.clauses.items():
        mine = rows[rows["clause"] == name]
        if mine.empty or clause.bonus or not clause.capped:
            continue
        if clause.deducts:
            lost = -int(mine["points"].sum())
            count = int((mine["points"] < 0).sum())
            taken.append((lost, _clause(clause, two_decimals(lost), count)))
        elif clause.max is not None:
            gaps = mine["max"].astype("int64") - mine["points"]
            lost, count = int(gaps.sum()), int((gaps > 0).sum())
            if lost > 0:
                mean = ratio_text(lost, len(mine) * 10_000)
                short.append((lost * 1_000_000 // len(mine), _clause(clause, mean, count)))
    taken.sort(key=lambda pair: -pair[0])
    short.sort(key=lambda pair: -pair[0])
    return [s for _, s in taken], [s for _, s in short]


def _clause(clause: AnyClause, lost: str, count: int) -> ClauseStory:
    if isinstance(clause, MonthlyClause):
        advice = "按月调度，月中预警，逐月补齐未达标的对象"
    elif isinstance(clause, CompositeClause | ScaledClause | WeightedClause):
        advice = "加强业务培训和质量审核，补齐得分偏低的环节"
    elif isinstance(clause, RankedClause):
        advice = "对照名次靠前的对象找差距，提前谋划，加力推进"
    elif isinstance(clause, ShortfallClause):
        advice = "对照目标逐月盘点差额，按期补足"
    elif clause.deducts:
        advice = "对照问题逐项整改，防止同类问题再次发生"
    else:
        advice = "提前谋划，加强线索摸排、案件培育和材料申报"
    return ClauseStory(clause.title, clause.locator, lost, count, advice)


def _metrics(view: RunView, kind: str, rows: pd.DataFrame) -> list[MetricStory]:
    result = []
    for metric, clause in metric_clauses(view, kind).items():
        strips = [
            (str(c), str(n), strip(view, kind, str(c), metric))
            for c, n in zip(rows["candidate"], rows["name"], strict=True)
        ]
        cells = [c for _, _, s in strips for c in s.cells if c.passed is not None]
        if not cells:
            continue
        failed: dict[str, int] = {}
        for cell in cells:
            failed[cell.month] = failed.get(cell.month, 0) + (not cell.passed)
        weakest = max(sorted(failed), key=lambda m: failed[m])
        months = {s.metric: len([c for c in s.cells if c.passed is not None]) for _, _, s in strips}
        always, never = (
            tuple(
                Named(n, statement_link(kind, c, clause.id))
                for c, n, s in strips
                if months[s.metric] and s.passed == wanted(s.cells)
            )
            for wanted in (_known, _none)
        )
        passed = sum(bool(c.passed) for c in cells)
        result.append(
            MetricStory(
                *(
                    metric_title(view, kind, metric),
                    passed,
                    len(cells),
                    _percent(passed, len(cells)),
                ),
                *(weakest, failed[weakest], always, never),
            )
        )
    return result


def _known(cells: Sequence[Any]) -> int:
    """Return how many months have a figure, or -1: nobody passed always without one."""
    return sum(c.passed is not None for c in cells) or -1


def _none(cells: Sequence[Any]) -> int:
    return 0 if any(c.passed is not None for c in cells) else -1


def _data(view: RunView) -> dict[str, Any]:
    rows = view.sources
    reasons = view.quarantine.groupby(["table", "reason"], sort=True).size().rename("count")
    common = reasons.sort_values(ascending=False, kind="stable").head(_NAMED).reset_index()
    failed = [o for o in view.outcomes if not o["success"]]
    return {
        "files": int(rows["file"].nunique()),
        "read": int(rows["rows_read"].sum()),
        "accepted": int(rows["accepted"].sum()),
        "merged": int(rows["merged"].sum()),
        "superseded": int(rows["superseded"].sum()),
        "quarantined": int(rows["quarantined"].sum()),
        "reasons": [
            (table_title(str(r["table"])), str(r["reason"]).rstrip("。"), int(r["count"]))
            for r in common.to_dict("records")
        ],
        "checks": len(view.outcomes),
        "failed": [(o["title"], int(o["failed"])) for o in failed],
    }


def _tables_of(waiting: Sequence[OpenClause]) -> list[str]:
    """Return the tables that open clauses wait for, sorted."""
    return sorted({t for clause in waiting for t in clause.missing})
