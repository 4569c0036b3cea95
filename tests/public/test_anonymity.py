"""What tells officers apart in the public edition: small frames by hand, and the demo."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from dalian_eval.base.csvfile import read_csv
from dalian_eval.public.anonymity import TOGETHER, blur_officers, standing_alone
from dalian_eval.report.views.run_view import load_view
from dalian_eval.stages.pipeline import open_job
from tests.public.conftest import ROOT

AIR, MONTHLY = "officer.combat.air", "officer.skill.records.monthly"


@pytest.fixture(scope="module")
def view(demo_run):
    return load_view(demo_run, open_job(month="2024-10", raw="data/demo", start=ROOT).rubric)


def with_ledger(view, *entries):
    """The view with these entries: kind, candidate, clause, month, reason."""
    names = ["kind", "candidate", "clause", "month", "reason"]
    rows = pd.DataFrame(entries, columns=names).assign(entry="", points=0, rule="", evidence="")
    return replace(view, ledger=rows)


def blurred(view, *entries, least=2):
    return list(blur_officers(with_ledger(view, *entries), least).ledger["reason"])


def test_a_day_becomes_a_month_that_enough_officers_share(view):
    a = ("officer", "P1", AIR, "", "按期完成（2024-05-03）")
    b = ("officer", "P2", AIR, "", "5月另有一次（2024-05-28）")
    assert blurred(view, a, b) == ["按期完成（2024-05）", "5月另有一次（2024-05）"]


def test_a_month_in_words_is_that_of_the_year_it_leaves_out(view):
    a = ("officer", "P1", AIR, "", "5月3日完成")
    b = ("officer", "P2", AIR, "", "2024年5月28日完成")
    c = ("officer", "P3", AIR, "", "2023年5月28日完成，截至10月31日没有其他记录")
    assert blurred(view, a, b, c) == [
        *("5月完成", "2024年5月完成"),
        "某月完成，截至10月31日没有其他记录",
    ]


def test_a_month_that_too_few_share_is_left_out(view):
    a = ("officer", "P1", AIR, "", "完成（2024-05-03、2024-05-04）")
    b = ("officer", "P2", AIR, "", "完成（2024-06-03）")
    c = ("officer", "P3", AIR, "", "完成（2024年7月9日）")
    assert blurred(view, a, b, c) == ["完成（某月、某月）", "完成（某月）", "完成（某月）"]


def test_the_same_month_of_another_clause_is_another_group(view):
    a = ("officer", "P1", AIR, "", "2024-05-03")
    b = ("officer", "P2", "officer.combat.contest", "", "2024-05-03")
    assert blurred(view, a, b) == ["某月", "某月"]


def test_days_of_everybody_and_of_units_stay(view):
    end = view.rubric.period.end.isoformat()
    a = ("officer", "P1", AIR, "", f"不晚于{end}，没有记录")
    b = ("unit", "D01", "unit.air.onsite", "", "完成（2024-05-03）")
    assert blurred(view, a, b) == [a[-1], b[-1]]


def test_the_month_column_follows_but_for_monthly_clauses(view):
    rows = [
        ("officer", "P1", AIR, "2024-05", "一次"),
        ("officer", "P1", MONTHLY, "2024-05", "5月2条，达标"),
    ]
    assert list(blur_officers(with_ledger(view, *rows), 2).ledger["month"]) == ["", "2024-05"]


@pytest.mark.parametrize(
    ("sizes", "together"),
    [
        ({"D01": 3, "D02": 4}, ""),
        ({"D01": 2, "D02": 3, "D03": 4}, "D01 D02"),  # 2 alone are too few: the next joins them
        ({"D01": 1, "D02": 2, "D03": 4}, "D01 D02"),
        ({"D01": 1, "D02": 1, "D03": 1, "D04": 4}, "D01 D02 D03"),
        ({"D01": 2}, "D01"),
        ({"": 1, "D02": 2, "D03": 4}, " D02"),  # without a unit, and the only one
        ({"": 3, "D02": 4}, ""),
    ],
)
def test_small_units_stand_together(view, sizes, together):
    units = [unit for unit, size in sizes.items() for _ in range(size)]
    like = view.scores[view.scores["kind"] == "officer"].iloc[[0] * len(units)]
    scores = like.assign(unit=units, candidate=[f"P{n}" for n in range(len(units))])
    told = list(blur_officers(replace(view, scores=scores), 3).scores["unit"])
    assert told == [
        TOGETHER if unit in together.split(" ") and together else unit for unit in units
    ]


def test_who_stands_alone_is_counted(view):
    like = view.scores[view.scores["kind"] == "officer"].iloc[[0] * 4]
    scores = like.assign(
        candidate=["P1", "P2", "P3", "P4"],
        total=[10, 10, 10, 20],
        unit=["D01", "D01", "D02", "D02"],
        vetoed=[False, False, False, True],
        status=["scored", "scored", "scored", "deferred"],
    )
    rows = [
        ("officer", "P1", AIR, "", "完成（2024-05）"),
        ("officer", "P1", AIR, "", "完成（2024-05-03）"),
    ]
    certificates = scores[["kind", "candidate"]].assign(
        total_min=["1", "1", "1", "1"],
        total_max=["2", "2", "2", "2"],
        rank_best=["1", "1", "1", "2"],
        rank_worst=["4", "4", "4", "4"],
        vetoed=["否", "视口径", "视口径", "否"],
    )
    draw = pd.DataFrame(
        {
            "kind": "officer",
            "candidate": ["P1", "P2", "P3", "P4"],
            "slot": "ordinary",
            "source": "official",
            "eligible": [2, 2, 2, 5],
            "reason": "",
        }
    )
    small = replace(with_ledger(view, *rows), scores=scores, draw=draw)
    alone = standing_alone(small, certificates, 3)
    assert alone["总分"] == 1
    assert alone["所在单位"] == 4
    assert alone["被否决"] == 1
    assert alone["各种口径下的总分与名次"] == 1
    assert alone["是否否决视口径而定"] == 2
    assert alone["某一条款中的日期"] == 1
    assert alone["得分状态"] == 1
    assert alone["案卷抽取"] == 1
    assert alone["某一条款的说明文字"] == 1


def test_the_edition_tells_no_day_of_an_officer_and_says_who_is_alone(public_run):
    ledger = read_csv(public_run / "ledger.csv")
    meta = json.loads((public_run / "run.json").read_text("utf-8"))
    days = {
        day
        for text in ledger.loc[ledger["kind"] == "officer", "reason"]
        for day in re.findall(r"\d{4}-\d{2}-\d{2}|(?:\d{4}年)?\d+月\d+日", text)
    }
    assert days <= {"2023年11月1日", "2024年10月31日", "10月31日"}
    assert meta["alone"]["group"] == 3
    assert meta["alone"]["某一条款中的日期"] == 0
    assert meta["alone"]["所在单位"] == 0
    assert meta["alone"]["总分"] > 0
    index = (public_run / "index.html").read_text("utf-8")
    assert f"总分：{meta['alone']['总分']}人" in index
    pages = "".join(
        p.read_text("utf-8") for p in (public_run / "statements").glob("officer-*.html")
    )
    assert set(re.findall(r"\d{4}-\d{2}-\d{2}", pages)) <= {"2023-11-01", "2024-10-31"}
