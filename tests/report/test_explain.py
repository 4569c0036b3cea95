"""The derivation in the terminal: all of the account, in Chinese, within the columns there are."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dalian_eval.base.errors import UsageError
from dalian_eval.report.base.points import plain
from dalian_eval.report.base.terminal import align_right, hanging, inert, pad_text, wrap_text
from dalian_eval.report.statements.account import statement_of
from dalian_eval.report.statements.case_assignment import case_use
from dalian_eval.report.statements.explanation import explain_lines, find_candidate
from dalian_eval.report.statements.statement_pages import statement_html
from dalian_eval.report.views.chosen_readings import all_readings, readings_of
from dalian_eval.rubric.sentences import rule_sentences
from tests.report.pages import assert_sound
from tests.report.test_pages import everybody

CASED = "06120002"
"""An officer of the demo county with contested cases."""


def told(view, kind, candidate, clause="", width=80):
    """Return the lines of an explanation."""
    made, lines = explain_lines(view, kind, candidate, clause, width)
    assert made.adds_up
    return [line.plain for line in lines]


def squeezed(text):
    """Return text without what layout puts between its words."""
    return re.sub(r"\s", "", text.replace("−", "-"))


@pytest.mark.parametrize("width", [80, 100])
def test_everything_of_every_account_is_told_within_the_columns(view, early, width):
    for run in (view, early):
        for kind, candidate in everybody(run):
            lines = told(run, kind, candidate, width=width)
            assert max(map(cell_len, lines)) <= width
            text = squeezed("".join(lines))
            for reason in run.rows_of("ledger", kind, candidate)["reason"]:
                assert squeezed(reason) in text
            total = plain(int(run.score_of(kind, candidate)["total"]))
            assert f"总分{total}" in text


def test_every_item_is_the_sum_it_shows(view, early):
    def check(node):
        if not node.is_clause:
            assert node.below + sum(e.points for e in node.entries) == node.points
        for part in node.parts:
            check(part)

    for run in (view, early):
        for kind, candidate in everybody(run):
            for item in statement_of(run, kind, candidate).items:
                check(item)


def test_a_clause_is_told_with_rule_readings_evidence_and_cap(view):
    kind, candidate = "unit", "D01"
    section = view.section(kind)
    text = squeezed("".join(told(view, kind, candidate)))
    rows = view.rows_of("clauses", kind, candidate).set_index("clause")
    for name, clause in section.clauses.items():
        rules = rule_sentences(clause, section, view.rubric.period)
        for part in (name, clause.title, clause.locator, *rules):
            assert squeezed(part) in text
        for reading in readings_of(view, name):
            assert squeezed(f"口径{reading.title}：{reading.option}（默认）") in text
        if clause.rule not in ("void", "veto"):
            awarded = plain(int(rows["awarded"][name])).replace("−", "-")
            cut = rows["awarded"][name] != rows["points"][name]
            assert (f"封顶前{awarded}分" in text) or not cut
    made = statement_of(view, kind, candidate)
    for item in made.items:
        for leaf in item.leaves():
            for entry in leaf.entries:
                for place in entry.evidence:
                    assert squeezed(f"{place.table}：{place.text}") in text


def test_a_cap_is_told_before_and_after(view):
    clause = "officer.honour.titles"
    lines = told(view, "officer", CASED, clause)
    cap = "封顶冲减：共得6分，最多得4分，多得的2分不计"
    assert any(cap in line and "-2.00" in line for line in lines)
    assert any("封顶前6.00分，本条封顶冲减-2.00分，封顶后4.00分" in line for line in lines)


def test_one_clause_alone_names_what_is_above_it(view):
    lines = told(view, "unit", "D03", "unit.air.remote")
    text = "\n".join(lines)
    assert "位于  大气监督帮扶" in text
    assert "大气监督帮扶得" in text
    assert "unit.team" not in text
    assert "待补" in text
    assert lines[-1].strip().startswith("台账")


def test_an_item_tells_all_below_it_and_nothing_else(view):
    nodes = view.section("officer").nodes
    text = "\n".join(told(view, "officer", CASED, "officer.cases"))
    for name in nodes:
        shown = re.search(rf"^\s*{re.escape(name)}$", text, re.MULTILINE) is not None
        assert shown == (name == "officer.cases" or name.startswith("officer.cases."))
    assert "案卷抽取" in text
    assert "同一案件不重复使用" in text
    assert "同一案件不重复使用" not in "\n".join(told(view, "officer", CASED, "officer.honour"))


def test_the_root_is_the_whole(view):
    assert told(view, "unit", "D01", "unit") == told(view, "unit", "D01")


def test_a_reading_that_is_not_the_default_is_told_on_page_and_terminal(view):
    chosen = {**view.meta["readings"], "talent": "sum"}
    changed = replace(view, meta={**view.meta, "readings": chosen})
    assert [r.name for r in all_readings(changed) if r.changed] == ["talent"]
    text = squeezed("".join(told(changed, "officer", CASED)))
    assert "多个人才师资库：累加，最高2分（另选，默认为取最高一项）" in text
    page = assert_sound(statement_html(changed, "officer", CASED)).text
    assert "口径·多个人才师资库：累加，最高2分 另选（默认为取最高一项）" in page


def test_a_statement_shows_caps_and_readings_of_every_clause(view):
    for kind, candidate in (("unit", "D01"), ("officer", CASED)):
        text = assert_sound(statement_html(view, kind, candidate)).text
        made = statement_of(view, kind, candidate)
        for item in made.items:
            for leaf in item.leaves():
                settled = [entry.reason for entry in leaf.entries if entry.settles]
                assert bool(settled) == bool(leaf.outcome)
                assert all(reason in text for reason in settled)
                for reading in leaf.readings:
                    assert f"口径·{reading.title}：{reading.option} 默认" in text


def test_no_case_twice_is_shown_with_the_next_best(view):
    shown = 0
    for kind, candidate in everybody(view):
        use = case_use(view, kind, candidate)
        page = assert_sound(statement_html(view, kind, candidate)).text
        lines = told(view, kind, candidate)
        assert ("同一案件不重复使用" in page) == (use is not None)
        if use is None:
            continue
        shown += 1
        assert use.total == view.score_of(kind, candidate)["total"]
        assert f"{use.told}。" in page
        assert squeezed(use.told) in squeezed("".join(lines))
        for case in use.cases:
            assert case.case in page
            assert case.serves in case.qualifies
            assert squeezed(f"{case.case}：现用于{case.serves}") in squeezed("".join(lines))
        assert [r.name for r in use.readings] == ["case_overlap"]
    assert shown > 5


def test_a_case_use_without_a_next_best_says_so(view):
    rows = view.assignments.assign(next_serves=False, next_points=None, next_total=None)
    use = case_use(replace(view, assignments=rows), "officer", CASED)
    assert use is not None
    assert use.following is None
    assert "没有各项得分与此不同的其他归属" in use.told
    assert all(not case.following for case in use.cases)


def test_hostile_text_commands_no_terminal(hostile, view):
    lines = told(hostile, "unit", "D01")
    assert max(map(cell_len, lines)) <= 80
    evil = "\x1b[2J\x1b]0;x\x07 \u202e甲\r乙\n丙\u0085丁"
    ledger = view.ledger.assign(reason=evil, evidence="cases:%1B%5B31m.csv#%0A!7")
    named = view.scores.assign(name=evil)
    for line in told(replace(view, ledger=ledger, scores=named), "unit", "D01"):
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", line)


def test_a_chinese_console_can_show_all_of_it(view):
    """Windows consoles in China speak GBK: no minus sign, no arrow that it lacks."""
    for clause in ("", "unit.digital.offsite.lead_handling"):
        "\n".join(told(view, "unit", "D01", clause)).encode("gbk")


def test_an_account_that_does_not_add_up_says_so(view):
    ledger = view.ledger.copy()
    first = ledger.index[(ledger["candidate"] == "D01") & (ledger["points"] > 0)][0]
    ledger.loc[first, "points"] += 1
    made, lines = explain_lines(replace(view, ledger=ledger), "unit", "D01", "", 80)
    assert not made.adds_up
    assert any("不得作为依据" in line.plain for line in lines)


# ---- who and what is meant ---------------------------------------------------------------


def test_a_candidate_is_found_by_code_or_name(view):
    assert find_candidate(view, "D01") == ("unit", "D01")
    assert find_candidate(view, "东片执法局") == ("unit", "D01")
    name = str(view.score_of("officer", CASED)["name"])
    assert find_candidate(view, name) == ("officer", CASED)


def test_a_name_that_several_have_lists_them(view):
    scores = view.scores.assign(name=view.scores["name"].where(view.scores["kind"] == "unit", "甲"))
    with pytest.raises(UsageError, match=r"『甲』有30个候选对象：甲（个人 06120002）、"):
        find_candidate(replace(view, scores=scores), "甲")


def test_an_unknown_candidate_names_the_nearest(view):
    with pytest.raises(UsageError, match="是不是 东片执法局（集体 D01）"):
        find_candidate(view, "东片执法")
    with pytest.raises(UsageError, match=r"没有候选对象『某人』。请写"):
        find_candidate(view, "某人")


@pytest.mark.parametrize(
    ("clause", "named"),
    [
        ("unit.digitl.offsite", "unit.digital.offsite（"),
        ("lead_handling", "unit.digital.offsite.lead_handling（线索查办）"),
        ("线索查办", "unit.digital.offsite.lead_handling（线索查办）"),
        ("zzz", "各项为：unit.team、unit.digital"),
    ],
)
def test_an_unknown_clause_names_the_nearest(view, clause, named):
    with pytest.raises(UsageError, match=re.escape(f"集体细则没有条款『{clause}』")) as caught:
        explain_lines(view, "unit", "D01", clause, 80)
    assert named in str(caught.value)


def test_a_record_that_lacks_rows_is_told(view):
    without = replace(view, clauses=view.clauses.iloc[:0])
    with pytest.raises(UsageError, match="得分或台账不完整"):
        explain_lines(without, "unit", "D01", "", 80)
    broken = replace(view, ledger=view.ledger.assign(evidence="x"))
    with pytest.raises(UsageError, match="得分或台账不完整"):
        explain_lines(broken, "unit", "D01", "", 80)


# ---- lines -------------------------------------------------------------------------------


@given(st.text(max_size=200), st.integers(2, 40))
def test_wrapping_loses_nothing_and_keeps_the_width(text, width):
    safe = inert(text)
    lines = wrap_text(safe, width)
    assert all(cell_len(line) <= width for line in lines)
    assert squeezed("".join(lines)) == squeezed(safe)


def test_lines_break_where_chinese_may():
    assert wrap_text("得分，扣分。", 6) == ["得分，", "扣分。"]
    assert wrap_text("得分，扣分。", 4) == ["得", "分，", "扣", "分。"]
    for line in wrap_text("（甲乙）丙丁，戊己。『庚』" * 9, 11):
        assert line[0] not in "，。）』"
        assert line[-1] not in "（『"
    assert wrap_text("数据 2024-10-31 完", 12) == ["数据", "2024-10-31", "完"]
    assert wrap_text("", 5) == [""]


def test_columns_count_wide_characters_twice():
    assert pad_text("甲a", 5) == "甲a  "
    assert pad_text("甲a", 5, right=True) == "  甲a"
    assert align_right("甲", "1.00", 10) == ["甲    1.00"]
    assert align_right("甲乙丙", "1.00", 10) == ["甲乙丙", "      1.00"]
    assert hanging("依据", "甲乙丙丁戊己", 18, 2, 6) == ["  依据  甲乙丙丁戊", "        己"]
