"""What a monthly metric is: a numerator and a denominator, each counted or added up by month."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from dalian_eval.rubric.queries import Condition, Kind, Strict

STAFF: dict[str, Literal["month_end", "whole_month"]] = {
    "staff_month_end": "month_end",
    "staff_whole_month": "whole_month",
}
"""Tables made of 人员 and 任职: who is counted as staff (在编在岗持证) of a unit in a month.

A row per unit, month and officer, those of the units below it included; on the month's last day,
or on all of its days. They have the columns of `STAFF_COLUMNS`.
"""

STAFF_COLUMNS: dict[str, str] = {
    "unit_id": "单位编码",
    "month": "月份",
    "officer_id": "执法证号",
    "entered": "录入过检查记录",
}
"""Columns of the tables of staff with their titles; `entered`: whether the officer inspected or
uploaded any record that was uploaded in the month."""

DERIVED_DAYS: dict[str, dict[str, str]] = {"cases": {"decided": "决定日期"}}
"""Days that are made besides the columns of a table: 决定日期, of a 移送 without one 移送日期."""


class Amount(Strict):
    """What is counted or added up per owner and month.

    `take`: rows, distinct values of `column`, or its sum; `month`: the column that says to which
    month a row belongs; `by`: the column that names whose it is; `reach`: of a unit, also what
    belongs to the units below it (subtree), or its own alone; `decimals`: of the numbers added up.
    """

    table: str
    take: Literal["count", "distinct", "sum"] = "count"
    column: str | None = None
    month: str
    by: str
    reach: Literal["subtree", "own"]
    decimals: int = 0
    where: dict[str, Condition] = Field(default_factory=dict)

    @property
    def tables(self) -> frozenset[str]:
        """The tables it cannot do without, save 人员 and 任职."""
        if self.table not in STAFF:
            return frozenset((self.table,))
        return frozenset(("inspections",) if "entered" in self.where else ())


class Quotient(Strict):
    """One way to take a metric: `numerator` ÷ `denominator`; without the latter a count."""

    numerator: Amount
    denominator: Amount | None = None

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """The amounts there are."""
        return (self.numerator,) if self.denominator is None else (self.numerator, self.denominator)


class Metric(Strict):
    """A monthly metric of every candidate of `kind`.

    `form`: a share (top ÷ bottom, in per cent), a mean (top per bottom) or a count (top alone).
    `units`: the Chinese units of top and bottom; `nobody`: what there is none of when bottom is 0.
    `about`: what is counted, for the reader. `every_month`: whether a candidate has a figure in
    each month, 0 where there are no rows.
    """

    title: str
    kind: Kind
    form: Literal["share", "mean", "count"]
    units: tuple[str, str]
    nobody: str
    about: str = ""
    every_month: bool
    ways: dict[str, Quotient]

    @property
    def variants(self) -> tuple[str, ...]:
        """The ways to take it; the first is the usual one."""
        return tuple(self.ways)

    @property
    def tables(self) -> frozenset[str]:
        """The tables it cannot do without, save 人员 and 任职."""
        amounts = (a for way in self.ways.values() for a in way.amounts)
        return frozenset().union(*(a.tables for a in amounts))

    @property
    def scale(self) -> int:
        """What both sides are multiplied by so that they are whole: 100 where there are cents."""
        amounts = (a for way in self.ways.values() for a in way.amounts)
        return int(10 ** max((a.decimals for a in amounts), default=0))

    def side_text(self, number: int) -> str:
        """Return a numerator or denominator as people write it, with its decimals."""
        return f"{(Decimal(number) / self.scale).normalize():f}"

    @property
    def counts_staff(self) -> bool:
        """Whether it needs 人员 and 任职."""
        return any(a.table in STAFF for way in self.ways.values() for a in way.amounts)
