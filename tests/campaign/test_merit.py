"""记功嘉奖: who is proposed, who has to be cleared up first, who is beyond the last place."""

import pandas as pd
import pytest

from dalian_eval.campaign.merit import BEYOND, HELD, NOT_SUPPLIED, PROPOSED, merit
from tests.campaign.frames import day, frame, number, units

OFFICERS = [{"officer_id": f"0{n}", "name": f"官{n}"} for n in range(1, 6)]
POSTINGS = [{"officer_id": "01", "unit_id": "A", "start": day("2020-01-01")}]
SCORES = pd.DataFrame(
    {
        "kind": ["officer"] * 3 + ["unit"],
        "candidate": ["01", "02", "03", "05"],
        "status": ["scored", "vetoed", "open", "scored"],
    }
)


def told(rows, as_of="2024-10-31", discipline=None):
    tables = {"units": units(), "officers": frame("officers", OFFICERS)}
    tables["postings"] = frame("postings", POSTINGS)
    if rows is not None:
        ranked = [
            {"officer_id": who, "rank": rank, "score": number(score) if score else None}
            for who, rank, score in rows
        ]
        tables["city_ranking"] = frame("city_ranking", ranked)
    if discipline is not None:
        tables["discipline"] = frame("discipline", discipline)
    return merit(tables, SCORES, 10, day(as_of))


def finding(officer, **changed):
    row = {"finding_id": "J1", "subject_kind": "个人", "subject": officer, "kind": "廉政纪律"}
    return row | {"scene": "日常", "date": day("2024-05-01"), "state": "查实"} | changed


def states(made):
    return dict(zip(made["candidate"], made["status"], strict=True))


def test_the_first_ten_of_the_city_are_proposed_ties_included():
    made = told([("03", 11, "80"), ("01", 10, "82.750"), ("04", 10, "82.75"), ("05", 1, None)])
    assert states(made) == {"05": PROPOSED, "01": PROPOSED, "04": PROPOSED, "03": BEYOND}
    assert list(made["city_rank"]) == [1, 10, 10, 11]
    assert list(made["city_score"]) == ["", "82.75", "82.75", "80"]
    assert list(made["unit"]) == ["", "A", "", ""]
    first = made.iloc[0]
    assert first["reason"] == "全市第1名，在前10名之内；不是候选个人，没有得分账目可附"
    assert first["evidence"] == [4]


def test_the_bureaus_own_ranking_proposes_nobody():
    assert told([]).empty
    (line,) = told(None).to_dict("records")
    assert (line["status"], line["candidate"]) == (NOT_SUPPLIED, "")
    assert "不按本局名次提请" in line["reason"]


def test_the_vetoed_are_held():
    made = told([("02", 3, "90")])
    assert states(made) == {"02": HELD}
    assert "在本局评审中被一票否决，请核实后再定是否提请" in made.iloc[0]["reason"]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, HELD),
        ({"state": "核查中"}, HELD),
        ({"kind": "严重弄虚作假"}, HELD),
        ({"state": "不实"}, PROPOSED),
        ({"kind": "不守组织纪律"}, PROPOSED),
        ({"subject_kind": "单位", "subject": "A"}, PROPOSED),
        ({"date": day("2024-11-01")}, PROPOSED),
    ],
)
def test_conduct_holds_a_proposal(changed, status):
    made = told([("01", 2, "90")], discipline=[finding("01", **changed)])
    assert states(made) == {"01": status}
    assert made.iloc[0]["evidence"] == ([1, 1] if status == HELD else [1])


def test_marks_that_contradict_the_places_are_held():
    made = told([("01", 1, "80"), ("03", 2, "85"), ("04", 3, "70"), ("05", 3, "71")])
    assert states(made) == {"01": PROPOSED, "03": HELD, "04": HELD, "05": HELD}
    assert "总分高于名次在前的人" in made.iloc[1]["reason"]
    assert "同为第3名的总分不同" in made.iloc[2]["reason"]
