"""File names of statements, made from ids that may hold any character."""

import hashlib
import re
from urllib.parse import quote

STATEMENTS = "statements"
"""Folder of the statements inside a run."""

SHEETS = "sheets"
"""Folder of the pages of source sheets inside a run."""

LOOKUP = "members.html"
"""The page inside it that lists the units, where officers are looked up by unit."""

COMPARE = "compare.html"
"""The page of a run on which candidates of one list stand side by side."""

MOST_STATEMENTS = 2_000
"""Candidates up to which each gets a statement of its own, unless the parameters say otherwise."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_\-\u3400-\u4dbf\u4e00-\u9fff]")
_LONGEST = 120
"""Bytes of a name before it is cut: every file system takes 255, and the path adds to it."""


def safe_name(identifier: str) -> str:
    """Return a file name part for an id: no separator, no dot, never the same for two ids.

    Letters, digits, `_`, `-` and Chinese characters stay; any other character becomes `~hex~`.
    A very long id is cut and ends in its hash, and so does one with small letters: Windows and
    macOS take D01 and d01 for one name.
    """
    name = _UNSAFE.sub(lambda match: f"~{ord(match.group()):x}~", identifier) or "~~"
    if len(name.encode()) <= _LONGEST and identifier == identifier.upper():
        return name
    digest = hashlib.sha256(identifier.encode()).hexdigest()[:16]
    short = name.encode()[: _LONGEST - 20].decode(errors="ignore")
    return f"{short}~~{digest}"


def statement_file(kind: str, candidate: str) -> str:
    """Return the file name of a candidate's statement inside `statements/`."""
    return f"{kind}-{safe_name(candidate)}.html"


def statement_link(kind: str, candidate: str, clause: str = "") -> str:
    """Return the address of a statement, or of a clause in it, seen from the run folder."""
    anchor = f"#{clause}" if clause else ""
    return f"{STATEMENTS}/{quote(statement_file(kind, candidate))}{anchor}"


def members_file(unit: str) -> str:
    """Return the file name of the page of a unit's officers inside `statements/`."""
    return f"members-{safe_name(unit)}.html"


def members_link(unit: str, officer: str = "") -> str:
    """Return the address of a unit's page of officers, or of one in it, from the run folder."""
    anchor = f"#{quote(safe_name(officer))}" if officer else ""
    return f"{STATEMENTS}/{quote(members_file(unit))}{anchor}"


def sheet_file(number: int, part: int) -> str:
    """Return the file name of a page of a source sheet inside `sheets/`, its parts from 0."""
    return f"s{number}-{part + 1}.html" if part else f"s{number}.html"


def compare_link(kind: str, *candidates: str) -> str:
    """Return the address, from the run folder, of candidates of one list side by side."""
    return f"{COMPARE}#{'/'.join(quote(part, safe='') for part in (kind, *candidates))}"
