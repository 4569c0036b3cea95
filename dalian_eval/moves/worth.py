"""What proposals come to: the candidates scored again with the rows added, all else as it is.

Proposals that cannot touch one another's candidates are scored together. Only the clauses that read
a changed table are evaluated, by the rules that score them otherwise, too; then everything is
settled again, so that every cap, floor, rescaling and case assignment is in the gain.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dalian_eval.moves.change import Change, Proposal, changed
from dalian_eval.moves.context import Context
from dalian_eval.rubric.conditions import satisfies
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.needs import tables_of, tables_of_query
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.queries import Kind
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.derive import counting_review, derive
from dalian_eval.scoring.draw import drawn_files
from dalian_eval.scoring.facts import Facts
from dalian_eval.scoring.ledger import KINDS
from dalian_eval.scoring.rules.ranked import RankedClause
from dalian_eval.scoring.score import exclusive_clauses, score_section, with_draw
from dalian_eval.scoring.settle import Points

_CASES = frozenset(("cases", "case_handlers"))
_ON_CASES = frozenset(("drawn_files", "lawsuits", "case_reviews", "review_findings"))
"""Tables that say something of a case: they change with it."""


@dataclass(frozen=True)
class Worth:
    """What a proposal comes to.

    `total`: the candidate's total with the changes as of the day of the run; `gain`: what they
    change on the day they are judged; both in ten-thousandths.
    """

    proposal: Proposal
    gain: int
    total: int


class Trials:
    """Scores the candidates of a run with further rows; what is unchanged is kept."""

    def __init__(self, context: Context):
        """Take the run's score as it is."""
        self.context = context
        facts = context.scored.facts
        running = facts.monthly["month"] == context.month
        rows = facts.monthly[running]
        names = ("kind", "candidate", "metric", "variant")
        keys = zip(*(rows[name].astype("str") for name in names), strict=True)
        self._figures = dict(zip(keys, np.flatnonzero(running.to_numpy()), strict=True))
        staff = context.staff
        self._eligible: dict[str, list[tuple[str, str]]] = {}
        for officer, variant, unit in zip(
            staff["officer_id"], staff["variant"], staff["unit"], strict=True
        ):
            self._eligible.setdefault(officer, []).append((variant, unit))
        self._judged: dict[tuple[Kind, dt.date, frozenset[str]], Points] = {}

    def worth(self, proposals: Sequence[Proposal]) -> list[Worth]:
        """Return what each proposal comes to, in the order given."""
        result: dict[int, Worth] = {}
        for batch in self.batches(proposals):
            first = proposals[batch[0]]
            changes = [c for i in batch for c in proposals[i].changes]
            now = self.totals(first.kind, changes, redraws=first.redraws)
            before = self.context.section(first.kind).low.points[first.kind]
            later = before, now
            if first.judged is not None and first.judged > self.context.as_of:
                touched = _touched(changes)
                later = (
                    self._as_of(first.kind, first.judged, touched),
                    self.totals(first.kind, changes, as_of=first.judged),
                )
            for i in batch:
                who = proposals[i].candidate
                gain = int(later[1][who] - later[0][who])
                result[i] = Worth(proposals[i], gain, int(now[who]))
        return [result[i] for i in range(len(proposals))]

    def totals(
        self,
        kind: Kind,
        changes: Sequence[Change],
        *,
        as_of: dt.date | None = None,
        redraws: bool = False,
        touched: frozenset[str] = frozenset(),
    ) -> Points:
        """Return the totals of all candidates of a kind with the changes.

        `as_of`: a later day on which the clauses that read the changed tables look at the facts;
        `redraws`: draw the case files again; `touched`: further tables to look at anew.
        """
        context = self.context
        section = context.section(kind)
        touched = touched | _touched(changes)
        facts = self._facts(changes, touched, as_of or context.as_of, redraws)
        names = self._affected(section.section, changes, touched, redraws)
        if as_of is not None:
            # On a later day other rows count, too: both sides ask the same clauses.
            names |= {n for n, c in section.section.clauses.items() if _reads(c, kind, touched)}
        exclusive = exclusive_clauses(section.section).keys()
        # What a contested case serves best may hang on anything else of its officer.
        whom = context.concerned(changes, kind)
        contested = {str(section.candidates.ids[a.candidate]) for a in section.assignments}
        if names & exclusive or contested & whom:
            names |= exclusive
        kept = {n: leaf for n, leaf in section.leaves.items() if n not in names}
        made = score_section(section.section, facts, section.candidates, kept)
        return made.low.points[kind]

    def _as_of(self, kind: Kind, day: dt.date, touched: frozenset[str]) -> Points:
        """Return the totals without changes, if the clauses of those tables are asked on a day."""
        key = (kind, day, touched)
        if key not in self._judged:
            self._judged[key] = self.totals(kind, (), as_of=day, touched=touched)
        return self._judged[key]

    def _facts(
        self, changes: Sequence[Change], touched: frozenset[str], as_of: dt.date, redraws: bool
    ) -> Facts:
        context, base = self.context, self.context.scored.facts
        tables = dict(context.tables)
        for name in touched - {"inspections"}:
            mine = [c for c in changes if c.table == name]
            tables[name] = changed(_given(context, name), BY_NAME[name], mine)
        added = [c.cells["record_id"] for c in changes if c.table == "inspections"]
        found = pd.concat([context.found, pd.DataFrame({"record_id": added}, dtype="str")])
        derived = derive(tables, found, context.period, as_of)
        monthly = self._monthly(changes)
        supplied = context.supplied | touched
        facts = Facts(derived, supplied, monthly, base.rubric, as_of, telling=False)
        if redraws:
            everybody = {k: context.candidates(k) for k in KINDS}
            return with_draw(facts, everybody, context.seed)[0]
        reviews = counting_review(derived["case_reviews"], as_of)
        files = drawn_files(context.scored.draw, derived, reviews)
        return facts.with_drawn_files(files)

    def _monthly(self, changes: Iterable[Change]) -> pd.DataFrame:
        """Return the monthly metrics with what the changes add to the running month."""
        more = self._more(changes)
        monthly = self.context.scored.facts.monthly
        if not more:
            return monthly
        numerator = monthly["numerator"].to_numpy(dtype=np.int64).copy()
        for key, number in more.items():
            if key in self._figures:
                numerator[self._figures[key]] += number
        return monthly.assign(numerator=numerator)

    def _more(self, changes: Iterable[Change]) -> dict[tuple[str, ...], int]:
        """Return what changes add to numerators: kind, candidate, metric, variant → number."""
        context, more = self.context, dict[tuple[str, ...], int]()

        def add(number: int, *key: str) -> None:
            more[key] = more.get(key, 0) + number

        entered = set(context.entered)
        for change in changes:
            cells = change.cells
            if change.table == "automonitor":
                old = context.table("automonitor")
                row = old[old["_origin"] == change.origin].iloc[0]
                for unit in context.above.get(row["unit_id"], ()):
                    for variant in ("immediate", "completed"):
                        more_here = int(cells.get(variant, row[variant])) - int(row[variant])
                        add(more_here, "unit", unit, "transmission", variant)
            if change.table != "inspections":
                continue
            variants = ("any", "valid_only") if cells["valid"] else ("any",)
            if cells.get("uploader"):
                for variant in variants:
                    add(1, "officer", cells["uploader"], "uploads", variant)
            if cells["valid"]:
                for unit in context.above.get(cells["unit_id"], ()):
                    for variant in ("month_end", "whole_month"):
                        add(1, "unit", unit, "per_capita", variant)
            people = {cells.get("uploader"), *(cells.get("inspectors") or ())} - {None} - entered
            for officer in sorted(map(str, people)):
                for variant, unit in self._eligible.get(officer, ()):
                    add(1, "unit", unit, "entry_ratio", variant)
            entered |= {str(p) for p in people}
        return more

    def _affected(
        self,
        section: Section,
        changes: Sequence[Change],
        touched: frozenset[str],
        redraws: bool,
    ) -> set[str]:
        """Return the clauses to evaluate anew: those that may come out otherwise."""
        clauses, rows = section.clauses, self._versions(changes)
        result = {
            name
            for name, clause in clauses.items()
            if _reads(clause, section.kind, touched)
            and self._may_count(clause, section.kind, changes, rows)
        }
        if redraws:
            result |= {
                n for n, c in clauses.items() if "drawn_files" in {q.table for q in c.queries}
            }
        for name, clause in clauses.items():
            others = (
                clause.shares_cap_with,
                getattr(clause, "not_counted_by", None),
                getattr(clause, "takes_over", None),
            )
            if result.intersection(o for o in others if o is not None):
                result.add(name)
        return result

    def _versions(self, changes: Sequence[Change]) -> dict[str, pd.DataFrame]:
        """Return the changed rows by table, as they were and as they become."""
        result = {}
        for name in _touched(changes) - {"inspections"}:
            mine = [c for c in changes if c.table == name]
            given = _given(self.context, name)
            origins = [c.origin for c in mine if c.origin is not None]
            old = given[given["_origin"].isin(origins)]
            result[name] = pd.concat([old, changed(old, BY_NAME[name], mine)], ignore_index=True)
        return result

    def _may_count(
        self,
        clause: Clause,
        kind: Kind,
        changes: Sequence[Change],
        rows: dict[str, pd.DataFrame],
    ) -> bool:
        """Whether a changed row, as it was or becomes, may be a fact of the clause.

        Without changes, or where a table was not supplied before, every clause that reads it may.
        """
        context, tables = self.context, {c.table for c in changes}
        if not changes or tables - context.supplied:
            return True
        if clause.metrics and any(map(_is_of_somebody, changes)):
            return True
        for query in clause.queries:
            if query.table not in rows:
                # Not the query's own table: what is derived from the changed one is asked anew.
                if tables_of_query(query, kind) & tables or query.table in _ON_CASES:
                    return True
                continue
            asked = {c: v for c, v in query.where.items() if c in BY_NAME[query.table]}
            if "inspections" in tables and "record_found" in query.where:
                return True
            fits = np.ones(len(rows[query.table]), dtype=bool)
            for column, condition in asked.items():
                fits &= satisfies(rows[query.table][column], condition)
            if fits.any():
                return True
        return False

    def batches(self, proposals: Sequence[Proposal]) -> list[list[int]]:
        """Return the numbers of proposals that can be scored together, in their order."""
        result: list[list[int]] = []
        open_: dict[object, list[tuple[list[int], set[str]]]] = {}
        for i, proposal in enumerate(proposals):
            touched = _touched(proposal.changes)
            section = self.context.section(proposal.kind).section
            if proposal.redraws or _ranks(section, touched):
                result.append([i])
                continue
            ids = self.context.candidates(proposal.kind).ids
            who = self.context.concerned(proposal.changes, proposal.kind).intersection(ids)
            who |= {str(ids[proposal.candidate])}
            key = (proposal.kind, proposal.judged, touched)
            for batch, taken in open_.setdefault(key, []):
                if not taken & who:
                    batch.append(i)
                    taken |= who
                    break
            else:
                batch = [i]
                result.append(batch)
                open_[key].append((batch, set(who)))
        return result


def _given(context: Context, name: str) -> pd.DataFrame:
    if name in context.tables:
        return context.tables[name]
    columns = [c.name for c in BY_NAME[name].columns]
    return context.table(name)[[*columns, "_origin"]]


def _touched(changes: Iterable[Change]) -> frozenset[str]:
    return frozenset(c.table for c in changes)


def _ranks(section: Section, touched: frozenset[str]) -> bool:
    """Whether a clause compares candidates by what the tables say."""
    return any(
        isinstance(clause, RankedClause) and _reads(clause, section.kind, touched)
        for clause in section.clauses.values()
    )


def _reads(clause: Clause, kind: Kind, touched: frozenset[str]) -> bool:
    """Whether a clause may come out otherwise when the tables change."""
    if tables_of(clause, kind) & touched:
        return True
    tables = {q.table for q in clause.queries}
    if touched & _CASES and (tables & _ON_CASES or any("handled" in q.of for q in clause.queries)):
        return True
    return "case_reviews" in touched and "drawn_files" in tables


def _is_of_somebody(change: Change) -> bool:
    """Whether a record or a month's figures change a monthly metric."""
    cells = change.cells
    people = cells.get("uploader") or cells.get("inspectors")
    return change.table == "automonitor" or bool(
        change.table == "inspections" and (cells["valid"] or people)
    )
