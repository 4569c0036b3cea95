"""The word of a closed vocabulary that was probably meant: never one that means the contrary."""

import difflib
from collections.abc import Iterable

_LIKENESS = 0.6
_OPPOSED = ("不未无非否没", "国省市县区乡", "胜败", "集个", "单联", "选标", "上下", "先后", "起止")
"""Characters that tell words apart which are otherwise alike: 省级部门 and 市级部门."""


def nearest_word(text: str, words: Iterable[str]) -> str:
    """Return the word most like `text` by its letters; "" where none is, or only an opposite."""
    offered = [word for word in words if not _are_opposed(text, word)]
    close = difflib.get_close_matches(text, offered, n=1, cutoff=_LIKENESS)
    return close[0] if close else ""


def _are_opposed(one: str, other: str) -> bool:
    return any({*one} & {*signs} != {*other} & {*signs} for signs in _OPPOSED)
