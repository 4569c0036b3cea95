"""The template as clerks fill it: what is written counts, what is not touched was not handed in."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import SOFFICE, Office

from dalian_eval.schema.form import CONTENTS, NO_DATA
from dalian_eval.schema.tables import BY_NAME, TABLES
from dalian_eval.schema.template import write_template

REQUIRED = {"units", "officers", "postings"}


def fill(path: Path, more: Callable[[Any], None] = lambda book: None) -> None:
    """Write the template to `path` and fill it as a clerk does: below the headers, as text."""
    write_template(path)
    book = openpyxl.load_workbook(path)
    for sheet, row in (
        ("单位", ["D01", "东片"]),
        ("人员", ["06120001", "甲某"]),
        ("任职", ["06120001", "D01", "2023-01-01"]),
        ("案件", ["东〔2024〕1号", "D01", "移送", "2024-03-05"]),
    ):
        for column, value in enumerate(row, start=1):
            book[sheet].cell(3, column, value)
    more(book)
    book.save(path)


def statuses(office: Office) -> dict[str, str]:
    return dict(zip(office.report.sheets["sheet"], office.report.sheets["status"], strict=True))


def test_untouched_sheets_are_not_supplied(office: Office) -> None:
    def say_none(book: Any) -> None:
        book["荣誉"]["B1"] = "是"
        book["纪律"]["A3"] = "无"

    fill(office.raw / "报送.xlsx", say_none)
    report = office.clean()
    assert set(report.supplied) == {*REQUIRED, "cases", "honours", "discipline"}
    assert office.rows("honours") == office.rows("discipline") == []
    assert office.rows("cases")[0]["case_id"].endswith("1号")
    assert report.quarantine.empty
    found = statuses(office)
    assert found[CONTENTS] == "form"
    untouched = {sheet for sheet, status in found.items() if status == "untouched"}
    named = {t.sheet for t in TABLES if t.name not in report.supplied}
    assert untouched == named
    assert office.status("报送.xlsx", "荣誉")[1].startswith(f"勾选了『{NO_DATA}』：确认没有")
    assert office.status("报送.xlsx", "纪律")[1].startswith("写明『无』：确认没有")
    assert "按没有报送计" in office.status("报送.xlsx", "装备")[1]


def test_a_sheet_is_known_without_the_contents_and_the_other_way_round(office: Office) -> None:
    def cut(book: Any) -> None:
        del book[CONTENTS]
        book["装备"].delete_rows(1)

    # A sheet without tick in a workbook without contents is somebody's own: it is empty.
    fill(office.raw / "报送.xlsx", cut)
    report = office.clean()
    assert set(report.supplied) == {*REQUIRED, "cases", "equipment"}


def test_an_older_template_has_no_tick(office: Office) -> None:
    fill(office.raw / "报送.xlsx", lambda book: [s.delete_rows(1) for s in book.worksheets[1:]])
    assert set(office.clean().supplied) == {*REQUIRED, "cases"}


@pytest.mark.parametrize(
    ("words", "supplied"),
    [
        ({"B1": "√"}, True),
        ({"B1": "☑"}, True),
        ({"B1": "无"}, True),
        ({"A1": "本表无数据：√"}, True),
        ({"A1": "☑本表无数据"}, True),
        ({"A1": "□本表无数据"}, False),
        ({"B1": "否"}, False),
        ({"B1": "×"}, False),
        ({"B1": " "}, False),
        ({"A3": "无", "B3": "无", "C3": "/"}, True),
        ({"C3": "无数据"}, True),
        ({"A3": "本表无数据"}, True),
    ],
)
def test_ways_to_say_that_there_is_none(
    office: Office, words: dict[str, str], supplied: bool
) -> None:
    def say(book: Any) -> None:
        for cell, word in words.items():
            book["荣誉"][cell] = word

    fill(office.raw / "报送.xlsx", say)
    report = office.clean()
    status, _ = office.status("报送.xlsx", "荣誉")
    assert (status, "honours" in report.supplied) == (
        ("read", True) if supplied else ("untouched", False)
    )
    assert report.quarantine.empty


def test_a_tick_that_says_neither_is_refused(office: Office) -> None:
    fill(office.raw / "报送.xlsx", lambda book: book["荣誉"].__setitem__("B1", "待定"))
    assert "honours" not in office.clean().supplied
    status, note = office.status("报送.xlsx", "荣誉")
    assert status == "refused"
    assert "看不出" in note and "报送.xlsx" in note and "『荣誉』" in note


def test_a_tick_does_not_take_rows_away(office: Office) -> None:
    fill(office.raw / "报送.xlsx", lambda book: book["案件"].__setitem__("B1", "是"))
    office.clean()
    assert len(office.rows("cases")) == 1
    assert "却有记录" in office.status("报送.xlsx", "案件")[1]


def test_headers_alone_in_a_file_or_sheet_of_ones_own_say_that_there_is_none(
    office: Office,
) -> None:
    fill(office.raw / "报送.xlsx")
    office.csv("荣誉.csv", [c.header for c in BY_NAME["honours"].columns])
    office.xlsx("其他.xlsx", 比武=[[c.header for c in BY_NAME["contests"].columns]])
    assert set(office.clean().supplied) == {*REQUIRED, "cases", "honours", "contests"}


def test_one_untouched_sheet_takes_nothing_from_another_file(office: Office) -> None:
    fill(office.raw / "甲.xlsx")
    fill(office.raw / "乙.xlsx", lambda book: book["案件"].delete_rows(3))
    office.clean()
    assert len(office.rows("cases")) == 1


@pytest.mark.skipif(not SOFFICE, reason="needs LibreOffice")
@pytest.mark.parametrize("ending", ["xlsx", "xls", "csv"])
def test_saved_by_libreoffice(office: Office, tmp_path: Path, ending: str) -> None:
    fill(tmp_path / "报送.xlsx", lambda book: book["荣誉"].__setitem__("B1", "是"))
    csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    subprocess.run(
        [
            str(SOFFICE),
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            csv if ending == "csv" else ending,
            "--outdir",
            str(tmp_path / "saved"),
            str(tmp_path / "报送.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=240,
    )
    for path in (tmp_path / "saved").iterdir():
        shutil.copy(path, office.raw)
    report = office.clean()
    assert set(report.supplied) == {*REQUIRED, "cases", "honours"}
    assert report.quarantine.empty
