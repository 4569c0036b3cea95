"""What 并排比较 says of every candidate is what clauses.csv, scores.csv and the ledger say."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalian_eval.base.csvfile import read_csv
from dalian_eval.report.base.file_names import COMPARE, compare_link
from dalian_eval.report.side_by_side import compare_page
from dalian_eval.report.side_by_side.compare_page import FOLDER, PIECE
from dalian_eval.report.side_by_side.sides import Cell, Side, _Entry, short_reason
from dalian_eval.rubric.numbers import four_decimals
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.scoring.awards import GAVE, NOTHING, SETTLED
from tests.conftest import ROOT

RUBRIC = load_rubric(ROOT / "params/rubrics/2024.yaml")


def data_of(run, name):
    text = (run / FOLDER / f"{name}.js").read_text("utf-8")
    call = re.fullmatch(r'side_by_side\("([^"]+)", (.*)\);\n', text, re.DOTALL)
    assert call[1] == name
    return json.loads(call[2])


def columns_of(run, kind):
    """Yield code, column and texts of all candidates of a kind, as the page finds them."""
    told = data_of(run, kind)
    ends = [*told["begins"][1:], len(told["who"])]
    for number, (begin, end) in enumerate(zip(told["begins"], ends, strict=True), start=1):
        piece = data_of(run, f"{kind}-{number}")
        assert len(piece["columns"]) == end - begin
        for (code, *_), column in zip(told["who"][begin:end], piece["columns"], strict=True):
            yield code, column, piece["texts"]


@pytest.mark.parametrize("kind", ["unit", "officer"])
def test_every_number_is_that_of_the_files(demo_run, kind):
    clauses = read_csv(demo_run / "clauses.csv").query("kind == @kind")
    scores = read_csv(demo_run / "scores.csv").query("kind == @kind").set_index("candidate")
    points = {(r.candidate, r.clause): r.points for r in clauses.itertuples()}
    told = data_of(demo_run, kind)
    nodes = [node for node, _, _ in told["nodes"]]
    codes = []
    for code, column, _ in columns_of(demo_run, kind):
        codes.append(code)
        for node, (value, _, _) in zip(nodes, column["cells"], strict=True):
            assert four_decimals(value) == points[code, node], (code, node)
        row = scores.loc[code]
        assert four_decimals(column["total"]) == row["total"]
        assert (column["rank"] or "") == (int(row["rank"]) if row["rank"] else "")
        assert four_decimals(column["low"]) == row["total_low"]
        assert four_decimals(column["high"]) == row["total_high"]
    assert sorted(codes) == sorted(scores.index)


@pytest.mark.parametrize("kind", ["unit", "officer"])
def test_every_clause_stands_in_one_part_and_the_ledger_makes_the_rest(demo_run, kind):
    section, told = RUBRIC.section(kind), data_of(demo_run, kind)
    nodes = [node for node, _, _ in told["nodes"]]
    leaves = [nodes[n] for part, inner in told["parts"] for n in inner or [part]]
    assert sorted(leaves) == sorted(section.clauses)
    ledger = read_csv(demo_run / "ledger.csv").query("kind == @kind")
    beyond = ledger[~ledger["clause"].isin([*section.clauses, *nodes])]
    on_the_whole = beyond[beyond["clause"].isin([kind, f"{kind}.redistribution"])]
    moved = {
        code: sum(int(p.replace(".", "")) for p in some["points"])
        for code, some in on_the_whole.groupby("candidate")
    }
    for code, column, _ in columns_of(demo_run, kind):
        parts = sum(column["cells"][part][0] for part, _ in told["parts"])
        assert column["total"] - parts == moved.get(code, 0), code


def test_reasons_are_the_ledgers_own_words(demo_run):
    reasons = set(read_csv(demo_run / "ledger.csv")["reason"])
    whole = 0
    for _, column, texts in columns_of(demo_run, "officer"):
        for _, reason, _ in column["cells"]:
            first = texts[reason].split("；")[0]
            told = first.removesuffix("……")
            assert not told or any(one.startswith(told) for one in reasons)
            whole += texts[reason] in reasons
    assert whole > 100


def entry(points, reason, outcome=GAVE):
    return _Entry(points, reason, outcome)


def test_the_weightiest_reason_is_told_first():
    some = [entry(0, "没有", NOTHING), entry(1, "得1"), entry(2, "得2"), entry(-1, "封顶", SETTLED)]
    assert short_reason(some, monthly=False) == "封顶；得1；另有2笔"
    assert short_reason(some[:2], monthly=True) == "没有；得1"
    assert short_reason(some[:2], monthly=False) == "得1；没有"
    assert short_reason([entry(1, "同"), entry(1, "同")], monthly=False) == "同"
    assert short_reason([], monthly=False) == ""
    assert len(short_reason([entry(1, "长" * 300)], monthly=False)) == 100


@given(st.text())
def test_a_script_file_gives_any_text_back(text):
    made = compare_page._json({"texts": [text]})
    assert json.loads(made) == {"texts": [text]}
    assert not set("<\u2028\u2029") & set(made)


def test_five_thousand_officers_are_in_pieces_of_bounded_size():
    cells = tuple(Cell(10_000 * n, f"第{n}条的理由" * 10, "") for n in range(30))
    common = ("单位", "x.html", 1, 1, 1, 1, "已计分", "第1名", cells)
    sides = (Side(f"{n:08}", f"人员{n}", *common) for n in range(5_000))
    pieces = list(compare_page._pieces(sides))
    assert sum(map(len, pieces)) == 5_000
    assert all(len(compare_page._json(compare_page._piece(p))) <= PIECE for p in pieces)
    assert len(pieces) < 100


def test_a_link_keeps_signs_of_codes_apart():
    assert compare_link("unit", "a/b#", "<乙>") == f"{COMPARE}#unit/a%2Fb%23/%3C%E4%B9%99%3E"
