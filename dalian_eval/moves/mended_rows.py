"""What quarantined rows would give if they counted, and what to mend in them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from dalian_eval.moves.change import Change, Proposal, Question
from dalian_eval.moves.context import Context, own
from dalian_eval.moves.worth import Worth
from dalian_eval.rubric.queries import Kind
from dalian_eval.schema.tables import BY_NAME, OFFICER, UNIT
from dalian_eval.scoring.rules.monthly import MonthlyClause

_NOT_VALUED = frozenset(("units", "officers", "postings", "decisions", "case_draws", "automonitor"))
"""Tables that say who is who, or what others decided on the score."""

_DRAWN = frozenset(("cases", "case_handlers"))
"""Tables whose rows may be drawn: with them the draw is made again."""

MOST_ROWS_OF_CASES = 20
"""So many of these at most are valued, for each may need a draw of its own."""

MOST_TOGETHER = 12
"""So many quarantined records of a month at most are looked at together."""


def mended_rows(context: Context, kind: Kind) -> Iterator[Proposal]:
    """Return what each quarantined row comes to with every value its bad cell may have.

    Records of one month count together, too: a month may take several.
    """
    draws = 0
    together: dict[tuple[int, str], list[tuple[Change, int]]] = defaultdict(list)
    positions = {str(c): i for i, c in enumerate(context.candidates(kind).ids)}
    for row in context.quarantined:
        draws += row.table in _DRAWN
        if row.table in _NOT_VALUED or (row.table in _DRAWN and draws > MOST_ROWS_OF_CASES):
            continue
        for number, choice in enumerate(row.choices):
            cells = dict(row.cells)
            if choice is not None:
                cells[row.column] = choice
            if not _known(context, row.table, cells):
                break
            change = Change(row.table, cells)
            for who in sorted(context.concerned([change], kind) & positions.keys()):
                candidate = positions[who]
                if row.table == "inspections" and number == 0:
                    month = f"{cells['uploaded_at']:%Y-%m}"
                    together[candidate, month].append((change, row.origin))
                yield _proposal(
                    context,
                    kind,
                    candidate,
                    [change],
                    [row.origin],
                    _sentence(row.table, row.row, row.file, row.column),
                    Question((row.origin,), row.all_there_is),
                )
    for (candidate, month), rows in together.items():
        for number in range(2, min(len(rows), MOST_TOGETHER) + 1):
            changes, origins = zip(*rows[:number], strict=True)
            yield _proposal(
                context,
                kind,
                candidate,
                changes,
                origins,
                f"隔离的{number}行检查记录（{int(month[5:])}月上传）更正后",
                Question((month, number), True),
            )


def _proposal(
    context: Context,
    kind: Kind,
    who: int,
    changes: Sequence[Change],
    origins: Sequence[int],
    sentence: str,
    question: Question,
) -> Proposal:
    return Proposal(
        kind,
        who,
        "",
        own(kind),
        "mend",
        len(changes),
        context.period.end,
        sentence,
        tuple(changes),
        tuple(origins),
        redraws=any(_may_be_drawn(context, c) for c in changes),
        question=question,
    )


def _may_be_drawn(context: Context, change: Change) -> bool:
    """Whether a row makes a file that could be drawn; a handler's row always may."""
    if change.table != "cases":
        return change.table in _DRAWN
    days = [change.cells.get(c) for c in ("decided_on", "transferred_on")]
    uploaded = change.cells.get("uploaded_on")
    decided = any(d is not None and context.period.start <= d <= context.as_of for d in days)
    return decided and uploaded is not None and uploaded <= context.as_of


def _sentence(table: str, row: int, file: str, column: str) -> str:
    found = BY_NAME[table]
    return f"『{found.sheet}』表隔离的1行（{file}第{row}行）更正『{found[column].header}』后"


def _known(context: Context, name: str, cells: dict[str, Any]) -> bool:
    """Whether a row names only units, officers and cases there are, and is no second of its key.

    Of a list, names that are not there are left out.
    """
    table = BY_NAME[name]
    known: dict[str, Any] = {
        "units": context.above,
        "officers": context.names,
        "cases": context.cases,
    }
    known["subject"] = known["units" if cells.get("subject_kind") == UNIT else "officers"]
    for column in table.columns:
        value, among = cells.get(column.name), known.get(column.references or "")
        if value is None or among is None:
            continue
        if isinstance(value, tuple):
            cells[column.name] = tuple(v for v in value if v in among)
        elif value not in among:
            return False
    if "subject" in table and cells.get("subject_kind") not in (UNIT, OFFICER):
        return False
    key = tuple(cells.get(column) for column in table.key)
    return name == "inspections" or key not in context.keys_of(name)


def answered(context: Context, kind: Kind, found: Iterable[Worth]) -> Iterator[Worth]:
    """Yield the worths with one for each question: the most it can come to, and whether it must.

    Records that only together reach a month's mark are told when none of them does alone.
    """
    questions: dict[tuple[object, ...], list[Worth]] = defaultdict(list)
    for worth in found:
        question = worth.proposal.question
        if question is None:
            if worth.gain > 0:
                yield worth
        else:
            questions[worth.proposal.candidate, question.asked].append(worth)
    reached: set[tuple[int, str, str]] = set()
    for answers in questions.values():
        best = max(answers, key=lambda w: w.gain)
        if best.gain <= 0 or not best.clause:
            continue
        p = best.proposal
        clause = context.section(kind).section.clauses[best.clause]
        sentence = p.sentence
        month = ""
        if isinstance(clause, MonthlyClause) and p.changes[0].table == "inspections":
            month = f"{p.changes[0].cells['uploaded_at']:%Y-%m}"
            sentence += f"，{int(month[5:])}月达标"
        else:
            sentence += f"，计入『{clause.title}』"
        mark = (p.candidate, best.clause, month)
        if month and mark in reached:
            continue
        reached.add(mark)
        if p.question is not None and not p.question.all_there_is:
            sentence += "，至少"
        elif any(w.gain != best.gain for w in answers):
            sentence += "，最多"
        yield replace(best, proposal=replace(p, clause=best.clause, sentence=sentence))
