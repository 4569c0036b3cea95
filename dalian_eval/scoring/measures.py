"""The numbers that rules compare: an exact fraction per candidate.

It is facts counted, a column added up or averaged, or a monthly metric pooled over the months that
have ended.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from dalian_eval.rubric.numbers import fraction_text
from dalian_eval.rubric.queries import (
    AnyMeasure,
    ChangeMeasure,
    FactMeasure,
    Measure,
    MonthMeasure,
    RatioMeasure,
    counted_facts,
)
from dalian_eval.rubric.sentences import is_share, unit_of
from dalian_eval.rubric.vocabulary import METRICS
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, lists
from dalian_eval.scoring.exact import Ints, sums, times
from dalian_eval.scoring.facts import VIA, Candidates, Facts, Positions
from dalian_eval.scoring.gathering import gather, has_target
from dalian_eval.scoring.month_rows import evidence_pairs, months_of


@dataclass(frozen=True)
class Figures:
    """A measure of every candidate: `top` ÷ `bottom` (0: there is nothing), and its evidence.

    `who`, `origin`: one pair per fact (of months only where words are wanted); `factor`: what
    decimals were multiplied by, on both sides; `sides`: of a change, the numbers now and before.
    """

    top: Ints
    bottom: Ints
    who: Positions
    origin: Positions
    factor: int = 1
    sides: tuple["Figures", ...] = ()

    def text(self, measure: AnyMeasure) -> pd.Series:
        """Return the numbers as text: whole ones as such, others with their quotient."""
        share, unit = is_share(measure), unit_of(measure)
        if share and isinstance(measure, FactMeasure):
            return self._shares_text()
        top, bottom = (
            texts.sentences_of_rows(
                [side], lambda n: fraction_text(Fraction(int(n), self.factor))
            ).astype("str")
            for side in (self.top, self.bottom)
        )
        quotient = texts.ratio_texts(times(self.top, 100 if share else 1), self.bottom, 2)
        if isinstance(measure, ChangeMeasure | RatioMeasure):
            return self._sides_text(measure)
        counted = METRICS[measure.metric].units if isinstance(measure, MonthMeasure) else ("", "")
        long = texts.join_columns(
            [top, f"{counted[0]}/", bottom, f"{counted[1]}＝", quotient, unit]
        )
        short = long if share else top + unit
        one = self.bottom == self.factor
        return short.where(one, long).where(self.bottom != 0, "没有数据")

    def _shares_text(self) -> pd.Series:
        """Return the mean of shares of targets in per cent, and of how many."""
        count = pd.Series(self.bottom // self.factor).astype("str")
        quotient = texts.ratio_texts(times(self.top, 100), self.bottom, 2)
        told = texts.join_columns([quotient, "%（", count, "项平均）"])
        return told.where(self.bottom != 0, "没有数据").where(count != "1", quotient + "%")

    def _sides_text(self, measure: ChangeMeasure | RatioMeasure) -> pd.Series:
        """Return both numbers, and what one is of the other."""
        first, second = counted_facts(measure)
        now, before = (side.text(m) for side, m in zip(self.sides, (first, second), strict=True))
        factor = 100 if is_share(measure) else 1
        quotient = texts.ratio_texts(times(self.top, factor), self.bottom, 2) + unit_of(measure)
        if isinstance(measure, ChangeMeasure):
            both = texts.join_columns([now, f"，{second.what}", before])
            told, nothing = texts.join_columns([both, "，为其", quotient]), both + "，无法比较"
        else:
            begin = pd.Series(f"（{first.what}", index=now.index, dtype="str")
            both = texts.join_columns([begin, now, f"，{second.what}", before, "）"])
            told, nothing = texts.join_columns([quotient, both]), "没有数据" + both
        return told.where(self.bottom != 0, nothing)


def awards_by_figures(
    figures: Figures, points: Ints, reasons: Callable[[], pd.Series], facts: Facts
) -> pd.DataFrame:
    """Return an award for every candidate that rests on what its figure rests on.

    `reasons`: what makes the sentences, asked only where words are wanted.
    """
    size = len(points)
    return awards(
        np.arange(size),
        points,
        reasons,
        evidence=lambda: lists(figures.who, figures.origin, size),
        telling=facts.telling,
    )


def measure_values(measure: Measure, facts: Facts, candidates: Candidates) -> Figures:
    """Return the measure of every candidate."""
    size = len(candidates)
    if isinstance(measure, ChangeMeasure | RatioMeasure):
        now, before = (measure_values(m, facts, candidates) for m in counted_facts(measure))
        return Figures(
            times(now.top, before.bottom),
            times(now.bottom, before.top),
            np.concatenate([now.who, before.who]),
            np.concatenate([now.origin, before.origin]),
            sides=(now, before),
        )
    if isinstance(measure, MonthMeasure):
        rows = months_of(facts, candidates, measure.metric, measure.variant)
        rows = rows[rows["month"].isin(facts.ended_months)]
        who = rows["candidate"].to_numpy()
        owner, origin = evidence_pairs(facts, rows) if facts.telling else (who[:0], who[:0])
        return Figures(
            sums(who, rows["numerator"].to_numpy(), size),
            sums(who, rows["denominator"].to_numpy(), size),
            owner,
            origin,
            METRICS[measure.metric].scale,
        )
    rows = facts.select(measure, candidates, measure.columns_measured).rows
    ones = np.ones(size, dtype=np.int64)
    if measure.take == "count":
        counted = rows if measure.label is None else _distinct(rows, measure.label)
        return Figures(np.bincount(counted["candidate"], minlength=size), ones, *_evidence(rows))
    rows = _with_numbers(rows, measure)
    made = gather(measure, rows, size)
    below = times(made.count, made.factor)
    return Figures(made.top, below, *_evidence(rows[made.counts]), made.factor)


def _evidence(rows: pd.DataFrame) -> tuple[Positions, Positions]:
    """Return the candidate and the origin of every fact, and of what led to the candidate."""
    who = rows["candidate"].to_numpy()
    origin = np.concatenate([rows[ORIGIN].to_numpy(), rows[VIA].to_numpy()]).astype(np.int64)
    return np.concatenate([who, who]), origin


def _with_numbers(rows: pd.DataFrame, measure: FactMeasure) -> pd.DataFrame:
    """Return the rows that have a number; of shares, those that have a target."""
    needed = [measure.column] if measure.share_of is None else []
    each = [measure.each.by] if measure.each is not None else []
    rows = rows.dropna(subset=[*needed, *each])
    if measure.share_of is not None:
        rows = rows[has_target(rows[measure.share_of])]
    return rows.reset_index(drop=True)


def _distinct(rows: pd.DataFrame, label: tuple[str, ...]) -> pd.DataFrame:
    """Return one row per candidate and value of the label columns, blank values left out."""
    for column in label:
        if rows[column].dtype == object:
            rows = rows.explode(column, ignore_index=True)
    return rows.dropna(subset=list(label)).drop_duplicates(["candidate", *label])
