"""Which tables a query or a clause cannot do without."""

from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.queries import Gate, Kind, Query
from dalian_eval.rubric.vocabulary import DRAWN_FILES, METRICS, tables_read


def tables_of_query(
    query: Query, kind: Kind, columns: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Return the tables that `query` reads for candidates of `kind`.

    `columns`: further columns of its table that are asked for. 案卷抽取 is never among them: the
    program draws where it is missing.
    """
    asked = {*query.tested_columns, *query.show, *columns} | ({query.date} if query.date else set())
    if "subtree" in query.of:
        asked.add("unit_id")
    tables = tables_read(query.table, asked)
    if "handled" in query.of or (query.table == DRAWN_FILES and kind == "officer"):
        tables |= {"case_handlers"}
    return frozenset(tables)


def tables_of_facts(clause: Clause, kind: Kind) -> frozenset[str]:
    """Return the tables that the clause reads for candidates of `kind`, its gates left out."""
    tables = {table for m in clause.metrics for table in METRICS[m].tables}
    for query in clause.queries:
        if not isinstance(query, Gate):
            tables |= tables_of_query(query, kind, clause.counted_columns(query))
    return frozenset(tables)


def tables_of(clause: Clause, kind: Kind) -> frozenset[str]:
    """Return every table that the clause reads for candidates of `kind`, its gates' included."""
    gates = (g for g in (clause.not_if, clause.applies_if) if g is not None)
    return tables_of_facts(clause, kind).union(*(tables_of_query(g, kind) for g in gates))
