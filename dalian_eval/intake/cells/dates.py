"""Dates, times and months in every form that exports use."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone

from dalian_eval.intake.base.raw_cell import (
    Cell,
    FormattedNumber,
    half_width,
    number_text,
    original_text,
    without_blanks,
)
from dalian_eval.intake.base.reasons import BadCellError, Change, Reason

SHANGHAI = timezone(timedelta(hours=8))
"""北京时间; without daylight saving since 1992."""

_MORNING = ("上午", "早上", "早晨", "清晨", "凌晨", "AM")
_AFTERNOON = ("下午", "傍晚", "晚上", "夜里", "PM")
_NOON = "|".join((*_MORNING, *_AFTERNOON, "中午", "am", "pm"))
_CLOCK = (
    rf"(?P<noon>{_NOON})?\s*(?P<hour>\d{{1,2}})(?:[时点]整?(?!\d)|[:时点](?P<minute>\d{{1,2}})分?"
    rf"(?::?(?P<second>\d{{1,2}})秒?(?:[.,:](?P<fraction>\d{{1,9}}))?)?)\s*(?P<noon2>{_NOON})?"
)
_PLACE = r"(?:\[[A-Za-z_/+-]+\]|\([^()]*\)|[A-Z]{3,4}\b)"
"""What systems write behind an offset, or for it: [Asia/Shanghai], (中国标准时间), CST."""
_ZONE = (
    rf"(?P<zone>Z|z|(?:UTC|GMT)?[+-]\d{{1,2}}(?::?\d{{2}})?(?:\s*{_PLACE})?|UTC|GMT"
    r"|\((?:UTC|GMT)[+-]\d{1,2}(?::?\d{2})?\)"
    r"|\[?Asia/Shanghai\]?|\(?(?:中国标准时间|北京时间)\)?)?(?:\s+m=[+-][\d.]+)?"
)
_WEEKDAY = r"(?:\s*\(?(?:星期|周|礼拜)(?P<weekday>[一二三四五六日天])\)?)?"
_REST = rf"{_WEEKDAY}(?:[T\s,]*{_CLOCK}\s*{_ZONE})?$"
_DATED = re.compile(
    rf"(?P<year>\d{{4}})\s*[-/.年]\s*(?P<month>\d{{1,2}})\s*[-/.月]\s*(?P<day>\d{{1,2}})\s*日?{_REST}"
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    rf"(?:(?P<h>\d{{2}})(?P<m>\d{{2}})(?P<s>\d{{2}})?$|{_REST})"
)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,2}(?!\d)")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?$")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_ENGLISH = re.compile(
    rf"(?:(?P<weekday>{'|'.join(_DAYS)})[a-z]*,?\s+)?"
    rf"(?:(?P<day>\d{{1,2}})[\s-])?(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?(?:\s+(?P<day2>\d{{1,2}}),?)?"
    r"(?:[\s-](?P<year>\d{4})(?!\d),?)?(?P<clock>(?:\s+|\s*T)\d{1,2}:.*?)?(?:\s+(?P<year2>\d{4}))?",
    re.IGNORECASE,
)
_JAVA_ZONE = re.compile(r"\s+(?:CST|Asia/Shanghai)$")
"""中国标准时间 in the text form of a Java date, which names the zone of its own machine."""
_ONLY_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_SYSTEM_TIME = re.compile(r"(?:/Date\()?(1\d{12}|1\d{9})(?:\+0800)?(?:\)/)?$")
_WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日天")
_YEAR_MONTH = re.compile(r"(\d{4})(?:[-/年](\d{1,2})(?:月份?)?|\.(\d{2}|[2-9])|(\d{2}))$")
_OCTOBER = re.compile(r"\d{4}\.1$")
_ZONE_PARTS = re.compile(r"([+-])(\d{1,2}):?(\d{2})?")

# Serials from 1965 (1904 system: 1970) to 2119. What looks like an earlier one is none: 20243 is a
# date with digits missing.
_FIRST_SERIAL, _LAST_SERIAL = 24_107, 80_000
_SHIFTED = frozenset({time(23, 59, 17), time(23, 54, 17), time(15, 54, 17)})
_FEW = 3
_EPOCH_1900 = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
_FIRST_DAY = date(1900, 3, 1)
"""Earlier days are no dates of ours, and their serials mean another day to every program."""
_LAST_DAY = date(9999, 12, 31)
_PLACEHOLDERS = frozenset(
    {date(1, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1970, 1, 1)}
    | {_LAST_DAY}
)
"""Days that systems write where they have none."""
_ZEROS = re.compile(r"0+(?:[-/.年]0+[-/.月]0+日?(?:[T\s]+0+(?::0+)*)?|(?:\.0+)?)")
"""What databases write where they have no day: 0000-00-00, 0."""
_WITHOUT_END = frozenset(
    {"长期", "长期有效", "永久", "永久有效", "无期限", "无限期", "无固定期限", "不限"}
    | {"至今", "迄今", "现在", "目前", "在岗", "在职", "未离岗"}
)

DateSystem = bool | None
"""Whether serials count from 1904; None when a workbook leaves its date system open."""

Moment = tuple[datetime, Change | None, bool]
"""Shanghai time, what was changed to get there, and whether a time of day was given."""


def parse_date(cell: Cell, *, date1904: DateSystem) -> tuple[date, Change | None]:
    """Return the Shanghai date of a cell; BadCellError when it has none or more than one."""
    moment, change, timed = _moment(cell, date1904=date1904)
    if timed and change is not Change.ZONE:
        change = Change.TIME_DROPPED
    return moment.date(), change


def parse_end(cell: Cell, *, date1904: DateSystem) -> tuple[date | None, Change | None]:
    """Return the date until which something holds, None when it holds without end (长期)."""
    if isinstance(cell, str) and without_blanks(half_width(cell)) in _WITHOUT_END:
        return None, Change.NO_END
    try:
        return parse_date(cell, date1904=date1904)
    except BadCellError as bad:
        if bad.details.get("day") == _LAST_DAY.isoformat():
            return None, Change.NO_END
        raise


def parse_timestamp(cell: Cell, *, date1904: DateSystem) -> tuple[datetime, Change | None]:
    """Return the naive Shanghai time of a cell; a bare date counts as midnight."""
    try:
        moment, change, timed = _moment(cell, date1904=date1904)
    except BadCellError as bad:
        if bad.reason is Reason.BAD_DATE:
            bad.details["sample"] = "2024-03-05 10:00"
            if bad.details.get("clock"):
                bad.details["example"] = "；日期如在旁边另一列，请把两列合成一列"
        _show_clock(cell, bad.details)
        raise
    return moment, change if timed else Change.TIME_ADDED


def _show_clock(cell: Cell, details: dict[str, str]) -> None:
    """Give the days that a text may mean (5/3/2024 10:00) its time of day, in a refusal's words."""
    found = _YEAR_LAST.match(half_width(cell)) if isinstance(cell, str) else None
    clock = half_width(str(cell))[found.end() :].strip() if found else ""
    if not clock:
        return
    for name in ("first", "second"):
        if name in details:
            details[name] += f" {clock}"
    if "example" in details:
        details["example"] = details["example"].replace("）", f" {clock}）")


def day_early(cells: Iterable[Cell]) -> bool:
    """Whether the distinct cells of a date column that carry a time carry one that betrays a shift.

    Midnight in Shanghai, written by JavaScript with the local time of before 1901, is 23:59:17 or
    23:54:17 of the day before; written in UTC without saying so, 15:54:17, or 16:00:00 in each.
    """
    clocks: set[time] = set()
    count, bare = 0, False
    for cell in cells:
        try:
            moment, change, timed = _moment(cell, date1904=False)
        except BadCellError:
            return False
        if change is Change.ZONE:
            return False
        if not timed:
            bare = True
            continue
        to_the_second = moment + timedelta(milliseconds=500)
        clocks.add(to_the_second.time().replace(microsecond=0))
        count += 1
        if len(clocks) > 1:
            return False
    return bool(clocks & _SHIFTED) or (count >= _FEW and not bare and bool(clocks & {time(16)}))


def two_days(day: date) -> BadCellError:
    """Tell both days that a shifted date may mean."""
    return BadCellError(
        Reason.AMBIGUOUS_DATE,
        first=day.isoformat(),
        second=(day + timedelta(days=1)).isoformat(),
        detail="（带着的时刻多半是导出程序换算时区时把日期提前了一天的痕迹）",
    )


def parse_month(cell: Cell, *, date1904: DateSystem) -> tuple[str, Change | None]:
    """Return a month as 2024-03; any date of the month will do."""
    text = without_blanks(half_width(_text(cell)))
    if _OCTOBER.match(text):
        raise BadCellError(Reason.BAD_MONTH, detail="，可能是 1 月，也可能是丢了末位 0 的 10 月")
    match = _YEAR_MONTH.match(text)
    if match:
        year = int(match[1])
        month = int(match[2] or match[3] or match[4])
        if not 1 <= month <= 12 or year < _FIRST_DAY.year:
            raise BadCellError(Reason.BAD_MONTH, detail="")
        canonical = f"{year}-{month:02d}"
        return canonical, None if canonical == cell else Change.MONTH
    try:
        moment, _, _ = _moment(cell, date1904=date1904)
    except BadCellError as bad:
        if bad.reason in (Reason.AMBIGUOUS_DATE, Reason.PLACEHOLDER_DATE):
            raise
        raise BadCellError(Reason.BAD_MONTH, detail="") from None
    return f"{moment.year}-{moment.month:02d}", Change.MONTH


def _text(cell: Cell) -> str:
    """Text of a cell; a number that a month column shows as 2024.1 keeps its point."""
    return number_text(cell.value) if isinstance(cell, FormattedNumber) else original_text(cell)


def _moment(cell: Cell, *, date1904: DateSystem) -> Moment:
    match cell:
        case datetime():
            return _in_system(cell, date1904), None, cell.time() != time()
        case date():
            day = datetime(cell.year, cell.month, cell.day)
            return _in_system(day, date1904), None, False
        case bool():
            raise _bad("")
        case time() | timedelta():
            raise _only_clock(
                "，只有时刻没有日期（零时多半是公式引用了空白单元格，显示为 1900/1/0）"
            )
        case _:
            moment = _moment_of_text(half_width(_text(cell)), cell, date1904=date1904)
            _refuse_placeholder(moment[0])
            return moment


def _refuse_placeholder(moment: datetime) -> None:
    """Refuse the days that systems write where they have none, and days before any of ours."""
    day = moment.date()
    if day in _PLACEHOLDERS:
        raise BadCellError(Reason.PLACEHOLDER_DATE, day=day.isoformat())
    if day < _FIRST_DAY:
        raise _bad("，年份过早")


def _in_system(moment: datetime, date1904: DateSystem) -> datetime:
    """Return a date that a cell's format told; refuse what depends on the date system."""
    if date1904 is None:
        raise _two_systems(moment - _EPOCH_1900)
    _refuse_placeholder(moment)
    return moment


def _two_systems(passed: timedelta) -> BadCellError:
    """Tell both readings of a serial, as far as there are days so late."""
    last = datetime.max - _EPOCH_1904
    return BadCellError(
        Reason.AMBIGUOUS_DATE,
        first=(_EPOCH_1900 + passed).date().isoformat(),
        second=(_EPOCH_1904 + min(passed, last)).date().isoformat(),
        detail="（文件没有说明用 1900 还是 1904 日期系统）",
    )


def _moment_of_text(text: str, cell: Cell, *, date1904: DateSystem) -> Moment:
    if _ZEROS.fullmatch(text):
        raise BadCellError(Reason.PLACEHOLDER_DATE)
    if _SERIAL.match(text) and _FIRST_SERIAL <= float(text) <= _LAST_SERIAL:
        return _moment_of_serial(float(text), date1904=date1904)
    match = _DATED.match(text) or _COMPACT.match(text)
    if match is None:
        numeric = _numeric(text)
        if numeric is None:
            raise _unreadable(text)
        moment, change, timed = _moment_of_text(numeric, cell, date1904=date1904)
        return moment, change if change is Change.ZONE else Change.DATE, timed
    parts = match.groupdict()
    _refuse_midnight(text, parts)
    _refuse_span(text, parts)
    try:
        day = datetime(int(parts["year"]), int(parts["month"]), int(parts["day"]))
        clock, zone = _clock(parts), parts["zone"]
        _check_weekday(day, parts["weekday"])
        moment = day + (clock or timedelta())
        change = None if _is_canonical(text) and text == cell else Change.DATE
        if zone:
            moment, change = _to_shanghai(moment, zone), Change.ZONE
    except (ValueError, OverflowError):
        raise _bad("，日历上没有这一天或这一刻") from None
    return moment, change, clock is not None


def _numeric(text: str) -> str | None:
    """Return a date with an English month (Tue Mar 05 10:00:00 CST 2024) in numbers, or None."""
    match = _ENGLISH.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    days, years = ({parts[n], parts[n + "2"]} - {None} for n in ("day", "year"))
    if len(days) != 1 or len(years) != 1:
        return None
    month = _MONTHS.index(parts["month"].upper()) + 1
    day = f"{years.pop()}-{month:02d}-{days.pop():0>2}"
    weekday, clock = parts["weekday"] or "", (parts["clock"] or "").strip().lstrip("T")
    if weekday:
        day += f" 星期{_WEEKDAYS[_DAYS.index(weekday.upper())][0]}"
    if parts["year2"]:
        clock = _JAVA_ZONE.sub(" +08:00", clock)
    return f"{day} {clock}".rstrip()


def _check_weekday(day: datetime, weekday: str | None) -> None:
    if weekday and weekday not in _WEEKDAYS[day.weekday()]:
        raise ValueError(weekday)


def _refuse_midnight(text: str, parts: dict[str, str | None]) -> None:
    """24:00 of a day may be meant as its end or, as often, as its beginning."""
    if (parts["hour"] or parts.get("h")) != "24":
        return
    if any(int(parts.get(name) or 0) for name in ("minute", "second", "m", "s")):
        return
    day = _iso(*(int(parts[name] or 0) for name in ("year", "month", "day")))
    if day and parts["zone"] is None and day < date.max.isoformat():
        following = date.fromisoformat(day) + timedelta(days=1)
        raise BadCellError(
            Reason.AMBIGUOUS_DATE,
            first=f"{day} 00:00",
            second=f"{following.isoformat()} 00:00",
            detail="",
        )


def _refuse_span(text: str, parts: dict[str, str | None]) -> None:
    """10:00-11:30 may be a time west of Greenwich, but hardly is: it is from when to when."""
    if (parts["zone"] or "").startswith("-") and parts["second"] is None and "T" not in text:
        raise _bad("，像是起止时间", example="，只填开始的时刻")


def _is_canonical(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?", text) is not None


def _moment_of_serial(serial: float, *, date1904: DateSystem) -> Moment:
    passed = timedelta(milliseconds=round(serial * 86_400_000))
    if date1904 is None:
        raise _two_systems(passed)
    moment = (_EPOCH_1904 if date1904 else _EPOCH_1900) + passed
    return moment, Change.SERIAL, not float(serial).is_integer()


def _clock(parts: dict[str, str | None]) -> timedelta | None:
    """Time of day of a match, or None when only a date was given."""
    if parts.get("h"):
        hour, minute, second = int(parts["h"] or 0), int(parts["m"] or 0), int(parts["s"] or 0)
        return _time_of_day(hour, minute, second, 0)
    if parts["hour"] is None:
        return None
    hour = _hour(int(parts["hour"]), (parts["noon"] or parts["noon2"] or "").upper())
    microsecond = int((parts["fraction"] or "0").ljust(6, "0")[:6])
    return _time_of_day(hour, int(parts["minute"] or 0), int(parts["second"] or 0), microsecond)


def _hour(hour: int, part: str) -> int:
    """Return the hour of the day; ValueError where its part of the day leaves it open.

    晚上12点 may be the end or the beginning of the day, 晚上1点 belongs to the next one.
    """
    if not part:
        return hour
    if part == "中午":
        if hour not in (11, 12, 13, 1, 2):
            raise ValueError(part)
        return hour + 12 if hour < 11 else hour
    if part in _MORNING:
        if hour > 12 or (hour == 0 and part == "AM") or (part == "凌晨" and 6 < hour < 12):
            raise ValueError(part)
        return hour % 12
    if 13 <= hour <= 23 and part != "PM":
        return hour
    if not 1 <= hour <= 12 or (part in _EVENING and not _EVENING[part] <= hour < 12):
        raise ValueError(part)
    return hour % 12 + 12


_EVENING = {"傍晚": 5, "晚上": 5, "夜里": 7}
"""Parts of the day with the first hour of the afternoon that they may mean."""


def _time_of_day(hour: int, minute: int, second: int, microsecond: int) -> timedelta:
    moment = time(hour, minute, second, microsecond)
    return timedelta(
        hours=moment.hour, minutes=minute, seconds=second, microseconds=moment.microsecond
    )


def _to_shanghai(moment: datetime, zone: str) -> datetime:
    offset = timedelta()
    match = _ZONE_PARTS.search(zone)
    if match is None and ("Shanghai" in zone or not zone.isascii()):
        return moment
    if match:
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if offset > timedelta(hours=14):
            raise ValueError(zone)
        if match[1] == "-":
            offset = -offset
    utc = moment.replace(tzinfo=UTC) - offset
    return utc.astimezone(SHANGHAI).replace(tzinfo=None)


def _unreadable(text: str) -> BadCellError:
    """Name both readings of 5/3/2024; otherwise say what the cell seems to lack."""
    match = _YEAR_LAST.match(text)
    if match:
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        readings = [
            reading
            for month, day in dict.fromkeys([(first, second), (second, first)])
            if (reading := _iso(year, month, day))
        ]
        if len(readings) == 2:
            return BadCellError(
                Reason.AMBIGUOUS_DATE, first=readings[0], second=readings[1], detail=""
            )
        if readings:
            return _bad("，年份应写在最前", example=f"（看来是 {readings[0]}）")
    if without_blanks(text) in _WITHOUT_END:
        return _bad("", example="，长期有效或至今的请留空")
    if _YEAR_MONTH.match(text):
        return _bad("，缺少日")
    if _ONLY_CLOCK.match(text):
        return _only_clock("，只有时刻，没有日期")
    if system := _SYSTEM_TIME.match(text):
        day = _of_system_time(system[1]).isoformat(sep=" ", timespec="seconds")
        return _bad("，是系统的时间戳（自 1970 年起的毫秒或秒数）", example=f"（看来是 {day}）")
    if _SHORT_YEAR.match(text):
        return _bad("，年份须写四位")
    return _bad("")


def _of_system_time(digits: str) -> datetime:
    """Return the Shanghai time of milliseconds (13 digits) or seconds (10 digits) since 1970."""
    seconds = int(digits) // (1000 if len(digits) == 13 else 1)
    return datetime.fromtimestamp(seconds, SHANGHAI).replace(tzinfo=None)


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _only_clock(detail: str) -> BadCellError:
    bad = _bad(detail, example="；日期如在旁边另一列，请填到这一列")
    bad.details["clock"] = "only"
    return bad


def _bad(detail: str, *, example: str = "") -> BadCellError:
    return BadCellError(Reason.BAD_DATE, detail=detail, example=example, sample="2024-03-05")
