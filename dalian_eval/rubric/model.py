"""The rubric's model: items, clauses, rules and their parameters, as pydantic models.

Points are integers of 0.0001 point (`POINT` of them make one point); thresholds and factors are
exact fractions. No binary float is accepted anywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from dalian_eval.rubric.period import Period
from dalian_eval.rubric.vocabulary import METRICS

POINT = 10_000
"""One point in units of 0.0001."""

Kind = Literal["unit", "officer"]
SECTION_NAMES: tuple[Kind, ...] = ("unit", "officer")


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


class Place(Strict):
    """`points` for the places up to `within`, from where the place before it ends."""

    within: int = Field(gt=0)
    points: Points


class Component(Strict):
    """A part of a weighted sum: `weight` per cent for reaching `full`, less in proportion."""

    weight: int = Field(gt=0)
    full: Ratio = Field(gt=0)
    measure: Measure


class Gate(Query):
    """A condition for the clause to apply; what it is `otherwise` (or, for not_if, then)."""

    otherwise: Literal["not_applicable", "unavailable"]


class Node(Strict):
    """An item or a clause of the tree; its id's dotted prefix is its parent."""

    id: str
    title: str
    locator: str
    max: Points | None = None
    bonus: bool = False


class Item(Node):
    """A scored item: the sum of its children, settled `net` or `cap_first`, within 0..max."""

    max: Points
    settle: Literal["net", "cap_first"] = "net"


class Clause(Node):
    """What every leaf has besides its rule.

    `reaches`: for a deduction, the item or leaf that it can bring down to 0, never beyond.
    `capped`: whether `max` caps the leaf itself (special: only its item is capped).
    """

    reaches: str | None = None
    capped: bool = True
    shares_cap_with: str | None = None
    applies_if: Gate | None = None
    not_if: Gate | None = None
    not_applicable: Literal["plain", "rescale", "zero", "full"] = "plain"
    provisional_until: dt.date | None = None

    @model_validator(mode="after")
    def _sign(self) -> Clause:
        if self.max is not None and self.max < 0 and self.reaches is None:
            raise ValueError("扣分条款必须写明扣分范围 reaches")
        return self

    @property
    def deducts(self) -> bool:
        """Whether the clause takes points away."""
        return self.reaches is not None

    @property
    def queries(self) -> tuple[Query, ...]:
        """Every query the clause makes, gates included."""
        gates = tuple(g for g in (self.applies_if, self.not_if) if g is not None)
        facts = (m for m in self.measures if isinstance(m, FactMeasure))
        return (*getattr(self, "parts", ()), *getattr(self, "pending", ()), *facts, *gates)

    @property
    def measures(self) -> tuple[FactMeasure | MonthMeasure, ...]:
        """The numbers the clause compares, if that is what it does."""
        return ()

    @property
    def metrics(self) -> tuple[str, ...]:
        """The monthly metrics the clause reads."""
        own = getattr(self, "metric", None)
        monthly = (m.metric for m in self.measures if isinstance(m, MonthMeasure))
        return (*monthly, *([own] if own else []))


class EventClause(Clause):
    """Points per fact: `each` adds, `highest` takes the best, `count` reads tiers of the number."""

    rule: Literal["each", "highest", "count"]
    parts: tuple[Part, ...] = Field(min_length=1)
    label: Names | None = None
    label_scope: str | None = None
    tiers: tuple[Tier, ...] = ()
    exclusive: str | None = None
    not_counted_by: str | None = None

    @model_validator(mode="after")
    def _worth(self) -> EventClause:
        for part in self.parts:
            if self.rule != "count" and (part.points is None) == (part.tiers is None):
                raise ValueError(f"『{part.what}』必须写 points 或 tiers 之一")
        if (self.rule == "count") != bool(self.tiers):
            raise ValueError("rule: count 必须写 tiers，其他规则不写")
        return self


class MonthlyClause(Clause):
    """A part for each month whose metric reaches the threshold, the full award for all of P."""

    rule: Literal["monthly"]
    metric: str
    variant: str
    what: str
    unit_of_measure: str
    at_least: Ratio
    points: Points
    full_year: Points
    every_month: bool

    @property
    def is_count(self) -> bool:
        """Whether the metric is a count: it can pass before the month is over."""
        return METRICS[self.metric].form == "count"


class StepsClause(Clause):
    """`points` from a rate on and more for each step above it, else a fallback on another rate."""

    rule: Literal["steps"]
    metric: str
    what: str
    at_least: Ratio
    points: Points
    step: Ratio
    step_points: Points
    whole_steps: bool
    pooled: bool
    fallback: Tier


class ScaledClause(Clause):
    """The mean of a column over the facts, out of `full`, times the clause's maximum."""

    rule: Literal["scaled"]
    parts: tuple[Query, ...] = Field(min_length=1, max_length=1)
    value: str
    full: Ratio
    max: Points


class CompositeClause(Clause):
    """Weighted columns per officer and round; rounds by mean or best; best half of the officers."""

    rule: Literal["composite"]
    parts: tuple[Query, ...] = Field(min_length=1, max_length=1)
    weights: dict[str, int]
    full: Ratio
    rounds: Literal["mean", "best"]
    best_half: Literal["ceil", "floor"] | None = None
    takes_over: str | None = None
    max: Points

    @model_validator(mode="after")
    def _whole(self) -> CompositeClause:
        if sum(self.weights.values()) != 100:
            raise ValueError("权重之和必须为100")
        return self


class RankedClause(Clause):
    """Points by the candidate's place among all candidates, the most (or `least`) first.

    Who does not reach `at_least` has no place. Equal candidates share a place (1, 2, 2, 4), and
    all of them get its points, also where they straddle a cut.
    """

    rule: Literal["ranked"]
    measure: Measure
    first: Literal["most", "least"] = "most"
    at_least: Ratio | None = None
    places: tuple[Place, ...] = Field(min_length=1)
    max: Points

    @model_validator(mode="after")
    def _ladder(self) -> RankedClause:
        cuts = [p.within for p in self.places]
        if cuts != sorted(set(cuts)):
            raise ValueError("名次界线 within 必须由小到大，不能重复")
        if self.max not in {p.points for p in self.places}:
            raise ValueError("满分 max 必须是某一名次的分值")
        return self

    @property
    def measures(self) -> tuple[FactMeasure | MonthMeasure, ...]:
        """The number that is ranked."""
        return (self.measure,)


class ShortfallClause(Clause):
    """A deduction of `points` for every `per` that a measure stays below `target`.

    `whole`: only whole multiples of `per` count.
    """

    rule: Literal["shortfall"]
    measure: Measure
    target: Ratio = Field(gt=0)
    per: Ratio = Field(gt=0)
    points: Points = Field(lt=0)
    whole: bool = True

    @model_validator(mode="after")
    def _reaches(self) -> ShortfallClause:
        if self.reaches is None:
            raise ValueError("扣分条款必须写明扣分范围 reaches")
        return self

    @property
    def measures(self) -> tuple[FactMeasure | MonthMeasure, ...]:
        """The number that may fall short."""
        return (self.measure,)


class WeightedClause(Clause):
    """The weighted sum of several measures, each out of what gives it its full weight."""

    rule: Literal["weighted"]
    components: tuple[Component, ...] = Field(min_length=1)
    max: Points

    @model_validator(mode="after")
    def _whole(self) -> WeightedClause:
        if sum(c.weight for c in self.components) != 100:
            raise ValueError("权重之和必须为100")
        return self

    @property
    def measures(self) -> tuple[FactMeasure | MonthMeasure, ...]:
        """The numbers that are weighted."""
        return tuple(c.measure for c in self.components)


class VoidClause(Clause):
    """One fact voids an item (`voids`): it is 0, whatever else it holds."""

    rule: Literal["void"]
    parts: tuple[Query, ...] = Field(min_length=1)
    voids: str


class VetoClause(Clause):
    """One fact takes the candidate out of the ranking; a `pending` one is only shown (暂缓)."""

    rule: Literal["veto"]
    parts: tuple[Query, ...] = Field(min_length=1)
    pending: tuple[Query, ...] = ()


AnyClause = Annotated[
    EventClause
    | MonthlyClause
    | StepsClause
    | ScaledClause
    | CompositeClause
    | RankedClause
    | ShortfallClause
    | WeightedClause
    | VoidClause
    | VetoClause,
    Field(discriminator="rule"),
]


def _item_or_clause(value: object) -> str:
    """A node with a rule is a clause, any other an item."""
    if isinstance(value, Mapping):
        return "clause" if "rule" in value else "item"
    return "clause" if isinstance(value, Clause) else "item"


AnyNode = Annotated[
    Annotated[Item, Tag("item")] | Annotated[AnyClause, Tag("clause")],
    Discriminator(_item_or_clause),
]


class Reading(Strict):
    """A place where the plan can be understood in more than one way (口径)."""

    title: str
    default: str
    options: dict[str, str]
    reason: str

    @model_validator(mode="after")
    def _default_known(self) -> Reading:
        if self.default not in self.options:
            raise ValueError(f"默认口径{self.default}不在可选口径之中")
        return self


class DrawPlan(Strict):
    """Which 案件类型 fill an officer's two slots, and how many files a unit gives."""

    ordinary: tuple[str, ...]
    supporting: tuple[str, ...]
    unit_files: int


class Section(Strict):
    """One rubric (集体 or 个人): its tree in document order, keyed by id."""

    kind: Kind
    nodes: dict[str, AnyNode]

    @property
    def clauses(self) -> dict[str, AnyClause]:
        """The leaves in document order."""
        return {i: n for i, n in self.nodes.items() if not isinstance(n, Item)}

    @property
    def items(self) -> dict[str, Item]:
        """The items in document order, the root first."""
        return {i: n for i, n in self.nodes.items() if isinstance(n, Item)}

    def children(self, node: str) -> tuple[str, ...]:
        """Ids directly below `node`, in document order."""
        return tuple(i for i in self.nodes if parent_of(i) == node)

    @property
    def exclusive(self) -> dict[str, tuple[str, ...]]:
        """Indicators among which a case may serve only one, and the clauses of each."""
        groups: dict[str, list[str]] = {}
        for clause in self.clauses.values():
            name = getattr(clause, "exclusive", None)
            if name is not None:
                groups.setdefault(name, []).append(clause.id)
        return {name: tuple(ids) for name, ids in groups.items()}

    @property
    def monthly(self) -> dict[str, MonthlyClause | StepsClause]:
        """Clauses with monthly figures in document order, by the public name of the figures.

        That is the metric; of a further clause on the same metric, the last part of its id.
        """
        result: dict[str, MonthlyClause | StepsClause] = {}
        for clause in self.clauses.values():
            if isinstance(clause, MonthlyClause | StepsClause):
                names = (clause.metric, clause.id.rpartition(".")[2], clause.id)
                result[next(n for n in names if n not in result)] = clause
        return result


class Rubric(Strict):
    """A year's law under chosen readings."""

    year: int
    title: str
    source: str
    period: Period
    notes: tuple[str, ...] = ()
    readings: dict[str, Reading]
    chosen: dict[str, str]
    draw: DrawPlan
    no_case_twice: Literal["best_assignment", "document_order"]
    unit: Section
    officer: Section
    touching: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Node id → the readings it depends on, in the order they are declared (see `load`)."""

    def section(self, kind: Kind) -> Section:
        """Return the rubric of that kind of candidate."""
        return self.unit if kind == "unit" else self.officer


def parent_of(node: str) -> str:
    """Return the id above `node`; empty for a root."""
    return node.rpartition(".")[0]


def as_condition(value: Any) -> Condition:
    """Return a Condition from its YAML form."""
    return Condition.model_validate(value)
