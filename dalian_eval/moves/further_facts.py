"""Further facts of a kind that a clause rewards: the rows it would count, from its query alone."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dalian_eval.moves.change import Change, Proposal
from dalian_eval.moves.context import Context
from dalian_eval.moves.efforts import Effort
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.queries import (
    ByColumn,
    Condition,
    FactMeasure,
    Kind,
    Part,
    Query,
    Tier,
    Years,
)
from dalian_eval.rubric.vocabulary import short_header_of
from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.relations import TRANSFER
from dalian_eval.schema.tables import BY_NAME, OFFICER, UNIT
from dalian_eval.scoring.clause_result import NOT_APPLICABLE, SCORED
from dalian_eval.scoring.rules.difference import DifferenceClause
from dalian_eval.scoring.rules.events import EventClause
from dalian_eval.scoring.rules.graded import GradedClause
from dalian_eval.scoring.rules.ranked import RankedClause
from dalian_eval.scoring.rules.relative import RelativeClause
from dalian_eval.scoring.rules.scaled import ScaledClause
from dalian_eval.scoring.rules.weighted import WeightedClause

NOBODYS_WORK = frozenset(("leads", "case_draws", "units", "officers", "postings", "decisions"))
"""Tables whose rows nobody can earn: they are assigned, or say who is who."""

MOST_FACTS = 12
"""So many further facts at most are tried for one move."""

_EFFORTS: dict[str, Effort] = {"cases": "case", "air_scores": "round", "remote_scores": "round"}


@dataclass(frozen=True)
class _Wanted:
    """A row that is wanted: for whom, and what its cells are to be.

    `given`: cells that are settled beforehand; `avoid`: elements of lists that count already.
    """

    kind: Kind
    candidate: str
    query: Query
    given: Mapping[str, Any]
    avoid: frozenset[str] = frozenset()


class Labels:
    """The labels that candidates' facts have already, by clause and part; each looked up once."""

    def __init__(self, context: Context, kind: Kind):
        """Look at the facts of the run."""
        self._context, self._kind = context, kind
        self._known: dict[tuple[str, str], dict[int, frozenset[str]]] = {}

    def of(self, clause: EventClause, part: Part, who: int) -> frozenset[str]:
        """Return the labels of a candidate's facts of a part."""
        key = (clause.id, part.what)
        if key not in self._known:
            self._known[key] = self._all(clause, part)
        return self._known[key].get(who, frozenset())

    def _all(self, clause: EventClause, part: Part) -> dict[int, frozenset[str]]:
        columns = part.label or clause.label or ()
        facts, candidates = self._context.scored.facts, self._context.candidates(self._kind)
        rows = facts.select(part, candidates, list(columns)).rows
        found: dict[int, set[str]] = {}
        for column in columns:
            if column not in rows:
                continue
            for who, value in zip(rows["candidate"], rows[column], strict=True):
                named = value if isinstance(value, tuple) else (value,)
                found.setdefault(int(who), set()).update(str(v) for v in named if not _blank(v))
        return {who: frozenset(labels) for who, labels in found.items()}


def _blank(value: Any) -> bool:
    return value is None or value != value or value == ""


def further(context: Context, kind: Kind) -> Iterator[Proposal]:
    """Return what further facts every clause of a section would reward, one kind of fact each."""
    section, labels = context.section(kind), Labels(context, kind)
    for name, clause in section.section.clauses.items():
        leaf = section.leaves[name]
        if clause.deducts and not (isinstance(clause, DifferenceClause) and clause.is_curable):
            continue
        for who in range(len(section.candidates)):
            if leaf.status[who] == NOT_APPLICABLE:
                continue
            missing = frozenset(leaf.missing)
            if leaf.status[who] != SCORED and not missing:
                continue
            yield from _of_clause(context, labels, kind, clause, who, missing)


def _of_clause(
    context: Context,
    labels: Labels,
    kind: Kind,
    clause: Clause,
    who: int,
    missing: frozenset[str],
) -> Iterator[Proposal]:
    match clause:
        case EventClause():
            for part in clause.parts:
                for proposal in _of_part(context, labels, kind, clause, part, who):
                    if missing <= {c.table for c in proposal.changes}:
                        yield proposal
        case ScaledClause():
            part_, value = clause.parts[0], clause.value
            if missing <= {part_.table} and part_.table in BY_NAME:
                full = Decimal(clause.full.numerator) / Decimal(clause.full.denominator)
                yield from _proposed(context, clause, kind, who, part_, {value: full}, 1)
        case (
            RankedClause()
            | RelativeClause()
            | GradedClause()
            | DifferenceClause()
            | WeightedClause()
        ):
            for measure in clause.measures:
                if isinstance(measure, FactMeasure) and missing <= {measure.table}:
                    for number in range(1, MOST_FACTS + 1):
                        given = _measured(measure)
                        yield from _proposed(context, clause, kind, who, measure, given, number)


def _measured(measure: FactMeasure) -> dict[str, Any]:
    """Return the cell that a sum or mean looks at, at the most it can be."""
    known = BY_NAME.get(measure.table)
    if measure.column is None or known is None or measure.column not in known:
        return {}
    column = BY_NAME[measure.table][measure.column]
    most = 100 if column.maximum is None else column.maximum
    return {measure.column: Decimal(most) if column.type is Type.NUMBER else most}


def _of_part(
    context: Context, labels: Labels, kind: Kind, clause: EventClause, part: Part, who: int
) -> Iterator[Proposal]:
    """Return a proposal per worth that a further fact can have, or up to the next tier."""
    known = labels.of(clause, part, who)
    tiers = clause.tiers or part.tiers
    if tiers:
        number = _to_next_tier(tiers, len(known))
        if number is not None:
            yield from _proposed(context, clause, kind, who, part, {}, number, known)
        return
    for given in _worths(part):
        if not any(isinstance(v, tuple) and known.issuperset(v) for v in given.values()):
            yield from _proposed(context, clause, kind, who, part, given, 1, known)


def _worths(part: Part) -> list[dict[str, Any]]:
    """Return the cells that make a fact worth something, one set per number of points."""
    if not isinstance(part.points, ByColumn) or part.points.values is None:
        return [{}]
    column, seen = part.points.column, dict[int, dict[str, Any]]()
    table = BY_NAME.get(part.table)
    listed = table is not None and column in table and table[column].type is Type.LIST
    condition = part.where.get(column)
    for value, points in part.points.values.items():
        if condition is not None and condition.equals and value not in condition.equals:
            continue
        if listed:
            seen.setdefault(len(seen), {column: (value,)})
        else:
            seen[points] = {column: value}
    return [cells for _, cells in sorted(seen.items(), key=lambda item: item[0])]


def _to_next_tier(tiers: tuple[Tier, ...], have: int) -> int | None:
    """Return how many distinct facts are missing to the next tier."""
    more = [t.at_least for t in tiers if t.at_least > have]
    return None if not more else -(-min(more).numerator // min(more).denominator) - have


def _proposed(
    context: Context,
    clause: Clause,
    kind: Kind,
    who: int,
    query: Query,
    given: Mapping[str, Any],
    number: int,
    avoid: frozenset[str] = frozenset(),
) -> Iterator[Proposal]:
    """Return the proposal of `number` further facts of a query, if rows can be written down.

    `avoid`: labels that count already.
    """
    if query.table not in BY_NAME or query.table in NOBODYS_WORK:
        return
    candidate = str(context.candidates(kind).ids[who])
    changes: list[Change] = []
    for serial in range(number):
        wanted = _Wanted(kind, candidate, query, given, avoid)
        more = _rows(context, wanted, f"{clause.id.rpartition('.')[2]}-{candidate}-{serial + 1}")
        if more is None:
            return
        changes += more
        avoid |= _named(more)
    whose = context.whose(kind, changes)
    effort: Effort = "decision" if whose == "上级" else _EFFORTS.get(query.table, "fact")
    yield Proposal(
        kind,
        who,
        clause.id,
        whose,
        effort,
        number,
        context.period.end,
        _sentence(context, query, changes, number, given),
        tuple(changes),
    )


def _named(changes: list[Change]) -> frozenset[str]:
    found: set[str] = set()
    for change in changes:
        for value in change.cells.values():
            found.update(value if isinstance(value, tuple) else [str(value)])
    return frozenset(found)


def _sentence(
    context: Context,
    query: Query,
    changes: list[Change],
    number: int,
    given: Mapping[str, Any],
) -> str:
    told = [
        f"{short_header_of(query.table, column)}{'、'.join(v) if isinstance(v, tuple) else v}"
        for column, v in given.items()
        if not isinstance(v, Decimal)
    ]
    scores = [v for v in given.values() if isinstance(v, Decimal)]
    if scores and number == 1:
        return f"{query.what}再有一次评为{scores[0]:f}分时最多"
    which = f"（{'，'.join(told)}）" if told else ""
    if changes[-1].origin is not None:
        return f"{query.what}：现登记为否，落实后更正"
    unknown = dict.fromkeys(c.table for c in changes if c.table not in context.supplied)
    if unknown:
        names = "".join(f"『{BY_NAME[name].sheet}』" for name in unknown)
        return f"尚未报送{names}表：报送{query.what}{number}项{which}"
    return f"再有{number}项{query.what}{which}"


# ---- a row that a query counts ------------------------------------------------------------------


def _rows(context: Context, wanted: _Wanted, name: str) -> list[Change] | None:
    """Return the changes that give the candidate one more fact of the query; None: there are none.

    `name` tells the row from every other; a case comes with its inspection record and handler.
    """
    query, table = wanted.query, BY_NAME[wanted.query.table]
    if any(column not in table for column in wanted.given):
        return None
    cells: dict[str, Any] = dict(wanted.given)
    # Of several sets of conditions the first is the one that a further fact meets.
    for column, condition in {**query.where, **next(iter(query.either), {})}.items():
        open_ = column in table and column not in cells
        if open_ and not _meet(cells, table[column], condition, wanted.avoid):
            return None
    if not _date(context, cells, query):
        return None
    more = _owner(context, wanted, cells, table, name)
    if more is None:
        return None
    _complete(cells, table, name, context.as_of)
    if query.table == "cases":
        more = _with_case(context, wanted, cells, name)
    key = {column: cells[column] for column in table.key}
    known = context.keys.get(query.table, {}).get(tuple(key.values()))
    if known is None:
        return [*more, Change(query.table, cells)]
    rest = {column: value for column, value in cells.items() if column not in key}
    return [*more, Change(query.table, rest, known, key)]


def _meet(
    cells: dict[str, Any], column: Column, condition: Condition, avoid: frozenset[str]
) -> bool:
    """Set the cell that meets a condition; say whether there is one."""
    if condition.equals is not None:
        value = condition.equals[0]
        if value is not None:
            cells[column.name] = value
    elif condition.any_of is not None:
        free = [v for v in condition.any_of if v not in avoid]
        cells[column.name] = (free[0] if free else condition.any_of[0],)
    elif condition.all_of is not None:
        cells[column.name] = condition.all_of
    elif condition.mentions is not None:
        cells[column.name] = condition.mentions[0]
    elif isinstance(condition.at_least, int):
        number = condition.at_least
        if column.type is Type.LIST:
            cells[column.name] = tuple(f"{column.header}{i}" for i in range(1, number + 1))
        else:
            cells[column.name] = number
    elif isinstance(condition.at_most, int):
        cells[column.name] = condition.at_most
    elif isinstance(condition.above, int):
        cells[column.name] = condition.above + 1
    elif isinstance(condition.below, int):
        cells[column.name] = condition.below - 1
    else:
        return False
    return True


def _date(context: Context, cells: dict[str, Any], query: Query) -> bool:
    """Set the governing date to the day of the run, or the last day the window has by then."""
    if query.date is None or query.date == "year_end":
        return query.date is None or "year" in cells
    day = context.as_of
    if isinstance(query.window, Years) and day.year not in query.window.years:
        earlier = [y for y in query.window.years if y < day.year]
        if not earlier:
            return False
        day = dt.date(max(earlier), 12, 31)
    if query.date == "decided":
        kind = cells.setdefault("kind", "不予处罚" if query.table == "cases" else "")
        cells["transferred_on" if kind == TRANSFER else "decided_on"] = day
    else:
        cells[query.date] = day
    return True


def _owner(
    context: Context, wanted: _Wanted, cells: dict[str, Any], table: Table, name: str
) -> list[Change] | None:
    """Write down whose row it is; return what else that takes, None where it cannot be."""
    reach, who = wanted.query.of[0], wanted.candidate
    if reach == "own" and "subject" in table:
        cells["subject_kind"] = UNIT if wanted.kind == "unit" else OFFICER
        cells["subject"] = who
    elif reach == "own":
        cells["unit_id" if wanted.kind == "unit" else "officer_id"] = who
    elif reach == "officers":
        staff = context.staff_now.get(who, ())
        if not staff:
            return None
        if "subject" in table:
            cells["subject_kind"], cells["subject"] = OFFICER, staff[0]
        else:
            cells["officer_id"] = staff[0]
    elif wanted.query.table == "cases":
        unit = _unit_of(context, wanted)
        if unit is None:
            return None
        cells["unit_id"] = unit
    elif "case_id" in table:
        case = _case_of(context, wanted)
        if case is None:
            return _with_new_case(context, wanted, cells, table, name)
        cells["case_id"] = case
        if "unit_id" in table:
            cells["unit_id"] = context.cases[case]
    elif "unit_id" in table:
        cells["unit_id"] = who
    else:
        return None
    return []


def _unit_of(context: Context, wanted: _Wanted) -> str | None:
    """Return the unit that a case of the candidate is of."""
    if wanted.query.of[0] == "subtree":
        return wanted.candidate
    return context.unit_now.get(wanted.candidate)


def _with_new_case(
    context: Context, wanted: _Wanted, cells: dict[str, Any], table: Table, name: str
) -> list[Change] | None:
    """Return a case for a row that speaks of one, where nobody has told any cases yet."""
    unit = _unit_of(context, wanted)
    if {"cases", "case_handlers"} <= context.supplied or unit is None:
        return None
    case: dict[str, Any] = {"case_id": f"AJ{name}", "unit_id": unit, "kind": "一般处罚"}
    case["decided_on"] = context.as_of
    cells["case_id"] = case["case_id"]
    if "unit_id" in table:
        cells["unit_id"] = unit
    return [Change("cases", case), *_with_case(context, wanted, case, name)]


def _case_of(context: Context, wanted: _Wanted) -> str | None:
    """Return a case of the candidate that the table says nothing of yet, decided in P."""
    known = context.named_cases(wanted.query.table)
    for case in context.decided_cases(wanted.kind).get(wanted.candidate, ()):
        if case not in known and case not in context.drawn and case not in wanted.avoid:
            return case
    return None


def _with_case(context: Context, wanted: _Wanted, cells: dict[str, Any], name: str) -> list[Change]:
    """Return what a new case needs besides itself: its handler, its inspection record."""
    more: list[Change] = []
    if "handled" in wanted.query.of:
        roles = {"inspector": True, "interviewer": True, "approver": True}
        handler = {"case_id": cells["case_id"], "officer_id": wanted.candidate, **roles}
        more.append(Change("case_handlers", handler))
    if "inspections" in context.supplied or "record_found" in wanted.query.where:
        cells["record_id"] = f"JC{name}"
        more.append(record_row(context, cells["record_id"], cells["unit_id"]))
    return more


def record_row(context: Context, number: str, unit: str) -> Change:
    """Return an inspection record that names nobody: it counts for the case that refers to it."""
    moment = dt.datetime.combine(context.as_of, dt.time(12))
    cells = {"record_id": number, "unit_id": unit, "valid": False}
    return Change("inspections", {**cells, "inspected_at": moment, "uploaded_at": moment})


def _complete(cells: dict[str, Any], table: Table, name: str, day: dt.date) -> None:
    """Fill in the key and what must not be blank."""
    for column in table.columns:
        if column.name in cells or not column.mandatory:
            continue
        if column.vocabulary:
            cells[column.name] = column.vocabulary[0]
        elif column.type is Type.DATE:
            cells[column.name] = day
        elif column.type is Type.CASE_NUMBER:
            cells[column.name] = f"AJ{name}"
        elif column.type in (Type.CODE, Type.TEXT):
            cells[column.name] = name
        elif column.type is Type.MONTH:
            cells[column.name] = day.isoformat()[:7]
        elif column.type is Type.INTEGER:
            cells[column.name] = day.year
        elif column.type is Type.NUMBER:
            cells[column.name] = Decimal(column.maximum or 0)
