"""A plain, slow reference model of the two rubrics, written from the clause register alone.

It shares no code with the production package and uses the standard library only. One small
function per clause, in the order of the register, so that both can be read side by side.

Input: a folder of clean UTF-8 csv files, one per table, named by the Chinese table name.
A missing file is a table that nobody supplied.

Where the register leaves a string or a cell open, this model chose (compare.py marks a difference
in one of these with the prefix ``[open]``):

* leaf status: ``scored``, ``unavailable``, ``not_applicable``; ``void`` for a void leaf whose
  condition is met, ``vetoed`` for a veto leaf whose condition is met, also while a table of its
  other conditions is missing: what is proven counts. Voids and vetoes award 0.
* officer.cases.files.fatal stays ``scored`` while a drawn file waits for its review;
  unit.air.remote is ``not_applicable`` once 否 is stated, even without a table of remote rounds.
* item status: ``void`` when its void fired, else ``unavailable`` when a leaf below is, else
  ``not_applicable`` when all leaves below are, else ``scored``.
* candidate status: ``vetoed``, else ``unavailable`` when any leaf is, else ``scored``; in
  scores.csv ``vetoed``, else ``deferred``, else ``open``, else ``scored``.
* item ``awarded``: the points of its parts (deductions taken) before the item's own cap, floor
  and void; candidate ``awarded``: the sum of the items plus the bonus, before rescaling.
* ``max`` of a leaf without a cap of its own: blank, but 12 for unit.special.crime and .penalty;
  of a candidate: 100; unit.air.onsite shows 24 when remote does not apply.

Points are integers of 0.0001 point throughout (``UNIT`` of them are one point).
"""

from __future__ import annotations

import calendar
import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path

UNIT = 10_000
BIG = 10**9
P_START = date(2023, 11, 1)
P_END = date(2024, 10, 31)

READINGS: dict[str, tuple[str, ...]] = {  # the first value is the default
    "monthly_award": ("per_month", "once"),
    "roster_month": ("month_end", "whole_month"),
    "upload_validity": ("any", "valid_only"),
    "transmission_step": ("full_points", "linear"),
    "transmission_year": ("pooled", "monthly_mean"),
    "platforms": ("same_case", "across_cases"),
    "no_leads": ("rescale", "forfeit", "full"),
    "late_feedback": ("per_lead", "once"),
    "lead_duty": ("handled_and_fed_back", "feedback"),
    "feedback_reach": ("offsite", "lead_handling"),
    "quality_cap": ("per_type", "combined"),
    "bonus_scope": ("above", "within"),
    "commendation": ("highest", "sum"),
    "special_dual": ("once", "both"),
    "review_clamp": ("net", "cap_first"),
    "zero_ministry": ("item", "base"),
    "review_files": ("since_start", "any"),
    "officer_rounds": ("mean", "best"),
    "top_half": ("ceil", "floor"),
    "contest_result": ("sum", "highest"),
    "contest_officer": ("sum", "highest"),
    "achievement_year": ("ever", "only_2023"),
    "talent": ("highest", "sum"),
    "fatal_unit": ("per_file", "per_defect"),
    "fatal_reach": ("cases", "files"),
    "supporting_types": ("four", "two"),
    "case_overlap": ("best_assignment", "document_order"),
    "litigation_date": ("handled", "outcome"),
}

LISTED_EQUIPMENT = frozenset(
    [
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
)
NEW_FIELDS = frozenset(
    ["自然保护地", "土壤", "地下水", "温室气体", "规模畜禽", "新化学物质", "ODS", "核与辐射"]
)
KEY_FIELDS = frozenset(["第三方弄虚作假", "危险废物", "自动监测", "举报奖励"])
TYPICAL_ONE = frozenset(["第三方弄虚作假", "危险废物", "自动监测"])
TYPICAL_HALF = frozenset(["举报奖励", "正面清单", "轻微免罚", "执法稽查", "自然保护地"])
CONTEST_CONTENT = frozenset(["新技术新装备", "案卷制作", "知识竞赛", "队列展示"])
SUPPORTING = {
    "four": frozenset(["查封扣押", "限产停产", "按日连续处罚", "移送"]),
    "two": frozenset(["查封扣押", "移送"]),
}
PROVINCIAL_UP = frozenset(["国家", "省委省政府", "省级部门"])
MUNICIPAL = frozenset(["市委市政府", "市级部门"])
LEVEL_ORDER = {"县": 0, "市": 1, "省": 2, "部": 3}

Row = dict[str, str]


# ----------------------------------------------------------------------------------------------
# small helpers
# ----------------------------------------------------------------------------------------------


def round_half_up(value: Fraction) -> int:
    """Points as integer ten-thousandths, half away from zero."""
    scaled = abs(value) * UNIT
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return whole if value >= 0 else -whole


def show(points: int | None) -> str:
    """Ten-thousandths as text with four decimals."""
    return "" if points is None else str((Decimal(points) / UNIT).quantize(Decimal("0.0001")))


def day(text: str) -> date | None:
    """A date cell, or None when it is blank."""
    return date.fromisoformat(text[:10]) if text else None


def parts(text: str) -> frozenset[str]:
    """The distinct values of a list cell."""
    return frozenset(x.strip() for x in text.split("、") if x.strip())


def case_no(text: str) -> str:
    """One spelling for the bracket variants of a case number."""
    for left in "[(（【":
        text = text.replace(left, "〔")
    for right in "])）】":
        text = text.replace(right, "〕")
    return text.strip()


def clamp(value: int, low: int, high: int) -> int:
    return max(low, min(high, value))


def month_days(month: str) -> tuple[date, date]:
    """First and last day of a month written 2024-03."""
    year, number = int(month[:4]), int(month[5:7])
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


P_MONTHS = [f"2023-{m:02d}" for m in (11, 12)] + [f"2024-{m:02d}" for m in range(1, 11)]


# ----------------------------------------------------------------------------------------------
# the county: tables as supplied, and lookups that respect as-of
# ----------------------------------------------------------------------------------------------


class County:
    """The supplied tables, as seen on as-of, under one set of readings."""

    def __init__(
        self,
        folder: Path,
        as_of: date,
        readings: dict[str, str] | None = None,
        draws: list[Row] | None = None,
    ) -> None:
        self.tables: dict[str, list[Row]] = {}
        for path in sorted(Path(folder).glob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as stream:
                self.tables[path.stem] = [
                    {k: (v or "").strip() for k, v in row.items() if k}
                    for row in csv.DictReader(stream)
                ]
        for name in ("单位", "人员", "任职"):
            if name not in self.tables:
                raise ValueError(f"table {name} is required")
        for rows in self.tables.values():
            for row in rows:
                if "案件编号" in row:
                    row["案件编号"] = case_no(row["案件编号"])
        self.as_of = min(as_of, P_END)
        self.r = {name: values[0] for name, values in READINGS.items()}
        for name, value in (readings or {}).items():
            if value not in READINGS[name]:
                raise ValueError(f"reading {name} has no value {value}")
            self.r[name] = value
        self.given_draws = draws

    def rows(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def in_p(self, text: str) -> bool:
        """The date lies in P and at or before as-of."""
        found = day(text)
        return found is not None and P_START <= found <= self.as_of

    def known(self, text: str) -> bool:
        """The date is at or before as-of."""
        found = day(text)
        return found is not None and found <= self.as_of

    def holds(self, text: str) -> bool:
        """A statement holds when it carries no date or one at or before as-of."""
        return not text or self.known(text)

    @cached_property
    def months(self) -> list[str]:
        """The months of P that have ended by as-of."""
        return [m for m in P_MONTHS if month_days(m)[1] <= self.as_of]

    # units ------------------------------------------------------------------------------------

    @cached_property
    def parents(self) -> dict[str, str]:
        return {u["单位编码"]: u["上级单位编码"] for u in self.rows("单位")}

    def subtree(self, code: str) -> frozenset[str]:
        """The unit and all its descendants."""
        found = {code}
        while True:
            more = {c for c, parent in self.parents.items() if parent in found} - found
            if not more:
                return frozenset(found)
            found |= more

    # officers ---------------------------------------------------------------------------------

    @cached_property
    def officers(self) -> dict[str, Row]:
        return {o["执法证号"]: o for o in self.rows("人员")}

    @cached_property
    def postings(self) -> dict[str, list[tuple[date, date, str]]]:
        found: dict[str, list[tuple[date, date, str]]] = {}
        for p in self.rows("任职"):
            start = day(p["到岗日期"])
            assert start is not None
            end = day(p["离岗日期"]) or date.max
            found.setdefault(p["执法证号"], []).append((start, end, p["单位编码"]))
        return found

    def unit_on(self, officer: str, when: date | None) -> str | None:
        """The unit of the officer's posting on a date (离岗日期 is the last day on duty)."""
        if when is None:
            return None
        for start, end, unit in self.postings.get(officer, []):
            if start <= when <= end:
                return unit
        return None

    def eligible_on(self, officer: str, units: frozenset[str], when: date) -> bool:
        """On establishment, posted in one of the units, holding a valid certificate."""
        o = self.officers[officer]
        valid_from, valid_to = day(o["证件有效期起"]), day(o["证件有效期止"])
        return (
            o["在编"] == "是"
            and self.unit_on(officer, when) in units
            and (valid_from is None or valid_from <= when)
            and (valid_to is None or when <= valid_to)
        )

    def eligible(self, units: frozenset[str], month: str) -> set[str]:
        """Eligible staff of a month: on its last day, or (whole_month) on every day of it."""
        first, last = month_days(month)
        days = [last]
        if self.r["roster_month"] == "whole_month":
            days = [first + timedelta(n) for n in range((last - first).days + 1)]
        return {o for o in self.officers if all(self.eligible_on(o, units, d) for d in days)}

    # inspections ------------------------------------------------------------------------------

    @cached_property
    def inspections(self) -> list[Row]:
        """Records that exist on as-of; one row per record number."""
        seen: dict[str, Row] = {}
        for i in self.rows("检查记录"):
            if datetime.fromisoformat(i["上传时间"]).date() <= self.as_of:
                if i["记录编号"] in seen:  # a joint record listed once per inspector
                    joined = parts(seen[i["记录编号"]]["检查人员"]) | parts(i["检查人员"])
                    seen[i["记录编号"]]["检查人员"] = "、".join(sorted(joined))
                else:
                    seen[i["记录编号"]] = dict(i)
        return list(seen.values())

    @cached_property
    def record_numbers(self) -> frozenset[str]:
        return frozenset(i["记录编号"] for i in self.inspections)

    @cached_property
    def entered(self) -> dict[str, set[str]]:
        """Per month of upload: everybody who appears as inspector or uploader of any record."""
        found: dict[str, set[str]] = {m: set() for m in P_MONTHS}
        for i in self.inspections:
            month = i["上传时间"][:7]
            if month in found:
                found[month] |= parts(i["检查人员"]) | {i["上传人"]}
        return found

    # cases ------------------------------------------------------------------------------------

    @cached_property
    def cases(self) -> dict[str, Row]:
        return {c["案件编号"]: c for c in self.rows("案件")}

    def decision_day(self, case: Row) -> date | None:
        """决定日期; for 移送 without one, 移送日期."""
        if not case["决定日期"] and case["案件类型"] == "移送":
            return day(case["移送日期"])
        return day(case["决定日期"])

    def decided(self, case: Row) -> bool:
        """Decided in P: any type."""
        when = self.decision_day(case)
        return when is not None and P_START <= when <= self.as_of

    def punished(self, case: Row) -> bool:
        """Punished: 一般处罚 decided in P."""
        return case["案件类型"] == "一般处罚" and self.decided(case)

    def of_this_year(self, number: str) -> bool:
        """The file counts in 案卷评查 (reading review_files): decided in P, or any file."""
        return self.r["review_files"] == "any" or self.decided(self.cases[number])

    def record_found(self, case: Row) -> bool:
        return bool(case["检查记录编号"]) and case["检查记录编号"] in self.record_numbers

    @cached_property
    def handled(self) -> dict[str, set[str]]:
        """Per officer the case numbers handled as main handler."""
        found: dict[str, set[str]] = {}
        for h in self.rows("案件承办"):
            if h["检查人"] == h["询问人"] == h["审批表承办人"] == "是":
                found.setdefault(h["执法证号"], set()).add(h["案件编号"])
        return found

    # the draw ---------------------------------------------------------------------------------

    @cached_property
    def draws(self) -> dict[tuple[str, str, str], list[str]]:
        """(kind, candidate, slot) -> the drawn case numbers."""
        found: dict[tuple[str, str, str], list[str]] = {}
        if self.given_draws is not None:
            for d in self.given_draws:
                if d["case"]:
                    key = (d["kind"], d["candidate"], d["slot"])
                    found.setdefault(key, []).append(case_no(d["case"]))
            return found
        return self.winning_draws

    @cached_property
    def winning_draws(self) -> dict[tuple[str, str, str], list[str]]:
        """The official draws that fill slots: the earliest, then the smallest case number."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for key, number in self.official_draws():
            slots = 2 if key[2] == "any" else 1
            if number not in found.setdefault(key, []) and len(found[key]) < slots:
                found[key].append(number)
        return found

    def official_draws(self) -> list[tuple[tuple[str, str, str], str]]:
        """The official draws dated by as-of, each with the slot it goes to."""
        found = []
        for d in sorted(self.rows("案卷抽取"), key=lambda d: (d["抽取日期"], d["案件编号"])):
            if not self.known(d["抽取日期"]):
                continue
            if d["对象类型"] == "单位":
                found.append((("unit", d["对象"], "any"), d["案件编号"]))
                continue
            slot = {"一般处罚": "ordinary", "配套办法": "supporting"}.get(d["案卷类别"])
            case = self.cases.get(d["案件编号"])
            if slot is None and case is not None:  # 不限: by the case's type
                slot = "ordinary" if case["案件类型"] == "一般处罚" else "supporting"
            if slot is not None:
                found.append((("officer", d["对象"], slot), d["案件编号"]))
        return found

    def counting_review(self, number: str) -> Row | None:
        """The one review of a drawn file: highest level, then latest date, by as-of."""
        reviews = [
            v
            for v in self.rows("案卷评查")
            if v["案件编号"] == number and self.known(v["评查日期"])
        ]
        return max(reviews, key=lambda v: (LEVEL_ORDER[v["级别"]], v["评查日期"]), default=None)


# ----------------------------------------------------------------------------------------------
# candidates and the clause registry
# ----------------------------------------------------------------------------------------------


@dataclass
class UnitCandidate:
    """One unit, with what rolls up to it from its descendants."""

    county: County
    code: str

    @cached_property
    def units(self) -> frozenset[str]:
        return self.county.subtree(self.code)

    @cached_property
    def cases(self) -> list[Row]:
        return [c for c in self.county.rows("案件") if c["单位编码"] in self.units]

    def has_officer(self, officer: str, when: str) -> bool:
        """The officer was posted in the unit (or below it) on the date."""
        return self.county.unit_on(officer, day(when)) in self.units

    def concerns(self, row: Row, when: str = "日期") -> bool:
        """A row about the unit, a unit below it, or an officer posted there on its date."""
        if row["对象类型"] == "单位":
            return row["对象"] in self.units
        return self.has_officer(row["对象"], row[when])

    def is_own(self, row: Row) -> bool:
        """A row about the unit itself (no roll-up)."""
        return row["对象类型"] == "单位" and row["对象"] == self.code

    def fact(self, name: str) -> str | None:
        """The conclusion of a statement that holds on as-of, else None."""
        for f in self.county.rows("单位事项"):
            if f["单位编码"] == self.code and f["事项"] == name and self.county.holds(f["日期"]):
                return f["结论"]
        return None

    def quality(self, kind: str) -> list[Row]:
        return [
            q
            for q in self.county.rows("质量问题")
            if q["类型"] == kind and self.county.in_p(q["日期"]) and self.concerns(q)
        ]

    def findings(self, kind: str) -> list[Row]:
        return [
            f
            for f in self.county.rows("评查通报")
            if f["类型"] == kind and self.county.in_p(f["日期"]) and f["单位编码"] in self.units
        ]

    def file_findings(self, kind: str) -> list[Row]:
        """Notices that name no file, or a file of this year."""
        return [
            f
            for f in self.findings(kind)
            if not f["案件编号"] or self.county.of_this_year(f["案件编号"])
        ]

    def reviews(self) -> list[Row]:
        """Reviews in P of the unit's files of this year."""
        numbers = {c["案件编号"] for c in self.cases if self.county.of_this_year(c["案件编号"])}
        return [
            v
            for v in self.county.rows("案卷评查")
            if v["案件编号"] in numbers and self.county.in_p(v["评查日期"])
        ]

    def leads(self) -> list[Row]:
        return [
            x
            for x in self.county.rows("上级线索")
            if x["单位编码"] in self.units and self.county.in_p(x["推送日期"])
        ]

    def published(self) -> list[Row]:
        return [
            t
            for t in self.county.rows("典型案例")
            if t["单位编码"] in self.units and self.county.in_p(t["发布日期"])
        ]

    def drawn(self) -> list[str]:
        return self.county.draws.get(("unit", self.code, "any"), [])


@dataclass
class OfficerCandidate:
    """One officer."""

    county: County
    code: str

    @cached_property
    def cases(self) -> list[Row]:
        """The cases handled as main handler."""
        mine = self.county.handled.get(self.code, set())
        return [c for c in self.county.rows("案件") if c["案件编号"] in mine]

    def is_own(self, row: Row) -> bool:
        return row["对象类型"] == "个人" and row["对象"] == self.code

    def quality(self, kind: str) -> list[Row]:
        return [
            q
            for q in self.county.rows("质量问题")
            if q["类型"] == kind and self.county.in_p(q["日期"]) and self.is_own(q)
        ]

    def qualified(self, kind: str) -> list[Row]:
        return [
            q
            for q in self.county.rows("人才资质")
            if q["执法证号"] == self.code and q["类型"] == kind
        ]

    def drawn(self, slot: str) -> list[str]:
        return self.county.draws.get(("officer", self.code, slot), [])


@dataclass(frozen=True)
class Award:
    """What a clause gives before any cap."""

    value: Fraction = Fraction(0)
    status: str = "scored"


@dataclass(frozen=True)
class Clause:
    id: str
    role: str  # award, deduction, bonus, void, veto
    cap: Fraction | None
    reads: tuple[str, ...]
    function: Callable[..., Award]


CLAUSES: dict[str, Clause] = {}


def clause(
    name: str, cap: str | None, *reads: str, role: str = "award"
) -> Callable[[Callable[..., Award]], Callable[..., Award]]:
    """Register a clause: its id, its own cap (negative for a deduction), the tables it reads."""

    def register(function: Callable[..., Award]) -> Callable[..., Award]:
        limit = Fraction(cap) if cap is not None else None
        CLAUSES[name] = Clause(name, role, limit, reads, function)
        return function

    return register


def points(value: str | int | Fraction) -> Award:
    return Award(Fraction(value))


def yes(condition: bool, value: str) -> Award:
    return points(value) if condition else points(0)


def each(rows: Iterable[object], value: str) -> Award:
    return points(Fraction(value) * len(list(rows)))


# ----------------------------------------------------------------------------------------------
# units (附件3)
# ----------------------------------------------------------------------------------------------


@clause("unit.team.institution.provincial_pilot", "1", "单位事项")
def team_provincial_pilot(u: UnitCandidate) -> Award:
    """unit.team.institution.provincial_pilot: 1 when on the provincial list and accepted."""
    return yes(u.fact("省级规范化试点验收") == "是", "1")


@clause("unit.team.institution.national_pilot", "1", "单位事项")
def team_national_pilot(u: UnitCandidate) -> Award:
    """unit.team.institution.national_pilot: 1 when on the national list."""
    return yes(u.fact("国家级规范化试点") == "是", "1")


def equipment_kinds(u: UnitCandidate, kind: str) -> int:
    rows = u.county.rows("装备")
    return len(
        {
            e["装备类别"]
            for e in rows
            if e["单位编码"] == u.code and e["类型"] == kind and e["达标"] == "是"
        }
    )


@clause("unit.team.equipment.standard", "2", "装备")
def team_equipment_standard(u: UnitCandidate) -> Award:
    """unit.team.equipment.standard: 20 kinds or more give 2, else 0."""
    return yes(equipment_kinds(u, "标配") >= 20, "2")


@clause("unit.team.equipment.optional", "1", "装备")
def team_equipment_optional(u: UnitCandidate) -> Award:
    """unit.team.equipment.optional: 6 kinds 1; 3 to 5 kinds 0.5; fewer 0."""
    kinds = equipment_kinds(u, "选配")
    return points("1" if kinds >= 6 else "0.5" if kinds >= 3 else "0")


@clause("unit.team.identity.vehicles", "0.8", "单位事项")
def team_identity_vehicles(u: UnitCandidate) -> Award:
    """unit.team.identity.vehicles: 0.8."""
    return yes(u.fact("车辆统一标识") == "是", "0.8")


@clause("unit.team.identity.premises", "0.2", "单位事项")
def team_identity_premises(u: UnitCandidate) -> Award:
    """unit.team.identity.premises: 0.2."""
    return yes(u.fact("场所装备标识") == "是", "0.2")


@clause("unit.team.awards.honours", "2", "荣誉")
def team_honours(u: UnitCandidate) -> Award:
    """unit.team.awards.honours: 2 / 1 / 0.8 each by level, calendar 2023-2024, own rows."""
    worth = {
        "国家": "2",
        "省委省政府": "2",
        "省级部门": "1",
        "市委市政府": "0.8",
        "市级部门": "0.8",
    }
    total = Fraction(0)
    for h in u.county.rows("荣誉"):
        in_years = h["日期"][:4] in ("2023", "2024") and u.county.known(h["日期"])
        if h["类别"] == "荣誉" and u.is_own(h) and in_years:
            total += Fraction(worth.get(h["级别"], "0"))
    return points(total)


@clause("unit.team.awards.commendation", "2", "荣誉")
def team_commendation(u: UnitCandidate) -> Award:
    """unit.team.awards.commendation: 2 / 1.5 / 1 for the 2023 campaigns; the highest (or sum)."""
    found = [Fraction(0)]
    for h in u.county.rows("荣誉"):
        named = "大练兵" in h["名称"] or "污染防治攻坚战" in h["名称"]
        if h["年度"] != "2023" or not named or not u.county.known(h["日期"]):
            continue
        if not (u.is_own(h) or (h["对象类型"] == "个人" and u.has_officer(h["对象"], h["日期"]))):
            continue
        if h["类别"] == "记功嘉奖":
            found.append(Fraction(2))
        elif h["类别"] == "表扬" and h["级别"] == "省级部门":
            found.append(Fraction("1.5") if h["联合"] == "联合" else Fraction(1))
    return points(sum(found) if u.county.r["commendation"] == "sum" else max(found))


@clause("unit.team.awards.leader_praise", "1", "荣誉")
def team_leader_praise(u: UnitCandidate) -> Award:
    """unit.team.awards.leader_praise: 1 for praise of the unit by the head of government, in P."""
    return yes(
        any(
            h["类别"] == "主要负责同志表扬" and u.is_own(h) and u.county.in_p(h["日期"])
            for h in u.county.rows("荣誉")
        ),
        "1",
    )


@clause("unit.team.dress", "-2", "质量问题", role="deduction")
def team_dress(u: UnitCandidate) -> Award:
    """unit.team.dress: -0.2 each, at most 2."""
    return each(u.quality("着装持证"), "-0.2")


@clause("unit.digital.automonitor.transmission", "2", "自动监测")
def digital_transmission(u: UnitCandidate) -> Award:
    """unit.digital.automonitor.transmission: immediate >= 90 % 1 + 0.2 per point; else 95 % 0.5."""
    months: dict[str, list[int]] = {}
    for a in u.county.rows("自动监测"):
        if a["单位编码"] in u.units and a["月份"] in u.county.months:
            sums = months.setdefault(a["月份"], [0, 0, 0])
            for n, column in enumerate(("应传数", "即时有效数", "补全有效数")):
                sums[n] += int(a[column])
    due = [sums for sums in months.values() if sums[0] > 0]
    if not due:
        return points(0)
    if u.county.r["transmission_year"] == "monthly_mean":
        immediate = sum((Fraction(s[1], s[0]) for s in due), Fraction(0)) / len(due)
        completed = sum((Fraction(s[2], s[0]) for s in due), Fraction(0)) / len(due)
    else:
        immediate = Fraction(sum(s[1] for s in due), sum(s[0] for s in due))
        completed = Fraction(sum(s[2] for s in due), sum(s[0] for s in due))
    if immediate >= Fraction(9, 10):
        above = immediate * 100 - 90
        if u.county.r["transmission_step"] == "full_points":
            above = Fraction(above.numerator // above.denominator)
        return points(1 + Fraction("0.2") * above)
    return yes(completed >= Fraction(95, 100), "0.5")


@clause("unit.digital.automonitor.false_marking", "-2", "质量问题", role="deduction")
def digital_false_marking(u: UnitCandidate) -> Award:
    """unit.digital.automonitor.false_marking: -0.5 each."""
    return each(u.quality("虚假标记"), "-0.5")


@clause("unit.digital.offsite.lead_identification", "2", "案件")
def digital_lead_identification(u: UnitCandidate) -> Award:
    """unit.digital.offsite.lead_identification: a punished case from >= 2 platforms or new tech."""
    punished = [c for c in u.cases if u.county.punished(c)]
    technique = any(parts(c["新技术"]) for c in punished)
    if u.county.r["platforms"] == "across_cases":
        platforms = len(frozenset().union(*[parts(c["平台"]) for c in punished])) >= 2
    else:
        platforms = any(len(parts(c["平台"])) >= 2 for c in punished)
    return yes(technique or platforms, "2")


@clause("unit.digital.offsite.lead_handling", "3", "上级线索")
def digital_lead_handling(u: UnitCandidate) -> Award:
    """unit.digital.offsite.lead_handling: 0.5 per lead handled by law; none pushed: reading."""
    leads = u.leads()
    if not leads:
        if u.county.r["no_leads"] == "rescale":
            return Award(status="not_applicable")
        return points(3 if u.county.r["no_leads"] == "full" else 0)
    return each([x for x in leads if x["查办结果"] == "依法查办"], "0.5")


@clause("unit.digital.offsite.lead_feedback", "-5", "上级线索", role="deduction")
def digital_lead_feedback(u: UnitCandidate) -> Award:
    """unit.digital.offsite.lead_feedback: -1 per lead not handled and fed back, -0.2 per flaw."""
    late = flawed = 0
    for x in u.leads():
        deadline, answered = day(x["反馈期限"]), day(x["反馈日期"])
        passed = deadline is not None and deadline <= u.county.as_of
        in_time = answered is not None and deadline is not None and answered <= deadline
        both_due = u.county.r["lead_duty"] == "handled_and_fed_back"
        unhandled = both_due and x["查办结果"] == "未查办"
        if passed and (unhandled or not in_time):
            late += 1
        if x["反馈问题"] and u.county.holds(x["反馈日期"]):
            flawed += 1
    if u.county.r["late_feedback"] == "once":
        late = min(late, 1)
    return points(-late - Fraction("0.2") * flawed)


def monthly(county: County, passed: int, part: str, full: str) -> Award:
    """Each passing month its part; all twelve the full clause (reading monthly_award)."""
    if passed == 12:
        return points(full)
    if county.r["monthly_award"] == "once":
        passed = min(passed, 1)
    return points(Fraction(part) * passed)


@clause("unit.digital.records.entry_ratio", "3", "检查记录")
def digital_entry_ratio(u: UnitCandidate) -> Award:
    """unit.digital.records.entry_ratio: months with >= 90 % of eligible staff entering records."""
    passed = 0
    for month in u.county.months:
        staff = u.county.eligible(u.units, month)
        if staff and 10 * len(staff & u.county.entered[month]) >= 9 * len(staff):
            passed += 1
    return monthly(u.county, passed, "0.2", "3")


@clause("unit.digital.records.per_capita", "3", "检查记录")
def digital_per_capita(u: UnitCandidate) -> Award:
    """unit.digital.records.per_capita: months with >= 2 valid records per eligible head."""
    passed = 0
    for month in u.county.months:
        staff = u.county.eligible(u.units, month)
        records = {
            i["记录编号"]
            for i in u.county.inspections
            if i["有效"] == "是" and i["单位编码"] in u.units and i["上传时间"][:7] == month
        }
        if staff and len(records) >= 2 * len(staff):
            passed += 1
    return monthly(u.county, passed, "0.2", "3")


def files_found(county: County, numbers: list[str]) -> list[str]:
    return [n for n in numbers if n in county.cases and county.record_found(county.cases[n])]


@clause("unit.digital.records.sampled_files", "1", "案件", "检查记录")
def digital_sampled_files(u: UnitCandidate) -> Award:
    """unit.digital.records.sampled_files: 0.5 per drawn file whose inspection record is found."""
    return each(files_found(u.county, u.drawn()), "0.5")


@clause("unit.digital.records.quality_ratio", None, "质量问题", role="deduction")
def digital_quality_ratio(u: UnitCandidate) -> Award:
    """unit.digital.records.quality_ratio: the points a reviewer entered, in P."""
    found = [Fraction(q["扣分"] or "0") for q in u.quality("数据质量扣分")]
    return points(-sum(found, Fraction(0)))


@clause("unit.digital.records.quality_forms", "-2", "质量问题", role="deduction")
def digital_quality_forms(u: UnitCandidate) -> Award:
    """unit.digital.records.quality_forms: -0.5 each, at most 2."""
    return each(u.quality("表单不规范"), "-0.5")


def missing_records(c: UnitCandidate | OfficerCandidate, findings: list[Row]) -> int:
    """Punished cases without an inspection record, plus findings; one per case number."""
    numbers = {
        x["案件编号"] for x in c.cases if c.county.punished(x) and not c.county.record_found(x)
    }
    numbers |= {q["案件编号"] for q in findings if q["案件编号"]}
    return len(numbers) + len([q for q in findings if not q["案件编号"]])


@clause(
    "unit.digital.records.quality_missing",
    "-2",
    "案件",
    "检查记录",
    "质量问题",
    role="deduction",
)
def digital_quality_missing(u: UnitCandidate) -> Award:
    """unit.digital.records.quality_missing: -0.5 each, at most 2."""
    return points(Fraction("-0.5") * missing_records(u, u.quality("查无检查信息")))


@clause("unit.digital.integration", "1", "单位事项", role="bonus")
def digital_integration(u: UnitCandidate) -> Award:
    """unit.digital.integration: +1."""
    return yes(u.fact("执法处罚一体化") == "是", "1")


def special_crimes(u: UnitCandidate) -> list[Row]:
    return [
        c
        for c in u.cases
        if c["两打"] == "是" and c["公安立案类型"] == "犯罪" and u.county.in_p(c["公安立案日期"])
    ]


def special_penalties(u: UnitCandidate) -> list[Row]:
    found = [c for c in u.cases if c["两打"] == "是" and u.county.punished(c)]
    if u.county.r["special_dual"] == "once":
        crimes = {c["案件编号"] for c in special_crimes(u)}
        found = [c for c in found if c["案件编号"] not in crimes]
    return found


@clause("unit.special.crime", None, "案件")
def special_crime(u: UnitCandidate) -> Award:
    """unit.special.crime: 3 per 两打 case filed by the police as a crime."""
    return each(special_crimes(u), "3")


@clause("unit.special.penalty", None, "案件")
def special_penalty(u: UnitCandidate) -> Award:
    """unit.special.penalty: 2 per 两打 case punished, not again when counted as crime."""
    return each(special_penalties(u), "2")


@clause("unit.special.major", "2", "案件")
def special_major(u: UnitCandidate) -> Award:
    """unit.special.major: 2 per counted case marked 重大, once per case, at most 2."""
    counted = {c["案件编号"]: c for c in special_crimes(u) + special_penalties(u)}
    return each([c for c in counted.values() if c["重大"] == "是"], "2")


@clause("unit.cases.new_equipment", "2", "案件")
def cases_new_equipment(u: UnitCandidate) -> Award:
    """unit.cases.new_equipment: 0.5 per penalty case found with listed equipment."""
    return each(
        [c for c in u.cases if u.county.punished(c) and parts(c["装备"]) & LISTED_EQUIPMENT], "0.5"
    )


@clause("unit.cases.new_field", "1", "案件")
def cases_new_field(u: UnitCandidate) -> Award:
    """unit.cases.new_field: 1 per new-field class among the cases decided in P."""
    found: set[str] = set()
    for c in u.cases:
        if u.county.decided(c):
            found |= parts(c["领域"]) & NEW_FIELDS
    return each(found, "1")


@clause("unit.cases.linkage.established", "0.5", "单位事项")
def cases_linkage_established(u: UnitCandidate) -> Award:
    """unit.cases.linkage.established: 0.5."""
    return yes(u.fact("联动机制建立") == "是", "0.5")


@clause("unit.cases.linkage.implemented", "0.5", "单位事项")
def cases_linkage_implemented(u: UnitCandidate) -> Award:
    """unit.cases.linkage.implemented: 0.5."""
    return yes(u.fact("联动机制落实") == "是", "0.5")


@clause("unit.review.base", "22", "评查综合分")
def review_base(u: UnitCandidate) -> Award:
    """unit.review.base: the composite of the unit's own reviews."""
    for s in u.county.rows("评查综合分"):
        if s["单位编码"] == u.code and u.county.holds(s["日期"]):
            return points(s["综合分"])
    return points(0)


@clause("unit.review.zero_ministry", None, "案卷评查", "案件", role="void")
def review_zero_ministry(u: UnitCandidate) -> Award:
    """unit.review.zero_ministry: a zero-score file found by the ministry voids the item."""
    met = any(v["级别"] == "部" and v["零分"] == "是" for v in u.reviews())
    return Award(status="void" if met else "scored")


@clause("unit.review.zero_province", None, "案卷评查", "案件", role="deduction")
def review_zero_province(u: UnitCandidate) -> Award:
    """unit.review.zero_province: -5 per case with a zero score found by the province."""
    found = {v["案件编号"] for v in u.reviews() if v["级别"] == "省" and v["零分"] == "是"}
    return each(found, "-5")


# these read 案件 only where the reading asks when the file that a notice names was decided
FILES_NAMED = frozenset(
    f"unit.review.{x}" for x in ("notice", "unrectified", "refused", "missed_major")
)


@clause("unit.review.notice", None, "评查通报", "案件", role="deduction")
def review_notice(u: UnitCandidate) -> Award:
    """unit.review.notice: -5 / -3 / -1 per notice of criticism by ministry / province / city."""
    worth = {"部": 5, "省": 3, "市": 1}
    return points(-sum(worth[f["级别"]] for f in u.file_findings("通报批评")))


@clause("unit.review.unrectified", None, "评查通报", "案件", role="deduction")
def review_unrectified(u: UnitCandidate) -> Award:
    """unit.review.unrectified: -2 each, whatever the level."""
    return each(u.file_findings("应改未改"), "-2")


@clause("unit.review.refused", None, "评查通报", "案件", role="deduction")
def review_refused(u: UnitCandidate) -> Award:
    """unit.review.refused: -3 each, whatever the level."""
    return each(u.file_findings("拒改复现"), "-3")


@clause("unit.review.missed_major", None, "评查通报", "案件", role="deduction")
def review_missed_major(u: UnitCandidate) -> Award:
    """unit.review.missed_major: -5 per row, whatever the level."""
    return each(u.file_findings("重大问题漏查"), "-5")


@clause("unit.review.inspection", None, "评查通报", role="deduction")
def review_inspection(u: UnitCandidate) -> Award:
    """unit.review.inspection: -5 / -3 / -2 per finding not rectified."""
    worth = {"部": 5, "省": 3, "市": 2}
    return points(-sum(worth[f["级别"]] for f in u.findings("稽查未整改")))


@clause("unit.review.excellent", None, "案卷评查", "案件")
def review_excellent(u: UnitCandidate) -> Award:
    """unit.review.excellent: +5 / +3 / +2 per excellent file, once at its highest level."""
    worth = {"部": 5, "省": 3, "市": 2, "县": 0}
    best: dict[str, int] = {}
    for v in u.reviews():
        if v["优秀"] == "是":
            best[v["案件编号"]] = max(best.get(v["案件编号"], 0), worth[v["级别"]])
    return points(sum(best.values()))


@clause("unit.typical.publication", "2", "典型案例")
def typical_publication(u: UnitCandidate) -> Award:
    """unit.typical.publication: 2 / 1 / 0.5 per case, once at its highest level."""
    worth = {"部": Fraction(2), "省": Fraction(1), "市": Fraction(1, 2)}
    best: dict[str, Fraction] = {}
    for t in u.published():
        best[t["案件编号"]] = max(best.get(t["案件编号"], Fraction(0)), worth[t["发布级别"]])
    return points(sum(best.values(), Fraction(0)))


@clause("unit.typical.category", "2", "典型案例")
def typical_category(u: UnitCandidate) -> Award:
    """unit.typical.category: 1 or 0.5 per class of published case."""
    found: set[str] = set()
    for t in u.published():
        found |= parts(t["类别"])
    return points(len(found & TYPICAL_ONE) + Fraction(len(found & TYPICAL_HALF), 2))


def round_score(a: Row) -> Fraction:
    """40 % task + 50 % problems + 10 % materials, out of 100."""
    return (
        Fraction(40, 100) * Fraction(a["任务得分"])
        + Fraction(50, 100) * Fraction(a["问题得分"])
        + Fraction(10, 100) * Fraction(a["材料得分"])
    )


def onsite_rounds(county: County) -> list[Row]:
    return [
        a for a in county.rows("监督帮扶得分") if a["方式"] == "现场" and county.in_p(a["结束日期"])
    ]


@clause("unit.air.onsite", "20", "监督帮扶得分")
def air_onsite(u: UnitCandidate) -> Award:
    """unit.air.onsite: the better half of the officers, averaged, x 20 (24 without remote)."""
    rounds: dict[str, list[Fraction]] = {}
    for a in onsite_rounds(u.county):
        if u.has_officer(a["执法证号"], a["结束日期"]):
            rounds.setdefault(a["执法证号"], []).append(round_score(a))
    if not rounds:
        return points(0)
    if u.county.r["officer_rounds"] == "best":
        scores = [max(s) for s in rounds.values()]
    else:
        scores = [sum(s, Fraction(0)) / len(s) for s in rounds.values()]
    scores.sort(reverse=True)
    half = (len(scores) + 1) // 2
    if u.county.r["top_half"] == "floor":
        half = max(1, len(scores) // 2)
    mean = sum(scores[:half], Fraction(0)) / half
    return points(mean * (24 if remote_out(u) else 20) / 100)


def remote_out(u: UnitCandidate) -> bool:
    """Remote supervision does not apply to the unit."""
    return u.fact("纳入远程帮扶") == "否"


@clause("unit.air.remote", "4")  # looks after missing tables itself
def air_remote(u: UnitCandidate) -> Award:
    """unit.air.remote: mean of the unit's own rounds x 4; not applicable when 否 is stated."""
    stated = u.fact("纳入远程帮扶")
    if stated == "否":
        return Award(status="not_applicable")
    if stated is None or "远程帮扶得分" not in u.county.tables:
        return Award(status="unavailable")
    found = [
        Fraction(x["得分"])
        for x in u.county.rows("远程帮扶得分")
        if x["单位编码"] == u.code and u.county.in_p(x["结束日期"])
    ]
    if not found:
        return points(0)
    return points(sum(found, Fraction(0)) / len(found) / 100 * 4)


@clause("unit.air.integrity", None, "纪律", role="void")
def air_integrity(u: UnitCandidate) -> Award:
    """unit.air.integrity: an integrity finding during supervision voids the item."""
    met = any(
        d["场景"] == "监督帮扶"
        and d["类型"] == "廉政纪律"
        and d["状态"] == "查实"
        and u.county.in_p(d["日期"])
        and u.concerns(d)
        for d in u.county.rows("纪律")
    )
    return Award(status="void" if met else "scored")


@clause("unit.contest.held", "1", "比武")
def contest_held(u: UnitCandidate) -> Award:
    """unit.contest.held: the unit itself held one contest that covers all four contents, in P."""
    return yes(
        any(
            b["举办"] == "是"
            and u.is_own(b)
            and parts(b["内容"]) >= CONTEST_CONTENT
            and u.county.in_p(b["日期"])
            for b in u.county.rows("比武")
        ),
        "1",
    )


@clause("unit.contest.result", "3", "比武")
def contest_result(u: UnitCandidate) -> Award:
    """unit.contest.result: provincial 3, municipal collective 2, municipal officer 1."""
    found = [0]
    for b in u.county.rows("比武"):
        if not u.county.in_p(b["日期"]):
            continue
        collective = u.is_own(b) and b["结果"] == "先进集体"
        officer = (
            b["对象类型"] == "个人"
            and b["结果"] == "先进个人"
            and u.has_officer(b["对象"], b["日期"])
        )
        if b["级别"] == "省" and (collective or officer):
            found.append(3)
        elif b["级别"] == "市" and collective:
            found.append(2)
        elif b["级别"] == "市" and officer:
            found.append(1)
    return points(max(found) if u.county.r["contest_result"] == "highest" else sum(found))


def named_by_2023(county: County, row: Row) -> bool:
    """The year counts, and its 31 December is at or before as-of."""
    year = int(row["年度"])
    fits = year == 2023 if county.r["achievement_year"] == "only_2023" else year <= 2023
    return fits and date(year, 12, 31) <= county.as_of


@clause("unit.achievement.collective", "0.5", "历年表扬", role="bonus")
def achievement_collective(u: UnitCandidate) -> Award:
    """unit.achievement.collective: +0.5 when the unit itself was named by the end of 2023."""
    return yes(
        any(u.is_own(p) and named_by_2023(u.county, p) for p in u.county.rows("历年表扬")), "0.5"
    )


@clause("unit.achievement.individual", "0.5", "历年表扬", role="bonus")
def achievement_individual(u: UnitCandidate) -> Award:
    """unit.achievement.individual: +0.5 for an officer posted there on 31 December of the year."""
    return yes(
        any(
            p["对象类型"] == "个人"
            and named_by_2023(u.county, p)
            and u.has_officer(p["对象"], f"{int(p['年度']):04d}-12-31")
            for p in u.county.rows("历年表扬")
        ),
        "0.5",
    )


def vetoing_unit(u: UnitCandidate, state: str) -> bool:
    """A finding in that state which vetoes the unit once it is 查实."""
    for d in u.county.rows("纪律"):
        if d["状态"] != state or not u.county.in_p(d["日期"]) or not u.concerns(d):
            continue
        kinds = ["主要负责人廉政"]
        if d["对象类型"] == "单位":
            kinds += ["严重弄虚作假", "负面舆论"]
        if d["类型"] in kinds:
            return True
    return False


@clause("unit.veto", None, "纪律", role="veto")
def unit_veto(u: UnitCandidate) -> Award:
    """unit.veto: three types about the unit or below; 主要负责人廉政 of an officer posted there."""
    return Award(status="vetoed" if vetoing_unit(u, "查实") else "scored")


def unit_deferred(u: UnitCandidate) -> bool:
    """暂缓: a finding of a vetoing kind is 核查中."""
    return vetoing_unit(u, "核查中")


# ----------------------------------------------------------------------------------------------
# officers (附件4)
# ----------------------------------------------------------------------------------------------


@clause("officer.honour.titles", "4", "荣誉")
def honour_titles(o: OfficerCandidate) -> Award:
    """officer.honour.titles: 3 / 2 / 1 each in calendar 2024; media coverage +2 once; cap 4."""
    total, media = 0, 0
    for h in o.county.rows("荣誉"):
        if not o.is_own(h):
            continue
        if h["类别"] == "荣誉" and h["日期"][:4] == "2024" and o.county.known(h["日期"]):
            total += 3 if h["级别"] in PROVINCIAL_UP else 2 if h["级别"] in MUNICIPAL else 1
        elif h["类别"] == "媒体宣传" and h["级别"] in PROVINCIAL_UP and o.county.in_p(h["日期"]):
            media = 2
    return points(total + media)


@clause("officer.honour.talent", "2", "人才资质")
def honour_talent(o: OfficerCandidate) -> Award:
    """officer.honour.talent: talent pool 1, provincial lecturer 1.5, national lecturer 2."""
    found = [Fraction(0)]
    for kind, worth in (("省级人才库", "1"), ("省级师资库", "1.5"), ("国家级师资库", "2")):
        if any(o.county.holds(q["日期"]) for q in o.qualified(kind)):
            found.append(Fraction(worth))
    return points(sum(found) if o.county.r["talent"] == "sum" else max(found))


@clause("officer.honour.inspection_duty", "2", "人才资质")
def honour_inspection_duty(o: OfficerCandidate) -> Award:
    """officer.honour.inspection_duty: national 2, provincial 1, the highest; in P or undated."""
    found = [0]
    for kind, worth in (("国家级稽查", 2), ("省级稽查", 1)):
        if any(not q["日期"] or o.county.in_p(q["日期"]) for q in o.qualified(kind)):
            found.append(worth)
    return points(max(found))


@clause("officer.honour.law_qualification", "1", "人才资质", role="bonus")
def honour_law_qualification(o: OfficerCandidate) -> Award:
    """officer.honour.law_qualification: +1."""
    return yes(any(o.county.holds(q["日期"]) for q in o.qualified("法律职业资格")), "1")


# The five clauses under the no-case-twice bar read the outcome of the assignment (see below).


@clause("officer.cases.major.police", "6", "案件", "案件承办")
def major_police(o: OfficerCandidate, s: Outcome) -> Award:
    """officer.cases.major.police: 6 per crime filed, 2 per detention."""
    return points(s.police)


@clause("officer.cases.major.typical", "4", "典型案例", "案件承办")
def major_typical(o: OfficerCandidate, s: Outcome) -> Award:
    """officer.cases.major.typical: 2 per provincial, 4 per ministry typical case."""
    return points(s.typical)


@clause("officer.cases.key_fields", "5", "案件", "案件承办")
def key_fields(o: OfficerCandidate, s: Outcome) -> Award:
    """officer.cases.key_fields: 2.5 per class."""
    return points(Fraction("2.5") * len(s.fields))


@clause("officer.skill.equipment.new", "2", "案件", "案件承办")
def equipment_new(o: OfficerCandidate, s: Outcome) -> Award:
    """officer.skill.equipment.new: 2 when a decided case had listed equipment."""
    return yes(s.new, "2")


@clause("officer.skill.equipment.platforms", "2", "案件", "案件承办")
def equipment_platforms(o: OfficerCandidate, s: Outcome) -> Award:
    """officer.skill.equipment.platforms: 2 when a punished case used >= 2 platforms."""
    return yes(len(s.platforms) >= 2, "2")


def file_score(o: OfficerCandidate, slot: str) -> Award:
    """17.5 x score / 100; nothing drawn 0; drawn and not yet reviewed: unavailable."""
    for number in o.drawn(slot):
        review = o.county.counting_review(number)
        if review is None:
            return Award(status="unavailable")
        if review["零分"] == "是" or parts(review["致命问题"]):
            return points(0)
        return points(Fraction("17.5") * Fraction(review["得分"]) / 100)
    return points(0)


@clause("officer.cases.files.ordinary", "17.5", "案件", "案件承办", "案卷评查")
def files_ordinary(o: OfficerCandidate) -> Award:
    """officer.cases.files.ordinary: the drawn ordinary-penalty file."""
    return file_score(o, "ordinary")


@clause("officer.cases.files.supporting", "17.5", "案件", "案件承办", "案卷评查")
def files_supporting(o: OfficerCandidate) -> Award:
    """officer.cases.files.supporting: the drawn file under the supporting measures."""
    return file_score(o, "supporting")


@clause("officer.cases.files.fatal", None, "案件", "案件承办", "案卷评查", role="deduction")
def files_fatal(o: OfficerCandidate) -> Award:
    """officer.cases.files.fatal: -1 per drawn file (or per defect) with a fatal defect."""
    total = 0
    for number in o.drawn("ordinary") + o.drawn("supporting"):
        review = o.county.counting_review(number)
        defects = len(parts(review["致命问题"])) if review else 0
        total += defects if o.county.r["fatal_unit"] == "per_defect" else min(defects, 1)
    return points(-total)


@clause("officer.combat.air", "28", "监督帮扶得分")
def combat_air(o: OfficerCandidate) -> Award:
    """officer.combat.air: the best round x 28 / 100."""
    found = [round_score(a) for a in onsite_rounds(o.county) if a["执法证号"] == o.code]
    return points(max(found, default=Fraction(0)) * 28 / 100)


@clause("officer.combat.discipline", "-28", "纪律", role="deduction")
def combat_discipline(o: OfficerCandidate) -> Award:
    """officer.combat.discipline: -5 each, established, during supervision, in P."""
    return each(
        [
            d
            for d in o.county.rows("纪律")
            if o.is_own(d)
            and d["类型"] in ("不服从指挥", "不守组织纪律")
            and d["场景"] == "监督帮扶"
            and d["状态"] == "查实"
            and o.county.in_p(d["日期"])
        ],
        "-5",
    )


@clause("officer.combat.contest", "3", "比武")
def combat_contest(o: OfficerCandidate) -> Award:
    """officer.combat.contest: provincial advanced officer 2, municipal 1."""
    found = [0]
    for b in o.county.rows("比武"):
        if o.is_own(b) and b["结果"] == "先进个人" and o.county.in_p(b["日期"]):
            found.append({"省": 2, "市": 1}.get(b["级别"], 0))
    return points(max(found) if o.county.r["contest_officer"] == "highest" else sum(found))


@clause("officer.skill.records.monthly", "4", "检查记录")
def records_monthly(o: OfficerCandidate) -> Award:
    """officer.skill.records.monthly: months with >= 2 uploads 0.3; all twelve 4."""
    uploads = dict.fromkeys(P_MONTHS, 0)
    for i in o.county.inspections:
        month = i["上传时间"][:7]
        counts = i["有效"] == "是" or o.county.r["upload_validity"] == "any"
        if i["上传人"] == o.code and month in uploads and counts:
            uploads[month] += 1
    return monthly(o.county, sum(n >= 2 for n in uploads.values()), "0.3", "4")


@clause("officer.skill.records.sampled_files", "3", "案件", "案件承办", "检查记录")
def records_sampled_files(o: OfficerCandidate) -> Award:
    """officer.skill.records.sampled_files: 1.5 per drawn file whose inspection record is found."""
    return each(files_found(o.county, o.drawn("ordinary") + o.drawn("supporting")), "1.5")


@clause("officer.skill.records.quality_forms", "-2", "质量问题", role="deduction")
def records_quality_forms(o: OfficerCandidate) -> Award:
    """officer.skill.records.quality_forms: -0.5 each, at most 2."""
    return each(o.quality("表单不规范"), "-0.5")


@clause(
    "officer.skill.records.quality_missing",
    "-2",
    "案件",
    "案件承办",
    "检查记录",
    "质量问题",
    role="deduction",
)
def records_quality_missing(o: OfficerCandidate) -> Award:
    """officer.skill.records.quality_missing: findings on the officer or on a case of theirs."""
    mine = {c["案件编号"] for c in o.cases}
    findings = [
        q
        for q in o.county.rows("质量问题")
        if q["类型"] == "查无检查信息"
        and o.county.in_p(q["日期"])
        and (o.is_own(q) or q["案件编号"] in mine)
    ]
    return points(Fraction("-0.5") * missing_records(o, findings))


def vetoing_officer(o: OfficerCandidate, state: str) -> bool:
    """A finding in that state which vetoes the officer once it is 查实."""
    return any(
        o.is_own(d)
        and d["状态"] == state
        and o.county.in_p(d["日期"])
        and d["类型"] in ("廉政纪律", "主要负责人廉政", "严重弄虚作假")
        for d in o.county.rows("纪律")
    )


def suits(o: OfficerCandidate) -> list[tuple[Row, Row]]:
    """Lawsuits and reconsiderations on penalties handled as main handler, each with its case."""
    mine = {c["案件编号"]: c for c in o.cases if c["案件类型"] == "一般处罚"}
    rows = [s for s in o.county.rows("诉讼复议") if s["案件编号"] in mine]
    return [(s, mine[s["案件编号"]]) for s in rows]


@clause("officer.veto", None, "纪律", "诉讼复议", "案件", "案件承办", role="veto")
def officer_veto(o: OfficerCandidate) -> Award:
    """officer.veto: integrity, fraud, or a penalty lost or revoked, in force by as-of."""
    met = vetoing_officer(o, "查实")
    for s, case in suits(o):
        if s["结果"] not in ("败诉", "撤销") or s["状态"] != "生效":
            continue
        if not o.county.known(s["生效日期"]):
            continue
        governing = (
            case["决定日期"] if o.county.r["litigation_date"] == "handled" else s["生效日期"]
        )
        met |= governing[:4] in ("2023", "2024")
    return Award(status="vetoed" if met else "scored")


def officer_deferred(o: OfficerCandidate) -> bool:
    """暂缓: a finding is 核查中, or a case that could still veto is 审理中 (by as-of it exists)."""
    met = vetoing_officer(o, "核查中")
    for s, case in suits(o):
        if s["状态"] == "审理中" and o.county.known(case["决定日期"]):
            handled = case["决定日期"][:4] in ("2023", "2024")
            met |= handled or o.county.r["litigation_date"] == "outcome"
    return met


# ----------------------------------------------------------------------------------------------
# no case twice: every assignment of the officer's cases to the three indicators
# ----------------------------------------------------------------------------------------------

OVERLAP = (
    "officer.cases.major.police",
    "officer.cases.major.typical",
    "officer.cases.key_fields",
    "officer.skill.equipment.new",
    "officer.skill.equipment.platforms",
)


@dataclass(frozen=True)
class Outcome:
    """What an assignment (or a single case) brings to the five clauses."""

    police: int = 0
    typical: int = 0
    fields: frozenset[str] = frozenset()
    new: bool = False
    platforms: frozenset[str] = frozenset()

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.police + other.police,
            self.typical + other.typical,
            self.fields | other.fields,
            self.new or other.new,
            self.platforms | other.platforms,
        )


def case_uses(o: OfficerCandidate) -> list[dict[str, Outcome]]:
    """Per case handled as main handler: what it would bring to each indicator it fits."""
    county = o.county
    numbers = county.handled.get(o.code, set())
    if "案件承办" not in county.tables:
        return []
    typical: dict[str, int] = {}
    for t in county.rows("典型案例"):
        if t["案件编号"] in numbers and county.in_p(t["发布日期"]):
            worth = {"省": 2, "部": 4}.get(t["发布级别"], 0)
            typical[t["案件编号"]] = max(typical.get(t["案件编号"], 0), worth)
    uses = []
    for number in sorted(numbers):
        police, fields, new, platforms = 0, frozenset[str](), False, frozenset[str]()
        case = county.cases.get(number)
        if case is not None:
            if county.in_p(case["公安立案日期"]):
                police = {"犯罪": 6, "行政拘留": 2}.get(case["公安立案类型"], 0)
            if county.decided(case):
                fields = parts(case["领域"]) & KEY_FIELDS
                new = bool(parts(case["装备"]) & LISTED_EQUIPMENT)
            if county.punished(case):
                platforms = parts(case["平台"])
                if county.r["platforms"] == "same_case" and len(platforms) < 2:
                    platforms = frozenset()
        use = {
            "major": Outcome(police=police, typical=typical.get(number, 0)),
            "key_fields": Outcome(fields=fields),
            "equipment": Outcome(new=new, platforms=platforms),
        }
        use = {name: outcome for name, outcome in use.items() if outcome != Outcome()}
        if use:
            uses.append(use)
    return uses


def best_outcome(o: OfficerCandidate, total: Callable[[Outcome], tuple[int, ...]]) -> Outcome:
    """Try every assignment (equal intermediate outcomes are kept once); take the best."""
    uses = case_uses(o)
    if o.county.r["case_overlap"] == "document_order":
        taken = Outcome()
        for use in uses:  # the indicators in the order of the plan, each takes all that qualify
            for name in ("major", "key_fields", "equipment"):
                if name in use:
                    taken += use[name]
                    break
        return taken
    outcomes = {Outcome()}
    for use in uses:
        outcomes = {before + one for before in outcomes for one in use.values()}
    return max(outcomes, key=total)


# ----------------------------------------------------------------------------------------------
# items and totals
# ----------------------------------------------------------------------------------------------

ITEM_MAX: dict[str, str] = {
    "unit.team": "11",
    "unit.team.institution": "2",
    "unit.team.equipment": "3",
    "unit.team.identity": "1",
    "unit.team.awards": "5",
    "unit.digital": "14",
    "unit.digital.automonitor": "2",
    "unit.digital.offsite": "5",
    "unit.digital.records": "7",
    "unit.special": "12",
    "unit.cases": "4",
    "unit.cases.linkage": "1",
    "unit.review": "27",
    "unit.typical": "4",
    "unit.air": "24",
    "unit.contest": "4",
    "unit.achievement": "1",
    "unit": "100",
    "officer.honour": "8",
    "officer.cases": "50",
    "officer.cases.major": "10",
    "officer.cases.files": "35",
    "officer.combat": "31",
    "officer.skill": "11",
    "officer.skill.records": "7",
    "officer.skill.equipment": "4",
    "officer": "100",
}

BASE_ITEMS = {
    "unit": ("team", "digital", "special", "cases", "review", "typical", "air", "contest"),
    "officer": ("honour", "cases", "combat", "skill"),
}


@dataclass
class Totals:
    """Items of one candidate: before and after cap, floor and void; base, bonus, total."""

    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    void: set[str] = field(default_factory=set)
    base: int = 0
    bonus: int = 0

    @property
    def total(self) -> int:
        return self.base + self.bonus

    def item(self, name: str, amount: int) -> int:
        """Cap and floor an item."""
        self.before[name] = amount
        self.after[name] = clamp(amount, 0, round_half_up(Fraction(ITEM_MAX[name])))
        return self.after[name]


def unit_totals(p: dict[str, int], status: dict[str, str], r: dict[str, str]) -> Totals:
    """All items of a unit from the points of its leaves."""
    t = Totals()

    def below(prefix: str) -> int:
        return sum(v for k, v in p.items() if k.startswith(prefix + "."))

    team = [f"unit.team.{x}" for x in ("institution", "equipment", "identity", "awards")]
    t.item("unit.team", sum(t.item(x, below(x)) for x in team) + p["unit.team.dress"])

    automonitor = t.item("unit.digital.automonitor", below("unit.digital.automonitor"))
    handling = p["unit.digital.offsite.lead_handling"]
    feedback = p["unit.digital.offsite.lead_feedback"]
    answered = handling + feedback
    if r["feedback_reach"] == "lead_handling":
        answered = max(0, answered)
    identified = p["unit.digital.offsite.lead_identification"]
    offsite = t.item("unit.digital.offsite", identified + answered)
    records = t.item("unit.digital.records", below("unit.digital.records"))
    integration = p["unit.digital.integration"]
    inside = integration if r["bonus_scope"] == "within" else 0
    t.item("unit.digital", automonitor + offsite + records + inside)

    t.item("unit.special", below("unit.special"))

    linkage = t.item("unit.cases.linkage", below("unit.cases.linkage"))
    t.item("unit.cases", p["unit.cases.new_equipment"] + p["unit.cases.new_field"] + linkage)

    void = status["unit.review.zero_ministry"] == "void"
    base = 0 if void and r["zero_ministry"] == "base" else p["unit.review.base"]
    plus = base + p["unit.review.excellent"]
    minus = sum(v for k, v in p.items() if k in CLAUSES and k.startswith("unit.review.") and v < 0)
    if r["review_clamp"] == "cap_first":
        plus = min(plus, 27 * UNIT)
    t.item("unit.review", plus + minus)
    if void and r["zero_ministry"] == "item":
        t.after["unit.review"] = 0
        t.void.add("unit.review")

    t.item("unit.typical", below("unit.typical"))

    t.item("unit.air", below("unit.air"))
    if status["unit.air.integrity"] == "void":
        t.after["unit.air"] = 0
        t.void.add("unit.air")

    t.item("unit.contest", below("unit.contest"))
    t.item("unit.achievement", below("unit.achievement"))

    items = sum(t.after[f"unit.{x}"] for x in BASE_ITEMS["unit"])
    t.base = items
    if status["unit.digital.offsite.lead_handling"] == "not_applicable":
        t.base = round_half_up(Fraction(items, UNIT) * Fraction(100, 97))
    t.bonus = t.after["unit.achievement"] + integration - inside
    t.before["unit"], t.after["unit"] = items + t.bonus, t.total
    return t


def officer_totals(p: dict[str, int], status: dict[str, str], r: dict[str, str]) -> Totals:
    """All items of an officer from the points of its leaves."""
    t = Totals()
    law = p["officer.honour.law_qualification"]
    inside = law if r["bonus_scope"] == "within" else 0
    honours = ("titles", "talent", "inspection_duty")
    t.item("officer.honour", sum(p[f"officer.honour.{x}"] for x in honours) + inside)

    major = t.item(
        "officer.cases.major", p["officer.cases.major.police"] + p["officer.cases.major.typical"]
    )
    fatal = p["officer.cases.files.fatal"]
    in_files = fatal if r["fatal_reach"] == "files" else 0
    files = t.item(
        "officer.cases.files",
        p["officer.cases.files.ordinary"] + p["officer.cases.files.supporting"] + in_files,
    )
    t.item("officer.cases", major + p["officer.cases.key_fields"] + files + fatal - in_files)

    air = max(0, p["officer.combat.air"] + p["officer.combat.discipline"])
    t.item("officer.combat", air + p["officer.combat.contest"])

    records = ("monthly", "sampled_files", "quality_forms", "quality_missing")
    recorded = t.item(
        "officer.skill.records", sum(p[f"officer.skill.records.{x}"] for x in records)
    )
    equipment = t.item(
        "officer.skill.equipment",
        p["officer.skill.equipment.new"] + p["officer.skill.equipment.platforms"],
    )
    t.item("officer.skill", recorded + equipment)

    t.base = sum(t.after[f"officer.{x}"] for x in BASE_ITEMS["officer"])
    t.bonus = law - inside
    t.before["officer"] = t.after["officer"] = t.total
    return t


# ----------------------------------------------------------------------------------------------
# evaluation
# ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClauseRow:
    kind: str
    candidate: str
    clause: str
    status: str
    awarded: int
    points: int
    max: int | None
    open: frozenset[str] = frozenset()  # columns that the register leaves open


@dataclass(frozen=True)
class ScoreRow:
    kind: str
    candidate: str
    base: int
    bonus: int
    total: int
    total_low: int
    total_high: int
    rank: int | None
    vetoed: bool
    status: str


@dataclass
class Result:
    clauses: list[ClauseRow] = field(default_factory=list)
    scores: list[ScoreRow] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def clause(self, candidate: str, name: str) -> ClauseRow:
        return next(c for c in self.clauses if (c.candidate, c.clause) == (candidate, name))

    def score(self, candidate: str) -> ScoreRow:
        return next(s for s in self.scores if s.candidate == candidate)


@dataclass(frozen=True)
class Leaf:
    status: str
    awarded: int
    points: int
    cap: int | None


def own_cap(c: Clause, x: UnitCandidate | OfficerCandidate) -> int | None:
    """The cap of the leaf itself, in ten-thousandths."""
    cap = c.cap
    if c.id == "unit.air.onsite" and isinstance(x, UnitCandidate) and remote_out(x):
        cap = Fraction(24)
    if c.id.endswith(".quality_missing") and x.county.r["quality_cap"] == "combined":
        forms = min(Fraction(2), Fraction(1, 2) * len(x.quality("表单不规范")))
        cap = -(2 - forms)
    return None if cap is None else round_half_up(cap)


def leaf(c: Clause, x: UnitCandidate | OfficerCandidate, *more: Outcome) -> Leaf:
    """One leaf: availability, award, rounding, own cap."""
    cap = own_cap(c, x)
    reads = set(c.reads)
    if c.id in FILES_NAMED and x.county.r["review_files"] == "any":
        reads.discard("案件")
    missing = any(table not in x.county.tables for table in reads)
    if missing and c.role not in ("void", "veto"):
        return Leaf("unavailable", 0, 0, cap)
    # A veto or void is a proven fact: what the tables that are there prove, holds.
    award = c.function(x, *more)
    if missing and award.status == "scored":
        return Leaf("unavailable", 0, 0, cap)
    awarded = round_half_up(award.value)
    got = awarded
    if cap is not None:
        got = max(awarded, cap) if c.role == "deduction" else min(awarded, cap)
    return Leaf(award.status, awarded, got, cap)


def highest(leaves: dict[str, Leaf]) -> dict[str, int]:
    """The points with every open award at its maximum; open deductions count as nothing."""
    found = {}
    for name, one in leaves.items():
        found[name] = one.points
        if one.status == "unavailable" and CLAUSES[name].role in ("award", "bonus"):
            found[name] = BIG if one.cap is None else one.cap
    return found


def overlap_leaves(o: OfficerCandidate, s: Outcome) -> dict[str, Leaf]:
    return {name: leaf(CLAUSES[name], o, s) for name in OVERLAP}


def evaluate_unit(x: UnitCandidate) -> tuple[dict[str, Leaf], Totals, Totals]:
    leaves = {n: leaf(c, x) for n, c in CLAUSES.items() if n.startswith("unit.")}
    status = {n: one.status for n, one in leaves.items()}
    low = unit_totals({n: one.points for n, one in leaves.items()}, status, x.county.r)
    return leaves, low, unit_totals(highest(leaves), status, x.county.r)


def evaluate_officer(x: OfficerCandidate) -> tuple[dict[str, Leaf], Totals, Totals, Outcome]:
    fixed = {
        n: leaf(c, x) for n, c in CLAUSES.items() if n.startswith("officer.") and n not in OVERLAP
    }

    def merit(s: Outcome) -> tuple[int, ...]:
        """Total, sum of the five, the five in turn; then what lies beyond the caps."""
        five = overlap_leaves(x, s)
        leaves = fixed | five
        got = [five[n].points for n in OVERLAP]
        low = officer_totals({n: v.points for n, v in leaves.items()}, {}, x.county.r)
        return (low.total, sum(got), *got, *[five[n].awarded for n in OVERLAP])

    outcome = best_outcome(x, merit)
    leaves = fixed | overlap_leaves(x, outcome)
    status = {n: one.status for n, one in leaves.items()}
    low = officer_totals({n: one.points for n, one in leaves.items()}, status, x.county.r)
    return leaves, low, officer_totals(highest(leaves), status, x.county.r), outcome


def clause_rows(kind: str, code: str, leaves: dict[str, Leaf], t: Totals) -> list[ClauseRow]:
    """The rows of clauses.csv for one candidate."""
    rows = []
    for name, one in leaves.items():
        left_open = {"awarded"} if name in OVERLAP else set()
        shown = one.cap
        if name in ("unit.special.crime", "unit.special.penalty"):
            shown = 12 * UNIT
            left_open.add("max")
        if CLAUSES[name].role in ("void", "veto") or shown is None:
            left_open.add("max")
        if name == "unit.air.onsite" or one.status == "not_applicable":
            left_open.add("max")
        if name.endswith(".quality_missing"):
            shown = -2 * UNIT
        rows.append(
            ClauseRow(
                kind, code, name, one.status, one.awarded, one.points, shown, frozenset(left_open)
            )
        )
    vetoed = leaves[f"{kind}.veto"].status == "vetoed"
    for name in t.before:
        below = [one.status for n, one in leaves.items() if n.startswith(name + ".")]
        status = "scored"
        if "unavailable" in below:
            status = "unavailable"
        elif set(below) == {"not_applicable"}:
            status = "not_applicable"
        if name in t.void:
            status = "void"
        left_open = {"status", "awarded"}
        if name == kind:
            status = "vetoed" if vetoed else status
            left_open.add("max")
        top = round_half_up(Fraction(ITEM_MAX[name]))
        rows.append(
            ClauseRow(
                kind, code, name, status, t.before[name], t.after[name], top, frozenset(left_open)
            )
        )
    return rows


def ranked(rows: list[ScoreRow]) -> list[ScoreRow]:
    """Competition ranking of those that are not vetoed."""
    result = []
    for row in rows:
        better = [x for x in rows if not x.vetoed and x.total > row.total]
        rank = None if row.vetoed else len(better) + 1
        result.append(ScoreRow(**{**row.__dict__, "rank": rank}))
    return result


def evaluate(
    folder: str | Path,
    as_of: date,
    readings: dict[str, str] | None = None,
    draws: list[dict[str, str]] | None = None,
) -> Result:
    """Evaluate both rubrics for all candidates of a folder of clean csv files."""
    county = County(Path(folder), as_of, readings, draws)
    result = Result()
    for kind, table, key, mark in (
        ("unit", "单位", "单位编码", "候选集体"),
        ("officer", "人员", "执法证号", "候选个人"),
    ):
        scores = []
        for code in sorted(row[key] for row in county.rows(table) if row[mark] == "是"):
            if kind == "unit":
                unit = UnitCandidate(county, code)
                leaves, low, high = evaluate_unit(unit)
                deferred = unit_deferred(unit)
            else:
                officer = OfficerCandidate(county, code)
                leaves, low, high, outcome = evaluate_officer(officer)
                deferred = officer_deferred(officer)
                result.outcomes[code] = outcome
            result.clauses += clause_rows(kind, code, leaves, low)
            vetoed = leaves[f"{kind}.veto"].status == "vetoed"
            totals = (low.base, low.bonus, low.total, low.total, high.total)
            open_ = any(one.status == "unavailable" for one in leaves.values())
            status = "vetoed" if vetoed else "deferred" if deferred else "scored"
            if status == "scored" and open_:
                status = "open"
            scores.append(ScoreRow(kind, code, *totals, None, vetoed, status))
        result.scores += ranked(scores)
    result.clauses.sort(key=lambda c: (c.kind, c.candidate, c.clause))
    result.scores.sort(key=lambda s: (s.kind, s.candidate))
    return result
