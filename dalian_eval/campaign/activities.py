"""五个一: which week, month or quarter each bureau did what it owes, was late, or did not."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dalian_eval.base.day_words import day_words, span_words
from dalian_eval.campaign.periods import Season, Stretch, stretches
from dalian_eval.campaign.rules import Duty
from dalian_eval.campaign.tree import bureaus, roll_up
from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.schema.frames import empty_frame
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME

DONE, LATE, MISSING, AHEAD = "已完成", "迟办", "缺", "未到期"
NOT_OWED, NOT_SUPPLIED, OUTSIDE = "不要求", "未提供", "期外"
"""What became of a stretch. OUTSIDE: rows that no stretch of the span takes."""

WHOLE = "全局"
"""The name of the whole bureau, for what is owed once by everybody."""


@dataclass(frozen=True)
class HeldActivity:
    """Something that was held: its day and its origin."""

    day: dt.date
    origin: int


@dataclass(frozen=True)
class StretchResult:
    """What became of a stretch: its state, what was held for it, and the rows behind it."""

    stretch: Stretch
    status: str
    held: tuple[HeldActivity, ...]


def settle_stretches(
    held: Sequence[HeldActivity], owed: Sequence[Stretch], late_days: int, as_of: dt.date
) -> tuple[list[StretchResult], list[HeldActivity]]:
    """Return what became of each stretch, and what was held in none of them.

    What is held within a stretch serves it. One that its own stretch does without, or that is held
    outside of any, makes up for the earliest stretch that lacks it, at most `late_days` after that
    one's end. Each serves one stretch. `held` is known by `as_of`; a stretch that ends later is
    not due yet.
    """
    everything = sorted(held, key=lambda h: (h.day, h.origin))
    own: list[list[HeldActivity]] = [
        [h for h in everything if s.start <= h.day <= s.end] for s in owed
    ]
    home = {h.origin: i for i, hs in enumerate(own) for h in hs}
    loose = [h for h in everything if h.origin not in home]
    made_up: dict[int, HeldActivity] = {}
    for i, stretch in enumerate(owed):
        if not stretch.owed or own[i]:
            continue
        limit = stretch.end + dt.timedelta(days=late_days)
        for h in everything:
            place = home.get(h.origin)
            spare = h in (loose if place is None else own[place])
            needed = place is not None and owed[place].owed and len(own[place]) == 1
            if stretch.end < h.day <= limit and spare and not needed:
                made_up[i] = h
                (loose if place is None else own[place]).remove(h)
                break
    told = []
    for i, stretch in enumerate(owed):
        if own[i]:
            told.append(StretchResult(stretch, DONE, tuple(own[i])))
        elif i in made_up:
            told.append(StretchResult(stretch, LATE, (made_up[i],)))
        elif not stretch.owed:
            told.append(StretchResult(stretch, NOT_OWED, ()))
        else:
            told.append(StretchResult(stretch, AHEAD if stretch.end > as_of else MISSING, ()))
    return told, loose


def activities(tables: Mapping[str, pd.DataFrame], season: Season) -> pd.DataFrame:
    """Return the account of 五个一, columns of activities.csv, by kind, unit and period.

    `tables`: the supplied canonical tables, at least `units`; without `activities` every stretch
    is 未提供.
    """
    units, supplied = tables["units"], "activities" in tables
    names = bureaus(units, season.rules.unit_kinds)
    rows = tables["activities"] if supplied else empty_frame(BY_NAME["activities"])
    rows = rows[~(rows["date"] > pd.Timestamp(season.as_of))]
    lines = []
    for kind, duty in season.rules.activities.items():
        chosen = rows[rows["kind"] == kind]
        if duty.scope == "bureau":
            lines += account(Owner(kind, "", WHOLE, duty), chosen, season, supplied=supplied)
            continue
        theirs = roll_up(chosen, units, names)
        for unit, own in by_unit(theirs, names):
            owner = Owner(kind, unit, names[unit], duty)
            lines += account(owner, own, season, supplied=supplied)
        others = chosen[~chosen[ORIGIN].isin(theirs[ORIGIN])]
        what = f"有{len(others)}次{kind}由区域性执法局以外的单位开展，不计入各执法局"
        lines += rows_outside_line(Owner(kind, "", WHOLE, duty), what, list(others[ORIGIN]))
    return lines_frame(lines)


def by_unit(rows: pd.DataFrame, names: Mapping[str, str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each unit of `names` with the rows whose `candidate` it is, which may be none."""
    groups = dict(iter(rows.groupby("candidate")))
    for unit in names:
        yield unit, groups.get(unit, rows.iloc[:0])


@dataclass(frozen=True)
class Owner:
    """Who owes what: the kind, the unit's code (empty for the whole bureau) and name, the duty."""

    kind: str
    unit: str
    name: str
    duty: Duty


def account(
    owner: Owner, rows: pd.DataFrame, season: Season, *, supplied: bool
) -> list[dict[str, object]]:
    """Return what became of an owner's stretches: a line each (activities.csv), with a sentence.

    `rows`: what the owner held, by the evaluation day: `date` and origin.
    """
    dated = rows[rows["date"].notna()]
    held = [
        HeldActivity(day.date(), int(origin))
        for day, origin in zip(dated["date"], dated[ORIGIN], strict=True)
    ]
    span, duty = season.span, owner.duty
    owed = stretches(span, duty.every, season.rules)
    told, rest = settle_stretches(held, owed, duty.late_days, season.as_of)
    lines = []
    for one in told:
        status = one.status if supplied or one.status == NOT_OWED else NOT_SUPPLIED
        lines.append(
            {
                "kind": owner.kind,
                "unit": owner.unit,
                "name": owner.name,
                "period": one.stretch.name,
                "start": one.stretch.start.isoformat(),
                "end": one.stretch.end.isoformat(),
                "status": status,
                "held_on": one.held[0].day.isoformat() if one.held else "",
                "count": len(one.held),
                "reason": _sentence(owner, one, status, season.as_of.year),
                "evidence": [h.origin for h in one.held],
            }
        )
    asked = span_words(span.start, span.end, season.as_of.year)
    out = f"{owner.name}有{len(rest)}次{owner.kind}的日期不在{asked}之内，不计"
    lines += rows_outside_line(owner, out, [h.origin for h in rest])
    undated = [int(o) for o in rows.loc[rows["date"].isna(), ORIGIN]]
    blank = f"{owner.name}有{len(undated)}次{owner.kind}没有填日期，不计，请补填日期"
    return lines + rows_outside_line(owner, blank, undated)


def rows_outside_line(owner: Owner, reason: str, origins: list[int]) -> list[dict[str, object]]:
    """Return the line about rows that no stretch takes; none when there are no such rows."""
    if not origins:
        return []
    line = {"kind": owner.kind, "unit": owner.unit, "name": owner.name, "status": OUTSIDE}
    line |= dict.fromkeys(("period", "start", "end", "held_on"), "")
    return [{**line, "count": len(origins), "reason": reason, "evidence": origins}]


def _sentence(owner: Owner, told: StretchResult, status: str, year: int) -> str:
    kind, late_days, stretch = owner.kind, owner.duty.late_days, told.stretch
    who = f"{owner.name}{stretch.title}"
    first = told.held[0].day if told.held else None
    if first is not None and status == LATE:
        days = (first - stretch.end).days
        allowed = f"（期满后{late_days}天内补办的算迟办）"
        return f"{who}的{kind}{day_words(first, year)}补办，迟{days}天{allowed}"
    if first is not None:
        more = f"，共{len(told.held)}次" if len(told.held) > 1 else ""
        idle = "" if stretch.owed else "（本期不作要求）"
        return f"{who}的{kind}{day_words(first, year)}完成{more}{idle}"
    return {
        MISSING: f"{who}没有{kind}的记录",
        AHEAD: f"{who}的{kind}尚未到期，{day_words(stretch.end, year)}到期",
        NOT_SUPPLIED: f"没有提供『{sheet_of(kind)}』表，不能判断{who}的{kind}",
        NOT_OWED: f"{who}期内只有{stretch.workdays}个工作日，不要求{kind}",
    }[status]


def sheet_of(kind: str) -> str:
    """Return the name of the table that tells of a kind of activity or publicity."""
    found = (t for t in ("activities", "publicity") if kind in BY_NAME[t]["kind"].vocabulary)
    return BY_NAME[next(found)].sheet


def lines_frame(lines: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Return lines of 五个一 or 宣传 as a frame in its order."""
    table = OUTPUTS["activities"]
    frame = table_frame(table, lines)
    return frame.sort_values([*table.order, "reason"], ignore_index=True)
