"""Pages that are handed on without the record they come from: no link leads out."""

import html
import posixpath
import re
from collections.abc import Collection
from urllib.parse import unquote

_LINK = re.compile(r'<a\b[^>]*?\bhref="(?P<to>[^"]*)"[^>]*>(?P<text>.*?)</a>', re.DOTALL)


def contained(text: str, page: str, names: Collection[str]) -> str:
    """Return a page without the links that lead out of a pack; what they say stays.

    `page`: its name in the pack; `names`: the files there are.
    """
    return _LINK.sub(lambda m: m[0] if _stays(m["to"], page, names) else m["text"], text)


def _stays(address: str, page: str, names: Collection[str]) -> bool:
    """Whether an address leads to a place of the same page or to another file of the pack."""
    path, _, _anchor = html.unescape(address).partition("#")
    if not path:
        return True
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path)))
    return target in names
