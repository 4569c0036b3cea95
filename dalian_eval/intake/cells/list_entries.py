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

_NO = frozenset({"0", "0.0", "false", "no", "n", "x", "×", "✗", "✘", "✖", "❌"})
_UNKNOWN = "不详|不明|不清楚|不确定|未知|未定|待定|待[补查填核][充实填定对]?"
_DENIAL = "(?:均|暂|尚|并|都|从)?(?:没有|没|未曾|未|不|无|否|非)"
_DONE = (
    "(?:使用|采用|应用|运用|利用|涉及|用到|用|有|是|适用|存在|发现|具备|填写?|填报|配备|启用|接入)?"
)
_WHICH = "(?:过|此|该|任何|相关|其他|其它|上述|以上|这)?类?"
_THING = "技术|装备|设备|平台|领域|类别|情形|情况|内容|问题|项目?|手段"
_SAYS_NO = re.compile(
    rf"(?:{_UNKNOWN}|{_DENIAL}{_DONE}{_WHICH}(?:的|新?(?:{_THING})(?:新?(?:{_THING}))?)?)[。.]?"
)
"""A denial and no more than what it denies in general: 否, 未采用新技术, 不涉及; not 无人机."""
_NOTED = re.compile(r"(.+?)[(\[【](.+)[)\]】]")
_LONGEST_JOINED = 400
_OTHERS = re.compile(
    r"(.*?\S\S)?\s*等\s*(?:[0-9一二两三四五六七八九十]+\s*)?(?:人|名|位|同志|人员)?"
)


def says_none(entry: str, header: str = "") -> bool:
    """Whether an entry of the column `header` says that there is none, or that none is known.

    否, 不涉及, 未使用新技术, 0, a stroke, 不详.
    """
    if says_nothing(entry):
        return True
    word = without_blanks(half_width(entry)).lower()
    if header and len(word) > len(header):
        word = word.removesuffix("。").removesuffix(header) or word
    noted = _NOTED.fullmatch(word)
    if noted:
        return all(says_none(part) for part in noted.groups())
    return word in _NO or _SAYS_NO.fullmatch(word) is not None


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
