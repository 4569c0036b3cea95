"""Rules `void` and `veto`: one fact voids an item, or takes the candidate out of the ranking.

A verdict is a proven fact: it is taken from whichever of its tables are there. What the others may
still prove is open for whom it does not hit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from dalian_eval.rubric.model import Section
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import Finding
from dalian_eval.rubric.sentences import listed
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import (
    GAVE,
    PENDING,
    WAITING,
    awards,
    evidence_of,
    finding_text,
    none,
)
from dalian_eval.scoring.clause_result import (
    SCORED,
    UNAVAILABLE,
    VETOED,
    VOID,
    Leaf,
    filled,
    gate_status,
    unproven,
)
from dalian_eval.scoring.facts import Candidates, Facts, Selection
from dalian_eval.scoring.no_award import nothing_found
from dalian_eval.scoring.scored_clause import ScoredClause
from dalian_eval.scoring.settle import Points


class Verdict(ScoredClause):
    """A clause whose facts are looked for, not counted."""

    parts: tuple[Finding, ...] = Field(min_length=1)

    status_when_hit: ClassVar[str]
    """The status in clauses.csv of whom it hits."""

    @property
    def undecided(self) -> tuple[Finding, ...]:
        """What is only shown until it is decided (暂缓)."""
        return ()

    def effect(self, section: Section) -> str:
        """Return what a hit does, in Chinese."""
        raise NotImplementedError

    def evaluate(
        self, facts: Facts, candidates: Candidates, known: Mapping[str, Leaf], decided: Points
    ) -> Leaf:
        """Return whom the clause hits, with the rows that prove it."""
        leaf = self.blank(facts, candidates, decided)
        size = len(candidates)
        gates, _ = gate_status(self, facts, candidates)
        assessed = gates == SCORED
        looked_at, hits, selections = _findings(self.parts, facts, candidates, GAVE)
        hits = _of(hits, assessed)
        fired = np.bincount(hits["candidate"], minlength=size) > 0
        pending = np.zeros(size, dtype=bool)
        waiting = none()
        if self.undecided:
            more, waiting, further = _findings(self.undecided, facts, candidates, PENDING)
            waiting = _of(waiting, assessed)
            pending = (np.bincount(waiting["candidate"], minlength=size) > 0) & ~fired
            looked_at += more
            selections += further
        status = np.where(fired, self.status_when_hit, leaf.status).astype(object)
        leaf = replace(leaf, fired=fired, pending=pending)
        if not facts.telling:
            return replace(filled(leaf, hits, None, {}), status=status)
        effect = self.effect(facts.rubric.section(candidates.kind))
        hits["reason"] = texts.ending(hits["reason"], f"，{effect}")
        waiting["reason"] = texts.ending(waiting["reason"], "，暂缓认定，保留排名")
        entries = [hits, waiting]
        open_ = (leaf.status == UNAVAILABLE) & assessed & ~fired
        head = f"待补：{unproven(leaf.missing)}"
        entries.append(awards(np.flatnonzero(open_ & pending), 0, head, outcome=WAITING))
        if looked_at:
            head += "；已报送的资料中"
            who = np.flatnonzero(open_ & ~pending)
            entries.append(
                nothing_found(self, looked_at, selections, who, facts, head, outcome=WAITING)
            )
        made = filled(leaf, texts.stack(entries), self.silence(selections, facts), {})
        return replace(made, status=status)


class VoidClause(Verdict):
    """One fact voids an item (`voids`): it is 0, whatever else it holds."""

    rule: Literal["void"]
    voids: str

    rule_names: ClassVar = {"void": "一票归零"}
    status_when_hit: ClassVar[str] = VOID
    tells_each_alike: ClassVar = False
    advice: ClassVar = "严守底线，杜绝整项归零的情形"

    @property
    def voided(self) -> str:
        """The item that is voided."""
        return self.voids

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return what voids which item."""
        target = section.nodes[self.voids].title
        return [f"有下列情形之一，『{target}』不得分：{listed(self.parts)}"]

    def effect(self, section: Section) -> str:
        """Return which item gives nothing."""
        return f"{section.nodes[self.voids].title}不得分"


class VetoClause(Verdict):
    """One fact takes the candidate out of the ranking; a `pending` one is only shown."""

    rule: Literal["veto"]
    pending: tuple[Finding, ...] = ()

    rule_names: ClassVar = {"veto": "否决"}
    is_veto: ClassVar = True
    status_when_hit: ClassVar[str] = VETOED

    @property
    def undecided(self) -> tuple[Finding, ...]:
        """Lawsuits and findings that wait for a ruling."""
        return self.pending

    def terms(self, section: Section, period: Period) -> list[str]:
        """Return what takes a candidate out, and what waits for a ruling."""
        lines = [f"有下列情形之一，取消参评资格：{listed(self.parts)}"]
        if self.pending:
            lines.append(f"暂缓认定，保留排名：{listed(self.pending)}")
        return lines

    def effect(self, section: Section) -> str:
        """Return that the candidate takes no part in the ranking."""
        return "取消参评资格，不参加排名"


def _of(entries: pd.DataFrame, chosen: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Return the entries of the chosen candidates."""
    kept: pd.DataFrame = entries[chosen[entries["candidate"].to_numpy(dtype=np.int64)]]
    return kept.reset_index(drop=True)


def _findings(
    queries: Sequence[Finding], facts: Facts, candidates: Candidates, outcome: str
) -> tuple[list[Finding], pd.DataFrame, list[Selection]]:
    """Return the queries whose tables are there, an entry of 0 points per fact, the selections."""
    frames, selections = [none()], []
    known = [q for q in queries if not facts.missing_tables(q, candidates.kind)]
    for query in known:
        told = list(query.tested_columns) if facts.telling else []
        selection = facts.select(query, candidates, told)
        frames.append(_found(selection.rows, query, facts, outcome))
        selections.append(selection)
    return known, texts.stack(frames), selections


def _found(rows: pd.DataFrame, query: Finding, facts: Facts, outcome: str) -> pd.DataFrame:
    """Return an entry of 0 points for each fact of a query."""
    return awards(
        rows["candidate"],
        0,
        lambda: finding_text(rows, query, facts.rubric.period.year),
        month=rows["month"].array if facts.telling else None,
        evidence=lambda: evidence_of(rows, np.arange(len(rows)), len(rows)),
        outcome=outcome,
        telling=facts.telling,
    )
