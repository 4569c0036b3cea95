"""Several values in one cell: how lists are split, and what an entry stands for."""

import re
from collections.abc import Callable, Sequence

from dalian_eval.intake.base.raw_cell import (
    half_width,
    half_width_letters,
    says_nothing,
    without_blanks,
)
from dalian_eval.schema.words import JOINTS

SEPARATORS = re.compile(r"[、，,;；/／\r\n]+")
"""What stands between the entries of a list."""

_SAYS_NO = frozenset(
    {"否", "没有", "不涉及", "未涉及", "不适用", "未使用", "未采用", "未应用", "未运用", "未用"}
    | {"无此项", "不存在", "不是", "0", "0.0", "false", "no", "n", "x", "×", "✗", "✘", "✖", "❌"}
)
_LONGEST_JOINED = 400
_OTHERS = re.compile(
    r"(.*?\S\S)?\s*等\s*(?:[0-9一二两三四五六七八九十]+\s*)?(?:人|名|位|同志|人员)?"
)


def says_none(entry: str) -> bool:
    """Whether an entry says that the list has none: 否, 不涉及, 0, a stroke."""
    return says_nothing(entry) or half_width(entry).lower() in _SAYS_NO


def split_joined(text: str, meant: Callable[[str], str | None]) -> list[str] | None:
    """Return the entries that `text` joins by 及, 和, 与 or a blank; None when not all are known.

    `meant` returns the entry that a text stands for, None for an unknown one. An entry that holds
    a joint itself (李和平) is taken as a whole before it is split.
    """
    if len(text) > _LONGEST_JOINED:
        return [whole] if (whole := meant(text)) is not None else None
    joints = [(joint.start(), joint.end()) for joint in JOINTS.finditer(text)]
    ends = [*(start for start, _ in joints), len(text)]
    begins = [0, *(end for _, end in joints)]
    # From the end: what the text from each beginning on consists of, the longest first entry first.
    rest: dict[int, list[str]] = {len(begins): []}
    for first in reversed(range(len(begins))):
        for last in reversed(range(first, len(ends))):
            if last + 1 not in rest:
                continue
            entry = meant(text[begins[first] : ends[last]])
            if entry is not None:
                rest[first] = [entry, *rest[last + 1]]
                break
    return rest.get(0)


def among(words: Sequence[str]) -> Callable[[str], str | None]:
    """Return the function that finds a text among `words`, whatever its width, case and blanks."""
    known = {_compared(word): word for word in words}
    return lambda text: known.get(_compared(text))


def _compared(text: str) -> str:
    return without_blanks(half_width(text)).lower()


def open_entries(piece: str, words: Sequence[str]) -> list[str]:
    """Return the entries of a piece of a list that may hold any text, `words` among others."""
    text = half_width_letters(piece)
    return (split_joined(text, among(words)) if words else None) or [text]


def without_others(piece: str) -> str:
    """Return a piece of a list of people without its 等, 等人, 等2人: the others have no name."""
    found = _OTHERS.fullmatch(piece.strip())
    return (found[1] or "") if found else piece
