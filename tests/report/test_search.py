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


@pytest.mark.parametrize("most_candidates", [20_000, 10])
def test_units_stand_apart_where_there_is_much(
    view, cleaned, tmp_path, monkeypatch, most_candidates
):
    (tmp_path / "one").mkdir()
    (tmp_path / "many").mkdir()
    whole = written(view, cleaned, tmp_path / "one")
    assert list(whole) == ["search.html"]
    monkeypatch.setattr(search_page, "MOST", 10)
    monkeypatch.setattr(search_page, "MOST_CANDIDATES", most_candidates)
    parts = written(view, cleaned, tmp_path / "many")
    assert sorted(t for html in parts.values() for t in found(html)) == sorted(
        found(whole["search.html"])
    )
    links = parse(parts["search.html"]).values("href")
    for name in parts:
        assert name == "search.html" or name in links
    own = parts["statements/search-D01.html"]
    name = view.candidates("officer")["name"].iloc[0]
    everywhere = any(text.startswith(f"{name} ") for text in found(parts["search.html"]))
    assert everywhere == (most_candidates > 10), "who is typed into the field is found at once"
    assert ("东片执法局 D01" in found(own)) != everywhere
    assert "东片执法局 2024年3月" in found(own)
    assert "../statements/unit-D01.html#months" in parse(own).values("href")


def test_too_many_records_are_left_out_and_that_is_said(view, cleaned, tmp_path, monkeypatch):
    monkeypatch.setattr(hits, "MOST_RECORDS", 3)
    html = written(view, cleaned, tmp_path)["search.html"]
    assert "东片执法局 D01" in found(html)
    assert 'data-n="' not in html
    assert "案件等记录、检查记录超过" in html


def test_each_sort_of_records_is_left_out_by_itself(view, cleaned, tmp_path, monkeypatch):
    """The demo has some hundred cases and the like, and some thousand inspections."""
    monkeypatch.setattr(hits, "MOST_RECORDS", 1_000)
    html = written(view, cleaned, tmp_path)["search.html"]
    assert 'data-n="' not in html
    assert "示环罚〔2024〕9号" in found(html)
    assert "检查记录超过" in html
    assert "案件等记录" not in html


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
