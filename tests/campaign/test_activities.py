"""五个一: worked examples by hand, the account of a small county, and what must always hold."""

import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dalian_eval.campaign.activities import (
    AHEAD,
    DONE,
    LATE,
    MISSING,
    NOT_OWED,
    NOT_SUPPLIED,
    OUTSIDE,
    HeldActivity,
    activities,
    settle_stretches,
)
from dalian_eval.campaign.periods import Season, is_workday, name_of, stretches
from dalian_eval.campaign.rules import STUDY, Duty, Span
from dalian_eval.outputs.tables import OUTPUTS
from tests.campaign.frames import RUBRIC, RULES, day, frame, units

EXAMPLES = YAML(typ="safe").load(Path(__file__).with_name("五个一.yaml").read_text("utf-8"))
JULY = Span(start=day("2024-07-01"), end=day("2024-07-28"))


@pytest.mark.parametrize("example", EXAMPLES, ids=[e["name"] for e in EXAMPLES])
def test_worked_examples(example):
    span = Span(start=example["span"][0], end=example["span"][1])
    held = [HeldActivity(d, n) for n, d in enumerate(example["held"], start=1)]
    owed = stretches(span, example["every"], RULES)
    told, _ = settle_stretches(held, owed, example["late"], example["as_of"])
    assert {t.stretch.name: t.status for t in told} == example["result"]


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2024-09-13", True),
        ("2024-09-14", True),  # Saturday, made up for
        ("2024-09-15", False),
        ("2024-09-17", False),
        ("2024-09-18", True),
        ("2024-09-29", True),  # Sunday, made up for
        ("2024-09-30", True),
        ("2024-10-01", False),
        ("2024-10-07", False),
        ("2024-10-08", True),
        ("2024-10-12", True),
        ("2024-10-13", False),
    ],
)
def test_official_holidays_and_makeup_days_of_2024(text, works):
    assert is_workday(day(text), RULES) == works


def test_the_year_has_its_official_number_of_workdays():
    """366 days, 104 at weekends, 19 holidays on weekdays, 8 make-up days: 251."""
    first = day("2024-01-01")
    assert sum(is_workday(first + dt.timedelta(n), RULES) for n in range(366)) == 251


def account(rows, as_of="2024-10-31", rules=RULES, span=JULY):
    tables = {"units": units()}
    if rows is not None:
        tables["activities"] = frame("activities", rows)
    return activities(tables, Season(rules, span, day(as_of)))


def held(unit, when, kind=STUDY, number="1"):
    return {"activity_id": number, "kind": kind, "unit_id": unit, "date": when and day(when)}


def states(frame, kind, unit):
    rows = frame[(frame["kind"] == kind) & (frame["unit"] == unit) & (frame["period"] != "")]
    return dict(zip(rows["period"], rows["status"], strict=True))


def test_a_squad_counts_for_its_bureau_and_a_section_for_nobody():
    told = account([held("A1", "2024-07-02"), held("B", "2024-07-09"), held("K", "2024-07-16")])
    assert list(states(told, STUDY, "A").values()) == [DONE, MISSING, MISSING, MISSING]
    assert list(states(told, STUDY, "B").values()) == [MISSING, DONE, MISSING, MISSING]
    (left,) = told[told["status"] == OUTSIDE].to_dict("records")
    assert left["unit"] == ""
    assert left["evidence"] == [3]
    assert "区域性执法局以外" in left["reason"]


def test_what_is_outside_undated_or_after_the_day_is_told_or_unknown():
    rows = [held("A", "2023-07-02"), held("A", None), held("A", "2024-07-20")]
    told = account(rows, as_of="2024-07-19")
    outside = told[(told["status"] == OUTSIDE) & (told["unit"] == "A")]
    assert sorted(outside["evidence"].map(tuple)) == [(1,), (2,)]
    assert any("没有填日期" in r for r in outside["reason"])
    assert any("不在7月1日至7月28日之内" in r for r in outside["reason"])
    assert list(states(told, STUDY, "A").values()) == [MISSING, MISSING, AHEAD, AHEAD]


def test_a_missing_table_is_not_supplied_and_an_empty_one_is_missing():
    assert set(account(None)["status"]) <= {NOT_SUPPLIED, NOT_OWED}
    assert "没有提供『活动』表" in account(None)["reason"].iloc[0]
    assert set(account([])["status"]) <= {MISSING, NOT_OWED}
    assert list(account(None).columns) == OUTPUTS["activities"].names


def test_the_whole_bureau_may_owe_it_once():
    duty = Duty(every="month", scope="bureau", late_days=0)
    rules = RULES.model_copy(update={"activities": {"能力竞赛": duty}})
    told = account([held("K", "2024-07-20", "能力竞赛")], rules=rules)
    assert told[["unit", "name", "status"]].to_numpy().tolist() == [["", "全局", DONE]]


def test_the_whole_year_is_the_evaluation_period():
    rules = RULES.model_copy(update={"whole_year": True})
    span = rules.span(2024, RUBRIC.period)
    weeks = stretches(span, "week", rules)
    # 1 November 2023 is a Wednesday: three days of its week lie in the period.
    assert (weeks[0].name, weeks[0].workdays, weeks[0].owed) == ("2023-W44", 3, True)
    assert (weeks[-1].name, weeks[-1].workdays) == ("2024-W44", 4)
    # Spring Festival leaves the make-up Sunday, Labour Day Monday and Tuesday, October Monday.
    free = {w.name: w.workdays for w in weeks if not w.owed}
    assert free == {"2024-W07": 1, "2024-W18": 2, "2024-W40": 1}


def test_every_line_has_a_sentence_and_evidence_of_what_was_held():
    told = account([held("A", "2024-07-02"), held("A", "2024-07-03", number="2")])
    assert (told["reason"] != "").all()
    (line,) = told[told["count"] == 2].to_dict("records")
    assert line["evidence"] == [1, 2]
    assert line["reason"] == "甲局2024年第27周（7月1日至7月7日）的业务学习7月2日完成，共2次"


days = st.dates(day("2023-10-25"), day("2024-11-10"))
spans = st.tuples(days, days).map(lambda pair: Span(start=min(pair), end=max(pair)))
every = st.sampled_from(["week", "month", "quarter"])


@settings(max_examples=60, deadline=None)
@given(spans, every)
def test_stretches_part_the_span(span, length):
    parts = stretches(span, length, RULES)
    assert (parts[0].start, parts[-1].end) == (span.start, span.end)
    for one, following in pairwise(parts):
        assert following.start == one.end + dt.timedelta(days=1)
    for part in parts:
        assert name_of(part.start, length) == name_of(part.end, length) == part.name
    assert len({p.name for p in parts}) == len(parts)


@settings(max_examples=60, deadline=None)
@given(spans, every, st.lists(days, max_size=12), st.integers(0, 20), days)
def test_each_serves_one_stretch_and_one_more_never_hurts(span, length, dates, late, extra):
    owed, as_of = stretches(span, length, RULES), day("2024-12-31")
    before = [HeldActivity(d, n) for n, d in enumerate(dates, start=1)]
    told, rest = settle_stretches(before, owed, late, as_of)
    used = [h.origin for t in told for h in t.held] + [h.origin for h in rest]
    assert sorted(used) == sorted(h.origin for h in before)
    for t in told:
        for h in t.held:
            within = t.stretch.start <= h.day <= t.stretch.end
            after = (h.day - t.stretch.end).days
            assert within if t.status == DONE else t.status == LATE and 0 < after <= late
    more, _ = settle_stretches([*before, HeldActivity(extra, 99)], owed, late, as_of)
    kept = (DONE, LATE)
    assert sum(t.status in kept for t in more) >= sum(t.status in kept for t in told)
    again, _ = settle_stretches(before[::-1], owed, late, as_of)
    assert [t.status for t in again] == [t.status for t in told]
