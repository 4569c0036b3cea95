"""Weeks, months and quarters of a span of days, and which of them something is owed in."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from dalian_eval.base.day_words import span_words
from dalian_eval.campaign.rules import CampaignRules, Every, Span
from dalian_eval.rubric.period import month_end

_DAY = dt.timedelta(days=1)
_WEEKEND = 5


@dataclass(frozen=True)
class Season:
    """What is judged: under which rules, over which days, as known at the end of `as_of`."""

    rules: CampaignRules
    span: Span
    as_of: dt.date


@dataclass(frozen=True, order=True)
class Stretch:
    """A week, month or quarter, cut at the ends of the span.

    `name`: 2024-W27, 2024-07 or 2024Q3 (weeks are those of ISO 8601, so that the last days of
    December may be week 1 of the next year); `workdays`: its working days within the span.
    """

    start: dt.date
    end: dt.date
    name: str
    workdays: int
    owed: bool

    @property
    def title(self) -> str:
        """The stretch in Chinese: 2024年第27周（07-01至07-07）."""
        days = f"（{span_words(self.start, self.end, self.start.year)}）"
        year, rest = self.name[:4], self.name[4:]
        if rest.startswith("-W"):
            return f"{year}年第{int(rest[2:])}周{days}"
        if rest.startswith("Q"):
            return f"{year}年第{rest[1:]}季度{days}"
        return f"{year}年{int(rest[1:])}月{days}"


def name_of(day: dt.date, every: Every) -> str:
    """Return the name of the week, month or quarter that holds `day`."""
    if every == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if every == "month":
        return f"{day:%Y-%m}"
    return quarter_of(f"{day:%Y-%m}")


def quarter_of(month: str) -> str:
    """Return the quarter of a month: 2024-08 → 2024Q3."""
    return f"{month[:4]}Q{(int(month[5:7]) + 2) // 3}"


def _last_day(day: dt.date, every: Every) -> dt.date:
    """Return the last day of the week, month or quarter that holds `day`."""
    if every == "week":
        return day + (7 - day.isoweekday()) * _DAY
    month = day.month if every == "month" else (day.month + 2) // 3 * 3
    return month_end(f"{day.year:04d}-{month:02d}")


def is_workday(day: dt.date, rules: CampaignRules) -> bool:
    """Whether people work on `day`: make-up workdays first, then holidays and weekends."""
    if day in rules.workdays:
        return True
    return day.weekday() < _WEEKEND and not any(h.start <= day <= h.end for h in rules.holidays)


def stretches(span: Span, every: Every, rules: CampaignRules) -> tuple[Stretch, ...]:
    """Return the weeks, months or quarters that touch `span`, in order, cut at its ends.

    One is owed from `least_workdays` on.
    """
    return tuple(_stretches(span, every, rules))


def _stretches(span: Span, every: Every, rules: CampaignRules) -> Iterator[Stretch]:
    least: int = getattr(rules.least_workdays, every)
    start = span.start
    while start <= span.end:
        end = min(_last_day(start, every), span.end)
        days = (start + n * _DAY for n in range((end - start).days + 1))
        workdays = sum(is_workday(day, rules) for day in days)
        yield Stretch(start, end, name_of(start, every), workdays, workdays >= least)
        start = end + _DAY
