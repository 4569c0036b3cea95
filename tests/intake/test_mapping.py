"""Exports in their own shape: every form of a mapping, and what becomes of every row."""

import json
from datetime import date, datetime
from textwrap import dedent

import pytest
from conftest import Office

from dalian_eval.base.errors import UsageError
from dalian_eval.schema.origins import MOST_PARTS

INSPECTIONS = dedent(
    """\
    移动执法:
      表头: [任务编号, 执法人员1, 提交时间]
      表:
        检查记录:
          记录编号: 任务编号
          单位编码: 所属机构
          检查人员: {列: [执法人员1, 执法人员2]}
          检查时间: 开始时间
          上传时间: 提交时间
          有效: {列: 任务状态, 词: {已办结: 是, 已撤销: 否}}
          检查对象: 企业
    """
)

HEADER = [
    "任务编号",
    "所属机构",
    "执法人员1",
    "执法人员2",
    "开始时间",
    "提交时间",
    "任务状态",
    "企业",
]


HEADER = [
    *("任务编号", "所属机构", "执法人员1", "执法人员2"),
    *("开始时间", "提交时间", "任务状态", "企业"),
]


def inspect(number: str, **other: str) -> list[str]:
    row = {
        "任务编号": number,
        "所属机构": "东片",
        "执法人员1": "甲某",
        "执法人员2": "06120002",
        "开始时间": "2024-03-05 10:00:00",
        "提交时间": "2024-03-05 16:00:00",
        "任务状态": "已办结",
        "企业": "某厂",
    }
    return [*(row | other).values()]


def test_columns_words_lists_and_names(office: Office) -> None:
    office.people()
    office.map(INSPECTIONS)
    office.csv("导出.csv", HEADER, inspect("R1"), inspect("R2", 任务状态="已撤销", 执法人员2=""))
    office.clean()
    first, second = office.rows("inspections")
    assert first == {
        "record_id": "R1",
        "unit_id": "D01",
        "inspectors": ["06120001", "06120002"],
        "uploader": None,
        "inspected_at": datetime(2024, 3, 5, 10),
        "uploaded_at": datetime(2024, 3, 5, 16),
        "valid": True,
        "target": "某厂",
    }
    assert (second["inspectors"], second["valid"]) == (["06120001"], False)
    (told,) = office.report.mapped.to_dict("records")
    assert told == {
        "file": "导出.csv",
        "sheet": "",
        "mapping": "移动执法",
        "tables": "检查记录",
        "rows_read": 2,
        "accepted": 2,
        "merged": 0,
        "superseded": 0,
        "quarantined": 0,
        "left_out": 0,
    }
    changes = {c["kind"] for c in office.report.changes.to_dict("records")}
    assert {"映射：按词表换成规定的写法", "映射：几列合成一格", "单位名称：换成单位编码"} <= changes


def test_a_word_not_listed_is_quarantined_in_the_exports_own_headers(office: Office) -> None:
    office.people()
    office.map(INSPECTIONS)
    office.csv(
        "导出.csv",
        HEADER,
        inspect("R1", 任务状态="已办理"),
        inspect("R2", 提交时间="昨天"),
        inspect("R3", 所属机构="南片", 执法人员1="06120001"),
    )
    office.clean()
    rows = office.report.quarantine.to_dict("records")
    assert [(r["code"], r["column"], r["value"]) for r in rows] == [
        ("word_not_mapped", "任务状态", "已办理"),
        ("bad_date", "提交时间", "昨天"),
        ("unknown_reference", "所属机构", "南片"),
    ]
    assert (
        "『任务状态』的“已办理”不在映射『移动执法』的词表里（最接近的是“已办结”）"
        in rows[0]["reason"]
    )
    assert "『提交时间』" in rows[1]["reason"]
    assert json.loads(rows[2]["cells"])["所属机构"] == "南片"
    cells = office.report.quarantine_cells
    assert list(cells["column"]) == ["任务状态", "提交时间", "所属机构"]


LEDGER = dedent(
    """\
    处罚台账:
      表头: [决定书文号, 处罚种类, 承办人]
      表:
        案件:
          当: {决定日期: 已填}
          案件编号: 决定书文号
          单位编码: {列: 办案机构, 取: 末段}
          案件类型: {列: 处罚种类, 含: {查封: 查封扣押, 不予: 不予处罚}, 其他: 一般处罚}
          决定日期: 决定日期
        案件承办:
          当: {决定日期: 已填}
          案件编号: 决定书文号
          执法证号: {列: 承办人, 取: 每个}
          检查人: {写: 是}
    """
)
LEDGER_HEADER = ["序号", "决定书文号", "办案机构", "处罚种类", "决定日期", "承办人"]


def test_one_sheet_into_several_tables(office: Office) -> None:
    office.people()
    office.map(LEDGER)
    office.xlsx(
        "台账.xlsx",
        台账=[
            ["2024年处罚台账"],
            LEDGER_HEADER,
            [1, "东环罚〔2024〕1号", "某县局/东片", "罚款", "2024-03-05", "甲某、乙某"],
            [2, "东环罚[2024]2号", "某县局/东片", "责令查封设施", date(2024, 3, 6), "06120001"],
            [3, "东环罚〔2024〕3号", "某县局/东片", "罚款", None, "甲某"],
            [4, "东环罚〔2024〕4号", "某县局/东片", "罚款", "2024-03-09", "甲某、丙某"],
            ["合计", None, None, None, None, None],
        ],
    )
    office.clean()
    cases = office.rows("cases")
    assert [(c["case_id"], c["unit_id"], c["kind"]) for c in cases] == [
        ("东环罚〔2024〕1号", "D01", "一般处罚"),
        ("东环罚〔2024〕2号", "D01", "查封扣押"),
        ("东环罚〔2024〕4号", "D01", "一般处罚"),
    ]
    handlers = office.rows("case_handlers")
    assert [(h["case_id"][-2:], h["officer_id"], h["inspector"]) for h in handlers] == [
        ("1号", "06120001", True),
        ("1号", "06120002", True),
        ("2号", "06120001", True),
        ("4号", "06120001", True),
    ]
    (told,) = office.report.mapped.to_dict("records")
    counts = {k: told[k] for k in ("rows_read", "accepted", "quarantined", "left_out")}
    assert counts == {"rows_read": 4, "accepted": 2, "quarantined": 1, "left_out": 1}
    sources = office.report.sources
    mapped = sources[sources["mapping"] == "处罚台账"]
    assert list(mapped["table"]) == ["cases", "case_handlers"]
    assert list(mapped["rows_read"]) == [3, 5]
    assert "第 5 行" in office.report.sheets.set_index("table")["note"]["cases"]
    (bad,) = office.report.quarantine.to_dict("records")
    assert (bad["row"], bad["column"], bad["value"]) == (6, "承办人", "甲某、丙某")


def test_spans_groups_and_posts_over_time(office: Office) -> None:
    office.csv("单位.csv", ["单位编码", "单位名称"], ["D01", "东片"], ["D02", "西片"])
    office.map(
        """\
        人员名册:
          名称: 花名册
          表:
            人员:
              执法证号: 证号
              姓名: 姓名
              证件有效期起: {列: 证件有效期, 取: 起}
              证件有效期止: {列: 证件有效期, 取: 止}
            任职:
              每组: [1, 2]
              执法证号: 证号
              单位编码: "单位{}"
              到岗日期: {列: "任职时间{}", 取: 起}
              离岗日期: {列: "任职时间{}", 取: 止}
        """
    )
    office.csv(
        "花名册.csv",
        ["证号", "姓名", "证件有效期", "单位1", "任职时间1", "单位2", "任职时间2"],
        ["06120001", "甲某", "2021-03-01至2026-02-28", "东片", "2023-01-01起", "", ""],
        [
            "06120002",
            "乙某",
            "2021.3.1-长期",
            "东片",
            "2023年1月1日至2024年6月30日",
            "西片",
            "2024-07-01至今",
        ],
        ["06120003", "丙某", "2021-03-01", "东片", "2023-01-01至今", "", ""],
    )
    office.clean()
    people = office.rows("officers")
    assert [(p["officer_id"], p["valid_from"], p["valid_to"]) for p in people] == [
        ("06120001", date(2021, 3, 1), date(2026, 2, 28)),
        ("06120002", date(2021, 3, 1), None),
    ]
    posts = office.rows("postings")
    assert [(p["officer_id"], p["unit_id"], p["start"], p["end"]) for p in posts] == [
        ("06120001", "D01", date(2023, 1, 1), None),
        ("06120002", "D01", date(2023, 1, 1), date(2024, 6, 30)),
        ("06120002", "D02", date(2024, 7, 1), None),
    ]
    codes = office.report.quarantine
    assert list(codes["code"]) == ["no_such_part", "reference_quarantined"]
    assert office.report.mapped["quarantined"].to_list() == [1]


def test_months_across_the_top_under_a_header_of_two_rows(office: Office) -> None:
    office.people()
    office.map(
        """\
        在线监控:
          表头: [单位, 1月应传]
          表:
            自动监测:
              每组: [1月, 2月, 3月]
              单位编码: 单位
              月份: {写: "2024年{}"}
              应传数: "{}应传"
              即时有效数: "{}即时"
              补全有效数: "{}补全"
        """
    )
    top = ["序号", "单位", "1月", None, None, "2月", None, None, "合计", None, None]
    below = [None, None, *["应传", "即时", "补全"] * 3]

    def merge(book: object) -> None:
        sheet = book["S"]  # type: ignore[index]
        for area in ("A1:A2", "B1:B2", "C1:E1", "F1:H1", "I1:K1"):
            sheet.merge_cells(area)

    office.xlsx(
        "在线.xlsx",
        merge,
        S=[
            top,
            below,
            [1, "东片", 700, 690, 695, 600, 590, 600, 1300, 1280, 1295],
            [2, "西片", 500, 490, 495, None, None, None, 500, 490, 495],
        ],
    )
    office.clean()
    rows = office.rows("automonitor")
    assert [(r["unit_id"], r["month"]) for r in rows] == [
        ("D01", "2024-01"),
        ("D01", "2024-02"),
        ("D02", "2024-01"),
    ]
    assert [*rows[1].values()][2:] == [600, 590, 600]
    assert office.report.mapped["accepted"].to_list() == [2]


def test_corrections_name_the_exports_own_cells(office: Office) -> None:
    office.people()
    office.map(LEDGER)
    row = ["1", "东环罚〔2024〕1号", "东片", "罚款", "2024-03-05", "甲某、丙某"]
    office.csv("台账.csv", LEDGER_HEADER, row, ["2", "东环罚〔2024〕2号", *row[2:]])
    head = ["文件", "工作表", "行", "列", "原内容", "处理", "更正为"]
    office.csv(
        "更正.csv",
        head,
        ["台账.csv", "", "2", "承办人", "甲某、丙某", "更正", "甲某、乙某"],
        ["台账.csv", "", "3", "整行", "", "不采用此行", ""],
    )
    office.clean()
    lines = office.report.corrections.to_dict("records")
    assert [line["outcome"] for line in lines] == ["corrected", "not_applied"]
    assert "原内容" in lines[1]["reason"]
    assert len(office.rows("case_handlers")) == 3


def test_a_withdrawn_row_goes_as_a_whole(office: Office) -> None:
    office.people()
    office.map(LEDGER)
    row = ["1", "东环罚〔2024〕1号", "东片", "罚款", "2024-03-05", "甲某、乙某"]
    office.csv("台账.csv", LEDGER_HEADER, row, ["2", "东环罚〔2024〕2号", *row[2:]])
    whole = "；".join(f"{h}：{c}" for h, c in zip(LEDGER_HEADER, row, strict=True))
    head = ["文件", "工作表", "行", "列", "原内容", "处理", "更正为"]
    office.csv("更正.csv", head, ["台账.csv", "", "2", "整行", whole, "不采用此行", ""])
    office.clean()
    assert office.codes() == ["withdrawn"]
    assert office.column("cases", "case_id") == ["东环罚〔2024〕2号"]
    assert len(office.rows("case_handlers")) == 2
    assert office.report.mapped["quarantined"].to_list() == [1]


def test_more_parts_than_a_row_may_have(office: Office) -> None:
    office.people()
    office.map(LEDGER)
    names = "、".join(["甲某"] * (MOST_PARTS + 1))
    row = ["1", "东环罚〔2024〕1号", "东片", "罚款", "2024-03-05", names]
    office.csv("台账.csv", LEDGER_HEADER, row)
    office.clean()
    assert office.codes() == ["too_many_parts"]


SOUND = dedent(
    """\
    甲:
      表头: [证号, 姓名]
      表:
        人员:
          执法证号: 证号
          姓名: 姓名
    """
)


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        ("表头:", "表投:", 2, "没有『表投』这个键，是不是 表头？"),
        ("  表:\n", "  表格:\n", 3, "没有『表格』这个键，是不是 表？"),
        ("人员:", "人圆:", 4, "没有『人圆』这张表，是不是 人员？"),
        ("执法证号: 证号", "执法证: 证号", 5, "没有『执法证』这一列，是不是 执法证号？"),
        ("      执法证号: 证号\n", "", 4, "缺少必需的列『执法证号』"),
        ("姓名: 姓名", "一线: {写: 对对}", 6, "『对对』不能填在这一列"),
        ("姓名: 姓名", "在编: {列: 编, 词: {在编: 四}}", 6, "『四』不能填在这一列"),
        ("姓名: 姓名", "姓名: {列: [姓, 名]}", 6, "请用『每组』和 {}"),
        ("姓名: 姓名", "姓名: {列: 姓名, 写: 甲}", 6, "『列』和『写』要写一个，也只能写一个"),
        ("姓名: 姓名", "姓名: {列: 姓名, 取: 末断}", 6, "『取』不能是『末断』，是不是 末段？"),
        ("姓名: 姓名", "姓名: {列: 姓名, 其他: 甲}", 6, "『其他』要和『词』或『含』一起用"),
        ("姓名: 姓名", '姓名: "姓名{}"', 6, "写了 {}，却没有『每组』"),
        ("姓名: 姓名", "每组: [1]", 6, "却没有一列写了 {}"),
        ("姓名: 姓名", "姓名: 证号", 6, "『证号』同时当作『执法证号』和『姓名』"),
        ("姓名: 姓名", "姓名: true", 6, "请加上引号"),
        ("姓名: 姓名", "当: {状态: {}}", 6, "『当』的『状态』没有写条件"),
        ("姓名: 姓名", "当: {状态: {包含: 在}}", 6, "没有『包含』这个键，是不是 含？"),
        ("  表头: [证号, 姓名]\n", "", 1, "请写『表头』或『名称』"),
        ("姓名: 姓名", "姓名: 姓名\n      姓名: 名", 7, "有重复的键『姓名』"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_by_line(
    office: Office, before: str, after: str, line: int, told: str
) -> None:
    assert before in SOUND
    office.people()
    office.map(SOUND.replace(before, after))
    with pytest.raises(UsageError) as error:
        office.clean()
    assert f"第 {line} 行：" in str(error.value)
    assert told in str(error.value)


def test_all_faults_are_told_at_once(office: Office) -> None:
    office.people()
    office.map(
        SOUND.replace("姓名: 姓名", "性名: 姓名")
        + "乙:\n  名称: 乙\n  表:\n    单位: {单位号: 号}\n"
    )
    with pytest.raises(UsageError) as error:
        office.clean()
    lines = str(error.value).splitlines()
    assert ["第 6 行" in lines[0], "第 10 行" in lines[1], "第 10 行" in lines[2]] == [True] * 3


def test_a_column_that_would_be_two_kinds_of_things(office: Office) -> None:
    office.people()
    office.map(SOUND + "    任职: {执法证号: 姓名, 单位编码: 证号, 到岗日期: 起}\n")
    with pytest.raises(UsageError, match=r"『证号』在『任职』的『单位编码』|『证号』.*不能"):
        office.clean()


def test_two_mappings_for_one_sheet_are_both_named(office: Office) -> None:
    office.people()
    office.map(INSPECTIONS + INSPECTIONS.replace("移动执法", "另一个"))
    office.csv("导出.csv", HEADER, inspect("R1"))
    office.clean()
    status, note = office.status("导出.csv")
    assert status == "refused"
    assert "『移动执法』（第 1 行）、『另一个』（第 12 行）" in note


def test_a_system_that_changed_its_headers(office: Office) -> None:
    office.people()
    office.map(INSPECTIONS)
    header = [h.replace("提交时间", "提交日期").replace("企业", "单位") for h in HEADER]
    office.csv("导出.csv", header, inspect("R1"))
    office.clean()
    status, note = office.status("导出.csv")
    assert status == "refused"
    assert "没有表头『提交时间』（最接近的新表头是『提交日期』）、『企业』；" in note


def test_a_column_in_another_unit(office: Office) -> None:
    office.people()
    text = """\
        在线:
          表头: [单位, 应传]
          表:
            自动监测: {单位编码: 单位, 月份: 月, 应传数: 应传, 即时有效数: 即时, 补全有效数: 补全}
        """
    office.map(text)
    office.csv(
        "在线.csv",
        ["单位", "月", "应传（万条）", "即时", "补全"],
        ["东片", "2024-01", "1", "1", "1"],
    )
    office.clean()
    assert office.status("在线.csv")[0] == "refused"
    assert "『应传(万条)』的单位是万条，这一列不是" in office.status("在线.csv")[1]
    office.map(text.replace("应传数: 应传", "应传数: 应传（万条）"))
    office.out = office.out.with_name("again")
    with pytest.raises(UsageError, match="单位是万条"):
        office.clean()


def test_pieces_are_kept_until_the_mapping_changes(office: Office) -> None:
    from dalian_eval.intake import clean

    office.people()
    office.map(INSPECTIONS)
    office.csv("导出.csv", HEADER, inspect("R1"))
    kept = office.raw.with_name("pieces")

    def read(name: str) -> int:
        out = office.raw.with_name(name)
        clean(office.raw, out, headers=office.headers, pieces=kept, mappings=office.mappings)
        return len([*kept.iterdir()])

    first = read("a")
    assert read("b") == first
    office.map(INSPECTIONS.replace("已撤销: 否", "已撤销: 是"))
    assert read("c") > first


def test_a_superior_unit_by_its_name(office: Office) -> None:
    office.map(
        """\
        组织机构:
          表头: [部门编号, 隶属部门]
          表:
            单位: {单位编码: 部门编号, 单位名称: 部门名称, 上级单位编码: 隶属部门}
        """
    )
    office.csv(
        "机构.csv",
        ["部门编号", "部门名称", "隶属部门"],
        ["D00", "县局", ""],
        ["D01", "东片", "县局"],
        ["D02", "西片", "D00"],
        ["D03", "南片", "市局"],
    )
    office.clean()
    assert office.column("units", "parent_id") == [None, "D00", "D00"]
    assert office.report.quarantine["column"].to_list() == ["隶属部门"]
    changes = office.report.changes.set_index("kind")
    assert changes.loc["单位名称：换成单位编码", "column"] == "上级单位编码"


def test_a_group_that_the_mapping_does_not_name_is_told(office: Office) -> None:
    office.people()
    office.map(
        """\
        帮扶:
          表头: [证号]
          表:
            监督帮扶得分:
              每组: [1, 2, 3]
              轮次: {写: "第{}轮"}
              执法证号: 证号
              任务得分: "第{}轮任务"
              问题得分: "第{}轮问题"
              材料得分: "第{}轮材料"
        """
    )
    parts = [f"第{n}轮{what}" for n in (1, 2, 4) for what in ("任务", "问题", "材料")]
    office.csv("帮扶.csv", ["证号", *parts], ["06120001", *"789456", "", "", ""])
    office.clean()
    assert office.column("air_scores", "round") == ["第1轮", "第2轮"]
    note = office.status("帮扶.csv")[1]
    assert "表头『第4轮任务』像是映射没有写到的又一组" in note
    header = ["证号", "第1轮任务", "第1轮问题"]
    office.csv("帮扶.csv", header, ["06120001", "7", "8"])
    office.out = office.out.with_name("again")
    office.clean()
    assert "没有表头『第1轮材料』" in office.status("帮扶.csv")[1]
