"""The pages of the rules' author in a browser: the plan to sign, two plans compared."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from dalian_eval.report.workbench.difference_page import difference_html
from dalian_eval.report.workbench.plan_page import plan_html
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.workbench.plan_difference import plan_difference
from dalian_eval.workbench.plan_words import PlanWords, plan_words
from tests.browser.opened import NARROW, WIDE, misfits, opened
from tests.browser.printed import lost
from tests.conftest import ROOT

GRAVE = ("serious", "critical")


def words(path: str) -> PlanWords:
    return plan_words(ROOT / path, load_rubric(ROOT / path))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    ours = words("params/rubrics/2024.yaml")
    city = words("tests/rubric/another_city/rubrics/2025.yaml")
    made = {
        "plan": plan_html(ours),
        "city": plan_html(city),
        "difference": difference_html(plan_difference(ours, city)),
        "none": difference_html(plan_difference(ours, ours)),
    }
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.mark.parametrize("name", ["plan", "city", "difference", "none"])
def test_a_page_opens_quietly_fits_and_is_accessible(browser, pages, name):
    with opened(browser, pages[name]) as (page, troubles):
        assert [*misfits(page, WIDE), *misfits(page, NARROW), *troubles] == []
        found = Axe().run(page).response["violations"]
        assert [v["id"] for v in found if v["impact"] in GRAVE] == []


@pytest.mark.parametrize("name", ["plan", "difference"])
def test_on_paper_nothing_is_lost(browser, pages, name):
    with opened(browser, pages[name]) as (page, _):
        page.emulate_media(media="print")
        assert lost(page) == []


def test_the_plan_ends_with_its_signatures_on_one_sheet(browser, pages):
    with opened(browser, pages["plan"]) as (page, _):
        assert page.locator("#sign .sign div").all_inner_texts() == [
            "编写人\n日期",
            "复核人\n日期",
            "批准人（盖章）\n日期",
        ]
        assert page.locator("nav.jump a").count() == 5
