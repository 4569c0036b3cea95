"""Which sheets are read, where their rows begin, and what is refused with which sentence."""

import shutil
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import Alignment
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from dalian_eval.base.errors import UsageError
from dalian_eval.intake import Limits, load_report

CASES = ["案件编号", "单位编码", "案件类型", "决定日期"]
CASE = ["东环罚〔2024〕1号", "D01", "一般处罚", "2024-03-05"]


@pytest.mark.parametrize(
    "file",
    ["案件.csv", "cases.csv", "CASES_202403.csv", "2024年案件导出.csv", "x/y/案件（3月）.csv"],
)
def test_table_by_file_name(office, file):
    office.csv(file, CASES, CASE)
    assert office.clean().supplied == ("cases",)


def test_longer_name_wins(office):
    office.csv("案件承办.csv", ["案件编号", "执法证号"], ["东〔2024〕1号", "06120001"])
    office.csv(
        "typical_cases.csv", ["案件编号", "单位编码", "发布级别"], ["东〔2024〕1号", "D", "部"]
    )
    assert office.clean().supplied == ("case_handlers", "typical_cases")


def test_two_names_in_one_are_told_apart_by_headers(office):
    office.csv("各单位案件.csv", CASES, CASE)
    assert office.clean().supplied == ("cases",)


def test_sheet_name_wins_over_file_name(office):
    office.xlsx("人员.xlsx", 案件=[CASES, CASE], 说明=[["本表由各单位填报"]])
    assert office.clean().supplied == ("cases",)
    assert office.status("人员.xlsx", "说明")[0] == "unrecognised"


def test_table_by_headers_alone(office):
    office.csv("导出1.csv", ["证件号", "单位代码", "到岗日期"], ["06120001", "D01", "2023-01-01"])
    assert office.clean().supplied == ("postings",)


def test_unrecognised_sheet_names_its_nearest(office):
    office.csv("导出1.csv", ["姓名", "电话"], ["甲某", "1"])
    assert office.clean().supplied == ()
    status, note = office.status("导出1.csv")
    assert status == "unrecognised"
    assert "人员" in note


def test_titles_two_row_header_totals_and_blanks(office):
    office.csv(
        "人员.csv",
        ["东环县执法人员一览表", "", "", "", ""],
        ["填报单位：", "", "", "", ""],
        ["序号", "执法证号", "姓 名", "证件有效期", ""],
        ["", "", "", "起", "止"],
        ["1", "06120001", "甲某", "2021-01-01", "2026-01-01"],
        ["", "", "", "", ""],
        ["2", "06120002", "乙某", "2021-01-01", ""],
        ["合 计：", "2", "", "", ""],
        ["", "", "", "", ""],
    )
    report = office.clean()
    assert office.column("officers", "valid_to") == [date(2026, 1, 1), None]
    assert office.counts("人员.csv")["rows_read"] == 2
    assert report.sources["header_row"].to_list() == [4]
    assert "序号" in office.status("人员.csv")[1]
    assert "跳过合计行 1 行" in office.status("人员.csv")[1]


def test_header_text_is_forgiving(office):
    office.csv(
        "监督帮扶得分.csv",
        ["* 轮 次", "执法证\n编号", "任务得分（分）", "问题得分(满分100)", "材料得分【分】"],
        ["3", "06120001", "1", "2", "3"],
    )
    office.clean()
    assert office.column("air_scores", "round") == ["3"]
    assert office.codes() == []


def test_header_printed_on_every_page_is_no_row(office):
    office.csv("案件.csv", CASES, CASE, CASES, ["东环罚〔2024〕2号", *CASE[1:]])
    office.clean()
    assert office.counts("案件.csv")["rows_read"] == 2


def test_row_number_in_csv_is_the_record(office):
    header = ["记录编号", "单位编码", "检查对象"]
    office.csv("检查记录.csv", ["标题"], header, ["R1", "D01", "第一行\n第二行"], ["R2", "", ""])
    report = office.clean()
    assert office.column("inspections", "target") == ["第一行\n第二行"]
    assert report.quarantine["row"].to_list() == [4]


def test_row_number_in_xlsx_is_the_sheet_row(office):
    office.xlsx("a.xlsx", 案件=[[], ["标题"], CASES, [], CASE, ["东〔2024〕2号", None, "移送"]])
    report = office.clean()
    assert report.sources["header_row"].to_list() == [3]
    assert report.quarantine["row"].to_list() == [6]
    assert report.quarantine["column"].to_list() == ["单位编码"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_csv_encodings(office, encoding):
    office.csv("单位.csv", ["单位编码", "单位名称"], ["D01", "东片执法局"], encoding=encoding)
    office.clean()
    assert office.column("units", "name") == ["东片执法局"]


def test_rare_characters_in_gb18030(office):
    office.csv("人员.csv", ["执法证号", "姓名"], ["061", "䶮 某"], encoding="gb18030")
    office.clean()
    assert office.column("officers", "name") == ["䶮某"]


def test_csv_split_by_tabs_and_ragged_rows(office):
    office.bytes(
        "单位.csv", "单位编码\t单位名称\t候选集体\nD01\t东片\nD02\t西片\t是\t\t\n".encode()
    )
    office.clean()
    assert office.column("units", "candidate") == [None, True]


def test_merged_cells_fill_down_in_xlsx_but_not_in_csv(office):
    def merge(book):
        book["单位事项"].merge_cells("A2:A4")
        book["单位事项"]["A2"].alignment = Alignment(vertical="center")

    items = ["车辆统一标识", "场所装备标识"]
    header = ["单位编码", "事项", "结论"]
    rows = [["D01", items[0], "是"], ["", items[1], "否"]]
    office.xlsx("b.xlsx", merge, 单位事项=[header, *rows, [None, None, None]])
    office.csv("单位事项.csv", header, ["D02", items[0], "是"], ["", items[1], "否"])
    office.clean()
    assert office.column("unit_facts", "unit_id") == ["D01", "D01", "D02"]
    assert office.counts("b.xlsx")["rows_read"] == 2
    assert office.codes() == ["blank_mandatory"]


def test_merged_header_over_two_rows_in_xlsx(office):
    def merge(book):
        for cells in ("A1:A2", "B1:B2", "C1:D1"):
            book["人员"].merge_cells(cells)

    office.xlsx(
        "a.xlsx",
        merge,
        人员=[
            ["执法证号", "姓名", "证件有效期", None],
            [None, None, "起", "止"],
            ["06120001", "甲某", date(2021, 1, 1), date(2026, 1, 1)],
        ],
    )
    report = office.clean()
    assert office.column("officers", "valid_to") == [date(2026, 1, 1)]
    assert report.sources["header_row"].to_list() == [2]


def test_hidden_sheets_are_listed_not_read(office):
    def hide(book):
        book["案件"].sheet_state = "hidden"
        book["单位"].sheet_state = "veryHidden"

    office.xlsx("a.xlsx", hide, 说明=[["x"]], 案件=[CASES, CASE], 单位=[["单位编码"], ["D01"]])
    assert office.clean().supplied == ()
    assert office.status("a.xlsx", "案件")[0] == "hidden"
    assert office.status("a.xlsx", "单位")[0] == "hidden"


def test_empty_sheet_is_not_supplied_and_header_alone_is(office):
    office.xlsx("a.xlsx", 案件=[], 荣誉=[["编号", "对象类型", "对象", "类别"]])
    assert office.clean().supplied == ("honours",)
    assert office.status("a.xlsx", "案件")[0] == "empty"
    assert office.rows("honours") == []


@pytest.mark.parametrize("mac", [False, True])
def test_both_date_systems(office, mac):
    def system(book):
        if mac:
            book.epoch = CALENDAR_MAC_1904
        sheet = book["案件"]
        sheet["D3"] = 43830 if mac else 45292
        sheet["D3"].number_format = "General"

    office.xlsx(
        "a.xlsx", system, 案件=[CASES, [*CASE[:3], datetime(2024, 3, 5)], ["东2号", *CASE[1:]]]
    )
    office.clean()
    assert office.column("cases", "decided_on") == [date(2024, 1, 1), date(2024, 3, 5)]


def test_numbers_in_xlsx(office):
    def formats(book):
        book["案卷评查"]["D3"].number_format = "0%"
        book["人员"]["A2"].number_format = "00000000"

    office.xlsx(
        "a.xlsx",
        formats,
        案卷评查=[
            ["案件编号", "级别", "评查日期", "得分"],
            ["1号", "部", "2024-01-01", 86.30000000000001],
            ["2号", "部", "2024-01-01", 0.94],
        ],
        人员=[["执法证号"], [6120001], [6120002], [320000000000000.0], [3.2e15]],
    )
    office.clean()
    assert [str(score.normalize()) for score in office.column("case_reviews", "score")] == [
        "86.3",
        "94",
    ]
    ids = ["06120001", "320000000000000", "6120002"]
    assert office.column("officers", "officer_id") == ids
    assert office.codes() == ["digits_lost"]


def test_errors_and_formulas_without_value(office):
    path = office.raw / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("案件")
    sheet.write_row(0, 0, [*CASES, "检查记录编号"])
    for row in range(1, 5):
        sheet.write_row(row, 0, [f"{row}号", *CASE[1:]])
    sheet.write_formula(1, 4, '="R"&1', None, "R1")
    sheet.write_formula(2, 4, "=NA()", None, "#N/A")
    sheet.write_formula(3, 4, '=""', None, "")
    book.close()
    # Excel itself stores the empty text of a formula as a value of type str: a blank.
    _rewrite(path, lambda part: part.replace(b'<c r="E4"><f>', b'<c r="E4" t="str"><f>'))
    office.xlsx("b.xlsx", 案件=[[*CASES, "检查记录编号"], ["9号", *CASE[1:], "=A1&B1"]])
    report = office.clean()
    assert office.column("cases", "record_id") == ["R1", None, None]
    assert office.codes() == ["error_cell", "formula_without_value"]
    assert report.quarantine["value"].to_list() == ["#N/A", "=A1&B1"]


def _rewrite(path, change):
    """Change the bytes of a workbook's first sheet."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, change(content) if "sheet1.xml" in name else content)


def test_cell_of_30000_characters(office):
    office.csv("单位.csv", ["单位编码", "单位名称"], ["D01", "长" * 32_767], ["D02", "长" * 32_768])
    office.clean()
    assert len(office.column("units", "name")[0]) == 32_767
    assert office.codes() == ["cell_too_long"]


def test_missing_mandatory_column_refuses_the_sheet(office):
    office.csv("任职.csv", ["证号码", "单位编码", "到岗日期"], ["061", "D01", "2023-01-01"])
    assert office.clean().supplied == ()
    status, note = office.status("任职.csv")
    assert status == "refused"
    assert note.startswith("文件 任职.csv 按『任职』表读取，但缺少必需的列『执法证号』")
    assert "现有表头『证号码』，是否想填『执法证号』？" in note


def test_one_column_twice_refuses_the_sheet(office):
    office.csv(
        "任职.csv", ["证件号", "执法证编号", "单位编码", "到岗日期"], ["1", "2", "D", "2023-01-01"]
    )
    office.clean()
    assert "有两列都是『执法证号』" in office.status("任职.csv")[1]


def test_own_header_wins_over_its_synonym(office):
    office.csv("人员.csv", ["证件号", "执法证号"], ["身份证", "06120001"])
    office.clean()
    assert office.column("officers", "officer_id") == ["06120001"]


def _protected(office):
    # What Office writes for a password: a compound file that names the encrypted package.
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016)
    office.bytes("案件.xlsx", head + "EncryptedPackage".encode("utf-16-le"))


def _docx(office):
    with zipfile.ZipFile(office.raw / "案件.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")


def _cut(office):
    path = office.xlsx("案件.xlsx", 案件=[CASES, CASE])
    path.write_bytes(path.read_bytes()[:-400])


def _broken_sheet(office):
    path = office.xlsx("案件.xlsx", 案件=[CASES, CASE])
    _rewrite(path, lambda part: part[:300])


def _bomb(office):
    with zipfile.ZipFile(office.raw / "案件.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (80 << 20))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda o: o.bytes("案件.csv", b""), "空文件"),
        (lambda o: o.bytes("案件.xlsx", b""), "空文件"),
        (lambda o: o.bytes("案件.xlsx", b"<html><table>"), "网页（HTML）"),
        (lambda o: o.bytes("案件.xls", b"\r\n<!DOCTYPE html>"), "网页（HTML）"),
        (lambda o: o.bytes("案件.csv", b"\xef\xbb\xbf<html><table>"), "网页（HTML）"),
        (lambda o: o.bytes("案件.xls", b"<?xml version='1.0'?>"), "XML"),
        (lambda o: o.bytes("案件.xlsx", "单位,编码".encode()), "内容是文本"),
        (lambda o: o.bytes("案件.xlsx", b"%PDF-1.7"), "其他格式"),
        (lambda o: o.bytes("案件.csv", b"PK\x03\x04"), "损坏"),
        (lambda o: o.bytes("案件.xls", b"PK\x03\x04"), "损坏"),
        (lambda o: o.bytes("案件.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)), "损坏"),
        (lambda o: o.bytes("案件.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999)), "损坏"),
        (lambda o: o.bytes("案件.csv", b"a,b\n\x00\x01"), "损坏"),
        (lambda o: o.bytes("案件.csv", b"\xff\xfea\x00b"), "UTF-16"),
        (lambda o: o.bytes("案件.csv", b"\x81\x20\xff,"), "既不是 UTF-8"),
        (lambda o: o.bytes("案件.csv", b'a,"' + b"b" * 200_000), "引号不成对"),
        (_protected, "打开时要密码的"),
        (_docx, "内容却是Word 文档"),
        (_cut, "损坏"),
        (_broken_sheet, "损坏"),
        (_bomb, "压缩比异常"),
    ],
)
def test_refused_files(office, make, words):
    make(office)
    office.csv("单位.csv", ["单位编码"], ["D01"])
    assert office.clean().supplied == ("units",)
    sheets = office.report.sheets
    refused = sheets[sheets["status"] == "refused"].to_dict("records")
    assert len(refused) == 1
    assert refused[0]["file"].startswith("案件")
    assert refused[0]["file"] in refused[0]["note"]
    assert words in refused[0]["note"]


@pytest.mark.parametrize(
    "limits",
    [Limits(file_mb=0), Limits(rows=1), Limits(columns=3)],
    ids=["file", "rows", "columns"],
)
def test_limits(office, limits):
    office.csv("案件.csv", CASES, CASE, ["东2号", *CASE[1:]])
    office.limits = limits
    with pytest.raises(UsageError, match="超过上限"):
        office.clean()


def test_one_stray_cell_far_away_costs_no_gigabytes(office):
    def stray(book):
        book["案件"]["XFD1048576"] = "x"

    office.xlsx("a.xlsx", stray, 案件=[CASES, CASE], 单位=[["单位编码"], ["D01"]])
    assert office.clean().supplied == ("units",)
    assert "超过上限" in office.status("a.xlsx", "案件")[1]


def test_trailing_formatted_cells_cost_nothing(office):
    def format_far(book):
        book["案件"]["XFD1048576"].number_format = "0.00"

    office.xlsx("a.xlsx", format_far, 案件=[CASES, CASE])
    office.clean()
    assert office.counts("a.xlsx")["accepted"] == 1


def test_no_folder_no_file(office):
    with pytest.raises(UsageError, match=r"没有表格文件（\.xlsx、\.xls、\.csv 等）"):
        office.clean()
    shutil.rmtree(office.raw)
    with pytest.raises(UsageError, match="找不到数据文件夹"):
        office.clean()


def test_out_must_be_new(office):
    office.csv("单位.csv", ["单位编码"], ["D01"])
    office.clean()
    with pytest.raises(UsageError, match="已有内容"):
        office.clean()


def test_other_files_are_listed_and_lock_files_passed_over(office):
    office.csv("单位.csv", ["单位编码"], ["D01"])
    office.bytes("~$单位.xlsx", b"lock")
    office.bytes(".gitkeep", b"")
    office.bytes("案件.rar", b"x")
    office.bytes("案卷.7z", b"7z\xbc\xaf'\x1c")
    office.bytes("通知.pdf", b"x")
    office.clean()
    assert office.report.sheets["file"].to_list() == ["单位.csv", "案件.rar", "案卷.7z", "通知.pdf"]
    assert "另存为" in office.status("案件.rar")[1]
    assert "另存为" in office.status("案卷.7z")[1]


def test_report_reads_back(office):
    office.csv("单位.csv", ["单位编码", "候选集体"], ["D01", "是"], ["+1", "'=2"], ["-5", "@x"])
    report = office.clean()
    back = load_report(office.out)
    assert back.supplied == report.supplied == ("units",)
    for name in ("sources", "sheets", "quarantine", "merges", "supersessions", "changes"):
        assert getattr(back, name).equals(getattr(report, name))
    assert report.quarantine["value"].to_list() == ["'=2", "@x"]


def test_reports_are_never_executed(office):
    office.csv("单位.csv", ["单位编码", "候选集体"], ["D01", "=cmd|'/C calc'!A0"], ["D02", "-1"])
    office.clean()
    text = (office.out / "quarantine.csv").read_bytes().decode("utf-8-sig")
    assert ",'=cmd|" in text
    assert ",-1," in text
    assert (office.out / "quarantine.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\r" not in (office.out / "sources.csv").read_bytes()


def test_sheet_order_gives_source_ids(office):
    office.xlsx("b.xlsx", 案件=[CASES, CASE], 单位=[["单位编码"], ["D01"]])
    office.csv("a/人员.csv", ["执法证号"], ["061"])
    report = office.clean()
    assert list(zip(report.sources["id"], report.sources["table"], strict=True)) == [
        (0, "officers"),
        (1, "cases"),
        (2, "units"),
    ]


def test_openpyxl_is_not_needed_to_read(office):
    book = openpyxl.Workbook()
    book.active.title = "单位"
    book.active.append(["单位编码"])
    book.save(office.raw / "大写.XLSX")
    assert office.clean().supplied == ("units",)
