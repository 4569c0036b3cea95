"""The parts of a total: the items below the root, settled for every joint outcome of their leaves.

Items that share readings that matter become one part, so that the readings of the parts are
disjoint and every combination of their outcomes is a combination of readings.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from dalian_eval.rubric.model import Section
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric_file.variants import is_exclusive, top_of
from dalian_eval.scoring.clause_result import NOT_APPLICABLE, SCORED, Leaf
from dalian_eval.scoring.overlap import choices
from dalian_eval.scoring.settle import Points, settle
from dalian_eval.sensitivity.leaves import LeafTable, Leaves, rescales, structure
from dalian_eval.sensitivity.tables import Table, tabulate, together

Flags = npt.NDArray[np.bool_]

_CELLS = 400_000
"""Candidates × outcomes that are settled at a time: a few MB per node of the tree."""


@dataclass(frozen=True, eq=False)
class Part:
    """What some items add to a total, by outcome (rows) and candidate (columns).

    `awarded`, `deducted`: what they add to the root's sum; `bonus`: above it; `vetoed`: who is out
    of the ranking; `void`: whose base is lost; `rescaled`: clause → whom it does not concern.
    """

    table: Table
    awarded: Points
    deducted: Points
    bonus: Points
    vetoed: Flags
    void: Flags
    rescaled: dict[str, Flags] = field(default_factory=dict)

    def taken(self, rows: Any) -> "Part":
        """Return the part with some of its rows."""
        return replace(
            self,
            awarded=self.awarded[rows],
            deducted=self.deducted[rows],
            bonus=self.bonus[rows],
            vetoed=self.vetoed[rows],
            void=self.void[rows],
            rescaled={clause: flags[rows] for clause, flags in self.rescaled.items()},
        )

    def of(self, candidates: Any) -> "Part":
        """Return the part with some of its candidates."""
        return self.taken((slice(None), candidates))

    def numbered(self, table: Table) -> "Part":
        """Return the part under another table of the same outcomes."""
        return replace(self, table=table)

    def identities(self) -> list[Hashable]:
        """Return what tells each row from the others."""
        arrays = [self.awarded, self.deducted, self.bonus, self.vetoed, self.void]
        arrays += [self.rescaled[c] for c in sorted(self.rescaled)]
        return [b"".join(a[row].tobytes() for a in arrays) for row in range(len(self.awarded))]


def parts(leaves: Leaves) -> list[Part]:
    """Return the parts of a section's totals; no reading stands in two of them."""
    section = leaves.variants.own.section(leaves.kind)
    tables = {name: leaves.table(name) for name in section.clauses}
    found = [_settled(leaves, tops, tables) for tops in _blocks(leaves, section)]
    return _joined(found, leaves)


def _blocks(leaves: Leaves, section: Section) -> list[tuple[str, ...]]:
    """Return the children of the root, those together that share contested cases.

    A decision on the root itself can bring its cap into play: the best assignment then depends on
    everything.
    """
    tops = section.children(section.kind)
    sharing = {top_of(section, n) for n, c in section.clauses.items() if is_exclusive(c)}
    if sharing and section.kind in leaves.own.decided_items:
        return [tops]
    shared = tuple(t for t in tops if t in sharing)
    alone: list[tuple[str, ...]] = [(t,) for t in tops if t not in sharing]
    return [shared, *alone] if shared else alone


class _Block:
    """The items `tops` below the root, with all their nodes, under every joint outcome.

    `table`: combination → joint outcome; `made`: the outcome of each leaf in `columns` (and further
    columns) in every joint outcome.
    """

    def __init__(self, leaves: Leaves, tops: Sequence[str], tables: dict[str, LeafTable]):
        self.leaves = leaves
        self.variants = leaves.variants
        section = self.variants.own.section(leaves.kind)
        self.root: str = section.kind
        self.names = [n for n in section.nodes if n != self.root and top_of(section, n) in tops]
        inside = {n: tables[n] for n in self.names if n in tables}
        self.exclusive = [n for n, t in inside.items() if is_exclusive(t.outcomes[0].leaf.clause)]
        # The root's own void is added to the whole, but may decide where a case goes.
        self.voided = {*self.names, self.root} if self.exclusive else {*self.names}
        voiding = {
            n: t
            for n, t in tables.items()
            if any(o.leaf.clause.voided in self.voided for o in t.outcomes)
        }
        self.tables = inside | voiding
        self.own_leaves = list(inside)
        self.columns = {n: i for i, n in enumerate(self.tables)}
        items = [n for n in self.names if n not in inside]
        self.hows, how = self._distinct(
            self.variants.no_case_twice if self.exclusive else (),
            self.variants.how,
        )
        item_tables = [self._item_table(n) for n in items]
        every = [*(t.table for t in self.tables.values()), *item_tables, how]
        self.table, self.made = together(every, self.variants.options, self.variants.own.readings)
        self.combinations = self.variants.combinations(self.table.readings)
        self.first = np.unique(self.table.code.reshape(-1), return_index=True)[1]

    def _item_table(self, name: str) -> Table:
        kind = self.leaves.kind

        def read(readings: dict[str, str]) -> Hashable:
            return structure(self.variants.node(kind, name, readings))

        return self._distinct(self.variants.switches(kind, name), read)[1].narrowed()

    def _distinct(
        self, readings: tuple[str, ...], what: Callable[[dict[str, str]], Hashable]
    ) -> tuple[list[Hashable], Table]:
        keys = [what(c) for c in self.variants.combinations(readings)]
        table, first = tabulate(readings, self.variants.options, keys)
        return [keys[i] for i in first], table

    def section(self, row: int) -> Section:
        """Return the root with the nodes of the block, as joint outcome `row` reads them."""
        readings = self.combinations[self.first[row]]
        nodes = {
            n: self.variants.node(self.leaves.kind, n, readings) for n in (self.root, *self.names)
        }
        return Section.model_construct(kind=self.leaves.kind, nodes=nodes)

    def clause(self, row: int, name: str) -> Clause:
        """Return a leaf's clause in joint outcome `row`."""
        leaf: Leaf = self.tables[name].outcomes[self.made[row, self.columns[name]]].leaf
        return leaf.clause

    def over(self, lot: Sequence[int], name: str, what: Callable[[Leaf], Any]) -> Any:
        """Return something of a leaf, a row per joint outcome of the lot."""
        every = np.stack([what(o.leaf) for o in self.tables[name].outcomes])
        return every[self.made[lot, self.columns[name]]]

    def lots(self) -> list[list[int]]:
        """Return the joint outcomes in lots of one structure, no lot too large to be settled."""
        numbers: dict[Hashable, int] = {}
        columns = []
        for name, column in self.columns.items():
            each = [structure(o.leaf.clause) for o in self.tables[name].outcomes]
            code = np.array([numbers.setdefault(key, len(numbers)) for key in each])
            columns.append(code[self.made[:, column]])
        columns += [self.made[:, i] for i in range(len(self.columns), self.made.shape[1] - 1)]
        _, lot_of = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        step = max(1, _CELLS // max(1, len(self.leaves.own.candidates)))
        result = []
        for number in range(int(lot_of.max()) + 1):
            rows = np.flatnonzero(lot_of == number).tolist()
            result += [rows[i : i + step] for i in range(0, len(rows), step)]
        return result

    def voids(self, lot: Sequence[int]) -> dict[str, Flags]:
        """Return who loses which node, a row per joint outcome."""
        result: dict[str, Flags] = {}
        for name in self.tables:
            target = self.clause(lot[0], name).voided
            if target is not None and target in self.voided:
                fired = self.over(lot, name, lambda leaf: leaf.fired)
                known = result.get(target)
                result[target] = fired if known is None else known | fired
        return result


def _settled(leaves: Leaves, tops: Sequence[str], tables: dict[str, LeafTable]) -> Part:
    """Return the block of items `tops` as a part, equal outcomes collapsed."""
    block = _Block(leaves, tops, tables)
    size, count = len(leaves.own.candidates), len(block.made)
    awarded, deducted, bonus = (np.zeros((count, size), dtype=np.int64) for _ in range(3))
    vetoed, void = (np.zeros((count, size), dtype=bool) for _ in range(2))
    rescaled: dict[str, Flags] = {}
    known: dict[Hashable, dict[int, Points]] = {}
    for lot in block.lots():
        section = block.section(lot[0])
        points = {n: block.over(lot, n, lambda leaf: leaf.points) for n in block.own_leaves}
        voids = block.voids(lot)
        if block.exclusive:
            _assign(block, lot, points, voids, known)
        decided = {n: p for n, p in leaves.own.decided_items.items() if n != block.root}
        settlement = settle(
            section,
            {n: p.reshape(-1) for n, p in points.items()},
            {n: f.reshape(-1) for n, f in voids.items()},
            {},
            {n: np.tile(p, len(lot)) for n, p in decided.items()},
        )
        deducted[lot] = settlement.deducted[block.root].reshape(-1, size)
        awarded[lot] = settlement.before[block.root].reshape(-1, size) - deducted[lot]
        bonus[lot] = settlement.bonus.reshape(-1, size)
        for n in block.own_leaves:
            clause = block.clause(lot[0], n)
            if clause.is_veto:
                vetoed[lot] |= block.over(lot, n, lambda leaf: leaf.fired)
            elif clause.voided == block.root:
                void[lot] |= block.over(lot, n, lambda leaf: leaf.fired)
            elif rescales(clause):
                whom = rescaled.setdefault(n, np.zeros((count, size), dtype=bool))
                whom[lot] = block.over(lot, n, lambda leaf: leaf.status == NOT_APPLICABLE)
    return _collapsed(Part(block.table, awarded, deducted, bonus, vetoed, void, rescaled), leaves)


def _assign(
    block: _Block,
    lot: Sequence[int],
    points: dict[str, Points],
    voids: dict[str, Flags],
    known: dict[Hashable, dict[int, Points]],
) -> None:
    """Put, into `points`, the assignment of contested cases that gives the highest total.

    `known`: what contested cases can come to, by what it depends on; filled here.
    """
    section = block.section(lot[0])
    names = [c for clauses in section.exclusive.values() for c in clauses]
    made = {n: block.leaves.own.decisions.points(n) for n in names}
    places: list[tuple[int, int]] = []
    reached: list[Points] = []
    for place, row in enumerate(lot):
        how = str(block.hows[block.made[row, -1]])
        codes = [int(block.made[row, block.columns[n]]) for n in names]
        key = (how, *codes)
        if key not in known:
            found = {n: block.tables[n].outcomes[c] for n, c in zip(names, codes, strict=True)}
            given = {n: outcome.given for n, outcome in found.items() if outcome.given is not None}
            known[key] = choices(block.section(row), given, how, made)
        for who, vectors in known[key].items():
            places.append((place, who))
            reached.append(vectors)
    if not places:
        return
    sizes = np.array([len(v) for v in reached])
    which, whom = (np.repeat(np.array(p), sizes) for p in zip(*places, strict=True))
    vectors = np.concatenate(reached)
    tried = {n: p[which, whom] for n, p in points.items()}
    for column, n in enumerate(names):
        scored = block.over(lot, n, lambda leaf: leaf.status == SCORED)[which, whom]
        tried[n] = np.where(scored, vectors[:, column], tried[n])
    totals = settle(
        section,
        tried,
        {n: f[which, whom] for n, f in voids.items()},
        {},
        {n: p[whom] for n, p in block.leaves.own.decided_items.items()},
    ).points[block.root]
    # Of equal totals the first row is the preferred one.
    group = np.repeat(np.arange(len(sizes)), sizes)
    best = np.lexsort((np.arange(len(totals)), -totals, group))[np.cumsum(sizes) - sizes]
    for n in names:
        points[n][which[best], whom[best]] = tried[n][best]


def _collapsed(part: Part, leaves: Leaves) -> Part:
    """Return the part with equal outcomes as one, without readings that change nothing."""
    keys = part.identities()
    flat = part.table.code.reshape(-1).tolist()
    table, first = tabulate(part.table.readings, leaves.variants.options, (keys[c] for c in flat))
    return part.taken([flat[i] for i in first]).numbered(table.narrowed())


def _joined(found: list[Part], leaves: Leaves) -> list[Part]:
    """Join parts that share a reading; those without any become one."""
    groups: list[tuple[set[str], list[Part]]] = []
    for part in found:
        readings, members = set(part.table.readings), [part]
        apart = []
        for others, group in groups:
            if readings & others or not (readings or others):
                readings, members = readings | others, [*group, *members]
            else:
                apart.append((others, group))
        groups = [*apart, (readings, members)]
    return [_sum(members, leaves) for _, members in groups]


def _sum(group: list[Part], leaves: Leaves) -> Part:
    if len(group) == 1:
        return group[0]
    order = leaves.variants.own.readings
    table, made = together([p.table for p in group], leaves.variants.options, order)
    rows = [p.taken(made[:, i]) for i, p in enumerate(group)]
    return _collapsed(plus(rows).numbered(table), leaves)


def plus(rows: Sequence[Part]) -> Part:
    """Return the sum of parts, row by row; whatever hits one hits the sum."""
    first, *others = rows
    result = first
    for other in others:
        result = Part(
            first.table,
            result.awarded + other.awarded,
            result.deducted + other.deducted,
            result.bonus + other.bonus,
            result.vetoed | other.vetoed,
            result.void | other.void,
            _either(result.rescaled, other.rescaled),
        )
    return result


def _either(a: dict[str, Flags], b: dict[str, Flags]) -> dict[str, Flags]:
    both = dict(a)
    for clause, flags in b.items():
        both[clause] = both[clause] | flags if clause in both else flags
    return both
