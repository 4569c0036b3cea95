"""Certificates: what holds for every candidate, cut, pair and reading, over all combinations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.scoring.settle import Points
from dalian_eval.sensitivity.bounds import bounds
from dalian_eval.sensitivity.extremes import NO_WITNESS, UNKNOWN, Extremes, extremes
from dalian_eval.sensitivity.space import Space, ranks

CUTS = (1, 3, 10)
"""First place, the first three, the first ten."""

EXACT, BOUND = "确切", "界"
ALWAYS, NEVER, DEPENDS = "是", "否", "视口径"
IN, OUT_OF = "必入", "视口径"
YES, NO = "是", "否"


@dataclass(frozen=True, eq=False)
class Candidates:
    """Whom a certificate is about: ids and names, and the totals when all that is open is known.

    `low`, `high`: the ends of the range of what is open, under the run's own readings.
    """

    ids: Sequence[str]
    names: Sequence[str]
    low: Points
    high: Points


def written(readings: Mapping[str, str]) -> str:
    """Return a combination as it stands in the files: what it changes, in rubric order."""
    return " ".join(f"{name}={option}" for name, option in readings.items())


@dataclass(frozen=True, eq=False)
class Certificate:
    """Everything that is certified of one section; `exact`: 确切, or 界 for mere bounds.

    `singles`: what each option of each reading does alone: totals and ranks (0: vetoed).
    """

    space: Space
    candidates: Candidates
    totals: Points
    ranks: npt.NDArray[np.int64]
    neighbours: Sequence[tuple[int, int]]
    found: Extremes
    singles: Mapping[tuple[str, str], tuple[Points, npt.NDArray[np.int64]]]
    exact: str


def certify_section(space: Space, candidates: Candidates, most_cells: int) -> Certificate:
    """Certify a section: by all combinations, or by bounds where those are more than `most_cells`.

    `most_cells`: distinct combinations × candidates.
    """
    totals, own = _standing(space, {})
    order = sorted((i for i in range(len(own)) if own[i]), key=lambda i: (own[i], i))
    neighbours = list(pairwise(order))
    singles = {
        (name, option): _standing(space, {name: option})
        for name, options in space.options.items()
        for option in options[1:]
    }
    exact = space.has_keys and space.combinations * max(1, space.size) <= most_cells
    found = (
        extremes(space, neighbours, cuts_for(space.size))
        if exact
        else bounds(space, neighbours, cuts_for(space.size))
    )
    return Certificate(
        space,
        candidates,
        totals,
        own,
        neighbours,
        found,
        singles,
        EXACT if exact else BOUND,
    )


def cuts_for(size: int) -> list[int]:
    """Return the cuts that leave somebody out."""
    return [cut for cut in CUTS if cut <= size]


def _standing(space: Space, readings: Mapping[str, str]) -> tuple[Points, npt.NDArray[np.int64]]:
    totals, vetoed = space.under(readings)
    return totals, ranks(totals[None], vetoed[None])[0].astype(np.int64)


def sensitivity_frame(made: Certificate) -> pd.DataFrame:
    """Return the rows of sensitivity.csv."""
    space, found, who = made.space, made.found, made.candidates
    best_open, worst_open = _open_ranks(made)
    rows = []
    for i, candidate in enumerate(who.ids):
        vetoed = ALWAYS if not found.ever_ranked[i] else DEPENDS if found.ever_vetoed[i] else NEVER
        certain = vetoed != DEPENDS and found.best[i] == found.worst[i]
        decided = [
            name
            for name in space.options
            if any(made.singles[name, o][1][i] != made.ranks[i] for o in space.options[name][1:])
        ]
        rows.append(
            (
                space.kind,
                candidate,
                who.names[i],
                int(made.totals[i]),
                _rank(made.ranks[i]),
                int(found.total_min[i]),
                int(found.total_max[i]),
                _rank(found.best[i]),
                _rank(found.worst[i]),
                witness(space, found.best_key[i]),
                witness(space, found.worst_key[i]),
                vetoed,
                YES if certain else NO,
                " ".join(decided),
                _rank(best_open[i]),
                _rank(worst_open[i]),
                made.exact,
            )
        )
    return table_frame(OUTPUTS["sensitivity"], rows)


def _rank(value: Any) -> int | None:
    return int(value) if value else None


def witness(space: Space, key: int) -> str:
    """Return a witness as it stands in the files; empty for none, or for the run's own readings."""
    return "" if key in (NO_WITNESS, UNKNOWN) else written(space.changed(key))


def _open_ranks(made: Certificate) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return best and worst ranks when what is open may come out anywhere in its range."""
    who, ranked = made.candidates, made.ranks > 0
    lows, highs = np.sort(who.low[ranked]), np.sort(who.high[ranked])
    count = len(lows)
    best = 1 + count - np.searchsorted(lows, who.high, side="right")
    # Everybody whose most exceeds one's least may be ahead; one's own most may be among them.
    ahead = count - np.searchsorted(highs, who.low, side="right") - (who.high > who.low)
    return np.where(ranked, best, 0), np.where(ranked, 1 + ahead, 0)


def cuts_frame(made: Certificate) -> pd.DataFrame:
    """Return the rows of cuts.csv: who is in under every combination, or under some."""
    rows = []
    for cut in made.found.inside:
        rows += cut_rows(made, cut)
    return table_frame(OUTPUTS["cuts"], rows)


def cut_rows(made: Certificate, cut: int) -> list[tuple[Any, ...]]:
    """Return the rows of one cut, in the order of the ids."""
    space, found = made.space, made.found
    rows = []
    for i, candidate in enumerate(made.candidates.ids):
        inside, outside = int(found.inside[cut][i]), int(found.outside[cut][i])
        if inside == NO_WITNESS:
            continue
        membership = IN if outside == NO_WITNESS else OUT_OF
        witnesses = witness(space, inside), witness(space, outside)
        rows.append((space.kind, cut, candidate, membership, *witnesses))
    return rows


def pairs_frame(made: Certificate) -> pd.DataFrame:
    """Return the rows of pairs.csv: neighbours in the ranking, from the first place down."""
    found, ids = made.found, made.candidates.ids
    rows = [
        (
            made.space.kind,
            ids[above],
            ids[below],
            int(made.totals[above] - made.totals[below]),
            int(found.margin_min[i]),
            int(found.margin_max[i]),
            witness(made.space, found.reversing[i]),
        )
        for i, (above, below) in enumerate(made.neighbours)
    ]
    return table_frame(OUTPUTS["pairs"], rows)


def readings_frame(made: Certificate) -> pd.DataFrame:
    """Return the rows of readings.csv: what each option does alone, the run's own doing nothing."""
    ids, rows = made.candidates.ids, []
    for name, options in made.space.options.items():
        for option in options:
            if option == options[0]:
                rows.append((name, option, YES, made.space.kind, 0, 0, 0, ""))
                continue
            totals, places = made.singles[name, option]
            moved = totals - made.totals
            most = int(np.abs(moved).argmax()) if len(moved) else 0
            any_moved = bool(len(moved)) and bool(moved[most])
            rows.append(
                (
                    name,
                    option,
                    NO,
                    made.space.kind,
                    int((moved != 0).sum()),
                    int((places != made.ranks).sum()),
                    int(moved[most]) if any_moved else 0,
                    ids[most] if any_moved else "",
                )
            )
    return table_frame(OUTPUTS["readings"], rows)
