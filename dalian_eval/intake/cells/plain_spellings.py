"""Cells in plain spelling, read a column at a time: what `parse` would return unchanged.

Only spellings that mean themselves are taken here: whatever is blank, changed by reading, refused
or merely unusual is left to the parsers. Each recogniser is therefore narrower than the parser of
its type, and never decides anything that the parser would not.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.schema.model import Column, Type

Mask = npt.NDArray[np.bool_]
Plain = tuple[Mask, pa.Array]
"""Which cells are plain, and the canonical values (of other cells: anything)."""

_SEPARATOR = "、"
_LIKE_A_NUMBER = r"^[0-9]+[eE][0-9]+$"
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] + [0] * 3, np.int64)
_FIRST_YEAR = 1901
_FIRST_DAY = -25_202
"""1901-01-01, in days since 1970."""
_PLACEHOLDERS = (0, 2_932_896)
"""1970-01-01 and 9999-12-31, in days since 1970: no dates, or none that stay what they are."""
_LONGEST_NOTHING, _OF_NO_WORD = 9, 8
"""Bytes of the longest word for nothing, and a length that none of them has, but certificates."""
_BEGINS_NOTHING = np.zeros(256, np.bool_)
_BEGINS_NOTHING[[*b"nNuUE", *(word.encode()[0] for word in "无空暂未")]] = True
"""The first bytes of words for nothing and for errors (Err:502), of those that are no signs."""
_DAY = 86_400_000_000


def plain_values(column: Column, cells: pa.StringArray, *, longest: int) -> Plain | None:
    """Return what is plain in a column of texts (blanks as ""); None when the type has no such.

    Cells of more than `longest` characters are not plain.
    """
    read = _reader(column)
    if read is None or not len(cells):
        return None
    mask, values = read(cells)
    if len(cells) and (pc.max(pc.binary_length(cells)).as_py() or 0) > longest:
        mask = mask & (_numpy(pc.binary_length(cells)) <= longest)
    return mask, values


def spelt(values: pa.Array) -> pa.StringArray:
    """Return the cells that were plain and read as these values."""
    kind = values.type
    if pa.types.is_list(kind):
        return pc.binary_join(values, _SEPARATOR)
    if pa.types.is_timestamp(kind):
        return values.cast(pa.timestamp("s")).cast(pa.string())
    return values.cast(pa.string())


def _reader(column: Column) -> Callable[[pa.StringArray], Plain] | None:
    if column.vocabulary:
        return None
    match column.type:
        case Type.CODE:
            return _codes
        case Type.LIST if column.references:
            return _lists
        case Type.DATE:
            return _dates
        case Type.TIMESTAMP:
            return _timestamps
        case Type.TEXT if not column.mandatory:
            return _texts
    return None


def _numpy(array: pa.Array) -> npt.NDArray[np.int64]:
    return np.array(array.to_numpy(zero_copy_only=False), dtype=np.int64)


def _mask(array: pa.Array) -> Mask:
    return np.array(array.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _is_code(cells: pa.StringArray) -> Mask:
    """Whether each is ASCII letters and digits that no spreadsheet takes for a number with E."""
    plain = pc.ascii_is_alnum(cells)
    if ((_bytes(cells) | 0x20) == ord("e")).any():
        plain = pc.and_not(plain, pc.match_substring_regex(cells, _LIKE_A_NUMBER))
    return _mask(plain) & ~_may_say_nothing(cells)


def _may_say_nothing(cells: pa.StringArray) -> Mask:
    """Whether a text is as short as NULL or 暂无 and begins as the words for nothing do."""
    lengths = _numpy(pc.binary_length(cells))
    suspicious: Mask = (lengths > 0) & (lengths <= _LONGEST_NOTHING) & (lengths != _OF_NO_WORD)
    if suspicious.any():
        starts = np.frombuffer(cells.buffers()[1], np.int32)[cells.offset :][: len(cells)]
        first = np.frombuffer(cells.buffers()[2], np.uint8)[starts[suspicious]]
        suspicious[suspicious] = _BEGINS_NOTHING[first]
    return suspicious


def _codes(cells: pa.StringArray) -> Plain:
    return _is_code(cells), cells


def _lists(cells: pa.StringArray) -> Plain:
    """Lists of up to two different codes, split by 、."""
    lists = pc.split_pattern(cells, _SEPARATOR)
    items, offsets = lists.flatten(), _numpy(lists.offsets)
    sizes = np.diff(offsets)
    plain = sizes <= 2
    strange = np.flatnonzero(~_is_code(items))
    plain[np.searchsorted(offsets, strange, side="right") - 1] = False
    pairs = np.flatnonzero(sizes == 2)
    first = offsets[pairs]
    twice = pc.equal(items.take(pa.array(first)), items.take(pa.array(first + 1)))
    plain[pairs[_mask(twice)]] = False
    return plain, lists


def _dates(cells: pa.StringArray) -> Plain:
    """Dates as 2024-03-05."""
    if (whole := _calendar(cells, "dddd-dd-dd", pa.date32())) is not None:
        return whole
    mask, digits = _digits(cells, "dddd-dd-dd")
    days, real = _days(digits)
    return _scattered(mask, real, days.astype(np.int32), pa.date32())


def _timestamps(cells: pa.StringArray) -> Plain:
    """Timestamps as 2024-03-05 10:00:00."""
    if (whole := _calendar(cells, "dddd-dd-dd dd:dd:dd", pa.timestamp("us"))) is not None:
        return whole
    mask, digits = _digits(cells, "dddd-dd-dd dd:dd:dd")
    days, real = _days(digits)
    hour, minute, second = (_number(digits, at, 2) for at in (11, 14, 17))
    real &= (hour < 24) & (minute < 60) & (second < 60)
    moments = days * _DAY + ((hour * 60 + minute) * 60 + second) * 1_000_000
    return _scattered(mask, real, moments, pa.timestamp("us"))


def _calendar(cells: pa.StringArray, form: str, kind: pa.DataType) -> Plain | None:
    """Return a column all of whose cells have the form and are real; None if any is not so sure.

    Arrow reads what ISO 8601 allows; of one length and with these signs that is this form alone.
    """
    if cells.null_count or not pc.all(pc.equal(pc.binary_length(cells), len(form))).as_py():
        return None
    codes = _bytes(cells).reshape(len(cells), len(form))
    if any((codes[:, at] != ord(sign)).any() for at, sign in enumerate(form) if sign != "d"):
        return None
    try:
        values = cells.cast(kind)
    except pa.ArrowInvalid:
        return None
    days = values.cast(pa.date32(), safe=False).cast(pa.int32()).to_numpy()
    if days.min() < _FIRST_DAY or np.isin(days, _PLACEHOLDERS).any():
        return None
    return np.ones(len(cells), np.bool_), values


def _digits(cells: pa.StringArray, form: str) -> tuple[Mask, npt.NDArray[np.uint8]]:
    """Return which cells have the form (`d`: a digit) and those cells' bytes, one row each."""
    mask = _mask(pc.equal(pc.binary_length(cells), len(form)))
    some = cells if mask.all() else cells.filter(pa.array(mask))
    codes = _bytes(some).reshape(len(some), len(form))
    fits = np.ones(len(some), dtype=np.bool_)
    for position, sign in enumerate(form):
        column = codes[:, position]
        fits &= (column - ord("0") < 10) if sign == "d" else (column == ord(sign))
    mask[mask] = fits
    return mask, (codes if fits.all() else codes[fits]) - ord("0")


def _bytes(cells: pa.StringArray) -> npt.NDArray[np.uint8]:
    """Return the bytes of all cells, one after the other."""
    offsets = np.frombuffer(cells.buffers()[1], np.int32)[cells.offset :][: len(cells) + 1]
    data = cells.buffers()[2]
    if data is None:
        return np.zeros(0, np.uint8)
    return np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]


def _number(digits: npt.NDArray[np.uint8], at: int, length: int) -> npt.NDArray[np.int64]:
    number = np.zeros(len(digits), np.int64)
    for position in range(at, at + length):
        number = number * 10 + digits[:, position]
    return number


def _days(digits: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.int64], Mask]:
    """Return the days since 1970 of yyyy-mm-dd, and whether the calendar has such a day."""
    year, month, day = _number(digits, 0, 4), _number(digits, 5, 2), _number(digits, 8, 2)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    month = np.minimum(month, 13)
    most = _MONTH_DAYS[month] + (leap & (month == 2))
    real = (year >= _FIRST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= most)
    months = np.clip((year - 1970) * 12 + month - 1, -1_000_000, 1_000_000)
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    days = first + day - 1
    for placeholder in _PLACEHOLDERS:
        real &= days != placeholder
    return days, real


def _scattered(mask: Mask, real: Mask, values: npt.NDArray[np.integer], kind: pa.DataType) -> Plain:
    """Put the values of the masked cells in their places."""
    mask[mask] = real
    values = values[real]
    if mask.all():
        return mask, pa.array(values).cast(kind)
    spread = np.zeros(len(mask), values.dtype)
    spread[mask] = values
    return mask, pa.array(spread).cast(kind)


# Bytes that begin no character which reading could drop, change or take for white space: ASCII
# without control characters, and the lead bytes of the Chinese characters U+4000 to U+9FFF.
_HARMLESS = np.zeros(256, np.bool_)
_HARMLESS[0x20:0x7F] = True
_HARMLESS[0x80:0xC0] = True
_HARMLESS[0xE4:0xEA] = True


def _texts(cells: pa.StringArray) -> Plain:
    """Texts of ASCII and common Chinese characters that begin and end with no sign or blank."""
    offsets = np.frombuffer(cells.buffers()[1], np.int32)[cells.offset :][: len(cells) + 1]
    codes = _bytes(cells)
    starts, stops = offsets[:-1] - offsets[0], offsets[1:] - offsets[0]
    plain = stops > starts
    strange = np.flatnonzero(~_HARMLESS[codes])
    plain[np.searchsorted(stops, strange, side="right")] = False
    plain[plain] = _solid(codes[starts[plain]]) & _solid(codes[stops[plain] - 1])
    return plain & ~_may_say_nothing(cells), cells


def _solid(codes: npt.NDArray[np.uint8]) -> Mask:
    """Whether bytes are ASCII letters, digits, or parts of a longer character."""
    letter = ((codes | 0x20) >= ord("a")) & ((codes | 0x20) <= ord("z"))
    return letter | ((codes >= ord("0")) & (codes <= ord("9"))) | (codes >= 0x80)
