"""Ways through a record: names lead to accounts, accounts to their neighbours, months to totals."""

from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest

from dalian_eval.base.csvfile import read_csv
from dalian_eval.report.base.page import running
from dalian_eval.report.base.standalone_page import without_outer_links
from dalian_eval.report.base.tables import table_html
from dalian_eval.report.door.door_page import index_html
from dalian_eval.report.notebook import notebook_frames
from dalian_eval.report.statements.statement_pages import statement_html
from dalian_eval.report.views.account_links import (
    CodesAsNames,
    account_links,
    early_links,
    linked_names,
)
from dalian_eval.report.views.month_totals import trend_of
from dalian_eval.report.views.neighbours import neighbours_of
from tests.report.conftest import HOSTILE
from tests.report.pages import assert_sound, parse


def everybody(view):
    return list(view.scores[["kind", "candidate"]].itertuples(index=False, name=None))


# ---- names in tables -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda view: (notebook_frames.ranking(view, "officer"), "officer"),
        lambda view: (notebook_frames.item_points(view, "unit"), "unit"),
        lambda view: (notebook_frames.outlook(view, "officer"), "officer"),
        lambda view: (notebook_frames.settlement_entries(view), ""),
        lambda view: (notebook_frames.draw_table(view), ""),
        lambda view: (notebook_frames.assignments(view), ""),
    ],
)
def test_names_and_codes_lead_to_the_account(view, make):
    frame, kind = make(view)
    links = account_links(view, kind)
    kinds = {"集体": "unit", "个人": "officer"}
    assert len(frame)
    for row in frame.to_dict("records"):
        to = view.link(kind or kinds[row["类别"]], row["代码"])
        assert links["名称"](row) == links["代码"](row) == to
    shown = parse(table_html(frame, links=links)).values("href")
    assert view.link(kind or kinds[frame.iloc[0]["类别"]], frame.iloc[0]["代码"]) in shown


def test_who_is_no_candidate_has_no_account(view):
    links = account_links(view, "unit")
    assert links["名称"]({"代码": "没有", "名称": "某"}) == ""
    assert account_links(view)["对象"]({"对象": "没有"}) == ""
    unit = view.candidates("unit").iloc[0]
    to = view.link("unit", unit["candidate"])
    assert links["单位"]({"单位": unit["name"], "代码": "某人"}) == to
    assert links["单位"]({"单位": "某局", "单位编码": unit["candidate"]}) == to
    twice = replace(view, scores=view.scores.assign(name="同名"))
    assert account_links(twice, "unit")["单位"]({"单位": "同名", "代码": "某人"}) == ""


def test_names_lead_to_the_same_place_before_anything_is_scored(view):
    frames = {}
    for kind, key in (("unit", "unit_id"), ("officer", "officer_id")):
        codes = list(view.candidates(kind)["candidate"])
        taking_part = [True] * len(codes) + [False]
        frames[kind] = pd.DataFrame({key: [*codes, "没有"], "candidate": taking_part})
    for most in (2_000, 10, 0):
        limited = replace(view, meta={**view.meta, "params": {"statements": most}})
        for kind, code in everybody(view):
            early = early_links(kind, frames["unit"], frames["officer"], most)["名称"]
            to = limited.link(kind, code)
            found = early({"代码": code})
            looked_up = kind == "officer" and not limited.has_statements(kind)
            assert found == ("statements/members.html" if looked_up else to)
        assert early({"代码": "没有"}) == ""


# ---- neighbours ----------------------------------------------------------------------------


def test_everybody_is_reached_from_the_first_by_going_on(view):
    for kind in ("unit", "officer"):
        codes = list(view.candidates(kind)["candidate"])
        around = [neighbours_of(view, kind, code) for code in codes]
        assert around[0].before is None
        assert around[-1].after is None
        for (a, here), (b, there) in pairwise(zip(codes, around, strict=True)):
            assert here.after[1] == view.link(kind, b)
            assert there.before[1] == view.link(kind, a)


def test_a_unit_leads_to_its_officers_and_they_to_it(view):
    parents = {"X1": "D02"}
    people = view.scores["kind"] == "officer"
    scores = view.scores.copy()
    first, second = scores.index[people][:2]
    scores.loc[first, "unit"], scores.loc[second, "unit"] = "X1", "没有"
    moved = replace(view, scores=scores, meta={**view.meta, "parents": parents})
    own = neighbours_of(moved, "unit", "D02")
    lower = scores.loc[first]
    assert (lower["name"], moved.link("officer", lower["candidate"])) in own.officers
    around = neighbours_of(moved, "officer", lower["candidate"])
    assert around.unit == (moved.unit_name("D02"), moved.link("unit", "D02"))
    assert neighbours_of(moved, "officer", scores.loc[second, "candidate"]).unit is None


def test_a_page_handed_on_names_nobody_beside(view):
    page = statement_html(view, "unit", "D02")
    around = neighbours_of(view, "unit", "D02")
    names = {"statements/unit-D02.html"}
    assert f"前一名：{around.before[0]}" in page or f"后一名：{around.after[0]}" in page
    alone = without_outer_links(page, "statements/unit-D02.html", names)
    assert "前一名：" not in alone
    assert "后一名：" not in alone


# ---- trend ---------------------------------------------------------------------------------


def test_months_and_the_rest_add_up_to_the_total(view, early):
    for run in (view, early):
        totals = run.scores.set_index(["kind", "candidate"])["total"]
        for kind, candidate in everybody(run):
            trend = trend_of(run, kind, candidate)
            assert [m.month for m in trend.months] == list(run.months)
            assert sum(m.points for m in trend.months) + trend.undated == trend.total
            assert trend.total == totals[(kind, candidate)]
            assert trend.months[-1].sum == trend.total - trend.undated
            mine = run.rows_of("ledger", kind, candidate)
            for month in trend.months:
                assert month.points == mine.loc[mine["month"] == month.month, "points"].sum()


def test_the_trend_stands_on_the_statement_and_the_door(view):
    assert "逐月得分" in assert_sound(statement_html(view, "unit", "D02")).text
    door = assert_sound(index_html(view))
    assert door.text.count("不分月份") >= 2


# ---- paper ---------------------------------------------------------------------------------


def test_a_running_head_is_no_way_into_the_style(view):
    hostile = '"; } </style><script>alert(1)</script>' + HOSTILE
    strings = running(hostile, hostile).split('"')[1::2]
    assert len(strings) == 2
    assert all(set(s) <= set("\\0123456789abcdef ") for s in strings)
    named = replace(view, scores=view.scores.assign(name=hostile))
    assert_sound(statement_html(named, "unit", "D02"))


class Cells(HTMLParser):
    """The cells of a page's tables that hold a text and no link; heads of columns left out."""

    def __init__(self):
        super().__init__()
        self.cell = None
        self.unlinked = []

    def handle_starttag(self, tag, attrs):
        if tag in ("td", "th") and ("scope", "col") not in attrs:
            self.cell = ["", False]
        if tag == "a" and self.cell is not None:
            self.cell[1] = True

    def handle_data(self, data):
        if self.cell is not None:
            self.cell[0] += data

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None:
            text, linked = self.cell
            self.unlinked += [] if linked else [text.strip()]
            self.cell = None


def test_every_name_in_a_table_of_the_record_leads_to_the_account(demo_run):
    """Their own statements, and the raw spellings that intake quotes, are no way to anybody."""
    scores = read_csv(demo_run / "scores.csv")
    names = {*scores["name"][~scores["name"].duplicated(keep=False)]}
    seen = 0
    for page in sorted(demo_run.glob("*.html")):
        cells = Cells()
        cells.feed(page.read_text(encoding="utf-8"))
        seen += 1
        assert page.name == "01_clean.html" or not names & {*cells.unlinked}, page.name
    assert seen > 12


def test_codes_in_a_sentence_are_told_as_names(view):
    named = CodesAsNames(view)
    officer = view.candidates("officer").iloc[0]
    told = f"上级抽取（个人{officer['candidate']}），单位D01，个人D011，个人99999999"
    words = f"上级抽取（个人{officer['name']}），单位东片执法局，个人D011，个人99999999"
    assert named.words(told) == words
    assert named.link(told) == view.link("officer", officer["candidate"])
    assert named.link("没有代码") == ""
    page = parse(f"<p>{named.linked(told)}</p>")
    assert page.text == words
    assert page.values("href") == [view.link("officer", officer["candidate"]), named.link("D01")]


def test_a_name_that_two_bear_leads_nowhere_and_no_data_becomes_markup(view):
    rows = view.candidates("officer").head(3).copy()
    rows["name"] = ["<b>甲", "乙", "乙"]
    told = linked_names(view, "officer", rows, "第1名<b>甲、乙")
    code = rows["candidate"].iloc[0]
    link = view.link("officer", code)
    assert told == f'第1名<a href="{link}">&lt;b&gt;甲</a>、乙'
    assert linked_names(view, "officer", rows.iloc[:0], "<i>") == "&lt;i&gt;"
