"""rubric show: the whole plan in words, on a page that is signed and in a terminal."""

import re
import shutil
from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.cli import invoke
from dalian_eval.report.workbench.plan_page import groups, plan_html, plan_lines
from dalian_eval.rubric_file.load import load_rubric, rubric_hash
from dalian_eval.workbench.plan_words import PlanWords, plan_words

ROOT = Path(__file__).parents[2]
FILES = {
    "ours": ROOT / "params/rubrics/2024.yaml",
    "湖城": ROOT / "tests/rubric/another_city/rubrics/2025.yaml",
}


@pytest.fixture(scope="module", params=FILES)
def plan(request: pytest.FixtureRequest) -> PlanWords:
    path = FILES[request.param]
    return plan_words(path, load_rubric(path))


def test_every_node_and_reading_is_told(plan: PlanWords) -> None:
    rubric = plan.rubric
    told = {node.id: node for _, nodes in plan.sections for node in nodes}
    assert set(told) == {*rubric.unit.nodes, *rubric.officer.nodes}
    for section in (rubric.unit, rubric.officer):
        for name in section.clauses:
            assert told[name].rules
            assert told[name].facts
            assert told[name].locator == section.nodes[name].locator
    assert [r.name for r in plan.readings] == list(rubric.readings)
    assert {r.name for node in told.values() for r in node.readings} == set(rubric.readings)


def test_the_page_holds_all_of_it(plan: PlanWords) -> None:
    page = plan_html(plan)
    for _, nodes in plan.sections:
        for node in nodes:
            assert node.title in page
            assert node.locator in page
        assert sum(len(group) for _, group in groups(nodes)) >= len(nodes) - 1 - len(groups(nodes))
    assert rubric_hash(next(f for f in FILES.values() if f.name == plan.file)) in page
    assert "签字" in page
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "大连" not in page


def test_columns_are_told_by_their_chinese_titles(plan: PlanWords) -> None:
    for _, nodes in plan.sections:
        for node in nodes:
            for fact in node.facts:
                assert not re.search("[a-z]_[a-z]", f"{fact.table}{fact.columns}{fact.sentence}")


def test_what_another_option_would_make() -> None:
    path = FILES["ours"]
    plan = plan_words(path, load_rubric(path))
    nodes = {node.id: node for _, listed in plan.sections for node in listed}
    told = nodes["unit.team.awards.commendation"].readings[0]
    assert told.chosen == "取最高一项"
    ((words, rule),) = told.others
    assert words == "累加，最高2分"
    assert "每件得1.5分" in rule
    where = {r.name: r for r in nodes["unit.review.excellent"].readings}["review_files"]
    assert where.others[0][1].startswith("所用记录改为：")
    assert nodes["unit.review"].rules == ()


def test_facts_say_whose_rows_count_and_when() -> None:
    path = FILES["ours"]
    plan = plan_words(path, load_rubric(path))
    nodes = {node.id: node for _, listed in plan.sections for node in listed}
    (fact,) = nodes["unit.team.awards.honours"].facts
    assert fact.table == "荣誉"
    assert fact.columns == ("名称", "类别", "级别", "日期")
    assert fact.sentence == "本单位的记录，日期在2023、2024年，类别为荣誉"
    dress = nodes["unit.team.dress"].facts[0].sentence
    assert dress.startswith("本单位及下级单位的记录、当时在本单位任职的人员的记录，日期在评审期内")


def test_lines_stay_within_the_terminal(plan: PlanWords) -> None:
    from rich.cells import cell_len

    lines = [line.plain for line in plan_lines(plan, 80)]
    assert max(map(cell_len, lines)) <= 80


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "params", tmp_path / "params")
    monkeypatch.chdir(tmp_path)
    assert invoke(["rubric", "show", "2024"]) == 0
    assert "队伍建设（附件3·1·队伍建设）unit.team" in capsys.readouterr().out
    assert invoke(["rubric", "show", "2024", "--html", "细则.html"]) == 0
    first = (tmp_path / "细则.html").read_bytes()
    assert invoke(["rubric", "show", "2024", "--html", "细则.html"]) == 0
    assert (tmp_path / "细则.html").read_bytes() == first
    assert invoke(["rubric", "show", "2024", "--html", "没有/细则.html"]) == UsageError.exit_code
    assert "--html" in capsys.readouterr().err
