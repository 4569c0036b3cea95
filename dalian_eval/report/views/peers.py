"""How a candidate compares: the median and the best of all candidates of its kind, exactly."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from dalian_eval.report.base.points import half_points


@dataclass(frozen=True)
class Peers:
    """The points all candidates of a kind have for one item or clause, in ten-thousandths.

    `count`: how many have points or could have; `doubled`: twice their median, a whole number.
    """

    count: int
    doubled: int
    best: int

    @property
    def median(self) -> str:
        """The median as text, at most four decimals."""
        return self.median_text()

    def differs(self, points: int) -> bool:
        """Whether the median is another number of points."""
        return self.doubled != 2 * points

    def median_text(self, four: bool = False) -> str:
        """Return the median as text, with four decimals if the column has them."""
        return half_points(self.doubled, four)

    def beyond(self, points: int, four: bool = False) -> str:
        """Return by how much `points` exceed the median, signed."""
        text = half_points(2 * points - self.doubled, four)
        return f"+{text}" if 2 * points > self.doubled else text


def compare(clauses: pd.DataFrame, leaves: Collection[str]) -> dict[tuple[str, str], Peers]:
    """Return the peers of every kind and item or clause (rows of clauses.csv).

    Whom a clause does not apply to, or (in `leaves`) who waits for data, has nothing to compare; an
    item counts with what it holds so far.
    """
    waits = (clauses["status"] == "unavailable") & clauses["clause"].isin([*leaves])
    rows = clauses[~waits & (clauses["status"] != "not_applicable")]
    return {
        (str(kind), str(clause)): of_points([*map(int, points)])
        for (kind, clause), points in rows.groupby(["kind", "clause"])["points"]
    }


def of_points(points: Collection[int]) -> Peers:
    """Return what points, at least one, come to."""
    ordered = sorted(points)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return Peers(len(ordered), low + high, ordered[-1])
