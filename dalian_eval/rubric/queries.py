"""What the rules of a rubric ask of the tables: points, conditions, windows, queries, measures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

POINT = 10_000
"""One point in units of 0.0001."""

Kind = Literal["unit", "officer"]
SECTION_NAMES: tuple[Kind, ...] = ("unit", "officer")
KIND_TITLES: dict[Kind, str] = {"unit": "集体", "officer": "个人"}


def _points(value: object) -> int:
    """Turn a YAML number into ten-thousandths of a point; ValueError when it has more decimals."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("分值必须是数字")
    scaled = Decimal(value) * POINT
    if scaled != scaled.to_integral_value():
        raise ValueError(f"分值{value}超过4位小数")
    return int(scaled)


def _fraction(value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("必须是数字")
    return Fraction(value)


def _sequence(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


Points = Annotated[int, BeforeValidator(_points)]
Ratio = Annotated[Fraction, BeforeValidator(_fraction)]
Names = Annotated[tuple[str, ...], BeforeValidator(_sequence)]


class Strict(BaseModel):
    """Base of all rubric models: unknown keys refused, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Condition(Strict):
    """What a column must satisfy: one of `equals` (None is blank), a text, a list or a number.

    `any_of` keeps, of a list column, only the named elements: they are what a label names.
    """

    equals: tuple[str | int | bool | None, ...] | None = None
    any_of: tuple[str, ...] | None = None
    all_of: tuple[str, ...] | None = None
    mentions: tuple[str, ...] | None = None
    at_least: int | None = None
    at_most: int | None = None
    years: tuple[int, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, value: object) -> object:
        """A scalar or a list in YAML is short for `equals`."""
        if isinstance(value, dict):
            return value
        return {"equals": tuple(value) if isinstance(value, list) else (value,)}

    @model_validator(mode="after")
    def _one_test(self) -> Condition:
        if len(self.model_fields_set) != 1:
            raise ValueError("每个条件只能写一种判断")
        return self


class Years(Strict):
    """A window of whole calendar years, cut at as-of."""

    years: tuple[int, ...]


Window = Literal["period", "by_as_of", "standing", "standing_period"] | Years
"""When a fact counts, by its governing date and never after as-of.

period: in P; by_as_of: any date up to as-of; standing: undated, or dated by as-of;
standing_period: undated, or in P; years: in those calendar years.
"""

Reach = Literal["own", "subtree", "officers", "handled"]
"""Whose rows a candidate's facts are.

own: rows about the candidate itself; subtree: rows about the unit and its descendants;
officers: rows about officers posted in the subtree on the governing date;
handled: rows of cases whose main handler (主要承办人) the officer is.
"""


class Query(Strict):
    """Which rows of a table are facts for a clause; `what` says it in Chinese for the reasons."""

    what: str
    table: str
    of: Annotated[tuple[Reach, ...], BeforeValidator(_sequence)]
    date: str | None = None
    window: Window | None = None
    where: dict[str, Condition] = Field(default_factory=dict)
    show: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _dated(self) -> Query:
        if (self.date is None) != (self.window is None):
            raise ValueError("date 与 window 必须同时写")
        return self


class ByColumn(Strict):
    """Points looked up by a column's value (`values`), or that column `times` a factor."""

    column: str
    values: dict[str, Points] | None = None
    times: Ratio | None = None

    @model_validator(mode="after")
    def _one_way(self) -> ByColumn:
        if (self.values is None) == (self.times is None):
            raise ValueError("values 与 times 必须且只能写一个")
        return self


class Tier(Strict):
    """`points` from `at_least` on."""

    at_least: Ratio
    points: Points


class Part(Query):
    """Facts and what each is worth.

    `points`: a number, or by a column; `once`: however many facts, the part counts once;
    `label`: what makes two facts one award (default: the clause's label, else the row itself);
    `tiers`: the part is worth what the number of distinct labels reaches.
    """

    points: Points | ByColumn | None = None
    once: bool = False
    label: Names | None = None
    tiers: tuple[Tier, ...] | None = None


class FactMeasure(Query):
    """A number per candidate: its facts counted, or a column of theirs added up or averaged.

    `label`: count only distinct values of these columns. Blank cells are left out. Without facts a
    count and a sum are 0, a mean is nothing. `unit`: the Chinese unit of the number (件, 分).
    """

    take: Literal["count", "sum", "mean"] = "count"
    column: str | None = None
    label: Names | None = None
    unit: str = ""

    @model_validator(mode="after")
    def _column_when_needed(self) -> FactMeasure:
        if (self.take == "count") != (self.column is None):
            raise ValueError("take: sum 与 mean 必须写 column，count 不写")
        if self.label is not None and self.take != "count":
            raise ValueError("label 只用于 take: count")
        return self


class MonthMeasure(Strict):
    """A number per candidate: a monthly metric over the months ended so far, pooled."""

    what: str
    metric: str
    variant: str


def _fact_or_month(value: object) -> str:
    """A measure with a metric is a monthly one, any other counts facts."""
    if isinstance(value, Mapping):
        return "months" if "metric" in value else "facts"
    return "months" if isinstance(value, MonthMeasure) else "facts"


Measure = Annotated[
    Annotated[FactMeasure, Tag("facts")] | Annotated[MonthMeasure, Tag("months")],
    Discriminator(_fact_or_month),
]


class Gate(Query):
    """A condition for the clause to apply; what it is `otherwise` (or, for not_if, then)."""

    otherwise: Literal["not_applicable", "unavailable"]
