"""How many points hang on a table: the clauses that cannot be scored without it."""

from collections.abc import Collection

from dalian_eval.rubric.model import Section
from dalian_eval.rubric.needs import tables_of
from dalian_eval.rubric.nodes import Clause, Item, parent_of


def at_stake(section: Section, tables: Collection[str]) -> int:
    """Return the most points (0.0001) that clauses reading one of `tables` can give.

    No item counts for more than its own maximum; clauses that only take away give nothing.
    """

    def most(name: str) -> int:
        node = section.nodes[name]
        if isinstance(node, Item):
            return min(node.max, sum(map(most, section.children(name))))
        if tables_of(node, section.kind).isdisjoint(tables) or _takes_away(node):
            return 0
        # Without a maximum of its own, only its item's bounds it.
        return section.items[parent_of(name)].max if node.max is None else node.max

    parts = section.children(section.kind)
    return sum(map(most, parts))


def count_taking(section: Section, tables: Collection[str]) -> int:
    """Return how many clauses that deduct, void or veto read one of `tables`."""
    return sum(
        not tables_of(clause, section.kind).isdisjoint(tables)
        for clause in section.clauses.values()
        if _takes_away(clause)
    )


def _takes_away(clause: Clause) -> bool:
    return clause.deducts or clause.is_verdict
