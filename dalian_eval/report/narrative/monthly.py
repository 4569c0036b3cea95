"""四、月度走势: how many passed each month, the weakest month, who passed always or never.

One table has the months of all figures; the figure that fails most is drawn.
"""

from dataclasses import dataclass
from functools import partial

import pandas as pd

from dalian_eval.base.day_words import month_words
from dalian_eval.outputs.words import KINDS
from dalian_eval.report.narrative.text import (
    Paragraph,
    Picture,
    Piece,
    Section,
    Sentence,
    Span,
    Table,
    blocks,
    join_spans,
    paragraph,
    say,
)
from dalian_eval.report.narrative.words import (
    candidate_count,
    is_period_over,
    months_place,
    names_of,
    percent,
    who,
)
from dalian_eval.report.views.month_strips import is_count, metric_title
from dalian_eval.report.views.run_view import RunView
from dalian_eval.scoring.metric_clause import metric_clauses


@dataclass(frozen=True)
class _Metric:
    """A metric's months that have a figure: candidate, month, passed."""

    name: str
    clause: str
    title: str
    rows: pd.DataFrame

    def by_month(self) -> pd.DataFrame:
        """Return passed and known, by month."""
        return self.rows.groupby("month")["passed"].agg(["sum", "size"])


def months_section(view: RunView) -> Section:
    """Return the section."""
    metrics = [(kind, m) for kind in KINDS for m in _metrics(view, kind) if len(m.rows)]
    if not metrics:
        none = say("截至本次评价，还没有可以统计的月度指标。")
        return Section("月度走势", blocks(paragraph(none)))
    return Section(
        "月度走势",
        blocks(
            *(_metric(view, kind, metric) for kind, metric in metrics),
            _picture(view, [metric for kind, metric in metrics if kind == "unit"]),
            _table(view, metrics),
        ),
    )


def _metrics(view: RunView, kind: str) -> list[_Metric]:
    rows = view.monthly[view.monthly["kind"] == kind]
    rows = rows[rows["candidate"].isin(list(names_of(view, kind)))]
    result = []
    for name, clause in metric_clauses(view.section(kind)).items():
        mine = rows[rows["metric"] == name]
        known = mine if is_count(clause) else mine[mine["denominator"] > 0]
        result.append(_Metric(name, clause.id, metric_title(view, kind, name), known))
    return result


def _table(view: RunView, metrics: list[tuple[str, _Metric]]) -> Table:
    counts = [(months_place(view, kind), metric.by_month()) for kind, metric in metrics]
    body = []
    for one in view.months:
        cells = [Span(month_words(one))]
        for place, count in counts:
            known = int(count["size"].get(one, 0))
            passed = int(count["sum"].get(one, 0))
            told = f"{passed}/{known}（{percent(passed, known)}）" if known else "—"
            cells.append(Span(told, place if known else ""))
        body.append(tuple(cells))
    head = ("月份", *(f"{KINDS[kind]}{metric.title}" for kind, metric in metrics))
    return Table("逐月达标情况（达标数/有数据的对象数）", head, tuple(body))


def _metric(view: RunView, kind: str, metric: _Metric) -> Paragraph:
    return paragraph(
        _total(view, kind, metric), _swing(view, kind, metric), _ends(view, kind, metric)
    )


def _total(view: RunView, kind: str, metric: _Metric) -> Sentence:
    passed, known = int(metric.rows["passed"].sum()), len(metric.rows)
    told = f"{known}个月次中{passed}个达标，达标率{percent(passed, known)}"
    return say(f"{KINDS[kind]}的{metric.title}，", Span(told, months_place(view, kind)), "。")


def _swing(view: RunView, kind: str, metric: _Metric) -> Sentence | None:
    """Return the weakest month, and how the last one compares with the first."""
    counts = metric.by_month()
    failed = counts["size"] - counts["sum"]
    place = months_place(view, kind)
    if not int(failed.sum()):
        return say(Span("各月全部达标", place), "。")
    worst = max(failed.index, key=lambda m: (failed[m], m))
    told = f"未达标最多的是{month_words(str(worst))}，为{candidate_count(kind, int(failed[worst]))}"
    if len(counts) < 2:
        return say(Span(told, place), "。")
    first, last = counts.index[0], counts.index[-1]
    shares = [(int(counts["sum"][m]), int(counts["size"][m])) for m in (first, last)]
    change = shares[1][0] * shares[0][1] - shares[0][0] * shares[1][1]
    if not change:
        return say(Span(told, place), "。")
    ends = (
        f"达标率由{month_words(str(first))}的{percent(*shares[0])}"
        f"{'升' if change > 0 else '降'}到{month_words(str(last))}的{percent(*shares[1])}"
    )
    return say(Span(told, place), "；", Span(ends, place), "。")


def _ends(view: RunView, kind: str, metric: _Metric) -> Sentence | None:
    names = names_of(view, kind)
    passed = metric.rows.groupby("candidate")["passed"]
    every, some = passed.all(), passed.any()
    always, never = (
        [c for c in names if c in flags.index and flags[c]] for flags in (every, ~some)
    )
    told: list[Piece] = []
    if always and len(always) < len(passed):
        told.append(say("每月达标的有", who(view, kind, names, always, metric.clause)).spans)
    if never:
        told.append(say("没有一个月达标的有", who(view, kind, names, never, metric.clause)).spans)
    if not told:
        return None
    period = "全年" if is_period_over(view) else "截至目前"
    return say(period, join_spans(told, "，"), "。")


def _picture(view: RunView, metrics: list[_Metric]) -> Picture | None:
    """Return the lines of the units' figure that fails most; many units are too many for lines."""
    from dalian_eval.report.base import theme
    from dalian_eval.report.figures import score_figures

    if not metrics or len(view.candidates("unit")) > len(theme.SERIES):
        return None
    worst = max(metrics, key=lambda metric: int((~metric.rows["passed"].astype(bool)).sum()))
    return Picture(
        f"集体{worst.title}逐月走势", partial(score_figures.trend, view, "unit", worst.name)
    )
