"""The author's commands on a plan with tables and metrics of its own, which judges units alone."""

import shutil
from pathlib import Path

import pytest

from dalian_eval.cli import invoke
from dalian_eval.schema.tables import SHIPPED, in_use, use

ROOT = Path(__file__).parents[2]
CITY = ROOT / "tests/rubric/responsibility"
BACKGROUND = """截至: 2025-12-31
事实:
  单位:
    - {单位编码: 一局, 单位名称: 一分局, 候选集体: 是, 类型: 区域性执法局}
默认列:
  水质断面: {单位编码: 一局}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ours = shutil.ignore_patterns("raw", "README.md")
    shutil.copytree(CITY, tmp_path / "params", ignore=ours)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_check_and_show(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["rubric", "check", "2025"]) == 0
    out = capsys.readouterr().out
    assert "区分局7项9条；" in out
    assert "空气质量、优良天数、水质断面、理论考试、重点任务、信息报送" in out
    assert "个人" not in out
    assert invoke(["rubric", "show", "2025", "--html", "a.html"]) == 0
    page = Path("a.html").read_text(encoding="utf-8")
    assert "水质类别劣于上年的断面" in page
    assert "『优良天数』" in page
    assert "个人" not in page
    assert in_use() == SHIPPED


def test_diff_and_next_year(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["rubric", "next-year", "2025"]) == 0
    assert invoke(["rubric", "check", "2026"]) == 0
    capsys.readouterr()
    assert invoke(["rubric", "diff", "2025", "2026"]) == 0
    out = capsys.readouterr().out
    assert "年度 现" in out
    assert "条目" not in out
    assert in_use() == SHIPPED


def test_two_projects_are_compared_each_under_its_own_tables(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ours = str(ROOT / "params/rubrics/2024.yaml")
    assert invoke(["rubric", "diff", ours, "2025"]) == 0
    out = capsys.readouterr().out
    assert "『水质断面』" in out
    assert "『检查记录』" in out


def test_cases_are_written_in_the_projects_own_tables(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project / "params/cases/2025"
    folder.mkdir(parents=True)
    (folder / "背景.yaml").write_text(BACKGROUND, encoding="utf-8")
    (folder / "水.yaml").write_text(
        "主题: 水\n案例:\n  - {名称: 断面, 条款: unit.water.classes, 依据: 责任书二, "
        "事实: {水质断面: [{断面名字: 甲}]}, 算式: 二类断面五分, 期望: {一局: 5}}\n",
        encoding="utf-8",
    )
    assert invoke(["rubric", "test", "2025"]) == 2
    err = capsys.readouterr().err
    assert "没有表『水质断面』的列『断面名字』，是不是 断面名称" in err
    assert "没有表『水质断面』，" not in err
    use(SHIPPED)
