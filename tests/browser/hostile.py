"""A county of hostile cells, file and sheet names, made of the demo's clean export."""

import csv
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

from dalian_eval.demo import export, invent

SCRIPT = "<script>alert(1)</script>"
IMAGE = '<img src=x onerror="alert(1)">'
FORMULA = '=HYPERLINK("http://example.invalid","点")'
LONG = "长" * 300
UNBROKEN = "W" * 300
BIDI = "\u2067הפוך\u2069"
CONTROL = "甲\x07\x1b[31m乙"
LINK = "<a href=javascript:alert(1)>点</a>"
STYLE = "</style><style>*{display:none}</style>"
QUOTES = "\"'><svg/onload=alert(1)>"
JINJA = "{{ 7*7 }}{% raw %}"
MARKUP = (SCRIPT, IMAGE, FORMULA, LINK, STYLE, QUOTES, JINJA)
TEXTS = (*MARKUP, LONG, UNBROKEN, BIDI, CONTROL, "عربي " + "كلمة " * 20, "𠮷䶮", "&lt;b&gt;&amp;")
"""What a cell may hold to harm a page."""

TAB = "<b>'&\"表"
FILE = "a&b;'=#%{{7*7}} <img src=x onerror=alert(1)>.csv"
LONG_FILE = "长" * 60 + ".xlsx"

_NAMED = {
    "单位名称": TEXTS,
    "姓名": TEXTS,
    "检查对象": TEXTS,
    "名称": TEXTS,
    "标题": TEXTS,
    "主题": TEXTS,
    "佐证": TEXTS,
    "来源": TEXTS,
    "推送级别": TEXTS,
    "领域": (SCRIPT, LONG, UNBROKEN),
    "装备": (IMAGE, FORMULA),
    "装备类别": MARKUP,
}
"""Columns whose cells are replaced, each by the next of its texts."""

_CODED = ("案件编号", "记录编号", "检查记录编号", "编号", "线索编号")
"""Columns of numbers that other rows refer to: they get a hostile ending, the same everywhere."""


def write_hostile(folder: Path) -> None:
    """Write the county into the empty `folder`."""
    export(invent(units=3, officers=12, seed=7), folder, "none")
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        changes = [_change(name, path.stem) for name in header]
        rows = [
            [change(cell, n) for change, cell in zip(changes, row, strict=True)]
            for n, row in enumerate(rows)
        ]
        path.unlink()
        _write(folder, path.stem, [header, *rows])


def _change(header: str, table: str) -> Callable[[str, int], str]:
    if header in _NAMED:
        texts = _NAMED[header]
        # A name is a person's only: 装备类别 is a key, and so is a 姓名 within a unit.
        return lambda cell, n: f"{texts[n % len(texts)]}{n}" if cell else cell
    if header in _CODED:
        return lambda cell, n: cell and f"{cell}{MARKUP[sum(map(ord, cell)) % 3]}"
    return lambda cell, n: cell


def _write(folder: Path, table: str, rows: list[list[str]]) -> None:
    """Write a table: 案件 under a hostile sheet and a long file name, 荣誉 under a hostile one."""
    if table == "案件":
        with xlsxwriter.Workbook(str(folder / LONG_FILE)) as book:
            sheet = book.add_worksheet(TAB)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    sheet.write_string(r, c, cell)
        return
    name = FILE if table == "荣誉" else f"{table}.csv"
    with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
