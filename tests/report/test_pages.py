from dataclasses import replace

import pandas as pd
import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.report.base.file_names import statement_file
from dalian_eval.report.base.points import plain
from dalian_eval.report.door.door_page import index_html
from dalian_eval.report.door.refused_page import refused_html
from dalian_eval.report.statements.account import statement_of
from dalian_eval.report.statements.statement_pages import statement_html
from dalian_eval.report.views.run_view import RunView, load_view
from tests.report.conftest import OUTCOMES
from tests.report.pages import assert_sound


def everybody(view: RunView) -> list[tuple[str, str]]:
    return list(view.scores[["kind", "candidate"]].itertuples(index=False, name=None))


def test_every_account_adds_up_and_shows_its_total(view, early):
    for run in (view, early):
        for kind, candidate in everybody(run):
            made = statement_of(run, kind, candidate)
            assert made.adds_up
            page = assert_sound(statement_html(run, kind, candidate))
            assert f"总分{plain(int(made.score['total']))}" in page.text
            assert "不一致" not in page.text


def test_a_statement_shows_every_entry_once(view):
    for kind, candidate in everybody(view)[:3] + everybody(view)[-3:]:
        page = assert_sound(statement_html(view, kind, candidate))
        entries = view.rows_of("ledger", kind, candidate)
        shown = [i for i in page.values("id") if i.startswith("E0")]
        assert sorted(shown) == sorted(entries["entry"])
        for reason in entries["reason"]:
            assert reason in page.text


def test_an_account_that_does_not_add_up_says_so(view):
    ledger = view.ledger.copy()
    first = ledger.index[(ledger["candidate"] == "D01") & (ledger["points"] > 0)][0]
    ledger.loc[first, "points"] += 1
    page = assert_sound(statement_html(replace(view, ledger=ledger), "unit", "D01"))
    assert "账目合计与总分不一致" in page.text


def test_statements_name_what_is_missing_vetoed_and_settled(view):
    states = dict(zip(view.scores["candidate"], view.scores["status"], strict=True))
    for kind, candidate in everybody(view):
        text = assert_sound(statement_html(view, kind, candidate)).text
        assert ("已被否决" in text) == (states[candidate] == "vetoed")
        assert ("待补条款（" in text) == bool(statement_of(view, kind, candidate).open)
        entries = view.rows_of("ledger", kind, candidate)
        assert ("封顶冲减：" in text) == (entries["rule"] == "封顶冲减").any()


def test_missing_tables_are_named(view):
    without = replace(view, sources=view.sources[view.sources["table"] != "equipment"])
    assert without.missing_tables("unit", "unit.team.equipment.standard") == ["equipment"]
    clauses = without.clauses.copy()
    clauses.loc[clauses["clause"] == "unit.team.equipment.standard", "status"] = "unavailable"
    page = index_html(replace(without, clauses=clauses))
    assert "没有提供『装备』表" in assert_sound(page).text


def test_the_door_is_sound_small_and_leads_everywhere(view, early):
    for run in (view, early):
        html = index_html(run)
        page = assert_sound(html)
        assert len(html.encode()) < 300_000
        links = set(page.values("href"))
        for kind, candidate in everybody(run):
            assert f"statements/{statement_file(kind, candidate)}" in links
        for name in ("01_clean.html", "05_narrative.html", "scores.csv", "quarantine.html"):
            assert name in links
        for name in run.scores["name"]:
            assert name in page.text


def test_the_door_tells_of_correction_workbooks_and_misses_no_table_in_them(view):
    told = {
        "file": "甲.xlsx",
        "sheet": "更正",
        "status": "corrections",
        "table": "",
        "note": "改 3",
    }
    sheets = pd.concat([view.sheets, pd.DataFrame([told])], ignore_index=True)
    meta = {**view.meta, "files": {**view.meta["files"], "甲.xlsx": "0" * 64}}
    text = assert_sound(index_html(replace(view, sheets=sheets, meta=meta))).text
    assert "甲.xlsx：改 3，见隔离与更正" in text
    assert "没有读到可用的表：甲.xlsx" not in text


def test_the_door_names_ties_and_vetoes_and_ranges(view):
    text = assert_sound(index_html(view)).text
    tied = view.scores[view.scores["rank"].notna()]
    groups = tied.groupby(["kind", "rank"]).size()
    assert (groups > 1).any() == ("个并列" in text)
    assert "不参加排名，得分照常计算" in text
    for low, high in zip(view.scores["total_low"], view.scores["total_high"], strict=True):
        if low != high:
            assert f"{plain(low)}～{plain(high)}" in text


def test_a_reading_that_is_not_the_default_is_marked(view):
    chosen = {**view.meta["readings"], "top_half": "floor"}
    page = assert_sound(index_html(replace(view, meta={**view.meta, "readings": chosen})))
    assert "本次有1处口径不同于默认" in page.text
    assert "各处口径均为默认" in assert_sound(index_html(view)).text


def test_hostile_data_stays_text(hostile):
    for html in (
        index_html(hostile),
        statement_html(hostile, "unit", "D01"),
        statement_html(hostile, "officer", hostile.scores["candidate"].iloc[0]),
        refused_html(hostile.meta | {"rubric": {"title": "<b>", "source": ""}}, hostile.validation),
    ):
        page = assert_sound(html)
        assert "<script>alert(1)</script>" in page.text


def test_the_same_run_gives_the_same_bytes(view, run_folder, rubric):
    again = load_view(run_folder, rubric)
    assert index_html(view) == index_html(again)
    assert statement_html(view, "unit", "D01") == statement_html(again, "unit", "D01")


def test_refused_page_names_the_rows_and_the_cure(view):
    blocking = [{**OUTCOMES[0], "severity": "blocking"}, OUTCOMES[1]]
    page = assert_sound(refused_html(view.meta, {"outcomes": blocking}))
    assert "1项必须通过的检查没有通过" in page.text
    assert "核对后重新导出" in page.text
    assert "a b.xlsx" in page.text
    assert "第5～6行" in page.text


def test_unknown_candidates_and_missing_files_are_told(view, tmp_path, rubric):
    with pytest.raises(UsageError, match="没有候选对象『X』"):
        statement_html(view, "unit", "X")
    with pytest.raises(UsageError, match=r"scores\.csv"):
        load_view(tmp_path, rubric)


def test_a_run_without_candidates_still_has_a_door(view):
    empty = {
        name: getattr(view, name).iloc[:0]
        for name in ("scores", "clauses", "ledger", "monthly", "draw", "quarantine", "sources")
    }
    page = assert_sound(index_html(replace(view, **empty)))
    assert "没有参加排名的集体" in page.text
