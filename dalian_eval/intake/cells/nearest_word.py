"""The word of a closed vocabulary that was probably meant: never one that means the contrary."""

import difflib
from collections.abc import Iterable

_LIKENESS = 0.6
_OPPOSED = (
    "不未无非否没",
    "国省市县区乡",
    "胜败",
    "集个",
    "单联",
    "选标",
    "上下",
    "先后",
    "起止",
    "分",
)
"""Characters that tell words apart which are otherwise alike: 省级部门 and 市级部门."""

_OUTCOMES = "实办"
"""Characters of which each tells something else, where both words have one: 未查实 and 未查办."""
_SHORT = 2


def nearest_word(text: str, words: Iterable[str]) -> str:
    """Return the word most like `text` by its letters; "" where none is, or only an opposite."""
    words = tuple(words)
    if len(text) <= _SHORT and sum(word.startswith(text[:1]) for word in words) > 1:
        return ""  # 省级 may be 省级部门 or 省委省政府
    offered = [word for word in words if not _are_opposed(text, word)]
    close = difflib.get_close_matches(text, offered, n=1, cutoff=_LIKENESS)
    return close[0] if close else ""


def _are_opposed(one: str, other: str) -> bool:
    told = [({*one} & {*signs}, {*other} & {*signs}) for signs in (*_OPPOSED, _OUTCOMES)]
    return any(a != b for a, b in told[:-1]) or (all(told[-1]) and told[-1][0] != told[-1][1])
