"""Rule `relative`: the best of all candidates has the full mark, the others in proportion to it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from dalian_eval.rubric.ladders import Found
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import AnyMeasure, Measure, Points
from dalian_eval.rubric.sentences import measure_terms, measure_words
from dalian_eval.scoring import texts
from dalian_eval.scoring.clause_result import SCORED, Leaf
from dalian_eval.scoring.exact import half_up, times
from dalian_eval.scoring.facts import Candidates, Facts, Selection
from dalian_eval.scoring.groups import group_faults, group_words, groups_of
from dalian_eval.scoring.measures import awards_by_figures, measure_values
from dalian_eval.scoring.scored_clause import ScoredClause


class RelativeClause(ScoredClause):
    """The maximum for the most (or `least`) of all, less in proportion for the others.

    `among`: the column of 单位 or 人员 whose words are groups with a best of their own.
    """

    rule: Literal["relative"]
    measure: Measure
    first: Literal["most", "least"] = "most"
    among: str | None = None
    max: Points

    rule_names: ClassVar = {"relative": "与最好的相比"}
    compares_candidates: ClassVar = True
    advice: ClassVar = "对照名次靠前的对象找差距，提前谋划、加力推进"

    @property
    def measures(self) -> tuple[AnyMeasure, ...]:
        """The number that is compared."""
        return (self.measure,)

    def faults(self, section: Section, period: Period) -> Found:
        """Groups of a column that there is."""
        yield from group_faults(self.among, section.kind)

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return who has the full mark, and what the others have."""
        end = "最多" if self.first == "most" else "最少"
        how = "占最多者的比例" if self.first == "most" else "最少者占其数的比例"
        what = group_words(self.among, section.kind) + measure_terms(self.measure)
        return [f"{what}{end}的得{points_text(self.max)}分，其余按{how}计"]

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Award each candidate's share of the best; everybody has an entry.

        Whom the clause does not concern is not compared with. Where the fewest are best, a number
        of 0 is as good as any, and has the full mark.
        """
        figures = measure_values(self.measure, facts, candidates)
        size, least = len(candidates), self.first == "least"
        compared = (leaf.status == SCORED) & (figures.bottom > 0)
        values = {
            int(i): Fraction(int(figures.top[i]), int(figures.bottom[i]))
            for i in np.flatnonzero(compared)
        }
        pick, groups = min if least else max, groups_of(self.among, facts, candidates).number
        values = {place: value for place, value in values.items() if groups[place] >= 0}
        bests = {
            group: pick(value for place, value in values.items() if groups[place] == group)
            for group in {int(groups[place]) for place in values}
        }
        top, bottom = np.zeros(size, dtype=object), np.ones(size, dtype=object)
        for place, value in values.items():
            best = bests[int(groups[place])]
            share = best / value if least and value else value / best if best else Fraction(0)
            share = Fraction(1) if least and not value else max(share, Fraction(0))
            top[place], bottom[place] = share.numerator, share.denominator
        points = half_up(times(top, self.max), bottom)
        told = {i for i, value in values.items() if value == bests[int(groups[i])]}
        standing = np.array([0 if i not in values else 1 if i in told else 2 for i in range(size)])
        end = "最少" if least else "最多"
        words = ("，不参加比较，得", f"，为{end}的，得", f"，与{end}的相比为")

        def reasons() -> pd.Series:
            percent = texts.ratio_texts(times(top, 100), bottom, 2)
            middle = texts.sentences_of_rows([standing], lambda n: words[int(n)]).astype("str")
            share = (percent + "%，得").where(pd.Series(standing) == 2, "")
            what = pd.Series(measure_words(self.measure), index=range(size), dtype="str")
            got = texts.points_texts(points)
            return texts.join_columns([what, figures.text(self.measure), middle, share, got, "分"])

        return awards_by_figures(figures, points, reasons, facts), ()
