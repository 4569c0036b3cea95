"""Sentences in columns: each distinct one is made once, rows refer to it by number.

Hundreds of thousands of candidates share a few sentences (so many records in such a month), so a
column of sentences is a pandas Categorical; what differs row by row is joined as Arrow text.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import union_categoricals

from dalian_eval.rubric.numbers import points_text, verb
from dalian_eval.scoring.exact import Ints, times

Texts = pd.Categorical
"""A column of sentences."""


def repeated(text: str, size: int) -> Texts:
    """Return one sentence for `size` rows."""
    return pd.Categorical.from_codes(np.zeros(size, dtype=np.int32), pd.Index([text], dtype="str"))


def of(texts: pd.Series | Iterable[str]) -> Texts:
    """Return a column of texts as sentences."""
    codes, distinct = pd.factorize(pd.Series(texts, dtype="str"))
    return pd.Categorical.from_codes(codes, pd.Index(distinct, dtype="str"))


def told(columns: Sequence[Any], sentence: Callable[..., str]) -> Texts:
    """Return `sentence(*row)` for every row of `columns`, made once per distinct row."""
    codes = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        mine, distinct = pd.factorize(np.asarray(column))
        codes, _ = pd.factorize(codes * max(1, len(distinct)) + mine)
    first = np.zeros(codes.max(initial=-1) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    rows = zip(*(np.asarray(column)[first] for column in columns), strict=True)
    made = of([sentence(*row) for row in rows])
    return pd.Categorical.from_codes(made.codes[codes], made.categories)


def ending(texts: Texts, note: str) -> Texts:
    """Return the sentences with `note` after each."""
    return texts.rename_categories(lambda text: f"{text}{note}")


def joined(parts: Sequence[Any], separator: str = "") -> pd.Series:
    """Return text columns joined row by row; all but the first may be plain texts."""
    result = pd.Series(parts[0], copy=False).astype("str")
    for part in parts[1:]:
        if separator:
            result = result + separator
        result = result + (part if isinstance(part, str) else part.astype("str"))
    return result


def points_texts(points: Any) -> pd.Series:
    """Return `points_text` of every value."""
    return _by_value(points, points_text)


def verbs(points: Any) -> pd.Series:
    """Return `verb` (得0.5分, 扣0.5分) of every value."""
    return _by_value(points, verb)


def _by_value(values: Any, text: Callable[[int], str]) -> pd.Series:
    index = values.index if isinstance(values, pd.Series) else None
    codes, distinct = pd.factorize(np.asarray(values))
    made = pd.Series([text(int(v)) for v in distinct], dtype="str")
    return made.iloc[codes].set_axis(index if index is not None else range(len(codes)))


def ratio_texts(
    numerator: Ints, denominator: Ints, decimals: int = 2, nothing: str = ""
) -> pd.Series:
    """Return quotients of non-negative numbers rounded half up to `decimals`, for display only.

    `nothing` stands where the denominator is 0.
    """
    factor = 10**decimals
    bottom = np.where(denominator == 0, 1, denominator)
    rounded = (times(numerator, 2 * factor) + bottom) // times(bottom, 2)
    whole = pd.Series(rounded // factor).astype("str")
    rest = pd.Series(rounded % factor).astype("str").str.zfill(decimals)
    text = joined([whole, rest], ".") if decimals else whole
    return text.where(pd.Series(denominator) != 0, nothing)


def months(dates: pd.Series) -> Texts:
    """Return the months (yyyy-mm) of dates; blank where there is none."""
    number = (dates.dt.year * 12 + dates.dt.month - 1).fillna(-1).astype("int64")
    return told([number], lambda n: f"{n // 12:04d}-{n % 12 + 1:02d}" if n >= 0 else "")


def days(dates: pd.Series) -> pd.Series:
    """Return dates as yyyy-mm-dd; missing where there is none."""
    text = pd.Series(np.datetime_as_string(dates.to_numpy().astype("datetime64[D]")), dtype="str")
    return text.set_axis(dates.index).where(dates.notna())


def stack(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames of the same columns below each other, keeping sentences as such."""
    filled = [frame for frame in frames if len(frame)] or list(frames[:1])
    if len(filled) == 1:
        return filled[0].reset_index(drop=True)
    shared = [c for c in filled[0] if isinstance(filled[0][c].dtype, pd.CategoricalDtype)]
    rest = pd.concat([f.drop(columns=shared) for f in filled], ignore_index=True)
    for column in shared:
        rest[column] = union_categoricals([f[column] for f in filled])
    return rest[list(filled[0].columns)]


def lexical(texts: Texts) -> npt.NDArray[np.int64]:
    """Return for every row the rank of its sentence in lexical order."""
    order = np.argsort(np.asarray(texts.categories.to_numpy(), dtype=object), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[texts.codes])
