"""A statement for 登记, written into the raw folder: what the desk's form fills in."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from dalian_eval.base.csvfile import csv_text, inert, read_csv
from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import write_whole
from dalian_eval.base.result_folder import writable
from dalian_eval.intake.base.reasons import BadCellError
from dalian_eval.intake.cells.dates import parse_date
from dalian_eval.schema.model import Column, Type
from dalian_eval.schema.registrations import TABLE
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.stages.parameters import load_params, newest_params

FILE = "登记_操作台.csv"
"""In the raw folder; recognised by its name like any other file of the table."""

_NUMBER = "CZT"
_LONGEST = 500
"""Characters of a cell that is typed."""


def dates_of_plan(root: Path) -> tuple[str, ...]:
    """Return the names of the dates that a 时间节点 may state, those of the newest parameters."""
    rules = load_params(newest_params(root)).campaign_rules
    return tuple(one.title for one in rules.calendar)


def stated(raw: Path) -> pd.DataFrame:
    """Return the statements written so far, under their headers; without rows before the first.

    UsageError when the file cannot be read or is no longer ours.
    """
    headers = [column.header for column in BY_NAME[TABLE].columns]
    path = raw / FILE
    if not path.is_file():
        return pd.DataFrame(columns=headers, dtype="str")
    try:
        found = read_csv(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} 读不出来：请关闭打开它的程序，或把它移走后再登记") from error
    if [*found.columns] != headers:
        raise UsageError(f"{path} 的表头被改动过：请改回 {'、'.join(headers)}，或把它移走后再登记")
    return found.fillna("").astype("str")


def register(raw: Path, cells: Mapping[str, str]) -> str:
    """Write a statement and return its number.

    `cells`: by our names of the columns, without the number. UsageError names the column that is
    missing or cannot be read; what was stated before stays.
    """
    table = BY_NAME[TABLE]
    (key,) = table.key
    typed = {name: text.strip() for name, text in cells.items()}
    for column in table.columns:
        if column.name != key:
            _check(column, typed.get(column.name, ""))
    rows = stated(raw)
    number = _next(rows[table[key].header], typed["date"][:4])
    line = {c.header: number if c.name == key else typed.get(c.name, "") for c in table.columns}
    text = csv_text(pd.concat([rows, pd.DataFrame([line], dtype="str")]))
    with writable(raw, "资料文件夹"):
        raw.mkdir(parents=True, exist_ok=True)
        write_whole(raw / FILE, text.encode("utf-8-sig"))
    return number


def _check(column: Column, text: str) -> None:
    """UsageError when a cell cannot be registered as it is typed."""
    title = f"没有登记：『{column.header}』"
    if column.required and not text:
        raise UsageError(f"{title}没有填")
    if len(text) > _LONGEST or not (text.isprintable() and inert(text) == text):
        raise UsageError(f"{title}要写成一行，不超过{_LONGEST}字，不以 = + - @ 开头")
    if column.fixed and text and text not in column.vocabulary:
        raise UsageError(f"{title}须是{'、'.join(column.vocabulary)}之一")
    if column.type is Type.DATE and text:
        try:
            dt.date.fromisoformat(text)
            parse_date(text, date1904=False)
        except (ValueError, BadCellError) as error:
            raise UsageError(f"{title}不是日期，应为 2024-08-15 的形式") from error


def _next(numbers: pd.Series, year: str) -> str:
    """Return the number after those of the year."""
    start = f"{_NUMBER}{year}"
    rests = [str(number).removeprefix(start) for number in numbers]
    return f"{start}{max((int(r) for r in rests if r.isdecimal()), default=0) + 1:03d}"
