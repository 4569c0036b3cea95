"""Workbooks of other writers: XML in unusual spelling, formulas nobody computed, tables stacked."""

import io
import re
import zipfile

import pytest
import xlsxwriter
from packages import inline, package

STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="[$-804]00000000;@"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="170"/></cellXfs>'
)
HEADER = ["单位编码", "轮次", "结束日期", "得分"]


def _round(cells):
    rows = inline(1, *HEADER) + f"<row r='2'>{cells}</row>"
    return package(rows, sheet="远程帮扶得分", styles=STYLES)


UNIT = '<c r="A2" t="inlineStr"><is><t>D01</t></is></c>'


@pytest.mark.parametrize(
    "cells",
    [
        UNIT + "<c r='B2' s='2'><v>7</v></c><c r='D2' s='1'><v>0.94</v></c>",
        UNIT + '<c r="B2" s = "2"><v>7</v></c><c r="D2" s\n="1"><v>0.94</v></c>',
        UNIT + '<c r="B2" s="2"><v><![CDATA[7]]></v></c><c r="D2"><v><![CDATA[94]]></v></c>',
        UNIT + '<c r="B2" s="2"><v>7<!-- 号 --></v></c><c r="D2"><v>9<!-- 十 -->4</v></c>',
        UNIT + '<c r="B2" s="2"><v>7</v></c><c r="D2"><v>9<?p?>4</v></c>',
    ],
)
def test_xml_that_few_write(office, cells):
    office.bytes("a.xlsx", _round(cells))
    office.clean()
    (row,) = office.rows("remote_scores")
    assert (row["round"], row["score"]) == ("00000007", 94)


def test_error_in_single_quotes_is_no_blank(office):
    score = '<c r="D2"><v>94</v></c>'
    office.bytes(
        "a.xlsx", _round(UNIT + f"<c r='B2'><v>7</v></c><c r='C2' t='e'><v>#N/A</v></c>{score}")
    )
    office.clean()
    assert office.codes() == ["error_cell"]


def test_texts_keep_what_xml_escapes(office):
    cells = "<c r='A2' t='inlineStr'><is><t>D&lt;&amp;&#13;\n&quot;1</t></is></c>"
    rows = inline(1, "编号", "类型", "单位编码", "主题")
    rows += f"<row r='2'>{cells}<c r='B2' t='inlineStr'><is><t>业务学习</t></is></c>"
    rows += (
        "<c r='C2'><v>1</v></c><c r='D2' t='inlineStr'><is><t a='&quot;'>a&lt;b</t></is></c></row>"
    )
    office.bytes("a.xlsx", package(rows, sheet="活动"))
    office.clean()
    (row,) = office.rows("activities")
    assert (row["activity_id"], row["topic"]) == ('D<&\r\n"1', "a<b")


def test_zero_that_xlsxwriter_stores_for_a_formula_is_no_value(office):
    with xlsxwriter.Workbook(office.raw / "a.xlsx") as book:
        sheet = book.add_worksheet("远程帮扶得分")
        for number, row in enumerate([HEADER, ["D01", 1], ["D01", 2], ["D01", 3, None, 0]]):
            sheet.write_row(number, 0, row)
        sheet.write_formula("D2", "=47*2")
        sheet.write_formula("D3", "=47*2", None, 94)
    office.clean()
    assert office.codes() == ["formula_without_value"]
    assert [(r["round"], r["score"]) for r in office.rows("remote_scores")] == [("2", 94), ("3", 0)]


UNITS = [["单位编码", "单位名称"], ["D01", "东片"]]
OFFICERS = [["证件号", "姓名"], ["06120001", "甲某"]]


@pytest.mark.parametrize(
    ("rows", "first", "second"),
    [
        ([*UNITS, *OFFICERS], 1, 3),
        ([*UNITS, [None], ["人员表"], *OFFICERS], 1, 5),
        ([*UNITS, ["单位名称", "单位编码"], ["西片", "D02"]], 1, 3),
        ([*OFFICERS, [None], *UNITS], 4, 1),
    ],
)
def test_two_tables_on_one_sheet_are_not_mixed_up(office, rows, first, second):
    office.csv("人员.csv", ["执法证号"], ["06120009"])
    office.xlsx("a.xlsx", 单位=rows)
    report = office.clean()
    status, note = office.status("a.xlsx", "单位")
    assert status == "refused"
    assert f"第 {first} 行是表头，第 {second} 行又是一行不同的表头" in note
    assert report.supplied == ("officers",)


def test_exports_joined_with_their_headers_are_one_table(office):
    office.csv("单位.csv", *UNITS, ["单位编码", "单位名称（全称）"], ["D02", "西片"])
    office.clean()
    assert office.column("units", "name") == ["东片", "西片"]
    assert "重复的表头 1 行（第 3 行）" in office.status("单位.csv")[1]


def test_sheets_of_one_name_are_not_read_twice(office):
    office.csv("单位.csv", *UNITS)
    books = [package(inline(1, "单位编码") + inline(2, unit)) for unit in ("D08", "D09")]
    parts = [zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml") for book in books]
    out = io.BytesIO(books[0])
    with zipfile.ZipFile(out) as first, zipfile.ZipFile(office.raw / "a.xlsx", "w") as both:
        for name in first.namelist():
            content = first.read(name)
            if name == "xl/workbook.xml":
                sheet = re.search(b"<sheet .*?/>", content)[0]
                more = sheet.replace(b'Id="1"', b'Id="2"').replace(b"rId1", b"rId2")
                content = content.replace(sheet, sheet + more)
            elif name == "xl/_rels/workbook.xml.rels":
                line = re.search(b"<Relationship .*?/>", content)[0]
                more = line.replace(b"rId1", b"rId2").replace(b"sheet1", b"sheet2")
                content = content.replace(line, line + more)
            both.writestr(name, content)
        both.writestr("xl/worksheets/sheet2.xml", parts[1])
    office.clean()
    assert "同名的工作表" in office.status("a.xlsx")[1]
    assert office.column("units", "unit_id") == ["D01"]


def test_a_percentage_at_a_place_in_small_letters(office):
    score = UNIT + '<c r="B2"><v>7</v></c><c r="d2" s="1"><v>0.94</v></c>'
    office.bytes("a.xlsx", _round(score))
    office.clean()
    assert office.column("remote_scores", "score") == [94]


def test_a_header_merged_over_three_rows_is_one_header(office):
    def merge(book):
        for area in ("A1:A3", "B1:B3", "C1:E1", "D2:E2"):
            book["监督帮扶得分"].merge_cells(area)

    rows = [
        ["轮次", "执法证号", "得分情况"],
        [None, None, "任务", "问题与材料"],
        [None, None, "任务得分", "问题得分", "材料得分"],
        ["1", "061", 80, 70, 60],
    ]
    office.xlsx("a.xlsx", merge, 监督帮扶得分=rows)
    office.clean()
    (row,) = office.rows("air_scores")
    assert (row["round"], row["task"], row["materials"]) == ("1", 80, 60)
