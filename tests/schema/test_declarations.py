"""A project's tables: what it may add, and that what is wrong is told at its line, all at once."""

# ruff: noqa: E501

from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.intake.tables.headers import load_headers
from dalian_eval.schema.dictionary import dictionary
from dalian_eval.schema.model import Contract, Type
from dalian_eval.schema.own_titles import in_own_titles
from dalian_eval.schema.tables import (
    BY_NAME,
    SHIPPED,
    TABLES,
    common,
    in_use,
    use,
    using,
    with_tables_of,
)

SOUND = """\
# 江城市的表
tables:
  air_quality:
    sheet: 空气质量
    note: 每个单位每项污染物一行
    event: measured_on
    columns:
      unit_id: {header: 单位编码, type: code, references: units, key: true}
      pollutant: {header: 污染物, type: text, vocabulary: [PM2.5, O3], key: true, example: O3}
      value: {header: 年均值, type: number, minimum: 0, maximum: 500, decimals: 1}
      share: {header: 占比, type: number, minimum: 0, maximum: 100, hundred: true}
      measured_on: {header: 监测日期, type: date, synonyms: [统计日期]}
      until: {header: 有效期止, type: date, open_ended: true, may_lie_ahead: true}
      seen: {header: 所见, type: list, vocabulary: [晴, 雾], example: 晴、雾}
  sections:
    sheet: 断面
    note: 每个断面一行
    ascending: [low, high]
    span: [start, end]
    columns:
      section_id: {header: 断面编号, type: code, key: true}
      subject_kind: {header: 对象类型, type: text, vocabulary: [单位, 个人]}
      subject: {header: 对象, type: code, references: subject}
      low: {header: 最低, type: integer}
      high: {header: 最高, type: integer}
      start: {header: 开始日期, type: date}
      end: {header: 结束日期, type: date}
  cases:
    columns:
      sector: {header: 行业, type: text}
      filed_as: {vocabulary: [治安处罚], synonyms: [立案种类]}
"""

WRONG = {
    # edit: (old, new, line of the fault, what is told)
    "a type that is none": ("type: number, minimum: 0, maximum: 500", "type: numbr", 10, "是不是 number"),
    "a misspelt key of a column": ("hundred: true", "hundrd: true", 11, "air_quality.share.hundrd：没有这一项，是不是 hundred"),
    "a misspelt key of a table": ("    event: measured_on", "    evnt: measured_on", 6, "air_quality.evnt：没有这一项，是不是 event"),
    "a misspelt part of the file": ("tables:\n", "table:\n", 2, "table：没有这一项，是不是 tables"),
    "no sheet": ("    sheet: 空气质量\n", "", 3, "air_quality：缺少 sheet"),
    "no note": ("    note: 每个单位每项污染物一行\n", "", 3, "air_quality：缺少 note"),
    "no type": ("type: code, references: units, ", "references: units, ", 8, "unit_id：缺少 type"),
    "no header": ("header: 年均值, ", "", 10, "value：缺少 header"),
    "a header that is a number": ("header: 年均值", "header: 2025", 10, "应是文字"),
    "a reference to no table": ("references: units", "references: unit", 8, "没有表『unit』，是不是 units"),
    "a reference to a table of several keys": ("references: subject", "references: case_handlers", 23, "主键不是一列"),
    "a reference of a number": ("high: {header: 最高, type: integer", "high: {header: 最高, type: integer, references: units", 25, "只用于编码"),
    "subject without its kind": ("      subject_kind: {header: 对象类型, type: text, vocabulary: [单位, 个人]}\n", "", 22, "须有 subject_kind"),
    "an owner that refers to nobody": (", references: units, key: true", ", key: true", 8, "专指『单位』"),
    "an event that is no column": ("event: measured_on", "event: measured", 6, "没有列『measured』，是不是 measured_on"),
    "an event that is no date": ("event: measured_on", "event: value", 6, "列『value』应是日期"),
    "a span of one date": ("span: [start, end]", "span: [start]", 19, "起、止两个日期列"),
    "a span of numbers": ("span: [start, end]", "span: [low, high]", 19, "列『low』应是日期"),
    "a year before of nothing": ("span: [start, end]", "year_before: {by: start}", 19, "缺少 same"),
    "a year before by a number": ("span: [start, end]", "year_before: {same: [subject], by: section_id}", 19, "列『section_id』应是"),
    "a year before by no column": ("span: [start, end]", "year_before: {same: [subject], by: strat}", 19, "没有列『strat』，是不是 start"),
    "several rows in the year before": ("span: [start, end]", "year_before: {same: [subject], by: low}", 19, "还要写主键列section_id"),
    "the same thing of the same year": ("span: [start, end]", "year_before: {same: [start], by: start}", 19, "已写在 same"),
    "an order of dates": ("ascending: [low, high]", "ascending: [start, end]", 18, "应是整数、数值"),
    "an example outside the words": ("example: O3", "example: O4", 9, "『O4』不在 vocabulary 之中"),
    "an example that is no number": ("maximum: 500, decimals: 1", "maximum: 500, example: 十", 10, "『十』不是数"),
    "an example out of bounds": ("maximum: 500, decimals: 1", "maximum: 500, example: \"501\"", 10, "『501』不在"),
    "an example that is no day": ("synonyms: [统计日期]", "example: 3月31日", 12, "『3月31日』不是日期"),
    "a word twice": ("[PM2.5, O3]", "[O3, O3]", 9, "『O3』写了两次"),
    "a word that is a number": ("[PM2.5, O3]", "[PM2.5, 10]", 9, "请加引号"),
    "words of a date": ("measured_on: {header: 监测日期, type: date", "measured_on: {header: 监测日期, type: date, vocabulary: [今日]", 12, "只用于文本、列表"),
    "a smallest above the largest": ("minimum: 0, maximum: 500", "minimum: 600, maximum: 500", 10, "600 大于"),
    "a bound of a text": ("header: 行业, type: text", "header: 行业, type: text, minimum: 1", 30, "只用于整数、数值"),
    "a bound that is no whole number": ("maximum: 500", "maximum: 500.5", 10, "应是整数"),
    "marks out of 100 without bounds": ("minimum: 0, maximum: 100, hundred", "hundred", 11, "百分制须同时写"),
    "too many decimals": ("decimals: 1", "decimals: 30", 10, "应在0到18之间"),
    "a flag that is a word": ("open_ended: true", "open_ended: 是", 13, "应写 true 或 false"),
    "no end of a number": ("low: {header: 最低, type: integer", "low: {header: 最低, type: integer, open_ended: true", 24, "只用于日期"),
    "a list as a key": ("seen: {header: 所见, type: list", "seen: {header: 所见, type: list, key: true", 14, "列表不能作主键"),
    "a name with a capital": ("      value:", "      Value:", 10, "应由小写字母"),
    "a table name in Chinese": ("  sections:", "  断面:", 15, "表名『断面』"),
    "a header twice": ("header: 占比", "header: 年均值", 11, "表头『年均值』已是 value 的"),
    "a synonym that is a header": ("synonyms: [统计日期]", "synonyms: [年均值]", 12, "已是 value 的"),
    "a sheet twice": ("sheet: 断面", "sheet: 案件", 15, "『案件』已是表 cases 的名称"),
    "a sheet that Excel refuses": ("sheet: 断面", "sheet: 断面/水", 15, "不能作工作表名"),
    "a required table": ("    ascending:", "    need: required\n    ascending:", 18, "不能写 required"),
    "a need that is none": ("    ascending:", "    need: sometimes\n    ascending:", 18, "没有『sometimes』"),
    "a derived table": ("  sections:", "  lawsuits:", 15, "程序自己在用"),
    "a derived column": ("      sector:", "      decided:", 30, "程序自己在用"),
    "an event for a table that is there": ("  cases:\n", "  cases:\n    event: decided_on\n", 29, "已有的表只能写 columns、sheet、note"),
    "a sheet that another table has": ("  cases:\n", "  cases:\n    sheet: 荣誉\n", 28, "『荣誉』已是表"),
    "a header that another column has": ("sector: {header: 行业, type: text}", "kind: {header: 决定日期}", 30, "『决定日期』已是"),
    "a word renamed that is none": ("sector: {header: 行业, type: text}", "kind: {rename: {不与处罚: 免罚}}", 30, "没有『不与处罚』这一选项，是不是 不予处罚"),
    "a word renamed as another": ("sector: {header: 行业, type: text}", "kind: {rename: {移送: 一般处罚}}", 30, "『一般处罚』已是"),
    "a fixed word renamed": ("  cases:\n    columns:\n", "  decisions:\n    columns:\n      subject_kind: {rename: {单位: 中队}}\n  cases:\n    columns:\n", 30, "不能改称"),
    "a column that is there": ("sector: {header: 行业, type: text}", "kind: {header: 行业, type: text}", 30, "只能写 header、note、vocabulary"),
    "a key for a table that is there": ("header: 行业, type: text", "header: 行业, type: text, key: true", 30, "主键不能改"),
    "a word that is there": ("[治安处罚]", "[犯罪]", 31, "『犯罪』本来就有"),
    "a word for a column of any text": ("      filed_as: {vocabulary: [治安处罚], synonyms: [立案种类]}", "      decided_on: {vocabulary: [今日]}", 31, "本来什么都可以填"),
    "a word the program goes by": ("  cases:\n    columns:\n", "  decisions:\n    columns:\n      kind: {vocabulary: [撤回]}\n  cases:\n    columns:\n", 30, "程序按这一列原有的选项办事"),
    "no columns": ("    columns:\n      sector", "    colums:\n      sector", 29, "已有的表只能写 columns、sheet、note，是不是 columns"),
    "a table that is a word": ("  cases:\n    columns:\n      sector: {header: 行业, type: text}\n      filed_as: {vocabulary: [治安处罚], synonyms: [立案种类]}\n", "  cases: 案件\n", 28, "应写明这张表的各项"),
}  # fmt: skip


def read(text: str, folder: Path) -> Contract:
    path = folder / "tables.yaml"
    path.write_text(text, encoding="utf-8")
    taken = {"cases": ("decided", "record_found"), "lawsuits": ("kind",)}
    return with_tables_of(path, taken)


def test_tables_columns_and_words_are_added(tmp_path):
    made = read(SOUND, tmp_path)
    assert [t.name for t in made.tables[-2:]] == ["air_quality", "sections"]
    assert made.by_name["air_quality"].key == ("unit_id", "pollutant")
    assert made.by_name["air_quality"]["share"].hundred
    cases, before = made.by_name["cases"], SHIPPED.by_name["cases"]
    assert [c.name for c in cases.columns] == [*(c.name for c in before.columns), "sector"]
    assert cases["filed_as"].vocabulary == ("犯罪", "行政拘留", "治安处罚")
    assert cases["filed_as"].synonyms == ("立案种类",)
    assert made.tables[:4] == SHIPPED.tables[:4]


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_is_told_at_its_line(name, tmp_path):
    old, new, line, sentence = WRONG[name]
    assert SOUND.count(old) >= 1, old
    with pytest.raises(UsageError) as caught:
        read(SOUND.replace(old, new, 1), tmp_path)
    told = str(caught.value)
    assert told.startswith("tables.yaml "), told
    assert f"第{line}行：" in told, told
    assert sentence in told, told


def test_all_faults_are_told_at_once(tmp_path):
    text = SOUND.replace("type: number, minimum: 0, maximum: 500", "type: numbr")
    text = text.replace("references: units", "references: unit").replace("[犯罪]", "[治安]")
    text = text.replace("synonyms: [立案种类]", "synonym: [立案种类]")
    with pytest.raises(UsageError) as caught:
        read(text, tmp_path)
    first, *rest = str(caught.value).splitlines()
    assert first == f"tables.yaml 有{len(rest)}处错误："
    lines = [int(told.partition("第")[2].partition("行")[0]) for told in rest]
    assert lines == sorted(lines)
    assert {8, 10, 31} <= {*lines}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "应以 tables: 开头"),
        ("- 甲\n", "应以 tables: 开头"),
        ("tables: [甲\n", "tables.yaml 第"),
        ("tables: 甲\n", "名称: 内容"),
        ("tables:\n  a: {sheet: 甲, note: 甲, columns: {x: 1}}\n", "应写明这一列的各项"),
        ("tables:\n  a: {sheet: 甲, note: 甲, columns: {}}\n", "没有列"),
    ],
)
def test_what_is_no_declaration_is_told(text, told, tmp_path):
    with pytest.raises(UsageError, match=told):
        read(text, tmp_path)


def test_tables_that_wait_for_one_another_are_told(tmp_path):
    text = """\
tables:
  a: {sheet: 甲表, note: 甲, columns: {a_id: {header: 甲号, type: code, key: true}, b: {header: 乙, type: code, references: b}}}
  b: {sheet: 乙表, note: 乙, columns: {b_id: {header: 乙号, type: code, key: true}, a: {header: 甲, type: code, references: a}}}
"""
    with pytest.raises(UsageError, match="互相引用"):
        read(text, tmp_path)


def test_the_tables_in_use_are_shown_until_the_block_ends(tmp_path):
    made = read(SOUND, tmp_path)
    assert "sections" not in BY_NAME
    with using(made):
        assert in_use() is made
        assert BY_NAME["sections"].sheet == "断面"
        assert len(TABLES) == len(BY_NAME) == len(SHIPPED.tables) + 2
    assert in_use() is SHIPPED
    use(made)
    assert TABLES[-1].name == "sections"


def test_what_two_contracts_have_in_common(tmp_path):
    before = read(SOUND, tmp_path)
    after = read(
        SOUND.replace("high: {header: 最高, type: integer}", "high: {header: 最高, type: text}")
        .replace("[low, high]", "[low]")
        .replace("  air_quality:", "  air:"),
        tmp_path,
    )
    both = common(before, after)
    assert {"air_quality", "air", "sections"} <= {*both.by_name}
    assert "high" not in both.by_name["sections"]
    assert both.by_name["sections"]["low"].type is Type.INTEGER


OWN = """\
tables:
  units:
    sheet: 中队
    columns:
      unit_id: {header: 中队编码}
      kind: {rename: {区域性执法局: 中队}}
  case_reviews:
    columns:
      score: {header: 积分}
"""


def test_a_plan_calls_tables_columns_and_words_its_own(tmp_path):
    headers = tmp_path / "headers.yaml"
    headers.write_text("得分: [评查分]\n单位编码: [队号]\n", encoding="utf-8")
    with using(read(OWN, tmp_path)):
        units, reviews = BY_NAME["units"], BY_NAME["case_reviews"]
        assert (units.sheet, units["unit_id"].header) == ("中队", "中队编码")
        assert units["kind"].vocabulary == ("县局", "中队", "科室", "直属单位")
        known = load_headers(headers)
        for table, words in ((reviews, ("积分", "得分", "评查分")), (units, ("中队编码", "队号"))):
            assert len({known.column(table, word) for word in words}) == 1
            assert None not in {known.column(table, word) for word in words}
        told = in_own_titles("请补填『得分』，见『单位』。", "case_reviews")
        assert told == "请补填『积分』，见『中队』。"
        assert in_own_titles("请补填『得分』。", "cases") == "请补填『得分』。"
        assert "积分" in dictionary()
    assert in_own_titles("请补填『得分』。", "case_reviews") == "请补填『得分』。"
