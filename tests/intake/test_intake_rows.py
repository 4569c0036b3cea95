"""What becomes of rows: merged, superseded, in conflict, without reference, resolved by name."""

from datetime import date, datetime

import pytest

INSPECTIONS = [
    "记录编号",
    "单位编码",
    "检查人员",
    "上传人",
    "检查时间",
    "上传时间",
    "有效",
    "检查对象",
]


def inspection(record="R1", unit="D01", who="06120001", when="2024-03-05 10:00:00", target="甲厂"):
    return [record, unit, who, "", when, when, "是", target]


def test_identical_rows_merge(office):
    office.csv("单位_1.csv", ["单位编码", "单位名称"], ["D01", "东片"], ["D01", "东片 "])
    office.csv("单位_2.csv", ["单位名称", "单位编码"], ["东片", "Ｄ01"])
    report = office.clean()
    assert office.column("units", "unit_id") == ["D01"]
    assert office.counts("单位_1.csv") == {
        "rows_read": 2,
        "accepted": 1,
        "merged": 1,
        "superseded": 0,
        "quarantined": 0,
    }
    assert office.counts("单位_2.csv")["merged"] == 1
    assert report.merges[["key", "kept_row", "file", "row"]].to_numpy().tolist() == [
        ["D01", 2, "单位_1.csv", 3],
        ["D01", 2, "单位_2.csv", 2],
    ]


def test_lists_are_compared_as_sets(office):
    header = ["案件编号", "单位编码", "案件类型", "装备"]
    office.csv("案件.csv", header, ["1", "D", "移送", "甲、乙"], ["1", "D", "移送", "乙、甲"])
    office.clean()
    assert office.column("cases", "equipment") == [["甲", "乙"]]


def test_joint_inspections_become_one_record(office):
    office.csv(
        "检查记录.csv",
        INSPECTIONS,
        inspection(who="06120002"),
        inspection(who="06120001"),
        inspection(who="06120003、06120001"),
        inspection(record="R2", who="06120002、06120001"),
    )
    report = office.clean()
    assert office.column("inspections", "inspectors") == [
        ["06120001", "06120002", "06120003"],
        ["06120002", "06120001"],
    ]
    assert office.counts("检查记录.csv")["merged"] == 2
    assert report.merges["changed"].to_list() == [
        "检查人员：06120001 → 06120002",
        "检查人员：06120001、06120003 → 06120002",
    ]


def test_rows_that_differ_in_more_than_inspectors_conflict(office):
    office.csv("检查记录.csv", INSPECTIONS, inspection(), inspection(who="06120002", target="乙厂"))
    office.clean()
    assert office.rows("inspections") == []
    assert office.codes() == ["conflict", "conflict"]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("单位_202409.csv", "单位_202410.csv"),
        ("202409/单位.csv", "202410/单位.csv"),
        ("202412/单位_202409.csv", "202401/单位_202410.csv"),
        ("单位_202401-202409.csv", "单位_202401-202410.csv"),
        ("z202409导出/东片/单位.csv", "a202410导出/单位.csv"),
    ],
)
def test_later_period_supersedes(office, older, newer):
    office.csv(older, ["单位编码", "单位名称", "候选集体"], ["D01", "旧", "是"])
    office.csv(newer, ["单位编码", "单位名称", "候选集体"], ["D01", "新", "是"])
    report = office.clean()
    assert office.column("units", "name") == ["新"]
    assert office.counts(older)["superseded"] == 1
    assert office.counts(newer)["accepted"] == 1
    (row,) = report.supersessions.to_dict("records")
    assert (row["key"], row["kept_file"], row["file"]) == ("D01", newer, older)
    assert row["changed"] == "单位名称：旧 → 新"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("单位_a.csv", "单位_b.csv"),
        ("单位_202410.csv", "单位.csv"),
        ("单位_202410_a.csv", "单位_202410_b.csv"),
        ("单位_202410.csv", "单位_20241005.csv"),
        ("单位_202413.csv", "单位_202414.csv"),
    ],
)
def test_without_an_order_both_are_quarantined(office, one, other):
    office.csv(one, ["单位编码", "单位名称"], ["D01", "旧"])
    office.csv(other, ["单位编码", "单位名称"], ["D01", "新"])
    report = office.clean()
    assert office.rows("units") == []
    assert office.codes() == ["conflict", "conflict"]
    assert report.supplied == ("units",)
    reason = report.quarantine["reason"][0]
    assert "D01 在 文件" in reason
    assert "『单位名称』不同" in reason


def test_old_copies_of_the_winner_merge_and_the_rest_is_superseded(office):
    for month, name in (("202401", "甲"), ("202402", "乙"), ("202403", "甲")):
        office.csv(f"单位_{month}.csv", ["单位编码", "单位名称"], ["D01", name])
    office.clean()
    assert office.column("units", "name") == ["甲"]
    assert office.counts("单位_202401.csv")["merged"] == 1
    assert office.counts("单位_202402.csv")["superseded"] == 1
    assert office.counts("单位_202403.csv")["accepted"] == 1


def test_tables_without_key_merge_identical_rows_only(office):
    header = ["执法证号", "单位编码", "到岗日期"]
    row = ["061", "D01", "2023-01-01"]
    office.csv(
        "任职.csv", header, row, row, ["061", "D01", "2024-01-01"], ["061", "D02", "2023-01-01"]
    )
    office.clean()
    assert office.counts("任职.csv")["accepted"] == 3
    assert office.counts("任职.csv")["merged"] == 1


def test_result_does_not_depend_on_the_order_of_files(office, tmp_path):
    (tmp_path / "second").mkdir()
    first, second = office, type(office)(tmp_path / "second")
    rows = [["D02", "西"], ["D01", "东"], ["D03", "南"]]
    first.csv("单位_a.csv", ["单位编码", "单位名称"], *rows)
    second.csv("单位_z.csv", ["单位编码", "单位名称"], rows[0])
    second.csv("单位_b.csv", ["单位编码", "单位名称"], *rows[1:])
    first.clean()
    second.clean()
    assert first.rows("units") == second.rows("units")
    assert first.column("units", "unit_id") == ["D01", "D02", "D03"]


def test_two_runs_give_the_same_bytes(office):
    office.people()
    office.csv("检查记录.csv", INSPECTIONS, inspection(), inspection(record="R2", who="谁"))
    office.clean()
    first = {path.name: path.read_bytes() for path in office.out.iterdir()}
    office.out = office.out.with_name("again")
    office.clean()
    assert first == {path.name: path.read_bytes() for path in office.out.iterdir()}


def test_unknown_references(office):
    office.people()
    office.csv(
        "检查记录.csv",
        INSPECTIONS,
        inspection(),
        inspection(record="R2", unit="D99"),
        inspection(record="R3", who="06120001、6120002"),
        inspection(record="R4", unit="东片"),
    )
    report = office.clean()
    assert office.column("inspections", "record_id") == ["R1"]
    assert office.codes() == ["unknown_reference"] * 3
    assert report.quarantine["value"].to_list() == ["D99", "6120002", "东片"]
    fixes = report.quarantine["fix"].to_list()
    assert "表中有 06120002，开头的 0 可能丢失了" in fixes[1]
    assert "“东片”的编码是 D01" in fixes[2]


def test_references_to_tables_not_supplied_are_not_checked(office):
    office.csv("检查记录.csv", INSPECTIONS, inspection(unit="D99", who="某人"))
    office.clean()
    assert office.column("inspections", "inspectors") == [["某人"]]


def test_references_to_an_empty_table_are_checked(office):
    office.csv("单位.csv", ["单位编码"])
    office.csv("检查记录.csv", INSPECTIONS, inspection())
    office.clean()
    assert office.codes() == ["unknown_reference"]


def test_quarantine_cascades(office):
    office.people()
    office.csv("案件.csv", ["案件编号", "单位编码", "案件类型"], ["1号", "D01", "罚"])
    office.csv("案件承办.csv", ["案件编号", "执法证号"], ["1号", "06120001"], ["2号", "06120001"])
    report = office.clean()
    assert office.codes() == ["not_in_vocabulary", "reference_quarantined", "unknown_reference"]
    assert "『案件』表" in report.quarantine["fix"][1]


def test_unit_tree_cascades_to_the_leaves_and_survives_cycles(office):
    office.csv(
        "单位.csv",
        ["单位编码", "上级单位编码"],
        ["D00", ""],
        ["D01", "D00"],
        ["D02", "D99"],
        ["D03", "D02"],
        ["D04", "D03"],
        ["D05", "D06"],
        ["D06", "D05"],
    )
    office.clean()
    assert office.column("units", "unit_id") == ["D00", "D01", "D05", "D06"]
    assert office.codes() == ["unknown_reference", "reference_quarantined", "reference_quarantined"]


def test_a_conflict_takes_its_children_along(office):
    office.csv(
        "单位.csv",
        ["单位编码", "单位名称", "上级单位编码"],
        ["D01", "甲", ""],
        ["D01", "乙", ""],
        ["D02", "丙", "D01"],
    )
    office.clean()
    assert office.rows("units") == []
    assert office.codes() == ["conflict", "conflict", "reference_quarantined"]


def test_inspection_record_of_a_case_is_no_reference(office):
    office.people()
    office.csv("检查记录.csv", INSPECTIONS, inspection())
    header = ["案件编号", "单位编码", "案件类型", "检查记录编号"]
    office.csv("案件.csv", header, ["1号", "D01", "移送", "没有的记录"])
    office.clean()
    assert office.codes() == []


def test_subject_by_kind(office):
    office.people()
    header = ["编号", "对象类型", "对象", "类别"]
    office.csv(
        "荣誉.csv",
        header,
        ["1", "单位", "D01", "荣誉"],
        ["2", "个人", "06120001", "荣誉"],
        ["3", "单位", "06120001", "荣誉"],
        ["4", "个人", "D01", "荣誉"],
    )
    office.clean()
    assert office.column("honours", "honour_id") == ["1", "2"]
    assert office.codes() == ["unknown_reference"] * 2


def test_names_resolve_when_unique_in_the_unit_on_that_date(office):
    office.people()
    office.csv(
        "检查记录.csv",
        INSPECTIONS,
        # 甲某 is 06120001 in D01 and 06120003 in D02; 乙某 moved on 1 July.
        inspection(record="R1", unit="D01", who="甲 某、06120002"),
        inspection(record="R2", unit="D02", who="甲某"),
        inspection(record="R3", unit="D01", who="乙某", when="2024-06-30 23:00"),
        inspection(record="R4", unit="D02", who="乙某", when="2024-07-01 00:10"),
        inspection(record="R5", unit="D01", who="乙某", when="2024-07-01 00:10"),
        inspection(record="R6", unit="D01", who="丙某"),
        inspection(record="R7", unit="D01", who="乙某", when=""),
    )
    report = office.clean()
    assert office.column("inspections", "inspectors") == [
        ["06120001", "06120002"],
        ["06120003"],
        ["06120002"],
        ["06120002"],
    ]
    assert office.codes() == ["name_not_posted", "unknown_reference", "name_without_context"]
    reason = report.quarantine["reason"][0]
    assert "2024-07-01 在单位 D01 没有在岗的同名人员；同名人员有 06120002（D01、D02）" in reason
    changes = report.changes[report.changes["kind"] == "姓名：换成执法证号"]
    assert changes["count"].to_list() == [4]


def test_two_of_one_name_in_one_unit_stay_open(office):
    office.people()
    office.csv("人员2.csv", ["执法证号", "姓名"], ["06120004", "甲某"])
    office.csv("任职2.csv", ["执法证号", "单位编码", "到岗日期"], ["06120004", "D01", "2024-01-01"])
    office.csv("检查记录.csv", INSPECTIONS, inspection(who="甲某"))
    report = office.clean()
    assert office.codes() == ["name_ambiguous"]
    assert "06120001、06120004" in report.quarantine["reason"][0]


def test_names_are_resolved_before_joint_inspections_unite(office):
    office.people()
    office.csv("检查记录.csv", INSPECTIONS, inspection(who="甲某"), inspection(who="06120001"))
    office.clean()
    assert office.column("inspections", "inspectors") == [["06120001"]]


def test_names_of_handlers_use_unit_and_day_of_the_case(office):
    office.people()
    header = ["案件编号", "单位编码", "案件类型", "决定日期"]
    office.csv("案件.csv", header, ["1号", "D02", "一般处罚", "2024-08-01"])
    office.csv("案件承办.csv", ["案件编号", "执法人员", "执法证号"], ["1号", "", "乙某"])
    office.clean()
    assert office.column("case_handlers", "officer_id") == ["06120002"]


def test_names_without_unit_stay_open(office):
    office.people()
    office.csv(
        "荣誉.csv", ["编号", "对象类型", "对象", "类别", "日期"], ["1", "个人", "乙某", "荣誉", ""]
    )
    office.csv("任职3.csv", ["执法证号", "单位编码", "到岗日期"], ["乙某", "D01", "2022-01-01"])
    report = office.clean()
    assert office.codes() == ["name_without_context"] * 2
    assert "缺少单位和日期" in report.quarantine["reason"].to_list()[1]


def test_rules_between_columns(office):
    office.csv(
        "自动监测.csv",
        ["单位编码", "月份", "应传数", "即时有效数", "补全有效数"],
        ["D01", "2024-01", "100", "90", "95"],
        ["D01", "2024-02", "100", "100", "100"],
        ["D01", "2024-03", "100", "96", "95"],
        ["D01", "2024-04", "100", "90", "101"],
        ["D01", "2024-05", "100", "-1", "95"],
        ["D01", "2024-06", "0", "0", "0"],
    )
    office.csv(
        "任职.csv",
        ["执法证号", "单位编码", "到岗日期", "离岗日期"],
        ["1", "D", "2024-02-01", "2024-01-31"],
    )
    office.csv(
        "人员.csv", ["执法证号", "证件有效期起", "证件有效期止"], ["2", "2024-02-01", "2024-01-31"]
    )
    report = office.clean()
    assert office.column("automonitor", "month") == ["2024-01", "2024-02", "2024-06"]
    assert office.codes("automonitor") == ["counts_out_of_order"] * 2 + ["out_of_range"]
    assert office.codes("postings") == office.codes("officers") == ["end_before_start"]
    reasons = report.quarantine["reason"].to_list()
    rule = "应满足 即时有效数 ≤ 补全有效数 ≤ 应传数。"
    assert f"『即时有效数』96 大于『补全有效数』95，{rule}" in reasons


def test_one_day_on_duty_is_no_contradiction(office):
    office.csv(
        "任职.csv",
        ["执法证号", "单位编码", "到岗日期", "离岗日期"],
        ["1", "D", "2024-02-01", "2024-02-01"],
    )
    office.clean()
    assert office.column("postings", "end") == [date(2024, 2, 1)]


def test_one_bad_cell_costs_the_row_and_all_are_told(office):
    header = ["案件编号", "单位编码", "案件类型", "决定日期", "两打"]
    office.csv("案件.csv", header, ["3.2E+14", "", "罚", "昨天", "?"], ["1号", "D", "移送", "", ""])
    report = office.clean()
    (row,) = report.quarantine.to_dict("records")
    assert (row["code"], row["column"], row["value"]) == (
        "scientific_notation",
        "案件编号",
        "3.2E+14",
    )
    for word in ("『单位编码』没有填写", "值 罚 不在", "值 昨天 不是", "值 ? 看不出"):
        assert word in row["reason"]
    assert row["cells"] == (
        '{"案件编号": "3.2E+14", "单位编码": "", "案件类型": "罚", "决定日期": "昨天", "两打": "?"}'
    )


def test_parquet_has_the_declared_schema(office):
    import pyarrow.parquet as pq

    from dalian_eval.schema.arrow import arrow_schema
    from dalian_eval.schema.origins import row_of, source_of
    from dalian_eval.schema.tables import BY_NAME

    office.people()
    office.csv("检查记录.csv", INSPECTIONS, inspection(), inspection(record="R0"))
    office.csv("荣誉.csv", ["编号", "对象类型", "对象", "类别"])
    report = office.clean()
    for name in report.supplied:
        schema = pq.read_schema(office.out / f"{name}.parquet")
        assert schema.equals(arrow_schema(BY_NAME[name]), check_metadata=True)
    table = pq.read_table(office.out / "inspections.parquet")
    assert table["record_id"].to_pylist() == ["R0", "R1"]
    origins = table["_origin"].to_pylist()
    assert [row_of(value) for value in origins] == [3, 2]
    sources = report.sources.set_index("id")
    assert sources.loc[source_of(origins[0]), "file"] == "检查记录.csv"
    assert table["inspected_at"].to_pylist()[0] == datetime(2024, 3, 5, 10)


def test_changes_are_counted_with_an_example(office):
    office.csv("单位.csv", ["单位编码", "候选集体"], ["Ｄ01", "√"], ["D02", "×"], ["D03", "是"])
    report = office.clean()
    assert report.changes.to_numpy().tolist() == [
        ["units", "单位编码", "编码：全角、空格或撇号", 1, "Ｄ01", "D01"],
        ["units", "候选集体", "是否：写法统一", 2, "√", "是"],
    ]
