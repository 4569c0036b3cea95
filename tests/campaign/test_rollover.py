"""次年开账: which rows stand there, and which clauses of next year they will feed."""

import pandas as pd
import pytest

from dalian_eval.campaign.rollover import rollover
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.period import Period
from dalian_eval.scoring.derive import derive
from tests.campaign.frames import RUBRIC, day, frame

NO_RECORDS = pd.DataFrame(columns=["unit_id", "month", "count", "evidence"])
NO_FOUND = pd.DataFrame({"record_id": pd.Series([], dtype="str")})
NEXT = Period(day("2024-11-01"), day("2024-12-31"))
"""What of the coming period the tables can hold."""


def opened(records=NO_RECORDS, **tables):
    made = {name: frame(name, rows) for name, rows in tables.items()}
    derived = derive(made, NO_FOUND, NEXT, day("2024-12-31"))
    return rollover(derived, records, RUBRIC)


def honour(when, subject_kind="个人", **more):
    row = {"honour_id": "1", "subject_kind": subject_kind, "subject": "1", "name": "某"}
    return {**row, "category": "荣誉", "level": "国家", "date": day(when), **more}


@pytest.mark.parametrize(
    ("when", "there"),
    [
        ("2024-10-31", False),
        ("2024-11-01", True),
        ("2024-12-31", True),
        ("2025-01-01", False),
    ],
)
def test_only_what_happened_after_the_period_within_the_year(when, there):
    made = opened(activities=[{"activity_id": "1", "kind": "业务学习", "date": day(when)}])
    assert (len(made) == 1) == there
    assert list(made.columns) == OUTPUTS["rollover"].names
    if there:
        assert made["reason"].iloc[0] == "评审期后发生，转入次年的练兵活动台账"
        assert made["evidence"].iloc[0] == [1]


def test_a_row_feeds_the_clauses_whose_tests_it_meets():
    row = {"case_id": "x", "unit_id": "A", "kind": "一般处罚", "decided_on": day("2024-11-05")}
    plain = opened(cases=[row])["clauses"].iloc[0].split()
    assert "unit.special.penalty" not in plain
    both = opened(cases=[{**row, "double_strike": True}])["clauses"].iloc[0].split()
    assert "unit.special.penalty" in both
    field = opened(cases=[{**row, "fields": ["危险废物"]}])["clauses"].iloc[0].split()
    assert "officer.cases.key_fields" in field


def test_a_row_with_two_dates_stands_once_for_each():
    row = {"case_id": "x", "unit_id": "A", "kind": "移送", "double_strike": True}
    row |= {"transferred_on": day("2024-11-05"), "filed_on": day("2024-12-05"), "filed_as": "犯罪"}
    made = opened(cases=[row])
    assert list(made["date"]) == ["2024-11-05", "2024-12-05"]
    assert "officer.cases.major.police" in made["clauses"].iloc[1]


def test_clauses_bound_to_calendar_years_keep_theirs():
    """Of next year's windows those of units (2024–2025) hold it, those of officers (2025) not."""
    mine = opened(honours=[honour("2024-11-05")])
    assert mine["clauses"].iloc[0] == ""
    assert "不用于任何条款" in mine["reason"].iloc[0]
    ours = opened(honours=[honour("2024-11-05", "单位", subject="A")])
    assert ours["clauses"].iloc[0] == "unit.team.awards.honours"
    named = {"category": "记功嘉奖", "name": "大练兵", "year": 2024}
    praised = opened(honours=[honour("2024-11-05", **named)])
    assert praised["clauses"].iloc[0] == "unit.team.awards.commendation"
    before = opened(honours=[honour("2024-11-05", **{**named, "year": 2023})])
    assert before["clauses"].iloc[0] == ""


def test_months_of_records_and_monitoring_stand_as_months():
    records = pd.DataFrame(
        {"unit_id": ["A"], "month": ["2024-11"], "count": [12], "evidence": [[5, 6]]}
    )
    counts = {"due": 9, "immediate": 8, "completed": 8}
    auto = [{"unit_id": "A", "month": m, **counts} for m in ("2024-10", "2024-12", "2025-01")]
    made = opened(records, automonitor=auto)
    assert made[["table", "date", "count"]].to_numpy().tolist() == [
        ["automonitor", "2024-12", 1],
        ["inspections", "2024-11", 12],
    ]
    assert "unit.digital.records.per_capita" in made["clauses"].iloc[1]


def test_reviews_and_draws_go_to_next_years_drawn_files():
    review = {"case_id": "x", "level": "省", "reviewed_on": day("2024-11-05"), "zero": True}
    case = {"case_id": "x", "unit_id": "A", "kind": "移送", "transferred_on": day("2024-11-04")}
    made = opened(case_reviews=[review], cases=[case])
    ids = made["clauses"].iloc[0].split()
    assert {"unit.review.zero_province", "officer.cases.files.ordinary"} <= set(ids)
    draw = {"subject_kind": "个人", "subject": "1", "category": "不限", "case_id": "x"}
    made = opened(case_draws=[{**draw, "drawn_on": day("2024-11-05")}])
    assert made["reason"].iloc[0].startswith("评审期后发生，转入次年的案卷抽取")


def test_nothing_after_the_period_is_an_empty_list():
    assert opened().empty
