"""HTML that others made, reduced to text and tables: nothing in it can run, load or restyle."""

from html.parser import HTMLParser

from markupsafe import escape

_TABLES = ("table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption")
_KEPT = frozenset((*_TABLES, "p", "br", "b", "strong", "i", "em", "ul", "ol", "li", "pre", "code"))
_DROPPED = frozenset(("script", "style", "template", "iframe", "object", "svg", "math", "title"))
_EMPTY = frozenset(("br",))
_COUNTS = frozenset(("colspan", "rowspan"))


class _Reducer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[str] = []
        self._inside_dropped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self._inside_dropped += 1
        elif tag in _KEPT and not self._inside_dropped:
            kept = "".join(
                f' {name}="{value}"'
                for name, value in attrs
                if name in _COUNTS and value is not None and value.isascii() and value.isdigit()
            )
            self.parts.append(f"<{tag}{kept}>")
            if tag not in _EMPTY:
                self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self._inside_dropped = max(0, self._inside_dropped - 1)
        elif tag in self._open and not self._inside_dropped:
            while self._open[-1] != tag:
                self.parts.append(f"</{self._open.pop()}>")
            self.parts.append(f"</{self._open.pop()}>")

    def handle_data(self, data: str) -> None:
        if not self._inside_dropped:
            self.parts.append(str(escape(data)))

    def finish(self) -> str:
        self.close()
        self.parts += [f"</{tag}>" for tag in reversed(self._open)]
        return "".join(self.parts)


def reduced(html: str) -> str:
    """Return only the text, tables and plain marks of `html`, every tag closed."""
    reducer = _Reducer()
    reducer.feed(html)
    return reducer.finish()
