"""Sorting and listing what does not fit into memory: DuckDB over pieces on disk."""

import errno
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from dalian_eval.intake.records.piece_references import Source
from dalian_eval.schema.arrow import arrow_schema, parquet_options
from dalian_eval.schema.model import Table
from dalian_eval.schema.origins import ORIGIN

# The processes that read files start without it.
if TYPE_CHECKING:
    import duckdb

ROWS = 122_880
"""Rows of a batch, and of a row group of what is written."""

_MEMORY = "640MB"


@contextmanager
def connection(folder: Path, threads: int) -> Iterator["duckdb.DuckDBPyConnection"]:
    """Open DuckDB; it spills into `folder`. OSError (ENOSPC) when there is no more room."""
    import duckdb

    opened = duckdb.connect(
        config={"threads": threads, "memory_limit": _MEMORY, "temp_directory": str(folder)}
    )
    try:
        yield opened
    except duckdb.Error as error:
        if isinstance(error, duckdb.OutOfMemoryException) or "No space left" in str(error):
            raise OSError(errno.ENOSPC, str(error), str(folder)) from error
        raise
    finally:
        opened.close()


def sorted_rows(
    opened: "duckdb.DuckDBPyConnection",
    schema: pa.Schema,
    sources: Sequence[Source],
    order: Sequence[str],
) -> Iterator[pa.Table]:
    """Yield the rows of Parquet files, with their origins, sorted by the columns of `order`.

    Blanks come last. The rows have the columns of `schema`, among them the origin.
    """
    if not sources:
        return
    names = ", ".join(f'"{name}"' for name in schema.names if name != ORIGIN)
    keys = ", ".join(f'"{name}" ASC NULLS LAST' for name in order)
    query = (
        f'SELECT {names}, "{ORIGIN}" + ($bases)[file_index::BIGINT + 1] AS "{ORIGIN}" '  # noqa: S608
        f"FROM read_parquet($files) ORDER BY {keys}"
    )
    files, bases = [str(s.path) for s in sources], [s.base for s in sources]
    found = opened.sql(query, params={"files": files, "bases": bases})
    for batch in found.to_arrow_reader(ROWS):
        rows = pa.Table.from_batches([batch]).select(schema.names)
        yield pa.Table.from_arrays(
            [_as(column, field.type) for column, field in zip(rows.columns, schema, strict=True)],
            schema=schema,
        )


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """DuckDB names the elements of lists its own way."""
    return column if column.type == kind else column.cast(kind)


class TableWriter:
    """Writes a canonical table in row groups of one size, whatever the sizes it is given.

    It writes beside its caller, who makes the next rows meanwhile.
    """

    def __init__(self, path: Path, table: Table) -> None:
        """Create the file."""
        schema = arrow_schema(table)
        self._file = pq.ParquetWriter(path, schema, **parquet_options(table))
        self._waiting = schema.empty_table()
        self._thread = ThreadPoolExecutor(1)
        self._busy: Future[None] | None = None

    def __enter__(self) -> "TableWriter":
        """Nothing is written yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what is left and close the file."""
        try:
            if error is None and len(self._waiting):
                self._write(self._waiting)
            self._rest()
        finally:
            self._thread.shutdown()
            self._file.close()

    def write(self, rows: pa.Table) -> None:
        """Add rows."""
        waiting = pa.concat_tables([self._waiting, rows])
        whole = len(waiting) // ROWS * ROWS
        for start in range(0, whole, ROWS):
            self._write(waiting.slice(start, ROWS))
        self._waiting = waiting.slice(whole)

    def _write(self, rows: pa.Table) -> None:
        self._rest()
        # One chunk, so that the pages do not depend on how the rows arrived.
        self._busy = self._thread.submit(
            lambda: self._file.write_table(rows.combine_chunks(), row_group_size=ROWS)
        )

    def _rest(self) -> None:
        """Wait for what is being written; raises what went wrong."""
        if self._busy is not None:
            busy, self._busy = self._busy, None
            busy.result()
