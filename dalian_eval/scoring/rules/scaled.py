"""Rule `scaled`: the mean of a column over the facts, out of `full`, times the maximum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from dalian_eval.rubric.columns import column_of
from dalian_eval.rubric.ladders import Found, beyond_maximum
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import fraction_text, points_text, verb
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import Points, Query, Ratio
from dalian_eval.rubric.vocabulary import is_numeric
from dalian_eval.rubric.wording import fill
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, evidence_of
from dalian_eval.scoring.clause_result import Leaf
from dalian_eval.scoring.exact import half_up, sums, times, to_integers
from dalian_eval.scoring.facts import Candidates, Facts, Selection
from dalian_eval.scoring.scored_clause import ScoredClause


class ScaledClause(ScoredClause):
    """The mean of a column over the facts, out of `full`, times the clause's maximum."""

    rule: Literal["scaled"]
    parts: tuple[Query, ...] = Field(min_length=1, max_length=1)
    value: str
    full: Ratio
    max: Points

    rule_names: ClassVar = {"scaled": "按比例折算"}
    advice: ClassVar = "加强业务培训和质量审核，补齐得分偏低的环节"

    @property
    def cases(self) -> dict[str, tuple[str, ...]]:
        """What it gave, besides."""
        return super().cases | {"awarded": ("count", "score", "points")}

    def _told(self, count: int, score: str, points: int) -> str:
        """Return the sentence of somebody with a mean `score` of `count` facts."""
        several = f"{count}项平均" if count > 1 else ""
        how = f"按{points_text(self.max)}/{fraction_text(self.full)}折算"
        template = self.worded("awarded") or (
            f"{self.parts[0].what}{several}{{score}}分，{how}{{points}}"
        )
        values = {"count": count, "score": score, "points": verb(int(points))}
        return fill(template, values)

    def counted_columns(self, query: Query) -> frozenset[str]:
        """The column whose mean is taken."""
        return frozenset([self.value] if query in self.parts else ())

    def faults(self, section: Section, period: Period) -> Found:
        """What is averaged are numbers."""
        column = column_of(self.parts[0].table, self.value)
        if column is not None and not is_numeric(self.parts[0].table, self.value):
            yield ("value",), f"列『{self.value}』（{column.header}）不是数，不能取平均"
        elif (wrong := beyond_maximum(column, self.full)) is not None:
            yield ("full",), wrong
        if self.full <= 0:
            yield ("full",), "满分 full 应大于0"

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return what is averaged and scaled."""
        full = fraction_text(self.full)
        return [f"{self.parts[0].what}：得分÷{full}×{points_text(self.max)}分，多项取平均"]

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Award the mean of `value` over the facts, out of `full`, times the maximum."""
        part = self.parts[0]
        selection = facts.select(part, candidates, [self.value])
        rows = selection.rows
        who = rows["candidate"].to_numpy()
        numbers, factor = to_integers(rows[self.value])
        counts = np.bincount(who, minlength=len(candidates))
        have = np.flatnonzero(counts)
        total, count = sums(who, numbers, len(candidates))[have], counts[have]
        full = self.full
        top = times(total, self.max * full.denominator)
        points = half_up(top, times(count, factor * full.numerator))

        def reasons() -> pd.Series:
            score = texts.short_ratio_texts(total, times(count, factor))
            return texts.sentences_of_rows([count, score, points], self._told)

        entries = awards(
            have,
            points,
            reasons,
            evidence=lambda: evidence_of(rows, np.searchsorted(have, who), len(have)),
            telling=facts.telling,
        )
        return entries, [selection]
