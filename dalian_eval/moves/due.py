"""What is due and not done: a lead to be handled and fed back, before it costs points."""

from collections.abc import Iterator
from typing import Any

from dalian_eval.moves.change import Change, Proposal, plain
from dalian_eval.moves.context import Context, own
from dalian_eval.rubric.queries import Kind
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring.rules.events import EventClause

_OVERDUE = frozenset(("late", "overdue"))


def due(context: Context, kind: Kind) -> Iterator[Proposal]:
    """Return the leads that a deduction hangs on: to be fed back in time, or said to have been."""
    section = context.section(kind)
    for name, clause in section.section.clauses.items():
        if not isinstance(clause, EventClause) or not clause.deducts:
            continue
        for part in clause.parts:
            if not _OVERDUE & part.where.keys() or "leads" not in context.supplied:
                continue
            every = part.model_copy(update={"where": {}})
            columns = ["lead_id", "due_on", "fed_back_on", "outcome", "pushed_on"]
            rows = context.scored.facts.select(every, section.candidates, columns).rows
            for row in rows.to_dict("records"):
                proposal = _of_lead(context, kind, name, {str(k): v for k, v in row.items()})
                if proposal is not None:
                    yield proposal


def _of_lead(context: Context, kind: Kind, clause: str, row: dict[str, Any]) -> Proposal | None:
    last, answered = plain(row["due_on"]), plain(row["fed_back_on"])
    handled = plain(row["outcome"]) not in (None, "", "未查办")
    if last is None or (answered is not None and handled):
        return None
    lead, cells = row["lead_id"], dict[str, Any]()
    in_time = last > context.as_of
    if in_time and last > context.period.end:
        return None
    if answered is None:
        cells["fed_back_on"] = context.as_of if in_time else last
    if not handled:
        cells["outcome"] = "依法查办"
    if in_time:
        sentence = f"线索{lead}须在{last.month}月{last.day}日前查办并反馈"
    elif handled:
        sentence = f"线索{lead}没有反馈日期：核对是否已按期反馈，已反馈的补上"
    else:
        return None
    origin = int(row[ORIGIN])
    change = Change("leads", cells, origin, {"lead_id": lead})
    return Proposal(
        kind,
        int(row["candidate"]),
        clause,
        own(kind),
        "due" if in_time else "mend",
        1,
        last if in_time else context.period.end,
        sentence,
        (change,),
        (origin,),
        judged=last if in_time else None,
    )
