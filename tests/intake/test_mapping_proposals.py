"""What `map` proposes for sheets that nobody knows, and what trying it tells."""

from pathlib import Path

import pytest
from conftest import Office

from dalian_eval.cli import invoke
from dalian_eval.intake import clean
from dalian_eval.intake.mapping.load_mappings import load_mappings

HEADER = ["任务编号", "执法机构", "执法人员1", "执法人员2", "提交时间", "审核状态", "备注"]


def task(number: int, **other: str) -> list[str]:
    row = {
        "任务编号": f"RW2024{number:04d}",
        "执法机构": "某县局/东片",
        "执法人员1": "06120001",
        "执法人员2": "06120002" if number % 2 else "",
        "提交时间": f"2024-03-{number:02d} 16:00:00",
        "审核状态": "退回作废" if number == 4 else "审核通过",
        "备注": "",
    }
    return [*(row | other).values()]


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert invoke(["map", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_what_is_proposed_reads_the_file(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.people()
    path = office.csv("导出.csv", HEADER, *map(task, range(1, 9)))
    to = tmp_path / "建议.yaml"
    said = told(capsys, path, "--raw", office.raw, "--to", to)
    assert f"map {path} --try --mappings {to}" in said
    text = to.read_text(encoding="utf-8")
    assert "单位编码: {列: 执法机构, 取: 末段}  # 表头『执法机构』" in text
    assert "检查人员: {列: [执法人员1, 执法人员2]}" in text
    assert "有效: {列: 审核状态, 词: {审核通过: 是, 退回作废: 否}}" in text
    assert "；如 RW20240001 | RW20240002 | RW20240003；8/8 格可读" in text
    assert "# 没有用到的列：备注" in text
    (mapping,) = load_mappings(to)
    assert mapping.headers == ("任务编号", "执法机构", "执法人员1")
    report = clean(office.raw, office.out, headers=office.headers, mappings=to)
    assert report.mapped["accepted"].to_list() == [8]
    with pytest.raises(AssertionError):
        told(capsys, path, "--raw", office.raw, "--to", to)


def test_what_cannot_be_known_is_asked_as_a_comment(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.people()
    path = office.csv(
        "荣誉.csv",
        ["证书编号", "获奖单位", "荣誉称号", "颁奖层级"],
        ["Z1", "东片", "先进集体", "省级"],
        ["Z2", "西片", "先进集体", "乡里"],
    )
    said = told(capsys, path, "--raw", office.raw)
    assert "对象类型: {写: 单位}  # 取值都是单位" in said
    assert "# 请写明『类别』从哪里来（可用：荣誉、" in said
    assert "#   这些词不知道是什么意思，请补进『词』：乡里" in said


def test_a_table_of_ours_needs_none(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.people()
    header = ["单位编码", "单位名称", "上级单位编码", "候选集体", "类型"]
    path = office.csv("单位.csv", header, ["D01", "东片", "", "是", "县局"])
    assert "就是『单位』表，不需要映射" in told(capsys, path, "--raw", office.raw)


def test_trying_tells_counts_and_the_first_reasons(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.people()
    path = office.csv("导出.csv", HEADER, task(1), task(2, 执法机构="南片"), task(4))
    said = told(capsys, path, "--try", "--raw", office.raw)
    assert "没有映射能读这个文件，按建议试读" in said
    assert "『检查记录』3 行：采用 2，合并 0，被替代 0，隔离 1" in said
    assert "第 3 行：『执法机构』的值 南片 在『单位』表中找不到" in said
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "移动执法:\n  表头: [任务编号]\n  表:\n"
        "    检查记录: {记录编号: 任务编号, 单位编码: 执法机构}\n",
        encoding="utf-8",
    )
    said = told(capsys, path, "--try", "--raw", office.raw, "--mappings", mapping)
    assert "映射『移动执法』：3 行，采用 0" in said
    assert "按建议试读" not in said


def test_wrong_use_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["map", str(tmp_path / "无.csv")]) == 2
    assert "找不到文件" in capsys.readouterr().err
    assert invoke(["map", "x.csv", "--to", "y", "--try"]) == 2
    assert "--to 存放建议，不能和 --try 一起用" in capsys.readouterr().err
    assert invoke(["map", "x.csv", "--mappings", "y"]) == 2
    assert "请同时写 --try" in capsys.readouterr().err
