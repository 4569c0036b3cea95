"""Years inside a plan that do not fit its period: what stays behind when last year's is copied."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dalian_eval.base.defences import read_settings
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.period import Period
from dalian_eval.workbench.line_marks import CONFIRMED, is_confirmed, undecided
from dalian_eval.workbench.year_places import YearPlace, line_text, year_places

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WINDOW = "years"
_PROVISIONAL = "provisional_until"
_NOT_ASKED = frozenset(("period", "source"))
"""The period itself, and the plan's document number: a plan may be issued a year before."""


@dataclass(frozen=True)
class Remark:
    """Something about a line of a file that its author should look at; `what` is a clause."""

    file: str
    line: int
    what: str

    @property
    def sentence(self) -> str:
        """The remark with its place."""
        return f"{self.file} 第{self.line}行：{self.what}"


def remarks_on_years(path: Path, year: int, period: Period) -> list[Remark]:
    """Return what of a rubric or parameter file does not fit the year and period, by line.

    A line whose comment says 年份无误 is left out. Told are: a `year` in which the period does not
    end; years before the period begins; years of a window that are over before the period is;
    『X年度』 of another year; a day until which something is provisional within the period.
    """
    text = read_settings(path)
    places = [p for p in year_places(text) if not p.in_comment and p.path[0] not in _NOT_ASKED]
    latest: dict[int, int] = defaultdict(int)
    for place in places:
        if place.path[-1] == _WINDOW:
            latest[place.line] = max(latest[place.line], place.year)
    found: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for place in places:
        told, why = _misfit(text, place, latest, year, period)
        if why:
            found[place.line].setdefault(why, []).append(told)
    return [
        Remark(path.name, line, "；".join(f"{_listed(told)}，{why}" for why, told in whys.items()))
        for line, whys in sorted(found.items())
        if not is_confirmed(line_text(text, line))
    ]


def _listed(told: list[str]) -> str:
    return "写着" + "、".join(dict.fromkeys(told))


def _misfit(
    text: str, place: YearPlace, latest: dict[int, int], year: int, period: Period
) -> tuple[str, str]:
    """Return what is written and why it does not fit; two empty texts when it does."""
    told, span = place.year, f"评审期{period.start}至{period.end}"
    key, day = place.path[-1], _day_at(text, place)
    written = f"{told}年" if day is None else str(day)
    why = ""
    if place.may_be_a_number:
        why = ""
    elif place.path == ("year",):
        why = "" if told == period.end.year else f"{span}却在{period.end.year}年结束"
    elif told < period.start.year or (day is not None and day < period.start):
        why = f"早于{span}"
    elif day is not None and key == _PROVISIONAL and day < period.end:
        why = f"这一天以前为暂定，它却在{span}结束以前"
    elif key == _WINDOW and latest[place.line] < period.end.year:
        why = f"到{latest[place.line]}年为止，{span}还没有结束"
    elif text[place.start + 4 :].startswith("年度") and told != year:
        written, why = f"{told}年度", f"本年度是{year}"
    return written, why


def _day_at(text: str, place: YearPlace) -> dt.date | None:
    """Return the day that begins with the year, when it is one."""
    match = _DAY.match(text, place.start)
    try:
        return dt.date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None


def undecided_places(path: Path) -> list[Remark]:
    """Return the lines of a file that are marked 待定."""
    return [
        Remark(path.name, line, f"待定：{what}" if what else "标着待定")
        for line, what in undecided(read_settings(path))
    ]


def warnings_of_plan(rubric_file: Path, params_file: Path | None, rubric: Rubric) -> list[Remark]:
    """Return what the years of a plan's files say against its period, and what is undecided.

    `params_file`: the run parameters that go with the rubric, if any.
    """
    files = [rubric_file, *([params_file] if params_file is not None else [])]
    result: list[Remark] = []
    for file in files:
        result += remarks_on_years(file, rubric.year, rubric.period) + undecided_places(file)
    return result


_TOLD = 5


def shortened(remarks: Sequence[Remark]) -> list[str]:
    """Return the first remarks as lines, and how all of them are listed; none without remarks."""
    if not remarks:
        return []
    lines = [f"提醒：{remark.sentence}" for remark in remarks[:_TOLD]]
    files = "、".join(dict.fromkeys(remark.file for remark in remarks))
    return [
        *lines,
        f"提醒：{files} 中有{len(remarks)}行的年份与评审期对不上，或标着待定。全部列出用 "
        f"dalian-eval rubric check；确实如此的，在该行末尾写 # {CONFIRMED}",
    ]
