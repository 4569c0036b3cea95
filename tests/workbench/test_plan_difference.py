"""rubric diff: clause by clause what is new, gone or reads otherwise."""

import shutil
from pathlib import Path

import pytest

from dalian_eval.cli import invoke
from dalian_eval.report.workbench.difference_page import difference_html, difference_lines
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.workbench.plan_difference import (
    CHANGED,
    GONE,
    NEW,
    Change,
    PlanDifference,
    plan_difference,
    segments,
)
from dalian_eval.workbench.plan_words import PlanWords, plan_words

ROOT = Path(__file__).parents[2]
OURS = ROOT / "params/rubrics/2024.yaml"
TEXT = OURS.read_text(encoding="utf-8")
DRILL = """  unit.team.awards.drill:
    title: 组织演练
    locator: 附件3·1·队伍建设·4(4)
    max: 1
    rule: highest
    parts:
      - {what: 组织应急演练, table: activities, of: own, date: date, window: period, points: 1}
"""


def words(path: Path) -> PlanWords:
    return plan_words(path, load_rubric(path))


def compared(tmp_path: Path, text: str) -> PlanDifference:
    path = tmp_path / "b.yaml"
    path.write_text(text, encoding="utf-8")
    return plan_difference(words(OURS), words(path))


def test_a_rubric_is_the_same_as_itself(tmp_path: Path) -> None:
    found = compared(tmp_path, TEXT)
    rubric = load_rubric(OURS)
    assert found.nodes == ()
    assert found.readings == ()
    assert found.general == ()
    assert found.same == len(rubric.unit.nodes) + len(rubric.officer.nodes)
    assert found.summary == f"两份细则没有不同：{found.same}个条目逐条相同"


def test_new_gone_and_changed(tmp_path: Path) -> None:
    start = TEXT.index("  unit.team.awards.leader_praise:")
    text = TEXT[:start] + DRILL + TEXT[TEXT.index("  unit.team.dress:") :]
    text = text.replace("{at_least: 6, points: 1}", "{at_least: 7, points: 1}", 1)
    found = compared(tmp_path, text)
    told = {node.id: node for node in found.nodes}
    assert told["unit.team.awards.drill"].state == NEW
    assert told["unit.team.awards.leader_praise"].state == GONE
    (change,) = told["unit.team.equipment.optional"].changes
    assert change.what == "规则"
    assert ("达到6项得1分" in change.before, "达到7项得1分" in change.after) == (True, True)
    assert [found.count(state) for state in (NEW, GONE, CHANGED)] == [1, 1, 1]
    ids = [node.id for node in found.nodes]
    assert ids.index("unit.team.awards.leader_praise") < ids.index("unit.team.awards.drill")
    assert ids[0] == "unit.team.equipment.optional"


def test_a_clause_with_another_id_is_the_same_clause(tmp_path: Path) -> None:
    text = TEXT.replace("unit.team.identity.premises:", "unit.team.identity.place:")
    (node,) = compared(tmp_path, text).nodes
    assert node.state == CHANGED
    assert node.changes == (
        Change("编号", "unit.team.identity.premises", "unit.team.identity.place"),
    )


def test_another_default_of_a_reading(tmp_path: Path) -> None:
    found = compared(tmp_path, TEXT.replace("default: rescale", "default: forfeit"))
    ((title, state, changes),) = found.readings
    assert (title, state) == ("上级无线索推送时的处理（no_leads）", CHANGED)
    assert changes[0].what == "所取"
    assert {node.id for node in found.nodes} == {"unit.digital.offsite.lead_handling"}


def test_parameters_that_no_sentence_tells_are_told_by_their_keys(tmp_path: Path) -> None:
    old = "    label_scope: case_id\n"
    assert TEXT.count(old) == 1
    found = compared(tmp_path, TEXT.replace(old, ""))
    (node,) = found.nodes
    assert node.id == "officer.cases.files.fatal"
    assert node.changes == (Change("参数 label_scope", "case_id", "（没有写）"),)


def test_the_head_and_the_notes(tmp_path: Path) -> None:
    text = TEXT.replace("〔2024〕27号", "〔2025〕3号").replace(
        "start: 2023-11-01", "start: 2023-12-01"
    )
    found = compared(tmp_path, text)
    assert [c.what for c in found.general] == ["文号", "通则"]
    assert "共11个月" in found.general[1].after


def test_what_differs_is_marked_by_whole_numbers() -> None:
    left, right = segments(Change("规则", "达到90%得1分", "达到95%得1.5分"))
    assert left == [(False, "达到"), (True, "90"), (False, "%得"), (True, "1"), (False, "分")]
    assert [text for changed, text in right if changed] == ["95", "1.5"]


def test_two_cities_share_nothing_and_all_is_told() -> None:
    city = words(ROOT / "tests/rubric/another_city/rubrics/2025.yaml")
    found = plan_difference(words(OURS), city)
    told = {node.id for node in found.nodes if node.state in (NEW, CHANGED)}
    assert told | {"x"} == {*city.rubric.unit.nodes, *city.rubric.officer.nodes, "x"}
    page = difference_html(found)
    for node in found.nodes:
        assert node.title in page
    assert all(len(line.plain) <= 90 for line in difference_lines(found, 90))


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "params", tmp_path / "params")
    monkeypatch.chdir(tmp_path)
    assert invoke(["rubric", "diff", "2024", "2024", "--html", "d.html"]) == 0
    assert "两份细则没有不同" in capsys.readouterr().out
    assert "两份细则没有不同" in (tmp_path / "d.html").read_text(encoding="utf-8")
    assert invoke(["rubric", "diff", "2024", "2031"]) == 2
    assert invoke(["rubric", "diff", "2024"]) == 2
    assert "Traceback" not in capsys.readouterr().err
