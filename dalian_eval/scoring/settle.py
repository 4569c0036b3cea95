"""Settlement: from leaf points to a total, every cap, floor, void and redistribution an entry.

One walk up the tree. An item is the sum of its parts, held within 0 and its maximum. A deduction
goes no further than the item or leaf it reaches: what that cannot bear is given back there. One
that reaches past its own item (files.fatal: the whole of cases) is moved there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dalian_eval.rubric.clauses import Item
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import points_text
from dalian_eval.scoring.exact import half_up

Points = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CAP, FLOOR, CARRY, VOID, RESCALE = "封顶冲减", "扣完为止", "扣分转移", "一票归零", "不参与折算"
"""Rules of settlement entries, as they stand in ledger.csv."""


@dataclass(frozen=True)
class Adjustment:
    """An entry of settlement for every candidate with a non-zero amount."""

    clause: str
    rule: str
    points: Points
    reason: str


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
    size = len(next(iter(leaves.values())))
    nothing = np.zeros(size, dtype=np.int64)
    points: dict[str, Points] = dict(leaves)
    before: dict[str, Points] = {}
    deductions: dict[str, Points] = {}
    owed: dict[str, Points] = {}
    entries: list[Adjustment] = []
    bonus = nothing.copy()

    def enter(clause: str, rule: str, amount: Points, reason: str) -> None:
        if amount.any():
            entries.append(Adjustment(clause, rule, amount, reason))

    for name, item in reversed(section.items.items()):
        awarded, deducted = nothing.copy(), nothing.copy()
        by_leaf: dict[str, Points] = {}
        for child in section.children(name):
            node = section.nodes[child]
            value = points[child]
            if node.bonus and not item.bonus:
                bonus = bonus + value
            elif isinstance(node, Item) or not node.deducts:
                if child in voids and not isinstance(node, Item):
                    lost = np.where(voids[child], -value, 0)
                    enter(name, VOID, lost, f"{node.title}因一票归零不得分")
                    value = value + lost
                awarded = awarded + value
            elif node.reaches == name:
                deducted = deducted + value
            elif node.reaches in section.children(name):
                by_leaf[str(node.reaches)] = by_leaf.get(str(node.reaches), nothing) + value
            else:
                target = str(node.reaches)
                enter(name, CARRY, -value, f"{node.title}的扣分不在本项扣")
                enter(target, CARRY, value, f"{node.title}的扣分在本项扣")
                owed[target] = owed.get(target, nothing) + value
        for leaf, value in by_leaf.items():
            given_back = np.maximum(0, -(points[leaf] + value))
            title = section.nodes[leaf].title
            enter(name, FLOOR, given_back, f"扣分超过{title}得分的部分不再扣")
            deducted = deducted + value + given_back
        deducted = deducted + owed.get(name, nothing)
        further = (decided or {}).get(name, nothing)
        awarded = awarded + np.maximum(further, 0)
        deducted = deducted + np.minimum(further, 0)

        before[name], deductions[name] = awarded + deducted, deducted
        first, over, floor = held(item, awarded, deducted)
        enter(name, CAP, first, f"本项得分最高{points_text(item.max)}分")
        enter(name, CAP, over, f"本项最高{points_text(item.max)}分")
        enter(name, FLOOR, floor, "本项扣至0分为止")
        settled = before[name] + first + over + floor
        if name in voids:
            lost = np.where(voids[name], -settled, 0)
            enter(name, VOID, lost, "本项一票归零，加分不再计")
            settled = settled + lost
        points[name] = settled

    base = points[section.kind]
    for clause, who in rescaled.items():
        whole, part = section.nodes[section.kind].max or 0, section.nodes[clause].max or 0
        scaled = rescale(base, whole, part, who)
        share = f"{points_text(whole)}/{points_text(whole - part)}"
        enter(
            f"{section.kind}.redistribution",
            RESCALE,
            scaled - base,
            f"{section.nodes[clause].title}不参与考核，其余各项得分之和按{share}折算",
        )
        base = scaled
    points[section.kind] = base + bonus
    return Settlement(points, before, deductions, tuple(entries), base, bonus)


def held(item: Item, awarded: Points, deducted: Points) -> tuple[Points, Points, Points]:
    """Return what holds an item within 0 and its maximum: cap of awards, cap of the sum, floor."""
    top = np.int64(item.max)
    first = np.minimum(0, top - awarded) if item.settle == "cap_first" else np.zeros_like(awarded)
    settled = awarded + first + deducted
    return first, np.minimum(0, top - settled), np.maximum(0, -settled)


def rescale(base: Points, whole: int, part: int, who: Flags) -> Points:
    """Return base as if `part` were not in the `whole`, for those whom it does not concern."""
    return np.where(who, half_up(base * whole, whole - part), base)
