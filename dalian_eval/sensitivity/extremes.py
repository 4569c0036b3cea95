"""What is least and most of every candidate over all combinations, each with its first witness."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dalian_eval.base.parts import tell_part
from dalian_eval.scoring.settle import Points
from dalian_eval.sensitivity.space import Space

NO_WITNESS, UNKNOWN = -1, -2
"""In place of a key: no combination does it; one may, but a bound does not tell which."""


@dataclass(eq=False)
class Extremes:
    """The least and most of every candidate over all combinations, and the first key of each.

    `best`, `worst`: ranks among those not vetoed, 0 where a candidate always is; `inside[cut]`,
    `outside[cut]`: the first keys with the candidate within the cut, and not. `margin_min`,
    `margin_max`, `reversing`: per pair, the least and most difference, the first key that turns
    their order round.
    """

    total_min: Points
    total_max: Points
    best: npt.NDArray[np.int64]
    worst: npt.NDArray[np.int64]
    best_key: npt.NDArray[np.int64]
    worst_key: npt.NDArray[np.int64]
    ever_vetoed: npt.NDArray[np.bool_]
    ever_ranked: npt.NDArray[np.bool_]
    inside: dict[int, npt.NDArray[np.int64]]
    outside: dict[int, npt.NDArray[np.int64]]
    margin_min: Points
    margin_max: Points
    reversing: npt.NDArray[np.int64]


def extremes(space: Space, pairs: Sequence[tuple[int, int]], cuts: Iterable[int]) -> Extremes:
    """Walk all combinations once and keep what is least and most, with the first witness."""
    size, none = space.size, np.iinfo(np.int64)
    above = np.array([a for a, _ in pairs], dtype=np.intp)
    below = np.array([b for _, b in pairs], dtype=np.intp)
    found = Extremes(
        total_min=np.full(size, none.max),
        total_max=np.full(size, none.min),
        best=np.full(size, size + 1),
        worst=np.zeros(size, dtype=np.int64),
        best_key=np.full(size, NO_WITNESS),
        worst_key=np.full(size, NO_WITNESS),
        ever_vetoed=np.zeros(size, dtype=bool),
        ever_ranked=np.zeros(size, dtype=bool),
        inside={cut: np.full(size, NO_WITNESS) for cut in cuts},
        outside={cut: np.full(size, NO_WITNESS) for cut in cuts},
        margin_min=np.full(len(pairs), none.max),
        margin_max=np.full(len(pairs), none.min),
        reversing=np.full(len(pairs), NO_WITNESS),
    )
    in_all, tried = len(space.order[0]), 0
    for lot in space.blocks():
        place, keys = lot.ranks, lot.keys
        tried += len(keys)
        tell_part("口径核算：逐个口径组合", tried, in_all)
        np.minimum(found.total_min, lot.totals.min(axis=0), out=found.total_min)
        np.maximum(found.total_max, lot.totals.max(axis=0), out=found.total_max)
        if lot.vetoed is None:
            standing = place
            found.ever_ranked[:] = True
        else:
            found.ever_vetoed |= lot.vetoed.any(axis=0)
            found.ever_ranked |= ~lot.vetoed.all(axis=0)
            standing = np.where(lot.vetoed, size + 1, place)
        least, most = standing.min(axis=0), place.max(axis=0)
        better = np.flatnonzero(least < found.best)
        found.best_key[better] = keys[(standing[:, better] == least[better]).argmax(axis=0)]
        found.best[better] = least[better]
        worse = np.flatnonzero(most > found.worst)
        found.worst_key[worse] = keys[(place[:, worse] == most[worse]).argmax(axis=0)]
        found.worst[worse] = most[worse]
        last = standing.max(axis=0)
        for cut, first in found.inside.items():
            new = np.flatnonzero((first == NO_WITNESS) & (least <= cut))
            first[new] = keys[(standing[:, new] <= cut).argmax(axis=0)]
        for cut, first in found.outside.items():
            new = np.flatnonzero((first == NO_WITNESS) & (last > cut))
            first[new] = keys[(standing[:, new] > cut).argmax(axis=0)]
        if pairs:
            margin = lot.totals[:, above] - lot.totals[:, below]
            np.minimum(found.margin_min, margin.min(axis=0), out=found.margin_min)
            np.maximum(found.margin_max, margin.max(axis=0), out=found.margin_max)
            new = np.flatnonzero((found.reversing == NO_WITNESS) & (margin < 0).any(axis=0))
            found.reversing[new] = keys[(margin[:, new] < 0).argmax(axis=0)]
    found.best[~found.ever_ranked] = 0
    return found
