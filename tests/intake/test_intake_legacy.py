"""Legacy workbooks (.xls): read like the new ones."""

from datetime import date

import legacy
from legacy import Error, Formula, Padded

CASES = ["案件编号", "单位编码", "案件类型", "决定日期"]


def test_rows_with_their_numbers(office):
    office.xls("案件.xls", ["标题"], CASES, ["1号", "D01", "移送", 45292.0], ["2号", None, "移送"])
    report = office.clean()
    assert office.column("cases", "decided_on") == [date(2024, 1, 1)]
    assert report.quarantine["row"].to_list() == [4]


def test_date_system_of_1904(office):
    office.xls("案件.xls", CASES, ["1号", "D01", "移送", 43830.0], date1904=True)
    office.clean()
    assert office.column("cases", "decided_on") == [date(2024, 1, 1)]


def test_errors_are_not_blanks(office):
    rows = [["1号", "D", "移送", Error(0x2A)], ["2号", "D", "移送", Error(0x07, formula=True)]]
    office.xls("案件.xls", CASES, *rows)
    report = office.clean()
    assert office.codes() == ["error_cell", "error_cell"]
    assert report.quarantine["value"].to_list() == ["#N/A", "#DIV/0!"]


def test_leading_zeros_by_cell_format(office):
    office.xls("人员.xls", ["执法证号"], [Padded(6120001)], [6120002.0])
    office.clean()
    assert office.column("officers", "officer_id") == ["06120001", "6120002"]


def test_merged_cells_fill_down(office):
    header = ["单位编码", "事项"]
    rows = [["D01", "车辆统一标识"], [None, "场所装备标识"]]
    office.xls("单位事项.xls", header, *rows, merged=[(1, 2, 0, 0)])
    office.clean()
    assert office.column("unit_facts", "unit_id") == ["D01", "D01"]


def test_hidden_and_protected(office):
    office.xls("案件.xls", CASES, sheet="案件", hidden=True)
    office.xls("人员.xls", ["执法证号"], sheet="人员", password=True)
    assert office.clean().supplied == ()
    assert office.status("案件.xls", "案件")[0] == "hidden"
    assert "密码" in office.status("人员.xls")[1]


def test_absurd_sizes_are_refused_before_anything_is_laid_out(office):
    whole = legacy.xls([CASES], sheet="案件")
    dimensions = whole.index(b"\x00\x02\x0e\x00") + 4
    for number, (place, value) in enumerate(
        [
            (dimensions, b"\xff\xff\xff\xff"),  # first row after the last
            (dimensions + 4, b"\xff\xff\xff\x7f"),  # 2147483647 rows
            (dimensions + 14 + 6, b"\xff\xff"),  # a cell in column 65536
            (44, b"\xff\xff\xff\x7f"),  # more allocation tables than sectors
        ]
    ):
        broken = bytearray(whole)
        broken[place : place + len(value)] = value
        office.bytes(f"案件{number}.xls", bytes(broken))
    office.xls("单位.xls", ["单位编码"], ["D01"], sheet="单位")
    assert office.clean().supplied == ("units",)
    sheets = office.report.sheets
    notes = sheets[sheets["status"] == "refused"]["note"]
    assert len(notes) == 4
    assert notes.str.contains("已损坏").all()


def test_workbooks_of_excel_95(office):
    rows = [["执法证号", "姓名"], [6120001.0, "甲某"]]
    office.bytes("人员.xls", legacy.xls95(rows, sheet="人员"))
    office.csv("单位.csv", ["单位编码"], ["D01"])
    assert office.clean().supplied == ("units",)
    assert "Excel 95 或更早的格式" in office.status("人员.xls")[1]


def test_results_of_formulas_keep_their_cell_format(office):
    office.xls("人员.xls", ["执法证号"], [Formula(6120001)], office=True)
    office.clean()
    assert office.column("officers", "officer_id") == ["06120001"]


def test_formulas_of_libraries_that_do_not_compute(office):
    rows = [["1号", "D", "移送", Formula("")], ["2号", "D", "移送", Formula(0, flags=2)]]
    office.xls("案件.xls", CASES, *rows)
    office.clean()
    assert office.codes() == ["formula_without_value"] * 2


def test_an_empty_text_is_the_result_a_spreadsheet_program_computed(office):
    office.xls("案件.xls", CASES, ["1号", "D", "移送", Formula("")], office=True)
    office.clean()
    assert office.column("cases", "decided_on") == [None]
