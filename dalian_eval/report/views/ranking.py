"""The ranking as readers see it: a row per candidate, and the sentences about ties."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from dalian_eval.outputs.words import SCORE_STATES
from dalian_eval.report.base.points import distinct, plain
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.queries import POINT

RANKED = 300
"""Candidates of a kind listed on the door; the CSV files hold all of them."""

FIRST = 30
"""The same where the door leads by the tree of units, whose pages list all of them."""

DETAILED = 80
"""Candidates of a kind up to which the door shows items and months, too."""

_TOP = 10


@dataclass(frozen=True)
class RankingRow:
    """A candidate in the ranking: texts and the widths of its bar in per cent.

    No rank: it takes no part.
    """

    rank: str
    candidate: str
    name: str
    unit: str
    unit_link: str
    total: str
    exact: int
    span: str
    status: str
    state: str
    bar: str
    more_left: str
    more: str
    link: str


def ranking_rows(view: RunView, kind: str, rows: pd.DataFrame) -> list[RankingRow]:
    """Return the rows of scores as the ranking shows them."""
    top = max(0, *rows["total_high"], view.section(kind).nodes[kind].max or 0, POINT)
    result = []
    for row, total in zip(rows.to_dict("records"), distinct(list(rows["total"])), strict=True):
        low, high = int(row["total_low"]), int(row["total_high"])
        result.append(
            RankingRow(
                rank="" if pd.isna(row["rank"]) else str(row["rank"]),
                candidate=str(row["candidate"]),
                name=str(row["name"]),
                unit=view.unit_name(str(row["unit"])),
                unit_link=view.unit_link(str(row["unit"])),
                total=total,
                exact=int(row["total"]),
                span="" if low == high else f"{plain(low)}～{plain(high)}",
                status=str(row["status"]),
                state=SCORE_STATES[str(row["status"])],
                bar=_percent(low, top),
                more_left=_percent(low, top),
                more=_percent(high - low, top),
                link=view.link(kind, str(row["candidate"])),
            )
        )
    return result


def _percent(part: int, whole: int) -> str:
    tenths = max(0, part) * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}%"


def ties(standing: pd.DataFrame) -> Iterator[str]:
    """Yield a sentence for every tie, and say when it straddles the tenth place."""
    for rank, group in standing.groupby("rank", sort=True):
        if len(group) > 1:
            first, last = int(str(rank)), int(str(rank)) + len(group) - 1
            names = "、".join(group["name"].head(5)) + ("等" if len(group) > 5 else "")
            cut = "，跨越第十名，前十名的取舍须另行确定" if first <= _TOP < last else ""
            yield f"第{first}名{len(group)}个并列：{names}（精确分值相等）{cut}"
