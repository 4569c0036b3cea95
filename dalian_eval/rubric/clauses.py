"""The nodes of a rubric: items, and a kind of clause for each general rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import (
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from dalian_eval.rubric.queries import (
    FactMeasure,
    Gate,
    Measure,
    MonthMeasure,
    Names,
    Part,
    Points,
    Query,
    Ratio,
    Strict,
    Tier,
)
from dalian_eval.rubric.vocabulary import METRICS


class Place(Strict):
    """`points` for the places up to `within`, from where the place before it ends."""

    within: int = Field(gt=0)
    points: Points


class Component(Strict):
    """A part of a weighted sum: `weight` per cent for reaching `full`, less in proportion."""

    weight: int = Field(gt=0)
    full: Ratio = Field(gt=0)
    measure: Measure


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
    """Weighted columns per officer and round; rounds by mean or best; best half of the officers.

    `names`: whether the sentence names the officers beside their scores.
    """

    rule: Literal["composite"]
    parts: tuple[Query, ...] = Field(min_length=1, max_length=1)
    weights: dict[str, int]
    full: Ratio
    rounds: Literal["mean", "best"]
    best_half: Literal["ceil", "floor"] | None = None
    names: bool = True
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
    """One fact takes the candidate out of the ranking; a `pending` one is only shown (暂缓).

    Voids and vetoes are proven facts: taken from whichever of their tables are there.
    """

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


def parent_of(node: str) -> str:
    """Return the id above `node`; empty for a root."""
    return node.rpartition(".")[0]
