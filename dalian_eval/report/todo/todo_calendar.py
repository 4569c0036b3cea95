"""The due days of a unit's moves as an iCalendar file."""

import datetime as dt

from dalian_eval.report.todo.todo_page import UnitSheet
from dalian_eval.rubric.plan_names import name_of_work

FOLDER = "todo"
"""Where the files lie in the run folder."""


def calendar_file(sheet: UnitSheet, run_id: str) -> bytes:
    """Return one event per due day, with what is due then; a newer run's replaces an older one."""
    # Imported here: nothing else of the record needs the library.
    from icalendar import Calendar, Event

    result = Calendar()
    result.add("version", "2.0")
    result.add("prodid", "-//dalian_eval//zh-CN")
    days: dict[str, list[str]] = {}
    for line in sheet.lines:
        days.setdefault(line.by, []).append(
            f"□ {'、'.join(name for name, _ in line.who)}：{line.sentence}"
        )
    for day, told in sorted(days.items()):
        date = dt.date.fromisoformat(day)
        event = Event()
        event.add("uid", f"todo-{sheet.unit or 'none'}-{day}@dalian-eval")
        event.add("dtstamp", dt.datetime.combine(date, dt.time(), dt.UTC))
        event.add("dtstart", date)
        event.add("dtend", date + dt.timedelta(days=1))
        event.add("summary", f"{name_of_work()}：{sheet.name}到期事项{len(told)}项")
        event.add("description", "\n".join([*told, f"记录编号 {run_id}"]))
        result.add_component(event)
    return bytes(result.to_ical())
