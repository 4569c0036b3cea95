"""Every alternative reading changes the clauses that it is about, and nothing else.

One wide random county is scored under the plan's default readings and under each alternative. What
an alternative may touch is written here by hand; all other clauses, their entries and sums must
stay as they were.
"""

import tempfile
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.independent.county import P_END
from tests.independent.model import READINGS
from tests.properties.bureau import Bureau
from tests.properties.register import DRAWN_FILES, NO_CASE_TWICE, with_items
from tests.properties.road import (
    Canonical,
    County,
    Outcome,
    canonical,
    clean,
    county,
    outcome,
    write,
)

NEVER_MORE, NEVER_LESS, EITHER = "never more", "never less", "either"


@dataclass(frozen=True)
class Alternative:
    """`changes` must differ for somebody, `settles` may, and so may every item above them.

    `way`: how the points of `changes`, items above them and totals may move.
    """

    reading: str
    option: str
    changes: Set[str]
    way: str
    settles: Set[str] = frozenset()


ONSITE = {"unit.air.onsite"}
OFFSITE = "unit.digital.offsite"
MONTHLY_UNIT = {"unit.digital.records.entry_ratio", "unit.digital.records.per_capita"}
MONTHLY_OFFICER = {"officer.skill.records.monthly"}
REVIEW_FILES = {
    f"unit.review.{part}"
    for part in (
        *("zero_ministry", "zero_province", "notice", "unrectified"),
        *("refused", "missed_major", "excellent"),
    )
}
FATAL = "officer.cases.files.fatal"
TRANSMISSION = {"unit.digital.automonitor.transmission"}

ALTERNATIVES = [
    Alternative("monthly_award", "once", MONTHLY_UNIT | MONTHLY_OFFICER, NEVER_MORE),
    Alternative("roster_month", "whole_month", MONTHLY_UNIT, EITHER),
    Alternative("upload_validity", "valid_only", MONTHLY_OFFICER, NEVER_MORE),
    Alternative("transmission_step", "linear", TRANSMISSION, NEVER_LESS),
    Alternative("transmission_year", "monthly_mean", TRANSMISSION, EITHER),
    # More cases qualify, so a case may go to another of the indicators that it can serve.
    Alternative(
        "platforms",
        "across_cases",
        {f"{OFFSITE}.lead_identification", "officer.skill.equipment.platforms"},
        NEVER_LESS,
        NO_CASE_TWICE,
    ),
    Alternative("no_leads", "forfeit", {f"{OFFSITE}.lead_handling", "unit"}, NEVER_MORE),
    # Three points in place of 100/97 of the rest: more for whoever has less than 97.
    Alternative("no_leads", "full", {f"{OFFSITE}.lead_handling", "unit"}, NEVER_LESS),
    Alternative("late_feedback", "once", {f"{OFFSITE}.lead_feedback"}, NEVER_LESS),
    # A lead that was fed back in time although not handled is no longer deducted.
    Alternative("lead_duty", "feedback", {f"{OFFSITE}.lead_feedback"}, NEVER_LESS),
    # The deduction is as large as before; it stops at three points in place of five.
    Alternative("feedback_reach", "lead_handling", {OFFSITE}, NEVER_LESS),
    # The forms come first, so only the missing records have less left.
    Alternative(
        "quality_cap",
        "combined",
        {"unit.digital.records.quality_missing", "officer.skill.records.quality_missing"},
        NEVER_LESS,
    ),
    # The bonus clauses give the same; it now counts inside their items.
    # For a unit without leads, what counts inside is scaled up with the rest.
    Alternative("bonus_scope", "within", {"unit.digital", "officer.honour"}, EITHER),
    Alternative("commendation", "sum", {"unit.team.awards.commendation"}, NEVER_LESS),
    Alternative("special_dual", "both", {"unit.special.penalty"}, NEVER_LESS),
    Alternative("review_clamp", "cap_first", {"unit.review"}, NEVER_MORE),
    # The entry that proves the void says what is lost.
    Alternative(
        "zero_ministry", "base", {"unit.review"}, NEVER_LESS, {"unit.review.zero_ministry"}
    ),
    # Files decided before P count again: for the excellent ones, against the others.
    Alternative("review_files", "any", REVIEW_FILES, EITHER),
    Alternative("officer_rounds", "best", ONSITE, NEVER_LESS),
    Alternative("top_half", "floor", ONSITE, NEVER_LESS),
    Alternative("contest_result", "highest", {"unit.contest.result"}, NEVER_MORE),
    Alternative("contest_officer", "highest", {"officer.combat.contest"}, NEVER_MORE),
    Alternative(
        "achievement_year",
        "only_2023",
        {"unit.achievement.collective", "unit.achievement.individual"},
        NEVER_MORE,
    ),
    Alternative("talent", "sum", {"officer.honour.talent"}, NEVER_LESS),
    # How far a fatal defect reaches decides whether a case still has an effect in 案件办理.
    Alternative("fatal_unit", "per_defect", {FATAL}, NEVER_MORE, NO_CASE_TWICE),
    Alternative("fatal_reach", "files", {"officer.cases.files"}, EITHER, NO_CASE_TWICE),
    # Another list of files is another draw, for everybody.
    Alternative(
        "supporting_types",
        "two",
        {"officer.cases.files.supporting"},
        EITHER,
        DRAWN_FILES | NO_CASE_TWICE,
    ),
    Alternative("case_overlap", "document_order", NO_CASE_TWICE, EITHER),
    Alternative("litigation_date", "outcome", {"officer.veto"}, EITHER),
]
LOWER_TOTALS, HIGHER_TOTALS = {"case_overlap"}, {"fatal_reach"}
"""Their clauses move either way, yet no total can rise, or fall."""


def wide_county() -> County:
    """Five random counties and a bureau made by hand for what chance leaves out."""
    bureau = Bureau(county(1, width=5))
    enter = bureau.enter
    bureau.people("手")
    for number, decided, platform in (
        (1, "2023-12-01", "视频监控"),  # two cases, one platform each
        (2, "2024-02-01", "卫星遥感"),
        (3, "2022-06-01", ""),  # handled before 2023, lost in 2024
    ):
        bureau.case("手", number, 决定日期=decided, 平台=platform)
    lost = {"程序": "行政诉讼", "结果": "败诉", "状态": "生效"}
    enter("诉讼复议", 案件编号="手〔2024〕3号", 生效日期="2024-03-01", **lost)
    # Six records uploaded in each of four months give the points that the findings can take.
    for n in range(24):
        day = f"2024-0{n // 6 + 1}-15 10:00:00"
        who = {"单位编码": "手", "检查人员": "手", "上传人": "手"}
        enter("检查记录", 记录编号=f"手{n}", 检查时间=day, 上传时间=day, 有效="是", **who)
    whom = {"对象类型": "个人", "对象": "手"}
    for n in range(3):  # 1.5 for the forms, 1 for two cases without a record
        enter("质量问题", 编号=f"手{n}", 类型="表单不规范", 日期="2024-05-01", **whom)
    enter("历年表扬", 年度="2020", **whom)
    for level in "省市":
        cells = {"级别": level, "举办": "否", "结果": "先进个人", "日期": "2024-06-01"}
        enter("比武", 编号=f"手{level}", **cells, **whom)
    # A lead fed back in time and not handled.
    enter(
        "上级线索",
        线索编号="手1",
        单位编码="手",
        推送日期="2024-03-01",
        反馈期限="2024-03-31",
        反馈日期="2024-03-20",
        查办结果="未查办",
    )
    # A file decided before P, in every way that the reviews can speak of one.
    for n, kind in enumerate(("通报批评", "应改未改", "拒改复现", "重大问题漏查", "稽查未整改")):
        cells = {"单位编码": "手", "类型": kind, "级别": "市", "日期": "2024-06-01"}
        enter("评查通报", 编号=f"手{n}", 案件编号="手〔2024〕3号", **cells)
    for level in ("部", "省"):
        bureau.review("手〔2024〕3号", level, "0", 零分="是")
    bureau.people("脚")
    for number in (1, 2):
        bureau.case("脚", number, 决定日期="2022-06-01")
    bureau.review("脚〔2024〕1号", "部", "0", 零分="是")
    bureau.review("脚〔2024〕2号", "市", "95", 优秀="是")
    # A zero by the ministry beside an excellent file.
    bureau.review("手〔2024〕1号", "部", "0", 零分="是")
    bureau.review("手〔2024〕2号", "市", "95", 优秀="是")
    return bureau.tables


@pytest.fixture(scope="module")
def tables() -> Canonical:
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "clean"
        write(wide_county(), raw)
        clean(raw, out)
        return canonical(out, P_END)


@pytest.fixture(scope="module")
def default(tables) -> Outcome:
    return outcome(tables)


def test_every_alternative_stands_here():
    options = {(r, option) for r, (_, *others) in READINGS.items() for option in others}
    assert {(a.reading, a.option) for a in ALTERNATIVES} == options
    assert len(ALTERNATIVES) == len(options)


@pytest.mark.parametrize("alternative", ALTERNATIVES, ids=lambda a: f"{a.reading}-{a.option}")
def test_an_alternative_changes_what_it_should_and_nothing_else(alternative, tables, default):
    chosen = {alternative.reading: alternative.option}
    other = outcome(tables, chosen)  # its sums and bounds are asserted there
    assert other.clauses.keys() == default.clauses.keys()
    # The text of a rule tells its reach; what a clause comes to is all the rest of its row.
    plain = {key: row._replace(rule_text="") for key, row in default.clauses.items()}
    different = {
        key for key, row in plain.items() if other.clauses[key]._replace(rule_text="") != row
    }
    changed = {clause for _, _, clause in different}
    reach = with_items(alternative.changes | alternative.settles)
    assert changed <= reach
    assert alternative.changes <= changed

    kept = {clause for _, _, clause in default.clauses} - reach
    assert entries(other, kept) == entries(default, kept)
    assert (other.drawn == default.drawn) == (alternative.reading != "supporting_types")

    if alternative.way != EITHER:
        sign = 1 if alternative.way == NEVER_LESS else -1
        for key in different:
            if key[2] not in alternative.settles - alternative.changes:
                moved = other.clauses[key].points - default.clauses[key].points
                assert sign * moved >= 0, key
    for who, row in default.scores.items():
        moved = other.scores[who]["total"] - row["total"]
        assert moved <= 0 or alternative.reading not in LOWER_TOTALS, who
        assert moved >= 0 or alternative.reading not in HIGHER_TOTALS, who


def entries(outcome: Outcome, clauses: Set[str]) -> list:
    """The entries of some clauses; a case's second use tells the total, which may be another."""
    return sorted(e for e in outcome.entries if e.clause in clauses - NO_CASE_TWICE)


@pytest.mark.parametrize("last", [1, 2], ids=["forfeit", "full"])
def test_all_alternatives_together_add_up_and_repeat(last, tables):
    chosen = {name: options[min(last, len(options) - 1)] for name, options in READINGS.items()}
    assert outcome(tables, chosen) == outcome(tables, chosen)
