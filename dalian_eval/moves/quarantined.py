"""Quarantined rows with one bad cell, as canonical values: what the row could say once mended."""

import calendar
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dalian_eval.schema.model import Column, Type
from dalian_eval.schema.origins import ROW_BITS, Source
from dalian_eval.schema.tables import BY_NAME

if TYPE_CHECKING:
    import pandas as pd

    from dalian_eval.intake.tables.headers import HeaderMap

MOST_ROWS = 5_000
"""So many quarantined rows at most are looked at; what lacks more is a matter of the export."""

_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})[-/.年]?(0?[1-9]|1[0-2])(?!\d)")
_MULTIPLE = re.compile(r"(\d+(?:\.\d+)?)\s*([万亿])")
_TIMES = {"万": 10_000, "亿": 100_000_000}
_NOON = dt.time(12)


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that one cell keeps out.

    `cells`: column → canonical value of all others; `column`: the one to mend; `choices`: values it
    may come to; `all_there_is`: whether no other value could make the row worth more.
    """

    table: str
    origin: int
    file: str
    row: int
    cells: Mapping[str, Any]
    column: str
    choices: tuple[Any, ...]
    all_there_is: bool


def quarantined_rows(
    quarantine: "pd.DataFrame",
    bad_cells: "pd.DataFrame",
    headers: "HeaderMap",
    sources: Mapping[int, Source],
) -> Iterator[QuarantinedRow]:
    """Yield the rows of which one cell is bad and all others can be read.

    `quarantine`, `bad_cells`: quarantine.csv and quarantine_cells.csv.
    """
    place = ["file", "sheet", "row"]
    alone = bad_cells[~bad_cells.duplicated(place, keep=False) & (bad_cells["column"] != "")]
    rows = quarantine.merge(alone[place], on=place, how="inner").head(MOST_ROWS)
    numbers = {(s.file, s.sheet, s.table): number for number, s in sources.items()}
    for row in rows.to_dict("records"):
        number = numbers.get((row["file"], row["sheet"], row["table"]))
        found = None if number is None else _row({str(k): v for k, v in row.items()}, headers)
        if found is not None and number is not None:
            cells, column, (choices, complete) = found
            origin = number << ROW_BITS | int(row["row"])
            told = (str(row["table"]), origin, str(row["file"]), int(row["row"]))
            yield QuarantinedRow(*told, cells, column, choices, complete)


def people_of(rows: Iterable[QuarantinedRow]) -> list[str]:
    """Return the officers whom quarantined inspection records name, by number."""
    found: set[str] = set()
    for row in rows:
        if row.table == "inspections":
            lists = [row.cells.get("inspectors") or ()]
            lists += [choice for choice in row.choices if isinstance(choice, tuple)]
            found.update(*lists)
            found.update({str(row.cells.get("uploader") or "")} - {""})
    return sorted(found)


_Choices = tuple[tuple[Any, ...], bool]


def _row(
    row: Mapping[str, Any], headers: "HeaderMap"
) -> tuple[dict[str, Any], str, _Choices] | None:
    from dalian_eval.intake.tables.headers import plain_header

    table = BY_NAME[row["table"]]
    bad = next((c for c in table.columns if c.header == row["column"]), None)
    if bad is None:
        return None
    texts: dict[str, str] = {}
    for title, text in json.loads(row["cells"]).items():
        name = headers.column(table, plain_header(title))
        if name is not None:
            texts.setdefault(name, text)
    cells: dict[str, Any] = {}
    for column in table.columns:
        if column is bad:
            continue
        text = texts.get(column.name, "")
        known, value = _value(column, text)
        if not known or (value is None and column.mandatory):
            return None
        if value is not None:
            cells[column.name] = value
    choices = _choices(bad, texts.get(bad.name, ""))
    return (cells, bad.name, choices) if choices[0] else None


def _value(column: Column, text: str) -> tuple[bool, Any]:
    """Return whether a cell can be read, and what it says."""
    from dalian_eval.intake.base.reasons import BadCellError
    from dalian_eval.intake.cells.parse import parser

    if not text.strip():
        return True, None
    try:
        return True, parser(column, date1904=None)(text)[0]
    except BadCellError:
        return False, None


def _choices(column: Column, text: str) -> _Choices:
    """Return what a bad cell may come to once mended; none where nobody can tell."""
    blank = () if column.mandatory else (None,)
    if column.key:
        return (), False
    if column.type is Type.BOOL:
        return (True, False, *blank), True
    if column.type is Type.LIST:
        return (_value(column, text)[1] or (),), False
    if column.vocabulary:
        return (*column.vocabulary, *blank), True
    if column.type in (Type.DATE, Type.TIMESTAMP):
        return _days(column, text) or (blank, False)
    if column.type in (Type.INTEGER, Type.NUMBER):
        return _numbers(column, text) or (blank, False)
    return blank, False


def _days(column: Column, text: str) -> _Choices | None:
    """Return the first and last day of the month that the cell names."""
    found = _MONTH.search(text)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    days = [dt.date(year, month, d) for d in (1, calendar.monthrange(year, month)[1])]
    if column.type is Type.TIMESTAMP:
        return tuple(dt.datetime.combine(day, _NOON) for day in days), True
    return tuple(days), True


def _numbers(column: Column, text: str) -> _Choices | None:
    """Return the number that 万 or 亿 makes, else the least and the most the column takes."""
    kind: type[int] | type[Decimal] = int if column.type is Type.INTEGER else Decimal
    found = _MULTIPLE.search(text)
    if found is not None:
        return (kind(Decimal(found[1]) * _TIMES[found[2]]),), True
    if column.maximum is None:
        return None
    return (kind(column.minimum or 0), kind(column.maximum)), True
