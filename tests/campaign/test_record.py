"""The campaign in the demo county's record: its files, pages and figures."""

from dataclasses import replace

import pytest

from dalian_eval.campaign.activities import DONE, LATE, MISSING, NOT_OWED
from dalian_eval.campaign.rules import LEAD, METRICS
from dalian_eval.errors import UsageError
from dalian_eval.record.folder import open_run
from dalian_eval.report import campaign as shown
from dalian_eval.report.campaign import CampaignView, load_campaign
from dalian_eval.report.campaign_figures import stretch_heat
from dalian_eval.report.effectiveness import effectiveness_html, month_table
from dalian_eval.report.images import alt_text, png
from dalian_eval.report.tables import table_html
from dalian_eval.report.view import RunView
from tests.campaign.frames import RULES
from tests.report.pages import assert_sound

HOSTILE = "<script>alert(1)</script>"


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


def test_hostile_names_stay_text(book, view):
    bad = replace(view, scores=view.scores.assign(name=HOSTILE))
    assert HOSTILE in assert_sound(effectiveness_html(bad, book, RULES)).text
    worse = replace(
        book,
        activities=book.activities.assign(name=HOSTILE, reason=HOSTILE),
        elite=book.elite.assign(name=HOSTILE, reason=HOSTILE),
    )
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
    empty = CampaignView(**{n: getattr(book, n).iloc[:0] for n in shown.FILES})
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
