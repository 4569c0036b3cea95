"""The user's guide as pages: the Markdown of README.zh-CN.md and guide/, its pictures inline.

The pages need nothing beside them, so the bundle holds them as files and the desk serves them.
"""

import base64
import re
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.report.base.markdown import Anchors, markdown_html
from dalian_eval.report.base.markup import markup
from dalian_eval.report.base.page import render

FIRST = "README.zh-CN.md"
FOLDER = "guide"

FIRST_PAGE = "使用说明.html"
PAGES = "使用说明"
"""The folder of the other pages, beside the first."""

_PICTURE = re.compile(rf"\]\((?:{FOLDER}/)?(pictures/[\w-]+\.png)\)")
_PAGE_LINK = re.compile(rf"\]\((?:{FOLDER}/)?([\w-]+)\.md(#[^)]*)?\)")

_CHINESE = r"[\u2014-\u201d\u3000-\u9fff\uff00-\uffef]"
_WRAPPED = re.compile(rf"(?<={_CHINESE})\n *(?={_CHINESE})")
"""A line that goes on with Chinese on the next one: a browser would show a blank there."""


def guide_pages(root: Path) -> dict[str, str]:
    """Return all pages of the guide of the project at `root`, by their path beside each other.

    UsageError as `guide_page`.
    """
    return {name: guide_page(root, name) for name in _sources(root)}


def guide_page(root: Path, name: str) -> str:
    """Return one page of the guide; UsageError when it, its source or a picture is not there."""
    source = _sources(root).get(name)
    if source is None:
        raise UsageError(f"使用说明里没有 {name}")
    try:
        return _page(name, source.read_text(encoding="utf-8"), root / FOLDER)
    except (OSError, ValueError) as error:
        raise UsageError(f"读不到使用说明 {source}（{error}）：请从安装包重新解开") from error


def _sources(root: Path) -> dict[str, Path]:
    """Return the source of every page, by the page's name."""
    others = sorted((root / FOLDER).glob("*.md"))
    return {FIRST_PAGE: root / FIRST, **{f"{PAGES}/{path.stem}.html": path for path in others}}


def _page(name: str, source: str, folder: Path) -> str:
    """Return one page; `folder`: where its pictures are."""
    is_first = name == FIRST_PAGE
    title, _, source = source.partition("\n")
    text = _WRAPPED.sub("", source)
    text = _PAGE_LINK.sub(rf"]({PAGES}/\1.html\2)" if is_first else r"](\1.html\2)", text)
    text = _PICTURE.sub(lambda found: f"]({_inline(folder / found[1])})", text)
    anchors = Anchors()
    body = markdown_html(text, anchors)
    return render(
        "guide.html",
        title=title.removeprefix("# "),
        text=markup(body),
        parts=anchors.headings,
        first="" if is_first else f"../{FIRST_PAGE}",
    )


def _inline(picture: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}"
