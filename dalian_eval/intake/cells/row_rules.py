"""Rules between the columns of one row."""

from collections.abc import Iterator
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.intake.base.reasons import Problem, Reason
from dalian_eval.schema.model import Table


def row_problems(table: Table, rows: pa.Table) -> Iterator[tuple[int, Problem]]:
    """Yield (position, problem) for rows whose columns contradict each other; blanks do not."""
    if table.span:
        yield from _ends_before_start(table, rows, *table.span)
    if table.ascending:
        yield from _out_of_order(table, rows, table.ascending)


def _where(condition: pa.ChunkedArray) -> list[int]:
    """Return the positions where `condition` holds."""
    positions: list[int] = pc.indices_nonzero(pc.fill_null(condition, False)).to_pylist()
    return positions


def _ends_before_start(
    table: Table, rows: pa.Table, start: str, end: str
) -> Iterator[tuple[int, Problem]]:
    for row in _where(pc.less(rows[end], rows[start])):
        details = {
            "start_column": table[start].header,
            "start": rows[start][row].as_py().isoformat(),
        }
        value = rows[end][row].as_py().isoformat()
        others = (table[start].header,)
        yield row, Problem(Reason.END_BEFORE_START, table[end].header, value, details, others)


def _out_of_order(
    table: Table, rows: pa.Table, names: tuple[str, ...]
) -> Iterator[tuple[int, Problem]]:
    rule = " ≤ ".join(table[name].header for name in names)
    for low, high in pairwise(names):
        for row in _where(pc.greater(rows[low], rows[high])):
            details = {
                "other_column": table[high].header,
                "other": str(rows[high][row].as_py()),
                "rule": rule,
            }
            value = str(rows[low][row].as_py())
            others = (table[high].header,)
            yield row, Problem(Reason.WRONG_ORDER, table[low].header, value, details, others)
