"""宣传: weekly leads, 铁军风采 against its target, briefings, themes without a feature."""

from collections.abc import Mapping

import pandas as pd

from dalian_eval.campaign.activities import (
    AHEAD,
    DONE,
    MISSING,
    NOT_SUPPLIED,
    WHOLE,
    Owner,
    account,
    by_unit,
    lines_frame,
    rows_outside_line,
)
from dalian_eval.campaign.periods import Season
from dalian_eval.campaign.rules import BRIEFING, COLUMN, LEAD, REPORT, Duty
from dalian_eval.campaign.tree import bureaus, roll_up
from dalian_eval.rubric.period import Period
from dalian_eval.schema.frames import empty_frame
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME

THEME = "专项宣传"
"""The kind of the lines about themes."""

COUNTED = "计数"
"""The state of what is only counted."""

_WEEKLY = Duty(every="week", late_days=0)
"""A lead of a week is that week's: none is made up for later."""


def publicity(tables: Mapping[str, pd.DataFrame], season: Season, period: Period) -> pd.DataFrame:
    """Return the account of 宣传, columns of publicity.csv, by kind, unit and period.

    Leads: per regional bureau and week of the season. 铁军风采: those accepted in the evaluation
    period against the target. 简报, 专题报告: counted. Themes: whether a feature on each was
    published, and how many published typical cases there are of it.
    """
    units, supplied = tables["units"], "publicity" in tables
    rows = tables["publicity"] if supplied else empty_frame(BY_NAME["publicity"])
    rows = rows[~(rows["date"] > pd.Timestamp(season.as_of))]
    names = bureaus(units, season.rules.unit_kinds)
    leads = rows[rows["kind"] == LEAD]
    theirs = roll_up(leads, units, names)
    lines = []
    for unit, own in by_unit(theirs, names):
        owner = Owner(LEAD, unit, names[unit], _WEEKLY)
        lines += account(owner, own, season, supplied=supplied)
    others = leads[~leads[ORIGIN].isin(theirs[ORIGIN])]
    what = f"有{len(others)}条{LEAD}由区域性执法局以外的单位报送，不计入各执法局"
    lines += rows_outside_line(Owner(LEAD, "", WHOLE, _WEEKLY), what, list(others[ORIGIN]))
    within = rows[rows["date"] >= pd.Timestamp(period.start)]
    lines.append(_column(within, season, supplied=supplied))
    lines += [_counted(within, kind, supplied=supplied) for kind in (BRIEFING, REPORT)]
    cases = tables.get("typical_cases", empty_frame(BY_NAME["typical_cases"]))
    published = cases[
        (cases["published_on"] >= pd.Timestamp(period.start))
        & (cases["published_on"] <= pd.Timestamp(season.as_of))
    ]
    for theme, words in season.rules.themes.items():
        lines.append(_theme(within, published, theme, words, season, supplied=supplied))
    return lines_frame(lines)


def _line(
    kind: str, name: str, status: str, reason: str, rows: pd.DataFrame, *, supplied: bool
) -> dict[str, object]:
    """Return a line about the whole bureau, without a period."""
    if not supplied:
        status, reason = NOT_SUPPLIED, f"没有提供『宣传』表，不能判断{name}的{kind}"
    line: dict[str, object] = {"kind": kind, "unit": "", "name": name, "status": status}
    line |= dict.fromkeys(("period", "start", "end", "held_on"), "")
    origins = [int(o) for o in rows[ORIGIN]]
    return {**line, "count": len(rows), "reason": reason, "evidence": origins}


def _column(rows: pd.DataFrame, season: Season, *, supplied: bool) -> dict[str, object]:
    sent = rows[rows["kind"] == COLUMN]
    accepted = sent[sent["adopted"].fillna(False).astype(bool)]
    target = season.rules.columns
    lack = target - len(accepted)
    reason = f"{COLUMN}投稿{len(sent)}篇，采用{len(accepted)}篇，要求不少于{target}篇"
    if lack <= 0:
        status, reason = DONE, f"{reason}，已达到"
    else:
        status = AHEAD if season.as_of < season.span.end else MISSING
        reason = f"{reason}，还差{lack}篇"
    return _line(COLUMN, WHOLE, status, reason, accepted, supplied=supplied)


def _counted(rows: pd.DataFrame, kind: str, *, supplied: bool) -> dict[str, object]:
    chosen = rows[rows["kind"] == kind]
    adopted = int(chosen["adopted"].fillna(False).sum())
    reason = f"报送{kind}{len(chosen)}篇，采用{adopted}篇"
    return _line(kind, WHOLE, COUNTED, reason, chosen, supplied=supplied)


def _theme(
    rows: pd.DataFrame,
    published: pd.DataFrame,
    theme: str,
    words: tuple[str, ...],
    season: Season,
    *,
    supplied: bool,
) -> dict[str, object]:
    """Return the line of one theme: features by words of their title, cases by their 类别."""
    features = rows[rows["kind"].isin(season.rules.features)]
    about = features["title"].map(lambda title: _names(title, words)).astype(bool)
    found = features[about]
    kinds = published["categories"].map(lambda cs: any(_names(c, words) for c in cs))
    cases = published.loc[kinds.astype(bool), "case_id"].nunique()
    known = f"已发布的这类典型案例有{cases}件"
    if len(found):
        status, reason = DONE, f"主题『{theme}』已有专项宣传{len(found)}篇；{known}"
    else:
        status = AHEAD if season.as_of < season.span.end else MISSING
        sought = f"标题含{'、'.join(words)}的{'、'.join(season.rules.features)}"
        reason = f"主题『{theme}』还没有专项宣传（{sought}）；{known}"
    return _line(THEME, theme, status, reason, found, supplied=supplied)


def _names(text: object, words: tuple[str, ...]) -> bool:
    return isinstance(text, str) and any(word in text for word in words)
