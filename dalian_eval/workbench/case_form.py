"""What a worked case is: facts, and the points that the plan gives for them by hand.

Their files are written by people who know the plan, not Python; `params/cases/README.md` explains
the form.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dalian_eval.base.yaml_file import TextList, TextMap
from dalian_eval.schema.model import Table
from dalian_eval.schema.tables import TABLES

BACKGROUND = "背景.yaml"
"""What holds in every case of a folder unless it says otherwise."""


def by_sheet() -> dict[str, Table]:
    """Return the tables in use by the names that cases call them."""
    return {table.sheet: table for table in TABLES}


THIS, DRAWN, DRAWN_COUNT, NOTHING = "本条", "抽案", "抽案份数", "无"
TOTALS = {
    "总分": "total",
    "基本分": "base",
    "加分": "bonus",
    "最低分": "total_low",
    "最高分": "total_high",
    "名次": "rank",
    "状态": "status",
}
ASPECTS = {"得分": "points", "封顶前": "awarded", "满分": "max", "状态": "status"}
STATUSES = {
    "正常": "scored",
    "待补": "unavailable",
    "不参与": "not_applicable",
    "归零": "void",
    "否决": "vetoed",
}
SCORE_STATUSES = {"正常": "scored", "待补": "open", "暂缓": "deferred", "否决": "vetoed"}

EVERY, COUNT = "每月", "份数"
EXTRA = (EVERY, COUNT)
"""What a row may say besides its columns: it stands for one row a month, for so many rows."""

Cell = str | list[str]
Row = Mapping[str, Cell]
Value = Decimal | str | tuple[str, ...]


@dataclass(frozen=True)
class Expectation:
    """One number or word that a case expects; `subject` is a clause id or one of `TOTALS`."""

    candidate: str
    subject: str
    aspect: str
    value: Value

    @property
    def words(self) -> str:
        """What is expected of, as the case writes it: 总分, unit.team, unit.team 封顶前."""
        if self.aspect in ("drawn", "drawn_count"):
            return DRAWN if self.aspect == "drawn" else DRAWN_COUNT
        if self.subject in TOTALS:
            return self.subject
        aspect = next(word for word, name in ASPECTS.items() if name == self.aspect)
        return self.subject if self.aspect == "points" else f"{self.subject} {aspect}"


@dataclass(frozen=True)
class Example:
    """One set of circumstances of a case, with what it should give; `line`: where it begins."""

    name: str
    fill: Mapping[str, str]
    as_of: dt.date
    readings: Mapping[str, str]
    missing: frozenset[str]
    working: str
    expected: tuple[Expectation, ...]
    line: int


@dataclass(frozen=True)
class Case:
    """Facts under one clause and one or more examples of what they give."""

    file: str
    name: str
    clause: str
    locator: str
    without: frozenset[str]
    facts: Mapping[str, TextList]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Background:
    """What holds in every case of a folder: day, facts, and how columns are filled."""

    as_of: dt.date
    facts: Mapping[str, TextList]
    defaults: Mapping[str, TextMap]


@dataclass(frozen=True)
class Worked:
    """An example of a case with all it needs; `tag` sets its codes apart in a shared county."""

    background: Background
    case: Case
    example: Example
    tag: str

    @property
    def name(self) -> str:
        """The example's name: case and circumstances."""
        return "·".join(filter(None, (self.case.name, self.example.name)))

    @property
    def place(self) -> str:
        """Where it is written."""
        return f"{self.case.file} 第{self.example.line}行"
