"""Sentences in columns: each distinct one is made once, rows refer to it by number.

Hundreds of thousands of candidates share a few sentences (so many records in such a month), so a
column of sentences is an Arrow dictionary; what differs row by row is joined as Arrow text.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import union_categoricals

from dalian_eval.base.day_words import day_words
from dalian_eval.rubric.numbers import points_text, verb
from dalian_eval.scoring.exact import Ints, times

SENTENCES = pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))
"""The dtype of a column of sentences."""


def _dictionary(codes: Any, distinct: pa.Array) -> pd.Series:
    numbers = pa.array(np.asarray(codes, dtype=np.int32))
    return pd.Series(pa.DictionaryArray.from_arrays(numbers, distinct), dtype=SENTENCES)


def numbered(numbers: Any, sentences: Sequence[str]) -> pd.Series:
    """Return a column in which each row's number says which of the distinct `sentences` it is."""
    return _dictionary(numbers, pa.array(sentences, pa.string()))


def repeat_sentence(text: str, size: int) -> pd.Series:
    """Return one sentence for `size` rows."""
    return _dictionary(np.zeros(size), pa.array([text], pa.string()))


def of(texts: pd.Series | Iterable[str]) -> pd.Series:
    """Return a column of texts as sentences."""
    codes, distinct = pd.factorize(pd.Series(texts, dtype="str"))
    return _dictionary(codes, pa.array(distinct, pa.string()))


def sentences_of_rows(columns: Sequence[Any], sentence: Callable[..., str]) -> pd.Series:
    """Return `sentence(*row)` for every row of `columns`, made once per distinct row."""
    codes = np.zeros(len(columns[0]), dtype=np.int64)
    span = 1
    for column in columns:
        mine, size = _numbers(np.asarray(column))
        if span * size > _WIDE:
            codes, distinct = pd.factorize(codes)
            span = len(distinct)
        codes, span = codes * size + mine, span * size
    codes, _ = pd.factorize(codes)
    first = np.zeros(codes.max(initial=-1) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    rows = zip(*(np.asarray(column)[first] for column in columns), strict=True)
    return _dictionary(codes, pa.array([sentence(*row) for row in rows], pa.string()))


_WIDE = 2**62
"""What a combination's number stays below."""


def _numbers(values: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], int]:
    """Number the distinct values of a column, with gaps; return a bound of the numbers, too."""
    if values.dtype.kind in "iu" and len(values):
        low, high = int(values.min()), int(values.max())
        if high - low < _SMALL:
            return (values - low).astype(np.int64), high - low + 1
    codes, distinct = pd.factorize(values)
    return codes.astype(np.int64), max(1, len(distinct))


_SMALL = 2**20
"""Integers of so small a range are their own numbers."""


def join_groups(
    words: pd.Series, group: npt.NDArray[np.int64], size: int, separator: str
) -> pd.Series:
    """Return the texts of each of `size` groups joined in their order; empty for none."""
    array = pa.array(words.array, pa.string()).take(pa.array(np.argsort(group, kind="stable")))
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    offsets = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=size))])
    lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), array)
    return pd.Series(pc.binary_join(lists, separator), dtype="str")


def whole(texts: pd.Series) -> pa.DictionaryArray:
    """Return a column of sentences as one Arrow array whose dictionary holds each once."""
    array = texts.array.__arrow_array__()
    return array.unify_dictionaries().combine_chunks()


def taken(array: pa.DictionaryArray, order: npt.NDArray[np.int64]) -> pd.Series:
    """Return the sentences (see `whole`) in `order`."""
    return _dictionary(array.indices.to_numpy()[order], array.dictionary)


def ending(texts: pd.Series, note: str) -> pd.Series:
    """Return the sentences with `note` after each."""
    array = whole(texts)
    longer = pc.binary_join_element_wise(array.dictionary, pa.scalar(note), "")
    return _dictionary(array.indices.to_numpy(), longer)


def join_columns(parts: Sequence[Any], separator: str = "") -> pd.Series:
    """Return text columns joined row by row; all but the first may be plain texts."""
    result: pd.Series = parts[0].astype("str")
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
    text = join_columns([whole, rest], ".") if decimals else whole
    return text.where(pd.Series(denominator) != 0, nothing)


def months(dates: pd.Series) -> pd.Categorical:
    """Return the months (yyyy-mm) of dates; blank where there is none."""
    number = (dates.dt.year * 12 + dates.dt.month - 1).fillna(-1).astype("int64")
    codes, distinct = pd.factorize(number)
    names = [f"{n // 12:04d}-{n % 12 + 1:02d}" if n >= 0 else "" for n in distinct]
    return pd.Categorical.from_codes(codes, pd.Index(names, dtype="str"))


def one_month(month: str, size: int) -> pd.Categorical:
    """Return the same month, or none (empty), for `size` rows."""
    return pd.Categorical.from_codes(np.zeros(size, dtype=np.int8), pd.Index([month], dtype="str"))


def days(dates: pd.Series) -> pd.Series:
    """Return dates as yyyy-mm-dd; missing where there is none."""
    text = pd.Series(np.datetime_as_string(dates.to_numpy().astype("datetime64[D]")), dtype="str")
    return text.set_axis(dates.index).where(dates.notna())


def days_in_words(dates: pd.Series, year: int | None) -> pd.Series:
    """Return dates as in a sentence (`day_words`); missing where there is none."""
    return by_day(dates, lambda day: day_words(day, year))


def by_day(dates: pd.Series, words: Callable[[dt.date], str]) -> pd.Series:
    """Return the words of each date, made once per day; missing where there is none."""
    codes, distinct = pd.factorize(dates)
    told = [words(pd.Timestamp(day).date()) for day in distinct]
    text = pd.Series([*told, None], dtype="str").iloc[codes].set_axis(dates.index)
    return text.where(dates.notna())


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


def lexical(array: pa.DictionaryArray, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return for some rows of sentences (see `whole`) the rank of their text in lexical order."""
    codes = array.indices.to_numpy()[rows]
    used, place = np.unique(codes, return_inverse=True)
    # The order of UTF-8's bytes is that of the characters.
    order = pc.sort_indices(array.dictionary.take(pa.array(used))).to_numpy()
    rank = np.empty(len(used), dtype=np.int64)
    rank[order] = np.arange(len(used))
    return rank[place]


def short_ratio_texts(numerator: np.ndarray, denominator: np.ndarray) -> pd.Series:
    """Return quotients with at most four decimals, idle ones left out."""
    told = ratio_texts(numerator, denominator, 4)
    return told.astype("str").str.rstrip("0").str.rstrip(".")
