"""The desk in a browser, started as the start script starts it: from the greeting to the record.

The tests are one afternoon of one analyst, in their order, on one desk.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from dalian_eval.base.csvfile import read_csv
from dalian_eval.base.files import read_json
from dalian_eval.cli import invoke
from dalian_eval.desk.work import latest
from dalian_eval.jobs.register_statement import FILE
from dalian_eval.record.seal import seal
from dalian_eval.report.guide.pages import FIRST, FOLDER
from tests.browser.opened import NARROW, WIDE, misfits, opened
from tests.conftest import ROOT
from tests.light_runs import light_run

PROGRAM = Path(sys.executable).with_name("dalian-eval")
LONG = 120_000
"""Milliseconds: on a machine that does other things as well."""


@dataclass
class Desk:
    """A desk that is open: its project, server, address, and what the browser asked for."""

    root: Path
    server: subprocess.Popen[bytes]
    url: str
    context: BrowserContext
    asked: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def page(self) -> Page:
        """Open a tab."""
        page = self.context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("dialog", lambda dialog: self.troubles.append(dialog.message))
        page.goto(self.url, wait_until="commit", timeout=LONG)
        page.wait_for_selector(".lm-TabBar-tab", timeout=LONG)
        return page

    def opened(self) -> Path:
        """Return the file that the system's browser was told to open last."""
        told = (self.root / "opened.txt").read_text(encoding="utf-8").splitlines()
        return Path(unquote(urlsplit(told[-1]).path))

    def kernels(self) -> list[int]:
        """Return the processes of the pages."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                parent = (place / "stat").read_text().rpartition(")")[2].split()[1]
                words = (place / "cmdline").read_bytes()
            except OSError:
                continue
            if int(parent) == self.server.pid and b"ipykernel" in words:
                found.append(int(place.name))
        return found


def said(page: Page, text: str) -> None:
    """Wait until the panel says something."""
    page.wait_for_selector(f".desk-panel :text('{text}')", timeout=LONG)


def go(page: Page, screen: str) -> None:
    page.click(f".lm-TabBar-tab:has-text('{screen}')")


def press(page: Page, label: str) -> None:
    page.click(f"button:visible:text-is('{label}')", timeout=LONG)


@pytest.fixture(scope="module")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root = tmp_path_factory.mktemp("desk") / "操作 台"
    for name in ("params", "notebooks", FOLDER):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / FIRST, root)
    demo = ["demo", "--to", str(root / "data/demo"), "--units", "2", "--officers", "5"]
    assert invoke([*demo, "--mess", "none"]) == 0
    book = openpyxl.Workbook()
    book.active.append(["证照号", "人员姓名<b>", "所在机构", "出生年月日", "附注"])
    for number in range(3):
        book.active.append([f"0612{number:04d}", "$x$<img src=x>", "某局", "1990-01-01", "=1"])
    book.save(root / "data/demo/别处的花名册.xlsx")
    opener = root / "opener.sh"
    opener.write_text(f'#!/bin/sh\necho "$1" >> "{root}/opened.txt"\n', encoding="utf-8")
    opener.chmod(0o755)
    link = root.parent / "opener"
    link.symlink_to(opener)
    server = subprocess.Popen(
        [PROGRAM, "desk"],
        cwd=root,
        env={**os.environ, "BROWSER": f"{link} %s", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert server.stdout is not None
    line = server.stdout.readline().decode()
    context = browser.new_context(viewport={"width": WIDE, "height": 900})
    try:
        yield Desk(root, server, line.partition("：")[2].strip(), context)
    finally:
        context.close()
        server.terminate()
        server.wait(60)


def test_the_start_opens_the_browser_and_a_second_one_finds_the_first(desk: Desk) -> None:
    door = desk.opened()
    assert desk.url in door.read_text(encoding="utf-8")
    assert door.stat().st_mode & 0o077 == 0
    again = subprocess.run(
        [PROGRAM, "desk", "--no-browser"], cwd=desk.root, capture_output=True, timeout=120
    )
    assert again.returncode == 0
    assert "操作台已经开着" in again.stdout.decode()
    assert desk.url in again.stdout.decode()


def test_a_run_begun_by_the_greeting_is_seen_everywhere_and_stopped(desk: Desk) -> None:
    page = desk.page()
    assert page.title() == "操作台"
    assert "token" not in page.url
    assert page.get_attribute("html", "lang") == "zh-CN"
    other = desk.page()
    press(page, "用演示县试一遍")
    said(other, "正在进行")
    assert other.is_disabled("button:text-is('自查')")
    page.close()
    said(other, "[2/7]")
    press(other, "停止")
    said(other, "已按要求停止")
    assert "已完成的1步（数据清洗）留着" in other.inner_text(".desk-log")
    for pid in desk.kernels():
        os.kill(pid, signal.SIGKILL)
    other.wait_for_selector("#desk-lost:visible", timeout=LONG)
    other.click("#desk-lost button")
    said(other, "已按要求停止")
    work = latest(desk.root)
    assert work is not None
    assert (work.code, work.arguments[:2]) == (1, ("run", "--month"))
    assert not [*(desk.root / "runs").glob("*/[!.]*")]
    other.close()


def test_a_check_shows_its_files_and_an_unknown_sheet_is_made_known(desk: Desk) -> None:
    page = desk.page()
    press(page, "自查")
    said(page, "打开结果")
    press(page, "打开结果")
    page.wait_for_timeout(500)
    report = desk.opened()
    assert report.name == "自查报告.html"
    assert report.is_file()
    told = page.inner_text(".widget-tab-contents")
    assert "检查记录" in told
    assert "未识别" in told
    press(page, "看看像哪张表")
    page.wait_for_selector(".desk-sheet", timeout=LONG)
    sheet = page.inner_text(".desk-sheet")
    assert "最像『人员』" in sheet
    assert "人员姓名<b>" in sheet
    assert page.query_selector(".desk-sheet img") is None
    press(page, "确认，记下来")
    page.wait_for_selector("text=已记入 params/mappings.yaml", timeout=LONG)
    written = (desk.root / "params/mappings.yaml").read_text(encoding="utf-8")
    assert "证照号" in written
    press(page, "试读")
    said(page, "试读：已完成")
    assert "→ 『人员』" in page.inner_text(".desk-log")
    page.close()


def field(page: Page, label: str) -> Locator:
    """Return the field of the form 登记 with this label that is shown."""
    form = page.locator(".jupyter-widgets:has(> .widget-label:visible)")
    return form.filter(has=page.locator(f":scope > label:text-is('{label}')")).locator(
        "select:visible, input:visible"
    )


def calendar(desk: Desk, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what `calendar` tells of the demo county."""
    raw = str(desk.root / "data/demo")
    assert invoke(["calendar", "--as-of", "2024-10-12", "--raw", raw]) == 0
    return "".join(capsys.readouterr().out.split())


def test_a_statement_is_filled_in_refused_kept_and_has_its_effect(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    matter = "参赛人员集训"
    assert f"逾期{matter}" in calendar(desk, capsys)
    page = desk.page()
    heading = page.locator("h2:text-is('登记')")
    heading.scroll_into_view_if_needed()
    assert field(page, "事项").evaluate("e => e.selectedOptions[0].text") == "时间节点"
    field(page, "对象").select_option(matter)
    field(page, "经办人").fill("<img src=x onerror=alert(1)>")
    press(page, "登记")
    refused = page.wait_for_selector(".desk-say:visible", timeout=LONG)
    assert refused is not None
    assert refused.inner_text() == "没有登记：『日期』没有填"
    box = refused.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900  # Where the analyst is, below the files, it is seen.
    field(page, "日期").fill("0024-09-28")
    press(page, "登记")
    page.wait_for_selector(".desk-say:has-text('『日期』不是日期')", timeout=LONG)
    place = desk.root / "data/demo" / FILE
    assert not place.exists()
    field(page, "日期").fill("2024-09-28")
    field(page, "依据").fill("=HYPERLINK(1)")
    press(page, "登记")
    page.wait_for_selector(".desk-say:has-text('『依据』要写成一行')", timeout=LONG)
    field(page, "依据").fill("签到表")
    press(page, "登记")
    page.wait_for_selector("text=已登记，编号CZT2024001", timeout=LONG)
    assert page.query_selector(".desk-say") is None
    assert page.query_selector(".desk img") is None
    kept = read_csv(place).to_dict("records")
    assert [row["对象"] for row in kept] == [matter]
    assert kept[0]["经办人"] == "<img src=x onerror=alert(1)>"
    for width in (WIDE, NARROW):
        assert misfits(page, width) == []
    page.set_viewport_size({"width": WIDE, "height": 900})
    press(page, "自查")
    page.wait_for_selector(".desk-panel :text('自查：正在进行')", timeout=LONG)
    page.wait_for_selector("button:visible:text-is('打开结果')", timeout=LONG)
    line = page.locator(f"tr:has(td:text-is('{FILE}'))")
    assert line.locator("td").all_inner_texts()[2:5] == ["登记", "1", "0"]
    page.close()
    told = calendar(desk, capsys)
    assert f"已完成{matter}" in told
    assert "9月28日完成（登记CZT2024001，" in told


def test_a_record_is_opened_and_explained(desk: Desk, demo_run: Path, browser: Browser) -> None:
    shutil.copytree(demo_run, desk.root / "runs" / "2024-10" / demo_run.name)
    page = desk.page()
    assert not page.is_visible("text=用演示县试一遍")
    go(page, "记录")
    press(page, "打开记录")
    page.wait_for_timeout(500)
    door = desk.opened()
    assert door == desk.root / "runs" / "2024-10" / demo_run.name / "index.html"
    with opened(browser, door) as (record, troubles):
        assert "2024" in record.title()
        assert troubles == []
    press(page, "说明得分")
    said(page, "说明得分：已完成")
    assert "总分" in page.inner_text(".desk-log")
    for screen in ("资料", "计分", "记录", "发布与核对", "规则"):
        go(page, screen)
        for width in (WIDE, NARROW):
            assert misfits(page, width) == [], (screen, width)
    page.close()


def pick(page: Page, label: str, part: str) -> None:
    """Choose the option of a drop-down that has this in its words."""
    drop_down = field(page, label)
    drop_down.select_option(label=drop_down.locator(f"option:has-text('{part}')").inner_text())


def test_a_record_is_compared_with_an_earlier_one_and_made_again(
    desk: Desk, demo_run: Path, browser: Browser, tmp_path: Path
) -> None:
    earlier = light_run(ROOT / "data/demo", tmp_path, "2024-09")
    seal(earlier, read_json(earlier / "run.json"))
    shutil.copytree(earlier, desk.root / "runs/2024-09" / earlier.name)
    page = desk.page()
    go(page, "记录")
    pick(page, "记录", demo_run.name)
    pick(page, "与哪份相比", demo_run.name)
    page.wait_for_selector("text=选另一份记录", timeout=LONG)
    assert page.is_disabled("button:text-is('与上次比较')")
    pick(page, "与哪份相比", earlier.name)
    press(page, "与上次比较")
    said(page, "与上次比较：已完成")
    press(page, "打开结果")
    page.wait_for_timeout(500)
    with opened(browser, desk.opened()) as (told, troubles):
        assert "新的一个月" in told.inner_text("main")
        assert troubles == []
    pick(page, "记录", earlier.name)
    go(page, "发布与核对")
    page.wait_for_selector(f"p:has-text('所选记录：2024-09'):has-text('{earlier.name}')")
    page.check("label:has-text('不能撤回') input")
    go(page, "记录")
    pick(page, "记录", demo_run.name)
    go(page, "发布与核对")
    page.wait_for_selector(f"p:has-text('所选记录：2024-10'):has-text('{demo_run.name}')")
    assert not page.is_checked("label:has-text('不能撤回') input")
    press(page, "重算核对")
    said(page, "[1/7]")
    press(page, "停止")
    said(page, "重算核对：已按要求停止")
    page.close()


def test_the_guide_is_opened_from_the_desk_and_read_page_by_page(desk: Desk) -> None:
    page = desk.page()
    with desk.context.expect_page() as waited:
        page.click("a:text-is('使用说明')")
    guide = waited.value
    guide.on("request", lambda request: desk.asked.append(request.url))
    guide.on("pageerror", lambda error: desk.troubles.append(str(error)))
    first = guide.url
    names = [link.get_attribute("href") for link in guide.query_selector_all("main a")]
    pages = list(dict.fromkeys(n.partition("#")[0] for n in names if n and n[0] != "#"))
    assert len(pages) >= 9
    for name in pages:
        guide.goto(urljoin(first, name))
        for width in (WIDE, NARROW):
            assert misfits(guide, width) == [], (name, width)
        shown = "[...document.querySelectorAll('main img')].every(i => i.naturalWidth > 0)"
        assert guide.evaluate(shown), name
        guide.click("header a:text-is('使用说明')")
        assert guide.url == first
    guide.close()
    page.close()


def test_closing_ends_the_server_and_the_page_says_so(desk: Desk) -> None:
    page = desk.page()
    press(page, "关闭操作台")
    assert desk.server.wait(60) == 0
    page.wait_for_selector("#desk-lost:visible", timeout=LONG)
    assert "再双击一次“开始”" in page.inner_text("#desk-lost")
    assert not (desk.root / "data/processed/desk/address.json").exists()


def test_nothing_outside_this_computer_was_ever_asked_for(desk: Desk) -> None:
    assert desk.asked
    hosts = {urlsplit(url).hostname for url in desk.asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}
    assert desk.troubles == []
