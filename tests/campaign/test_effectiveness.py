"""效能评比: figures of a small county by hand, exact ranks, and what must always hold."""

from fractions import Fraction

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from dalian_eval.campaign.effectiveness import (
    OVERALL,
    comparison,
    four,
    percentiles,
    weighted_rank_mean,
)
from dalian_eval.campaign.figures import READS, officer_figures, unit_figures
from dalian_eval.campaign.rules import METRICS
from tests.campaign.frames import day, frame, number, units

EVERYTHING = frozenset(t for tables in READS.values() for t in tables) | {"case_handlers"}
MONTHS = ["2024-06", "2024-07"]
ONES = dict.fromkeys(METRICS, 1)


def monthly(rows):
    columns = ["kind", "candidate", "month", "metric", "variant", "numerator", "denominator"]
    return pd.DataFrame(rows, columns=columns)


MONTHLY = monthly(
    [
        ("unit", "A", "2024-07", "entry_ratio", "month_end", 3, 4),
        ("unit", "A", "2024-07", "entry_ratio", "whole_month", 1, 4),
        ("unit", "A", "2024-07", "per_capita", "month_end", 7, 4),
        ("unit", "B", "2024-07", "entry_ratio", "month_end", 0, 0),
        ("unit", "B", "2024-07", "per_capita", "month_end", 0, 0),
        ("unit", "A", "2024-07", "cases", "一般处罚", 2, 1),
        ("unit", "A", "2024-07", "cases", "移送", 1, 1),
        ("officer", "1", "2024-07", "uploads", "any", 5, 1),
        ("officer", "1", "2024-07", "uploads", "valid_only", 4, 1),
        ("officer", "1", "2024-07", "cases", "移送", 1, 1),
    ]
)


def lead(due, back, outcome="依法查办", unit="A1", number="1"):
    return {
        "lead_id": number,
        "unit_id": unit,
        "due_on": day(due),
        "fed_back_on": back and day(back),
        "outcome": outcome,
    }


def review(case, level, when, score=None, zero=None):
    return {
        "case_id": case,
        "level": level,
        "reviewed_on": day(when),
        "score": score and number(score),
        "zero": zero,
    }


TABLES = {
    "units": units(),
    "leads": frame(
        "leads",
        [
            lead("2024-07-10", "2024-07-10", "查否"),
            lead("2024-07-10", "2024-07-11", number="2"),
            lead("2024-07-10", "2024-07-01", "未查办", number="3"),
            lead("2024-07-31", None, number="4"),
            lead("2024-08-01", "2024-07-01", number="5"),
        ],
    ),
    "cases": frame("cases", [{"case_id": c, "unit_id": "A1", "kind": "移送"} for c in "xyz"]),
    "case_handlers": frame(
        "case_handlers",
        [
            {"case_id": "x", "officer_id": "1", "inspector": True, "interviewer": True}
            | {"approver": True},
            {"case_id": "y", "officer_id": "1", "inspector": True, "interviewer": False}
            | {"approver": True},
        ],
    ),
    "case_reviews": frame(
        "case_reviews",
        [
            review("x", "县", "2024-07-30", "60"),
            review("x", "省", "2024-07-02", "90.5"),
            review("x", "省", "2024-07-09", "80.5"),
            review("y", "县", "2024-07-09", "70", zero=True),
            review("z", "县", "2024-07-09"),
        ],
    ),
    "publicity": frame(
        "publicity",
        [
            {"item_id": n, "kind": k, "unit_id": "A", "date": day(d)}
            for n, k, d in (
                ("1", "报道线索", "2024-07-01"),
                ("2", "报道线索", "2024-07-31"),
                ("3", "简报", "2024-07-31"),
                ("4", "报道线索", "2024-08-01"),
            )
        ],
    ),
    "postings": frame(
        "postings",
        [
            {"officer_id": "1", "unit_id": "A1", "start": day("2023-01-01")},
            {"officer_id": "2", "unit_id": "A", "start": day("2023-01-01")}
            | {"end": day("2024-07-30")},
        ],
    ),
}


def test_figures_of_units_by_hand():
    made = unit_figures(TABLES, EVERYTHING, MONTHLY, ["A", "B"], ["2024-07"], day("2024-07-31"))
    assert {k[2]: v for k, v in made.items() if k[0] == "A"} == {
        "entry_ratio": (3, 4),
        "per_capita": (7, 4),
        "cases_per_head": (3, 4),
        # x counts 80.5 (province, the latest), the zero file y 0; z has no score.
        "file_score": (161, 4),
        # Four leads were due: one settled on its day; late, not settled, not answered.
        "leads_in_time": (1, 4),
        "publicity_leads": (2, 1),
    }
    assert made["B", "2024-07", "cases_per_head"] == (0, 0)
    assert ("B", "2024-07", "leads_in_time") not in made


def test_a_lead_is_not_due_before_its_day():
    made = unit_figures(TABLES, EVERYTHING, MONTHLY, ["A"], ["2024-07"], day("2024-07-30"))
    assert made["A", "2024-07", "leads_in_time"] == (1, 3)
    later = unit_figures(TABLES, EVERYTHING, MONTHLY, ["A"], ["2024-08"], day("2024-08-31"))
    assert later["A", "2024-08", "leads_in_time"] == (1, 1)


def test_figures_of_officers_by_hand():
    entries = pd.DataFrame({"officer_id": ["1"], "month": ["2024-07"]})
    made = officer_figures(
        TABLES, EVERYTHING, MONTHLY, entries, ["1", "2"], ["2024-07"], day("2024-07-31")
    )
    # Officer 2 left the day before the month's end and is not compared.
    assert made == {
        ("1", "2024-07", "entry_ratio"): (1, 1),
        ("1", "2024-07", "per_capita"): (4, 1),
        ("1", "2024-07", "cases_per_head"): (1, 1),
        ("1", "2024-07", "file_score"): (161, 2),
    }


def test_what_was_not_supplied_has_no_figure_and_says_so():
    for metric, tables in READS.items():
        made = unit_figures(
            TABLES, EVERYTHING - {tables[0]}, MONTHLY, ["A"], ["2024-07"], day("2024-07-31")
        )
        assert ("A", "2024-07", metric) not in made
        told = comparison("unit", ["A"], made, ["2024-07"], ONES, EVERYTHING - {tables[0]})
        line = told[told["metric"] == metric].iloc[0]
        assert line["reason"].startswith("没有提供『")
        assert line["value"] == ""


def line_of(frame, who, month, metric):
    rows = frame[(frame["candidate"] == who) & (frame["month"] == month)]
    return rows[rows["metric"] == metric].iloc[0]


def test_ranks_percentiles_change_and_mean_by_hand():
    figures = {
        ("甲", "2024-06", "per_capita"): (1, 1),
        ("乙", "2024-06", "per_capita"): (2, 1),
        ("甲", "2024-07", "per_capita"): (4, 3),
        ("乙", "2024-07", "per_capita"): (1, 1),
        ("丙", "2024-07", "per_capita"): (8, 6),
        ("甲", "2024-07", "entry_ratio"): (0, 1),
        ("丙", "2024-07", "entry_ratio"): (1, 1),
    }
    weights = {"per_capita": 2, "entry_ratio": 1}
    told = comparison("officer", ["丙", "乙", "甲"], figures, MONTHS, weights, EVERYTHING)
    mine = line_of(told, "甲", "2024-07", "per_capita")
    # 4/3 and 8/6 are equal: both first, one below, (1 + 2/2) ÷ 3.
    assert (mine["rank"], mine["of"], mine["percentile"]) == (1, 3, "0.6667")
    assert (mine["value"], mine["change"], mine["rank_change"]) == ("1.3333", "0.3333", 1)
    last = line_of(told, "乙", "2024-07", "per_capita")
    assert (last["rank"], last["change"], last["rank_change"]) == (3, "-1.0000", -2)
    assert line_of(told, "丙", "2024-07", "per_capita")["change"] == ""
    # 甲: (2 × 2/3 + 1 × 1/4) ÷ 3 = 19/36; 丙: (2 × 2/3 + 3/4) ÷ 3 = 25/36; 乙 by one metric: 1/6.
    whole = {w: line_of(told, w, "2024-07", OVERALL) for w in "甲乙丙"}
    assert {w: (x["numerator"], x["denominator"], x["rank"]) for w, x in whole.items()} == {
        "甲": ("19", "36", 2),
        "乙": ("1", "6", 3),
        "丙": ("25", "36", 1),
    }
    assert "人均有效记录0.6667×2" in whole["甲"]["reason"]
    assert whole["甲"]["reason"].endswith("÷3")


def test_a_weight_of_zero_shows_and_does_not_count():
    figures = {("甲", "2024-07", "per_capita"): (1, 1), ("乙", "2024-07", "entry_ratio"): (1, 1)}
    told = comparison("officer", ["甲", "乙"], figures, MONTHS[1:], {"per_capita": 1}, EVERYTHING)
    assert line_of(told, "甲", "2024-07", OVERALL)["rank"] == 1
    other = line_of(told, "乙", "2024-07", OVERALL)
    assert pd.isna(other["rank"])
    assert other["reason"] == "当月没有可比的指标，不参加排名"
    assert line_of(told, "乙", "2024-07", "entry_ratio")["rank"] == 1


def test_four_decimals_round_half_away_from_zero():
    assert four(Fraction(5, 100_000)) == "0.0001"
    assert four(Fraction(-5, 100_000)) == "-0.0001"
    assert four(Fraction(-4, 100_000)) == "0.0000"


fractions = st.fractions(0, 5, max_denominator=6)
everybody = st.dictionaries(st.text("甲乙丙丁戊己", min_size=1, max_size=2), fractions, max_size=9)


@settings(max_examples=60, deadline=None)
@given(everybody)
def test_percentiles_keep_the_order_and_have_the_mean_one_half(values):
    placed = percentiles(values)
    assert sum((s for _, s in placed.values()), Fraction(0)) == Fraction(len(values), 2)
    for a, x in values.items():
        assert placed[a][0] == 1 + sum(y > x for y in values.values())
        for b, y in values.items():
            assert (x > y) == (placed[a][1] > placed[b][1])


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(list(METRICS)), st.fractions(0, 1), min_size=1))
def test_the_weighted_mean_lies_between_and_ignores_the_scale_of_weights(shares):
    mean = weighted_rank_mean(shares, ONES)
    assert min(shares.values()) <= mean <= max(shares.values())
    assert weighted_rank_mean(shares, dict.fromkeys(ONES, 7)) == mean
    assert weighted_rank_mean(shares, dict.fromkeys(ONES, 0)) is None
