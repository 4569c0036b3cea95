"""Rule `graded`: points by the grade that a measure comes to (达到85%得10分，达到80%得6分)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from dalian_eval.rubric.ladders import Found, beyond_measure, sign_faults
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import points_text, verb
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
from dalian_eval.scoring.clause_result import Leaf
from dalian_eval.scoring.exact import times
from dalian_eval.scoring.facts import Candidates, Facts, Selection
from dalian_eval.scoring.measures import awards_by_figures, measure_values
from dalian_eval.scoring.scored_clause import ScoredClause


class Grade(Strict):
    """`points` for a number of `at_least`, or of `at_most`, so much."""

    at_least: Ratio | None = None
    at_most: Ratio | None = None
    points: Points

    @model_validator(mode="after")
    def _one_side(self) -> Grade:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("at_least 与 at_most 必须且只能写一个")
        return self

    @property
    def bound(self) -> Fraction:
        """The number that must be reached, or not be passed."""
        bound = self.at_most if self.at_least is None else self.at_least
        if bound is None:
            raise TypeError("a grade without a bound")
        return bound


class GradedClause(ScoredClause):
    """The points of the hardest grade that a measure reaches; who reaches none gets nothing."""

    rule: Literal["graded"]
    measure: Measure
    grades: tuple[Grade, ...] = Field(min_length=1)

    rule_names: ClassVar = {"graded": "按数值分档"}
    advice: ClassVar = "对照目标逐月盘点差额，按期补足"

    @model_validator(mode="after")
    def _one_side(self) -> GradedClause:
        if len({g.at_least is None for g in self.grades}) > 1:
            raise ValueError("各档要么都写 at_least，要么都写 at_most")
        return self

    @property
    def measures(self) -> tuple[AnyMeasure, ...]:
        """The number that is graded."""
        return (self.measure,)

    @property
    def is_curable(self) -> bool:
        """A number that is too low for a better grade can still grow."""
        return self.grades[0].at_least is None

    @property
    def _hardest_first(self) -> list[Grade]:
        """The grades in the order in which they are tried."""
        least = self.grades[0].at_least is not None
        return sorted(self.grades, key=lambda g: g.bound, reverse=least)

    def most(self, period: Period) -> int | None:
        """The points of the best grade."""
        return max(abs(g.points) for g in self.grades)

    def faults(self, section: Section, period: Period) -> Found:
        """Each grade gives more than an easier one; none more than the maximum."""
        yield from sign_faults(self, ("grades",), (g.points for g in self.grades))
        for number, grade in enumerate(self.grades):
            wrong = beyond_measure(self.measure, grade.bound)
            if grade.at_least is not None and wrong is not None:
                yield ("grades", number, "at_least"), wrong
        for harder, easier in pairwise(self._hardest_first):
            if harder.bound == easier.bound:
                told = measure_text(self.measure, harder.bound)
                yield ("grades",), f"有两档的界线都是{told}，请删去一档"
            elif abs(harder.points) <= abs(easier.points):
                yield (
                    ("grades",),
                    f"{self._words(harder)}{verb(harder.points)}，不比{self._words(easier)}的"
                    f"{points_text(abs(easier.points))}分多，请核对各档",
                )
        most = max(abs(g.points) for g in self.grades)
        if self.max is not None and most > abs(self.max):
            told = f"最高一档{points_text(most)}分超过本条满分{points_text(abs(self.max))}分"
            yield ("grades",), told

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return what each grade gives."""
        return [f"{measure_terms(self.measure)}：{self._ladder}"]

    @property
    def _ladder(self) -> str:
        told = "，".join(f"{self._words(g)}{verb(g.points)}" for g in self._hardest_first)
        return told + ("" if self.deducts else "，其余不得分")

    def _words(self, grade: Grade) -> str:
        side = "达到" if grade.at_least is not None else "不超过"
        return f"{side}{measure_text(self.measure, grade.bound)}"

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Give or take the points of each candidate's grade; everybody has an entry."""
        figures = measure_values(self.measure, facts, candidates)
        size = len(candidates)
        grades = self._hardest_first
        reached = np.full(size, len(grades), dtype=np.int64)
        for number, grade in reversed([*enumerate(grades)]):
            left = times(figures.top, grade.bound.denominator)
            right = times(figures.bottom, grade.bound.numerator)
            fits = left >= right if grade.at_least is not None else left <= right
            reached = np.where((figures.bottom > 0) & fits, number, reached)
        points = np.array([*(g.points for g in grades), 0], dtype=np.int64)[reached]
        nothing = "不扣分" if self.deducts else "不得分"
        words = [f"，{self._words(g)}，{verb(g.points)}（{self._ladder}）" for g in grades]

        def reasons() -> pd.Series:
            told = texts.sentences_of_rows(
                [reached], lambda n: [*words, f"，{nothing}（{self._ladder}）"][int(n)]
            ).astype("str")
            what = pd.Series(measure_words(self.measure), index=range(size), dtype="str")
            return texts.join_columns([what, figures.text(self.measure), told])

        return awards_by_figures(figures, points, reasons, facts), ()
