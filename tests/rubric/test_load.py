"""Loading rubric files: what does not add up is refused, with the line."""

from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.rubric_file.load import load_rubric

FILE = Path("params/rubrics/2024.yaml")
TEXT = FILE.read_text(encoding="utf-8")


def refused(tmp_path, old, new, *words):
    assert TEXT.count(old) >= 1
    changed = TEXT.replace(old, new, 1)
    path = tmp_path / "x.yaml"
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_rubric(path)
    for word in ("x.yaml", *words):
        assert word in str(caught.value)
    return str(caught.value)


def line_of(text):
    return TEXT[: TEXT.index(text)].count("\n") + 1


def test_both_rubrics_are_complete():
    rubric = load_rubric(FILE)
    assert len(rubric.unit.clauses) == 48
    assert len(rubric.officer.clauses) == 20
    tops = {i: item.max for i, item in rubric.unit.items.items() if i.count(".") == 1}
    assert tops == {
        "unit.team": 110000,
        "unit.digital": 140000,
        "unit.special": 120000,
        "unit.cases": 40000,
        "unit.review": 270000,
        "unit.typical": 40000,
        "unit.air": 240000,
        "unit.contest": 40000,
        "unit.achievement": 10000,
    }
    tops = {i: item.max for i, item in rubric.officer.items.items() if i.count(".") == 1}
    assert tops == {
        "officer.honour": 80000,
        "officer.cases": 500000,
        "officer.combat": 310000,
        "officer.skill": 110000,
    }
    assert len(rubric.readings) == 28


@pytest.mark.parametrize(
    ("name", "option"),
    [(n, o) for n, r in load_rubric(FILE).readings.items() for o in r.options],
)
def test_every_option_of_every_reading_loads(name, option):
    assert load_rubric(FILE, {name: option}).chosen[name] == option


def test_maxima_that_do_not_reach_the_item(tmp_path):
    refused(tmp_path, "max: 0.8", "max: 0.7", "unit.team.identity", "达不到本项满分1")


def test_unknown_rule_with_its_line(tmp_path):
    sentence = refused(tmp_path, "rule: steps", "rule: stepz", "transmission", "stepz")
    assert f"第{line_of('rule: steps')}行" in sentence


def test_unknown_reading_with_its_line(tmp_path):
    line = line_of("by_reading: no_leads")
    refused(tmp_path, "by_reading: no_leads", "by_reading: no_leadz", f"第{line}行", "no_leadz")


def test_an_option_left_out(tmp_path):
    refused(tmp_path, "sum: each}", "highest2: each}", "选项不齐")


def test_duplicate_key(tmp_path):
    old, new = "unit.cases.linkage.implemented:", "unit.cases.linkage.established:"
    refused(tmp_path, old, new, "重复的键", f"第{line_of(old)}行")


def test_missing_locator(tmp_path):
    refused(tmp_path, "    locator: 附件3·2·案卷评查·3\n", "", "locator", "缺少必填的键")


def test_blank_locator(tmp_path):
    refused(tmp_path, "locator: 附件3·2·案卷评查·3", "locator: ''", "unit.review.excellent", "出处")


def test_points_with_more_than_four_decimals(tmp_path):
    refused(tmp_path, "points: 0.8", "points: 0.80001", "4位小数")


def test_unknown_key(tmp_path):
    refused(tmp_path, "        once: true", "        onces: true", "不认识的键")


def test_unknown_table_and_column(tmp_path):
    refused(tmp_path, "table: leads", "table: leadx", "leadx")
    refused(tmp_path, "where: {kind: 标配,", "where: {kindx: 标配,", "kindx")


def test_unknown_target_of_a_deduction(tmp_path):
    refused(tmp_path, "reaches: unit.team", "reaches: unit.teamx", "unit.teamx")


def test_a_reading_that_no_clause_uses(tmp_path):
    refused(
        tmp_path,
        "readings:\n",
        "readings:\n  idle: {title: 闲, default: a, options: {a: 甲}, reason: 无}\n",
        "idle",
    )


def test_broken_yaml(tmp_path):
    refused(tmp_path, "period: {start", "period: {{start", "第")


def test_unknown_reading_or_option_asked_for():
    with pytest.raises(UsageError, match="no_leads"):
        load_rubric(FILE, {"no_lead": "full"})
    with pytest.raises(UsageError, match="forfeit"):
        load_rubric(FILE, {"no_leads": "half"})


def test_a_missing_file(tmp_path):
    with pytest.raises(UsageError, match=r"none\.yaml"):
        load_rubric(tmp_path / "none.yaml")


def test_every_reading_touches_what_it_switches():
    rubric = load_rubric(FILE)
    touching = rubric.touching
    assert {name for names in touching.values() for name in names} == set(rubric.readings)
    assert set(touching) == {*rubric.unit.nodes, *rubric.officer.nodes}
    assert touching["unit.team.dress"] == ()
    assert touching["unit.review"] == ("review_clamp",)
    assert touching["unit.achievement.individual"] == ("achievement_year",)  # by a YAML alias
    assert touching["officer.skill.equipment.platforms"] == ("platforms", "case_overlap")
    exclusive = {c for clauses in rubric.officer.exclusive.values() for c in clauses}
    assert {n for n, names in touching.items() if "case_overlap" in names} == exclusive
    drawn = {
        clause.id
        for section in (rubric.unit, rubric.officer)
        for clause in section.clauses.values()
        if any(query.table == "drawn_files" for query in clause.queries)
    }
    assert {n for n, names in touching.items() if "supporting_types" in names} == drawn


def test_a_switch_inside_an_option_not_chosen_touches_too(tmp_path):
    old = "rule: {by_reading: talent, highest: highest, sum: each}"
    inner = "{by_reading: contest_officer, sum: each, highest: highest}"
    text = TEXT.replace(old, f"rule: {{by_reading: talent, highest: highest, sum: {inner}}}")
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    touching = load_rubric(path).touching
    assert touching["officer.honour.talent"] == ("contest_officer", "talent")


def test_a_reading_of_the_period_or_of_the_tree(tmp_path):
    period = "{start: 2023-11-01, end: 2024-10-31}"
    switch = f"{{by_reading: talent, highest: {period}, sum: {period}}}"
    refused(tmp_path, f"period: {period}", f"period: {switch}", "talent", "只能写在条款")
    root = "{title: 表现突出集体, locator: 附件3, max: 100}"
    switch = f"{{by_reading: talent, highest: {root}, sum: {root}}}"
    refused(tmp_path, f"unit: {root}", f"unit: {switch}", "talent", "只能写在条款")
