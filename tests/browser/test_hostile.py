"""A county full of markup, formulas, control and bidi characters and very long names: only text."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from dalian_eval.base.csvfile import read_csv
from tests.browser.hostile import FILE, LONG, LONG_FILE, MARKUP, TAB, UNBROKEN
from tests.browser.opened import A4_TEXT, NARROW, WIDE, misfits, open_folds, opened
from tests.browser.printed import SHEET, sheets
from tests.browser.test_pages import GRAVE, pages_of


@pytest.fixture(scope="module")
def pages(hostile_run):
    return pages_of(hostile_run)


def test_every_page_stays_quiet_and_fits(browser, pages):
    wrong = {}
    for path in pages:
        with opened(browser, path) as (page, troubles):
            open_folds(page)
            found = [*misfits(page, NARROW), *misfits(page, WIDE)]
            page.emulate_media(media="print")
            found += [f"print: {one}" for one in misfits(page, A4_TEXT)]
            # No element that our own pages do not have came out of a cell, and none vanished.
            found += page.evaluate(
                "[...document.querySelectorAll('body script[src], iframe, object, form,"
                " svg:not(.waterfall > svg),"
                ' img:not([src^="data:image/png;base64,"])\')].map(e => e.outerHTML)'
            )
            assert page.locator("h1").is_visible()
            if found or troubles:
                wrong[path.name] = [*found, *troubles]
    assert wrong == {}


def test_everything_is_shown_as_text(browser, hostile_run, pages):
    shown = ""
    for path in pages:
        with opened(browser, path) as (page, _):
            open_folds(page)
            shown += page.evaluate("document.body.textContent")
    for text in (*MARKUP, LONG, UNBROKEN, "הפוך", "&lt;b&gt;&amp;", FILE, LONG_FILE, TAB):
        assert text in shown, text


def test_names_stand_in_the_ranking_as_they_are(browser, hostile_run):
    scores = read_csv(hostile_run / "scores.csv").query("rank != ''")
    with opened(browser, hostile_run / "index.html") as (page, _):
        links = page.locator(".rank tbody th a").evaluate_all("all => all.map(a => a.textContent)")
    assert sorted(links) == sorted(scores["name"])
    assert any(text in name for text in MARKUP for name in links)


def test_every_statement_opens_from_the_ranking(browser, hostile_run):
    with opened(browser, hostile_run / "index.html") as (page, _):
        for link in range(page.locator(".rank tbody th a").count()):
            name = page.locator(".rank tbody th a").nth(link).evaluate("a => a.textContent")
            page.locator(".rank tbody th a").nth(link).click()
            assert name in page.locator("h1").evaluate("h => h.textContent")
            page.go_back()


def test_nothing_grave_for_assistive_technology(browser, pages):
    wrong = {}
    kinds = {p.stem.partition("-")[0]: p for p in pages}
    assert {"index", "unit", "officer", "01_clean"} <= set(kinds)
    for path in kinds.values():
        with opened(browser, path) as (page, _):
            open_folds(page, "details:not(.code)")
            found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
            grave = [
                (one["id"], [node["html"][:200] for node in one["nodes"][:3]])
                for one in found
                if one["impact"] in GRAVE
            ]
            if grave:
                wrong[path.name] = grave
    assert wrong == {}


def test_nothing_printed_is_cut_at_the_edge(browser, hostile_run):
    with opened(browser, hostile_run / "index.html") as (page, _):
        assert max(sheets(page)[1]) < SHEET
