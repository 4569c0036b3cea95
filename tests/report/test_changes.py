"""Pages about changes and decisions: sound, escaped, and every sum as it is."""

from dataclasses import replace

import pandas as pd

from dalian_eval.report.changes.comparison import (
    CHANGED,
    DATA,
    PROGRAM,
    SETTINGS,
    CandidateChange,
    Comparison,
    OneSidedEntry,
    Part,
    RowChange,
    Setting,
    Standing,
)
from dalian_eval.report.changes.comparison_page import changes_html, news
from dalian_eval.report.changes.comparison_text import changes_frame, changes_lines
from dalian_eval.report.door.door_page import index_html
from dalian_eval.report.statements.explanation import explain_lines
from dalian_eval.report.statements.reviewer_decisions import decisions_of
from dalian_eval.report.statements.statement_pages import statement_html
from dalian_eval.report.views.evidence import parse_origins
from tests.report.conftest import HOSTILE
from tests.report.pages import assert_sound


def comparison_of(view, text: str) -> Comparison:
    """Two runs of which the later one is `view`, every text that comes from data being `text`."""
    row = RowChange(
        "cases", text, CHANGED, "cases:a.csv#!2", "cases:a.csv#!3", ((text, text, text),)
    )
    entry = OneSidedEntry(
        "2024-10", 5_000, text, True, parse_origins("cases:a.csv#!3 cases:b.csv#!1")
    )
    clause = "officer.cases.key_fields"
    setting = Setting(text, text, text)
    parts = (
        Part(clause, "关键领域", "按件计分", DATA, 5_000, (entry,), rows=(row,), row_count=1),
        Part(clause, "关键领域", "封顶冲减", DATA, -1_000, settles=True),
        Part(clause, "关键领域", "按件计分", SETTINGS, 200, settings=(setting,)),
        Part(clause, "关键领域", "按件计分", PROGRAM, 1),
    )
    codes = list(view.candidates("officer")["candidate"][:3])
    old, new = Standing(10_000, 3, "scored"), Standing(14_201, None, "vetoed")
    changes = (
        CandidateChange("officer", codes[0], text, old, new, parts),
        CandidateChange("officer", codes[1], text, None, old, ()),
        CandidateChange("officer", codes[2], text, old, None, ()),
    )
    return Comparison(
        before=view.meta,
        after=view.meta,
        settings=(setting,),
        counts={"cases": (0, 0, 1)},
        supplied=("荣誉",),
        candidates=changes,
        unmoved=1,
        rows={"cases": (row,)},
    )


def test_the_page_of_changes_is_sound(view):
    page = assert_sound(changes_html(comparison_of(view, HOSTILE), view))
    assert page.text.count("<script>alert(1)</script>") >= 10
    assert "+0.4201" in page.text
    assert "1.00 → 1.4201" in page.text
    assert "第3名 → 不参加排名" in page.text
    alone = assert_sound(changes_html(comparison_of(view, "某")))
    assert "index.html" not in alone.values("href")


def test_the_door_shows_changes_or_what_the_month_brought(view):
    page = assert_sound(index_html(view, comparison=comparison_of(view, HOSTILE)))
    assert "较上次运行的变化" in page.text
    assert "关键领域+0.50（资料），关键领域封顶冲减−0.10（资料）" in page.text
    assert "changes.html" in page.values("href")
    page = assert_sound(index_html(view))
    assert "没有上次运行可比" in page.text
    assert "changes.html" not in page.values("href")


def test_what_the_month_brought_is_the_sum_of_its_entries(view):
    for kind in ("unit", "officer"):
        rows = news(view, kind)
        assert rows
        mine = view.ledger[(view.ledger["kind"] == kind) & (view.ledger["month"] == "2024-10")]
        names = view.scores.set_index("candidate")["name"].to_dict()
        sums = mine.groupby(mine["candidate"].map(names))["points"].sum()
        assert all(sums[row["name"]] == row["points"] for row in rows)


def test_csv_and_terminal_say_the_same(view):
    comparison = comparison_of(view, "某")
    frame = changes_frame(comparison)
    assert list(frame["points"]) == [5000, -1000, 200, 1, 0, 0]
    assert set(frame["difference"]) == {4201, 10_000, -10_000}
    lines = [str(line) for line in changes_lines(comparison_of(view, "某\x1b[2J"), 60)]
    assert not any("\x1b" in line for line in lines)
    assert any("程序" in line for line in lines)


def test_an_appeal_stands_with_its_answer(view):
    appeal, kept = decisions_of(view, "unit", "D03")[0], decisions_of(view, "officer", "06120032")
    assert (appeal.kind, appeal.outcome) == ("申诉受理", "改正（+0.20分，10月21日）")
    assert [a.id for a in appeal.answers] == ["FH2024002"]
    assert kept[0].outcome == "维持（不改变得分，10月24日）"
    page = assert_sound(statement_html(view, "unit", "D03"))
    assert "复核与申诉" in page.text
    assert "结果：改正（+0.20分，10月21日）" in page.text
    assert "复核与申诉" not in assert_sound(statement_html(view, "unit", "D01")).text
    told = "\n".join(str(line) for line in explain_lines(view, "unit", "D03", "unit.team", 80)[1])
    assert "申诉改正" in told
    assert "结果  改正" in told
    other = explain_lines(view, "unit", "D03", "unit.cases", 80)[1]
    assert not any("申诉" in str(line) for line in other)


def test_decisions_are_escaped_and_may_be_unanswered(view):
    rows = view.decisions[view.decisions["type"] == "申诉受理"]
    texts = dict.fromkeys(("reason", "decided_by", "document"), HOSTILE)
    hostile = replace(view, decisions=rows.assign(**texts))
    page = assert_sound(statement_html(hostile, "unit", "D03"))
    assert page.text.count("<script>alert(1)</script>") >= 3
    assert "已受理，尚未答复" in page.text
    empty = replace(view, decisions=pd.DataFrame(columns=view.decisions.columns, dtype="str"))
    assert decisions_of(empty, "unit", "D03") == ()
