"""HTML that others made, reduced to text and tables: nothing in it can run, load or restyle."""

import re

import nh3

_TABLES = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"}
_KEPT = _TABLES | {"p", "br", "b", "strong", "i", "em", "ul", "ol", "li", "pre", "code"}
_DROPPED = {"script", "style", "template", "iframe", "object", "svg", "math", "title"}
_COUNTS = {"colspan", "rowspan"}
_NUMBER = re.compile(r"[0-9]{1,4}")


def reduce_html(html: str) -> str:
    """Return only the text, tables and plain marks of `html`, every tag closed."""
    return nh3.clean(
        html,
        tags=_KEPT,
        clean_content_tags=_DROPPED,
        attributes={"td": _COUNTS, "th": _COUNTS},
        attribute_filter=lambda tag, name, value: value if _NUMBER.fullmatch(value) else None,
        link_rel=None,
    )
