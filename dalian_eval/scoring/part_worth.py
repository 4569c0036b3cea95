"""What a fact of a part is worth, in words and in points.

A number, a column's value or word, a share of the row's own target, a distance from a bound.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from dalian_eval.rubric.columns import DAYS, column_of, is_word_of, place_of_words
from dalian_eval.rubric.numbers import fraction_text, verb
from dalian_eval.rubric.queries import POINT, ByColumn, ByDistance, ByShare, Part
from dalian_eval.rubric.sentences import tiers_sentence
from dalian_eval.rubric.vocabulary import header_of
from dalian_eval.scoring.exact import half_up, times, to_integers
from dalian_eval.scoring.gathering import has_target, share_of_target


def worth_words(part: Part, each: str) -> str:
    """Return what a fact of the part is worth in Chinese; `each`: 每件, 每类 or nothing."""
    if part.once:
        each = "不论几件，共"
    if part.tiers is not None:
        return tiers_sentence(part.tiers)
    if isinstance(part.points, int):
        return each + verb(part.points)
    by = part.points
    if isinstance(by, ByDistance):
        return _distance_words(by, part.table, each)
    if isinstance(by, ByShare):
        done, target = header_of(part.table, by.column), header_of(part.table, by.share_of)
        return (
            f"『{done}』达到『{target}』的，{each}{verb(by.points)}，不足的按比例计，超过的不多计"
        )
    if by is None:
        return ""
    if by.values is None:
        factor = abs(by.times) if by.times is not None else Fraction(1)
        title = header_of(part.table, by.column)
        if by.times is not None and by.times < 0 and "分" not in title:
            return f"登记的『{title}』每1扣{fraction_text(factor)}分"
        return f"按登记的『{title}』{'' if factor == 1 else f'×{fraction_text(factor)}'}计"
    groups: dict[int, list[str]] = {}
    for value, points in by.values.items():
        groups.setdefault(points, []).append(value)
    return "；".join(f"{'、'.join(v)}，{each}{verb(p)}" for p, v in groups.items())


def _distance_words(by: ByDistance, table: str, each: str) -> str:
    """Return what a distance is worth: 每高出目标值1扣0.5分, or 每后一级扣2分 of ordered words."""
    title = f"{each}『{header_of(table, by.column)}』"
    if isinstance(by.bound, Fraction):
        goal = fraction_text(by.bound)
    else:
        word = is_word_of(table, by.column, by.bound)
        goal = by.bound if word else header_of(table, by.bound)
    whole = "，不足一份的不计" if by.whole else "，按比例计"
    if place_of_words(table, by.column):
        side = "后" if by.over is not None else "前"
        whole = "" if by.per == 1 else whole
        levels = fraction_text(by.per)
        return f"{title}排在『{goal}』之{side}的，每差{levels}级{verb(by.points)}{whole}"
    column = column_of(table, by.column)
    if column is not None and column.type in DAYS:
        side = "晚于" if by.over is not None else "早于"
        whole = "" if by.per == 1 else whole
        return f"{title}{side}{goal}的，每{fraction_text(by.per)}天{verb(by.points)}{whole}"
    side = "高出" if by.over is not None else "低于"
    return f"{title}{side}{goal}的，每{side}{fraction_text(by.per)}{verb(by.points)}{whole}"


def points_of(rows: pd.DataFrame, part: Part) -> pd.Series:
    """Return what each row of the part is worth in 0.0001 point, int64."""
    if isinstance(part.points, ByDistance):
        return _by_distance(rows, part.points, part.table)
    if isinstance(part.points, ByShare):
        return _by_share(rows, part.points)
    if isinstance(part.points, ByColumn):
        values = rows[part.points.column]
        if part.points.times is not None:
            numbers, factor = to_integers(values)
            each = part.points.times * POINT
            result = half_up(times(numbers, each.numerator), factor * each.denominator)
            return pd.Series(result, index=rows.index)
        worth = part.points.values or {}
        return values.map(worth).fillna(0).astype("int64")
    return pd.Series(part.points or 0, index=rows.index, dtype="int64")


def _by_distance(rows: pd.DataFrame, by: ByDistance, table: str) -> pd.Series:
    """Return what each row's distance beyond the bound is worth, rounded once; blanks: nothing."""
    side = 1 if by.over is not None else -1
    own = _levels(rows[by.column], table, by.column)
    if isinstance(by.bound, Fraction):
        other = None
    elif is_word_of(table, by.column, by.bound):
        other = pd.Series(place_of_words(table, by.column)[by.bound], index=rows.index)
    else:
        other = _levels(rows[by.bound], table, by.bound)
    known = own.notna() if other is None else own.notna() & other.notna()
    if other is not None:
        both = pd.concat([own[known], other[known]], ignore_index=True)
        numbers, factor = to_integers(both)
        top = numbers[: int(known.sum())] - numbers[int(known.sum()) :]
    else:
        bound = Fraction(by.bound)
        numbers, factor = to_integers(own[known])
        top = times(numbers, bound.denominator) - factor * bound.numerator
        factor *= bound.denominator
    beyond = np.maximum(side * top, 0)
    above = times(beyond, by.per.denominator)
    below = np.full(len(above), factor * by.per.numerator)
    points = (
        times(above // below, by.points) if by.whole else half_up(times(above, by.points), below)
    )
    result = pd.Series(0, index=rows.index, dtype="int64")
    result[known] = points.astype("int64")
    return result


def _levels(values: pd.Series, table: str, column: str) -> pd.Series:
    """Return words as their places in the vocabulary of their column, dates as days; else as is."""
    words = place_of_words(table, column)
    if values.dtype.kind == "M":
        days: pd.Series = (values.dt.normalize() - pd.Timestamp(0)).dt.days.astype("Int64")
        return days
    return values.map(words).astype("Int64") if words else values


def _by_share(rows: pd.DataFrame, by: ByShare) -> pd.Series:
    """Return what each row has achieved of its target in points, rounded once."""
    result = pd.Series(0, index=rows.index, dtype="int64")
    known = has_target(rows[by.share_of])
    shares = [
        share_of_target(done, target)
        for done, target in zip(rows[by.column][known], rows[by.share_of][known], strict=True)
    ]
    top = np.array([s.numerator for s in shares], dtype=object)
    bottom = np.array([s.denominator for s in shares], dtype=object)
    result[known] = half_up(times(top, by.points), bottom)
    return result
