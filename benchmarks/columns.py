"""Arrow columns from numpy arrays: what the invented nation's tables are made of."""

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.rubric.period import Period
from dalian_eval.schema.arrow import NUMBER, arrow_schema
from dalian_eval.schema.origins import ORIGIN, ROW_BITS
from dalian_eval.schema.tables import BY_NAME, TABLES

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

START, AS_OF = date(2023, 11, 1), date(2024, 10, 31)
LAST_DAY = (AS_OF - START).days
MONTHS = Period(START, AS_OF).months
SOURCES = {table.name: number for number, table in enumerate(TABLES)}


def some(rng: np.random.Generator, size: int, percent: float) -> Flags:
    """Return `size` flags of which about `percent` are set."""
    return rng.random(size) < percent / 100


def codes(prefix: str, numbers: Ints, width: int, blank: Flags | None = None) -> pa.Array:
    """Return prefix and zero-padded number."""
    text = pc.utf8_lpad(pa.array(numbers, mask=blank).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, text, "")


def texts(choices: tuple[str, ...], chosen: Ints, blank: Flags | None = None) -> pa.Array:
    """Return the chosen texts by their positions."""
    indices = pa.array(chosen.astype(np.int32), mask=blank)
    return pa.DictionaryArray.from_arrays(indices, pa.array(choices, pa.string())).cast(pa.string())


def dates(days: Ints, blank: Flags | None = None) -> pa.Array:
    """Return dates from days since the period's start."""
    first = (START - date(1970, 1, 1)).days
    return pa.array((days + first).astype(np.int32), pa.int32(), mask=blank).cast(pa.date32())


def numbers(value: Ints, places: int, blank: Flags | None = None) -> pa.Array:
    """Return exact decimals from integers of 10^-places."""
    whole = pa.array(value, mask=blank).cast(pa.decimal128(19, 0))
    step = pa.scalar(1, pa.decimal128(1, 0)).as_py().scaleb(-places)
    return pc.multiply(whole, pa.scalar(step)).cast(NUMBER)


def lists(choices: tuple[str, ...], holds: Flags) -> pa.Array:
    """Return per row the list of the choices it holds (rows × choices)."""
    return ragged(holds.sum(axis=1), texts(choices, np.nonzero(holds)[1]))


def ragged(lengths: Ints, values: Ints | pa.Array) -> pa.Array:
    """Return lists of the given lengths over consecutive values."""
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values))


def origins(table: str, rows: Ints) -> Ints:
    """Return the origins of a table's rows."""
    return (SOURCES[table] << ROW_BITS) + 2 + rows


def table(name: str, /, **columns: Any) -> dict[str, pa.Table]:
    """Return the canonical table by its name, columns not given being blank, with its origins."""
    schema = arrow_schema(BY_NAME[name])
    rows = len(next(iter(columns.values())))
    columns[ORIGIN] = origins(name, np.arange(rows))
    arrays = [
        pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(rows, f.type)
        for f in schema
    ]
    return {name: pa.Table.from_arrays(arrays, schema=schema)}


def vocabulary(name: str, column: str) -> tuple[str, ...]:
    """Return the closed vocabulary of a canonical column."""
    return BY_NAME[name][column].vocabulary


def firsts(owners: Ints, rows: Ints) -> Ints:
    """Return, of `rows`, the first of each owner."""
    return rows[np.unique(owners[rows], return_index=True)[1]]
