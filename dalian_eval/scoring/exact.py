"""Exact arithmetic on columns: decimals as scaled integers, quotients rounded half up, once."""

from decimal import Decimal
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.model import POINT

Ints = npt.NDArray[Any]
"""An integer array: int64, or object holding Python integers where int64 would be too small."""


def scaled(values: pd.Series) -> tuple[Ints, int]:
    """Return Decimals as Python integers and the power of ten they were multiplied by.

    The result is an object array, so sums and products cannot overflow.
    """
    numbers = [Decimal(0) if v is None or v != v else Decimal(v).normalize() for v in values]
    places = max((-int(n.as_tuple().exponent) for n in numbers), default=0)
    factor = 10 ** max(places, 0)
    result = np.empty(len(numbers), dtype=object)
    result[:] = [int(n * factor) for n in numbers]
    return result, factor


def half_up(numerator: Ints, denominator: Ints | int) -> npt.NDArray[np.int64]:
    """Return `numerator / denominator` rounded half up (half away from zero), as int64.

    `denominator` must be positive.
    """
    top = np.asarray(numerator, dtype=object)
    sign = np.where(top < 0, -1, 1).astype(object)
    result = sign * ((2 * abs(top) + denominator) // (2 * np.asarray(denominator, dtype=object)))
    return np.asarray(result, dtype=np.int64)


def common(counts: Ints) -> int:
    """Return a number that every count divides: the exact common denominator of their means."""
    return (
        lcm(*(int(c) for c in np.unique(np.asarray(counts, dtype=np.int64)))) if len(counts) else 1
    )


def points_text(points: int) -> str:
    """Return points without trailing zeros, as they stand in sentences: 5000 → 0.5."""
    sign = "-" if points < 0 else ""
    whole, rest = divmod(abs(int(points)), POINT)
    decimals = f"{rest:04d}".rstrip("0")
    return f"{sign}{whole}" + (f".{decimals}" if decimals else "")


def four_decimals(points: int) -> str:
    """Return points with exactly four decimals, as they stand in the CSV files."""
    sign = "-" if points < 0 else ""
    whole, rest = divmod(abs(int(points)), POINT)
    return f"{sign}{whole}.{rest:04d}"


def ratio_text(numerator: int, denominator: int, decimals: int = 2) -> str:
    """Return a quotient rounded half up to `decimals`, for display only."""
    factor = 10**decimals
    value = (2 * numerator * factor + denominator) // (2 * denominator)
    whole, rest = divmod(value, factor)
    return f"{whole}.{rest:0{decimals}d}" if decimals else str(whole)
