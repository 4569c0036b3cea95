"""What an invented county is: canonical values by table, and the small helpers all rooms share."""

import calendar
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum

import numpy as np

from dalian_eval.schema.model import Table

Value = str | int | bool | Decimal | date | datetime | list[str] | None
"""A canonical cell (months are `2024-03` text, timestamps naive Asia/Shanghai)."""

Row = dict[str, Value]
"""One fact, keyed by the canonical column names of its table."""

MONTHS: tuple[tuple[int, int], ...] = ((2023, 11), (2023, 12), *((2024, m) for m in range(1, 11)))
"""The twelve months of the evaluation period 2023-11-01 to 2024-10-31."""

PERIOD_START, PERIOD_END = date(2023, 11, 1), date(2024, 10, 31)


class Profile(IntEnum):
    """How a regional bureau fares; bureau number n has profile n modulo 4."""

    LEADING = 0
    STEADY = 1
    UNEVEN = 2
    WEAK = 3


@dataclass(frozen=True)
class County:
    """An invented county: every table's rows; `inspections` is computed month by month.

    `tables` maps the table name to its rows. The rows of `inspections` are a lazy sequence
    (`dalian_eval.demo.inspections.Inspections`), so that a large county fits in memory.
    """

    tables: Mapping[str, Sequence[Row]]


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers of one topic: topics do not move when another one is retuned."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))


def day(month: int, number: int) -> date:
    """Return day `number` of the period's month `month` (0 = 2023-11), 12 being 2024-11."""
    year, m = divmod(2023 * 12 + 10 + month, 12)
    return date(year, m + 1, min(number, calendar.monthrange(year, m + 1)[1]))


def month_index(value: date) -> int:
    """Return the number of the month of `value` within the period (negative before it)."""
    return (value.year - 2023) * 12 + value.month - 11


def month_bounds(month: int) -> tuple[date, date]:
    """Return the first and the last day of the period's month `month`."""
    return day(month, 1), day(month, 31)


def month_text(month: int) -> str:
    """Return the period's month `month` as `2024-03`."""
    return day(month, 1).strftime("%Y-%m")


def score(value: float) -> Decimal:
    """Return `value` clipped to 0..100 with one decimal, as reviewers write scores."""
    return Decimal(round(min(max(value, 0.0), 100.0) * 10)) / 10


def complete(table: Table, rows: Iterable[Row]) -> list[Row]:
    """Return `rows` with every column of `table`, in its order; unknown columns are a KeyError."""
    names = [column.name for column in table.columns]
    known = set(names)
    result: list[Row] = []
    for row in rows:
        if not known.issuperset(row):
            raise KeyError(f"{table.name}: {sorted(set(row) - known)}")
        result.append({name: row.get(name) for name in names})
    return result
