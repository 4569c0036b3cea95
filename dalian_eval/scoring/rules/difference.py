"""Rules `shortfall` and `excess`: `points` for every `per` by which a measure misses a target.

Points below 0 are a deduction (`reaches`), others an award. The target is one number for everybody,
or a measure of each candidate's own facts (the quotas of a table).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Discriminator, Field, StrictBool, Tag

from dalian_eval.rubric.ladders import Found, beyond_measure, sign_faults
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import verb
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import (
    AnyMeasure,
    FactMeasure,
    Measure,
    Points,
    Ratio,
)
from dalian_eval.rubric.sentences import measure_terms, measure_text, measure_words
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, lists
from dalian_eval.scoring.clause_result import Leaf
from dalian_eval.scoring.exact import Ints, half_up, times
from dalian_eval.scoring.facts import Candidates, Facts, Positions, Selection
from dalian_eval.scoring.measures import measure_values
from dalian_eval.scoring.scored_clause import ScoredClause


def _which_target(value: object) -> str:
    return "facts" if isinstance(value, Mapping | FactMeasure) else "number"


Target = Annotated[
    Annotated[Ratio, Tag("number")] | Annotated[FactMeasure, Tag("facts")],
    Discriminator(_which_target),
]


class DifferenceClause(ScoredClause):
    """Points for what is missing or too much; `whole`: for whole multiples of `per` only."""

    rule: Literal["shortfall", "excess"]
    measure: Measure
    target: Target
    per: Ratio = Field(gt=0)
    points: Points
    whole: StrictBool = True

    rule_names: ClassVar = {"shortfall": "按差额计分", "excess": "按超额计分"}
    advice: ClassVar = "对照目标逐月盘点差额，按期补足"

    @property
    def measures(self) -> tuple[AnyMeasure, ...]:
        """The number that may fall short or exceed, and each candidate's own target, if any."""
        own = (self.target,) if isinstance(self.target, FactMeasure) else ()
        return (self.measure, *own)

    @property
    def adds_up(self) -> bool:
        """What each part missing or beyond is worth adds up."""
        return True

    @property
    def is_curable(self) -> bool:
        """A number that falls short can still grow; what is too much stays."""
        return self.rule == "shortfall"

    def faults(self, section: Section, period: Period) -> Found:
        """Points of the right sign, and a target that somebody can miss."""
        yield from sign_faults(self, ("points",), [self.points])
        if self.points == 0:
            yield ("points",), "分值为0，不会加减任何分"
        if isinstance(self.target, Fraction):
            wrong = beyond_measure(self.measure, self.target)
            if self.rule == "excess" and wrong is not None:
                yield ("target",), wrong
            if self.target < 0 or (self.target == 0 and self.rule == "shortfall"):
                yield ("target",), "目标 target 应大于0"
        elif self.target == self.measure:
            yield ("target",), "target 与 measure 统计的是同一批事实，不会有差额"

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return the target and what is given or taken for each part missing or beyond."""
        below = self.rule == "shortfall"
        if isinstance(self.target, FactMeasure):
            goal = f"『{measure_terms(self.target)}』"
        else:
            goal = measure_text(self.measure, self.target)
        part = measure_text(self.measure, self.per)
        rest = "不扣" if self.points < 0 else "不计"
        return [
            f"{measure_terms(self.measure)}{'不足' if below else '超过'}{goal}的，"
            f"每{'少' if below else '多'}{part}{verb(self.points)}"
            + (f"，不足一份的{rest}" if self.whole else "，按比例计算")
        ]

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Give or take for every `per`; everybody has an entry. No number or target: nothing."""
        figures = measure_values(self.measure, facts, candidates)
        size = len(candidates)
        top, bottom, goal, pairs = self._targets(facts, candidates)
        known = (figures.bottom > 0) & (bottom > 0)
        below = np.where(figures.bottom > 0, figures.bottom, 1)
        under = np.where(bottom > 0, bottom, 1)
        missing = times(below, top) - times(figures.top, under)
        side = 1 if self.rule == "shortfall" else -1
        apart = np.where(known & (side * missing > 0), side * missing, 0)
        # (target − value) ÷ per, as numerator over denominator
        above = times(apart, self.per.denominator)
        each = times(times(below, under), self.per.numerator)
        points = (
            times(above // each, self.points)
            if self.whole
            else half_up(times(above, self.points), each)
        )

        def reasons() -> pd.Series:
            begin = pd.Series(measure_words(self.measure), index=range(size), dtype="str")
            nothing = "不扣分" if self.points < 0 else "不得分"
            taken = texts.verbs(points).where(pd.Series(points) != 0, nothing)
            verdict = self._verdict(apart, bottom)
            return texts.join_columns(
                [begin, figures.text(self.measure), verdict, goal(), "，", taken]
            )

        def evidence() -> pd.Series:
            facts_of = np.concatenate([figures.who, pairs[0]])
            return lists(facts_of, np.concatenate([figures.origin, pairs[1]]), size)

        entries = awards(np.arange(size), points, reasons, evidence=evidence, telling=facts.telling)
        return entries, ()

    def _verdict(self, apart: Ints, targets: Ints) -> pd.Series:
        words = ("，不足", "，不低于") if self.rule == "shortfall" else ("，超过", "，不超过")
        verdict = texts.sentences_of_rows([apart > 0], lambda is_: words[0 if is_ else 1])
        return verdict.astype("str").where(targets > 0, "，")

    def _targets(
        self, facts: Facts, candidates: Candidates
    ) -> tuple[Ints, Ints, Callable[[], pd.Series | str], tuple[Positions, Positions]]:
        """Return each candidate's target as a fraction (below 0: none), its words, its evidence.

        The words are made when they are asked for.
        """
        size = len(candidates)
        if isinstance(self.target, Fraction):
            whole = np.full(size, self.target.numerator), np.full(size, self.target.denominator)
            nobody = np.zeros(0, dtype=np.int64)
            told = measure_text(self.measure, self.target)
            return *whole, lambda: told, (nobody, nobody)
        figures = measure_values(self.target, facts, candidates)
        # A sum without any facts is no target.
        there = np.bincount(figures.who, minlength=size) > 0
        bottom = np.where(there, figures.bottom, 0)
        target = self.target

        def words() -> pd.Series:
            name = pd.Series(measure_words(target), index=range(size), dtype="str")
            told = texts.join_columns([name, figures.text(target)])
            return told.where(bottom > 0, f"没有{target.what}")

        return figures.top, bottom, words, (figures.who, figures.origin)
