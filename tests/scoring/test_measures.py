"""Places, shortfalls and weighted sums, against plain models on Fractions, exactly.

The numbers come in as months of a metric, whose numerator and denominator can be anything.
"""

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dalian_eval.rubric.queries import POINT
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring.clause_result import NOT_APPLICABLE, SCORED
from dalian_eval.scoring.facts import Candidates, Facts
from dalian_eval.scoring.measures import measure_values
from dalian_eval.scoring.rules.difference import DifferenceClause
from dalian_eval.scoring.rules.ranked import RankedClause
from dalian_eval.scoring.rules.weighted import WeightedClause

RUBRIC = load_rubric(Path("tests/rubric/another_city/rubrics/2025.yaml"))
AS_OF = dt.date(2025, 3, 31)
METRICS = ("per_capita", "entry_ratio", "transmission")
VARIANTS = {"per_capita": "month_end", "entry_ratio": "month_end", "transmission": "immediate"}
COMMON = {"id": "unit.x", "title": "某条", "locator": "某处"}

NUMBERS = st.one_of(st.none(), st.fractions(min_value=0, max_value=10**6, max_denominator=10**4))
"""A measure's values; None: there is nothing to measure."""


def measure(metric: str = "per_capita") -> dict[str, str]:
    return {"what": "人均记录", "metric": metric, "variant": VARIANTS[metric]}


def candidates(size: int) -> Candidates:
    names = [f"U{i:03}" for i in range(size)]
    return Candidates("unit", pd.Index(names), tuple(names))


def months(values, metric, spread):
    """One month of a metric per candidate; equal quotients need not look equal."""
    factor = [1 + (i * spread) % 7 for i in range(len(values))]
    return pd.DataFrame(
        {
            "kind": "unit",
            "candidate": [f"U{i:03}" for i in range(len(values))],
            "month": "2025-03",
            "metric": metric,
            "variant": VARIANTS[metric],
            "numerator": [
                0 if v is None else v.numerator * k for v, k in zip(values, factor, strict=True)
            ],
            "denominator": [
                0 if v is None else v.denominator * k for v, k in zip(values, factor, strict=True)
            ],
            "evidence": [[i] for i in range(len(values))],
        }
    )


def awarded(clause, *columns, spread=1, assessed=None):
    """The points and reasons that the clause gives on one or more columns of values."""
    rows = pd.concat(
        [months(c, m, spread) for c, m in zip(columns, METRICS, strict=False)], ignore_index=True
    ).astype({"candidate": "category", "month": "category"})
    facts = Facts({}, frozenset(), rows, RUBRIC, AS_OF)
    who = candidates(len(columns[0]))
    everybody = np.ones(len(who), dtype=bool)
    status = np.where(everybody if assessed is None else assessed, SCORED, NOT_APPLICABLE)
    blank = clause.blank(facts, who, np.zeros(len(who), dtype=np.int64))
    found, _ = clause.awards(facts, who, replace(blank, status=status.astype(object)))
    assert list(found["candidate"]) == list(range(len(columns[0])))
    alone, _ = clause.awards(
        facts.without_words(), who, replace(blank, status=status.astype(object))
    )
    assert list(alone["points"]) == list(found["points"])
    return [int(p) for p in found["points"]], list(found["reason"].astype("str"))


def half_up(value: Fraction) -> int:
    """A non-negative number of ten-thousandths, rounded half up."""
    return int(value + Fraction(1, 2))


# ---- places ------------------------------------------------------------------------------


def ladder(**more) -> RankedClause:
    places = [{"within": 2, "points": 5}, {"within": 4, "points": 2}]
    return RankedClause.model_validate(
        {**COMMON, "rule": "ranked", "max": 5, "measure": measure(), "places": places, **more}
    )


@given(st.lists(NUMBERS, min_size=1, max_size=12), st.booleans(), st.booleans(), st.integers(1, 6))
def test_places_are_those_of_competition_ranking(values, least, floor, spread):
    clause = ladder(first="least" if least else "most", at_least=3 if floor else None)
    assessed = np.array([i % 5 != 4 for i in range(len(values))])
    points, _ = awarded(clause, values, spread=spread, assessed=assessed)
    taking_part = [
        v for v, a in zip(values, assessed, strict=True) if a and v is not None
        if not floor or v >= 3
    ]  # fmt: skip
    for value, is_assessed, got in zip(values, assessed, points, strict=True):
        if not is_assessed or value is None or (floor and value < 3):
            assert got == 0
            continue
        place = 1 + sum(v < value if least else v > value for v in taking_part)
        assert got == (5 * POINT if place <= 2 else 2 * POINT if place <= 4 else 0)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=9))
def test_equal_numbers_get_equal_points(values):
    points, _ = awarded(
        ladder(),
        [Fraction(v) for v in values],
        assessed=np.ones(len(values), dtype=bool),
    )
    assert len(set(zip(values, points, strict=True))) == len(set(values))


def test_numbers_that_differ_by_almost_nothing_have_different_places():
    big = 10**9
    values = [Fraction(1, big), Fraction(1, big - 1), Fraction(1, big), Fraction(0)]
    everybody = np.ones(4, dtype=bool)
    places = [{"within": n, "points": 5 - n} for n in (1, 2, 3, 4)]
    clause = ladder(places=places, max=4)
    points, _ = awarded(clause, values, assessed=everybody)
    assert points == [3 * POINT, 4 * POINT, 3 * POINT, 1 * POINT]


def test_a_tie_across_a_cut_is_told():
    values = [Fraction(v) for v in (9, 7, 7, 5, 4, 4)]
    _, reasons = awarded(ladder(), values, spread=0, assessed=np.ones(6, dtype=bool))
    assert reasons[1] == (
        "人均记录7条/人，在6个中列第2名（2个并列），并列跨越名额界线，均计，得5分"
        "（第1至2名得5分，第3至4名得2分）"
    )
    # the tie at 5 is beyond every cut
    assert (
        reasons[4]
        == "人均记录4条/人，在6个中列第5名（2个并列），得0分（第1至2名得5分，第3至4名得2分）"
    )


def test_nobody_takes_part():
    assert awarded(ladder(), [None, None], assessed=np.ones(2, dtype=bool))[0] == [
        0,
        0,
    ]


def test_who_is_not_assessed_takes_nobodys_place():
    values = [Fraction(9), Fraction(8), Fraction(7)]
    assessed = np.array([False, True, True])
    points, _ = awarded(ladder(), values, assessed=assessed)
    assert points == [0, 5 * POINT, 5 * POINT]


# ---- shortfall ---------------------------------------------------------------------------


@given(
    st.lists(NUMBERS, min_size=1, max_size=8),
    st.decimals(min_value="0.1", max_value=1000, places=1),
    st.decimals(min_value="0.1", max_value=10, places=1),
    st.decimals(min_value=-5, max_value="-0.0001", places=4),
    st.booleans(),
)
def test_shortfall_is_target_less_value_by_per(values, target, per, points, whole):
    clause = DifferenceClause.model_validate(
        {**COMMON, "rule": "shortfall", "measure": measure(), "reaches": "unit", "whole": whole}
        | {"target": target, "per": per, "points": points}
    )
    got, _ = awarded(clause, values)
    for value, deducted in zip(values, got, strict=True):
        missing = Fraction(0) if value is None else max(Fraction(0), Fraction(target) - value)
        units = missing / Fraction(per)
        if whole:
            units = Fraction(int(units))
        assert deducted == -half_up(units * -clause.points)


# ---- weighted ----------------------------------------------------------------------------


@given(
    st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=6),
    st.tuples(*[st.decimals(min_value="0.01", max_value=100, places=2)] * 3),
    st.decimals(min_value="0.0001", max_value=50, places=4),
)
def test_weighted_is_the_sum_of_capped_shares(rows, fulls, maximum):
    weights = (40, 20, 40)
    components = [
        {"weight": w, "full": f, "measure": measure(m)}
        for w, f, m in zip(weights, fulls, METRICS, strict=True)
    ]
    clause = WeightedClause.model_validate(
        {**COMMON, "rule": "weighted", "max": maximum, "components": components}
    )
    got, _ = awarded(clause, *[list(column) for column in zip(*rows, strict=True)])
    for row, points in zip(rows, got, strict=True):
        share = sum(
            w * min(Fraction(1), (v or Fraction(0)) / Fraction(f))
            for w, v, f in zip(weights, row, fulls, strict=True)
        )
        assert points == half_up(share / 100 * clause.max)


# ---- measures ----------------------------------------------------------------------------


def test_facts_are_counted_added_up_and_averaged_without_blanks():
    cases = pd.DataFrame(
        {
            "unit_id": ["U000"] * 3,
            "fields": pd.Series([("噪声", "土壤"), ("噪声",), ()], dtype=object),
            ORIGIN: [1, 2, 3],
        }
    )
    attendees = pd.array([80, None, 91], dtype="Int64")
    activities = cases[["unit_id", ORIGIN]].assign(attendees=attendees)
    none = months([], "per_capita", 1)
    facts = Facts({"cases": cases, "activities": activities}, frozenset(), none, RUBRIC, AS_OF)

    def values(table, **more):
        asked = {"what": "某数", "table": table, "of": "own", **more}
        found = measure_values(ladder(measure=asked).measure, facts, candidates(2))
        pairs = zip(found.top, found.bottom, strict=True)
        return [Fraction(int(t), int(b)) if b else None for t, b in pairs]

    assert values("cases") == [3, 0]
    assert values("cases", label="fields") == [2, 0]
    assert values("activities", take="sum", column="attendees") == [171, 0]
    assert values("activities", take="mean", column="attendees") == [Fraction(171, 2), None]


def test_months_are_pooled_up_to_the_last_that_ended():
    rows = pd.concat([months([Fraction(n)], "per_capita", 0) for n in (4, 5, 99)])
    rows = rows.assign(
        month=pd.Categorical(["2025-03", "2025-04", "2025-05"]),
        candidate=pd.Categorical(rows["candidate"]),
        denominator=[2, 1, 1],
        evidence=[[1], [2], [3]],
    ).reset_index(drop=True)
    facts = Facts({}, frozenset(), rows, RUBRIC, dt.date(2025, 5, 30))
    asked = ladder().measure
    found = measure_values(asked, facts, candidates(1))
    assert (found.top[0], found.bottom[0], list(found.origin)) == (9, 3, [1, 2])
    assert list(found.text(asked)) == ["9条/3人＝3.00条/人"]
