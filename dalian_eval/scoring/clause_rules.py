"""From a clause of the rubric to its leaf: which rule gives the awards, who is hit by a verdict."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.clauses import (
    AnyClause,
    CompositeClause,
    EventClause,
    MonthlyClause,
    RankedClause,
    ScaledClause,
    ShortfallClause,
    StepsClause,
    VetoClause,
    VoidClause,
    WeightedClause,
)
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.queries import Gate, Query
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import GAVE, PENDING, WAITING, awards, evidence_of, none, row_text
from dalian_eval.scoring.clause_result import (
    NOT_APPLICABLE,
    SCORED,
    UNAVAILABLE,
    VETOED,
    VOID,
    Leaf,
    Silence,
    available,
    blank_leaf,
    filled,
    gate_status,
    status_of,
    unproven,
)
from dalian_eval.scoring.events import combine, contributions
from dalian_eval.scoring.facts import Candidates, Facts, Selection
from dalian_eval.scoring.means import composite, scaled_mean
from dalian_eval.scoring.measures import ranked_points, shortfall, weighted_points
from dalian_eval.scoring.monthly import monthly, steps
from dalian_eval.scoring.no_award import nothing_found
from dalian_eval.scoring.settle import Points

RULE_NAMES = {
    "each": "按件计分",
    "highest": "取最高",
    "count": "分档",
    "monthly": "按月达标",
    "steps": "按率分段",
    "scaled": "按比例折算",
    "composite": "加权综合",
    "ranked": "按名次计分",
    "shortfall": "按差额扣分",
    "weighted": "加权合成",
    "void": "一票归零",
    "veto": "否决",
}
"""Chinese names of the rules, as they stand in ledger.csv."""


def silence_of(
    clause: AnyClause, selections: list[Selection], facts: Facts, candidates: Candidates
) -> Silence:
    """Return what tells why the clause's queries gave a candidate nothing."""
    if not facts.telling:
        return lambda who: none()
    queries = [q for q in clause.queries if not isinstance(q, Gate)]
    head = "未扣分" if clause.deducts else "未得分"
    if isinstance(clause, VoidClause | VetoClause):
        head = "未发现"
    return lambda who: nothing_found(queries, selections, who, facts, head)


def leaf_of(
    clause: AnyClause,
    facts: Facts,
    candidates: Candidates,
    known: Mapping[str, Leaf],
    decided: Points,
) -> Leaf:
    """Return the leaf of one clause that no other clause's cases depend on."""
    leaf = blank_leaf(clause, facts, candidates, decided)
    selections: list[Selection] = []
    match clause:
        case EventClause():
            given, selections = contributions(clause, facts, candidates)
            given = available(_not_counted(clause, given, facts, candidates), leaf)
            entries = combine(clause, given, len(candidates))
            if clause.not_applicable == "full":
                entries = _in_full(clause, facts, candidates, entries)
        case MonthlyClause():
            entries = monthly(clause, facts, candidates)
        case StepsClause():
            entries = steps(clause, facts, candidates)
        case ScaledClause():
            entries, selection = scaled_mean(clause, facts, candidates)
            selections = [selection]
        case CompositeClause():
            maximum = _maximum(clause, facts, candidates)
            leaf = replace(leaf, maximum=maximum)
            entries, selection = composite(clause, facts, candidates, maximum)
            selections = [selection]
        case RankedClause():
            entries = ranked_points(clause, facts, candidates, leaf.status == SCORED)
        case ShortfallClause():
            entries = shortfall(clause, facts, candidates)
        case WeightedClause():
            entries = weighted_points(clause, facts, candidates)
        case VoidClause() | VetoClause():
            return _verdict(clause, leaf, facts, candidates)
    silence = silence_of(clause, selections, facts, candidates)
    return filled(leaf, available(entries, leaf), silence, known)


def _not_counted(
    clause: EventClause, given: pd.DataFrame, facts: Facts, candidates: Candidates
) -> pd.DataFrame:
    """Return the contributions without those of cases that another clause has counted."""
    if clause.not_counted_by is None:
        return given
    other = facts.rubric.section(candidates.kind).clauses[clause.not_counted_by]
    if not isinstance(other, EventClause):
        raise TypeError(f"{clause.id}: not_counted_by {other.id} does not count events")
    counted, _ = contributions(other, facts, candidates)
    taken = pd.MultiIndex.from_frame(counted[["candidate", "case"]])
    mine = pd.MultiIndex.from_frame(given[["candidate", "case"]])
    return given[~mine.isin(taken)].reset_index(drop=True)


def _in_full(
    clause: AnyClause,
    facts: Facts,
    candidates: Candidates,
    entries: pd.DataFrame,
) -> pd.DataFrame:
    """Give the full award to those whom the clause does not concern (reading no_leads: full)."""
    if clause.applies_if is None or clause.max is None:
        return entries
    idle = np.flatnonzero(facts.select(clause.applies_if, candidates).found == 0)
    reason = f"没有{clause.applies_if.what}，按满分{points_text(clause.max)}分计"
    return texts.stack([entries, awards(idle, clause.max, reason)])


def _maximum(clause: CompositeClause, facts: Facts, candidates: Candidates) -> Points:
    """Return the clause's maximum, with that of a clause whose place it takes (air: 20 + 4)."""
    own = np.full(len(candidates), clause.max, dtype=np.int64)
    if clause.takes_over is None:
        return own
    other = facts.rubric.section(candidates.kind).clauses[clause.takes_over]
    out = status_of(other, facts, candidates)[0] == NOT_APPLICABLE
    return own + np.where(out, other.max or 0, 0)


def _verdict(
    clause: VoidClause | VetoClause, leaf: Leaf, facts: Facts, candidates: Candidates
) -> Leaf:
    """Return a void's or veto's leaf: whom it hits, with the rows that prove it.

    A verdict is a proven fact: it is taken from whichever of its tables are there. What the others
    may still prove is open for whom it does not hit.
    """
    size = len(candidates)
    gates, _ = gate_status(clause, facts, candidates)
    assessed = gates == SCORED
    looked_at, hits, selections = _findings(clause.parts, facts, candidates, GAVE)
    hits = _of(hits, assessed)
    fired = np.bincount(hits["candidate"], minlength=size) > 0
    effect = (
        f"{facts.rubric.section(candidates.kind).nodes[clause.voids].title}不得分"
        if isinstance(clause, VoidClause)
        else "取消参评资格，不参加排名"
    )
    hits["reason"] = texts.ending(hits["reason"], f"，{effect}")
    pending = np.zeros(size, dtype=bool)
    entries = [hits]
    if isinstance(clause, VetoClause) and clause.pending:
        more, waiting, further = _findings(clause.pending, facts, candidates, PENDING)
        waiting = _of(waiting, assessed)
        pending = (np.bincount(waiting["candidate"], minlength=size) > 0) & ~fired
        waiting["reason"] = texts.ending(waiting["reason"], "，暂缓认定，保留排名")
        entries.append(waiting)
        looked_at += more
        selections += further
    open_ = (leaf.status == UNAVAILABLE) & assessed & ~fired
    head = f"待补：{unproven(leaf.missing)}"
    entries.append(awards(np.flatnonzero(open_ & pending), 0, head, outcome=WAITING))
    if looked_at:
        head += "；已报送的资料中未发现"
        who = np.flatnonzero(open_ & ~pending)
        entries.append(nothing_found(looked_at, selections, who, facts, head, outcome=WAITING))
    word = VOID if isinstance(clause, VoidClause) else VETOED
    status = np.where(fired, word, leaf.status).astype(object)
    silence = silence_of(clause, selections, facts, candidates)
    made = filled(leaf, texts.stack(entries), silence, {})
    return replace(made, status=status, fired=fired, pending=pending)


def _of(entries: pd.DataFrame, chosen: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Return the entries of the chosen candidates."""
    kept: pd.DataFrame = entries[chosen[entries["candidate"].to_numpy(dtype=np.int64)]]
    return kept.reset_index(drop=True)


def _findings(
    queries: tuple[Query, ...], facts: Facts, candidates: Candidates, outcome: str
) -> tuple[list[Query], pd.DataFrame, list[Selection]]:
    """Return the queries whose tables are there, an entry of 0 points per fact, the selections."""
    frames, selections = [none()], []
    known = [q for q in queries if not facts.missing_tables(q, candidates.kind)]
    for query in known:
        selection = facts.select(query, candidates, list(query.where))
        rows = selection.rows
        sentence = row_text(rows, query, facts.rubric.period.year)
        evidence = evidence_of(rows, np.arange(len(rows)), len(rows))
        frames.append(
            awards(
                rows["candidate"],
                0,
                sentence,
                month=rows["month"].array,
                evidence=evidence,
                outcome=outcome,
            )
        )
        selections.append(selection)
    return known, texts.stack(frames), selections
