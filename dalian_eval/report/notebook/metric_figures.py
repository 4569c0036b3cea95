"""Figures of the monthly metrics before anything is scored: one strip per candidate."""

from fractions import Fraction

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from dalian_eval.report.base import theme
from dalian_eval.report.notebook.notebook_frames import (
    cases_by_month,
    metric_rows,
    monthly_clause,
    quotient,
)
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.vocabulary import METRICS

MOST = 40
"""Candidates drawn, the first by code; the table beside the figure has them all."""


def metric_heat(
    monthly: pd.DataFrame, metric: str, subjects: pd.DataFrame, rubric: Rubric
) -> Figure:
    """Return months across, candidates down: the figure of each month, × where it is too low.

    `monthly`: the monthly metrics; `subjects`: units or officers; `rubric`: sets the threshold.
    Without one nothing is too low.
    """
    rows = metric_rows(monthly, metric, subjects, rubric)
    clause = monthly_clause(rubric, metric)
    threshold = Fraction(0) if clause is None else clause.at_least
    months = sorted(rows["month"].unique())
    everyone = rows.drop_duplicates("candidate").set_index("candidate")["name"]
    names = everyone.iloc[:MOST]
    rows = rows[rows["candidate"].isin(names.index)]
    grid = np.zeros((max(len(names), 1), max(len(months), 1)))
    texts = []
    places = {str(c): y for y, c in enumerate(names.index)}
    for row in rows.itertuples():
        top, bottom = int(str(row.numerator)), int(str(row.denominator))
        y, x = places[str(row.candidate)], months.index(str(row.month))
        passed = bottom > 0 and top * threshold.denominator >= bottom * threshold.numerator
        grid[y, x] = 0 if not bottom else 2 if passed else 1
        texts.append((x, y, quotient(top, bottom, metric), passed))
    title = METRICS[metric].title
    with theme.figure_settings():
        figure = Figure(figsize=(7.4, 1.0 + 0.27 * max(2, len(names))), layout="constrained")
        count = int((grid == 2).sum())
        told = "没有达标线" if clause is None else f"达标{count}个月次"
        figure.set_label(f"{title}逐月情况：{len(names)}个对象，{told}")
        axes = figure.subplots()
        axes.pcolormesh(
            grid,
            cmap=ListedColormap(theme.STATES),
            vmin=0,
            vmax=2,
            edgecolors="white",
            linewidth=1.5,
        )
        for x, y, text, passed in texts:
            mark = text if passed else f"×{text}"
            axes.text(x + 0.5, y + 0.5, mark, ha="center", va="center", fontsize=6.5)
        axes.set_xticks(np.arange(len(months)) + 0.5, [m[2:] for m in months])
        axes.set_yticks(
            np.arange(len(names)) + 0.5, [str(n)[:12].replace("$", r"\$") for n in names]
        )
        axes.invert_yaxis()
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        cut = f"，只画前{MOST}个，共{len(everyone)}个" if len(everyone) > MOST else ""
        mark = "没有达标线" if clause is None else "×为未达标"
        axes.set_title(f"{title}（{mark}{cut}）")
    return figure


def case_bars(monthly: pd.DataFrame, subjects: pd.DataFrame) -> Figure:
    """Return the cases decided per month, stacked by 案件类型."""
    table = cases_by_month(monthly, subjects)
    kinds = [c for c in table.columns if c not in ("月份", "合计")]
    total = int(table["合计"].sum()) if len(table) else 0
    with theme.figure_settings():
        figure = Figure(figsize=(7.4, 2.8), layout="constrained")
        figure.set_label(f"各月办结案件数，共{total}件")
        axes = figure.subplots()
        months = [str(m)[2:] for m in table["月份"]] if len(table) else []
        bottom = np.zeros(len(table))
        hatches = ("", "///", "...", "\\\\\\", "xxx", "ooo")
        for kind, colour, hatch in zip(kinds, theme.SERIES, hatches, strict=False):
            counts = table[kind].to_numpy(dtype=np.int64)
            axes.bar(
                months,
                counts,
                0.7,
                bottom,
                label=kind,
                color=colour,
                hatch=hatch,
                edgecolor="white",
            )
            bottom = bottom + counts
        if kinds:
            axes.legend(ncols=len(kinds), loc="upper left", frameon=False, fontsize=8)
        axes.set_ylim(0, max(bottom.max(initial=1.0) * 1.25, 1))
        axes.set_ylabel("件")
    return figure
