"""How people write entries of lists: what joins several of them, what names nothing."""

import re

JOINTS = re.compile(r"\s*(?:以及|[及和与&])\s*|\s+")
"""What joins entries that were meant to be separate; also part of longer words and names."""

SAYS_SOME = frozenset(
    {"是", "有", "1", "1.0", "true", "yes", "y", "√", "✓", "✔", "☑", "✅", "已使用", "使用", "涉及"}
)
"""Entries, in small letters, that say that there is something without naming it."""


def may_be_several(entry: str) -> bool:
    """Whether an entry may be several that somebody joined."""
    return any(j.start() > 0 and j.end() < len(entry) for j in JOINTS.finditer(entry))
