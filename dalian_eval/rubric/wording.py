"""A rubric's own wording: sentences with places, `{count}`, where scoring puts numbers in.

A clause may word the cases that occur to it (`wording`), a part how its facts are told (`says`).
Which cases a clause has, and what each can put in, its rule says (`Clause.cases`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Discriminator, Tag

_HOLE = re.compile(r"\{([a-z_]+)\}")
_LONGEST = 120
"""Characters of a template; what is longer nobody would say."""

SILENT: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "unfit": ("only", "all", "count", "near", "value"),
    "late": ("only", "all", "count", "near", "date"),
    "idle": ("only", "all", "count", "near"),
}
"""The cases of a clause whose facts gave nothing: there is nothing; a condition fails; the date is
outside the window; it is worth nothing. only, all: 唯一 of a single row, 都 of several, else empty;
count: how many rows came nearest; near: the first of them in brackets; value: what they hold where
they fail; date: that of a single row."""

CASES: Mapping[str, str] = {
    "awarded": "得分",
    "none": "没有",
    "unfit": "不符合",
    "late": "日期不在期间",
    "idle": "不计分",
    "open": "待补",
    "left_out": "不参与考核",
    "cap": "封顶",
    "passed": "达标",
    "failed": "没有达标",
    "fell_back": "补全后达标",
    "nobody": "没有对象",
    "so_far": "年内",
    "missed": "全年已不可得",
    "whole": "全年达标",
}
"""What each case is called in Chinese."""

PLACES: Mapping[str, str] = {
    "only": "只有一件时为『唯一』",
    "all": "不止一件时为『都』",
    "test": "达标线",
    "back": "补全率的达标线",
    "base": "达标的基本分",
    "count": "件数",
    "near": "最接近的一件，带括号",
    "value": "不符之处的取值",
    "date": "日期",
    "points": "得几分或扣几分",
    "month": "月份",
    "top": "分子",
    "bottom": "分母",
    "rate": "数值",
    "months": "达标的月数",
    "missed": "未达标的月份",
    "left": "还剩的月数",
    "got": "已得的分",
    "full": "满分",
    "rest": "补足的分",
    "more": "多加的分",
    "completed": "补全率",
    "score": "评分",
    "rounds": "轮次",
    "staff": "人数",
    "taken": "所取人数",
    "most": "最多的分",
    "over": "超出的分",
    "sum": "合计的分",
}
"""What each place is, in Chinese."""


def _sound(template: str) -> str:
    """ValueError for a template that cannot be filled, or that is no sentence of a page."""
    if not template.strip():
        raise ValueError("没有写内容")
    if len(template) > _LONGEST:
        raise ValueError(f"太长，最多{_LONGEST}个字")
    if "\n" in template:
        raise ValueError("写成一行，不换行")
    if template.endswith(("。", "；", "，")):
        raise ValueError(f"末尾不写『{template[-1]}』")
    left = _HOLE.sub("", template)
    if "{" in left or "}" in left:
        raise ValueError("花括号里只写一个名称，如 {count}，名称用小写英文")
    return template


Template = Annotated[str, AfterValidator(_sound)]
"""A sentence with places, checked; it has no full stop at its end."""


def _which(value: object) -> str:
    return "by_column" if isinstance(value, Mapping) else "one"


Wording = Annotated[
    Annotated[Template, Tag("one")] | Annotated[dict[str, Template], Tag("by_column")],
    Discriminator(_which),
]
"""How one case is worded; `unfit` may be worded by the column whose condition fails."""


def places_of(template: str) -> tuple[str, ...]:
    """Return the names of a template's places, each once, in order."""
    return tuple(dict.fromkeys(_HOLE.findall(template)))


def pieces_of(template: str) -> Iterator[tuple[str, str]]:
    """Yield the template piece by piece: a text and the place behind it (empty at the end)."""
    *parts, last = _HOLE.split(template)
    yield from zip(parts[::2], parts[1::2], strict=True)
    yield last, ""


def fill(template: str, values: Mapping[str, object]) -> str:
    """Return the template with its places filled; braces of other texts stay as they are."""
    return _HOLE.sub(lambda hole: str(values.get(hole[1], hole[0])), template)


def shown(template: str) -> str:
    """Return a template as people read it, its places by their Chinese names: 〔件数〕件."""
    return _HOLE.sub(lambda hole: f"〔{PLACES.get(hole[1], hole[1])}〕", template)


def place_words(names: tuple[str, ...]) -> str:
    """Return places as a list for a fault: {count}（件数）、{near}（…）; 没有 for none."""
    told = "、".join(f"{{{name}}}（{PLACES[name]}）" for name in names)
    return told or "没有，只写文字"
