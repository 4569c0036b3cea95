"""Several numbers of one candidate made into one: which of them count, added up or averaged."""

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
import pandas as pd

from dalian_eval.rubric.queries import FactMeasure, Few, Gathering
from dalian_eval.scoring.awards import number_groups
from dalian_eval.scoring.exact import Ints, common, sums, times, to_integers
from dalian_eval.scoring.facts import Positions
from dalian_eval.scoring.month_rows import Flags


@dataclass(frozen=True)
class Gathered:
    """`top` ÷ (`count` × `factor`) of every candidate; `count` 0: there is nothing.

    `counts`: which rows it is made of.
    """

    top: Ints
    count: Ints
    factor: int
    counts: Flags


def gather(measure: FactMeasure, rows: pd.DataFrame, size: int) -> Gathered:
    """Return what a measure makes of the rows of each of `size` candidates.

    `rows`: with `candidate` and the columns of the measure, without blanks in them.
    """
    how = measure.gathering
    if how is None or measure.column is None:
        raise TypeError("a measure that counts facts adds nothing up")
    if measure.share_of is not None:
        numbers, factor = _shares(rows[measure.column], rows[measure.share_of])
    else:
        numbers, factor = to_integers(rows[measure.column])
    who = rows["candidate"].to_numpy(dtype=np.int64)
    if measure.each is None:
        top, count, counts = _gather(who, numbers, size, how)
        return Gathered(top, count, factor, counts)
    ones, first = number_groups(who, pd.factorize(rows[measure.each.by])[0])
    own, members, within = _gather(ones, numbers, len(first), measure.each)
    # What nothing is left of is no number.
    there = np.flatnonzero(members > 0)
    shared = common(members[there])
    values = times(own[there], shared // members[there])
    top, count, kept = _gather(who[first][there], values, size, how)
    chosen = np.zeros(len(first), dtype=bool)
    chosen[there] = kept
    return Gathered(top, count, factor * shared, within & chosen[ones])


def _gather(group: Positions, numbers: Ints, size: int, how: Gathering) -> tuple[Ints, Ints, Flags]:
    """Return the sum, what it is divided by, and which numbers count, for `size` groups."""
    counts = _counting(group, numbers, how)
    who = group[counts]
    total = sums(who, numbers[counts], size)
    if how.take == "mean":
        return total, np.bincount(who, minlength=size), counts
    return total, np.ones(size, dtype=np.int64), counts


def _counting(group: Positions, numbers: Ints, how: Gathering) -> Flags:
    """Return which numbers count: all, those to keep, or those not to drop."""
    if how.keep is not None:
        return _at_the_ends(group, numbers, how.keep)
    if how.drop is not None:
        return ~_at_the_ends(group, numbers, how.drop)
    return np.ones(len(group), dtype=bool)


def _at_the_ends(group: Positions, numbers: Ints, few: Few) -> Flags:
    """Return which numbers are the highest or lowest few of their group; equal ones in order."""
    _, rank = np.unique(numbers, return_inverse=True)
    result = np.zeros(len(group), dtype=bool)
    for most, key in ((few.highest, -rank), (few.lowest, rank)):
        # Taken from both ends, no number is taken twice.
        left = np.flatnonzero(~result)
        order = left[np.lexsort((key[left], group[left]))]
        sorted_ = group[order]
        result[order[np.arange(len(order)) - np.searchsorted(sorted_, sorted_) < most]] = True
    return result


def share_of_target(done: Any, target: Any) -> Fraction:
    """Return what is achieved of a target above 0, at most all of it; a blank is nothing."""
    if done is None or pd.isna(done):
        return Fraction(0)
    return max(Fraction(0), min(Fraction(str(done)) / Fraction(str(target)), Fraction(1)))


def has_target(targets: pd.Series) -> Flags:
    """Return which targets are numbers above 0."""
    return np.array([not pd.isna(t) and t > 0 for t in targets], dtype=bool)


def _shares(done: pd.Series, target: pd.Series) -> tuple[Ints, int]:
    """Return what each row has achieved of its target, as integers over one denominator."""
    shares = [share_of_target(d, t) for d, t in zip(done, target, strict=True)]
    factor = lcm(*(s.denominator for s in shares))
    numbers = np.zeros(len(shares), dtype=object)
    numbers[:] = [s.numerator * (factor // s.denominator) for s in shares]
    return numbers, factor
