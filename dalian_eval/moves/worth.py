"""What proposals come to: the candidates scored again with the rows added, all else as it is.

Every proposal is a trial of its own candidate (see `trial_facts`). A clause is evaluated for the
trials in which it meets other rows, by the rules that score everybody; then everything is settled
again, so that every cap, floor, rescaling and case assignment is in the gain. What redraws case
files, or meets a rule that ranks candidates, is scored alone, with all candidates.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.base.parts import tell_part
from dalian_eval.moves.change import Change, Proposal, changed
from dalian_eval.moves.context import Context
from dalian_eval.moves.month_figures import Figures, MonthFigures, with_figures
from dalian_eval.moves.trial_facts import Trial, TrialCandidates, TrialFacts, trial_facts
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.needs import tables_of
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.queries import Kind
from dalian_eval.rubric.vocabulary import METRICS
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.awards import none
from dalian_eval.scoring.clause_result import Leaf
from dalian_eval.scoring.derive import counting_review, derive
from dalian_eval.scoring.draw import drawn_files
from dalian_eval.scoring.facts import Facts, Positions
from dalian_eval.scoring.ledger import KINDS
from dalian_eval.scoring.score import (
    SectionScore,
    exclusive_clauses,
    score_section,
    with_draw,
)
from dalian_eval.scoring.scored_clause import scored_clauses
from dalian_eval.scoring.settle import Points

_CASES = frozenset(("cases", "case_handlers"))
_ON_CASES = frozenset(("drawn_files", "lawsuits", "case_reviews", "review_findings"))
"""Tables that say something of a case: they change with it."""

_DRAWN = frozenset(("drawn_files",))
"""What changes when case files are drawn anew."""

_TITLE = "接下来能做什么：逐个试算"

AT_ONCE = 20_000
"""So many trials at most are scored in one go, for the memory they take."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Worth:
    """What a proposal comes to.

    `total`: the candidate's total with the changes as of the day of the run; `gain`: what they
    change on the day they are judged; both in ten-thousandths; `clause`: the proposal's, or of one
    without the clause that gains most.
    """

    proposal: Proposal
    gain: int
    total: int
    clause: str


class Trials:
    """Scores the candidates of a run with further rows; what is unchanged is kept."""

    def __init__(self, context: Context):
        """Take the run's score as it is."""
        self.context = context
        self._figures = MonthFigures(context)

    def worth(self, proposals: Sequence[Proposal]) -> list[Worth]:
        """Return what each proposal comes to, in the order given."""
        totals = np.zeros(len(proposals), dtype=np.int64)
        gains = np.zeros(len(proposals), dtype=np.int64)
        clauses = [p.clause for p in proposals]
        batches, tried = list(self._together(proposals)), 0
        in_all = sum(len(numbers) for _, _, numbers in batches)
        for kind, day, numbers in batches:
            tell_part(_TITLE, tried, in_all)
            tried += len(numbers)
            trials = [Trial(proposals[i].candidate, proposals[i].changes) for i in numbers]
            if day is not None:
                after, before = self.judged(kind, trials, day)
                gains[numbers] = after - before
                continue
            made = self._now(kind, trials, redraws=proposals[numbers[0]].redraws)
            section = self.context.section(kind)
            who = np.array([t.candidate for t in trials], dtype=np.int64)
            totals[numbers] = made[kind]
            gains[numbers] = made[kind] - section.low.points[kind][who]
            more = {name: made[name] - leaf.points[who] for name, leaf in section.leaves.items()}
            for place, i in enumerate(numbers):
                if not clauses[i]:
                    best = max(more, key=lambda name: int(more[name][place]))
                    clauses[i] = best if more[best][place] > 0 else ""
        tell_part(_TITLE, in_all, in_all)
        return [
            Worth(*row[:1], int(row[1]), int(row[2]), row[3])
            for row in zip(proposals, gains, totals, clauses, strict=True)
        ]

    def _together(
        self, proposals: Sequence[Proposal]
    ) -> Iterator[tuple[Kind, dt.date | None, list[int]]]:
        """Yield what is scored together: as of the run, and what is judged on a later day."""
        found: dict[tuple[object, ...], list[int]] = {}
        for i, p in enumerate(proposals):
            new = _touched(p.changes) - self.context.supplied
            found.setdefault((p.kind, p.redraws, new), []).append(i)
            if p.judged is not None and p.judged > self.context.as_of:
                found.setdefault((p.kind, p.judged, new), []).append(i)
        for (_, day, _), numbers in found.items():
            kind = proposals[numbers[0]].kind
            numbers = sorted(numbers, key=lambda i: proposals[i].candidate)
            for start in range(0, len(numbers), AT_ONCE):
                judged = day if isinstance(day, dt.date) else None
                yield kind, judged, numbers[start : start + AT_ONCE]

    def totals(self, kind: Kind, trials: Sequence[Trial], *, redraws: bool = False) -> Points:
        """Return the total of each trial's candidate as of the day of the run.

        `trials`: in the order of their candidates; `redraws`: whether case files are drawn anew.
        """
        return self._now(kind, trials, redraws=redraws)[kind]

    def _now(self, kind: Kind, trials: Sequence[Trial], *, redraws: bool) -> dict[str, Points]:
        """Return the points of every clause, and the total, of each trial's candidate."""
        section = self.context.section(kind).section
        alone = [redraws or _ranks(section, _touched(t.changes)) for t in trials]
        names = [*section.clauses, kind]
        result = {name: np.zeros(len(trials), dtype=np.int64) for name in names}
        for i in np.flatnonzero(alone).tolist():
            who, drawn = trials[i].candidate, _DRAWN if redraws else frozenset[str]()
            among = np.array([who])
            if _ranks(section, _touched(trials[i].changes) | drawn):
                among = np.arange(len(self.context.candidates(kind)))
            made = self._alone(kind, trials[i].changes, redraws=redraws, among=among)
            for name in names:
                result[name][i] = made.low.points[name][among == who].item()
        rest = np.flatnonzero(~np.array(alone, dtype=bool)).tolist()
        if rest:
            scored = self._scored(kind, [trials[i] for i in rest], self.context.as_of)
            for name in names:
                result[name][rest] = scored[name]
        return result

    def judged(self, kind: Kind, trials: Sequence[Trial], day: dt.date) -> tuple[Points, Points]:
        """Return the totals of trials on a later day, with their changes and without.

        On a later day other rows count, too: on both sides the clauses that read the changed
        tables look at the facts as of that day.
        """
        section = self.context.section(kind).section
        alone = [_ranks(section, _touched(t.changes)) for t in trials]
        result = np.zeros((2, len(trials)), dtype=np.int64)
        before: dict[frozenset[str], Points] = {}
        for i in np.flatnonzero(alone).tolist():
            who, touched = trials[i].candidate, _touched(trials[i].changes)
            if touched not in before:
                before[touched] = self.alone(kind, (), as_of=day, touched=touched)
            after = self.alone(kind, trials[i].changes, as_of=day)
            result[:, i] = after[who], before[touched][who]
        rest = np.flatnonzero(~np.array(alone, dtype=bool)).tolist()
        if rest:
            both = [t for i in rest for t in (trials[i], Trial(trials[i].candidate, ()))]
            asked = {
                name: np.repeat(
                    [_reads(clause, kind, _touched(trials[i].changes)) for i in rest], 2
                )
                for name, clause in section.clauses.items()
            }
            totals = self._scored(kind, both, day, asked)[kind]
            result[:, rest] = totals[0::2], totals[1::2]
        return result[0], result[1]

    def _scored(
        self,
        kind: Kind,
        trials: Sequence[Trial],
        as_of: dt.date,
        asked: Mapping[str, Flags] | None = None,
    ) -> dict[str, Points]:
        """Return the points of every clause, and the total, of each trial's candidate.

        `asked`: which trials ask a clause on the day `as_of` even where its rows are the same.
        """
        made = self.context.section(kind)
        section = made.section
        ids = [*map(str, made.candidates.ids)]
        more: dict[int, Figures] = {}
        for number, trial in enumerate(trials):
            figures = self._figures.of(trial.changes, as_of)
            mine = figures.get((kind, ids[trial.candidate]))
            if mine:
                more[number] = mine
        facts = trial_facts(self.context, kind, trials, as_of, more)
        candidates = TrialCandidates.of(made.candidates, trials)
        new = facts.supplied - self.context.supplied
        affected = self._affected(section, facts, new, asked or {})
        exclusive = exclusive_clauses(section)
        contested = np.isin(candidates.real, [a.candidate for a in made.assignments])
        again = np.zeros(len(trials), dtype=bool)
        for name in exclusive:
            again |= affected[name]
        # What a contested case serves best may hang on anything else of its officer.
        again |= contested & np.any(list(affected.values()), axis=0)

        leaves: dict[str, Leaf] = {}
        for name, clause in scored_clauses(section).items():
            leaf = _copied(made.leaves[name], candidates.real)
            who = np.flatnonzero(affected[name])
            if name not in exclusive and len(who):
                some = candidates.some(who)
                its = facts.with_months(some, [*clause.metrics]) if clause.metrics else facts
                known = {n: _copied(leaves[n], who) for n in clause.leans_on if n in leaves}
                _put(leaf, clause.evaluate(its, some, known, leaf.decided[who]), who)
            leaves[name] = leaf
        names = [*section.clauses, kind]
        result = {name: np.zeros(len(trials), dtype=np.int64) for name in names}
        for chosen, kept in (
            (np.flatnonzero(~again), leaves),
            (np.flatnonzero(again), {n: f for n, f in leaves.items() if n not in exclusive}),
        ):
            if len(chosen):
                unchanged = {n: _copied(leaf, chosen) for n, leaf in kept.items()}
                settled = score_section(section, facts, candidates.some(chosen), unchanged)
                for name in names:
                    result[name][chosen] = settled.low.points[name]
        return result

    def _affected(
        self,
        section: Section,
        facts: TrialFacts,
        new: frozenset[str],
        asked: Mapping[str, Flags],
    ) -> dict[str, Flags]:
        """Return, per clause, the trials in which it may come out otherwise."""
        result: dict[str, Flags] = {}
        for name, clause in section.clauses.items():
            found = asked.get(name, np.zeros(facts.trials, dtype=bool)).copy()
            for query in clause.queries:
                found |= facts.touched(query)
            for trial, figures in facts.more.items():
                found[trial] |= any(metric in clause.metrics for metric, _, _ in figures)
            if new and _reads(clause, section.kind, new):
                found[:] = True
            result[name] = found
        for name, clause in section.clauses.items():
            for other in clause.leans_on:
                result[name] = result[name] | result[other]
        return result

    # ---- alone -------------------------------------------------------------------------------

    def alone(
        self,
        kind: Kind,
        changes: Sequence[Change],
        *,
        redraws: bool = False,
        as_of: dt.date | None = None,
        touched: frozenset[str] = frozenset(),
    ) -> Points:
        """Return the totals of all candidates of a kind with the changes in everybody's tables.

        See `_alone`.
        """
        among = np.arange(len(self.context.candidates(kind)))
        made = self._alone(
            kind, changes, redraws=redraws, as_of=as_of, touched=touched, among=among
        )
        return made.low.points[kind]

    def _alone(
        self,
        kind: Kind,
        changes: Sequence[Change],
        *,
        redraws: bool = False,
        as_of: dt.date | None = None,
        touched: frozenset[str] = frozenset(),
        among: Positions,
    ) -> SectionScore:
        """Return the score of candidates of a kind with the changes in everybody's tables.

        `as_of`: a later day on which the clauses that read the changed tables look at the facts;
        `touched`: further tables to look at anew; `among`: the positions of those who are scored,
        all of them where a clause that ranks them is looked at anew.
        """
        context, as_of = self.context, as_of or self.context.as_of
        section, touched = context.section(kind), touched | _touched(changes)
        tables = dict(context.tables)
        for name in touched - {"inspections"}:
            mine = [c for c in changes if c.table == name]
            tables[name] = changed(context.given(name), BY_NAME[name], mine)
        added = [
            c.cells["record_id"]
            for c in changes
            if c.table == "inspections" and c.cells["uploaded_at"].date() <= as_of
        ]
        found = pd.concat([context.found, pd.DataFrame({"record_id": added}, dtype="str")])
        base = context.scored.facts
        derived = derive(tables, found, context.period, as_of)
        supplied, monthly = context.supplied | touched, self._monthly(kind, changes, as_of)
        facts = Facts(derived, supplied, monthly, base.rubric, as_of, telling=False)
        if redraws:
            everybody = {k: context.candidates(k) for k in KINDS}
            facts = with_draw(facts, everybody, context.seed)[0]
        else:
            reviews = counting_review(derived["case_reviews"], as_of)
            plan = base.rubric.draw
            files = drawn_files(context.scored.draw, derived, reviews, plan)
            facts = facts.with_drawn_files(files)
        drawn = _DRAWN if redraws else frozenset[str]()
        kept = {
            name: _copied(section.leaves[name], among)
            for name, clause in section.section.clauses.items()
            if not _reads(clause, kind, touched | drawn)
        }
        kept = {n: f for n, f in kept.items() if kept.keys() >= {*f.clause.leans_on}}
        exclusive = exclusive_clauses(section.section)
        if section.assignments or not kept.keys() >= exclusive.keys():
            kept = {n: f for n, f in kept.items() if n not in exclusive}
        return score_section(section.section, facts, section.candidates.some(among), kept)

    def _monthly(self, kind: Kind, changes: Sequence[Change], as_of: dt.date) -> pd.DataFrame:
        """Return the monthly metrics of one kind of candidate with what the changes add."""
        monthly = self.context.scored.facts.monthly
        if not _touched(changes) & {"inspections", "automonitor"}:
            return monthly
        found = self._figures.of(changes, as_of)
        more = {who: figures for (whose, who), figures in found.items() if whose == kind}
        return with_figures(monthly, kind, more, METRICS)


def _copied(leaf: Leaf, who: Positions) -> Leaf:
    """Return a leaf with the outcome of the candidate at each position, without its entries."""
    maximum = None if leaf.maximum is None else leaf.maximum[who]
    return replace(
        leaf,
        awarded=leaf.awarded[who],
        points=leaf.points[who],
        status=leaf.status[who],
        maximum=maximum,
        decided=leaf.decided[who],
        entries=none(),
        fired=leaf.fired[who],
        pending=leaf.pending[who],
    )


def _put(leaf: Leaf, made: Leaf, who: Positions) -> None:
    """Set a leaf's outcome for some."""
    leaf.awarded[who], leaf.points[who], leaf.status[who] = made.awarded, made.points, made.status
    leaf.fired[who], leaf.pending[who] = made.fired, made.pending
    if leaf.maximum is not None and made.maximum is not None:
        leaf.maximum[who] = made.maximum


def _touched(changes: Iterable[Change]) -> frozenset[str]:
    return frozenset(c.table for c in changes)


def _ranks(section: Section, touched: frozenset[str]) -> bool:
    """Whether a clause compares candidates by what the tables say."""
    return any(
        clause.compares_candidates and _reads(clause, section.kind, touched)
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
