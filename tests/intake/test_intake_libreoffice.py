"""Workbooks that LibreOffice saved, as .xlsx, as legacy .xls and as csv: all read the same."""

import subprocess
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from conftest import SOFFICE, Office
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import Table

CASES = ["案件编号", "单位编码", "案件类型", "决定日期", "两打", "领域", "检查记录编号", "上传日期"]


def _county(place: Path, *, since_1904: bool) -> None:
    """A workbook with what LibreOffice may change: dates, formulas, merges, formats, hiding."""
    book = openpyxl.Workbook()
    cases = book.active
    cases.title = "案件"
    cases.append(["东环县案件一览表"])
    cases.append(CASES)
    first = ["东环罚〔2024〕1号", "D01", "一般处罚", date(2024, 3, 5), True, "危险废物"]
    cases.append([*first, '=CONCATENATE("R",1)', datetime(2024, 3, 5, 16, 30)])
    cases.append(["东环罚〔2024〕2号", None, "移送", "2024年3月6日", "√", "甲\n乙", "=NA()"])
    cases.append(["东环罚〔2024〕3号", "D02", "移送", "20240307", "否", None, None, "2024/3/7"])
    cases.append(["合计", None, 3])
    cases.append(["填表人：甲某", None, None, "审核人：乙某"])
    cases.merge_cells("A1:H1")
    cases.merge_cells("B3:B4")
    cases.column_dimensions["F"].hidden = True
    cases.row_dimensions[5].hidden = True
    for cell in cases[5]:
        cell.font = Font(strike=True)
    cases.auto_filter.ref = "A2:H5"
    people = book.create_sheet("人员")
    for row in (["执法证号", "姓名"], [6120001, "䶮某"], ["06120002", "𫍯·某"]):
        people.append(row)
    people["A2"].number_format = "00000000"
    people.add_table(Table(displayName="t", ref="A1:B3"))
    book.create_sheet("单位").append(["单位编码"])
    book["单位"].sheet_state = "hidden"
    if since_1904:
        book.epoch = CALENDAR_MAC_1904
    book.save(place)


def _convert(place: Path, ending: str, form: str, originals: list[Path]) -> None:
    """Let LibreOffice save workbooks in another format, in the folder called like its ending."""
    subprocess.run(
        [
            SOFFICE,
            f"-env:UserInstallation={(place / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            form,
            "--outdir",
            str(place / ending),
            *map(str, originals),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the county as LibreOffice saves it in each format, each in its folder."""
    place = tmp_path_factory.mktemp("libreoffice")
    originals = [place / "county.xlsx", place / "county1904.xlsx"]
    for original in originals:
        _county(original, since_1904="1904" in original.name)
    # The filter's numbers: comma, quote, UTF-8, from the first line, and every
    # sheet to its own file.
    csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    for ending, form in (("xlsx", "xlsx"), ("xls", "xls"), ("csv", csv)):
        _convert(place, ending, form, originals)
    return place


@pytest.mark.parametrize("ending", ["xlsx", "xls"])
@pytest.mark.parametrize("name", ["county", "county1904"])
def test_workbooks(office: Office, converted: Path, ending: str, name: str) -> None:
    file = f"{name}.{ending}"
    office.bytes(file, (converted / ending / file).read_bytes())
    report = office.clean()
    rows = office.rows("cases")
    assert [row["case_id"] for row in rows] == ["东环罚〔2024〕1号", "东环罚〔2024〕3号"]
    assert [row["unit_id"] for row in rows] == ["D01", "D02"]
    assert [row["decided_on"] for row in rows] == [date(2024, 3, 5), date(2024, 3, 7)]
    assert [row["uploaded_on"] for row in rows] == [date(2024, 3, 5), date(2024, 3, 7)]
    assert [row["double_strike"] for row in rows] == [True, False]
    assert [row["record_id"] for row in rows] == ["R1", None]
    # The second case has the merged unit, and a formula that yields an error.
    (bad,) = report.quarantine.to_dict("records")
    assert (bad["row"], bad["code"], bad["value"]) == (4, "error_cell", "#N/A")
    assert '"单位编码": "D01"' in bad["cells"]
    assert office.column("officers", "officer_id") == ["06120001", "06120002"]
    assert office.column("officers", "name") == ["䶮某", "𫍯·某"]
    assert office.status(file, "单位")[0] == "hidden"
    assert "合计行 1 行（第 6 行），表尾说明 1 行（第 7 行）" in office.status(file, "案件")[1]
    assert "整行划了删除线的 1 行（第 5 行）仍按数据读取" in office.status(file, "案件")[1]


def test_csv(office: Office, converted: Path) -> None:
    for sheet in ("案件", "人员"):
        content = (converted / "csv" / f"county-{sheet}.csv").read_bytes()
        office.bytes(f"{sheet}.csv", content)
    report = office.clean()
    assert office.column("cases", "uploaded_on") == [date(2024, 3, 5), date(2024, 3, 7)]
    # In csv a merged cell is blank below: two things are wrong with the second case.
    (bad,) = report.quarantine.to_dict("records")
    assert bad["row"] == 4
    assert "『单位编码』没有填写" in bad["reason"]
    assert "#N/A" in bad["reason"]
    # LibreOffice wrote the number without its format: its zero is gone and is not guessed.
    assert office.column("officers", "officer_id") == ["06120002", "6120001"]


def test_marked_characters(office: Office, tmp_path: Path) -> None:
    """LibreOffice gives the font of a text's first run to its cell."""
    raised, struck = InlineFont(vertAlign="superscript"), InlineFont(strike=True)
    plain = InlineFont()
    scores = [
        CellRichText("77.5", TextBlock(raised, "1")),
        CellRichText(TextBlock(struck, "6"), TextBlock(plain, "85")),
        CellRichText(TextBlock(plain, "8"), TextBlock(struck, "0"), TextBlock(plain, "5")),
        CellRichText(TextBlock(InlineFont(b=True), "9"), TextBlock(plain, "0")),
    ]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "案卷评查"
    sheet.append(["案件编号", "级别", "评查日期", "得分"])
    for day, score in enumerate(scores, 1):
        sheet.append(["东环罚〔2024〕1号", "市", f"2024-05-{day:02}", score])
    book.save(tmp_path / "评查.xlsx")
    for ending in ("xlsx", "xls"):
        _convert(tmp_path, ending, ending, [tmp_path / "评查.xlsx"])
    office.people()
    row = ["东环罚〔2024〕1号", "D01", "一般处罚", "2024-03-05"]
    office.csv("案件.csv", CASES[:4], row)
    reasons = []
    for ending in ("xlsx", "xls"):
        file = f"评查.{ending}"
        office.bytes(file, (tmp_path / ending / file).read_bytes())
        office.out = tmp_path / f"out-{ending}"
        report = office.clean()
        assert office.codes("case_reviews") == ["marked_characters"] * 3
        reasons.append([*report.quarantine["reason"]])
        assert [row["score"] for row in office.rows("case_reviews")] == [90]
        (office.raw / file).unlink()
    assert reasons[0] == reasons[1]
    both = [("77.51", "77.5"), ("685", "85"), ("805", "85")]
    for reason, (whole, bare) in zip(reasons[0], both, strict=True):
        assert f"“{whole}”" in reason and f"“{bare}”" in reason
