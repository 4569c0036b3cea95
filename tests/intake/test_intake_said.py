"""What cells say, through the real reader: csv and workbooks, sheets' notes, quarantine."""

import pytest
from openpyxl.styles import Font

from dalian_eval.intake import clean

CASES = ["案件编号", "单位编码", "案件类型", "领域", "新技术"]
RECORDS = ["记录编号", "单位编码", "检查人员", "检查时间"]


def note(office, file, sheet=""):
    return office.status(file, sheet)[1]


def kinds(office):
    return set(office.report.changes["kind"])


def test_blanks_of_all_types_in_csv_and_xlsx_are_one(office):
    office.people()
    header = ["线索编号", "单位编码", "主题", "推送日期", "反馈日期", "反馈问题"]
    said = [["L1", "D01", "/", "NULL", "-", "无"], ["L2", "D01", "暂无", "nan", "N/A", "空"]]
    office.csv("上级线索_1.csv", header, *said)
    office.xlsx("b.xlsx", 上级线索=[header, ["L3", "D01", "None", "—", None, "null"]])
    office.clean()
    assert office.codes() == []
    for row in office.rows("leads"):
        assert [row[n] for n in ("topic", "pushed_on", "fed_back_on", "flaw")] == [None] * 4
    assert "“无”“/”“NULL”等按空白读" in kinds(office)


@pytest.mark.parametrize("error", ["#REF!", "#N/A"])
def test_an_error_cell_in_free_text_is_quarantined(office, error):
    office.people()
    header = ["编号", "对象类型", "对象", "名称", "类别"]
    office.csv("荣誉.csv", header, ["R1", "单位", "D01", error, "荣誉"])
    office.xlsx("b.xlsx", 荣誉=[header, ["R2", "单位", "D01", error, "荣誉"]])
    office.clean()
    assert office.codes("honours") == ["error_cell", "error_cell"]
    assert office.rows("honours") == []


def test_lookalikes_in_sheet_names_headers_codes_and_vocabularies(office):
    office.people()
    office.xlsx(
        "b.xlsx",
        案件=[
            ["案件编号", "单位编码", "案件类型", "⽴案⽇期"],
            ["⻓罚〔2024〕1号", "D01", "⼀般处罚", None],
        ],
        诉讼复议=[["案件编号", "程序", "状态"], ["长罚〔2024〕第1号", "⾏政诉讼", "⽣效"]],
    )
    office.clean()
    assert office.codes() == []
    assert office.column("cases", "case_id") == ["长罚〔2024〕1号"]
    assert office.rows("litigation")[0]["state"] == "生效"
    assert "部首字符换成所代表的汉字" in kinds(office)


def test_units_behind_numbers_through_a_file(office):
    office.people()
    header = ["单位编码", "月份", "应传数", "即时有效数", "补全有效数"]
    rows = [["D01", "2024-03", "700条", "600条", "650条"], ["D02", "2024-03", "8.3万", "1", "2"]]
    office.csv("自动监测.csv", header, *rows)
    office.clean()
    assert office.column("automonitor", "due") == [700]
    (row,) = office.report.quarantine.to_dict("records")
    assert row["code"] == "number_in_multiples"
    assert "83000" in row["reason"] + row["fix"]


def test_joined_entries_that_clauses_know_are_split_and_logged(office):
    office.people()
    rows = [
        ["C1", "D01", "移送", "自动监测及土壤", ""],
        ["C2", "D01", "移送", "自动监测及噪声", ""],
    ]
    office.csv("案件.csv", CASES, *rows)
    known = {"cases.fields": ("自动监测", "土壤")}
    report = clean(office.raw, office.out, headers=office.headers, entries=known)
    assert office.column("cases", "fields") == [["自动监测", "土壤"], ["自动监测及噪声"]]
    (change,) = report.changes[report.changes["column"] == "领域"].to_dict("records")
    assert (change["before"], change["after"]) == ("自动监测及土壤", "自动监测、土壤")
    assert change["kind"] == "列表：由“及”“和”“与”或空格连写的拆开"


def test_presence_is_not_awarded_for_words_that_say_no(office):
    office.people()
    rows = [[f"C{i}", "D01", "一般处罚", "", word] for i, word in enumerate(("否", "nan", "0"))]
    office.csv("案件.csv", CASES, *rows, ["C9", "D01", "一般处罚", "", "水质指纹溯源"])
    office.clean()
    assert office.column("cases", "techniques") == [[], [], [], ["水质指纹溯源"]]


def test_people_in_one_cell(office):
    office.people()
    cells = [
        "甲某（06120001）",
        "06120001(甲某)、乙某",
        "甲某 乙某",
        "甲某和乙某",
        "甲某 06120001",
        "甲　某",
        "06120001 06120002",
        "甲某等2人",
    ]
    rows = [[f"J{i}", "D01", cell, "2024-03-05 10:00"] for i, cell in enumerate(cells)]
    office.csv("检查记录.csv", RECORDS, *rows)
    office.clean()
    assert office.codes() == []
    both = ["06120001", "06120002"]
    assert office.column("inspections", "inspectors") == [
        ["06120001"],
        both,
        both,
        both,
        ["06120001"],
        ["06120001"],
        both,
        ["06120001"],
    ]
    assert "没有写出姓名的人不计" in note(office, "检查记录.csv")


def test_a_name_with_the_certificate_of_somebody_else_is_refused(office):
    office.people()
    rows = [["J1", "D01", "甲某（06120002）", "2024-03-05 10:00"]]
    office.csv("检查记录.csv", RECORDS, *rows)
    office.clean()
    assert office.codes("inspections") == ["name_contradicts_certificate"]
    assert "乙某" in office.report.quarantine["reason"].iloc[0]


def test_people_who_are_not_all_known_are_not_taken_apart(office):
    office.people()
    office.csv("检查记录.csv", RECORDS, ["J1", "D01", "甲某 丁某", "2024-03-05 10:00"])
    office.clean()
    assert office.codes("inspections") == ["unknown_reference"]


def test_names_with_blanks_of_any_length_agree_between_files(office):
    header = ["执法证号", "姓名"]
    office.csv("单位.csv", ["单位编码", "单位名称"], ["D01", "东片"])
    office.csv("人员_1.csv", header, ["06120001", "胡杰喆"], ["06120002", "丙某（小）"])
    office.csv("人员_2.csv", header, ["06120001", "胡  杰喆"], ["06120002", "丙某(小)"])
    office.csv("任职.csv", ["执法证号", "单位编码", "到岗日期"], ["06120001", "D01", "2023-01-01"])
    office.clean()
    assert office.codes() == []
    assert office.column("officers", "name") == ["胡杰喆", "丙某(小)"]


def test_struck_out_rows_are_data_and_listed(office):
    office.people()

    def strike(book):
        sheet = book["案件"]
        for row in (3, 5):
            for cell in sheet[row]:
                cell.font = Font(strike=True)
        sheet["A4"].font = Font(strike=True)

    rows = [[f"C{i}", "D01", "一般处罚"] for i in range(4)]
    office.xlsx("b.xlsx", strike, 案件=[CASES[:3], *rows])
    office.clean()
    assert office.column("cases", "case_id") == ["C0", "C1", "C2", "C3"]
    assert "整行划了删除线的 2 行（第 3、5 行）仍按数据读取" in note(office, "b.xlsx", "案件")


def test_text_filled_up_with_nuls_is_read(office):
    office.bytes(
        "单位.csv", "单位编码,单位名称,候选集体\nD01\0\0,东片\0\0,是\0\n\0\0,\0,\0\n".encode()
    )
    office.clean()
    assert office.rows("units")[0]["name"] == "东片"
    assert [r["candidate"] for r in office.rows("units")] == [True]


def test_nuls_inside_text_are_no_text(office):
    office.people()
    office.bytes("案件.csv", "案件编号,单位编码,案件类型\nC\x001,D01,移送\n".encode())
    office.clean()
    assert office.status("案件.csv")[0] == "refused"


@pytest.mark.parametrize(
    "row",
    [
        ["例：C1", "D01", "一般处罚", "", ""],
        ["示例", "", "", "", ""],
        ["（示例）C1", "D01", "移送", "", ""],
        ["C1", "例：D01", "移送", "", ""],
        ["C1", "D01", "移送", "", "例：2024-03-05"],
        ["如：C1", "D01", "移送", "", ""],
        ["EXAMPLE", "D01", "移送", "", ""],
        ["C1（示例）", "D01", "移送", "", ""],
    ],
)
def test_example_rows_are_listed_and_not_counted(office, row):
    office.people()
    office.csv("案件.csv", CASES, row, ["C2", "D01", "移送", "", ""])
    office.xlsx("b.xlsx", 案件=[CASES, row, ["C3", "D01", "移送", None, None]])
    office.clean()
    assert office.codes() == []
    assert office.column("cases", "case_id") == ["C2", "C3"]
    assert "示例行 1 行（第 2 行）" in note(office, "案件.csv")
    assert "示例行 1 行（第 2 行）" in note(office, "b.xlsx", "案件")
    assert office.counts("案件.csv")["rows_read"] == 1


def test_a_remark_that_says_example_is_seen_in_a_column_of_no_table(office):
    office.people()
    header = [*CASES, "备注"]
    said = ["示例", "样例行，勿删", "此行为示例", "填写示例，请删除"]
    others = ["已结案例", "例行检查", "示例性强的案件"]
    rows = [[f"C{n}", "D01", "移送", "", "", word] for n, word in enumerate([*said, *others])]
    office.csv("案件.csv", header, *rows)
    office.clean()
    assert office.column("cases", "case_id") == ["C4", "C5", "C6"]
    assert "示例行 4 行（第 2、3、4、5 行）" in note(office, "案件.csv")


def test_example_sheets_and_files_are_listed(office):
    office.people()
    rows = [CASES, ["C1", "D01", "移送", None, None]]
    office.xlsx("b.xlsx", 填写示例=rows, **{"案件（示例）": rows, "示例-案件": rows})
    office.csv("案件填写示例.csv", *rows)
    office.xlsx("填报示例.xlsx", 案件=rows)
    office.csv("示例/案件.csv", *rows)
    office.xlsx("含示例.xlsx", 案件=[CASES, ["C2", "D01", "移送", None, None]])
    office.clean()
    assert office.column("cases", "case_id") == ["C2"]
    for file, sheet in (
        ("b.xlsx", "填写示例"),
        ("b.xlsx", "案件（示例）"),
        ("b.xlsx", "示例-案件"),
        ("案件填写示例.csv", ""),
        ("填报示例.xlsx", "案件"),
        ("示例/案件.csv", ""),
    ):
        status, told = office.status(file, sheet)
        assert status == "unrecognised"
        assert "示例" in told


def test_placeholder_dates_through_files(office):
    office.people()
    header = ["线索编号", "单位编码", "反馈日期"]
    office.csv("上级线索.csv", header, ["L1", "D01", "1970-01-01"], ["L2", "D01", "2024-03-05"])
    office.clean()
    assert office.codes("leads") == ["placeholder_date"]
    assert office.column("leads", "lead_id") == ["L2"]


def test_an_end_that_never_comes_is_no_end(office):
    header = ["执法证号", "姓名", "证件有效期止"]
    ends = ["长期", "永久", "9999-12-31", "2024-12-31"]
    office.csv("人员.csv", header, *([f"A{i}", "甲某", end] for i, end in enumerate(ends)))
    office.clean()
    found = office.column("officers", "valid_to")
    assert found[:3] == [None] * 3
    assert str(found[3]) == "2024-12-31"


@pytest.mark.parametrize("blank", ["", " "])
def test_rows_with_values_only_in_unknown_columns_are_no_rows(office, blank):
    office.people()
    header = ["序号", *CASES, "备注"]
    empty = [[str(i), *[blank] * 5, "未填" if i == 4 else ""] for i in range(2, 72)]
    filled = ["1", "C1", "D01", "移送", "", "", ""]
    office.csv("案件.csv", header, filled, *empty)
    cells = [[int(row[0]), *[None] * 5, row[6] or None] for row in empty]
    office.xlsx("b.xlsx", 案件=[header, [1, "C2", "D01", "移送", None, None, None], *cells])
    office.clean()
    assert office.codes() == []
    assert office.counts("案件.csv")["rows_read"] == 1
    assert office.counts("b.xlsx")["rows_read"] == 1
    assert "只填了未用列的行 70 行（第 3、4、5、6、7…… 行）" in note(office, "案件.csv")


def test_a_row_with_one_known_value_is_a_row(office):
    office.people()
    office.csv("案件.csv", ["序号", *CASES], ["1", "", "", "移送", "", ""])
    office.clean()
    assert office.codes("cases") == ["blank_mandatory"]


def test_numbered_and_quoted_headers(office):
    office.csv(
        "单位.csv", ["1.单位编码", "2、单位名称", "（3）候选集体"], ["D01", "东片", "☑是 □否"]
    )
    office.csv("人员.csv", ['="执法证号"', "'姓名", "④在编"], ['="06120001"', "'甲某", "❌"])
    office.clean()
    assert office.rows("units")[0]["candidate"] is True
    assert office.rows("officers")[0]["officer_id"] == "06120001"
    assert office.rows("officers")[0]["established"] is False


def test_circles_beside_crosses(office):
    office.csv("单位.csv", ["单位编码", "候选集体"], ["D01", "○"], ["D02", "×"])
    office.csv("人员.csv", ["执法证号", "候选个人"], ["A1", "○"], ["A2", "√"])
    office.clean()
    assert office.column("units", "candidate") == [True, False]
    assert office.codes("officers") == ["bad_bool"]
