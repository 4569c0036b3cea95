"""是 and 否 in every form that people give them: words, signs, ticked boxes."""

import re
from collections.abc import Sequence

from dalian_eval.intake.base.raw_cell import Cell, half_width, without_blanks

_YES = frozenset(
    {"是", "有", "√", "✓", "✔", "☑", "✅", "Y", "YES", "1", "TRUE", "T", "V", "对", "是的"}
    | {"达标", "已达标", "合格", "符合", "属于"}
)
_NO = frozenset(
    {"否", "无", "×", "✗", "✘", "✖", "╳", "❌", "X", "N", "NO", "0", "FALSE", "F", "错"}
    | {"没有", "不是", "不达标", "未达标", "不合格", "不符合", "不属于"}
)
_SPEAKING = frozenset({"在编", "一线", "有效", "两打", "重大", "零分", "优秀", "举办", "采用"})
"""Headers that people repeat in the cell to say yes, and deny to say no."""
_DENIALS = ("不", "非", "未", "没有")

_TICKED, _EMPTY, _CROSSED = "☑✓✔√✅■◉", "□☐○◯", "☒×✗✘✖❌"
_MARK = f"[{_TICKED}{_EMPTY}{_CROSSED}●]"
_LABEL = "不达标|达标|没有|是|否|有|无"
_BOXED = re.compile(rf"[(\[]({_MARK}?)[)\]]")
_MARK_FIRST = re.compile(rf"(?:{_MARK}?(?:{_LABEL}))+")
_LABEL_FIRST = re.compile(rf"(?:(?:{_LABEL}){_MARK}?)+")
_CIRCLES = frozenset("○◯〇")
_CROSSES = frozenset("×✗✘✖╳❌Xx")


def yes_or_no(text: str, header: str) -> bool | None:
    """Return what a cell under `header` says, None when that is not clear."""
    word = without_blanks(half_width(text)).upper()
    if word in ("1.0", "0.0"):
        word = word[0]
    if word in _YES or word in _NO:
        return word in _YES
    if header in _SPEAKING:
        if word == header:
            return True
        if word in (*(denial + header for denial in _DENIALS), _opposite(header)):
            return False
    return _ticked(word)


def _opposite(header: str) -> str:
    """Return 无效 for 有效; of other headers nothing."""
    return "无" + header[1:] if header.startswith("有") else ""


def _ticked(text: str) -> bool | None:
    """Return the one label that is ticked: ☑是 □否, 是√ 否.

    A mark may stand before or behind its label; where both can be meant (是√否), nothing is told.
    """
    text = _BOXED.sub(lambda found: found[1] or "□", text)
    if text in _YES:
        return True
    readings = set[str | None]()
    if _MARK_FIRST.fullmatch(text):
        readings.add(_chosen(re.findall(rf"({_MARK}?)({_LABEL})", text)))
    if _LABEL_FIRST.fullmatch(text):
        pairs = re.findall(rf"({_LABEL})({_MARK}?)", text)
        readings.add(_chosen([(mark, label) for label, mark in pairs]))
    if len(readings) != 1 or None in readings:
        return None
    return readings.pop() in _YES


def _chosen(pairs: Sequence[tuple[str, str]]) -> str | None:
    """Return the label whose mark says that it is chosen, if that is exactly one.

    A cross chooses, and a full circle does, only where every other label has an empty mark.
    """
    marks = [mark for mark, _ in pairs]
    ticked = [label for mark, label in pairs if mark and mark in _TICKED]
    if (
        not ticked
        and len(pairs) > 1
        and sum(m != "" and m in _EMPTY for m in marks) == (len(pairs) - 1)
    ):
        ticked = [label for mark, label in pairs if mark in ("☒", "●")]
    return ticked[0] if len(ticked) == 1 else None


def settle_circles(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Return the cells of a column with ○ as √, where × in other cells shows that ○ means yes.

    A circle alone may as well be an empty box; beside ● it is one.
    """
    words = {half_width(cell) for cell in cells if isinstance(cell, str)}
    if not words & _CIRCLES or not words & _CROSSES or "●" in words:
        return cells
    return ["√" if isinstance(c, str) and half_width(c) in _CIRCLES else c for c in cells]
