"""查找: from any page by key to the place, in a real browser without network."""

import re
from urllib.parse import unquote

import pytest

from dalian_eval.report.search.search_page import MOST, SEARCH
from tests.browser.opened import opened
from tests.report.pages import parse

HEAVIEST = 300_000


def test_every_hit_leads_to_a_place_that_is_there(demo_run):
    html = (demo_run / SEARCH).read_text("utf-8")
    assert len(html.encode()) <= HEAVIEST
    links = {link for link in parse(html).values("href") if not link.startswith("#")}
    assert len(links) < MOST
    known: dict[str, set[str]] = {}
    for link in links:
        file, _, anchor = unquote(link).partition("#")
        assert (demo_run / file).is_file(), link
        if anchor:
            if file not in known:
                known[file] = set(parse((demo_run / file).read_text("utf-8")).values("id"))
            assert anchor in known[file], link


def test_what_entries_rest_on_is_found_by_its_number(demo_run):
    html = (demo_run / SEARCH).read_text("utf-8")
    for page in (demo_run / "statements").glob("*.html"):
        assert f" {page.stem.partition('-')[2]}</a>" in html
    assert "示环罚〔2024〕9号</a>" in html
    ids = re.findall(r'data-n="([^|"]*)\|([^"]*)"', html)
    assert "JC20240300246" in {begin + end for begin, ends in ids for end in ends.split(" ")}


@pytest.mark.parametrize("name", ["index.html", "statements/unit-D02.html", "04_score.html"])
def test_from_a_page_by_keys_to_the_place(browser, demo_run, name):
    with opened(browser, demo_run / name) as (page, _):
        page.keyboard.press("/")
        page.keyboard.type("示环罚[2024]9号")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html*")
        first = page.locator("#hits li:not([hidden]) a").first
        assert first.text_content() == "示环罚〔2024〕9号"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.wait_for_url("**/statements/*#E*")
        anchor = page.url.rpartition("#")[2]
        box = page.locator(f"#{anchor}")
        assert box.is_visible()


@pytest.mark.parametrize(
    ("words", "head"),
    [
        ("D02", "南片执法局 D02"),
        ("jc20240300246", "2024年3月"),
        ("ＪＣ２０２４０３００２４６", "2024年3月"),
        ("示环罚 9号", "示环罚〔2024〕9号"),
        ("检查记录_202311", "检查记录/检查记录_202311"),
        ("预审", "报送案卷预审"),
    ],
)
def test_words_and_parts_of_numbers(browser, demo_run, words, head):
    with opened(browser, demo_run / SEARCH) as (page, _):
        page.fill("#find-what", words)
        shown = page.locator("#hits li:not([hidden]) a").all_text_contents()
        assert head in shown[0]


def test_nothing_found_is_said_and_markup_is_text(browser, demo_run):
    with opened(browser, demo_run / SEARCH) as (page, _):
        page.goto(f"{(demo_run / SEARCH).as_uri()}#q=%3Cimg%20src=x%20onerror=alert(1)%3E")
        assert "没有找到" in page.text_content("#find-count")
        assert page.input_value("#find-what") == "<img src=x onerror=alert(1)>"
        page.keyboard.press("Escape")
        assert "可查" in page.text_content("#find-count")
        assert page.locator("#hits li:not([hidden])").count() == 0
