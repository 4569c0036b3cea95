"""Which table a sheet is, and what is said when that is not clear."""

import legacy
import pytest


def test_two_tables_that_fit_equally_are_named(office):
    office.csv(
        "导出.csv", ["编号", "对象类型", "对象", "类型", "日期"], ["1", "单位", "D", "x", ""]
    )
    office.clean()
    status, note = office.status("导出.csv")
    assert status == "unrecognised"
    assert "同时合于『质量问题』、『纪律』" in note
    assert "改为其中一张的标准表名" in note


def test_unknown_sheets_are_told_what_is_missing_and_probably_meant(office):
    office.csv("导出.csv", ["证号", "名字", "在编否"], ["1", "甲", "是"])
    office.csv("导出2.csv", ["姓名", "在编", "证号码"], ["甲", "是", "1"])
    office.clean()
    for file in ("导出.csv", "导出2.csv"):
        note = office.status(file)[1]
        assert "人员（7 列中对上" in note
        assert "是否想填『执法证号』？" in note


def test_nothing_alike(office):
    office.csv("导出.csv", ["甲", "乙"], ["1", "2"])
    office.clean()
    assert "没有相近的表" in office.status("导出.csv")[1]


@pytest.mark.parametrize(
    "header",
    [
        ["执法证号：", "※姓名", "在 编（是/否）"],
        ["执法证\r\n号码", "*人员姓名*", "在编 "],
        ["证件号（必填）", "姓　名", "在编"],
    ],
)
def test_headers_with_marks_units_and_breaks(office, header):
    office.csv("人员.csv", header, ["061", "甲某", "√"])
    office.clean()
    assert office.rows("officers")[0]["name"] == "甲某"
    assert office.column("officers", "established") == [True]


def test_header_below_many_title_rows(office):
    titles = [[f"说明第{i}条", ""] for i in range(30)]
    office.csv("人员.csv", *titles, ["执法证号", "姓名"], ["061", "甲某"])
    report = office.clean()
    assert report.sources["header_row"].to_list() == [31]


def test_a_legacy_workbook_without_a_date_system_leaves_dates_open(office):
    header = ["案件编号", "单位编码", "案件类型", "决定日期"]
    rows = [["1号", "D", "移送", 45356.0], ["2号", "D", "移送", "2024-03-05"]]
    office.bytes("案件.xls", legacy.xls([header, *rows], sheet="案件", date1904=None))
    report = office.clean()
    assert office.column("cases", "case_id") == ["2号"]
    assert "2024-03-05 或 2028-03-06" in report.quarantine["reason"][0]


def test_names_with_another_middle_dot_resolve(office):
    office.people()
    office.csv("人员2.csv", ["执法证号", "姓名"], ["0612009", "买买提·某"])
    office.csv("任职2.csv", ["执法证号", "单位编码", "到岗日期"], ["0612009", "D01", "2023-01-01"])
    office.csv(
        "检查记录.csv",
        ["记录编号", "单位编码", "检查人员", "检查时间"],
        ["R1", "D01", "买买提•某、甲　某", "2024-03-05"],
    )
    office.clean()
    assert office.column("inspections", "inspectors") == [["0612009", "06120001"]]
