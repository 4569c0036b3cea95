"""并排比较 in a real browser: by link and by fields, wrong links, hostile names, no script."""

import re
from itertools import combinations

import pytest
from axe_playwright_python.sync_playwright import Axe

from dalian_eval.base.csvfile import read_csv
from dalian_eval.report.base.file_names import COMPARE, compare_link
from dalian_eval.report.base.points import points_text_of_column, with_sign
from tests.browser.opened import NARROW, WIDE, misfits, open_folds, opened
from tests.browser.printed import pattern, plain, sheets
from tests.browser.test_pages import GRAVE
from tests.report.pages import parse

HEAVIEST = 60_000


def listed(run, kind):
    """Return code and name of all candidates of a kind, by rank, the vetoed last."""
    rows = read_csv(run / "scores.csv").query("kind == @kind")
    rows = rows.assign(place=rows["rank"].replace("", "9999").astype(int))
    rows = rows.sort_values(["place", "candidate"])
    return list(rows[["candidate", "name"]].itertuples(index=False, name=None))


def go(page, run, kind, *codes):
    page.goto(f"{run.as_uri()}/{compare_link(kind, *codes)}")
    page.locator("#tables table").first.wait_for()


def points_of(run, *codes):
    """Return clause → the points of each, in ten-thousandths."""
    rows = read_csv(run / "clauses.csv")
    found = {(r.candidate, r.clause): int(r.points.replace(".", "")) for r in rows.itertuples()}
    names = rows.loc[rows["candidate"] == codes[0], "clause"]
    return {name: [found[code, name] for code in codes] for name in names}


def rows_shown(page):
    """Return of each row of the differences: anchor, points, differences, whether a part."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.differ tbody tr')].map(r => ({
          anchor: (r.querySelector('.why a').getAttribute('href') + '#').split('#')[1],
          points: [...r.querySelectorAll('.pair b')].map(b => b.textContent),
          gaps: [...r.querySelectorAll('.pair i')].map(i => i.textContent),
          part: r.className === 'part', title: r.cells[0].firstChild.textContent}))"""
    )


def number(text):
    return int(text.replace("−", "-").replace("+", "").replace(".", ""))


@pytest.mark.parametrize(("kind", "count"), [("unit", 2), ("unit", 4), ("officer", 3)])
def test_a_link_shows_exact_points_largest_difference_first(browser, demo_run, kind, count):
    codes = [code for code, _ in listed(demo_run, kind)][:count]
    points = points_of(demo_run, *codes)
    with opened(browser, demo_run / COMPARE) as (page, troubles):
        go(page, demo_run, kind, *codes)
        shown = rows_shown(page)
        assert page.locator("#tables thead").first.locator("th").count() == count + 1
        spreads: dict[bool, list[int]] = {True: [], False: []}
        four = all(len(p.partition(".")[2]) == 4 for r in shown for p in r["points"])
        for row in shown:
            values = list(map(number, row["points"]))
            if not four:
                values = [100 * v for v in values]
            if not row["title"].endswith("的结算"):
                assert values == points[row["anchor"]], row
            assert row["points"] == [points_text_of_column(v, four) for v in values]
            assert row["gaps"] == ["", *(with_sign(v - values[0], four) for v in values[1:])]
            if row["part"]:
                spreads[False] = []
            spreads[row["part"]].append(max(values) - min(values))
            assert spreads[row["part"]] == sorted(spreads[row["part"]], reverse=True)
        # What differs is shown, what is the same is folded.
        leaves = {r["anchor"] for r in shown}
        differing = {name for name, values in points.items() if len(set(values)) > 1}
        titles = page.locator("details summary").inner_text()
        assert re.fullmatch(r"\d+条相同", titles)
        assert leaves >= {n for n in differing if not any(o.startswith(f"{n}.") for o in points)}
        assert troubles == []


def test_every_two_units_are_told_exactly(browser, demo_run):
    units = listed(demo_run, "unit")
    totals = read_csv(demo_run / "scores.csv").set_index("candidate")["total"]
    with opened(browser, demo_run / COMPARE) as (page, _):
        for (a, name_a), (b, name_b) in combinations(units, 2):
            go(page, demo_run, "unit", a, b)
            page.locator("#told", has_text=name_b).wait_for()
            gap = number(totals[b]) - number(totals[a])
            said = points_text_of_column(abs(gap), gap % 100 != 0)
            word = "多" if gap > 0 else "少"
            assert f"{name_b}比{name_a}{word}{said}分" in page.text_content("#told")


def test_links_lead_to_the_clause_in_each_statement(browser, demo_run):
    (a, _), (b, _) = listed(demo_run, "officer")[:2]
    with opened(browser, demo_run / COMPARE) as (page, _):
        go(page, demo_run, "officer", a, b)
        links = page.locator("#tables a").evaluate_all(
            "all => all.map(a => a.getAttribute('href'))"
        )
        assert len(links) > 40
        ids = {}
        for link in links:
            file, _, anchor = link.partition("#")
            if file not in ids:
                ids[file] = set(parse((demo_run / file).read_text("utf-8")).values("id"))
            assert not anchor or anchor in ids[file], link
        assert len(ids) == 2


def test_chosen_by_fields_and_the_address_follows(browser, demo_run):
    units = listed(demo_run, "unit")
    with opened(browser, demo_run / COMPARE) as (page, troubles):
        page.locator("#everyone option").first.wait_for(state="attached")
        page.focus("#side-1")
        page.keyboard.type(units[0][1])
        page.keyboard.press("Tab")
        page.locator("#problem", has_text="再选一个").wait_for()
        page.keyboard.type(units[1][0])
        page.keyboard.press("Tab")
        page.locator("#tables table").first.wait_for()
        assert page.url.endswith(compare_link("unit", units[0][0], units[1][0]))
        assert page.url.endswith(f"/{page.get_attribute('#address a', 'href')}")
        page.fill("#side-3", "没有的人")
        page.press("#side-3", "Tab")
        page.locator("#problem", has_text="集体名单里没有“没有的人”。").wait_for()
        assert page.get_attribute("#side-3", "aria-invalid") == "true"
        page.fill("#side-3", units[1][0])
        page.press("#side-3", "Tab")
        page.locator("#problem", has_text="重复").wait_for()
        page.select_option("#list", "officer")
        page.locator("#tables table").first.wait_for(state="detached")
        assert page.input_value("#side-1") == ""
        page.goto(f"{page.url.partition('#')[0]}#main")
        assert troubles == []


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("#nobody/D01/D02", "链接里没有写对是哪个名单"),
        ("#unit/D01/<img src=x onerror=alert(1)>", "没有“<img src=x onerror=alert(1)>”"),
        ("#unit/D01/%E0%A4", "没有“%E0%A4”"),
        ("#unit/D01", "请选两个以上的对象。"),
        ("#unit/D01/D02/D01", "“D01”重复，只列一次。"),
        ("#unit/__proto__/constructor", "没有“constructor”"),
        ("#constructor/D01/D02", "链接里没有写对是哪个名单"),
    ],
)
def test_a_wrong_link_gives_a_sentence(browser, demo_run, fragment, said):
    with opened(browser, demo_run / COMPARE) as (page, troubles):
        page.goto(f"{(demo_run / COMPARE).as_uri()}{fragment}")
        page.locator("#problem", has_text=said).wait_for()
        assert troubles == []


def test_more_than_four_and_missing_data_are_said(browser, demo_run, tmp_path):
    codes = [code for code, _ in listed(demo_run, "officer")][:5]
    with opened(browser, demo_run / COMPARE) as (page, _):
        go(page, demo_run, "officer", *codes)
        assert f"最多并排4个，“{codes[4]}”没有列入" in page.text_content("#problem")
    alone = tmp_path / COMPARE
    alone.write_bytes((demo_run / COMPARE).read_bytes())
    assert alone.stat().st_size <= HEAVIEST
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(alone.as_uri())
    page.locator("#problem", has_text="没有读到数据文件 compare/unit.js").wait_for()
    context.close()


def test_four_fit_every_width_pass_axe_and_print_whole(browser, demo_run):
    four = listed(demo_run, "officer")[:4]
    codes = [code for code, _ in four]
    with opened(browser, demo_run / COMPARE) as (page, troubles):
        go(page, demo_run, "officer", *codes)
        open_folds(page)
        assert misfits(page, NARROW) == []
        assert misfits(page, WIDE) == []
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in GRAVE] == []
        wanted = page.locator("#tables tbody th").evaluate_all(
            "all => all.map(th => th.firstChild.textContent)"
        )
        texts, _ = sheets(page)
        printed = "".join(texts)
        for text in (*wanted, *(name for _, name in four), compare_link("officer", *codes)):
            assert pattern(plain(text)).search(printed), text
        assert troubles == []


def test_hostile_names_are_text(browser, hostile_run):
    units = listed(hostile_run, "unit")
    officers = listed(hostile_run, "officer")
    with opened(browser, hostile_run / COMPARE) as (page, troubles):
        for kind, some in (
            ("unit", units[:2]),
            ("officer", officers[:4]),
            ("officer", officers[4:8]),
        ):
            go(page, hostile_run, kind, *(code for code, _ in some))
            page.locator("#tables", has_text=some[0][0]).wait_for()
            open_folds(page)
            assert misfits(page, NARROW) == []
            assert misfits(page, WIDE) == []
            heads = (
                page.locator("#tables thead")
                .first.locator("a")
                .evaluate_all("all => all.map(a => a.textContent)")
            )
            assert heads == [name for _, name in some]
        assert page.locator("main img, main svg, main iframe, script[src]").count() == 0
        assert troubles == []


def test_without_script_it_says_so_and_links_to_the_accounts(browser, demo_run):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((demo_run / COMPARE).as_uri())
    assert "要浏览器允许本页运行脚本" in page.inner_text("#unscripted")
    assert not page.locator("#compare").is_visible()
    name = listed(demo_run, "unit")[0][1]
    page.get_by_role("link", name=name).first.click()
    assert "statements/unit-" in page.url
    context.close()


def test_from_a_statement_and_the_door_beside_the_neighbours(browser, demo_run):
    (first, _), (second, name), (third, other) = listed(demo_run, "officer")[:3]
    file = demo_run / "statements" / f"officer-{second}.html"
    with opened(browser, demo_run / COMPARE) as (page, _):
        page.goto(file.as_uri())
        page.get_by_role("link", name="并排比较").click()
        page.locator("#tables table").first.wait_for()
        assert page.url.endswith(compare_link("officer", second, first, third))
        assert name in page.inner_text("#tables thead >> nth=0")
        page.goto((demo_run / "index.html").as_uri())
        page.get_by_role("link", name="前三名并排比较").last.click()
        page.locator("#tables", has_text=other).wait_for()
        assert page.url.endswith(compare_link("officer", first, second, third))
