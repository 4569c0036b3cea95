"""The search before the edition is handed out: names are found, words are not taken for names."""

import json

import pytest

from dalian_eval.base.errors import DalianError
from dalian_eval.outputs.csv_files import table_frame, write_table
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.public.identifiers import Finder, identifiers
from dalian_eval.public.language import Language
from dalian_eval.public.sayings import list_text
from dalian_eval.public.scan import refuse_names
from dalian_eval.rubric_file.load import load_rubric
from tests.public.conftest import ROOT

WORDS = ["高峰", "单位", "满分", "齐全", "程序", "项目", "全年", "计算"]
"""Names that are words, too."""


@pytest.fixture(scope="module")
def language():
    rubric = load_rubric(ROOT / "params/rubrics/2024.yaml")
    notes = ("早晚高峰期执法检查不重复计分。",)
    return Language(rubric.model_copy(update={"notes": notes}), ["东片执法局"])


def search(folder, language, file, content, known=()):
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    everybody = [*WORDS, "甲某", "06120001", "示环罚〔2024〕12号", "某某化工（大连）有限公司"]
    refuse_names(folder, dict.fromkeys([*everybody, *known], "『人员』表的『姓名』"), language)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("a.html", "<p>得分最高的是甲某。</p>"),
        ("a.html", "<p>得分最高的是&#30002;&#26576;。</p>"),
        ("a.html", '<p title="甲某">P1</p>'),
        ("a.html", "<p>P1</p><!-- 甲某 -->"),
        ("a.html", '<a href="b/officer-06120001.html">P1</a>'),
        ("a.html", '<a href="b/%E7%94%B2%E6%9F%90.html">P1</a>'),
        ("a.html", "<script>var who = '06120001';</script>"),
        ("a.html", "<p>上传记录：某某化工（大连）有限公司，得1分</p>"),
        ("a.csv", "kind,candidate\nofficer,06120001\n"),
        ("a.csv", 'reason\n"一案，示环罚〔2024〕12号"\n'),
        ("a.json", json.dumps({"甲某": 1})),
        ("a.json", json.dumps({"x": [{"y": "06120001"}]})),
        ("甲某/a.csv", "kind\nofficer\n"),
        ("officer-06120001.csv", "kind\nofficer\n"),
        # A word that is a name, where the program and the rubric do not say it.
        ("a.html", "<p>高峰，2024-05-03，得1分</p>"),
        ("a.html", "<p>主要承办人高峰得1分</p>"),
        ("a.csv", "name\n主要承办人齐全\n"),
    ],
)
def test_a_name_is_found_wherever_it_stands(tmp_path, language, file, content):
    with pytest.raises(DalianError, match=r"公开版没有生成.*『人员』表的『姓名』") as caught:
        search(tmp_path, language, file, content)
    assert caught.value.exit_code == 1
    assert caught.value.args[0].count("\n") == 0


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("a.html", "<ul><li>早晚高峰期执法检查不重复计分。</li></ul>"),
        ("a.html", "<p>各条款资料齐全。</p><th>单位</th>"),
        ("a.csv", "reason\n12个月全部达标，得满分4分，除已计3.6分外补足0.4分\n"),
        ("a.html", "<p>2024061200019、106120001、06120001a</p>"),
        ("a.json", json.dumps({"name": "东片执法局", "points": 40.5})),
    ],
)
def test_a_word_is_not_taken_for_a_name(tmp_path, language, file, content):
    search(tmp_path, language, file, content)


def test_what_cannot_be_searched_is_refused(tmp_path, language):
    for file, content in {
        "a.xlsx": "PK",
        "a.png": "PNG",
        "a.html": '<img src="data:image/png;base64,AAAA" alt="x">',
    }.items():
        with pytest.raises(DalianError, match=r"公开版没有生成"):
            search(tmp_path / file, language, file, content)


def test_an_identifier_with_a_long_number_is_no_word(tmp_path, language):
    rubric = load_rubric(ROOT / "params/rubrics/2024.yaml")
    spoken = Language(rubric.model_copy(update={"notes": ("如06120001所示",)}), [])
    with pytest.raises(DalianError):
        search(tmp_path, spoken, "a.html", "<p>如06120001所示</p>")


def test_what_is_looked_for(tmp_path):
    quarantined = json.dumps(
        {"姓名": "乙某", "数": "12345", "日": "2024-03-05"}, ensure_ascii=False
    )
    for name, column, values in (
        ("quarantine", "cells", [quarantined, ""]),
        ("sheets", "sheet", ["丙某的表", ""]),
    ):
        rows = [{"row": 2, column: value} for value in values]
        write_table(name, table_frame(OUTPUTS[name], rows), tmp_path)
    found = identifiers(tmp_path, ["丁某/戊某.xlsx"])
    assert set(found) == {"乙某", "丙某的表", "丁某", "戊某.xlsx", "戊某"}


def test_one_identifier_within_another():
    finder = Finder(["甲某", "甲某某", "某某公司"])
    assert [found for _, found in finder.places("问甲某某公司")] == ["甲某", "甲某某", "某某公司"]


def test_the_list_of_what_the_program_says_is_current():
    package = ROOT / "dalian_eval"
    told = (package / "public" / "sayings.txt").read_text(encoding="utf-8")
    assert told == list_text(package), "python -m dalian_eval.public.sayings"
