"""Settlement: caps, floors, reach of deductions, voids and redistribution, each an entry."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.scoring.settle import CAP, CARRY, FLOOR, RESCALE, VOID, settle

RUBRIC = load_rubric(Path("params/rubrics/2024.yaml"))


def settled(kind, points, voids=(), rescaled=(), rubric=RUBRIC):
    section = rubric.section(kind)
    leaves = {n: np.array([round(points.get(n, 0) * 10000)]) for n in section.clauses}
    flag = np.array([True])
    return settle(section, leaves, dict.fromkeys(voids, flag), dict.fromkeys(rescaled, flag))


def entries(result):
    return [(a.clause, a.rule, int(a.points[0])) for a in result.adjustments]


def test_an_item_is_capped():
    # special: 3 × 4 crimes + 2 major = 14, at most 12
    result = settled("unit", {"unit.special.crime": 12, "unit.special.major": 2})
    assert result.points["unit.special"][0] == 120000
    assert entries(result) == [("unit.special", CAP, -20000)]


def test_a_deduction_stops_at_zero_of_what_it_reaches():
    # records 0.4 − 2 → 0, while automonitor keeps its 1
    result = settled(
        "unit",
        {
            "unit.digital.records.entry_ratio": 0.4,
            "unit.digital.records.quality_forms": -2,
            "unit.digital.automonitor.transmission": 1,
        },
    )
    assert result.points["unit.digital.records"][0] == 0
    assert result.points["unit.digital"][0] == 10000
    assert entries(result) == [("unit.digital.records", FLOOR, 16000)]


def test_discipline_reaches_the_air_leaf_only():
    result = settled(
        "officer",
        {"officer.combat.air": 8, "officer.combat.discipline": -10, "officer.combat.contest": 2},
    )
    assert result.points["officer.combat"][0] == 20000
    assert entries(result) == [("officer.combat", FLOOR, 20000)]


def test_fatal_defects_reach_all_of_cases():
    result = settled(
        "officer",
        {"officer.cases.files.fatal": -1, "officer.cases.key_fields": 2.5},
    )
    assert result.points["officer.cases.files"][0] == 0
    assert result.points["officer.cases"][0] == 15000
    assert entries(result) == [
        ("officer.cases.files", CARRY, 10000),
        ("officer.cases", CARRY, -10000),
    ]


def test_fatal_defects_reach_the_files_under_the_other_reading():
    rubric = load_rubric(Path("params/rubrics/2024.yaml"), {"fatal_reach": "files"})
    points = {"officer.cases.files.fatal": -1, "officer.cases.key_fields": 2.5}
    result = settled("officer", points, rubric=rubric)
    assert result.points["officer.cases"][0] == 25000


def test_review_nets_before_it_is_clamped():
    points = {"unit.review.base": 22, "unit.review.excellent": 10, "unit.review.notice": -5}
    assert settled("unit", points).points["unit.review"][0] == 270000
    rubric = load_rubric(Path("params/rubrics/2024.yaml"), {"review_clamp": "cap_first"})
    assert settled("unit", points, rubric=rubric).points["unit.review"][0] == 220000


def test_a_void_leaves_nothing_for_a_bonus_to_revive():
    points = {"unit.review.base": 20, "unit.review.excellent": 5}
    result = settled("unit", points, voids=["unit.review"])
    assert result.points["unit.review"][0] == 0
    assert ("unit.review", VOID, -250000) in entries(result)


def test_redistribution_rounds_half_up_once():
    # 50 × 100/97 = 51.54639…
    points = {
        "unit.review.base": 22,
        "unit.air.onsite": 20,
        "unit.team.awards.honours": 2,
        "unit.team.awards.commendation": 2,
        "unit.typical.publication": 2,
        "unit.typical.category": 2,
    }
    result = settled("unit", points, rescaled=["unit.digital.offsite.lead_handling"])
    assert int(result.base[0]) == 515464
    assert ("unit.redistribution", RESCALE, 15464) in entries(result)


def test_bonuses_are_added_after_the_rescaling():
    points = {
        "unit.review.base": 9.7,
        "unit.digital.integration": 1,
        "unit.achievement.collective": 0.5,
    }
    result = settled("unit", points, rescaled=["unit.digital.offsite.lead_handling"])
    assert (int(result.base[0]), int(result.bonus[0])) == (100000, 15000)
    assert int(result.points["unit"][0]) == 115000
    assert int(result.points["unit.digital"][0]) == 0


@pytest.mark.parametrize("kind", ["unit", "officer"])
@given(data=st.data())
def test_entries_add_up_and_items_stay_within_bounds(kind, data):
    section = RUBRIC.section(kind)
    leaves = {}
    for name, clause in section.clauses.items():
        top = clause.max if clause.max is not None else (-300000 if clause.deducts else 300000)
        low, high = sorted((0, top))
        leaves[name] = np.array([data.draw(st.integers(low, high))])
    voids = {
        c.voids: np.array([data.draw(st.booleans())])
        for c in section.clauses.values()
        if c.rule == "void"
    }
    result = settle(section, leaves, voids, {})
    for name, item in section.items.items():
        inside = [
            n
            for n in leaves
            if n.startswith(f"{name}.") and (item.bonus or not section.nodes[n].bonus)
        ]
        if name == kind:
            inside = list(leaves)
        adjusted = sum(
            int(a.points[0])
            for a in result.adjustments
            if a.clause == name or a.clause.startswith(f"{name}.")
        )
        assert sum(int(leaves[n][0]) for n in inside) + adjusted == int(result.points[name][0])
        if name != kind:
            assert 0 <= int(result.points[name][0]) <= item.max
