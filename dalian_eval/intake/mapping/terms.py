"""What other systems call our tables and columns, and their words: only for what is proposed.

They stand in terms.yaml. Nothing of it decides how a file is read.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from dalian_eval.base.yaml_file import load_yaml
from dalian_eval.intake.base.raw_cell import half_width, without_blanks
from dalian_eval.intake.cells.nearest_word import nearest_word
from dalian_eval.schema.model import Column, Type

GROUPED = frozenset({"air_scores.round", "remote_scores.round", "automonitor.month"})
"""Columns whose values stand across the top where there are groups."""

COMPANIONS: dict[str, tuple[str, ...]] = {
    "cases": ("case_handlers",),
    "officers": ("postings",),
}
"""Tables that a sheet of a table often holds besides."""

_NO = re.compile(
    r"不|未|无|非|否|没|作废|退回|撤|废|驳回|删除|失效|过期|离职|聘用|编外|临时|辅助|劳务|派遣|合同|借调"
    r"|内勤|机关|后勤|综合|二线|办公室|×|x|N|一般|普通|常规"
)
_YES = re.compile(
    r"是|有|通过|完成|办结|归档|合格|正常|已|在编|行政|事业|公务员|参公|参评|参加|一线|外勤|现场|执法"
    r"|采用|录用|刊发|达标|优秀|重大|专项|√|Y|核定|生效|提交|候选"
)


@lru_cache(maxsize=1)
def _terms() -> Any:
    return load_yaml(Path(__file__).with_name("terms.yaml"))


def table_words(table: str) -> Sequence[str]:
    """Return words in the names of sheets, files and titles that speak of a table."""
    return tuple(_terms()["表"].get(table, ()))


def guessed_meaning(word: str, table: str, column: Column) -> str:
    """Return which of our words another system's word probably is; "" where nobody can tell."""
    text = without_blanks(half_width(word))
    words = column.vocabulary or ("是", "否") if column.type is Type.BOOL else column.vocabulary
    if text in words:
        return text
    if column.type is Type.BOOL:
        return "否" if _NO.search(text) else "是" if _YES.search(text) else ""
    for place in (f"{table}.{column.name}", column.name):
        for stem, meant in _terms()["词"].get(place, ()):
            if stem in text and meant in words:
                return str(meant)
    inside = [ours for ours in words if ours in text or text in ours]
    if len(inside) == 1:
        return inside[0]
    return nearest_word(text, words)


def words_of(table: str, column: str) -> Sequence[str]:
    """Return what else a column may be called."""
    return tuple(_terms()["列"].get(f"{table}.{column}", ()))
