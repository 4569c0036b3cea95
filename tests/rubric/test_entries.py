"""Which words the rubric looks for in lists, held against the law's own lists."""

from pathlib import Path

from dalian_eval.rubric.entries import entries_read
from dalian_eval.rubric_file.load import load_rubric

RUBRIC = load_rubric(Path(__file__).parents[2] / "params/rubrics/2024.yaml")


def test_the_words_of_lists_are_those_of_the_clauses():
    found = entries_read((RUBRIC.unit, RUBRIC.officer))
    new = {"自然保护地", "土壤", "地下水", "温室气体", "规模畜禽", "新化学物质", "ODS", "核与辐射"}
    key = {"第三方弄虚作假", "危险废物", "自动监测", "举报奖励"}
    assert set(found["cases.fields"]) == new | key
    assert set(found["contests.content"]) == {"新技术新装备", "案卷制作", "知识竞赛", "队列展示"}
    assert found["cases.platforms"] == found["cases.techniques"] == ()
    assert "case_reviews.fatal" not in found
    assert "inspections.inspectors" not in found


def test_a_section_by_itself_knows_its_own_words():
    assert "土壤" not in entries_read((RUBRIC.officer,))["cases.fields"]
