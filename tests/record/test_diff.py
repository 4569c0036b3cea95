"""Two runs compared: parts worked out by hand, and parts that always add up."""

import copy
import csv
import datetime as dt
import random
import shutil
from pathlib import Path

import pytest

from dalian_eval.base.csvfile import read_csv
from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.cli import invoke
from dalian_eval.record.diff.rows import row_changes
from dalian_eval.record.diff.sides import open_side
from dalian_eval.report.changes.comparison import (
    ADDED,
    CHANGED,
    CORRECTED,
    DATA,
    LATE,
    MONTH,
    REMOVED,
    SETTINGS,
    CandidateChange,
    Setting,
)
from dalian_eval.report.changes.comparison_text import changes_frame
from dalian_eval.rubric.numbers import points_of_text
from tests.independent.county import make_county
from tests.light_runs import compared, light_run, write_tables

UNITS = [f"D0{n}" for n in range(1, 7)]
VEHICLES = {"事项": "车辆统一标识", "结论": "是"}
PREMISES = {"单位编码": "D01", "事项": "场所装备标识", "结论": "是"}
PERSON = {"在编": "是", "证件有效期起": "2020-01-01", "一线": "是"}
DRESS = {"对象类型": "单位", "对象": "D04", "类型": "着装持证", "日期": "2024-05-05"}


def record(number: int) -> dict[str, str]:
    day = {"检查时间": "2024-07-10 10:00:00", "上传时间": "2024-07-10 11:00:00", "有效": "是"}
    who = {"单位编码": "D05", "检查人员": "A1", "上传人": "A1"}
    return {"记录编号": f"J{number}", **who, **day}


TABLES = {
    "单位": [{"单位编码": "D00", "候选集体": "否"}]
    + [{"单位编码": u, "单位名称": u, "上级单位编码": "D00", "候选集体": "是"} for u in UNITS],
    "人员": [
        {"执法证号": "A1", "姓名": "甲某", "候选个人": "是", **PERSON},
        {"执法证号": "A2", "姓名": "乙某", "候选个人": "否", **PERSON},
    ],
    "任职": [
        {"执法证号": "A1", "单位编码": "D05", "到岗日期": "2020-01-01"},
        {"执法证号": "A2", "单位编码": "D00", "到岗日期": "2020-01-01"},
    ],
    # A lead answered in time gives nothing, but keeps the total from being scaled: D06 has none.
    "上级线索": [
        {"线索编号": f"X{u}", "单位编码": u, "推送日期": "2023-11-01", "查办结果": "查否"}
        | {"反馈期限": "2023-11-20", "反馈日期": "2023-11-10"}
        for u in UNITS[:5]
    ],
    "单位事项": [{"单位编码": u, **VEHICLES} for u in UNITS]
    + [{"单位编码": u, "事项": "纳入远程帮扶", "结论": "是"} for u in UNITS],
    "检查记录": [record(1), record(2)],
    "质量问题": [{**DRESS, "编号": "Q1", "对象": "D01", "日期": "2024-09-05"}],
    "荣誉": [
        {"编号": "H1", "对象类型": "个人", "对象": "A2", "类别": "荣誉", "级别": "省级部门"}
        | {"日期": "2024-05-20"}
    ],
}


def late() -> dict[str, list[dict[str, str]]]:
    """The tables as they were handed in later; rows that only moved down are no change."""
    tables = copy.deepcopy(TABLES)
    facts = tables["单位事项"]
    facts[1]["结论"] = "否"  # D02
    del facts[2]  # D03
    facts.insert(0, PREMISES)
    tables["质量问题"] += [{**DRESS, "编号": f"R{n}"} for n in range(6)]
    tables["质量问题"] += [{**DRESS, "编号": "N1", "对象": "D01", "日期": "2024-09-10"}]
    del tables["检查记录"][1]
    tables["人员"][1]["候选个人"] = "是"
    return tables


class Runs:
    """The run of August, that of August with later data, and that of September under another
    reading with the later data."""

    def __init__(self, place: Path) -> None:
        first = write_tables(place / "first", TABLES)
        second = write_tables(place / "second", late())
        self.place = place
        self.august = light_run(first, place / "runs", "2024-08")
        self.restated = light_run(second, place / "runs", "2024-08")
        readings = {"no_leads": "forfeit"}
        self.september = light_run(second, place / "runs", "2024-09", readings=readings)
        self.data = compared(self.august, self.restated, place / "runs")
        self.both = compared(self.august, self.september, place / "runs")


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Runs:
    return Runs(tmp_path_factory.mktemp("diff"))


def change_of(comparison, candidate: str) -> CandidateChange:
    (change,) = [c for c in comparison.candidates if c.candidate == candidate]
    assert sum(p.points for p in change.parts) == change.difference
    return change


def parts(comparison, candidate: str) -> list[tuple[str, str, int]]:
    return [(p.source, p.clause, p.points) for p in change_of(comparison, candidate).parts]


def test_a_late_row_moves_its_clause_and_is_named(runs):
    assert runs.data.settings == ()
    assert runs.data.counts["unit_facts"] == (1, 1, 1)
    change = change_of(runs.data, "D01")
    assert (change.before.total, change.after.total) == (8_000, 10_000)
    (part,) = change.parts
    assert (part.source, part.clause, part.points) == (DATA, "unit.team.identity.premises", 2_000)
    assert part.pinned
    (row,) = part.rows
    assert (row.what, row.key) == (ADDED, "单位编码D01，事项场所装备标识")
    assert (row.before, row.after) == ("", "unit_facts:单位事项.csv#!2")


def test_changed_and_removed_rows_tell_what_was_there(runs):
    (part,) = change_of(runs.data, "D02").parts
    assert (part.points, part.rows[0].what) == (-8_000, CHANGED)
    assert part.rows[0].cells == (("结论", "是", "否"),)
    (part,) = change_of(runs.data, "D03").parts
    assert (part.points, part.rows[0].what) == (-8_000, REMOVED)
    assert part.rows[0].before == "unit_facts:单位事项.csv#!4"


def test_settlement_is_a_part_of_its_own(runs):
    """0.8 - 1.2 is held at 0: the six findings cost 1.2, and the floor gives 0.4 back."""
    dress, floor = change_of(runs.data, "D04").parts
    assert (dress.clause, dress.points) == ("unit.team.dress", -12_000)
    assert {row.key for row in dress.rows} == {f"编号R{n}" for n in range(6)}
    assert (floor.clause, floor.rule, floor.points) == ("unit.team", "扣完为止", 4_000)
    assert floor.settles


def test_a_month_names_the_rows_that_changed_in_it(runs):
    """One record less: 1 a head is below 2 in July. Nothing else of the month depends on it."""
    assert parts(runs.data, "D05") == [(DATA, "unit.digital.records.per_capita", -2_000)]
    (part,) = change_of(runs.data, "D05").parts
    assert [row.key for row in part.rows] == ["记录编号J2"]


def test_new_candidates_come_with_their_whole_total(runs):
    change = change_of(runs.data, "A2")
    assert (change.before, change.note, change.difference) == (None, "新列为候选", 30_000)
    (part,) = change.parts
    assert [(row.table, row.cells) for row in part.rows] == [
        ("officers", (("候选个人", "否", "是"),))
    ]
    back = compared(runs.restated, runs.august, runs.place / "runs")
    change = change_of(back, "A2")
    assert (change.after, change.note, change.difference) == (None, "不再是候选", -30_000)
    assert change_of(back, "D04").difference == 8_000


def test_data_month_and_settings_are_told_apart_exactly(runs):
    """September brings two findings of -0.2; what the late rows moved is as before."""
    assert [s.name for s in runs.both.settings] == ["口径：上级无线索推送时的处理（no_leads）"]
    assert runs.both.days == Setting("截至日期", "2024-08-31", "2024-09-30")
    assert runs.data.days is None
    change = change_of(runs.both, "D01")
    assert parts(runs.both, "D01") == [
        (DATA, "unit.team.identity.premises", 2_000),
        (MONTH, "unit.team.dress", -4_000),
    ]
    assert change.by_source() == {DATA: 2_000, MONTH: -4_000}
    assert change.difference == -2_000
    assert [p.cause for p in change.parts] == [LATE, MONTH]
    assert [p.cause for p in change_of(runs.both, "D02").parts] == [CORRECTED]
    # 0.8 × 100/97 = 0.8247 when nothing is forfeited.
    assert parts(runs.both, "D06") == [(SETTINGS, "unit.redistribution", -247)]


def test_a_row_of_the_new_month_is_not_late(runs):
    sides = [
        open_side(run, run / "inputs", runs.place / "runs" / "processed")
        for run in (runs.august, runs.september)
    ]
    findings = row_changes(*(side.clean for side in sides))["quality_findings"]
    ahead = findings.after_day(dt.date(2024, 8, 31))
    assert [findings.row(place).key for place in ahead] == ["编号N1"]
    assert findings.after_day(dt.date(2024, 9, 10)) == set()


def test_going_back_a_month_is_no_new_one(runs):
    back = compared(runs.september, runs.august, runs.place / "runs")
    assert back.days is None
    assert back.settings[0] == Setting("截至日期", "2024-09-30", "2024-08-31")
    assert change_of(back, "D01").difference == 2_000


def test_the_same_run_has_no_difference(runs):
    comparison = compared(runs.august, runs.august, runs.place / "runs")
    assert comparison.candidates == ()
    assert comparison.unmoved == 7
    assert changes_frame(comparison).empty


def test_a_folder_that_was_changed_is_found(runs, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(runs.restated, broken)
    scores = (broken / "scores.csv").read_text(encoding="utf-8-sig")
    changed = scores.replace("1.0000", "1.5000")
    (broken / "scores.csv").write_text(changed, encoding="utf-8-sig", newline="\n")
    with pytest.raises(DifferenceError, match="各部分之和"):
        compared(runs.august, broken, runs.place / "runs")
    with (broken / "inputs" / "荣誉.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    with pytest.raises(DifferenceError, match="inputs"):
        compared(runs.august, broken, runs.place / "runs")
    (broken / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"run\.json"):
        compared(runs.august, broken, runs.place / "runs")


def test_the_command_prints_and_writes(runs, tmp_path, capsys, monkeypatch):
    """The command needs nothing but the folders: it reads the inputs again."""
    monkeypatch.chdir(runs.place)
    page, table = tmp_path / "差.html", tmp_path / "差.csv"
    asked = ["diff", str(runs.august), runs.restated.name, "--csv", str(table)]
    assert invoke([*asked, "--html", str(page)]) == 0
    said = capsys.readouterr().out
    assert "D01（集体 D01）　0.80 → 1.00（+0.20）" in said
    assert "新增『单位事项』单位编码D01，事项场所装备标识" in said
    assert list(read_csv(table)["points"]).count("-0.8000") == 2
    assert "场所装备标识" in page.read_text(encoding="utf-8")
    assert invoke(["diff", str(runs.august), "没有"]) == 2


# ---- random pairs -----------------------------------------------------------------------------


def spoilt(raw: Path, other: Path, chance: random.Random) -> None:
    """Copy a county with rows of some tables dropped, moved, or given other numbers."""
    shutil.copytree(raw, other)
    for path in sorted(other.glob("*.csv")):
        if path.stem in ("单位", "人员", "任职", "案件") or chance.random() < 0.4:
            continue
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header, *rows = csv.reader(stream)
        rows = [row for row in rows if chance.random() > 0.1]
        chance.shuffle(rows)
        numbers = [i for i, name in enumerate(header) if name.endswith(("得分", "综合分"))]
        for row in rows:
            for at in numbers:
                if row[at] and chance.random() < 0.1:
                    row[at] = str(chance.randint(10, 20))
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])


@pytest.mark.parametrize(
    ("seed", "month", "readings"),
    [
        (1, "2024-10", {}),
        (2, "2024-09", {"no_leads": "forfeit", "case_overlap": "document_order"}),
    ],
)
def test_parts_add_up_for_random_pairs(seed, month, readings, tmp_path):
    make_county(tmp_path / "raw", 4_000 + seed)
    spoilt(tmp_path / "raw", tmp_path / "other", random.Random(seed))
    place = tmp_path / "runs"
    first = light_run(tmp_path / "raw", place, "2024-10")
    second = light_run(tmp_path / "other", place, month, readings=readings)
    comparison = compared(first, second, place)
    assert comparison.candidates
    frame = changes_frame(comparison)
    moved = frame.groupby(["kind", "candidate"])["points"].sum()
    totals = []
    for run in (first, second):
        scores = read_csv(run / "scores.csv").set_index(["kind", "candidate"])["total"]
        totals.append(scores.map(points_of_text))
    expected = totals[1].sub(totals[0], fill_value=0)
    assert (moved == expected.reindex(moved.index)).all()
    assert (expected.drop(moved.index) == 0).all()
    data = [p for c in comparison.candidates for p in c.parts if p.source == DATA]
    assert all(p.row_count or p.settles or p.tables for p in data)
