"""One clause's outcome for every candidate: status, awards, own cap, entries for who has none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.base.day_words import day_words
from dalian_eval.rubric.needs import tables_of_facts
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.wording import fill
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import OUT, WAITING, awards, none
from dalian_eval.scoring.facts import Candidates, Facts
from dalian_eval.scoring.settle import CAP, FLOOR, Adjustment, Points

SCORED, UNAVAILABLE, NOT_APPLICABLE = "scored", "unavailable", "not_applicable"
VOID, VETOED = "void", "vetoed"
STATUSES = (SCORED, UNAVAILABLE, NOT_APPLICABLE, VOID, VETOED)
"""The states of a clause or item, as they stand in clauses.csv."""

_OPEN = np.int64(10**12)
"""An open award without a maximum of its own: fills whatever item it stands in."""


@dataclass
class Leaf:
    """One clause's outcome for every candidate.

    `awarded`, `points`: before and after the clause's own cap; `status`: see outputs.md;
    `maximum`: the clause's maximum per candidate (None: it has none); `decided`: what reviewers'
    decisions add, part of `awarded`; `entries`: the rule's awards with reasons; `fired`: for a void
    or veto, whom it hits; `pending`: whom a pending veto concerns; `missing`: tables the clause
    reads that nobody supplied.
    """

    clause: Clause
    awarded: Points
    points: Points
    status: npt.NDArray[np.object_]
    maximum: Points | None
    decided: Points
    entries: pd.DataFrame
    fired: npt.NDArray[np.bool_]
    pending: npt.NDArray[np.bool_]
    missing: tuple[str, ...] = ()


Silence = Callable[[Points], pd.DataFrame]
"""Entries of 0 points for candidates to whom the clause gave nothing."""


def highest(leaf: Leaf) -> Points:
    """Return the leaf's points with every open award at its maximum."""
    if leaf.clause.deducts or leaf.clause.is_verdict:
        return leaf.points
    return np.where(leaf.status == UNAVAILABLE, open_maximum(leaf), leaf.points)


def open_maximum(leaf: Leaf) -> Points:
    """Return the most an open award can give: its maximum, else enough to fill its item.

    Of single events there can be more than the maximum before a decision takes something away.
    """
    if leaf.maximum is None or not leaf.clause.capped or leaf.clause.can_exceed_maximum:
        return bounded(leaf, np.full_like(leaf.points, _OPEN) + leaf.decided)
    return bounded(leaf, leaf.maximum + leaf.decided)


def bounded(leaf: Leaf, points: Points) -> Points:
    """Return points of a leaf within its own cap.

    A decision takes an award no lower than 0, and gives back no more than was deducted.
    """
    deducts = leaf.clause.deducts
    if leaf.maximum is not None and leaf.clause.capped:
        points = (np.maximum if deducts else np.minimum)(points, leaf.maximum)
    beyond = (leaf.decided != 0) & (points > 0 if deducts else points < 0)
    return np.where(beyond, 0, points)


def _kept(leaf: Leaf, points: Points) -> Points:
    """Return what counts of the points: a decision gives nothing where nothing is assessed."""
    out = (leaf.status == NOT_APPLICABLE) & (leaf.decided != 0)
    return np.where(out, 0, bounded(leaf, points))


def blank_leaf(
    clause: Clause, facts: Facts, candidates: Candidates, decided: Points, maximum: Points | None
) -> Leaf:
    """Return the clause's leaf before its awards: status and `maximum` of every candidate."""
    size = len(candidates)
    zeros = np.zeros(size, dtype=np.int64)
    flags = np.zeros(size, dtype=bool)
    status, missing = status_of(clause, facts, candidates)
    leaf = Leaf(clause, decided, zeros, status, maximum, decided, none(), flags, flags, missing)
    return replace(leaf, points=_kept(leaf, decided))


def status_of(
    clause: Clause, facts: Facts, candidates: Candidates
) -> tuple[npt.NDArray[np.object_], tuple[str, ...]]:
    """Return scored, unavailable or not_applicable for every candidate, and the missing tables.

    What is stated to be out of assessment needs no further table; otherwise a missing table makes
    the clause unavailable for everybody.
    """
    status, unknown = gate_status(clause, facts, candidates)
    missing = tables_of_facts(clause, candidates.kind) - facts.supplied
    if missing:
        status[status != NOT_APPLICABLE] = UNAVAILABLE
    return status, tuple(sorted(missing | unknown))


def gate_status(
    clause: Clause, facts: Facts, candidates: Candidates
) -> tuple[npt.NDArray[np.object_], frozenset[str]]:
    """Return what the clause's gates alone make of every candidate, and the tables they lack."""
    status = np.full(len(candidates), SCORED, dtype=object)
    for gate, when in ((clause.not_if, True), (clause.applies_if, False)):
        if gate is None:
            continue
        unknown = facts.missing_tables(gate, candidates.kind)
        if unknown:
            return np.full(len(candidates), UNAVAILABLE, dtype=object), unknown
        holds = facts.select(gate, candidates).found > 0
        hit = (holds == when) & (status == SCORED)
        if gate.otherwise == NOT_APPLICABLE and clause.not_applicable in ("zero", "full"):
            continue
        status[hit] = gate.otherwise
    return status, frozenset()


def available(rows: pd.DataFrame, leaf: Leaf) -> pd.DataFrame:
    """Return the rows of candidates for whom the clause is scored."""
    scored = leaf.status == SCORED
    kept: pd.DataFrame = rows[scored[rows["candidate"].to_numpy(dtype=np.int64)]]
    return kept.reset_index(drop=True)


def filled(
    leaf: Leaf, entries: pd.DataFrame, silence: Silence | None, known: Mapping[str, Leaf]
) -> Leaf:
    """Return the leaf with its awards, capped, and an entry of 0 points for who has none.

    `silence`: None where points alone are wanted: nobody's missing award is explained.
    """
    size = len(leaf.status)
    clause = leaf.clause
    awarded = leaf.decided.copy()
    np.add.at(awarded, entries["candidate"].to_numpy(), entries["points"].to_numpy())
    points = _kept(leaf, awarded)
    if leaf.maximum is not None and clause.capped and clause.shares_cap_with is not None:
        points = np.maximum(points, leaf.maximum - known[clause.shares_cap_with].points)
    if silence is None:
        return replace(leaf, awarded=awarded, points=points, entries=entries)
    silent = np.bincount(entries["candidate"], minlength=size) == 0
    blanks = [entries, silence(np.flatnonzero(silent & _is_scored(leaf)))]
    for status, sentence, outcome in (
        (UNAVAILABLE, _waiting(leaf), WAITING),
        (NOT_APPLICABLE, _left_out(clause), OUT),
    ):
        who = np.flatnonzero(silent & (leaf.status == status))
        blanks.append(awards(who, 0, sentence, outcome=outcome))
    everything = texts.stack(blanks)
    if clause.provisional_until is not None:
        note = f"（暂定，以{day_words(clause.provisional_until)}为准）"
        everything["reason"] = texts.ending(everything["reason"], note)
    return replace(leaf, awarded=awarded, points=points, entries=everything)


def _is_scored(leaf: Leaf) -> npt.NDArray[np.bool_]:
    return np.asarray((leaf.status != UNAVAILABLE) & (leaf.status != NOT_APPLICABLE), dtype=bool)


def _waiting(leaf: Leaf) -> str:
    """Return the sentence of an open clause: what is missing, and what it can still give."""
    clause = leaf.clause
    if leaf.missing and clause.is_verdict:
        return f"待补：{unproven(leaf.missing)}"
    can = "" if clause.deducts or clause.max is None else f"，最多可得{points_text(clause.max)}分"
    if leaf.missing:
        names = "、".join(f"『{BY_NAME[t].sheet}』" for t in leaf.missing if t in BY_NAME)
        return f"待补：{names}还没有报送，暂计0分{can}"
    most = "" if clause.max is None else points_text(clause.max)
    own = clause.worded("open")
    return f"待补：{fill(own, {'most': most}) if own else _gate_words(clause, UNAVAILABLE) + can}"


def unproven(missing: Sequence[str]) -> str:
    """Return what is open of a void or veto: what tables nobody supplied may still prove it."""
    return f"{'、'.join(BY_NAME[t].sheet for t in missing)}未报送，尚不能排除"


def _left_out(clause: Clause) -> str:
    """Return the sentence of a clause that does not apply."""
    return clause.worded("left_out") or f"{_gate_words(clause, NOT_APPLICABLE)}，不参与考核"


def _gate_words(clause: Clause, status: str) -> str:
    """Return what a gate found that makes the clause open or inapplicable."""
    for gate in (clause.not_if, clause.applies_if):
        if gate is not None and gate.otherwise == status:
            return gate.what if gate is clause.not_if else f"没有{gate.what}"
    return "有关事实还没有确定"


def own_adjustments(leaf: Leaf, shared: str = "") -> tuple[Adjustment, Adjustment]:
    """Return the entries of the clause's own cap, and of decisions beyond what it can bear.

    `shared`: the title of the clause whose cap it shares, if any.
    """
    clause = leaf.clause
    out = (leaf.status == NOT_APPLICABLE) & (leaf.decided != 0)
    beyond = out | (leaf.awarded > 0 if clause.deducts else leaf.awarded < 0)
    over = leaf.points - leaf.awarded
    return (
        Adjustment(clause.id, CAP, np.where(beyond, 0, over), *_cap(leaf, shared)),
        Adjustment(clause.id, FLOOR, np.where(beyond, over, 0), *_beyond(leaf)),
    )


Arithmetic = tuple[tuple[Points, ...], Callable[..., str], tuple[str, ...]]
"""The numbers, the sentence and the causes of an adjustment."""


def _beyond(leaf: Leaf) -> Arithmetic:
    limit = "所扣" if leaf.clause.deducts else "得分"
    sign = "退回" if leaf.clause.deducts else "减去"

    def sentence(amount: int, awarded: int) -> str:
        return (
            f"复核{sign}后为{points_text(awarded)}分：以本条{limit}为限，不参与考核的不计，"
            f"{points_text(abs(amount))}分不计"
        )

    return (leaf.awarded,), sentence, ()


def _cap(leaf: Leaf, shared: str) -> Arithmetic:
    clause = leaf.clause
    sign = "扣" if clause.deducts else "得"
    both = f"与『{shared}』合计" if shared else ""

    def sentence(amount: int, awarded: int, most: int) -> str:
        values = {
            "sum": points_text(abs(awarded)),
            "most": points_text(abs(most)),
            "over": points_text(abs(amount)),
        }
        general = f"共{sign}{{sum}}分，{both}最多{sign}{{most}}分，多{sign}的{{over}}分不计"
        return fill(clause.worded("cap") or general, values)

    most = np.zeros_like(leaf.points) if leaf.maximum is None else leaf.maximum
    causes = (clause.shares_cap_with,) if clause.shares_cap_with else ()
    return (leaf.awarded, most), sentence, causes
