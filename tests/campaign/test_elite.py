"""季度尖兵: points of a quarter, who is proposed, ties at the line, teams that are too small."""

import datetime as dt
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dalian_eval.campaign.elite import (
    BEHIND,
    NOMINATED,
    RUNNING,
    TEAM,
    TIED,
    TOO_FEW,
    VETOED,
    Contender,
    elite,
    half_up,
    nominate,
    quarter_points,
    take_back,
    teams,
)
from tests.campaign.frames import RULES, day, frame, units

CAP = "封顶冲减"


def entries(rows):
    columns = ["kind", "candidate", "clause", "month", "points", "rule"]
    return pd.DataFrame([("officer", *r) for r in rows], columns=columns)


def test_the_points_of_a_quarter_are_those_of_its_months():
    ledger = entries(
        [
            ("1", "a", "2024-03", 10, "按件计分"),
            ("1", "a", "2024-04", 20, "按件计分"),
            ("1", "b", "2024-06", -5, "按件计分"),
            ("1", "b", "", 100, "按比例折算"),
            ("1", "c", "", -100, CAP),
        ]
    )
    assert quarter_points(ledger, CAP) == {("1", "2024Q1"): 10, ("1", "2024Q2"): 15}


def test_a_cap_takes_from_the_latest_months_first():
    # A clause of at most 6 got 4 in March, 4 in April and 4 in July: 4, 2 and 0 count.
    ledger = entries([("1", "a", m, 4, "x") for m in ("2024-03", "2024-04", "2024-07")])
    ledger = pd.concat([ledger, entries([("1", "a", "", -6, CAP)])], ignore_index=True)
    assert quarter_points(ledger, CAP) == {
        ("1", "2024Q1"): 4,
        ("1", "2024Q2"): 2,
        ("1", "2024Q3"): 0,
    }


def test_a_capped_deduction_gives_back_the_latest_first():
    assert take_back({"2024-03": -3, "2024-04": -3}, 2) == {"2024-03": -3, "2024-04": -1}
    assert take_back({"2024-03": -3, "2024-04": 5}, 2) == {"2024-03": -1, "2024-04": 5}


def people(*points, vetoed=()):
    return [Contender(str(n), f"人{n}", "A", p, n in vetoed) for n, p in enumerate(points, start=1)]


def states(group, places):
    return [nominate(group, places)[p.officer][:2] for p in group]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (1, [(1, NOMINATED), (2, BEHIND), (2, BEHIND), (4, BEHIND)]),
        (2, [(1, NOMINATED), (2, TIED), (2, TIED), (4, BEHIND)]),
        (3, [(1, NOMINATED), (2, NOMINATED), (2, NOMINATED), (4, BEHIND)]),
        (9, [(1, NOMINATED), (2, NOMINATED), (2, NOMINATED), (4, NOMINATED)]),
    ],
)
def test_ties_below_at_and_above_the_line(places, expected):
    assert states(people(9, 5, 5, 1), places) == expected


def test_a_tie_across_the_line_names_everybody_and_the_places_left():
    told = nominate(people(9, 5, 5, 1), 2)["2"][2]
    assert "人2、人3并列" in told
    assert "余下的1个名额" in told


def test_nobody_is_proposed_for_nothing_and_the_vetoed_take_no_part():
    group = people(0, 7, -1, vetoed=(2,))
    assert states(group, 3) == [(1, BEHIND), (0, VETOED), (2, BEHIND)]
    assert nominate(group, 3)["1"][2].endswith("没有得分，不推荐")


def test_a_team_is_the_mean_of_its_best_and_one_too_few_is_none():
    group = [
        *(Contender(f"a{n}", f"a{n}", "A", p, False) for n, p in enumerate((9, 8, 8, 8, 1))),
        *(Contender(f"b{n}", f"b{n}", "B", p, False) for n, p in enumerate((10, 8, 7))),
        *(Contender(f"c{n}", f"c{n}", "C", p, n == 0) for n, p in enumerate((99, 1, 1))),
    ]
    names = {"A": "甲局", "B": "乙局", "C": "丙局"}
    a, b, c = teams(group, names, 3)
    assert (a["status"], a["rank"], a["points"], a["members"]) == (TEAM, 1, 8, "a0 a1 a2")
    assert "与乙局并列" in a["reason"]
    assert "第3人有3人同分（a1、a2、a3）" in a["reason"]
    assert (b["rank"], b["points"]) == (1, 8)
    assert (c["status"], c["reason"]) == (TOO_FEW, "能参评的只有2人，不足3人，不成队")


def run(as_of: str, ledger: pd.DataFrame) -> pd.DataFrame:
    scores = pd.DataFrame(
        {
            "kind": ["officer", "officer", "unit", "unit"],
            "candidate": ["1", "2", "A", "B"],
            "name": ["人1", "人2", "甲局", "乙局"],
            "vetoed": [False, False, False, False],
            "status": ["open", "scored", "scored", "scored"],
        }
    )
    postings = [
        {"officer_id": "1", "unit_id": "A1", "start": day("2023-01-01"), "end": day("2024-08-31")},
        {"officer_id": "1", "unit_id": "B", "start": day("2024-09-01")},
        {"officer_id": "2", "unit_id": "K", "start": day("2023-01-01")},
    ]
    tables = {"units": units(), "postings": frame("postings", postings)}
    months = [m for m in ("2024-07", "2024-08", "2024-09", "2024-10") if m <= as_of[:7]]
    rules = RULES.model_copy(update={"team": 1, "nominations": 1})
    return elite(scores, ledger, tables, months, rules, dt.date.fromisoformat(as_of), CAP)


def test_the_quarter_must_be_over_and_the_unit_is_that_of_its_last_day():
    ledger = entries([("1", "a", "2024-08", 30, "x"), ("2", "a", "2024-09", 10, "x")])
    early = run("2024-08-31", ledger[:1])
    one = early[early["candidate"] == "1"].iloc[0]
    assert (one["unit"], one["status"], one["rank"]) == ("A", RUNNING, 1)
    late = run("2024-10-31", ledger)
    third = late[late["quarter"] == "2024Q3"].set_index("candidate")
    assert (third.loc["1", "unit"], third.loc["1", "status"]) == ("B", NOMINATED)
    assert third.loc["1", "reason"].startswith("本季度得0.003分，第1名")
    assert "有条款待补，得分可能变动" in third.loc["1", "reason"]
    assert "待补" not in third.loc["2", "reason"]
    assert (third.loc["2", "unit"], third.loc["2", "status"]) == ("", BEHIND)
    assert (third.loc["B", "status"], third.loc["B", "points"]) == (TEAM, 30)
    assert third.loc["A", "status"] == TOO_FEW
    fourth = late[late["quarter"] == "2024Q4"].set_index("candidate")
    assert fourth.loc["1", "reason"].endswith("（截至10月31日，本季度尚未结束）")


def test_a_mean_is_rounded_half_away_from_zero():
    assert [half_up(Fraction(n, 2)) for n in (1, 3, -1, 4)] == [1, 2, -1, 2]


signed = st.integers(-20, 20)


@settings(max_examples=60, deadline=None)
@given(st.lists(signed, min_size=1, max_size=8), st.integers(1, 4))
def test_at_most_the_places_are_given_and_only_from_the_top(points, places):
    told = nominate(people(*points), places)
    chosen = [points[int(o) - 1] for o, t in told.items() if t[1] == NOMINATED]
    tied = [points[int(o) - 1] for o, t in told.items() if t[1] == TIED]
    behind = [points[int(o) - 1] for o, t in told.items() if t[1] == BEHIND]
    assert len(chosen) <= places
    assert not tied or len(chosen) < places < len(chosen) + len(tied)
    assert len(set(tied)) <= 1
    for p in chosen + tied:
        assert p > 0
        assert all(p > b for b in behind)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["2024-01", "2024-05", "2024-09"]), st.integers(0, 9)))
def test_a_cap_takes_exactly_what_it_is_and_never_more_than_there_was(months):
    total = sum(months.values())
    for cap in range(total + 1):
        left = take_back(months, -cap)
        assert sum(left.values()) == total - cap
        assert all(0 <= left[m] <= months[m] for m in months)
        ordered = sorted(months)
        taken = [months[m] - left[m] for m in ordered]
        first = next((i for i, t in enumerate(taken) if t), len(taken))
        assert all(left[m] == 0 for m in ordered[first + 1 :])
