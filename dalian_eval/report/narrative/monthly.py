"""四、月度走势: how many passed each month, the weakest month, who passed always or never."""

from dataclasses import dataclass
from functools import partial

import pandas as pd

from dalian_eval.base.day_words import month_words
from dalian_eval.outputs.words import KINDS
from dalian_eval.report.narrative.text import (
    Picture,
    Section,
    Sentence,
    Span,
    Table,
    blocks,
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
    """Return the section, one part for each kind that has figures."""
    parts = tuple(p for kind in KINDS if (p := _kind(view, kind)) is not None)
    none = say("截至本次评价，还没有可以统计的月度指标。")
    return Section("月度走势", () if parts else blocks(paragraph(none)), parts)


def _kind(view: RunView, kind: str) -> Section | None:
    metrics = [m for m in _metrics(view, kind) if len(m.rows)]
    if not metrics:
        return None
    return Section(
        KINDS[kind],
        blocks(_table(view, kind, metrics)),
        tuple(_metric(view, kind, metric) for metric in metrics),
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


def _table(view: RunView, kind: str, metrics: list[_Metric]) -> Table:
    place = months_place(view, kind)
    counts = [m.by_month() for m in metrics]
    body = []
    for one in view.months:
        cells = [Span(month_words(one))]
        for count in counts:
            known = int(count["size"].get(one, 0))
            passed = int(count["sum"].get(one, 0))
            told = f"{passed}/{known}（{percent(passed, known)}）" if known else "—"
            cells.append(Span(told, place if known else ""))
        body.append(tuple(cells))
    head = ("月份", *(m.title for m in metrics))
    return Table(f"{KINDS[kind]}逐月达标情况（达标数/有数据的对象数）", head, tuple(body))


def _metric(view: RunView, kind: str, metric: _Metric) -> Section:
    return Section(
        metric.title,
        blocks(
            paragraph(
                _total(view, kind, metric), _swing(view, kind, metric), *_ends(view, kind, metric)
            ),
            _picture(view, kind, metric),
        ),
    )


def _total(view: RunView, kind: str, metric: _Metric) -> Sentence:
    passed, known = int(metric.rows["passed"].sum()), len(metric.rows)
    months = metric.rows["month"].nunique()
    told = f"{months}个月共{known}个月次，达标{passed}个月次，达标率{percent(passed, known)}"
    return say(Span(told, months_place(view, kind)), "。")


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
    word = "有所上升" if change > 0 else "有所下降" if change < 0 else "持平"
    ends = (
        f"达标率由{month_words(str(first))}的{percent(*shares[0])}"
        f"到{month_words(str(last))}的{percent(*shares[1])}，{word}"
    )
    return say(Span(told, place), "；", Span(ends, place), "。")


def _ends(view: RunView, kind: str, metric: _Metric) -> list[Sentence]:
    names = names_of(view, kind)
    passed = metric.rows.groupby("candidate")["passed"]
    every, some = passed.all(), passed.any()
    always, never = (
        [c for c in names if c in flags.index and flags[c]] for flags in (every, ~some)
    )
    told = []
    period = "全年" if is_period_over(view) else "截至目前"
    every_month, no_month = f"{period}每月达标的有", f"{period}没有一个月达标的有"
    if always and len(always) < len(passed):
        told.append(say(every_month, who(view, kind, names, always, metric.clause), "。"))
    if never:
        told.append(say(no_month, who(view, kind, names, never, metric.clause), "。"))
    return told


def _picture(view: RunView, kind: str, metric: _Metric) -> Picture | None:
    """Return the lines of the months; officers are too many for lines."""
    from dalian_eval.report.base import theme
    from dalian_eval.report.figures import score_figures

    if kind != "unit" or len(view.candidates(kind)) > len(theme.SERIES):
        return None
    return Picture(f"{metric.title}逐月走势", partial(score_figures.trend, view, kind, metric.name))
