"""Very many candidates: the door leads by the tree of units to pages that list everybody."""

from dataclasses import replace

import pytest

from dalian_eval.report.door import unit_tree
from dalian_eval.report.door.door_page import index_html
from dalian_eval.report.door.unit_tree import group_pages, unit_groups
from tests.report.pages import assert_sound


def many(view, parents=None):
    """The run as if not every officer had a statement, its units below those of `parents`."""
    meta = {**view.meta, "params": {"statements": 4}, "parents": parents or {}}
    return replace(view, meta=meta)


def everybody(groups):
    return [
        (part.kind, str(who))
        for group in groups
        for part in group.kinds
        for who in part.rows["candidate"]
    ]


def known(view):
    return sorted(zip(view.scores["kind"], view.scores["candidate"], strict=True))


def test_a_small_run_has_no_groups(view):
    assert unit_groups(view) == []
    assert 'id="tree"' not in index_html(view)


def test_a_group_is_what_stands_below_a_unit_of_the_first_level_that_parts(view):
    units = sorted(view.candidates("unit")["candidate"])
    cities = {units[0]: "A1", units[1]: "A1", **dict.fromkeys(units[2:], "A2")}
    officers = set(view.candidates("officer")["unit"]) - set(units)
    parents = {**cities, **dict.fromkeys(officers - {""}, units[0]), "A1": "P", "A2": "P"}
    groups = unit_groups(many(view, parents))
    heads = [group.file for group in groups if group.name != "未任职的人员"]
    assert heads == ["statements/group-A1.html", "statements/group-A2.html"]
    assert set(groups[0].kinds[0].rows["candidate"]) == set(units[:2])
    assert sorted(everybody(groups)) == known(view)


def test_very_many_units_are_grouped_by_code(view, monkeypatch):
    monkeypatch.setattr(unit_tree, "_MOST_GROUPS", 2)
    monkeypatch.setattr(unit_tree, "_BY_CODE", 3)
    groups = unit_groups(many(view))
    assert groups[0].name.startswith("单位编码")
    assert sorted(everybody(groups)) == known(view)
    assert len({group.file for group in groups}) == len(groups)


def test_door_and_group_pages_lead_to_each_other(view):
    large = many(view)
    door = assert_sound(index_html(large))
    files = {group.file for group in unit_groups(large)}
    assert files <= set(door.values("href"))
    names = set(view.scores["name"])
    for file, html in group_pages(large, unit_groups(large)):
        assert file in files
        page = assert_sound(html)
        assert "../index.html" in page.values("href")
        names -= {name for name in names if name in page.text}
    assert not names


@pytest.mark.parametrize(
    ("codes", "ordered"), [(["D10", "D9", "D9Z", "D"], ["D", "D9", "D9Z", "D10"])]
)
def test_codes_stand_in_the_order_of_their_numbers(codes, ordered):
    assert sorted(codes, key=unit_tree._in_order) == ordered
