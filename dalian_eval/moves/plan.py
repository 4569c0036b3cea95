"""The cheapest set of moves that reaches a total, the others as they are: exact, or none there is.

A set of moves reaches what scoring it says; nothing is added up. Whatever is added to a set lowers
no total, so of a set that falls short every part falls short, too: at least one move outside it is
needed. `scipy.optimize.milp` finds the cheapest set that meets all such demands known; it is
scored, and falls short (a further demand) or is the answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dalian_eval.moves.search import Move
from dalian_eval.moves.trial_facts import Trial
from dalian_eval.moves.worth import Trials


@dataclass(frozen=True)
class Plan:
    """The answer: `chosen` reach `total`, which is at least the goal; else `chosen` is as far as
    one gets and no set of moves reaches the goal.
    """

    goal: int
    reached: bool
    total: int
    chosen: tuple[Move, ...]


def cheapest(trials: Trials, moves: Sequence[Move], goal: int) -> Plan:
    """Return the cheapest set of one candidate's moves with a total of at least `goal`.

    Cheapest by effort, then number of facts, then the order of `moves`. Moves of others (上级) and
    those that only avert what is due later are left out.
    """
    today = trials.context.as_of
    own = [m for m in moves if m.proposal.whose != "上级" and (m.proposal.judged or today) <= today]
    conflicts = [
        (i, j)
        for i in range(len(own))
        for j in range(i + 1, len(own))
        if _cells(own[i]) & _cells(own[j])
    ]
    kind, who = moves[0].proposal.kind, moves[0].proposal.candidate

    def total(chosen: Sequence[int]) -> int:
        proposals = [own[i].proposal for i in chosen]
        changes = tuple(c for p in proposals for c in p.changes)
        redraws = any(p.redraws for p in proposals)
        return int(trials.totals(kind, [Trial(who, changes)], redraws=redraws)[0])

    by_gain = sorted(range(len(own)), key=lambda i: -own[i].gain)
    everything = _compatible(by_gain, (), conflicts)
    most = total(everything)
    if most < goal:
        return Plan(goal, False, most, tuple(own[i] for i in sorted(everything)))
    demands: list[frozenset[int]] = []
    while True:
        chosen = _cover(own, demands, conflicts)
        reached = total(chosen)
        if reached >= goal:
            return Plan(goal, True, reached, tuple(own[i] for i in chosen))
        largest = _largest_short(chosen, by_gain, conflicts, lambda s: total(s) < goal)
        demands.append(frozenset(range(len(own))) - largest)


def _cells(move: Move) -> set[tuple[object, ...]]:
    """Return the cells that a move writes: two that write one cell exclude each other."""
    result: set[tuple[object, ...]] = set()
    for change in move.proposal.changes:
        key = change.origin if change.origin is not None else repr(sorted(change.fact()["cells"]))
        if change.origin is not None:
            result |= {(change.table, key, column) for column in change.cells}
        elif change.table in ("unit_facts", "equipment", "qualifications"):
            result.add((change.table, *map(str, list(change.cells.values())[:2])))
    return result


def _compatible(
    order: Sequence[int], given: Sequence[int], conflicts: Sequence[tuple[int, int]]
) -> list[int]:
    """Return `given` and whatever else goes with it, in the order named."""
    result = list(given)
    against = {frozenset(pair) for pair in conflicts}
    for i in order:
        if i not in result and not any(frozenset((i, j)) in against for j in result):
            result.append(i)
    return result


def _largest_short(
    chosen: Sequence[int],
    order: Sequence[int],
    conflicts: Sequence[tuple[int, int]],
    short: Callable[[Sequence[int]], bool],
) -> frozenset[int]:
    """Return a set around `chosen` that falls short, with which no half of the rest goes."""
    result = list(chosen)
    rest = [i for i in reversed(order) if i not in result]
    size = max(1, len(rest) // 2)
    while rest:
        part, rest = rest[:size], rest[size:]
        more = _compatible(part, result, conflicts)
        if short(more):
            result = more
        elif len(part) > 1:
            rest = [*part, *rest]
            size = len(part) // 2
    return frozenset(result)


def _cover(
    own: Sequence[Move],
    demands: Sequence[frozenset[int]],
    conflicts: Sequence[tuple[int, int]],
) -> list[int]:
    """Return the cheapest set with a move of every demand."""
    # Imported here: half a second that only a plan needs.
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not demands:
        return []
    size = len(own)
    rows, low, high = [], [], []
    for demand in demands:
        rows.append([1.0 if i in demand else 0.0 for i in range(size)])
        low.append(1.0)
        high.append(np.inf)
    for pair in conflicts:
        rows.append([1.0 if i in pair else 0.0 for i in range(size)])
        low.append(-np.inf)
        high.append(1.0)
    # One aim after the other, each held while the next is sought: no weights can blur them.
    aims = ([m.effort for m in own], [m.proposal.number for m in own], [*range(size)])
    chosen: list[int] = []
    for aim in aims:
        found = milp(
            np.array(aim, dtype=float),
            integrality=np.ones(size, dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(np.array(rows), low, high),
            options={"mip_rel_gap": 0},
        )
        if found.x is None:
            raise ArithmeticError(f"milp: {found.message}")
        chosen = [int(i) for i in np.flatnonzero(np.round(found.x))]
        rows.append([float(cost) for cost in aim])
        low.append(-np.inf)
        high.append(float(sum(aim[i] for i in chosen)))
    return chosen
