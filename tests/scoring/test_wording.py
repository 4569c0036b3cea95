"""A rubric's own wording: each case told of facts that make it, and the general words without."""

import re

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from dalian_eval.base.csvfile import read_csv
from dalian_eval.rubric.wording import CASES, PLACES, Template, fill, pieces_of, places_of, shown
from dalian_eval.scoring.rules.events import EventClause
from tests.light_runs import light_run
from tests.properties import road
from tests.properties.bureau import Bureau
from tests.scoring.test_event_rules import COMMON, RUBRIC, UNITS, facts

MISSED = ("2024-02", "2024-05", "2024-07")
MONTHS = ["2023-11", "2023-12", *(f"2024-{m:02d}" for m in range(1, 9))]


def county() -> road.County:
    """Four units with an officer each; every one of them makes other cases."""
    made = Bureau()
    for code in ("甲", "乙", "丙", "丁"):
        made.people(code)
    moved = {"案件类型": "移送", "决定日期": "", "移送日期": "2024-03-01", "装备": ""}
    police = {"公安立案日期": "2024-03-20", "公安立案类型": "行政拘留", "两打": "是"}
    made.case("甲", 1, **moved, **police)
    for number in (1, 2, 3):
        made.case("乙", number, 装备="", 领域="", 检查记录编号="2024-03-0")
    for month in MONTHS:
        for number in range(1 if month in MISSED else 2):
            made.enter(
                "检查记录",
                记录编号=f"{month}-{number}",
                单位编码="乙",
                检查人员="乙",
                上传人="乙",
                检查时间=f"{month}-10 09:00:00",
                上传时间=f"{month}-10 10:00:00",
                有效="是",
            )
    honour = {"对象类型": "个人", "对象": "丙", "类别": "荣誉", "级别": "市级部门"}
    made.enter("荣誉", 编号="1", 名称="市级能手", 日期="2023-12-25", **honour)
    made.enter("人才资质", 执法证号="丙", 类型="法律职业资格", 日期="2018-03-01")
    best = {"对象类型": "个人", "对象": "丁", "类别": "荣誉", "级别": "国家"}
    for name in ("甲奖", "乙奖"):
        made.enter("荣誉", 编号=name, 名称=name, 日期="2024-04-20", **best)
    made.enter("单位事项", 单位编码="乙", 事项="纳入远程帮扶", 结论="否")
    made.enter("单位事项", 单位编码="丙", 事项="纳入远程帮扶", 结论="是")
    for number, score in (("一", "80"), ("二", "90")):
        made.enter("远程帮扶得分", 单位编码="丙", 轮次=number, 结束日期="2024-05-14", 得分=score)
    for item in ("甲机", "乙机"):
        made.enter("装备", 单位编码="丁", 装备类别=item, 类型="选配", 达标="是")
    return made.tables


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    place = tmp_path_factory.mktemp("wording")
    road.write(county(), place / "raw")
    return read_csv(light_run(place / "raw", place / "runs", "2024-08") / "ledger.csv")


TOLD = {
    # a condition fails: the one row that is a 两打 case, filed as something else
    ("甲", "unit.special.crime"): "未得分：没有以犯罪立案的两打案件。"
    "唯一立案的1件（甲〔2024〕1号）是行政拘留",
    # the same row where it is worth something
    ("甲", "officer.cases.major.police"): "甲〔2024〕1号，3月20日以行政拘留立案，得2分",
    # not deducted: three penalties, all with their record
    ("乙", "officer.skill.records.quality_missing"): "未扣分："
    "主要承办的3件处罚案件都查得到现场检查信息",
    # there is nothing
    ("丁", "unit.special.crime"): "未得分：没有以犯罪立案的两打案件",
    # 7 of 10 months, 7 × 0.3 = 2.1
    ("乙", "officer.skill.records.monthly"): "7个月达标，得2.1分；"
    "2、5、7月没有达到2条，全年满分4分已不可得",
    # the date is outside the window
    ("丙", "officer.honour.titles"): "未得分：2024年没有个人荣誉，也没有省级以上媒体宣传。"
    "唯一符合条件的1条（市级能手）在2023年12月25日，不在2024年",
    # a qualification that is worth nothing here
    ("丙", "officer.honour.talent"): "未得分：没有入选人才库或师资库。"
    "唯一登记的1项资格（法律职业资格）不是人才库、师资库",
    # twice 3 points, at most 4
    ("丁", "officer.honour.titles"): "共得6分，最多得4分，多得的2分不计",
    # nobody has said whether the unit takes part; it does not; it does, (80 + 90) / 2 × 4/100
    ("甲", "unit.air.remote"): "待补：是否纳入远程帮扶还没有认定，最多可得4分",
    ("乙", "unit.air.remote"): "没有纳入远程帮扶，不参与考核",
    ("丙", "unit.air.remote"): "2轮平均85分，折算得3.4分",
    # two of the three kinds that the lowest tier asks
    ("丁", "unit.team.equipment.optional"): "2类选配装备达标，得0分，满3项得0.5分",
    # a verdict that finds nothing
    ("丁", "unit.air.integrity"): "没有查实廉政纪律问题",
}


@pytest.mark.parametrize("key", TOLD, ids=lambda key: f"{key[0]} {key[1]}")
def test_each_case_is_told_as_it_is_worded(ledger, key):
    candidate, clause = key
    mine = ledger[(ledger["candidate"] == candidate) & (ledger["clause"] == clause)]
    assert TOLD[key] in set(mine["reason"])


def test_a_month_is_told_by_its_figure(ledger):
    mine = ledger[(ledger["clause"] == "officer.skill.records.monthly")]
    told = mine[(mine["candidate"] == "乙")].set_index("month")["reason"]
    assert told["2024-01"] == "1月上传2条，得0.3分"
    assert told["2024-02"] == "2月上传1条，没有达到2条，得0分"


def test_the_first_number_comes_early_and_no_sentence_holds_a_place(ledger):
    for reason in set(ledger["reason"]):
        number = re.search(r"\d", reason)
        assert number is None or number.start() <= 40, reason
        assert not re.search(r"[{}]", reason), reason


# ---- without a wording of its own ------------------------------------------------------------

HONOUR = {
    "what": "集体荣誉",
    "table": "honours",
    "of": "own",
    "date": "date",
    "window": "period",
    "where": {"category": "荣誉", "level": "省级部门"},
    "show": ["name"],
    "points": {"column": "joint", "values": {"联合": 1}},
}


def row(name, day="2024-05-01", **cells):
    about = {"subject_kind": "单位", "subject": "U1", "name": name, "category": "荣誉"}
    return about | {"level": "省级部门", "date": day, "joint": None} | cells


def told(rows, **more):
    """What is said of the first unit, to whom the rows give nothing."""
    clause = EventClause.model_validate(
        {**COMMON, "rule": "each", "max": 2, "parts": [HONOUR], **more}
    )
    given = facts("honours", rows)
    blank = clause.blank(given, UNITS, np.zeros(2, dtype=np.int64))
    entries, selections = clause.awards(given, UNITS, blank)
    assert entries.empty
    silence = clause.silence(selections, given)
    return str(silence(np.array([0]))["reason"].iloc[0])


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "未得分：没有集体荣誉"),
        # what fails the first condition is about something else
        ([row("甲", category="表扬")], "未得分：没有集体荣誉"),
        (
            [row("甲", level="市级部门")],
            "未得分：没有集体荣誉。唯一有关的1条（甲）级别是市级部门",
        ),
        (
            [row("甲", level="市级部门"), row("乙", level="县级"), row("丙", category="表扬")],
            "未得分：没有集体荣誉。有关的2条（甲等）级别是市级部门、县级",
        ),
        # outside the window a row that fails a condition is not near
        ([row("甲", "2022-05-01", level="市级部门")], "未得分：没有集体荣誉"),
        (
            [row("甲", "2022-05-01")],
            "未得分：没有集体荣誉。唯一符合条件的1条（甲）在2022年5月1日，不在评审期内",
        ),
        (
            [row("甲", "2022-05-01"), row("乙", "2022-06-01")],
            "未得分：没有集体荣誉。符合条件的2条（甲等）都不在评审期内",
        ),
        ([row("甲")], "未得分：没有集体荣誉。唯一有关的1条（甲）按规则不计分"),
    ],
)
def test_the_general_words_name_the_nearest_row(rows, sentence):
    assert told(rows) == sentence


def test_what_is_worded_stands_in_place_of_the_general_words():
    wording = {"none": "没有荣誉", "unfit": {"level": "{count}条{near}{all}是{value}"}}
    assert told([row("甲", category="表扬")], wording=wording) == "未得分：没有荣誉"
    near = [row("甲", level="县级"), row("乙", level="县级")]
    assert told(near, wording=wording) == "未得分：2条（甲等）都是县级"
    assert told(near[:1], wording={"unfit": "只有{count}条"}) == "未得分：只有1条"


def test_a_deduction_that_finds_nothing_names_no_row():
    more = {"max": -2, "reaches": "unit"}
    part = HONOUR | {"points": {"column": "joint", "values": {"联合": -1}}}
    assert told([row("甲", level="县级")], parts=[part], **more) == "未扣分：没有发现集体荣誉"


# ---- templates ---------------------------------------------------------------------------------

CHECKED = TypeAdapter(Template)


@pytest.mark.parametrize("text", ["字" * 120, "{count}件", "（{near}）{all}是{value}", "{a}{b}"])
def test_a_template_at_its_bounds_is_taken(text):
    assert CHECKED.validate_python(text) == text


REFUSED = ["字" * 121, "", " ", "两\n行", "句号。"]
REFUSED += ["{", "}", "{}", "{Count}", "{a.b}", "{a!r}", "{{a}}"]


@pytest.mark.parametrize("text", REFUSED)
def test_a_template_beyond_them_is_refused(text):
    with pytest.raises(ValidationError):
        CHECKED.validate_python(text)


def test_a_template_is_filled_and_other_braces_stay():
    assert places_of("{a}件{b}，{a}") == ("a", "b")
    assert [*pieces_of("前{a}中{b}")] == [("前", "a"), ("中", "b"), ("", "")]
    assert fill("{count}件{other}", {"count": 3}) == "3件{other}"
    assert shown("{count}件{near}") == "〔件数〕件〔最接近的一件，带括号〕"


def test_every_case_and_place_has_a_chinese_name():
    for section in (RUBRIC.unit, RUBRIC.officer):
        for clause in section.clauses.values():
            assert CASES.keys() >= clause.cases.keys()
            assert PLACES.keys() >= {place for places in clause.cases.values() for place in places}
