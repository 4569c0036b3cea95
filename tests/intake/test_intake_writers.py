"""The same table by both writers of .xlsx, and what only one of them makes."""

from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula

HEADER = ["记录编号", "单位编码", "检查人员", "检查时间", "上传时间", "有效", "检查对象"]
ROWS = [
    ["R1", "D01", "06120001", datetime(2024, 3, 5, 10), "2024-03-05T02:30:00Z", True, "甲厂"],
    ["R2", "D01", 6120002, "2024年3月5日 下午4:30", 45356.5, "√", "=1+1 是文字"],
    ["R3", "D02", "甲\n乙", "2024/3/5 星期二 9:05", "20240305093000", "否", " <b>乙</b> "],
]
EXPECTED = [
    ("R1", ["06120001"], datetime(2024, 3, 5, 10), datetime(2024, 3, 5, 10, 30), True, "甲厂"),
    (
        "R2",
        ["6120002"],
        datetime(2024, 3, 5, 16, 30),
        datetime(2024, 3, 5, 12),
        True,
        "=1+1 是文字",
    ),
    (
        "R3",
        ["甲", "乙"],
        datetime(2024, 3, 5, 9, 5),
        datetime(2024, 3, 5, 9, 30),
        False,
        "<b>乙</b>",
    ),
]


def _by_openpyxl(path, since_1904):
    book = openpyxl.Workbook()
    if since_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = "检查记录"
    sheet.append(["2024年3月检查记录"])
    sheet.merge_cells("A1:G1")
    for row in [HEADER, *ROWS]:
        sheet.append(row)
    if since_1904:
        sheet["E4"] = 43894.5
    sheet["G4"].data_type = "s"
    book.save(path)


def _by_xlsxwriter(path, since_1904):
    options = {"date_1904": since_1904, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(path, options)
    sheet = book.add_worksheet("检查记录")
    sheet.merge_range("A1:G1", "2024年3月检查记录")
    moment = book.add_format({"num_format": 'yyyy"年"m"月"d"日" h:mm'})
    for number, row in enumerate([HEADER, *ROWS], 1):
        sheet.write_row(number, 0, row, moment if number == 2 else None)
    if since_1904:
        sheet.write(3, 4, 43894.5)
    book.close()


@pytest.mark.parametrize("write", [_by_openpyxl, _by_xlsxwriter])
@pytest.mark.parametrize("since_1904", [False, True])
def test_both_writers_in_both_date_systems(office, write, since_1904):
    write(office.raw / "a.xlsx", since_1904)
    office.clean()
    assert office.codes() == []
    names = ("record_id", "inspectors", "inspected_at", "uploaded_at", "valid", "target")
    assert [tuple(row[name] for name in names) for row in office.rows("inspections")] == EXPECTED


def test_rich_text_array_formulas_comments_and_links(office):
    def dress(book):
        sheet = book["单位"]
        sheet["B2"] = CellRichText("东", TextBlock(InlineFont(b=True), "片"))
        sheet["C2"] = ArrayFormula("C2:C3", "=A2:A3")
        sheet["A3"].hyperlink = "https://example.invalid/"
        sheet["A3"].alignment = Alignment(wrap_text=True)

    rows = [["单位编码", "单位名称", "上级单位编码"], ["D01"], ["D02", "西片"]]
    office.xlsx("a.xlsx", dress, 单位=rows)
    office.clean()
    assert office.column("units", "name") == ["西片"]
    # openpyxl stores no value: the formula is told, not computed.
    assert office.codes() == ["formula_without_value"]


def test_chart_sheets_are_told(office):
    book = xlsxwriter.Workbook(office.raw / "a.xlsx")
    sheet = book.add_worksheet("单位")
    sheet.write_column(0, 0, ["单位编码", "D01"])
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=单位!$A$1:$A$2"})
    book.add_chartsheet("图").set_chart(chart)
    book.close()
    assert office.clean().supplied == ("units",)
    assert office.status("a.xlsx", "图") == (
        "unrecognised",
        "图表页或宏表，没有单元格数据，没有读取。",
    )


def test_very_wide_sheets(office):
    wide = ["单位编码", *[f"备注{i}" for i in range(800)], "单位名称"]
    office.xlsx("a.xlsx", 单位=[wide, ["D01", *[""] * 800, "东片"]])
    office.clean()
    assert office.column("units", "name") == ["东片"]


def test_merged_cells_across_key_columns(office):
    def merge(book):
        sheet = book["自动监测"]
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B3:B4")

    header = ["单位编码", "月份", "应传数", "即时有效数", "补全有效数"]
    rows = [
        ["D01", "2024年1月", 10, 9, 9],
        [None, "2024年2月", 10, 9, 9],
        ["D02", None, 10, 9, 9],
    ]
    office.xlsx("a.xlsx", merge, 自动监测=[header, *rows])
    office.clean()
    assert [(r["unit_id"], r["month"]) for r in office.rows("automonitor")] == [
        ("D01", "2024-01"),
        ("D01", "2024-02"),
        ("D02", "2024-02"),
    ]


def test_a_merged_block_fills_its_first_column_only(office):
    def merge(book):
        book["任职"].merge_cells("A2:B3")

    header = ["执法证号", "单位编码", "到岗日期"]
    rows = [["061", None, date(2023, 1, 1)], [None, None, date(2024, 1, 1)]]
    office.xlsx("a.xlsx", merge, 任职=[header, *rows])
    report = office.clean()
    assert office.codes() == ["blank_mandatory"] * 2
    assert report.quarantine["column"].to_list() == ["单位编码"] * 2
