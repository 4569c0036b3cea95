"""Rows that were not accepted: as tables on disk, and as the list with their original cells."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from dalian_eval.intake.base.reasons import Problem
from dalian_eval.intake.files.blocks import Indices
from dalian_eval.schema.origins import ORIGIN

_PROBLEM = pa.struct(
    [
        pa.field("code", pa.string()),
        pa.field("columns", pa.list_(pa.string())),
        pa.field("reason", pa.string()),
        pa.field("fix", pa.string()),
    ]
)

SCHEMA = pa.schema(
    [
        pa.field(ORIGIN, pa.int64()),
        *(pa.field(name, pa.string()) for name in ("code", "column", "value", "reason", "fix")),
        pa.field("problems", pa.list_(_PROBLEM)),
        # The row's key where the table has one of one column: rows elsewhere may refer to it.
        pa.field("key", pa.string()),
    ]
)


def problem_rows(
    problems: Mapping[int, Sequence[Problem]], keys: Mapping[int, str | None]
) -> pa.Table:
    """Return the problems of rows as a table, one row each, in order of origin.

    The first problem gives code, column and value; the sentences of all stand one after another,
    and `problems` holds each by itself with the columns it concerns.
    """
    columns: list[list[object]] = [[] for _ in SCHEMA]
    for origin, found in sorted(problems.items()):
        first = found[0]
        row = (
            origin,
            first.reason.code,
            first.column,
            first.value,
            "".join(dict.fromkeys(problem.sentence for problem in found)),
            "".join(dict.fromkeys(problem.fix for problem in found)),
            [
                {"code": p.reason.code, "columns": p.columns, "reason": p.sentence, "fix": p.fix}
                for p in found
            ],
            keys.get(origin),
        )
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


SPELT = b"spelt"
"""Of a column of cells that are kept as values: the name of the column of the rows beside them."""


def write_cells(
    path: Path, rows: Indices, texts: pa.RecordBatch, plain: Mapping[int, str] | None = None
) -> None:
    """Keep the original cells of the rows with these numbers.

    `plain`: positions → columns of the rows kept beside the cells that are spelt as they were.
    """
    columns: list[pa.Array] = [pa.array(rows, pa.int32())]
    fields = [pa.field("row", pa.int32())]
    for position, (name, column) in enumerate(zip(texts.schema.names, texts.columns, strict=True)):
        known = (plain or {}).get(position)
        columns.append(column if known is None else pa.nulls(len(rows)))
        told = None if known is None else {SPELT: known.encode()}
        fields.append(pa.field(name, columns[-1].type, metadata=told))
    batch = pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    with (
        pa.OSFile(str(path), "wb") as sink,
        pa.ipc.new_file(sink, batch.schema, options=options) as w,
    ):
        w.write_batch(batch)


def named_cells(titles: Sequence[str], texts: Sequence[str | None]) -> dict[str, str]:
    """Return the cells of a row, header → text, those without a header by their number."""
    named: dict[str, str] = {}
    for position, text in enumerate(texts):
        if text is None:
            continue
        title = titles[position] if position < len(titles) else ""
        if title or text:
            title = title or f"第{position + 1}列"
            named[title if title not in named else f"{title}（第{position + 1}列）"] = text
    return named
