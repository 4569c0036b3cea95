"""登记: what its rows may say, for whoever checks or follows them."""

import re

from dalian_eval.base.suggestion import plain_word
from dalian_eval.schema.tables import BY_NAME, SHIPPED

TABLE = "registrations"

DATES, TIES, FILES, OTHERS = SHIPPED.by_name[TABLE]["matter"].vocabulary
"""事项: a date of the plan was met; the order of a tie; a file to look through; anything else."""

_BRACKETS = re.compile(r"[\[\](){}【】〖〗〔〕﹝﹞]")
_ORDINAL = re.compile(r"第(?=[0-9])")
_PLACE = re.compile(r"第?(?:([1-9][0-9]?)|([一二三四五六七八九十]))[位名]?")
_NUMERALS = "一二三四五六七八九十"


def where_to_state(matter: str, **filled: str) -> str:
    """Return where to state something: 在『登记』表中登记（事项填“…”，对象填…）.

    `filled`: what is to be filled in further columns, by their names.
    """
    table = BY_NAME[TABLE]
    cells = {"matter": f"“{matter}”", **filled}
    told = "，".join(f"{table[column].header}填{what}" for column, what in cells.items())
    return f"在『{table.sheet}』表中登记（{told}）"


def plain_about(text: str) -> str:
    """Return a 对象 as it is compared: without width, blanks, brackets, case and 第 of a number."""
    return _ORDINAL.sub("", _BRACKETS.sub("", plain_word(text)))


def place_of(content: object) -> int | None:
    """Return the place among equals that a 并列定序 states, as 1, 第2 or 第三名; else None.

    `content`: the cell, which may be blank.
    """
    found = _PLACE.fullmatch(plain_word(content)) if isinstance(content, str) else None
    if found is None:
        return None
    return int(found[1]) if found[1] else _NUMERALS.index(found[2]) + 1
