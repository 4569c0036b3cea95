"""Rule `weighted`: the weighted sum of several measures, each out of its full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, StrictInt, field_validator, model_validator

from dalian_eval.rubric.ladders import Found, beyond_measure
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import (
    AnyMeasure,
    Measure,
    Points,
    Ratio,
    Strict,
)
from dalian_eval.rubric.sentences import measure_terms, measure_text, measure_words
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, lists
from dalian_eval.scoring.clause_result import Leaf
from dalian_eval.scoring.exact import half_up, times
from dalian_eval.scoring.facts import Candidates, Facts, Selection
from dalian_eval.scoring.measures import measure_values
from dalian_eval.scoring.scored_clause import ScoredClause


class Component(Strict):
    """A part of a weighted sum: `weight` per cent for reaching `full`, less in proportion.

    Below `at_least` it gives nothing.
    """

    weight: StrictInt = Field(gt=0)
    full: Ratio = Field(gt=0)
    at_least: Ratio | None = None
    measure: Measure

    @model_validator(mode="after")
    def _rising(self) -> Component:
        if self.at_least is not None and not 0 < self.at_least < self.full:
            raise ValueError("起点 at_least 应大于0，小于 full")
        return self

    @property
    def floor_words(self) -> str:
        """Return what gives nothing: ，不足80%的不计; empty where everything counts."""
        if self.at_least is None:
            return ""
        return f"，不足{measure_text(self.measure, self.at_least)}的不计"


class WeightedClause(ScoredClause):
    """The weighted sum of several measures, each out of what gives it its full weight."""

    rule: Literal["weighted"]
    components: tuple[Component, ...] = Field(min_length=1)
    max: Points

    rule_names: ClassVar = {"weighted": "加权合成"}
    advice: ClassVar = "加强业务培训和质量审核，补齐得分偏低的环节"

    @field_validator("components")
    @classmethod
    def _whole(cls, components: tuple[Component, ...]) -> tuple[Component, ...]:
        whole = sum(c.weight for c in components)
        if whole != 100:
            raise ValueError(f"权重之和为{whole}，必须为100")
        return components

    @property
    def measures(self) -> tuple[AnyMeasure, ...]:
        """The numbers that are weighted."""
        return tuple(c.measure for c in self.components)

    def faults(self, section: Section, period: Period) -> Found:
        """What makes a component full can be reached."""
        for number, component in enumerate(self.components):
            wrong = beyond_measure(component.measure, component.full)
            if wrong is not None:
                yield ("components", number, "full"), wrong

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return the measures with their weights and what makes each full."""
        if len(self.components) == 1:
            only = self.components[0].measure
            full = measure_text(only, self.components[0].full)
            told = f"{measure_terms(only)}达到{full}得{points_text(self.max)}分，不足的按比例计"
            return [told + self.components[0].floor_words]
        parts = "、".join(
            f"{measure_terms(c.measure)}{c.weight}%"
            f"（达到{measure_text(c.measure, c.full)}为满{c.floor_words}）"
            for c in self.components
        )
        return [f"按{parts}加权，×{points_text(self.max)}分，各项不足的按比例计"]

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Award the weighted sum; a measure above its `full` counts as full, a missing one as 0."""
        size = len(candidates)
        top, bottom = np.zeros(size, dtype=np.int64), np.ones(size, dtype=np.int64)
        measured = []
        for component in self.components:
            figures = measure_values(component.measure, facts, candidates)
            below = np.where(figures.bottom == 0, 1, figures.bottom)
            value = times(figures.top, component.full.denominator)
            whole = times(below, component.full.numerator)
            share = times(np.minimum(value, whole), component.weight)
            if component.at_least is not None:
                least = component.at_least
                left = times(figures.top, least.denominator)
                share = np.where(left >= times(below, least.numerator), share, 0)
            top = times(top, whole) + times(share, bottom)
            bottom = times(bottom, whole)
            measured.append((component, figures))
        points = half_up(times(top, self.max), times(bottom, 100))

        def reasons() -> pd.Series:
            parts: list[pd.Series | str] = []
            for component, figures in measured:
                what = pd.Series(measure_words(component.measure), index=range(size), dtype="str")
                full = measure_text(component.measure, component.full)
                parts += ["，"] if parts else []
                parts += [what, figures.text(component.measure)]
                parts.append(f"（满{full}{component.floor_words}，占{component.weight}%）")
            return texts.join_columns(
                [*parts, f"，×{points_text(self.max)}分，得", texts.points_texts(points), "分"]
            )

        def evidence() -> pd.Series:
            who = np.concatenate([figures.who for _, figures in measured])
            return lists(who, np.concatenate([f.origin for _, f in measured]), size)

        entries = awards(np.arange(size), points, reasons, evidence=evidence, telling=facts.telling)
        return entries, ()
