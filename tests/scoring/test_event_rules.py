"""Rules on events: the best few, distances from a target, sets of conditions, the full mark."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalian_eval.rubric.queries import POINT
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.frames import empty_frame
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.clause_result import NOT_APPLICABLE, SCORED
from dalian_eval.scoring.facts import Candidates, Facts
from dalian_eval.scoring.measures import measure_values
from dalian_eval.scoring.rules.difference import DifferenceClause
from dalian_eval.scoring.rules.events import EventClause
from dalian_eval.scoring.rules.full import FullClause

RUBRIC = load_rubric(Path("params/rubrics/2024.yaml"))
"""P is 2023-11-01 to 2024-10-31."""

AS_OF = dt.date(2024, 10, 31)
COMMON = {"id": "unit.x", "title": "某条", "locator": "某处"}
UNITS = Candidates("unit", pd.Index(["U1", "U2"]), ("甲", "乙"))


def facts(table, rows):
    """The facts of one table; `rows`: one mapping per row, blanks left out."""
    frame = empty_frame(BY_NAME[table])
    columns = {}
    for column in BY_NAME[table].columns:
        values = [row.get(column.name) for row in rows]
        if column.type.name == "NUMBER":
            values = [None if v is None else Decimal(str(v)) for v in values]
        columns[column.name] = pd.Series(values, dtype=frame[column.name].dtype)
    made = pd.DataFrame(columns).assign(**{ORIGIN: np.arange(len(rows), dtype=np.int64)})
    return Facts({table: made}, frozenset([table]), pd.DataFrame(), RUBRIC, AS_OF)


def points_of(clause, given, status=None):
    """The points of both units, and what is told of each entry."""
    blank = clause.blank(given, UNITS, np.zeros(2, dtype=np.int64))
    if status is not None:
        blank.status[:] = status
    entries, _ = clause.awards(given, UNITS, blank)
    total = np.zeros(2, dtype=np.int64)
    np.add.at(total, entries["candidate"].to_numpy(), entries["points"].to_numpy())
    return total.tolist(), entries["reason"].astype("str").tolist()


def equipment(**part):
    return {"what": "装备", "table": "equipment", "of": "own", **part}


def things(*quantities, unit="U1", **more):
    return [
        {"unit_id": unit, "item": f"第{i}样", "kind": "标配", "quantity": q, **more}
        for i, q in enumerate(quantities, 1)
    ]


# ---- the best few ------------------------------------------------------------------------


def best(most, **more):
    part = equipment(points={"column": "quantity", "times": 1})
    return EventClause.model_validate(
        {**COMMON, "rule": "best", "best": most, "max": 100, "parts": [part], **more}
    )


def test_the_best_two_of_three_count():
    given = facts("equipment", [*things(3, 5, 4), *things(2, unit="U2")])
    points, told = points_of(best(2), given)
    assert points == [9 * POINT, 2 * POINT]
    assert len(told) == 3


def test_of_equal_ones_as_many_as_there_is_room_for_count():
    points, told = points_of(best(2), facts("equipment", things(3, 3, 3)))
    assert points == [6 * POINT, 0]
    assert len(told) == 2


@given(st.lists(st.integers(1, 9), max_size=8), st.integers(1, 5))
def test_the_best_few_are_the_largest(quantities, most):
    points, _ = points_of(best(most), facts("equipment", things(*quantities)))
    assert points[0] == POINT * sum(sorted(quantities, reverse=True)[:most])


# ---- distances ---------------------------------------------------------------------------


def over(**worth):
    part = equipment(points={"column": "quantity", **worth})
    return EventClause.model_validate(
        {**COMMON, "rule": "each", "reaches": "unit", "parts": [part]}
    )


@pytest.mark.parametrize(
    ("quantity", "whole", "expected"),
    [
        (30, False, 0),  # at the target
        (29, False, 0),  # below it: overshooting is no fault
        (31, False, -5_000),  # 1 above, 0.5 for every 1
        (33, False, -15_000),
        (31, True, 0),  # 2 to a step, one short
        (32, True, -5_000),
        (35, True, -10_000),
    ],
)
def test_over_a_number(quantity, whole, expected):
    per = 2 if whole else 1
    clause = over(over=30, per=per, points=Decimal("-0.5"), whole=whole)
    assert points_of(clause, facts("equipment", things(quantity)))[0] == [expected, 0]


def test_under_a_number_each_row_for_itself():
    clause = over(under=10, per=4, points=Decimal("-1"))
    # 3 short and 1 short: 3/4 + 1/4; what lies above does not make up for it
    assert points_of(clause, facts("equipment", things(7, 9, 50)))[0] == [-10_000, 0]


def test_a_distance_is_told_in_words():
    clause = over(over=30, per=1, points=Decimal("-0.5"))
    assert clause.terms(RUBRIC.unit, RUBRIC.period) == [
        "装备：每件『数量』高出30的，每高出1扣0.5分，按比例计"
    ]


@given(st.integers(0, 60), st.fractions(min_value="1/10", max_value=9, max_denominator=10))
def test_a_distance_is_reckoned_exactly(quantity, per):
    step = Decimal(per.numerator) / Decimal(per.denominator)
    if Fraction(step) != per:
        return
    clause = over(over=30, per=step, points=Decimal("-0.7"))
    found, _ = points_of(clause, facts("equipment", things(quantity)))
    asked = Fraction(max(0, quantity - 30)) / per * 7000
    assert found[0] == -int(asked + Fraction(1, 2))


# ---- a column beside another, sets of conditions -----------------------------------------


def test_a_row_meets_one_of_several_sets():
    part = equipment(
        either=[{"quantity": {"above": 5}}, {"compliant": True, "quantity": {"at_least": 2}}],
        points=1,
    )
    clause = EventClause.model_validate({**COMMON, "rule": "each", "max": 9, "parts": [part]})
    rows = [*things(6, 5, 1), *things(2, unit="U2", compliant=True)]
    assert points_of(clause, facts("equipment", rows))[0] == [POINT, POINT]


def test_a_column_is_compared_with_another_of_its_row():
    part = {
        "what": "按期反馈",
        "table": "leads",
        "of": "own",
        "where": {"fed_back_on": {"at_most": {"column": "due_on"}}},
        "points": 1,
    }
    clause = EventClause.model_validate({**COMMON, "rule": "each", "max": 9, "parts": [part]})
    days = [("2024-05-16", "2024-05-16"), ("2024-05-17", "2024-05-16"), (None, "2024-05-16")]
    rows = [
        {
            "unit_id": "U1",
            "lead_id": f"XS{i}",
            "fed_back_on": pd.NaT if back is None else pd.Timestamp(back),
            "due_on": pd.Timestamp(due),
        }
        for i, (back, due) in enumerate(days)
    ]
    assert points_of(clause, facts("leads", rows))[0] == [POINT, 0]


# ---- this year beside the last -----------------------------------------------------------


def review(score, date, unit="U1"):
    return {"unit_id": unit, "score": score, "date": pd.Timestamp(date), "source": "省"}


def change():
    one = {"table": "review_scores", "of": "own", "date": "date", "take": "sum", "column": "score"}
    return {
        "what": "综合分",
        "now": {"what": "今年", "window": "period", **one},
        "before": {"what": "上年", "window": "year_before", **one},
    }


def test_a_year_is_measured_by_the_one_before():
    rows = [
        review(9, "2023-11-01"),
        review(3, "2024-10-31"),
        review(16, "2022-11-01"),
        review(8, "2023-10-31"),
        review(99, "2022-10-31"),
        review(5, "2024-01-01", "U2"),
    ]
    clause = DifferenceClause.model_validate(
        {**COMMON, "rule": "shortfall", "reaches": "unit", "measure": change(), "whole": False}
        | {"target": 1, "per": Decimal("0.1"), "points": -1}
    )
    given = facts("review_scores", rows)
    figures = measure_values(clause.measure, given, UNITS)
    assert Fraction(int(figures.top[0]), int(figures.bottom[0])) == Fraction(12, 24)
    assert figures.bottom[1] == 0
    points, told = points_of(clause, given)
    assert points == [-50_000, 0]
    assert told[0] == "综合分12，上年24，为其50.00%，不足100%，扣5分"
    assert "无法比较" in told[1]


# ---- the full mark -----------------------------------------------------------------------


def test_everybody_who_is_assessed_begins_with_the_full_mark():
    clause = FullClause.model_validate({**COMMON, "rule": "full", "max": 20})
    status = np.array([SCORED, NOT_APPLICABLE], dtype=object)
    assert points_of(clause, facts("equipment", []), status)[0] == [20 * POINT, 0]
