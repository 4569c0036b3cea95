"""Raised, lowered and struck-out characters in a cell are no digits of its value."""

import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

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
