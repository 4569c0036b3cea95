"""Markdown as HTML: raw HTML shown as text, no outside images, headings with Chinese anchors."""

import re
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

import mistune
from markupsafe import escape
from mistune.plugins.table import table as table_plugin

from dalian_eval.report.base.markup import plain_text

_NOT_WORD = re.compile(r"[^\w\u3400-\u9fff]+")


@dataclass(frozen=True)
class Heading:
    """A heading of a page: its level, plain text and anchor."""

    level: int
    text: str
    anchor: str


@dataclass
class Anchors:
    """Gives every heading of one page an anchor of its own and remembers it for the contents."""

    headings: list[Heading] = field(default_factory=list)
    _used: MutableMapping[str, int] = field(default_factory=dict)

    def add(self, level: int, text: str) -> str:
        """Return the anchor of a new heading with this plain text."""
        base = _NOT_WORD.sub("-", text).strip("-").lower() or "h"
        number = self._used.get(base, 0) + 1
        self._used[base] = number
        anchor = base if number == 1 else f"{base}-{number}"
        self.headings.append(Heading(level, text, anchor))
        return anchor


class _Renderer(mistune.HTMLRenderer):
    """Escapes raw HTML; an image must be inline; a table gets a scroll container."""

    def __init__(self, anchors: Anchors) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False)
        self._anchors = anchors

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        plain = plain_text(text)
        anchor = self._anchors.add(level, plain)
        return f'<h{level} id="{escape(anchor)}">{text}</h{level}>\n'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        if not url.startswith("data:image/"):
            return str(escape(text))
        return f'<img src="{escape(url)}" alt="{escape(plain_text(text))}">'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return f'<a href="{escape(self.safe_url(url))}">{text}</a>'


def markdown_html(source: str, anchors: Anchors) -> str:
    """Return Markdown as HTML; its headings are added to `anchors`."""
    renderer = _Renderer(anchors)
    convert = mistune.Markdown(renderer, plugins=[table_plugin])
    renderer.register("table", _table)
    return str(convert(source))


def _table(renderer: mistune.BaseRenderer, text: str) -> str:
    region = '<div class="scroll" role="group" aria-label="表格" tabindex="0">'
    return f"{region}<table>\n{text}</table></div>\n"
