"""The moves of a run: every proposal that raises its candidate's total, with what it comes to."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dalian_eval.moves.change import Proposal
from dalian_eval.moves.context import Context
from dalian_eval.moves.due import due
from dalian_eval.moves.efforts import Effort
from dalian_eval.moves.further_facts import further
from dalian_eval.moves.mended_rows import answered, mended_rows
from dalian_eval.moves.months import missing_in_month
from dalian_eval.moves.near_misses import near_misses
from dalian_eval.moves.rounds import awaited_reviews, files_to_upload, further_rounds, statements
from dalian_eval.moves.worth import Trials, Worth
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.queries import Kind
from dalian_eval.scoring.ledger import KINDS

_KINDS_OF_MOVES = (
    due,
    near_misses,
    mended_rows,
    statements,
    missing_in_month,
    files_to_upload,
    awaited_reviews,
    further_rounds,
    further,
)
"""Near misses before facts that are not there: of two that come to the same the first is told."""


@dataclass(frozen=True)
class Move:
    """A proposal that raises the total.

    `gain`, `total`: see `worth.Worth`; `rank`: with the total, all others as they are (None: out of
    the ranking); `effort`: the weight of its kind of work; `sentence`: with the points.
    """

    proposal: Proposal
    gain: int
    total: int
    rank: int | None
    effort: int
    sentence: str

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts a candidate's moves: one's own first, those of now first, most for least first."""
        p = self.proposal
        worth = Fraction(self.effort, self.gain)
        return (p.whose == "上级", p.to_come, worth, p.number, p.by, p.clause)


def moves(context: Context, efforts: Mapping[Effort, int]) -> list[Move]:
    """Return the moves of every candidate that is not vetoed: by candidate, best first."""
    trials = Trials(context)
    result: list[Move] = []
    for kind in sorted(KINDS):
        section = context.section(kind)
        vetoed = section.vetoed
        open_ = [
            p
            for p in proposals(context, kind)
            if not vetoed[p.candidate] and _is_still_possible(context, p)
        ]
        found = answered(context, kind, trials.worth(open_))
        result += _told(context, kind, _distinct(found), efforts)
    return result


_HANDED_IN: frozenset[Effort] = frozenset(("mend", "state", "review"))
"""Kinds of work that can be done when the period is over."""


def _is_still_possible(context: Context, proposal: Proposal) -> bool:
    """Whether there is time: when the period is over, only mending and handing in are left."""
    tables = {c.table for c in proposal.changes}
    return (
        context.as_of < context.period.end
        or proposal.effort in _HANDED_IN
        or not tables <= context.supplied
    )


def proposals(context: Context, kind: Kind) -> Iterator[Proposal]:
    """Return all proposals, each set of changes, and each row mended for a clause, once."""
    seen: set[tuple[object, ...]] = set()
    for make in _KINDS_OF_MOVES:
        for p in make(context, kind):
            facts = (p.candidate, json.dumps([c.fact() for c in p.changes], sort_keys=True))
            rows = tuple((c.table, c.origin) for c in p.changes if c.origin is not None)
            mended = (p.candidate, p.clause, rows)
            if p.question is not None:
                yield p
                continue
            if facts in seen or (make is further and rows and mended in seen):
                continue
            seen |= {facts, mended}
            yield p


def _distinct(found: Iterable[Worth]) -> list[Worth]:
    """Return the worths without those that cost more facts, or say more, for the same gain.

    Of the further facts of one clause and table that come to the same, the first is kept; of
    answers to one statement the better.
    """
    kept: dict[object, Worth] = {}
    for number, worth in enumerate(found):
        p = worth.proposal
        tables = tuple(sorted({c.table for c in p.changes}))
        own = number if p.rows else 0
        key: object = (p.candidate, p.clause, p.effort, p.whose, p.by, tables, own)
        if p.effort not in ("state", "review") and not p.rows:
            key = (key, worth.gain)
        known = kept.get(key)
        better = known is None or (
            worth.gain > known.gain if p.effort == "state" else p.number < known.proposal.number
        )
        if better:
            kept[key] = worth
    return _smallest(kept.values())


def _smallest(found: Iterable[Worth]) -> list[Worth]:
    """Return the worths without further facts of a kind of which fewer raise the total already."""
    rows = list(found)
    least: dict[object, int] = {}
    for worth in rows:
        p = worth.proposal
        least[_kind_of_fact(p)] = min(least.get(_kind_of_fact(p), p.number), p.number)
    return [
        w
        for w in rows
        if w.proposal.rows
        or w.proposal.effort not in ("fact", "case", "decision", "record")
        or w.proposal.number == least[_kind_of_fact(w.proposal)]
    ]


def _kind_of_fact(p: Proposal) -> tuple[object, ...]:
    return (p.candidate, p.clause, p.by, p.changes[-1].table)


def _told(
    context: Context, kind: Kind, found: list[Worth], efforts: Mapping[Effort, int]
) -> list[Move]:
    section = context.section(kind)
    totals = section.low.points[kind]
    standing = np.sort(totals[~section.vetoed])
    result = []
    for worth in found:
        p = worth.proposal
        # Those above stay above; the candidate's own place does not count against it.
        above = len(standing) - int(np.searchsorted(standing, worth.total, side="right"))
        above -= int(totals[p.candidate] > worth.total)
        verb = "否则扣" if p.effort == "due" and p.judged is not None else "得"
        told = f"{p.sentence}，{verb}{points_text(worth.gain)}分"
        if p.sentence.endswith(("最多", "至少", "满分时", "的")):
            told = f"{p.sentence}得{points_text(worth.gain)}分"
        made = Move(worth.proposal, worth.gain, worth.total, above + 1, efforts[p.effort], told)
        result.append(made)
    return sorted(result, key=lambda m: (m.proposal.candidate, *m.order))
