"""Origins: which file, sheet and row a fact came from, as one integer that travels with the row."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import pandas as pd
import pyarrow as pa

ORIGIN = "_origin"
"""Name of the origin column of every canonical table."""

ORIGINS = pd.ArrowDtype(pa.list_(pa.int64()))
"""The dtype of a column that holds lists of origins (evidence)."""

ROW_BITS = 32
"""An origin is `source id << ROW_BITS | row number`; source ids count the read sheets from 0."""

EVIDENCE_LIMIT = 50
"""Origins that a monthly figure lists, the first of them: a month may rest on thousands of rows.

Nothing else is cut. Whoever shows such a list tells how many there are in all, or that there may be
more (`report.views.figure_rows`).
"""

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
    """Return the origin of `row` (1-based, as the user sees it) of the source with id `source`."""
    return source << ROW_BITS | row


def source_of(value: int) -> int:
    """Return the source id of an origin."""
    return value >> ROW_BITS


def row_of(value: int) -> int:
    """Return the row number of an origin."""
    return value & ((1 << ROW_BITS) - 1)


def _escape(text: str) -> str:
    """Percent-encode what would break `table:file#sheet!row` lists: blanks and # ! %."""
    return "".join(c if c.isalnum() or c in _SAFE else quote(c) for c in text)


def origin_texts(lists: pd.Series, sources: Mapping[int, Source]) -> list[str]:
    """Return lists of origins as text, one blank between two (see `origin_text`)."""
    begin = {
        number: origin_text(origin(number, 0), sources).removesuffix("0")
        for number in {source_of(o) for origins in lists for o in origins}
    }
    return [" ".join(f"{begin[source_of(o)]}{row_of(o)}" for o in origins) for origins in lists]


def origin_text(value: int, sources: Mapping[int, Source]) -> str:
    """Return `table:file#sheet!row`, the form of evidence in ledger.csv.

    Blanks, `#`, `!` and other separators inside file and sheet names are percent-encoded, so a
    list of origins can be split at spaces.
    """
    source = sources[source_of(value)]
    return f"{source.table}:{_escape(source.file)}#{_escape(source.sheet)}!{row_of(value)}"
