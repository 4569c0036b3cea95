"""Why a sheet without a known header has none, where its own texts tell."""

import re
from collections.abc import Sequence
from itertools import chain

from dalian_eval.intake.base.raw_cell import Cell, is_blank, original_text
from dalian_eval.intake.tables.headers import HeaderMap
from dalian_eval.intake.tables.recognise import header_text

_MISTAKES = (
    ("gb18030", "utf-8", "UTF-8"),
    ("latin-1", "utf-8", "UTF-8"),
    ("cp1252", "utf-8", "UTF-8"),
    ("latin-1", "gb18030", "GBK"),
    ("cp1252", "gb18030", "GBK"),
    ("gb18030", "big5hkscs", "Big5（繁体）"),
)
"""How texts were decoded, how they should have been, and what that is called."""

_TRADITIONAL = frozenset(
    {
        "編號",
        "單位編碼",
        "單位名稱",
        "案件編號",
        "記錄編號",
        "執法證號",
        "姓名",
        "檢查時間",
        "檢查人員",
        "決定日期",
    }
    | {"日期", "年度", "月份", "類型", "類別", "對象", "對象類型", "級別", "名稱", "得分", "結果"}
)
_FEWEST_WORDS = 2
_LOOKED_AT = 20
_FEWEST_CELLS = 3


def unread_reason(rows: Sequence[Sequence[Cell]], words: HeaderMap) -> str:
    """Return what is wrong with a sheet whose header nobody knows, in Chinese; "" if unknown."""
    top = [row for row in rows[:_LOOKED_AT] if not all(map(is_blank, row))]
    encoding = _misread(top, words)
    if encoding:
        return (
            f"文字是乱码：原文是 {encoding} 编码，在转存或导出时被当成了别的编码；"
            "请从原始系统重新导出，另存为“CSV UTF-8（逗号分隔）”或 .xlsx"
        )
    if top and _is_record(top[0], words):
        return "没有表头：第一行就是数据；请在第一行补上标准表头"
    return ""


def _misread(rows: Sequence[Sequence[Cell]], words: HeaderMap) -> str:
    """Return the encoding in which the sheet's texts would be known headers."""
    known = words.all_words | _TRADITIONAL
    texts = [*chain.from_iterable(map(original_text, row) for row in rows)]
    for wrong, right, name in _MISTAKES:
        told = {t.encode(wrong, "ignore").decode(right, "ignore").strip("\ufeff") for t in texts}
        if len({*map(header_text, told)} & known) >= _FEWEST_WORDS:
            return name
    return ""


def _is_record(row: Sequence[Cell], words: HeaderMap) -> bool:
    """Whether a first row holds values, codes or dates among them, and no header."""
    texts = [text for text in map(header_text, row) if text]
    valued = sum(bool(re.search(r"\d{4}|\d-\d|^\d+$", text)) for text in texts)
    return len(texts) >= _FEWEST_CELLS and valued > 1 and words.all_words.isdisjoint(texts)
