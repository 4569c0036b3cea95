"""Checks of dates, made for every table: events without a date, and days after as-of."""

import datetime as dt
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir
from ibis import _

from dalian_eval.checks.check import Check
from dalian_eval.checks.delivery import Delivery
from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.tables import TABLES

_COUNTED_BY_MONTH = {"inspections": "uploaded_at", "automonitor": "month"}
"""Tables whose rows after P are told by their own check."""


def _dated(table: Table) -> list[Column]:
    kinds = (Type.DATE, Type.TIMESTAMP, Type.MONTH)
    return [c for c in table.columns if c.type in kinds and not c.may_lie_ahead]


def _after(column: Column, day: dt.date) -> ir.BooleanValue:
    """Return the condition that a column lies after `day`."""
    value = _[column.name]
    if column.type is Type.MONTH:
        return value > day.isoformat()[:7]
    if column.type is Type.TIMESTAMP:
        return value >= ibis.timestamp(f"{(day + dt.timedelta(days=1)).isoformat()} 00:00:00")
    return value > day


def _ahead(delivery: Delivery, table: Table) -> ir.Table:
    rows = delivery.table(table.name)
    failing = rows.filter(reduce(or_, [_after(c, delivery.as_of) for c in _dated(table)]))
    if table.name in _COUNTED_BY_MONTH:
        column = table[_COUNTED_BY_MONTH[table.name]]
        failing = failing.filter(~_after(column, delivery.period.end).fill_null(False))
    return failing


def _future(table: Table) -> Check:
    return Check(
        id=f"{table.name}.future",
        table=table.name,
        title="日期不晚于评价日",
        severity="warning",
        find=lambda delivery: _ahead(delivery, table),
        show=(*table.key[:1], *(c.name for c in _dated(table))),
        reason="有{failed}行的日期晚于评价日{as_of}，这些日期的事项本次尚不计入（仅供知悉）。",
        fix="无需处理，评价以后的月份时自动计入；日期填错的请改正。",
    )


def _undated(table: Table, column: Column) -> Check:
    return Check(
        id=f"{table.name}.undated",
        table=table.name,
        title=f"{column.header}已填写",
        severity="warning",
        where=_[column.name].isnull(),
        show=table.key or tuple(c.name for c in table.columns[:2]),
        reason=f"有{{failed}}行没有『{column.header}』，不能确定是否在评审期内，不计入。",
        fix=f"请补填『{column.header}』。",
    )


def checks() -> tuple[Check, ...]:
    """Return the checks of the tables in use."""
    return (
        *(_undated(table, table[table.event]) for table in TABLES if table.event),
        *(_future(table) for table in TABLES if _dated(table)),
    )
