"""The plan's dates for readers: lines for a terminal, a table, an iCalendar file (.ics)."""

import datetime as dt
from collections.abc import Iterator, Sequence

import pandas as pd

from dalian_eval.base.day_words import day_words
from dalian_eval.campaign.deadline_rules import Deadline
from dalian_eval.campaign.deadlines import STATES
from dalian_eval.report.base.terminal import hanging, inert
from dalian_eval.report.views.account_links import Links
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.rubric.plan_names import name_of_work

_WARN = dt.timedelta(days=-7)
"""How long before a date the calendar reminds."""


def deadline_table(calendar: pd.DataFrame) -> pd.DataFrame:
    """Return the account of the dates (columns of calendar.csv) with Chinese titles.

    A cell's second line holds the place in the plan, and the note; the last one, where the rows
    stand that show it.
    """
    notes = calendar["note"].map(lambda note: f"\n注：{note}" if note else "")
    return pd.DataFrame(
        {
            "期限": calendar["date"],
            "事项": calendar["title"] + "\n" + calendar["source"],
            "责任单位": calendar["who"],
            "状态": calendar["status"],
            "判断依据": calendar["reason"] + notes,
            "出处": [_places(evidence) or "—" for evidence in calendar["evidence"]],
        }
    ).astype("str")


def _places(evidence: str) -> str:
    return "\n".join(found.text for found in parse_origins(evidence))


def deadline_links(calendar: pd.DataFrame) -> Links:
    """Return where the places of `deadline_table` lead: to the raw file, the first of several."""
    files = {_places(text): parse_origins(text) for text in map(str, calendar["evidence"])}
    return {"出处": lambda row: next((e.href for e in files.get(str(row["出处"]), ())), "")}


def deadline_lines(calendar: pd.DataFrame, as_of: dt.date, width: int) -> Iterator[str]:
    """Yield the account for a terminal: counts, then each date with why it is judged so."""
    yield f"时间节点（截至{day_words(as_of)}）"
    counts = calendar["status"].value_counts()
    yield "　".join(f"{state}{counts[state]}项" for state in STATES if state in counts)
    if calendar.empty:
        yield "本年度没有登记时间节点"
    for row in calendar.to_dict("records"):
        yield ""
        head = f"{row['date']}　{row['status']}　{row['title']}（{row['who']}，{row['source']}）"
        yield from hanging("", inert(head), width, 0, 0)
        yield from hanging("", inert(row["reason"]), width, 4, 0)
        if row["note"]:
            yield from hanging("注：", inert(row["note"]), width, 4, 4)


def ics(deadlines: Sequence[Deadline]) -> bytes:
    """Return the dates as an iCalendar file: whole days, with a reminder a week before.

    A UID is made from the id and its year, so that a newer file replaces the older events; the
    stamp is the date's own.
    """
    # Imported here: the record's pages need the table alone.
    from icalendar import Alarm, Calendar, Event

    result = Calendar()
    result.add("version", "2.0")
    result.add("prodid", "-//dalian_eval//zh-CN")
    for one in sorted(deadlines, key=lambda d: (d.date, d.id)):
        event = Event()
        event.add("uid", f"{one.date.year}-{one.id}@dalian-eval")
        event.add("dtstamp", dt.datetime.combine(one.date, dt.time(), dt.UTC))
        event.add("dtstart", one.date)
        event.add("dtend", one.date + dt.timedelta(days=1))
        event.add("summary", f"{name_of_work()}期限：{one.title}")
        told = [f"责任单位：{one.who}", f"出处：{one.source}", *([one.note] if one.note else [])]
        event.add("description", "\n".join(told))
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", _WARN)
        alarm.add("description", one.title)
        event.add_component(alarm)
        result.add_component(event)
    return bytes(result.to_ical())
