"""Raised, lowered and struck-out characters in a cell are no digits of its value."""

import pytest
import xlsxwriter
from legacy import Rich
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

CASES = ["案件编号", "单位编码", "案件类型", "决定日期"]
REVIEWS = ["案件编号", "级别", "评查日期", "得分"]
RAISED = InlineFont(vertAlign="superscript")
LOWERED = InlineFont(vertAlign="subscript")
STRUCK = InlineFont(strike=True)
PLAIN = InlineFont()


def rich(text, font, marked, rest=""):
    parts = [TextBlock(PLAIN, text), TextBlock(font, marked)]
    return CellRichText(*parts, *([rest] if rest else []))


def review(office, score, number="东罚〔2024〕1号"):
    office.people()
    office.xlsx("案件.xlsx", 案件=[CASES, ["东罚〔2024〕1号", "D01", "一般处罚", "2024-03-05"]])
    office.xlsx("评查.xlsx", 案卷评查=[REVIEWS, [number, "市", "2024-05-01", score]])
    return office.clean()


@pytest.mark.parametrize(
    ("cell", "whole", "bare"),
    [
        (rich("77.5", RAISED, "1"), "77.51", "77.5"),
        (rich("77.5", LOWERED, "1"), "77.51", "77.5"),
        (rich("8", STRUCK, "0", "5"), "805", "85"),
        ("77.5¹", "77.51", "77.5"),
        ("8₂5", "825", "85"),
    ],
)
def test_marked_digits_of_a_number_have_two_readings(office, cell, whole, bare):
    report = review(office, cell)
    assert office.codes("case_reviews") == ["marked_characters"]
    reason = report.quarantine["reason"].item()
    assert f"“{whole}”" in reason and f"“{bare}”" in reason
    assert office.rows("case_reviews") == []


@pytest.mark.parametrize(
    "number",
    [
        rich("东罚〔2024〕1", RAISED, "2", "号"),
        rich("东罚〔2024〕1号", STRUCK, "（旧）"),
        "东罚〔2024〕1号²",
    ],
)
def test_a_marked_number_of_a_case_is_no_other_number(office, number):
    review(office, "80", number)
    assert office.codes("case_reviews") == ["marked_characters"]


def test_a_date_and_a_word_with_a_footnote(office):
    office.people()
    office.xlsx(
        "案件.xlsx",
        案件=[
            CASES,
            ["东罚〔2024〕1号", "D01", rich("一般处罚", RAISED, "1"), "2024-03-05"],
            ["东罚〔2024〕2号", "D01", "一般处罚", rich("2024-03-0", STRUCK, "4", "5")],
        ],
    )
    office.clean()
    assert office.codes("cases") == ["marked_characters", "marked_characters"]


def test_free_text_and_headers_keep_what_is_marked(office):
    office.people()
    header = ["编号", "类型", "单位编码", "日期", rich("主", RAISED, "题"), "参加人数", "佐证"]
    row = ["A1", "业务学习", "D01", "2024-05-01", rich("学习", RAISED, "1"), "3", "10 m²"]
    office.xlsx("活动.xlsx", 活动=[header, row])
    office.clean()
    assert office.codes() == []
    assert office.column("activities", "topic") == ["学习1"]


def test_a_lowered_digit_in_an_open_list_is_part_of_a_word(office):
    office.people()
    row = ["东罚〔2024〕1号", "D01", "一般处罚", "2024-03-05", "PM₂.₅"]
    office.xlsx("案件.xlsx", 案件=[[*CASES, "领域"], row])
    office.clean()
    assert office.codes() == []
    assert office.column("cases", "fields") == [["PM₂.₅"]]


def test_a_cell_struck_out_or_raised_as_a_whole_is_data(office):
    review(office, CellRichText(TextBlock(STRUCK, "80")))
    assert office.codes() == []
    assert len(office.rows("case_reviews")) == 1


def test_runs_written_within_the_sheet(office, tmp_path):
    """openpyxl writes rich text into the sheet, XlsxWriter among the shared strings."""
    office.people()
    office.xlsx("案件.xlsx", 案件=[CASES, ["东罚〔2024〕1号", "D01", "一般处罚", "2024-03-05"]])
    place = office.raw / "评查.xlsx"
    with xlsxwriter.Workbook(place) as book:
        raised = book.add_format({"font_script": 1})
        sheet = book.add_worksheet("案卷评查")
        sheet.write_row(0, 0, REVIEWS)
        sheet.write_row(1, 0, ["东罚〔2024〕1号", "市", "2024-05-01"])
        sheet.write_rich_string(1, 3, "77.5", raised, "1")
        sheet.write_row(2, 0, ["东罚〔2024〕1号", "县", "2024-05-01", 80])
    assert b"sharedStrings" in place.read_bytes()
    office.clean()
    assert office.codes("case_reviews") == ["marked_characters"]
    assert len(office.rows("case_reviews")) == 1


@pytest.mark.parametrize(
    ("cell", "whole", "bare"),
    [
        (Rich(("77.5", ""), ("1", "raised")), "77.51", "77.5"),
        (Rich(("77.5", ""), ("1", "lowered")), "77.51", "77.5"),
        (Rich(("8", ""), ("0", "struck"), ("5", "plain")), "805", "85"),
        (Rich(("6", "struck"), ("85", "plain")), "685", "85"),
        (Rich(("6", ""), ("85", "plain"), style="struck"), "685", "85"),
    ],
)
def test_marked_digits_in_a_legacy_workbook(office, cell, whole, bare):
    office.people()
    office.xlsx("案件.xlsx", 案件=[CASES, ["东罚〔2024〕1号", "D01", "一般处罚", "2024-03-05"]])
    row = ["东罚〔2024〕1号", "市", "2024-05-01", cell]
    office.xls("评查.xls", REVIEWS, row, sheet="案卷评查")
    report = office.clean()
    assert office.codes("case_reviews") == ["marked_characters"]
    reason = report.quarantine["reason"].item()
    assert f"“{whole}”" in reason and f"“{bare}”" in reason


def test_runs_of_a_legacy_workbook_that_say_nothing(office):
    """Runs of plain fonts, and texts that are marked as a whole."""
    office.people()
    texts = [
        Rich(("东罚〔2024〕", ""), ("1号", "plain")),
        Rich(("东罚〔2024〕2号", "struck")),
        Rich(("东罚〔2024〕3号", ""), style="struck"),
    ]
    rows = [[text, "D01", "一般处罚", "2024-03-05"] for text in texts]
    office.xls("案件.xls", CASES, *rows, sheet="案件", shared=["长" * 30_000, "短"])
    office.clean()
    assert office.codes() == []
    assert office.column("cases", "case_id") == [f"东罚〔2024〕{n}号" for n in (1, 2, 3)]


@pytest.mark.parametrize("before", [*range(4090, 4112)])
def test_runs_that_go_over_into_the_next_record(office, before):
    office.people()
    text = Rich(("东罚〔2024〕1", ""), ("2", "raised"), ("号", "plain"))
    row = [text, "D01", "一般处罚", "2024-03-05"]
    office.xls("案件.xls", CASES, row, sheet="案件", shared=["长" * before])
    report = office.clean()
    assert office.codes("cases") == ["marked_characters"]
    assert "“东罚〔2024〕1号”" in report.quarantine["reason"].item()


def test_what_stands_in_no_run_has_the_font_of_its_cell(office):
    def strike(book):
        book["案卷评查"]["D2"].font = Font(strike=True)

    office.people()
    office.xlsx("案件.xlsx", 案件=[CASES, ["东罚〔2024〕1号", "D01", "一般处罚", "2024-03-05"]])
    score = CellRichText("6", TextBlock(PLAIN, "85"))
    row = ["东罚〔2024〕1号", "市", "2024-05-01", score]
    office.xlsx("评查.xlsx", strike, 案卷评查=[REVIEWS, row])
    report = office.clean()
    assert office.codes("case_reviews") == ["marked_characters"]
    assert "“85”" in report.quarantine["reason"].item()
