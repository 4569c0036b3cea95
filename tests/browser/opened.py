"""A page as its reader has it: opened without a network, with all that it complains of."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Dialog, Page

from dalian_eval.report.base.file_names import COMPARE
from dalian_eval.report.side_by_side.compare_page import FOLDER

WIDE, NARROW = 1366, 390
A4_TEXT = 688
"""Pixels between the margins of a printed page."""


@contextmanager
def opened(browser: Browser, path: Path, width: int = WIDE) -> Iterator[tuple[Page, list[str]]]:
    """Open a file; the list fills with errors, warnings, requests, dialogs and failures.

    Only the data of 并排比较 may be asked for: they lie beside its page.
    """
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    troubles: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        troubles.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dismissed)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on(
        "request",
        lambda asked: None if asked.url in own(path) else troubles.append(asked.url),
    )
    page.goto(path.as_uri())
    try:
        yield page, troubles
    finally:
        context.close()


def own(path: Path) -> set[str]:
    """Return the addresses that a page may ask for: its own, of 并排比较 those of its data."""
    data = (path.parent / FOLDER).glob("*.js") if path.name == COMPARE else ()
    return {path.as_uri(), *(file.as_uri() for file in data)}


_MISFITS = """width => {
  const wrong = [];
  if (document.documentElement.scrollWidth > width) {
    const wide = [...document.body.querySelectorAll('*')].filter(
      e => e.getBoundingClientRect().right > width + 1 && !e.closest('.scroll'));
    wrong.push('overflow: ' + wide.slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | '));
  }
  for (const box of document.querySelectorAll('*')) {
    const style = getComputedStyle(box);
    if (/auto|scroll/.test(style.overflowX) && box.scrollWidth > box.clientWidth + 1
        && box.tabIndex < 0 && !box.querySelector('a[href], button, input, [tabindex="0"]')) {
      wrong.push('no keyboard scrolls: ' + box.outerHTML.slice(0, 120));
    }
  }
  return wrong;
}"""


def misfits(page: Page, width: int) -> list[str]:
    """Return what of the page at this width reaches beyond it, or scrolls without a keyboard."""
    page.set_viewport_size({"width": width, "height": 900})
    found: list[str] = page.evaluate(_MISFITS, width)
    return found


def open_folds(page: Page, which: str = "details") -> None:
    """Open everything that is folded."""
    page.evaluate("w => document.querySelectorAll(w).forEach(d => { d.open = true; })", which)
