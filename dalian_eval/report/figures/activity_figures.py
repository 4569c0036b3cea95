"""The heat map of 五个一: owners down, weeks, months and quarters across."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from dalian_eval.base.day_words import month_words
from dalian_eval.campaign.activities import (
    AHEAD,
    DONE,
    LATE,
    MISSING,
    NOT_OWED,
    NOT_SUPPLIED,
)
from dalian_eval.report.base import theme
from dalian_eval.report.base.figure_spots import spot
from dalian_eval.report.views.month_strips import short_months

MOST = 40
"""Rows drawn per part, the first by kind and code; the table beside the figure has them all."""

_LOOKS = {
    NOT_OWED: ("#ffffff", "—"),
    NOT_SUPPLIED: ("#e3e7eb", "？"),
    AHEAD: ("#f3f6f9", "未"),
    MISSING: ("#f3c9a5", "缺"),
    LATE: ("#fbe7b4", "迟"),
    DONE: ("#bcdcdd", "办"),
}
"""Colour and sign of every state; the sign does not depend on colour."""

_ROW, _WIDTH = 0.27, 7.4
_PARTS = (("周", "-W"), ("月", "-"), ("季度", "Q"))


def stretch_heat(accounts: pd.DataFrame, title: str) -> Figure:
    """Return the states of all stretches of `accounts` (activities.csv or the leads), by length.

    The label is the alternative text: how many are done, late and missing.
    """
    rows = accounts[accounts["period"] != ""]
    long = rows["period"].map(_length).astype("str")
    parts = [(name, rows[long == name]) for name, _ in _PARTS if (long == name).any()]
    sizes = [max(1, min(MOST, len(_owners(part)))) for _, part in parts]
    counts = rows["status"].value_counts()
    told = "，".join(f"{s}{counts[s]}个" for s in _LOOKS if s in counts and s != NOT_OWED)
    with theme.figure_settings():
        height = 0.9 + sum(_ROW * n + 0.62 for n in sizes)
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        figure.set_label(f"{title}：{told or '没有可画的期次'}")
        said = {MISSING: "没有记录"}
        shown = [(m, said.get(s, s)) for s, (_, m) in reversed(_LOOKS.items()) if s in counts]
        signs = "　".join(f"{mark}：{state}" for mark, state in shown)
        figure.suptitle(f"{title}（{signs}）" if signs else title)
        if parts:
            axes = figure.subplots(len(parts), 1, squeeze=False, height_ratios=sizes)[:, 0]
            for (name, part), one in zip(parts, axes, strict=True):
                _draw(one, part, name)
    return figure


def _length(period: str) -> str:
    return next(name for name, mark in _PARTS if mark in period)


def _owners(part: pd.DataFrame) -> list[tuple[str, str, str]]:
    columns = part[["kind", "unit", "name"]].drop_duplicates()
    return [*columns.itertuples(index=False, name=None)]


def _draw(axes: Axes, part: pd.DataFrame, length: str) -> None:
    everyone = _owners(part)
    owners = everyone[:MOST]
    periods = sorted(part["period"].unique())
    states = list(_LOOKS)
    places = {owner[:2]: y for y, owner in enumerate(owners)}
    grid = np.zeros((len(owners), len(periods)))
    for row in part.itertuples():
        y = places.get((str(row.kind), str(row.unit)))
        if y is None:
            continue
        x, state = periods.index(str(row.period)), str(row.status)
        grid[y, x] = states.index(state)
        size = 8 if len(periods) <= 30 else 5
        axes.text(x + 0.5, y + 0.5, _LOOKS[state][1], ha="center", va="center", fontsize=size)
        told = f"{row.name} {row.kind} {_words(str(row.period), length)}：{state}"
        spot(axes, (x, y), (1, 1), told)
    colours = ListedColormap([colour for colour, _ in _LOOKS.values()])
    axes.pcolormesh(
        grid, cmap=colours, vmin=-0.5, vmax=len(states) - 0.5, edgecolors="white", linewidth=1.5
    )
    axes.set_xticks(np.arange(len(periods)) + 0.5, _heads(part, periods, length))
    one_kind = len({kind for kind, _, _ in owners}) == 1
    names = [n if one_kind else f"{n}　{k}" for k, _, n in owners]
    axes.set_yticks(np.arange(len(owners)) + 0.5, [n[:16].replace("$", r"\$") for n in names])
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    kind = f"{owners[0][0]}，" if one_kind else ""
    cut = f"，只画前{MOST}行，共{len(everyone)}行" if len(everyone) > MOST else ""
    axes.set_title(f"{kind}每{length}一次{cut}", fontsize=9.5)


def _words(period: str, length: str) -> str:
    """Return a stretch in words: 2024年第30周, 2024年7月, 2024年3季度."""
    if length == "周":
        return f"{period[:4]}年第{int(period[-2:])}周"
    return month_words(period) if length == "月" else f"{period[:4]}年{period[-1]}季度"


def _heads(part: pd.DataFrame, periods: Sequence[str], length: str) -> list[str]:
    """Return short heads: a week by its number and first day, a month, a quarter."""
    if length == "周":
        begin = part.drop_duplicates("period").set_index("period")["start"]
        if len(periods) > 30:
            return [p[-2:] if i % 2 == 0 else "" for i, p in enumerate(periods)]
        return [f"{p[-2:]}周\n{str(begin[p])[5:]}" for p in periods]
    if length == "月":
        return short_months(periods)
    return [f"{p[:4]}年{p[-1]}季度" for p in periods]
