"""One cell to one canonical value: a parser for each column type.

A parser takes a cell that is not blank and returns the canonical value with the change it made
(None when the cell was canonical already), or raises BadCellError.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from dalian_eval.intake.base.raw_cell import (
    Cell,
    CellError,
    EmptyFormula,
    Formatted,
    ZeroFormula,
    formatted_text,
    half_width,
    half_width_letters,
    is_deceptive,
    is_garbled,
    number_text,
    original_text,
    without_blanks,
    without_controls,
)
from dalian_eval.intake.base.reasons import BadCellError, Change, Reason
from dalian_eval.intake.cells import dates
from dalian_eval.intake.nearness import nearest_word
from dalian_eval.schema.model import Column, Type

Value = str | bool | int | Decimal | date | datetime | tuple[str, ...]
Parsed = tuple[Value, Change | None]
Parser = Callable[[Cell], Parsed]

_SCIENTIFIC = re.compile(r"[+-]?(\d+(\.\d+)?[eE]\+\d+|\d\.\d+[eE]\d+)$")
_APOSTROPHES = "'’‘`"
_OPENING = str.maketrans(dict.fromkeys("[({【〖﹝（［《〈<", "〔"))
_CLOSING = str.maketrans(dict.fromkeys("])}】〗﹞）］》〉>", "〕"))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－─", "-"))
_SEPARATORS = re.compile(r"[、，,;；/／\r\n]+")
_NOTHING = frozenset({"无", "-", "--", "—", "——", "－"})
_YES = frozenset({"是", "有", "√", "✓", "✔", "☑", "Y", "YES", "1", "TRUE", "T", "对"})
_NO = frozenset({"否", "无", "×", "✗", "✘", "╳", "X", "N", "NO", "0", "FALSE", "F", "错"})
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+|\d{1,3}( \d{3})+)(\.\d+)?$", re.ASCII)
_PICTURE = re.compile(r"\s*=\s*(?:_xlfn\.)?DISPIMG\(")
_QUOTED = re.compile(r'="((?:[^"]|"")*)"$')
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●．.", "·"))
_CIRCLED = "①②③④⑤⑥⑦⑧⑨"
_ZERO_IS_A_VALUE = frozenset({Type.NUMBER, Type.INTEGER, Type.BOOL})
_INTEGER_DIGITS = 20
_EXACT_DIGITS = 15


def parser(column: Column, *, date1904: bool | None, person_name: bool = False) -> Parser:
    """Return the parser of `column`.

    `date1904` is the date system of the workbook (None: it does not say); `person_name` marks a
    column of officers' names (姓名), whose inner blanks are dropped.
    """
    by_type: dict[Type, Parser] = {
        Type.CODE: _code,
        Type.CASE_NUMBER: _case_number,
        Type.TEXT: partial(_choice, column) if column.vocabulary else _text,
        Type.DATE: partial(dates.parse_date, date1904=date1904),
        Type.MONTH: partial(dates.parse_month, date1904=date1904),
        Type.TIMESTAMP: partial(dates.parse_timestamp, date1904=date1904),
        Type.BOOL: _bool,
        Type.INTEGER: partial(_number, column),
        Type.NUMBER: partial(_number, column),
        Type.LIST: partial(_list, column),
    }
    parse = _name if person_name else by_type[column.type]
    if column.type in _ZERO_IS_A_VALUE:
        return partial(_number_of_formula, partial(_checked, parse))
    if column.type is Type.TEXT and not column.vocabulary and not column.mandatory:
        return partial(_free_text, parse)
    return partial(_checked, parse)


def person(text: str) -> str:
    """Return a person's name as it is compared: without blanks, with one kind of middle dot."""
    return without_blanks(half_width_letters(text)).translate(_DOTS)


def _checked(parse: Parser, cell: Cell) -> Parsed:
    """Refuse what no type reads (errors, formulas without value, broken text) before it looks."""
    if isinstance(cell, CellError):
        raise BadCellError(Reason.ERROR_CELL)
    if isinstance(cell, str | EmptyFormula) and _PICTURE.match(original_text(cell)):
        raise BadCellError(Reason.PICTURE)
    if isinstance(cell, ZeroFormula):
        raise BadCellError(Reason.ZERO_FORMULA)
    if isinstance(cell, EmptyFormula):
        raise BadCellError(Reason.EMPTY_FORMULA)
    if not isinstance(cell, str) or (cell.isascii() and cell.isalnum()):
        return parse(cell)
    if is_error_text(cell):
        raise BadCellError(Reason.ERROR_CELL)
    if is_deceptive(cell):
        raise BadCellError(Reason.DECEPTIVE)
    if is_garbled(cell):
        raise BadCellError(Reason.GARBLED)
    if cell.lstrip().startswith("="):
        return parse(_quoted(cell.strip()))[0], Change.QUOTED
    return parse(cell)


def _number_of_formula(parse: Parser, cell: Cell) -> Parsed:
    """Take the 0 that a formula gives where numbers stand."""
    return parse(0 if isinstance(cell, ZeroFormula) else cell)


def _quoted(formula: str) -> str:
    """Return the text of ="06120001", which csv exports write to keep leading zeros.

    Any other formula has no value in a text; nothing is ever computed.
    """
    match = _QUOTED.match(formula)
    if match is None:
        raise BadCellError(Reason.EMPTY_FORMULA)
    return match[1].replace('""', '"')


def _free_text(parse: Parser, cell: Cell) -> Parsed:
    """Keep error values and formulas as their text: free text never costs a row."""
    if isinstance(cell, ZeroFormula):
        raise BadCellError(Reason.ZERO_FORMULA)
    if isinstance(cell, CellError | EmptyFormula):
        return cell.text, Change.KEPT_AS_TEXT
    return parse(cell)


def is_error_text(text: str) -> bool:
    """Whether a csv cell holds what a spreadsheet shows for an error."""
    return text.strip() in _ERROR_TEXTS


_ERROR_TEXTS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
    | {"#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#UNKNOWN!", "#CONNECT!"}
)


def _text(cell: Cell) -> Parsed:
    text = original_text(cell)
    kept = without_controls(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return kept, None if kept == text else Change.TEXT


def _name(cell: Cell) -> Parsed:
    """A person's name: 甲　某 becomes 甲某, longer names keep their inner blanks."""
    text = original_text(cell)
    name = without_controls(half_width_letters(text))
    if len(without_blanks(name)) == 2:
        name = without_blanks(name)
    return name, None if name == text else Change.NAME


def _code(cell: Cell) -> Parsed:
    if isinstance(cell, str) and cell.isascii() and cell.isalnum():
        return cell, None
    match cell:
        case bool() | date() | datetime() | time() | timedelta():
            raise BadCellError(Reason.BAD_CODE)
        case int() | float():
            return _integer_digits(cell), Change.NUMBER_TO_CODE
        case Formatted(value, pattern):
            if pattern == "%":
                raise BadCellError(Reason.BAD_CODE)
            _integer_digits(value)
            return formatted_text(value, pattern), Change.NUMBER_TO_CODE
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
    code, change = _code(cell)
    number = without_blanks(str(code)).translate(_OPENING).translate(_CLOSING)
    return number, change if number == code else Change.BRACKETS


def _bool(cell: Cell) -> Parsed:
    if isinstance(cell, bool):
        return cell, Change.BOOL
    text = without_blanks(half_width(_plain(cell))).upper()
    if text in ("1.0", "0.0"):
        text = text[0]
    if text in _YES or text in _NO:
        return text in _YES, None if cell in ("是", "否") else Change.BOOL
    raise BadCellError(Reason.BAD_BOOL)


def _plain(cell: Cell) -> str:
    """Text of a cell, a formatted number by its value."""
    return number_text(cell.value) if isinstance(cell, Formatted) else original_text(cell)


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
    _, _, exponent = number.as_tuple()
    if -int(exponent) > column.decimals or abs(number) >= Decimal(10) ** _INTEGER_DIGITS:
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


def _decimal(column: Column, cell: Cell) -> tuple[Decimal, Change | None]:
    match cell:
        case bool() | date() | datetime() | time() | timedelta():
            raise _bad_number(column)
        case int() | float():
            told = repr(cell) == f"{cell:.15g}" or _whole(cell)
            return _exact(cell), None if told else Change.ROUNDED
        case Formatted(value, pattern):
            if pattern == "%":
                return _of_hundred(column, _exact(value) * 100), Change.PERCENT
            return _exact(value), None
    text = half_width(original_text(cell)).lstrip(_APOSTROPHES)
    percent = text.endswith("%")
    digits = text.removesuffix("%").rstrip()
    if not _PLAIN_NUMBER.match(digits):
        raise _bad_number(column)
    number = Decimal(digits.replace(",", "").replace(" ", ""))
    if percent:
        return _of_hundred(column, number), Change.PERCENT
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


def _list(column: Column, cell: Cell) -> Parsed:
    if isinstance(cell, str):
        pieces = [piece for piece in _SEPARATORS.split(cell) if not is_nothing(piece)]
        nothing = not pieces
    else:
        pieces, nothing = [_list_number(cell)], False
    if nothing:
        return (), Change.NO_LIST
    items = [item for piece in pieces for item in _items(column, piece)]
    value = tuple(dict.fromkeys(items))
    return value, None if "、".join(value) == cell else Change.LIST


def is_nothing(piece: str) -> bool:
    """Whether a list element is blank or says there is none (无)."""
    text = half_width(piece)
    return not text or text in _NOTHING


def _list_number(cell: Cell) -> str:
    """A number alone in a list cell is one certificate or one circled digit."""
    code, _ = _code(cell)
    return str(code)


def _items(column: Column, piece: str) -> list[str]:
    if column.references:
        code, _ = _code(piece)
        return [str(code)]
    if not column.vocabulary:
        return [half_width_letters(piece)]
    text = without_blanks(half_width(piece))
    if len(text) > 1 and all(character in column.vocabulary for character in text):
        return list(text)
    digit = re.fullmatch(r"\(?([1-9])[.)]?", text)
    if digit and set(column.vocabulary) <= set(_CIRCLED):
        text = _CIRCLED[int(digit[1]) - 1]
    return [_member(column, text)]
