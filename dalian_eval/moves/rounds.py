"""A further round, a file still to be reviewed or drawn, a statement: the most each can give."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from dalian_eval.moves.change import Change, Proposal
from dalian_eval.moves.context import Context, own
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.queries import Kind
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring.clause_result import NOT_APPLICABLE, UNAVAILABLE
from dalian_eval.scoring.draw import ORDINARY, SUPPORTING
from dalian_eval.scoring.rules.composite import CompositeClause
from dalian_eval.scoring.rules.scaled import ScaledClause

_FULL = Decimal(100)


def further_rounds(context: Context, kind: Kind) -> Iterator[Proposal]:
    """Return a further round with full marks where a clause weighs rounds: the most it can give."""
    section = context.section(kind)
    for clause in section.section.clauses.values():
        if not isinstance(clause, CompositeClause):
            continue
        leaf = section.leaves[clause.id]
        table = clause.parts[0].table
        if set(leaf.missing) - {table}:
            continue
        for who in range(len(section.candidates)):
            if leaf.status[who] == NOT_APPLICABLE:
                continue
            candidate = str(section.candidates.ids[who])
            people = [candidate] if kind == "officer" else _people(context, clause, candidate)
            for officer in people:
                yield _round(context, kind, clause, who, officer)


def _people(context: Context, clause: CompositeClause, unit: str) -> list[str]:
    """Return whom a unit could send: the first who took part already, and the first who did not."""
    staff = context.staff_now.get(unit, ())
    known = context.named_officers(clause.parts[0].table)
    again = [o for o in staff if o in known][:1]
    return [*[o for o in staff if o not in known][:1], *again]


def _round(
    context: Context, kind: Kind, clause: CompositeClause, who: int, officer: str
) -> Proposal:
    part = clause.parts[0]
    cells: dict[str, Any] = {"round": f"待参加-{officer}", "officer_id": officer}
    for column, condition in part.where.items():
        if condition.equals:
            cells[column] = condition.equals[0]
    cells |= {"started_on": context.as_of, str(part.date): context.as_of}
    cells |= dict.fromkeys(clause.weights, _FULL)
    now = {"mean": "平均", "best": "最好"}[clause.rounds]
    whom = "" if kind == "officer" else f"选派{context.names.get(officer, officer)}"
    sentence = (
        f"{whom}再参加一轮，综合得分高于现在的{now}成绩才会加分；满分时"
        if kind == "officer"
        else f"{whom}再参加一轮，综合得分拉高前列人员的{now}才会加分；满分时"
    )
    change = Change(part.table, cells)
    return Proposal(
        kind,
        who,
        clause.id,
        own(kind),
        "round",
        1,
        context.period.end,
        sentence,
        (change,),
    )


def awaited_reviews(context: Context, kind: Kind) -> Iterator[Proposal]:
    """Return the drawn files that wait for their review, at full marks: the most it can give."""
    section = context.section(kind)
    drawn = context.table("drawn_files")
    open_files = drawn[~drawn["reviewed"].astype(bool)]
    known = context.candidates(kind).index_of(open_files["subject"])
    rows = zip(known, open_files["slot"], open_files["case_id"], strict=True)
    for who, slot, case in rows:
        for name in _scaled_by(section.section, str(slot)):
            if who < 0 or section.leaves[name].status[who] != UNAVAILABLE:
                continue
            yield Proposal(
                kind,
                int(who),
                name,
                "上级",
                "review",
                1,
                context.period.end,
                f"抽取的{case}尚未评查：送评后最多",
                (_review(context, case),),
            )


def _scaled_by(section: Section, slot: str) -> list[str]:
    """Return the clauses that scale the score of files drawn for a slot."""
    found = []
    for name, clause in section.clauses.items():
        part = clause.parts[0] if isinstance(clause, ScaledClause) else None
        if part is not None and part.table == "drawn_files":
            condition = part.where.get("slot")
            if condition is None or slot in (condition.equals or ()):
                found.append(name)
    return found


def _review(context: Context, case: str) -> Change:
    """Return a review of a case at full marks, of the level that decides."""
    cells: dict[str, Any] = {"case_id": case, "level": "部", "reviewed_on": context.as_of}
    return Change("case_reviews", {**cells, "score": _FULL})


def files_to_upload(context: Context, kind: Kind) -> Iterator[Proposal]:
    """Return the files that could fill an empty slot of the draw once they are in the case system.

    With a review at full marks: the most it can give.
    """
    if not {"cases", "case_reviews"} <= context.supplied:
        return
    slots = context.scored.draw.slots
    empty = slots[(slots["kind"] == kind) & (slots["case"] == "")]
    cases = context.table("cases")
    named = (cases[c] for c in ("kind", "uploaded_on", ORIGIN))
    rows = dict(zip(cases["case_id"], zip(*named, strict=True), strict=True))
    plan = context.scored.facts.rubric.draw
    ids = {str(c): i for i, c in enumerate(context.candidates(kind).ids)}
    for candidate, slot in empty[["candidate", "slot"]].drop_duplicates().itertuples(index=False):
        kinds = {ORDINARY: plan.ordinary, SUPPORTING: plan.supporting}.get(slot)
        for case in context.decided_cases(kind).get(candidate, ()):
            type_, uploaded, origin = rows[case]
            if kinds is not None and type_ not in kinds:
                continue
            if pd.notna(uploaded) and uploaded <= pd.Timestamp(context.as_of):
                continue
            upload = Change("cases", {"uploaded_on": context.as_of}, int(origin), {"case_id": case})
            clause = _clause_of(context, kind, slot)
            if clause is None:
                continue
            yield Proposal(
                kind,
                ids[candidate],
                clause,
                own(kind),
                "mend",
                1,
                context.period.end,
                f"{case}尚未上传案件系统，上传后可抽取，最多",
                (upload, _review(context, case)),
                (int(origin),),
                redraws=True,
            )
            break


def _clause_of(context: Context, kind: Kind, slot: str) -> str | None:
    """Return the first clause that looks at files of the slot."""
    for name, clause in context.section(kind).section.clauses.items():
        for part in getattr(clause, "parts", ()):
            condition = part.where.get("slot")
            if part.table == "drawn_files" and (
                condition is None or slot in (condition.equals or ())
            ):
                return name
    return None


def statements(context: Context, kind: Kind) -> Iterator[Proposal]:
    """Return the statements that a clause waits for, with either answer."""
    section = context.section(kind)
    for name, clause in section.section.clauses.items():
        gate, leaf = clause.applies_if, section.leaves[name]
        if gate is None or gate.otherwise != "unavailable" or leaf.missing:
            continue
        for who in range(len(section.candidates)):
            if leaf.status[who] != UNAVAILABLE:
                continue
            candidate = str(section.candidates.ids[who])
            owner = {"unit_id" if kind == "unit" else "officer_id": candidate}
            for asked, answer in ((gate, "是"), (clause.not_if, "否")):
                if asked is None:
                    continue
                cells: dict[str, Any] = dict(owner)
                for column, condition in asked.where.items():
                    if condition.equals:
                        cells[column] = condition.equals[0]
                if asked.date is not None:
                    cells[asked.date] = context.as_of
                yield Proposal(
                    kind,
                    who,
                    name,
                    own(kind),
                    "state",
                    1,
                    context.period.end,
                    f"{gate.what}尚未说明：据实说明；答{answer}的",
                    (Change(asked.table, cells),),
                )
