"""Numbers of a candidate made into one, against a plain model; last year's row of a thing."""

from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalian_eval.rubric.queries import FactMeasure
from dalian_eval.schema.model import Column, Contract, Table, Type, YearBefore
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import SHIPPED, using
from dalian_eval.scoring.derive import derive
from dalian_eval.scoring.gathering import gather
from tests.scoring.test_event_rules import AS_OF, RUBRIC

ROWS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from("甲乙丙"),
        st.decimals(0, 100, places=1),
        st.decimals(1, 100, places=1),
    ),
    max_size=12,
)
FEW = st.fixed_dictionaries({"highest": st.integers(0, 3), "lowest": st.integers(0, 2)})


def chosen(numbers, keep, drop):
    """The numbers that count: sorted, cut at the ends."""
    ranked = sorted(numbers)
    few = keep or drop or {}
    low = few.get("lowest", 0)
    top = ranked[max(0, len(ranked) - few.get("highest", 0)) :]
    rest = ranked[: len(ranked) - len(top)]
    bottom, middle = rest[:low], rest[low:]
    return top + bottom if keep else middle if drop else ranked


def one(numbers, take, keep=None, drop=None):
    kept = chosen(numbers, keep, drop)
    if take == "sum":
        return sum(kept, Fraction(0))
    return sum(kept, Fraction(0)) / len(kept) if kept else None


@given(
    ROWS,
    st.sampled_from(["sum", "mean"]),
    st.one_of(st.none(), st.integers(1, 3)),
    st.one_of(st.none(), FEW.filter(lambda f: any(f.values()))),
    st.one_of(st.none(), st.tuples(st.sampled_from(["sum", "mean"]), st.integers(1, 3))),
    st.booleans(),
)
def test_what_counts_is_added_up_or_averaged_exactly(rows, take, keep, drop, each, share):
    asked = {"what": "数", "table": "honours", "of": "own", "take": take, "column": "value"}
    few = {"highest": keep} if keep else None
    drop = None if few else drop
    asked |= {"keep": few} if few else {"drop": drop} if drop else {}
    inner = {"keep": {"highest": each[1]}} if each else {}
    asked |= {"each": {"by": "who", "take": each[0], **inner}} if each else {}
    asked |= {"share_of": "target"} if share and take == "mean" else {}
    measure = FactMeasure.model_validate(asked)
    columns = ["candidate", "who", "value", "target"]
    frame = pd.DataFrame(rows, columns=columns).astype({"candidate": "int64"})
    made = gather(measure, frame, 3)
    for candidate in range(3):
        mine = frame[frame["candidate"] == candidate]
        numbers = [Fraction(v) for v in mine["value"]]
        if measure.share_of is not None:
            targets = map(Fraction, mine["target"])
            numbers = [min(v / t, Fraction(1)) for v, t in zip(numbers, targets, strict=True)]
        if each:
            groups: dict[str, list[Fraction]] = {}
            for who, number in zip(mine["who"], numbers, strict=True):
                groups.setdefault(who, []).append(number)
            numbers = [one(g, each[0], inner["keep"]) for g in groups.values()]
        expected = one(numbers, take, few, drop)
        below = int(made.count[candidate]) * made.factor
        got = Fraction(int(made.top[candidate]), below) if below else None
        assert got == expected


def table(kind: Type) -> Table:
    columns = (
        Column(name="thing", header="对象", type=Type.CODE, key=True),
        Column(name="by", header="时间", type=kind, key=True),
        Column(name="value", header="值", type=Type.NUMBER),
    )
    how = YearBefore(same=("thing",), by="by")
    return Table(name="yearly", sheet="逐年", note="一行", columns=columns, year_before=how)


@pytest.mark.parametrize(
    ("kind", "times", "values"),
    [
        (Type.INTEGER, [2023, 2024, 2024, 2022], [None, "1", None, None]),
        (Type.MONTH, ["2023-12", "2024-12", "2024-11", "2023-11"], [None, "1", None, None]),
    ],
)
def test_the_row_of_the_year_before(kind, times, values):
    made = Contract((*SHIPPED.tables, table(kind)))
    rows = pd.DataFrame(
        {
            "thing": pd.Series(["甲", "甲", "乙", "丙"], dtype="str"),
            "by": pd.Series(times, dtype="Int64" if kind is Type.INTEGER else "str"),
            "value": pd.Series([Decimal(n) for n in (1, 2, 3, 4)], dtype=object),
            ORIGIN: pd.Series(range(4), dtype="int64"),
        }
    )
    with using(made):
        nothing = pd.DataFrame({"record_id": pd.Series([], dtype="str")})
        found = derive({"yearly": rows}, nothing, RUBRIC.period, AS_OF)["yearly"]
    told = [None if pd.isna(v) else str(v) for v in found["year_before.value"]]
    assert told == values
