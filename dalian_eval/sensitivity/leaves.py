"""Every leaf under every combination of the readings it depends on, by the rule that scores it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dalian_eval.rubric.nodes import Clause, Item
from dalian_eval.rubric.queries import Kind
from dalian_eval.rubric_file.variants import Variants, is_exclusive
from dalian_eval.scoring.clause_result import (
    NOT_APPLICABLE,
    SCORED,
    Leaf,
    available,
    filled,
)
from dalian_eval.scoring.facts import Candidates, Facts
from dalian_eval.scoring.ledger import KINDS
from dalian_eval.scoring.rules.events import EventClause
from dalian_eval.scoring.score import Score, with_draw
from dalian_eval.scoring.scored_clause import scored_clauses
from dalian_eval.sensitivity.tables import Table, tabulate


@dataclass(frozen=True)
class Outcome:
    """One leaf under one combination; `given`: the cases' contributions of an exclusive clause."""

    leaf: Leaf
    given: pd.DataFrame | None = None


@dataclass(frozen=True)
class LeafTable:
    """A leaf's outcomes, by number, and which combination leads to which."""

    table: Table
    outcomes: tuple[Outcome, ...]


class Leaves:
    """The leaves of one section under any reading; each is scored once per combination of its own.

    `seed`: of the case draw.
    """

    def __init__(self, scored: Score, kind: Kind, variants: Variants, seed: str):
        """Take the run's own score as it is."""
        self.variants = variants
        self.own = scored.section(kind)
        self.kind = kind
        self._seed = seed
        self._all: dict[Kind, Candidates] = {k: scored.section(k).candidates for k in KINDS}
        self._drawn: dict[tuple[str, ...], Facts] = {
            tuple(variants.own.chosen[r] for r in variants.draw): scored.facts
        }
        self._outcomes: dict[tuple[Any, ...], Outcome] = {}

    def table(self, name: str) -> LeafTable:
        """Return what the clause `name` comes to under every combination of its own readings."""
        readings = self.variants.needs(self.kind, name)
        outcomes = [self.outcome(name, c) for c in self.variants.combinations(readings)]
        keys = [_identity(outcome) for outcome in outcomes]
        table, first = tabulate(readings, self.variants.options, keys)
        return LeafTable(table.narrowed(), tuple(outcomes[i] for i in first))

    def outcome(self, name: str, readings: Mapping[str, str]) -> Outcome:
        """Return the clause under `readings`, the run's own for those not named."""
        chosen = {**self.variants.own.chosen, **readings}
        needs = self.variants.needs(self.kind, name)
        key = (name, *(chosen[r] for r in needs))
        if key not in self._outcomes:
            self._outcomes[key] = self._scored(name, {r: chosen[r] for r in needs})
        return self._outcomes[key]

    def _scored(self, name: str, readings: Mapping[str, str]) -> Outcome:
        rubric = self.variants.under(readings)
        clause = scored_clauses(rubric.section(self.kind))[name]
        if not is_exclusive(clause) and all(
            option == self.variants.own.chosen[r] for r, option in readings.items()
        ):
            return Outcome(self.own.leaves[name])
        facts = self._facts(readings).under(rubric).without_words()
        candidates = self.own.candidates
        decided = self.own.decisions.points(name)
        if isinstance(clause, EventClause) and is_exclusive(clause):
            blank = clause.blank(facts, candidates, decided)
            given = available(clause.contributions(facts, candidates)[0], blank)
            entries = clause.combine(given, len(candidates), telling=False)
            return Outcome(filled(blank, entries, None, {}), given)
        other = clause.shares_cap_with
        known = {} if other is None else {other: self.outcome(other, readings).leaf}
        return Outcome(clause.evaluate(facts, candidates, known, decided))

    def _facts(self, readings: Mapping[str, str]) -> Facts:
        """Return the facts with the files drawn under `readings`."""
        chosen = {**self.variants.own.chosen, **readings}
        key = tuple(chosen[r] for r in self.variants.draw)
        if key not in self._drawn:
            draw = {r: chosen[r] for r in self.variants.draw}
            base = next(iter(self._drawn.values())).under(self.variants.under(draw))
            self._drawn[key] = with_draw(base, self._all, self._seed)[0]
        return self._drawn[key]


def _identity(outcome: Outcome) -> Hashable:
    """Return what settlement makes of the outcome: two with the same are one."""
    leaf = outcome.leaf
    exclusive: Hashable = None
    if outcome.given is not None and isinstance(leaf.clause, EventClause):
        rule = leaf.clause.rule, tuple(part.tiers for part in leaf.clause.parts)
        cases = outcome.given[["candidate", "case", "label", "points"]].to_csv(index=False)
        exclusive = (rule, cases, (leaf.status == SCORED).tobytes())
    return (
        structure(leaf.clause),
        leaf.points.tobytes(),
        leaf.fired.tobytes(),
        (leaf.status == NOT_APPLICABLE).tobytes() if rescales(leaf.clause) else b"",
        exclusive,
    )


def rescales(clause: Clause) -> bool:
    """Whether those whom the clause does not concern have the rest scaled up."""
    return clause.not_applicable == "rescale"


def structure(node: Item | Clause) -> Hashable:
    """Return what a node is to the settlement, its points left out."""
    if isinstance(node, Item):
        return node.id, node.max, node.bonus, node.settle
    voids = node.voided if isinstance(node, Clause) else None
    return node.id, node.max, node.bonus, node.reaches, voids, rescales(node)
