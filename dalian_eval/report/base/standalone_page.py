"""Pages that are handed on without the record they come from: no link leads out.

The pages are our own, from autoescaping templates: no attribute of a link holds a bare quote or
angle bracket, and no link stands in another. Why not while rendering: docs/dependencies.md.
"""

import html
import posixpath
import re
from collections.abc import Collection
from urllib.parse import unquote

_STEP = re.compile(r'<a rel="(?:prev|next|related)"')
"""A link to who stands beside: without it its words say nothing."""

_LINK = re.compile(r'<a\b[^>]*?\bhref="(?P<to>[^"]*)"[^>]*>(?P<text>.*?)</a>', re.DOTALL)


def without_outer_links(text: str, page: str, names: Collection[str]) -> str:
    """Return a page without the links that lead out of a pack; what they say stays.

    `page`: its name in the pack; `names`: the files there are.
    """

    def kept(link: re.Match[str]) -> str:
        if _stays(link["to"], page, names):
            return link[0]
        return "" if _STEP.match(link[0]) else link["text"]

    return _LINK.sub(kept, text)


def _stays(address: str, page: str, names: Collection[str]) -> bool:
    """Whether an address leads to a place of the same page or to another file of the pack."""
    path, _, _anchor = html.unescape(address).partition("#")
    if not path:
        return True
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path)))
    return target in names
