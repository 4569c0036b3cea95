"""Where a candidate's points went: rows that add up exactly to full mark minus total.

Told after settlement, as the ledger has it: an item lacks so much; what a void took comes first,
then what was taken off and could not be given back, then what its clauses lack, those that lack
most first, never more than the item itself. Bonuses and redistribution are rows of their own, with
a minus. Statement, self-assessment, yearly text and `explain` all tell these rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.nodes import Clause, Item
from dalian_eval.scoring.awards import SETTLED
from dalian_eval.scoring.clause_result import NOT_APPLICABLE, UNAVAILABLE
from dalian_eval.scoring.settle import CARRY, FLOOR, VOID

VOIDED, TAKEN, SHORT, REST, OPEN, LEFT_OUT, SETTLEMENT, BONUS = (
    *("voided", "taken", "short", "rest", "open", "left_out", "settlement", "bonus"),
)
"""What a row is: a void; a deduction; what a clause lacks; what of an item only clauses without a
maximum could fill; a clause that waits for data; one that is not assessed; an entry on the total,
such as redistribution; a bonus."""

_ORDER = {
    what: place
    for place, what in enumerate((VOIDED, TAKEN, SHORT, REST, OPEN, LEFT_OUT, SETTLEMENT, BONUS))
}


@dataclass(frozen=True)
class State:
    """What clauses.csv says of a clause or item; points in ten-thousandths (None: no maximum)."""

    points: int
    maximum: int | None
    status: str


@dataclass(frozen=True)
class Posting:
    """An entry of the ledger on an item or the total: a settlement or a decision."""

    id: str
    rule: str
    points: int
    settles: bool
    causes: tuple[str, ...]


@dataclass(frozen=True)
class Lost:
    """A row: `points` that are lost (ten-thousandths, negative: gained) through `node`.

    `item`: the item directly under the root where they are missing, blank for the total's own
    rows; `own`: what the clause lacks or took by itself, before its item's settlement; `entries`:
    the ids of the entries on the item or the total that say so.
    """

    node: str
    item: str
    what: str
    points: int
    own: int
    entries: tuple[str, ...] = ()


def losses_of(view: RunView, kind: str, candidate: str) -> tuple[Lost, ...]:
    """Return the rows of a candidate; they add up to the full mark minus its total."""
    rows = view.cells_of("clauses", kind, candidate, "clause", "points", "max", "status")
    states = {name: State(points, most, status) for name, points, most, status in rows}
    section = view.section(kind)
    return loss_rows(section, states, _postings(view, kind, candidate))


def all_losses(view: RunView, kind: str) -> dict[str, tuple[Lost, ...]]:
    """Return the rows of every candidate of a kind, by its code."""
    return {str(c): losses_of(view, kind, str(c)) for c in view.candidates(kind)["candidate"]}


def _postings(view: RunView, kind: str, candidate: str) -> dict[str, list[Posting]]:
    clauses = view.section(kind).clauses
    found: dict[str, list[Posting]] = {}
    names = ("clause", "entry", "rule", "points", "outcome", "cause")
    for clause, entry, rule, points, outcome, cause in view.cells_of(
        "ledger", kind, candidate, *names
    ):
        if clause in clauses:
            continue
        causes = tuple(cause.split())
        posting = Posting(entry, rule, points, outcome == SETTLED, causes)
        found.setdefault(clause, []).append(posting)
    return found


def loss_rows(
    section: Section, states: Mapping[str, State], postings: Mapping[str, Sequence[Posting]]
) -> tuple[Lost, ...]:
    """Return the rows of one candidate in the order in which they are told."""
    maker = _Maker(section, states, postings)
    rows = [row for row in maker.rows() if row.points]
    return tuple(sorted(rows, key=lambda r: (_ORDER[r.what], -r.points)))


@dataclass(frozen=True)
class _Maker:
    section: Section
    states: Mapping[str, State]
    postings: Mapping[str, Sequence[Posting]]

    @cached_property
    def root(self) -> str:
        return self.section.kind

    def rows(self) -> Iterator[Lost]:
        """Yield the rows of the items, then those of the total."""
        told = 0
        for row in (*self._items(), *self._total()):
            told += row.points
            yield row
        state = self.states[self.root]
        rest = (state.maximum or 0) - state.points - told
        yield Lost(self.root, "", SETTLEMENT, rest, rest)

    def _items(self) -> Iterator[Lost]:
        for child in self.section.children(self.root):
            node = self.section.nodes[child]
            if isinstance(node, Item) and not node.bonus:
                yield from self._item(child, child, self._short(child))

    def _total(self) -> Iterator[Lost]:
        """Yield what stands directly under the root, entries on the total, and the bonuses."""
        for row in (*self._taken(self.root), *self._lacking(self.root)):
            if not isinstance(self.section.nodes[row.node], Item):
                yield row
        for name in (self.root, f"{self.root}.redistribution"):
            for entry in self.postings.get(name, ()):
                taken = not entry.settles and entry.points < 0
                if entry.rule not in (CARRY, FLOOR) and not taken:
                    node = entry.causes[0] if len(entry.causes) == 1 else self.root
                    yield Lost(node, "", SETTLEMENT, -entry.points, -entry.points, (entry.id,))
        yield from self._bonuses(self.root)

    def _bonuses(self, item: str) -> Iterator[Lost]:
        for child in self.section.children(item):
            points = -self.states[child].points
            if self.section.nodes[child].bonus:
                yield Lost(child, "", BONUS, points, points)
            elif child in self.section.items:
                yield from self._bonuses(child)

    # ---- an item -------------------------------------------------------------------------

    def _item(self, name: str, top: str, room: int) -> Iterator[Lost]:
        """Yield rows that add up to `room`, what `name` lacks as far as it counts above."""
        for row in (*self._voided(name), *self._taken(name), *self._lacking(name)):
            points = min(row.points, room)
            if points <= 0:
                continue
            room -= points
            if row.node in self.section.items and row.what not in (VOIDED, TAKEN):
                yield from self._item(row.node, top, points)
            else:
                yield Lost(row.node, top, row.what, points, row.own, row.entries)
        yield Lost(name, top, REST, room, room)

    def _voided(self, name: str) -> Iterator[Lost]:
        for entry in self.postings.get(name, ()):
            if entry.rule == VOID:
                node = entry.causes[0] if entry.causes else name
                yield Lost(node, "", VOIDED, -entry.points, -entry.points, (entry.id,))

    def _taken(self, name: str) -> Iterator[Lost]:
        """Yield the deductions from `name` or a clause in it, less what a floor gave back."""
        owed = {
            clause: -self.states[clause].points
            for clause, node in self.section.clauses.items()
            if node.deducts and self._lands(clause, str(node.reaches), name)
        }
        entries = self.postings.get(name, ())
        back = dict.fromkeys(owed, 0)
        floors: dict[str, list[str]] = {}
        for entry in entries:
            if entry.rule != FLOOR:
                continue
            left = entry.points
            causes = [c for c in entry.causes or tuple(owed) if c in owed]
            for clause in reversed(causes):
                part = min(left, owed[clause] - back[clause])
                back[clause] += part
                left -= part
                floors.setdefault(clause, []).append(entry.id)
        for clause, points in owed.items():
            ids = tuple(floors.get(clause, ()))
            yield Lost(clause, "", TAKEN, points - back[clause], points, ids)
        for entry in entries:
            if not entry.settles and entry.points < 0:
                yield Lost(name, "", TAKEN, -entry.points, -entry.points, (entry.id,))

    def _lands(self, clause: str, reaches: str, name: str) -> bool:
        """Whether a deduction is settled at `name`."""
        children = self.section.children(name)
        leaf = clause in children and reaches in children and reaches in self.section.clauses
        return reaches == name or leaf

    def _lacking(self, name: str) -> list[Lost]:
        """Return what the clauses and items in `name` lack, those that are scored first."""
        found = []
        for child in self.section.children(name):
            node, state = self.section.nodes[child], self.states[child]
            if node.bonus or not _fills(node):
                continue
            words = {UNAVAILABLE: OPEN, NOT_APPLICABLE: LEFT_OUT}
            what = SHORT if isinstance(node, Item) else words.get(state.status, SHORT)
            points = self._short(child)
            found.append(Lost(child, "", what, points, points))
        return sorted(found, key=lambda row: (_ORDER[row.what], -row.points))

    def _short(self, name: str) -> int:
        state = self.states[name]
        return max(0, (state.maximum or 0) - state.points)


def _fills(node: Item | Clause) -> bool:
    """Whether a clause or item gives points up to a maximum of its own."""
    if isinstance(node, Item):
        return True
    return not node.is_verdict and not node.deducts and node.capped and node.max is not None
