"""todo.html: for each unit a sheet to pin to the wall, by due day, with boxes to tick by hand."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dalian_eval.report.base.file_names import safe_name
from dalian_eval.report.base.page import render
from dalian_eval.report.todo.todo_view import OTHERS, Todo, TodoRow, told_first
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.numbers import points_text

PAGE = "todo.html"

MOST_ROWS = 24
"""So many rows fit on the sheet of a unit; the rest is counted and stands in todo.csv."""

PER_OFFICER = 2
"""So many moves of each officer stand on the unit's sheet."""


_GAIN = re.compile(r"，?(?:否则扣|得)[\d.]+分$")
"""What a sentence ends with: the points of whom it was made for."""


@dataclass(frozen=True)
class TodoLine:
    """A line of the sheet: until when, whom it concerns, what, and what it gives.

    `who`: their names, with the address of the account of each.
    """

    day: str
    by: str
    who: tuple[tuple[str, str], ...]
    sentence: str


@dataclass(frozen=True)
class UnitSheet:
    """The sheet of a unit; `unit` is blank for officers of no candidate unit.

    `quarantined`: how many of its rows wait to be mended.
    """

    unit: str
    name: str
    calendar: str
    first: tuple[str, ...]
    lines: tuple[TodoLine, ...]
    more: int
    others: tuple[TodoLine, ...]
    quarantined: int


def unit_sheets(view: RunView, todo: Todo) -> list[UnitSheet]:
    """Return the sheet of every candidate unit, by code, then that of officers of none."""
    units = view.scores[view.scores["kind"] == "unit"]
    officers = view.scores[view.scores["kind"] == "officer"]
    named = dict(zip(units["candidate"], units["name"], strict=True))
    of: dict[str, list[tuple[str, str]]] = {unit: [] for unit in sorted(named)}
    for row in officers.to_dict("records"):
        unit = str(row["unit"]) if row["unit"] in of else ""
        of.setdefault(unit, []).append((str(row["candidate"]), str(row["name"])))
    return [_sheet(view, todo, unit, named.get(unit, ""), of[unit]) for unit in of]


def _sheet(
    view: RunView, todo: Todo, unit: str, name: str, officers: Sequence[tuple[str, str]]
) -> UnitSheet:
    ours = ("本单位", view.unit_link(unit))
    own = [(row, ours) for row in todo.of("unit", unit)] if unit else []
    rows = [(row, who) for row, who in own if row.whose != OTHERS]
    for officer, person in officers:
        mine = [row for row in todo.of("officer", officer) if row.whose != OTHERS]
        whose = (person, view.link("officer", officer))
        rows += [(row, whose) for row in mine[:PER_OFFICER]]
    lines = _lines(rows)
    others = _lines([(row, who) for row, who in own if row.whose == OTHERS])
    return UnitSheet(
        unit,
        name or "未列入候选集体的人员",
        f"{quote(safe_name(unit))}.ics" if unit else "",
        tuple(told_first(view, "unit", unit)) if unit else (),
        tuple(sorted(lines[:MOST_ROWS], key=lambda line: line.by)),
        max(0, len(lines) - MOST_ROWS),
        tuple(others[:6]),
        todo.quarantined.get(unit, 0) if unit else 0,
    )


def _lines(rows: Sequence[tuple[TodoRow, tuple[str, str]]]) -> list[TodoLine]:
    """Return a line per thing to do: what several have of one thing counts once.

    One thing is one set of facts, or one row of the tables that is mended for each.
    """
    together: dict[str, list[tuple[TodoRow, tuple[str, str]]]] = {}
    for row, who in rows:
        together.setdefault(_thing(row), []).append((row, who))
    found: list[TodoLine] = []
    for same in together.values():
        first = min((row for row, _ in same), key=lambda row: row.by)
        people = tuple(dict.fromkeys(who for _, who in same))
        sentence = same[0][0].sentence
        if len(people) > 1:
            gains = dict[str, int]()
            for row, (name, _) in same:
                gains[name] = max(gains.get(name, 0), row.gain)
            each = "、".join(f"{name}{points_text(gain)}分" for name, gain in gains.items())
            sentence = f"{_GAIN.sub('', sentence)}：{each}"
        found.append(TodoLine(first.day, first.by, people, sentence))
    return found


def _thing(row: TodoRow) -> str:
    """Return what tells a thing to do from others: the rows to mend, else all facts."""
    facts = json.loads(row.facts)
    mended = [[f["table"], f["key"], sorted(f["cells"])] for f in facts if f["key"]]
    return json.dumps(mended, ensure_ascii=False) if mended else row.facts


def todo_html(view: RunView, sheets: Sequence[UnitSheet]) -> str:
    """Return the page of the sheets of all units."""
    return render("todo.html", view=view, sheets=sheets)
