"""All combinations of readings at once: totals, ranks and what is best and worst, with witnesses.

A combination is a number, its *key*: how many readings it changes, then the first changed ones in
rubric order. Keys of parts add up, so walking the products of the parts' outcomes by rising key
meets, for whatever happens, the witness that changes fewest readings first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from dalian_eval.rubric.model import Section
from dalian_eval.rubric.nodes import Item
from dalian_eval.rubric.queries import Kind
from dalian_eval.scoring.settle import Points, hold_within, rescale
from dalian_eval.sensitivity.parts import Flags, Part, plus
from dalian_eval.sensitivity.tables import Table

_CELLS = 4_000_000
"""Combinations × candidates looked at a time: some 200 MB."""

Keys = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Space:
    """Every combination of the readings of one section.

    `root`: the section's root; `wholes`: its maximum and that of the clauses whose absence scales
    the rest up; `decided`: what decisions on the root come to; `options`: the run's own first.
    """

    kind: Kind
    root: Item
    wholes: Mapping[str, tuple[int, int]]
    decided: Points
    parts: Sequence[Part]
    options: Mapping[str, tuple[str, ...]]

    def of(self, candidates: Sequence[int]) -> "Space":
        """Return the space of some candidates, by their places, in that order."""
        parts = tuple(part.of(candidates) for part in self.parts)
        return replace(self, decided=self.decided[list(candidates)], parts=parts)

    # ---- combinations ----------------------------------------------------------------------

    @cached_property
    def readings(self) -> tuple[str, ...]:
        """The readings that change anything here, in rubric order."""
        used = {r for part in self.parts for r in part.table.readings}
        return tuple(r for r in self.options if r in used)

    @cached_property
    def _weights(self) -> dict[str, int]:
        weights, weight = {}, 1
        for name in reversed(self.readings):
            weights[name] = weight
            weight *= len(self.options[name])
        return weights

    @cached_property
    def _step(self) -> int:
        """What one changed reading adds to a key, besides which it is."""
        return int(np.prod([len(self.options[r]) for r in self.readings], dtype=object))

    @property
    def has_keys(self) -> bool:
        """Whether all keys fit into 63 bits."""
        return (len(self.readings) + 1) * self._step < 2**62

    @property
    def size(self) -> int:
        """How many candidates there are."""
        return len(self.decided)

    @property
    def combinations(self) -> int:
        """How many distinct combinations there are, those that come to the same taken as one."""
        result = 1
        for part in self.parts:
            result *= part.table.size
        return result

    def key_of(self, readings: Mapping[str, str]) -> int:
        """Return the key of the combination that changes `readings`."""
        return sum(
            self._digit(name, self.options[name].index(readings.get(name, self.options[name][0])))
            for name in self.readings
        )

    def _digit(self, name: str, option: int) -> int:
        # Unchanged is the last digit: who changes an earlier reading comes first.
        last = len(self.options[name]) - 1
        return self._weights[name] * (option - 1 if option else last) + (
            self._step if option else 0
        )

    def changed(self, key: int) -> dict[str, str]:
        """Return the readings that a combination changes, with their options."""
        result = {}
        rest = int(key) % self._step
        for name in self.readings:
            digit, rest = divmod(rest, self._weights[name])
            if digit != len(self.options[name]) - 1:
                result[name] = self.options[name][digit + 1]
        return result

    # ---- the two halves ---------------------------------------------------------------------

    def _keyed(self, part: Part) -> "_Half":
        """Return a part with, for each outcome, the key of the first combination that gives it."""
        names = part.table.readings
        keys = np.zeros(part.table.code.shape, dtype=np.int64)
        for axis, name in enumerate(names):
            digits = [self._digit(name, o) for o in range(len(self.options[name]))]
            keys += np.array(digits, dtype=np.int64).reshape(
                [-1 if i == axis else 1 for i in range(len(names))]
            )
        first = np.full(part.table.size, np.iinfo(np.int64).max)
        np.minimum.at(first, part.table.code.reshape(-1), keys.reshape(-1))
        return _Half(part, first)

    @cached_property
    def halves(self) -> tuple["_Half", "_Half"]:
        """The parts multiplied out into two of about equal size."""
        halves = [_nothing(self.size), _nothing(self.size)]
        for part in sorted(self.parts, key=lambda p: -p.table.size):
            smaller = int(len(halves[0].keys) > len(halves[1].keys))
            halves[smaller] = halves[smaller].times(self._keyed(part))
        return halves[0], halves[1]

    @cached_property
    def order(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """The rows of the two halves for every combination, by rising key."""
        left, right = self.halves
        keys = (left.keys[:, None] + right.keys[None, :]).reshape(-1)
        order = np.argsort(keys, kind="stable")
        one, other = np.divmod(order, len(right.keys))
        return one.astype(np.int32), other.astype(np.int32)

    def rows_of(self, readings: Mapping[str, str]) -> tuple[list[Part], list[int]]:
        """Return the parts and the row of each under the combination that changes `readings`."""
        rows = []
        for part in self.parts:
            place = tuple(
                self.options[r].index(readings.get(r, self.options[r][0]))
                for r in part.table.readings
            )
            rows.append(int(part.table.code[place]))
        return list(self.parts), rows

    # ---- totals ------------------------------------------------------------------------------

    def under(self, readings: Mapping[str, str]) -> tuple[Points, Flags]:
        """Return everybody's total, and who is vetoed, under the run's own readings but these."""
        parts, rows = self.rows_of(readings)
        one = plus([p.taken([row]) for p, row in zip(parts, rows, strict=True)])
        return self._closed(one)[0], one.vetoed[0]

    def _closed(self, part: Part) -> Points:
        """Return the totals: the root's cap, floor, void and rescaling, and the bonus."""
        awarded = part.awarded + np.maximum(self.decided, 0)
        deducted = part.deducted + np.minimum(self.decided, 0)
        base = awarded + deducted + sum(hold_within(self.root, awarded, deducted))
        base = np.where(part.void, 0, base)
        for clause, (whole, own) in self.wholes.items():
            if clause in part.rescaled:
                base = rescale(base, whole, own, part.rescaled[clause])
        return np.asarray(base + part.bonus)

    @cached_property
    def sums(self) -> list[Points]:
        """What each part adds to a total, where nothing else plays a part (see `plain`)."""
        return [p.awarded + p.deducted + p.bonus for p in self.parts]

    @cached_property
    def plain(self) -> Flags:
        """Whose total is the plain sum of the parts under every combination.

        Nothing is void, nothing rescaled, and the root's cap and floor are out of reach.
        """
        result = self.decided == 0
        for part in self.parts:
            for flags in (part.void, *part.rescaled.values()):
                result = result & ~flags.any(axis=0)
        low = sum((p.awarded + p.deducted).min(axis=0) for p in self.parts)
        high = sum(p.awarded.max(axis=0) for p in self.parts)
        return np.asarray(result & (low >= 0) & (high <= self.root.max))

    def blocks(self) -> Iterator["Lot"]:
        """Yield all combinations by rising key, as many at a time as memory allows."""
        left, right = self.halves
        one, other = self.order
        special = np.flatnonzero(~self.plain)
        few = tuple(h.part.of(special) for h in self.halves)
        vetoing = np.flatnonzero(left.part.vetoed.any(axis=0) | right.part.vetoed.any(axis=0))
        step = max(1, _CELLS // max(1, self.size))
        for start in range(0, len(one), step):
            a, b = one[start : start + step], other[start : start + step]
            totals = left.sums[a] + right.sums[b]
            if len(special):
                totals[:, special] = self._few(few, a, b, special)
            vetoed = None
            if len(vetoing):
                vetoed = np.zeros(totals.shape, dtype=bool)
                vetoed[:, vetoing] = (
                    left.part.vetoed[:, vetoing][a] | right.part.vetoed[:, vetoing][b]
                )
            yield Lot(left.keys[a] + right.keys[b], totals, vetoed)

    def _few(
        self,
        few: tuple[Part, ...],
        a: npt.NDArray[np.int32],
        b: npt.NDArray[np.int32],
        special: npt.NDArray[np.intp],
    ) -> Points:
        both = plus([few[0].taken(a), few[1].taken(b)])
        narrow = Space(self.kind, self.root, self.wholes, self.decided[special], (), self.options)
        return narrow._closed(both)


@dataclass(frozen=True, eq=False)
class Lot:
    """Some combinations: keys, totals (a row each), who is vetoed (None: nobody ever)."""

    keys: Keys
    totals: Points
    vetoed: Flags | None

    @cached_property
    def ranks(self) -> npt.NDArray[np.int32]:
        """Competition ranks among those not vetoed; 0 for the vetoed."""
        return ranks(self.totals, self.vetoed)


def ranks(totals: Points, vetoed: Flags | None) -> npt.NDArray[np.int32]:
    """Return `rubric.ranks.competition_ranks` row by row, 0 for the vetoed."""
    size = totals.shape[1]
    bits = max(1, int(size - 1).bit_length())
    top = int(totals.max(initial=0))
    behind = top - totals
    if vetoed is not None:
        # Behind everybody: who is vetoed moves nobody's rank.
        behind = np.where(vetoed, top - int(totals.min(initial=0)) + 1, behind)
    wide = (int(behind.max(initial=0)) + 1) << bits
    kind = np.dtype(np.int32 if wide < 2**31 else np.int64)
    packed: npt.NDArray[Any] = behind.astype(kind) << bits
    packed |= np.arange(size, dtype=kind)
    packed.sort(axis=1)
    who = (packed & ((1 << bits) - 1)).astype(np.intp)
    packed >>= bits
    place = np.zeros(totals.shape, dtype=np.int32)
    np.multiply(
        packed[:, 1:] != packed[:, :-1], np.arange(1, size, dtype=np.int32), out=place[:, 1:]
    )
    np.maximum.accumulate(place, axis=1, out=place)
    place += 1
    result = np.empty_like(place)
    np.put_along_axis(result, who, place, axis=1)
    if vetoed is not None:
        result[vetoed] = 0
    return result


@dataclass(frozen=True, eq=False)
class _Half:
    """Some parts multiplied out: a row per joint outcome, with the key of its first combination."""

    part: Part
    keys: Keys

    @cached_property
    def sums(self) -> Points:
        return self.part.awarded + self.part.deducted + self.part.bonus

    def times(self, other: "_Half") -> "_Half":
        mine = np.repeat(np.arange(len(self.keys)), len(other.keys))
        its = np.tile(np.arange(len(other.keys)), len(self.keys))
        rows = plus([self.part.taken(mine), other.part.taken(its)])
        return _Half(rows, self.keys[mine] + other.keys[its])


def _nothing(size: int) -> _Half:
    zeros, no = np.zeros((1, size), dtype=np.int64), np.zeros((1, size), dtype=bool)
    table = Table((), np.zeros((), dtype=np.int64))
    return _Half(Part(table, zeros, zeros, zeros, no, no), np.zeros(1, dtype=np.int64))


def space_of(
    section: Section, parts: Sequence[Part], decided: Points, options: Mapping[str, tuple[str, ...]]
) -> Space:
    """Return the space of a section's parts; `decided`: of the root."""
    root = section.items[section.kind]
    clauses = {c for part in parts for c in part.rescaled}
    wholes = {c: (root.max, section.nodes[c].max or 0) for c in section.nodes if c in clauses}
    return Space(section.kind, root, wholes, decided, tuple(parts), options)
