"""Several values in one cell: how lists are split, and what an entry stands for."""

import re
from collections.abc import Callable, Sequence

from dalian_eval.intake.base.raw_cell import (
    half_width,
    half_width_letters,
    says_nothing,
    without_blanks,
)

SEPARATORS = re.compile(r"[、，,;；/／\r\n]+")
"""What stands between the entries of a list."""

_JOINTS = re.compile(r"\s*(?:以及|[及和与&])\s*|\s+")
"""What joins entries that were meant to be separate; also part of longer words and names."""

_SAYS_NO = frozenset(
    {"否", "没有", "不涉及", "未涉及", "不适用", "未使用", "未采用", "未应用", "未运用", "未用"}
    | {"无此项", "不存在", "不是", "0", "0.0", "false", "no", "n", "x", "×", "✗", "✘", "✖", "❌"}
)
_SAYS_YES = frozenset(
    {"是", "有", "1", "1.0", "true", "yes", "y", "√", "✓", "✔", "☑", "✅", "已使用", "使用", "涉及"}
)
_LONGEST_JOINED = 400
_OTHERS = re.compile(
    r"(.*?\S\S)?\s*等\s*(?:[0-9一二两三四五六七八九十]+\s*)?(?:人|名|位|同志|人员)?"
)


def says_none(entry: str) -> bool:
    """Whether an entry says that the list has none: 否, 不涉及, 0, a stroke."""
    return says_nothing(entry) or half_width(entry).lower() in _SAYS_NO


def says_some(entry: str) -> bool:
    """Whether an entry says that there is something without naming it: 是, √, 1."""
    return half_width(entry).lower() in _SAYS_YES


def joined(text: str, meant: Callable[[str], str | None]) -> list[str] | None:
    """Return the entries that `text` joins by 及, 和, 与 or a blank; None when not all are known.

    `meant` returns the entry that a text stands for, None for an unknown one. An entry that holds
    a joint itself (李和平) is taken as a whole before it is split.
    """
    whole = meant(text)
    if whole is not None:
        return [whole]
    if len(text) > _LONGEST_JOINED:
        return None
    for joint in _JOINTS.finditer(text):
        first = meant(text[: joint.start()])
        rest = joined(text[joint.end() :], meant) if first is not None else None
        if first is not None and rest is not None:
            return [first, *rest]
    return None


def has_joint(text: str) -> bool:
    """Whether `text` may be several entries that somebody joined."""
    return any(0 < j.start() and j.end() < len(text) for j in _JOINTS.finditer(text))


def among(words: Sequence[str]) -> Callable[[str], str | None]:
    """Return the function that finds a text among `words`, whatever its width, case and blanks."""
    known = {_compared(word): word for word in words}
    return lambda text: known.get(_compared(text))


def _compared(text: str) -> str:
    return without_blanks(half_width(text)).lower()


def open_entries(piece: str, words: Sequence[str]) -> list[str]:
    """Return the entries of a piece of a list that may hold any text, `words` among others."""
    text = half_width_letters(piece)
    return (joined(text, among(words)) if words else None) or [text]


def without_others(piece: str) -> str:
    """Return a piece of a list of people without its 等, 等人, 等2人: the others have no name."""
    found = _OTHERS.fullmatch(piece.strip())
    return (found[1] or "") if found else piece
