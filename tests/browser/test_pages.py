"""The demo record in a real browser, as its readers use it: open, search, sort, fold, print."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe

from dalian_eval.base.csvfile import read_csv
from dalian_eval.base.files import read_json
from dalian_eval.jobs.run import run
from dalian_eval.public.pseudonyms import make_key
from dalian_eval.report.base.file_names import COMPARE, statement_file
from dalian_eval.report.side_by_side.compare_page import MOST_BESIDE
from tests.browser.opened import A4_TEXT, NARROW, WIDE, misfits, open_folds, opened
from tests.browser.printed import lost
from tests.conftest import ROOT
from tests.report.pages import parse

SAMPLED = 6
"""Of the statements, and of the source sheets' pages, every sixth is opened."""

GRAVE = ("serious", "critical")
"""The impacts of what axe finds that no page may have."""


def pages_of(run: Path) -> list[Path]:
    """Return every kind of page of a record, of those of which there are many a sample."""
    pages = sorted(run.rglob("*.html"))
    many = [[p for p in pages if p.parent.name == name] for name in ("statements", "sheets")]
    sample = [page for some in many for page in [*some[::SAMPLED], *some[-1:]]]
    return [p for p in pages if not any(p in some for some in many) or p in sample]


def ranking(run: Path) -> list[dict[str, str]]:
    """Return the ranked officers in order."""
    scores = read_csv(run / "scores.csv").query("kind == 'officer' and rank != ''")
    scores = scores.assign(place=scores["rank"].astype(int))
    return scores.sort_values(["place", "candidate"]).to_dict("records")


def names(page):
    """Return the names in the officers' ranking that are shown, from above."""
    cells = page.locator("#rank-officer ~ .scroll").first.locator("tbody tr:visible th")
    return [text.partition("\n")[0] for text in cells.all_inner_texts()]


# ---- all pages ---------------------------------------------------------------------------


def test_every_page_opens_quietly_and_fits(browser, demo_run):
    pages = pages_of(demo_run)
    assert len(pages) > 12
    wrong = {}
    for path in pages:
        with opened(browser, path) as (page, troubles):
            told = page.evaluate(
                "[document.documentElement.lang, document.title !== '',"
                " [...document.images].every(i => i.naturalWidth > 0 && i.alt)]"
            )
            found = [*misfits(page, WIDE), *misfits(page, NARROW)]
            open_folds(page)
            found += [*misfits(page, NARROW), *misfits(page, WIDE), *troubles]
            if found or told != ["zh-CN", True, True]:
                wrong[path.name] = (told, found)
    assert wrong == {}


def test_every_link_and_anchor_leads_somewhere(demo_run):
    pages = {path.resolve(): parse(path.read_text("utf-8")) for path in demo_run.rglob("*.html")}
    ids = {path: set(page.values("id")) for path, page in pages.items()}
    count, wrong = 0, []
    for path, page in pages.items():
        for href in page.values("href"):
            file, _, anchor = href.partition("#")
            target = (path.parent / unquote(file)).resolve() if file else path
            count += 1
            if file.endswith(COMPARE) and anchor:
                kind, *codes = unquote(anchor).split("/")
                known = {path.name for path in (demo_run / "statements").iterdir()}
                assert {statement_file(kind, code) for code in codes} <= known, href
                assert 2 <= len(codes) <= MOST_BESIDE
                anchor = ""
            if not target.is_file() or (anchor and unquote(anchor) not in ids.get(target, ())):
                wrong.append((path.name, href))
    assert wrong == []
    assert count > 2000


def test_evidence_is_within_three_clicks(browser, demo_run):
    with opened(browser, demo_run / "index.html") as (page, _):
        page.get_by_role("link", name="南片执法局").first.click()
        assert "没有达到90%" in page.inner_text("body")
        folds = page.locator("details:not([open])", has_text="检查记录_202402.xlsx")
        for _ in range(2):
            if "检查记录_202402.xlsx" not in page.inner_text("body"):
                folds.first.locator("> summary").click()
        assert "检查记录_202402.xlsx" in page.inner_text("body")


# ---- tables and folds --------------------------------------------------------------------


def test_a_table_is_searched(browser, demo_run):
    officers = ranking(demo_run)
    units = read_json(demo_run / "run.json")["units"]
    with opened(browser, demo_run / "index.html") as (page, _):
        box = page.locator("#rank-officer ~ .search").first
        field, said = box.locator("input"), box.get_by_role("status")
        whole = f"共{len(officers)}行"
        assert names(page) == [o["name"] for o in officers[:10]]
        assert said.inner_text() == whole
        there = [o["name"] for o in officers if units.get(o["unit"]) == "南片执法局"]
        assert 0 < len(there) < len(officers)
        field.fill("南片执法局")
        assert names(page) == there
        assert said.inner_text() == f"{whole}，显示{len(there)}行"
        field.fill(f"南片  {there[1]}")
        assert names(page) == [there[1]]
        field.fill("没有这个人")
        assert names(page) == []
        assert said.inner_text() == f"{whole}，显示0行"
        field.fill("")
        assert names(page) == [o["name"] for o in officers]


def test_a_table_is_sorted_by_mouse_and_keyboard(browser, demo_run):
    officers = ranking(demo_run)
    with opened(browser, demo_run / "index.html") as (page, _):
        table = page.locator("#rank-officer ~ .scroll").first
        every = page.get_by_role("button", name=f"显示全部{len(officers)}行")
        every.click()
        assert not every.is_visible()
        total = table.get_by_role("button", name="总分")
        head = table.locator("thead th", has_text="总分")
        total.click()
        up = sorted(officers, key=lambda o: (float(o["total"]), officers.index(o)))
        assert names(page) == [o["name"] for o in up]
        assert head.get_attribute("aria-sort") == "ascending"
        total.focus()
        page.keyboard.press("Enter")
        down = sorted(officers, key=lambda o: (-float(o["total"]), up.index(o)))
        assert [float(o["total"]) for o in down] == sorted(
            (float(o["total"]) for o in officers), reverse=True
        )
        shown = {o["name"]: o["total"] for o in officers}
        assert [shown[n] for n in names(page)] == [o["total"] for o in down]
        assert head.get_attribute("aria-sort") == "descending"
        table.get_by_role("button", name="名次").focus()
        page.keyboard.press(" ")
        assert [int(r) for r in table.locator("tbody tr td:first-child").all_inner_texts()] == [
            int(o["rank"]) for o in officers
        ]
        assert head.get_attribute("aria-sort") is None


def test_a_search_keeps_to_what_is_sorted(browser, demo_run):
    with opened(browser, demo_run / "index.html") as (page, _):
        page.locator("#rank-officer ~ .search input").first.fill("南片执法局")
        before = names(page)
        button = page.locator("#rank-officer ~ .scroll").first.get_by_role("button", name="总分")
        button.click()
        assert names(page) != before
        assert sorted(names(page)) == sorted(before)


def test_folds_open_by_click_by_key_all_at_once_and_by_address(browser, demo_run):
    with opened(browser, demo_run / "04_score.html") as (page, _):
        fold = page.locator("details").first
        closed = fold.evaluate("d => !d.open && d.offsetHeight")
        assert closed
        fold.locator("summary").click()
        assert fold.evaluate("d => d.offsetHeight") > closed
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        assert fold.evaluate("d => d.offsetHeight") == closed
        everything = page.locator("button[data-open]").first
        which = everything.get_attribute("data-open")
        count = page.locator(which).count()
        assert count > 3
        everything.click()
        assert page.locator(f"{which}[open]").count() == count
        assert everything.get_attribute("aria-expanded") == "true"
        everything.click()
        assert page.locator(f"{which}[open]").count() == 0


def test_an_address_opens_the_fold_it_leads_into(browser, demo_run):
    with opened(browser, demo_run / "index.html") as (page, _):
        page.evaluate(
            "document.getElementById('main').insertAdjacentHTML('beforeend',"
            " '<details><summary>折</summary><p id=inside>内</p></details>')"
        )
        assert not page.locator("#inside").is_visible()
        page.evaluate("location.hash = 'inside'")
        page.locator("#inside").wait_for()


# ---- keyboard ----------------------------------------------------------------------------

_REACHABLE = """() => [...document.querySelectorAll(
  'a[href], button, input, summary, [tabindex="0"], [role=button]')]
  .filter(e => e.checkVisibility({ visibilityProperty: true }))"""

_LISTEN = f"""() => {{
  window.wanted = ({_REACHABLE})();
  window.reached = [];
  window.addEventListener('focusin', e => {{
    const style = getComputedStyle(e.target);
    const seen = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none';
    const box = e.target.getBoundingClientRect();
    window.reached.push([window.wanted.indexOf(e.target),
      (seen || e.target.className === 'skip') && box.left >= 0 && box.bottom > 0,
      e.target.outerHTML.slice(0, 100)]);
  }});
  return window.wanted.length;
}}"""


@pytest.mark.parametrize(
    "name", ["05_narrative.html", "02_validate.html", "statements/unit-D02.html"]
)
def test_the_keyboard_reaches_everything_in_order(browser, demo_run, name):
    with opened(browser, demo_run / name, NARROW) as (page, _):
        count = page.evaluate(_LISTEN)
        for _ in range(count):
            page.keyboard.press("Tab")
        reached = page.evaluate("window.reached")
        assert [place for place, _, _ in reached] == list(range(count))
        assert [html for _, visible, html in reached if not visible] == []


def test_the_skip_link_leads_to_the_content(browser, demo_run):
    with opened(browser, demo_run / "index.html") as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#main"


# ---- print -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["index.html", "02_validate.html", "04_score.html", "statements/unit-D02.html"]
)
def test_a_page_prints_whole_tables_with_headers_on_each_sheet(browser, demo_run, name):
    with opened(browser, demo_run / name) as (page, troubles):
        assert lost(page) == []
        page.emulate_media(media="print")
        open_folds(page)
        assert misfits(page, A4_TEXT) == []
        assert troubles == []


# ---- the public edition ------------------------------------------------------------------


def test_the_public_pages_open_quietly_fit_and_print(browser, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    make_key(tmp_path / "key")
    run_folder = run(
        month="2024-10",
        raw=Path("data/demo"),
        out=tmp_path / "runs",
        edition="public",
        pseudonym_key=tmp_path / "key",
    )
    pages = pages_of(run_folder)
    assert len(pages) > 3
    for path in pages:
        with opened(browser, path) as (page, troubles):
            assert [*misfits(page, WIDE), *misfits(page, NARROW), *troubles] == []
            found = Axe().run(page, options={"resultTypes": ["violations"]}).response
            assert [one["id"] for one in found["violations"] if one["impact"] in GRAVE] == []
            page.emulate_media(media="print")
            assert misfits(page, A4_TEXT) == []
