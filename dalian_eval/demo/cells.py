"""Canonical values as the plain text of an export."""

from datetime import date, datetime

from dalian_eval.demo.model import Row, Value
from dalian_eval.schema.model import Table


def plain(value: Value) -> str:
    """Return a canonical value as plain text: 是/否, 2024-03-05, lists joined by 、."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "、".join(value)
    return str(value)


def headers(table: Table) -> list[str]:
    """Return the headers of `table` in order."""
    return [column.header for column in table.columns]


def plain_row(table: Table, row: Row) -> list[str]:
    """Return `row` as plain texts in the order of the table's columns."""
    return [plain(row[column.name]) for column in table.columns]
