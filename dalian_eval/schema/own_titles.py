"""Titles that a project gives to the package's tables and columns, in the program's sentences."""

import re

from dalian_eval.schema.tables import SHIPPED, in_use

_QUOTED = re.compile("『([^『』]+)』")


def in_own_titles(text: str, table: str | None) -> str:
    """Return a sentence with what it quotes 『…』 called as the project in use calls it.

    Sheets by their new names, and headers of `table` (and of no other) by theirs.
    """
    made = in_use()
    if made is SHIPPED:
        return text
    sheets = {t.sheet: made.by_name[t.name].sheet for t in SHIPPED.tables if t.name in made.by_name}
    own, there = SHIPPED.by_name.get(table or ""), made.by_name.get(table or "")
    headers = {}
    if own is not None and there is not None:
        headers = {c.header: there[c.name].header for c in own.columns if c.name in there}
    return _QUOTED.sub(lambda m: f"『{headers.get(m[1]) or sheets.get(m[1]) or m[1]}』", text)
