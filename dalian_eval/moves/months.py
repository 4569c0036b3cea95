"""What the running month still lacks: records, people who entered one, valid transmissions."""

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from dalian_eval.moves.change import Change, Proposal
from dalian_eval.moves.context import Context
from dalian_eval.rubric.numbers import fraction_text, percent_text
from dalian_eval.rubric.queries import Kind
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring.clause_result import SCORED
from dalian_eval.scoring.month_rows import months_of
from dalian_eval.scoring.rules.monthly import MonthlyClause
from dalian_eval.scoring.rules.steps import StepsClause

MOST_RECORDS = 500
"""So many missing records at most are one move; what lacks more is no matter of days."""


def missing_in_month(context: Context, kind: Kind) -> Iterator[Proposal]:
    """Return what every monthly clause lacks in the running month, candidate by candidate."""
    section = context.section(kind)
    for clause in section.section.clauses.values():
        status = section.leaves[clause.id].status
        if isinstance(clause, StepsClause):
            for who in range(len(section.candidates)):
                if status[who] == SCORED:
                    yield from _transmission(context, kind, clause, who)
        if not isinstance(clause, MonthlyClause):
            continue
        rows = months_of(context.scored.facts, section.candidates, clause.metric, clause.variant)
        rows = rows[rows["month"].astype("str") == context.month]
        figures = zip(rows["candidate"], rows["numerator"], rows["denominator"], strict=True)
        for who, have, of in figures:
            lacks = -(-clause.at_least.numerator * int(of) // clause.at_least.denominator)
            number = lacks - int(have)
            if status[who] == SCORED and of and 0 < number <= MOST_RECORDS:
                yield from _records(context, kind, clause, int(who), number)


def _month(context: Context) -> str:
    return f"{int(context.month[5:])}月"


def _until(context: Context) -> str:
    day = context.month_end
    return f"{day.month}月{day.day}日前"


def _records(
    context: Context, kind: Kind, clause: MonthlyClause, who: int, number: int
) -> Iterator[Proposal]:
    candidate = str(context.candidates(kind).ids[who])
    name = f"{clause.metric}-{candidate}"
    if clause.metric == "uploads":
        unit = context.unit_now.get(candidate) or next(iter(context.above))
        people: list[str | None] = [candidate] * number
        sentence = f"{_month(context)}还差{number}条检查记录，{_until(context)}上传"
    elif clause.metric == "entry_ratio":
        unit = candidate
        lacking = _without_entry(context, candidate, clause.variant)
        people = [*lacking[:number]]
        names = "、".join(context.names.get(o, o) for o in lacking)
        sentence = (
            f"{_month(context)}还有{len(lacking)}人没有录入：{names}；"
            f"{_until(context)}再有{number}人录入即达到{percent_text(clause.at_least)}"
        )
    else:
        unit = candidate
        done = [o for o in context.staff_now.get(candidate, ()) if o in context.entered]
        people = [done[i % len(done)] for i in range(number)] if done else [None] * number
        sentence = (
            f"{_month(context)}还差{number}条有效检查记录，{_until(context)}上传，"
            f"即达到人均{fraction_text(clause.at_least)}{clause.unit_of_measure.partition('/')[0]}"
        )
    if len(people) < number:
        return
    changes = tuple(
        Change("inspections", _record(context, f"JC{name}-{i + 1}", unit, officer))
        for i, officer in enumerate(people)
    )
    whose = context.whose(kind, changes)
    judged = None if clause.is_count else context.month_end
    yield Proposal(
        kind,
        who,
        clause.id,
        whose,
        "record",
        number,
        context.month_end,
        sentence,
        changes,
        judged=judged,
    )


def _record(context: Context, number: str, unit: str, officer: str | None) -> dict[str, Any]:
    moment = dt.datetime.combine(context.as_of, dt.time(12))
    people = {} if officer is None else {"inspectors": (officer,), "uploader": officer}
    cells = {"record_id": number, "unit_id": unit, "valid": True, **people}
    return {**cells, "inspected_at": moment, "uploaded_at": moment}


def _without_entry(context: Context, unit: str, variant: str) -> list[str]:
    """Return the eligible staff of a unit who entered no record this month, by number."""
    staff = context.staff
    mine = staff[(staff["unit"] == unit) & (staff["variant"] == variant)]
    return sorted(o for o in mine["officer_id"] if o not in context.entered)


def _transmission(
    context: Context, kind: Kind, clause: StepsClause, who: int
) -> Iterator[Proposal]:
    """Return the valid transmissions of the running month that are missing to the next step."""
    candidate = str(context.candidates(kind).ids[who])
    rows = context.table("automonitor")
    rows = rows[(rows["month"] == context.month) & rows["unit_id"].isin([candidate])]
    if rows.empty:
        return
    row = rows.iloc[0]
    due, immediate, completed = (int(row[c]) for c in ("due", "immediate", "completed"))
    months = {
        variant: _figures(context, kind, clause, who, variant)
        for variant in ("immediate", "completed")
    }
    now = _rate(months["immediate"], clause.pooled)
    if now is None:
        return
    wanted = [("immediate", _next_step(clause, now))]
    if now < clause.at_least:
        wanted.append(("completed", clause.fallback.at_least))
    for variant, rate in wanted:
        if rate is None:
            continue
        number = _lacking(months[variant], context.month, rate, clause.pooled)
        have = immediate if variant == "immediate" else completed
        if number is None or not 0 < number <= due - have:
            continue
        cells = {variant: have + number}
        if variant == "immediate":
            cells["completed"] = max(completed, have + number)
        key = {"unit_id": candidate, "month": context.month}
        what = "即时有效传输" if variant == "immediate" else "补全有效传输"
        change = Change("automonitor", cells, int(row[ORIGIN]), key)
        yield Proposal(
            kind,
            who,
            clause.id,
            context.whose(kind, [change]),
            "record",
            number,
            context.month_end,
            f"{_month(context)}再有{what}{number}条，全年传输率即满{percent_text(rate)}",
            (change,),
            (int(row[ORIGIN]),),
            judged=context.month_end,
        )


Figures = dict[str, tuple[int, int]]
"""Month → valid and due."""


def _figures(context: Context, kind: Kind, clause: StepsClause, who: int, variant: str) -> Figures:
    rows = months_of(context.scored.facts, context.candidates(kind), clause.metric, variant)
    mine = rows[rows["candidate"] == who]
    months = zip(mine["month"].astype("str"), mine["numerator"], mine["denominator"], strict=True)
    return {month: (int(top), int(bottom)) for month, top, bottom in months if bottom}


def _rate(figures: Figures, pooled: bool) -> Fraction | None:
    """Return the rate over the months, pooled or the mean of the months' rates."""
    if not figures:
        return None
    if pooled:
        top, bottom = (sum(column) for column in zip(*figures.values(), strict=True))
        return Fraction(top, bottom)
    return sum((Fraction(t, b) for t, b in figures.values()), Fraction()) / len(figures)


def _next_step(clause: StepsClause, now: Fraction) -> Fraction | None:
    """Return the next rate that gives more points, up to 1."""
    if now < clause.at_least:
        return clause.at_least
    rate = clause.at_least + ((now - clause.at_least) // clause.step + 1) * clause.step
    return rate if rate <= 1 else None


def _lacking(figures: Figures, month: str, rate: Fraction, pooled: bool) -> int | None:
    """Return how many more valid transmissions of the month bring the rate to `rate`."""
    if month not in figures:
        return None
    now = _rate(figures, pooled)
    if now is None or now >= rate:
        return None
    weight = (
        sum(bottom for _, bottom in figures.values())
        if pooled
        else figures[month][1] * len(figures)
    )
    missing = (rate - now) * weight
    return -(-missing.numerator // missing.denominator)
