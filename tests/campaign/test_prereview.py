"""预审: which files are looked through, and what data answers, worked out by hand."""

import pandas as pd
import pytest

from dalian_eval.campaign.prereview import ASKED, DRAWN, NAMED, OFFICIAL, prereview
from dalian_eval.campaign.risks import CLEAR, LOOK, OVERALL, QUESTIONS, RISK, UNKNOWN
from dalian_eval.campaign.rules import RISKS, PreReview
from tests.campaign.frames import RULES, day, frame, number, stated, units

AS_OF = "2024-10-31"
NO_DRAW = pd.DataFrame(columns=["kind", "candidate", "slot", "case", "source"])
BARE = PreReview(official=False, questions={})
DRAWN_ONE = pd.DataFrame(
    [("officer", "01", "ordinary", "甲〔2024〕1号", "program")], columns=NO_DRAW.columns
)
RECORDS = pd.DataFrame(
    {
        "record_id": ["J1"],
        "inspected_at": [pd.Timestamp("2024-03-01 09:00")],
        "uploaded_at": [pd.Timestamp("2024-03-02 10:00")],
        "inspectors": [2],
        "_origin": [77],
    }
)


def case(**changed):
    sound = {
        "case_id": "甲〔2024〕1号",
        "unit_id": "A",
        "kind": "一般处罚",
        "decided_on": day("2024-04-01"),
        "record_id": "J1",
        "uploaded_on": day("2024-04-05"),
    }
    return sound | changed


def handler(officer, *, main=True):
    roles = dict.fromkeys(("inspector", "interviewer", "approver"), main)
    return {"case_id": "甲〔2024〕1号", "officer_id": officer, **roles, "inspector": True}


def officer(code, until=None):
    valid = {"valid_from": day("2020-01-01"), "valid_to": day(until) if until else None}
    return {"officer_id": code, "name": code, **valid}


def county(**changed):
    """The tables of a county with one sound file; `changed`: rows of a table, None to leave out."""
    rows = {
        "cases": [case()],
        "case_handlers": [handler("01"), handler("02", main=False)],
        "officers": [officer("01"), officer("02")],
        **dict.fromkeys(("case_reviews", "litigation", "review_findings", "quality_findings"), ()),
    } | changed
    tables = {name: frame(name, made) for name, made in rows.items() if made is not None}
    return tables | {"units": units()}


def told(tables=None, *, rules=BARE, records=RECORDS, draw=DRAWN_ONE, without=(), as_of=AS_OF):
    tables = tables or county()
    supplied = {*tables, "inspections"} - set(without)
    return prereview(tables, supplied, draw, records, rules, day(as_of))


def answers(made):
    """The states and sentences by risk and question."""
    keys = zip(made["risk"], made["check"], strict=True)
    return dict(zip(keys, zip(made["status"], made["reason"], strict=True), strict=True))


def test_a_sound_file_shows_no_risk_and_every_answer_but_a_bare_one_has_its_rows():
    made = told()
    assert set(made["status"]) == {CLEAR}
    assert set(made["risk"]) == {*RISKS, OVERALL}
    bare = made[made["evidence"].map(len) == 0]["reason"]
    assert all("没有" in reason for reason in bare)


FAULTS = {
    "one handler": (
        county(case_handlers=[handler("01")]),
        ("程序", "办案人数"),
        "办案人员1人（01），少于2人",
    ),
    "no record number": (
        county(cases=[case(record_id=None)]),
        ("证据", "现场检查记录"),
        "案件没有填写检查记录编号",
    ),
    "a record nobody finds": (
        county(cases=[case(record_id="J9")]),
        ("证据", "现场检查记录"),
        "截至10月31日在移动执法系统中查询不到检查记录J9",
    ),
    "decided before the inspection": (
        county(cases=[case(decided_on=day("2024-02-29"))]),
        ("程序", "检查与决定的先后"),
        "2月29日决定，早于3月1日检查",
    ),
    "a certificate that ran out the day before": (
        county(officers=[officer("01", "2024-02-29"), officer("02", "2024-03-01")]),
        ("程序", "执法证件"),
        "01在检查当日（3月1日）没有有效的执法证件",
    ),
    "nobody in all three roles": (
        county(case_handlers=[handler("01", main=False), handler("02", main=False)]),
        ("程序", "主要承办人"),
        "没有一人同时是检查人、询问人和审批表承办人",
    ),
    "not in the case system": (
        county(cases=[case(uploaded_on=None)]),
        ("程序", "上传案件系统"),
        "没有填写上传案件系统的日期",
    ),
    "uploaded after the evaluation day": (
        county(cases=[case(uploaded_on=day("2024-11-01"))]),
        ("程序", "上传案件系统"),
        "截至10月31日没有上传案件系统（11月1日上传）",
    ),
    "no decision": (
        county(cases=[case(decided_on=None)]),
        ("处罚决定", "决定日期"),
        "没有填写决定日期",
    ),
    "sent on by nobody": (
        county(cases=[case(kind="移送")]),
        ("法律适用", "案件类型与移送、立案"),
        "案件类型为移送，而没有移送日期和公安立案日期",
    ),
    "filed before it was sent on": (
        county(
            cases=[
                case(
                    transferred_on=day("2024-05-02"),
                    filed_on=day("2024-05-01"),
                    filed_as="犯罪",
                )
            ]
        ),
        ("法律适用", "案件类型与移送、立案"),
        "公安5月1日立案，早于5月2日移送",
    ),
    "a pending reconsideration": (
        county(
            litigation=[{"case_id": "甲〔2024〕1号", "procedure": "行政复议", "state": "审理中"}]
        ),
        ("处罚决定", "诉讼、复议"),
        "行政复议审理中",
    ),
    "a finding of form": (
        county(
            quality_findings=[
                {"finding_id": "Z1", "kind": "表单不规范", "case_id": "甲〔2024〕1号"}
                | {"subject_kind": "单位", "subject": "A", "date": day("2024-06-01")}
            ]
        ),
        ("证据", "日常抽查的问题"),
        "日常抽查已发现：表单不规范（6月1日登记）",
    ),
    "a notice": (
        county(
            review_findings=[
                {"finding_id": "T1", "unit_id": "A", "kind": "通报批评", "level": "省"}
                | {"case_id": "甲〔2024〕1号", "date": day("2024-06-01")}
            ]
        ),
        (OVERALL, "评查通报"),
        "评查通报：省通报批评（T1，6月1日通报）",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_one_risk(name):
    tables, where, said = FAULTS[name]
    made = told(tables)
    found = {key: answer for key, answer in answers(made).items() if answer[0] == RISK}
    assert found == {where: (RISK, said)}
    (evidence,) = made.loc[made["status"] == RISK, "evidence"]
    assert evidence


def test_a_record_of_a_single_inspector():
    made = answers(told(records=RECORDS.assign(inspectors=1)))
    assert made["证据", "检查人员"] == (RISK, "检查记录J1的检查人员1人，少于2人")


def review(level, when, **found):
    row = {"case_id": "甲〔2024〕1号", "level": level, "reviewed_on": day(when)}
    return row | {"zero": False, "excellent": False, "fatal": [], "score": number("80")} | found


def test_fatal_defects_of_earlier_reviews_go_to_their_risks():
    rows = [
        review("县", "2024-05-01", fatal=["①", "②"], zero=True),
        review("市", "2024-06-01", fatal=["④"]),
        review("省", "2024-11-01", fatal=["③", "⑤"], zero=True),
    ]
    made = answers(told(county(case_reviews=rows)))
    found = {key[0]: said for key, (_, said) in made.items() if key[1] == "此前评查的致命问题"}
    assert found == {
        "证据": "县级5月1日评查：②违法主体不清或者认定错误",
        "法律适用": "市级6月1日评查：④决定没有法律、法规、规章依据",
        "程序": "县级5月1日评查：①办案人员无执法资格或者少于两人",
    }
    assert made["处罚决定", "此前评查的零分"] == (RISK, "曾被评为零分案卷：县级（5月1日评查）")
    assert made[OVERALL, "此前的评查"][1] == "县级5月1日评查：零分；市级6月1日评查：80分"


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"outcome": "败诉", "state": "生效", "effective_on": day("2024-10-31")}, RISK),
        ({"outcome": "确认违法", "state": "生效", "effective_on": None}, RISK),
        ({"outcome": "维持", "state": "生效", "effective_on": day("2024-10-31")}, CLEAR),
        ({"outcome": "败诉", "state": "生效", "effective_on": day("2024-11-01")}, CLEAR),
    ],
)
def test_what_courts_said_counts_from_the_day_it_holds(row, status):
    suit = {"case_id": "甲〔2024〕1号", "procedure": "行政诉讼"} | row
    assert answers(told(county(litigation=[suit])))["处罚决定", "诉讼、复议"][0] == status


def test_a_decision_after_the_evaluation_day_is_not_known_yet():
    made = answers(told(as_of="2024-03-31"))
    assert made["处罚决定", "决定日期"][0] == UNKNOWN


@pytest.mark.parametrize(
    "name", ["case_handlers", "case_reviews", "litigation", "review_findings", "quality_findings"]
)
def test_a_table_nobody_supplied_is_no_risk(name):
    made = told(county(**{name: None}))
    assert RISK not in set(made["status"])
    assert "没有提供" in "".join(made.loc[made["status"] == UNKNOWN, "reason"])


def test_without_the_records_a_number_cannot_be_looked_up():
    made = answers(told(records=RECORDS.iloc[:0], without=["inspections"]))
    assert made["证据", "现场检查记录"] == (
        UNKNOWN,
        "没有提供『检查记录』表，不能查对检查记录J1",
    )


def test_which_files_are_looked_through():
    cases = [case(case_id=f"甲〔2024〕{n}号") for n in range(1, 6)]
    drawn = [
        {"subject_kind": "单位", "subject": "A", "category": "不限", "case_id": "甲〔2024〕2号"}
        | {"drawn_on": day(when)}
        for when in ("2024-09-01", "2024-09-02")
    ]
    drawn.append({**drawn[0], "case_id": "甲〔2024〕3号", "drawn_on": day("2024-11-01")})
    draw = pd.DataFrame(
        [
            ("officer", "01", "ordinary", "甲〔2024〕4号", "program"),
            ("officer", "02", "ordinary", "", ""),
            ("unit", "A", "any", "甲〔2024〕2号", "official"),
        ],
        columns=NO_DRAW.columns,
    )
    tables = county(cases=cases, case_draws=drawn)
    said = stated(
        ("预审案卷", " 甲(2024)5号", "2024-09-01", "裁量理由"),
        ("预审案卷", "乙〔2024〕1号", "2024-09-02", ""),
        ("预审案卷", "甲〔2024〕2号", "2024-10-31", ""),
        ("预审案卷", "甲〔2024〕1号", "2024-11-01", "评价日以后才登记"),
        ("其他", "甲〔2024〕1号", "2024-09-01", "不是预审"),
    )
    made = told(tables | said, rules=PreReview(questions={}), draw=draw)
    assert dict(zip(made["case"], made["bound"], strict=True)) == {
        "甲〔2024〕2号": f"{NAMED}（DJ3）；{OFFICIAL}（单位A）",
        "甲〔2024〕4号": f"{DRAWN}（个人01）",
        "甲〔2024〕5号": f"{NAMED}（DJ1）",
        "乙〔2024〕1号": f"{NAMED}（DJ2）",
    }
    asked = made[made["check"] == ASKED][["case", "status", "reason", "evidence"]]
    assert [*asked.itertuples(index=False, name=None)] == [
        (
            "甲〔2024〕2号",
            LOOK,
            "没有写明要看什么（登记DJ3，经办人某科，依据凭据3）",
            [3],
        ),
        ("甲〔2024〕5号", LOOK, "裁量理由（登记DJ1，经办人某科，依据凭据1）", [1]),
    ]
    (line,) = made[made["case"] == "乙〔2024〕1号"].to_dict("records")
    assert (line["status"], line["evidence"]) == (RISK, [2])
    assert line["reason"] == "『案件』表中没有案件乙〔2024〕1号：请核对编号，或补报该案"
    only = told(tables, rules=PreReview(official=False, questions={}), draw=draw)
    assert set(only["case"]) == {"甲〔2024〕4号"}


def test_too_many_files_are_counted_and_the_named_come_first():
    cases = [case(case_id=f"甲〔2024〕{n}号") for n in range(1, 5)]
    draw = pd.DataFrame(
        [("officer", f"0{n}", "ordinary", f"甲〔2024〕{n}号", "program") for n in range(1, 5)],
        columns=NO_DRAW.columns,
    )
    said = stated(("预审案卷", "甲〔2024〕4号", "2024-09-01", ""))
    rules = PreReview(most=2, questions={})
    made = told(county(cases=cases) | said, rules=rules, draw=draw)
    assert list(dict.fromkeys(made["case"])) == ["", "甲〔2024〕1号", "甲〔2024〕4号"]
    assert made.iloc[0]["reason"] == "应预审4份，超过参数 prereview.most 的2份，有2份没有预审"


def test_nothing_to_look_through_is_an_empty_list():
    assert told(rules=PreReview(official=False, drawn=False)).empty
    nobody = {"units": units(), "officers": frame("officers", [])}
    empty = told(nobody, rules=PreReview(), draw=NO_DRAW)
    assert empty.empty


def test_a_person_is_asked_what_no_data_answers():
    rules = BARE.model_copy(update={"questions": RULES.prereview.questions})
    made = told(rules=rules)
    asked = made[made["status"] == LOOK]
    assert list(asked["check"]) == [q for risk in RISKS for q in rules.questions[risk]]
    assert {risk for risk, _, _ in QUESTIONS} == {*RISKS, OVERALL}
