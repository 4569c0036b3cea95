"""A clerk enters further facts into a county: new keys, existing references, days of one span.

Every kind of fact is one small function of (clerk, whom it is about). `..._AWARDS` add what the
plan rewards and nothing that it charges for, `..._DEDUCTIONS` the reverse. A fact whose key is
taken is not entered: the county keeps the row that it has.
"""

import datetime as dt

from tests.independent.county import (
    CATEGORIES,
    CONTENTS,
    FACTS,
    HEADERS,
    HONOUR_LEVELS,
    KEY,
    LISTED,
    NEW,
    PLATFORMS,
    QUALIFICATIONS,
    TYPES,
)
from tests.properties.road import County, chance, copy_of, superiors
from tests.sheets import BY_SHEET

DAY = dt.timedelta(days=1)


class Clerk:
    """`tables` is a copy of the county that grows; `first` to `last` are the days of new facts."""

    def __init__(self, tables: County, seed: object, first: dt.date, last: dt.date) -> None:
        self.tables = copy_of(tables)
        self.chance = chance("文员", seed)
        self._seed = seed
        self.first, self.last = first, last
        self._keys = {sheet: {_key(sheet, r) for r in rows} for sheet, rows in tables.items()}
        self._number = 0
        self.units = [row["单位编码"] for row in tables["单位"]]
        self.officers = [row["执法证号"] for row in tables["人员"]]
        found_by = first.isoformat()
        self.records = [r["记录编号"] for r in tables["检查记录"] if r["上传时间"] < found_by]

    def pick(self, values):
        return self.chance.choice(list(values))

    def some(self, values, low: int, high: int) -> str:
        return "、".join(self.chance.sample(list(values), self.chance.randint(low, high)))

    def day(self) -> str:
        """A day of the span, every third time its first or last."""
        if self.chance.random() < 0.33:
            return self.pick([self.first, self.last]).isoformat()
        return (
            self.first + DAY * self.chance.randint(0, (self.last - self.first).days)
        ).isoformat()

    def new(self) -> str:
        self._number += 1
        return f"新{self._seed}{self._number:05d}"

    def enter(self, sheet: str, **cells: str) -> bool:
        """Add a row, the other cells blank; False when its key is taken."""
        row = dict.fromkeys(HEADERS[sheet].split(), "") | cells
        if _key(sheet, row) in self._keys[sheet]:
            return False
        self._keys[sheet].add(_key(sheet, row))
        self.tables[sheet].append(row)
        return True

    def unit_of(self, officer: str) -> str | None:
        """A unit the officer is or was posted in."""
        units = [r["单位编码"] for r in self.tables["任职"] if r["执法证号"] == officer]
        return self.pick(units) if units else None

    def enter_all(self, kinds, about, times: int = 1) -> None:
        """Enter a fact of every kind about somebody; where there are many kinds, some."""
        for _ in range(times):
            for kind in kinds:
                kind(self, about)


def _key(sheet: str, row: dict[str, str]) -> tuple[str, ...]:
    table = BY_SHEET[sheet]
    names = [c.header for c in table.columns if c.name in table.key]
    return tuple(row[name] for name in names or row)


def concerned_units(tables: County, officer: str) -> set[str]:
    """The units whose facts the officer's facts are: those of the postings, and all above them."""
    units = {r["单位编码"] for r in tables["任职"] if r["执法证号"] == officer}
    return {above for unit in units for above in superiors(tables, unit)}


def _subject(about: str, clerk: Clerk) -> dict[str, str]:
    return {"对象类型": "单位" if about in clerk.units else "个人", "对象": about}


# Awards


def honour(clerk: Clerk, about: str) -> None:
    clerk.enter(
        "荣誉",
        编号=clerk.new(),
        **_subject(about, clerk),
        名称=clerk.pick(["2023年执法大练兵表现突出", "污染防治攻坚战先进", "工人先锋号"]),
        类别=clerk.pick(["荣誉", "记功嘉奖", "表扬", "媒体宣传", "主要负责同志表扬"]),
        级别=clerk.pick(HONOUR_LEVELS),
        联合=clerk.pick(["联合", "单独", ""]),
        年度=clerk.pick(["2023", "2024"]),
        日期=clerk.day(),
    )


def past_recognition(clerk: Clerk, about: str) -> None:
    clerk.enter("历年表扬", **_subject(about, clerk), 年度=clerk.pick(["2020", "2022", "2023"]))


def contest_won(clerk: Clerk, about: str) -> None:
    whom = _subject(about, clerk)
    best = "先进集体" if whom["对象类型"] == "单位" else "先进个人"
    level, number = clerk.pick("省市县"), clerk.new()
    clerk.enter("比武", 编号=number, 级别=level, 举办="否", 结果=best, 日期=clerk.day(), **whom)


def contest_held(clerk: Clerk, unit: str) -> None:
    cells = _subject(unit, clerk) | {"内容": "、".join(CONTENTS), "日期": clerk.day()}
    clerk.enter("比武", 编号=clerk.new(), 级别="县", 举办="是", **cells)


def statement(clerk: Clerk, unit: str) -> None:
    """Any statement in the unit's favour; on 纳入远程帮扶 both answers settle what was open."""
    item = clerk.pick(FACTS)
    holds = clerk.pick("是否") if item == "纳入远程帮扶" else "是"
    clerk.enter("单位事项", 单位编码=unit, 事项=item, 结论=holds, 日期=clerk.day())


def equipment(clerk: Clerk, unit: str) -> None:
    kind = clerk.pick(["标配", "选配"])
    clerk.enter("装备", 单位编码=unit, 装备类别=clerk.new(), 类型=kind, 数量="1", 达标="是")


def composite_score(clerk: Clerk, unit: str) -> None:
    score = clerk.pick(["22", "17.3333"])
    clerk.enter("评查综合分", 单位编码=unit, 综合分=score, 来源="部省评查", 日期=clerk.day())


def full_month(clerk: Clerk, unit: str) -> None:
    """A month in which all that was due came at once."""
    due, month = str(clerk.chance.randint(1, 20000)), clerk.day()[:7]
    counts = dict.fromkeys(("应传数", "即时有效数", "补全有效数"), due)
    clerk.enter("自动监测", 单位编码=unit, 月份=month, **counts)


def handled_lead(clerk: Clerk, unit: str) -> None:
    pushed = clerk.day()
    clerk.enter(
        "上级线索",
        线索编号=clerk.new(),
        单位编码=unit,
        推送级别="省",
        主题="自动监测",
        推送日期=pushed,
        反馈期限=pushed,
        反馈日期=pushed,
        查办结果="依法查办",
    )


def perfect_remote_round(clerk: Clerk, unit: str) -> None:
    clerk.enter("远程帮扶得分", 轮次=clerk.new(), 单位编码=unit, 结束日期=clerk.day(), 得分="100")


def perfect_round(clerk: Clerk, officer: str) -> None:
    end = clerk.day()
    marks = dict.fromkeys(("任务得分", "问题得分", "材料得分"), "100")
    days = {"开始日期": end, "结束日期": end}
    clerk.enter("监督帮扶得分", 轮次=clerk.new(), 执法证号=officer, 方式="现场", **days, **marks)


def qualification(clerk: Clerk, officer: str) -> None:
    clerk.enter("人才资质", 执法证号=officer, 类型=clerk.pick(QUALIFICATIONS), 日期=clerk.day())


def record(clerk: Clerk, officer: str, number: str = "") -> None:
    """A valid record of the officer's own, at the edges of a day now and then."""
    unit = clerk.unit_of(officer)
    if unit is not None:
        uploaded = f"{clerk.day()} {clerk.pick(['00:00:00', '12:30:00', '23:59:59'])}"
        clerk.enter(
            "检查记录",
            记录编号=number or clerk.new(),
            单位编码=unit,
            检查人员=officer,
            上传人=officer,
            检查时间=uploaded,
            上传时间=uploaded,
            有效="是",
        )


def missed_record(clerk: Clerk, officer: str) -> None:
    """A record that some case, of whomever, refers to and that was not there."""
    known = {row["记录编号"] for row in clerk.tables["检查记录"]}
    asked = {row["检查记录编号"] for row in clerk.tables["案件"]} - known - {""}
    if asked:
        record(clerk, officer, clerk.pick(sorted(asked)))


def new_case(clerk: Clerk, unit: str, **cells: str) -> str:
    """A case with its record, in whatever the plan rewards; never uploaded, so never drawn."""
    number, kind = clerk.new(), clerk.pick(TYPES)
    day = clerk.day()
    filed = clerk.day() if clerk.chance.random() < 0.5 else ""
    if not clerk.records and kind == "一般处罚":
        kind = "不予处罚"
    found = {
        "案件类型": kind,
        "决定日期": "" if kind == "移送" else day,
        "移送日期": day if kind == "移送" else "",
        "公安立案日期": filed,
        "公安立案类型": clerk.pick(["犯罪", "行政拘留"]) if filed else "",
        "两打": clerk.pick("是否"),
        "重大": clerk.pick("是否"),
        "领域": clerk.some([*KEY, *NEW], 0, 2),
        "装备": clerk.some(LISTED, 0, 1),
        "平台": clerk.some(PLATFORMS, 0, 2),
        "检查记录编号": clerk.pick(clerk.records) if clerk.records else "",
    }
    clerk.enter("案件", 案件编号=number, 单位编码=unit, **(found | cells))
    return number


def handled_case(clerk: Clerk, officer: str) -> None:
    unit = clerk.unit_of(officer)
    if unit is not None:
        roles = dict.fromkeys(("检查人", "询问人", "审批表承办人"), "是")
        clerk.enter("案件承办", 案件编号=new_case(clerk, unit), 执法证号=officer, **roles)


def publication(clerk: Clerk, case: dict[str, str]) -> None:
    clerk.enter(
        "典型案例",
        案件编号=case["案件编号"],
        单位编码=case["单位编码"],
        发布级别=clerk.pick("部省市"),
        类别=clerk.some(CATEGORIES, 1, 2),
        发布日期=clerk.day(),
    )


def excellent_review(clerk: Clerk, case: dict[str, str]) -> None:
    """The review that counts from now on: the highest level, the last day, full marks."""
    marks = {"得分": "100", "零分": "否", "优秀": "是"}
    day = clerk.last.isoformat()
    clerk.enter("案卷评查", 案件编号=case["案件编号"], 级别="部", 评查日期=day, **marks)


UNIT_AWARDS = [
    honour,
    past_recognition,
    contest_won,
    contest_held,
    statement,
    equipment,
    composite_score,
    full_month,
    handled_lead,
    perfect_remote_round,
    new_case,
]
OFFICER_AWARDS = [
    honour,
    past_recognition,
    contest_won,
    perfect_round,
    qualification,
    record,
    missed_record,
    handled_case,
]
CASE_AWARDS = [publication, excellent_review]


# Deductions


def finding(clerk: Clerk, about: str) -> None:
    kinds = ["虚假标记", "表单不规范", "查无检查信息", "着装持证", "数据质量扣分"]
    kind = clerk.pick(kinds)
    taken = clerk.pick(["0.05", "1.2345", "3"]) if kind == "数据质量扣分" else ""
    whom = _subject(about, clerk)
    clerk.enter("质量问题", 编号=clerk.new(), 类型=kind, 日期=clerk.day(), 扣分=taken, **whom)


def breach(clerk: Clerk, about: str) -> None:
    kinds = ["廉政纪律", "主要负责人廉政", "严重弄虚作假", "负面舆论", "不服从指挥", "不守组织纪律"]
    kind, scene = clerk.pick(kinds), clerk.pick(["监督帮扶", "日常"])
    whom = _subject(about, clerk)
    clerk.enter(
        "纪律", 编号=clerk.new(), 类型=kind, 场景=scene, 日期=clerk.day(), 状态="查实", **whom
    )


def review_finding(clerk: Clerk, unit: str) -> None:
    clerk.enter(
        "评查通报",
        编号=clerk.new(),
        单位编码=unit,
        类型=clerk.pick(["通报批评", "应改未改", "拒改复现", "重大问题漏查", "稽查未整改"]),
        级别=clerk.pick("部省市"),
        日期=clerk.day(),
        责任="承办",
    )


def bad_lead(clerk: Clerk, unit: str) -> None:
    pushed, flaw = clerk.day(), clerk.pick(["不实", "不到位", ""])
    clerk.enter(
        "上级线索",
        线索编号=clerk.new(),
        单位编码=unit,
        推送级别="省",
        主题="自动监测",
        推送日期=pushed,
        反馈期限=pushed,
        反馈日期=pushed if flaw else "",
        查办结果=clerk.pick(["查否", "未查办"]),
        反馈问题=flaw,
    )


def empty_month(clerk: Clerk, unit: str) -> None:
    """A month in which nothing of what was due came."""
    due, month = str(clerk.chance.randint(1, 5000)), clerk.day()[:7]
    counts = {"应传数": due, "即时有效数": "0", "补全有效数": "0"}
    clerk.enter("自动监测", 单位编码=unit, 月份=month, **counts)


PLAIN = dict.fromkeys(
    ("公安立案日期", "公安立案类型", "领域", "装备", "平台", "检查记录编号", "移送日期"), ""
) | {"案件类型": "一般处罚", "两打": "否", "重大": "否"}
"""A penalty with nothing to reward, and without an inspection record."""


def case_without_record(clerk: Clerk, unit: str) -> None:
    new_case(clerk, unit, **PLAIN, 决定日期=clerk.day())


def handled_case_without_record(clerk: Clerk, officer: str) -> None:
    unit = clerk.unit_of(officer)
    if unit is not None:
        roles = dict.fromkeys(("检查人", "询问人", "审批表承办人"), "是")
        number = new_case(clerk, unit, **PLAIN, 决定日期=clerk.day())
        clerk.enter("案件承办", 案件编号=number, 执法证号=officer, **roles)


def fatal_review(clerk: Clerk, case: dict[str, str]) -> None:
    """The review that counts from now on: zero, with all five fatal defects."""
    marks = {"得分": "0", "零分": "是", "优秀": "否", "致命问题": "①、②、③、④、⑤"}
    day, level = clerk.last.isoformat(), clerk.pick("部部省")
    clerk.enter("案卷评查", 案件编号=case["案件编号"], 级别=level, 评查日期=day, **marks)


def lost_lawsuit(clerk: Clerk, case: dict[str, str]) -> None:
    clerk.enter(
        "诉讼复议",
        案件编号=case["案件编号"],
        程序=clerk.pick(["行政诉讼", "行政复议"]),
        结果=clerk.pick(["败诉", "撤销"]),
        生效日期=clerk.day(),
        状态="生效",
    )


UNIT_DEDUCTIONS = [finding, breach, review_finding, bad_lead, empty_month, case_without_record]
OFFICER_DEDUCTIONS = [finding, breach, handled_case_without_record]
CASE_DEDUCTIONS = [fatal_review, lost_lawsuit]
