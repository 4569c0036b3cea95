"""What forms put around the records: titles, units, column numbers, totals, page repeats, notes."""

from datetime import date

import pytest

SCORES = ["序号", "轮次", "执法证号", "任务得分", "问题得分", "材料得分", "备注"]


def score(number, officer):
    return [number, "3", officer, "1", "2", "3", ""]


def test_units_in_brackets_under_the_header_and_column_numbers(office):
    office.csv(
        "监督帮扶得分.csv",
        ["2024年第3轮监督帮扶得分表", *[""] * 6],
        SCORES,
        ["", "", "", "（分）", "（分）", "（分）", ""],
        ["甲", "乙", "丙", "1", "2", "3", "4"],
        score("1", "061"),
    )
    report = office.clean()
    assert office.column("air_scores", "officer_id") == ["061"]
    assert report.sources["header_row"].to_list() == [3]
    assert office.codes() == []
    assert "栏号行 1 行（第 4 行）" in office.status("监督帮扶得分.csv")[1]


@pytest.mark.parametrize("numbers", [["1", "2", "3"], ["(1)", "（2）", "(3)"], ["栏次", "1", "2"]])
def test_column_numbers(office, numbers):
    office.csv("任职.csv", ["执法证号", "单位编码", "到岗日期"], numbers, ["061", "D", "2023-1-1"])
    office.clean()
    assert office.column("postings", "officer_id") == ["061"]
    assert office.codes() == []


def test_units_in_a_second_header_row_with_merged_cells(office):
    def merge(book):
        for cells in ("A1:A2", "B1:B2", "C1:E1"):
            book["监督帮扶得分"].merge_cells(cells)

    rows = [
        ["轮次", "执法证号", "得分（分）", None, None],
        [None, None, "任务", "问题", "材料"],
        ["3", "061", 1, 2, 3],
    ]
    office.xlsx("a.xlsx", merge, 监督帮扶得分=rows)
    office.clean()
    assert [str(row["task"].normalize()) for row in office.rows("air_scores")] == ["1"]


@pytest.mark.parametrize(
    "row",
    [
        ["合计", "", "2", "", "", "", ""],
        ["", "", "合计：", "3", "4", "5", ""],
        ["", "总 计", "", "9", "9", "9", ""],
        ["", "", "", "小计（分）", "4", "5", ""],
        ["本页合计", "", "", "3", "4", "5", ""],
        ["东片小计", "", "", "3", "4", "5", ""],
        ["", "合计12人", "", "", "", "", ""],
        ["　合　计　", "", "", "", "", "", ""],
    ],
)
def test_totals_wherever_they_stand(office, row):
    office.csv("监督帮扶得分.csv", SCORES, score("1", "061"), row, score("2", "062"))
    office.clean()
    assert office.counts("监督帮扶得分.csv")["rows_read"] == 2
    assert office.codes() == []
    assert "合计行 1 行（第 3 行）" in office.status("监督帮扶得分.csv")[1]


@pytest.mark.parametrize(
    "rows",
    [
        [["填表人：甲某", "", "", "审核：乙某", "", "填报日期：2024-11-1", ""]],
        [["制表人：", "丙某", "审核人：", "丁某", "联系电话：", "04110000000", ""]],
        [["注：1.得分保留一位小数"], ["2.本表一式两份"]],
        [["", "", "", "", "", "单位负责人（签字）：", ""]],
        [["备注：无"], ["第1页，共1页"]],
        [["以下空白"]],
        [["共2条记录"]],
    ],
)
def test_notes_below_are_no_rows(office, rows):
    office.csv("监督帮扶得分.csv", SCORES, score("1", "061"), score("2", "062"), *rows)
    office.clean()
    assert office.counts("监督帮扶得分.csv")["rows_read"] == 2
    assert f"表尾说明 {len(rows)} 行" in office.status("监督帮扶得分.csv")[1]


def test_note_in_the_key_column_is_no_record(office):
    office.csv("单位.csv", ["单位编码", "单位名称"], ["D01", "东片"], ["填表人：甲某", "审核：乙"])
    office.clean()
    assert office.column("units", "unit_id") == ["D01"]


@pytest.mark.parametrize(
    "row",
    [
        ["1", "", "061", "1", "2", "3", "说明：缺轮次"],
        ["备注：补报", "", "06120001", "1", "2", "3", ""],
        ["", "", "061", "1", "2", "3", "材料费合计"],
        ["", "3", "061", "x", "2", "3", "合计"],
    ],
)
def test_incomplete_records_are_never_taken_for_notes(office, row):
    office.csv("监督帮扶得分.csv", SCORES, row)
    office.clean()
    assert office.counts("监督帮扶得分.csv")["quarantined"] == 1


def test_pages_repeat_title_and_both_header_rows(office):
    page = [
        ["东环县执法人员一览表", "", "", ""],
        ["执法证号", "姓名", "证件有效期", ""],
        ["", "", "起", "止"],
    ]
    office.csv(
        "人员.csv",
        *page,
        ["061", "甲某", "2021-01-01", "2026-01-01"],
        ["第1页 共2页", "", "", ""],
        *page,
        ["062", "乙某", "2021-01-01", ""],
    )
    office.clean()
    assert office.column("officers", "valid_to") == [date(2026, 1, 1), None]
    assert office.counts("人员.csv")["rows_read"] == 2
    assert "重复的表头 3 行（第 6、7、8 行）" in office.status("人员.csv")[1]


def test_hidden_rows_and_columns_are_data_like_filtered_ones(office):
    def hide(book):
        sheet = book["单位"]
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.auto_filter.ref = "A1:B3"
        sheet.auto_filter.add_filter_column(0, ["D02"])

    rows = [["单位编码", "单位名称"], ["D01", "东片"], ["D02", "西片"]]
    office.xlsx("a.xlsx", hide, 单位=rows)
    office.clean()
    assert office.column("units", "name") == ["东片", "西片"]


@pytest.mark.parametrize(
    "title", ["说明：危废专项", "备注：第二期", "附：清单", "第1页", "注1.简报"]
)
def test_records_whose_title_reads_like_a_note_are_kept(office, title):
    rows = [[title, "X1", "简报", "D01"], ["填表人：甲某", "审核人：乙某", None, "D01"]]
    office.xlsx("a.xlsx", 宣传=[["标题", "编号", "类型", "单位编码"], *rows])
    office.clean()
    assert office.column("publicity", "title") == [title]
    assert office.counts("a.xlsx")["rows_read"] == 1
    assert "表尾说明 1 行（第 3 行）" in office.status("a.xlsx", "宣传")[1]


def test_a_count_in_the_code_column_is_still_a_total(office):
    office.csv("单位.csv", ["单位名称", "单位编码"], ["东片", "D01"], ["合计", "1"])
    office.clean()
    assert office.column("units", "unit_id") == ["D01"]
