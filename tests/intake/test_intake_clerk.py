"""What a clerk writes that reads wrong when taken by the letter: words, ticks, names, cures."""

import pytest

from dalian_eval.intake.cells.nearest_word import nearest_word

CASES = ["案件编号", "单位编码", "案件类型", "决定日期"]
HONOURS = ["编号", "对象类型", "对象", "名称", "类别", "级别", "日期"]
INSPECTIONS = ["记录编号", "单位编码", "检查人员", "上传人", "检查时间", "上传时间", "有效"]
KINDS = ("一般处罚", "不予处罚", "查封扣押", "限产停产", "按日连续处罚", "移送")
LEVELS = ("国家", "省委省政府", "省级部门", "市委市政府", "市级部门", "县级")


def inspection(office, people="06120001", when="2024-03-05 10:00", number="R1"):
    return [number, "D01", people, "06120001", when, "2024-03-06 12:00", "是"]


@pytest.mark.parametrize(
    "blank", ["NA", "NaT", "\\N", "<NA>", "undefined", "无数据", "未填", "未填写", "ｎａ"]
)
def test_more_words_for_nothing(office, blank):
    office.people()
    header = [*CASES, "公安立案类型", "上传日期", "检查记录编号"]
    office.csv("案件.csv", header, ["C1", "D01", "移送", blank, blank, blank, blank])
    office.clean()
    assert office.codes() == []
    (row,) = office.rows("cases")
    told = {name for name, value in row.items() if value not in (None, [])}
    assert told == {"case_id", "unit_id", "kind"}


@pytest.mark.parametrize(
    ("word", "yes"),
    [
        ("（√）", True),
        ("[√]", True),
        ("是的", True),
        ("V", True),
        ("不是", False),
        ("是（√） 否（ ）", True),
        ("是（ ） 否（√）", False),
    ],
)
def test_more_ticks(office, word, yes):
    office.people()
    office.csv("案件.csv", [*CASES, "两打"], ["C1", "D01", "移送", "", word])
    office.clean()
    assert office.column("cases", "double_strike") == [yes]


@pytest.mark.parametrize("word", ["（）", "[x]", "是（ ） 否（ ）", "是/否"])
def test_boxes_of_which_none_is_ticked(office, word):
    office.people()
    office.csv("案件.csv", [*CASES, "两打"], ["C1", "D01", "移送", "", word])
    office.clean()
    assert office.codes() == ["bad_bool"]


@pytest.mark.parametrize(("word", "meets"), [("合格", True), ("未达标", False), ("不符合", False)])
def test_words_for_equipment_that_meets_its_standard(office, word, meets):
    office.people()
    header = ["单位编码", "装备类别", "类型", "数量", "达标"]
    office.csv("装备.csv", header, ["D01", "执法车", "标配", "1", word])
    office.clean()
    assert meets in office.rows("equipment")[0].values()


@pytest.mark.parametrize(
    ("people", "certificates"),
    [
        ("甲某（06120001）乙某（06120002）", ["06120001", "06120002"]),
        ("甲某（组长）、乙某（协助）", ["06120001", "06120002"]),
        ("甲某与乙某同志", ["06120001", "06120002"]),
        ("甲某-06120001", ["06120001"]),
    ],
)
def test_people_in_one_cell(office, people, certificates):
    office.people()
    office.csv("检查记录.csv", INSPECTIONS, inspection(office, people))
    office.clean()
    assert office.column("inspections", "inspectors") == [certificates]


@pytest.mark.parametrize("bracket", ["（小）", "(小)", "〔小〕", "【小】", "[小]"])
def test_a_bracket_in_a_name_is_one_bracket(office, bracket):
    office.people()
    office.csv("人员2.csv", ["执法证号", "姓名"], ["06120009", "丙某（小）"])
    office.csv("任职2.csv", ["执法证号", "单位编码", "到岗日期"], ["06120009", "D01", "2023-01-01"])
    office.csv("检查记录.csv", INSPECTIONS, inspection(office, "丙某" + bracket))
    office.clean()
    assert office.column("inspections", "inspectors") == [["06120009"]]


@pytest.mark.parametrize(
    "number", ["「东罚〔2024〕1号」", "“东罚〔2024〕1号”", "『东罚〔2024〕1号』"]
)
def test_quotation_marks_around_a_case_number(office, number):
    office.people()
    office.csv("案件.csv", CASES, [number, "D01", "移送", ""])
    office.clean()
    assert office.column("cases", "case_id") == ["东罚〔2024〕1号"]


@pytest.mark.parametrize(
    ("text", "words", "nearest"),
    [
        ("省级", LEVELS, ""),
        ("市级", LEVELS, ""),
        ("县", LEVELS, "县级"),
        ("先进", ("先进集体", "先进个人", "参加"), ""),
        ("部分撤销", ("败诉", "撤销", "变更", "维持"), ""),
        ("未查实", ("依法查办", "查否", "未查办"), ""),
        ("未依法查办", ("依法查办", "查否", "未查办"), "未查办"),
        ("行政处罚", KINDS, ""),
        ("一般行政处罚", KINDS, "一般处罚"),
        ("查封", KINDS, "查封扣押"),
    ],
)
def test_a_nearest_word_is_no_other_word(text, words, nearest):
    assert nearest_word(text, words) == nearest


@pytest.mark.parametrize("error", ["#VALUE", "#DIV/0！", "Err:502", "＃N/A"])
def test_error_values_of_other_programs(office, error):
    office.people()
    row = ["H1", "单位", "D01", error, "荣誉", "县级", "2024-05-01"]
    office.csv("荣誉.csv", HONOURS, row)
    office.clean()
    assert office.codes() == ["error_cell"]


@pytest.mark.parametrize("shown", ["2024年4月份", "2024年4月", "2024-04"])
def test_months(office, shown):
    office.people()
    header = ["单位编码", "月份", "应传数", "即时有效数", "补全有效数"]
    office.csv("自动监测.csv", header, ["D01", shown, "700", "600", "650"])
    office.clean()
    assert office.column("automonitor", "month") == ["2024-04"]


def test_the_trace_of_a_shift_beside_bare_dates(office):
    office.people()
    rows = [["H1", "单位", "D01", "x", "荣誉", "县级", "2024-05-01 23:59:17"]]
    rows.append(["H2", "单位", "D01", "x", "荣誉", "县级", "2024-05-03"])
    office.xlsx("荣誉.xlsx", 荣誉=[HONOURS, *rows])
    report = office.clean()
    assert office.codes() == ["ambiguous_date"]
    assert "2024-05-01 或 2024-05-02" in report.quarantine["fix"].item()


def test_both_days_of_a_time_keep_the_time(office):
    office.people()
    office.csv("检查记录.csv", INSPECTIONS, inspection(office, when="3/5/2024 10:30"))
    report = office.clean()
    fix = report.quarantine["fix"].item()
    assert "2024-03-05 10:30 或 2024-05-03 10:30" in fix


@pytest.mark.parametrize("when", ["2024-03-05 10:00 (UTC+8)", "2024-03-05 10:00 (GMT+08:00)"])
def test_an_offset_in_brackets(office, when):
    office.people()
    office.csv("检查记录.csv", INSPECTIONS, inspection(office, when=when))
    office.clean()
    assert str(office.column("inspections", "inspected_at")[0]) == "2024-03-05 10:00:00"


@pytest.mark.parametrize(
    ("printed", "hint"),
    [("0612-0001", "最接近的是 06120001"), ("612 0001", "开头的 0 可能丢失了")],
)
def test_a_certificate_as_it_is_printed(office, printed, hint):
    office.people()
    office.csv("荣誉.csv", HONOURS, ["H1", "个人", printed, "x", "荣誉", "县级", "2024-05-01"])
    report = office.clean()
    assert hint in report.quarantine["fix"].item()


def test_a_last_cell_torn_at_a_line_break(office):
    office.people()
    lines = ["C1,D01,移送,2024-03-05,第一行", "第二行", "C2,D01,移送,2024-03-06,x"]
    office.bytes("案件.csv", "\n".join([",".join([*CASES, "备注"]), *lines, ""]).encode())
    office.clean()
    assert office.codes() == ["line_broken", "line_broken"]
    assert office.column("cases", "case_id") == ["C2"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("荣誉.csv", "<html><title>502 Bad Gateway</title></html>"),
        ("荣誉.csv", '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'),
        ("荣誉.xls", "系统错误，请重新登录"),
    ],
)
def test_a_download_that_failed(office, name, content):
    office.people()
    office.bytes(name, content.encode())
    office.clean()
    status, note = office.status(name)
    assert status == "refused"
    assert "请重新登录系统，再导出一次" in note


def test_a_remark_in_brackets_that_a_row_is_void(office):
    office.people()
    rows = [["C1", "D01", "移送", "", "（已作废）"], ["C2", "D01", "移送", "", "未作废"]]
    office.csv("案件.csv", [*CASES, "备注"], *rows)
    office.clean()
    assert "写明作废或删除的 1 行（第 2 行）" in office.status("案件.csv")[1]


def test_a_raised_bracket_belongs_to_its_mark(office):
    office.people()
    office.csv("远程帮扶得分.csv", ["轮次", "单位编码", "得分"], ["1", "D01", "77.5⁽¹⁾"])
    report = office.clean()
    assert office.codes() == ["marked_characters"]
    assert "去掉它们是“77.5”" in report.quarantine["reason"].item()


@pytest.mark.parametrize("joint", ["+", "｜", "|", "\\", " ＋ ", "以及"])
def test_signs_that_join_known_entries(office, joint):
    office.people()
    row = ["06120001", "06120002"]
    office.csv("检查记录.csv", INSPECTIONS, inspection(office, joint.join(row)))
    office.clean()
    assert office.column("inspections", "inspectors") == [row]
