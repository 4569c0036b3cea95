"""大练兵工作进度: how the campaign's own work stands, a line each, for the door and the text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from dalian_eval.base.day_words import iso_day_words
from dalian_eval.campaign import deadlines
from dalian_eval.campaign import merit as merits
from dalian_eval.campaign.activities import AHEAD as NOT_DUE
from dalian_eval.campaign.activities import DONE, NOT_OWED, sheet_of
from dalian_eval.campaign.activities import LATE as HELD_LATE
from dalian_eval.campaign.activities import MISSING as NOT_HELD
from dalian_eval.campaign.activities import NOT_SUPPLIED as NO_TABLE
from dalian_eval.campaign.publicity import THEME
from dalian_eval.campaign.risks import RISK
from dalian_eval.campaign.rules import COLUMN, LEAD
from dalian_eval.report.campaign.campaign_tables import CampaignView
from dalian_eval.schema.tables import BY_NAME

ON_TIME, LATE, MISSING, OPEN = "按时", "迟办", "有缺", "待办"
AHEAD, NOT_SUPPLIED = "未到期", "未提供"
STATES = (ON_TIME, LATE, MISSING, OPEN, AHEAD, NOT_SUPPLIED)
"""How a piece of work stands, in the order it is counted in. OPEN: there is something to do."""

_CHAPTER = "06_campaign.html"
_ACTIVITIES, _PUBLICITY, _DEADLINES = (
    f"{_CHAPTER}#{heading}" for heading in ("五个一", "宣传报道", "时间节点")
)
"""The sections of the campaign's notebook, by their headings."""

_NAMED = 5


@dataclass(frozen=True)
class ProgressLine:
    """A piece of the campaign's work: its title, state, a sentence without its full stop, a link.

    The link is seen from the run folder; `lacking` adds to the sentence who owes how much.
    """

    title: str
    state: str
    told: str
    link: str
    lacking: str = ""

    @property
    def sentence(self) -> str:
        """What is told of it, with who owes how much."""
        return f"{self.told}；{self.lacking}" if self.lacking else self.told


def progress_lines(campaign: CampaignView) -> tuple[ProgressLine, ...]:
    """Return how 五个一, 宣传, pre-review, merit and the plan's dates stand, in that order."""
    return tuple(_lines(campaign))


def state_counts(lines: Sequence[ProgressLine]) -> str:
    """Return how many lines are in which state: 按时3项、有缺2项."""
    counts = {state: sum(line.state == state for line in lines) for state in STATES}
    return "、".join(f"{state}{count}项" for state, count in counts.items() if count)


def _lines(campaign: CampaignView) -> Iterator[ProgressLine]:
    activities, publicity = campaign.activities, campaign.publicity
    for kind in BY_NAME["activities"]["kind"].vocabulary:
        rows = activities[activities["kind"] == kind]
        if len(rows):
            yield _stretches(kind, rows)
    leads = publicity[publicity["kind"] == LEAD]
    if len(leads):
        yield _stretches(LEAD, leads)
    for row in publicity[publicity["kind"] == COLUMN].to_dict("records"):
        yield ProgressLine(COLUMN, _STATES[row["status"]], str(row["reason"]), _PUBLICITY)
    themes = publicity[publicity["kind"] == THEME]
    if len(themes):
        yield _themes(themes)
    if len(campaign.prereview):
        yield _prereview(campaign.prereview)
    yield _merit(campaign.merit)
    for row in campaign.calendar.to_dict("records"):
        title = f"{row['title']}（{iso_day_words(row['date'])}）"
        yield ProgressLine(title, _DATES[row["status"]], str(row["reason"]), _DEADLINES)


_STATES = {
    DONE: ON_TIME,
    HELD_LATE: LATE,
    NOT_HELD: MISSING,
    NOT_DUE: AHEAD,
    NO_TABLE: NOT_SUPPLIED,
}


_DATES = {
    deadlines.DONE: ON_TIME,
    deadlines.LATE: LATE,
    deadlines.OVERDUE: MISSING,
    deadlines.UNSTATED: OPEN,
    deadlines.AHEAD: AHEAD,
    deadlines.NOT_SUPPLIED: NOT_SUPPLIED,
}


def _stretches(kind: str, rows: pd.DataFrame) -> ProgressLine:
    """Return the line of something owed by the week, month or quarter."""
    place = _PUBLICITY if kind == LEAD else _ACTIVITIES
    rows = rows[(rows["period"] != "") & (rows["status"] != NOT_OWED)]
    counts = {state: int((rows["status"] == state).sum()) for state in _STATES}
    if counts[NO_TABLE]:
        told = f"没有提供『{sheet_of(kind)}』表"
        return ProgressLine(kind, NOT_SUPPLIED, told, place)
    told = "、".join(f"{state}{count}期" for state, count in counts.items() if count)
    state = next((_STATES[s] for s in (NOT_HELD, HELD_LATE, DONE) if counts[s]), AHEAD)
    owed = rows[rows["status"] == NOT_HELD]["name"].value_counts(sort=False)
    order = sorted(owed.index, key=lambda name: (-owed[name], name))
    who = "、".join(f"{name}{owed[name]}期" for name in order[:_NAMED])
    more = f"等{len(order)}个" if len(order) > _NAMED else ""
    lacking = f"所缺：{who}{more}" if order else ""
    return ProgressLine(kind, state, told or "期内不作要求", place, lacking)


def _themes(rows: pd.DataFrame) -> ProgressLine:
    """Return the line of the themes that need a feature."""
    states = rows["status"]
    if (states == NO_TABLE).any():
        return ProgressLine(THEME, NOT_SUPPLIED, "没有提供『宣传』表", _PUBLICITY)
    done = int((states == DONE).sum())
    lacking = [str(name) for name in rows.loc[states != DONE, "name"]]
    told = f"{len(rows)}个主题已宣传{done}个" + (
        f"，没有的：{'、'.join(lacking)}" if lacking else ""
    )
    state = next((_STATES[s] for s in (NOT_HELD, NOT_DUE) if (states == s).any()), ON_TIME)
    return ProgressLine(THEME, state, told, _PUBLICITY)


def _prereview(rows: pd.DataFrame) -> ProgressLine:
    """Return the line of the files that are bound for the province or the city."""
    files = rows.loc[rows["case"] != "", "case"].nunique()
    risky = rows.loc[rows["status"] == RISK, "case"].nunique()
    told = f"{files}份案卷已按资料核对，{risky}份有风险提示，各份还须人工审查"
    return ProgressLine("报送案卷预审", OPEN, told, "prereview.html")


def _merit(rows: pd.DataFrame) -> ProgressLine:
    """Return the line of the officers within the first places of the city."""
    title, page = "记功嘉奖", "merit.html"
    counts = rows["status"].value_counts()
    if counts.get(merits.NOT_SUPPLIED):
        return ProgressLine(title, NOT_SUPPLIED, "没有提供『全市成绩』表，暂不提请", page)
    held = int(counts.get(merits.HELD, 0))
    told = f"提请{int(counts.get(merits.PROPOSED, 0))}人" + (f"，待核{held}人" if held else "")
    return ProgressLine(title, OPEN if held else ON_TIME, told, page)
