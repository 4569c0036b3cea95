"""A county as six invented systems export it: other columns, words and shapes than ours.

Inspections of a mobile enforcement system, a penalty ledger, a staff register, results of
supervision with the rounds across the top, automonitoring with the months across, honours copied
out of a Word table. All other tables are ours. `MAPPINGS` says how they are read.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from dalian_eval.demo.cells import plain
from dalian_eval.demo.clerk import Cell
from dalian_eval.demo.inspections import Inspections
from dalian_eval.demo.model import MONTHS, County, Row
from dalian_eval.demo.tidy import write_tables
from dalian_eval.demo.workbooks import Sheet, write_workbook

INSPECTIONS = "移动执法系统/任务导出.csv"
PENALTIES = "行政处罚系统/处罚台账.xlsx"
REGISTER = "人事/执法人员花名册.xlsx"
SUPERVISION = "监督帮扶/监督帮扶结果.xlsx"
MONITORING = "在线监控平台/传输有效率统计.xlsx"
HONOURS = "综合科/荣誉汇总（从文档复制）.xlsx"

_BUREAU = "示范县生态环境局"
_ORDINARY = ("一般处罚", "不予处罚")
_PENALTIES = {
    "一般处罚": "罚款",
    "不予处罚": "不予行政处罚",
    "查封扣押": "查封设施、扣押设备",
    "限产停产": "责令限制生产",
    "按日连续处罚": "按日连续罚款",
    "移送": "移送公安机关",
}
_LEVELS = {
    "国家": "国家级",
    "省委省政府": "省委、省政府",
    "省级部门": "省直部门",
    "市委市政府": "市委、市政府",
    "市级部门": "市直部门",
    "县级": "县里",
}

_MAPPINGS = """\
# 六个（虚构的）系统的导出怎样读。
移动执法系统:
  表头: [任务编号, 执法人员1, 任务提交时间]
  表:
    检查记录:
      记录编号: 任务编号
      单位编码: {列: 执法机构, 取: 末段}
      检查人员: {列: [执法人员1, 执法人员2]}
      上传人: 提交人证号
      检查时间: 现场开始时间
      上传时间: 任务提交时间
      有效: {列: 审核状态, 词: {审核通过: 是, 退回作废: 否}}
      检查对象: 污染源名称
行政处罚系统:
  表头: [处罚决定书文号, 措施决定书文号]
  表:
    案件:
      每组: [处罚, 措施]
      当: {"{}决定书文号": 已填}
      案件编号: "{}决定书文号"
      单位编码: 办案机构
      案件类型:
        列: "{}种类"
        含: {不予: 不予处罚, 罚款: 一般处罚, 查封: 查封扣押, 扣押: 查封扣押, 限制生产: 限产停产,
             按日连续罚款: 按日连续处罚, 移送: 移送}
      决定日期: "{}决定日期"
      移送日期: "{}移送公安时间"
      公安立案日期: "{}公安立案时间"
      公安立案类型: {列: "{}公安立案性质", 词: {刑事案件: 犯罪, 治安案件: 行政拘留}}
      两打: {列: "{}专项", 词: {两打专项: 是, 空白: 否}}
      重大: {列: "{}案情", 词: {重大案情: 是, 普通: 否}}
      领域: "{}涉及领域"
      装备: "{}使用装备"
      平台: "{}线索平台"
      新技术: "{}取证技术"
      检查记录编号: "{}检查任务编号"
      上传日期: "{}归档时间"
    案件承办:
      - 每组: [处罚, 措施]
        当: {"{}决定书文号": 已填}
        案件编号: "{}决定书文号"
        执法证号: {列: "{}主办人", 取: 每个}
        检查人: {写: 是}
        询问人: {写: 是}
        审批表承办人: {写: 是}
      - 每组: [处罚, 措施]
        当: {"{}决定书文号": 已填}
        案件编号: "{}决定书文号"
        执法证号: {列: "{}协办人", 取: 每个}
        检查人: {写: 是}
        询问人: {写: 是}
        审批表承办人: {写: 否}
花名册:
  表头: [证件编号, 证件有效期限, 任职单位1]
  表:
    人员:
      执法证号: 证件编号
      姓名: 人员
      在编: {列: 编制性质, 词: {行政编制: 是, 聘用: 否}}
      证件有效期起: {列: 证件有效期限, 取: 起}
      证件有效期止: {列: 证件有效期限, 取: 止}
      一线: {列: 岗位, 词: {一线执法: 是, 内勤: 否}}
      候选个人: {列: 参评, 词: {参评: 是, 不参评: 否}}
    任职:
      每组: [1, 2, 3]
      执法证号: 证件编号
      单位编码: "任职单位{}"
      到岗日期: {列: "任职时间{}", 取: 起}
      离岗日期: {列: "任职时间{}", 取: 止}
监督帮扶结果:
  表头: [参加人员证号, 参加人员]
  表:
    监督帮扶得分:
      每组: [ROUNDS]
      轮次: {写: "{}"}
      执法证号: 参加人员证号
      方式: {写: 现场}
      开始日期: {列: "{}起止时间", 取: 起}
      结束日期: {列: "{}起止时间", 取: 止}
      任务得分: "{}任务"
      问题得分: "{}问题"
      材料得分: "{}材料"
在线监控:
  表头: [统计单位, 2023年11月应传（条）]
  表:
    自动监测:
      每组: [MONTHS]
      单位编码: 统计单位
      月份: {写: "{}"}
      应传数: "{}应传（条）"
      即时有效数: "{}即时有效（条）"
      补全有效数: "{}补传后有效（条）"
荣誉汇总:
  表头: [颁奖层级, 获奖者, 获奖者类别]
  表:
    荣誉:
      编号: 证书编号
      对象类型: {列: 获奖者类别, 词: {集体: 单位, 个人: 个人}}
      对象: 获奖者
      名称: 荣誉称号
      类别: 奖项类别
      级别:
        列: 颁奖层级
        词: {国家级: 国家, "省委、省政府": 省委省政府, 省直部门: 省级部门,
             "市委、市政府": 市委市政府, 市直部门: 市级部门, 县里: 县级}
      联合: {列: 发文方式, 词: {联合发文: 联合, 单独发文: 单独}}
      年度: 表彰年度
      日期: 表彰时间
"""


def write_systems(county: County, folder: Path) -> list[Path]:
    """Write `county` as the six systems export it, and the other tables as ours."""
    tables = county.tables
    names = {str(row["unit_id"]): str(row["name"]) for row in tables["units"]}
    people = {str(row["officer_id"]): str(row["name"]) for row in tables["officers"]}
    books: dict[str, Sheet] = {
        PENALTIES: _penalties(tables, names, people),
        REGISTER: _register(tables, names),
        SUPERVISION: _supervision(tables["air_scores"], people),
        MONITORING: _monitoring(tables["automonitor"], names),
        HONOURS: _honours(tables["honours"], names, people),
    }
    files = [_inspections(tables["inspections"], names, folder / INSPECTIONS)]
    for file, sheet in books.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        write_workbook(path, [sheet])
        files.append(path)
    mapped = [
        *("inspections", "cases", "case_handlers", "officers", "postings"),
        *("air_scores", "automonitor", "honours"),
    ]
    return files + write_tables(county, folder / "本系统的表", without=mapped)


def mappings_of(county: County) -> str:
    """Return the mappings by which what `write_systems` writes is read."""
    rounds = dict.fromkeys(str(row["round"]) for row in county.tables["air_scores"])
    words = [f'"{name}"' for name in sorted(rounds)]
    return _MAPPINGS.replace("ROUNDS", ", ".join(words)).replace(
        "MONTHS", ", ".join(f"{year}年{month}月" for year, month in MONTHS)
    )


def _inspections(rows: Sequence[Row], names: Mapping[str, str], path: Path) -> Path:
    """Write the tasks of the mobile system, month by month."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frames = (
        [rows.frame(month) for month in range(len(MONTHS))]
        if isinstance(rows, Inspections)
        else [pd.DataFrame([{k: plain(v) for k, v in row.items()} for row in rows])]
    )
    with path.open("w", encoding="gb18030", newline="") as file:
        for number, frame in enumerate(frames):
            people = frame["inspectors"].str.split("、", n=1, expand=True)
            places = frame["unit_id"].map({u: f"{_BUREAU}/{name}" for u, name in names.items()})
            pd.DataFrame(
                {
                    "任务编号": frame["record_id"],
                    "任务类型": "双随机",
                    "执法机构": places,
                    "污染源名称": frame["target"],
                    "执法人员1": people[0],
                    "执法人员2": people[1],
                    "提交人证号": frame["uploader"],
                    "现场开始时间": frame["inspected_at"],
                    "任务提交时间": frame["uploaded_at"],
                    "审核状态": frame["valid"].map({True: "审核通过", False: "退回作废"}),
                }
            ).to_csv(
                file,
                header=number == 0,
                index=False,
                date_format="%Y-%m-%d %H:%M:%S",
                lineterminator="\r\n",
            )
    return path


def _person(officer: object, people: Mapping[str, str]) -> str:
    return f"{people[str(officer)]}（{officer}）"


def _penalties(
    tables: Mapping[str, Sequence[Row]], names: Mapping[str, str], people: Mapping[str, str]
) -> Sheet:
    """Lay out the ledger: a penalty and a measure of one bureau may stand in one row."""
    handlers: dict[object, dict[bool, list[str]]] = defaultdict(lambda: {True: [], False: []})
    for row in tables["case_handlers"]:
        handlers[row["case_id"]][bool(row["approver"])].append(_person(row["officer_id"], people))
    by_unit: dict[str, tuple[list[Row], list[Row]]] = {unit: ([], []) for unit in names}
    for row in tables["cases"]:
        by_unit[str(row["unit_id"])][row["kind"] not in _ORDINARY].append(row)
    columns = (
        *("决定书文号", "种类", "决定日期", "主办人", "协办人", "移送公安时间", "公安立案时间"),
        *("公安立案性质", "专项", "案情", "涉及领域", "使用装备", "线索平台", "取证技术"),
        *("检查任务编号", "归档时间"),
    )
    header: list[Cell] = ["序号", "办案机构", "当事人"]
    header += [f"{group}{column}" for group in ("处罚", "措施") for column in columns]
    rows: list[list[Cell]] = [[f"{_BUREAU}行政处罚案件台账"], header]
    for unit, (ordinary, measures) in by_unit.items():
        for at in range(max(len(ordinary), len(measures))):
            cells: list[Cell] = [len(rows) - 1, names[unit], f"某某公司{len(rows)}"]
            for pool in (ordinary, measures):
                case = pool[at] if at < len(pool) else None
                cells += _case(case, handlers) if case else [None] * len(columns)
            rows.append(cells)
    undecided: list[Cell] = [len(rows) - 1, _BUREAU, "某某公司", None, "罚款"]
    rows.append([*undecided, *[None] * (len(header) - len(undecided))])
    return Sheet("处罚台账", rows)


def _case(case: Row, handlers: Mapping[object, Mapping[bool, list[str]]]) -> list[Cell]:
    people = handlers[case["case_id"]]
    filed = {"犯罪": "刑事案件", "行政拘留": "治安案件"}.get(str(case["filed_as"]))
    listed = [plain(case[name]) for name in ("fields", "equipment", "platforms", "techniques")]
    return [
        plain(case["case_id"]),
        _PENALTIES[str(case["kind"])],
        plain(case["decided_on"]),
        "、".join(people[True]),
        "，".join(people[False]),
        plain(case["transferred_on"]),
        plain(case["filed_on"]),
        filed,
        "两打专项" if case["double_strike"] else None,
        "重大案情" if case["major"] else "普通",
        *listed,
        plain(case["record_id"]),
        plain(case["uploaded_on"]),
    ]


def _register(tables: Mapping[str, Sequence[Row]], names: Mapping[str, str]) -> Sheet:
    """Lay out the staff register: one row per officer, posts beside each other."""
    posts: dict[object, list[Row]] = defaultdict(list)
    for row in tables["postings"]:
        posts[row["officer_id"]].append(row)
    header: list[Cell] = ["序号", "人员", "证件编号", "编制性质", "岗位", "参评", "证件有效期限"]
    header += [f"任职{what}{n}" for n in (1, 2, 3) for what in ("单位", "时间")]
    rows: list[list[Cell]] = [["行政执法人员花名册"], header]
    for number, officer in enumerate(tables["officers"], 1):
        cells: list[Cell] = [number, str(officer["name"]), str(officer["officer_id"])]
        cells += [
            "行政编制" if officer["established"] else "聘用",
            "一线执法" if officer["frontline"] else "内勤",
            "参评" if officer["candidate"] else "不参评",
            f"{plain(officer['valid_from'])}至{plain(officer['valid_to']) or '长期'}",
        ]
        for post in posts[officer["officer_id"]][:3]:
            span = f"{plain(post['start'])}至{plain(post['end']) or '今'}"
            cells += [names[str(post["unit_id"])], span.replace("-", ".")]
        rows.append([*cells, *[None] * (len(header) - len(cells))])
    return Sheet("花名册", rows)


def _supervision(scores: Sequence[Row], people: Mapping[str, str]) -> Sheet:
    """Lay out the results: one row per officer, the rounds across under a header of two rows."""
    rounds = sorted({str(row["round"]) for row in scores})
    what = ("起止时间", "任务", "问题", "材料")
    top: list[Cell] = ["参加人员", "参加人员证号"]
    for name in rounds:
        top += [name, *[None] * (len(what) - 1)]
    below: list[Cell] = [None, None, *(list(what) * len(rounds))]
    by_officer: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in scores:
        by_officer[str(row["officer_id"])][str(row["round"])] = row
    rows: list[list[Cell]] = [top, below]
    for officer, found in sorted(by_officer.items()):
        cells: list[Cell] = [people[officer], officer]
        for name in rounds:
            if name in found:
                score = found[name]
                cells.append(f"{plain(score['started_on'])}—{plain(score['ended_on'])}")
                cells += [plain(score[key]) for key in ("task", "problems", "materials")]
            else:
                cells += [None] * len(what)
        rows.append(cells)
    merges = [(0, 0, 1, 0), (0, 1, 1, 1)]
    merges += [(0, 2 + 4 * n, 0, 5 + 4 * n) for n in range(len(rounds))]
    return Sheet("结果", rows, merges)


def _monitoring(figures: Sequence[Row], names: Mapping[str, str]) -> Sheet:
    """Lay out the figures: one row per unit, the months across, sums beside and below."""
    what = ("应传（条）", "即时有效（条）", "补传后有效（条）")
    keys = ("due", "immediate", "completed")
    header: list[Cell] = ["统计单位"]
    header += [f"{y}年{m}月{word}" for y, m in MONTHS for word in what]
    header += [f"合计{word}" for word in what]
    by_unit: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in figures:
        by_unit[str(row["unit_id"])][str(row["month"])] = row
    rows: list[list[Cell]] = [header]
    for unit, found in by_unit.items():
        cells: list[Cell] = [names[unit]]
        for year, month in MONTHS:
            figure = found.get(f"{year}-{month:02d}", {})
            cells += [_number(figure.get(key)) for key in keys]
        cells += [sum(int(str(row[key])) for row in found.values()) for key in keys]
        rows.append(cells)
    sums = [
        sum(cell for row in rows[1:] if isinstance(cell := row[at], int))
        for at in range(1, len(header))
    ]
    return Sheet("统计", [*rows, ["合计", *sums]])


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))


def _honours(rows: Sequence[Row], names: Mapping[str, str], people: Mapping[str, str]) -> Sheet:
    """Lay out the honours level by level, the level's cell merged over its rows."""
    header: list[Cell] = ["颁奖层级", "证书编号", "获奖者", "获奖者类别", "荣誉称号", "奖项类别"]
    header += ["发文方式", "表彰年度", "表彰时间"]
    lines: list[list[Cell]] = [["2024年获得荣誉情况"], header]
    merges = [(0, 0, 0, len(header) - 1)]
    for level, word in _LEVELS.items():
        first = len(lines)
        for row in (row for row in rows if row["level"] == level):
            is_unit = row["subject_kind"] == "单位"
            subject = str(row["subject"])
            lines.append(
                [
                    word if len(lines) == first else None,
                    str(row["honour_id"]),
                    names[subject] if is_unit else _person(subject, people),
                    "集体" if is_unit else "个人",
                    plain(row["name"]),
                    plain(row["category"]),
                    f"{row['joint']}发文" if row["joint"] else None,
                    f"{row['year']}年" if row["year"] else None,
                    plain(row["date"]),
                ]
            )
        if len(lines) > first + 1:
            merges.append((first, 0, len(lines) - 1, 0))
    return Sheet("荣誉", lines, merges)
