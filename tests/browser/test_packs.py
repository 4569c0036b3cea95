"""The self-assessment packs in a real browser, of the demo county and of the hostile one."""

import zipfile

import pytest

from dalian_eval.jobs.unit_packs import pack
from tests.browser.opened import A4_TEXT, NARROW, WIDE, misfits, opened
from tests.report.pages import parse


@pytest.mark.parametrize("county", ["demo_run", "hostile_run"])
def test_a_pack_opens_quietly_fits_and_prints(browser, county, request, tmp_path):
    run = request.getfixturevalue(county)
    told: list[str] = []
    (made,) = pack(str(run), unit="D02", to=tmp_path, tell=told.append)
    assert told[0].isprintable()
    with zipfile.ZipFile(made) as file:
        file.extractall(tmp_path)
    for path in sorted(tmp_path.rglob("*.html")):
        page = parse(path.read_text("utf-8"))
        assert len(page.scripts) == 1
        assert page.values("onerror") == page.values("src") == []
        assert not any(a.lower().startswith(("javascript:", "http")) for a in page.values("href"))
    with opened(browser, tmp_path / "index.html") as (page, troubles):
        assert [*misfits(page, WIDE), *misfits(page, NARROW), *troubles] == []
        page.emulate_media(media="print")
        assert misfits(page, A4_TEXT) == []
