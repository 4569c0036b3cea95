"""DuckDB and plain pandas make the same months, and so the same ledger, of the same tables."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from dalian_eval.metrics.monthly import COLUMNS
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.tables import BY_NAME
from tests.properties import pandas_metrics
from tests.properties.road import (
    canonical,
    clean,
    county,
    days,
    examples,
    lines,
    outcome,
    seeds,
    write,
)

SOMETIMES_MISSING = [(), ("检查记录",), ("案件",), ("自动监测", "案件承办")]


@examples(3)
@given(seeds, days, st.sampled_from(SOMETIMES_MISSING))
def test_both_engines_make_one_ledger(seed, as_of, missing):
    tables = {s: rows for s, rows in county(seed, width=2).items() if s not in missing}
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "clean"
        write(tables, raw)
        clean(raw, out)
        by_duckdb = canonical(out, as_of)
        frames = {
            f.stem: to_frame(pq.read_table(f), BY_NAME[f.stem]) for f in out.glob("*.parquet")
        }
    by_pandas = replace(
        by_duckdb,
        metrics=pandas_metrics.all_metrics(frames, as_of),
        records=pandas_metrics.found_records(frames, as_of),
    )
    assert pandas_metrics.COLUMNS == list(by_duckdb.metrics.columns) == COLUMNS
    assert lines(by_pandas.metrics) == lines(by_duckdb.metrics)
    assert lines(by_pandas.records) == lines(by_duckdb.records)
    assert outcome(by_pandas) == outcome(by_duckdb)
