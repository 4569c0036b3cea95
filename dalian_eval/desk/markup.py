"""Sentences and tables as HTML: what a file or a person wrote is never markup."""

import html
from collections.abc import Iterable, Sequence


def escaped(text: object) -> str:
    """Return a text as HTML."""
    return html.escape(str(text))


def sentence(text: object, kind: str = "") -> str:
    """Return a paragraph; `kind`: bad, good, soft or nothing."""
    return f'<p class="desk-{kind}">{escaped(text)}</p>' if kind else f"<p>{escaped(text)}</p>"


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table: whole numbers to the right, everything escaped."""
    head = "".join(f"<th>{escaped(header)}</th>" for header in headers)
    body = "".join(f"<tr>{''.join(_cell(value) for value in row)}</tr>" for row in rows)
    return (
        f'<div class="desk-scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(value: object) -> str:
    return f'<td class="n">{value}</td>' if isinstance(value, int) else f"<td>{escaped(value)}</td>"
