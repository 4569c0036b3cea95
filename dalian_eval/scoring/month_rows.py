"""The monthly figures of candidates, and whether a figure reaches a threshold."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.schema.frames import ORIGINS
from dalian_eval.scoring.exact import times
from dalian_eval.scoring.facts import Candidates, Facts, Positions

Flags = npt.NDArray[np.bool_]


def months_of(facts: Facts, candidates: Candidates, metric: str, variant: str) -> pd.DataFrame:
    """Return the metric's rows of the candidates with their position, in order.

    Columns numerator, denominator, candidate, month, and `row`: the place in `facts.monthly`.
    """
    rows = facts.monthly
    chosen = np.flatnonzero(
        (rows["kind"] == candidates.kind)
        & (rows["metric"] == metric)
        & (rows["variant"] == variant)
    )
    who = candidates.index_of(rows["candidate"].iloc[chosen])
    month = pd.Categorical(rows["month"].iloc[chosen], facts.months)
    known = np.flatnonzero((who >= 0) & (month.codes >= 0))
    order = known[np.argsort(who[known] * len(facts.months) + month.codes[known], kind="stable")]
    row = chosen[order]
    return pd.DataFrame(
        {
            "numerator": rows["numerator"].to_numpy()[row],
            "denominator": rows["denominator"].to_numpy()[row],
            "candidate": who[order],
            "month": month[order],
            "row": row,
        }
    )


def evidence_of_months(facts: Facts, rows: pd.DataFrame) -> pd.Series:
    """Return the list of records behind each month (see `months_of`)."""
    return facts.monthly["evidence"].iloc[rows["row"].to_numpy()].reset_index(drop=True)


def evidence_pairs(facts: Facts, rows: pd.DataFrame) -> tuple[Positions, Positions]:
    """Return the candidate and the origin of every record behind months (see `months_of`)."""
    evidence = pa.array(evidence_of_months(facts, rows).array, ORIGINS.pyarrow_dtype)
    if isinstance(evidence, pa.ChunkedArray):
        evidence = evidence.combine_chunks()
    place = pc.list_parent_indices(evidence).to_numpy()
    return rows["candidate"].to_numpy()[place], evidence.flatten().to_numpy()


def passes(numerator: pd.Series, denominator: pd.Series, at_least: Fraction) -> Flags:
    """Return whether each quotient reaches `at_least`, by integer cross-multiplication."""
    left = times(numerator.to_numpy(dtype=np.int64), at_least.denominator)
    right = times(denominator.to_numpy(dtype=np.int64), at_least.numerator)
    return np.asarray((denominator.to_numpy() > 0) & (left >= right), dtype=bool)
