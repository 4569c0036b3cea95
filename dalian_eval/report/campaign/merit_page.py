"""记功嘉奖提请名单 as a page: who is proposed, with each one's account attached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from dalian_eval.campaign.merit import BEYOND, HELD, NOT_SUPPLIED, PROPOSED
from dalian_eval.campaign.rules import CampaignRules
from dalian_eval.report.base.page import render
from dalian_eval.report.base.points import plain
from dalian_eval.report.campaign.campaign_tables import CampaignView
from dalian_eval.report.views.evidence import Evidence, parse_origins
from dalian_eval.report.views.item_overview import top_items
from dalian_eval.report.views.run_view import RunView

SHOWN = 200
"""Officers of a state on the page; merit.csv holds all of them."""


@dataclass(frozen=True)
class MeritLine:
    """An officer of the city's result; `total`, `link` are blank without an account here.

    `items`: the account in short, an item's title, points and maximum in ten-thousandths each.
    """

    candidate: str
    name: str
    unit: str
    unit_link: str
    rank: int
    score: str
    reason: str
    evidence: tuple[Evidence, ...]
    total: str
    link: str
    items: tuple[tuple[str, int, int], ...]


def merit_html(view: RunView, campaign: CampaignView, rules: CampaignRules) -> str:
    """Return the page merit.html."""
    rows = campaign.merit

    def some(status: str) -> list[MeritLine]:
        chosen = rows[rows["status"] == status].iloc[:SHOWN]
        scores = _equal_decimals([str(score) for score in chosen["city_score"]])
        return [
            _merited(view, row, score)
            for row, score in zip(chosen.to_dict("records"), scores, strict=True)
        ]

    return render(
        "merit.html",
        view=view,
        last=rules.merit,
        proposed=some(PROPOSED),
        held=some(HELD),
        beyond=some(BEYOND),
        count=len(rows),
        missing=[str(r) for r in rows.loc[rows["status"] == NOT_SUPPLIED, "reason"]],
    )


def proposals(merit: pd.DataFrame) -> pd.DataFrame:
    """Return the officers of merit.csv with Chinese titles, by their place in the city."""
    titles = {
        "city_rank": "全市名次",
        "name": "姓名",
        "candidate": "执法证号",
        "status": "状态",
        "reason": "说明",
    }
    rows = merit.sort_values(["city_rank", "candidate"], kind="stable")
    told = rows[[*titles]].rename(columns=titles)
    return told.assign(全市名次=["" if pd.isna(rank) else str(rank) for rank in told["全市名次"]])


def _equal_decimals(numbers: Sequence[str]) -> list[str]:
    """Return the numbers of a column with as many decimals as one of them has."""
    most = max((len(number.partition(".")[2]) for number in numbers), default=0)
    return [f"{Decimal(number):.{most}f}" if number else "" for number in numbers]


def _merited(view: RunView, row: Mapping[Any, Any], score: str) -> MeritLine:
    who = str(row["candidate"])
    scores = view.rows_of("scores", "officer", who)
    known = len(scores) > 0
    return MeritLine(
        candidate=who,
        name=str(row["name"]),
        unit=view.unit_name(str(row["unit"])),
        unit_link=view.unit_link(str(row["unit"])),
        rank=int(row["city_rank"]),
        score=score,
        reason=str(row["reason"]),
        evidence=parse_origins(str(row["evidence"])),
        total=plain(int(scores["total"].iloc[0])) if known else "",
        link=view.link("officer", who) if known else "",
        items=tuple(_items(view, who)) if known else (),
    )


def _items(view: RunView, officer: str) -> list[tuple[str, int, int]]:
    """Return an officer's account in short: the items directly under the root."""
    rows = view.rows_of("clauses", "officer", officer)
    points = dict(zip(rows["clause"], rows["points"], strict=True))
    nodes = view.section("officer").items
    return [(nodes[i].title, int(points[i]), nodes[i].max) for i in top_items(view, "officer")]
