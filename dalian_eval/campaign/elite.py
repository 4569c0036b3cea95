"""全面型执法尖兵 per quarter: officers by the points of the quarter, teams, nominations.

The points are those of the ledger's entries that bear a month of the quarter. What a clause's own
cap takes back is taken from its latest months first: what came when the clause was already full
gave nothing. Entries without a month (files, air rounds, full-year awards, settlement of items)
belong to no quarter.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

import pandas as pd

from dalian_eval.base.day_words import day_words, month_words
from dalian_eval.campaign.periods import quarter_of
from dalian_eval.campaign.rules import CampaignRules
from dalian_eval.campaign.tree import lowest
from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.period import month_end
from dalian_eval.rubric.ranks import competition_ranks
from dalian_eval.schema.relations import posted_on

NOMINATED, TIED, BEHIND, VETOED = "推荐", "并列待定", "不推荐", "不参评"
"""What becomes of an officer."""

TEAM, TOO_FEW = "成队", "人数不足"
"""What becomes of a unit's team."""

RUNNING = "未到期"
"""The state of officers while the quarter is not over: they are ranked, nobody is proposed yet."""

_OPEN = "；有条款待补，得分可能变动"
_NOBODY = ""
_MONTHS = 3
"""Months of a quarter."""

_NAMED = 10
"""Names of those who share a place, in a sentence."""


@dataclass(frozen=True)
class Contender:
    """An officer in a quarter: code, name, candidate unit (empty without one), points.

    `open`: a clause of the officer is 待补, so that the points are not the last word.
    """

    officer: str
    name: str
    unit: str
    points: int
    vetoed: bool
    open: bool = False


def quarter_points(ledger: pd.DataFrame, cap_rule: str) -> dict[tuple[str, str], int]:
    """Return the points per candidate and quarter of officers' ledger entries with a month.

    `ledger`: columns kind, candidate, clause, month (blank: none), points (ten-thousandths), rule;
    `cap_rule`: the rule of the entries by which a clause takes back what exceeds its maximum.
    """
    rows = ledger[ledger["kind"] == "officer"]
    dated = rows[rows["month"] != ""]
    sums = dated.groupby(["candidate", "clause", "month"], as_index=False)["points"].sum()
    earned: dict[tuple[str, str], dict[str, int]] = {}
    for who, clause, month, points in sums.itertuples(index=False, name=None):
        earned.setdefault((who, clause), {})[month] = int(points)
    capped = rows[(rows["rule"] == cap_rule) & (rows["month"] == "")]
    for who, clause, points in zip(
        capped["candidate"], capped["clause"], capped["points"], strict=True
    ):
        if (who, clause) in earned:
            earned[who, clause] = take_back(earned[who, clause], int(points))
    result: dict[tuple[str, str], int] = {}
    for (who, _), months in earned.items():
        for month, points in months.items():
            key = (who, quarter_of(month))
            result[key] = result.get(key, 0) + points
    return result


def take_back(months: Mapping[str, int], cap: int) -> dict[str, int]:
    """Return the months' points after `cap` (of the other sign) went off the latest ones first."""
    left, result = cap, dict(months)
    for month in sorted(months, reverse=True):
        part = months[month]
        if left and (part > 0) == (left < 0):
            taken = min(abs(left), abs(part)) * (1 if left > 0 else -1)
            result[month] += taken
            left -= taken
    return result


def contenders(
    scores: pd.DataFrame,
    points: Mapping[tuple[str, str], int],
    quarter: str,
    tables: Mapping[str, pd.DataFrame],
    units: Sequence[str],
    as_of: dt.date,
) -> list[Contender]:
    """Return the candidate officers of a quarter, in order of code.

    An officer's unit is the candidate unit at or above the posting on the quarter's last day, or
    on as-of. The vetoed (integrity, lost lawsuits) are marked: they take no part.
    """
    officers = scores[scores["kind"] == "officer"].sort_values("candidate", ignore_index=True)
    day = min(last_day(quarter), as_of)
    dates = pd.Series(pd.Timestamp(day), index=officers.index)
    posted = posted_on(tables["postings"], officers["candidate"], dates)["unit_id"]
    at = pd.DataFrame({"officer": officers["candidate"], "unit_id": posted})
    placed = at[at["unit_id"].notna()].reset_index(drop=True)
    unit = dict(zip(placed["officer"], lowest(placed, tables["units"], units), strict=True))
    return [
        Contender(o, n, unit.get(o) or _NOBODY, points.get((o, quarter), 0), bool(v), s == "open")
        for o, n, v, s in zip(
            *(officers[c] for c in ("candidate", "name", "vetoed", "status")), strict=True
        )
    ]


def last_day(quarter: str) -> dt.date:
    """Return the last day of a quarter such as 2024Q3."""
    return month_end(f"{quarter[:4]}-{int(quarter[5]) * 3:02d}")


def nominate(people: Sequence[Contender], places: int) -> dict[str, tuple[int, str, str]]:
    """Return rank, state and sentence of each officer; ranks are those of competition (1, 2, 2, 4).

    The first `places` are proposed as long as they earned something; those tied across the line
    stay open, and the sentence names them.
    """
    standing = sorted((p for p in people if not p.vetoed), key=lambda p: (-p.points, p.officer))
    result = {p.officer: (0, VETOED, "被否决，不参评") for p in people if p.vetoed}
    ranks = competition_ranks(p.points for p in standing)
    for points, equals in groupby(standing, key=lambda p: p.points):
        group, rank = list(equals), ranks[points]
        last = rank + len(group) - 1
        earned = f"本季度得{points_text(points)}分，第{rank}名"
        others = f"（{len(group)}人并列）" if len(group) > 1 else ""
        if points <= 0 or rank > places:
            state, told = BEHIND, f"{earned}{others}"
        elif last <= places:
            state, told = NOMINATED, f"{earned}{others}，在推荐的{places}人之内"
        else:
            names = "、".join(p.name for p in group[:_NAMED])
            names += f"等{len(group)}人" if len(group) > _NAMED else ""
            state = TIED
            told = (
                f"{earned}，{names}并列，跨越推荐的第{places}名，"
                f"余下的{places - rank + 1}个名额由领导组确定"
            )
        if points <= 0 and rank <= places:
            told = f"{told}，没有得分，不推荐"
        result |= {p.officer: (rank, state, told + (_OPEN if p.open else "")) for p in group}
    return result


def teams(
    people: Sequence[Contender], units: Mapping[str, str], size: int
) -> list[dict[str, object]]:
    """Return a line per candidate unit: the mean of its best `size` officers, exactly ranked.

    A unit with fewer officers has no team. `units`: names by code.
    """
    best: dict[str, list[Contender]] = {}
    there: dict[str, list[Contender]] = {}
    for unit in units:
        own = [p for p in people if p.unit == unit and not p.vetoed]
        there[unit] = sorted(own, key=lambda p: (-p.points, p.officer))
        if len(own) >= size:
            best[unit] = there[unit][:size]
    sums = {unit: sum(p.points for p in team) for unit, team in best.items()}
    ranks = competition_ranks(sums.values())
    lines: list[dict[str, object]] = []
    for unit, name in units.items():
        line: dict[str, object] = {"candidate": unit, "name": name, "unit": unit}
        if unit not in best:
            told = f"能参评的只有{len(there[unit])}人，不足{size}人，不成队"
            lines.append({**line, "status": TOO_FEW, "members": "", "reason": told})
            continue
        rank = ranks[sums[unit]]
        mean = Fraction(sums[unit], size)
        equal = [units[u] for u in sums if sums[u] == sums[unit] and u != unit]
        told = f"前{size}人合计{points_text(sums[unit])}分，人均{_mean_text(mean)}分，第{rank}名"
        if equal:
            told += f"，与{'、'.join(equal)}并列"
        told += "；有队员的条款待补，得分可能变动" if any(p.open for p in best[unit]) else ""
        last = best[unit][-1].points
        also = [p.name for p in there[unit] if p.points == last]
        if len(also) > sum(p.points == last for p in best[unit]):
            told += f"；第{size}人有{len(also)}人同分（{'、'.join(also)}），不影响均分，入队者待定"
        lines.append(
            {
                **line,
                "points": half_up(mean),
                "rank": rank,
                "status": TEAM,
                "members": " ".join(p.officer for p in best[unit]),
                "reason": told,
            }
        )
    return lines


def half_up(value: Fraction) -> int:
    """Return a mean of ten-thousandths as a whole number of them, rounded half away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return -whole if value < 0 else whole


def _mean_text(mean: Fraction) -> str:
    return points_text(half_up(mean)) + ("" if mean.denominator == 1 else "（四舍五入）")


def _coverage(quarter: str, months: Sequence[str], as_of: dt.date, *, over: bool) -> str:
    """Return what the reader must know about the months of a quarter that are counted."""
    if not over:
        return f"（截至{day_words(as_of, as_of.year)}，本季度尚未结束）"
    own = [month for month in months if quarter_of(month) == quarter]
    if len(own) < _MONTHS:
        return f"（本季度只有{month_words(own[0])}至{month_words(own[-1])}在评审期内）"
    return ""


def elite(
    scores: pd.DataFrame,
    ledger: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    months: Sequence[str],
    rules: CampaignRules,
    as_of: dt.date,
    cap_rule: str,
) -> pd.DataFrame:
    """Return the ranked officers and teams of every quarter begun, columns of elite.csv.

    `scores`, `ledger`: those of the run, points as integers; `months`: the months of the
    evaluation period by as-of. Sorted by kind, candidate and quarter.
    """
    points = quarter_points(ledger, cap_rule)
    own = scores[scores["kind"] == "unit"].sort_values("candidate")
    units = {str(c): str(n) for c, n in zip(own["candidate"], own["name"], strict=True)}
    lines: list[dict[str, object]] = []
    for quarter in sorted({quarter_of(month) for month in months}):
        people = contenders(scores, points, quarter, tables, list(units), as_of)
        over = last_day(quarter) <= as_of
        note = _coverage(quarter, months, as_of, over=over)
        placed = nominate(people, rules.nominations if over else 0)
        for p in people:
            rank, state, told = placed[p.officer]
            state = RUNNING if state == BEHIND and not over else state
            lines.append(
                {
                    "kind": "officer",
                    "candidate": p.officer,
                    "quarter": quarter,
                    "name": p.name,
                    "unit": p.unit,
                    "points": p.points,
                    "rank": rank or None,
                    "status": state,
                    "members": "",
                    "reason": told + note,
                }
            )
        for line in teams(people, units, rules.team):
            reason = f"{line['reason']}{note}"
            lines.append({**line, "kind": "unit", "quarter": quarter, "reason": reason})
    table = OUTPUTS["elite"]
    return table_frame(table, lines).sort_values([*table.order], ignore_index=True)
