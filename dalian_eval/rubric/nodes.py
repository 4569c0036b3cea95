"""The nodes of a rubric: items, and what every clause has besides its rule.

The kinds of clauses, one per rule, stand in `scoring.rules`; here is what the rubric's other
readers may ask of any of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, StrictBool, model_validator

from dalian_eval.rubric.queries import (
    AnyMeasure,
    FactMeasure,
    Gate,
    MonthMeasure,
    Points,
    Query,
    Strict,
    counted_facts,
)
from dalian_eval.rubric.wording import SILENT, Wording

if TYPE_CHECKING:
    from dalian_eval.rubric.model import Section
    from dalian_eval.rubric.period import Period


class Node(Strict):
    """An item or a clause of the tree; its id's dotted prefix is its parent."""

    id: str
    title: str
    locator: str
    max: Points | None = None
    bonus: StrictBool = False


class Item(Node):
    """A scored item: the sum of its children, settled `net` or `cap_first`, within 0..max."""

    max: Points
    settle: Literal["net", "cap_first"] = "net"


class Clause(Node):
    """A leaf of the tree: what its rule declares, how it is told, what can be wrong with it.

    `reaches`: for a deduction, the item or leaf that it can bring down to 0, never beyond.
    `capped`: whether `max` caps the leaf itself (special: only its item is capped).
    `wording`: how a case is told (see `cases`) instead of in the general words.
    """

    rule: str
    reaches: str | None = None
    capped: StrictBool = True
    shares_cap_with: str | None = None
    applies_if: Gate | None = None
    not_if: Gate | None = None
    not_applicable: Literal["plain", "rescale", "zero", "full"] = "plain"
    provisional_until: dt.date | None = None
    wording: dict[str, Wording] = Field(default_factory=dict)

    rule_names: ClassVar[Mapping[str, str]] = {}
    """The Chinese name of each rule word, as it stands in ledger.csv."""

    is_veto: ClassVar[bool] = False
    """Whether one fact takes the candidate out of the ranking."""

    compares_candidates: ClassVar[bool] = False
    """Whether what one candidate gets depends on what the others have."""

    tells_each_alike: ClassVar[bool] = True
    """Whether the ledger tells it by one reason for each candidate."""

    advice: ClassVar[str] = "提前谋划，加强线索摸排、案件培育和材料申报"
    """What the yearly text advises where many points are lost by such a clause."""

    @model_validator(mode="after")
    def _sign(self) -> Clause:
        if self.max is not None and self.max < 0 and self.reaches is None:
            raise ValueError("扣分条款必须写明扣分范围 reaches")
        return self

    @property
    def rule_name(self) -> str:
        """The Chinese name of the clause's rule."""
        return self.rule_names[self.rule]

    @property
    def deducts(self) -> bool:
        """Whether the clause takes points away."""
        return self.reaches is not None

    @property
    def can_be_left_out(self) -> bool:
        """Whether a gate can find that the clause does not apply to somebody."""
        gates = (self.applies_if, self.not_if)
        return any(gate is not None and gate.otherwise == "not_applicable" for gate in gates)

    @property
    def voided(self) -> str | None:
        """The item that one fact of the clause voids, if that is what it does."""
        return None

    @property
    def is_verdict(self) -> bool:
        """Whether the clause gives no points but voids an item or vetoes."""
        return self.is_veto or self.voided is not None

    @property
    def adds_up(self) -> bool:
        """Whether single amounts add up, so that the maximum is a cap worth telling."""
        return False

    @property
    def can_exceed_maximum(self) -> bool:
        """Whether there can be more than the maximum before a decision takes something away."""
        return False

    @property
    def measures(self) -> tuple[AnyMeasure, ...]:
        """The numbers the clause compares, if that is what it does."""
        return ()

    @property
    def queries(self) -> tuple[Query, ...]:
        """Every query the clause makes, gates included."""
        gates = tuple(g for g in (self.applies_if, self.not_if) if g is not None)
        facts = (fact for measure in self.measures for fact in counted_facts(measure))
        return (*getattr(self, "parts", ()), *getattr(self, "pending", ()), *facts, *gates)

    @property
    def cases(self) -> dict[str, tuple[str, ...]]:
        """The cases that `wording` may tell, each with the places its sentence can fill."""
        gates = [g.otherwise for g in (self.applies_if, self.not_if) if g is not None]
        found: dict[str, tuple[str, ...]] = dict(SILENT) if hasattr(self, "parts") else {}
        if "unavailable" in gates:
            found["open"] = ("most",)
        if "not_applicable" in gates:
            found["left_out"] = ()
        if self.max is not None and self.capped and self.can_exceed_maximum:
            found["cap"] = ("sum", "most", "over")
        return found

    def worded(self, case: str, column: str = "") -> str | None:
        """Return the clause's own template for a case, and column whose condition fails, if any."""
        wording = self.wording.get(case)
        return wording if wording is None or isinstance(wording, str) else wording.get(column)

    @property
    def metrics(self) -> dict[str, tuple[str, ...]]:
        """The monthly metrics the clause reads, each with the variants it reads."""
        found: dict[str, tuple[str, ...]] = {}
        for measure in self.measures:
            if isinstance(measure, MonthMeasure):
                found[measure.metric] = (*found.get(measure.metric, ()), measure.variant)
        return found

    def counted_columns(self, query: Query) -> frozenset[str]:
        """Return the columns that make the worth of `query`'s facts, its tests left out."""
        if not isinstance(query, FactMeasure):
            return frozenset()
        return frozenset(query.columns_measured)

    def columns_read(self, query: Query) -> frozenset[str]:
        """Return every column of its table that `query` looks at in this clause."""
        dated = [query.date] if query.date else []
        return self.counted_columns(query).union(query.tested_columns, query.show, dated)

    @property
    def leans_on(self) -> tuple[str, ...]:
        """The clauses without whose points this one cannot be evaluated."""
        return (self.shares_cap_with,) if self.shares_cap_with is not None else ()

    @property
    def named_nodes(self) -> tuple[str, ...]:
        """Every other node that the clause names."""
        reached = (self.reaches, self.voided)
        return (*(name for name in reached if name is not None), *self.leans_on)

    @property
    def not_telling_names(self) -> dict[str, Any]:
        """What must be changed so that the clause's sentences name nobody."""
        return {}

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return what the clause tests and what it gives or takes, in Chinese."""
        raise NotImplementedError

    def most(self, period: Period) -> int | None:
        """Return the most points the rule can give or take; None where it sets no bound."""
        return None

    def faults(
        self, section: Section, period: Period
    ) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield what is wrong with the rule's own parameters.

        Each is the place of a key below the clause, and a Chinese sentence.
        """
        yield from ()

    def neighbour_faults(self, section: Section) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield what is wrong between the clause and those beside it, as `faults` does.

        Asked only where every node of the section is sound in itself: of a clause left out for a
        fault of its own nothing can be said.
        """
        yield from ()


def parent_of(node: str) -> str:
    """Return the id above `node`; empty for a root."""
    return node.rpartition(".")[0]
