"""Parquet schemas made from the table declarations."""

import pyarrow as pa

from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.origins import ORIGIN

NUMBER = pa.decimal128(38, 18)
"""Decimal numbers are kept exactly; a cell with more than 18 decimals is a bad cell."""

_ARROW: dict[Type, pa.DataType] = {
    Type.CODE: pa.string(),
    Type.CASE_NUMBER: pa.string(),
    Type.TEXT: pa.string(),
    Type.DATE: pa.date32(),
    Type.MONTH: pa.string(),
    Type.TIMESTAMP: pa.timestamp("us"),
    Type.BOOL: pa.bool_(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: NUMBER,
    Type.LIST: pa.list_(pa.string()),
}


def arrow_type(column: Column) -> pa.DataType:
    """Return the Arrow type that keeps `column` (timestamps: naive, Asia/Shanghai)."""
    return _ARROW[column.type]


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Parquet schema of `table`: its columns in order, then the origin."""
    fields = [pa.field(c.name, arrow_type(c)) for c in table.columns]
    return pa.schema([*fields, pa.field(ORIGIN, pa.int64(), nullable=False)])
