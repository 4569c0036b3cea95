"""Rule `steps`: points from a rate on and more for each step above it, else on another rate."""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import StrictBool

from dalian_eval.rubric.ladders import Found, sign_faults
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import fraction_text, percent_text, points_text, verb
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import Points, Ratio, Tier
from dalian_eval.rubric.vocabulary import METRICS, STEP_VARIANTS
from dalian_eval.rubric.wording import fill
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, lists
from dalian_eval.scoring.clause_result import Leaf
from dalian_eval.scoring.exact import Ints, half_up, sums, times
from dalian_eval.scoring.facts import Candidates, Facts, Positions, Selection
from dalian_eval.scoring.metric_clause import MetricClause
from dalian_eval.scoring.month_rows import Flags, evidence_pairs, months_of


class StepsClause(MetricClause):
    """Points from a rate on and more for each step above it, else a fallback on another rate.

    The rate is the metric's first step variant, that of the fallback its second.
    """

    rule: Literal["steps"]
    points: Points
    step: Ratio
    step_points: Points
    whole_steps: StrictBool
    pooled: StrictBool
    fallback: Tier

    rule_names: ClassVar = {"steps": "按率分段"}
    tells_each_alike: ClassVar = False

    @property
    def metrics(self) -> dict[str, tuple[str, ...]]:
        """Its one metric, as it is at once and as it is completed."""
        return {self.metric: STEP_VARIANTS}

    @property
    def shown_variant(self) -> str:
        """The rate that the steps are of."""
        return STEP_VARIANTS[0]

    def faults(self, section: Section, period: Period) -> Found:
        """A step is a step, and the fallback gives less than the rate itself."""
        yield from super().faults(section, period)
        yield from sign_faults(self, ("points",), [self.points])
        yield from sign_faults(self, ("step_points",), [self.step_points])
        if self.step <= 0:
            yield ("step",), "每一步 step 应大于0"
        if not 0 < self.fallback.at_least <= 1:
            yield ("fallback", "at_least"), "补全率应大于0、不大于1，90%写作 0.9"
        if self.fallback.points > self.points:
            yield ("fallback", "points"), "未达到的得分不应多于达到的得分"

    def most(self, period: Period) -> int | None:
        """What a rate of 100 % gives."""
        if self.step <= 0:
            return None
        left = (1 - self.at_least) / self.step
        count = left.numerator // left.denominator if self.whole_steps else left
        return int(self.points + count * self.step_points)

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return the rate, what it gives, each step, and the fallback."""
        whole = "每满" if self.whole_steps else "按比例每"
        rate = "各月合并计算" if self.pooled else "取各月平均"
        return [
            f"{self.what}（{rate}）达到{percent_text(self.at_least)}{verb(self.points)}，"
            f"{whole}{fraction_text(self.step * 100)}个百分点加"
            f"{points_text(self.step_points)}分；未达到而补全率达到"
            f"{percent_text(self.fallback.at_least)}的{verb(self.fallback.points)}"
        ]

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Award by the year's rate so far: `points` at the threshold, more per step above it.

        Below it, the fallback on the completed rate. Everybody has an entry.
        """
        frames = {
            variant: months_of(facts, candidates, self.metric, variant) for variant in STEP_VARIANTS
        }
        ended = {v: f[f["month"].isin(facts.ended_months)] for v, f in frames.items()}
        size = len(candidates)
        top, bottom = _rate(ended["immediate"], size, self.pooled)
        full_top, full_bottom = _rate(ended["completed"], size, self.pooled)
        test, back = self.at_least, self.fallback
        due = bottom > 0
        safe = np.where(due, bottom, 1)
        reached = due & (times(top, test.denominator) >= times(bottom, test.numerator))
        # (rate − threshold) / step, as numerator over denominator
        above = times(
            times(top, test.denominator) - times(safe, test.numerator), self.step.denominator
        )
        per = times(safe, test.denominator * self.step.numerator)
        more = (
            times(above // per, self.step_points)
            if self.whole_steps
            else half_up(times(above, self.step_points), per)
        )
        fell_back = (
            due
            & ~reached
            & (
                times(full_top, back.at_least.denominator)
                >= times(full_bottom, back.at_least.numerator)
            )
        )
        points = np.where(reached, self.points + more, np.where(fell_back, back.points, 0))
        points = points.astype(np.int64)
        rates = (top, bottom), (full_top, full_bottom)
        entries = awards(
            np.arange(size),
            points,
            lambda: self._sentences(*rates, reached, points),
            evidence=lambda: lists(*evidence_pairs(facts, ended["immediate"]), size),
            telling=facts.telling,
        )
        return entries, ()

    def _sentences(
        self,
        immediate: tuple[Ints, Ints],
        completed: tuple[Ints, Ints],
        reached: Flags,
        points: Positions,
    ) -> pd.Series:
        """Return each candidate's sentence: the rates, the test not met, the outcome."""
        top, bottom = immediate
        more = points - self.points

        def sentence(ok: bool, got: int, more: int, *told: str) -> str:
            names = "rate", "top", "bottom", "completed"
            values = dict(zip(names, told, strict=True)) | {
                "points": verb(got),
                "more": points_text(more),
                "base": points_text(self.points),
                "test": percent_text(self.at_least),
                "back": percent_text(self.fallback.at_least),
            }
            if not told[0]:
                return fill(self._words("nobody"), values)
            case = "passed" if ok else "fell_back" if got > 0 else "failed"
            return fill(self._words(case), values)

        columns = [reached, points, more, _rate_texts(top, bottom)]
        columns += [pd.Series(top).astype("str"), pd.Series(bottom).astype("str")]
        return texts.sentences_of_rows(
            [*columns, _rate_texts(*completed)],
            lambda ok, got, more, *told: sentence(bool(ok), int(got), int(more), *told),
        )

    @property
    def cases(self) -> dict[str, tuple[str, ...]]:
        """The rate reached, the fallback, neither, nothing due."""
        known = "rate", "top", "bottom", "test", "points"
        return super().cases | {
            "passed": (*known, "base", "more"),
            "fell_back": (*known, "back", "completed"),
            "failed": (*known, "back", "completed"),
            "nobody": ("points",),
        }

    def _words(self, case: str) -> str:
        """Return the template of a case."""
        rate = f"{self.what}{{rate}}（{{top}}/{{bottom}}）"
        below = f"{rate}，没有达到{{test}}；补全后{{completed}}，"
        return (
            self.worded(case)
            or {
                "passed": f"{rate}，达到{{test}}得{{base}}分，超出部分加{{more}}分，共{{points}}",
                "fell_back": f"{below}达到{{back}}，{{points}}",
                "failed": f"{below}也没有达到{{back}}，{{points}}",
                "nobody": f"没有{METRICS[self.metric].nobody}，{{points}}",
            }[case]
        )


def _rate(rows: pd.DataFrame, size: int, pooled: bool) -> tuple[Ints, Ints]:
    """Return each candidate's rate as exact numerator and denominator (0 when nothing was due).

    Not pooled: the mean of the monthly rates, months with nothing due left out.
    """
    who = rows["candidate"].to_numpy()
    top, bottom = (rows[side].to_numpy(dtype=np.int64) for side in ("numerator", "denominator"))
    if pooled:
        return sums(who, top, size), sums(who, bottom, size)
    due = bottom > 0
    who, top, bottom = who[due], top[due], bottom[due]
    shared = np.ones(size, dtype=object)
    np.frompyfunc(lcm, 2, 1).at(shared, who, bottom.astype(object))
    parts = times(top, shared[who] // bottom)
    counts = np.bincount(who, minlength=size)
    return sums(who, parts, size), times(shared, counts)


def _rate_texts(top: Ints, bottom: Ints) -> pd.Series:
    """Return rates in per cent, idle decimals left out; empty where nothing was due."""
    told = texts.short_ratio_texts(times(top, 100), bottom)
    return (told + "%").where(pd.Series(bottom) > 0, "")
