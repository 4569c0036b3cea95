"""Workbooks as other programs lay them out: parts, names, encodings, strings, formulas, formats."""

from datetime import date, datetime

import pytest
from packages import STRICT_MAIN, STRICT_OFFICE, inline, package

from dalian_eval.intake.files.workbooks.xlsx_parts import usual_package

UNITS = inline(1, "单位编码", "单位名称") + inline(2, "D01", "东片")
CASES = inline(1, "案件编号", "单位编码", "案件类型", "决定日期", "检查记录编号")


@pytest.mark.parametrize(
    "oddity",
    [
        {"target": "/xl/worksheets/sheet1.xml"},
        {"target": "./worksheets/sheet1.xml"},
        {"target": "..\\xl\\worksheets\\sheet1.xml"},
        {"workbook": "xl/book.xml"},
        {"workbook": "parts/workbook.xml", "target": "../xl/worksheets/sheet1.xml"},
        {"separator": "\\"},
        {"encoding": "UTF-16"},
        {"main": STRICT_MAIN, "office": STRICT_OFFICE},
        {"more": {"xl/externalLinks/externalLink1.xml": b"<x/>", "xl/pivotCache/p.xml": b"<x/>"}},
    ],
    ids=lambda oddity: "-".join(oddity),
)
def test_parts_are_found_where_the_package_says(office, oddity):
    office.bytes("a.xlsx", package(UNITS, **oddity))
    office.clean()
    assert office.rows("units")[0]["name"] == "东片"


def test_a_usual_package_is_not_touched(office):
    content = office.xlsx("a.xlsx", 单位=[["单位编码"], ["D01"]]).read_bytes()
    assert usual_package(content) is content


def test_cells_without_references_and_with_single_quotes(office):
    plain = "<row><c t='inlineStr'><is><t>单位编码</t></is></c></row>"
    office.bytes("a.xlsx", package(plain + plain.replace("单位编码", "D01")))
    office.bytes("b.xlsx", package(UNITS.replace('"', "'").replace("D01", "D02")))
    office.clean()
    assert office.column("units", "unit_id") == ["D01", "D02"]


def test_a_cell_stands_where_its_own_name_says(office):
    error = '<row r="2"><c r="A4" t="e"><v>#N/A</v></c></row>'
    office.bytes("a.xlsx", package(UNITS + error))
    report = office.clean()
    assert report.quarantine[["row", "code"]].to_numpy().tolist() == [[4, "error_cell"]]


def test_shared_rich_and_phonetic_strings(office):
    strings = (
        "<si><t>单位编码</t></si><si><t>单位名称</t></si><si><t>D01</t></si>"
        '<si><r><rPr><b/></rPr><t xml:space="preserve">东 </t></r><r><t>片</t></r>'
        '<rPh sb="0" eb="1"><t>dong</t></rPh><phoneticPr fontId="1"/></si>'
    )
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>{2 * row - 2}</v></c>'
        f'<c r="B{row}" t="s"><v>{2 * row - 1}</v></c></row>'
        for row in (1, 2)
    )
    office.bytes("a.xlsx", package(rows, strings=strings, strings_part="SharedStrings.xml"))
    office.clean()
    assert office.column("units", "name") == ["东 片"]


def test_escaped_line_breaks(office):
    office.bytes(
        "a.xlsx", package(inline(1, "单位编码", "单位名称") + inline(2, "D1", "甲_x000D_\n乙"))
    )
    office.clean()
    assert office.column("units", "name") == ["甲\n乙"]


@pytest.mark.parametrize(
    ("cell", "record"),
    [
        ('t="str"><f>A1</f><v>R1</v>', "R1"),
        ("><f>1+1</f><v>2</v>", "2"),
        ('><f t="array" ref="E2:E3">A1</f><v>3</v>', "3"),
        ('><f t="shared" si="0"/><v>4</v>', "4"),
        ('><f t="dataTable" ref="E2" dt2D="1"/><v>7</v>', "7"),
        ('t="str"><f>[1]Sheet1!A1</f><v>外部</v>', "外部"),
        ('t="str"><f>DDE("cmd","/C calc","x")</f><v>R9</v>', "R9"),
    ],
)
def test_stored_values_of_formulas_count(office, cell, record):
    row = inline(2, "1号", "D01", "移送", "2024-03-05")
    office.bytes(
        "a.xlsx",
        package(CASES + row.replace("</row>", f'<c r="E2" {cell}</c></row>'), sheet="案件"),
    )
    office.clean()
    assert office.column("cases", "record_id") == [record]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('t="b"><f>A1=B1</f><v>1</v>', "bad_code"),
        ('t="e"><f>A1</f><v>#REF!</v>', "error_cell"),
        ('><f t="shared" si="0"/>', "formula_without_value"),
        ("><f>A1&amp;B1</f><v></v>", "formula_without_value"),
    ],
)
def test_formulas_whose_value_is_no_code(office, cell, code):
    row = inline(2, "1号", "D01", "移送", "2024-03-05")
    office.bytes(
        "a.xlsx",
        package(CASES + row.replace("</row>", f'<c r="E2" {cell}</c></row>'), sheet="案件"),
    )
    office.clean()
    assert office.codes() == [code]


# The built-in formats 14 to 58 hold the dates of the Chinese edition, which name no code.
FORMATS = {
    14: "",
    22: "",
    27: "",
    31: "",
    57: "",
    164: "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@",
    165: "[$-804]yyyy年m月d日",
    166: "m&quot;月&quot;d&quot;日&quot;",
    167: "[$-804]aaaa;@",
    168: "上午/下午h&quot;时&quot;mm&quot;分&quot;",
    169: "[DBNum1][$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;",
    170: "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
    171: "e/m/d",
    172: "General",
    173: "0.00_ ",
}


@pytest.mark.parametrize("number", FORMATS)
@pytest.mark.parametrize("since_1904", [False, True])
def test_date_formats(office, number, since_1904):
    # 5 March 2024 is day 45356 of the 1900 system and day 43894 of the 1904 one.
    codes = "".join(f'<numFmt numFmtId="{n}" formatCode="{c}"/>' for n, c in FORMATS.items() if c)
    styles = f'<numFmts>{codes}</numFmts><cellXfs><xf/><xf numFmtId="{number}"/></cellXfs>'
    row = inline(2, "1号", "D01", "移送")
    cell = f'<c r="D2" s="1"><v>{43894.6875 if since_1904 else 45356.6875}</v></c></row>'
    properties = '<workbookPr date1904="1"/>' if since_1904 else "<workbookPr/>"
    office.bytes(
        "a.xlsx",
        package(
            CASES + row.replace("</row>", cell), sheet="案件", styles=styles, properties=properties
        ),
    )
    office.clean()
    assert office.column("cases", "decided_on") == [date(2024, 3, 5)]


@pytest.mark.parametrize("serial", ["0", "0.5", "59", "60", "-1", "-45356", "99999999"])
def test_serials_that_are_no_day_of_ours(office, serial):
    # 60 is 29 February 1900, which never was; 0 is what a formula makes of a blank cell.
    styles = '<cellXfs><xf/><xf numFmtId="14"/></cellXfs>'
    row = inline(2, "1号", "D01", "移送").replace(
        "</row>", f'<c r="D2" s="1"><v>{serial}</v></c></row>'
    )
    office.bytes("a.xlsx", package(CASES + row, sheet="案件", styles=styles))
    office.clean()
    assert office.codes() == ["bad_date"]


def test_the_first_serial_is_a_placeholder(office):
    # 1900-01-01: what systems write for a blank date.
    styles = '<cellXfs><xf/><xf numFmtId="14"/></cellXfs>'
    row = inline(2, "1号", "D01", "移送").replace("</row>", '<c r="D2" s="1"><v>1</v></c></row>')
    office.bytes("a.xlsx", package(CASES + row, sheet="案件", styles=styles))
    office.clean()
    assert office.codes() == ["placeholder_date"]


def test_dates_in_iso_form(office):
    row = inline(2, "R1", "D01").replace(
        "</row>", '<c r="C2" t="d"><v>2024-03-05T16:30:00</v></c></row>'
    )
    header = inline(1, "记录编号", "单位编码", "检查时间")
    office.bytes("a.xlsx", package(header + row, sheet="检查记录"))
    office.clean()
    assert office.column("inspections", "inspected_at") == [datetime(2024, 3, 5, 16, 30)]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("00000000", "06120001"),
        ("&quot;辽&quot;00000000", "辽06120001"),
        ("\\L\\N0", "LN6120001"),
        ("0", "6120001"),
        ("General", "6120001"),
        ("0.00E+00", "6120001"),
        ("#,##0", "6120001"),
    ],
)
def test_codes_as_their_format_shows_them(office, code, shown):
    styles = (
        f'<numFmts><numFmt numFmtId="164" formatCode="{code}"/></numFmts>'
        '<cellXfs><xf/><xf numFmtId="164"/></cellXfs>'
    )
    rows = inline(1, "执法证号") + '<row r="2"><c r="A2" s="1"><v>6120001</v></c></row>'
    office.bytes("a.xlsx", package(rows, sheet="人员", styles=styles))
    office.clean()
    assert office.column("officers", "officer_id") == [shown]


def test_name_space_prefixes(office):
    rows = UNITS.replace("<", "<x:").replace("<x:/", "</x:")
    office.bytes("a.xlsx", package(rows, prefix="x:"))
    office.clean()
    assert office.column("units", "unit_id") == ["D01"]
