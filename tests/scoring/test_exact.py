"""Exact arithmetic: rounding half up happens once, and never through a binary float."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalian_eval.rubric.numbers import four_decimals, points_text, ratio_text
from dalian_eval.scoring.exact import (
    common,
    half_up,
    to_integers,
)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(5, 10, 1), (4, 10, 0), (15, 10, 2), (25, 10, 3), (-5, 10, -1), (-4, 10, 0), (0, 7, 0)],
)
def test_half_goes_away_from_zero(numerator, denominator, expected):
    assert half_up(np.array([numerator], dtype=object), denominator)[0] == expected


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**15))
def test_half_up_is_the_nearest_integer(numerator, denominator):
    result = int(half_up(np.array([numerator % 10**17], dtype=object), denominator)[0])
    exact = Fraction(numerator % 10**17, denominator)
    assert abs(result - exact) <= Fraction(1, 2)
    assert result - exact != Fraction(-1, 2)


@given(st.lists(st.decimals(0, 100, places=6, allow_nan=False), min_size=1))
def test_scaled_decimals_are_the_same_numbers(values):
    numbers, factor = to_integers(pd.Series(values, dtype="object"))
    assert [Fraction(n, factor) for n in numbers] == [Fraction(v) for v in values]


def test_eighteen_decimals_are_kept():
    numbers, factor = to_integers(pd.Series([Decimal("88.333333333333333333")], dtype="object"))
    assert Fraction(numbers[0], factor) == Fraction("88.333333333333333333")


def test_common_denominator():
    assert common(np.array([1, 2, 3, 4])) == 12
    assert common(np.array([], dtype=np.int64)) == 1


@pytest.mark.parametrize(
    ("points", "short", "full"),
    [
        (5000, "0.5", "0.5000"),
        (-2000, "-0.2", "-0.2000"),
        (1, "0.0001", "0.0001"),
        (0, "0", "0.0000"),
    ],
)
def test_points_as_text(points, short, full):
    assert points_text(points) == short
    assert four_decimals(points) == full


def test_ratio_text_rounds_half_up():
    assert ratio_text(1, 8) == "0.13"
    assert ratio_text(27 * 100, 30) == "90.00"
    assert ratio_text(90, 1, 0) == "90"
