"""What a raw cell can be, before anything is known about its column."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dalian_eval.intake.base.lookalikes import LOOKALIKE, LOOKALIKES


@dataclass(frozen=True)
class CellError:
    """An error value such as #N/A."""

    text: str


@dataclass(frozen=True)
class EmptyFormula:
    """A formula that was saved without its value; `text` starts with `=`."""

    text: str


@dataclass(frozen=True)
class ZeroFormula(EmptyFormula):
    """A formula whose stored value is 0: a number where numbers stand, elsewhere none.

    Programs that cannot compute a text store it so, and a link to an empty cell gives it.
    """


class Marked(str):
    """A text of which some characters are raised, lowered or struck out; `bare`: without those.

    To all that asks for a text it is one; in a column of values it has two readings.
    """

    bare: str

    def __new__(cls, text: str, bare: str) -> "Marked":
        """Take the whole text, and what is left of it."""
        marked = super().__new__(cls, text)
        marked.bare = bare
        return marked


@dataclass(frozen=True)
class FormattedNumber:
    """A number whose cell format changes its reading: `pattern` is `%`, or a run of zeros
    (leading zeros) with what the format writes before and after it in quotes: `"辽"00000000`.
    """

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
    | FormattedNumber
    | None
)

# Characters that look like nothing: zero-width blanks, byte order mark, soft hyphen, variation
# selector; and the direction marks that leave text running from left to right, as it is stored.
_NOTHING_TO_SEE = (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD, 0xFE0F, 0x180E)
_LEFT_TO_RIGHT = (0x200E, 0x202A, 0x202C, 0x202D, 0x2066, 0x2068, 0x2069, 0x61C)
_INVISIBLE = dict.fromkeys((*_NOTHING_TO_SEE, *_LEFT_TO_RIGHT))
_BLANKS = {0x3000: " ", 0xA0: " ", 0x202F: " ", **dict.fromkeys(range(0x2000, 0x200B), " ")}
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ALPHANUMERIC = {
    code: code - 0xFEE0
    for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
    for code in range(first, last + 1)
}
_ALL_HALF = {**_INVISIBLE, **_BLANKS, **_FULL_WIDTH, **LOOKALIKES}
_LETTERS_HALF = {**_INVISIBLE, **_BLANKS, **_ALPHANUMERIC, **LOOKALIKES}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉⁽⁾₍₎", "01234567890123456789()()")
_RAISED_DIGIT = re.compile("[⁰¹²³⁴-⁹₀-₉⁽⁾₍₎]")
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DECEPTIVE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200f\u202b\u202e\u2067]")
_UNSHOWN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_GARBLED = re.compile("\ufffd|锟斤拷|烫烫烫|ï¿½")
_FORMAT = re.compile(r'((?:"[^"]*")?)(0+)((?:"[^"]*")?)$')


def half_width(text: str) -> str:
    """Return `text` trimmed, full-width (全角) characters made half-width, invisible ones dropped.

    Of Chinese characters only radicals and compatibility forms change, into what they stand for:
    unlike under Unicode's NFKC, a circled digit stays one.
    """
    return text.translate(_ALL_HALF).strip()


def half_width_letters(text: str) -> str:
    """Like `half_width`, for letters, digits and blanks only: Chinese punctuation stays."""
    return text.translate(_LETTERS_HALF).strip()


def without_lookalikes(text: str) -> str:
    """Return `text` with the characters that radicals (⻔) and compatibility forms stand for."""
    if text.isascii() or LOOKALIKE.search(text) is None:  # translating takes ten times as long
        return text
    return text.translate(LOOKALIKES)


def with_raised_digits(text: str) -> str | Marked:
    """Return a text that has raised or lowered digits (¹ ₂) as a marked one, any other as it is."""
    if text.isascii() or isinstance(text, Marked) or _RAISED_DIGIT.search(text) is None:
        return text
    return Marked(text.translate(_RAISED), _RAISED_DIGIT.sub("", text))


def without_blanks(text: str) -> str:
    """Return `text` without any white space."""
    return _SPACE.sub("", text)


def is_deceptive(text: str) -> bool:
    """Whether `text` holds control characters, or marks that make it run from right to left:
    what people see is then not what programs read.
    """
    return _DECEPTIVE.search(text) is not None


def is_garbled(text: str) -> bool:
    """Whether `text` shows the traces of a wrong decoding (乱码): its characters are lost."""
    return not text.isascii() and _GARBLED.search(text) is not None


def without_controls(text: str) -> str:
    """Return `text` without control characters; tabs and line breaks stay."""
    return _CONTROL.sub("", text)


def visible(text: str) -> str:
    """Return `text` with control and direction characters spelled out (‹U+202E›).

    For what a person reads: no terminal obeys it, no display order turns.
    """
    return _UNSHOWN.sub(lambda found: f"‹U+{ord(found.group()):04X}›", text)


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
        case FormattedNumber(value, pattern):
            return number_as_formatted(value, pattern)
        case CellError(text) | EmptyFormula(text):
            return text
        case _:
            return str(cell)


def number_as_formatted(value: float, pattern: str) -> str:
    """Return a number as its cell format shows it."""
    if pattern == "%":
        return f"{value * 100:.15g}%"
    parts = _FORMAT.match(pattern)
    before, zeros, after = parts.groups() if parts else ("", "", "")
    return before.strip('"') + number_text(value).zfill(len(zeros)) + after.strip('"')


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing but white space and invisible characters."""
    if not isinstance(cell, str):
        return cell is None
    return not cell or (not cell[0].isalnum() and not half_width(without_padding(cell)))


def without_padding(text: str) -> str:
    """Return `text` without the NULs that fields of a fixed length are filled up with."""
    return text.rstrip("\0") if text.endswith("\0") else text


_WORDS_FOR_NOTHING = frozenset(
    {"无", "空", "暂无", "null", "nan", "none", "n/a", "(无)", "(空)", "(null)", "<null>", "[null]"}
    | {"na", "nat", "<na>", "\\n", "undefined", "无数据", "未填", "未填写"}
)
_OPENS_NOTHING = "无空暂未nNuUｎＮｕＵ"
_STROKES = frozenset("-—–―‐−─/\\")
"""What people strike an empty cell out with, once or several times."""
_LONGEST_NOTHING = 12


def says_nothing(text: str) -> bool:
    """Whether a cell's text says that there is nothing to say: a stroke, 无, NULL."""
    if len(text) > _LONGEST_NOTHING or (text[:1].isalnum() and text[0] not in _OPENS_NOTHING):
        return False
    word = half_width(text).lower()
    return word in _WORDS_FOR_NOTHING or (bool(word) and _STROKES.issuperset(word))


def clip(text: str, length: int = 60) -> str:
    """Return `text` on one line and short enough for a sentence."""
    line = visible(_SPACE.sub(" ", text).strip())
    return line if len(line) <= length else line[:length] + "……"
