"""Scoring one section: every clause's awards, the settlement, the ledger, the totals and ranks."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.model import (
    AnyClause,
    CompositeClause,
    EventClause,
    Gate,
    Kind,
    MonthlyClause,
    Query,
    RankedClause,
    Rubric,
    ScaledClause,
    Section,
    ShortfallClause,
    StepsClause,
    VetoClause,
    VoidClause,
    WeightedClause,
)
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.sentences import terms
from dalian_eval.rubric.vocabulary import METRICS
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, described, evidence_of, lists, none
from dalian_eval.scoring.decisions import Decisions, decisions
from dalian_eval.scoring.derive import counting_review, derive
from dalian_eval.scoring.draw import Draw, draw, drawn_files
from dalian_eval.scoring.events import combine, contributions
from dalian_eval.scoring.facts import Candidates, Facts, Selection
from dalian_eval.scoring.means import composite, scaled_mean
from dalian_eval.scoring.measures import ranked, shortfall, weighted
from dalian_eval.scoring.monthly import monthly, steps
from dalian_eval.scoring.overlap import Assignment, resolve
from dalian_eval.scoring.settle import CAP, FLOOR, Adjustment, Points, Settlement, settle
from dalian_eval.scoring.silence import NOT_FOUND, nothing_found

SCORED, UNAVAILABLE, NOT_APPLICABLE = "scored", "unavailable", "not_applicable"
VOID, VETOED = "void", "vetoed"
STATUSES = (SCORED, UNAVAILABLE, NOT_APPLICABLE, VOID, VETOED)
"""The states of a clause or item, as they stand in clauses.csv."""

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

    clause: AnyClause
    awarded: Points
    points: Points
    status: npt.NDArray[np.object_]
    maximum: Points | None
    decided: Points
    entries: pd.DataFrame
    fired: npt.NDArray[np.bool_]
    pending: npt.NDArray[np.bool_]
    missing: tuple[str, ...] = ()


_Silence = Callable[[Points], pd.DataFrame]
"""Entries of 0 points for candidates to whom the clause gave nothing."""


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
        return _decided_items(self.section, self.decisions)

    @property
    def vetoed(self) -> npt.NDArray[np.bool_]:
        """Who is out of the ranking."""
        return _any(
            [leaf.fired for leaf in self.leaves.values() if isinstance(leaf.clause, VetoClause)],
            len(self.candidates),
        )

    @property
    def pending(self) -> npt.NDArray[np.bool_]:
        """Who has a pending lawsuit (暂缓)."""
        return _any([leaf.pending for leaf in self.leaves.values()], len(self.candidates))


@dataclass(frozen=True)
class Score:
    """Both sections and the draw they rest on."""

    facts: Facts
    draw: Draw
    unit: SectionScore
    officer: SectionScore

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
) -> Score:
    """Score both rubrics as of `as_of`.

    `tables`: canonical frames of the supplied tables, 检查记录 left out: what scoring needs of it
    stands in `monthly_metrics` and `found_records`; `seed`: of the case draw.
    """
    as_of = min(as_of, rubric.period.end)
    derived = derive(tables, found_records, as_of)
    facts = Facts(derived, supplied, monthly_metrics, rubric, as_of)
    candidates: dict[Kind, Candidates] = {
        "unit": facts.candidates("unit"),
        "officer": facts.candidates("officer"),
    }
    protocol = draw(derived, candidates, rubric, as_of, seed)
    reviews = counting_review(derived["case_reviews"], as_of)
    derived["drawn_files"] = drawn_files(protocol, derived, reviews)
    return Score(
        facts,
        protocol,
        _score_section(rubric.unit, facts, candidates["unit"], rubric),
        _score_section(rubric.officer, facts, candidates["officer"], rubric),
    )


def _score_section(
    section: Section, facts: Facts, candidates: Candidates, rubric: Rubric
) -> SectionScore:
    size = len(candidates)
    exclusive = {
        name: clause
        for name, clause in section.clauses.items()
        if isinstance(clause, EventClause) and clause.exclusive is not None
    }
    made = decisions(facts.tables["decisions"], section, candidates, facts.as_of)
    leaves: dict[str, Leaf] = {}
    for name, clause in section.clauses.items():
        if name not in exclusive:
            leaves[name] = _leaf(clause, facts, candidates, leaves, made.points(name))
    assignments = _score_exclusive(section, exclusive, facts, candidates, leaves, made)
    leaves = {name: leaves[name] for name in section.clauses}

    voids = _voids(leaves, size)
    rescaled = {
        name: leaf.status == NOT_APPLICABLE
        for name, leaf in leaves.items()
        if leaf.clause.not_applicable == "rescale"
    }
    items = _decided_items(section, made)
    low = settle(section, {n: leaf.points for n, leaf in leaves.items()}, voids, rescaled, items)
    high = settle(section, _if_open(leaves, assignments), voids, rescaled, items)
    return SectionScore(section, candidates, leaves, low, high, voids, made, assignments)


def _decided_items(section: Section, made: Decisions) -> dict[str, Points]:
    return {name: made.points(name) for name in section.items if (made.rows["node"] == name).any()}


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
        leaves[name] = _blank_leaf(clause, facts, candidates, made.points(name))
        found, selections[name] = contributions(clause, facts, candidates)
        given[name] = _available(found, leaves[name])

    def settled(
        who: npt.NDArray[np.int64], points: dict[str, Points], worth: Callable[[Leaf], Points]
    ) -> Points:
        chosen = {n: worth(leaf)[who] for n, leaf in leaves.items()}
        # An exclusive clause that is open keeps what `worth` says of it.
        scored = {n: leaves[n].status[who] == SCORED for n in points}
        chosen |= {n: np.where(scored[n], points[n], chosen[n]) for n in points}
        voids = {n: flags[who] for n, flags in _voids(leaves, len(candidates)).items()}
        items = {n: points[who] for n, points in _decided_items(section, made).items()}
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
        entries = combine(clause, kept[name], len(candidates))
        period = facts.rubric.period
        elsewhere = _served_elsewhere(clause, given[name], assignments, section, period)
        silence = _silence(clause, selections[name], facts, candidates)
        leaves[name] = _filled(leaves[name], texts.stack([entries, elsewhere]), silence, leaves)
    return assignments


def _silence(
    clause: AnyClause, selections: list[Selection], facts: Facts, candidates: Candidates
) -> _Silence:
    """Return what tells why the clause's queries gave a candidate nothing."""
    queries = [q for q in clause.queries if not isinstance(q, Gate)]
    head = "未扣分" if clause.deducts else "未得分"
    if isinstance(clause, VoidClause | VetoClause):
        head = NOT_FOUND
    return lambda who: nothing_found(clause, queries, selections, who, facts, candidates.kind, head)


def _served_elsewhere(
    clause: EventClause,
    given: pd.DataFrame,
    assignments: list[Assignment],
    section: Section,
    period: Period,
) -> pd.DataFrame:
    """Return an entry of 0 points for each case that would count here but serves elsewhere.

    It says where the case counts, the total that gives, and what the next best would have given;
    the case's number only where the clause shows it.
    """
    titles = {
        name: "、".join(section.clauses[c].title for c in clauses)
        for name, clauses in section.exclusive.items()
    }
    rule = "；".join(terms(clause, section, period))
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
                "其他归属的得分都与此相同"
                if assignment.runner_up_total is None
                else f"次优归属总分为{points_text(assignment.runner_up_total)}分"
            )
            which = f"案件{case}" if named else "该案件"
            reason = (
                f"{which}用于{titles[indicator]}，同一案件不重复计分，本条不计；"
                f"现归属总分为{points_text(assignment.total)}分，{second}。规则：{rule}"
            )
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
        if isinstance(leaf.clause, VoidClause):
            target = leaf.clause.voids
            result[target] = result.get(target, np.zeros(size, dtype=bool)) | leaf.fired
    return result


def highest(leaf: Leaf) -> Points:
    """Return the leaf's points with every open award at its maximum."""
    if leaf.clause.deducts or isinstance(leaf.clause, VoidClause | VetoClause):
        return leaf.points
    return np.where(leaf.status == UNAVAILABLE, open_maximum(leaf), leaf.points)


def open_maximum(leaf: Leaf) -> Points:
    """Return the most an open award can give: its maximum, else enough to fill its item.

    Of single events there can be more than the maximum before a decision takes something away.
    """
    beyond = isinstance(leaf.clause, EventClause) and leaf.clause.rule == "each"
    if leaf.maximum is None or not leaf.clause.capped or beyond:
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


def _blank_leaf(clause: AnyClause, facts: Facts, candidates: Candidates, decided: Points) -> Leaf:
    """Return the clause's leaf before its awards: status and maximum of every candidate."""
    size = len(candidates)
    zeros = np.zeros(size, dtype=np.int64)
    flags = np.zeros(size, dtype=bool)
    maximum = None if clause.max is None else np.full(size, clause.max, dtype=np.int64)
    status, missing = _status(clause, facts, candidates)
    leaf = Leaf(clause, decided, zeros, status, maximum, decided, none(), flags, flags, missing)
    return replace(leaf, points=_kept(leaf, decided))


def _status(
    clause: AnyClause, facts: Facts, candidates: Candidates
) -> tuple[npt.NDArray[np.object_], tuple[str, ...]]:
    """Return scored, unavailable or not_applicable for every candidate, and the missing tables.

    What is stated to be out of assessment needs no further table; otherwise a missing table makes
    the clause unavailable for everybody.
    """
    size, kind = len(candidates), candidates.kind
    status = np.full(size, SCORED, dtype=object)
    gates = [(g, when) for g, when in ((clause.not_if, True), (clause.applies_if, False)) if g]
    missing = {METRICS[m].table for m in clause.metrics} - facts.supplied
    value = {clause.value} if isinstance(clause, ScaledClause) else set()
    for query in clause.queries:
        if not isinstance(query, Gate):
            column = getattr(query, "column", None)
            read = value | ({column} if column else set())
            missing |= facts.missing_tables(query, kind, frozenset(read))
    for gate, when in gates:
        unknown = facts.missing_tables(gate, kind)
        if unknown:
            return np.full(size, UNAVAILABLE, dtype=object), tuple(sorted(missing | unknown))
        holds = facts.select(gate, candidates).found > 0
        hit = (holds == when) & (status == SCORED)
        if gate.otherwise == NOT_APPLICABLE and clause.not_applicable in ("zero", "full"):
            continue
        status[hit] = gate.otherwise
    if missing:
        status[status != NOT_APPLICABLE] = UNAVAILABLE
    return status, tuple(sorted(missing))


def _leaf(
    clause: AnyClause,
    facts: Facts,
    candidates: Candidates,
    known: Mapping[str, Leaf],
    decided: Points,
) -> Leaf:
    """Return the leaf of one clause that no other clause's cases depend on."""
    leaf = _blank_leaf(clause, facts, candidates, decided)
    selections: list[Selection] = []
    match clause:
        case EventClause():
            given, selections = contributions(clause, facts, candidates)
            given = _available(_not_counted(clause, given, facts, candidates), leaf)
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
            entries = ranked(clause, facts, candidates, leaf.status == SCORED)
        case ShortfallClause():
            entries = shortfall(clause, facts, candidates)
        case WeightedClause():
            entries = weighted(clause, facts, candidates)
        case VoidClause() | VetoClause():
            return _verdict(clause, leaf, facts, candidates)
    silence = _silence(clause, selections, facts, candidates)
    return _filled(leaf, _available(entries, leaf), silence, known)


def _available(rows: pd.DataFrame, leaf: Leaf) -> pd.DataFrame:
    """Return the rows of candidates for whom the clause is scored."""
    scored = leaf.status == SCORED
    kept: pd.DataFrame = rows[scored[rows["candidate"].to_numpy(dtype=np.int64)]]
    return kept.reset_index(drop=True)


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
    out = _status(other, facts, candidates)[0] == NOT_APPLICABLE
    return own + np.where(out, other.max or 0, 0)


def _verdict(
    clause: VoidClause | VetoClause, leaf: Leaf, facts: Facts, candidates: Candidates
) -> Leaf:
    """Return a void's or veto's leaf: whom it hits, with the rows that prove it."""
    size = len(candidates)
    hits, selections = _findings(clause.parts, facts, candidates)
    hits = _available(hits, leaf)
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
        waiting, further = _findings(clause.pending, facts, candidates)
        waiting = _available(waiting, leaf)
        pending = (np.bincount(waiting["candidate"], minlength=size) > 0) & ~fired
        waiting["reason"] = texts.ending(waiting["reason"], "，暂缓认定，保留排名")
        entries.append(waiting)
        selections += further
    word = VOID if isinstance(clause, VoidClause) else VETOED
    status = np.where(fired, word, leaf.status).astype(object)
    silence = _silence(clause, selections, facts, candidates)
    filled = _filled(leaf, texts.stack(entries), silence, {})
    return replace(filled, status=status, fired=fired, pending=pending)


def _findings(
    queries: tuple[Query, ...], facts: Facts, candidates: Candidates
) -> tuple[pd.DataFrame, list[Selection]]:
    """Return an entry of 0 points per fact of the queries, and the selections."""
    frames, selections = [], []
    for query in queries:
        selection = facts.select(query, candidates)
        rows = selection.rows
        what = pd.Series(query.what, index=rows.index, dtype="str")
        sentence = texts.joined([what, described(rows, query)])
        evidence = evidence_of(rows, np.arange(len(rows)), len(rows))
        frames.append(
            awards(rows["candidate"], 0, sentence, month=rows["month"].array, evidence=evidence)
        )
        selections.append(selection)
    return texts.stack(frames), selections


def _filled(
    leaf: Leaf, entries: pd.DataFrame, silence: _Silence, known: Mapping[str, Leaf]
) -> Leaf:
    """Return the leaf with its awards, capped, and an entry of 0 points for who has none."""
    size = len(leaf.status)
    clause = leaf.clause
    awarded = leaf.decided.copy()
    np.add.at(awarded, entries["candidate"].to_numpy(), entries["points"].to_numpy())
    points = _kept(leaf, awarded)
    if leaf.maximum is not None and clause.capped and clause.shares_cap_with is not None:
        points = np.maximum(points, leaf.maximum - known[clause.shares_cap_with].points)
    silent = np.bincount(entries["candidate"], minlength=size) == 0
    blanks = [entries, silence(np.flatnonzero(silent & _is_scored(leaf)))]
    for status, sentence in (
        (UNAVAILABLE, _waiting(leaf)),
        (NOT_APPLICABLE, _because(clause, NOT_APPLICABLE, "不参与考核")),
    ):
        blanks.append(awards(np.flatnonzero(silent & (leaf.status == status)), 0, sentence))
    everything = texts.stack(blanks)
    if clause.provisional_until is not None:
        note = f"（暂定：以{clause.provisional_until.isoformat()}为准，该日之前的结果为暂定）"
        everything["reason"] = texts.ending(everything["reason"], note)
    return replace(leaf, awarded=awarded, points=points, entries=everything)


def _is_scored(leaf: Leaf) -> npt.NDArray[np.bool_]:
    return np.asarray((leaf.status != UNAVAILABLE) & (leaf.status != NOT_APPLICABLE), dtype=bool)


def _waiting(leaf: Leaf) -> str:
    """Return the sentence of an open clause: what is missing, and what it can still give."""
    clause = leaf.clause
    can = "" if clause.deducts or clause.max is None else f"，最多可得{points_text(clause.max)}分"
    if leaf.missing:
        names = "、".join(f"『{BY_NAME[t].sheet}』" for t in leaf.missing if t in BY_NAME)
        return f"待补：尚未报送{names}表，暂计0分{can}"
    return _because(clause, UNAVAILABLE, f"待补：事实尚未确定，暂计0分{can}")


def _because(clause: AnyClause, status: str, sentence: str) -> str:
    """Return the sentence of an open or inapplicable clause, naming what the gate asks."""
    gate = next(
        (g for g in (clause.not_if, clause.applies_if) if g is not None and g.otherwise == status),
        None,
    )
    if gate is None:
        return sentence
    if gate is clause.not_if:
        return f"{gate.what}，{sentence}"
    return f"没有{gate.what}，{sentence}"


def own_adjustments(leaf: Leaf) -> tuple[Adjustment, Adjustment]:
    """Return the entries of the clause's own cap, and of decisions beyond what it can bear."""
    clause = leaf.clause
    out = (leaf.status == NOT_APPLICABLE) & (leaf.decided != 0)
    beyond = out | (leaf.awarded > 0 if clause.deducts else leaf.awarded < 0)
    over = leaf.points - leaf.awarded
    return (
        Adjustment(clause.id, CAP, np.where(beyond, 0, over), _cap_reason(leaf)),
        Adjustment(clause.id, FLOOR, np.where(beyond, over, 0), _beyond_reason(clause)),
    )


def _beyond_reason(clause: AnyClause) -> str:
    if clause.deducts:
        return "复核退回的扣分以本条所扣为限，不参与考核的不计"
    return "复核减去的分值以本条得分为限，不参与考核的不计"


def _cap_reason(leaf: Leaf) -> str:
    clause = leaf.clause
    most = points_text(abs(clause.max or 0))
    sign = "扣" if clause.deducts else "得"
    reason = f"{clause.title}最多{sign}{most}分"
    if clause.shares_cap_with is not None:
        reason = f"与{clause.shares_cap_with.rpartition('.')[2]}合计最多扣{most}分"
    if isinstance(clause, CompositeClause):
        reason = f"{clause.title}封顶"
    return reason


def item_status(scored: SectionScore, name: str) -> npt.NDArray[np.object_]:
    """Return an item's status: void, unavailable (a part is), not_applicable (all are), scored."""
    below = [leaf.status for n, leaf in scored.leaves.items() if n.startswith(f"{name}.")]
    result = np.full(len(scored.candidates), SCORED, dtype=object)
    result[np.all([s == NOT_APPLICABLE for s in below], axis=0)] = NOT_APPLICABLE
    result[np.any([s == UNAVAILABLE for s in below], axis=0)] = UNAVAILABLE
    if name in scored.voids:
        result[scored.voids[name]] = VOID
    if name == scored.section.kind:
        result[scored.vetoed] = VETOED
    return result
