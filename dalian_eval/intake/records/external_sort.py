"""Sorting and listing what does not fit into memory: DuckDB over pieces on disk."""

import errno
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
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


def in_order(table: Table, sources: Sequence[Source]) -> list[Source] | None:
    """Return the files in the order of their keys, if so their rows stand as if sorted.

    That is when keys of one column of texts rise from row to row and from file to file, none twice:
    what a system exports month by month. None if anything is otherwise: then the rows are sorted.
    """
    if len(table.key) != 1 or not pa.types.is_string(arrow_schema(table).field(table.key[0]).type):
        return None
    spans: list[tuple[str, str, Source]] = []
    for source in sources:
        file = pq.ParquetFile(source.path)
        last: str | None = None
        first: str | None = None
        for batch in file.iter_batches(ROWS, columns=list(table.key)):
            keys = batch.column(0)
            if not len(keys):
                continue
            if keys.null_count or (last is not None and not last < keys[0].as_py()):
                return None
            if pc.all(pc.less(keys[:-1], keys[1:])).as_py() is False:
                return None
            first = keys[0].as_py() if first is None else first
            last = keys[-1].as_py()
        if first is not None and last is not None:
            spans.append((first, last, source))
    spans.sort(key=lambda span: span[0])
    if any(before[1] >= after[0] for before, after in pairwise(spans)):
        return None
    return [source for _, _, source in spans]


def rows_of(schema: pa.Schema, sources: Sequence[Source]) -> Iterator[pa.Table]:
    """Yield the rows of Parquet files as they stand, with their origins; columns of `schema`."""
    for source in sources:
        for batch in pq.ParquetFile(source.path).iter_batches(ROWS, columns=schema.names):
            rows = pa.Table.from_batches([batch]).select(schema.names)
            index = rows.column_names.index(ORIGIN)
            origins = pc.add(rows[ORIGIN], pa.scalar(source.base, pa.int64()))
            rows = rows.set_column(index, schema.field(index), origins)
            yield pa.Table.from_arrays(
                [
                    _as(column, field.type)
                    for column, field in zip(rows.columns, schema, strict=True)
                ],
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
