"""Days and months as people write them in a sentence: 5月16日, 2023年12月7日, 8月21日反馈.

A sentence leaves out the year that everybody has in mind, that of the evaluation; any other year
is written. Columns of dates, file names and what a cell should hold keep yyyy-mm-dd.
"""

import datetime as dt
from collections.abc import Sequence

_ENDINGS = (("期限", "到期"), ("日期", ""), ("时间", ""))
"""How a column of days ends, and what is said in its place after the day."""


def day_words(day: dt.date, year: int | None = None) -> str:
    """Return a day: 5月16日, with its year unless that is `year` (None: always with it)."""
    own = "" if day.year == year else f"{day.year}年"
    return f"{own}{day.month}月{day.day}日"


def iso_day_words(text: str, year: int | None = None) -> str:
    """Return a day given as yyyy-mm-dd: 2024-10-31 → 2024年10月31日."""
    return day_words(dt.date.fromisoformat(text), year)


def month_words(month: str, year: int | None = None) -> str:
    """Return a month given as yyyy-mm: 3月, with its year unless that is `year`."""
    own = "" if year is not None and int(month[:4]) == year else f"{int(month[:4])}年"
    return f"{own}{int(month[5:7])}月"


def months_words(months: Sequence[str], year: int) -> str:
    """Return months (yyyy-mm) in a row: 2、5、7月; one of another year is whole: 2023年12月."""
    own = [str(int(m[5:7])) for m in months if int(m[:4]) == year]
    others = [month_words(m, year) for m in months if int(m[:4]) != year]
    return "、".join([*others, *([f"{'、'.join(own)}月"] if own else [])])


def quarter_words(month: str, year: int | None = None) -> str:
    """Return the quarter of a month (yyyy-mm): 一季度, with its year unless that is `year`."""
    own = "" if year is not None and int(month[:4]) == year else f"{int(month[:4])}年"
    return f"{own}{'一二三四'[(int(month[5:7]) - 1) // 3]}季度"


def span_words(start: dt.date, end: dt.date, year: int | None = None) -> str:
    """Return the days from `start` to `end`; both with their year unless both lie in `year`."""
    shared = year if start.year == end.year else None
    return f"{day_words(start, shared)}至{day_words(end, shared)}"


def event_words(name: str, day: str) -> str:
    """Return what happened when, of a column of days and a day in words.

    决定日期, 4月13日 → 4月13日决定; 反馈期限 → 4月13日到期; 日期 → 日期4月13日.
    """
    for ending, said in _ENDINGS:
        stem = name.removesuffix(ending)
        if stem != name and (stem or said):
            return f"{day}{said or stem}"
    return f"{name}{day}"


def span(seconds: float) -> str:
    """Return a length of time as people say it."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}秒"
    if whole < 3600:
        return f"{whole // 60}分{whole % 60}秒"
    return f"{whole // 3600}小时{whole % 3600 // 60}分"
