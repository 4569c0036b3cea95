"""Parquet schemas made from the table declarations."""

from typing import Any

import pyarrow as pa

from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.origins import ORIGIN

NUMBER = pa.decimal128(38, 18)
"""Decimal numbers are kept exactly; a cell with more decimals than its column may have is bad."""

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

_FEW_VALUES = frozenset({Type.CODE, Type.CASE_NUMBER, Type.TEXT, Type.MONTH})


def arrow_type(column: Column) -> pa.DataType:
    """Return the Arrow type that keeps `column` (timestamps: naive, Asia/Shanghai)."""
    return _ARROW[column.type]


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Parquet schema of `table`: its columns in order, then the origin."""
    fields = [pa.field(c.name, arrow_type(c)) for c in table.columns]
    return pa.schema([*fields, pa.field(ORIGIN, pa.int64(), nullable=False)])


def parquet_options(table: Table) -> dict[str, Any]:
    """Return how a canonical table is written to Parquet (arguments of `ParquetWriter`)."""
    repeated = [c.name for c in table.columns if c.type in _FEW_VALUES and table.key != (c.name,)]
    lists = [f"{c.name}.list.item" for c in table.columns if c.type is Type.LIST]
    return {
        "use_dictionary": repeated + lists,
        # Otherwise Parquet renames the elements of lists.
        "use_compliant_nested_type": False,
    }
