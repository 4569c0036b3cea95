"""A statement filled in on the desk is a row that intake reads like any other."""

import pytest

from dalian_eval.base.csvfile import read_csv
from dalian_eval.base.errors import UsageError
from dalian_eval.intake import clean
from dalian_eval.jobs.register_statement import FILE, dates_of_plan, register, stated
from tests.faults.elsewhere import ROOT

TIE = {
    "matter": "并列定序",
    "about": "32020001",
    "date": "2024-08-15",
    "content": "1",
    "handler": "综合科",
    "basis": "会议纪要〔2024〕3号",
}


def test_statements_are_numbered_and_read(tmp_path):
    raw = tmp_path / "raw"
    assert register(raw, TIE) == "CZT2024001"
    assert register(raw, TIE | {"about": "32020002", "content": " 2 "}) == "CZT2024002"
    assert register(raw, TIE | {"date": "2025-01-06"}) == "CZT2025001"
    rows = stated(raw)
    assert rows["内容"].tolist() == ["1", "2", "1"]
    assert rows["编号"].tolist() == ["CZT2024001", "CZT2024002", "CZT2025001"]
    report = clean(raw, tmp_path / "clean", headers=ROOT / "params/headers.yaml")
    assert report.sources["table"].tolist() == ["registrations"]
    assert report.sources["accepted"].tolist() == [3]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"about": " "}, "『对象』没有填"),
        ({"date": ""}, "『日期』没有填"),
        ({"date": "8月15日"}, "『日期』不是日期"),
        ({"date": "2024-02-30"}, "『日期』不是日期"),
        ({"date": "0024-08-15"}, "『日期』不是日期"),
        ({"matter": "什么"}, "『事项』须是时间节点、并列定序、预审案卷、其他之一"),
        ({"content": "=1+1"}, "『内容』要写成一行"),
        ({"basis": "甲\n乙"}, "『依据』要写成一行"),
        ({"handler": "某" * 501}, "『经办人』要写成一行，不超过500字"),
    ],
)
def test_what_cannot_be_registered_is_told_and_changes_nothing(tmp_path, cells, said):
    register(tmp_path, TIE)
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(UsageError, match=said):
        register(tmp_path, TIE | cells)
    assert (tmp_path / FILE).read_bytes() == before


def test_the_longest_cell_is_kept(tmp_path):
    register(tmp_path, TIE | {"content": "某" * 500})
    assert read_csv(tmp_path / FILE)["内容"].tolist() == ["某" * 500]


@pytest.mark.parametrize("content", ["别的,表\n1,2\n", "", "编号\n"])
def test_a_file_that_is_not_ours_any_more_is_not_overwritten(tmp_path, content):
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="移走后再登记"):
        register(tmp_path, TIE)
    assert (tmp_path / FILE).read_text(encoding="utf-8") == content


def test_the_dates_of_the_plan_are_offered():
    assert "参赛人员集训" in dates_of_plan(ROOT)
