"""The monthly figures of candidates, and whether a figure reaches a threshold."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.scoring.exact import times
from dalian_eval.scoring.facts import Candidates, Facts

Flags = npt.NDArray[np.bool_]


def months_of(facts: Facts, candidates: Candidates, metric: str, variant: str) -> pd.DataFrame:
    """Return the metric's rows of the candidates with their position, in order."""
    rows = facts.monthly
    chosen = np.flatnonzero(
        (rows["kind"] == candidates.kind)
        & (rows["metric"] == metric)
        & (rows["variant"] == variant)
        & rows["month"].isin(facts.months)
    )
    who = candidates.index_of(rows["candidate"].iloc[chosen])
    month = pd.Categorical(rows["month"].iloc[chosen], facts.months)
    known = np.flatnonzero(who >= 0)
    order = known[np.argsort(who[known] * len(facts.months) + month.codes[known], kind="stable")]
    figures = rows[["numerator", "denominator", "evidence"]].iloc[chosen[order]]
    figures = figures.reset_index(drop=True)
    return figures.assign(candidate=who[order], month=month[order])


def passes(numerator: pd.Series, denominator: pd.Series, at_least: Fraction) -> Flags:
    """Return whether each quotient reaches `at_least`, by integer cross-multiplication."""
    left = times(numerator.to_numpy(dtype=np.int64), at_least.denominator)
    right = times(denominator.to_numpy(dtype=np.int64), at_least.numerator)
    return np.asarray((denominator.to_numpy() > 0) & (left >= right), dtype=bool)
