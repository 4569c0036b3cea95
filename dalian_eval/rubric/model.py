"""The rubric's model: items, clauses, rules and their parameters, as pydantic models.

Points are integers of 0.0001 point (`POINT` of them make one point); thresholds and factors are
exact fractions. No binary float is accepted anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import (
    Field,
    SerializeAsAny,
    StrictInt,
    ValidationInfo,
    field_validator,
)

from dalian_eval.base.yaml_faults import meant
from dalian_eval.rubric.metrics import Metric
from dalian_eval.rubric.nodes import Clause, Item, parent_of
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.plan_names import PlanNames
from dalian_eval.rubric.queries import Condition, Kind, Strict


class Reading(Strict):
    """A place where the plan can be understood in more than one way (口径)."""

    title: str
    options: dict[str, str] = Field(min_length=1)
    default: str
    reason: str

    @field_validator("default")
    @classmethod
    def _default_known(cls, value: str, info: ValidationInfo) -> str:
        options = info.data.get("options", {})
        if options and value not in options:
            raise ValueError(f"默认口径『{value}』不在可选口径之中{meant(value, options)}")
        return value


class DrawPlan(Strict):
    """Which 案件类型 fill an officer's two slots, and how many files a unit gives; else none.

    `zero_if`: sets of conditions on the review that counts; a file that meets one set has 0 marks.
    """

    ordinary: tuple[str, ...] = ()
    supporting: tuple[str, ...] = ()
    unit_files: StrictInt = Field(default=0, ge=0)
    zero_if: tuple[dict[str, Condition], ...] = ()

    @field_validator("zero_if")
    @classmethod
    def _conditions(
        cls, sets: tuple[dict[str, Condition], ...]
    ) -> tuple[dict[str, Condition], ...]:
        if any(not one for one in sets):
            raise ValueError("zero_if 的每组条件都要有内容，否则每份案卷都是0分")
        return sets


class SharedRules(Strict):
    """What clauses share and a reading may switch: the draw of cases, no case twice."""

    draw: DrawPlan = DrawPlan()
    no_case_twice: Literal["best_assignment", "document_order"] = "document_order"


class Section(Strict):
    """One rubric (集体 or 个人): its tree in document order, keyed by id.

    Of a kind that the plan does not judge there is the root alone.
    """

    kind: Kind
    nodes: dict[str, SerializeAsAny[Item] | SerializeAsAny[Clause]]

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        """The leaves in document order."""
        return {i: n for i, n in self.nodes.items() if not isinstance(n, Item)}

    @cached_property
    def items(self) -> dict[str, Item]:
        """The items in document order, the root first."""
        return {i: n for i, n in self.nodes.items() if isinstance(n, Item)}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, which finds leaves and items among its own nodes."""
        copied = super().model_copy(update=update, deep=deep)
        for found in ("clauses", "items", "_below"):
            copied.__dict__.pop(found, None)
        return copied

    def children(self, node: str) -> tuple[str, ...]:
        """Ids directly below `node`, in document order."""
        return self._below.get(node, ())

    @cached_property
    def _below(self) -> dict[str, tuple[str, ...]]:
        below: dict[str, list[str]] = {}
        for node in self.nodes:
            below.setdefault(parent_of(node), []).append(node)
        return {node: tuple(children) for node, children in below.items()}

    @property
    def exclusive(self) -> dict[str, tuple[str, ...]]:
        """Indicators among which a case may serve only one, and the clauses of each."""
        groups: dict[str, list[str]] = {}
        for clause in self.clauses.values():
            name = getattr(clause, "exclusive", None)
            if name is not None:
                groups.setdefault(name, []).append(clause.id)
        return {name: tuple(ids) for name, ids in groups.items()}


class Rubric(Strict):
    """A year's law under chosen readings; `metrics`: the monthly metrics it may name, by name."""

    year: StrictInt
    title: str
    source: str
    period: Period
    names: PlanNames = PlanNames()
    notes: tuple[str, ...] = ()
    readings: dict[str, Reading] = Field(default_factory=dict)
    chosen: dict[str, str]
    metrics: dict[str, Metric] = Field(default_factory=dict)
    draw: DrawPlan = DrawPlan()
    no_case_twice: Literal["best_assignment", "document_order"] = "document_order"
    unit: Section
    officer: Section
    touching: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Node id → the readings it depends on, in the order they are declared (see `load`)."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of candidates that the plan judges."""
        kinds: tuple[Kind, ...] = ("unit", "officer")
        return tuple(kind for kind in kinds if self.section(kind).clauses)

    def section(self, kind: Kind) -> Section:
        """Return the rubric of that kind of candidate."""
        return self.unit if kind == "unit" else self.officer
