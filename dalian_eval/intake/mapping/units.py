"""Units in headers: a column of theirs in another unit than ours is not read as it stands."""

import re

from dalian_eval.intake.tables.headers import plain_header
from dalian_eval.schema.model import Column, Type

_BRACKET = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]$")
_UNIT = re.compile(
    r"(?:单位:?)?(?P<multiple>[十百千万亿]*)"
    r"(?P<unit>%|％|百分点|分|条|件|次|人|个|篇|起|份|元|台|套|辆|名|项|户|家|期|小时|分钟|天|日|月|年|公里|吨)?"
)
_COUNTED = frozenset("条件次人个篇起份台套辆名项户家期")
_SCALE = re.compile(r"(?:满分)?(\d+)分制?")


def other_unit(header: str, column: Column) -> str:
    """Return, in Chinese, in which other unit a header says its numbers are; "" if in ours."""
    if column.type not in (Type.INTEGER, Type.NUMBER):
        return ""
    found = _BRACKET.search(plain_header(header))
    told = found[1] if found else ""
    scale = _SCALE.fullmatch(told)
    if scale:
        same = scale[1] == str(column.maximum)
        return "" if same else f"『{header}』是{told}，这一列不是，请先在原表换算"
    unit = _UNIT.fullmatch(told) if told else None
    if not unit or not (unit["multiple"] or unit["unit"]):
        return ""
    if not unit["multiple"] and _fits(unit["unit"], column):
        return ""
    return f"『{header}』的单位是{told}，这一列不是，请先在原表换算"


def _fits(unit: str, column: Column) -> bool:
    if unit in ("%", "％"):
        return column.hundred
    if column.type is Type.INTEGER:
        return unit in _COUNTED or (unit == "年" and "年" in column.header)
    return unit == "分"
