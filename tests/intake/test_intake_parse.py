"""Cell by cell: what each type reads, and what it refuses, with values worked out by hand."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from dalian_eval.intake.base.raw_cell import CellError, EmptyFormula, FormattedNumber
from dalian_eval.intake.base.reasons import BadCellError, Problem, Reason
from dalian_eval.intake.cells.parse import parser, person
from dalian_eval.schema.tables import BY_NAME


def read(place, cell, date1904=False):
    table, column = place.split(".")
    person = place == "officers.name"
    return parser(BY_NAME[table][column], date1904=date1904, person_name=person)(cell)[0]


def refuse(place, cell):
    with pytest.raises(BadCellError) as caught:
        read(place, cell)
    return caught.value


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("06120001", "06120001"),
        ("０６１２０００１", "06120001"),
        ("\u300006120001\t", "06120001"),
        ("\ufeff06120001\u200b", "06120001"),
        ("'06120001", "06120001"),
        ("’06120001", "06120001"),
        (6120001, "6120001"),
        (6120001.0, "6120001"),
        ("6120001.0", "6120001"),
        (FormattedNumber(6120001.0, "00000000"), "06120001"),
        (123456789012345.0, "123456789012345"),
        ("110101199001011234", "110101199001011234"),
        ("1E5", "1E5"),
        ('="06120001"', "06120001"),
        (FormattedNumber(12.0, '"辽"0000"号"'), "辽0012号"),
        ("\u200e06120001\u202c", "06120001"),
        ("061\u00a02\u3000", "061 2"),
        ("D01\r\n", "D01"),
    ],
)
def test_code(cell, code):
    assert read("officers.officer_id", cell) == code


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("3.2E+14", Reason.SCIENTIFIC),
        ("３.２Ｅ＋１４", Reason.SCIENTIFIC),
        ("1E+15", Reason.SCIENTIFIC),
        (1234567890123456.0, Reason.DIGITS_LOST),
        (1.5, Reason.BAD_CODE),
        (-3, Reason.BAD_CODE),
        (True, Reason.BAD_CODE),
        (date(2024, 3, 5), Reason.BAD_CODE),
        ("'", Reason.BLANK),
        ('=""', Reason.BLANK),
        (CellError("#N/A"), Reason.ERROR_CELL),
        ("#N/A", Reason.ERROR_CELL),
        (EmptyFormula("=A1"), Reason.EMPTY_FORMULA),
        ("=A1&B1", Reason.EMPTY_FORMULA),
        ("=cmd|'/C calc'!A0", Reason.EMPTY_FORMULA),
        ("0612\u202e0001", Reason.DECEPTIVE),
        ("0612\x000001", Reason.DECEPTIVE),
        ("0612\x1b[2J", Reason.DECEPTIVE),
        ("0612\ufffd", Reason.GARBLED),
        ("锟斤拷01", Reason.GARBLED),
        (FormattedNumber(0.94, "%"), Reason.BAD_CODE),
    ],
)
def test_bad_code(cell, reason):
    assert refuse("officers.officer_id", cell).reason is reason


@pytest.mark.parametrize(
    "cell",
    [
        "东环罚〔2024〕12号",
        "东环罚[2024]12号",
        "东环罚(2024)12号",
        "东环罚（2024）12号",
        "东环罚【2024】12号",
        "东环罚［２０２４］１２号",
        " 东环罚 〔2024〕 12 号",
        "东环罚〖2024〗12号",
        "东环罚{2024}12号",
        "东环罚﹝2024﹞12号",
        "东环罚〔2024)12号",
        "'东环罚\u200b〔2024〕\u00a012\u3000号",
    ],
)
def test_case_numbers_are_one(cell):
    assert read("cases.case_id", cell) == "东环罚〔2024〕12号"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-3-5", date(2024, 3, 5)),
        ("2024/3/5", date(2024, 3, 5)),
        ("2024.3.5", date(2024, 3, 5)),
        ("2024年3月5日", date(2024, 3, 5)),
        ("2024 年 3 月 5 日", date(2024, 3, 5)),
        ("２０２４年３月５日", date(2024, 3, 5)),
        ("20240305", date(2024, 3, 5)),
        (20240305, date(2024, 3, 5)),
        (20240305.0, date(2024, 3, 5)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2024-03-05 23:59:59", date(2024, 3, 5)),
        ("2024/3/5 下午 4:30", date(2024, 3, 5)),
        ("2024年3月5日星期二", date(2024, 3, 5)),
        ("2024-03-05（周二）", date(2024, 3, 5)),
        ('="2024-03-05"', date(2024, 3, 5)),
        ("2024-10-31T16:30Z", date(2024, 11, 1)),
        ("2024-10-31T15:59:59Z", date(2024, 10, 31)),
        ("2024-10-31T16:30:00.000+00:00", date(2024, 11, 1)),
        ("2024-11-01T00:30:00+0800", date(2024, 11, 1)),
        ("2024-10-31 12:00:00-05:00", date(2024, 11, 1)),
        ("9999-12-30", date(9999, 12, 30)),
        (datetime(2024, 3, 5, 10, 0), date(2024, 3, 5)),
        (date(2024, 3, 5), date(2024, 3, 5)),
        # 1 January 2024 is day 45292 of the 1900 system (Excel: =DATEVALUE("2024-01-01")).
        (45292, date(2024, 1, 1)),
        (45292.75, date(2024, 1, 1)),
        ("45292", date(2024, 1, 1)),
        ("45356.6875", date(2024, 3, 5)),
    ],
)
def test_date(cell, day):
    assert read("cases.decided_on", cell) == day


def test_serial_of_1904():
    # The 1904 system counts 1462 days fewer: 45292 - 1462 = 43830.
    assert read("cases.decided_on", 43830, date1904=True) == date(2024, 1, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-02-30",
        "2024-13-01",
        "2024-3",
        "2024年3月",
        "24-3-5",
        "3月5日",
        "长期",
        "2024-03-05 上午 13:00",
        "0024-03-05",
        "2024-03-05 10:00 CST",
        "9999-12-31T23:00:00-05:00",
        "9999-12-31 24:00",
        "2024-03-05 24:01",
        "2024年3月5日星期三",
        "1900-02-28",
        datetime(1900, 1, 2),
        date(1899, 12, 29),
        "-45356",
        -45356,
        "2024-03-05 下午 0:10",
        "2024-03-05至2024-03-08",
        12,
        202403,
        True,
        time(10, 0),
    ],
)
def test_bad_date(cell):
    assert refuse("cases.decided_on", cell).reason is Reason.BAD_DATE


def test_ambiguous_date_names_both_readings():
    bad = refuse("cases.decided_on", "5/3/2024")
    problem = Problem(bad.reason, "决定日期", "5/3/2024", bad.details)
    assert bad.reason is Reason.AMBIGUOUS_DATE
    assert problem.sentence == "『决定日期』的值 5/3/2024 有两种读法：2024-05-03 或 2024-03-05。"
    assert problem.fix == "请写成 2024-05-03 或 2024-03-05。"


def test_midnight_at_the_end_of_a_day_has_two_readings():
    bad = refuse("cases.decided_on", "2024-02-29 24:00")
    assert bad.reason is Reason.AMBIGUOUS_DATE
    problem = Problem(bad.reason, "决定日期", "2024-02-29 24:00", bad.details)
    assert "2024-02-29 00:00 或 2024-03-01 00:00" in problem.sentence


@pytest.mark.parametrize("cell", [45356, "45356", date(2024, 3, 5), datetime(2024, 3, 5, 10)])
def test_without_a_date_system_both_readings_are_told(cell):
    with pytest.raises(BadCellError) as caught:
        read("cases.decided_on", cell, date1904=None)
    assert caught.value.reason is Reason.AMBIGUOUS_DATE
    assert caught.value.details["first"] == "2024-03-05"
    assert caught.value.details["second"] == "2028-03-06"
    assert "1904" in caught.value.details["detail"]


def test_two_digit_years_are_told():
    for cell in ("24-3-5", "5/3/24", "24年3月5日"):
        assert "年份须写四位" in refuse("cases.decided_on", cell).details["detail"]


def test_year_last_with_one_reading_is_suggested_not_guessed():
    bad = refuse("cases.decided_on", "25/3/2024")
    assert bad.reason is Reason.BAD_DATE
    assert "2024-03-25" in Problem(bad.reason, "决定日期", "25/3/2024", bad.details).fix


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024-03-05 10:00:00", datetime(2024, 3, 5, 10)),
        ("2024-03-05T10:00:00", datetime(2024, 3, 5, 10)),
        ("2024/3/5 9:05", datetime(2024, 3, 5, 9, 5)),
        ("2024年3月5日 16时30分", datetime(2024, 3, 5, 16, 30)),
        ("2024年3月5日16时30分20秒", datetime(2024, 3, 5, 16, 30, 20)),
        ("2024/3/5 下午 4:30", datetime(2024, 3, 5, 16, 30)),
        ("2024/3/5 12:10:00 AM", datetime(2024, 3, 5, 0, 10)),
        ("2024/3/5 4:30 下午", datetime(2024, 3, 5, 16, 30)),
        ("2024-3-5 下午4时30分", datetime(2024, 3, 5, 16, 30)),
        ("2024年3月5日 星期二 16:30", datetime(2024, 3, 5, 16, 30)),
        ("2024-10-31T16:30:00+00:00", datetime(2024, 11, 1, 0, 30)),
        ("2024-10-31 16:30 GMT+8", datetime(2024, 10, 31, 16, 30)),
        ("20240305163000", datetime(2024, 3, 5, 16, 30)),
        ("20240305 16:30", datetime(2024, 3, 5, 16, 30)),
        ("2024-10-31T16:30Z", datetime(2024, 11, 1, 0, 30)),
        ("2024-10-31 16:30:00.250 UTC", datetime(2024, 11, 1, 0, 30, 0, 250000)),
        ("2024-03-05", datetime(2024, 3, 5)),
        (45356.6875, datetime(2024, 3, 5, 16, 30)),
    ],
)
def test_timestamp(cell, moment):
    assert read("inspections.uploaded_at", cell) == moment


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03",
        "2024年3月",
        "2024/3",
        "2024.03",
        "202403",
        202403,
        "2024-03-31",
        45356,
        datetime(2024, 3, 5),
        "２０２４年３月",
    ],
)
def test_month(cell):
    assert read("automonitor.month", cell) == "2024-03"


def test_month_at_the_edge_of_a_zone():
    assert read("automonitor.month", "2024-10-31T16:30Z") == "2024-11"


@pytest.mark.parametrize("cell", ["2024.3", 2024.3, "2024.03"])
def test_month_with_a_point_has_lost_no_zero(cell):
    assert read("automonitor.month", cell) == "2024-03"


@pytest.mark.parametrize("cell", ["2024-13", "2024.1", 2024.1, "3月", "2024", "202400", 20243])
def test_bad_month(cell):
    assert refuse("automonitor.month", cell).reason is Reason.BAD_MONTH


@pytest.mark.parametrize(
    "cell", ["是", "有", "√", "Y", "y", "１", "1", 1, 1.0, True, "TRUE", "True", " 是 "]
)
def test_yes(cell):
    assert read("units.candidate", cell) is True


@pytest.mark.parametrize(
    "cell", ["否", "无", "×", "x", "N", "n", "0", 0, 0.0, False, "FALSE", "Ｎ"]
)
def test_no(cell):
    assert read("units.candidate", cell) is False


@pytest.mark.parametrize("cell", ["不详", "2", 2, "是/否"])
def test_bad_bool(cell):
    assert refuse("units.candidate", cell).reason is Reason.BAD_BOOL


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("92.5", "92.5"),
        ("９２．５", "92.5"),
        (86.30000000000001, "86.3"),
        (90.1 + 0.2, "90.3"),
        (92, "92"),
        ("94%", "94"),
        (FormattedNumber(0.94, "%"), "94"),
        (FormattedNumber(0.9399999999999999, "%"), "94"),
        ("0.94%", "0.94"),
        (FormattedNumber(0.0094, "%"), "0.94"),
        ("1", "1"),
        ("'92.5", "92.5"),
        ("94 %", "94"),
        ("９４％", "94"),
        ("1.0", "1.0"),
        (100, "100"),
        (0, "0"),
    ],
)
def test_score(cell, number):
    assert read("case_reviews.score", cell) == Decimal(number)


@pytest.mark.parametrize("cell", ["0.94", 0.94, "０．９４０", FormattedNumber(0.94, "0.00")])
def test_a_fraction_of_a_hundred_has_two_readings(cell):
    found = refuse("case_reviews.score", cell)
    assert found.reason is Reason.FRACTION
    assert found.details == {"first": "94", "second": "0.94"}


@pytest.mark.parametrize(
    ("cell", "number"),
    [("0.1", "0.1"), ("0.1234", "0.1234"), ("0.12340000000000000000000", "0.1234"), ("0", "0")],
)
def test_a_deduction_has_up_to_four_decimals(cell, number):
    assert read("quality_findings.deduction", cell) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("0.12341", Reason.BAD_NUMBER),
        ("0.00001", Reason.BAD_NUMBER),
        ("-0.1", Reason.OUT_OF_RANGE),
    ],
)
def test_a_deduction_with_more_decimals_or_below_zero_is_refused(cell, reason):
    assert refuse("quality_findings.deduction", cell).reason is reason


@pytest.mark.parametrize("column", ["review_scores.score", "quality_findings.deduction"])
def test_a_fraction_of_other_numbers_is_a_number(column):
    assert read(column, "0.5") == Decimal("0.5")
    assert refuse(column, "50%").reason is Reason.PERCENT


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("100.01", Reason.OUT_OF_RANGE),
        ("-1", Reason.OUT_OF_RANGE),
        ("优", Reason.BAD_NUMBER),
        ("92.5分钟", Reason.BAD_NUMBER),
        ("9,2", Reason.BAD_NUMBER),
        ("9 2", Reason.BAD_NUMBER),
        ("٩٢", Reason.BAD_NUMBER),
        ("inf", Reason.BAD_NUMBER),
        ("1E+01", Reason.BAD_NUMBER),
        ("0." + "1" * 19, Reason.BAD_NUMBER),
        (True, Reason.BAD_NUMBER),
        (datetime(2024, 3, 5), Reason.BAD_NUMBER),
        (CellError("#DIV/0!"), Reason.ERROR_CELL),
    ],
)
def test_bad_score(cell, reason):
    assert refuse("case_reviews.score", cell).reason is reason


def test_percent_needs_a_scale_of_hundred():
    assert refuse("review_scores.score", "94%").reason is Reason.PERCENT


@pytest.mark.parametrize(
    ("cell", "number"),
    [("7,200", 7200), ("7，200", 7200), ("1,234,567", 1234567), (7200.0, 7200), ("7 200", 7200)],
)
def test_integer(cell, number):
    assert read("automonitor.due", cell) == number


@pytest.mark.parametrize("cell", ["7.2", 7.5, "72,00", "94%", "9" * 30])
def test_bad_integer(cell):
    refuse("automonitor.due", cell)


@pytest.mark.parametrize(
    "cell",
    ["甲、乙、丙", "甲，乙,丙", "甲;乙；丙", "甲/乙／丙", "甲\n乙\r\n丙", " 甲 、、乙、丙、甲"],
)
def test_list(cell):
    assert read("cases.equipment", cell) == ("甲", "乙", "丙")


def test_list_elements_are_half_width_but_keep_chinese_brackets():
    assert read("cases.equipment", "ＦＩＤ、无人机（大）") == ("FID", "无人机（大）")


@pytest.mark.parametrize("cell", ["无", "、", "/", " — "])
def test_list_that_says_nothing(cell):
    assert read("cases.equipment", cell) == ()


def test_list_of_certificates():
    assert read("inspections.inspectors", "０６１２０００１;'06120002") == ("06120001", "06120002")
    assert read("inspections.inspectors", 6120001.0) == ("6120001",)
    assert refuse("inspections.inspectors", "06120001、3.2E+14").reason is Reason.SCIENTIFIC


@pytest.mark.parametrize("cell", ["①③", "①、③", "1、3", "(1),(3)", "1.、3."])
def test_circled_digits(cell):
    assert read("case_reviews.fatal", cell) == ("①", "③")


@pytest.mark.parametrize("cell", ["13", "6", "⑥", 1.3, "一"])
def test_bad_circled_digits(cell):
    refuse("case_reviews.fatal", cell)


def test_one_circled_digit_as_a_number():
    assert read("case_reviews.fatal", 2.0) == ("②",)


def test_vocabulary():
    assert read("cases.kind", " 一般 处罚") == "一般处罚"
    bad = refuse("cases.kind", "一般行政处罚")
    problem = Problem(bad.reason, "案件类型", "一般行政处罚", bad.details)
    assert bad.reason is Reason.NOT_IN_VOCABULARY
    assert "最接近的是“一般处罚”" in problem.fix


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("甲　某", "甲某"),
        ("甲 某", "甲某"),
        ("䶮 某", "䶮某"),
        ("﨑某", "﨑某"),
        ("欧阳 某", "欧阳某"),
        ("欧　阳　某", "欧阳某"),
        ("John  Doe", "John  Doe"),
        ("丙某（小）", "丙某(小)"),
        ("买买提 • 某", "买买提·某"),
        ("买买提·某", "买买提·某"),
        ("甲\u200b\x00某", "甲某"),
    ],
)
def test_person_name(cell, name):
    assert read("officers.name", cell) == name


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" 某公司\r\n二厂 ", "某公司\n二厂"),
        ("甲\r乙\x00\x1b[31m", "甲\n乙[31m"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("ＡＢＣ（有限）", "ＡＢＣ（有限）"),
        (12.0, "12"),
        (EmptyFormula("=A1&B1"), "=A1&B1"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_free_text_never_costs_a_row(cell, text):
    assert read("inspections.target", cell) == text


def test_text_of_a_key_is_no_free_text():
    assert refuse("equipment.item", CellError("#N/A")).reason is Reason.ERROR_CELL


def test_names_are_compared_with_one_kind_of_middle_dot():
    names = ["买买提·某", "买买提•某", "买买提・某", "买买提．某", "买买提 · 某"]
    assert {person(name) for name in names} == {"买买提·某"}


def test_sentences_spell_out_what_is_not_seen():
    bad = refuse("officers.officer_id", "06\u202e21\x1b[2J")
    problem = Problem(bad.reason, "执法证号", "06\u202e21\x1b[2J", bad.details)
    assert "06‹U+202E›21‹U+001B›[2J" in problem.sentence


@pytest.mark.parametrize("cell", ["2024-03-05 09:00-11:30", "2024/3/5 9:00－11:00"])
def test_from_when_to_when_is_no_zone(cell):
    assert (
        "起止时间"
        in Problem(
            Reason.BAD_DATE, "检查时间", cell, refuse("inspections.inspected_at", cell).details
        ).sentence
    )
    assert read("inspections.inspected_at", "2024-03-05T09:00-11:00") == datetime(2024, 3, 6, 4)


@pytest.mark.parametrize("cell", ["20243", 20243, "19601"])
def test_a_date_short_of_a_digit_is_no_serial(cell):
    assert refuse("inspections.inspected_at", cell).reason is Reason.BAD_DATE
