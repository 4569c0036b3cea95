"""Every page in a real browser with the network cut: no error, no request, no overflow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM

PAGES = (
    "index.html",
    "01_clean.html",
    "02_validate.html",
    "03_metrics.html",
    "04_score.html",
    "05_narrative.html",
    "quarantine.html",
    "statements/unit-D02.html",
    "statements/unit-D03.html",
    "statements/officer-06120002.html",
    "statements/officer-06120021.html",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--font-render-hinting=none",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield started
        started.close()


def opened(browser: Browser, path: Path, width: int) -> tuple[Page, list[str]]:
    """Open a page with the network cut and collect what it complains of."""
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    troubles: list[str] = []
    page.on(
        "console", lambda m: troubles.append(m.text) if m.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda e: troubles.append(str(e)))
    page.on(
        "request",
        lambda r: troubles.append(r.url) if not r.url.startswith(("file:", "data:")) else None,
    )
    page.goto(path.as_uri())
    return page, troubles


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_quietly_and_fits(browser, demo_run, name, width):
    page, troubles = opened(browser, demo_run / name, width)
    assert troubles == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.evaluate("[...document.images].every(i => i.naturalWidth > 0 && i.alt)")
    page.context.close()


def test_every_link_of_the_door_leads_somewhere(browser, demo_run):
    page, _ = opened(browser, demo_run / "index.html", 1366)
    links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    assert len(links) > 40
    for link in links:
        name = link.partition("#")[0]
        assert page.evaluate("u => decodeURIComponent(new URL(u).pathname)", name)
        assert Path(page.evaluate("u => decodeURIComponent(new URL(u).pathname)", name)).exists()
    page.context.close()


def test_tables_search_and_sort(browser, demo_run):
    page, _ = opened(browser, demo_run / "index.html", 1366)
    box = page.locator("input[type=search], input[type=text]").first
    rows = page.locator("table").filter(has_text="06120002").first
    assert box.count() == 1
    box.fill("不会有的名字")
    box.fill("")
    assert rows is not None
    page.context.close()


def test_evidence_is_within_three_clicks(browser, demo_run):
    page, _ = opened(browser, demo_run / "index.html", 1366)
    page.get_by_role("link", name="南片执法局").first.click()
    assert page.title()
    text = page.inner_text("body")
    assert "检查记录_202402.xlsx" in text
    assert "未达到90%" in text
    page.context.close()


def test_a_statement_prints_on_a4(browser, demo_run, tmp_path):
    page, _ = opened(browser, demo_run / "statements/unit-D02.html", 1366)
    data = page.pdf(format="A4")
    assert data.startswith(b"%PDF")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    page.context.close()
