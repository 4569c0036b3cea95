"""The invented county keeps the data contract at any size and is the same for the same seed."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.demo import County, Row, Value, invent
from dalian_eval.demo.inspections import Inspections
from dalian_eval.demo.model import MONTHS
from dalian_eval.schema.model import Column, Type
from dalian_eval.schema.tables import TABLES, UNIT

SIZES = [(1, 1, 17.0), (2, 5, 17.0), (4, 40, 17.0), (9, 100, 2.0), (30, 300, 0.0)]
PYTHON: dict[Type, type] = {
    Type.CODE: str,
    Type.CASE_NUMBER: str,
    Type.TEXT: str,
    Type.DATE: date,
    Type.MONTH: str,
    Type.TIMESTAMP: datetime,
    Type.BOOL: bool,
    Type.INTEGER: int,
    Type.NUMBER: Decimal,
    Type.LIST: list,
}


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def county(request: pytest.FixtureRequest) -> County:
    units, officers, mean = request.param
    return invent(units, officers, seed=7, inspections_per_officer_month=mean)


@pytest.fixture(scope="module")
def default() -> County:
    return invent()


def facts(county: County) -> dict[str, list[Row]]:
    return {name: list(rows) for name, rows in county.tables.items()}


def test_all_tables_with_all_columns_in_order(county: County) -> None:
    assert list(county.tables) == [table.name for table in TABLES]
    for table in TABLES:
        names = [column.name for column in table.columns]
        assert all(list(row) == names for row in county.tables[table.name])


def fault(column: Column, value: Value) -> str:
    """What is wrong with a value of a column, or nothing."""
    if value is None:
        return "blank" if column.mandatory else ""
    if type(value) is not PYTHON[column.type]:
        return f"type {type(value).__name__}"
    for part in value if isinstance(value, list) else [value]:
        if column.vocabulary and part not in column.vocabulary:
            return f"vocabulary {part}"
        if isinstance(part, str) and part != part.strip():
            return "blanks around"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        low, high = column.minimum, column.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            return "range"
    return ""


def test_every_cell_is_canonical(county: County) -> None:
    wrong = {
        (table.name, column.name, problem)
        for table in TABLES
        for row in county.tables[table.name]
        for column in table.columns
        if (problem := fault(column, row[column.name]))
    }
    assert wrong == set()


def test_keys_are_unique(county: County) -> None:
    for table in TABLES:
        keys = Counter(tuple(str(row[k]) for k in table.key) for row in county.tables[table.name])
        if table.key:
            assert [key for key, count in keys.items() if count > 1] == [], table.name


def test_references_exist(county: County) -> None:
    known = {
        name: {row[key] for row in county.tables[name]}
        for name, key in (("units", "unit_id"), ("officers", "officer_id"), ("cases", "case_id"))
    }
    missing = []
    for table in TABLES:
        for row in county.tables[table.name]:
            for column in table.columns:
                if column.references is None or row[column.name] is None:
                    continue
                target = column.references
                if target == "subject":
                    target = "units" if row["subject_kind"] == UNIT else "officers"
                value = row[column.name]
                parts = value if isinstance(value, list) else [value]
                missing += [(table.name, part) for part in parts if part not in known[target]]
    assert missing == []


def test_postings_do_not_overlap_and_inspectors_are_posted(county: County) -> None:
    stays: dict[Value, list[tuple[date, date, Value]]] = {}
    for row in county.tables["postings"]:
        start, end = row["start"], row["end"]
        assert isinstance(start, date)
        last = end if isinstance(end, date) else date.max
        stays.setdefault(row["officer_id"], []).append((start, last, row["unit_id"]))
    for spans in stays.values():
        assert all(before[1] < after[0] for before, after in pairwise(sorted(spans)))
    for row in county.tables["inspections"]:
        inspected, uploaded, people = row["inspected_at"], row["uploaded_at"], row["inspectors"]
        assert isinstance(inspected, datetime) and isinstance(uploaded, datetime)
        assert isinstance(people, list) and row["uploader"] in people and people == sorted(people)
        assert inspected < uploaded
        for person in people:
            assert any(
                start <= inspected.date() <= last and unit == row["unit_id"]
                for start, last, unit in stays[person]
            )


def test_automonitor_counts_ascend(county: County) -> None:
    for row in county.tables["automonitor"]:
        due, immediate, completed = row["due"], row["immediate"], row["completed"]
        assert isinstance(due, int) and isinstance(immediate, int) and isinstance(completed, int)
        assert 0 <= immediate <= completed <= due


def test_main_handlers_serve_in_the_unit_of_the_case() -> None:
    county = invent(9, 100)
    stays: dict[Value, list[Row]] = {}
    for row in county.tables["postings"]:
        stays.setdefault(row["officer_id"], []).append(row)
    cases = {row["case_id"]: row for row in county.tables["cases"]}
    for row in county.tables["case_handlers"]:
        case = cases[row["case_id"]]
        when = case["decided_on"] or case["transferred_on"]
        assert isinstance(when, date)
        assert any(
            p["unit_id"] == case["unit_id"]
            and isinstance(p["start"], date)
            and p["start"] <= when
            and (p["end"] is None or (isinstance(p["end"], date) and when <= p["end"]))
            for p in stays[row["officer_id"]]
        )


def test_same_seed_same_county() -> None:
    assert facts(invent(3, 20, seed=5)) == facts(invent(3, 20, seed=5))
    assert facts(invent(3, 20, seed=5)) != facts(invent(3, 20, seed=6))


def test_sizes_are_respected(default: County) -> None:
    for units, officers in ((1, 1), (4, 40), (12, 77)):
        county = invent(units, officers, inspections_per_officer_month=3)
        candidates = [row for row in county.tables["units"] if row["candidate"]]
        assert (len(candidates), len(county.tables["officers"])) == (units, officers)
    assert 7_500 < len(default.tables["inspections"]) < 8_500
    assert len(default.tables["cases"]) == 150
    assert 28 <= sum(row["candidate"] is True for row in default.tables["officers"]) <= 32
    few = invent(inspections_per_officer_month=5)
    assert 4 < len(few.tables["inspections"]) / 480 < 6


def test_a_large_county_is_lazy() -> None:
    county = invent(300, 6_000)
    rows = county.tables["inspections"]
    assert isinstance(rows, Inspections)
    assert len(rows) > 1_000_000
    assert rows[-1]["record_id"] == rows[len(rows) - 1]["record_id"]


def test_inspections_are_one_sequence(default: County) -> None:
    rows = default.tables["inspections"]
    assert isinstance(rows, Inspections)
    listed = list(rows)
    assert len(listed) == len(rows) == sum(len(rows.frame(m)) for m in range(len(MONTHS)))
    assert rows[0] == listed[0] and rows[-1] == listed[-1] and rows[700:703] == listed[700:703]
    with pytest.raises(IndexError):
        rows[len(rows)]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"units": 0}, "单位数"),
        ({"units": 5, "officers": 4}, "人员数"),
        ({"seed": -1}, "种子"),
        ({"inspections_per_officer_month": -0.5}, "检查记录数"),
        ({"inspections_per_officer_month": float("nan")}, "检查记录数"),
    ],
)
def test_bad_sizes_are_refused(arguments: dict[str, Any], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        invent(**arguments)
