"""What a rubric declares under `metrics:`: what is wrong is told at its line, all at once."""

# ruff: noqa: E501

from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.rubric.vocabulary import METRICS, SHIPPED_METRICS
from dalian_eval.rubric_file.load import load_rubric

BASE = Path("tests/rubric/another_city/rubrics/2025.yaml").read_text(encoding="utf-8")
SOUND = """\
metrics:
  closed_leads:
    title: 线索办结率
    kind: unit
    form: share
    units: [条, 条]
    nobody: 到期线索
    about: 当月到期的线索
    ways:
      all:
        numerator: {table: leads, month: due_on, where: {outcome: [依法查办, 查否], topic: {mentions: [危险]}}}
        denominator: {table: leads, month: due_on}
  penalties:
    title: 处罚案件
    kind: officer
    form: count
    units: [件, 月]
    every_month: true
    ways:
      all: {numerator: {table: inspections, month: uploaded_at, by: inspectors, take: distinct, column: record_id}}
      valid: {numerator: {table: inspections, month: uploaded_at, by: uploader, where: {valid: true}}}
  per_head:
    title: 人均案件
    kind: unit
    form: mean
    units: [件, 人]
    nobody: 在编人员
    ways:
      own:
        numerator: {table: cases, month: decided, reach: own, where: {fields: {any_of: [土壤]}}}
        denominator: {table: staff_month_end}
"""
WRONG = {
    "a kind that is none": ("kind: unit\n    form: share", "kind: units\n    form: share", 4, "没有『units』，是不是 unit"),
    "a form that is none": ("form: share", "form: percent", 5, "没有『percent』"),
    "a misspelt key": ("nobody: 到期线索", "nobdy: 到期线索", 7, "是不是 nobody"),
    "no title": ("    title: 线索办结率\n", "", 2, "缺少 title"),
    "one unit": ("units: [条, 条]", "units: [条]", 6, "分子、分母的单位"),
    "no ways": ("    ways:\n      own:", "    way:\n      own:", 28, "是不是 ways"),
    "a table that is none": ("table: leads, month: due_on}", "table: lead, month: due_on}", 12, "没有表『lead』，是不是 leads"),
    "a column that is none": ("column: record_id", "column: recordid", 20, "没有列『recordid』，是不是 record_id"),
    "no column to tell apart": (", take: distinct, column: record_id", ", take: distinct", 20, "要写 column"),
    "a column of a count": ("{table: leads, month: due_on}", "{table: leads, month: due_on, column: topic}", 12, "不写 column"),
    "a sum of texts": ("{table: leads, month: due_on}", "{table: leads, month: due_on, take: sum, column: topic}", 12, "是文本，这里只能是整数、数值"),
    "a sum of numbers without decimals": ("{table: leads, month: due_on}", "{table: review_scores, month: date, take: sum, column: score}", 12, "请在 tables.yaml 这一列写 decimals"),
    "no month": ("{table: leads, month: due_on}", "{table: leads}", 12, "缺少 month"),
    "a month that is no date": ("{table: leads, month: due_on}", "{table: leads, month: topic}", 12, "这里只能是日期"),
    "whose is nobody": ("by: uploader", "by: target", 21, "不指明『人员』"),
    "units of an officer's metric": ("by: uploader", "by: unit_id", 21, "不指明『人员』"),
    "a reach of officers": ("by: uploader,", "by: uploader, reach: subtree,", 21, "只能写 own"),
    "a condition on no column": ("topic: {mentions", "topics: {mentions", 11, "没有这一列，是不是 topic"),
    "a word outside the vocabulary": ("[依法查办, 查否]", "[依法查办, 查实]", 11, "没有『查实』这一选项"),
    "a flag that is a word": ("where: {valid: true}", "where: {valid: 是}", 21, "应写true 或 false"),
    "mentions of a list": ("fields: {any_of: [土壤]}", "fields: {mentions: [土壤]}", 30, "mentions 只用于"),
    "a number of a text": ("topic: {mentions: [危险]}", "topic: {at_least: 3}", 11, "at_least 只用于"),
    "a condition that is none": ("{mentions: [危险]}", "{mention: [危险]}", 11, "条件的写法不对"),
    "a denominator of a count": ("where: {valid: true}}}", "where: {valid: true}}, denominator: {table: staff_month_end}}", 21, "没有分母"),
    "no denominator": ("        denominator: {table: leads, month: due_on}\n", "", 10, "缺少 denominator"),
    "a name that is taken": ("  penalties:", "  uploads:", 13, "已有名为『uploads』的指标"),
    "a name the program uses": ("  penalties:", "  cases:", 13, "已有名为『cases』的指标"),
}  # fmt: skip


def load(text: str, folder: Path):
    path = folder / "x.yaml"
    path.write_text(text + BASE, encoding="utf-8")
    return load_rubric(path)


def test_metrics_of_a_rubric_join_the_packages(tmp_path):
    rubric = load(SOUND, tmp_path)
    assert set(rubric.metrics) == {*SHIPPED_METRICS, "closed_leads", "penalties", "per_head"}
    assert {*METRICS} == {*rubric.metrics}
    assert rubric.metrics["closed_leads"].tables == {"leads"}
    assert rubric.metrics["per_head"].counts_staff
    assert rubric.metrics["penalties"].variants == ("all", "valid")
    assert rubric.metrics["entry_ratio"].tables == {"inspections"}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_told_at_its_line(name, tmp_path):
    old, new, line, sentence = WRONG[name]
    assert old in SOUND, old
    with pytest.raises(UsageError) as caught:
        load(SOUND.replace(old, new, 1), tmp_path)
    told = str(caught.value)
    assert sentence in told, told
    assert f"第{line}行" in told, told


def test_faults_of_metrics_are_told_beside_those_of_clauses(tmp_path):
    text = SOUND.replace("kind: officer", "kind: officers").replace("form: mean", "form: average")
    with pytest.raises(UsageError) as caught:
        path = tmp_path / "x.yaml"
        path.write_text(text + BASE.replace("metric: entry_ratio", "metric: entry_rate"), "utf-8")
        load_rubric(path)
    told = str(caught.value)
    assert "没有『officers』" in told
    assert "没有『average』" in told
    assert "没有名为『entry_rate』的月度指标" in told
