"""The composite of rounds tells its whole arithmetic: every officer's mean, taken or not."""

import pytest

from dalian_eval.base.csvfile import read_csv
from tests.light_runs import light_run, write_tables

PERSON = {"候选个人": "是", "在编": "是", "证件有效期起": "2020-01-01", "一线": "是"}
PEOPLE = {"A1": "甲某", "A2": "乙某", "A3": "丙某"}
POSTED = {"单位编码": "D01", "到岗日期": "2020-01-01"}


def scored(officer: str, number: str, day: str, *points: int) -> dict[str, str]:
    task, problems, materials = map(str, points)
    who = {"执法证号": officer, "轮次": number, "方式": "现场", "结束日期": day}
    return {**who, "任务得分": task, "问题得分": problems, "材料得分": materials}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    place = tmp_path_factory.mktemp("composite")
    tables = {
        "单位": [{"单位编码": "D01", "单位名称": "一局", "候选集体": "是"}],
        "人员": [{"执法证号": code, "姓名": name, **PERSON} for code, name in PEOPLE.items()],
        "任职": [{"执法证号": code, **POSTED} for code in PEOPLE],
        "单位事项": [{"单位编码": "D01", "事项": "纳入远程帮扶", "结论": "是"}],
        "监督帮扶得分": [
            scored("A1", "一", "2024-03-31", 90, 80, 70),
            scored("A1", "二", "2024-04-30", 100, 100, 100),
            scored("A2", "一", "2024-03-31", 80, 80, 80),
            scored("A3", "一", "2024-03-31", 60, 60, 60),
        ],
    }
    run = light_run(write_tables(place / "raw", tables), place / "runs", "2024-08")
    return read_csv(run / "ledger.csv").set_index(["candidate", "clause"])


def test_every_officer_of_the_unit_is_told(ledger):
    """甲 (36+40+7=83, and 100) 91.5, 乙 80, 丙 60; two of three: 85.75 × 20/100 = 17.15."""
    entry = ledger.loc[("D01", "unit.air.onsite")]
    assert entry["points"] == "17.1500"
    told = "得17.15分。3人4轮，每人取平均，再取前2人平均：甲某91.5（83、100）、乙某80；未取丙某60"
    assert told in entry["reason"]
    assert entry["evidence"].count("air_scores:") == 4


def test_an_officer_is_told_the_rounds(ledger):
    """The best round, 100 × 28/100 = 28; with a single round there is nothing to choose."""
    entry = ledger.loc[("A1", "officer.combat.air")]
    assert entry["points"] == "28.0000"
    assert "得28分。2轮取最好一轮：83、100" in entry["reason"]
    assert "：" not in ledger.loc[("A2", "officer.combat.air")]["reason"]
