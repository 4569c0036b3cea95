"""What users type that is known to be wrong by its form alone: told before anything is loaded."""

import datetime as dt
import re

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


def reading_pairs(readings: list[str]) -> dict[str, str]:
    """Return NAME=VALUE options as a mapping; UsageError for what is none."""
    result = {}
    for text in readings:
        name, found, value = text.partition("=")
        if not found or not name.strip() or not value.strip():
            raise UsageError(f"口径『{text}』的写法不对，应为 名称=取值，例如 no_leads=forfeit")
        result[name.strip()] = value.strip()
    return result
