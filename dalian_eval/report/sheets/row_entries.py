"""Which entries of the ledger rest on the rows of some source sheets, and on which cells."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.report.views.evidence_cells import columns_behind
from dalian_eval.report.views.figure_rows import FigureRows
from dalian_eval.report.views.run_view import RunView
from dalian_eval.report.views.sheet_places import Sheet
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.awards import SETTLED

Account = tuple[str, str]
"""A kind of candidate and the candidate's code."""


@dataclass
class RowEntries:
    """What rests on a row: candidate → its clauses, in the order of the ledger.

    `columns`: (table, our header) of the cells that those clauses look at.
    """

    clauses: dict[Account, dict[str, None]] = field(default_factory=dict)
    columns: set[tuple[str, str]] = field(default_factory=set)


Entries = dict[Sheet, dict[int, RowEntries]]


def row_entries(view: RunView, whole: Callable[[], FigureRows], sheets: Iterable[Sheet]) -> Entries:
    """Return the entries that rest on each row of some sheets, of all who have a statement.

    `whole`: gives every row behind the monthly figures, of which the ledger may list the first
    alone; asked only where it is needed.
    """
    found: Entries = {sheet: {} for sheet in sheets}
    ledger = view.ledger[view.ledger["kind"].isin([k for k in KINDS if view.has_statements(k)])]
    known: dict[tuple[str, str, str], frozenset[tuple[str, str]]] = {}
    columns = ["kind", "candidate", "clause", "month", "evidence", "outcome"]
    for kind, candidate, name, month, evidence, outcome in ledger[columns].itertuples(index=False):
        places = [p for p in parse_origins(evidence) if (p.file, p.sheet) in found]
        if not places:
            continue
        clause = view.section(kind).clauses.get(name)
        if clause is not None and clause.metrics and outcome != SETTLED:
            listed = evidence.count("!")
            if listed >= view.rows_listed:
                every = whole().behind(kind, candidate, clause, month, listed)
                places = [*every.places] if every is not None else places
        for place in places:
            rows = found.get((place.file, place.sheet))
            if rows is None:
                continue
            key = (kind, name, place.name)
            if key not in known:
                behind = [] if clause is None else columns_behind(clause, place.name)
                known[key] = _looked_at(place.name, behind)
            for row in place.rows:
                entry = rows.setdefault(row, RowEntries())
                entry.clauses.setdefault((kind, candidate), {})[name] = None
                entry.columns |= known[key]
    return found


def _looked_at(table: str, names: list[str]) -> frozenset[tuple[str, str]]:
    """Return table and header of columns; none where they are all: then it is the row."""
    columns = BY_NAME[table].columns
    if len(names) == len(columns):
        return frozenset()
    return frozenset((table, c.header) for c in columns if c.name in names)
