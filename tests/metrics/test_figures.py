"""Declared metrics on DuckDB against plain Python on the same rows."""

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalian_eval.metrics.conditions import holds
from dalian_eval.metrics.monthly import all_metrics
from dalian_eval.metrics.sources import open_sources
from dalian_eval.rubric.conditions import satisfies
from dalian_eval.rubric.metrics import Metric
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import Condition
from dalian_eval.schema.arrow import arrow_schema
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.tables import BY_NAME
from tests.properties.road import examples

PERIOD = Period(dt.date(2024, 1, 1), dt.date(2024, 6, 30))
AS_OF = dt.date(2024, 4, 20)
TREE = {"D00": None, "D01": "D00", "D02": "D00", "D11": "D01"}
KINDS = ("业务学习", "能力竞赛", "案卷评查")

rows_of_activities = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(KINDS),
            "unit_id": st.sampled_from([*TREE, None]),
            "date": st.none() | st.dates(dt.date(2023, 12, 20), dt.date(2024, 7, 10)),
            "attendees": st.none() | st.integers(0, 40),
        }
    ),
    max_size=25,
)


def write(folder: Path, **tables: list[dict[str, object]]) -> None:
    for name, rows in tables.items():
        schema = arrow_schema(BY_NAME[name])
        filled = [
            {**dict.fromkeys(schema.names), **row, "_origin": n} for n, row in enumerate(rows)
        ]
        pq.write_table(pa.Table.from_pylist(filled, schema=schema), folder / f"{name}.parquet")


def units() -> list[dict[str, object]]:
    return [{"unit_id": unit, "parent_id": above} for unit, above in TREE.items()]


def metric(form: str, every_month: bool, **amounts: dict[str, object]) -> Metric:
    return Metric.model_validate(
        {
            "title": "试",
            "kind": "unit",
            "form": form,
            "units": ("人", "次"),
            "nobody": "活动",
            "every_month": every_month,
            "ways": {"all": {side: {"by": "unit_id", **a} for side, a in amounts.items()}},
        }
    )


def below(unit: str, reach: str) -> set[str]:
    found = {unit}
    while reach == "subtree" and (more := {u for u, a in TREE.items() if a in found} - found):
        found |= more
    return found


@pytest.mark.parametrize("every_month", [True, False])
@pytest.mark.parametrize("reach", ["subtree", "own"])
@examples(6)
@given(rows=rows_of_activities)
def test_sums_counts_and_distinct_values(rows, reach, every_month, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    write(folder, units=units(), activities=rows)
    amount = {"table": "activities", "month": "date", "reach": reach}
    declared = metric(
        "mean",
        every_month,
        numerator={
            **amount,
            "take": "sum",
            "column": "attendees",
            "where": {"kind": {"equals": KINDS[:2]}, "attendees": {"at_least": 3}},
        },
        denominator={**amount, "take": "distinct", "column": "kind"},
    )
    frame = pd.DataFrame(units())
    made = all_metrics(open_sources(folder, frame, PERIOD, AS_OF), {"m": declared})
    figures = {
        (str(r.candidate), str(r.month)): (int(r.numerator), int(r.denominator), list(r.evidence))
        for r in made.itertuples()
    }
    months = ["2024-01", "2024-02", "2024-03", "2024-04"]
    wanted = {}
    for unit in TREE:
        for month in months:
            mine = [
                (n, row)
                for n, row in enumerate(rows)
                if row["unit_id"] in below(unit, reach)
                and row["date"] is not None
                and PERIOD.start <= row["date"] <= AS_OF
                and row["date"].isoformat()[:7] == month
            ]
            top = [
                (n, row)
                for n, row in mine
                if row["kind"] in KINDS[:2] and (row["attendees"] or 0) >= 3
            ]
            if mine or every_month:
                wanted[unit, month] = (
                    sum(row["attendees"] for _, row in top),
                    len({row["kind"] for _, row in mine}),
                    [n for n, _ in top],
                )
    assert figures == wanted


def test_a_metric_whose_tables_are_missing_has_no_figures(tmp_path):
    write(tmp_path, units=units())
    amount = {"table": "activities", "month": "date", "reach": "own"}
    sources = open_sources(tmp_path, pd.DataFrame(units()), PERIOD, AS_OF)
    counted = metric("count", True, numerator=amount)
    of_staff = metric(
        "mean",
        True,
        numerator=amount,
        denominator={"table": "staff_month_end", "month": "month", "reach": "own"},
    )
    assert all_metrics(sources, {"a": counted, "b": of_staff}).empty


CONDITIONS = [
    ("kind", {"equals": ["业务学习"]}),
    ("kind", {"equals": ["业务学习", None]}),
    ("kind", {"equals": [None]}),
    ("topic", {"mentions": ["集训", "测试"]}),
    ("attendees", {"at_least": 3}),
    ("attendees", {"at_most": 3}),
    ("attendees", {"equals": [4, None]}),
    ("date", {"years": [2024]}),
    ("double_strike", {"equals": [True]}),
    ("double_strike", {"equals": [False, None]}),
    ("fields", {"any_of": ["土壤", "ODS"]}),
    ("fields", {"all_of": ["土壤", "ODS"]}),
    ("fields", {"at_least": 2}),
    ("score", {"at_least": 60}),
    ("score", {"at_most": 60}),
]


@pytest.mark.parametrize(("column", "asked"), CONDITIONS)
def test_conditions_hold_for_the_same_rows_in_both_engines(column, asked, tmp_path):
    values = {
        "kind": ["业务学习", "能力竞赛", None],
        "topic": ["集训动员", "模拟测试", "", None],
        "attendees": [2, 3, 4, None],
        "date": [dt.date(2024, 2, 1), dt.date(2023, 2, 1), None],
        "double_strike": [True, False, None],
        "fields": [["土壤"], ["土壤", "ODS"], ["大气", "土壤", "土壤"], [], None],
        "score": [Fraction(119, 2), Fraction(60), None],
    }
    table = {"double_strike": "cases", "fields": "cases", "score": "case_reviews"}
    name = table.get(column, "activities")
    cells = [float(v) if isinstance(v, Fraction) else v for v in values[column]]
    schema = arrow_schema(BY_NAME[name])
    data = pa.table({column: pa.array(cells).cast(schema.field(column).type)})
    whole = pa.Table.from_pylist(
        [{**dict.fromkeys(schema.names), "_origin": n} for n in range(len(cells))], schema=schema
    ).set_column(schema.get_field_index(column), column, data[column])
    pq.write_table(whole, tmp_path / f"{name}.parquet")
    condition = Condition.model_validate(asked)
    sources = open_sources(tmp_path, pd.DataFrame(), PERIOD, AS_OF)
    found = sources.table(name)
    kept = found.filter(holds(found[column], condition)).order_by("_origin").to_pandas()
    frame = to_frame(whole, BY_NAME[name])
    by_pandas = [n for n, ok in enumerate(satisfies(frame[column], condition)) if ok]
    assert list(kept["_origin"]) == by_pandas
