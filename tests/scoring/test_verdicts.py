"""What a verdict says while a table is missing, and a county without candidates of one kind."""

import pytest

from tests.independent.county import P_END
from tests.properties.bureau import Bureau
from tests.properties.road import canonical, clean, outcome, write

FINDING = {"对象类型": "个人", "类型": "廉政纪律", "场景": "日常", "日期": "2024-05-01"}
OPEN = "诉讼复议未报送，尚不能排除"


def scored(bureau, folder, *missing):
    for sheet in missing:
        del bureau.tables[sheet]
    write(bureau.tables, folder / "raw")
    clean(folder / "raw", folder / "clean")
    return outcome(canonical(folder / "clean", P_END))


def bureau():
    made = Bureau()
    for code in ("甲", "乙", "丙"):
        made.people(code)
    made.enter("纪律", 编号="1", 对象="甲", 状态="查实", **FINDING)
    made.enter("纪律", 编号="2", 对象="乙", 状态="核查中", **FINDING)
    return made


def reasons(found, officer):
    """The veto's sentences of an officer, and the number of rows that each rests on."""
    entries = [e for e in found.entries if (e.candidate, e.clause) == (officer, "officer.veto")]
    return [(e.reason, len(e.evidence)) for e in entries]


def test_a_proven_finding_vetoes_and_the_rest_say_what_is_missing(tmp_path):
    found = scored(bureau(), tmp_path, "诉讼复议")
    status = {who: row["status"] for (kind, who), row in found.scores.items() if kind == "officer"}
    assert status == {"甲": "vetoed", "乙": "deferred", "丙": "open"}

    [(proof, rows)] = reasons(found, "甲")
    assert "取消参评资格" in proof
    assert rows == 1
    told = dict(reasons(found, "乙"))
    assert [OPEN in reason for reason in sorted(told, key=told.get)] == [True, False]
    [(reason, rows)] = reasons(found, "丙")
    assert reason.startswith(f"待补：{OPEN}；已报送的资料中没有廉政、弄虚作假问题")
    assert rows == 0


def test_with_every_table_there_nothing_is_open(tmp_path):
    found = scored(bureau(), tmp_path)
    assert not any("尚不能排除" in entry.reason for entry in found.entries)
    assert found.clauses["officer", "丙", "officer.veto"].status == "scored"


@pytest.mark.parametrize(
    ("sheet", "header", "kind"), [("单位", "候选集体", "officer"), ("人员", "候选个人", "unit")]
)
def test_without_candidates_of_one_kind_the_other_is_scored(sheet, header, kind, tmp_path):
    whole, half = bureau(), bureau()
    for row in half.tables[sheet]:
        row[header] = "否"
    found = scored(half, tmp_path / "half")
    every = scored(whole, tmp_path / "whole")
    assert {who[0] for who in found.scores} == {kind}
    assert found.scores == {who: row for who, row in every.scores.items() if who[0] == kind}
