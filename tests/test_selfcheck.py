"""自查: what a unit is told before it hands in, on the terminal, on the page and in the copies."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dalian_eval.cli import invoke
from dalian_eval.jobs.self_check import MARKED, PAGE
from dalian_eval.report.mending.marked_workbook import MarkedSheet, address, write_marked
from dalian_eval.schema.template import write_template

sys.path.append(str(Path(__file__).parent / "intake"))

import legacy

PARAMS = Path(__file__).parent.parent / "params"
CASES = ["案件编号", "单位编码", "案件类型", "决定日期", "领域"]
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a unit's folder with the project's parameters; stand in it."""
    shutil.copytree(PARAMS, tmp_path / "params")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hand_in(unit: Path, file: str, *rows: list[Any]) -> None:
    path = unit / "data" / "raw" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    if file.endswith(".csv"):
        path.write_text("".join(f"{','.join(row)}\n" for row in rows), encoding="gbk")
    elif file.endswith(".xls"):
        path.write_bytes(legacy.xls(rows, sheet="案件"))
    else:
        book = openpyxl.Workbook()
        book.active.title = "案件"
        for row in rows:
            book.active.append(row)
        book.save(path)


def commented(copy: Path) -> dict[str, str]:
    """Return address → comment of the marked cells of a copy."""
    found = {}
    for sheet in openpyxl.load_workbook(copy).worksheets[1:]:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment:
                    assert cell.fill.fgColor.rgb == "FFF8CBAD"
                    found[f"{sheet.title}!{cell.coordinate}"] = cell.comment.text
    return found


def test_a_unit_with_files_of_its_own(unit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(
        unit,
        "三月/案件.xlsx",
        ["东片2024年案件"],
        CASES,
        ["东〔2024〕1号", "D01", "移送", "5/3/2024", SCRIPT],
        ["东〔2024〕2号", "D01", "罚款", "2024-03-05", '=HYPERLINK("http://x.invalid")'],
        ["东〔2024〕3号", "D01", "移送", "2024-03-05", "=1+1"],
    )
    hand_in(
        unit, "案件承办.csv", ["案件编号", "执法证号"], ["东〔2024〕3号", "3.2E+14"], ["", "061"]
    )
    hand_in(
        unit, "旧案件.xls", CASES[:4], ["9号", "D01", "移送", "昨天"], ["8号", "D01", "移送", ""]
    )
    hand_in(unit, "说明.csv", ["联系人"], ["某"])
    assert invoke(["check"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    for told in (
        "三月/案件.xlsx\n  工作表『案件』按『案件』表，读取 3 行：隔离 3",
        "第 3 行（D3 格）『决定日期』的值 5/3/2024 有两种读法：2024-05-03 或 2024-03-05",
        "改法：请写成 2024-05-03 或 2024-03-05",
        "第 4 行（C4、E4 格）『案件类型』的值 罚款",
        "第 2 行（B2 格）『执法证号』的值 3.2E+14 是科学计数法",
        "第 3 行（A3 格）必填列『案件编号』没有填写",
        "说明.csv\n  未识别：",
        "没有『单位』、『人员』、『任职』表",
        "合计：4 个文件，读取 7 行，采用 1，合并 0，被替代 0，隔离 6",
        "其中 0 项必须改正",
    ):
        assert told in said.out, told
    page = (unit / "自查结果" / PAGE).read_text(encoding="utf-8")
    assert SCRIPT not in page
    assert "D3" in page
    assert "http" not in page.replace("http-equiv", "").replace("http://x.invalid", "")
    copies = unit / "自查结果" / MARKED
    marks = commented(copies / "三月" / "案件.xlsx-标注.xlsx")
    assert set(marks) == {"案件!D3", "案件!C4", "案件!E4", "案件!E5"}
    assert "有两种读法" in marks["案件!D3"]
    # Values only: what was a formula is a text, and what looks like a formula stays a text.
    copy = openpyxl.load_workbook(copies / "三月" / "案件.xlsx-标注.xlsx")["案件"]
    assert [copy.cell(row, 5).data_type for row in (3, 4, 5)] == ["s", "s", "s"]
    assert copy["E5"].value == "=1+1" and copy["E5"].quotePrefix
    assert set(commented(copies / "案件承办.csv-标注.xlsx")) == {"案件承办!B2", "案件承办!A3"}
    # The second has no date: a check asks for it, in the row's first cell.
    assert set(commented(copies / "旧案件.xls-标注.xlsx")) == {"案件!D2", "案件!A3"}
    assert not (copies / "说明.csv-标注.xlsx").exists()


def test_what_blocks_gives_exit_code_3(unit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [[f"{i}号", "D01", "移送", "昨天"] for i in range(30)]
    hand_in(unit, "案件.csv", CASES[:4], *rows)
    assert invoke(["check", "--to", "结果"]) == 3
    said = capsys.readouterr()
    assert "……另有 20 行，见自查报告" in said.out
    assert "✗ 必须改正：没有工作表的多半行被隔离" in said.out
    assert said.err.startswith("错误：有必须改正的问题")
    assert said.err.count("\n") == 1
    # Nothing is overwritten: the next result has its own folder.
    assert invoke(["check", "--to", "结果"]) == 3
    assert (unit / "结果-2" / PAGE).read_bytes() == (unit / "结果" / PAGE).read_bytes()


def test_required_tables_without_an_accepted_row_block(
    unit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(unit, "单位.csv", ["单位编码", "单位名称"], ["D01", "甲"], ["D01", "乙"])
    assert invoke(["check"]) == 3
    assert "『单位』表里没有一行被采用，必须改正" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "data/raw/结果"], "不能放在数据文件夹"),
        (["--raw", "没有"], "找不到数据文件夹"),
        (["--params", "没有.yaml"], "没有.yaml"),
        ([], "里没有表格文件"),
    ],
)
def test_wrong_use(
    unit: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert invoke(["check", *arguments]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert not (unit / "自查结果").exists()


def test_hostile_names_and_words_are_spelled_out(
    unit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(unit, "案件.csv", [*CASES[:4], "备\x1b[2J注"], ["1号", "D01", "移送", "\x1b]0;x\x07"])
    hand_in(unit, "单\u202e位.xlsx", ["单位编码"], ["D01"])
    assert invoke(["check"]) == 0
    said = capsys.readouterr().out
    page = (unit / "自查结果" / PAGE).read_text(encoding="utf-8")
    for text in (said, page):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "‹U+202E›" in text
        assert "‹U+001B›" in text


def test_a_place_that_cannot_be_written(unit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(unit, "单位.csv", ["单位编码"], ["D01"])
    (unit / "文件").write_text("x", encoding="utf-8")
    assert invoke(["check", "--to", "文件/结果"]) == 2
    assert "写不进" in capsys.readouterr().err


_TOLD_FIRST = """
import sys
from pathlib import Path
from dalian_eval.jobs.self_check import selfcheck
def tell(line):
    if line.startswith("合计"):
        print("great_expectations" in sys.modules)
selfcheck(raw=Path("data/raw"), params=None, to=Path("结果"), tell=tell)
"""


def test_what_intake_found_is_told_before_the_slow_library_is_loaded(unit: Path) -> None:
    hand_in(unit, "案件.csv", CASES[:4], ["1号", "D01", "移送", "昨天"])
    done = subprocess.run(
        [sys.executable, "-c", _TOLD_FIRST], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_names_of_sheets_and_cells_in_copies(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    names = ["a/b:c*?", "A_B_c__", "问题清单", "'", "长" * 40, "History"]
    rows = [["=1", "\x00\x1b", "x" * 40_000, None, -1, 1e300, True]]
    write_marked(path, [MarkedSheet(n, rows, {(2, 3): ["缺"]}) for n in names], [["=1"] * 7])
    book = openpyxl.load_workbook(path)
    assert len({sheet.title.lower() for sheet in book}) == 7
    assert book.worksheets[1]["A1"].data_type == "s"
    assert book.worksheets[1]["D3"].comment is None
    assert [address((0, 0)), address((13, 25)), address((0, 26)), address((0, 701))] == [
        "A1",
        "Z14",
        "AA1",
        "ZZ1",
    ]


def test_a_correction_workbook_is_accepted_and_what_fails_is_told(unit, capsys):
    hand_in(unit, "案件.csv", CASES, ["A1", "D01", "移送", "2024-13-05", ""])
    names = ["文件", "工作表", "行", "列", "原内容", "处理", "更正为"]
    good = ["案件.csv", "", 2, "决定日期", "2024-13-05", "更正", "2024-03-05"]
    stale = ["案件.csv", "", 2, "领域", "甲", "更正", SCRIPT]
    hand_in(unit, "更正.xlsx", names, good, stale)
    invoke(["check"])
    told = capsys.readouterr().out
    assert "更正表：隔离更正表：2 行，更正 1，不采用 0，未能采用 1，没有填写 0" in told
    assert "✗ 第 3 行『原内容』是“甲”，现在读到的却是“空”" in told
    page = next(unit.rglob(PAGE)).read_text("utf-8")
    assert "原文件可能已改过" in page
    assert SCRIPT not in page


def test_rows_that_fall_with_a_person_are_told_first(unit, capsys):
    hand_in(unit, "单位.csv", ["单位编码", "单位名称"], ["D01", "东片"])
    people = [["06120001", "甲某"], ["06120001", "乙某"], ["06120002", "丙某"]]
    hand_in(unit, "人员.csv", ["执法证号", "姓名"], *people)
    posting = ["D01", "2023-01-01"]
    header = ["执法证号", "单位编码", "到岗日期"]
    hand_in(unit, "任职.csv", header, ["06120001", *posting], ["06120002", *posting])
    hand_in(
        unit,
        "检查记录.csv",
        ["记录编号", "单位编码", "检查人员"],
        ["R1", "D01", "06120001"],
        ["R2", "D01", "06120001"],
        ["R3", "D01", "06120002"],
    )
    invoke(["check"])
    first = capsys.readouterr().out.splitlines()[0]
    assert "『人员』2行没有采用" in first
    assert "『检查记录』2行、『任职』1行" in first and "共3行没有计入" in first
    page = next(unit.rglob("自查报告.html")).read_text(encoding="utf-8")
    assert "共3行没有计入" in page


def test_the_account_of_what_was_handed_in(unit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = unit / "data" / "raw" / "报送.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    for column, value in enumerate(["东〔2024〕1号", "D01", "移送", "2024-03-05"], start=1):
        book["案件"].cell(3, column, value)
    book["荣誉"]["B1"] = "是"
    book.save(path)
    assert invoke(["check"]) == 0
    said = capsys.readouterr().out
    told = said[said.index("报送情况：") :]
    assert "已报送1张表：案件（1行）" in told
    assert "确认没有1张表：荣誉" in told
    # 单位 and the like are required; clauses of 附件3 and 附件4 that read each table, by hand:
    # 比武 4 and 3 points, 自动监测 2 for units only.
    assert "    单位：没有它不能计分\n" in told
    assert "    比武：集体最多4.00分、个人最多3.00分\n" in told
    assert "    自动监测：集体最多2.00分\n" in told
    assert "    活动：不影响得分\n" in told
    assert "计分时这些条款列为待补" in told
    assert said.count("没有填写的页 ") == 1
    assert "报送模板的说明页，不是数据" in said
    page = (unit / "自查结果" / PAGE).read_text(encoding="utf-8")
    assert "<td>比武</td><td>集体最多4.00分、个人最多3.00分</td>" in page


def test_an_export_in_its_own_shape_is_checked_in_its_own_cells(
    unit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (unit / "params" / "mappings.yaml").write_text(
        "处罚系统:\n  表头: [文书号, 办理人]\n  表:\n"
        "    案件: {案件编号: 文书号, 单位编码: 机构, 案件类型: {写: 一般处罚}, 决定日期: 日期}\n"
        "    案件承办: {案件编号: 文书号, 执法证号: {列: 办理人, 取: 每个}}\n",
        encoding="utf-8",
    )
    hand_in(unit, "单位.csv", ["单位编码", "单位名称"], ["D01", "东片"])
    hand_in(unit, "人员.csv", ["执法证号", "姓名"], ["06120001", "甲某"])
    hand_in(
        unit, "任职.csv", ["执法证号", "单位编码", "到岗日期"], ["06120001", "D01", "2023-01-01"]
    )
    hand_in(
        unit,
        "台账.xlsx",
        ["日期", "文书号", "机构", "办理人"],
        ["2024-03-05", "示罚〔2024〕1号", "东片", "06120001、06120009"],
        ["三月", "示罚〔2024〕2号", "东片", "06120008、06120009"],
    )
    invoke(["check"])
    out = capsys.readouterr().out
    assert "『案件』" in out and "『案件承办』" in out
    assert "『日期』的值 三月" in out
    copy = unit / "自查结果" / MARKED / "台账.xlsx-标注.xlsx"
    told = commented(copy)
    assert "『日期』" in told["案件!A3"]
    assert "『办理人』" in told["案件!D2"]
    assert "『文书号』" in told["案件!B3"]
