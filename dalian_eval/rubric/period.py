"""The evaluation period P and its months."""

import calendar
import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Period:
    """P: both days included, Asia/Shanghai."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        """ValueError when it ends before it starts."""
        if self.start > self.end:
            raise ValueError(f"评审期的起始日期{self.start}晚于结束日期{self.end}，请改正")

    @property
    def year(self) -> int:
        """The year that a sentence's days need not name: the one in which P ends."""
        return self.end.year

    @property
    def year_before(self) -> tuple[dt.date, dt.date]:
        """The same days of the year before, both included."""
        return _a_year_earlier(self.start), _a_year_earlier(self.end)

    @property
    def months(self) -> tuple[str, ...]:
        """The months of P as yyyy-mm, in order."""
        result = []
        year, month = self.start.year, self.start.month
        while (year, month) <= (self.end.year, self.end.month):
            result.append(f"{year:04d}-{month:02d}")
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return tuple(result)

    @property
    def quarters(self) -> tuple[tuple[str, ...], ...]:
        """The months of P by quarters of the calendar, in order."""
        found: dict[str, list[str]] = {}
        for month in self.months:
            found.setdefault(quarter_of(month), []).append(month)
        return tuple(map(tuple, found.values()))

    def months_begun(self, as_of: dt.date) -> tuple[str, ...]:
        """Return the months of P that have begun by `as_of`."""
        return tuple(m for m in self.months if f"{m}-01" <= as_of.isoformat())

    def months_ended(self, as_of: dt.date) -> tuple[str, ...]:
        """Return the months of P that have ended by `as_of`."""
        return tuple(m for m in self.months if month_end(m) <= as_of)

    def as_of(self, month: str) -> dt.date:
        """Return the last day of `month` (yyyy-mm), never later than the end of P."""
        return min(month_end(month), self.end)


def quarter_of(month: str) -> str:
    """Return the quarter of a month given as yyyy-mm: 2025-Q1."""
    return f"{month[:4]}-Q{(int(month[5:7]) - 1) // 3 + 1}"


def month_end(month: str) -> dt.date:
    """Return the last day of a month given as yyyy-mm."""
    year, number = int(month[:4]), int(month[5:7])
    return dt.date(year, number, calendar.monthrange(year, number)[1])


def _a_year_earlier(day: dt.date) -> dt.date:
    last = calendar.monthrange(day.year - 1, day.month)[1]
    whole = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(day.year - 1, day.month, last if whole else min(day.day, last))
