"""Lists of origins as text, made in columns: the same as one by one."""

import pandas as pd
import pytest

from dalian_eval.schema.evidence_texts import origin_texts
from dalian_eval.schema.frames import ORIGINS
from dalian_eval.schema.origins import (
    EVIDENCE_LIMIT,
    Source,
    evidence_limit,
    origin,
    origin_text,
    spot,
)

SOURCES = {
    1: Source(1, "cases", "案件 2.xlsx", "0" * 64, "表#1"),
    9: Source(9, "leads", "a.csv", "0" * 64, ""),
}
LISTS = [[], [origin(1, 5), origin(9, 7)], [origin(9, spot(3, 2))], [origin(1, 2**25)]]


@pytest.mark.parametrize("dtype", [object, ORIGINS])
def test_lists_are_told_as_each_origin_is(dtype):
    told = origin_texts(pd.Series(LISTS, dtype=dtype), SOURCES)
    assert told == [" ".join(origin_text(o, SOURCES) for o in some) for some in LISTS]


def test_no_lists():
    assert origin_texts(pd.Series([], dtype=object), SOURCES) == []


def test_a_province_lists_fewer_rows_of_a_figure():
    assert evidence_limit(2_000) == EVIDENCE_LIMIT > evidence_limit(2_001)
