"""What users type that is known to be wrong before anything is loaded, and is told then."""

import datetime as dt
import re
from pathlib import Path

from dalian_eval.base.errors import UsageError


def check_month(month: str) -> str:
    """Return `month` when it is a yyyy-mm of the calendar; else UsageError."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month):
        raise UsageError(f"月份『{month}』的写法不对，应为四位年-两位月，例如 2024-10")
    return month


def day_of(text: str) -> dt.date:
    """Return a day from its ISO text; else UsageError."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise UsageError(f"截至日期『{text}』的写法不对，应为 2024-08-15 的形式") from error


def check_raw(raw: Path) -> Path:
    """Return the folder of the raw files; UsageError when it is none."""
    if not raw.is_dir():
        raise UsageError(f"找不到数据文件夹 {raw}，请检查 --raw 的路径是否写对。")
    return raw


def check_empty(folder: Path) -> None:
    """UsageError when `folder` is there and holds something, or is no folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"目标文件夹不是空的：{folder}，请换一个或先清空")


def check_calendar_file(place: Path) -> None:
    """UsageError when the name of a calendar file does not end as one."""
    if place.suffix.lower() != ".ics":
        raise UsageError(f"日历文件 {place} 应以 .ics 结尾：请改正 --ics")


def reading_pairs(readings: list[str]) -> dict[str, str]:
    """Return NAME=VALUE options as a mapping; UsageError for what is none."""
    result = {}
    for text in readings:
        name, found, value = text.partition("=")
        if not found or not name.strip() or not value.strip():
            raise UsageError(f"口径『{text}』的写法不对，应为 名称=取值，例如 no_leads=forfeit")
        result[name.strip()] = value.strip()
    return result
