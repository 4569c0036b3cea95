"""HTML that this package made itself: the one place where text becomes markup unescaped."""

from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True)
class Html:
    """Text that is HTML already; whatever of it came from data was escaped when it was made."""

    text: str

    def __html__(self) -> str:
        """Return the HTML: the protocol of Jinja and markupsafe."""
        return self.text


def markup(html: str) -> Markup:
    """Return our own HTML as markup. Never call it with text from data."""
    return escape(Html(html))


def plain_text(html: str) -> str:
    """Return the text of a piece of HTML, tags removed and entities resolved."""
    return markup(html).striptags()
