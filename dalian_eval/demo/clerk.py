"""The clerk: writes canonical values as the cells that a Style asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

import numpy as np

from dalian_eval.demo.cells import plain
from dalian_eval.demo.model import Value
from dalian_eval.demo.style import DateForm, MonthForm, StampForm, Style
from dalian_eval.schema.model import Column, Type

_T = TypeVar("_T")

SHANGHAI = timedelta(hours=8)
WIDE = {ord("0") + n: ord("０") + n for n in range(10)} | {ord("-"): "－", ord("."): "．"}


@dataclass(frozen=True)
class Serial:
    """A date as the bare number Excel keeps for it, without a date format."""

    day: date


@dataclass(frozen=True)
class PaddedCertificate:
    """A certificate kept as a number under a format such as 00000000."""

    digits: str


@dataclass(frozen=True)
class Formula:
    """A formula; `cached` None means that no program ever computed it."""

    text: str
    cached: str | None


Cell = str | int | float | date | datetime | Serial | PaddedCertificate | Formula | None

_DATES: dict[DateForm, Callable[[date], Cell]] = {
    "native": lambda d: d,
    "serial": Serial,
    "iso": date.isoformat,
    "slash": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dot": lambda d: f"{d.year}.{d.month}.{d.day}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "compact": lambda d: d.strftime("%Y%m%d"),
    "timed": lambda d: f"{d.isoformat()} 00:00:00",
}
_STAMPS: dict[StampForm, Callable[[datetime], Cell]] = {
    "native": lambda t: t,
    "iso": lambda t: t.strftime("%Y-%m-%d %H:%M:%S"),
    "slash": lambda t: f"{t.year}/{t.month}/{t.day} {t:%H:%M:%S}",
    "dot": lambda t: f"{t.year}.{t.month}.{t.day} {t:%H:%M:%S}",
    "utc": lambda t: (t - SHANGHAI).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "offset": lambda t: t.strftime("%Y-%m-%dT%H:%M:%S+08:00"),
}
_MONTHS: dict[MonthForm, Callable[[str], Cell]] = {
    "iso": lambda m: m,
    "chinese": lambda m: f"{m[:4]}年{int(m[5:])}月",
    "slash": lambda m: f"{m[:4]}/{int(m[5:])}",
    "compact": lambda m: m.replace("-", ""),
    "day": lambda m: f"{m}-15",
}


class Clerk:
    """Writes the cells of one sheet; `native` tells a workbook, which keeps numbers, from a csv."""

    def __init__(self, style: Style, rng: np.random.Generator, *, native: bool) -> None:
        """Take the habits, the dice that choose among them, and the kind of file."""
        self._style = style
        self._rng = rng
        self._native = native

    def cell(self, column: Column, value: Value) -> Cell:
        """Return `value` of `column` as one of the cells that the style allows."""
        style = self._style
        if value is None or value == []:
            return None
        if isinstance(value, bool):
            return self._pick(style.bools)[not value]
        if isinstance(value, datetime):
            return _STAMPS[self._pick(style.stamps)](value)
        if isinstance(value, date):
            return _DATES[self._pick(style.dates)](value)
        if isinstance(value, list):
            return self._pick(style.separators).join(value)
        if isinstance(value, str):
            return self._text(column, value)
        return self._number(column, value)

    def _text(self, column: Column, value: str) -> Cell:
        style = self._style
        if column.type is Type.MONTH:
            return _MONTHS[self._pick(style.months)](value)
        if column.type is Type.CASE_NUMBER:
            pair = self._pick(style.brackets)
            return value.replace("〔", pair[0]).replace("〕", pair[1])
        if column.type is Type.CODE:
            if style.padded and self._native and value.isdigit():
                return PaddedCertificate(value)
            if self._chance(style.tabs):
                return f"{value}\t"
            return self._wide(value)
        if style.spaced and column.name == "name" and len(value) == 2:
            return f"{value[0]}　{value[1]}"
        return value

    def _number(self, column: Column, value: int | Decimal) -> Cell:
        style = self._style
        if style.thousands and isinstance(value, int) and value >= 1000:
            return f"{value:,}"
        if style.percent and isinstance(value, Decimal):
            return f"{value}%"
        if self._native and not self._chance(style.fullwidth):
            return value if isinstance(value, int) else float(value)
        return self._wide(plain(value))

    def _wide(self, text: str) -> str:
        return text.translate(WIDE) if self._chance(self._style.fullwidth) else text

    def _chance(self, share: float) -> bool:
        return share > 0 and bool(self._rng.random() < share)

    def _pick(self, choices: tuple[_T, ...]) -> _T:
        return choices[0] if len(choices) == 1 else choices[int(self._rng.integers(len(choices)))]
