"""口径试算 in the browser: what it computes is what the certificates are made of."""

import json
import random
from types import SimpleNamespace

import pytest

from dalian_eval.outputs.csv_files import write_table
from dalian_eval.report.certificates.certificate_view import load_certified
from dalian_eval.report.certificates.readings_page import readings_html
from dalian_eval.rubric.numbers import four_decimals
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.sensitivity.certify import certificate_frames
from dalian_eval.sensitivity.embedded import FILE as CERTIFICATE
from dalian_eval.sensitivity.embedded import to_json
from dalian_eval.sensitivity.space import ranks
from tests.browser.opened import NARROW, misfits, open_folds, opened
from tests.sensitivity.counties import FILE, certificates, tables

_RANKING = """kind => [...document.querySelectorAll(`#now-${kind} tr`)].map(
  line => [line.dataset.candidate, line.cells[0].textContent, line.cells[2].textContent])"""


@pytest.fixture(scope="module")
def made():
    return certificates(tables(3, 1))


@pytest.fixture(scope="module")
def page_file(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("readings")
    rubric = load_rubric(FILE)
    for name, frame in certificate_frames(list(made.values())).items():
        write_table(name, frame, folder)
    told = json.dumps(to_json(list(made.values()), rubric), ensure_ascii=False)
    (folder / CERTIFICATE).write_text(told, encoding="utf-8")
    view = SimpleNamespace(
        meta={"month": "2024-10", "rubric": {"title": "细则"}},
        as_of="2024-10-31",
        link=lambda kind, candidate: f"statements/{kind}-{candidate}.html",
    )
    file = folder / "readings.html"
    file.write_text(readings_html(view, load_certified(folder, rubric)), encoding="utf-8")
    return file


def expected(certificate, chosen):
    space, ids = certificate.space, certificate.candidates.ids
    totals, vetoed = space.under({n: o for n, o in chosen.items() if n in space.options})
    place = ranks(totals[None], vetoed[None])[0]
    order = sorted(range(len(ids)), key=lambda i: (place[i] or 10**9, -totals[i], i))
    return [
        [
            ids[i],
            str(place[i]) if place[i] else "否决",
            four_decimals(int(totals[i])).replace("-", "−"),
        ]
        for i in order
    ]


def options_of(made):
    return {n: o for certificate in made.values() for n, o in certificate.space.options.items()}


def test_any_combination_chosen_or_sent_gives_the_order_of_the_files(made, page_file, browser):
    options, chance = options_of(made), random.Random(7)
    with opened(browser, page_file) as (page, troubles):
        open_folds(page)
        for _ in range(8):
            chosen = {name: chance.choice(some) for name, some in options.items()}
            for name, option in chosen.items():
                page.check(f'input[name="r-{name}"][value="{options[name].index(option)}"]')
            for kind, certificate in made.items():
                assert page.evaluate(_RANKING, kind) == expected(certificate, chosen)
            address = page.input_value("#link")
            changed = [f"{n}={o}" for n, o in chosen.items() if o != options[n][0]]
            assert sorted(address[1:].split("&")) == sorted(changed)
            page.click("#reset")
            assert page.inner_text("#chosen") == "现在显示的是本次口径的结果。"
            for kind, certificate in made.items():
                assert page.evaluate(_RANKING, kind) == expected(certificate, {})
            page.evaluate("a => { location.hash = a; }", address)
            page.wait_for_function(
                "n => document.querySelector('#chosen').className === n",
                arg="deviates" if changed else "",
            )
            for kind, certificate in made.items():
                assert page.evaluate(_RANKING, kind) == expected(certificate, chosen)
        assert troubles == []


def test_the_keyboard_chooses_and_a_phone_shows_it(made, page_file, browser):
    options = options_of(made)
    with opened(browser, page_file, NARROW) as (page, troubles):
        open_folds(page)
        page.focus('input[name="r-monthly_award"][value="0"]')
        page.keyboard.press("ArrowDown")
        chosen = {"monthly_award": options["monthly_award"][1]}
        assert page.inner_text("#chosen").startswith("以下不是本次口径的结果")
        for kind, certificate in made.items():
            assert page.evaluate(_RANKING, kind) == expected(certificate, chosen)
        assert misfits(page, NARROW) == []
        assert troubles == []


def test_a_pinned_pair_says_what_turns_it_round(made, page_file, browser):
    certificate = made["officer"]
    a, b = certificate.neighbours[0]
    ids = certificate.candidates.ids
    with opened(browser, page_file) as (page, troubles):
        page.select_option("#pin-a", f"officer/{ids[a]}")
        page.select_option("#pin-b", f"officer/{ids[b]}")
        told = page.inner_text("#pinned")
        space = certificate.space
        margin = int(certificate.totals[a] - certificate.totals[b])
        turns = False
        for name, some in space.options.items():
            for option in some[1:]:
                totals, _ = space.under({name: option})
                other = int(totals[a] - totals[b])
                turns |= (other > 0) != (margin > 0) or (other == 0) != (margin == 0)
        assert ("先后就不同" in told) == turns
        page.select_option(
            "#pin-b",
            page.eval_on_selector(
                "#pin-b",
                """
            box => [...box.options].find(o => o.value.startsWith('unit/')).value""",
            ),
        )
        assert "不能相比" in page.inner_text("#pinned")
        assert troubles == []


def test_an_address_with_unknown_readings_is_told_and_print_is_the_certificate(
    made, page_file, browser
):
    with opened(browser, page_file) as (page, _):
        page.evaluate("() => { location.hash = '#nothing=x&monthly_award=<b>'; }")
        page.wait_for_function("() => document.querySelector('#unknown').textContent !== ''")
        assert "nothing=x" in page.inner_text("#unknown")
        for broken in ("#%E0%A4%A", "#toString=x", "#monthly_award"):
            page.evaluate("a => { location.hash = a; }", broken)
            page.wait_for_function(
                "part => document.querySelector('#unknown').textContent.includes(part)",
                arg=broken[1:],
            )
            assert page.inner_text("#chosen") == "现在显示的是本次口径的结果。"
        page.emulate_media(media="print")
        assert not page.is_visible("#trial")
        assert page.is_visible("#held")


def test_without_script_the_certificate_stands_there(made, page_file, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    text = page.content()
    context.close()
    assert 'id="trial" hidden' in text
    held = text[text.index('id="held"') :]
    for certificate in made.values():
        for candidate in certificate.candidates.ids:
            assert f"<small>{candidate}</small>" in held


def test_what_moves_nothing_is_folded_away(made, page_file, browser):
    acting = {
        name for one in made.values() for part in one.space.parts for name in part.table.readings
    }
    with opened(browser, page_file) as (page, troubles):
        radios = page.eval_on_selector_all(
            'input[type="radio"]',
            "all => all.map(r => [r.name.slice(2), Boolean(r.closest('details'))])",
        )
        folded = dict(radios)
        assert {name for name, is_folded in folded.items() if not is_folded} == acting
        assert acting < set(folded)
        for name in set(folded) - acting:
            for one in made.values():
                for option in one.space.options.get(name, ())[1:]:
                    totals, _ = one.space.under({name: option})
                    assert totals.tolist() == one.totals.tolist()
        moving = next(n for n in folded if n in acting)
        note = page.inner_text(f'fieldset:has(input[name="r-{moving}"]) .note')
        assert "单独改用" in note
        assert troubles == []


def test_the_link_is_copied_and_says_so(page_file, browser):
    with opened(browser, page_file) as (page, troubles):
        page.check('input[name="r-monthly_award"][value="1"]')
        page.focus("#copy")
        page.keyboard.press("Enter")
        assert page.inner_text("#copied") == "已复制"
        page.check('input[name="r-monthly_award"][value="0"]')
        assert page.inner_text("#copied") == ""
        assert troubles == []
