"""Rule `full`: the full mark to begin with, for other clauses to deduct from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import pandas as pd

from dalian_eval.rubric.ladders import Found
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.nodes import parent_of
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import Points
from dalian_eval.scoring.awards import awards
from dalian_eval.scoring.clause_result import SCORED, Leaf
from dalian_eval.scoring.facts import Candidates, Facts, Selection
from dalian_eval.scoring.scored_clause import ScoredClause


class FullClause(ScoredClause):
    """The clause's maximum for everybody whom it concerns."""

    rule: Literal["full"]
    max: Points

    rule_names: ClassVar = {"full": "满分起计"}

    def most(self, period: Period) -> int | None:
        """It always gives its maximum."""
        return self.max

    def neighbour_faults(self, section: Section) -> Found:
        """There is a clause that deducts from it."""
        beside = (section.clauses.get(name) for name in section.children(parent_of(self.id)))
        if not any(clause is not None and clause.deducts for clause in beside):
            yield ("rule",), "同一条目下没有扣分的条款，满分不会减少：请补写扣分条款或改用其他规则"

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return the mark to begin with."""
        return [f"以满分{points_text(self.max)}分起计，按同项其他条款扣减"]

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Award the maximum to everybody whom the clause concerns."""
        who = np.flatnonzero(leaf.status == SCORED)
        reason = f"以满分{points_text(self.max)}分起计"
        return awards(who, self.max, reason, telling=facts.telling), ()
