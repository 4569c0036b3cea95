"""每月执法效能评比 as tables and as a page of its own: a section per month, the latest first."""

from fractions import Fraction
from typing import Any

import pandas as pd
from markupsafe import Markup

from dalian_eval.base.day_words import month_words
from dalian_eval.campaign.effectiveness import OVERALL
from dalian_eval.campaign.rules import METRICS, OWN_READING, CampaignRules
from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.markup import markup
from dalian_eval.report.base.page import render
from dalian_eval.report.base.tables import LIMIT, table_html
from dalian_eval.report.campaign.campaign_tables import CampaignView
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.numbers import ratio_text

_SHARES = frozenset({"entry_ratio", "leads_in_time"})
_COUNTS = frozenset({"publicity_leads"})
_CODE, _NAME = "代码", "名称"


def comparison_months(campaign: CampaignView) -> tuple[str, ...]:
    """Return the months there are, the latest first."""
    return tuple(sorted(set(campaign.effectiveness["month"]), reverse=True))


def month_table(
    campaign: CampaignView, view: RunView, kind: str, month: str, most: int | None = None
) -> pd.DataFrame:
    """Return one month's comparison: a row per candidate by its overall rank, at most `most`.

    A cell holds the metric, its rank and on a second line the change against the month before. A
    metric in which everybody is first has no column (see `all_first`).
    """
    idle = all_first(campaign, kind, month)
    rows = campaign.compared(kind, month)
    overall = rows[rows["metric"] == OVERALL].sort_values(
        ["rank", "candidate"], na_position="last", ignore_index=True
    )
    chosen = overall["candidate"].iloc[:most]
    if most is not None:
        rows = rows[rows["candidate"].isin(chosen)]
    found: dict[str, dict[str, dict[Any, Any]]] = {}
    for row in rows.to_dict("records"):
        found.setdefault(str(row["candidate"]), {})[str(row["metric"])] = row
    scores = view.candidates(kind)
    names = dict(zip(scores["candidate"], scores["name"], strict=True))
    lines = []
    for who in chosen:
        cells = found[who]
        whole = cells[OVERALL]
        line: dict[str, object] = {
            "名次": whole["rank"],
            _CODE: who,
            _NAME: names.get(who, who),
            "综合（百分位）": _share(whole["numerator"], whole["denominator"], 2),
            "升降": _moved(whole["rank_change"]),
        }
        line |= {METRICS[m]: _cell(m, cells[m]) for m in METRICS if m in cells and m not in idle}
        lines.append(line)
    frame = pd.DataFrame(lines)
    return frame if frame.empty else frame.astype({"名次": "Int64"})


def all_first(campaign: CampaignView, kind: str, month: str) -> tuple[str, ...]:
    """Return the metrics of a month in which all that have a figure share the first place."""
    rows = campaign.compared(kind, month)
    result = []
    for metric in METRICS:
        ranks = rows.loc[rows["metric"] == metric, "rank"].dropna()
        if len(ranks) > 1 and (ranks == 1).all():
            result.append(metric)
    return tuple(result)


def all_first_text(campaign: CampaignView, kind: str, month: str) -> str:
    """Return a sentence about the metrics that have no column; empty when there are none."""
    idle = all_first(campaign, kind, month)
    if not idle:
        return ""
    return f"{KINDS[kind]}都并列第一、没有高下的指标不列：{'、'.join(METRICS[m] for m in idle)}。"


def _share(numerator: str, denominator: str, decimals: int) -> str:
    """Return a quotient between 0 and 1 in per cent, or a blank."""
    if not denominator:
        return "—"
    return ratio_text(int(numerator) * 100, int(denominator), decimals)


def _moved(places: Any) -> str:
    """Return the change of rank as a sign and places."""
    if pd.isna(places):
        return "—"
    count = int(places)
    return f"升{count}" if count > 0 else f"降{-count}" if count else "平"


def _cell(metric: str, row: dict[object, object]) -> str:
    """Return a metric's figure, rank and change; without a figure, why there is none."""
    if not row["denominator"]:
        return str(row["reason"])
    value = Fraction(int(str(row["numerator"])), int(str(row["denominator"])))
    text = (
        f"{_share(str(value.numerator), str(value.denominator), 2)}%"
        if metric in _SHARES
        else str(value)
        if metric in _COUNTS
        else ratio_text(value.numerator, value.denominator)
    )
    told = f"{text}（第{row['rank']}）"
    return f"{told}\n{_change(metric, str(row['change']))}" if row["change"] else told


def _change(metric: str, change: str) -> str:
    """Return a change of four decimals as points of a per cent, or without idle zeros."""
    bare = change.removeprefix("-")
    if not bare.strip("0."):
        return "与上月持平"
    if metric in _SHARES:
        whole, _, rest = bare.partition(".")
        shown = f"{whole}{rest}".lstrip("0").rjust(3, "0")
        bare = f"{shown[:-2]}.{shown[-2:]}个百分点"
    else:
        bare = bare.rstrip("0").rstrip(".")
    return f"较上月{'减' if change.startswith('-') else '增'}{bare}"


def weights_text(rules: CampaignRules) -> str:
    """Return the weights as a sentence."""
    parts = [f"{METRICS[m]}{w}" for m, w in rules.weights.items()]
    return f"权重（{OWN_READING}）：{'，'.join(parts)}。"


def effectiveness_html(view: RunView, campaign: CampaignView, rules: CampaignRules) -> str:
    """Return the page effectiveness.html."""

    def table(kind: str, month: str) -> Markup:
        frame = month_table(campaign, view, kind, month, LIMIT)
        count = int((campaign.compared(kind, month)["metric"] == OVERALL).sum())
        return markup(
            table_html(
                frame,
                count=count,
                caption=f"{KINDS[kind]}　{month_words(month)}",
                points=(),
                head=_NAME,
                links={_NAME: lambda row: view.link(kind, str(row[_CODE]))},
            )
        )

    months = [
        (
            month,
            [
                (KINDS[kind], table(kind, month), all_first_text(campaign, kind, month))
                for kind in ("unit", "officer")
            ],
        )
        for month in comparison_months(campaign)
    ]
    return render("effectiveness.html", view=view, months=months, weights=weights_text(rules))
