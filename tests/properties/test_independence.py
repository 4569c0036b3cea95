"""Nobody's facts touch another's score: the case draw is the only channel between candidates."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tests.independent.county import P_END, P_START
from tests.properties.clerk import (
    OFFICER_AWARDS,
    OFFICER_DEDUCTIONS,
    PLAIN,
    UNIT_AWARDS,
    UNIT_DEDUCTIONS,
    Clerk,
    concerned_units,
    missed_record,
    new_case,
)
from tests.properties.register import DRAWN_FILES, NO_CASE_TWICE, with_items
from tests.properties.road import (
    County,
    chance,
    copy_of,
    county,
    days,
    examples,
    readings,
    seeds,
    superiors,
    walk,
)

OF_OFFICER = ("人才资质", "监督帮扶得分", "案件承办")
OF_UNIT = ("单位事项", "装备", "评查综合分", "远程帮扶得分", "上级线索", "自动监测", "评查通报")
OF_EITHER = ("荣誉", "纪律", "质量问题", "比武", "历年表扬")

OFFICER_FACTS = [f for f in OFFICER_AWARDS + OFFICER_DEDUCTIONS if f is not missed_record]
"""A record that somebody else's case was missing is that case's fact, too."""


def without_half(tables: County, about: str, sheets, header: str, mix) -> None:
    """Strike every second row about somebody, but those that count for a case's handlers, too."""

    def stays(row) -> bool:
        if row[header] != about or row.get("类型") == "查无检查信息":
            return True
        return mix.random() < 0.5

    for sheet in sheets:
        tables[sheet] = [row for row in tables[sheet] if stays(row)]


def without_open_draw(tables: County) -> County:
    """Nothing was uploaded, so only official draws remain."""
    result = copy_of(tables)
    for case in result["案件"]:
        case["上传日期"] = ""
    return result


@examples(2)
@given(seeds, days, readings)
def test_the_facts_of_one_touch_nobody_else(seed, as_of, chosen):
    tables = without_open_draw(county(seed))
    mix = chance("一人一单位", seed)
    clerk = Clerk(tables, seed, P_START, as_of)
    touched = set()
    for part in "甲乙丙":  # one officer and one unit in each of three separate counties
        officer = mix.choice([o for o in clerk.officers if o.startswith(part)])
        without_half(clerk.tables, officer, OF_OFFICER, "执法证号", mix)
        without_half(clerk.tables, officer, OF_EITHER, "对象", mix)
        clerk.enter_all(OFFICER_FACTS, officer)
        unit = mix.choice([u for u in clerk.units if u.startswith(part)])
        without_half(clerk.tables, unit, OF_UNIT, "单位编码", mix)
        without_half(clerk.tables, unit, OF_EITHER, "对象", mix)
        clerk.enter_all(UNIT_AWARDS + UNIT_DEDUCTIONS, unit)
        touched |= {officer} | concerned_units(tables, officer) | superiors(tables, unit)
    before, after = walk(tables, as_of, chosen), walk(clerk.tables, as_of, chosen)
    others = [who for who in before.scores if who[1] not in touched]
    assert {kind for kind, _ in others} == {"unit", "officer"}
    for who in others:
        assert after.clauses_of(who) == before.clauses_of(who)
        assert after.entries_of(who) == before.entries_of(who)
    assert after.entries != before.entries


@examples(2)
@given(seeds, st.dates(dt.date(2024, 6, 30), P_END))
def test_the_draw_is_the_only_channel(seed, as_of):
    tables = county(seed)
    clerk = Clerk(tables, seed, P_START, as_of)
    officer = chance("一人", seed).choice([r["执法证号"] for r in tables["任职"]])
    unit = clerk.unit_of(officer)
    for _ in range(3):
        day = clerk.day()
        number = new_case(clerk, unit, **PLAIN | {"决定日期": day, "上传日期": day})
        roles = dict.fromkeys(("检查人", "询问人", "审批表承办人"), "是")
        clerk.enter("案件承办", 案件编号=number, 执法证号=officer, **roles)
    before, after = walk(tables, as_of), walk(clerk.tables, as_of)
    touched = {officer} | superiors(tables, unit)
    reached = with_items(DRAWN_FILES)
    drawn_otherwise = 0
    for who in before.scores.keys() - {("officer", officer)}:
        if who[1] in touched:
            continue
        old, new = before.clauses_of(who), after.clauses_of(who)
        different = {clause for clause in old if old[clause] != new[clause]}
        if after.drawn[who] == before.drawn[who]:
            assert not different
            assert after.entries_of(who) == before.entries_of(who)
            continue
        drawn_otherwise += 1
        fatal = "officer.cases.files.fatal"
        # A fatal defect can leave a case without effect in 案件办理, so that it serves elsewhere.
        moved = with_items(NO_CASE_TWICE) if old.get(fatal) != new.get(fatal) else set()
        assert different <= reached | moved
    assert drawn_otherwise
