"""Definitions of the law that several rooms ask for, as Ibis expressions."""

import datetime as dt

import ibis
import ibis.expr.types as ir

from dalian_eval.schema.relations import MAIN_HANDLER_ROLES, TRANSFER


def decided_day(cases: ir.Table) -> ir.Value:
    """Return the day each case was decided; of a 移送 without one, the day it was handed over."""
    handed_over = (cases.kind == TRANSFER) & cases.decided_on.isnull()
    return ibis.ifelse(handed_over, cases.transferred_on, cases.decided_on)


def main_handlers(case_handlers: ir.Table) -> ir.Table:
    """Return the rows of 案件承办 that say yes to all three roles (主要承办人)."""
    return case_handlers.filter([case_handlers[r].fill_null(False) for r in MAIN_HANDLER_ROLES])


def uploaded(records: ir.Table, first: dt.date | None, last: dt.date) -> ir.Table:
    """Return the rows of 检查记录 uploaded from `first` (None: ever) to `last`, both included."""
    after = last + dt.timedelta(days=1)
    known = records.filter(records.uploaded_at < midnight(after))
    if first is None:
        return known
    return known.filter(known.uploaded_at >= midnight(first))


def midnight(day: dt.date) -> ir.TimestampScalar:
    """Return the moment at which a day begins."""
    return ibis.timestamp(f"{day.isoformat()} 00:00:00")
