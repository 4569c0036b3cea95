"""What a page is made of, as a browser would see it: elements, attributes, text."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Page(HTMLParser):
    """Collects the elements of a page; `scripts` holds the bodies of script elements."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    text: str = ""
    headings: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag in ("script", "style"):
            self._inside = tag
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts.append(data)
        elif not self._inside:
            self.text += data

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]


def parse(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    return page


def assert_sound(html: str) -> Page:
    """Assert what holds for every page: ours is the only script, nothing from the network."""
    page = parse(html)
    assert html.startswith("<!DOCTYPE html>")
    assert ("html", {"lang": "zh-CN"}) in page.elements
    assert len(page.scripts) == 1
    assert "sort" in page.scripts[0]
    assert "http://" not in html
    assert "https://" not in html
    for source in page.values("src"):
        assert source.startswith("data:image/png;base64,")
    for address in page.values("href"):
        assert not address.lower().startswith(("javascript:", "data:", "//"))
    for name in ("onclick", "onerror", "onload", "style"):
        for value in page.values(name):
            assert name == "style"
            assert re.sub(r"\b(?:left|top|width|height):", "", value).strip(";%.0123456789") == ""
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    targets = {a[1:] for a in page.values("href") if a.startswith("#")}
    assert targets <= set(ids)
    assert page.headings[0] == 1
    for before, after in zip(page.headings, page.headings[1:], strict=False):
        assert after <= before + 1
    for tag, attributes in page.elements:
        if tag == "img":
            assert attributes["alt"]
        if tag == "th":
            assert attributes["scope"] in ("col", "row", "rowgroup")
    return page
