"""Exact arithmetic on columns: decimals as scaled integers, quotients rounded half up, once.

Numbers are int64 as long as every result fits, and Python integers (object arrays) beyond that:
nothing overflows, and nothing becomes a binary float.
"""

from decimal import Decimal
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[Any]
"""An integer array: int64, or object holding Python integers where int64 would be too small."""

_ROOM = 2**62
"""Results below this fit int64 with room for a doubling."""


def _largest(values: Ints | int) -> int:
    if isinstance(values, int):
        return abs(values)
    return max(abs(int(values.max())), abs(int(values.min()))) if len(values) else 0


def _fitting(values: Ints, bound: int) -> Ints:
    """Return `values` in the narrower form that holds integers up to `bound`."""
    return values.astype(np.int64 if bound < _ROOM else object)


def times(values: Ints, factor: Ints | int) -> Ints:
    """Return the product, exactly."""
    bound = _largest(values) * _largest(factor)
    other = factor if isinstance(factor, int) else _fitting(factor, bound)
    return np.asarray(_fitting(values, bound) * other)


def sums(group: npt.NDArray[np.int64], values: Ints, size: int) -> Ints:
    """Return the sum of `values` per group number, for `size` groups."""
    narrow = _fitting(values, _largest(values) * max(1, len(values)))
    result = np.zeros(size, dtype=narrow.dtype)
    np.add.at(result, group, narrow)
    return result


def to_integers(values: pd.Series) -> tuple[Ints, int]:
    """Return Decimals as integers and the power of ten they were multiplied by; blanks are 0."""
    codes, distinct = pd.factorize(values.to_numpy(dtype=object))
    numbers = [Decimal(v).normalize() for v in distinct]
    places = max((-int(n.as_tuple().exponent) for n in numbers), default=0)
    factor = 10 ** max(places, 0)
    whole = np.zeros(len(numbers) + 1, dtype=object)
    whole[: len(numbers)] = [int(n * factor) for n in numbers]
    return _fitting(whole, _largest(whole))[codes], factor


def half_up(numerator: Ints, denominator: Ints | int) -> npt.NDArray[np.int64]:
    """Return `numerator / denominator` rounded half up (half away from zero), as int64.

    `denominator` must be positive.
    """
    top = np.asarray(numerator)
    bound = 2 * _largest(top) + _largest(denominator)
    top = _fitting(top, bound)
    bottom = denominator if isinstance(denominator, int) else _fitting(denominator, bound)
    rounded = (2 * abs(top) + bottom) // (2 * bottom)
    return np.asarray(np.where(top < 0, -rounded, rounded), dtype=np.int64)


def common(counts: Ints) -> int:
    """Return a number that every count divides: the exact common denominator of their means."""
    return (
        lcm(*(int(c) for c in np.unique(np.asarray(counts, dtype=np.int64)))) if len(counts) else 1
    )
