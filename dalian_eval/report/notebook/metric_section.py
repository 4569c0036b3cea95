"""The notebook's sections on monthly metrics: one per metric that the plan or its data have."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from IPython.display import display
from markupsafe import Markup

from dalian_eval.report.base.images import show_figure
from dalian_eval.report.base.tables import TrustedHtml, show
from dalian_eval.report.notebook.metric_figures import case_bars, metric_heat
from dalian_eval.report.notebook.notebook_frames import (
    cases_by_kind,
    cases_by_month,
    count_table,
    metric_rows,
    metric_table,
    threshold,
)
from dalian_eval.rubric.model import Rubric

Links = Mapping[str, Callable[[Mapping[str, Any]], str]]


def show_metrics(
    monthly: pd.DataFrame,
    subjects: Mapping[str, pd.DataFrame],
    rubric: Rubric,
    links: Mapping[str, Links],
) -> None:
    """Display a section for every metric that a clause reads or that has figures.

    `monthly`: the monthly metrics; `subjects`, `links`: by kind of candidate, the units or officers
    and the addresses of their accounts.
    """
    read = {
        m for kind in rubric.kinds for c in rubric.section(kind).clauses.values() for m in c.metrics
    }
    for name, metric in rubric.metrics.items():
        who = subjects[metric.kind]
        if name not in read and metric_rows(monthly, name, who, rubric).empty:
            continue
        _show_heading(metric.title)
        for sentence in filter(None, (metric.about, threshold(rubric, name))):
            _show_paragraph(sentence)
        if metric.form != "count":
            for side, unit in zip(("numerator", "denominator"), metric.units, strict=True):
                word = "分子" if side == "numerator" else "分母"
                counts = count_table(monthly, name, side, who, rubric)
                display(show(counts, caption=f"{word}（{unit}）", links=links[metric.kind]))
        values = metric_table(monthly, name, who, rubric)
        display(show(values, caption=metric.title, links=links[metric.kind]))
        show_figure(metric_heat(monthly, name, who, rubric))


def show_cases(
    monthly: pd.DataFrame, subjects: Mapping[str, pd.DataFrame], links: Mapping[str, Links]
) -> None:
    """Display the cases decided by month and by kind (arguments as for `show_metrics`)."""
    _show_heading("案件分类")
    _show_paragraph(
        "按案件类型统计评审期内已作出决定（移送案件没有决定日期的，按移送日期）的案件数。",
    )
    display(show(cases_by_month(monthly, subjects["unit"]), caption="各月案件数"))
    show_figure(case_bars(monthly, subjects["unit"]))
    for kind, caption in (("unit", "各单位案件数"), ("officer", "各主要承办人案件数")):
        table = cases_by_kind(monthly, subjects[kind])
        display(show(table, caption=caption, links=links[kind]))


def _show_heading(text: str) -> None:
    """Display a text as a heading; whatever it holds, it is shown as it is."""
    display(TrustedHtml(Markup("<h2>{}</h2>").format(text), text))


def _show_paragraph(text: str) -> None:
    """Display a text as a paragraph; whatever it holds, it is shown as it is."""
    display(TrustedHtml(Markup("<p>{}</p>").format(text), text))
