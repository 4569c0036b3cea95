"""Which unit has to mend a row that was not accepted, as far as the accepted tables tell."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import cached_property
from itertools import chain
from pathlib import Path

import pyarrow.parquet as pq

from dalian_eval.intake.base.reasons import BadCellError
from dalian_eval.intake.cells.parse import Value, parser, person
from dalian_eval.intake.records.officer_names import People
from dalian_eval.intake.records.references import ReferenceTarget
from dalian_eval.schema.model import SUBJECT, Column, Table, Type
from dalian_eval.schema.tables import OFFICER, UNIT

Texts = Callable[[Column], str]
"""Gives the original text of a row's cell in a column, "" where there is none."""


class Responsible:
    """Looks units up in the finished tables of a folder; one that is not there tells nothing."""

    def __init__(self, tables: Path) -> None:
        """Use the finished tables in `tables`, each read when first asked for."""
        self._tables = tables

    def unit(self, table: Table, text: Texts) -> str:
        """Return the unit of a row: its own, else that of its officer or its case, else ""."""
        for unit in chain(self._own(table, text), self._by_people(table, text)):
            if unit in self.names:
                return unit
        for column in table.columns:
            if column.references == "cases":
                for case in _values(column, text(column)):
                    if self._cases.get(case, "") in self.names:
                        return self._cases[case]
        return ""

    @cached_property
    def names(self) -> dict[str, str]:
        """The accepted units and their names."""
        rows = self._read("units", "unit_id", "name")
        return {row["unit_id"]: row["name"] or "" for row in rows}

    def _own(self, table: Table, text: Texts) -> Iterator[str]:
        for column in table.columns:
            names_units = column.references == "units" or (
                column.references == SUBJECT and _kind(table, text) == UNIT
            )
            if names_units or (table.name == "units" and column.key):
                yield from _values(column, text(column))

    def _by_people(self, table: Table, text: Texts) -> Iterator[str]:
        day = _day(table, text)
        for column in table.columns:
            names_people = column.references == "officers" or (
                column.references == SUBJECT and _kind(table, text) == OFFICER
            )
            if names_people or (table.name == "officers" and column.key):
                for value in _values(column, text(column)):
                    yield from self._posted(value, day)

    def _posted(self, value: str, day: date | None) -> Iterable[str]:
        """Return the unit of an officer given by certificate or unique name; none if in doubt."""
        certificates = [value]
        if self._people.is_name(value):
            certificates = self._people.by_name[person(value)]
        spans = [span for c in certificates for span in self._people.postings.get(c, ())]
        on_day = [
            unit
            for unit, start, end in spans
            if day and start <= day and (end is None or day <= end)
        ]
        units = {*(on_day or (unit for unit, _, _ in spans))}
        return units if len(units) == 1 else ()

    @cached_property
    def _people(self) -> People:
        path = self._tables / "officers.parquet"
        if not path.exists():
            return People(frozenset())
        postings = self._tables / "postings.parquet"
        officers = ReferenceTarget(pq.read_table(path, columns=["officer_id", "name"]))
        return People.of(officers, pq.read_table(postings) if postings.exists() else None)

    @cached_property
    def _cases(self) -> dict[str, str]:
        rows = self._read("cases", "case_id", "unit_id")
        return {row["case_id"]: row["unit_id"] for row in rows}

    def _read(self, name: str, *columns: str) -> list[dict[str, str]]:
        path = self._tables / f"{name}.parquet"
        if not path.exists():
            return []
        rows: list[dict[str, str]] = pq.read_table(path, columns=list(columns)).to_pylist()
        return rows


def _value(column: Column, text: str) -> Value | None:
    """Return what a cell says, if it can be read at all."""
    if not text.strip():
        return None
    try:
        return parser(column, date1904=None)(text)[0]
    except BadCellError:
        return None


def _values(column: Column, text: str) -> tuple[str, ...]:
    value = _value(column, text)
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)


def _kind(table: Table, text: Texts) -> Value | None:
    column = table["subject_kind"]
    return _value(column, text(column))


def _day(table: Table, text: Texts) -> date | None:
    """Return the first day that the row names."""
    for column in table.columns:
        if column.type in (Type.DATE, Type.TIMESTAMP):
            value = _value(column, text(column))
            if isinstance(value, datetime):
                return value.date()
            if isinstance(value, date):
                return value
    return None
