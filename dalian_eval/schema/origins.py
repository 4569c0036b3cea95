"""Origins: which file, sheet and row a fact came from, as one integer that travels with the row."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

ORIGIN = "_origin"
"""Name of the origin column of every canonical table."""

ROW_BITS = 32
"""An origin is `source id << ROW_BITS | part << NUMBER_BITS | row number`.

Source ids count the tables of the read sheets from 0. The part is 0 where a row of a sheet is one
row of its table; where a mapping makes several of it, it tells which.
"""

NUMBER_BITS = 26
MOST_PARTS = 1 << (ROW_BITS - NUMBER_BITS)
MOST_ROWS = (1 << NUMBER_BITS) - 1
"""The largest row number, and how many rows of one table a row of a sheet may become."""

_NUMBER = MOST_ROWS

EVIDENCE_LIMIT = 50
"""Origins that a monthly figure lists, the first of them: a month may rest on thousands of rows.

Nothing else is cut. Whoever shows such a list tells how many there are in all, or that there may be
more (`report.views.figure_rows`).
"""

EVIDENCE_OF_MANY = 10
"""The same in a province: lists of 50 would be most of its ledger."""

MANY = 2_000
"""Candidates beyond which there are many."""

_SAFE = "/._-+()（）〔〕【】"


@dataclass(frozen=True)
class Source:
    """One sheet that was read: its id, table, file (path in the raw folder), hash and sheet.

    `sheet` is empty for csv.
    """

    id: int
    table: str
    file: str
    sha256: str
    sheet: str


def origin(source: int, row: int) -> int:
    """Return the origin of `row` (1-based, as the user sees it) of the source with id `source`.

    `row` may carry a part (see `spot`).
    """
    return source << ROW_BITS | row


def spot(row: int, part: int) -> int:
    """Return a row number with the part in one integer: an origin without its source."""
    return part << NUMBER_BITS | row


def source_of(value: int) -> int:
    """Return the source id of an origin."""
    return value >> ROW_BITS


def row_of(value: int) -> int:
    """Return the row number of an origin."""
    return value & _NUMBER


def part_of(value: int) -> int:
    """Return the part of an origin."""
    return value >> NUMBER_BITS & (MOST_PARTS - 1)


def spot_text(value: int) -> str:
    """Return row number and part of an origin as text: 5, or 5.2 for its third part."""
    part = part_of(value)
    return f"{row_of(value)}.{part}" if part else str(row_of(value))


def parse_spot(text: str) -> int:
    """Return what `spot_text` wrote, as `spot`; ValueError for other texts."""
    row, _, part = text.partition(".")
    return spot(int(row), int(part or 0))


def evidence_limit(candidates: int) -> int:
    """Return how many origins a monthly figure lists in a run of so many candidates."""
    return EVIDENCE_LIMIT if candidates <= MANY else EVIDENCE_OF_MANY


def _escape(text: str) -> str:
    """Percent-encode what would break `table:file#sheet!row` lists: blanks and # ! %."""
    return "".join(c if c.isalnum() or c in _SAFE else quote(c) for c in text)


def origin_text(value: int, sources: Mapping[int, Source]) -> str:
    """Return `table:file#sheet!row` (`!row.part`), the form of evidence in ledger.csv.

    Blanks, `#`, `!` and other separators inside file and sheet names are percent-encoded, so a
    list of origins can be split at spaces.
    """
    source = sources[source_of(value)]
    return f"{source.table}:{_escape(source.file)}#{_escape(source.sheet)}!{spot_text(value)}"
