"""A candidate's account: the ledger laid out along the rubric, with what each sum comes to."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from dalian_eval.outputs.words import CLAUSE_STATES
from dalian_eval.report.base.labels import lacking_sentence, table_title
from dalian_eval.report.base.points import plain
from dalian_eval.report.views.chosen_readings import ChosenReading, readings_of
from dalian_eval.report.views.evidence import Evidence, parse_origins
from dalian_eval.report.views.month_strips import Strip, strip
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.nodes import Clause, Item
from dalian_eval.rubric.sentences import rule_sentences
from dalian_eval.scoring.awards import GAVE, PENDING, SETTLED
from dalian_eval.scoring.metric_clause import metric_clauses
from dalian_eval.scoring.settle import FLOOR


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger.

    `causes`: the clauses that led to an entry of settlement; `cut`: whether the evidence is a full
    list of a monthly figure, so that there may be more rows than it names.
    """

    id: str
    month: str
    points: int
    rule: str
    reason: str
    evidence: tuple[Evidence, ...]
    outcome: str
    causes: tuple["Cause", ...] = ()
    cut: bool = False

    @property
    def settles(self) -> bool:
        """Whether the entry settles rather than awards."""
        return self.outcome == SETTLED


@dataclass(frozen=True)
class Cause:
    """A clause that led to something: its id and title."""

    id: str
    title: str


@dataclass(frozen=True)
class Account:
    """A clause or item of a candidate's account.

    `awarded`, `points`: before and after its own cap (a clause) or settlement (an item), as in
    clauses.csv; `attainable`, `prospect`: the most it can come to by the end of the period, and
    why; `entries`: its own, without those below; `readings`: those it depends on; `rules`,
    `missing`, `strip` and whether it is a veto or any verdict (void or veto: it gives no points, it
    strikes or does not) belong to clauses only.
    """

    id: str
    title: str
    locator: str
    status: str
    awarded: int
    points: int
    maximum: int | None
    attainable: int
    prospect: str
    bonus: bool
    depth: int
    entries: tuple[Entry, ...]
    readings: tuple[ChosenReading, ...]
    parts: tuple["Account", ...] = ()
    rule: str = ""
    is_verdict: bool = False
    is_veto: bool = False
    rules: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    strip: Strip | None = None

    @property
    def lacking(self) -> str:
        """Which tables the clause waits for, as a sentence; empty when it has them all."""
        return lacking_sentence(self.missing, self.is_verdict) if self.missing else ""

    @property
    def state(self) -> str:
        """The status in Chinese."""
        return CLAUSE_STATES.get(self.status, self.status)

    @property
    def is_clause(self) -> bool:
        """Whether this is a leaf of the rubric."""
        return not self.parts

    @property
    def lost(self) -> int | None:
        """Points short of the maximum; None for deductions, bonuses and clauses without one."""
        if self.bonus or self.maximum is None or self.maximum < 0:
            return None
        return max(0, self.maximum - self.points)

    @property
    def still_open(self) -> int:
        """What can still come by the end of the period; 0 where nothing can."""
        return 0 if self.is_verdict else max(0, self.attainable - self.points)

    @property
    def outcome(self) -> str:
        """What a clause comes to before and after its own cap, where that makes a difference."""
        if self.is_verdict or self.awarded == self.points:
            return ""
        beyond = any(e.rule == FLOOR for e in self.entries)
        word = "复核决定超出本条可计的部分" if beyond else "本条封顶冲减"
        cap = f"{word}{plain(self.points - self.awarded)}分"
        return f"封顶前{plain(self.awarded)}分，{cap}，封顶后{plain(self.points)}分"

    @property
    def below(self) -> int:
        """The sum of what stands directly below, bonuses left out unless this is one."""
        return sum(p.points for p in self.parts if self.bonus or not p.bonus)

    @property
    def posted(self) -> int:
        """The sum of all entries here and below, bonuses left out unless this is one."""
        below = sum(p.posted for p in self.parts if self.bonus or not p.bonus)
        return below + sum(e.points for e in self.entries)

    def leaves(self) -> Iterator["Account"]:
        """Yield the clauses at and below, in document order."""
        if self.is_clause:
            yield self
        for part in self.parts:
            yield from part.leaves()


@dataclass(frozen=True)
class Statement:
    """Everything a candidate's page shows: the score's row, the items and how they make the total.

    `items`: what stands directly under the root, bonuses and veto included; `rescaled`: the
    entries of redistribution and any of the root; `entry_count`: how many there are in all;
    `draw`: the candidate's rows of draw.csv.
    """

    score: dict[str, Any]
    items: tuple[Account, ...]
    rescaled: tuple[Entry, ...]
    bonuses: tuple[Account, ...]
    entry_count: int
    posted: int
    draw: pd.DataFrame

    @property
    def item_sum(self) -> int:
        """The sum of the items that stand in the base."""
        return sum(i.points for i in self.items if not i.bonus)

    @property
    def rescale_sum(self) -> int:
        """What redistribution added."""
        return sum(e.points for e in self.rescaled)

    @property
    def adds_up(self) -> bool:
        """Whether entries, items and total agree, as they must."""
        base = self.item_sum + self.rescale_sum
        bonus = sum(b.points for b in self.bonuses)
        return (
            self.posted == self.score["total"]
            and base == self.score["base"]
            and bonus == self.score["bonus"]
            and all(i.posted == i.points for i in self.items)
        )

    @property
    def verdicts(self) -> tuple[Entry, ...]:
        """The entries of the veto clauses that say something was found or is pending."""
        return tuple(
            entry
            for item in self.items
            if item.is_clause and item.is_veto
            for entry in item.entries
            if entry.outcome in (GAVE, PENDING)
        )

    @property
    def open(self) -> tuple[Account, ...]:
        """The clauses that wait for data."""
        return tuple(
            leaf for item in self.items for leaf in item.leaves() if leaf.status == "unavailable"
        )


@dataclass(frozen=True)
class Standing:
    """A candidate's rank (None: takes no part), how many share it, how many are ranked."""

    rank: int | None
    tied: int
    ranked: int


def standing_of(view: RunView, kind: str, candidate: str) -> Standing:
    """Return where a candidate stands among its kind."""
    counts = view.kept(f"ranks of {kind}", lambda: _ranks(view, kind))
    ranked = counts.total()
    rank = view.score_of(kind, candidate)["rank"]
    if pd.isna(rank):
        return Standing(None, 0, ranked)
    return Standing(int(rank), counts[int(rank)], ranked)


def _ranks(view: RunView, kind: str) -> Counter[int]:
    """Return how many share each rank."""
    ranks = view.scores.loc[(view.scores["kind"] == kind) & view.scores["rank"].notna(), "rank"]
    return Counter(int(rank) for rank in ranks)


def statement_of(view: RunView, kind: str, candidate: str) -> Statement:
    """Return a candidate's account; UsageError when the run has no such candidate."""
    score = view.score_of(kind, candidate)
    section = view.section(kind)
    ledger = view.cells_of("ledger", kind, candidate, *_LedgerRow._fields)
    entries: dict[str, list[Entry]] = {}
    for row in map(_LedgerRow._make, ledger):
        entries.setdefault(row.clause, []).append(_entry(row, section, view.rows_listed))
    rows = map(_ClauseRow._make, view.cells_of("clauses", kind, candidate, *_ClauseRow._fields))
    outcome = {row.clause: row for row in rows}
    coming = view.cells_of("outlook", kind, candidate, "clause", "attainable", "reason")
    outlook = {clause: (most, why) for clause, most, why in coming}
    maker = _Maker(view, section, candidate, entries, outcome, outlook)
    items = tuple(maker.account(name, 0) for name in section.children(section.kind))
    rest = entries.get(section.kind, []) + entries.get(f"{section.kind}.redistribution", [])
    return Statement(
        score=score,
        items=items,
        rescaled=tuple(rest),
        bonuses=tuple(_bonuses(items)),
        entry_count=len(ledger),
        posted=sum(entry.points for own in entries.values() for entry in own),
        draw=view.rows_of("draw", kind, candidate),
    )


def _bonuses(items: tuple[Account, ...]) -> Iterator[Account]:
    """Yield the outermost bonus items and clauses."""
    for item in items:
        if item.bonus:
            yield item
        else:
            yield from _bonuses(item.parts)


class _LedgerRow(NamedTuple):
    """A row of ledger.csv, as far as an account needs it."""

    entry: str
    clause: str
    month: str
    points: int
    rule: str
    reason: str
    evidence: str
    outcome: str
    cause: str


class _ClauseRow(NamedTuple):
    """A row of clauses.csv, as far as an account needs it."""

    clause: str
    status: str
    awarded: int
    points: int
    max: int | None


def _entry(row: _LedgerRow, section: Section, listed: int) -> Entry:
    clause = section.clauses.get(row.clause)
    full = row.evidence.count("!") >= listed
    return Entry(
        id=row.entry,
        month=row.month,
        points=row.points,
        rule=row.rule,
        reason=row.reason,
        evidence=parse_origins(row.evidence),
        outcome=row.outcome,
        causes=tuple(Cause(c, section.nodes[c].title) for c in row.cause.split()),
        cut=full and clause is not None and bool(clause.metrics),
    )


@dataclass(frozen=True)
class _Maker:
    """Builds the tree of one candidate."""

    view: RunView
    section: Section
    candidate: str
    entries: dict[str, list[Entry]]
    outcome: dict[str, _ClauseRow]
    outlook: dict[str, tuple[int, str]]

    @cached_property
    def figures(self) -> dict[str, str]:
        """The public name of the monthly figures of each clause that has some."""
        return {clause.id: name for name, clause in metric_clauses(self.section).items()}

    def account(self, name: str, depth: int) -> Account:
        node = self.section.nodes[name]
        row = self.outcome[name]
        common: dict[str, Any] = {
            "id": name,
            "title": node.title,
            "locator": node.locator,
            "status": row.status,
            "awarded": row.awarded,
            "points": row.points,
            "maximum": row.max,
            "attainable": self.outlook[name][0],
            "prospect": self.outlook[name][1],
            "bonus": node.bonus,
            "depth": depth,
            "entries": tuple(self.entries.get(name, ())),
            "readings": readings_of(self.view, name),
        }
        if isinstance(node, Item):
            parts = tuple(self.account(c, depth + 1) for c in self.section.children(name))
            return Account(**common, parts=parts)
        return Account(**common, **self._leaf(node, row.status))

    def _leaf(self, clause: Clause, status: str) -> dict[str, Any]:
        metric = self.figures.get(clause.id)
        missing = (
            self.view.missing_tables(self.section.kind, clause.id)
            if status == "unavailable"
            else []
        )
        months = strip(self.view, self.section.kind, self.candidate, metric) if metric else None
        return {
            "rule": clause.rule_name,
            "is_verdict": clause.is_verdict,
            "is_veto": clause.is_veto,
            "rules": rule_sentences(clause, self.section, self.view.rubric.period),
            "missing": tuple(table_title(t) for t in missing),
            "strip": months,
        }
