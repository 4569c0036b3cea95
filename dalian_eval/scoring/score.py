"""Scoring one section: every clause's awards, the settlement, the ledger, the totals and ranks."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.model import Rubric, Section
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.queries import Kind
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, lists, none
from dalian_eval.scoring.clause_result import (
    NOT_APPLICABLE,
    SCORED,
    Leaf,
    available,
    filled,
    highest,
)
from dalian_eval.scoring.decisions import Decisions, decisions
from dalian_eval.scoring.derive import counting_review, derive
from dalian_eval.scoring.draw import Draw, draw, drawn_files
from dalian_eval.scoring.facts import Candidates, Facts
from dalian_eval.scoring.overlap import Assignment, resolve
from dalian_eval.scoring.rules.events import EventClause
from dalian_eval.scoring.scored_clause import scored_clauses
from dalian_eval.scoring.settle import Points, Settlement, settle


@dataclass(frozen=True)
class SectionScore:
    """The score of every candidate of one kind: leaves, settlement (low and high), assignments."""

    section: Section
    candidates: Candidates
    leaves: dict[str, Leaf]
    low: Settlement
    high: Settlement
    voids: dict[str, npt.NDArray[np.bool_]]
    decisions: Decisions
    assignments: list[Assignment] = field(default_factory=list)

    @property
    def decided_items(self) -> dict[str, Points]:
        """What reviewers' decisions on items come to, by item."""
        return self.decisions.of_items(self.section)

    @property
    def vetoed(self) -> npt.NDArray[np.bool_]:
        """Who is out of the ranking."""
        return _any(
            [leaf.fired for leaf in self.leaves.values() if leaf.clause.is_veto],
            len(self.candidates),
        )

    @property
    def pending(self) -> npt.NDArray[np.bool_]:
        """Who may yet be vetoed: a lawsuit or a finding is pending (暂缓)."""
        return _any([leaf.pending for leaf in self.leaves.values()], len(self.candidates))


@dataclass(frozen=True)
class Score:
    """Both sections and the draw they rest on."""

    facts: Facts
    draw: Draw
    unit: SectionScore
    officer: SectionScore

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of candidates that the plan judges, in the order of the record's tables."""
        return tuple(sorted(self.facts.rubric.kinds))

    def section(self, kind: Kind) -> SectionScore:
        """Return the score of one kind of candidate."""
        return self.unit if kind == "unit" else self.officer


def score(
    tables: Mapping[str, pd.DataFrame],
    supplied: frozenset[str],
    monthly_metrics: pd.DataFrame,
    found_records: pd.DataFrame,
    rubric: Rubric,
    as_of: dt.date,
    seed: str,
    *,
    telling: bool = True,
) -> Score:
    """Score both rubrics as of `as_of`.

    `tables`: canonical frames of the supplied tables, 检查记录 left out: what scoring needs of it
    stands in `monthly_metrics` and `found_records`; `seed`: of the case draw; `telling`: whether
    the ledger will be asked for, or points alone (see `Facts`).
    """
    as_of = min(as_of, rubric.period.end)
    derived = derive(tables, found_records, rubric.period, as_of)
    facts = Facts(derived, supplied, monthly_metrics, rubric, as_of, telling)
    candidates: dict[Kind, Candidates] = {
        "unit": facts.candidates("unit"),
        "officer": facts.candidates("officer"),
    }
    facts, protocol = with_draw(facts, candidates, seed)
    return Score(
        facts,
        protocol,
        score_section(rubric.unit, facts, candidates["unit"]),
        score_section(rubric.officer, facts, candidates["officer"]),
    )


def with_draw(facts: Facts, candidates: Mapping[Kind, Candidates], seed: str) -> tuple[Facts, Draw]:
    """Return the facts with the files drawn under their rubric, and the draw."""
    protocol = draw(facts.tables, candidates, facts.rubric, facts.as_of, seed)
    reviews = counting_review(facts.tables["case_reviews"], facts.as_of)
    files = drawn_files(protocol, facts.tables, reviews, facts.rubric.draw)
    return facts.with_drawn_files(files), protocol


def score_section(
    section: Section,
    facts: Facts,
    candidates: Candidates,
    unchanged: Mapping[str, Leaf] | None = None,
) -> SectionScore:
    """Score one section.

    `unchanged`: leaves that are known to be as they were. What a case serves is decided anew unless
    the leaves of all exclusive clauses are among them.
    """
    size = len(candidates)
    exclusive = exclusive_clauses(section)
    made = decisions(
        *(facts.tables["decisions"], section, candidates),
        *(facts.as_of, facts.rubric.period.year),
    )
    leaves: dict[str, Leaf] = dict(unchanged or {})
    for name, clause in scored_clauses(section).items():
        if name not in exclusive and name not in leaves:
            leaves[name] = clause.evaluate(facts, candidates, leaves, made.points(name))
    assignments = (
        []
        if exclusive.keys() <= leaves.keys()
        else _score_exclusive(section, exclusive, facts, candidates, leaves, made)
    )
    leaves = {name: leaves[name] for name in section.clauses}

    voids = _voids(leaves, size)
    rescaled = {
        name: leaf.status == NOT_APPLICABLE
        for name, leaf in leaves.items()
        if leaf.clause.not_applicable == "rescale"
    }
    items = made.of_items(section)
    low = settle(section, {n: leaf.points for n, leaf in leaves.items()}, voids, rescaled, items)
    high = settle(section, _if_open(leaves, assignments), voids, rescaled, items)
    return SectionScore(section, candidates, leaves, low, high, voids, made, assignments)


def exclusive_clauses(section: Section) -> dict[str, EventClause]:
    """Return the clauses among which a case may serve only one indicator."""
    return {
        name: clause
        for name, clause in section.clauses.items()
        if isinstance(clause, EventClause) and clause.exclusive is not None
    }


def _if_open(leaves: Mapping[str, Leaf], assignments: list[Assignment]) -> dict[str, Points]:
    """Return every leaf with open awards at their maximum, cases assigned to suit that."""
    points = {name: highest(leaf).copy() for name, leaf in leaves.items()}
    for assignment in assignments:
        who = assignment.candidate
        for name, value in assignment.if_open.items():
            if leaves[name].status[who] == SCORED:
                points[name][who] = value
    return points


def _score_exclusive(
    section: Section,
    exclusive: Mapping[str, EventClause],
    facts: Facts,
    candidates: Candidates,
    leaves: dict[str, Leaf],
    made: Decisions,
) -> list[Assignment]:
    """Add the leaves of the clauses among which a case may serve only one indicator."""
    if not exclusive:
        return []
    given, selections = {}, {}
    for name, clause in exclusive.items():
        leaves[name] = clause.blank(facts, candidates, made.points(name))
        found, selections[name] = clause.contributions(facts, candidates)
        given[name] = available(found, leaves[name])

    def settled(
        who: npt.NDArray[np.int64], points: dict[str, Points], worth: Callable[[Leaf], Points]
    ) -> Points:
        chosen = {n: worth(leaf)[who] for n, leaf in leaves.items()}
        # An exclusive clause that is open keeps what `worth` says of it.
        scored = {n: leaves[n].status[who] == SCORED for n in points}
        chosen |= {n: np.where(scored[n], points[n], chosen[n]) for n in points}
        voids = {n: flags[who] for n, flags in _voids(leaves, len(candidates)).items()}
        items = {n: points[who] for n, points in made.of_items(section).items()}
        return settle(section, chosen, voids, {}, items).points[section.kind]

    kept, assignments = resolve(
        section,
        given,
        facts.rubric.no_case_twice,
        lambda who, points: settled(who, points, lambda leaf: leaf.points),
        lambda who, points: settled(who, points, highest),
        {name: leaves[name].decided for name in exclusive},
    )
    for name, clause in exclusive.items():
        entries = clause.combine(kept[name], len(candidates), telling=facts.telling)
        if facts.telling:
            elsewhere = _served_elsewhere(clause, given[name], assignments, section)
            entries = texts.stack([entries, elsewhere])
        silence = clause.silence(selections[name], facts)
        leaves[name] = filled(leaves[name], entries, silence, leaves)
    return assignments


def _served_elsewhere(
    clause: EventClause,
    given: pd.DataFrame,
    assignments: list[Assignment],
    section: Section,
) -> pd.DataFrame:
    """Return an entry of 0 points for each case that would count here but serves elsewhere.

    It says where the case counts, the total that gives, and what the next best would have given;
    the case's number only where the clause shows it.
    """
    titles = {
        name: "、".join(section.clauses[c].title for c in clauses)
        for name, clauses in section.exclusive.items()
    }
    named = any("case_id" in part.show for part in clause.parts)
    mine = given[given["candidate"].isin([a.candidate for a in assignments])]
    keys = zip(mine["candidate"], mine["case"], strict=True)
    origins = dict(zip(keys, mine[ORIGIN], strict=True))
    found = []
    for assignment in assignments:
        for case, indicator in assignment.chosen.items():
            origin = origins.get((assignment.candidate, case))
            if indicator == clause.exclusive or origin is None:
                continue
            second = (
                "归到别处得分也一样"
                if assignment.runner_up_total is None
                else f"总分{points_text(assignment.total)}分，"
                f"次优的归属{points_text(assignment.runner_up_total)}分"
            )
            which = f"案件{case}" if named else "该案件"
            reason = f"{which}已用于{titles[indicator]}，本条不再计：{second}"
            found.append((assignment.candidate, reason, int(origin)))
    if not found:
        return none()
    who, reasons, origin = zip(*found, strict=True)
    evidence = lists(range(len(found)), origin, len(found))
    return awards(who, 0, texts.of(reasons), evidence=evidence)


def _any(flags: list[npt.NDArray[np.bool_]], size: int) -> npt.NDArray[np.bool_]:
    result = np.zeros(size, dtype=bool)
    for one in flags:
        result |= one
    return result


def _voids(leaves: Mapping[str, Leaf], size: int) -> dict[str, npt.NDArray[np.bool_]]:
    result: dict[str, npt.NDArray[np.bool_]] = {}
    for leaf in leaves.values():
        target = leaf.clause.voided
        if target is not None:
            result[target] = result.get(target, np.zeros(size, dtype=bool)) | leaf.fired
    return result
