"""Rule `monthly`: a part for each month that reaches a threshold, a full award for all of P."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import StrictBool

from dalian_eval.base.day_words import month_words
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
from dalian_eval.rubric.queries import Points
from dalian_eval.rubric.vocabulary import METRICS
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards
from dalian_eval.scoring.clause_result import Leaf, bounded
from dalian_eval.scoring.exact import sums
from dalian_eval.scoring.facts import Candidates, Facts, Positions, Selection
from dalian_eval.scoring.metric_clause import MetricClause
from dalian_eval.scoring.month_rows import Flags, evidence_of_months, months_of, passes


class MonthlyClause(MetricClause):
    """A part for each month whose metric reaches the threshold, the full award for all of P."""

    rule: Literal["monthly"]
    variant: str
    unit_of_measure: str
    points: Points
    full_year: Points
    every_month: StrictBool

    rule_names: ClassVar = {"monthly": "按月达标"}
    tells_each_alike: ClassVar = False
    advice: ClassVar = "按月调度、月中预警，逐月补齐未达标的对象"

    @property
    def is_count(self) -> bool:
        """Whether the metric is a count: it can pass before the month is over."""
        return METRICS[self.metric].form == "count"

    @property
    def metrics(self) -> dict[str, tuple[str, ...]]:
        """Its one metric, in one variant."""
        return {self.metric: (self.variant,)}

    @property
    def shown_variant(self) -> str:
        """Its one variant."""
        return self.variant

    def faults(self, section: Section, period: Period) -> Found:
        """The full award is the maximum, and the months' parts do not exceed it."""
        yield from super().faults(section, period)
        yield from sign_faults(self, ("points",), [self.points])
        if self.full_year != self.max:
            yield ("full_year",), "全年满分 full_year 与 max 不一致"
        parts = self.points * (len(period.months) if self.every_month else 1)
        if parts > self.full_year:
            yield (
                ("points",),
                f"各月共可得{points_text(parts)}分，超过全年满分{points_text(self.full_year)}分",
            )

    @property
    def threshold(self) -> str:
        """What a month must reach: 达到90%."""
        if METRICS[self.metric].form == "share":
            return f"达到{percent_text(self.at_least)}"
        return f"达到{fraction_text(self.at_least)}{self.unit_of_measure}"

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return what a month must reach, what it gives, and what all of them give."""
        each = "每个达标月" if self.every_month else "不论几个月达标，"
        return [
            f"{self.what}{self.threshold}为达标；{each}{verb(self.points)}，"
            f"{len(period.months)}个月全部达标{verb(self.full_year)}"
        ]

    def counted_months(self, facts: Facts, candidates: Candidates) -> tuple[pd.DataFrame, Flags]:
        """Return the months that the clause has judged so far, and which of them passed.

        A ratio of staff needs the month's last day, so it waits for the month to end; a count may
        pass as soon as it is reached, and fails when the month is over.
        """
        rows = months_of(facts, candidates, self.metric, self.variant)
        if not self.is_count:
            rows = rows[rows["month"].isin(facts.ended_months)].reset_index(drop=True)
        return rows, passes(rows["numerator"], rows["denominator"], self.at_least)

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Award each passing month its part, and what is missing to the full award for all of P.

        Under `every_month` false the part is given once, in the first passing month. Months that do
        not pass have an entry of 0 points with their numbers, and so has a full award that is not
        reached, with the months that stand in its way.
        """
        rows, passed = self.counted_months(facts, candidates)
        who = rows["candidate"].to_numpy()
        earlier: Positions = np.cumsum(passed) - passed
        start = np.searchsorted(who, who)
        first = passed & (earlier == earlier[start]) if len(who) else passed
        earns = passed if self.every_month else first
        points = np.where(earns, self.points, 0)
        months = awards(
            who,
            points,
            lambda: self._sentences(rows, passed, points, facts.rubric.period.year),
            month=rows["month"].array,
            evidence=lambda: evidence_of_months(facts, rows),
            telling=facts.telling,
        )
        given = sums(who, points, len(candidates)).astype(np.int64)
        return texts.stack([months, self._full_year(facts, rows, passed, given)]), ()

    def _full_year(
        self, facts: Facts, rows: pd.DataFrame, passed: Flags, given: Positions
    ) -> pd.DataFrame:
        """Return what is missing to the full award, or 0 points and the months it lacks."""
        period = facts.rubric.period.months
        ended = len(facts.ended_months)
        mask = passed_months(rows, passed, len(given))
        whole = mask == (1 << len(period)) - 1
        rest = np.where(whole, self.full_year - given, 0)
        full = points_text(self.full_year)

        def sentence(mask: int, given: int) -> str:
            if mask == (1 << len(period)) - 1:
                return (
                    f"{len(period)}个月全部达标，得满分{full}分，除已计{points_text(given)}分外"
                    f"补足{points_text(self.full_year - given)}分"
                )
            failed = [m for i, m in enumerate(period[:ended]) if not mask >> i & 1]
            failed_months = "、".join(month_words(m, facts.rubric.period.year) for m in failed)
            count = mask.bit_count()
            if failed:
                return (
                    f"{failed_months}未达标，{len(period)}个月全部达标的满分{full}分已不可得；"
                    f"已达标{count}个月，计{points_text(given)}分"
                )
            return (
                f"{len(period)}个月全部达标得满分{full}分：已达标{count}个月，"
                f"其余{len(period) - count}个月尚未结束，暂不补足"
            )

        return awards(
            np.arange(len(given)),
            rest,
            lambda: texts.sentences_of_rows([mask, given], lambda m, g: sentence(int(m), int(g))),
            telling=facts.telling,
        )

    def _sentences(
        self, rows: pd.DataFrame, passed: Flags, points: Positions, year: int
    ) -> pd.Series:
        """Return each month's sentence: both sides of the test, what passing gives, the outcome.

        `year`: the year that a month need not name.
        """
        unit, metric = self.unit_of_measure, METRICS[self.metric]
        share = metric.form == "share"
        test = percent_text(self.at_least) if share else f"{fraction_text(self.at_least)}{unit}"
        worth = points_text(self.points)

        def figure(n: int, d: int) -> str:
            if self.is_count:
                return metric.side_text(n) + unit
            top, bottom = (
                metric.side_text(s) + u for s, u in zip((n, d), metric.units, strict=True)
            )
            if not d:
                return f"{top}/{bottom}"
            value = ratio_text(n * 100, d) + "%" if share else ratio_text(n, d) + unit
            return f"{top}/{bottom}＝{value}"

        names = rows["month"].cat.categories

        def sentence(month: int, n: int, d: int, ok: bool, got: int) -> str:
            begin = f"{month_words(names[month], year)}{self.what}{figure(n, d)}"
            if not d:
                return f"{begin}，当月没有{metric.nobody}，不能达到{test}（达到得{worth}分），得0分"
            if not ok:
                return f"{begin}，未达到{test}（达到得{worth}分），得0分"
            if not got:
                return f"{begin}，达到{test}，得0分（每年只计一次{worth}分，已计）"
            return f"{begin}，达到{test}，得{points_text(got)}分"

        columns = [
            rows["month"].cat.codes,
            rows["numerator"],
            rows["denominator"],
            passed,
            points,
        ]
        return texts.sentences_of_rows(
            columns, lambda m, n, d, ok, p: sentence(int(m), int(n), int(d), ok, int(p))
        )

    # The running year (see `outlook`).

    def most_while_scored(
        self, leaf: Leaf, most: Positions, facts: Facts, candidates: Candidates
    ) -> Positions:
        """Return what the months can still give: all that are left pass."""
        period = len(facts.rubric.period.months)
        mask = self.outlook_figures(facts, candidates)
        ended = (1 << len(facts.ended_months)) - 1
        failed = np.bitwise_count(~mask & ended).astype(np.int64)
        possible = period - failed
        part = self.points * possible if self.every_month else self.points * (possible > 0)
        best = np.where(failed == 0, self.full_year, part).astype(np.int64)
        return bounded(leaf, best + leaf.decided)

    def outlook_figures(self, facts: Facts, candidates: Candidates) -> Positions:
        """Return which months each candidate has passed (see `passed_months`)."""
        return passed_months(*self.counted_months(facts, candidates), len(candidates))

    def outlook_reason(self, facts: Facts, earned: int, best: int, figure: int) -> str:
        """Say which months were missed and what is still within reach."""
        names = facts.rubric.period.months
        ended = len(facts.ended_months)
        missed = [m for i, m in enumerate(names[:ended]) if not figure >> i & 1]
        left = [m for i, m in enumerate(names) if i >= ended and not figure >> i & 1]
        full = points_text(self.full_year)
        if not missed and not left:
            return f"{len(names)}个月全部达标，已得满分{full}分"
        if not missed:
            return f"尚无未达标月份，其余{len(left)}个月全部达标可得满分{full}分"
        told = "、".join(month_words(m, facts.rubric.period.year) for m in missed)
        begin = f"{told}未达标，全年满分{full}分已不可得"
        if left:
            return f"{begin}，其余{len(left)}个月全部达标最多{points_text(best)}分"
        return f"{begin}，得{points_text(earned)}分"


def passed_months(rows: pd.DataFrame, passed: Flags, size: int) -> Positions:
    """Return which months each candidate has passed, the first month of P as the lowest bit."""
    bit = np.int64(1) << rows["month"].cat.codes.to_numpy().astype(np.int64)
    return sums(rows["candidate"].to_numpy(), np.where(passed, bit, 0), size).astype(np.int64)
