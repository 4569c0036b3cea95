"""The numbers that rules compare: an exact fraction per candidate.

It is facts counted, a column added up or averaged, or a monthly metric pooled over the months that
have ended.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from dalian_eval.rubric.numbers import fraction_text
from dalian_eval.rubric.queries import ChangeMeasure, Measure, MonthMeasure, counted_facts
from dalian_eval.rubric.sentences import Measured, is_share, unit_of
from dalian_eval.rubric.vocabulary import METRICS
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring import texts
from dalian_eval.scoring.exact import Ints, sums, times, to_integers
from dalian_eval.scoring.facts import VIA, Candidates, Facts, Positions
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

    def text(self, measure: Measured) -> pd.Series:
        """Return the numbers as text: whole ones as such, others with their quotient."""
        share, unit = is_share(measure), unit_of(measure)
        count = self.bottom // self.factor
        told = texts.sentences_of_rows(
            [self.top], lambda n: fraction_text(Fraction(int(n), self.factor))
        )
        top, bottom = told.astype("str"), pd.Series(count).astype("str")
        quotient = texts.ratio_texts(times(self.top, 100 if share else 1), self.bottom, 2)
        if isinstance(measure, ChangeMeasure):
            return self._change_text(measure)
        counted = METRICS[measure.metric].units if isinstance(measure, MonthMeasure) else ("", "")
        long = texts.join_columns(
            [top, f"{counted[0]}/", bottom, f"{counted[1]}＝", quotient, unit]
        )
        short = long if share else top + unit
        return short.where(count == 1, long).where(count != 0, "没有数据")

    def _change_text(self, measure: ChangeMeasure) -> pd.Series:
        """Return both numbers, and what one is of the other in per cent."""
        now, before = (s.text(m) for s, m in zip(self.sides, counted_facts(measure), strict=True))
        quotient = texts.ratio_texts(times(self.top, 100), self.bottom, 2)
        both = texts.join_columns([now, f"，{measure.before.what}", before])
        told = texts.join_columns([both, "，为其", quotient, "%"])
        return told.where(self.bottom != 0, both + "，无法比较")


def measure_values(measure: Measure, facts: Facts, candidates: Candidates) -> Figures:
    """Return the measure of every candidate."""
    size = len(candidates)
    if isinstance(measure, ChangeMeasure):
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
        pairs = evidence_pairs(facts, rows) if facts.telling else (who[:0], who[:0])
        return Figures(
            sums(who, rows["numerator"].to_numpy(), size),
            sums(who, rows["denominator"].to_numpy(), size),
            *pairs,
        )
    wanted = [*(measure.label or ()), *([measure.column] if measure.column else [])]
    rows = facts.select(measure, candidates, wanted).rows
    if measure.column is not None:
        rows = rows.dropna(subset=[measure.column])
    who = rows["candidate"].to_numpy()
    facts_of = np.concatenate([who, who])
    origin = np.concatenate([rows[ORIGIN].to_numpy(), rows[VIA].to_numpy()]).astype(np.int64)
    ones = np.ones(size, dtype=np.int64)
    if measure.take == "count":
        counted = rows if measure.label is None else _distinct(rows, measure.label)
        return Figures(np.bincount(counted["candidate"], minlength=size), ones, facts_of, origin)
    numbers, factor = to_integers(rows[measure.column])
    count = ones if measure.take == "sum" else np.bincount(who, minlength=size)
    return Figures(sums(who, numbers, size), times(count, factor), facts_of, origin, factor)


def _distinct(rows: pd.DataFrame, label: tuple[str, ...]) -> pd.DataFrame:
    """Return one row per candidate and value of the label columns, blank values left out."""
    for column in label:
        if rows[column].dtype == object:
            rows = rows.explode(column, ignore_index=True)
    return rows.dropna(subset=list(label)).drop_duplicates(["candidate", *label])
