"""Rule `shortfall`: a deduction of `points` for every `per` that a measure stays below `target`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, StrictBool, model_validator

from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import verb
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import (
    ChangeMeasure,
    FactMeasure,
    Measure,
    MonthMeasure,
    Points,
    Ratio,
)
from dalian_eval.rubric.sentences import measure_text
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, lists
from dalian_eval.scoring.clause_result import Leaf
from dalian_eval.scoring.exact import half_up, times
from dalian_eval.scoring.facts import Candidates, Facts, Selection
from dalian_eval.scoring.measures import measure_values
from dalian_eval.scoring.scored_clause import ScoredClause


class ShortfallClause(ScoredClause):
    """A deduction in proportion to what is missing; `whole`: only whole multiples of `per`."""

    rule: Literal["shortfall"]
    measure: Measure
    target: Ratio = Field(gt=0)
    per: Ratio = Field(gt=0)
    points: Points = Field(lt=0)
    whole: StrictBool = True

    rule_names: ClassVar = {"shortfall": "按差额扣分"}
    advice: ClassVar = "对照目标逐月盘点差额，按期补足"

    @model_validator(mode="after")
    def _reaches(self) -> ShortfallClause:
        if self.reaches is None:
            raise ValueError("扣分条款必须写明扣分范围 reaches")
        return self

    @property
    def measures(self) -> tuple[FactMeasure | MonthMeasure | ChangeMeasure, ...]:
        """The number that may fall short."""
        return (self.measure,)

    @property
    def adds_up(self) -> bool:
        """What is taken for each part missing adds up."""
        return True

    @property
    def is_curable(self) -> bool:
        """A number that falls short can still grow."""
        return True

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return the target and what is taken for each part missing."""
        return [
            f"{self.measure.what}不足{measure_text(self.measure, self.target)}的，每少"
            f"{measure_text(self.measure, self.per)}{verb(self.points)}"
            + ("，不足一份的不扣" if self.whole else "，按比例计算")
        ]

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Deduct for every `per` missing; everybody has an entry. No number: no deduction."""
        figures = measure_values(self.measure, facts, candidates)
        bottom = np.where(figures.bottom == 0, 1, figures.bottom)
        target, per = self.target, self.per
        missing = times(bottom, target.numerator) - times(figures.top, target.denominator)
        short = np.where((figures.bottom > 0) & (missing > 0), missing, 0)
        # (target − value) ÷ per, as numerator over denominator
        above = times(short, per.denominator)
        below = times(bottom, target.denominator * per.numerator)
        points = (
            times(above // below, self.points)
            if self.whole
            else half_up(times(above, self.points), below)
        )
        who = np.arange(len(points))

        def reasons() -> pd.Series:
            begin = pd.Series(self.measure.what, index=who, dtype="str")
            verdict = texts.sentences_of_rows(
                [short > 0], lambda low: "不足" if low else "不低于"
            ).astype("str")
            taken = texts.verbs(points).where(pd.Series(points) != 0, "不扣分")
            goal = measure_text(self.measure, target)
            return texts.join_columns(
                [begin, figures.text(self.measure), "，", verdict, goal, "，", taken]
            )

        entries = awards(
            who,
            points,
            reasons,
            evidence=lambda: lists(figures.who, figures.origin, len(who)),
            telling=facts.telling,
        )
        return entries, ()
