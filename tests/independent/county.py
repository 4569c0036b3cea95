"""A random county in the clean csv format of the reference model, rich in boundaries.

Every row is one that an importer must accept: existing references, unique keys, postings that
do not overlap, values in range. Nothing here is a real person, unit or case.
"""

from __future__ import annotations

import calendar
import csv
import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

HEADERS: dict[str, str] = {
    "单位": "单位编码 单位名称 上级单位编码 候选集体 类型",
    "人员": "执法证号 姓名 在编 证件有效期起 证件有效期止 一线 候选个人",
    "任职": "执法证号 单位编码 到岗日期 离岗日期",
    "检查记录": "记录编号 单位编码 检查人员 上传人 检查时间 上传时间 有效 检查对象",
    "案件": (
        "案件编号 单位编码 案件类型 决定日期 移送日期 公安立案日期 公安立案类型 两打 重大 "
        "领域 装备 平台 新技术 检查记录编号 上传日期"
    ),
    "案件承办": "案件编号 执法证号 检查人 询问人 审批表承办人",
    "案卷抽取": "对象类型 对象 案卷类别 案件编号 抽取日期",
    "案卷评查": "案件编号 级别 评查日期 得分 零分 优秀 致命问题",
    "评查综合分": "单位编码 综合分 来源 日期",
    "评查通报": "编号 单位编码 类型 级别 日期 案件编号 责任",
    "上级线索": ("线索编号 单位编码 推送级别 主题 推送日期 反馈期限 反馈日期 查办结果 反馈问题"),
    "自动监测": "单位编码 月份 应传数 即时有效数 补全有效数",
    "质量问题": "编号 对象类型 对象 类型 日期 案件编号 扣分",
    "监督帮扶得分": "轮次 执法证号 方式 开始日期 结束日期 任务得分 问题得分 材料得分",
    "远程帮扶得分": "轮次 单位编码 结束日期 得分",
    "纪律": "编号 对象类型 对象 类型 场景 日期 状态",
    "诉讼复议": "案件编号 程序 结果 生效日期 状态",
    "荣誉": "编号 对象类型 对象 名称 类别 级别 联合 年度 日期",
    "典型案例": "案件编号 单位编码 发布级别 类别 发布日期",
    "比武": "编号 级别 举办 内容 对象类型 对象 结果 日期",
    "人才资质": "执法证号 类型 日期",
    "装备": "单位编码 装备类别 类型 数量 达标",
    "单位事项": "单位编码 事项 结论 日期 佐证",
    "历年表扬": "对象类型 对象 年度 佐证",
    "活动": "编号 类型 单位编码 日期 主题 参加人数 佐证",
    "宣传": "编号 类型 单位编码 日期 标题 采用",
    "全市成绩": "执法证号 名次 总分",
}
# without 案件 a row that names a case could not be checked: these go with it
NAMES_A_CASE = ("案件承办", "案卷抽取", "案卷评查", "诉讼复议", "典型案例")
MAY_BE_MISSING = [t for t in HEADERS if t not in ("单位", "人员", "任职")]

SIZES = {  # units, officers, cases (from-to), records per head and month
    "small": ((5, 8), (12, 20), (40, 80)),
    "medium": ((10, 16), (60, 90), (300, 400)),
}

P_START, P_END = date(2023, 11, 1), date(2024, 10, 31)
MONTHS = [(2023, 11), (2023, 12)] + [(2024, m) for m in range(1, 11)]
EDGES = [
    date(2022, 12, 31),
    date(2023, 1, 1),
    date(2023, 10, 31),
    P_START,
    date(2023, 12, 31),
    date(2024, 1, 1),
    P_END,
    date(2024, 11, 1),
    date(2024, 12, 31),
]
MONTH_EDGES = [date(y, m, calendar.monthrange(y, m)[1]) for y, m in MONTHS] + [
    date(y, m, 1) for y, m in MONTHS
]

TYPES = ["一般处罚", "不予处罚", "查封扣押", "限产停产", "按日连续处罚", "移送"]
KEY = ["第三方弄虚作假", "危险废物", "自动监测", "举报奖励"]
NEW = ["自然保护地", "土壤", "地下水", "温室气体", "规模畜禽", "新化学物质", "ODS", "核与辐射"]
LISTED = [
    "无人机",
    "无人船",
    "FID",
    "PID",
    "红外热成像",
    "探地雷达",
    "走航车",
    "管道机器人",
    "管道快速检测",
    "遥感监测",
]
PLATFORMS = ["污染源自动监控", "用电用能监控", "视频监控", "排污许可", "卫星遥感"]
CATEGORIES = [*KEY[:3], "举报奖励", "正面清单", "轻微免罚", "执法稽查", "自然保护地", "其他"]
CONTENTS = ["新技术新装备", "案卷制作", "知识竞赛", "队列展示"]
FACTS = ["省级规范化试点验收", "国家级规范化试点", "车辆统一标识", "场所装备标识"]
FACTS += ["联动机制建立", "联动机制落实", "执法处罚一体化", "纳入远程帮扶"]
QUALIFICATIONS = ["省级人才库", "省级师资库", "国家级师资库"]
QUALIFICATIONS += ["国家级稽查", "省级稽查", "法律职业资格"]
HONOUR_LEVELS = ["国家", "省委省政府", "省级部门", "市委市政府", "市级部门", "县级"]

Cell = str | int | date | datetime | None


class Maker:
    """One county in the making."""

    def __init__(self, seed: int, size: str) -> None:
        self.rng = random.Random(f"county-{seed}-{size}")
        self.tables: dict[str, list[list[Cell]]] = {name: [] for name in HEADERS}
        self.size = SIZES[size]
        self.units: list[str] = []
        self.parent: dict[str, str] = {}
        self.officers: list[str] = []
        self.certificate: dict[str, tuple[bool, date, date | None]] = {}
        self.postings: dict[str, list[tuple[date, date, str]]] = {}
        self.records: list[tuple[str, date]] = []
        self.cases: dict[str, dict[str, Cell]] = {}

    # small helpers ----------------------------------------------------------------------------

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def yes(self, share: float = 0.5) -> str:
        return "是" if self.chance(share) else "否"

    def some(self, values: Sequence[str], low: int, high: int) -> list[str]:
        return self.rng.sample(list(values), min(len(values), self.rng.randint(low, high)))

    def listing(self, values: Sequence[str], low: int, high: int) -> str:
        """A list cell; now and then a value is repeated."""
        chosen = self.some(values, low, high)
        if chosen and self.chance(0.08):
            chosen.append(chosen[0])
        return "、".join(chosen)

    def day(self, edges: float = 0.3) -> date:
        """A date in P, at its edges, or at a month's edge."""
        dice = self.rng.random()
        if dice < edges / 2:
            return self.rng.choice(EDGES)
        if dice < edges:
            return self.rng.choice(MONTH_EDGES)
        return P_START + timedelta(self.rng.randint(-20, 380))

    def in_p(self) -> date:
        if self.chance(0.2):
            return self.rng.choice(MONTH_EDGES)
        return P_START + timedelta(self.rng.randint(0, 365))

    def add(self, table: str, *cells: Cell) -> None:
        assert len(cells) == len(HEADERS[table].split()), table
        self.tables[table].append(list(cells))

    def number(self, table: str, letter: str) -> str:
        return f"{letter}{len(self.tables[table]) + 1:04d}"

    def unit_on(self, officer: str, when: date) -> str | None:
        for start, end, unit in self.postings[officer]:
            if start <= when <= end:
                return unit
        return None

    def eligible(self, officer: str, when: date) -> bool:
        staff, start, end = self.certificate[officer]
        return staff and start <= when and (end is None or when <= end)

    def anyone(self, units: float = 0.5) -> tuple[str, str]:
        if self.chance(units):
            return "单位", self.rng.choice(self.units)
        return "个人", self.rng.choice(self.officers)

    # tables -----------------------------------------------------------------------------------

    def make_units(self) -> None:
        count = self.rng.randint(*self.size[0])
        for n in range(count):
            code = f"U{n + 1:02d}"
            parent = ""
            if n:
                parent = self.units[0] if self.chance(0.6) else self.rng.choice(self.units)
            if n > 2 and self.chance(0.1):
                parent = ""  # a second root
            self.parent[code] = parent
            self.units.append(code)
            kind = "县局" if n == 0 else self.rng.choice(["区域性执法局", "科室", "直属单位"])
            self.add("单位", code, f"第{n + 1}单位", parent, self.yes(0.8), kind)

    def make_officers(self) -> None:
        for n in range(self.rng.randint(*self.size[1])):
            code = f"0320{n + 1:06d}"
            self.officers.append(code)
            staff = self.chance(0.9)
            start = date(2020, 1, 1)
            if self.chance(0.1):
                start = self.rng.choice([*MONTH_EDGES, date(2024, 3, 15)])
            end: date | None = None
            if self.chance(0.25):
                inside = [*MONTH_EDGES, date(2024, 5, 17), date(2024, 2, 28), date(2026, 1, 1)]
                end = max(start, self.rng.choice(inside))
            self.certificate[code] = (staff, start, end)
            row = (code, f"甲{n + 1:03d}", "是" if staff else "否", start, end)
            self.add("人员", *row, self.yes(0.8), self.yes(0.85))
            self.make_postings(code)

    def make_postings(self, code: str) -> None:
        self.postings[code] = []
        if self.chance(0.04):
            return
        start = date(2021, 7, 1)
        if self.chance(0.12):
            start = self.rng.choice([*MONTH_EDGES, P_START, P_START - timedelta(1)])
        for _ in range(self.rng.choice([1, 1, 1, 1, 2, 2, 3])):
            unit = self.rng.choice(self.units)
            moved = self.rng.choice(
                [*MONTH_EDGES, date(2024, 2, 15), date(2024, 6, 10), date(2023, 12, 30)]
            )
            last = self.chance(0.5) or moved <= start
            end = None if last else moved
            self.add("任职", code, unit, start, end)
            self.postings[code].append((start, end or date.max, unit))
            if last:
                return
            start = moved + timedelta(self.rng.choice([1, 1, 1, 2, 30]))

    def make_inspections(self) -> None:
        perfect = self.chance(0.3)  # a county where everything passes in every month
        for year, month in MONTHS:
            last = date(year, month, calendar.monthrange(year, month)[1])
            on_duty = {o: u for o in self.officers if (u := self.unit_on(o, last)) is not None}
            silent = set(self.rng.sample(self.officers, self.rng.choice([0, 0, 1, 1, 2])))
            active = [o for o in on_duty if perfect or o not in silent]
            busy = set(self.rng.sample(active, len(active) * self.rng.randint(5, 10) // 10))
            for unit in self.units:
                staff = [o for o in active if on_duty[o] == unit]
                heads = sum(self.eligible(o, last) for o in on_duty if on_duty[o] == unit)
                target = 2 * heads + (0 if perfect else self.rng.choice([-2, -1, 0, 0, 1, 2]))
                uploaders = [o for o in staff if o in busy or perfect] * 2
                for n in range(max(target, 0 if not perfect else len(uploaders))):
                    if not staff:
                        break
                    uploader = uploaders[n] if n < len(uploaders) else self.rng.choice(staff)
                    self.record(unit, uploader, active, year, month, "是")
                if staff and self.chance(0.3):
                    self.record(unit, self.rng.choice(staff), active, year, month, "否")
        for year, month in ((2023, 10), (2024, 11)):
            for _ in range(3):
                who = self.rng.choice(self.officers)
                self.record(self.rng.choice(self.units), who, self.officers, year, month, "是")

    def record(
        self, unit: str, uploader: str, others: list[str], year: int, month: int, valid: str
    ) -> None:
        days = calendar.monthrange(year, month)[1]
        uploaded = datetime(year, month, self.rng.randint(1, days), self.rng.randint(8, 20), 3)
        if self.chance(0.06):
            uploaded = datetime.combine(date(year, month, days), time(23, 59, 59))
        elif self.chance(0.06):
            uploaded = datetime(year, month, 1)
        inspected = uploaded - timedelta(
            hours=self.rng.choice([0, 1, 5, 26, 26, 240, 800]), seconds=self.rng.randint(0, 59)
        )
        who = [] if self.chance(0.1) and others else [uploader]
        if others and (not who or self.chance(0.5)):
            who += [o for o in self.some(others, 1, 3) if o not in who]
        code = f"JC{len(self.records) + 1:05d}"
        self.records.append((code, uploaded.date()))
        if self.chance(0.04):
            unit = self.rng.choice(self.units)
        target = f"企业{self.rng.randint(1, 99):02d}"
        row = (code, unit, "、".join(who or [uploader]), uploader)
        self.add("检查记录", *row, inspected, uploaded, valid, target)

    def make_cases(self) -> None:
        count = self.rng.randint(*self.size[2])
        for n in range(count):
            kind = self.rng.choices(TYPES, [50, 8, 12, 8, 6, 16])[0]
            year = 2023 if self.chance(0.2) else 2024
            code = f"通海环罚〔{year}〕{n + 1:03d}号"
            decided: date | None = None if self.chance(0.05) else self.day(0.25)
            moved: date | None = None
            if kind == "移送":
                moved = self.day(0.25)
                decided = None if self.chance(0.6) else decided
            police: date | None = None
            police_kind = ""
            if self.chance(0.3):
                police = self.day(0.4)
                police_kind = self.rng.choice(["犯罪", "行政拘留"])
            record = ""
            dice = self.rng.random()
            if dice < 0.88 and self.records:
                record = self.rng.choice(self.records)[0]
            elif dice < 0.94:
                record = f"WZ{n:05d}"
            fields = self.listing([*KEY, *KEY, *NEW, "其他"], 0, 3)
            if self.chance(0.35):
                fields = ""
            tools = self.listing([*LISTED, "执法记录仪"], 1, 2) if self.chance(0.35) else ""
            platforms = self.listing(PLATFORMS, 1, 3) if self.chance(0.45) else ""
            technique = "水质指纹溯源" if self.chance(0.05) else ""
            base = decided or moved or self.in_p()
            uploaded = base + timedelta(self.rng.choice([0, 0, 1, 3, 10, 40]))
            case: dict[str, Cell] = dict(
                zip(
                    HEADERS["案件"].split(),
                    [
                        code,
                        self.rng.choice(self.units),
                        kind,
                        decided,
                        moved,
                        police,
                        police_kind,
                        self.yes(0.2),
                        self.yes(0.2),
                        fields,
                        tools,
                        platforms,
                        technique,
                        record,
                        uploaded,
                    ],
                    strict=True,
                )
            )
            self.cases[code] = case
            self.add("案件", *case.values())
            handlers = self.some(self.officers[: self.rng.choice([4, 99])], 0, 3)
            for officer in handlers:
                if self.chance(0.65):
                    self.add("案件承办", code, officer, "是", "是", "是")
                else:
                    roles = [self.yes(), self.yes(), self.yes()]
                    self.add("案件承办", code, officer, *roles)

    def of_type(self, *kinds: str) -> list[str]:
        return [n for n, c in self.cases.items() if c["案件类型"] in kinds]

    def make_draws(self) -> None:
        taken: set[str] = set()

        def take(numbers: list[str]) -> str | None:
            free = [n for n in numbers if n not in taken]
            if not free:
                return None
            number = self.rng.choice(free)
            taken.add(number)
            return number

        handled: dict[str, list[str]] = {}
        for number, officer, *roles in self.tables["案件承办"]:
            if roles == ["是", "是", "是"]:
                handled.setdefault(str(officer), []).append(str(number))
        dates = [date(2024, 8, 31), date(2024, 9, 1), date(2024, 9, 30), P_END, date(2024, 11, 1)]
        candidates = {str(row[0]) for row in self.tables["人员"] if row[6] == "是"}
        for officer in self.officers:
            if officer not in candidates:
                continue
            slots = (("一般处罚", ["一般处罚"]), ("配套办法", TYPES[2:]))
            for name, kinds in slots:
                if not self.chance(0.45):
                    continue
                free_kind = self.chance(0.25)
                if free_kind:
                    kinds = [k for k in kinds if k in ("一般处罚", "查封扣押", "移送")]
                pool = self.of_type(*kinds)
                if self.chance(0.8):
                    pool = [n for n in handled.get(officer, []) if n in pool] or pool
                drawn = take(pool)
                if drawn:
                    label = "不限" if free_kind else name
                    self.add("案卷抽取", "个人", officer, label, drawn, self.rng.choice(dates))
        chosen = {str(row[0]) for row in self.tables["单位"] if row[3] == "是"}
        for unit in sorted(chosen):
            for _ in range(self.rng.choice([0, 1, 2, 2])):
                own = [n for n, c in self.cases.items() if c["单位编码"] == unit]
                drawn = take(own if self.chance(0.8) else list(self.cases))
                if drawn:
                    self.add("案卷抽取", "单位", unit, "不限", drawn, self.rng.choice(dates))

    def make_reviews(self) -> None:
        drawn = {str(row[3]) for row in self.tables["案卷抽取"]}
        for number in self.cases:
            if not self.chance(0.85 if number in drawn else 0.5):
                continue
            used: set[tuple[str, date]] = set()
            for _ in range(self.rng.choice([1, 1, 1, 2, 3])):
                level = self.rng.choices(["部", "省", "市", "县"], [1, 3, 4, 3])[0]
                when = self.day(0.3) if self.chance(0.7) else date(2024, 9, 15)
                if (level, when) in used:
                    continue
                used.add((level, when))
                zero = self.chance(0.05 if level == "部" else 0.08)
                score = self.rng.choice(["100", "0", "85.5", "93.33", "77.77", "60", "99.99"])
                if zero and self.chance(0.8):
                    score = "0"
                fatal = "、".join(sorted(self.some("①②③④⑤", 1, 3))) if self.chance(0.12) else ""
                best = "是" if not zero and self.chance(0.12) else "否"
                zeroed = "是" if zero else "否"
                self.add("案卷评查", number, level, when, score, zeroed, best, fatal)
        for unit in self.units:
            if self.chance(0.75):
                score = self.rng.choice(["22", "0", "21.9999", "18.5", "20.25", "15"])
                stated = None if self.chance(0.4) else self.day(0.4)
                self.add("评查综合分", unit, score, "部省评查", stated)
        for _ in range(self.rng.choice([0, 2, 5, 8])):
            kind = self.rng.choice(
                ["通报批评", "应改未改", "拒改复现", "重大问题漏查", "稽查未整改"]
            )
            level = self.rng.choice(["部", "省", "市"])
            row = (self.number("评查通报", "PC"), self.rng.choice(self.units), kind, level)
            case = self.rng.choice(["", *list(self.cases)[:5]])
            self.add("评查通报", *row, self.day(), case, self.rng.choice(["承办", "交叉评查"]))

    def make_leads(self) -> None:
        without = set(self.some(self.units, 0, len(self.units)))  # no lead at all for these
        for _ in range(self.rng.choice([0, 6, 12, 20])):
            unit = self.rng.choice(self.units)
            if unit in without:
                continue
            pushed = self.day(0.3)
            deadline = pushed + timedelta(self.rng.choice([0, 10, 15, 30]))
            if self.chance(0.2):
                deadline = max(pushed, self.rng.choice(MONTH_EDGES))
            answered: date | None = deadline + timedelta(self.rng.choice([-5, -1, 0, 0, 1, 9, 45]))
            assert answered is not None
            answered = None if self.chance(0.2) else max(pushed, answered)
            problem = self.rng.choice(["", "", "", "不实", "不到位"])
            outcome = self.rng.choice(["依法查办", "依法查办", "依法查办", "查否", "未查办"])
            level = self.rng.choice(["部", "省", "市"])
            row = (self.number("上级线索", "XS"), unit, level, "危险废物", pushed, deadline)
            self.add("上级线索", *row, answered, outcome, problem)

    def make_automonitor(self) -> None:
        kinds = [
            (10000, 9000, 9000),
            (10000, 8999, 9500),
            (10000, 8999, 9499),
            (10000, 9099, 9900),
            (10000, 9100, 9900),
            (10000, 9500, 9900),
            (10000, 9499, 9499),
            (10000, 10000, 10000),
            (10000, 5000, 9500),
            (0, 0, 0),
        ]
        for unit in self.units:
            if self.chance(0.15):
                continue
            kind = self.rng.choice(kinds)
            mixed = self.chance(0.5)
            for year, month in [(2023, 10), *MONTHS, (2024, 11)]:
                if self.chance(0.05):
                    continue
                due, now, later = self.rng.choice(kinds) if mixed else kind
                if mixed and self.chance(0.3):
                    due = self.rng.randint(1, 3000)
                    later = self.rng.randint(due * 85 // 100, due)
                    now = self.rng.randint(later * 9 // 10, later)
                self.add("自动监测", unit, f"{year}-{month:02d}", due, now, later)

    def make_quality(self) -> None:
        kinds = ["虚假标记", "表单不规范", "查无检查信息", "着装持证", "数据质量扣分"]
        for _ in range(self.rng.choice([0, 8, 15, 40])):
            kind = self.rng.choice(kinds)
            about = self.anyone(0.5)
            case = ""
            if kind == "查无检查信息" and self.chance(0.7):
                case = self.rng.choice(list(self.cases))
            taken = self.rng.choice(["0.1", "0.35", "1", "2.5"]) if kind == "数据质量扣分" else ""
            self.add(
                "质量问题", self.number("质量问题", "ZL"), *about, kind, self.day(0.25), case, taken
            )

    def make_air(self) -> None:
        scores = ["100", "0", "88", "95.5", "73.25", "66.67", "81.01"]
        rounds = [(f"第{n + 1}轮", self.day(0.4)) for n in range(self.rng.choice([0, 3, 5, 7]))]
        for name, end in rounds:
            for officer in self.some(self.officers, 2, 10):
                marks = [self.rng.choice(scores) for _ in range(3)]
                start = end - timedelta(14)
                self.add("监督帮扶得分", name, officer, "现场", start, end, *marks)
        for n in range(self.rng.randint(0, 3)):
            end = self.day(0.4)
            for unit in self.some(self.units, 0, len(self.units)):
                self.add("远程帮扶得分", f"远程{n + 1}", unit, end, self.rng.choice(scores))

    def make_discipline(self) -> None:
        kinds = [
            "廉政纪律",
            "主要负责人廉政",
            "严重弄虚作假",
            "负面舆论",
            "不服从指挥",
            "不守组织纪律",
        ]
        for _ in range(self.rng.choice([0, 4, 8, 12])):
            about = self.anyone(0.25)
            kind = self.rng.choices(kinds, [3, 2, 1, 2, 5, 5])[0]
            scene = self.rng.choice(["监督帮扶", "日常"])
            state = self.rng.choice(["查实", "查实", "核查中", "不实"])
            self.add("纪律", self.number("纪律", "JL"), *about, kind, scene, self.day(), state)
        if self.chance(0.3):  # one officer beyond the cap of 28
            row = ("个人", self.rng.choice(self.officers), "不服从指挥", "监督帮扶")
            for _ in range(self.rng.randint(5, 7)):
                self.add("纪律", self.number("纪律", "JL"), *row, self.in_p(), "查实")
        for number, case in self.cases.items():
            decided = case["决定日期"]
            if not isinstance(decided, date) or not self.chance(0.12):
                continue
            for process in self.some(["行政诉讼", "行政复议"], 1, 2):
                result = self.rng.choice(
                    ["败诉", "撤销", "变更", "确认违法", "维持", "胜诉"],
                )
                if self.chance(0.3):
                    self.add("诉讼复议", number, process, result, None, "审理中")
                else:
                    later = decided + timedelta(self.rng.choice([30, 60, 90, 400]))
                    effect = max(decided, self.rng.choice([later, later, *EDGES]))
                    self.add("诉讼复议", number, process, result, effect, "生效")

    def make_honours(self) -> None:
        names = [
            "2023年生态环境保护执法大练兵表现突出",
            "污染防治攻坚战先进",
            "人民满意公务员",
            "工人先锋号",
        ]
        kinds = ["荣誉", "荣誉", "荣誉", "记功嘉奖", "表扬", "表扬", "媒体宣传", "主要负责同志表扬"]
        for _ in range(self.rng.choice([0, 15, 40, 70])):
            kind = self.rng.choice(kinds)
            level = self.rng.choice(HONOUR_LEVELS)
            joint = ""
            if kind == "表扬":
                level = self.rng.choice([*HONOUR_LEVELS, "省级部门", "省级部门"])
                joint = self.rng.choice(["联合", "单独", ""])
            when = self.day(0.4)
            year = self.rng.choice([2022, 2023, 2023, 2024, when.year])
            row = (self.number("荣誉", "RY"), *self.anyone(0.5), self.rng.choice(names), kind)
            self.add("荣誉", *row, level, joint, year, when)

    def make_typical(self) -> None:
        for number, case in self.cases.items():
            if not self.chance(0.15):
                continue
            unit = case["单位编码"] if self.chance(0.85) else self.rng.choice(self.units)
            classes = self.listing(CATEGORIES, 1, 3)
            for level in self.some(["部", "省", "市"], 1, 3):
                when = self.day(0.3)
                if self.chance(0.2):
                    classes = self.listing(CATEGORIES, 1, 2)
                self.add("典型案例", number, unit, level, classes, when)

    def make_contests(self) -> None:
        for unit in self.units:
            if self.chance(0.5):
                content = "、".join(CONTENTS if self.chance(0.6) else CONTENTS[:3])
                if self.chance(0.2):
                    content += "、体能"
                level = self.rng.choice(["省", "市", "县", "县"])
                row = (self.number("比武", "BW"), level, "是", content, "单位", unit)
                self.add("比武", *row, "", self.day(0.3))
        for _ in range(self.rng.choice([0, 4, 10])):
            about = self.anyone(0.4)
            best = "先进集体" if about[0] == "单位" else "先进个人"
            result = self.rng.choice([best, best, "参加"])
            level = self.rng.choice(["省", "市", "市", "县"])
            row = (self.number("比武", "BW"), level, "否", "", *about)
            self.add("比武", *row, result, self.day(0.3))

    def make_statements(self) -> None:
        for officer in self.officers:
            for kind in self.some(QUALIFICATIONS, 0, 3):
                self.add("人才资质", officer, kind, None if self.chance(0.35) else self.day(0.4))
        for unit in self.units:
            standard = self.rng.choice([0, 19, 20, 20, 21])
            optional = self.rng.choice([0, 2, 3, 5, 6, 7])
            for kind, count in (("标配", standard), ("选配", optional)):
                for n in range(count + self.rng.choice([0, 0, 1])):
                    fit = "是" if n < count else "否"
                    self.add("装备", unit, f"{kind}装备{n + 1:02d}", kind, n % 4 + 1, fit)
            for name in FACTS:
                if self.chance(0.3):
                    continue
                when = None if self.chance(0.4) else self.day(0.5)
                self.add("单位事项", unit, name, self.yes(0.6), when, "有")
        used: set[tuple[str, str, int]] = set()
        for _ in range(self.rng.choice([0, 3, 8])):
            row = (*self.anyone(0.5), self.rng.choice([2019, 2022, 2023, 2023, 2024]))
            if row not in used:
                used.add(row)
                self.add("历年表扬", *row, "通报")

    def make_campaign(self) -> None:
        """Tables no clause reads."""
        for _ in range(self.rng.randint(0, 4)):
            unit = self.rng.choice(self.units)
            row = (self.number("活动", "HD"), "业务学习", unit, self.in_p())
            self.add("活动", *row, "学习", self.rng.randint(1, 20), "照片")
            row = (self.number("宣传", "XC"), "简报", unit, self.in_p())
            self.add("宣传", *row, "简报", self.yes())

    def make(self) -> None:
        self.make_units()
        self.make_officers()
        self.make_inspections()
        self.make_cases()
        self.make_draws()
        self.make_reviews()
        self.make_leads()
        self.make_automonitor()
        self.make_quality()
        self.make_air()
        self.make_discipline()
        self.make_honours()
        self.make_typical()
        self.make_contests()
        self.make_statements()
        self.make_campaign()
        self.make_contested()

    def make_contested(self) -> None:
        """Facts on which careful readers have differed: who, which file, by which day."""
        early = [n for n, c in self.cases.items() if not self.decided_in_p(c)]
        numbers = list(self.cases)
        used = {(row[0], row[1], row[2]) for row in self.tables["案卷评查"]}
        for _ in range(self.rng.randint(2, 6)):  # files decided before P, or not at all
            number = self.rng.choice(early if early and self.chance(0.7) else numbers)
            key = (number, self.rng.choice(["部", "省", "省", "市"]), self.in_p())
            if key not in used:
                used.add(key)
                zero = self.yes(0.5)
                best = "是" if zero == "否" else "否"
                self.add("案卷评查", *key, "0" if zero == "是" else "88", zero, best, "")
        kinds = ["通报批评", "应改未改", "拒改复现", "重大问题漏查", "稽查未整改"]
        for _ in range(self.rng.randint(1, 5)):
            case = self.rng.choice(["", *(early or numbers), self.rng.choice(numbers)])
            row = (self.number("评查通报", "PC"), self.rng.choice(self.units))
            level = self.rng.choice(["部", "省", "市"])
            self.add("评查通报", *row, self.rng.choice(kinds), level, self.day(), case, "承办")
        for _ in range(self.rng.randint(0, 4)):  # fed back in time, not handled
            pushed = self.in_p()
            deadline = pushed + timedelta(self.rng.choice([0, 10, 30]))
            row = (self.number("上级线索", "XS"), self.rng.choice(self.units), "省", "大气", pushed)
            answered = self.rng.choice([pushed, deadline, None, deadline + timedelta(1)])
            outcome = self.rng.choice(["未查办", "未查办", "查否", ""])
            self.add("上级线索", *row, deadline, answered, outcome, "")
        handled = [str(row[0]) for row in self.tables["案件承办"] if row[2:] == ["是"] * 3]
        for _ in range(self.rng.randint(0, 6)):  # a case without inspection data, whoever is named
            row = (self.number("质量问题", "ZL"), *self.anyone(0.5), "查无检查信息", self.day())
            self.add("质量问题", *row, self.rng.choice([*handled, *numbers[:3]]), "")
        for _ in range(self.rng.randint(0, 3)):  # the wrong kind of winner
            about = self.anyone(0.5)
            result = "先进个人" if about[0] == "单位" else "先进集体"
            row = (self.number("比武", "BW"), self.rng.choice("省市"), "否", "", *about)
            self.add("比武", *row, result, self.in_p())
        candidates = [("个人", str(row[0])) for row in self.tables["人员"] if row[6] == "是"]
        candidates += [("单位", str(row[0])) for row in self.tables["单位"] if row[3] == "是"]
        taken = {str(row[3]) for row in self.tables["案卷抽取"]}
        days = [date(2024, 2, 29), date(2024, 8, 31), date(2024, 9, 30), P_END, date(2024, 11, 1)]
        for _ in range(self.rng.randint(0, 6)):  # draws of any type, beyond the slots
            free = [n for n in numbers if n not in taken]
            if not free or not candidates:
                break
            number = self.rng.choice(free)
            taken.add(number)
            about = self.rng.choice(candidates[:3] if self.chance(0.5) else candidates)
            self.add("案卷抽取", *about, "不限", number, self.rng.choice(days))

    def decided_in_p(self, case: dict[str, Cell]) -> bool:
        when = case["决定日期"]
        if when is None and case["案件类型"] == "移送":
            when = case["移送日期"]
        return isinstance(when, date) and P_START <= when <= P_END

    # output -----------------------------------------------------------------------------------

    def leave_a_section_empty(self) -> None:
        """Now and then nobody is a candidate in one of the two sections."""
        if self.chance(0.06):
            table, place = self.rng.choice([("单位", 3), ("人员", 6)])
            for row in self.tables[table]:
                row[place] = "否"

    def thin_out(self) -> None:
        """Some tables were never supplied, some were supplied without a row."""
        if self.chance(0.45):
            missing = self.some(MAY_BE_MISSING, 1, 4)
            if self.chance(0.1):
                missing.append("案件")
            for table in missing:
                self.tables.pop(table, None)
                if table == "案件":
                    for other in NAMES_A_CASE:
                        self.tables.pop(other, None)
        if self.chance(0.3):
            for table in self.some(MAY_BE_MISSING, 1, 3):
                if table != "案件" and table in self.tables:
                    self.tables[table] = []
        if "案件" not in self.tables:
            for table in ("质量问题", "评查通报"):
                column = HEADERS[table].split().index("案件编号")
                for row in self.tables.get(table, []):
                    row[column] = ""

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for table, rows in self.tables.items():
            with (folder / f"{table}.csv").open("w", encoding="utf-8-sig", newline="") as stream:
                writer = csv.writer(stream, lineterminator="\n")
                writer.writerow(HEADERS[table].split())
                writer.writerows([text(cell) for cell in row] for row in rows)


def text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    return "" if cell is None else str(cell)


def make_county(folder: str | Path, seed: int, size: str = "small") -> None:
    """Write the random county of a seed into a folder, one csv per supplied table."""
    maker = Maker(seed, size)
    maker.make()
    maker.thin_out()
    maker.leave_a_section_empty()
    maker.write(Path(folder))
