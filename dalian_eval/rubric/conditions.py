"""Which rows of a table meet a condition of the rubric."""

from decimal import Decimal
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.queries import Condition


def satisfies(values: pd.Series, condition: Condition) -> npt.NDArray[np.bool_]:
    """Return whether each value of a column satisfies `condition`.

    A blank satisfies only `equals` with null. List columns hold tuples.
    """
    if condition.equals is not None:
        wanted = [v for v in condition.equals if v is not None]
        result = values.isin(wanted).fillna(False).astype(bool)
        if None in condition.equals:
            result |= values.isna() | (values.astype("str") == "")
    elif condition.mentions is not None:
        text = values.fillna("").astype("str")
        result = pd.Series(False, index=values.index)
        for word in condition.mentions:
            result |= text.str.contains(word, regex=False)
    elif condition.years is not None:
        result = values.dt.year.isin(condition.years)
    elif condition.any_of is not None:
        result = pd.Series(_holding(values, condition.any_of) > 0)
    elif condition.all_of is not None:
        result = pd.Series(_holding(values, condition.all_of) == len(set(condition.all_of)))
    else:
        low, high = condition.at_least, condition.at_most
        if values.dtype == object:
            sizes = [_size(value) for value in values]
            fits = [_between(size, low, high) for size in sizes]
            return np.array(fits, dtype=bool)
        result = (values >= low if low is not None else values <= high).fillna(False).astype(bool)
    return result.to_numpy(dtype=bool)


def _size(value: object) -> Decimal | int | None:
    """Return a number as such, of a list how many elements it has; None for a blank."""
    if isinstance(value, tuple):
        return len(value)
    return value if isinstance(value, Decimal) else None


def _between(size: Decimal | int | None, low: int | None, high: int | None) -> bool:
    return size is not None and (low is None or size >= low) and (high is None or size <= high)


def _holding(values: pd.Series, wanted: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return how many of the wanted elements each cell of a list column holds."""
    sizes = np.fromiter(map(len, values), dtype=np.int64, count=len(values))
    elements = pd.Series([*chain.from_iterable(values)], dtype="str")
    row = np.repeat(np.arange(len(values)), sizes)
    return np.bincount(row[elements.isin(wanted).to_numpy()], minlength=len(values))
