"""Make the pictures of the user's guide: the desk's screens and a record's pages, of the demo.

    .venv/bin/python -m benchmarks.guide_pictures

Starts a desk as the start script does, in a folder of its own with the demo county, works it with
a browser as a clerk would, and writes guide/pictures/*.png: cropped to what is told, with a
palette. For the check a sheet of another system is there, and a table of the demo is not. What they
show depends on the program and the demo alone, but for the time of day, how long a work took and
where the picture of its progress caught it. The place of the project is not shown: it is this
computer's.
"""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from dalian_eval.base.files import write_whole
from dalian_eval.record.listed_runs import listed_runs

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "guide" / "pictures"
CHROMIUM = "/usr/bin/chromium"
COPIED = ("params", "notebooks", "data/demo", "guide")
WIDTH, HEIGHT, COLOURS, MARGIN = 1100, 6000, 48, 10
"""The window is so high that nothing has to be scrolled."""
LONG = 900_000
"""Milliseconds that the longest work may take."""


def main() -> None:
    """Make all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        root = Path(made) / "大练兵"
        for name in COPIED:
            shutil.copytree(ROOT / name, root / name)
        shutil.copy(ROOT / "README.zh-CN.md", root)
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--font-render-hinting=none"]
        )
        with desk(root, browser) as page:
            first_month(page)
            _write_strange_roster(root / "data/demo/花名册.xlsx")
            (root / "data/demo/荣誉/比武.xlsx").unlink()
            materials(page)
            scoring(page)
            records(page)
            publication(page)
            rules(page)
            record(browser, listed_runs(root / "runs")[0].folder)
            own_pages(browser, root)
        browser.close()


@contextmanager
def desk(root: Path, browser: Browser) -> Iterator[Page]:
    """Start the desk of a project; yield its page."""
    server = subprocess.Popen(
        [sys.executable, "-m", "dalian_eval", "desk", "--no-browser"],
        cwd=root,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().decode().partition("：")[2].strip()
        page = _page(browser)
        page.goto(url)
        page.wait_for_selector(".lm-TabBar-tab", timeout=LONG)
        page.add_style_tag(content=".desk-title small { visibility: hidden }")
        yield page
    finally:
        server.terminate()
        server.wait(60)


def first_month(page: Page) -> None:
    """The greeting, the run under way, and what stands there afterwards."""
    shot(page, "desk-first", ".desk-title", ".desk-greeting", ".widget-tab > .lm-TabBar")
    press(page, "用演示县试一遍")
    said(page, "[3/7]")
    shot(page, "desk-running", ".desk-panel")
    said(page, "已完成")
    page.wait_for_selector("button:visible:text-is('打开结果')", timeout=LONG)
    shot(page, "desk-done", ".desk-panel")


def materials(page: Page) -> None:
    """The check, the files, what is missing, a sheet that nobody recognises."""
    go(page, "资料")
    press(page, "自查")
    said(page, "自查：")
    page.wait_for_selector("button:visible:text-is('打开结果')", timeout=LONG)
    page.wait_for_selector(".desk table td", timeout=LONG)
    page.wait_for_timeout(2000)
    shot(page, "desk-materials", tab(page), "button:visible:text-is('自查')", least=620)
    shot(page, "desk-missing", "h2:text-is('还缺什么')", "h2:text-is('认不出的表')")
    press(page, "看看像哪张表")
    page.wait_for_selector(".desk-sheet", timeout=LONG)
    shot(page, "desk-unknown", "h2:text-is('认不出的表')", ".desk-sheet")


def scoring(page: Page) -> None:
    """Month, day, readings and the last runs."""
    go(page, "计分")
    shot(page, "desk-scoring", tab(page), "h2:text-is('最近的记录')", below=85)
    page.click(".jupyter-widget-Collapse-header:visible")
    page.wait_for_selector(".desk-reading:visible")
    shot(page, "desk-readings", ".jupyter-widget-Collapse-header:visible", below=520)


def records(page: Page) -> None:
    """What one can do with a record."""
    go(page, "记录")
    shot(page, "desk-records", tab(page), "button:visible:text-is('口径与名次')")


def publication(page: Page) -> None:
    """Verification, publication, keys."""
    go(page, "发布与核对")
    shot(page, "desk-publish", tab(page), "button:visible:text-is('生成密钥')")


def rules(page: Page) -> None:
    """A year's rubric."""
    go(page, "规则")
    shot(page, "desk-rules", tab(page), "button:visible:text-is('在所选记录上试算')")


def record(browser: Browser, folder: Path) -> None:
    """The pages of a record."""
    page = _page(browser)
    page.goto((folder / "index.html").as_uri())
    shot(page, "record-first", "header.top", least=900)
    page.goto((folder / "quarantine.html").as_uri())
    shot(page, "record-quarantine", "header.top", least=760)
    statement = sorted((folder / "statements").glob("*.html"))[0]
    page.goto(statement.as_uri())
    shot(page, "record-statement", "header.top", least=480)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    shot(page, "record-account", "#accounts", least=640)
    page.goto((folder / "readings.html").as_uri())
    shot(page, "record-readings", "header.top", least=700)


def own_pages(browser: Browser, root: Path) -> None:
    """The page of a rubric, and of a check."""
    page = _page(browser)
    place = root / "细则.html"
    words = [sys.executable, "-m", "dalian_eval", "rubric", "show", "2024", "--html", str(place)]
    subprocess.run(words, cwd=root, check=True, stdout=subprocess.PIPE)
    page.goto(place.as_uri())
    shot(page, "rubric-page", "header.top", least=760)
    (report,) = root.glob("data/processed/desk/**/自查报告.html")
    page.goto(report.as_uri())
    shot(page, "check-report", "header.top", least=760)


def tab(page: Page) -> str:
    """Return the selector of the row of tabs."""
    return ".widget-tab > .lm-TabBar"


def said(page: Page, text: str) -> None:
    """Wait until the panel says something."""
    page.wait_for_selector(f".desk-panel :text('{text}')", timeout=LONG)


def go(page: Page, screen: str) -> None:
    """Open a screen."""
    page.click(f".lm-TabBar-tab:has-text('{screen}')")
    page.wait_for_timeout(500)


def press(page: Page, label: str) -> None:
    """Press a button."""
    page.click(f"button:visible:text-is('{label}')", timeout=LONG)


def shot(page: Page, name: str, *selectors: str, least: int = 0, below: int = 0) -> None:
    """Write a picture of the page's width from the first of these to the last.

    `least`: its least height; `below`: pixels below the last that belong to it.
    """
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    boxes = [box for s in selectors if (box := page.locator(s).first.bounding_box())]
    top = max(0, min(box["y"] for box in boxes) - MARGIN)
    bottom = max(box["y"] + box["height"] for box in boxes) + MARGIN + below
    height = min(max(bottom - top, least), HEIGHT - top)
    data = page.screenshot(
        clip={"x": 0, "y": top, "width": WIDTH, "height": height}, animations="disabled"
    )
    image = Image.open(io.BytesIO(data)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    stream = io.BytesIO()
    image.save(stream, format="PNG", optimize=True)
    write_whole(PICTURES / f"{name}.png", stream.getvalue())
    print(f"{name}.png", image.size)


def _page(browser: Browser) -> Page:
    """Open a tab that asks nobody but this computer."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN")
    page.set_default_timeout(LONG)
    return page


def _write_strange_roster(place: Path) -> None:
    """Write a sheet that nobody recognises: invented people under another system's names."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["证照号", "人员姓名", "所在机构", "出生年月日", "附注"])
    for number, name in enumerate(("甲一", "乙二", "丙三")):
        book.active.append([f"0612{number:04d}", name, "某局", "1990-01-01", "新调入"])
    book.save(place)


if __name__ == "__main__":
    main()
