"""How people write entries of lists: what joins several of them, what names nothing."""

import re

JOINTS = re.compile(r"\s*(?:以及|[及和与&+＋|｜\\])\s*|\s+")
"""What joins entries that were meant to be separate; also part of longer words and names."""

SAYS_SOME = frozenset(
    {"是", "有", "1", "1.0", "true", "yes", "y", "√", "✓", "✔", "☑", "✅", "已使用", "使用", "涉及"}
)
"""Entries, in small letters, that say that there is something without naming it."""


def may_be_several(entry: str) -> bool:
    """Whether an entry may be several that somebody joined."""
    return any(j.start() > 0 and j.end() < len(entry) for j in JOINTS.finditer(entry))


_DENIES = re.compile("未|不(?!透)|没|无(?!人|损|组织)|否|非(?!现场|道路)")
"""Beginnings of a denial; not of 无人机, 非现场监管平台."""


def says_too_little(entry: str) -> str:
    """Return what is doubtful about an entry whose presence alone counts, in Chinese, else ""."""
    if entry.lower() in SAYS_SOME or not any(map(str.isalpha, entry)) or len(entry) == 1:
        return "没有写明是哪一种"
    if _DENIES.match(entry):
        return "像是说没有"
    return "可能是连写的几种" if may_be_several(entry) else ""
