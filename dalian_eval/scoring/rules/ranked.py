"""Rule `ranked`: points by the candidate's place among all candidates.

Who does not reach `at_least` has no place. Equal candidates share a place (1, 2, 2, 4), and all of
them get its points, also where they straddle a cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field, StrictInt, model_validator

from dalian_eval.rubric.ladders import Found, sign_faults
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import points_text, verb
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import (
    AnyMeasure,
    Measure,
    Points,
    Ratio,
    Strict,
)
from dalian_eval.rubric.ranks import competition_ranks
from dalian_eval.rubric.sentences import measure_terms, measure_text, measure_words
from dalian_eval.scoring import texts
from dalian_eval.scoring.clause_result import SCORED, Leaf
from dalian_eval.scoring.exact import times
from dalian_eval.scoring.facts import Candidates, Facts, Positions, Selection
from dalian_eval.scoring.groups import group_faults, group_words, groups_of
from dalian_eval.scoring.measures import Figures, awards_by_figures, measure_values
from dalian_eval.scoring.scored_clause import ScoredClause


class Place(Strict):
    """`points` for the places up to `within`, from where the place before it ends."""

    within: StrictInt = Field(gt=0)
    points: Points


class RankedClause(ScoredClause):
    """Points by place, the most (or `least`) first.

    `fall`: what each place behind the last one of `places` has less than the one before it;
    `among`: the column of 单位 or 人员 whose words are groups with places of their own.
    """

    rule: Literal["ranked"]
    measure: Measure
    first: Literal["most", "least"] = "most"
    at_least: Ratio | None = None
    places: tuple[Place, ...] = Field(min_length=1)
    fall: Points = 0
    among: str | None = None
    max: Points

    rule_names: ClassVar = {"ranked": "按名次计分"}
    compares_candidates: ClassVar = True
    advice: ClassVar = "对照名次靠前的对象找差距，提前谋划、加力推进"

    @model_validator(mode="after")
    def _ladder(self) -> RankedClause:
        cuts = [p.within for p in self.places]
        if cuts != sorted(set(cuts)):
            raise ValueError("名次界线 within 必须由小到大，不能重复")
        if self.max not in {p.points for p in self.places}:
            raise ValueError("满分 max 必须是某一名次的分值")
        return self

    @property
    def measures(self) -> tuple[AnyMeasure, ...]:
        """The number that is ranked."""
        return (self.measure,)

    def faults(self, section: Section, period: Period) -> Found:
        """A better place gives more, the first one the maximum."""
        yield from group_faults(self.among, section.kind)
        if self.fall < 0:
            yield ("fall",), "每名递减的分值应大于0"
        yield from sign_faults(self, ("places",), (p.points for p in self.places))
        for better, worse in pairwise(self.places):
            if worse.points >= better.points:
                yield (
                    ("places",),
                    f"第{worse.within}名以内的{points_text(worse.points)}分不少于"
                    f"第{better.within}名以内的{points_text(better.points)}分",
                )

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return the order, who takes part, and what each place gives."""
        order = "由多到少" if self.first == "most" else "由少到多"
        floor = ""
        if self.at_least is not None:
            floor = f"（达到{measure_text(self.measure, self.at_least)}的参加排名）"
        places = self._ladder_words
        groups = group_words(self.among, section.kind)
        return [f"{groups}按{measure_terms(self.measure)}{order}排名{floor}，{places}，并列的同计"]

    @property
    def _ladder_words(self) -> str:
        fall = f"，以后每名递减{points_text(self.fall)}分" if self.fall else ""
        return _places_sentence(self.places) + fall

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Award the points of each candidate's place; everybody has an entry with place and number.

        Whom the clause does not concern takes nobody's place.
        """
        figures = measure_values(self.measure, facts, candidates)
        taking_part = (leaf.status == SCORED) & (figures.bottom > 0)
        if self.at_least is not None:
            left = times(figures.top, self.at_least.denominator)
            taking_part &= left >= times(figures.bottom, self.at_least.numerator)
        groups = groups_of(self.among, facts, candidates)
        taking_part &= groups.number >= 0
        place, field = np.zeros((2, len(candidates)), dtype=np.int64)
        equal = np.zeros(len(candidates), dtype=np.int64)
        for number in range(len(groups.words)):
            mine = taking_part & (groups.number == number)
            place = np.where(mine, _places(figures, mine, self.first), place)
            field = np.where(mine, mine.sum(), field)
            counts = np.bincount(place[mine], minlength=len(place) + 1)
            equal = np.where(mine, counts[place], equal)
        points = np.zeros(len(place), dtype=np.int64)
        for step in reversed(self.places):
            points = np.where((place > 0) & (place <= step.within), step.points, points)
        if self.fall:
            last = self.places[-1]
            behind = last.points - self.fall * (place - last.within)
            points = np.where(place > last.within, np.maximum(behind, 0), points)
        cuts = [p.within for p in self.places]
        ladder = self._ladder_words
        least = "" if self.at_least is None else measure_text(self.measure, self.at_least)

        def sentence(place: int, equal: int, points: int, field: int, group: int) -> str:
            if not place:
                asked = f"未达到{least}，" if least else ""
                return f"，{asked}不参加排名，得0分（{ladder}）"
            tie = f"（{equal}个并列）" if equal > 1 else ""
            over = any(place <= cut < place + equal - 1 for cut in cuts)
            note = "，并列跨越名额界线，均计" if over else ""
            own = groups.words[group] if self.among is not None else ""
            where = f"，在{own}{field}个中列第{place}名"
            return f"{where}{tie}{note}，得{points_text(points)}分（{ladder}）"

        def reasons() -> pd.Series:
            told = texts.sentences_of_rows(
                [place, equal, points, field, groups.number],
                lambda p, e, got, f, g: sentence(int(p), int(e), int(got), int(f), int(g)),
            ).astype("str")
            what = pd.Series(measure_words(self.measure), index=range(len(place)), dtype="str")
            return texts.join_columns([what, figures.text(self.measure), told])

        return awards_by_figures(figures, points, reasons, facts), ()


def _places_sentence(places: Sequence[Place]) -> str:
    """Return what the places give: 第1至5名得2分，第6至10名得1分."""
    parts, begin = [], 1
    for place in sorted(places, key=lambda p: p.within):
        span = f"第{begin}名" if place.within == begin else f"第{begin}至{place.within}名"
        parts.append(span + verb(place.points))
        begin = place.within + 1
    return "，".join(parts)


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
