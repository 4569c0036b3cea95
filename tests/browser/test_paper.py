"""The record on paper, read from the PDF: heads and feet, sizes, what stays with what."""

import re

import pytest

from dalian_eval.base.csvfile import read_csv
from tests.browser.opened import opened
from tests.browser.printed import pattern, plain, sheets

PAGES = [
    "index.html",
    "statements/unit-D02.html",
    "statements/officer-06120002.html",
    "prereview.html",
    "effectiveness.html",
    "todo.html",
    "merit.html",
    "sheets/index.html",
    "sheets/s4.html",
    "readings.html",
    "compare.html",
    "05_narrative.html",
    "03_metrics.html",
    "04_score.html",
    "06_campaign.html",
]

SMALLEST = 8 * 4 / 3
"""8 points in pixels."""

_SMALL = """least => {
  const wrong = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const box = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !box.checkVisibility() || box.closest('script, style'))
      continue;
    const size = parseFloat(getComputedStyle(box).fontSize);
    if (size < least - 0.01) wrong.add(size + 'px ' + box.outerHTML.slice(0, 90));
  }
  return [...wrong].slice(0, 10);
}"""

_MARKS = """() => [...document.querySelectorAll('p, li, td, th, h1, h2, h3, dd, caption')]
  .filter(e => e.checkVisibility())
  .map(e => e.innerText.trim()).filter(t => /[·、，；：|]$/.test(t) && t.length > 1
    && !t.endsWith('：')).slice(0, 10)"""


@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_has_heads_and_feet_and_nothing_small_or_dangling(browser, demo_run, name):
    with opened(browser, demo_run / name) as (page, troubles):
        title = pattern(plain(page.title())[:40])
        number = pattern(plain(f"记录编号{demo_run.name}"))
        texts, _ = sheets(page)
        for at, text in enumerate(texts, start=1):
            assert pattern(f"第{at}页共{len(texts)}页").search(text), at
            assert title.search(text), at
            assert number.search(text), at
        page.emulate_media(media="print")
        assert page.evaluate(_SMALL, SMALLEST) == []
        assert page.evaluate(_MARKS) == []
        assert troubles == []


def test_no_entry_is_printed_without_the_head_of_its_clause_before_it(browser, demo_run):
    """A clause's head and its first entry stand on one sheet."""
    with opened(browser, demo_run / "statements/unit-D02.html") as (page, _):
        texts, _ = sheets(page)
        heads = page.evaluate(
            "() => [...document.querySelectorAll('tbody.clause[id]')].map(b => ["
            "b.querySelector('th').textContent, b.querySelector('.why').textContent])"
        )
    assert len(heads) > 30
    apart = []
    for head, entry in heads:
        first, last = (pattern(plain(text)[:60]) for text in (head, entry))
        if not any(first.search(text) and last.search(text) for text in texts):
            apart.append((head[:40], entry[:40]))
    assert apart == []


def test_the_prereview_begins_with_what_is_risky(browser, demo_run):
    rows = read_csv(demo_run / "prereview.csv").query("status == '有风险' and case != ''")
    risks = rows.groupby("case").size().to_dict()
    with opened(browser, demo_run / "prereview.html") as (page, _):
        order = page.locator("section.file h2").all_inner_texts()
        first = page.locator("section.file").first
        assert first.locator("td.part").first.inner_text() == "资料已显出的风险"
        told = first.locator("tbody").first.locator(".chip").all_inner_texts()
    counts = [risks.get(case, 0) for case in order]
    assert counts == sorted(counts, reverse=True)
    assert told == ["有风险"] * counts[0]
    assert counts[0] > 0


def test_five_activities_stand_as_a_matrix(browser, demo_run):
    rows = read_csv(demo_run / "activities.csv").query("period != ''")
    kinds = list(dict.fromkeys(rows["kind"]))
    assert len(kinds) == 5
    with opened(browser, demo_run / "06_campaign.html") as (page, _):
        table = page.locator(
            "table", has=page.locator("caption", has_text="五个一：各单位完成情况")
        )
        heads = [re.sub(r"\s", "", h) for h in table.locator("thead th").all_inner_texts()]
        assert heads[:7] == ["单位编码", "单位", *kinds]
        assert table.locator("tbody tr").count() == rows["unit"].nunique()
        assert table.locator("tbody a").count() == 2 * rows["unit"].nunique()
