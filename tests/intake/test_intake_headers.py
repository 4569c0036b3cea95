"""The synonym file: what it must hold, and how its mistakes are told."""

from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.intake.tables.headers import load_headers
from dalian_eval.schema.tables import BY_NAME

HEADERS = Path(__file__).parents[2] / "params" / "headers.yaml"


@pytest.mark.parametrize(
    ("table", "synonym", "column"),
    [
        ("officers", "执法证编号", "officer_id"),
        ("officers", "证件号", "officer_id"),
        ("case_handlers", "执法证号码", "officer_id"),
        ("units", "单位代码", "unit_id"),
        ("cases", "案号", "case_id"),
        ("inspections", "记录号", "record_id"),
        ("leads", "线索号", "lead_id"),
        ("inspections", "执法人员", "inspectors"),
        ("cases", "处罚决定日期", "decided_on"),
        ("officers", "人员姓名", "name"),
    ],
)
def test_synonyms_of_the_contract(table, synonym, column):
    assert load_headers(HEADERS).column(BY_NAME[table], synonym) == column


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("执法证号: [证件号]\n执法证件: [证号]\n", 2, "没有哪张表有『执法证件』"),
        (
            "姓名: [名称]\n\n执法证号:\n  - 证件号\n  - 名称\n",
            5,
            "『名称』在表『人员』中已经是『姓名』",
        ),
        ("执法证号: [姓名]\n", 1, "已经是『姓名』的写法"),
        ("执法证号: [证件号, 证 件号]\n", 1, "重复列出"),
        ("执法证号: 证件号\n", 1, "应为同义词的列表"),
        ("执法证号: [12]\n", 1, "应为文字"),
        ("姓名: [名]\n执法证号: [证件号\n", 3, "不是正确的 YAML 写法"),
        ("姓名: [名]\n姓名: [名字]\n", 2, "重复的键"),
        ("- 姓名\n", 1, "应为"),
    ],
)
def test_mistakes_name_file_and_line(tmp_path, content, line, words):
    path = tmp_path / "headers.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_headers(path)
    assert str(path) in str(caught.value)
    assert f"第 {line} 行" in str(caught.value)
    assert words in str(caught.value)


def test_missing_or_wrongly_encoded_file(tmp_path):
    path = tmp_path / "headers.yaml"
    with pytest.raises(UsageError, match="打不开"):
        load_headers(path)
    path.write_bytes("姓名: [名]".encode("gbk"))
    with pytest.raises(UsageError, match="UTF-8"):
        load_headers(path)


def test_one_synonym_may_serve_different_tables(tmp_path):
    path = tmp_path / "headers.yaml"
    path.write_text("检查人员: [人]\n姓名: [人]\n", encoding="utf-8")
    headers = load_headers(path)
    assert headers.column(BY_NAME["inspections"], "人") == "inspectors"
    assert headers.column(BY_NAME["officers"], "人") == "name"


def test_empty_file_means_no_synonyms(tmp_path):
    path = tmp_path / "headers.yaml"
    path.write_text("# 暂无\n", encoding="utf-8")
    assert load_headers(path).column(BY_NAME["officers"], "执法证号") == "officer_id"
