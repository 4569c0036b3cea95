"""What the running month still lacks: records, people who entered one, valid transmissions."""

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from dalian_eval.moves.change import Change, Proposal
from dalian_eval.moves.context import Context, own
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.numbers import fraction_text, percent_text
from dalian_eval.rubric.period import month_end
from dalian_eval.rubric.queries import Kind, MonthMeasure
from dalian_eval.rubric.vocabulary import METRICS, STEP_VARIANTS
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring.clause_result import SCORED
from dalian_eval.scoring.month_rows import months_of
from dalian_eval.scoring.rules.monthly import MonthlyClause
from dalian_eval.scoring.rules.steps import StepsClause

_OF_RECORDS = ("uploads", "entry_ratio", "per_capita")
_OF_TRANSMISSIONS = "transmission"
"""Metrics of which it is known what adds to them; of others nothing is said."""

MOST_RECORDS = 500
"""So many missing records at most are one move; what lacks more is no matter of days."""


def missing_in_month(context: Context, kind: Kind) -> Iterator[Proposal]:
    """Return what every monthly clause lacks in the running month, candidate by candidate."""
    section = context.section(kind)
    for clause in section.section.clauses.values():
        status = section.leaves[clause.id].status
        if isinstance(clause, StepsClause) and clause.metric == _OF_TRANSMISSIONS:
            sent = {v: _figures(context, kind, clause, v) for v in STEP_VARIANTS}
            rows = context.table("automonitor")
            running = rows[rows["month"] == context.month].to_dict("records")
            row_of = {str(row["unit_id"]): row for row in running}
            for who, candidate in enumerate(map(str, section.candidates.ids)):
                if status[who] == SCORED and candidate in row_of:
                    row = {str(name): value for name, value in row_of[candidate].items()}
                    months = {v: figures.get(who, {}) for v, figures in sent.items()}
                    yield from _transmission(context, kind, clause, who, row, months)
        for measure in clause.measures:
            if isinstance(measure, MonthMeasure):
                for who in np.flatnonzero(status == SCORED).tolist():
                    yield from _measured(context, kind, clause, measure, who)
        if not isinstance(clause, MonthlyClause) or clause.metric not in _OF_RECORDS:
            continue
        if section.leaves[clause.id].missing == ("inspections",):
            for who in range(len(section.candidates)):
                yield from _records_to_supply(context, kind, clause, who)
            continue
        rows = months_of(context.scored.facts, section.candidates, clause.metric, clause.variant)
        rows = rows[rows["month"].astype("str") == context.month]
        figures = zip(rows["candidate"], rows["numerator"], rows["denominator"], strict=True)
        # All twelve hang on the months to come as long as none that has ended is lost.
        lost = _lost(context, kind, clause)
        for who in np.flatnonzero((status == SCORED) & ~lost).tolist():
            yield from _months_to_come(context, kind, clause, who)
        for who, have, of in figures:
            lacks = -(-clause.at_least.numerator * int(of) // clause.at_least.denominator)
            number = lacks - int(have)
            if status[who] == SCORED and of and 0 < number <= MOST_RECORDS:
                yield from _records(context, kind, clause, int(who), number)


def _lost(context: Context, kind: Kind, clause: MonthlyClause) -> npt.NDArray[np.bool_]:
    """Return which candidates have failed a month that has ended."""
    facts, candidates = context.scored.facts, context.candidates(kind)
    rows, passed = clause.counted_months(facts, candidates)
    done = rows["month"].isin(facts.ended_months).to_numpy()
    who = rows["candidate"].to_numpy()[done & passed]
    return np.bincount(who, minlength=len(candidates)) < len(facts.ended_months)


def _records_to_supply(
    context: Context, kind: Kind, clause: MonthlyClause, who: int
) -> Iterator[Proposal]:
    """Return the records of the running month where nobody has supplied any yet."""
    candidate = str(context.candidates(kind).ids[who])
    changes = _of_month(context, clause, candidate, context.month)
    if changes:
        yield Proposal(
            kind,
            who,
            clause.id,
            own(kind),
            "record",
            len(changes),
            context.period.end,
            f"尚未报送『检查记录』表：报送后，{_month(context)}有{len(changes)}条即达标",
            changes,
            judged=None if clause.is_count else context.month_end,
        )


def _months_to_come(
    context: Context, kind: Kind, clause: MonthlyClause, who: int
) -> Iterator[Proposal]:
    """Return each month that has not begun; all at once where only all of them give more."""
    candidate, total = str(context.candidates(kind).ids[who]), len(context.period.months)
    coming = [m for m in context.period.months if m > context.month]
    made: list[tuple[str, tuple[Change, ...]]] = []
    for month in coming:
        changes = _of_month(context, clause, candidate, month)
        if not changes:
            return
        made.append((month, changes))
    units = clause.unit_of_measure.partition("/")[0]
    test = (
        percent_text(clause.at_least)
        if METRICS[clause.metric].form == "share"
        else f"{'' if clause.is_count else '人均'}{fraction_text(clause.at_least)}{units}"
    )
    groups = [[one] for one in made] if clause.every_month else [made] if made else []
    for group in groups:
        changes = tuple(c for _, rows in group for c in rows)
        last = month_end(group[-1][0])
        names = "、".join(f"{int(m[5:])}月" for m, _ in group)
        least = f"（须{len(changes)}{'人录入' if clause.metric == 'entry_ratio' else '条'}）"
        yield Proposal(
            kind,
            who,
            clause.id,
            own(kind),
            "record",
            len(changes),
            last,
            f"{names}{clause.what}也达到{test}{least}，{total}个月都达标才得满分；"
            f"{last.month}月{last.day}日前上传",
            changes,
            judged=context.period.end,
            to_come=True,
        )


def _of_month(
    context: Context, clause: MonthlyClause, candidate: str, month: str
) -> tuple[Change, ...]:
    """Return the records with which a month to come reaches the mark, by the staff there is now."""
    staff = context.eligible.get((candidate, clause.variant), ())
    heads = 1 if clause.is_count else len(staff)
    number = -(-clause.at_least.numerator * heads // clause.at_least.denominator)
    if not 0 < number <= MOST_RECORDS:
        return ()
    if clause.metric == "uploads":
        unit = context.unit_now.get(candidate) or next(iter(context.above))
        people: list[str | None] = [candidate] * number
    else:
        unit = candidate
        people = [*staff[:number]] if clause.metric == "entry_ratio" else [None] * number
    day = context.as_of if month == context.month else month_end(month)
    moment = dt.datetime.combine(day, dt.time(12))
    return tuple(
        Change(
            "inspections",
            {
                **_record(context, f"JC{clause.metric}-{candidate}-{month}-{i + 1}", unit, officer),
                "inspected_at": moment,
                "uploaded_at": moment,
            },
        )
        for i, officer in enumerate(people)
    )


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
        done = [
            o for o in context.staff_now.get(candidate, ()) if (o, context.month) in context.entered
        ]
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


MOST_MEASURED = 12
"""So many further records at most are tried where a clause weighs what a month came to."""


def _measured(
    context: Context, kind: Kind, clause: Clause, measure: MonthMeasure, who: int
) -> Iterator[Proposal]:
    """Return further records of the running month, up to what may change the total."""
    candidate = str(context.candidates(kind).ids[who])
    unit = candidate
    people: Sequence[str | None] = [None] * MOST_MEASURED
    if measure.metric == "uploads":
        unit = context.unit_now.get(candidate) or next(iter(context.above))
        people = [candidate] * MOST_MEASURED
    elif measure.metric == "entry_ratio":
        people = _without_entry(context, candidate, measure.variant)[:MOST_MEASURED]
    elif measure.metric != "per_capita":
        return
    name = f"JC{clause.id.rpartition('.')[2]}-{candidate}"
    for number in range(1, len(people) + 1):
        what = (
            f"有{number}人录入检查记录"
            if measure.metric == "entry_ratio"
            else f"上传{number}条有效检查记录"
        )
        yield Proposal(
            kind,
            who,
            clause.id,
            own(kind),
            "record",
            number,
            context.month_end,
            f"{_until(context)}再{what}，{measure.what}随之提高",
            tuple(
                Change("inspections", _record(context, f"{name}-{i + 1}", unit, officer))
                for i, officer in enumerate(people[:number])
            ),
            judged=context.month_end,
        )


def _record(context: Context, number: str, unit: str, officer: str | None) -> dict[str, Any]:
    moment = dt.datetime.combine(context.as_of, dt.time(12))
    people = {} if officer is None else {"inspectors": (officer,), "uploader": officer}
    cells = {"record_id": number, "unit_id": unit, "valid": True, **people}
    return {**cells, "inspected_at": moment, "uploaded_at": moment}


def _without_entry(context: Context, unit: str, variant: str) -> list[str]:
    """Return the eligible staff of a unit who entered no record this month, by number."""
    staff = context.eligible.get((unit, variant), ())
    return [o for o in staff if (o, context.month) not in context.entered]


Figures = dict[str, tuple[int, int]]
"""Month → valid and due."""


def _figures(context: Context, kind: Kind, clause: StepsClause, variant: str) -> dict[int, Figures]:
    """Return what each candidate sent, month by month."""
    rows = months_of(context.scored.facts, context.candidates(kind), clause.metric, variant)
    result: dict[int, Figures] = {}
    numbers = (rows[c] for c in ("candidate", "numerator", "denominator"))
    for month, who, top, bottom in zip(rows["month"].astype("str"), *numbers, strict=True):
        if bottom:
            result.setdefault(int(who), {})[month] = (int(top), int(bottom))
    return result


def _transmission(
    context: Context,
    kind: Kind,
    clause: StepsClause,
    who: int,
    row: dict[str, Any],
    months: dict[str, Figures],
) -> Iterator[Proposal]:
    """Return the valid transmissions of the running month that are missing to the next step.

    `row`: of 自动监测, of that month; `months`: what was sent, by variant.
    """
    candidate = str(row["unit_id"])
    due, immediate, completed = (int(row[c]) for c in ("due", "immediate", "completed"))
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
