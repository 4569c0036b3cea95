"""No case twice: the dynamic programme against brute force on many small random officers."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.scoring.overlap import resolve, value_of
from dalian_eval.scoring.settle import settle

RUBRIC = load_rubric(Path("params/rubrics/2024.yaml"))
SECTION = RUBRIC.officer
CLAUSES = [c for ids in SECTION.exclusive.values() for c in ids]
INDICATOR = {c: name for name, ids in SECTION.exclusive.items() for c in ids}
FIELDS = ("第三方弄虚作假", "危险废物", "自动监测", "举报奖励")

case = st.fixed_dictionaries(
    {
        "police": st.sampled_from([0, 0, 20000, 60000]),
        "typical": st.sampled_from([0, 0, 20000, 40000]),
        "fields": st.sets(st.sampled_from(FIELDS), max_size=2),
        "new": st.booleans(),
        "platforms": st.booleans(),
    }
)


def contributions(cases):
    rows = {c: [] for c in CLAUSES}
    for number, facts in enumerate(cases):
        name = f"案{number}"
        if facts["police"]:
            rows["officer.cases.major.police"].append((name, name, facts["police"]))
        if facts["typical"]:
            rows["officer.cases.major.typical"].append((name, name, facts["typical"]))
        for field in sorted(facts["fields"]):
            rows["officer.cases.key_fields"].append((name, field, 25000))
        if facts["new"]:
            rows["officer.skill.equipment.new"].append((name, f"row{name}", 20000))
        if facts["platforms"]:
            rows["officer.skill.equipment.platforms"].append((name, f"row{name}", 20000))
    return {
        clause: pd.DataFrame(found, columns=["case", "label", "points"]).assign(candidate=0)
        for clause, found in rows.items()
    }


def total_of(fixed):
    def totals(who, points):
        leaves = {
            name: points.get(name, np.full(len(who), fixed.get(name, 0), dtype=np.int64))
            for name in SECTION.clauses
        }
        return settle(SECTION, leaves, {}, {}).points["officer"]

    return totals


def brute_force(cases, fixed):
    """The best (total, sum, points...) over every way to give each case to one indicator."""
    rows = {
        clause: list(zip(frame["case"], frame["label"], frame["points"], strict=True))
        for clause, frame in contributions(cases).items()
    }
    vectors = set()
    for choice in product(SECTION.exclusive, repeat=len(cases)):
        bags = {
            clause: {
                label: points
                for name, label, points in found
                if choice[int(name[1:])] == INDICATOR[clause]
            }
            for clause, found in rows.items()
        }
        vectors.add(tuple(value_of(SECTION.clauses[c], bags[c]) for c in CLAUSES))
    table = np.array(sorted(vectors), dtype=np.int64)
    points = {c: table[:, i] for i, c in enumerate(CLAUSES)}
    totals = total_of(fixed)(np.zeros(len(table), dtype=np.int64), points)
    return max(
        (int(total), sum(vector), vector)
        for total, vector in zip(totals, map(tuple, table.tolist()), strict=True)
    )


@settings(max_examples=1500, deadline=None)
@given(
    st.lists(case, min_size=1, max_size=5),
    st.sampled_from(
        [{}, {"officer.cases.files.fatal": -20000}, {"officer.cases.files.fatal": -80000}]
    ),
)
def test_the_assignment_is_the_optimum(cases, fixed):
    kept, found = resolve(SECTION, contributions(cases), "best_assignment", total_of(fixed))
    bags = {
        clause: dict(zip(frame["label"], frame["points"], strict=True))
        for clause, frame in kept.items()
    }
    vector = tuple(value_of(SECTION.clauses[c], bags[c]) for c in CLAUSES)
    points = {c: np.array([v], dtype=np.int64) for c, v in zip(CLAUSES, vector, strict=True)}
    total = int(total_of(fixed)(np.array([0]), points)[0])
    assert (total, sum(vector), vector) == brute_force(cases, fixed)
    for assignment in found:
        assert assignment.total == total


@given(st.lists(case, min_size=1, max_size=5))
def test_a_case_serves_one_indicator(cases):
    kept, _ = resolve(SECTION, contributions(cases), "best_assignment", total_of({}))
    served = {}
    for clause, frame in kept.items():
        for name in frame["case"]:
            served.setdefault(name, set()).add(INDICATOR[clause])
    assert all(len(indicators) == 1 for indicators in served.values())


def test_document_order_gives_each_case_to_the_first_indicator():
    facts = {"police": 60000, "typical": 0, "fields": {"危险废物"}, "new": True, "platforms": True}
    kept, found = resolve(SECTION, contributions([facts, facts]), "document_order", total_of({}))
    assert found[0].chosen == {"案0": "major", "案1": "major"}
    assert kept["officer.cases.key_fields"].empty
    assert kept["officer.skill.equipment.new"].empty
    assert found[0].total == 60000


def test_the_next_best_is_told():
    # One case: 6 points as 重大, 2.5 as 关键领域, 4 as 装备 (both clauses).
    facts = {"police": 60000, "typical": 0, "fields": {"危险废物"}, "new": True, "platforms": True}
    _, found = resolve(SECTION, contributions([facts]), "best_assignment", total_of({}))
    assert found[0].chosen == {"案0": "major"}
    assert (found[0].total, found[0].runner_up_total) == (60000, 40000)


def test_many_contested_cases_stay_tractable():
    facts = [
        {
            "police": 20000,
            "typical": 20000,
            "fields": {FIELDS[i % 4]},
            "new": True,
            "platforms": i % 2 == 0,
        }
        for i in range(60)
    ]
    _, found = resolve(SECTION, contributions(facts), "best_assignment", total_of({}))
    # all five clauses at their maxima: 6 + 4 + 5 + 2 + 2
    assert found[0].total == 190000


@pytest.mark.parametrize("how", ["best_assignment", "document_order"])
def test_nothing_contested_changes_nothing(how):
    facts = {"police": 60000, "typical": 0, "fields": set(), "new": False, "platforms": False}
    kept, found = resolve(SECTION, contributions([facts]), how, total_of({}))
    assert found == []
    assert len(kept["officer.cases.major.police"]) == 1
