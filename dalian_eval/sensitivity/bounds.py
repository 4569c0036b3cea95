"""Proven bounds where there are too many combinations to look at each.

The difference of two totals is at most the sum of its largest values in the parts, since no reading
stands in two parts. Who can never be behind is always ahead; the rest may be either way.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from dalian_eval.scoring.settle import Points, hold_within, rescale
from dalian_eval.sensitivity.extremes import NO_WITNESS, UNKNOWN, Extremes
from dalian_eval.sensitivity.space import Space


def bounds(space: Space, pairs: Sequence[tuple[int, int]], cuts: Iterable[int]) -> Extremes:
    """Return what no combination exceeds: ranks and margins may be wider than any is."""
    size = space.size
    low, high = _ends(space)
    vetoed = [part.vetoed for part in space.parts]
    ever = np.any([v.any(axis=0) for v in vetoed], axis=0)
    always = np.any([v.all(axis=0) for v in vetoed], axis=0)
    best, worst = np.ones(size, dtype=np.int64), np.ones(size, dtype=np.int64)
    others = np.arange(size)
    for i in range(size):
        lead = _lead(space, i, low, high)
        best[i] += int(((lead < 0) & ~ever & (others != i)).sum())
        lag = _lag(space, i, low, high)
        worst[i] += int(((lag > 0) & ~always & (others != i)).sum())
    best[always], worst[always] = 0, 0
    margins = [
        (-int(_lag(space, a, low, high)[b]), int(_lead(space, a, low, high)[b])) for a, b in pairs
    ]
    return Extremes(
        total_min=low,
        total_max=high,
        best=best,
        worst=worst,
        best_key=np.full(size, UNKNOWN),
        worst_key=np.full(size, UNKNOWN),
        ever_vetoed=ever,
        ever_ranked=~always,
        inside={c: np.where(~always & (best <= c), UNKNOWN, NO_WITNESS) for c in cuts},
        outside={c: np.where(ever | (worst > c), UNKNOWN, NO_WITNESS) for c in cuts},
        margin_min=np.array([least for least, _ in margins], dtype=np.int64),
        margin_max=np.array([most for _, most in margins], dtype=np.int64),
        reversing=np.array(
            [UNKNOWN if least < 0 else NO_WITNESS for least, _ in margins], dtype=np.int64
        ),
    )


def _lead(space: Space, i: int, low: Points, high: Points) -> Points:
    """Return the most by which candidate `i` can be ahead of each other one."""
    most: Points = high[i] - low
    if not space.plain[i]:
        return most
    sums = np.sum([(s[:, [i]] - s).max(axis=0) for s in space.sums], axis=0)
    return np.asarray(np.where(space.plain, np.minimum(most, sums), most))


def _lag(space: Space, i: int, low: Points, high: Points) -> Points:
    """Return the most by which each other candidate can be ahead of `i`."""
    most: Points = high - low[i]
    if not space.plain[i]:
        return most
    sums = np.sum([(s - s[:, [i]]).max(axis=0) for s in space.sums], axis=0)
    return np.asarray(np.where(space.plain, np.minimum(most, sums), most))


def _ends(space: Space) -> tuple[Points, Points]:
    """Return totals that no combination goes below, or above."""
    ends = []
    for take, wider in ((np.min, np.minimum), (np.max, np.maximum)):
        awarded, deducted, bonus = (
            np.sum([take(getattr(p, name), axis=0) for p in space.parts], axis=0)
            for name in ("awarded", "deducted", "bonus")
        )
        awarded = awarded + np.maximum(space.decided, 0)
        deducted = deducted + np.minimum(space.decided, 0)
        base = awarded + deducted + sum(hold_within(space.root, awarded, deducted))
        for clause, (whole, own) in space.wholes.items():
            ever = np.any(
                [p.rescaled[clause].any(axis=0) for p in space.parts if clause in p.rescaled],
                axis=0,
            )
            base = np.where(ever, wider(base, rescale(base, whole, own, ever)), base)
        void = np.any([p.void.any(axis=0) for p in space.parts], axis=0)
        base = np.where(void, wider(base, 0), base)
        ends.append(base + bonus)
    return ends[0], ends[1]
