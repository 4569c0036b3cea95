"""Settlement: from leaf points to a total, every cap, floor, void and redistribution an entry.

One walk up the tree. An item is the sum of its parts, held within 0 and its maximum. A deduction
goes no further than the item or leaf it reaches: what that cannot bear is given back there. One
that reaches past its own item (files.fatal: the whole of cases) is moved there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.model import Section
from dalian_eval.rubric.nodes import Item
from dalian_eval.rubric.numbers import points_text
from dalian_eval.scoring import texts
from dalian_eval.scoring.exact import half_up

Points = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CAP, FLOOR, CARRY, VOID, RESCALE = "封顶冲减", "扣完为止", "扣分转移", "一票归零", "不参与折算"
"""Rules of settlement entries, as they stand in ledger.csv."""

SETTLEMENT = frozenset((CAP, FLOOR, CARRY, RESCALE))
"""Those that settle wherever they stand; 一票归零 does so on an item only."""


@dataclass(frozen=True)
class Adjustment:
    """An entry of settlement for every candidate with a non-zero amount.

    `sentence`: from the columns `numbers` of a candidate to the arithmetic; `causes`: the clauses
    that led to it, of which those count that did something to the candidate.
    """

    clause: str
    rule: str
    points: Points
    numbers: tuple[Points, ...]
    sentence: Callable[..., str]
    causes: tuple[str, ...] = ()

    @property
    def reasons(self) -> pd.Series:
        """The sentences of the candidates with an amount, in order."""
        who = np.flatnonzero(self.points)
        columns = [column[who] for column in (self.points, *self.numbers)]
        return texts.sentences_of_rows(columns, lambda *row: self.sentence(*map(int, row)))


@dataclass(frozen=True)
class Settlement:
    """Points of every item (and the root: the total), the entries that led there, base and bonus.

    `before`: each item's sum before its own cap, floor and void; `deducted`: what deductions make
    of it.
    """

    points: dict[str, Points]
    before: dict[str, Points]
    deducted: dict[str, Points]
    adjustments: tuple[Adjustment, ...]
    base: Points
    bonus: Points


def settle(
    section: Section,
    leaves: Mapping[str, Points],
    voids: Mapping[str, Flags],
    rescaled: Mapping[str, Flags],
    decided: Mapping[str, Points] | None = None,
) -> Settlement:
    """Settle the section.

    `leaves`: points of each clause after its own cap, deductions negative; `voids`: items or
    leaves and who loses them; `rescaled`: clauses taken out of assessment and for whom, so that
    base is scaled up to the root's maximum; `decided`: what reviewers' decisions on items come to,
    added or deducted beside the item's clauses.
    """
    size = len(next(iter(leaves.values()), ()))
    nothing = np.zeros(size, dtype=np.int64)
    points: dict[str, Points] = dict(leaves)
    before: dict[str, Points] = {}
    deductions: dict[str, Points] = {}
    owed: dict[str, Points] = {}
    entries: list[Adjustment] = []
    bonus = nothing.copy()

    def enter(
        clause: str,
        rule: str,
        amount: Points,
        sentence: Callable[..., str],
        *numbers: Points,
        causes: Sequence[str] = (),
    ) -> None:
        if amount.any():
            entries.append(Adjustment(clause, rule, amount, numbers, sentence, tuple(causes)))

    for name, item in reversed(section.items.items()):
        awarded, deducted = nothing.copy(), nothing.copy()
        by_leaf: dict[str, Points] = {}
        taking = [n for n, c in section.clauses.items() if c.deducts and c.reaches == name]
        for child in section.children(name):
            node = section.nodes[child]
            value = points[child]
            if node.bonus and not item.bonus:
                bonus = bonus + value
            elif isinstance(node, Item) or not node.deducts:
                if child in voids and not isinstance(node, Item):
                    lost = np.where(voids[child], -value, 0)
                    enter(name, VOID, lost, _void(node.title), causes=_voiding(section, child))
                    value = value + lost
                awarded = awarded + value
            elif node.reaches == name:
                deducted = deducted + value
            elif node.reaches in section.children(name):
                by_leaf[str(node.reaches)] = by_leaf.get(str(node.reaches), nothing) + value
            else:
                target = str(node.reaches)
                there = section.nodes[target].title
                enter(name, CARRY, -value, _carried_off(node.title, there), causes=[child])
                enter(target, CARRY, value, _carried_here(node.title, item.title), causes=[child])
                owed[target] = owed.get(target, nothing) + value
        for leaf, value in by_leaf.items():
            given_back = np.maximum(0, -(points[leaf] + value))
            causes = [n for n, c in section.clauses.items() if c.deducts and c.reaches == leaf]
            told = _floor(f"『{section.nodes[leaf].title}』")
            enter(name, FLOOR, given_back, told, points[leaf], value, causes=causes)
            deducted = deducted + value + given_back
        deducted = deducted + owed.get(name, nothing)
        further = (decided or {}).get(name, nothing)
        awarded = awarded + np.maximum(further, 0)
        deducted = deducted + np.minimum(further, 0)

        before[name], deductions[name] = awarded + deducted, deducted
        first, over, floor = hold_within(item, awarded, deducted)
        enter(name, CAP, first, _cap("扣分前", item.max), awarded)
        enter(name, CAP, over, _cap("", item.max), before[name] + first)
        enter(name, FLOOR, floor, _floor("本项"), awarded + first, deducted, causes=taking)
        settled = before[name] + first + over + floor
        if name in voids:
            lost = np.where(voids[name], -settled, 0)
            enter(name, VOID, lost, _void("本项"), causes=_voiding(section, name))
            settled = settled + lost
        points[name] = settled

    base = points[section.kind]
    for clause, who in rescaled.items():
        part, whole = section.nodes[clause].max or 0, section.nodes[section.kind].max or 0
        scaled = rescale(base, whole, part, who)
        enter(
            f"{section.kind}.redistribution",
            RESCALE,
            scaled - base,
            _rescaled(section.nodes[clause].title, whole, part),
            base,
            causes=[clause],
        )
        base = scaled
    points[section.kind] = base + bonus
    return Settlement(points, before, deductions, tuple(entries), base, bonus)


def hold_within(item: Item, awarded: Points, deducted: Points) -> tuple[Points, Points, Points]:
    """Return what holds an item within 0 and its maximum: cap of awards, cap of the sum, floor."""
    top = np.int64(item.max)
    first = np.minimum(0, top - awarded) if item.settle == "cap_first" else np.zeros_like(awarded)
    settled = awarded + first + deducted
    return first, np.minimum(0, top - settled), np.maximum(0, -settled)


def rescale(base: Points, whole: int, part: int, who: Flags) -> Points:
    """Return base as if `part` were not in the `whole`, for those whom it does not concern."""
    return np.where(who, half_up(base * whole, whole - part), base)


def _voiding(section: Section, target: str) -> list[str]:
    """Return the clauses that void an item or clause."""
    voids = section.clauses.items()
    return [name for name, c in voids if c.voided == target]


# ---- the arithmetic of an entry, from its amount and its numbers --------------------------------

_Told = Callable[..., str]


def _cap(when: str, most: int) -> _Told:
    return lambda amount, have: (
        f"{when}合计{points_text(have)}分，本项最高{points_text(most)}分，"
        f"冲减{points_text(-amount)}分"
    )


def _floor(what: str) -> _Told:
    return lambda amount, have, taken: (
        f"{what}得{points_text(have)}分，应扣{points_text(-taken)}分，扣至0分为止，"
        f"{points_text(amount)}分不再扣"
    )


def _void(what: str) -> _Told:
    return lambda amount: f"{what}原得{points_text(-amount)}分，一票归零，不得分"


def _carried_off(what: str, there: str) -> _Told:
    return lambda amount: f"『{what}』所扣{points_text(amount)}分不在本项扣，转到『{there}』"


def _carried_here(what: str, whence: str) -> _Told:
    return lambda amount: f"『{whence}』的『{what}』所扣{points_text(-amount)}分在本项扣"


def _rescaled(what: str, whole: int, part: int) -> _Told:
    share = f"{points_text(whole)}/{points_text(whole - part)}"
    return lambda amount, base: (
        f"『{what}』不参与考核，其余各项得分之和{points_text(base)}分×{share}＝"
        f"{points_text(base + amount)}分，增加{points_text(amount)}分"
    )
