"""Worked cases: facts and the points that the plan gives for them, worked out by hand.

The files of a folder are written by people who know the plan, not Python; `cases/README.md`
explains the form, and a folder's `背景.yaml` names the rubric that its cases are about. Every case
runs the real path: csv files → intake → monthly metrics → score. Cases of equal as-of day, readings
and missing tables share one county, each with codes of its own.
"""

import csv
import datetime as dt
import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML

from dalian_eval import intake
from dalian_eval.metrics import monthly
from dalian_eval.metrics.sources import open_sources
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.model import Type
from dalian_eval.schema.tables import BY_NAME, REQUIRED
from dalian_eval.scoring import ledger
from dalian_eval.scoring.rules.ranked import RankedClause
from dalian_eval.scoring.score import score
from tests.sheets import BY_SHEET

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "tests/cases", ROOT / "tests/rubric/another_city/cases")
HEADERS = ROOT / "params/headers.yaml"
BACKGROUND = "背景.yaml"
POINT = 10_000

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

Row = dict[str, str | list[str]]
Facts = dict[str, list[Row]]
Readings = dict[str, str]


# The form of a case


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expectation(_Form):
    """One number or word that a case expects; `subject` is a clause id or one of `TOTALS`."""

    candidate: str
    subject: str
    aspect: str
    value: Decimal | str | tuple[str, ...]


def _amount(text: object) -> Decimal:
    if not isinstance(text, str) or not re.fullmatch(r"-?\d+(\.\d{1,4})?", text):
        raise ValueError(f"分值应是最多四位小数的数：{text}")
    return Decimal(text)


def _word(text: object, words: Mapping[str, str]) -> str:
    if text not in words:
        raise ValueError(f"状态应是 {'、'.join(words)} 之一：{text}")
    return words[str(text)]


def _about(candidate: str, subject: str, stated: Any) -> Iterator[Expectation]:
    """Yield what a case states about one candidate's clause, total, rank or draw."""

    def one(aspect: str, value: Decimal | str | tuple[str, ...]) -> Expectation:
        return Expectation(candidate=candidate, subject=subject, aspect=aspect, value=value)

    if subject == DRAWN:
        yield one("drawn", tuple(sorted(stated)) if isinstance(stated, list) else (stated,))
    elif subject == DRAWN_COUNT:
        yield one("drawn_count", _amount(stated))
    elif subject == "状态":
        yield one("status", _word(stated, SCORE_STATUSES))
    elif subject == "名次":
        yield one("rank", NOTHING if stated == NOTHING else _amount(stated))
    elif subject in TOTALS:
        yield one(TOTALS[subject], _amount(stated))
    elif isinstance(stated, dict):
        if not stated or not stated.keys() <= ASPECTS.keys():
            raise ValueError(f"条款 {subject} 只能写 {'、'.join(ASPECTS)}：{stated}")
        for aspect, value in stated.items():
            word = aspect == "状态"
            yield one(ASPECTS[aspect], _word(value, STATUSES) if word else _amount(value))
    else:
        yield one("points", _amount(stated))


def _expectations(stated: object, clause: str) -> list[Expectation]:
    if not isinstance(stated, dict) or not stated:
        raise ValueError("期望 不能为空")
    result = []
    for candidate, about in stated.items():
        subjects = about if isinstance(about, dict) else {THIS: about}
        if not subjects:
            raise ValueError(f"期望 {candidate} 不能为空")
        for subject, value in subjects.items():
            result += _about(candidate, clause if subject == THIS else subject, value)
    return result


class Example(_Form):
    """One set of circumstances of a case, with what it should give."""

    name: str = Field(alias="例", default="")
    fill: dict[str, str] = Field(alias="代入", default={})
    as_of: dt.date | None = Field(alias="截至", default=None)
    readings: Readings = Field(alias="口径", default={})
    missing: frozenset[str] = Field(alias="缺表", default=frozenset())
    working: str = Field(alias="算式", min_length=4)
    expected: list[Expectation] = Field(alias="期望", min_length=1)


_PER_EXAMPLE = ("截至", "口径", "缺表", "算式", "期望")


class Case(_Form):
    """Facts under one clause and one or more examples of what they give."""

    name: str = Field(alias="名称", min_length=2)
    clause: str = Field(alias="条款")
    locator: str = Field(alias="依据", min_length=3)
    without: frozenset[str] = Field(alias="不用背景", default=frozenset())
    facts: Facts = Field(alias="事实", default={})
    examples: Annotated[list[Example], Field(alias="各例", min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _one_example_or_many(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Take a case without 各例 as one example; give 各例 what the case says for all."""
        data = dict(data)
        common = {key: data.pop(key) for key in _PER_EXAMPLE if key in data}
        if "各例" in data:
            if "期望" in common:
                raise ValueError("有 各例 时，期望 写在每一例里")
            examples = [common | example for example in data["各例"]]
            names = [e.get("例") for e in examples]
            if None in names or len(set(names)) < len(names):
                raise ValueError("各例 都要有 例（名称），且不能重复")
        else:
            examples = [common]
        for example in examples:
            example["期望"] = _expectations(example.get("期望"), data.get("条款", ""))
        return data | {"各例": examples}


class Background(_Form):
    """What holds in every case of a folder unless it says otherwise."""

    rubric: Path = Field(alias="细则")
    as_of: dt.date = Field(alias="截至")
    prefix: str = Field(alias="前缀", default="")
    facts: Facts = Field(alias="事实")
    defaults: dict[str, dict[str, str]] = Field(alias="默认列")


class CaseFile(_Form):
    """One file of cases."""

    topic: str = Field(alias="主题")
    cases: list[Case] = Field(alias="案例", min_length=1)


def _read(path: Path) -> object:
    """Read a YAML file with every scalar as text: 0.8 is to be exact."""
    try:
        return YAML(typ="base").load(path.read_text(encoding="utf-8"))
    except Exception as problem:
        raise ValueError(f"{path.name} 不是合格的 YAML：{problem}") from problem


# From facts to rows


@dataclass(frozen=True)
class Worked:
    """One test: an example of a case, and the tag that sets its codes apart."""

    background: Background
    case: Case
    example: Example
    tag: str

    @property
    def id(self) -> str:
        """The test's name."""
        names = (self.background.prefix, self.case.name, self.example.name)
        return "·".join(filter(None, names))

    @property
    def as_of(self) -> dt.date:
        """The evaluation day."""
        return self.example.as_of or self.background.as_of

    def _compares(self, expectation: Expectation) -> bool:
        """Whether the expected number depends on who else is in the county."""
        rubric = _rubric(self.background.rubric)
        clauses = {**rubric.unit.clauses, **rubric.officer.clauses}
        ranked = [name for name, clause in clauses.items() if isinstance(clause, RankedClause)]
        subject = expectation.subject
        within = [n for n in ranked if n == subject or n.startswith(f"{subject}.")]
        total = subject in TOTALS and (ranked or expectation.aspect == "rank")
        return bool(within or total)

    @property
    def county(self) -> tuple[object, ...]:
        """Cases with the same value share a county; one that compares candidates is alone."""
        ranked = any(map(self._compares, self.example.expected))
        return (
            self.background.rubric,
            self.as_of,
            tuple(sorted(self.example.readings.items())),
            tuple(sorted(self.example.missing)),
            self.tag if ranked else "",
        )


def _months(text: str) -> list[str]:
    """Return the months of 2023-11至2024-02, 2024-03 or 2024-03、2024-05."""
    first, _, last = text.partition("至")
    if last:
        return [str(m) for m in pd.period_range(first, last, freq="M")]
    return text.split("、")


def _copies(row: Row) -> Iterator[Row]:
    """Expand 每月 and 份数: a row with them stands for many, <月> and <n> filled in."""
    row = dict(row)
    every, count = row.pop("每月", None), row.pop("份数", "1")
    assert not isinstance(every, list)
    assert isinstance(count, str)
    for month, n in itertools.product(_months(every) if every else [""], range(1, int(count) + 1)):
        words = {"n": str(n)} | ({"月": month} if month else {})
        yield {header: _fill(cell, words) for header, cell in row.items()}


def _fill(cell: str | list[str], words: Mapping[str, str]) -> str | list[str]:
    if isinstance(cell, list):
        return [str(_fill(one, words)) for one in cell]
    return re.sub(r"<(.+?)>", lambda m: words.get(m[1], m[0]), cell)


_EXTRA = ("每月", "份数")


def rows_of(worked: Worked) -> Facts:
    """Return the complete rows of every table of a case."""
    background = worked.background
    result: Facts = {}
    for sheet in BY_SHEET:
        defaults = background.defaults.get(sheet, {})
        given = [] if sheet in worked.case.without else background.facts.get(sheet, [])
        written = [
            {header: _fill(cell, worked.example.fill) for header, cell in row.items()}
            for row in worked.case.facts.get(sheet, [])
        ]
        rows: list[Row] = []
        for row in itertools.chain(given, written):
            unknown = row.keys() - {c.header for c in BY_SHEET[sheet].columns} - set(_EXTRA)
            if unknown:
                raise ValueError(f"{worked.id}：表 {sheet} 没有列 {'、'.join(sorted(unknown))}")
            for copy in _copies({**defaults, **row}):
                number = {"号": str(len(rows) + 1)}
                rows.append({header: _fill(cell, number) for header, cell in copy.items()})
        left = re.search(r"<[^>]*>", str(rows))
        if left:
            raise ValueError(f"{worked.id}：表 {sheet} 中的 {left[0]} 没有代入")
        result[sheet] = rows
    return result


def _cells(sheet: str, row: Row, tag: str) -> list[str]:
    """Return a row's cells in the table's order, its codes set apart by `tag`."""
    cells = []
    for column in BY_SHEET[sheet].columns:
        value = row.get(column.header, "")
        parts = value if isinstance(value, list) else value.split("、")
        coded = column.type in (Type.CODE, Type.CASE_NUMBER) or column.name == "inspectors"
        cells.append("、".join(tag + p if coded and p else p for p in parts))
    return cells


# From rows to scores


@dataclass(frozen=True)
class Outcome:
    """What the program made of a county, by candidate."""

    clauses: dict[tuple[str, str], dict[str, Any]]
    scores: dict[str, dict[str, Any]]
    drawn: dict[str, list[str]]
    entries: pd.DataFrame
    refused: list[str]


@functools.cache
def _rubric(path: Path, readings: tuple[tuple[str, str], ...] = ()) -> Rubric:
    return load_rubric(ROOT / path, dict(readings))


def write_county(county: list[tuple[str, Worked]], raw: Path) -> None:
    """Write the csv files of cases and the tags that set their codes apart to a new folder."""
    raw.mkdir()
    facts = [(tag, rows_of(worked)) for tag, worked in county]
    for sheet, table in BY_SHEET.items():
        if sheet in county[0][1].example.missing:
            continue
        with (raw / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([column.header for column in table.columns])
            for tag, tables in facts:
                writer.writerows(_cells(sheet, row, tag) for row in tables[sheet])


def evaluate(county: list[Worked], folder: Path) -> Outcome:
    """Write the county's csv files, clean them and score it."""
    example, as_of = county[0].example, county[0].as_of
    raw, clean = folder / "raw", folder / "clean"
    clean.mkdir()
    write_county([(worked.tag, worked) for worked in county], raw)
    report = intake.clean(raw, clean, headers=HEADERS)
    files = sorted(clean.glob("*.parquet"))
    supplied = frozenset(file.stem for file in files)
    tables = {
        file.stem: to_frame(pq.read_table(file), BY_NAME[file.stem])
        for file in files
        if file.stem != "inspections"
    }
    rubric = _rubric(county[0].background.rubric, tuple(sorted(example.readings.items())))
    sources = open_sources(clean, tables["units"], rubric.period, as_of)
    scored = score(
        tables,
        supplied,
        monthly.all_metrics(sources),
        monthly.found_records(sources),
        rubric,
        as_of,
        "案例",
    )
    clauses = ledger.clauses(scored).astype(object).to_dict("records")
    scores = ledger.scores(scored).astype(object).to_dict("records")
    drawn: dict[str, list[str]] = {}
    for slot in scored.draw.slots.astype(object).fillna("").to_dict("records"):
        drawn.setdefault(slot["candidate"], []).extend(filter(None, [slot["case"]]))
    refused = [f"{row['cells']}：{row['reason']}" for row in report.quarantine.to_dict("records")]
    return Outcome(
        {(row["candidate"], row["clause"]): row for row in clauses},
        {row["candidate"]: row for row in scores},
        drawn,
        ledger.ledger(scored),
        refused,
    )


def found(outcome: Outcome, expectation: Expectation, tag: str) -> Decimal | str | tuple[str, ...]:
    """Return what the program found where the case expects something."""
    candidate = tag + expectation.candidate
    if expectation.aspect in ("drawn", "drawn_count"):
        cases = sorted(case.removeprefix(tag) for case in outcome.drawn.get(candidate, []))
        return tuple(cases) if expectation.aspect == "drawn" else Decimal(len(cases))
    if expectation.subject in TOTALS:
        value = outcome.scores[candidate][expectation.aspect]
        if expectation.aspect == "rank":
            return NOTHING if pd.isna(value) else Decimal(int(value))
    else:
        value = outcome.clauses[candidate, expectation.subject][expectation.aspect]
    return value if isinstance(value, str) else Decimal(int(value)) / POINT


# The tests


def load() -> list[Worked]:
    """Load and check every case; a mistake in any file is an error that names it."""
    cases: list[tuple[Background, Case]] = []
    for folder in FOLDERS:
        background = Background.model_validate(_read(folder / BACKGROUND))
        for path in sorted(folder.glob("*.yaml")):
            if path.name == BACKGROUND:
                continue
            try:
                found = CaseFile.model_validate(_read(path)).cases
            except ValidationError as problem:
                raise ValueError(f"{path.name}：{problem}") from problem
            for case in found:
                _check(path.name, case, background)
            cases += [(background, case) for case in found]
    numbers = itertools.count(1)
    worked = [Worked(b, c, e, f"k{next(numbers):03}") for b, c in cases for e in c.examples]
    for name in _twice(w.id for w in worked):
        raise ValueError(f"名称重复：{name}")
    return worked


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _check(file: str, case: Case, background: Background) -> None:
    """Refuse clause ids, tables and placeholders that do not exist."""
    place = f"{file}《{case.name}》"
    rubric = _rubric(background.rubric)
    clauses = {*rubric.unit.nodes, *rubric.officer.nodes}
    subjects = {e.subject for x in case.examples for e in x.expected}
    subjects -= {*TOTALS, DRAWN, DRAWN_COUNT}
    for wrong in ({case.clause} | subjects) - clauses:
        raise ValueError(f"{place}：没有条款 {wrong}")
    sheets = {*case.facts, *case.without, *(s for x in case.examples for s in x.missing)}
    for wrong in sheets - BY_SHEET.keys():
        raise ValueError(f"{place}：没有表 {wrong}")
    for example in case.examples:
        for word in example.fill:
            if f"<{word}>" not in str(case.facts):
                raise ValueError(f"{place}：事实中没有 <{word}>")
        if example.missing & {BY_NAME[name].sheet for name in REQUIRED}:
            raise ValueError(f"{place}：单位、人员、任职不能缺")


WORKED = load()
RUBRICS = sorted({w.background.rubric for w in WORKED})


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[object, ...], Outcome]:
    """Outcomes by county, filled as the tests ask for them."""
    return {}


@pytest.mark.parametrize("worked", [pytest.param(w, id=w.id) for w in WORKED])
def test_case(
    worked: Worked,
    outcomes: dict[tuple[object, ...], Outcome],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    if worked.county not in outcomes:
        county = [other for other in WORKED if other.county == worked.county]
        folder = tmp_path_factory.mktemp("county")
        outcomes[worked.county] = evaluate(county, folder)
    outcome = outcomes[worked.county]
    refused = [line for line in outcome.refused if worked.tag in line]
    assert not refused, "事实中有读不进去的行：" + "；".join(refused)
    wrong = []
    for expectation in worked.example.expected:
        value = found(outcome, expectation, worked.tag)
        if value != expectation.value:
            wrong.append(
                f"{expectation.candidate} {expectation.subject} {expectation.aspect}："
                f"期望 {expectation.value}，算得 {value}" + _reasons(outcome, expectation, worked)
            )
    assert not wrong, f"\n{worked.id}（{worked.case.locator}）：{worked.example.working}\n" + (
        "\n".join(wrong)
    )


def _reasons(outcome: Outcome, expectation: Expectation, worked: Worked) -> str:
    """Return what the ledger says about the clause and its parts, for the failure's message."""
    rows = outcome.entries
    rows = rows[rows["candidate"] == worked.tag + expectation.candidate]
    clause = rows["clause"]
    about = (clause == expectation.subject) | clause.str.startswith(f"{expectation.subject}.")
    rows = rows[about if expectation.subject not in TOTALS else rows["points"] != 0]
    lines = [
        f"    {r.clause} {Decimal(r.points) / POINT} {str(r.reason).replace(worked.tag, '')}"
        for r in rows.head(40).itertuples()
    ]
    return "\n" + "\n".join(lines) if lines else ""


@pytest.mark.parametrize("path", RUBRICS, ids=str)
def test_every_clause_has_a_case(path: Path) -> None:
    rubric = _rubric(path)
    leaves = {*rubric.unit.clauses, *rubric.officer.clauses}
    assert leaves - {w.case.clause for w in WORKED if w.background.rubric == path} == set()


@pytest.mark.parametrize("path", RUBRICS, ids=str)
def test_every_alternative_reading_has_a_case(path: Path) -> None:
    alternatives = {
        (name, option)
        for name, reading in _rubric(path).readings.items()
        for option in reading.options
        if option != reading.default
    }
    mine = [w.example.readings for w in WORKED if w.background.rubric == path]
    assert alternatives - {pair for readings in mine for pair in readings.items()} == set()
