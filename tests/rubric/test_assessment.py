"""A yearly assessment of counties as a fourth plan: targets, last year's rows, quarters.

Its worked cases were computed by hand; nothing but YAML (tests/rubric/assessment).
"""

import shutil
from pathlib import Path

import pytest

from dalian_eval.cli import invoke
from dalian_eval.schema.tables import SHIPPED, use

PLAN = Path("tests/rubric/assessment").resolve()


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    shutil.copytree(PLAN, tmp_path / "params")
    monkeypatch.chdir(tmp_path)
    yield
    use(SHIPPED)


def test_the_plan_is_told_in_its_own_words(capsys):
    assert invoke(["rubric", "show", "2025"]) == 0
    told = "".join(capsys.readouterr().out.split())
    for sentence in (
        "『完成量』达到『目标量』的，每件得5分，不足的按比例计，超过的不多计",
        "全年办案件数超过『应办件数』的，每多1件得0.5分，不足一份的不计",
        "年均浓度：不超过30微克/立方米得15分",
        "每件『水质类别』排在『上年水质类别』之后的，每差1级扣3分",
        "减排量每季度达到30.5吨的得2分，4个季度全部达到的得9分",
        "每季度最多得2分",
        "按考核组分组，全年办案件数最多的得6分，其余按占最多者的比例计",
        "办案任务完成率（全年办案件数÷应办件数）由多到少排名",
        "以后每名递减5分",
    ):
        assert sentence in told


def test_the_worked_cases_hold(capsys):
    assert invoke(["rubric", "test", "2025"]) == 0, capsys.readouterr().out


def test_a_plan_without_headers_is_told_what_is_missing(capsys):
    Path("data/raw").mkdir(parents=True)
    Path("data/raw/县区.csv").write_text("县区编码\n甲\n", encoding="utf-8")
    assert invoke(["run", "--month", "2025-12"]) == 2
    assert "放一个空文件即可" in capsys.readouterr().err
