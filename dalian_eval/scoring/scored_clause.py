"""What scoring asks of a clause, whatever its rule: its awards, and what the year can still bring.

Each kind of clause is one module of `scoring.rules`, a subclass of `ScoredClause`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dalian_eval.rubric.model import Section
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import FactMeasure, Gate, Query, Years
from dalian_eval.rubric.vocabulary import DRAWN_FILES
from dalian_eval.scoring.clause_result import (
    Leaf,
    Silence,
    available,
    blank_leaf,
    filled,
    open_maximum,
)
from dalian_eval.scoring.facts import Candidates, Facts, Selection
from dalian_eval.scoring.no_award import nothing_found
from dalian_eval.scoring.settle import Points


class ScoredClause(Clause):
    """A clause that can be evaluated for every candidate at once."""

    def awards(
        self, facts: Facts, candidates: Candidates, leaf: Leaf
    ) -> tuple[pd.DataFrame, Sequence[Selection]]:
        """Return what the rule gives (see `awards.awards`), and the selections of its queries.

        `leaf`: the clause's leaf before its awards, with the status of every candidate. The
        selections explain why somebody has no award; none where everybody has an entry.
        """
        raise NotImplementedError

    def maximum_of(self, facts: Facts, candidates: Candidates) -> Points | None:
        """Return the clause's maximum for every candidate; None when it has none."""
        return None if self.max is None else np.full(len(candidates), self.max, dtype=np.int64)

    def blank(self, facts: Facts, candidates: Candidates, decided: Points) -> Leaf:
        """Return the clause's leaf before its awards; `decided`: what reviewers' decisions add."""
        return blank_leaf(self, facts, candidates, decided, self.maximum_of(facts, candidates))

    def evaluate(
        self, facts: Facts, candidates: Candidates, known: Mapping[str, Leaf], decided: Points
    ) -> Leaf:
        """Return the clause's leaf; `known`: the leaves of the clauses it leans on."""
        leaf = self.blank(facts, candidates, decided)
        entries, selections = self.awards(facts, candidates, leaf)
        silence = self.silence(selections, facts)
        return filled(leaf, available(entries, leaf), silence, known)

    def silence(self, selections: Sequence[Selection], facts: Facts) -> Silence | None:
        """Return what tells why the clause's queries gave a candidate nothing, if it is wanted."""
        if not facts.telling:
            return None
        queries = [q for q in self.queries if not isinstance(q, Gate)]
        head = "" if self.is_verdict else "未扣分：" if self.deducts else "未得分："
        return lambda who: nothing_found(self, queries, selections, who, facts, head)

    # The running year (see `outlook`).

    @property
    def is_curable(self) -> bool:
        """Whether later records can take a deduction back: a record entered, a new draw."""
        return any(
            "record_found" in q.tested_columns or q.table == DRAWN_FILES for q in self.queries
        )

    def is_closed(self, facts: Facts) -> bool:
        """Whether no fact that can still happen has a governing date that counts."""
        queries = [q for q in self.queries if not isinstance(q, Gate | FactMeasure)]
        period = facts.rubric.period
        return bool(queries) and all(_last_day(q, period) <= facts.as_of for q in queries)

    def most_while_open(self, leaf: Leaf, leaves: Mapping[str, Leaf]) -> Points:
        """Return the most the award can give where its data is missing."""
        return open_maximum(leaf)

    def most_while_scored(
        self, leaf: Leaf, most: Points, facts: Facts, candidates: Candidates
    ) -> Points:
        """Return the most the award can give by the end of P; `most`: where all is still open."""
        return leaf.points if self.is_closed(facts) else np.broadcast_to(most, leaf.points.shape)

    def outlook_figures(self, facts: Facts, candidates: Candidates) -> Points:
        """Return a number per candidate that `outlook_reason` tells; 0 where it needs none."""
        return np.zeros(len(candidates), dtype=np.int64)

    def outlook_reason(self, facts: Facts, earned: int, best: int, figure: int) -> str | None:
        """Return what the year has brought and can bring, if the rule has words of its own."""
        return None


def scored_clauses(section: Section) -> dict[str, ScoredClause]:
    """Return the clauses of a section as what scoring can evaluate, in document order."""
    found = {n: c for n, c in section.clauses.items() if isinstance(c, ScoredClause)}
    if len(found) != len(section.clauses):
        raise TypeError("a clause of the rubric has no rule")
    return found


def _last_day(query: Query, period: Period) -> dt.date:
    """Return the last governing date that can count for the query."""
    if isinstance(query.window, Years):
        return min(dt.date(max(query.window.years), 12, 31), period.end)
    year = query.where.get("year") if query.date == "year_end" else None
    if year is not None:
        last = [year.at_most] if year.at_most is not None else list(year.equals or ())
        numbers = [y for y in last if isinstance(y, int)]
        return min(dt.date(max(numbers), 12, 31), period.end) if numbers else period.end
    return period.end
