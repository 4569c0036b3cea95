"""Figures of a run: the ranking, and the months of a metric.

Every function returns a matplotlib Figure whose label is its alternative text. No pyplot: no
global state, the same bytes each time.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dalian_eval.report.base import theme
from dalian_eval.report.base.figure_spots import spot
from dalian_eval.report.base.points import plain, two_decimals
from dalian_eval.report.views.month_strips import (
    is_count,
    is_share,
    metric_title,
    short_months,
    strip,
)
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.queries import POINT
from dalian_eval.rubric.vocabulary import METRICS
from dalian_eval.scoring.metric_clause import metric_clauses

WIDTH = 7.4
"""Inches: an A4 page less its margins."""

MOST = 40
"""Candidates drawn in one figure, the first by rank; the alternative text says how many."""

_ROW = 0.27
P = ParamSpec("P")


def _themed(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw under the theme's settings."""

    @wraps(draw)
    def inside(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with theme.figure_settings():
            return draw(*args, **kwargs)

    return inside


def _figure(height: float, alt: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    figure.set_label(alt)
    return figure, figure.subplots()


def _short(name: str, most: int = 12) -> str:
    """Return a name that fits beside an axis; `$` is no formula."""
    cut = name if len(name) <= most else name[: most - 1] + "…"
    return cut.replace("$", r"\$")


@_themed
def ranking(view: RunView, kind: str) -> Figure:
    """Return bars of the totals by rank, hatched up to what open clauses can still give."""
    rows = view.candidates(kind)
    shown = rows.iloc[:MOST]
    title = view.section(kind).nodes[kind].title
    alt = f"{title}总分排名，共{len(rows)}个" + (
        f"，第一名{shown['name'].iloc[0]}，{plain(int(shown['total'].iloc[0]))}分"
        if len(shown) and shown["rank"].notna().iloc[0]
        else ""
    )
    figure, axes = _figure(1.0 + _ROW * max(3, len(shown)), alt)
    places = np.arange(len(shown))
    low = shown["total_low"].to_numpy(dtype=np.int64) / POINT
    high = shown["total_high"].to_numpy(dtype=np.int64) / POINT
    colours = [theme.GREY if v else theme.BLUE for v in shown["vetoed"]]
    axes.barh(places, low, color=colours, height=0.66)
    axes.barh(
        places, high - low, left=low, height=0.66, color="white", edgecolor=theme.TEAL, hatch="////"
    )
    for place, total, end in zip(places, shown["total"], high, strict=True):
        axes.text(
            float(end) + 0.6, float(place), two_decimals(int(total)), va="center", fontsize=8.5
        )
    for place, row, end in zip(places, shown.to_dict("records"), high, strict=True):
        rank = "否决" if row["vetoed"] else f"第{row['rank']}名"
        text = f"{rank} {row['name']}：{plain(int(row['total']))}分"
        link = view.link(kind, str(row["candidate"]))
        spot(axes, (0, float(place) - 0.45), (max(1.0, float(end)), 0.9), text, link)
    labels = [
        f"{_short(str(n))}　{'否决' if v else r}"
        for n, v, r in zip(shown["name"], shown["vetoed"], shown["rank"], strict=True)
    ]
    axes.set_yticks(places, labels)
    axes.invert_yaxis()
    full = (view.section(kind).nodes[kind].max or 0) / POINT
    axes.set_xlim(0, max(full, float(high.max(initial=0.0))) * 1.08)
    axes.set_xlabel("分（斜纹：待补条款补齐后最高可达）")
    axes.grid(axis="x")
    return figure


@_themed
def trend(view: RunView, kind: str, metric: str, candidates: Sequence[str] = ()) -> Figure:
    """Return a metric's line over the months, the threshold dashed.

    `candidates`: whom; by default all, at most as many as there are kinds of line.
    """
    clause = metric_clauses(view.section(kind))[metric]
    rows = view.candidates(kind)
    chosen = rows[rows["candidate"].isin(list(candidates))] if candidates else rows
    chosen = chosen.iloc[: len(theme.SERIES)]
    months = list(view.rubric.period.months)
    alt = f"{metric_title(view, kind, metric)}逐月走势：{'、'.join(chosen['name'])}"
    figure, axes = _figure(3.2, alt)
    scale = 100 if is_share(clause) else 1
    drawn: list[tuple[str, str, list[tuple[int, float]]]] = []
    for i, (candidate, name) in enumerate(zip(chosen["candidate"], chosen["name"], strict=True)):
        data = view.rows_of("monthly", kind, str(candidate))
        data = data[data["metric"] == metric]
        counts = is_count(clause)
        data = data[(data["denominator"] > 0) | counts]
        whole = METRICS[clause.metric].scale
        below = whole if counts else data["denominator"].to_numpy(dtype=np.int64)
        across = [months.index(m) for m in data["month"]]
        up = data["numerator"].to_numpy(dtype=np.int64) * scale / below
        axes.plot(
            *(across, up),
            color=theme.SERIES[i],
            marker=theme.MARKERS[i],
            linestyle=theme.DASHES[i],
            markersize=4.5,
            label=_short(str(name)),
        )
        drawn.append((str(candidate), str(name), [*zip(across, up, strict=True)]))
    test = float(clause.at_least) * scale
    axes.axhline(test, color=theme.GREY, linestyle=(0, (4, 3)), linewidth=1)
    axes.text(len(months) - 0.55, test, "达标线", va="center", fontsize=8)
    axes.set_xlim(-0.4, len(months) - 0.6)
    axes.set_xticks(np.arange(len(months)), short_months(months))
    high = 0.05 * (axes.get_ylim()[1] - axes.get_ylim()[0])
    for candidate, name, points in drawn:
        values = {cell.month: cell.value for cell in strip(view, kind, candidate, metric).cells}
        link = view.link(kind, candidate, clause.id)
        for x, y in points:
            text = f"{name} {short_months(months)[x]}：{values.get(months[x], '')}".replace(
                "\n", ""
            )
            spot(axes, (x - 0.25, y - high / 2), (0.5, high), text, link)
    axes.set_title(f"{metric_title(view, kind, metric)}{'（%）' if scale == 100 else ''}")
    axes.grid(axis="y")
    if len(chosen):
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=4, frameon=False)
    return figure
