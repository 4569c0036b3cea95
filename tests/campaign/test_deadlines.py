"""The plan's dates: what becomes of each on a day, by hand, and the calendar file."""

from pathlib import Path

import icalendar
import pytest
from pydantic import ValidationError

from dalian_eval.base.errors import UsageError
from dalian_eval.campaign.deadline_rules import Deadline
from dalian_eval.campaign.deadlines import (
    AHEAD,
    DONE,
    LATE,
    NOT_SUPPLIED,
    OVERDUE,
    UNSTATED,
    calendar,
)
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.report.base.tables import table_html
from dalian_eval.report.campaign.date_lists import deadline_lines, deadline_table, ics
from dalian_eval.rubric.plan_names import PlanNames, use_names
from dalian_eval.stages.parameters import RunParams, load_params
from tests.campaign.frames import ROOT, RULES, day, frame, stated
from tests.campaign.test_rules import load

CAMP = {
    "table": "activities",
    "where": {"kind": ["业务学习"]},
    "mentions": {"topic": ["集训"]},
    "date": "date",
    "since": "2024-08-15",
}


def due(**more):
    made = {"id": "x", "date": "2024-09-30", "title": "事", "who": "科", "source": "附件2五"}
    return Deadline.model_validate({**made, **more})


def held(*rows):
    """Return 活动 from (kind, day, topic)."""
    return {
        "activities": frame(
            "activities",
            [
                {
                    "activity_id": f"H{n}",
                    "kind": kind,
                    "unit_id": "A",
                    "date": day(d) if d else None,
                    "topic": topic,
                }
                for n, (kind, d, topic) in enumerate(rows, start=1)
            ],
        )
    }


def judged(deadline, tables, as_of):
    (line,) = calendar(tables, [deadline], day(as_of)).to_dict("records")
    return line["status"], line["done_on"], line["reason"], line["evidence"]


def test_rows_show_that_it_was_done_in_time():
    tables = held(
        ("业务学习", "2024-08-14", "集训预备"),  # before it began
        ("业务学习", "2024-08-20", "平常学习"),  # no such word
        ("能力竞赛", "2024-08-21", "集训"),  # another kind
        ("业务学习", None, "集训"),  # nobody knows when
        ("业务学习", "2024-09-02", "赛前集训"),
        ("业务学习", "2024-08-30", "集训第一天"),
    )
    one = due(proof=CAMP)
    told = "『活动』表中符合的有2行，要求1行，8月30日达到，按时"
    assert judged(one, tables, "2024-10-31") == (DONE, "2024-08-30", told, [6, 5])
    two = due(proof={**CAMP, "least": 2})
    assert judged(two, tables, "2024-10-31")[:2] == (DONE, "2024-09-02")
    assert judged(two, tables, "2024-09-01")[:2] == (AHEAD, "")
    three = due(proof={**CAMP, "least": 3})
    told = "已过期1天；『活动』表中符合的有2行，要求3行"
    assert judged(three, tables, "2024-10-01") == (OVERDUE, "", told, [6, 5])
    assert judged(three, tables, "2024-09-30")[0] == AHEAD


def test_late_is_told_by_days():
    tables = held(("业务学习", "2024-10-03", "集训"))
    state, on, reason, _ = judged(due(proof=CAMP), tables, "2024-10-31")
    assert (state, on) == (LATE, "2024-10-03")
    assert reason.endswith("迟3天")
    assert judged(due(proof=CAMP), tables, "2024-10-02")[0] == OVERDUE


def test_a_table_that_is_empty_and_one_that_was_not_supplied():
    assert judged(due(proof=CAMP), held(), "2024-10-01")[0] == OVERDUE
    assert judged(due(proof=CAMP), {}, "2024-10-01")[0] == NOT_SUPPLIED
    state, _, reason, _ = judged(due(proof=CAMP), {}, "2024-09-30")
    assert (state, reason) == (AHEAD, "今天到期；没有提供『活动』表")


def test_a_proof_without_a_date_does_not_tell_when():
    officers = frame("officers", [{"officer_id": "P1", "name": "甲", "candidate": True}])
    one = due(proof={"table": "officers", "where": {"candidate": [True]}})
    state, on, reason, _ = judged(one, {"officers": officers}, "2024-10-01")
    assert (state, on) == (DONE, "")
    assert "不能说明是否按时" in reason


def test_what_no_table_shows_is_stated():
    assert judged(due(), {}, "2024-09-28")[:3] == (AHEAD, "", "还有2天")
    told = (
        "已过期2天；别的表说明不了是否完成，请在『登记』表中登记"
        "（事项填“时间节点”，对象填“事”，日期填完成的日期）"
    )
    assert judged(due(), {}, "2024-10-02") == (UNSTATED, "", told, [])
    said = stated(("时间节点", "事", "2024-10-01", ""))
    told = "10月1日完成（登记DJ1，经办人某科，依据凭据1），迟1天"
    assert judged(due(), said, "2024-10-02") == (LATE, "2024-10-01", told, [1])
    assert judged(due(), said, "2024-10-01")[0] == LATE
    assert judged(due(), said, "2024-09-30") == (AHEAD, "", "今天到期", [])
    in_time = stated(("时间节点", "x", "2024-09-30", ""))
    assert judged(due(), in_time, "2024-10-02")[0] == DONE


def test_a_statement_goes_before_the_rows_and_names_its_date_alone():
    tables = held(("业务学习", "2024-10-03", "集训"))
    said = stated(
        ("时间节点", "集训 （8月）", "2024-09-29", ""), ("其他", "集训(8月)", "2024-09-01", "")
    )
    camp = due(proof=CAMP, title="集训（8月）")
    assert judged(camp, {**tables, **said}, "2024-10-31")[:2] == (DONE, "2024-09-29")
    assert judged(due(proof=CAMP), {**tables, **said}, "2024-10-31")[:2] == (LATE, "2024-10-03")


def test_statements_of_different_days_decide_nothing_until_one_is_left():
    said = stated(*(("时间节点", "事", f"2024-09-2{n}", "") for n in (8, 9)))
    told = "登记了不同的完成日期：9月28日（DJ1）、9月29日（DJ2），请只留对的一行"
    assert judged(due(), said, "2024-10-02") == (UNSTATED, "", told, [1, 2])
    assert judged(due(), said, "2024-09-28")[:2] == (DONE, "2024-09-28")
    twice = stated(*(("时间节点", word, "2024-09-28", "") for word in ("事", "x")))
    assert judged(due(), twice, "2024-10-02")[3] == [1, 2]


def test_no_dates_at_all():
    empty = calendar({}, [], day("2024-10-01"))
    assert list(empty.columns) == OUTPUTS["calendar"].names
    assert empty.empty
    assert "没有登记时间节点" in "\n".join(deadline_lines(empty, day("2024-10-01"), 80))


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        ({"table": "missions"}, "没有『missions』这张表"),
        ({"table": "activities", "where": {"sort": ["x"]}}, "『活动』表没有『sort』这一列"),
        ({"table": "activities", "where": {"kind": ["读书会"]}}, "不会是『读书会』"),
        ({"table": "activities", "date": "topic"}, "不是日期列"),
        ({"table": "activities", "since": "2024-08-15"}, "写了 since 就要写 date"),
    ],
)
def test_a_proof_that_cannot_be_looked_up_is_refused(proof, said):
    with pytest.raises(ValidationError, match=said):
        due(proof=proof)


def test_the_parameter_file_is_told_with_its_line(tmp_path):
    one = "{id: a, date: 2024-06-20, title: 事, who: 科, source: 正文}"
    with pytest.raises(UsageError, match=r"编号『a』用了不止一次"):
        load(tmp_path, f"campaign:\n  calendar:\n    - {one}\n    - {one}\n")
    with pytest.raises(UsageError, match=r"第7行：参数 campaign\.calendar\.0\.date"):
        load(tmp_path, "campaign:\n  calendar:\n    - id: a\n      date: 六月\n")


def test_the_parameters_survive_the_record():
    """A record keeps its parameters as JSON and reads them back."""
    made = load_params(ROOT / "params/2024.yaml")
    assert RunParams.model_validate(made.model_dump(mode="json")) == made


def test_the_plan_has_its_five_dates_and_says_where_it_contradicts_itself():
    dates = [d.date.isoformat() for d in RULES.calendar]
    assert dates == ["2024-06-20", "2024-08-15", "2024-09-30", "2024-10-10", "2024-10-15"]
    notes = {d.id: d.note for d in RULES.calendar}
    assert "10月31日" in notes["self-unit"]
    assert "11月30日" in notes["self-bureau"]


def test_the_calendar_file_is_read_back_and_is_the_same_each_time():
    use_names(PlanNames(work="执法大练兵"))
    data = ics(RULES.calendar)
    assert data == ics([*reversed(RULES.calendar)])
    events = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert [e.decoded("dtstart") for e in events] == [d.date for d in RULES.calendar]
    assert len({e["uid"] for e in events}) == len(RULES.calendar)
    for event, one in zip(events, RULES.calendar, strict=True):
        assert event.decoded("dtstamp").date() == one.date
        assert str(event["summary"]) == f"执法大练兵期限：{one.title}"
        assert one.source in str(event["description"])
        assert len(event.walk("VALARM")) == 1
    assert max(len(line) for line in data.split(b"\r\n")) <= 75


def test_hostile_words_stay_text():
    bad = "<script>alert(1)</script>\x1b[31m\nBEGIN:VEVENT"
    told = calendar({}, [due(title=bad, note=bad)], day("2024-10-01"))
    assert "<script>" not in table_html(deadline_table(told.assign(evidence="")))
    assert "\x1b" not in "\n".join(deadline_lines(told, day("2024-10-01"), 80))
    events = icalendar.Calendar.from_ical(ics([due(title=bad)])).walk("VEVENT")
    assert len(events) == 1


def test_the_run_has_the_account(demo_run: Path):
    lines = (demo_run / "calendar.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + len(RULES.calendar)
    assert "时间节点" in (demo_run / "06_campaign.html").read_text(encoding="utf-8")
