"""How many points hang on a table: the clauses that cannot be scored without it."""

from collections.abc import Collection

from dalian_eval.rubric.clauses import AnyClause, Item, VetoClause, VoidClause, parent_of
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.queries import Kind, Query
from dalian_eval.rubric.vocabulary import METRICS, tables_read


def tables_of_query(query: Query, kind: Kind, columns: Collection[str] = ()) -> set[str]:
    """Return the tables `query` reads for candidates of `kind` (案卷抽取 excepted).

    `columns`: those it is asked for besides its own.
    """
    asked = {*query.where, *query.show, *columns} | ({query.date} if query.date else set())
    if "subtree" in query.of:
        asked.add("unit_id")
    needed = tables_read(query.table, asked)
    if "handled" in query.of or (query.table == "drawn_files" and kind == "officer"):
        needed |= {"case_handlers"}
    return needed


def tables_of(clause: AnyClause, kind: Kind) -> set[str]:
    """Return the canonical tables without which the clause is unavailable."""
    read = {METRICS[name].table for name in clause.metrics}
    for query in clause.queries:
        columns = {str(getattr(clause, "value", "")), str(getattr(query, "column", ""))}
        read |= tables_of_query(query, kind, columns)
    return read


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


def taken_away(section: Section, tables: Collection[str]) -> int:
    """Return how many clauses that deduct, void or veto read one of `tables`."""
    return sum(
        not tables_of(clause, section.kind).isdisjoint(tables)
        for clause in section.clauses.values()
        if _takes_away(clause)
    )


def _takes_away(clause: AnyClause) -> bool:
    return clause.deducts or isinstance(clause, VoidClause | VetoClause)
