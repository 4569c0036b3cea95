"""Numbers of one table that differ in blanks and letter case only, of rows that say the same.

jl-1 and JL-1 are one number. Rows that differ in more than that stay apart: a check tells them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from dalian_eval.intake.base.raw_cell import without_blanks
from dalian_eval.intake.pieces import write_rows
from dalian_eval.intake.records.merge import column_to_unite
from dalian_eval.intake.records.piece_references import Source, replaced
from dalian_eval.intake.records.references import self_references
from dalian_eval.schema.keys import FOLDED, MAY_FOLD, has_own_numbers
from dalian_eval.schema.model import Table

# The processes that read files start without it.
if TYPE_CHECKING:
    import duckdb


def with_one_spelling(
    database: "duckdb.DuckDBPyConnection", table: Table, pieces: Sequence[Source], folder: Path
) -> list[Source]:
    """Return the pieces of a table with one spelling of each number that has several.

    If there is any they are written to `folder`. Of the spellings one without blanks stays, in
    capitals before small letters.
    """
    spellings = _other_spellings(database, table, pieces)
    if not spellings:
        return [*pieces]
    columns = [table[table.key[0]], *self_references(table)]
    found: list[Source] = []
    for number, piece in enumerate(pieces):
        rows = pq.read_table(piece.path)
        for column in columns:
            rows, _ = replaced(rows, column, spellings)
        place = folder / f"{table.name}-spelt-{number}.parquet"
        write_rows(place, table, rows)
        found.append(Source(place, piece.base))
    return found


def _other_spellings(
    database: "duckdb.DuckDBPyConnection", table: Table, pieces: Sequence[Source]
) -> dict[str, str]:
    """Return spelling → the one that stays, of numbers whose rows agree in all other columns."""
    if not pieces or not has_own_numbers(table):
        return {}
    key = f'"{table.key[0]}"'
    files = {"files": [str(piece.path) for piece in pieces]}
    may_fold = f"SELECT 1 FROM read_parquet($files) WHERE regexp_matches({key}, '{MAY_FOLD}')"  # noqa: S608
    if database.execute(f"{may_fold} LIMIT 1", files).fetchone() is None:
        return {}
    rest = [c.name for c in table.columns if not c.key and c.name != column_to_unite(table)]
    content = "".join(f', "{name}"' for name in rest)
    folded = FOLDED.format(key)
    query = (
        f"SELECT {folded}, list(DISTINCT {key}) FROM read_parquet($files) "  # noqa: S608
        f"GROUP BY {folded}{content} HAVING count(DISTINCT {key}) > 1"
    )
    alike: dict[str, set[str]] = {}
    for number, spellings in database.execute(query, files).fetchall():
        alike.setdefault(number, set()).update(spellings)
    kept = {number: min(found, key=_preference) for number, found in alike.items()}
    return {
        other: kept[number]
        for number, found in alike.items()
        for other in found
        if other != kept[number]
    }


def _preference(number: str) -> tuple[bool, str]:
    return without_blanks(number) != number, number
