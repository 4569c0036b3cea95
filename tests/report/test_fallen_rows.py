"""What is told first: rows of 单位, 人员 and 任职 that take others with them, and those others'."""

import csv
from pathlib import Path

from dalian_eval.intake import clean
from dalian_eval.report.mending.fallen_rows import fallen_rows

HEADERS = Path(__file__).parents[2] / "params" / "headers.yaml"
CASES = ["案件编号", "单位编码", "案件类型", "决定日期"]


def told(folder: Path, tables: dict[str, list[list[str]]]) -> str:
    raw = folder / "raw"
    raw.mkdir()
    for name, rows in tables.items():
        with (raw / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    return fallen_rows(clean(raw, folder / "out", headers=HEADERS, workers=1).quarantine)


COUNTY = {
    "单位": [["单位编码", "单位名称", "候选集体"], ["D01", "东片", "是"], ["D02", "西片", "也许"]],
    "人员": [["执法证号", "姓名"], ["06120001", "甲某"], ["06120002", "乙某"]],
    "任职": [
        ["执法证号", "单位编码", "到岗日期"],
        ["06120001", "D01", "2023-01-01"],
        ["06120002", "D02", "2023-01-01"],
    ],
    "案件": [
        CASES,
        ["东罚（2024）1号", "D01", "一般处罚", "2024-03-05"],
        ["东罚（2024）2号", "D02", "一般处罚", "2024-03-05"],
        ["东罚（2024）3号", "D01", "一般处罚", "昨天"],
    ],
    "案件承办": [
        ["案件编号", "执法证号"],
        ["东罚（2024）1号", "06120001"],
        ["东罚（2024）2号", "06120001"],
        ["东罚（2024）3号", "06120001"],
    ],
}


def test_rows_that_fall_with_a_row_that_fell_are_counted(tmp_path):
    """单位 D02 takes a posting and case 2 with it, the case its handler: three rows.

    Case 3 fell for a reason of its own; its handler does not come back with D02.
    """
    text = told(tmp_path, COUNTY)
    assert "『单位』1行没有采用" in text
    assert "共3行没有计入得分" in text
    assert all(f"『{name}』1行" in text for name in ("任职", "案件", "案件承办"))


def test_without_a_root_nothing_is_told(tmp_path):
    sound = [["单位编码", "单位名称"], ["D01", "东片"], ["D02", "西片"]]
    assert told(tmp_path, COUNTY | {"单位": sound}) == ""
