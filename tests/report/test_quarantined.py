"""The page and the workbook of what was not accepted."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from dalian_eval.intake import load_report
from dalian_eval.intake.account.intake_report import CleanReport
from dalian_eval.intake.corrections.correction_sheets import HEADERS, WHOLE_ROW
from dalian_eval.outputs.csv_files import table_frame, write_table
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.report.mending import correction_workbook
from dalian_eval.report.mending.correction_tasks import UNKNOWN, mending_lines
from dalian_eval.report.mending.quarantine_page import BOOK, PAGE, quarantine_html, write_quarantine
from tests.report.conftest import HOSTILE
from tests.report.pages import assert_sound


@pytest.fixture
def folder(run_folder: Path, tmp_path: Path) -> Path:
    """The csv files of intake of the demo run."""
    for path in run_folder.glob("*.csv"):
        shutil.copyfile(path, tmp_path / path.name)
    return tmp_path


def bad(count: int, *, unit: str = "D01", text: str = "x", code: str = "bad_date") -> list[tuple]:
    """Lines of quarantine_cells.csv, two to a row."""
    place = ("cases", text, text)
    told = (code, "决定日期", text, text, text)
    return [(*place, 2 + n // 2, unit, text and f"{text}局", *told) for n in range(count)]


def rewrite_table(name: str, rows: list[tuple], folder: Path) -> None:
    write_table(name, table_frame(OUTPUTS[name], rows), folder)


def rewrite(folder: Path, cells: list[tuple]) -> CleanReport:
    """Replace the quarantine by these cells."""
    rewrite_table("quarantine_cells", cells, folder)
    rows = {c[:4]: (*c[:4], *c[6:], json.dumps({"决定日期": c[8]})) for c in cells}
    rewrite_table("quarantine", [*rows.values()], folder)
    return load_report(folder)


def test_page_and_workbook_agree_with_the_lists(folder, view):
    write_quarantine(folder, view.meta)
    report = load_report(folder)
    page = assert_sound((folder / PAGE).read_text("utf-8"))
    book = openpyxl.load_workbook(folder / BOOK)
    assert book.sheetnames == ["说明", "更正"]
    sheet = book["更正"]
    assert [cell.value for cell in sheet[1]] == list(HEADERS.values())
    assert sheet.max_row - 1 == len(report.quarantine_cells)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref
    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1 == '"更正,不采用此行"'
    for row in sheet.iter_rows(min_row=2):
        given = [cell.fill.fgColor.rgb for cell in row]
        assert len({*given[:9]}) == len({*given[9:]}) == 1
        assert given[0] != given[9]
        assert row[6].number_format == row[10].number_format == "@"
    for cell in report.quarantine_cells.itertuples():
        assert cell.reason in page.text
        assert cell.fix in page.text
    assert f"{len(report.quarantine)}行" in page.text
    assert BOOK in page.values("href")


def test_the_same_lists_give_the_same_bytes(folder, view):
    found = []
    for _ in range(2):
        write_quarantine(folder, view.meta)
        found.append([(folder / name).read_bytes() for name in (PAGE, BOOK)])
    assert found[0] == found[1]


def test_units_stand_in_order_and_unknown_ones_last(folder):
    report = rewrite(folder, [*bad(1, unit="", text="a"), *bad(2, unit="D02", text="b")])
    assert list(mending_lines(report)["unit"]) == ["D02 b局", "D02 b局", UNKNOWN]


def test_a_conflict_is_one_line_and_a_withdrawn_row_none(folder, view):
    cells = [*bad(2, code="conflict"), *bad(2, text="y", code="withdrawn")]
    report = rewrite(folder, cells)
    lines = mending_lines(report)
    assert list(lines["column"]) == [WHOLE_ROW]
    assert list(lines["value"]) == ["决定日期：x"]
    page = assert_sound(quarantine_html(report, lines, view.meta))
    assert "按更正表不采用的行" in page.text


def test_more_than_fits_is_counted_and_told(folder, view, monkeypatch):
    monkeypatch.setattr(correction_workbook, "MOST_LINES", 10)
    report = rewrite(folder, [*bad(300), *bad(40, unit="D02", text="b")])
    write_quarantine(folder, view.meta)
    sheet = openpyxl.load_workbook(folder / BOOK)["更正"]
    assert sheet.max_row == 12
    assert "另有 330 行没有列入本表" in sheet.cell(12, 8).value
    page = assert_sound((folder / PAGE).read_text("utf-8"))
    assert "只列前100处，共300处" in page.text
    assert len(report.quarantine_cells) == 340


def test_hostile_data_stays_text(folder, view):
    cells = bad(2, unit=HOSTILE, text=HOSTILE)
    report = rewrite(folder, cells)
    line = (HOSTILE, HOSTILE, 2, *[HOSTILE] * 9, "not_applied", HOSTILE)
    rewrite_table("corrections", [line], folder)
    report = load_report(folder)
    page = assert_sound(quarantine_html(report, mending_lines(report), view.meta))
    assert "<script>alert(1)</script>" in page.text
    write_quarantine(folder, view.meta)
    for sheet in openpyxl.load_workbook(folder / BOOK):
        for row in sheet:
            assert [c.coordinate for c in row if c.data_type == "f" or c.hyperlink] == []


def test_nothing_to_mend_is_said(folder, view):
    report = rewrite(folder, [])
    page = assert_sound(quarantine_html(report, mending_lines(report), view.meta))
    assert "没有待更正的行" in page.text
    write_quarantine(folder, view.meta)
    assert openpyxl.load_workbook(folder / BOOK)["更正"].max_row == 1
