"""The five sentences at the head of the door: each number is that of the tables."""

import csv
from dataclasses import replace

import pytest

from dalian_eval.outputs.words import KINDS
from dalian_eval.record.folder import open_run
from dalian_eval.report.base.points import plain
from dalian_eval.report.campaign.work_progress import MISSING, ON_TIME, ProgressLine
from dalian_eval.report.certificates.certificate_view import load_certified
from dalian_eval.report.changes.comparison_page import news
from dalian_eval.report.door.in_brief import in_brief
from tests.report.conftest import HOSTILE
from tests.report.counties import nobody
from tests.report.pages import parse
from tests.report.test_changes import comparison_of


def told(view, *, comparison=None, certified=None, progress=(), failed=0):
    brought = {KINDS[kind]: news(view, kind) for kind in view.rubric.kinds}
    lines = in_brief(view, comparison or brought, certified, progress, failed)
    return {word: parse(str(text)).text for word, text in lines}


def test_five_sentences_with_who_leads_and_by_how_much(view):
    found = told(view)
    assert list(found) == ["变化", "集体", "个人", "不确定", "要做"]
    for kind, word in (("unit", "集体"), ("officer", "个人")):
        rows = view.scores[(view.scores["kind"] == kind) & view.scores["rank"].notna()]
        rows = rows.sort_values("rank")
        first, second = rows.iloc[0], rows.iloc[1]
        ahead = plain(int(first["total"]) - int(second["total"]))
        assert found[word] == (
            f"第一名是{first['name']}，{plain(int(first['total']))}分，比第2名{second['name']}多{ahead}分"
        )


def test_ties_at_the_head_are_said(view):
    scores = view.scores.copy()
    units = scores["kind"] == "unit"
    scores.loc[units & scores["rank"].isin([1, 2]), "rank"] = 1
    assert "并列，" in told(replace(view, scores=scores))["集体"]


def test_without_a_run_before_the_month_speaks(view, early):
    assert "没有上次运行可比" in told(view)["变化"]
    assert "没有上次运行可比" in told(early)["变化"]


def test_with_a_run_before_the_largest_move_of_each_kind_is_named(view):
    found = told(view, comparison=comparison_of(view, "某甲"))
    assert found["变化"].startswith("与上次相比3个对象总分有变化")
    assert "个人变动最大的是某甲（+1.00分）" in found["变化"] or "（−1.00分）" in found["变化"]


def test_what_waits_is_counted_by_rows(view):
    rows = view.quarantine.drop_duplicates(["file", "sheet", "row"])
    late = ProgressLine("日常工作", MISSING, "缺1期", "06_campaign.html")
    done = replace(late, state=ON_TIME)
    found = told(view, progress=(late, done), failed=3)["要做"]
    assert found.startswith(f"{len(rows)}行资料待更正，3项数据检查有提醒，1项")


def test_nobody_and_nothing(view):
    found = told(nobody(view))
    assert list(found) == ["变化", "不确定", "要做"]
    assert found["不确定"] == "没有：各条款资料齐全"


def test_names_are_text(view):
    bad = replace(view, scores=view.scores.assign(name=HOSTILE))
    for _, text in in_brief(bad, comparison_of(bad, HOSTILE), None, (), 0):
        assert "<script" not in text


@pytest.mark.parametrize("kind", ["unit", "officer"])
def test_ranks_that_hang_on_a_reading_are_those_of_sensitivity(demo_run, kind):
    view = open_run(demo_run)
    with (demo_run / "sensitivity.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [r for r in csv.DictReader(stream) if r["kind"] == kind and r["certain"] != "是"]
    certified = load_certified(demo_run, view.rubric)
    found = told(view, certified=certified)["不确定"]
    word = {"unit": "集体", "officer": "个人"}[kind]
    assert (f"{word}{len(rows)}个" in found) == bool(rows)
    waiting = sum(
        low != high
        for low, high in zip(view.scores["total_low"], view.scores["total_high"], strict=True)
    )
    assert (f"{waiting}个的总分待补齐资料" in found) == bool(waiting)
