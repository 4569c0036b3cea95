"""Merging all groups of a batch at once gives what merging them one by one would."""

from datetime import datetime

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from dalian_eval.intake.records import external_sort
from dalian_eval.intake.records.merge import merge
from dalian_eval.schema.arrow import arrow_schema
from dalian_eval.schema.origins import origin
from dalian_eval.schema.tables import BY_NAME

TABLE = BY_NAME["inspections"]
PERIODS = np.array([0, 202401, 202402, 202402], dtype=np.int64)
TIMES = [None, datetime(2024, 3, 5, 10), datetime(2024, 3, 5, 10, 0, 0, 5)]

ROW = st.fixed_dictionaries(
    {
        "record_id": st.sampled_from(["R1", "R2", "R3"]),
        "unit_id": st.sampled_from(["D1", "D2"]),
        "inspectors": st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True),
        "uploader": st.none(),
        "inspected_at": st.sampled_from(TIMES[:2]),
        "uploaded_at": st.sampled_from(TIMES),
        "valid": st.sampled_from([None, True, False]),
        "target": st.sampled_from([None, "甲"]),
        "source": st.integers(0, 3),
    }
)


def one_by_one(rows):
    """The rule told for one key at a time: (accepted rows, merged, superseded, conflicting)."""
    accepted, merged, superseded, conflicts = [], [], [], []
    for key in sorted({r["record_id"] for r in rows}):
        group = [r for r in rows if r["record_id"] == key]
        contents = [content(r) for r in group]
        periods = [int(PERIODS[r["source"]]) for r in group]
        newest = [r for r, p in zip(group, periods, strict=True) if p == max(periods)]
        winner = group[0] if len(set(contents)) == 1 else newest[0]
        if len(set(contents)) > 1 and (0 in periods or len({*map(content, newest)}) > 1):
            conflicts += group
            continue
        same = [r for r in group if content(r) == content(winner)]
        if len(group) > 1:
            winner = winner | {"inspectors": sorted({i for r in same for i in r["inspectors"]})}
        accepted.append(winner)
        merged += [r for r in same if r["_origin"] != winner["_origin"]]
        superseded += [r for r in group if r not in same]
    return accepted, merged, superseded, conflicts


def content(row):
    return tuple(row[c.name] for c in TABLE.columns if c.name != "inspectors")


def origins(rows):
    return sorted(row["_origin"] for row in rows)


@given(st.lists(ROW, min_size=1, max_size=12))
@settings(deadline=None, max_examples=300)
def test_groups_are_merged_as_the_rule_says(rows):
    rows = [row | {"_origin": origin(row["source"], i + 2)} for i, row in enumerate(rows)]
    rows.sort(key=lambda row: (row["record_id"], row["_origin"]))
    stripped = [{k: v for k, v in row.items() if k != "source"} for row in rows]
    table = pa.Table.from_pylist(stripped, arrow_schema(TABLE))
    found = merge(TABLE, table, PERIODS, lambda origin: f"第{origin}行")
    accepted, merged, superseded, conflicts = one_by_one(rows)
    wanted = [{k: v for k, v in row.items() if k != "source"} for row in accepted]
    assert found.rows.to_pylist() == wanted
    assert sorted(found.merges["_origin"].to_pylist()) == origins(merged)
    assert sorted(found.supersessions["_origin"].to_pylist()) == origins(superseded)
    assert sorted(found.problems) == origins(conflicts)
    kept = {row["record_id"]: row["_origin"] for row in accepted}
    for absorbed in (*found.merges.to_pylist(), *found.supersessions.to_pylist()):
        assert absorbed["kept"] == kept[absorbed["key"]]


INSPECTIONS = ["记录编号", "单位编码", "检查人员", "检查时间", "有效", "检查对象"]


def record(number, who, target="甲厂"):
    return [f"R{number:03d}", "D01", who, "2024-03-05 10:00:00", "是", target]


def test_every_changed_cell_is_told_with_both_origins(office):
    office.csv("检查记录_202401.csv", INSPECTIONS, ["R1", "D01", "", "2024-03-05", "是", "旧"])
    office.csv("检查记录_202402.csv", INSPECTIONS, ["R1", "D02", "a", "2024-03-05", "", "新"])
    (row,) = office.clean().supersessions.to_dict("records")
    assert row == {
        "table": "inspections",
        "key": "R1",
        "kept_file": "检查记录_202402.csv",
        "kept_sheet": "",
        "kept_row": 2,
        "file": "检查记录_202401.csv",
        "sheet": "",
        "row": 2,
        "changed": "单位编码：D01 → D02；检查人员：空 → a；有效：是 → 空；检查对象：旧 → 新",
    }


def test_numbers_and_times_are_told_as_people_write_them(office):
    header = ["案件编号", "级别", "评查日期", "得分"]
    office.csv("案卷评查_202401.csv", header, ["1号", "部", "2024-01-02", "86.5"])
    office.csv("案卷评查_202402.csv", header, ["1号", "部", "2024-01-02", "90"])
    told = office.clean().supersessions
    assert told["changed"].to_list() == ["得分：86.5 → 90"]
    assert told["key"].to_list() == ["1号 | 部 | 2024-01-02"]


def test_a_key_is_never_divided_between_batches(office, monkeypatch, tmp_path):
    office.people()
    rows = [record(n // 3, f"0612000{n % 3 + 1}") for n in range(60)]
    office.csv("检查记录_202403.csv", INSPECTIONS, *rows)
    office.csv("检查记录_202404.csv", INSPECTIONS, *(record(n, "06120001") for n in range(15, 30)))
    office.clean()
    whole = {path.name: path.read_bytes() for path in office.out.glob("*.csv")}
    accepted = office.rows("inspections")
    assert len(accepted) == 30
    assert accepted[0]["inspectors"] == ["06120001", "06120002", "06120003"]
    monkeypatch.setattr(external_sort, "ROWS", 7)
    office.out = tmp_path / "again"
    office.clean()
    assert office.rows("inspections") == accepted
    assert whole == {path.name: path.read_bytes() for path in office.out.glob("*.csv")}


def test_two_spellings_of_one_number_with_one_content_are_one_record(office):
    office.people()
    header = ["记录编号", "单位编码", "检查人员", "检查时间"]
    rest = ["D01", "06120001", "2024-03-05 10:00"]
    office.csv("检查记录.csv", header, ["jl-1", *rest], ["JL—1", *rest], ["J L-1", *rest])
    other = ["D01", "06120002", "2024-03-05 10:00"]
    office.xlsx("检查记录二.xlsx", 检查记录=[header, ["jl-1", *other]])
    case = ["东〔2024〕1号", "D01", "一般处罚", "2024-03-06", "jl-1"]
    office.csv("案件.csv", ["案件编号", "单位编码", "案件类型", "决定日期", "检查记录编号"], case)
    office.clean()
    (record,) = office.rows("inspections")
    assert record["record_id"] == "JL-1"
    assert record["inspectors"] == ["06120001", "06120002"]
    assert office.column("cases", "record_id") == ["JL-1"]
    assert office.counts("检查记录.csv")["merged"] == 2
    assert office.counts("检查记录二.xlsx")["merged"] == 1


def test_two_spellings_with_two_contents_stay_two(office):
    office.people()
    header = ["记录编号", "单位编码", "检查人员", "检查时间"]
    office.csv(
        "检查记录.csv",
        header,
        ["jl-1", "D01", "06120001", "2024-03-05 10:00"],
        ["JL-1", "D01", "06120001", "2024-04-05 10:00"],
    )
    office.clean()
    assert sorted(office.column("inspections", "record_id")) == ["JL-1", "jl-1"]


def test_units_in_two_spellings_keep_those_below_them(office):
    office.people()
    office.csv(
        "单位.csv",
        ["单位编码", "单位名称", "上级单位编码"],
        ["d01", "东片", ""],
        ["D01", "东片", ""],
        ["D02", "西片", "d01"],
    )
    office.clean()
    assert office.column("units", "unit_id") == ["D01", "D02"]
    assert office.column("units", "parent_id") == [None, "D01"]
