"""What a raw cell can be, before anything is known about its column."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True)
class CellError:
    """An error value such as #N/A."""

    text: str


@dataclass(frozen=True)
class EmptyFormula:
    """A formula that was saved without its value; `text` starts with `=`."""

    text: str


@dataclass(frozen=True)
class Formatted:
    """A number whose cell format changes its reading: zero padding or per cent."""

    value: float
    pattern: str


Cell = (
    str
    | int
    | float
    | bool
    | date
    | datetime
    | time
    | timedelta
    | CellError
    | EmptyFormula
    | Formatted
    | None
)

# Characters that look like nothing: no-break and zero-width blanks, byte order mark, soft hyphen.
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD])
_BLANKS = {0x3000: " ", 0xA0: " "}
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ALPHANUMERIC = {
    code: code - 0xFEE0
    for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for code in range(first, last + 1)
}
_ALL_HALF = {**_INVISIBLE, **_BLANKS, **_FULL_WIDTH}
_LETTERS_HALF = {**_INVISIBLE, **_BLANKS, **_ALPHANUMERIC}
_SPACE = re.compile(r"\s+")


def half_width(text: str) -> str:
    """Return `text` trimmed, full-width (全角) characters made half-width, invisible ones dropped.

    Unlike Unicode NFKC this leaves Chinese characters alone, so rare names survive.
    """
    return text.translate(_ALL_HALF).strip()


def half_width_letters(text: str) -> str:
    """Like `half_width`, for letters, digits and blanks only: Chinese punctuation stays."""
    return text.translate(_LETTERS_HALF).strip()


def without_blanks(text: str) -> str:
    """Return `text` without any white space."""
    return _SPACE.sub("", text)


def number_text(value: float) -> str:
    """Return a number as people see it: at most 15 significant digits, no exponent below 1E15."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value) if isinstance(value, int) else f"{value:.15g}"


def original_text(cell: Cell) -> str:
    """Return the cell as text for the quarantine list."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case int() | float():
            return number_text(cell)
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case Formatted(value, pattern):
            return formatted_text(value, pattern)
        case CellError(text) | EmptyFormula(text):
            return text
        case _:
            return str(cell)


def formatted_text(value: float, pattern: str) -> str:
    """Return a number as its cell format shows it."""
    if pattern.endswith("%"):
        return f"{value * 100:.15g}%"
    return number_text(value).zfill(len(pattern))


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing but white space and invisible characters."""
    if not isinstance(cell, str):
        return cell is None
    return not cell or (not cell[0].isalnum() and not half_width(cell))


def clip(text: str, length: int = 60) -> str:
    """Return `text` on one line and short enough for a sentence."""
    line = _SPACE.sub(" ", text).strip()
    return line if len(line) <= length else line[:length] + "……"
