"""A page as it is printed: its tables' rows and headers on the sheets of the PDF."""

import io
import re
import unicodedata
from typing import Any

from playwright.sync_api import Page
from pypdf import PdfReader

_TABLES = """() => {
  // A list's numbers are printed, but are no text of the page.
  const numbers = [...document.querySelectorAll('td ol > li')].map(item => {
    const number = document.createTextNode([...item.parentNode.children].indexOf(item) + 1 + '. ');
    item.prepend(number);
    return number;
  });
  const tables = [...document.querySelectorAll('table')].filter(t => t.tHead && t.offsetParent);
  const found = tables.map(t => ({
    head: [...t.tHead.rows].map(r => r.innerText),
    rows: [...t.tBodies].flatMap(b => [...b.rows]).filter(r => !r.hidden).map(r => r.innerText),
  }));
  numbers.forEach(number => number.remove());
  return found;
}"""

_RADICALS = "[\u2e80-\u2eff]"
"""Signs that a PDF may hold in place of the character they look like; they are no letters."""

SHEET = 794
"""The width of an A4 sheet in pixels, the unit of places in what Chromium prints."""

_TOLD_APART = 16
"""Characters from which on a row is taken to stand once."""


def plain(text: str) -> str:
    """Return letters and figures only: a PDF has other signs for some punctuation."""
    return re.sub(rf"(?!{_RADICALS})[\W_]", "", unicodedata.normalize("NFKC", text))


def sheets(page: Page) -> tuple[list[str], list[float]]:
    """Return the text of every printed sheet, and where each piece of text begins (pixels)."""
    reader = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    lefts: list[float] = []

    def visit(text: str, _: Any, matrix: list[float], *rest: Any) -> None:
        if text.strip():
            lefts.append(matrix[4])

    texts = [plain(sheet.extract_text(visitor_text=visit)) for sheet in reader.pages]
    return texts, lefts


def tables(page: Page) -> list[dict[str, list[str]]]:
    """Return every table's header rows and body rows as plain text, as print shows them."""
    page.emulate_media(media="print")
    found = page.evaluate(_TABLES)
    page.emulate_media(media="screen")
    return [
        {part: [plain(text) for text in texts] for part, texts in table.items()} for table in found
    ]


def pattern(text: str) -> re.Pattern[str]:
    signs = (f"(?:{s}|{_RADICALS})" if s >= "\u2e80" else s for s in text)
    return re.compile("".join(signs))


def lost(page: Page) -> list[str]:
    """Return the rows that no sheet holds, those without the table's header, and text cut off."""
    texts, lefts = sheets(page)
    found = tables(page)
    every = [row for table in found for row in table["rows"]]
    wrong = [f"beyond the edge: {left}" for left in lefts if left >= SHEET]
    for table in found:
        heads = [pattern(head) for head in table["head"]]
        for row in table["rows"]:
            on = [text for text in texts if pattern(row).search(text)]
            if not on:
                wrong.append(f"not printed: {row[:80]}")
            elif len(row) >= _TOLD_APART and every.count(row) == 1 and len(on) == 1:
                wrong += [f"no header: {row[:80]}" for head in heads if not head.search(on[0])]
    return wrong
