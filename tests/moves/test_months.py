"""What is missing in a month, by hand."""

from fractions import Fraction

import pytest

from dalian_eval.moves.months import _lacking, _next_step, _rate
from tests.properties.road import rubric

TRANSMISSION = rubric().unit.clauses["unit.digital.automonitor.transmission"]


def test_the_next_step_is_a_whole_per_cent_above_ninety():
    assert _next_step(TRANSMISSION, Fraction(8999, 10000)) == Fraction(90, 100)
    assert _next_step(TRANSMISSION, Fraction(90, 100)) == Fraction(91, 100)
    assert _next_step(TRANSMISSION, Fraction(909, 1000)) == Fraction(91, 100)
    assert _next_step(TRANSMISSION, Fraction(91, 100)) == Fraction(92, 100)
    assert _next_step(TRANSMISSION, Fraction(995, 1000)) == 1
    assert _next_step(TRANSMISSION, Fraction(1)) is None


@pytest.mark.parametrize(
    ("figures", "rate", "pooled", "number"),
    [
        # 9,000 of 10,000 and 8,990 of 10,000: 17,990 of 20,000, ten short of 90 %.
        ({"2024-01": (9000, 10000), "2024-02": (8990, 10000)}, Fraction(90, 100), True, 10),
        ({"2024-01": (9000, 10000), "2024-02": (8991, 10000)}, Fraction(90, 100), True, 9),
        # The mean of 95 % and 84 % is 89.5 %: the second month needs 85 %, ten of a thousand.
        ({"2024-01": (950, 1000), "2024-02": (840, 1000)}, Fraction(90, 100), False, 10),
        # One per mille of 333 is no whole transmission: it is rounded up.
        ({"2024-02": (299, 333)}, Fraction(90, 100), True, 1),
        ({"2024-02": (9000, 10000)}, Fraction(90, 100), True, None),
        ({"2024-01": (1, 2)}, Fraction(90, 100), True, None),
    ],
)
def test_what_is_lacking_in_the_month(figures, rate, pooled, number):
    assert _lacking(figures, "2024-02", rate, pooled) == number
    if number is not None:
        top, bottom = figures["2024-02"]
        enough = {**figures, "2024-02": (top + number, bottom)}
        short = {**figures, "2024-02": (top + number - 1, bottom)}
        assert _rate(enough, pooled) >= rate > _rate(short, pooled)
