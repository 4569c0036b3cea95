"""What cannot be right between the nodes of a section: parents, sums, what a clause leans on."""

from collections.abc import Collection, Iterator

from dalian_eval.base.yaml_faults import Place, meant
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.nodes import Clause, Item, Node, parent_of
from dalian_eval.rubric.numbers import points_text

Found = Iterator[tuple[Place, str]]
"""Places below the node (empty: the node itself), each with a Chinese sentence."""


def node_faults(section: Section, node: Item | Clause, names: Collection[str]) -> Found:
    """Yield what is wrong with a node's place in the tree.

    `names`: the ids of all nodes of the section, also of those that are wrong in themselves.
    """
    if not node.locator.strip():
        yield ("locator",), "没有写明出处 locator"
    if not node.title.strip():
        yield ("title",), "没有写名称 title"
    parent = parent_of(node.id)
    if node.id != section.kind:
        if parent not in names:
            yield (), f"没有上级条目『{parent}』{meant(parent, section.items)}"
        elif parent in section.clauses:
            yield (), f"上级『{parent}』是条款，条款之下不能再有条目"
    if isinstance(node, Item):
        if node.max <= 0:
            yield ("max",), "条目的满分 max 应大于0"
        return
    for name in node.named_nodes:
        if name not in names:
            yield _key_of(node, name), f"所指的条目『{name}』不存在{meant(name, names)}"
    yield from _maximum_faults(node)
    yield from _idle_key_faults(node)
    yield from _reach_faults(section, node)
    yield from _order_faults(section, node, [*names])


def _key_of(node: Node, value: str) -> Place:
    return next(((key,) for key in type(node).model_fields if getattr(node, key) == value), ())


def _maximum_faults(clause: Clause) -> Found:
    if clause.max is None:
        return
    if clause.deducts and clause.max >= 0:
        yield ("max",), "扣分条款的上限 max 应为负数（最多扣的分数），不设上限的不写"
    if not clause.deducts and clause.max <= 0 and not clause.is_verdict:
        yield ("max",), "得分条款的满分 max 应大于0；扣分条款请写明 reaches"


def _idle_key_faults(clause: Clause) -> Found:
    """Yield keys that mean nothing in such a clause."""
    if clause.voided == clause.id:
        yield ("voids",), "voids 指的是本条自己，请写要归零的条目"
    for key in ("max", "reaches"):
        if clause.is_verdict and getattr(clause, key) is not None:
            yield (key,), f"{clause.rule_name}的条款不给分也不扣分，请删去 {key}"
    if clause.not_applicable != "plain" and not clause.can_be_left_out:
        yield (
            ("not_applicable",),
            "本条没有不参与考核的情形：请写 applies_if 或 not_if（otherwise: not_applicable），"
            "或删去 not_applicable",
        )


def _reach_faults(section: Section, clause: Clause) -> Found:
    """A deduction reaches an item above it, or another clause of its item: else no sum adds up."""
    target = clause.reaches
    if target is None or target not in section.nodes:
        return
    above = clause.id.startswith(f"{target}.")
    beside = target in section.clauses and parent_of(target) == parent_of(clause.id)
    if target == clause.id or not (above or beside):
        yield (
            ("reaches",),
            f"扣分范围『{target}』既不是本条的上级条目，也不是同一条目下的条款，"
            f"应为『{parent_of(clause.id)}』等上级条目",
        )


def _order_faults(section: Section, clause: Clause, names: list[str]) -> Found:
    """What a clause leans on is evaluated before it."""
    other = clause.shares_cap_with
    if other is None or other not in section.clauses:
        return
    if names.index(other) >= names.index(clause.id):
        yield ("shares_cap_with",), f"『{other}』写在本条之后，请写在后面的一条里指前面的一条"
    elif section.clauses[other].max != clause.max:
        yield ("shares_cap_with",), f"『{other}』与本条合用上限，两条的 max 应相同"


def sum_faults(section: Section, name: str) -> Iterator[str]:
    """Yield why an item's children cannot come to its maximum."""
    item = section.items[name]
    parts = [section.nodes[c] for c in section.children(name)]
    awards = [p for p in parts if not _takes(p) and (item.bonus or not p.bonus)]
    if not awards:
        yield "没有下级条款"
        return
    if any(p.max is None for p in awards):
        if name == section.kind:
            yield "总分之下的各项都必须写明满分 max"
        return
    reachable = sum(p.max or 0 for p in awards)
    if name == section.kind and reachable != item.max:
        yield f"各项满分之和{points_text(reachable)}不等于总分{points_text(item.max)}"
    elif reachable < item.max:
        yield f"下级各项满分之和{points_text(reachable)}达不到本项满分{points_text(item.max)}"


def _takes(node: Item | Clause) -> bool:
    return isinstance(node, Clause) and (node.deducts or node.is_verdict)
