"""The campaign's accounts as its folder holds them, and the tables a reader sees of them."""

import re
from collections.abc import Collection
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import pandas as pd

from dalian_eval.base.day_words import iso_day_words, month_words
from dalian_eval.campaign.activities import (
    AHEAD,
    DONE,
    LATE,
    MISSING,
    NOT_OWED,
    NOT_SUPPLIED,
    OUTSIDE,
)
from dalian_eval.campaign.elite import NOMINATED, RUNNING, TIED
from dalian_eval.campaign.rules import LEAD
from dalian_eval.outputs.csv_files import read_table
from dalian_eval.report.base.labels import table_title
from dalian_eval.report.base.points import plain
from dalian_eval.report.views.account_links import Links
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.model import Rubric
from dalian_eval.schema.registrations import TABLE
from dalian_eval.schema.tables import BY_NAME

STATES = (DONE, LATE, MISSING, AHEAD, NOT_OWED, NOT_SUPPLIED)
"""What can become of a stretch, in the order it is counted in."""

_SHOWN_CLAUSES = 4


@dataclass(frozen=True)
class CampaignView:
    """The tables of the campaign by name, with their types (`outputs.tables`)."""

    activities: pd.DataFrame
    publicity: pd.DataFrame
    effectiveness: pd.DataFrame
    elite: pd.DataFrame
    calendar: pd.DataFrame
    rollover: pd.DataFrame
    prereview: pd.DataFrame
    merit: pd.DataFrame
    registrations: pd.DataFrame

    def compared(self, kind: str, month: str) -> pd.DataFrame:
        """Return the lines of effectiveness.csv of one kind and month."""
        return self._compared.get((kind, month), self.effectiveness.iloc[:0])

    @cached_property
    def _compared(self) -> dict[tuple[str, str], pd.DataFrame]:
        groups = self.effectiveness.groupby(["kind", "month"])
        return {(str(kind), str(month)): rows for (kind, month), rows in groups}


def load_campaign(folder: Path) -> CampaignView:
    """Read the campaign's CSV files; UsageError naming the one that cannot be read."""
    return CampaignView(
        **{field.name: read_table(field.name, folder) for field in fields(CampaignView)}
    )


# ---- 五个一 and 宣传 --------------------------------------------------------------------------


def stretch_counts(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return per kind and owner how many stretches came to which state."""
    rows = accounts[accounts["period"] != ""]
    lines = []
    for (kind, unit, name), group in rows.groupby(["kind", "unit", "name"], sort=True):
        counts = group["status"].value_counts()
        told = {state: int(counts.get(state, 0)) for state in STATES}
        lines.append({"类型": kind, "单位编码": unit, "单位": name, **told})
    frame = pd.DataFrame(lines, columns=["类型", "单位编码", "单位", *STATES])
    empty = [s for s in STATES[1:] if len(frame) and not frame[s].any()]
    return frame.drop(columns=empty)


def activity_matrix(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return owners down, activities across: stretches held of those due, and what is short."""
    rows = accounts[accounts["period"] != ""]
    kinds = list(dict.fromkeys(rows["kind"]))
    lines = []
    for (unit, name), mine in rows.groupby(["unit", "name"], sort=True):
        told = {kind: _held(mine.loc[mine["kind"] == kind, "status"]) for kind in kinds}
        lines.append({"单位编码": unit, "单位": name, **told})
    return pd.DataFrame(lines, columns=["单位编码", "单位", *kinds])


def _held(states: pd.Series) -> str:
    """Return 按时12／应14 and what became of the others; a dash where nothing is due."""
    counts = {state: int((states == state).sum()) for state in STATES}
    if counts[NOT_SUPPLIED]:
        return NOT_SUPPLIED
    due = counts[DONE] + counts[LATE] + counts[MISSING]
    others = "，".join(f"{s}{counts[s]}" for s in (LATE, MISSING, AHEAD) if counts[s])
    told = f"{counts[DONE]}／{due}" if due else ""
    return "\n".join(filter(None, (told, others))) or "—"


def stretch_grid(accounts: pd.DataFrame, kinds: Collection[str]) -> pd.DataFrame:
    """Return the states of some kinds, periods down and owners across: the data of the figure."""
    rows = accounts[accounts["kind"].isin(list(kinds)) & (accounts["period"] != "")]
    if rows.empty:
        return pd.DataFrame(columns=["类型", "期次"])
    shared = rows[["unit", "name"]].drop_duplicates()["name"].duplicated(keep=False).any()
    owner = rows["name"] + "（" + rows["unit"] + "）" if shared else rows["name"]
    order = list(dict.fromkeys(owner[rows["unit"].sort_values(kind="stable").index]))
    kind = pd.Categorical(rows["kind"], categories=list(dict.fromkeys(rows["kind"])))
    wide = rows.assign(owner=owner, kind=kind).pivot(
        index=["kind", "period"], columns="owner", values="status"
    )
    wide = wide.sort_index()[order].reset_index().astype("str").replace("nan", "—")
    wide.columns.name = None
    return wide.rename(columns={"kind": "类型", "period": "期次"})


def gaps(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return what is missing, late or outside, a sentence each."""
    rows = accounts[accounts["status"].isin([MISSING, LATE, OUTSIDE])]
    return _told(rows)


def publicity_account(publicity: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of 宣传 that are not weekly: columns, briefings, reports, themes."""
    rows = publicity[(publicity["period"] == "") & (publicity["kind"] != LEAD)]
    return _told(rows).drop(columns="期次")


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    titles = {
        "kind": "类型",
        "name": "单位或主题",
        "period": "期次",
        "status": "状态",
        "reason": "说明",
        "evidence": "依据",
    }
    told = rows[list(titles)].rename(columns=titles).reset_index(drop=True)
    return told.assign(依据=_places(told["依据"]))


def registrations_table(registrations: pd.DataFrame) -> pd.DataFrame:
    """Return what the bureau stated itself, with the table's own headers.

    Who stated something and why are two lines of a cell, as are what it is used for and where it
    stands.
    """
    table = BY_NAME[TABLE]
    titles = {"registration": table["registration_id"].header}
    titles |= {name: table[name].header for name in ("matter", "about", "date", "content")}
    titles |= {"handler": f"{table['handler'].header}、{table['basis'].header}", "used": "用于"}
    told = registrations.assign(
        handler=_lines(registrations["handler"], registrations["basis"]),
        used=_lines(registrations["used"], _places(registrations["evidence"])),
    )
    return told[list(titles)].rename(columns=titles)


def _lines(first: pd.Series, second: pd.Series) -> pd.Series:
    return (first + "\n" + second).str.strip()


def registration_links(registrations: pd.DataFrame) -> Links:
    """Return where the numbers of `registrations_table` lead: to the raw file."""
    number = BY_NAME[TABLE]["registration_id"].header
    files = {
        str(row["registration"]): parse_origins(str(row["evidence"]))[0].href
        for row in registrations.to_dict("records")
    }
    return {number: lambda row: files.get(str(row[number]), "")}


def _places(evidence: pd.Series) -> pd.Series:
    """Return lists of origins as file, sheet and rows, as a reader looks for them."""
    return evidence.map(lambda text: "；".join(e.text for e in parse_origins(text))).astype("str")


# ---- 尖兵, 次年开账 ---------------------------------------------------------------------------


def latest_quarter(campaign: CampaignView) -> str:
    """Return the last quarter that is over, else the running one; empty without officers."""
    rows = campaign.elite[campaign.elite["kind"] == "officer"]
    running = set(rows.loc[rows["status"] == RUNNING, "quarter"])
    every = set(rows["quarter"])
    return max(every - running or every, default="")


def elite_officers(campaign: CampaignView, view: RunView, quarter: str) -> pd.DataFrame:
    """Return the officers of a quarter by rank, those out of the selection last."""
    return _ranked(campaign, view, quarter, "officer", "姓名")


def elite_teams(campaign: CampaignView, view: RunView, quarter: str) -> pd.DataFrame:
    """Return the teams of a quarter by rank, units without a team last."""
    rows = _ranked(campaign, view, quarter, "unit", "名称")
    return rows.drop(columns="单位").rename(columns={"得分": "人均得分"})


def elite_chosen(campaign: CampaignView, view: RunView) -> pd.DataFrame:
    """Return the officers proposed, or tied for the last place, in any quarter."""
    rows = campaign.elite
    rows = rows[(rows["kind"] == "officer") & rows["status"].isin([NOMINATED, TIED])]
    rows = rows.sort_values(["quarter", "rank", "candidate"], ignore_index=True)
    return pd.DataFrame(
        {
            "季度": rows["quarter"],
            "名次": rows["rank"],
            "代码": rows["candidate"],
            "姓名": rows["name"],
            "单位": rows["unit"].map(view.unit_name),
            "得分": rows["points"].map(plain).astype("str"),
            "状态": rows["status"],
        }
    )


def _ranked(
    campaign: CampaignView, view: RunView, quarter: str, kind: str, title: str
) -> pd.DataFrame:
    rows = campaign.elite
    rows = rows[(rows["kind"] == kind) & (rows["quarter"] == quarter)]
    rows = rows.sort_values(["rank", "candidate"], na_position="last", ignore_index=True)
    points = ["—" if pd.isna(p) else plain(int(p)) for p in rows["points"]]
    return pd.DataFrame(
        {
            "名次": rows["rank"],
            "代码": rows["candidate"],
            title: rows["name"],
            "单位": rows["unit"].map(view.unit_name),
            "得分": pd.Series(points, dtype="str"),
            "状态": rows["status"],
            "说明": rows["reason"],
        }
    )


def _days_in_words(key: str) -> str:
    """Return the key of a row with its days and months in words."""
    told = (
        iso_day_words(part)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", part)
        else month_words(part)
        if re.fullmatch(r"\d{4}-\d\d", part)
        else part
        for part in key.split(" ")
    )
    return " ".join(told)


def rollover_table(campaign: CampaignView, rubric: Rubric) -> pd.DataFrame:
    """Return the facts of next year's opening with the titles of the clauses they will feed."""
    clauses = {**rubric.unit.clauses, **rubric.officer.clauses}
    rows = campaign.rollover

    def titles(ids: str) -> str:
        names = [clauses[i].title for i in ids.split()]
        more = f"等{len(names)}条" if len(names) > _SHOWN_CLAUSES else ""
        return "、".join(names[:_SHOWN_CLAUSES]) + more

    return pd.DataFrame(
        {
            "表": rows["table"].map(table_title),
            "日期": rows["date"],
            "编号": rows["key"].map(_days_in_words),
            "对象": rows["subject"],
            "行数": rows["count"],
            "可用于的条款": rows["clauses"].map(titles),
            "说明": rows["reason"],
            "依据": _places(rows["evidence"]),
        }
    )
