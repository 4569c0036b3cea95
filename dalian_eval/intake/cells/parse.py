"""One cell to one canonical value: a parser for each column type.

A parser takes a cell with content and returns the canonical value (None: a blank after all) with
the change it made (None when the cell was canonical already), or raises BadCellError.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from dalian_eval.intake.base.raw_cell import (
    Cell,
    CellError,
    EmptyFormula,
    FormattedNumber,
    Marked,
    ZeroFormula,
    clip,
    half_width,
    is_blank,
    is_deceptive,
    is_garbled,
    number_as_formatted,
    number_text,
    original_text,
    says_nothing,
    with_raised_digits,
    without_blanks,
    without_controls,
    without_lookalikes,
    without_padding,
)
from dalian_eval.intake.base.reasons import BadCellError, Change, Reason
from dalian_eval.intake.cells import dates
from dalian_eval.intake.cells.list_entries import (
    SEPARATORS,
    among,
    open_entries,
    says_none,
    split_joined,
    without_others,
)
from dalian_eval.intake.cells.nearest_word import nearest_word
from dalian_eval.intake.cells.ticks import yes_or_no
from dalian_eval.schema.model import Column, Type
from dalian_eval.schema.words import may_be_several

Value = str | bool | int | Decimal | date | datetime | tuple[str, ...]
Parsed = tuple[Value | None, Change | None]
Parser = Callable[[Cell], Parsed]

_SCIENTIFIC = re.compile(r"[+-]?(\d+(\.\d+)?[eE]\+\d+|\d\.\d+[eE]\d+)$")
_APOSTROPHES = "'’‘`"
_OPENING = str.maketrans(dict.fromkeys("[({【〖﹝（［<《〈", "〔"))
_CLOSING = str.maketrans(dict.fromkeys("])}】〗﹞）］>》〉", "〕"))
_TITLED = re.compile(
    r"《([^《》]+)》|<([^<>]+)>|〈([^〈〉]+)〉|「([^「」]+)」|『([^『』]+)』|[“\"]([^“”\"]+)[”\"]"
)
_ORDINAL = re.compile(r"第(?=\d)")
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+|\d{1,3}( \d{3})+)(\.\d+)?$", re.ASCII)
_WITH_UNIT = re.compile(r"(.*?\d)\s*(万|亿)?\s*([年分条件次人个篇起份元台套])?")
_MULTIPLES = {"万": 10_000, "亿": 100_000_000}
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－─", "-"))
_PICTURE = re.compile(r"\s*=\s*(?:_xlfn\.)?DISPIMG\(")
_QUOTED = re.compile(r'="((?:[^"]|"")*)"$')
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●．.", "·"))
_ROUND = str.maketrans("[【〔﹝〈<{]】〕﹞〉>}", "(" * 7 + ")" * 7)
_LATIN = re.compile(r"[A-Za-z]")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨"
_ZERO_IS_A_VALUE = frozenset({Type.NUMBER, Type.INTEGER, Type.BOOL})
_INTEGER_DIGITS = 20
_EXACT_DIGITS = 15


def parser(
    column: Column,
    *,
    date1904: bool | None,
    person_name: bool = False,
    entries: Sequence[str] = (),
) -> Parser:
    """Return the parser of `column`.

    `date1904` is the date system of the workbook (None: it does not say); `person_name` marks a
    column of officers' names (姓名); `entries` are the words that are known among those of a list
    that may hold any.
    """
    by_type: dict[Type, Parser] = {
        Type.CODE: _code,
        Type.CASE_NUMBER: _case_number,
        Type.TEXT: partial(_choice, column) if column.vocabulary else _text,
        Type.DATE: partial(
            dates.parse_end if column.open_ended else dates.parse_date, date1904=date1904
        ),
        Type.MONTH: partial(dates.parse_month, date1904=date1904),
        Type.TIMESTAMP: partial(dates.parse_timestamp, date1904=date1904),
        Type.BOOL: partial(_bool, column),
        Type.INTEGER: partial(_number, column),
        Type.NUMBER: partial(_number, column),
        Type.LIST: partial(_list, column, entries),
    }
    return partial(_read, column, _name if person_name else by_type[column.type])


def person(text: str) -> str:
    """Return a person's name as it is compared: without blanks, one kind of dot and bracket."""
    return without_blanks(half_width(text)).translate(_DOTS).translate(_ROUND)


def _read(column: Column, parse: Parser, cell: Cell) -> Parsed:
    """Read a cell with what is the same for every type.

    Errors and broken text are refused, what a program has put around a text is taken off, words
    for nothing are a blank.
    """
    free = column.type is Type.TEXT and not column.vocabulary and not column.mandatory
    open_list = column.type is Type.LIST and not column.vocabulary and not column.references
    if isinstance(cell, CellError):
        raise BadCellError(Reason.ERROR_CELL)
    if isinstance(cell, str | EmptyFormula) and _PICTURE.match(original_text(cell)):
        raise BadCellError(Reason.PICTURE)
    if isinstance(cell, str) and not free and not open_list:  # PM₂.₅ is a word
        marked = with_raised_digits(cell)
        if isinstance(marked, Marked):
            raise BadCellError(Reason.MARKED, first=clip(marked), second=clip(marked.bare))
    if isinstance(cell, ZeroFormula):
        if column.type not in _ZERO_IS_A_VALUE:
            raise BadCellError(Reason.ZERO_FORMULA)
        return parse(0)
    if isinstance(cell, EmptyFormula):
        if free:
            return cell.text, Change.KEPT_AS_TEXT
        raise BadCellError(Reason.EMPTY_FORMULA)
    if not isinstance(cell, str) or (cell.isascii() and cell.isalnum() and cell[0] not in "nNuU"):
        return parse(cell)
    if not free and is_deceptive(without_padding(cell)):
        raise BadCellError(Reason.DECEPTIVE)
    text, change = _bare(cell, free=free)
    if is_blank(text):
        return _nothing(column)
    if is_error_text(text):
        raise BadCellError(Reason.ERROR_CELL)
    if not free:
        if is_garbled(text):
            raise BadCellError(Reason.GARBLED)
        if text.lstrip().startswith("="):
            raise BadCellError(Reason.EMPTY_FORMULA)
    if says_nothing(text) and (column.type is not Type.BOOL or half_width(text) != "无"):
        return _nothing(column)
    value, changed = parse(text)
    return value, change or changed


def _bare(cell: str, *, free: bool) -> tuple[str, Change | None]:
    """Return a text without what programs put around it, with the characters that it means.

    That is NULs that fill it up, an apostrophe that marks it as text, and ="06120001", which csv
    exports write to keep leading zeros; any other formula has no value in a text.
    """
    change: Change | None = None
    text = without_padding(cell)
    if text != cell:
        change = Change.PADDING
    begun = text.lstrip()
    if begun.startswith(tuple(_APOSTROPHES)) and not (free and _quotes(begun)):
        text, change = begun.lstrip(_APOSTROPHES), Change.APOSTROPHE
    quoted = _QUOTED.match(text.strip())
    if quoted:
        text, change = quoted[1].replace('""', '"'), Change.QUOTED
    meant = without_lookalikes(text)
    return meant, change if meant == text else Change.LOOKALIKES


def _quotes(text: str) -> bool:
    """Whether the apostrophe that a free text begins with is a quotation mark."""
    return text[0] != "'" or "'" in text[1:]


def _nothing(column: Column) -> Parsed:
    """Return the blank of a column; a mandatory one has none."""
    if column.mandatory:
        raise BadCellError(Reason.BLANK)
    return ((), Change.NO_LIST) if column.type is Type.LIST else (None, Change.NOTHING)


def is_error_text(text: str) -> bool:
    """Whether a csv cell holds what a spreadsheet shows for an error."""
    return text.lstrip()[:1] in _OPENS_ERROR and _ERROR_TEXT.fullmatch(half_width(text)) is not None


_OPENS_ERROR = ("#", "＃", "E")
_ERROR_TEXT = re.compile(
    r"#(?:N/A|REF|VALUE|DIV/0|NAME|NUM|NULL|SPILL|CALC|FIELD|BLOCKED|UNKNOWN|CONNECT)[!?]?"
    r"|#GETTING_DATA|Err:5\d\d"
)
"""What Excel, WPS and LibreOffice (Err:502) show for an error."""


def _text(cell: Cell) -> Parsed:
    text = original_text(cell)
    kept = without_controls(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return kept, None if kept == text else Change.TEXT


def _name(cell: Cell) -> Parsed:
    """A person's name: 甲　某 becomes 甲某; only names in Latin letters keep their blanks."""
    text = original_text(cell)
    name = without_controls(half_width(text))
    if not _LATIN.search(name):
        name = person(name)
    return name, None if name == text else Change.NAME


def _code(cell: Cell) -> Parsed:
    if isinstance(cell, str) and cell.isascii() and cell.isalnum():
        return cell, None
    match cell:
        case bool() | date() | datetime() | time() | timedelta():
            raise BadCellError(Reason.BAD_CODE)
        case int() | float():
            return _integer_digits(cell), Change.NUMBER_TO_CODE
        case FormattedNumber(value, pattern):
            if pattern == "%":
                raise BadCellError(Reason.BAD_CODE)
            _integer_digits(value)
            return number_as_formatted(value, pattern), Change.NUMBER_TO_CODE
    text = original_text(cell)
    code = half_width(half_width(text).lstrip(_APOSTROPHES)).translate(_DASHES)
    if not code:
        raise BadCellError(Reason.BAD_CODE)
    if _SCIENTIFIC.match(code):
        raise BadCellError(Reason.SCIENTIFIC)
    whole = re.fullmatch(r"(\d+)\.0+", code)
    if whole:
        return whole[1], Change.NUMBER_TO_CODE
    return code, None if code == text else Change.CODE


def _integer_digits(value: float) -> str:
    """Digits of a whole number; more than 15 are never trusted."""
    if value < 0 or value != int(value):
        raise BadCellError(Reason.BAD_CODE)
    if value >= 10**_EXACT_DIGITS:
        raise BadCellError(Reason.DIGITS_LOST)
    return str(int(value))


def _case_number(cell: Cell) -> Parsed:
    """A case number with brackets of one kind, without blanks and the 第 before its number."""
    code, change = _code(cell)
    number = without_blanks(str(code))
    titled = _TITLED.fullmatch(number)
    if titled:
        number = next(filter(None, titled.groups()))
    number = _ORDINAL.sub("", number.translate(_OPENING).translate(_CLOSING))
    return number, change if number == code else Change.BRACKETS


def _bool(column: Column, cell: Cell) -> Parsed:
    if isinstance(cell, bool):
        return cell, Change.BOOL
    value = yes_or_no(_plain(cell), column.header)
    if value is None:
        raise BadCellError(Reason.BAD_BOOL)
    return value, None if cell in ("是", "否") else Change.BOOL


def _plain(cell: Cell) -> str:
    """Text of a cell, a formatted number by its value."""
    return number_text(cell.value) if isinstance(cell, FormattedNumber) else original_text(cell)


def _number(column: Column, cell: Cell) -> Parsed:
    number, change = _decimal(column, cell)
    bounds = _bounds(column)
    if (column.minimum is not None and number < column.minimum) or (
        column.maximum is not None and number > column.maximum
    ):
        raise BadCellError(Reason.OUT_OF_RANGE, range=bounds)
    if column.type is Type.INTEGER:
        if number != number.to_integral_value():
            raise BadCellError(Reason.BAD_NUMBER, kind="整数")
        if abs(number) >= 2**63:
            raise BadCellError(Reason.OUT_OF_RANGE, range="整数过大")
        return int(number), change
    if _decimals(number) > column.decimals:
        number = number.normalize()  # 0.300000 has one decimal
    if _decimals(number) > column.decimals or abs(number) >= Decimal(10) ** _INTEGER_DIGITS:
        kind = f"数值：小数超过 {column.decimals} 位或整数超过 {_INTEGER_DIGITS} 位"
        raise BadCellError(Reason.BAD_NUMBER, kind=kind)
    if column.hundred and 0 < number < 1 and change is not Change.PERCENT:
        # 0.94 of 100 may be 94% or less than one point: nobody can tell.
        share = f"{(number * 100).normalize():f}"
        raise BadCellError(Reason.FRACTION, first=share, second=f"{number.normalize():f}")
    return number, change


def _bounds(column: Column) -> str:
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"{low}～{high}"
    return f"不小于 {low}" if low is not None else f"不大于 {high}"


def _decimals(number: Decimal) -> int:
    return -int(number.as_tuple().exponent)


def _decimal(column: Column, cell: Cell) -> tuple[Decimal, Change | None]:
    match cell:
        case bool() | date() | datetime() | time() | timedelta():
            raise _bad_number(column)
        case int() | float():
            told = repr(cell) == f"{cell:.15g}" or _whole(cell)
            return _exact(cell), None if told else Change.ROUNDED
        case FormattedNumber(value, pattern):
            if pattern == "%":
                return _of_hundred(column, _exact(value) * 100), Change.PERCENT
            return _exact(value), None
    text = half_width(original_text(cell))
    percent = text.endswith("%")
    digits = text.removesuffix("%").rstrip()
    measured = None if percent else _WITH_UNIT.fullmatch(digits)
    if measured:
        digits = measured[1]
    if not _PLAIN_NUMBER.match(digits):
        raise _bad_number(column)
    number = Decimal(digits.replace(",", "").replace(" ", ""))
    if percent:
        return _of_hundred(column, number), Change.PERCENT
    if measured and measured[2]:
        meant = number * _MULTIPLES[measured[2]]
        raise BadCellError(Reason.MULTIPLE, multiple=measured[2], meant=f"{meant.normalize():f}")
    if measured and measured[3]:
        return number, Change.UNIT
    read = text == cell and not {",", " "} & {*text}
    return number, None if read else Change.NUMBER


def _exact(value: float) -> Decimal:
    """A spreadsheet's number as the decimal its user typed: at most 15 significant digits."""
    if isinstance(value, int):
        return Decimal(value)
    number = Decimal(f"{value:.15g}")
    if not number.is_finite():
        raise BadCellError(Reason.BAD_NUMBER, kind="数值")
    return number


def _whole(value: float) -> bool:
    return value == int(value)


def _of_hundred(column: Column, percents: Decimal) -> Decimal:
    """94% on a scale of 100 is 94; on any other scale a percentage means nothing."""
    if not column.hundred:
        raise BadCellError(Reason.PERCENT)
    return percents


def _bad_number(column: Column) -> BadCellError:
    return BadCellError(Reason.BAD_NUMBER, kind=column.type.value)


def _choice(column: Column, cell: Cell) -> Parsed:
    text = _plain(cell)
    value = _member(column, without_blanks(half_width(text)))
    return value, None if value == cell else Change.VOCABULARY


def _member(column: Column, text: str) -> str:
    """Return the member of the closed vocabulary that `text` names."""
    for member in column.vocabulary:
        if text in (member, half_width(member)):
            return member
    near = nearest_word(text, column.vocabulary)
    raise BadCellError(
        Reason.NOT_IN_VOCABULARY,
        allowed="、".join(column.vocabulary),
        nearest=f"（最接近的是“{near}”）" if near else "",
    )


def _list(column: Column, known: Sequence[str], cell: Cell) -> Parsed:
    pieces = SEPARATORS.split(cell) if isinstance(cell, str) else [_list_entry(column, cell)]
    if column.references:
        said = [piece for piece in pieces if not says_nothing(piece)]
    else:
        said = [piece for piece in pieces if not says_none(piece, column.header)]
    said = [piece for piece in said if not is_blank(piece)]
    if not said:
        return (), Change.NO_LIST
    named = said
    if column.references == "officers":
        named = [piece for piece in map(without_others, said) if piece]
    items = [_items(column, piece, known) for piece in named]
    value = tuple(dict.fromkeys(item for entries in items for item in entries))
    if named != said:
        return value, Change.OTHERS
    if any(len(entries) > 1 and may_be_several(p) for p, entries in zip(named, items, strict=True)):
        return value, Change.JOINED
    return value, None if "、".join(value) == cell else Change.LIST


def _list_entry(column: Column, cell: Cell) -> str:
    """Return what a cell that is no text says: a number is a certificate or a circled digit."""
    if isinstance(cell, bool) and not column.references:
        return "是" if cell else "否"
    code, _ = _code(cell)
    return str(code)


def _items(column: Column, piece: str, known: Sequence[str]) -> list[str]:
    if column.references:
        code, _ = _code(piece)
        return [str(code)]
    if not column.vocabulary:
        return open_entries(piece, known)
    found = split_joined(piece, partial(_in_vocabulary, column))
    if found:
        return found
    text = without_blanks(half_width(piece))
    if len(text) > 1 and all(character in column.vocabulary for character in text):
        return list(text)
    return [_member(column, text)]


def _in_vocabulary(column: Column, text: str) -> str | None:
    """Return the member of a closed vocabulary that an entry is: also (1) for ①."""
    digit = re.fullmatch(r"\(?([1-9])[.)]?", without_blanks(half_width(text)))
    if digit and set(column.vocabulary) <= set(_CIRCLED):
        text = _CIRCLED[int(digit[1]) - 1]
    return among(column.vocabulary)(text)
