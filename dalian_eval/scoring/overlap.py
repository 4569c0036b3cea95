"""No case twice: each officer's cases, assigned to the indicators that pay best.

Within one officer a case may serve only one of the exclusive indicators. The assignment with the
highest total is found by an exact dynamic programme over the officer's contested cases: after each
case only what the clauses have collected so far matters, so equal collections are kept once. The
totals of all final collections are computed by the settlement itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.model import Section
from dalian_eval.rubric.queries import Tier
from dalian_eval.scoring.rules.events import EventClause

Contributions = Mapping[str, pd.DataFrame]
"""Contributions (see `events`) of every clause of an exclusive indicator."""

_Bag = tuple[tuple[str, int], ...]
"""What a clause has collected: sorted (label, points) pairs, or the mark below."""

_Outcomes = dict[tuple[int, ...], tuple[str, ...]]
"""Reachable points of the clauses → the indicator of each contested case, by case number."""

_TotalOf = Callable[
    [npt.NDArray[np.int64], dict[str, npt.NDArray[np.int64]]], npt.NDArray[np.int64]
]
"""Settled totals of candidates, if the clauses had the given points."""

_FULL: _Bag = (("", 0),)
"""A clause that has reached its maximum: whatever comes further changes nothing."""


@dataclass(frozen=True)
class Assignment:
    """What was chosen for one officer.

    `chosen`: contested case → indicator; `options`: contested case → the indicators it qualifies
    for; `points`: of each exclusive clause, in document order; `runner_up`, `runner_up_chosen`,
    `runner_up_total`: the same of the next best that gives other points, or None; `total`: the
    officer's total under the choice; `if_open`: the points under the choice that is best when every
    open award reaches its maximum.
    """

    candidate: int
    chosen: dict[str, str]
    points: dict[str, int]
    total: int
    if_open: dict[str, int]
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)
    runner_up: dict[str, int] | None = None
    runner_up_chosen: dict[str, str] | None = None
    runner_up_total: int | None = None


@dataclass
class _Officer:
    """One officer's contested cases and what each gives to each clause.

    `fixed`: what a clause has from other cases; `decided`: what reviewers' decisions add to it.
    """

    candidate: int
    fixed: dict[str, dict[str, int]]
    decided: dict[str, int]
    cases: dict[str, dict[str, dict[str, dict[str, int]]]] = field(default_factory=dict)
    """case → indicator → clause → label → points"""


def value_of(clause: EventClause, bag: Mapping[str, int], decided: int = 0) -> int:
    """Return the clause's points for the labels collected, within 0 and its own cap.

    `decided`: what reviewers' decisions add.
    """
    parts = [p.tiers for p in clause.parts if p.tiers is not None]
    tiers: tuple[Tier, ...] = parts[0] if parts else ()
    if tiers:
        reached = [t.points for t in tiers if len(bag) >= t.at_least]
        points = max(reached, default=0)
    elif clause.rule == "highest":
        points = max(bag.values(), default=0)
    else:
        points = sum(bag.values())
    points = max(points + decided, 0)
    return points if clause.max is None else min(points, clause.max)


def resolve(
    section: Section,
    given: Contributions,
    how: str,
    total_of: _TotalOf,
    highest_of: _TotalOf | None = None,
    decided: Mapping[str, npt.NDArray[np.int64]] | None = None,
) -> tuple[dict[str, pd.DataFrame], list[Assignment]]:
    """Return the contributions that remain, and the assignments of officers with contested cases.

    `how`: best_assignment or document_order; `total_of(candidates, points)` returns the settled
    totals of candidates if the exclusive clauses had those points, `highest_of` the same with
    every open award at its maximum: under it another choice may be the best; `decided`: what
    reviewers' decisions add to the clauses, per candidate.
    """
    officers, outcomes, indicator_of = _contest(section, given, how, decided or {})
    if not officers:
        return dict(given), []
    names = list(indicator_of)
    found = _best(officers, outcomes, names, total_of, highest_of or total_of)
    return _keep(given, found, indicator_of), found


def choices(
    section: Section,
    given: Contributions,
    how: str,
    decided: Mapping[str, npt.NDArray[np.int64]],
) -> dict[int, npt.NDArray[np.int64]]:
    """Return, per candidate with contested cases, the points the clauses can come to.

    One row per reachable outcome, one column per exclusive clause in the order of
    `section.exclusive`; of rows with one total, the first is the one that is taken (see
    `preferred`).
    """
    officers, outcomes, _ = _contest(section, given, how, decided)
    return {
        o.candidate: np.array(sorted(reached, key=preference, reverse=True), dtype=np.int64)
        for o, reached in zip(officers, outcomes, strict=True)
    }


def preference(vector: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """Return what decides among outcomes of equal total: the clauses' sum, then each in order."""
    return sum(vector), vector


def _contest(
    section: Section,
    given: Contributions,
    how: str,
    decided: Mapping[str, npt.NDArray[np.int64]],
) -> tuple[list[_Officer], list[_Outcomes], dict[str, str]]:
    """Return the candidates with contested cases, what each can reach, clause → indicator."""
    indicators = section.exclusive
    indicator_of = {c: name for name, clauses in indicators.items() for c in clauses}
    clauses = {c: section.clauses[c] for c in indicator_of}
    rules = {c: clause for c, clause in clauses.items() if isinstance(clause, EventClause)}
    uses = pd.concat(
        [
            frame.loc[frame["case"] != "", ["candidate", "case"]].assign(
                indicator=indicator_of[clause]
            )
            for clause, frame in given.items()
        ],
        ignore_index=True,
    ).drop_duplicates()
    several = uses.groupby(["candidate", "case"])["indicator"].transform("size") > 1
    contested = uses[several].sort_values(["candidate", "case"])
    if contested.empty:
        return [], [], indicator_of
    officers = _gather(given, contested, indicator_of, decided)
    if how == "document_order":
        outcomes = [_in_order(officer, rules, list(indicators)) for officer in officers]
    else:
        outcomes = [_outcomes(officer, rules) for officer in officers]
    return officers, outcomes, indicator_of


def _gather(
    given: Contributions,
    contested: pd.DataFrame,
    indicator_of: Mapping[str, str],
    decided: Mapping[str, npt.NDArray[np.int64]],
) -> list[_Officer]:
    """Return the officers with contested cases, in order, with all they have collected."""
    pairs = set(zip(contested["candidate"], contested["case"], strict=True))
    result = {
        int(c): _Officer(
            int(c), {clause: {} for clause in given}, {n: int(d[c]) for n, d in decided.items()}
        )
        for c in contested["candidate"].unique()
    }
    for clause, frame in given.items():
        rows = frame[frame["candidate"].isin(list(result))]
        for candidate, case, label, points in zip(
            rows["candidate"], rows["case"], rows["label"], rows["points"], strict=True
        ):
            officer = result[int(candidate)]
            bag = officer.fixed[clause]
            if (candidate, case) in pairs:
                by_clause = officer.cases.setdefault(case, {}).setdefault(indicator_of[clause], {})
                bag = by_clause.setdefault(clause, {})
            bag[label] = max(int(points), bag.get(label, 0))
    return [result[c] for c in sorted(result)]


def _add(clause: EventClause, bag: _Bag, more: Mapping[str, int], decided: int) -> _Bag:
    """Return the bag with further labels, `_FULL` once the maximum is reached."""
    if bag is _FULL or bag == _FULL or not more:
        return bag
    merged = dict(bag)
    for label, points in more.items():
        merged[label] = max(points, merged.get(label, 0))
    if clause.max is not None and value_of(clause, merged, decided) >= clause.max:
        return _FULL
    return tuple(sorted(merged.items()))


def _worth(clause: EventClause, bag: _Bag, decided: int) -> int:
    return clause.max or 0 if bag == _FULL else value_of(clause, dict(bag), decided)


def _outcomes(officer: _Officer, rules: Mapping[str, EventClause]) -> _Outcomes:
    """Return every reachable vector of clause points, with the first choices that lead there.

    Choices: the indicator of each contested case, cases in the order of their numbers.
    """
    names = list(rules)
    shared = _shared_labels(officer)
    extra = {c: officer.decided.get(c, 0) for c in names}
    start = tuple(
        _merge_anonymous(rules[c], (), officer.fixed[c], shared[c], extra[c]) for c in names
    )
    states: dict[tuple[_Bag, ...], tuple[str, ...]] = {start: ()}
    for case in sorted(officer.cases):
        options = officer.cases[case]
        following: dict[tuple[_Bag, ...], tuple[str, ...]] = {}
        for state, path in states.items():
            for indicator, by_clause in options.items():
                bags = tuple(
                    _merge_anonymous(rules[c], bag, by_clause.get(c, {}), shared[c], extra[c])
                    for c, bag in zip(names, state, strict=True)
                )
                following.setdefault(bags, (*path, indicator))
        states = following
    result: _Outcomes = {}
    for state, path in states.items():
        vector = tuple(_worth(rules[c], bag, extra[c]) for c, bag in zip(names, state, strict=True))
        result.setdefault(vector, path)
    return result


def _shared_labels(officer: _Officer) -> dict[str, set[str]]:
    """Return, per clause, the labels that more than one case (or a fixed one) can give."""
    seen = {clause: set(bag) for clause, bag in officer.fixed.items()}
    shared: dict[str, set[str]] = {clause: set() for clause in officer.fixed}
    for options in officer.cases.values():
        for by_clause in options.values():
            for clause, bag in by_clause.items():
                shared[clause] |= seen[clause] & set(bag)
                seen[clause] |= set(bag)
    return shared


def _merge_anonymous(
    clause: EventClause, bag: _Bag, more: Mapping[str, int], shared: set[str], decided: int
) -> _Bag:
    """Add labels; those that no other case can give are renamed by their rank.

    Only how many there are and what they are worth matters, so collections that differ in the
    names alone become one state.
    """
    if bag == _FULL or not more:
        return bag
    named = {label: p for label, p in more.items() if label in shared}
    own = sorted((p for label, p in more.items() if label not in shared), reverse=True)
    known = sorted((p for label, p in bag if label.startswith("\x00")), reverse=True)
    ranks = sorted([*own, *known], reverse=True)
    if clause.rule == "highest" and all(part.tiers is None for part in clause.parts):
        ranks = ranks[:1]
    anonymous = {f"\x00{i:04d}": p for i, p in enumerate(ranks)}
    kept: _Bag = tuple((label, p) for label, p in bag if not label.startswith("\x00"))
    return _add(clause, kept, {**named, **anonymous}, decided) if named or anonymous else bag


def _best(
    officers: list[_Officer],
    outcomes: list[_Outcomes],
    names: list[str],
    total_of: _TotalOf,
    highest_of: _TotalOf,
) -> list[Assignment]:
    """Choose, per officer, the outcome with the highest settled total (see the module's text)."""
    owners = np.repeat([o.candidate for o in officers], [len(o) for o in outcomes])
    vectors = np.array([v for o in outcomes for v in o], dtype=np.int64).reshape(-1, len(names))
    points = {c: vectors[:, i] for i, c in enumerate(names)}
    totals, tops = total_of(owners, points), highest_of(owners, points)
    result, at = [], 0
    for officer, reached in zip(officers, outcomes, strict=True):
        ranked = sorted(
            zip(totals[at : at + len(reached)].tolist(), reached.items(), strict=True),
            key=lambda item: (item[0], preference(item[1][0])),
            reverse=True,
        )
        top = max(
            zip(tops[at : at + len(reached)].tolist(), reached, strict=True),
            key=lambda item: (item[0], preference(item[1])),
        )[1]
        at += len(reached)
        (total, (vector, path)), *others = ranked
        second = others[0] if others else None
        cases = sorted(officer.cases)
        result.append(
            Assignment(
                candidate=officer.candidate,
                chosen=dict(zip(cases, path, strict=True)),
                points=dict(zip(names, vector, strict=True)),
                total=total,
                if_open=dict(zip(names, top, strict=True)),
                options={case: tuple(officer.cases[case]) for case in cases},
                runner_up=dict(zip(names, second[1][0], strict=True)) if second else None,
                runner_up_chosen=dict(zip(cases, second[1][1], strict=True)) if second else None,
                runner_up_total=second[0] if second else None,
            )
        )
    return result


def _in_order(officer: _Officer, rules: Mapping[str, EventClause], order: list[str]) -> _Outcomes:
    """Give each case to the first indicator, in document order, for which it qualifies."""
    path = tuple(
        next(name for name in order if name in options)
        for _, options in sorted(officer.cases.items())
    )
    bags = {clause: dict(bag) for clause, bag in officer.fixed.items()}
    for case, indicator in zip(sorted(officer.cases), path, strict=True):
        for clause, more in officer.cases[case][indicator].items():
            for label, points in more.items():
                bags[clause][label] = max(points, bags[clause].get(label, 0))
    extra = officer.decided
    return {tuple(value_of(rules[c], bags[c], extra.get(c, 0)) for c in rules): path}


def _keep(
    given: Contributions,
    found: list[Assignment],
    indicator_of: Mapping[str, str],
) -> dict[str, pd.DataFrame]:
    """Return the contributions without those of contested cases that serve another indicator."""
    chosen = pd.DataFrame(
        [(a.candidate, case, serves) for a in found for case, serves in a.chosen.items()],
        columns=["candidate", "case", "serves"],
    ).astype({"candidate": "int64", "case": "str", "serves": "str"})
    result = {}
    for clause, frame in given.items():
        serves = frame[["candidate", "case"]].merge(chosen, how="left", on=["candidate", "case"])
        keep = serves["serves"].isna() | (serves["serves"] == indicator_of[clause])
        result[clause] = frame[keep.to_numpy()].reset_index(drop=True)
    return result
