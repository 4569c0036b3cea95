"""Canonical tables as pandas frames, one dtype per declared type."""

import pandas as pd
import pyarrow as pa

from dalian_eval.schema.arrow import arrow_schema
from dalian_eval.schema.model import Table, Type

ORIGINS = pd.ArrowDtype(pa.list_(pa.int64()))
"""The dtype of a column that holds lists of origins (evidence)."""

DATE_DTYPE = "datetime64[s]"

_DTYPES = {Type.INTEGER: "Int64", Type.BOOL: "boolean", Type.DATE: DATE_DTYPE}


def to_frame(data: pa.Table, table: Table) -> pd.DataFrame:
    """Return `data` as a frame: texts `str`, dates `datetime64[s]`, nullable integers and booleans.

    Numbers stay `decimal.Decimal`, lists become tuples of distinct texts in their order; the origin
    is int64. Row order is kept.
    """
    frame: pd.DataFrame = data.to_pandas(date_as_object=True)
    for column in table.columns:
        if column.type in _DTYPES:
            dtype = _DTYPES[column.type]
            values = frame[column.name]
            if column.type is Type.DATE:
                values = pd.to_datetime(values, format="ISO8601")
            frame[column.name] = values.astype(pd.api.types.pandas_dtype(dtype))
        elif column.type is Type.LIST:
            frame[column.name] = [
                () if value is None else tuple(dict.fromkeys(value)) for value in frame[column.name]
            ]
        elif column.type is not Type.NUMBER and column.type is not Type.TIMESTAMP:
            frame[column.name] = frame[column.name].astype("str")
    return frame


def empty_frame(table: Table) -> pd.DataFrame:
    """Return a frame of `table` without rows."""
    return to_frame(arrow_schema(table).empty_table(), table)
