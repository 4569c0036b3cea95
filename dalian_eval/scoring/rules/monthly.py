"""Rule `monthly`: a part for each month that reaches a threshold, a full award for all of P."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import StrictBool

from dalian_eval.base.day_words import month_words, months_words
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
from dalian_eval.rubric.wording import fill
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
        return f"达到{self.test}"

    @property
    def test(self) -> str:
        """The figure that a month must reach: 90%."""
        if METRICS[self.metric].form == "share":
            return percent_text(self.at_least)
        return f"{fraction_text(self.at_least)}{self.unit_of_measure}"

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return what a month must reach, what it gives, and what all of them give."""
        each = "每个达标月" if self.every_month else "不论几个月达标，"
        return [
            f"{self.what}{self.threshold}为达标；{each}{verb(self.points)}，"
            f"{len(period.months)}个月全部达标{verb(self.full_year)}"
        ]

    @property
    def cases(self) -> dict[str, tuple[str, ...]]:
        """Its months, and what they come to over the year."""
        month = "month", "top", "bottom", "rate", "test", "points"
        year = "months", "got", "full", "test"
        return super().cases | {
            "passed": month,
            "failed": month,
            "nobody": ("month", "test", "points"),
            "so_far": (*year, "left"),
            "missed": (*year, "missed"),
            "whole": (*year, "rest"),
        }

    def _words(self, case: str) -> str:
        """Return the template of a case."""
        return (
            self.worded(case)
            or {
                "passed": f"{{month}}{self.what}{self._figure}，{{points}}",
                "failed": f"{{month}}{self.what}{self._figure}，没有{self.threshold}，{{points}}",
                "nobody": f"{{month}}没有{METRICS[self.metric].nobody}，{{points}}",
                "so_far": "{months}个月达标，得{got}分；余下{left}个月也都达标，全年得满分{full}分",
                "missed": "{months}个月达标，得{got}分；{missed}没有"
                f"{self.threshold}，全年满分{{full}}分已不可得",
                "whole": "{months}个月全部达标，补足{rest}分，得满分{full}分",
            }[case]
        )

    @property
    def _figure(self) -> str:
        """The figure of a month: 27条, or both sides and what they come to."""
        return "{rate}" if self.is_count else "{rate}（{top}/{bottom}）"

    def _rate(self, n: int, d: int) -> str:
        """Return what a month comes to: 27条, 77.78%, 1.22条/人; empty where nobody is."""
        if self.is_count:
            return METRICS[self.metric].side_text(n) + self.unit_of_measure
        if not d:
            return ""
        share = METRICS[self.metric].form == "share"
        value = ratio_text(n * 100, d) if share else ratio_text(n, d)
        return value.rstrip("0").rstrip(".") + ("%" if share else self.unit_of_measure)

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

        year, words = facts.rubric.period.year, self._words

        def sentence(mask: int, given: int) -> str:
            failed = [m for i, m in enumerate(period[:ended]) if not mask >> i & 1]
            count = mask.bit_count()
            values = {"months": count, "got": points_text(given), "full": full, "test": self.test}
            if count == len(period):
                rest = points_text(self.full_year - given)
                return fill(words("whole"), values | {"rest": rest})
            if failed:
                return fill(words("missed"), values | {"missed": months_words(failed, year)})
            return fill(words("so_far"), values | {"left": len(period) - count})

        return awards(
            np.arange(len(given)),
            rest,
            lambda: texts.sentences_of_rows([mask, given], lambda m, g: sentence(int(m), int(g))),
            telling=facts.telling,
        )

    def _sentences(
        self, rows: pd.DataFrame, passed: Flags, points: Positions, year: int
    ) -> pd.Series:
        """Return each month's sentence: its figure, the test where it is not met, the outcome.

        `year`: the year that a month need not name.
        """
        metric = METRICS[self.metric]
        names, once = rows["month"].cat.categories, points_text(self.points)

        def sentence(month: int, n: int, d: int, ok: bool, got: int) -> str:
            values = {
                "month": month_words(names[month], year),
                "top": metric.side_text(n),
                "bottom": metric.side_text(d),
                "rate": self._rate(n, d),
                "test": self.test,
                "points": verb(got),
            }
            if not d:
                return fill(self._words("nobody"), values)
            if ok and not got:
                return f"{fill(self._words('passed'), values)}（全年只计一次{once}分）"
            return fill(self._words("passed" if ok else "failed"), values)

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
            return f"余下{len(left)}个月都达标，全年得满分{full}分"
        if left:
            return f"余下{len(left)}个月都达标，全年最多{points_text(best)}分"
        told = months_words(missed, facts.rubric.period.year)
        return f"{told}没有达标，得{points_text(earned)}分"


def passed_months(rows: pd.DataFrame, passed: Flags, size: int) -> Positions:
    """Return which months each candidate has passed, the first month of P as the lowest bit."""
    bit = np.int64(1) << rows["month"].cat.codes.to_numpy().astype(np.int64)
    return sums(rows["candidate"].to_numpy(), np.where(passed, bit, 0), size).astype(np.int64)
