"""Rules that compare numbers: a place among all candidates, a shortfall, a weighted sum.

A measure is an exact fraction per candidate: facts counted, a column added up or averaged, or a
monthly metric pooled over the months that have ended.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from dalian_eval.rubric.clauses import RankedClause, ShortfallClause, WeightedClause
from dalian_eval.rubric.numbers import fraction_text, points_text
from dalian_eval.rubric.queries import FactMeasure, Measure, MonthMeasure
from dalian_eval.rubric.ranks import competition_ranks
from dalian_eval.rubric.sentences import is_share, measure_text, places_sentence, unit_of
from dalian_eval.rubric.vocabulary import METRICS
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, lists
from dalian_eval.scoring.exact import Ints, half_up, sums, times, to_integers
from dalian_eval.scoring.facts import VIA, Candidates, Facts, Positions
from dalian_eval.scoring.monthly import Flags, months_of


@dataclass(frozen=True)
class Figures:
    """A measure of every candidate: `top` ÷ `bottom` (0: there is nothing), and its evidence.

    `who`, `origin`: one pair per fact; `factor`: what decimals were multiplied by, on both sides.
    """

    top: Ints
    bottom: Ints
    who: Positions
    origin: Positions
    factor: int = 1

    def text(self, measure: FactMeasure | MonthMeasure) -> pd.Series:
        """Return the numbers as text: whole ones as such, others with their quotient."""
        share, unit = is_share(measure), unit_of(measure)
        count = self.bottom // self.factor
        told = texts.sentences_of_rows(
            [self.top], lambda n: fraction_text(Fraction(int(n), self.factor))
        )
        top, bottom = told.astype("str"), pd.Series(count).astype("str")
        quotient = texts.ratio_texts(times(self.top, 100 if share else 1), self.bottom, 2)
        counted = METRICS[measure.metric].units if isinstance(measure, MonthMeasure) else ("", "")
        long = texts.join_columns(
            [top, f"{counted[0]}/", bottom, f"{counted[1]}＝", quotient, unit]
        )
        short = long if share else top + unit
        return short.where(count == 1, long).where(count != 0, "没有数据")


def measure_values(measure: Measure, facts: Facts, candidates: Candidates) -> Figures:
    """Return the measure of every candidate."""
    size = len(candidates)
    if isinstance(measure, MonthMeasure):
        rows = months_of(facts, candidates, measure.metric, measure.variant)
        rows = rows[rows["month"].isin(facts.ended_months)]
        who = rows["candidate"].to_numpy()
        pairs = rows[["candidate", "evidence"]].explode("evidence").dropna()
        return Figures(
            sums(who, rows["numerator"].to_numpy(), size),
            sums(who, rows["denominator"].to_numpy(), size),
            pairs["candidate"].to_numpy(),
            pairs["evidence"].to_numpy(dtype=np.int64),
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


def _places(figures: Figures, taking_part: np.ndarray, first: str) -> Positions:
    """Return competition ranks (1, 2, 2, 4) of those taking part, 0 for the others.

    Two different fractions differ by at least 1 ÷ (product of their denominators), so numbers
    scaled beyond that keep their order and equality as integers.
    """
    result = np.zeros(len(figures.top), dtype=np.int64)
    if not taking_part.any():
        return result
    top, bottom = figures.top[taking_part], figures.bottom[taking_part]
    numbers = times(top, 2 * int(bottom.max()) ** 2) // bottom
    order = [-int(n) for n in numbers] if first == "least" else [int(n) for n in numbers]
    ranks = competition_ranks(order)
    result[taking_part] = [ranks[n] for n in order]
    return result


def ranked_points(
    clause: RankedClause, facts: Facts, candidates: Candidates, assessed: Flags
) -> pd.DataFrame:
    """Award the points of each candidate's place; everybody has an entry with place and number.

    `assessed`: whom the clause concerns; the others take nobody's place.
    """
    figures = measure_values(clause.measure, facts, candidates)
    taking_part = assessed & (figures.bottom > 0)
    if clause.at_least is not None:
        left = times(figures.top, clause.at_least.denominator)
        taking_part &= left >= times(figures.bottom, clause.at_least.numerator)
    place = _places(figures, taking_part, clause.first)
    points = np.zeros(len(place), dtype=np.int64)
    for step in reversed(clause.places):
        points = np.where((place > 0) & (place <= step.within), step.points, points)
    equal = np.bincount(place, minlength=len(place) + 1)[place]
    cuts = [p.within for p in clause.places]
    field = int(taking_part.sum())
    ladder = places_sentence(clause.places)
    least = "" if clause.at_least is None else measure_text(clause.measure, clause.at_least)

    def sentence(place: int, equal: int, points: int) -> str:
        if not place:
            asked = f"未达到{least}，" if least else ""
            return f"，{asked}不参加排名，得0分（{ladder}）"
        tie = f"（{equal}个并列）" if equal > 1 else ""
        over = any(place <= cut < place + equal - 1 for cut in cuts)
        note = "，并列跨越名额界线，均计" if over else ""
        return f"，在{field}个中列第{place}名{tie}{note}，得{points_text(points)}分（{ladder}）"

    told = texts.sentences_of_rows(
        [place, equal, points], lambda p, e, got: sentence(int(p), int(e), int(got))
    ).astype("str")
    what = pd.Series(clause.measure.what, index=range(len(place)), dtype="str")
    reasons = texts.join_columns([what, figures.text(clause.measure), told])
    evidence = lists(figures.who, figures.origin, len(place))
    return awards(np.arange(len(place)), points, reasons, evidence=evidence)


def shortfall(clause: ShortfallClause, facts: Facts, candidates: Candidates) -> pd.DataFrame:
    """Deduct for every `per` below `target`; everybody has an entry. No number: no deduction."""
    figures = measure_values(clause.measure, facts, candidates)
    bottom = np.where(figures.bottom == 0, 1, figures.bottom)
    target, per = clause.target, clause.per
    missing = times(bottom, target.numerator) - times(figures.top, target.denominator)
    short = np.where((figures.bottom > 0) & (missing > 0), missing, 0)
    # (target − value) ÷ per, as numerator over denominator
    above = times(short, per.denominator)
    below = times(bottom, target.denominator * per.numerator)
    points = (
        times(above // below, clause.points)
        if clause.whole
        else half_up(times(above, clause.points), below)
    )
    who = np.arange(len(points))
    begin = pd.Series(clause.measure.what, index=who, dtype="str")
    verdict = texts.sentences_of_rows([short > 0], lambda low: "不足" if low else "不低于").astype(
        "str"
    )
    taken = texts.verbs(points).where(pd.Series(points) != 0, "不扣分")
    goal = measure_text(clause.measure, target)
    reasons = texts.join_columns(
        [begin, figures.text(clause.measure), "，", verdict, goal, "，", taken]
    )
    evidence = lists(figures.who, figures.origin, len(who))
    return awards(who, points, reasons, evidence=evidence)


def weighted_points(clause: WeightedClause, facts: Facts, candidates: Candidates) -> pd.DataFrame:
    """Award the weighted sum; a measure above its `full` counts as full, a missing one as 0."""
    size = len(candidates)
    top, bottom = np.zeros(size, dtype=np.int64), np.ones(size, dtype=np.int64)
    parts: list[pd.Series | str] = []
    pairs: list[tuple[Positions, Positions]] = []
    for component in clause.components:
        figures = measure_values(component.measure, facts, candidates)
        below = np.where(figures.bottom == 0, 1, figures.bottom)
        value = times(figures.top, component.full.denominator)
        whole = times(below, component.full.numerator)
        share = times(np.minimum(value, whole), component.weight)
        top = times(top, whole) + times(share, bottom)
        bottom = times(bottom, whole)
        what = pd.Series(component.measure.what, index=range(size), dtype="str")
        full = measure_text(component.measure, component.full)
        text: list[pd.Series | str] = [figures.text(component.measure)]
        text.append(f"（满{full}，占{component.weight}%）")
        parts += ["，"] if parts else []
        parts += [what, *text]
        pairs.append((figures.who, figures.origin))
    points = half_up(times(top, clause.max), times(bottom, 100))
    reasons = texts.join_columns(
        [*parts, f"，×{points_text(clause.max)}分，得", texts.points_texts(points), "分"]
    )
    who, origin = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return awards(np.arange(size), points, reasons, evidence=lists(who, origin, size))
