"""What is dated after as-of never changes anything."""

import datetime as dt

from hypothesis import given

from tests.properties import clerk as facts
from tests.properties.clerk import Clerk
from tests.properties.road import (
    County,
    chance,
    copy_of,
    county,
    days,
    examples,
    readings,
    seeds,
    walk,
)

UNDATED = {facts.equipment, facts.past_recognition, facts.full_month, facts.empty_month}
"""Kinds of fact without a day of their own; months and years are entered below."""

UNIT_FACTS = [f for f in facts.UNIT_AWARDS + facts.UNIT_DEDUCTIONS if f not in UNDATED]
OFFICER_FACTS = [f for f in facts.OFFICER_AWARDS + facts.OFFICER_DEDUCTIONS if f not in UNDATED]
CASE_FACTS = [facts.publication, facts.excellent_review, facts.fatal_review, facts.lost_lawsuit]


def with_later_facts(tables: County, seed: int, as_of: dt.date) -> County:
    """The county with rows of every dated table, all their days after as-of."""
    clerk = Clerk(tables, seed, as_of + facts.DAY, as_of + 60 * facts.DAY)
    which = chance("日后", seed)
    for about, kinds in (
        (clerk.units, UNIT_FACTS),
        (clerk.officers, OFFICER_FACTS),
        (tables["案件"], CASE_FACTS),
    ):
        for one in which.sample(about, len(about) // 3):
            clerk.enter_all(which.sample(kinds, (len(kinds) + 1) // 2), one)
    later_months(clerk, as_of)
    later_years(clerk, as_of)
    later_draws(clerk)
    later_postings(clerk, as_of)
    later_files(clerk)
    return clerk.tables


def later_months(clerk: Clerk, as_of: dt.date) -> None:
    for unit in clerk.units:
        for month in sorted({(as_of + n * 31 * facts.DAY).strftime("%Y-%m") for n in (1, 2)}):
            if month > as_of.strftime("%Y-%m"):
                counts = {"应传数": "500", "即时有效数": "0", "补全有效数": "10"}
                clerk.enter("自动监测", 单位编码=unit, 月份=month, **counts)


def later_years(clerk: Clerk, as_of: dt.date) -> None:
    """A 年度 is known on its 31 December."""
    for unit in clerk.units:
        clerk.enter("历年表扬", 对象类型="单位", 对象=unit, 年度=str(as_of.year))
    for officer in clerk.officers:
        clerk.enter("历年表扬", 对象类型="个人", 对象=officer, 年度=str(as_of.year))


def later_draws(clerk: Clerk) -> None:
    drawn = {row["案件编号"] for row in clerk.tables["案卷抽取"]}
    free = [row["案件编号"] for row in clerk.tables["案件"] if row["案件编号"] not in drawn]
    for number in clerk.chance.sample(free, len(free) // 4):
        kind = clerk.pick(["单位", "个人"])
        about = clerk.pick(clerk.units if kind == "单位" else clerk.officers)
        day = clerk.day()
        row = {"对象类型": kind, "对象": about, "案卷类别": "不限", "案件编号": number}
        clerk.enter("案卷抽取", 抽取日期=day, **row)


def later_postings(clerk: Clerk, as_of: dt.date) -> None:
    """Whoever is posted nowhere from as-of on gets a new posting."""
    for officer in clerk.officers:
        ends = [r["离岗日期"] for r in clerk.tables["任职"] if r["执法证号"] == officer]
        if all(end and end <= as_of.isoformat() for end in ends):
            day = clerk.day()
            clerk.enter("任职", 执法证号=officer, 单位编码=clerk.pick(clerk.units), 到岗日期=day)


def later_files(clerk: Clerk) -> None:
    """Cases decided and uploaded after as-of, which a later draw could take."""
    for officer in clerk.officers:
        unit, day = clerk.unit_of(officer), clerk.day()
        if unit is None:
            continue
        number = facts.new_case(clerk, unit, **facts.PLAIN | {"决定日期": day, "上传日期": day})
        roles = dict.fromkeys(("检查人", "询问人", "审批表承办人"), "是")
        clerk.enter("案件承办", 案件编号=number, 执法证号=officer, **roles)


def with_later_dates(tables: County, seed: int, as_of: dt.date) -> County:
    """The county whose rows have learnt what came after as-of: ends, answers, decisions."""
    result, mix = copy_of(tables), chance("补填", seed)

    def later(day: str) -> bool:
        return not day or day > as_of.isoformat()

    def some_day() -> str:
        return (as_of + mix.randint(1, 90) * facts.DAY).isoformat()

    for posting in result["任职"]:
        if not posting["离岗日期"] and not later(posting["到岗日期"]):
            posting["离岗日期"] = some_day()
    for officer in result["人员"]:
        if later(officer["证件有效期止"]) and not later(officer["证件有效期起"]):
            officer["证件有效期止"] = some_day()
    for lead in result["上级线索"]:
        if all(map(later, (lead["反馈期限"], lead["反馈日期"]))) and not lead["反馈问题"]:
            lead["反馈日期"] = mix.choice(["", lead["反馈期限"], "2025-01-31"])
    for case in result["案件"]:
        if later(case["决定日期"]) and case["案件类型"] != "移送":
            case["决定日期"] = some_day()
        if later(case["公安立案日期"]):
            case |= {"公安立案日期": some_day(), "公安立案类型": mix.choice(["犯罪", "行政拘留"])}
        if later(case["上传日期"]):
            case["上传日期"] = some_day()
    return result


def with_running_leads(tables: County, as_of: dt.date) -> County:
    """The county with a lead for every unit whose deadline is the day after as-of."""
    clerk = Clerk(tables, "线索", as_of, as_of)
    for unit in clerk.units:
        days = {"推送日期": clerk.day(), "反馈期限": (as_of + facts.DAY).isoformat()}
        clerk.enter("上级线索", 线索编号=clerk.new(), 单位编码=unit, 查办结果="未查办", **days)
    return clerk.tables


@examples(2)
@given(seeds, days, readings)
def test_what_comes_after_as_of_changes_no_score_no_draw_and_no_entry(seed, as_of, chosen):
    tables = with_running_leads(county(seed), as_of)
    before = walk(tables, as_of, chosen)
    added = walk(with_later_facts(tables, seed, as_of), as_of, chosen)
    learnt = walk(with_later_dates(tables, seed, as_of), as_of, chosen)
    for after in (added, learnt):
        assert after.scores == before.scores
        assert after.clauses == before.clauses
        assert after.drawn == before.drawn
    assert sorted(added.entries) == sorted(before.entries)
    # The rows themselves read otherwise now, so their evidence is left out.
    bare = [[e._replace(evidence=()) for e in o.entries if e.points] for o in (learnt, before)]
    assert sorted(bare[0]) == sorted(bare[1])
