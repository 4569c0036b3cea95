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
    StrictBool,
    StrictInt,
    StrictStr,
    Tag,
    field_validator,
    model_validator,
)

from dalian_eval.rubric.wording import Template

POINT = 10_000
"""One point in units of 0.0001."""

_MOST_DIGITS = 18
"""No number of a plan is longer."""

Kind = Literal["unit", "officer"]
SECTION_NAMES: tuple[Kind, ...] = ("unit", "officer")


def _points(value: object) -> int:
    """Turn a YAML number into ten-thousandths of a point; ValueError when it has more decimals."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("分值必须是数字")
    _within_reason(value)
    scaled = Decimal(value) * POINT
    if scaled != scaled.to_integral_value():
        raise ValueError(f"分值{value}超过4位小数")
    return int(scaled)


def _fraction(value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("必须是数字")
    _within_reason(value)
    return Fraction(value)


def _within_reason(value: int | Decimal) -> None:
    """ValueError for a number whose exact value would be too long to reckon with."""
    decimal = Decimal(value)
    if abs(decimal.adjusted()) > _MOST_DIGITS or len(decimal.as_tuple().digits) > _MOST_DIGITS:
        raise ValueError("数字的位数太多，请核对")


def _sequence(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


Points = Annotated[int, BeforeValidator(_points)]
Ratio = Annotated[Fraction, BeforeValidator(_fraction)]
Names = Annotated[tuple[str, ...], BeforeValidator(_sequence), Field(min_length=1)]
Title = Annotated[str, Field(min_length=1)]
"""A text that a sentence cannot do without."""


class Strict(BaseModel):
    """Base of all rubric models: unknown keys refused, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class OtherColumn(Strict):
    """Another column of the same row, which a column is compared with; a day so many `days` on."""

    column: str
    days: StrictInt = 0


def _which_bound(value: object) -> str:
    if isinstance(value, Mapping | OtherColumn):
        return "column"
    return "word" if isinstance(value, str) else "number"


Bound = Annotated[
    Annotated[StrictInt, Tag("number")]
    | Annotated[StrictStr, Tag("word")]
    | Annotated[OtherColumn, Tag("column")],
    Discriminator(_which_bound),
]
"""What a column is compared with: a whole number, a word of its vocabulary, or another column."""


class Condition(Strict):
    """What a column must satisfy: one of `equals` (None is blank), a text, a list or a number.

    `filled`: whether there is anything in the cell at all.
    `any_of` keeps, of a list column, only the named elements: they are what a label names.
    `above` and `below` exclude the bound itself. A bound may be another column of the row or a
    word; words of a closed vocabulary are compared in the order in which it declares them.
    """

    equals: tuple[str | int | bool | None, ...] | None = None
    any_of: tuple[str, ...] | None = None
    all_of: tuple[str, ...] | None = None
    mentions: tuple[str, ...] | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None
    above: Bound | None = None
    below: Bound | None = None
    years: tuple[StrictInt, ...] | None = None
    filled: StrictBool | None = None

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

    @property
    def other_column(self) -> str | None:
        """The other column of the row that the condition compares with, if any."""
        bounds = (self.at_least, self.at_most, self.above, self.below)
        return next((b.column for b in bounds if isinstance(b, OtherColumn)), None)


class Years(Strict):
    """A window of whole calendar years, cut at as-of."""

    years: tuple[StrictInt, ...] = Field(min_length=1)


def _which_window(value: object) -> str:
    return "years" if isinstance(value, Mapping | Years) else "word"


_WindowWord = Literal["period", "year_before", "by_as_of", "standing", "standing_period"]

Window = Annotated[
    Annotated[_WindowWord, Tag("word")] | Annotated[Years, Tag("years")],
    Discriminator(_which_window),
]
"""When a fact counts, by its governing date and never after as-of.

period: in P; year_before: in the same days of the year before P; by_as_of: any date up to as-of;
standing: undated, or dated by as-of; standing_period: undated, or in P; years: in those calendar
years.
"""

Reach = Literal["own", "subtree", "officers", "handled"]
"""Whose rows a candidate's facts are.

own: rows about the candidate itself; subtree: rows about the unit and its descendants;
officers: rows about officers posted in the subtree on the governing date;
handled: rows of cases whose main handler (主要承办人) the officer is.
"""


class Query(Strict):
    """Which rows of a table are facts for a clause; `what` says it in Chinese for the reasons.

    A row meets all conditions of `where` and, if `either` is written, all of one of its sets.
    """

    what: Title
    table: str
    of: Annotated[tuple[Reach, ...], BeforeValidator(_sequence), Field(min_length=1)]
    date: str | None = None
    window: Window | None = None
    where: dict[str, Condition] = Field(default_factory=dict)
    either: tuple[dict[str, Condition], ...] = ()
    show: tuple[str, ...] = ()

    @property
    def tests(self) -> tuple[tuple[str, Condition], ...]:
        """Every condition on a column, those of the sets in `either` included."""
        return tuple(pair for one in (self.where, *self.either) for pair in one.items())

    @property
    def tested_columns(self) -> tuple[str, ...]:
        """The columns that conditions look at, each once, in the order they are written."""
        found = dict.fromkeys(column for column, _ in self.tests)
        others = (condition.other_column for _, condition in self.tests)
        return (*found, *(name for name in dict.fromkeys(others) if name is not None))

    @field_validator("either")
    @classmethod
    def _several(cls, sets: tuple[dict[str, Condition], ...]) -> tuple[dict[str, Condition], ...]:
        if len(sets) == 1 or any(not one for one in sets):
            raise ValueError("either 至少要写两组条件，每组都要有内容")
        if any(one in sets[:number] for number, one in enumerate(sets)):
            raise ValueError("either 有两组条件完全相同，请删去一组或改正")
        return sets

    @model_validator(mode="after")
    def _dated(self) -> Query:
        if (self.date is None) != (self.window is None):
            raise ValueError("date 与 window 必须同时写")
        return self


class ByColumn(Strict):
    """Points looked up by a column's value (`values`), or that column `times` a factor."""

    column: str
    values: Annotated[dict[str, Points], Field(min_length=1)] | None = None
    times: Ratio | None = None

    @model_validator(mode="after")
    def _one_way(self) -> ByColumn:
        if (self.values is None) == (self.times is None):
            raise ValueError("values 与 times 必须且只能写一个")
        return self


class ByDistance(Strict):
    """Points for every `per` by which a column lies `over` or `under` a number or another column.

    Words of a closed vocabulary lie apart by levels in its order (a bound may be one of them), two
    dates by days.
    `whole`: only whole multiples of `per` count. Whoever does not pass the bound has nothing.
    """

    column: str
    over: Ratio | str | None = None
    under: Ratio | str | None = None
    per: Ratio = Field(gt=0)
    points: Points
    whole: StrictBool = False

    @model_validator(mode="after")
    def _one_side(self) -> ByDistance:
        if (self.over is None) == (self.under is None):
            raise ValueError("over 与 under 必须且只能写一个")
        return self

    @property
    def bound(self) -> Fraction | str:
        """What the column is compared with: a number, or another column of the row."""
        bound = self.over if self.over is not None else self.under
        if bound is None:
            raise TypeError("a distance without a bound")
        return bound


class ByShare(Strict):
    """`points` for what a column is of the row's own target, the column `share_of`; no more.

    A row without a target above 0 is worth nothing, nor is one in which nothing is achieved yet.
    """

    column: str
    share_of: str
    points: Points


def _how_worth(value: object) -> str:
    """A mapping with a bound is a distance, one with a target a share, another one a column."""
    if isinstance(value, Mapping):
        if {"over", "under"} & value.keys():
            return "distance"
        return "share" if "share_of" in value else "column"
    if isinstance(value, ByDistance | ByShare):
        return "distance" if isinstance(value, ByDistance) else "share"
    return "column" if isinstance(value, ByColumn) else "number"


Worth = Annotated[
    Annotated[Points, Tag("number")]
    | Annotated[ByColumn, Tag("column")]
    | Annotated[ByDistance, Tag("distance")]
    | Annotated[ByShare, Tag("share")],
    Discriminator(_how_worth),
]
"""What a fact is worth: points, by a column's value, by a distance or by the share of a target."""


class Tier(Strict):
    """`points` from `at_least` on."""

    at_least: Ratio
    points: Points


class MostPer(Strict):
    """The most that the facts of one month, or of one quarter of the calendar, are worth."""

    month: Points | None = None
    quarter: Points | None = None

    @model_validator(mode="after")
    def _one_span(self) -> MostPer:
        if (self.month is None) == (self.quarter is None):
            raise ValueError("month 与 quarter 必须且只能写一个")
        return self

    @property
    def points(self) -> int:
        """The most points of a month or quarter."""
        return abs((self.quarter if self.month is None else self.month) or 0)


class Finding(Query):
    """Facts that are told one by one; `says`: how (default: `what`, then the columns to show)."""

    says: Template | None = None


class Part(Finding):
    """Facts and what each is worth.

    `points`: a number, by a column, a distance or a share; `once`: however many facts, the part
    counts once; `label`: what makes two facts one award (default: that of the clause, else the
    row); `tiers`: the part is worth what the number of distinct labels reaches.
    """

    points: Worth | None = None
    once: StrictBool = False
    label: Names | None = None
    tiers: tuple[Tier, ...] | None = None


class Few(Strict):
    """How many of several numbers, from the highest down or the lowest up."""

    highest: StrictInt = Field(default=0, ge=0)
    lowest: StrictInt = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _some(self) -> Few:
        if not self.highest and not self.lowest:
            raise ValueError("请写 highest（最高的几项）或 lowest（最低的几项）")
        return self


class Gathering(Strict):
    """How several numbers become one: those to `keep` or not to `drop` are added up or averaged."""

    take: Literal["sum", "mean"]
    keep: Few | None = None
    drop: Few | None = None

    @model_validator(mode="after")
    def _one_choice(self) -> Gathering:
        if self.keep is not None and self.drop is not None:
            raise ValueError("keep 与 drop 只能写一个")
        if self.keep is not None and self.keep.highest and self.keep.lowest:
            raise ValueError("keep 只能写 highest 与 lowest 之一")
        return self


class EachOne(Gathering):
    """What is first made of the rows of each value of the column `by`: of each officer, say."""

    by: str


class FactMeasure(Query):
    """A number per candidate: its facts counted, or a column of theirs added up or averaged.

    `label`: count only distinct values of these columns. Blank cells are left out. Without facts a
    count and a sum are 0, a mean is nothing. `unit`: the Chinese unit of the number (件, 分).
    `share_of`: not the column itself is averaged, but what it is of this column of the row, at most
    all of it; a blank is 0, a row without a target is left out. `keep`, `drop`: which numbers count
    (see `Gathering`); `each`: first the rows of each officer or thing become one number.
    """

    take: Literal["count", "sum", "mean"] = "count"
    column: str | None = None
    share_of: str | None = None
    label: Names | None = None
    keep: Few | None = None
    drop: Few | None = None
    each: EachOne | None = None
    unit: str = ""

    @model_validator(mode="after")
    def _column_when_needed(self) -> FactMeasure:
        if (self.take == "count") != (self.column is None):
            raise ValueError("take: sum 与 mean 必须写 column，count 不写")
        if self.label is not None and self.take != "count":
            raise ValueError("label 只用于 take: count")
        if self.share_of is not None and self.take != "mean":
            raise ValueError("share_of 只用于 take: mean")
        if self.gathering is None and (self.keep or self.drop or self.each):
            raise ValueError("keep、drop、each 只用于 take: sum 与 mean")
        return self

    @property
    def gathering(self) -> Gathering | None:
        """How the numbers of the column become one; None where facts are counted."""
        if self.take == "count":
            return None
        return Gathering(take=self.take, keep=self.keep, drop=self.drop)

    @property
    def columns_measured(self) -> tuple[str, ...]:
        """The columns that the number is made of."""
        each = self.each.by if self.each is not None else None
        named = (*(self.label or ()), self.column, self.share_of, each)
        return tuple(name for name in named if name is not None)


class MonthMeasure(Strict):
    """A number per candidate: a monthly metric over the months ended so far, pooled."""

    what: Title
    metric: str
    variant: str


class ChangeMeasure(Strict):
    """A number per candidate: what `now` comes to, as a share of what it was `before`.

    Without anything before there is nothing to compare: no number.
    """

    what: Title
    now: FactMeasure
    before: FactMeasure

    @model_validator(mode="after")
    def _two_things(self) -> ChangeMeasure:
        if self.now.model_copy(update={"what": self.before.what}) == self.before:
            raise ValueError("now 与 before 统计的是同一批事实，没有可比的变化")
        return self


class RatioMeasure(Strict):
    """A number per candidate: `part` divided by `whole`; a share, or with a `unit` a mean (件/人).

    Without a whole there is no number.
    """

    what: Title
    part: FactMeasure
    whole: FactMeasure
    unit: str = ""

    @model_validator(mode="after")
    def _two_things(self) -> RatioMeasure:
        if self.part.model_copy(update={"what": self.whole.what}) == self.whole:
            raise ValueError("part 与 whole 统计的是同一批事实，总是100%")
        return self


def _which_measure(value: object) -> str:
    """A measure with a metric is a monthly one, with two sides a change or ratio, others facts."""
    if isinstance(value, Mapping):
        kinds = {"metric": "months", "before": "change", "now": "change"}
        kinds |= {"part": "ratio", "whole": "ratio"}
        return next((kinds[key] for key in kinds if key in value), "facts")
    if isinstance(value, ChangeMeasure | RatioMeasure):
        return "change" if isinstance(value, ChangeMeasure) else "ratio"
    return "months" if isinstance(value, MonthMeasure) else "facts"


Measure = Annotated[
    Annotated[FactMeasure, Tag("facts")]
    | Annotated[MonthMeasure, Tag("months")]
    | Annotated[ChangeMeasure, Tag("change")]
    | Annotated[RatioMeasure, Tag("ratio")],
    Discriminator(_which_measure),
]
AnyMeasure = FactMeasure | MonthMeasure | ChangeMeasure | RatioMeasure


def sides_of(measure: AnyMeasure) -> dict[str, FactMeasure]:
    """Return the two numbers that a change or a ratio compares, by their keys; else nothing."""
    if isinstance(measure, ChangeMeasure):
        return {"now": measure.now, "before": measure.before}
    if isinstance(measure, RatioMeasure):
        return {"part": measure.part, "whole": measure.whole}
    return {}


def counted_facts(measure: AnyMeasure) -> tuple[FactMeasure, ...]:
    """Return the counts of facts that a measure is made of."""
    return (measure,) if isinstance(measure, FactMeasure) else tuple(sides_of(measure).values())


class Gate(Query):
    """A condition for the clause to apply; what it is `otherwise` (or, for not_if, then)."""

    otherwise: Literal["not_applicable", "unavailable"]
