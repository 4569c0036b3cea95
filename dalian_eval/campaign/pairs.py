"""Groups of two for the contest: strong with weak, of different units, as even as can be.

The stronger half is matched with the weaker half; of all such matchings the one is taken with the
fewest pairs of one unit, then with the least distance between the strongest and the weakest pair,
then with the least sum of squares, then by a hash. There are at most 8! of them: all are looked at,
in whole numbers.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations


@dataclass(frozen=True)
class Member:
    """A contestant: code, unit, points (ten-thousandths)."""

    officer: str
    unit: str
    points: int


@dataclass(frozen=True)
class Pair:
    """A group: its number from 1, its officers (the stronger first), the sum of their points."""

    number: int
    officers: tuple[str, str]
    points: int
    same_unit: bool


def pair_contestants(people: Sequence[Member], seed: str) -> tuple[Pair, ...]:
    """Return the groups, numbered by their stronger member; an odd one out (the last) has none.

    `seed` decides between equals, together with who takes part.
    """
    who = "\t".join(sorted(p.officer for p in people))
    chance = hashlib.sha256(f"{seed}\n{who}".encode()).hexdigest()
    ranked = sorted(people, key=lambda p: (-p.points, _hash(chance, p.officer)))
    half = len(ranked) // 2
    strong, weak = ranked[:half], ranked[half : 2 * half]
    # What only points and units decide goes first; a hash is made for the equally good ones alone.
    orders = [*permutations(weak)]
    costs = [_cost(strong, order) for order in orders]
    least = min(costs)
    best = min(
        (order for order, cost in zip(orders, costs, strict=True) if cost == least),
        key=lambda order: _hash(chance, " ".join(p.officer for p in order)),
    )
    return tuple(
        Pair(number, (a.officer, b.officer), a.points + b.points, _same(a, b))
        for number, (a, b) in enumerate(zip(strong, best, strict=True), start=1)
    )


def _cost(strong: Sequence[Member], weak: Sequence[Member]) -> tuple[int, int, int]:
    """Return pairs of one unit, spread of the sums, sum of their squares."""
    sums = [a.points + b.points for a, b in zip(strong, weak, strict=True)]
    same = sum(_same(a, b) for a, b in zip(strong, weak, strict=True))
    return same, max(sums, default=0) - min(sums, default=0), sum(s * s for s in sums)


def _same(a: Member, b: Member) -> bool:
    """Whether both are of one unit; who has none shares it with nobody."""
    return bool(a.unit) and a.unit == b.unit


def _hash(chance: str, text: str) -> str:
    return hashlib.sha256(f"{chance}\t{text}".encode()).hexdigest()
