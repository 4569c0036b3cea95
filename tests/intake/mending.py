"""An office with rows to mend, and what its people do with a correction workbook."""

import shutil
from datetime import date, datetime
from pathlib import Path

import openpyxl
from conftest import Office

from dalian_eval.intake.corrections.correction_sheets import WHOLE_ROW
from dalian_eval.report.mending.correction_tasks import mending_lines
from dalian_eval.report.mending.correction_workbook import write_mendbook

CASES = ["案件编号", "单位编码", "案件类型", "决定日期"]
WHOLE = "案件编号：A3；单位编码：D02；案件类型：移送；决定日期：2024-03-06"


def lay_out(office: Office) -> Office:
    """An office with every kind of mess that a correction mends, in a csv, an xlsx and an xls."""
    office.people()
    office.csv("任职2.csv", ["执法证号", "单位编码", "到岗日期"], ["06120001", "D02", "2024-01-01"])
    office.csv(
        "东片/案件.csv",
        ["关于案件", ""],
        CASES,
        ["A1", "D01", "一般处罚", "2024-13-05"],
        ["A2", "D09", "移送", "2024-03-05"],
        ["A3", "D01", "移送", "2024-03-05"],
        ["A3", "D02", "移送", "2024-03-06"],
        ["合计", "", "4", ""],
    )
    office.xlsx(
        "西片/检查.xlsx",
        检查记录=[
            ["记录编号", "单位编码", "检查人员", "检查时间", "有效"],
            ["R1", "D02", "甲某", datetime(2024, 3, 5, 10), "是"],
            ["R2", "D02", "06120003", "5/3/2024", "也许"],
            ["R3", "D02", "06120003", datetime(2024, 3, 7), None],
        ],
    )
    office.xls(
        "西片/荣誉.xls",
        ["编号", "对象类型", "对象", "类别", "日期"],
        ["H1", "个人", "丁某", "表扬", "2024-03-05"],
        ["H2", "单位", "D02", "表扬", "2024-02-30"],
        sheet="荣誉",
    )
    return office


def again(office: Office) -> None:
    shutil.rmtree(office.out, ignore_errors=True)
    office.clean()


def workbook(office: Office, file: str = "更正.xlsx") -> Path:
    """The correction workbook of what was quarantined, at a place in the raw folder."""
    path = office.raw / file
    path.parent.mkdir(parents=True, exist_ok=True)
    write_mendbook(path, mending_lines(office.report))
    return path


def fill(path: Path, answers: dict[tuple[str, int, str], tuple[str, object]]) -> None:
    """Fill in 处理 and 更正为 by (file, row, column), as a user would."""
    book = openpyxl.load_workbook(path)
    sheet = book["更正"]
    at = {cell.value: cell.column for cell in sheet[1]}
    left = dict(answers)
    for row in range(2, sheet.max_row + 1):
        key = tuple(sheet.cell(row, at[h]).value for h in ("文件", "行", "列"))
        if key in left:
            action, after = left.pop(key)
            sheet.cell(row, at["处理"]).value = action
            sheet.cell(row, at["更正为"]).value = after
            sheet.cell(row, at["更正人"]).value = "某"
    assert not left
    book.save(path)


def lines(office: Office, *rows: tuple[object, ...], file: str = "更正.xlsx") -> None:
    """A correction sheet of (file, sheet, row, column, before, action, after)."""
    names = ("文件", "工作表", "行", "列", "原内容", "处理", "更正为", "更正人", "说明")
    office.xlsx(file, 随便=[names, *rows])


def outcomes(office: Office) -> list[tuple[str, str]]:
    found = office.report.corrections
    return list(zip(found["outcome"], found["reason"], strict=True))


ANSWERS = {
    ("东片/案件.csv", 3, "决定日期"): ("更正", "2024-03-05"),
    ("东片/案件.csv", 4, "单位编码"): (None, "D01"),
    ("东片/案件.csv", 6, WHOLE_ROW): ("不采用此行", None),
    ("西片/检查.xlsx", 2, "检查人员"): ("更正", "06120003"),
    ("西片/检查.xlsx", 3, "检查时间"): ("更正", date(2024, 3, 5)),
    ("西片/检查.xlsx", 3, "有效"): ("更正", "（空）"),
    ("西片/荣誉.xls", 2, "对象"): ("更正", "06120002"),
    ("西片/荣誉.xls", 3, "日期"): ("不采用此行", None),
}


def assert_mended(office: Office) -> None:
    cases = {row["case_id"]: row for row in office.rows("cases")}
    assert {n: (c["unit_id"], c["decided_on"]) for n, c in cases.items()} == {
        "A1": ("D01", date(2024, 3, 5)),
        "A2": ("D01", date(2024, 3, 5)),
        "A3": ("D01", date(2024, 3, 5)),
    }
    found = [(r["record_id"], r["inspectors"], r["valid"]) for r in office.rows("inspections")]
    assert found == [
        ("R1", ["06120003"], True),
        ("R2", ["06120003"], None),
        ("R3", ["06120003"], None),
    ]
    assert office.column("inspections", "inspected_at")[1] == datetime(2024, 3, 5)
    assert [(h["subject"], h["date"]) for h in office.rows("honours")] == [
        ("06120002", date(2024, 3, 5))
    ]
    assert office.codes() == ["withdrawn", "withdrawn"]
    assert office.report.corrections["outcome"].value_counts().to_dict() == {
        "corrected": 6,
        "withdrawn": 2,
    }
