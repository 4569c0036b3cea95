"""Which rows of a table meet a condition of the rubric."""

import operator
from collections.abc import Callable
from decimal import Decimal
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.columns import place_of_words
from dalian_eval.rubric.queries import Condition, OtherColumn

Flags = npt.NDArray[np.bool_]

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
}
"""The conditions that compare with a bound, and how."""


def meets(rows: pd.DataFrame, table: str, column: str, condition: Condition) -> Flags:
    """Return whether each row of `table` meets a condition on a column."""
    bound = next(
        (getattr(condition, t) for t in COMPARISONS if t in condition.model_fields_set), None
    )
    if not isinstance(bound, OtherColumn | str):
        return satisfies(rows[column], condition)
    left = _ranks(rows[column], table, column)
    if isinstance(bound, str):
        right = [place_of_words(table, column).get(bound)] * len(left)
    else:
        other = rows[bound.column]
        if bound.days:
            other = other + pd.Timedelta(days=bound.days)
        right = _ranks(other, table, bound.column)
    pairs = zip(left, right, strict=True)
    compare = next(COMPARISONS[test] for test in COMPARISONS if test in condition.model_fields_set)
    fits = [a is not None and b is not None and compare(a, b) for a, b in pairs]
    return np.array(fits, dtype=bool)


def _ranks(values: pd.Series, table: str, name: str) -> list[Any]:
    """Return what each value is compared by: a word's place in its vocabulary, else itself."""
    words = place_of_words(table, name)
    blank = values.isna()
    return [
        None if empty else words.get(value) if words else value
        for value, empty in zip(values, blank, strict=True)
    ]


def alike(values: pd.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Number the distinct values of a column, blanks too: each row's number, one row of each."""
    codes, distinct = pd.factorize(values, use_na_sentinel=False)
    first = np.zeros(len(distinct), dtype=np.int64)
    first[codes] = np.arange(len(codes))
    return codes, first


def satisfies(values: pd.Series, condition: Condition) -> Flags:
    """Return whether each value of a column satisfies `condition`, which names no other column.

    A blank satisfies only `equals` with null. List columns hold tuples.
    """
    if condition.equals is not None:
        wanted = [v for v in condition.equals if v is not None]
        result = values.isin(wanted).fillna(False).astype(bool)
        if None in condition.equals:
            result |= values.isna() | (values.astype("str") == "")
    elif condition.filled is not None:
        blank = _blank(values)
        result = ~blank if condition.filled else blank
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
        test = next(test for test in COMPARISONS if test in condition.model_fields_set)
        compare, bound = COMPARISONS[test], getattr(condition, test)
        if isinstance(bound, OtherColumn):
            raise TypeError("a condition on two columns needs the whole row")
        if values.dtype == object:
            sizes = [_size(value) for value in values]
            fits = [size is not None and compare(size, bound) for size in sizes]
            return np.array(fits, dtype=bool)
        result = compare(values, bound).fillna(False).astype(bool)
    return result.to_numpy(dtype=bool)


def _blank(values: pd.Series) -> pd.Series:
    """Return which cells hold nothing; of a list column, no element."""
    if values.dtype == object:
        empty = [v is None or v != v or v in ("", ()) for v in values]
        return pd.Series(empty, index=values.index, dtype=bool)
    return values.isna() | (values.astype("str") == "").fillna(False).astype(bool)


def _size(value: object) -> Decimal | int | None:
    """Return a number as such, of a list how many elements it has; None for a blank."""
    if isinstance(value, tuple):
        return len(value)
    return value if isinstance(value, Decimal) else None


def _holding(values: pd.Series, wanted: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return how many of the wanted elements each cell of a list column holds."""
    sizes = np.fromiter(map(len, values), dtype=np.int64, count=len(values))
    elements = pd.Series([*chain.from_iterable(values)], dtype="str")
    row = np.repeat(np.arange(len(values)), sizes)
    return np.bincount(row[elements.isin(wanted).to_numpy()], minlength=len(values))
