"""Files, headers and references that nearly say something else: decided openly or refused."""

import zipfile
from datetime import datetime, time

import legacy
import pytest

from dalian_eval.intake.cells.nearest_word import nearest_word
from dalian_eval.intake.files.discover import period_of, stem_of

HONOURS = ["编号", "对象类型", "对象", "名称", "类别", "级别", "联合", "年度", "日期"]
HONOUR = ["H1", "单位", "D01", "先进集体", "荣誉", "市级部门", "单独", "2024", "2024-05-01"]
PRAISE = ["对象类型", "对象", "年度", "佐证"]
CASES = ["案件编号", "单位编码", "案件类型", "决定日期", "检查记录编号"]


def test_headers_of_another_table_outweigh_the_name_of_the_tab(office):
    office.people()
    office.xlsx("荣誉.xlsx", 历年表扬=[HONOURS, HONOUR])
    office.clean()
    assert len(office.rows("honours")) == 1
    assert not (office.out / "past_recognition.parquet").exists()
    assert "名称说是『历年表扬』，表头却是『荣誉』" in office.status("荣誉.xlsx", "历年表扬")[1]


def test_headers_outweigh_the_name_of_a_csv(office):
    office.people()
    office.csv("历年表扬.csv", HONOURS, HONOUR)
    office.clean()
    assert len(office.rows("honours")) == 1


def test_a_sheet_that_fits_its_name_and_another_table_is_refused_with_both(office):
    office.people()
    wide = ["对象类型", "对象", "年度", "佐证", *[h for h in HONOURS if h not in PRAISE]]
    wide.remove("日期")
    row = ["单位", "D01", "2023", "文件", "H1", "先进集体", "荣誉", "市级部门", "单独"]
    office.xlsx("表扬.xlsx", 历年表扬=[wide, row])
    office.clean()
    status, note = office.status("表扬.xlsx", "历年表扬")
    assert status == "refused"
    assert "『历年表扬』" in note and "『荣誉』" in note


def test_the_name_decides_where_headers_fit_two_tables_alike(office):
    office.people()
    header = ["编号", "对象类型", "对象", "类型", "日期"]
    office.xlsx("附件.xlsx", 质量问题=[header, ["Q1", "单位", "D01", "表单不规范", "2024-05-01"]])
    office.clean()
    assert office.column("quality_findings", "finding_id") == ["Q1"]


def test_a_table_that_lacks_a_column_is_not_read_as_a_smaller_one(office):
    office.people()
    office.xlsx("附件.xlsx", 表一=[HONOURS[1:], HONOUR[1:]])
    office.clean()
    assert not (office.out / "past_recognition.parquet").exists()
    status, note = office.status("附件.xlsx", "表一")
    assert status == "refused"
    assert "『荣誉』" in note and "『编号』" in note


@pytest.mark.parametrize(
    ("file", "period"),
    [
        ("荣誉_202410.csv", 20241000),
        ("荣誉_20241025.csv", 20241025),
        ("荣誉20241025103000.csv", 20241025),
        ("2024年10月/荣誉.csv", 20241000),
        ("荣誉2024年9月5日.csv", 20240905),
        ("荣誉2024年1-10月.csv", 20241000),
        ("荣誉 2024-10-25.xlsx", 20241025),
        ("荣誉2024.10.25", 20241025),
        ("202401-202406.csv", 20240600),
        ("２０２４１０．csv", 20241000),
        ("荣誉_20240230.csv", 0),
        ("荣誉2024.csv", 0),
        ("1202410.csv", 0),
        ("202413.csv", 0),
    ],
)
def test_what_counts_as_a_period(file, period):
    assert period_of(file) == period


def _facts(office, file, conclusion):
    office.csv(file, ["单位编码", "事项", "结论"], ["D01", "联动机制建立", conclusion])


def test_the_later_day_supersedes(office):
    office.people()
    _facts(office, "单位事项_20241008.csv", "否")
    _facts(office, "单位事项2024年10月25日.csv", "是")
    office.clean()
    assert office.column("unit_facts", "holds") == [True]
    assert len(office.report.supersessions) == 1


def test_a_day_of_the_same_month_is_neither_earlier_nor_later_than_the_month(office):
    office.people()
    _facts(office, "单位事项_202410.csv", "否")
    _facts(office, "单位事项_20241025.csv", "是")
    office.clean()
    assert office.codes("unit_facts") == ["conflict", "conflict"]


@pytest.mark.parametrize("name", ["荣誉", "荣誉．ｃｓｖ", "荣誉2024.10.25"])
def test_a_csv_without_a_plain_ending_is_read(office, name):
    office.people()
    office.csv("x.csv", HONOURS, HONOUR).rename(office.raw / name)
    office.clean()
    assert len(office.rows("honours")) == 1


@pytest.mark.parametrize("name", ["荣誉", "荣誉．ＸＬＳＸ"])
def test_a_workbook_without_a_plain_ending_is_read(office, name):
    office.people()
    office.xlsx("x.xlsx", 荣誉=[HONOURS, HONOUR]).rename(office.raw / name)
    office.clean()
    assert len(office.rows("honours")) == 1


def test_stems():
    assert [stem_of(f) for f in ("a/荣誉．ｘｌｓ", "荣誉", "荣誉2024.10.25", "荣誉.csv")] == [
        "荣誉",
        "荣誉",
        "荣誉2024.10.25",
        "荣誉",
    ]


def test_the_bureaus_own_filing_date_is_not_the_police_s(office):
    office.people()
    office.csv(
        "案件.csv",
        ["案件编号", "单位编码", "案件类型", "立案日期"],
        ["1号", "D01", "移送", "2024-05-01"],
    )
    office.clean()
    assert office.column("cases", "filed_on") == [None]
    assert "『立案日期』没有当作『公安立案日期』" in office.status("案件.csv")[1]


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("综合分（分）", True),
        ("综合分（满分22分）", True),
        ("综合分（必填）", True),
        ("综合分（0-22）", True),
        ("综合分（自评）", False),
        ("综合分（上年）", False),
    ],
)
def test_words_in_a_bracket_that_are_no_unit_make_another_header(office, header, read):
    office.people()
    office.csv("评查综合分.csv", ["单位编码", header], ["D01", "18.6"])
    office.clean()
    (score,) = office.column("review_scores", "score")
    assert (score is not None) == read
    if not read:
        assert "没有当作『综合分』" in office.status("评查综合分.csv")[1]


@pytest.mark.parametrize(
    "written", ["大环罚《2024》10号", "大环罚<2024>10号", "大环罚〈2024〉10号"]
)
def test_brackets_of_case_numbers(office, written):
    office.people()
    office.csv("案件.csv", CASES[:3], [written, "D01", "一般处罚"])
    office.clean()
    assert office.column("cases", "case_id") == ["大环罚〔2024〕10号"]


@pytest.mark.parametrize("written", ["JL–00001", "JL－00001", "jl-00001", "JL - 00001", "JL—00001"])
def test_a_record_number_with_another_dash_blank_or_case_is_the_same(office, written):
    office.people()
    office.csv("检查记录.csv", ["记录编号", "单位编码"], ["JL-00001", "D01"], ["JL-00002", "D01"])
    office.csv("案件.csv", CASES, ["1号", "D01", "一般处罚", "2024-05-01", written])
    office.clean()
    assert office.column("cases", "record_id") == ["JL-00001"]
    assert office.codes() == []


def test_a_unit_code_in_another_case_is_the_same(office):
    office.people()
    office.csv("案件.csv", CASES[:3], ["1号", "d01", "一般处罚"])
    office.clean()
    assert office.column("cases", "unit_id") == ["D01"]
    assert "所指编号的写法" in " ".join(office.report.changes["kind"])


def test_what_two_numbers_fit_stays(office):
    office.people()
    records = ["JL-1", "D01", "甲厂"], ["jl-1", "D01", "乙厂"]
    office.csv("检查记录.csv", ["记录编号", "单位编码", "检查对象"], *records)
    office.csv("案件.csv", CASES, ["1号", "D01", "一般处罚", "2024-05-01", "Jl-1"])
    office.clean()
    assert office.column("cases", "record_id") == ["Jl-1"]


def test_a_reference_that_nearly_fits_is_told_with_the_nearest(office):
    office.people()
    office.csv("案件.csv", CASES[:3], ["1号", "D-1", "一般处罚"])
    office.clean()
    assert office.codes() == ["unknown_reference"]
    assert "最接近的是 D01" in office.report.quarantine["fix"][0]


def test_a_line_cut_off_in_its_middle_is_not_read(office):
    office.people()
    text = "单位编码,装备类别,类型,数量,达标\nD01,无人机,标配,3,是\nD01,无人"
    office.bytes("装备.csv", text.encode())
    office.clean()
    assert office.column("equipment", "item") == ["无人机"]
    assert office.codes() == ["line_cut_off"]
    assert "只有 2 个字段" in office.report.quarantine["reason"][0]


def test_a_last_line_without_line_end_but_with_all_fields_is_read(office):
    office.people()
    office.bytes("装备.csv", "单位编码,装备类别,类型\nD01,无人机,标配\nD01,FID,标配".encode())
    office.clean()
    assert office.column("equipment", "item") == ["FID", "无人机"]


def test_short_rows_are_told(office):
    office.people()
    text = "单位编码,装备类别,类型,数量\r\nD01,无人机\r\nD01,FID,标配,2\r\nD01,热像仪,选配\r\n"
    office.bytes("装备.csv", text.encode())
    office.clean()
    assert len(office.rows("equipment")) == 3
    assert "字段比表头少的 2 行（第 2、4 行）" in office.status("装备.csv")[1]


def test_a_formula_s_stored_zero_is_no_text_in_an_xls(office):
    office.people()
    row = [*HONOUR]
    row[3] = legacy.Formula(0.0)
    office.xls("荣誉.xls", HONOURS, row, sheet="荣誉", office=True)
    office.clean()
    assert office.rows("honours") == []
    assert office.codes() == ["formula_with_zero"]


@pytest.mark.parametrize("place", [2, 3, 4])
def test_a_formula_s_stored_zero_is_no_code_text_or_choice_in_an_xlsx(office, place):
    office.people()
    row = [*HONOUR]
    row[place] = "=OTHER(1)"
    path = office.xlsx("荣誉.xlsx", 荣誉=[HONOURS, row])
    store_zeros(path)
    office.clean()
    assert office.codes() == ["formula_with_zero"]


def test_a_formula_s_stored_zero_is_a_number_where_numbers_stand(office):
    office.people()
    path = office.xlsx("评查综合分.xlsx", 评查综合分=[["单位编码", "综合分"], ["D01", "=B9*2"]])
    store_zeros(path)
    office.clean()
    assert office.column("review_scores", "score") == [0]


def store_zeros(path):
    """Put 0 behind every formula of a workbook, as programs do that cannot compute."""
    parts = {}
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            content = book.read(name).replace(b"<v></v>", b"<v/>")
            parts[name] = content.replace(b"</f><v/>", b"</f><v>0</v>").replace(
                b'fullCalcOnLoad="1"', b""
            )
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)


KINDS = ["一般处罚", "不予处罚", "查封扣押", "限产停产", "按日连续处罚", "移送"]


@pytest.mark.parametrize(
    ("text", "words", "nearest"),
    [
        ("行政处罚", KINDS, ""),
        ("简易处罚", KINDS, ""),
        ("不予行政处罚", KINDS, "不予处罚"),
        ("一般行政处罚", KINDS, "一般处罚"),
        ("县级部门", ["省级部门", "市级部门", "县级"], "县级"),
        ("先进团体", ["先进集体", "先进个人"], ""),
        ("按日计罚", ["不按日计罚"], ""),
    ],
)
def test_the_nearest_word_is_never_a_contrary_one(text, words, nearest):
    assert nearest_word(text, words) == nearest


@pytest.mark.parametrize("name", ["案件.csv", "案件.xlsx", "案件.xls"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"code": 401, "msg": "未登录"}', "JSON"),
        ('[{"id": 1}]', "JSON"),
        ('<!DOCTYPE html><html><form><input type="password"></form></html>', "登录网页"),
    ],
)
def test_a_failed_download_is_told_as_one(office, name, content, told):
    office.people()
    office.bytes(name, content.encode())
    office.clean()
    status, note = office.status(name)
    assert status == "refused"
    assert told in note and "再导出一次" in note


def test_big5_by_its_name(office):
    office.people()
    text = "案件編號,單位編碼,類型,決定日期\r\n大環罰10號,D01,一般處罰,2024-05-01\r\n"
    office.bytes("案件.csv", text.encode("big5"))
    office.clean()
    status, note = office.status("案件.csv")
    assert status == "refused"
    assert "Big5" in note


@pytest.mark.parametrize("wrong", ["gb18030", "latin-1"])
def test_text_decoded_wrongly_is_called_that(office, wrong):
    office.people()
    text = "案件编号,单位编码,案件类型,决定日期\r\n1号,D01,一般处罚,2024-05-01\r\n"
    office.bytes("案件.csv", text.encode().decode(wrong, "ignore").encode())
    office.clean()
    status, note = office.status("案件.csv")
    assert status == "refused"
    assert "乱码" in note and "UTF-8" in note


def test_a_csv_without_header_is_called_that(office):
    office.people()
    office.bytes("案件.csv", "大环罚〔2024〕10号,D01,一般处罚,2024-05-01\r\n".encode())
    office.clean()
    status, note = office.status("案件.csv")
    assert status == "refused"
    assert "没有表头" in note


def test_a_backslash_before_quotes_is_named(office):
    office.people()
    office.bytes("荣誉.csv", (",".join(HONOURS) + '\nH1,单位,D01,"称\\"号\\", 一"\n').encode())
    office.clean()
    assert "反斜杠" in office.status("荣誉.csv")[1]


def test_a_record_torn_at_a_line_break_is_named(office):
    office.people()
    text = (
        "记录编号,单位编码,检查对象,检查时间\nR1,D01,某厂,2024-05-01\nR2,D01,某\n公司,2024-05-02\n"
    )
    office.bytes("检查记录.csv", text.encode())
    office.clean()
    assert office.column("inspections", "record_id") == ["R1"]
    assert office.codes() == ["line_broken", "line_broken"]
    assert "第 3 行和第 4 行" in office.report.quarantine["reason"][0]


@pytest.mark.parametrize("row", [["无"], ["", "无", "", ""], ["无", "无", "无"]])
def test_a_row_that_says_none_is_a_zero_report(office, row):
    office.people()
    office.xlsx("荣誉.xlsx", 荣誉=[HONOURS, row])
    office.csv("活动.csv", ["编号", "类型", "单位编码", "日期"], [*row, "", "", ""][:4])
    office.clean()
    assert office.rows("honours") == [] and office.rows("activities") == []
    assert office.codes() == []
    assert "零报告" in office.status("荣誉.xlsx", "荣誉")[1]


def test_a_picture_in_a_cell_is_called_that(office):
    office.people()
    office.csv("案件.csv", CASES[:3], ['=DISPIMG("ID_1F",1)', "D01", "一般处罚"])
    office.clean()
    assert office.codes() == ["picture"]


@pytest.mark.parametrize(
    ("value", "told"),
    [("06:29:20", "只有时刻"), ("1730340000000", "2024-10-31 10:00:00"), ("1730340000", "时间戳")],
)
def test_half_a_time_and_a_system_s_time_are_named(office, value, told):
    office.people()
    office.csv("检查记录.csv", ["记录编号", "单位编码", "检查时间"], ["R1", "D01", value])
    office.clean()
    (row,) = office.report.quarantine.to_dict("records")
    assert told in row["reason"] + row["fix"]


def test_a_workbook_with_a_password_is_told_what_to_do(office):
    office.people()
    office.bytes("案件.xls", legacy.xls([["a"]], sheet="案件", password=True))
    office.clean()
    assert "把密码清空" in office.status("案件.xls")[1]


def _findings(office, file, *rows):
    office.csv(file, ["编号", "单位编码", "类型", "级别", "日期", "责任"], *rows)


OLD = ["1", "D01", "通报批评", "省", "2024-01-05", "承办"]


@pytest.mark.parametrize(
    ("new", "restarted"),
    [
        (["1", "D02", "应改未改", "省", "2024-09-05", "承办"], True),
        (["1", "D02", "应改未改", "省", "2024-01-05", "承办"], False),
        (["1", "D01", "应改未改", "省", "2024-09-05", "承办"], False),
        (["1", "D02", "通报批评", "省", "2024-09-05", "承办"], False),
    ],
)
def test_a_number_that_restarts_is_no_correction(office, new, restarted):
    office.people()
    _findings(office, "评查通报_202401.csv", OLD)
    _findings(office, "评查通报_202409.csv", new)
    office.clean()
    assert office.codes() == (["key_restarted"] * 2 if restarted else [])
    assert len(office.report.supersessions) == (0 if restarted else 1)


def _decided(office, *texts):
    rows = [[f"{n}号", "D01", "一般处罚", text] for n, text in enumerate(texts)]
    office.csv("案件.csv", CASES[:4], *rows)
    office.clean()


def test_dates_that_all_carry_javascript_s_time_are_a_day_early(office):
    office.people()
    _decided(office, "2024-04-30 23:59:17", "2024-05-01 23:59:17")
    assert office.codes() == ["ambiguous_date", "ambiguous_date"]
    assert "2024-04-30 或 2024-05-01" in office.report.quarantine["reason"][0]


def test_dates_of_a_workbook_that_all_carry_that_time(office):
    office.people()
    days = [datetime(2024, 4, day, 23, 59, 17) for day in (3, 4)]
    office.xlsx("案件.xlsx", 案件=[CASES[:4], *[[f"{d:%d}号", "D01", "移送", d] for d in days]])
    office.clean()
    assert office.codes() == ["ambiguous_date", "ambiguous_date"]


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-04-30 23:59:59", "2024-05-01 23:59:59", "2024-05-02 23:59:59"],
        ["2024-04-30 23:59:17", "2024-05-01 10:12:13"],
        ["2024-04-30 00:00:00", "2024-05-01 00:00:00", "2024-05-02 00:00:00"],
        ["2024-04-30 16:00:00", "2024-05-01 09:00:00", "2024-05-02 16:00:00"],
    ],
)
def test_other_times_of_day_are_dropped(office, texts):
    office.people()
    _decided(office, *texts)
    assert office.codes() == []


def test_utc_midnights_without_a_zone_are_a_day_early(office):
    office.people()
    _decided(office, "2024-04-30 16:00:00", "2024-05-01 16:00:00", "2024-05-02 16:00:00")
    assert office.codes() == ["ambiguous_date"] * 3


def test_rows_that_a_remark_revokes_are_data_and_listed(office):
    office.people()
    rows = [
        ["1号", "D01", "移送", "已作废"],
        ["2号", "D01", "移送", ""],
        ["3号", "D01", "移送", "删除"],
    ]
    office.csv("案件.csv", [*CASES[:3], "备注"], *rows)
    office.clean()
    assert len(office.rows("cases")) == 3
    assert "『备注』写明作废或删除的 2 行（第 2、4 行）" in office.status("案件.csv")[1]


RECORDS = ["记录编号", "单位编码", "检查人员", "检查日期", "检查时间"]


@pytest.mark.parametrize("clock", ["06:29:20", time(6, 29, 20)])
@pytest.mark.parametrize("day", ["检查日期", "日期"])
def test_a_time_beside_its_day_is_told_with_both_headers(office, clock, day):
    office.people()
    header = [day if text == "检查日期" else text for text in RECORDS]
    row = ["JL-1", "D01", "06120001", "2024-03-05", clock]
    office.xlsx("检查.xlsx", 检查记录=[header, row])
    report = office.clean()
    assert office.codes("inspections") == ["bad_date"]
    assert f"『{day}』和『检查时间』" in report.quarantine["fix"].item()
