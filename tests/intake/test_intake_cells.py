"""What one cell says: blanks, look-alikes, units, ticks, lists, people, system dates.

Values are worked out by hand from the data contract, not from the program.
"""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dalian_eval.intake.base.raw_cell import CellError
from dalian_eval.intake.base.reasons import BadCellError, Change, Problem, Reason
from dalian_eval.intake.cells.list_entries import among, split_joined, without_others
from dalian_eval.intake.cells.parse import parser, person
from dalian_eval.intake.cells.ticks import settle_circles, yes_or_no
from dalian_eval.intake.tables.headers import plain_header
from dalian_eval.schema.model import Type
from dalian_eval.schema.tables import BY_NAME, TABLES

NOTHING = [
    "/",
    "—",
    "-",
    "——",
    "－",
    "NULL",
    "null",
    "nan",
    "NaN",
    "None",
    "N/A",
    "空",
    "暂无",
    "ＮＵＬＬ",
]
OPTIONAL = [c for t in TABLES for c in t.columns if not c.mandatory]
KINDS = list({(c.type, bool(c.vocabulary), c.references): c for c in OPTIONAL}.values())
WORDS = ("自动监测", "第三方弄虚作假", "危险废物", "FID")


def read(place, cell, entries=()):
    table, column = place.split(".")
    name = place == "officers.name"
    return parser(BY_NAME[table][column], date1904=False, person_name=name, entries=entries)(cell)


def value(place, cell):
    return read(place, cell)[0]


def refusal(place, cell):
    with pytest.raises(BadCellError) as caught:
        read(place, cell)
    return caught.value


@pytest.mark.parametrize("column", KINDS, ids=lambda c: f"{c.type.value}-{c.header}")
@pytest.mark.parametrize("word", NOTHING)
def test_words_for_nothing_are_blank_in_every_type(column, word):
    blank = () if column.type is Type.LIST else None
    for cell in (word, f" {word} ", f"'{word}", f'="{word}"', word + "\0\0"):
        found, change = parser(column, date1904=False)(cell)
        assert found == blank
        assert change in (Change.NOTHING, Change.NO_LIST)


def test_none_is_no_in_a_column_of_yes_and_no_and_blank_elsewhere():
    assert value("units.candidate", "无") is False
    assert value("cases.decided_on", "无") is None
    assert value("cases.record_id", "无") is None
    assert value("case_reviews.score", "无") is None
    assert value("leads.flaw", "无") is None
    assert value("inspections.target", "无") is None


@pytest.mark.parametrize("word", [*NOTHING, "无", "'", '=""', "\0\0"])
def test_words_for_nothing_do_not_fill_a_mandatory_cell(word):
    assert refusal("cases.case_id", word).reason is Reason.BLANK
    assert refusal("automonitor.due", word).reason is Reason.BLANK


@pytest.mark.parametrize("text", ["无名湖", "空调厂", "Nancy", "NULLA", "nano", "暂无名", "N1"])
def test_words_that_only_begin_like_nothing_are_texts(text):
    assert value("inspections.target", text) == text


@pytest.mark.parametrize("column", OPTIONAL, ids=lambda c: c.header)
@pytest.mark.parametrize("cell", ["#REF!", "#N/A", " #VALUE! ", '="#N/A"', CellError("#REF!")])
def test_error_cells_are_refused_in_every_column(column, cell):
    with pytest.raises(BadCellError) as caught:
        parser(column, date1904=False)(cell)
    assert caught.value.reason is Reason.ERROR_CELL


@pytest.mark.parametrize(
    ("place", "cell", "meant"),
    [
        ("honours.name", "东⽚⼤队", "东片大队"),
        ("cases.kind", "⼀般处罚", "一般处罚"),
        ("cases.fields", "⾃动监测", ("自动监测",)),
        ("officers.name", "⽯某", "石某"),
        ("officers.name", "\uf90a某", "金某"),
        ("cases.record_id", "⻓安〔2024〕1号", "长安〔2024〕1号"),
        ("units.candidate", "⽆", False),
        ("cases.decided_on", "2024年3⽉5⽇", date(2024, 3, 5)),
    ],
)
def test_lookalikes_are_read_as_what_they_stand_for(place, cell, meant):
    assert read(place, cell) == (meant, Change.LOOKALIKES)


def test_unified_ideographs_among_the_compatibility_forms_stay():
    assert read("officers.name", "﨑某") == ("﨑某", None)
    assert read("case_reviews.fatal", "①") == (("①",), None)


@pytest.mark.parametrize(
    ("header", "plain"),
    [
        ("部⻔", "部门"),
        ("'编号", "编号"),
        ('="编号"', "编号"),
        ("1.编号", "编号"),
        ("2、对象类型", "对象类型"),
        ("（3）对 象", "对象"),
        ("④级别*", "级别"),
        ("12）日期", "日期"),
        ("编号\0\0", "编号"),
        ("2024年度", "2024年度"),
        ("1.5", "1.5"),
        ("1", "1"),
    ],
)
def test_headers_without_what_stands_around_them(header, plain):
    assert plain_header(header) == plain


@pytest.mark.parametrize(
    ("place", "cell", "number"),
    [
        ("honours.year", "2024年", 2024),
        ("honours.year", "２０２４ 年", 2024),
        ("case_reviews.score", "77.5分", Decimal("77.5")),
        ("automonitor.due", "7,200条", 7200),
        ("equipment.quantity", "12台", 12),
        ("equipment.quantity", "3套", 3),
        ("activities.attendees", "40人", 40),
        ("quality_findings.deduction", "0.5 分", Decimal("0.5")),
    ],
)
def test_units_behind_numbers_are_dropped_and_logged(place, cell, number):
    assert read(place, cell) == (number, Change.UNIT)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("8.3万", "83000"), ("8.3万条", "83000"), ("0.7200 万", "7200"), ("1亿", "100000000")],
)
def test_multiples_are_refused_with_the_number_they_would_mean(cell, meant):
    bad = refusal("automonitor.due", cell)
    assert bad.reason is Reason.MULTIPLE
    assert meant in Problem(bad.reason, "应传数", cell, bad.details).sentence


@pytest.mark.parametrize("cell", ["分", "约700条", "700条条", "7个月", "77.5%分", "第3名"])
def test_words_that_are_no_unit_stay_unreadable(cell):
    assert refusal("case_reviews.score", cell).reason is Reason.BAD_NUMBER


@pytest.mark.parametrize(("cell", "read_as"), [("0.1234", "0.1234"), ("0", "0"), (0.3, "0.3")])
def test_a_deduction_has_up_to_four_decimals(cell, read_as):
    assert value("quality_findings.deduction", cell) == Decimal(read_as)


def test_a_deduction_with_five_decimals_or_below_zero_is_refused():
    assert refusal("quality_findings.deduction", "0.12345").reason is Reason.BAD_NUMBER
    assert refusal("quality_findings.deduction", "-0.5").reason is Reason.OUT_OF_RANGE


@pytest.mark.parametrize(
    "cell",
    [
        "东环罚〔2024〕第10号",
        "东环罚(2024)第 10 号",
        "《东环罚〔2024〕10号》",
        "<东环罚[2024]10号>",
        "〈东环罚【2024】第10号〉",
        "东环罚《2024》10号",
        "'东环罚〔2024〕10号",
    ],
)
def test_case_numbers_of_one_case(cell):
    assert value("cases.case_id", cell) == "东环罚〔2024〕10号"


def test_leading_zeros_of_case_numbers_are_kept():
    assert value("cases.case_id", "东环罚〔2024〕第010号") == "东环罚〔2024〕010号"


@pytest.mark.parametrize(
    ("cell", "entries"),
    [
        ("自动监测及第三方弄虚作假", ("自动监测", "第三方弄虚作假")),
        ("自动监测 危险废物", ("自动监测", "危险废物")),
        ("自动监测、危险废物和第三方弄虚作假", ("自动监测", "危险废物", "第三方弄虚作假")),
        ("危险废物 与 自动监测 以及 fid", ("危险废物", "自动监测", "FID")),
    ],
)
def test_known_entries_that_are_joined_are_split(cell, entries):
    assert read("cases.fields", cell, WORDS) == (entries, Change.JOINED)


def test_entries_of_which_one_is_unknown_are_not_split():
    assert read("cases.fields", "自动监测及噪声", WORDS) == (("自动监测及噪声",), None)
    assert read("cases.fields", "自动监测及危险废物") == (("自动监测及危险废物",), None)
    assert value("case_reviews.fatal", "①和③") == ("①", "③")
    assert value("case_reviews.fatal", "1 与 (3)") == ("①", "③")
    assert refusal("case_reviews.fatal", "①和⑥").reason is Reason.NOT_IN_VOCABULARY


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.sampled_from(" 及和与"))
@settings(deadline=None)
def test_whatever_known_entries_are_joined_come_apart(words, joint):
    assert split_joined(joint.join(words), among(WORDS)) == words


def test_an_entry_with_a_joint_of_its_own_is_taken_whole_first():
    known = among(("甲和", "甲", "和乙", "甲和乙", "丙"))
    assert split_joined("甲和乙和丙", known) == ["甲和乙", "丙"]
    assert split_joined("甲 " * 5000, known) is None


@pytest.mark.parametrize(
    "cell",
    [
        *("否", "没有", "不涉及", "未使用", "nan", "0", 0, 0.0, False, "无", "×", "不适用", "'0"),
        *("未采用新技术", "无（未使用）", "否。", "尚未使用新装备", "无此情形", "没有使用", "未"),
        *("无相关情况", "不涉及上述内容", "不详", "待核实", "待补充", "均无", "未用新技术新装备"),
    ],
)
def test_words_for_no_are_blank_where_presence_counts(cell):
    assert value("cases.techniques", cell) == ()
    assert value("case_reviews.fatal", cell) == ()


@pytest.mark.parametrize(
    "entry",
    ["无人机", "非现场监管平台", "未批先建", "不透光烟度计", "无组织排放", "无损检测", "是"],
)
def test_words_that_begin_like_a_denial_stay(entry):
    assert value("cases.techniques", entry) == (entry,)


def test_a_yes_in_a_list_is_one():
    assert value("cases.techniques", True) == ("是",)
    assert value("case_reviews.fatal", "无致命问题") == ()


def test_only_blanks_are_blank_in_a_list_of_people():
    assert value("inspections.inspectors", "/") == ()
    assert value("inspections.inspectors", "06120001、无") == ("06120001",)


@pytest.mark.parametrize(
    ("piece", "named"),
    [
        ("张某某等2人", "张某某"),
        ("张某某 等 三 人", "张某某"),
        ("06120001等", "06120001"),
        ("张某某等同志", "张某某"),
        ("等2人", ""),
        ("王等", "王等"),
        ("张某某", "张某某"),
    ],
)
def test_others_who_are_not_named(piece, named):
    assert without_others(piece) == named


def test_others_are_told():
    read_as = read("inspections.inspectors", "06120001、06120002等3人")
    assert read_as == (("06120001", "06120002"), Change.OTHERS)


@pytest.mark.parametrize(
    ("cell", "yes"),
    [
        ("☑是 □否", True),
        ("□是 ☑否", False),
        ("是☑否□", True),
        ("√是 否", True),
        ("是 否√", False),
        ("☒是□否", True),
        ("○是 ●否", False),
        ("☑有 ☐无", True),
        ("✅", True),
        ("❌", False),
        ("✔️", True),
        ("达标", True),
        ("不达标", False),
        ("没有", False),
        ("是√否", None),
        ("×是 □否", None),
        ("□是 □否", None),
        ("☑是 ☑否", None),
        ("□", None),
        ("○", None),
        ("☒", None),
    ],
)
def test_ticks_are_read_where_one_reading_is_possible(cell, yes):
    assert yes_or_no(cell, "达标") is yes


@pytest.mark.parametrize(
    ("header", "cell", "yes"),
    [
        ("有效", "有效", True),
        ("有效", "无效", False),
        ("采用", "未采用", False),
        ("在编", "不在编", False),
        ("一线", "非一线", False),
        ("采用", "有效", None),
        ("结论", "结论", None),
    ],
)
def test_a_header_repeated_in_the_cell_says_yes(header, cell, yes):
    assert yes_or_no(cell, header) is yes


def test_a_circle_means_yes_only_beside_crosses():
    assert settle_circles(["○", "×", None]) == ["√", "×", None]
    assert settle_circles(["○", "√"]) == ["○", "√"]
    assert settle_circles(["○", "●", "×"]) == ["○", "●", "×"]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("Tue Mar 05 10:00:00 CST 2024", datetime(2024, 3, 5, 10)),
        ("Tue Mar  5 10:00:00 2024", datetime(2024, 3, 5, 10)),
        ("Tue Mar 05 02:00:00 UTC 2024", datetime(2024, 3, 5, 10)),
        ("Mar 5, 2024 4:30:00 PM", datetime(2024, 3, 5, 16, 30)),
        ("Tue Mar 05 2024 10:00:00 GMT+0800 (中国标准时间)", datetime(2024, 3, 5, 10)),
        ("Tue Mar 05 2024 10:00:00 GMT+0800 (China Standard Time)", datetime(2024, 3, 5, 10)),
        ("Tue, 05 Mar 2024 02:00:00 GMT", datetime(2024, 3, 5, 10)),
        ("2024-03-05 10:00:00 +0800 CST", datetime(2024, 3, 5, 10)),
        ("2024-03-05 10:00:00.5 +0800 CST m=+0.000012", datetime(2024, 3, 5, 10, 0, 0, 500_000)),
        (
            "2024-03-05T10:00:00.123456789+08:00[Asia/Shanghai]",
            datetime(2024, 3, 5, 10, 0, 0, 123456),
        ),
        ("2024-03-05T10:00[Asia/Shanghai]", datetime(2024, 3, 5, 10)),
        ("2024-03-05 02:00:00 +0000 UTC", datetime(2024, 3, 5, 10)),
        ("2024-03-05 10:00:00:250", datetime(2024, 3, 5, 10, 0, 0, 250_000)),
        ("2024-03-05 10:00:00.0", datetime(2024, 3, 5, 10)),
        ("2024年3月5日 凌晨1:30", datetime(2024, 3, 5, 1, 30)),
        ("2024年3月5日 凌晨12:30", datetime(2024, 3, 5, 0, 30)),
        ("2024年3月5日 中午12:30", datetime(2024, 3, 5, 12, 30)),
        ("2024年3月5日 中午1点", datetime(2024, 3, 5, 13)),
        ("2024年3月5日 晚上8:15", datetime(2024, 3, 5, 20, 15)),
        ("2024年3月5日 晚上20:15", datetime(2024, 3, 5, 20, 15)),
        ("2024年3月5日下午3时", datetime(2024, 3, 5, 15)),
        ("2024年3月5日15时20分", datetime(2024, 3, 5, 15, 20)),
        ("2024/3/5, 上午10:00:00", datetime(2024, 3, 5, 10)),
    ],
)
def test_timestamps_of_systems(cell, moment):
    assert value("inspections.inspected_at", cell) == moment


@pytest.mark.parametrize(
    "cell",
    [
        "Wed Mar 05 10:00:00 CST 2024",
        "Tue Mar 05 10:00:00 CST",
        "Tue Mar 05 10:00:00 EST 2024",
        "Feb 30, 2024 10:00:00",
        "2024-03-05 晚上12:30",
        "2024-03-05 晚上1:30",
        "2024-03-05 凌晨8:00",
        "2024-03-05 中午9:00",
        "2024-03-05 10:00 CST",
        "Mar 5 10:00:00 2024 CST 2024",
    ],
)
def test_timestamps_that_leave_something_open(cell):
    bad = refusal("inspections.inspected_at", cell)
    assert bad.reason is Reason.BAD_DATE
    assert "2024-03-05 10:00" in Problem(bad.reason, "检查时间", cell, bad.details).fix


def test_the_cure_of_a_date_shows_a_date():
    bad = refusal("cases.decided_on", "三月五日")
    assert "请写成 2024-03-05 的样式" in Problem(bad.reason, "决定日期", "", bad.details).fix


@pytest.mark.parametrize(
    "cell",
    [
        "1970-01-01",
        "1970/1/1 8:00:00",
        "1900-01-01",
        "1899-12-30",
        "9999-12-31",
        "0001-01-01",
        datetime(1970, 1, 1),
        datetime(1970, 1, 1, 8),
        datetime(1900, 1, 1),
        date(9999, 12, 31),
        25569,
        "1970-01-01T00:00:00Z",
        "0000-00-00",
        "0000-00-00 00:00:00",
        "0",
        0,
    ],
)
def test_placeholder_dates_are_refused_as_such(cell):
    bad = refusal("leads.fed_back_on", cell)
    assert bad.reason is Reason.PLACEHOLDER_DATE
    assert "应为空白" in Problem(bad.reason, "反馈日期", str(cell), bad.details).sentence


@pytest.mark.parametrize("cell", ["1970-01-02", "1969-12-31", "9999-12-30"])
def test_days_beside_the_placeholders_are_days(cell):
    assert value("leads.fed_back_on", cell) == date.fromisoformat(cell)


@pytest.mark.parametrize("cell", ["长期", "永久", "长 期 有效", "9999-12-31", date(9999, 12, 31)])
def test_without_end(cell):
    assert read("officers.valid_to", cell) == (None, Change.NO_END)
    assert refusal("officers.valid_from", cell).reason in (
        Reason.BAD_DATE,
        Reason.PLACEHOLDER_DATE,
    )


@pytest.mark.parametrize("cell", ["'2024-03-05", '="2024-03-05"', '"2024-03-05"'[1:-1] + "\0\0"])
def test_what_programs_put_around_a_text_is_taken_off_in_every_type(cell):
    assert value("cases.decided_on", cell) == date(2024, 3, 5)
    for place, text, meant in (
        ("units.candidate", "是", True),
        ("cases.kind", "移送", "移送"),
        ("automonitor.month", "2024-03", "2024-03"),
        ("inspections.target", "某厂", "某厂"),
        ("cases.equipment", "FID、PID", ("FID", "PID")),
        ("officers.name", "甲某", "甲某"),
    ):
        assert value(place, cell.replace("2024-03-05", text)) == meant


def test_quotation_marks_of_a_free_text_stay():
    assert value("honours.name", "'十佳'标兵") == "'十佳'标兵"
    assert value("honours.name", "‘十佳’标兵") == "‘十佳’标兵"


def test_a_name_is_one_name_whatever_its_blanks_dots_and_brackets():
    assert {person(n) for n in ("胡杰喆", "胡  杰喆", "胡　杰 喆")} == {"胡杰喆"}
    assert {value("officers.name", n) for n in ("胡杰喆", "胡  杰喆", "胡　杰 喆")} == {"胡杰喆"}
    assert value("officers.name", "丙某（小）") == value("officers.name", "丙某 (小)")
    assert person("丙某（小）") == person("丙某(小)")
