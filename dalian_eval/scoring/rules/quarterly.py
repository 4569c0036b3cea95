"""Rule `quarterly`: a part for each quarter whose months together reach a threshold.

Quarters are those of the calendar, as far as P has their months. The months of a metric are added
up: a count, or both sides of a share or mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from dalian_eval.base.day_words import quarter_words
from dalian_eval.rubric.ladders import Found, sign_faults
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import (
    fraction_text,
    percent_text,
    points_text,
    ratio_text,
    verb,
)
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import Points, Ratio
from dalian_eval.rubric.vocabulary import METRICS
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, lists
from dalian_eval.scoring.clause_result import Leaf, bounded
from dalian_eval.scoring.exact import Ints, sums, times
from dalian_eval.scoring.facts import Candidates, Facts, Positions, Selection
from dalian_eval.scoring.metric_clause import threshold_faults
from dalian_eval.scoring.month_rows import Flags, evidence_pairs, months_of
from dalian_eval.scoring.scored_clause import ScoredClause


class QuarterlyClause(ScoredClause):
    """A part for each quarter that reaches `at_least`; `full_year`: what all of them give."""

    rule: Literal["quarterly"]
    metric: str
    variant: str
    what: str
    unit_of_measure: str
    at_least: Ratio
    points: Points
    full_year: Points | None = None

    rule_names: ClassVar = {"quarterly": "按季度达标"}
    tells_each_alike: ClassVar = False
    advice: ClassVar = "按季度调度、季末前预警，逐季补齐未达标的对象"

    @property
    def metrics(self) -> dict[str, tuple[str, ...]]:
        """Its one metric, in one variant."""
        return {self.metric: (self.variant,)}

    @property
    def is_count(self) -> bool:
        """Whether the metric is a count: it can pass before the quarter is over."""
        return METRICS[self.metric].form == "count"

    def most(self, period: Period) -> int | None:
        """All quarters."""
        return self.full_year or abs(self.points) * len(period.quarters)

    def faults(self, section: Section, period: Period) -> Found:
        """Parts within the maximum, of a metric whose months can be added up."""
        yield from threshold_faults(self.metric, self.at_least)
        metric = METRICS.get(self.metric)
        way = None if metric is None else metric.ways.get(self.variant)
        if way is not None and any(amount.take == "distinct" for amount in way.amounts):
            yield ("variant",), "这一统计方式按月去重，各月不能相加，不能按季度计"
        yield from sign_faults(self, ("points",), [self.points])
        if self.points == 0:
            yield ("points",), "分值为0，不会加减任何分"
        parts, most = self.points * len(period.quarters), self.full_year or self.max
        if self.full_year is not None and self.full_year != self.max:
            yield ("full_year",), "全年满分 full_year 与 max 不一致"
        if not self.deducts and most is not None and parts > most:
            told = f"各季度共可得{points_text(parts)}分，超过满分{points_text(most)}分"
            yield ("points",), told

    @property
    def _test(self) -> str:
        if METRICS[self.metric].form == "share":
            return percent_text(self.at_least)
        return f"{fraction_text(self.at_least)}{self.unit_of_measure}"

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return what a quarter must reach, what it gives, and what all of them give."""
        told = f"{self.what}每季度达到{self._test}的{verb(self.points)}"
        if self.full_year is not None:
            told += f"，{len(period.quarters)}个季度全部达到的{verb(self.full_year)}"
        return [told]

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Award each passing quarter its part; every quarter begun has an entry for everybody."""
        period, size = facts.rubric.period, len(candidates)
        rows = months_of(facts, candidates, self.metric, self.variant)
        frames, given, all_passed = [], np.zeros(size, dtype=np.int64), np.ones(size, dtype=bool)
        for months in period.quarters:
            begun = [m for m in months if m in facts.months]
            if not begun:
                all_passed[:] = False
                continue
            mine = rows[rows["month"].isin(months)]
            top, bottom = self._figure(mine, size)
            over = months[-1] in facts.ended_months
            passed = self._passes(top, bottom) & (over or self.is_count)
            points = np.where(passed, self.points, 0)
            figure = months[0], top, bottom, passed, over, period.year
            entries = awards(
                np.arange(size),
                points,
                partial(self._sentences, *figure),
                month=texts.one_month(begun[-1], size) if facts.telling else None,
                evidence=partial(_evidence, facts, mine, size),
                telling=facts.telling,
            )
            frames.append(entries)
            given, all_passed = given + points, all_passed & passed
        if self.full_year is not None:
            rest = np.where(all_passed, self.full_year - given, 0)
            who = np.flatnonzero(rest)
            told = f"{len(period.quarters)}个季度全部达到，补足满分{points_text(self.full_year)}分"
            frames.append(awards(who, rest[who], told, telling=facts.telling))
        return texts.stack(frames), ()

    def _figure(self, rows: pd.DataFrame, size: int) -> tuple[Ints, Ints]:
        """Return both sides of the months together for every candidate."""
        who = rows["candidate"].to_numpy()
        top = sums(who, rows["numerator"].to_numpy(dtype=np.int64), size)
        if self.is_count:
            return top, np.full(size, METRICS[self.metric].scale, dtype=np.int64)
        return top, sums(who, rows["denominator"].to_numpy(dtype=np.int64), size)

    def _passes(self, top: Ints, bottom: Ints) -> Flags:
        left, right = times(top, self.at_least.denominator), times(bottom, self.at_least.numerator)
        return np.asarray((bottom > 0) & (left >= right), dtype=bool)

    def _sentences(
        self, month: str, top: Ints, bottom: Ints, passed: Flags, over: bool, year: int
    ) -> pd.Series:
        """Return each candidate's sentence of the quarter that begins with `month`."""
        metric, begin = METRICS[self.metric], quarter_words(month, year) + self.what
        share = metric.form == "share"
        worth = verb(self.points)

        def sentence(n: int, d: int, ok: bool) -> str:
            if self.is_count:
                figure = metric.side_text(n) + self.unit_of_measure
            else:
                sides = (metric.side_text(s) + u for s, u in zip((n, d), metric.units, strict=True))
                figure = "/".join(sides)
                if d and share:
                    figure += f"＝{ratio_text(n * 100, d)}%"
                elif d:
                    figure += f"＝{ratio_text(n, d)}{self.unit_of_measure}"
            if ok:
                return f"{begin}{figure}，达到{self._test}，{worth}"
            if not over:
                return f"{begin}{figure}，季度尚未结束（达到{self._test}{worth}）"
            nothing = "" if d else f"没有{metric.nobody}，"
            return f"{begin}{figure}，{nothing}未达到{self._test}（达到{worth}），计0分"

        return texts.sentences_of_rows(
            [top, bottom, passed], lambda n, d, ok: sentence(int(n), int(d), bool(ok))
        )

    # The running year (see `outlook`).

    def most_while_scored(
        self, leaf: Leaf, most: Positions, facts: Facts, candidates: Candidates
    ) -> Positions:
        """Return what the quarters can still give: all that are left pass."""
        quarters = facts.rubric.period.quarters
        failed = self.outlook_figures(facts, candidates)
        part = self.points * (len(quarters) - failed)
        best = part if self.full_year is None else np.where(failed == 0, self.full_year, part)
        return bounded(leaf, best.astype(np.int64) + leaf.decided)

    def outlook_figures(self, facts: Facts, candidates: Candidates) -> Positions:
        """Return how many quarters each candidate has failed."""
        rows = months_of(facts, candidates, self.metric, self.variant)
        failed = np.zeros(len(candidates), dtype=np.int64)
        for months in facts.rubric.period.quarters:
            if months[-1] in facts.ended_months:
                mine = rows[rows["month"].isin(months)]
                failed += ~self._passes(*self._figure(mine, len(candidates)))
        return failed

    def outlook_reason(self, facts: Facts, earned: int, best: int, figure: int) -> str:
        """Say how many quarters were missed and what is still within reach."""
        missed = f"有{figure}个季度未达到，" if figure else ""
        more = f"至评审期末最多可达{points_text(best)}分" if best > earned else "不能再增加"
        return f"{missed}已得{points_text(earned)}分，{more}"


def _evidence(facts: Facts, rows: pd.DataFrame, size: int) -> pd.Series:
    """Return what the months' figures of every candidate rest on."""
    return lists(*evidence_pairs(facts, rows), size)
