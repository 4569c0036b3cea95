"""查找 where there is much to find: what belongs to a unit stands apart, nothing is lost."""

import re

import pytest

from dalian_eval.report.door.record_pages import RecordPages
from dalian_eval.report.search import hits, search_page
from tests.report.conftest import HOSTILE
from tests.report.pages import parse


def found(html: str) -> list[str]:
    """The texts of the list, in order."""
    return re.findall(r"<li[^>]*><a [^>]*>(.*?)</a><small>", html)


def written(view, cleaned, folder) -> dict[str, str]:
    search_page.write_search(RecordPages(view, cleaned, folder))
    pages = sorted(folder.rglob("search*.html"))
    return {page.relative_to(folder).as_posix(): page.read_text("utf-8") for page in pages}


def test_units_stand_apart_where_there_is_much(view, cleaned, tmp_path, monkeypatch):
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    whole = written(view, cleaned, tmp_path / "one")
    assert list(whole) == ["search.html"]
    monkeypatch.setattr(search_page, "MOST", 10)
    parts = written(view, cleaned, tmp_path / "many")
    assert sorted(t for html in parts.values() for t in found(html)) == sorted(
        found(whole["search.html"])
    )
    links = parse(parts["search.html"]).values("href")
    for name in parts:
        assert name == "search.html" or name in links
    own = parts["statements/search-D01.html"]
    assert "东片执法局 D01" in found(own)
    assert "../statements/unit-D01.html" in parse(own).values("href")


def test_too_many_records_are_left_out_and_that_is_said(view, cleaned, tmp_path, monkeypatch):
    monkeypatch.setattr(hits, "MOST_RECORDS", 3)
    html = written(view, cleaned, tmp_path)["search.html"]
    assert "东片执法局 D01" in found(html)
    assert 'data-n="' not in html
    assert "没有逐条编入" in html


@pytest.mark.parametrize(
    ("first", "last", "shared"),
    [("JC001", "JC019", "JC0"), ("A", "B", ""), ("JC1", "JC12", "JC1"), ("", "", "")],
)
def test_what_numbers_begin_with(first, last, shared):
    assert hits._shared(first, last) == shared


def test_names_are_text(hostile, cleaned, tmp_path):
    html = written(hostile, cleaned, tmp_path)["search.html"]
    assert "<script>alert" not in html
    assert HOSTILE in parse(html).text
