"""Each check fires on what it is about, names the failing rows, and is silent on a good county."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from small_county import AS_OF, DEC, NOV, STATED, County, origin_of

from dalian_eval.checks import dates, entries, spellings
from dalian_eval.checks.check import Check
from dalian_eval.checks.counted import CheckCount, count, origin_texts
from dalian_eval.checks.registry import CHECKS, all_checks
from dalian_eval.schema.tables import TABLES

BY_ID = {check.id: check for check in all_checks()}
OCT = dt.date(2023, 10, 31)


def change(table: str, row: int, **values: Any) -> Callable[[County], None]:
    """Spoil one row, numbered as in its sheet."""
    return lambda county: county[table][row - 2].update(values)


def add(table: str, *rows: dict[str, Any]) -> Callable[[County], None]:
    return lambda county: county[table].extend(rows)


def drop(table: str, *rows: int) -> Callable[[County], None]:
    def spoil(county: County) -> None:
        for row in sorted(rows, reverse=True):
            del county[table][row - 2]

    return spoil


def both(*spoils: Callable[[County], None]) -> Callable[[County], None]:
    def spoil(county: County) -> None:
        for one in spoils:
            one(county)

    return spoil


def official(subject: str, case: str, day: dt.date | None = DEC, **more: Any) -> dict[str, Any]:
    kind = "单位" if subject.startswith("D") else "个人"
    row = {"subject_kind": kind, "subject": subject, "category": "不限", "case_id": case}
    return {**row, "drawn_on": day, **more}


def registration(matter: str, about: str, **more: Any) -> dict[str, Any]:
    return {**STATED, "registration_id": "G9", "matter": matter, "about": about, **more}


def no_candidates(county: County) -> None:
    for row in [*county["units"], *county["officers"]]:
        row["candidate"] = None


def lost(table: str, *rows: int) -> Callable[[County], None]:
    return lambda county: county.quarantine.extend((table, row) for row in rows)


def many_good_rows(county: County) -> None:
    county["publicity"][:] = [{**county["publicity"][0], "item_id": f"X{i}"} for i in range(20)]


CASES: list[tuple[str, Callable[[County], None], list[str]]] = [
    ("delivery.required", lambda c: c.tables.pop("postings"), []),
    ("delivery.required", lambda c: c["officers"].clear(), []),
    ("delivery.not_supplied", lambda c: c.tables.pop("honours"), []),
    ("delivery.refused", lambda c: c.sheets.append(("线索.xlsx", "", "refused")), []),
    ("delivery.quarantined_some", lost("honours", 9), ["honours!9"]),
    (
        "delivery.quarantined_some",
        both(many_good_rows, lost("publicity", 30, 31)),
        ["publicity!30", "publicity!31"],
    ),
    (
        "delivery.quarantined_most",
        lost("honours", *range(9, 30)),
        [f"honours!{row}" for row in range(9, 30)],
    ),
    ("units.cycle", change("units", 2, parent_id="D01"), ["units!2", "units!3"]),
    ("units.cycle", change("units", 4, parent_id="D02"), ["units!4"]),
    ("units.no_candidate", no_candidates, []),
    ("units.section_empty", lambda c: [row.update(candidate=False) for row in c["units"]], []),
    ("units.section_empty", lambda c: [row.update(candidate=False) for row in c["officers"]], []),
    (
        "postings.overlap",
        change("postings", 2, end=dt.date(2023, 11, 10)),
        ["postings!2", "postings!3"],
    ),
    ("postings.overlap", change("postings", 2, end=None), ["postings!2", "postings!3"]),
    ("officers.no_posting", add("officers", {"officer_id": "A3"}), ["officers!4"]),
    ("officers.no_certificate_start", change("officers", 3, valid_from=None), ["officers!3"]),
    (
        "inspections.outside_period",
        both(
            change("inspections", 2, uploaded_at=dt.datetime(2023, 10, 31, 23, 59)),
            change("inspections", 3, uploaded_at=dt.datetime(2024, 11, 1)),
            change("inspections", 4, uploaded_at=dt.datetime(2024, 10, 31, 23, 59)),
        ),
        ["inspections!2", "inspections!3"],
    ),
    ("inspections.no_upload_time", change("inspections", 3, uploaded_at=None), ["inspections!3"]),
    (
        "inspections.upload_before_inspection",
        change("inspections", 3, uploaded_at=dt.datetime.combine(DEC, dt.time(9))),
        ["inspections!3"],
    ),
    ("inspections.idle_months", drop("inspections", 4), ["units!4"]),
    ("automonitor.outside_period", change("automonitor", 3, month="2023-10"), ["automonitor!3"]),
    ("automonitor.missing_months", drop("automonitor", 3), ["automonitor!2"]),
    ("automonitor.rates", change("automonitor", 2, immediate=96), ["automonitor!2"]),
    ("automonitor.rates", change("automonitor", 3, completed=101), ["automonitor!3"]),
    (
        "cases.leading_zeros",
        both(
            change("cases", 2, case_id="某罚〔2023〕012号"),
            change("cases", 3, case_id="某罚〔2023〕12号"),
        ),
        ["cases!2", "cases!3"],
    ),
    ("cases.fields.entries", change("cases", 2, fields=["土壤", "自动监控"]), ["cases!2"]),
    ("cases.fields.entries", change("cases", 3, fields=["土壤", "大气"]), ["cases!3"]),
    ("cases.equipment.entries", change("cases", 2, equipment=["无人飞机"]), ["cases!2"]),
    ("cases.techniques.entries", change("cases", 2, techniques=["是"]), ["cases!2"]),
    ("cases.techniques.entries", change("cases", 2, techniques=["未经应用"]), ["cases!2"]),
    ("cases.platforms.entries", change("cases", 2, platforms=["2"]), ["cases!2"]),
    ("cases.platforms.entries", change("cases", 2, platforms=["用电监控和视频"]), ["cases!2"]),
    (
        "typical_cases.categories.entries",
        change("typical_cases", 2, categories=["危废"]),
        ["typical_cases!2"],
    ),
    ("contests.content.entries", change("contests", 2, content=["队列"]), ["contests!2"]),
    ("cases.no_handler", drop("case_handlers", 2), ["cases!2"]),
    ("cases.no_main_handler", change("case_handlers", 3, approver=None), ["cases!3"]),
    ("cases.undated", change("cases", 3, transferred_on=None), ["cases!3"]),
    ("cases.decided_before_inspection", change("cases", 2, decided_on=OCT), ["cases!2"]),
    (
        "cases.decided_before_inspection",
        change("cases", 3, record_id="J4", transferred_on=NOV),
        ["cases!3"],
    ),
    ("cases.record_nearly", change("cases", 2, record_id="J-01"), ["cases!2"]),
    ("cases.record_nearly", change("cases", 2, record_id="j1"), ["cases!2"]),
    ("cases.filed_without_kind", change("cases", 2, filed_on=DEC), ["cases!2"]),
    ("cases.filed_without_date", change("cases", 2, filed_as="犯罪"), ["cases!2"]),
    ("case_reviews.no_score", change("case_reviews", 2, score=None), ["case_reviews!2"]),
    ("case_reviews.no_score", change("case_reviews", 3, zero=None), ["case_reviews!3"]),
    (
        "case_reviews.undecided_file",
        change("cases", 2, decided_on=None),
        ["case_reviews!2"],
    ),
    (
        "case_reviews.undecided_file",
        change("cases", 3, transferred_on=None),
        ["case_reviews!3"],
    ),
    (
        "review_findings.undecided_file",
        both(
            change("review_findings", 2, case_id="C1"),
            change("cases", 2, decided_on=None, transferred_on=DEC),
        ),
        ["review_findings!2"],
    ),
    (
        "litigation.in_force_without_date",
        change("litigation", 2, effective_on=None),
        ["litigation!2"],
    ),
    ("litigation.flagged", change("litigation", 2, outcome="确认违法"), ["litigation!2"]),
    ("case_draws.undated", change("case_draws", 3, drawn_on=None), ["case_draws!3"]),
    ("case_draws.no_slot", change("cases", 2, kind="不予处罚"), ["case_draws!2"]),
    ("case_draws.wrong_category", change("case_draws", 2, category="配套办法"), ["case_draws!2"]),
    (
        "case_draws.beyond_slots",
        both(
            add("cases", {"case_id": "C3", "unit_id": "D01", "kind": "一般处罚"}),
            add("case_draws", official("A1", "C3", NOV), official("A1", "C3", DEC)),
        ),
        ["case_draws!2"],
    ),
    (
        "case_draws.beyond_slots",
        both(
            add("cases", *({"case_id": f"C{i}", "unit_id": "D02", "kind": "移送"} for i in (3, 4))),
            add("case_draws", official("D02", "C3"), official("D02", "C4")),
        ),
        ["case_draws!5"],
    ),
    (
        # What is not ordinary goes to the supporting slot, also a type the program would not draw.
        "case_draws.beyond_slots",
        both(
            add("cases", *({"case_id": f"C{i}", "unit_id": "D01"} for i in (3, 4))),
            change("cases", 4, kind="不予处罚"),
            change("cases", 5, kind="移送"),
            add("case_draws", *(official("A1", f"C{i}") | {"category": "不限"} for i in (3, 4))),
        ),
        ["case_draws!5"],
    ),
    ("case_draws.no_candidate", change("case_draws", 3, subject="D00"), ["case_draws!3"]),
    (
        "case_draws.shared",
        add("case_draws", official("A2", "C2")),
        ["case_draws!3", "case_draws!4"],
    ),
    ("case_draws.not_handled", change("case_draws", 2, subject="A2"), ["case_draws!2"]),
    ("case_draws.other_unit", change("case_draws", 3, subject="D01"), ["case_draws!3"]),
    ("leads.no_deadline", change("leads", 2, due_on=None), ["leads!2"]),
    ("leads.due_before_push", change("leads", 2, due_on=OCT), ["leads!2"]),
    ("leads.feedback_before_push", change("leads", 2, fed_back_on=OCT), ["leads!2"]),
    (
        "quality_findings.no_deduction",
        change("quality_findings", 2, deduction=None),
        ["quality_findings!2"],
    ),
    (
        "contests.wrong_subject",
        change("contests", 2, subject_kind="单位", subject="D01", result="先进个人"),
        ["contests!2"],
    ),
    (
        "contests.wrong_subject",
        change("contests", 2, subject_kind="个人", subject="A1", result="先进集体"),
        ["contests!2"],
    ),
    ("decisions.clause", change("decisions", 3, clause="officer.case"), ["decisions!3"]),
    # Two clauses stand under one locator, and a unit has no clause of officers.
    ("decisions.clause", change("decisions", 3, clause="附件4·2·1"), ["decisions!3"]),
    (
        "decisions.clause",
        change("decisions", 3, subject_kind="单位", subject="D01"),
        ["decisions!3"],
    ),
    ("decisions.verdict", change("decisions", 3, clause="officer.veto"), ["decisions!3"]),
    ("decisions.still", change("decisions", 2, points=1), ["decisions!2"]),
    (
        "decisions.no_candidate",
        change("decisions", 2, subject="D00", subject_kind="单位"),
        ["decisions!2"],
    ),
    ("registrations.date", change("registrations", 2, about="方案送"), ["registrations!2"]),
    ("registrations.officer", change("registrations", 3, about="A3"), ["registrations!3"]),
    ("registrations.officer", change("registrations", 3, about="甲某"), ["registrations!3"]),
    ("registrations.case", change("registrations", 4, about="C9"), ["registrations!4"]),
    ("registrations.place", change("registrations", 3, content="加试优胜"), ["registrations!3"]),
    ("registrations.place", change("registrations", 3, content=None), ["registrations!3"]),
    (
        "registrations.contradicting",
        add("registrations", registration("时间节点", "plan", date=NOV)),
        ["registrations!2", "registrations!6"],
    ),
    (
        "registrations.contradicting",
        add("registrations", registration("并列定序", "a1", content="2")),
        ["registrations!3", "registrations!6"],
    ),
    ("registrations.unsigned", change("registrations", 5, handler=None), ["registrations!5"]),
    ("registrations.unsigned", change("registrations", 2, basis=None), ["registrations!2"]),
    ("decisions.appeal", change("decisions", 3, appeal_id=None), ["decisions!3"]),
    ("decisions.appeal", change("decisions", 3, appeal_id="S2"), ["decisions!3"]),
    ("decisions.appeal", change("decisions", 2, subject="A2"), ["decisions!3"]),
]

SILENT: list[tuple[str, Callable[[County], None]]] = [
    # A candidate officer alone, or a candidate unit alone, can be scored.
    ("units.no_candidate", lambda c: [row.update(candidate=False) for row in c["units"]]),
    ("units.no_candidate", lambda c: [row.update(candidate=False) for row in c["officers"]]),
    # Nobody at all is told by the check that blocks.
    ("units.section_empty", no_candidates),
    # A notice that names no file is about none that is undecided.
    ("review_findings.undecided_file", change("cases", 2, decided_on=None)),
    (
        "contests.wrong_subject",
        change("contests", 2, subject_kind="个人", subject="A1", result="先进个人"),
    ),
    # 5 % of the rows is not above 5 %.
    ("delivery.quarantined_some", both(many_good_rows, lost("publicity", 30))),
    # Half the rows is not above 50 %, and a sheet of a few rows never blocks.
    ("delivery.quarantined_most", both(many_good_rows, lost("publicity", *range(30, 50)))),
    ("delivery.quarantined_most", lost("honours", *range(9, 20))),
    # A fatal defect makes the score 0, blank or not.
    ("case_reviews.no_score", change("case_reviews", 3, zero=None, fatal=["①"])),
    # A case of a descendant unit is the unit's own.
    ("case_draws.other_unit", change("case_draws", 3, subject="D00")),
    # The day of the inspection itself is not before it.
    ("cases.decided_before_inspection", change("cases", 2, decided_on=NOV)),
    # A record that is not there, and none like it, is a finding and no slip.
    ("cases.record_nearly", change("cases", 2, record_id="J10")),
    # A record of another unit below a candidate counts for it.
    ("inspections.idle_months", change("inspections", 4, unit_id="D02")),
    ("automonitor.rates", change("automonitor", 2, immediate=100, completed=100)),
    # A title that stands once is as good as an id; a veto can be spoken of without points.
    ("decisions.clause", change("decisions", 3, clause="案件办理")),
    ("decisions.verdict", change("decisions", 2, clause="officer.veto")),
    # An id is as good as a title, and what a clerk spells in his own way is known.
    ("registrations.date", change("registrations", 2, about="ｐｌａｎ")),
    ("registrations.case", change("registrations", 4, about="【Ｃ1】")),
    ("registrations.place", change("registrations", 3, content="第 一 位")),
    (
        "registrations.contradicting",
        add("registrations", registration("时间节点", "方案 送市局"), registration("其他", "某事")),
    ),
    (
        "cases.leading_zeros",
        both(
            change("cases", 2, case_id="某罚〔2023〕120号"),
            change("cases", 3, case_id="某罚〔2023〕12号"),
        ),
    ),
    ("cases.fields.entries", change("cases", 2, fields=["土壤", "自动监测"])),
    ("cases.techniques.entries", change("cases", 2, techniques=["水质指纹溯源", "无人机"])),
    ("cases.platforms.entries", change("cases", 2, platforms=["用电监控", "视频"])),
]


def test_a_name_is_answered_with_its_certificate_and_a_date_with_the_nearest(county):
    county["officers"][1]["name"] = "甲某"
    county["registrations"][0]["about"] = "方案送"
    county["registrations"][1]["about"] = "甲　某"
    officer = found(BY_ID["registrations.officer"], county)
    assert officer.observed == ("编号G2的『甲　某』，叫这个名字的执法证号是A2",)
    date = found(BY_ID["registrations.date"], county)
    assert date.observed == ("编号G1的『方案送』，相近的有『方案送市局』",)


def found(check: Check, county: County, as_of: dt.date = AS_OF) -> CheckCount:
    delivery = county.delivery(as_of)
    try:
        return count(check, delivery)
    finally:
        delivery.close()


@pytest.mark.parametrize(("check", "spoil", "failing"), CASES)
def test_a_check_fires_and_names_the_rows(check, spoil, failing, county):
    spoil(county)
    counted = found(BY_ID[check], county)
    assert counted.failed >= 1
    assert list(origin_texts(counted.origins, county.delivery().sources)) == [
        origin_of(place) for place in failing
    ]
    if failing:
        assert counted.failed == len(failing)
    assert counted.observed
    assert counted.failed <= counted.tested


@pytest.mark.parametrize(("check", "spoil"), SILENT)
def test_a_check_is_silent_at_its_boundary(check, spoil, county):
    spoil(county)
    assert found(BY_ID[check], county).failed == 0


@pytest.mark.parametrize(
    "check", [c for c in dates.checks() if c.id.endswith(".future")], ids=lambda c: c.id
)
def test_future_days_are_told_for_every_dated_column(check, county):
    table = next(t for t in TABLES if t.name == check.table)
    dated = [name for name in check.show if name not in table.key[:1]]
    ahead = {"日期": dt.date(2024, 1, 1), "时间": dt.datetime(2024, 1, 1), "月份": "2024-01"}
    today = {"日期": AS_OF, "时间": dt.datetime(2023, 12, 31, 23, 59, 59), "月份": "2023-12"}
    for name in dated or check.show:
        spoiled = County(county.folder)
        spoiled[table.name][0][name] = ahead[table[name].type.value]
        counted = found(check, spoiled)
        assert (counted.failed, len(counted.origins)) == (1, 1), name
        spoiled[table.name][0][name] = today[table[name].type.value]
        assert found(check, spoiled).failed == 0, name


@pytest.mark.parametrize("check", spellings.checks(), ids=lambda c: c.id)
def test_numbers_spelt_twice_are_told_for_every_table_with_numbers(check, county):
    (key,) = next(t.key for t in TABLES if t.name == check.table)
    row = county[check.table][0]
    alike, apart = ["JL-1", "jl-1", "JL -2", "JL-2"], ["JL-3", "JL-03", "jl-4", "jl4"]
    county[check.table][:] = [{**row, key: number} for number in (*alike, *apart)]
    counted = found(check, county)
    assert counted.failed == len(alike)
    assert all("JL-1" in told or "JL-2" in told for told in counted.observed)


@pytest.mark.parametrize(("table", "column"), [(t.name, t.event) for t in TABLES if t.event])
def test_events_without_a_date_are_told(table, column, county):
    county[table][0][column] = None
    counted = found(BY_ID[f"{table}.undated"], county)
    assert list(origin_texts(counted.origins, county.delivery().sources)) == [
        origin_of(f"{table}!2")
    ]


def test_an_unknown_entry_is_named_with_the_nearest(county):
    county["cases"][0]["fields"] = ["第三方监测弄虚作假", "大气"]
    county["cases"][1]["fields"] = ["大气"]
    counted = found(BY_ID["cases.fields.entries"], county)
    assert set(counted.observed) == {
        "“大气”2行",
        "“第三方监测弄虚作假”1行（最接近的是“第三方弄虚作假”）",
    }


def test_every_declared_check_has_a_case():
    thought_of = {c.id for c in (*CHECKS, *entries.checks())}
    assert thought_of <= {check for check, _, _ in CASES}


def test_the_good_county_passes_every_check(county):
    delivery = county.delivery()
    found = {check.id: count(check, delivery).failed for check in all_checks()}
    delivery.close()
    assert {name: failed for name, failed in found.items() if failed} == {}


def test_check_ids_are_unique_and_every_check_says_what_to_do():
    checks = all_checks()
    assert len({c.id for c in checks}) == len(checks)
    for check in checks:
        assert check.id.startswith(f"{check.table or 'delivery'}.")
        assert (check.where is None) != (check.find is None)
        assert check.reason.endswith("。")
        assert check.fix.endswith("。")


def test_examples_read_like_the_sheet(county):
    county["automonitor"][0]["immediate"] = 96
    assert found(BY_ID["automonitor.rates"], county).observed == (
        "单位编码 D01，月份 2023-11，应传数 100，即时有效数 96，补全有效数 95",
    )


def test_months_that_have_not_ended_are_not_missed(county):
    idle, missing = BY_ID["inspections.idle_months"], BY_ID["automonitor.missing_months"]
    for day, failed in ((dt.date(2024, 1, 30), 0), (dt.date(2024, 1, 31), 1)):
        assert found(missing, county, day).failed == failed
        assert found(idle, county, day).failed == 2 * failed


def test_origins_are_listed_up_to_a_limit_but_all_counted(county):
    county["leads"][:] = [{"lead_id": f"L{i}", "unit_id": "D01"} for i in range(300)]
    counted = found(BY_ID["leads.no_deadline"], county)
    assert (counted.failed, len(counted.origins)) == (300, 200)
    assert list(counted.origins) == sorted(counted.origins)
