"""Faults in rules that compare numbers are told in Chinese, with the line."""

from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.base.yaml_faults import read_yaml
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.scoring.rules import RULES

FILE = Path("tests/rubric/another_city/rubrics/2025.yaml")
TEXT = FILE.read_text(encoding="utf-8")

FAULTS = {
    "weights": ("weight: 20", "weight: 21", "unit.cases.composite:", "权重之和为101，必须为100"),
    "unknown column": (
        "column: deduction",
        "column: deductions",
        "unit.daily.quality:",
        "表『quality_findings』没有列『deductions』",
    ),
    "no number": (
        "column: deduction",
        "column: subject",
        "unit.daily.quality:",
        "列『subject』（对象）不是数",
    ),
    "missing reaches": (
        "    rule: shortfall\n    reaches: unit.daily\n",
        "    rule: shortfall\n",
        "unit.daily.task:",
        "扣分条款必须写明扣分范围 reaches",
    ),
    "reaches a missing node": (
        "reaches: unit.daily\n",
        "reaches: unit.dayly\n",
        "unit.daily.task:",
        "所指的条目『unit.dayly』不存在",
    ),
    "unknown metric": (
        "metric: per_capita",
        "metric: per_head",
        "unit.daily.task:",
        "没有名为『per_head』的月度指标，",
    ),
    "metric of the other kind": (
        "metric: per_capita, variant: month_end",
        "metric: uploads, variant: any",
        "unit.daily.task:",
        "没有名为『uploads』的月度指标",
    ),
    "unknown variant": (
        "variant: whole_month",
        "variant: half_month",
        "unit.daily.entry:",
        "月度指标『entry_ratio』没有统计方式『half_month』，",
    ),
    "steps on another metric": (
        "rule: steps\n    metric: transmission",
        "rule: steps\n    metric: entry_ratio",
        "unit.digital.transmission:",
        "没有统计方式『immediate』",
    ),
    "places out of order": (
        "{within: 2, points: 15}, {within: 5, points: 2}",
        "{within: 5, points: 15}, {within: 2, points: 2}",
        "unit.daily.volume:",
        "名次界线 within 必须由小到大",
    ),
    "a maximum no place gives": (
        "{within: 2, points: 15}",
        "{within: 2, points: 14}",
        "unit.daily.volume:",
        "满分 max 必须是某一名次的分值",
    ),
    "sum without a column": (
        "      column: deduction\n",
        "",
        "unit.daily.quality:",
        "sum 与 mean 必须写 column",
    ),
    "table without a unit": (
        "table: activities\n      of: own",
        "table: officers\n      of: own",
        "unit.extra.training:",
        "表『officers』没有列『unit_id』，不能写 of: own",
    ),
    "inspection records one by one": (
        "table: activities\n      of: own",
        "table: inspections\n      of: own",
        "unit.extra.training:",
        "请改用月度指标",
    ),
    "officers without a date": (
        "of: officers\n        date: ended_on\n        window: period",
        "of: officers",
        "unit.team.rounds:",
        "必须写 date 与 window",
    ),
    "points by an unknown column": (
        "points: {column: kind, values: {按日",
        "points: {column: kinds, values: {按日",
        "unit.cases.points:",
        "表『cases』没有列『kinds』",
    ),
    "a total the items do not make": (
        "locator: 细则甲, max: 120",
        "locator: 细则甲, max: 119.5",
        "unit:\n  unit:",
        "各项满分之和120不等于总分119.5",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_its_line(name, tmp_path):
    old, new, node, sentence = FAULTS[name]
    assert old in TEXT
    place = TEXT.index(old, TEXT.index(node)) if old in TEXT[TEXT.index(node) :] else 0
    changed = TEXT[:place] + TEXT[place:].replace(old, new, 1)
    path = tmp_path / "x.yaml"
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_rubric(path)
    told = str(caught.value)
    assert sentence in told
    first = changed[: changed.index(node)].count("\n") + 1
    line = int(told.partition("第")[2].partition("行")[0])
    assert told.startswith("x.yaml")
    # the line of the clause, or of the key below it
    assert first <= line <= first + 40


def test_every_rule_is_used_by_another_plan():
    plans = [FILE, *Path("tests/rubric").glob("*/rubrics/*.yaml")]
    used = {node.get("rule") for plan in plans for node in nodes_of(read_yaml(plan))}
    assert used - {None} == set(RULES)


def nodes_of(rubric):
    sections = (rubric.get("unit") or {}, rubric.get("officer") or {})
    return [node for section in sections for node in section.values()]


@pytest.mark.parametrize(
    ("name", "option"),
    [(n, o) for n, r in load_rubric(FILE).readings.items() for o in r.options],
)
def test_every_option_of_every_reading_loads(name, option):
    assert load_rubric(FILE, {name: option}).chosen[name] == option
