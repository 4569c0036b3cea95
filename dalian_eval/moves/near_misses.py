"""Near misses: rows that miss exactly one condition of a clause, and the cell to look at.

Only what can be a gap is asked about: a blank, a 否, a list that is too short, a lead not yet
handled, a record number that leads nowhere. What a row says otherwise is never to be changed.
"""

from collections.abc import Iterator
from typing import Any

from dalian_eval.moves.change import Change, Proposal, plain
from dalian_eval.moves.context import Context, own
from dalian_eval.moves.efforts import Effort
from dalian_eval.moves.further_facts import record_row
from dalian_eval.rubric.queries import ByColumn, Condition, Kind, Part
from dalian_eval.rubric.vocabulary import short_header_of
from dalian_eval.schema.model import Type
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.rules.events import EventClause

_UNDONE = {"outcome": frozenset(("未查办",))}
"""Words that say that something is still to be done."""

_TO_BE_DONE = frozenset(("holds", "compliant"))
"""Flags whose 否 can become 是 by work; of any other only a blank is a gap."""

_FILED_DATES = frozenset(("date", "published_on", "reviewed_on"))
"""Dates whose blank is a gap; a blank decision or feedback says that there is none yet."""


def near_misses(context: Context, kind: Kind) -> Iterator[Proposal]:
    """Return the rows that miss one condition of a clause that rewards them, with the cure."""
    section = context.section(kind)
    for name, clause in section.section.clauses.items():
        if not isinstance(clause, EventClause) or clause.deducts:
            continue
        for part in clause.parts:
            if part.table in BY_NAME and part.table in context.supplied:
                yield from _of_part(context, kind, name, part)
    yield from _without_record(context, kind)


def _of_part(context: Context, kind: Kind, clause: str, part: Part) -> Iterator[Proposal]:
    table = BY_NAME[part.table]
    for column, condition in part.where.items():
        if column not in table:
            continue
        rest = {c: v for c, v in part.where.items() if c != column}
        relaxed = part.model_copy(update={"where": rest})
        for who, row in _rows(context, kind, relaxed, column):
            cell = _cure(plain(row[column]), column, condition)
            if cell is not None:
                yield _mended(context, kind, clause, part, who, row, column, cell)
    if isinstance(part.points, ByColumn) and part.points.values and part.points.column in table:
        column = part.points.column
        if table[column].type is not Type.LIST and column not in part.where:
            least = min(part.points.values, key=part.points.values.__getitem__)
            for who, row in _rows(context, kind, part, column):
                if plain(row[column]) is None:
                    yield _mended(context, kind, clause, part, who, row, column, least)
    if part.date in _FILED_DATES and part.window in ("period", "by_as_of"):
        column = str(part.date)
        undated = part.model_copy(update={"date": None, "window": None})
        if "officers" not in part.of:
            for who, row in _rows(context, kind, undated, column):
                if plain(row[column]) is None:
                    yield _mended(context, kind, clause, part, who, row, column, context.as_of)


def _rows(
    context: Context, kind: Kind, part: Part, column: str
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Return the rows of a query, each with its candidate."""
    keys = [c.name for c in BY_NAME[part.table].columns if c.key]
    more = [c for c in ("unit_id", "due_on", "fed_back_on") if c in BY_NAME[part.table]]
    selection = context.scored.facts.select(
        part, context.candidates(kind), [*dict.fromkeys([column, *keys, *more])]
    )
    for row in selection.rows.to_dict("records"):
        yield int(row["candidate"]), {str(name): value for name, value in row.items()}


def _cure(value: Any, column: str, condition: Condition) -> Any:
    """Return the value with which the row would count; None where the row says otherwise."""
    if condition.other_column is not None:
        return None
    if condition.equals is not None:
        wanted = condition.equals[0]
        if wanted is True:
            return True if value is None or (value is False and column in _TO_BE_DONE) else None
        if isinstance(wanted, str) and (value in (None, "") or value in _UNDONE.get(column, ())):
            return wanted
        return None
    if condition.all_of is not None and set(value or ()) < set(condition.all_of):
        return (*value, *(v for v in condition.all_of if v not in value))
    # A list that names none is no near miss: it says nothing of what was used.
    least = condition.at_least
    if isinstance(least, int) and isinstance(value, tuple) and 0 < len(value) < least:
        return (
            *value,
            *(f"另一{short_header_of('cases', column)}{i}" for i in range(len(value), least)),
        )
    return None


def _mended(
    context: Context,
    kind: Kind,
    clause: str,
    part: Part,
    who: int,
    row: dict[str, Any],
    column: str,
    cell: Any,
) -> Proposal:
    table = BY_NAME[part.table]
    cells: dict[str, Any] = {column: cell}
    by = context.period.end
    effort: Effort = "mend"
    name = "".join(f"{plain(row[c])}" for c in table.key if c != "unit_id")
    header = short_header_of(part.table, column)
    old = plain(row[column])
    if part.table == "leads" and column == "outcome":
        effort = "due"
        if plain(row["fed_back_on"]) is None:
            cells["fed_back_on"] = context.as_of
        due = plain(row["due_on"])
        by = due if due is not None and due >= context.as_of else by
        when = f"（反馈期限{due.month}月{due.day}日）" if due is not None else ""
        sentence = f"线索{name}尚未办结{when}：依法查办并反馈后登记"
    elif old in (None, "", ()):
        sentence = f"{name}的『{header}』空白：核对后据实补上"
    elif isinstance(old, tuple):
        more = [v for v in cell if v not in old]
        lacks = f"还差{len(more)}种" if more[0].startswith("另一") else f"缺{'、'.join(more)}"
        sentence = f"{name}的『{header}』只有{'、'.join(old)}，{lacks}：核对是否漏填"
    else:
        sentence = f"{name}的『{header}』为{_word(old)}：落实后据实更正"
    origin = int(row[ORIGIN])
    key = {c: plain(row[c]) for c in table.key}
    change = Change(part.table, cells, origin, key)
    whose = context.whose(kind, [change])
    if whose == "上级" and old in (None, "", ()):
        # What others decided is there; its entry is one's own to complete.
        whose = own(kind)
    return Proposal(kind, who, clause, whose, effort, 1, by, sentence, (change,), (origin,))


def _word(value: Any) -> str:
    return {True: "是", False: "否"}.get(value, str(value))


def _without_record(context: Context, kind: Kind) -> Iterator[Proposal]:
    """Return the cases whose inspection record is not found, for whom a clause asks for it."""
    if not {"cases", "inspections"} <= context.supplied:
        return
    section = context.section(kind)
    asked: dict[tuple[int, str], str] = {}
    for name, clause in section.section.clauses.items():
        for part in getattr(clause, "parts", ()):
            condition = part.where.get("record_found")
            if condition is None or not isinstance(clause, EventClause):
                continue
            rest = {c: v for c, v in part.where.items() if c != "record_found"}
            relaxed = part.model_copy(update={"where": rest})
            found = context.scored.facts.select(
                relaxed, section.candidates, ["case_id", "record_found"]
            ).rows
            lacking = found[~found["record_found"].astype(bool)]
            for who, case in zip(lacking["candidate"], lacking["case_id"], strict=True):
                asked.setdefault((int(who), str(case)), name)
    cases = context.table("cases")
    named = (cases[c] for c in (ORIGIN, "record_id", "unit_id"))
    rows = dict(zip(cases["case_id"], zip(*named, strict=True), strict=True))
    for (who, case), clause_id in sorted(asked.items()):
        origin, number, unit = rows[case][0], plain(rows[case][1]), rows[case][2]
        if number in context.later:
            continue  # It is there, uploaded after the day of the run: nothing is to be mended.
        if number in (None, ""):
            number = f"JC待补-{case}"
            change = [Change("cases", {"record_id": number}, origin, {"case_id": case})]
            sentence = f"{case}没有检查记录编号：核对后补上"
        else:
            change = []
            sentence = f"{case}所写的检查记录{number}查不到：核对编号，或补传该记录"
        record = record_row(context, str(number), str(unit))
        yield Proposal(
            kind,
            who,
            clause_id,
            own(kind),
            "mend",
            1,
            context.period.end,
            sentence,
            (*change, record),
            (origin,),
        )
