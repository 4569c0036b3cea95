"""Six invented systems export the county: what is read from them is what our tables hold."""

import datetime as dt
from pathlib import Path

import pyarrow.parquet as pq

from dalian_eval.demo import invent
from dalian_eval.demo.systems import mappings_of, write_systems
from dalian_eval.demo.tidy import write_tidy
from dalian_eval.intake import clean
from dalian_eval.schema.tables import BY_NAME
from tests.properties.road import PARAMS, canonical, outcome

AS_OF = dt.date(2024, 10, 31)


def rows(folder: Path, name: str) -> list[dict]:
    table = BY_NAME[name]
    found = pq.read_table(folder / f"{name}.parquet").drop(["_origin"]).to_pylist()
    return sorted(found, key=lambda row: [str(row[k]) for k in table.key or row])


def test_the_same_county_read_from_six_systems_scores_the_same(tmp_path: Path) -> None:
    county = invent(units=3, officers=16, seed=7)
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    write_tidy(county, ours)
    write_systems(county, theirs)
    mappings = tmp_path / "mappings.yaml"
    mappings.write_text(mappings_of(county), encoding="utf-8")
    made = {}
    for raw in (ours, theirs):
        out = raw.with_name(f"{raw.name}-clean")
        report = clean(raw, out, headers=PARAMS / "headers.yaml", mappings=mappings)
        assert report.quarantine.empty, report.quarantine[["cells", "reason"]].to_string()
        made[raw] = out
    told = report.mapped.set_index("mapping")
    assert sorted(told.index) == sorted(
        ["移动执法系统", "行政处罚系统", "花名册", "监督帮扶结果", "在线监控", "荣誉汇总"]
    )
    assert told["left_out"].sum() == 1  # the case that is not decided yet
    for name in BY_NAME:
        if (made[ours] / f"{name}.parquet").exists():
            assert rows(made[theirs], name) == rows(made[ours], name), name
    one, other = (outcome(canonical(made[raw], AS_OF)) for raw in (ours, theirs))
    assert other.scores == one.scores
    assert other.clauses == one.clauses
    assert sorted(other.entries) == sorted(one.entries)
