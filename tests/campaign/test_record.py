"""The campaign in the demo county's record: its files, pages and figures."""

from dataclasses import replace

import pandas as pd
import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.campaign.activities import DONE, LATE, MISSING, NOT_OWED
from dalian_eval.campaign.activities import NOT_SUPPLIED as NO_TABLE
from dalian_eval.campaign.merit import NOT_SUPPLIED, PROPOSED
from dalian_eval.campaign.risks import RISK
from dalian_eval.campaign.rules import LEAD, METRICS
from dalian_eval.outputs.model import Maker
from dalian_eval.outputs.tables import made_by
from dalian_eval.record.folder import open_run
from dalian_eval.report.base.images import alt_text, png
from dalian_eval.report.base.points import plain
from dalian_eval.report.base.tables import table_html
from dalian_eval.report.campaign import campaign_tables as shown
from dalian_eval.report.campaign.campaign_tables import CampaignView, load_campaign
from dalian_eval.report.campaign.effectiveness_page import effectiveness_html, month_table
from dalian_eval.report.campaign.merit_page import merit_html
from dalian_eval.report.campaign.prereview_page import prereview_html
from dalian_eval.report.campaign.work_progress import MISSING as MISSED
from dalian_eval.report.campaign.work_progress import ON_TIME, progress_lines
from dalian_eval.report.door.door_page import index_html
from dalian_eval.report.figures.activity_figures import stretch_heat
from dalian_eval.report.views.account_links import CodesAsNames
from dalian_eval.report.views.run_view import RunView
from dalian_eval.schema.registrations import FILES
from tests.campaign.frames import RULES
from tests.report.pages import assert_sound, parse

HOSTILE = "<script>alert(1)</script>"


TABLES = [table.name for table in made_by(Maker.CAMPAIGN)]


@pytest.fixture(scope="module")
def book(demo_run) -> CampaignView:
    return load_campaign(demo_run)


@pytest.fixture(scope="module")
def view(demo_run) -> RunView:
    return open_run(demo_run)


def test_the_weeks_of_the_demo_counted_by_hand(book):
    """Sixteen weeks from July to mid-October; the 40th is Golden Week, the 42nd is cut short."""
    counts = shown.stretch_counts(book.activities).set_index(["类型", "单位"])
    study = counts.loc["业务学习"]
    # 西片 left out weeks 29, 30, 36 and 40, the last of which nobody owes; 北片 made up for the
    # 41st on 14 October, a day late.
    assert study[[DONE, LATE, MISSING, NOT_OWED]].to_numpy().tolist() == [
        [16, 0, 0, 0],
        [15, 0, 1, 0],
        [12, 0, 3, 1],
        [8, 1, 6, 1],
    ]
    assert list(study.index) == ["东片执法局", "南片执法局", "西片执法局", "北片执法局"]


def test_evidence_and_clauses_can_be_followed(book, demo_run, view):
    known = {*view.rubric.unit.clauses, *view.rubric.officer.clauses}
    assert {c for ids in book.rollover["clauses"] for c in ids.split()} <= known
    assert len(book.rollover)
    for frame in (book.activities, book.publicity, book.rollover):
        for origin in {o for text in frame["evidence"] for o in text.split()}:
            file = origin.partition(":")[2].partition("#")[0]
            assert (demo_run / "inputs" / file).is_file()


def test_the_comparison_agrees_with_the_monthly_figures(book, view):
    monthly = view.monthly[view.monthly["metric"].isin(["entry_ratio", "per_capita"])]
    mine = book.effectiveness.merge(monthly, on=["kind", "candidate", "month", "metric"])
    assert len(mine) == len(monthly)
    assert (mine["numerator_x"].astype("int64") == mine["numerator_y"]).all()
    assert (mine["denominator_x"].astype("int64") == mine["denominator_y"]).all()


def test_the_page_is_sound_and_names_everybody_in_every_month(book, view):
    page = assert_sound(effectiveness_html(view, book, RULES))
    for name in view.scores["name"]:
        assert page.text.count(name) >= len(view.rubric.period.months)
    for title in METRICS.values():
        assert title in page.text
    assert "本局口径" in page.text
    assert effectiveness_html(view, book, RULES) == effectiveness_html(view, book, RULES)


def test_the_sheets_of_the_drawn_files_are_sound_and_count_their_risks(book, view):
    page = assert_sound(prereview_html(view, book))
    drawn = set(view.draw.loc[view.draw["case"] != "", "case"])
    files = book.registrations[book.registrations["matter"] == FILES]
    named = set(files["about"])
    assert len(named - drawn) == 1
    assert drawn | named == set(book.prereview["case"])
    for case in drawn | named:
        assert page.text.count(case) >= 2
    # Why the bureau's own file is on the list, what is asked of it and where that stands.
    (row,) = files.to_dict("records")
    told = (
        f"{row['content']}（登记{row['registration']}，经办人{row['handler']}，依据{row['basis']}）"
    )
    assert f"本局登记（{row['registration']}）" in page.text
    assert told in page.text
    sheet = view.sheet_places.page("活动/登记.xlsx", "登记", 1)
    assert any(link.startswith(f"sheets/{sheet}#r") for link in page.values("href"))
    risky = book.prereview.loc[book.prereview["status"] == RISK, "case"].nunique()
    assert f"共{len(drawn | named)}份，其中{risky}份有风险提示" in page.text
    none = assert_sound(prereview_html(view, replace(book, prereview=book.prereview.iloc[:0])))
    assert "没有需要预审的案卷" in none.text
    assert "请在『登记』表中登记（事项填“预审案卷”，对象填案件编号" in none.text


def test_what_the_bureau_states_is_told_where_it_decides_something(book, demo_run):
    """The demo: three dates, a tie of two for 15 August, a file, a notice."""
    used = book.registrations.groupby("matter")["used"].agg(list).to_dict()
    assert used == {
        "时间节点": ["时间节点"] * 3,
        "并列定序": ["截至8月15日的参赛人员名单"] * 2,
        "预审案卷": ["报送案卷预审"],
        "其他": ["仅供知悉"],
    }
    dates = book.calendar.set_index("id")
    assert list(dates["status"]) == ["已完成", "已完成", "逾期", "迟办", "待登记"]
    assert dates.loc["self-unit", "done_on"] == "2024-10-12"
    chapter = parse((demo_run / "06_campaign.html").read_text("utf-8"))
    door = parse((demo_run / "index.html").read_text("utf-8"))
    for page in (chapter, door):
        assert "6月18日完成（登记DJ2024001，经办人综合执法科，依据送文回执），按时" in page.text
        assert (
            "请在『登记』表中登记（事项填“时间节点”，"
            "对象填“完成全局自评，年度总结报告和佐证材料送市局”，日期填完成的日期）"
        ) in page.text
    for row in book.registrations.to_dict("records"):
        assert row["registration"] in chapter.text
    assert "inputs/%E6%B4%BB%E5%8A%A8/%E7%99%BB%E8%AE%B0.xlsx" in chapter.values("href")


def test_the_merit_page_names_the_first_ten_of_the_city(book, view):
    page = assert_sound(merit_html(view, book, RULES))
    proposed = book.merit[book.merit["status"] == PROPOSED]
    assert list(proposed["city_rank"]) == [2, 7, 10, 10]
    for code in proposed["candidate"]:
        assert f"statements/officer-{code}.html" in page.values("href")
    leader = view.candidates("officer")["total"].iloc[0]
    assert plain(int(leader)) in page.text
    empty = assert_sound(merit_html(view, replace(book, merit=book.merit.iloc[:0]), RULES))
    assert "『全市成绩』表没有本局人员" in empty.text
    line = {**dict.fromkeys(book.merit.columns, ""), "status": NOT_SUPPLIED, "reason": "没有提供"}
    missing = replace(book, merit=pd.DataFrame([line]))
    assert "没有提供。" in assert_sound(merit_html(view, missing, RULES)).text


def test_the_progress_of_the_demo_counted_by_hand(book, demo_run):
    """As `test_the_weeks_of_the_demo_counted_by_hand` has it: 62 weeks owed by four bureaus."""
    lines = {line.title: line for line in progress_lines(book)}
    study = lines["业务学习"]
    assert study.state == MISSED
    assert study.sentence == (
        "已完成51期、迟办1期、缺10期；所缺：北片执法局6期、西片执法局3期、南片执法局1期"
    )
    assert lines["铁军风采"].state == ON_TIME
    assert (lines["记功嘉奖"].state, lines["记功嘉奖"].sentence) == (ON_TIME, "提请4人")
    assert study.sentence in parse((demo_run / "index.html").read_text("utf-8")).text
    text = parse((demo_run / "05_narrative.html").read_text("utf-8")).text
    assert "业务学习已完成51期、迟办1期、缺10期。" in text
    for line in lines.values():
        file, _, section = line.link.partition("#")
        ids = parse((demo_run / file).read_text("utf-8")).values("id")
        assert not section or section in ids
    assert study.link == "06_campaign.html#五个一"


def test_progress_of_a_county_without_tables_says_so(book):
    def unsupplied(frame):
        owed = frame["status"].where(frame["status"] == NOT_OWED, NO_TABLE)
        return frame.assign(status=owed, reason="没有提供『活动』表，不能判断")

    line = {**dict.fromkeys(book.merit.columns, ""), "status": NOT_SUPPLIED}
    lacking = replace(
        book,
        activities=unsupplied(book.activities),
        publicity=unsupplied(book.publicity),
        prereview=book.prereview.iloc[:0],
        merit=pd.DataFrame([line]),
        calendar=book.calendar.iloc[:0],
    )
    lines = progress_lines(lacking)
    assert {line.state for line in lines} == {"未提供"}
    assert lines[0].sentence == "没有提供『活动』表"
    empty = CampaignView(**{n: getattr(book, n).iloc[:0] for n in TABLES})
    assert [line.title for line in progress_lines(empty)] == ["记功嘉奖"]


def test_hostile_names_stay_text(book, view):
    bad = replace(view, scores=view.scores.assign(name=HOSTILE))
    assert HOSTILE in assert_sound(effectiveness_html(bad, book, RULES)).text
    worse = replace(
        book,
        activities=book.activities.assign(name=HOSTILE, reason=HOSTILE),
        elite=book.elite.assign(name=HOSTILE, reason=HOSTILE),
    )
    files = book.prereview.head(40).assign(case=HOSTILE, check=HOSTILE, reason=HOSTILE)
    worse = replace(worse, prereview=files, merit=book.merit.assign(name=HOSTILE, reason=HOSTILE))
    assert HOSTILE in assert_sound(prereview_html(bad, worse)).text
    assert HOSTILE in assert_sound(merit_html(bad, worse, RULES)).text
    assert HOSTILE in assert_sound(index_html(bad, progress_lines(worse))).text
    quarter = shown.latest_quarter(worse)
    for frame in (
        shown.gaps(worse.activities),
        shown.stretch_counts(worse.activities),
        shown.elite_officers(worse, view, quarter),
        shown.elite_teams(worse, view, quarter),
    ):
        assert HOSTILE not in table_html(frame, points=())


def test_the_heat_map_says_what_it_shows_and_is_the_same_each_time(book):
    figure = stretch_heat(book.activities, "五个一开展情况")
    states = book.activities.loc[book.activities["period"] != "", "status"].value_counts()
    assert f"{MISSING}{states[MISSING]}个" in alt_text(figure)
    assert png(figure) == png(stretch_heat(book.activities, "五个一开展情况"))
    nothing = stretch_heat(book.activities.iloc[:0], "五个一开展情况")
    assert alt_text(nothing) == "五个一开展情况：没有可画的期次"


def test_the_tables_of_a_county_without_anything_are_empty(book, view):
    empty = CampaignView(**{n: getattr(book, n).iloc[:0] for n in TABLES})
    assert shown.latest_quarter(empty) == ""
    assert month_table(empty, view, "unit", "2024-10").empty
    assert shown.stretch_grid(empty.activities, [LEAD]).empty
    assert shown.rollover_table(empty, view.rubric).empty
    assert_sound(effectiveness_html(view, empty, RULES))


def test_only_quarters_that_are_over_propose_somebody(book, view):
    chosen = shown.elite_chosen(book, view)
    assert "2024Q4" not in set(chosen["季度"])
    assert shown.latest_quarter(book) == "2024Q3"
    assert (chosen.groupby("季度").size() >= RULES.nominations).all()


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"activities\.csv"):
        load_campaign(tmp_path)


def test_the_chapter_tells_every_risk_found_and_every_proposal(demo_run, book):
    text = parse((demo_run / "06_campaign.html").read_text(encoding="utf-8")).text
    risky = book.prereview[book.prereview["status"] == RISK]
    assert len(risky) > 30
    assert len(book.merit) == 6
    named = CodesAsNames(open_run(demo_run)).words
    for reason in [*map(named, risky["reason"]), *book.merit["reason"]]:
        assert reason in text
