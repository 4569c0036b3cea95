"""The order in which the plan ranks: equal values share the first of their places (1, 2, 2, 4)."""

from collections.abc import Iterable
from fractions import Fraction
from typing import TypeVar

Value = TypeVar("Value", int, Fraction)


def competition_ranks(values: Iterable[Value]) -> dict[Value, int]:
    """Return the competition rank of each distinct value, the highest value first.

    `sensitivity.space.ranks` gives the same for many rows at once; every run compares the two.
    """
    ranks: dict[Value, int] = {}
    for place, value in enumerate(sorted(values, reverse=True), start=1):
        ranks.setdefault(value, place)
    return ranks
