"""Corrections: quarantined, written to the workbook, filled in, accepted by the next run."""

import openpyxl
import pyarrow.parquet as pq
import pytest
from conftest import Office
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mending import (
    ANSWERS,
    CASES,
    WHOLE,
    again,
    assert_mended,
    fill,
    lay_out,
    lines,
    outcomes,
    workbook,
)
from test_intake_pieces import run

from dalian_eval.intake.corrections.correction_sheets import (
    HEADERS,
    WHOLE_ROW,
    comparable_text,
    correction_columns,
)
from dalian_eval.report.mending.correction_tasks import mending_lines


@pytest.fixture
def bureau(office: Office) -> Office:
    return lay_out(office)


def test_the_whole_loop_mends_csv_xlsx_and_xls(bureau):
    bureau.clean()
    assert sorted(bureau.codes()) == sorted(
        [
            "bad_date",
            "unknown_reference",
            "conflict",
            "conflict",
            "ambiguous_date",
            "name_ambiguous",
            "unknown_reference",
            "bad_date",
        ]
    )
    fill(workbook(bureau), ANSWERS)
    again(bureau)
    assert_mended(bureau)
    status, note = bureau.status("更正.xlsx", "更正")
    assert (status, note) == (
        "corrections",
        "隔离更正表：9 行，更正 6，不采用 2，未能采用 0，没有填写 1",
    )
    assert bureau.status("更正.xlsx", "说明") == (
        "unrecognised",
        "更正表附带的说明页，不是数据，没有读取。",
    )
    changes = bureau.report.changes
    corrected = changes[changes["kind"].str.startswith("更正表")]
    told_of = [tuple(c) for c in corrected[["table", "column", "count"]].itertuples(index=False)]
    assert told_of == [
        ("inspections", "检查人员", 1),
        ("inspections", "检查时间", 1),
        ("inspections", "有效", 1),
        ("cases", "单位编码", 1),
        ("cases", "决定日期", 1),
        ("honours", "对象", 1),
    ]
    origins = pq.read_table(bureau.out / "cases.parquet")["_origin"].to_pylist()
    assert [origin & 0xFFFFFFFF for origin in origins] == [3, 4, 5]


def test_who_has_to_mend_is_told_by_unit_officer_or_case(bureau):
    quality = ["执法证号", "类型", "日期"]
    people = ["06120001", "2024-02-30"], ["06120003", "2024-02-31"], ["06120009", "2024-02-31"]
    bureau.csv("人才资质.csv", quality, *([who, "法律职业资格", day] for who, day in people))
    bureau.csv("东片/案件2.csv", CASES, ["A4", "D02", "移送", "2024-03-05"])
    review = ["案件编号", "级别", "评查日期", "得分"]
    bureau.csv("案卷评查.csv", review, ["A4", "省级", "2024-02-30", "9"], ["A9", "省级", "x", "9"])
    bureau.clean()
    cells = bureau.report.quarantine_cells
    unit = {(c.file, c.row, c.column): c.unit for c in cells.itertuples()}
    assert unit["东片/案件.csv", 3, "决定日期"] == "D01"
    assert unit["东片/案件.csv", 4, "单位编码"] == ""
    assert unit["西片/检查.xlsx", 3, "有效"] == "D02"
    # 06120001 is posted in two units at once: nobody can tell.
    assert [unit["人才资质.csv", row, "日期"] for row in (2, 3, 4)] == ["", "D02", ""]
    assert [unit["案卷评查.csv", row, "评查日期"] for row in (2, 3)] == ["D02", ""]
    assert len(cells.drop_duplicates(["file", "sheet", "row"])) == len(bureau.report.quarantine)


REFUSED = [
    (("东片/案件.csv", "", 99, "决定日期", "x", "更正", "y"), "第 99 行不在数据行之内"),
    (("东片/案件.csv", "", 7, "案件编号", "合计", "更正", "A9"), "不是记录"),
    (("东片/案件.csv", "", 2, "案件编号", "案件编号", "更正", "A9"), "不在数据行之内"),
    (("东片/案件.csv", "", 3, "决定日期", "2024-13-06", "更正", "2024-03-05"), "原文件可能已改过"),
    (("东片/案件.csv", "", 3, "决定", "2024-13-05", "更正", "2024-03-05"), "没有列『决定』"),
    (("东片/案件.csv", "", 3, "", "2024-13-05", "更正", "2024-03-05"), "没有写明要更正哪一列"),
    (("东片/案件.csv", "", 3, "决定日期", "2024-13-05", "改", "2024-03-05"), "『处理』写的是“改”"),
    (("东片/案件.csv", "", 3, "决定日期", "2024-13-05", "更正", ""), "『更正为』却没有填写"),
    (("东片/案件.csv", "", 3, "决定日期", "2024-13-05", "不采用此行", "1"), "两者矛盾"),
    (("东片/案件.csv", "", 3, "决定日期", "2024-13-05", "更正", "2024-13-05"), "与原内容相同"),
    (("东片/案件.csv", "", "三", "决定日期", "2024-13-05", "更正", "1"), "不是行号"),
    (("东片/案件.csv", "", 6, "整行", WHOLE + "x", "不采用此行", ""), "原文件可能已改过"),
    (
        ("案件.csv", "", 3, "决定日期", "2024-13-05", "更正", "2024-03-05"),
        "没有可读的文件 案件.csv",
    ),
    (("../out/案件.csv", "", 3, "决定日期", "2024-13-05", "更正", "1"), "没有可读的文件 ../out"),
    (("/etc/passwd", "", 1, "整行", "root", "不采用此行", ""), "没有可读的文件 /etc/passwd"),
    (("东片/案件.csv", "案件", 3, "决定日期", "2024-13-05", "更正", "1"), "没有工作表『案件』"),
    (("更正.xlsx", "随便", 2, "列", "决定日期", "更正", "1"), "没有作为数据表读取"),
    (("西片/检查.xlsx", "检查记录", 2, "检查人员", "甲某", "更正", "=1+1"), ""),
    (("西片/检查.xlsx", "检查记录", 10**12, "检查人员", "甲某", "更正", "1"), "不是行号"),
    (("西片/检查.xlsx", "检查记录", 2, "检查人员", "甲" * 40000, "更正", "1"), "原文件可能已改过"),
]


def test_what_no_longer_holds_is_told_and_not_applied(bureau):
    bureau.clean()
    before = bureau.report.quarantine.drop(columns="cells")
    book = [[str(c)[:32_000] if isinstance(c, str) else c for c in line] for line, _ in REFUSED]
    lines(bureau, *book)
    again(bureau)
    for (_, reason), (outcome, told_reason) in zip(REFUSED, outcomes(bureau), strict=True):
        assert outcome == "not_applied"
        assert reason in told_reason
    assert bureau.report.quarantine.drop(columns="cells").equals(before)


def test_two_that_contradict_each_other_are_both_left_and_equal_ones_are_not(bureau):
    target = ("东片/案件.csv", "", 3, "决定日期", "2024-13-05")
    lines(bureau, (*target, "更正", "2024-03-05"), file="甲.xlsx")
    lines(bureau, (*target, "更正", "2024-03-06"), file="乙/乙.xlsx")
    bureau.clean()
    assert [o for o, _ in outcomes(bureau)] == ["not_applied"] * 2
    assert "乙/乙.xlsx 工作表『随便』第 2 行 互相矛盾" in outcomes(bureau)[1][1]
    lines(bureau, (*target, "不采用此行", ""), file="乙/乙.xlsx")
    again(bureau)
    assert [o for o, _ in outcomes(bureau)] == ["not_applied"] * 2
    lines(bureau, (*target, "", "2024-03-05"), file="乙/乙.xlsx")
    again(bureau)
    assert outcomes(bureau) == [("corrected", "")] * 2
    assert "A1" in bureau.column("cases", "case_id")
    stale = ("东片/案件.csv", "", 3, "决定日期", "2024-01-01", "更正", "2024-02-02")
    lines(bureau, stale, file="乙/乙.xlsx")
    again(bureau)
    assert [o for o, _ in outcomes(bureau)] == ["not_applied", "corrected"]


def test_a_corrected_row_may_be_quarantined_again_and_shows_its_own_cells(bureau):
    lines(bureau, ("东片/案件.csv", "", 3, "决定日期", "2024-13-05", "更正", "2024-14-05"))
    bureau.clean()
    (row,) = bureau.report.quarantine[bureau.report.quarantine["row"] == 3].to_dict("records")[:1]
    assert "2024-14-05" in row["reason"]
    assert '"决定日期": "2024-13-05"' in row["cells"]
    (line,) = (
        mending_lines(bureau.report).query("row == 3 and file == '东片/案件.csv'").itertuples()
    )
    assert line.value == "2024-13-05"
    assert "已由更正表 更正.xlsx 工作表『随便』第 2 行改过" in line.fix


def test_another_cell_of_a_conflict_can_be_corrected(bureau):
    lines(bureau, ("东片/案件.csv", "", 6, "案件编号", "A3", "更正", "A5"))
    bureau.clean()
    assert bureau.column("cases", "case_id") == ["A3", "A5"]


def test_hostile_text_stays_text_in_the_workbook_and_comes_back(office):
    office.people()
    bad = [
        "=1+1",
        "=cmd|'/c calc'!A0",
        "@SUM(1)",
        "<script>",
        "a\u202eb",
        "_x0041_",
        "x\r\ny",
        "'7",
    ]
    bad += ["长" * 5000, "\uffff", "http://a.b/c", "mailto:x", "1E5", "007"]
    dates = [[f"A{n}", "D01", "移送", text] for n, text in enumerate(bad)]
    office.csv("案件.csv", CASES, *dates)
    office.clean()
    assert len(office.report.quarantine) == len(bad)
    path = workbook(office)
    book = openpyxl.load_workbook(path)
    assert [c for sheet in book for row in sheet for c in row if c.data_type == "f"] == []
    assert [c for sheet in book for row in sheet for c in row if c.hyperlink] == []
    fill(path, {("案件.csv", n + 2, "决定日期"): ("更正", "2024-03-05") for n in range(len(bad))})
    again(office)
    assert outcomes(office) == [("corrected", "")] * len(bad)
    assert len(office.rows("cases")) == len(bad)


def test_a_hostile_correction_is_data(bureau):
    before = "2024-13-05"
    texts = ["=1+1", "=HYPERLINK(1)", "\u202e", "x" * 32_767, "<b>", "'; DROP TABLE", "\x07"]
    for text in texts:
        book = openpyxl.Workbook()
        book.active.append([*HEADERS.values()])
        target = ["", "", "东片/案件.csv", "", 3, "决定日期", before, "", "", "更正"]
        book.active.append(target)
        cell = book.active.cell(2, 11)
        cell.value = text.replace("\x07", "_x0007_")
        if text.startswith("="):
            cell.data_type = "s" if text == "=1+1" else "f"
        book.save(bureau.raw / "更正.xlsx")
        again(bureau)
        assert "A1" not in bureau.column("cases", "case_id")
        assert bureau.report.sources["rows_read"].sum() > 0


def test_a_file_is_read_again_only_when_its_corrections_change(bureau):
    bureau.pieces = bureau.raw.with_name("pieces")
    run(bureau)
    target = ("东片/案件.csv", "", 3, "决定日期", "2024-13-05", "更正", "2024-03-05")
    lines(bureau, target)
    read, with_pieces = run(bureau)
    assert read == ["更正.xlsx", "东片/案件.csv"]
    assert run(bureau)[0] == []
    assert run(bureau, pieces=None)[1] == with_pieces
    # Who corrected it and why changes nothing that is read.
    lines(bureau, (*target, "某", "原件为证"))
    assert run(bureau)[0] == ["更正.xlsx"]
    lines(bureau, (*target[:-1], "2024-03-06"))
    assert run(bureau)[0] == ["更正.xlsx", "东片/案件.csv"]
    (bureau.raw / "更正.xlsx").unlink()
    assert run(bureau)[0] == []


def test_a_column_may_be_named_as_the_file_names_it(office):
    office.people()
    office.csv("案件.csv", [*CASES[:3], "处罚决定日期"], ["A1", "D01", "移送", "x"])
    lines(office, ("案件.csv", None, "2", "处罚决定日期", "x", "", "2024-03-05"))
    office.clean()
    assert outcomes(office) == [("corrected", "")]
    assert office.codes() == []


def test_only_a_sheet_with_all_needed_columns_is_a_correction_sheet(office):
    assert correction_columns([["文件", "行", "列"]]) is None
    office.people()
    names = ["文件", "工作表", "行", "列", "处理", "更正为"]
    office.xlsx(
        "更正.xlsx", 更正=[["上头的说明"], names, ["单位.csv", "", 2, "单位名称", "更正", "x"]]
    )
    office.clean()
    status, note = office.status("更正.xlsx", "更正")
    assert status == "unrecognised"
    assert "缺少列『原内容』" in note


texts = st.text(st.characters(exclude_categories=()), max_size=40)


@given(texts | texts.map(lambda text: text * 200))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_what_is_told_is_told_again_the_same(text):
    assert comparable_text(comparable_text(text)) == comparable_text(text)
    assert len(comparable_text(text)) <= 1000


cells = st.sampled_from(["A1", "A2", "D01", "D09", "合计", "", "2024-03-05", "2024-13-05", "移送"])
records = st.lists(st.tuples(*[cells] * 4), min_size=1, max_size=6)
answers = st.tuples(
    st.integers(1, 9),
    st.sampled_from([*CASES, WHOLE_ROW, "不明"]),
    st.booleans(),
    st.sampled_from(["更正", "不采用此行", "", "?"]),
    cells | st.just("（空）"),
)


@given(records, st.lists(answers, max_size=8))
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_corrections_never_lose_a_row(tmp_path_factory, rows, asked):
    office = Office(tmp_path_factory.mktemp("office"))
    office.people()
    office.csv("案件.csv", CASES, *rows)
    office.clean()
    before = office.counts("案件.csv")
    book = []
    for row, column, right, action, after in asked:
        found = rows[row - 2] if 2 <= row < len(rows) + 2 else ("",) * 4
        stands = found[CASES.index(column)] if column in CASES else "x"
        if column == WHOLE_ROW:
            stands = "；".join(f"{h}：{c}" for h, c in zip(CASES, found, strict=True))
        book.append(("案件.csv", "", row, column, stands if right else "y", action, after))
    lines(office, *book)
    again(office)
    after_all = office.counts("案件.csv")
    assert after_all["rows_read"] == before["rows_read"]
    assert sum(after_all.values()) == 2 * after_all["rows_read"]
    filled = [line for line in book if line[5] or line[6]]
    assert len(office.report.corrections) == len(filled)
    gone = office.report.corrections["outcome"] == "withdrawn"
    rows_gone = office.report.corrections[gone]["target_row"].nunique()
    assert office.codes("cases").count("withdrawn") == rows_gone
