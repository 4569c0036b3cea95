"""Counts on DuckDB what a check finds, and the first of its failing rows."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd
from ibis import _

from dalian_eval.base.day_words import day_words
from dalian_eval.checks.check import Check
from dalian_eval.checks.delivery import NOTE, Delivery
from dalian_eval.checks.model import LISTED
from dalian_eval.schema.origins import ORIGIN, Source, origin_text
from dalian_eval.schema.tables import BY_NAME

_LONG = 80
"""Characters of a value that an example shows."""


@dataclass(frozen=True)
class CheckCount:
    """What a check found: rows tested, rows failed, origins (integers) and examples."""

    tested: int
    failed: int
    origins: tuple[int, ...] = ()
    observed: tuple[str, ...] = ()


def count(check: Check, delivery: Delivery) -> CheckCount:
    """Return what `check` finds; the rows themselves are fetched only when there are any."""
    failing = check.failing(delivery)
    tested, failed = check.rows_tested(delivery), delivery.count(failing)
    if not failed:
        return CheckCount(tested, 0)
    listed = failing.filter(_[ORIGIN].notnull()).select(ORIGIN).distinct()
    origins = delivery.fetch(listed.order_by(ORIGIN).limit(LISTED))[ORIGIN]
    return CheckCount(
        tested, failed, tuple(int(o) for o in origins), _examples(check, failing, delivery)
    )


def _examples(check: Check, failing: ir.Table, delivery: Delivery) -> tuple[str, ...]:
    """Return the distinct values of the first failing rows."""
    show = list(check.show)
    first = failing.select(ORIGIN, *show).group_by(show).agg(first=_[ORIGIN].min())
    rows = delivery.fetch(first.order_by(["first", *show]).limit(check.examples))
    return tuple(
        cells_text(check.table, zip(show, values, strict=True))
        for values in rows[show].itertuples(index=False, name=None)
    )


def cells_text(table: str, cells: Iterable[tuple[str, object]]) -> str:
    """Return cells as a user reads them: header and value, a blank as 空白."""
    return "，".join(
        value_text(value) if name == NOTE else f"{_header(table, name)} {value_text(value)}"
        for name, value in cells
    )


def _header(table: str, name: str) -> str:
    """Return a column's header; a column that only a check made carries its own."""
    if table and name in BY_NAME[table]:
        return BY_NAME[table][name].header
    return name


def value_text(value: object) -> str:
    """Return one value as a user reads it."""
    if isinstance(value, list | tuple):
        return "、".join(map(str, value)) or "空白"
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return "空白"
    if isinstance(value, dt.datetime):
        day = day_words(value.date())
        return day if value.time() == dt.time() else f"{day}{value.time().isoformat()}"
    text = str(value)
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def origin_texts(origins: Iterable[int], sources: dict[int, Source]) -> tuple[str, ...]:
    """Return origins as `table:file#sheet!row`, in their order."""
    return tuple(origin_text(value, sources) for value in sorted(origins))
