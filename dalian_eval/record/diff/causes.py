"""Which rows moved a part: those its entries rest on, else what changed in the clause's tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import pyarrow.parquet as pq

from dalian_eval.record.diff.parts import RawPart
from dalian_eval.record.diff.rows import TableChanges
from dalian_eval.record.diff.sides import Side
from dalian_eval.report.changes.comparison import Key, RowChange
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.queries import Kind
from dalian_eval.rubric.vocabulary import METRICS, tables_read
from dalian_eval.schema.frames import empty_frame, to_frame
from dalian_eval.schema.relations import unit_closure
from dalian_eval.schema.tables import BY_NAME

LISTED = 20
"""Rows named of one part."""

_WHOSE = ("units", "officers", "postings")
"""Tables that say whose a fact is: every clause leans on them."""

_METRIC_MONTHS = {"inspections": "uploaded_at", "automonitor": "month"}
"""The column that says to which month of a metric a row belongs."""


@dataclass(frozen=True)
class Behind:
    """The first rows behind a part, how many there are, whether the part's entries rest on them.

    `what`: what became of them all (added, removed, changed).
    """

    rows: tuple[RowChange, ...]
    count: int
    pinned: bool
    what: frozenset[str]


class Causes:
    """Finds the rows behind the parts that the data moved."""

    def __init__(self, a: Side, b: Side, changes: Mapping[str, TableChanges]) -> None:
        """Take both runs and the rows that differ between their canonical tables."""
        self._sides = (a, b)
        self._changes = changes
        self._words: dict[Key, frozenset[str]] = {}

    def behind(self, part: RawPart) -> "Behind":
        """Return the rows behind a part.

        Pinned rows are evidence of the entries that went or came. Otherwise they are the changed
        rows of the tables the clause reads that name the candidate (its cases, its people, its
        units) in the months of the entries; without such, those of any month or candidate. Rows
        that came for the days after the earlier evaluation are behind no such part.
        """
        found = self._evidence(part)
        pinned = bool(found)
        if not found:
            found = self._leaning(part)
        listed = [
            self._changes[table].row(place)
            for table, places in found.items()
            for place in sorted(places)[:LISTED]
        ]
        return Behind(
            rows=tuple(listed[:LISTED]),
            count=sum(map(len, found.values())),
            pinned=pinned,
            what=frozenset(
                self._changes[table].what(place)
                for table, places in found.items()
                for place in places
            ),
        )

    def tables(self, part: RawPart) -> tuple[str, ...]:
        """Return the sheets the clause reads that only one of the runs was given."""
        given = [{p.stem for p in side.clean.glob("*.parquet")} for side in self._sides]
        differs = given[0] ^ given[1]
        return tuple(BY_NAME[t].sheet for t in BY_NAME if t in differs & self._read(part))

    # ---- rows that entries rest on -----------------------------------------------------------

    @cached_property
    def _by_origin(self) -> tuple[dict[str, tuple[str, int]], dict[str, tuple[str, int]]]:
        """Where each changed row is, by its origin in the earlier and in the later run."""
        result: tuple[dict[str, tuple[str, int]], dict[str, tuple[str, int]]] = ({}, {})
        for table, changes in self._changes.items():
            for later, origin, place in changes.by_origin():
                result[later][origin] = (table, place)
        return result

    def _evidence(self, part: RawPart) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        entries = part.entries
        for evidence, current in zip(entries["evidence"], entries["_current"], strict=True):
            known = self._by_origin[bool(current)]
            for origin in str(evidence).split(" "):
                if origin in known:
                    table, place = known[origin]
                    found.setdefault(table, set()).add(place)
        return found

    # ---- rows of the tables a clause leans on ------------------------------------------------

    def _leaning(self, part: RawPart) -> dict[str, set[int]]:
        words = self._words_of(part.key)
        months = frozenset(m for m in part.entries["month"] if m)
        there = {t: c for t, c in self._changes.items() if t in self._read(part)}
        ahead = {t: c.after_day(self._sides[0].job.as_of) for t, c in there.items()}
        mine = {t: c.mentioning(words) - ahead[t] for t, c in there.items()}
        dated = {t: set(places) for t, places in mine.items()}
        for table in dated.keys() & _METRIC_MONTHS.keys() if months else ():
            dated[table] &= there[table].in_months(_METRIC_MONTHS[table], months)
        everything = {t: set(range(len(c))) - ahead[t] for t, c in there.items()}
        for narrowed in (dated, mine, everything):
            found = {t: places for t, places in narrowed.items() if places}
            if found:
                return found
        return {}

    def _read(self, part: RawPart) -> set[str]:
        """Return the tables that a clause, or the clauses of an item, read in either rubric."""
        kind, _ = part.key
        result: set[str] = set()
        for side in self._sides:
            section = side.rubric.section("unit" if kind == "unit" else "officer")
            for name, clause in section.clauses.items():
                exclusive = {c for group in section.exclusive.values() for c in group}
                shares = part.clause in exclusive and name in exclusive
                if name == part.clause or name.startswith(f"{part.clause}.") or shares:
                    result |= _tables(clause, section.kind)
        return result

    def _words_of(self, key: Key) -> frozenset[str]:
        """Return what names a candidate in a row: its code, its people, its units, its cases."""
        if key not in self._words:
            kind, candidate = key
            words = {candidate}
            for relations in self._relations:
                words |= relations.of(kind, candidate)
            self._words[key] = frozenset(words)
        return self._words[key]

    @cached_property
    def _relations(self) -> tuple["_Relations", ...]:
        return tuple(_Relations(side) for side in self._sides)


class _Relations:
    """Who belongs to whom in one run: units below units, officers in units, cases of officers."""

    def __init__(self, side: Side) -> None:
        units, postings, handlers = (
            _table(side, name) for name in ("units", "postings", "case_handlers")
        )
        closure = unit_closure(units)
        self._below = closure.groupby("ancestor")["unit_id"].agg(set).to_dict()
        self._people = postings.groupby("unit_id")["officer_id"].agg(set).to_dict()
        self._cases = handlers.groupby("officer_id")["case_id"].agg(set).to_dict()

    def of(self, kind: str, candidate: str) -> set[str]:
        """Return the codes that stand for a candidate besides its own."""
        if kind == "officer":
            return set(self._cases.get(candidate, ()))
        below = set(self._below.get(candidate, ()))
        return below.union(*(self._people.get(unit, set()) for unit in below))


def _table(side: Side, name: str) -> pd.DataFrame:
    path = side.clean / f"{name}.parquet"
    table = BY_NAME[name]
    return to_frame(pq.read_table(path), table) if path.is_file() else empty_frame(table)


def _tables(clause: Clause, kind: Kind) -> set[str]:
    """Return the tables that can move what the clause gives."""
    result = {t for m in clause.metrics for t in METRICS[m].tables} | {*_WHOSE, "decisions"}
    for query in clause.queries:
        columns = {*query.tested_columns, *query.show} | ({query.date} if query.date else set())
        result |= tables_read(query.table, columns)
        if query.table == "drawn_files":
            result |= {"cases", "case_draws", "case_reviews", "case_handlers"}
        if "handled" in query.of or (query.table == "drawn_files" and kind == "officer"):
            result |= {"cases", "case_handlers"}
    return result
