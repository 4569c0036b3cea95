"""More to reward never lowers a score, more to charge for never raises one, named exceptions apart.

EXCEPTIONS is the whole list, each with its reason in the plan and an example that it is real.
Rows that are no award facts at all, because they say who is there and not what was done (单位,
人员, 任职), change the denominators and are not entered here.
"""

import datetime as dt
from dataclasses import dataclass

from hypothesis import given

from tests.independent.county import P_START
from tests.properties.bureau import Bureau
from tests.properties.clerk import (
    CASE_AWARDS,
    CASE_DEDUCTIONS,
    OFFICER_AWARDS,
    OFFICER_DEDUCTIONS,
    UNIT_AWARDS,
    UNIT_DEDUCTIONS,
    Clerk,
)
from tests.properties.register import NO_CASE_TWICE, with_items
from tests.properties.road import County, Outcome, chance, county, days, examples, seeds, walk
from tests.properties.road import readings as any_readings

SHIFTING = with_items(NO_CASE_TWICE) - {"officer"}
"""A further case may move another one to a better place: here only the total is sure to rise."""

QUALITY_MISSING = {
    "unit.digital.records.quality_missing",
    "officer.skill.records.quality_missing",
}

readings = any_readings.map(
    # Under `full`, the first lead ends three free points; under `document_order` a further fact
    # takes its case away from a better paid indicator. Both are what these readings mean.
    lambda chosen: chosen | {"no_leads": "rescale", "case_overlap": "best_assignment"}
)


def grown(tables: County, seed: int, as_of: dt.date, kinds) -> County:
    """The county with further facts about a third of its units, officers and cases."""
    unit_kinds, officer_kinds, case_kinds = kinds
    clerk = Clerk(tables, seed, P_START, as_of)
    which = chance("哪些", seed)
    for about, some in (
        (clerk.units, unit_kinds),
        (clerk.officers, officer_kinds),
        (tables["案件"], case_kinds),
    ):
        for one in which.sample(about, len(about) // 3):
            clerk.enter_all(which.sample(some, (len(some) + 1) // 2), one)
    return clerk.tables


def without_leads(before: Outcome) -> set[tuple[str, str]]:
    """Whom the first pushed lead takes out of rescaling."""
    handling = "unit.digital.offsite.lead_handling"
    return {
        (kind, who)
        for (kind, who, clause), row in before.clauses.items()
        if clause == handling and row.status == "not_applicable"
    }


@examples(2)
@given(seeds, days, readings)
def test_award_facts_never_lower_a_score(seed, as_of, chosen):
    tables = county(seed)
    before = walk(tables, as_of, chosen)
    after = walk(
        grown(tables, seed, as_of, (UNIT_AWARDS, OFFICER_AWARDS, CASE_AWARDS)), as_of, chosen
    )
    rescaled = without_leads(before)
    for (kind, who, clause), row in before.clauses.items():
        if clause not in SHIFTING and not (clause == kind and (kind, who) in rescaled):
            assert after.clauses[kind, who, clause].points >= row.points, (who, clause)
    assert after.drawn == before.drawn
    assert sum(r["total"] for r in after.scores.values()) > sum(
        r["total"] for r in before.scores.values()
    )


@examples(2)
@given(seeds, days, readings)
def test_deductions_never_raise_a_score(seed, as_of, chosen):
    tables = county(seed)
    before = walk(tables, as_of, chosen)
    kinds = (UNIT_DEDUCTIONS, OFFICER_DEDUCTIONS, CASE_DEDUCTIONS)
    after = walk(grown(tables, seed, as_of, kinds), as_of, chosen)
    # Under a common cap of two points, more for the forms leaves less for the missing records.
    sharing = QUALITY_MISSING if chosen["quality_cap"] == "combined" else set()
    for (kind, who, clause), row in before.clauses.items():
        if clause not in SHIFTING | sharing:
            assert after.clauses[kind, who, clause].points <= row.points, (who, clause)
    assert after.drawn == before.drawn
    assert sum(r["total"] for r in after.scores.values()) < sum(
        r["total"] for r in before.scores.values()
    )


# The exceptions


@dataclass(frozen=True)
class Exempt:
    """A fact that moves a score the other way: the unit or officer whom it concerns, and why."""

    name: str
    who: tuple[str, str]
    reason: str


EXCEPTIONS = [
    Exempt("first lead", ("unit", "线索"), "the first pushed lead ends the rescaling"),
    Exempt("weaker round", ("unit", "现场"), "rounds and officers are averaged"),
    Exempt("weaker remote round", ("unit", "远程"), "remote rounds are averaged"),
    Exempt("weaker month", ("unit", "传输"), "the rate of transmission is one of all months"),
    Exempt("higher review", ("officer", "评查"), "of a drawn file one review counts"),
    Exempt("case without record", ("unit", "记录"), "a rewarded penalty can lack its record"),
    Exempt("file to draw", ("unit", "抽案"), "a further file can be drawn in place of another"),
]
RAISED = Exempt(
    "zero review", ("officer", "致命"), "the review that counts takes an earlier fatal defect away"
)
"""The only deduction that raises a score."""


def exceptional(with_facts: bool) -> County:
    """A bureau per exception, before and after the further fact."""
    b = Bureau()
    for exception in [*EXCEPTIONS, RAISED]:
        b.people(exception.who[1])
        if exception.name != "first lead":
            b.enter("上级线索", 线索编号=exception.name, 单位编码=exception.who[1], **LEAD)
    b.enter("评查综合分", 单位编码="线索", 综合分="22")
    b.round("现场", 1, "100")
    b.enter("单位事项", 单位编码="远程", 事项="纳入远程帮扶", 结论="是")
    b.enter("远程帮扶得分", 轮次="一", 单位编码="远程", 结束日期="2024-05-01", 得分="100")
    b.enter("自动监测", 单位编码="传输", 月份="2024-03", **counts("100", "100"))
    for unit in ("记录", "抽案", "评查", "致命"):
        day = "2024-03-01 10:00:00"
        whose = {"单位编码": unit, "检查人员": unit, "上传人": unit}
        b.enter("检查记录", 记录编号=unit, 检查时间=day, 上传时间=day, 有效="是", **whose)
    for number in range(1, 5):
        b.case("记录", number, 检查记录编号="记录")
    for number in (1, 2):
        b.drawn("单位", "记录", f"记录〔2024〕{number}号")
        kept = {"检查记录编号": "抽案", "上传日期": "2024-03-02"}
        b.case("抽案", number, 案件类型="不予处罚", **kept)
    reviewed = b.case("评查", 1, 检查记录编号="评查")
    b.drawn("个人", "评查", reviewed)
    b.review(reviewed, "市", "100")
    fatal = b.case("致命", 1, 检查记录编号="致命", 领域="危险废物")
    b.drawn("个人", "致命", fatal)
    b.review(fatal, "市", "80", 致命问题="①")
    if with_facts:
        b.enter("上级线索", 线索编号="first lead", 单位编码="线索", **LEAD)
        b.round("现场", 2, "60")
        b.enter("远程帮扶得分", 轮次="二", 单位编码="远程", 结束日期="2024-06-01", 得分="60")
        b.enter("自动监测", 单位编码="传输", 月份="2024-04", **counts("100", "50"))
        b.review(reviewed, "省", "90", 优秀="是")
        b.case("记录", 5)
        for number in range(3, 20):
            b.case("抽案", number, 案件类型="不予处罚", 上传日期="2024-03-02")
        b.review(fatal, "部", "0", 零分="是")
    return b.tables


LEAD = {"推送日期": "2024-03-01", "反馈期限": "2024-03-31", "反馈日期": "2024-03-20"}
LEAD |= {"推送级别": "省", "主题": "危险废物", "查办结果": "依法查办"}


def counts(due: str, came: str) -> dict[str, str]:
    return {"应传数": due, "即时有效数": came, "补全有效数": came}


def test_each_exception_is_real():
    before, after = walk(exceptional(False)), walk(exceptional(True))
    moved = {who: after.scores[who]["total"] - row["total"] for who, row in before.scores.items()}
    for exception in EXCEPTIONS:
        assert moved[exception.who] < 0, exception
    assert moved[RAISED.who] > 0, RAISED
