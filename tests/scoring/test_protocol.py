"""The protocols in the record of the demo county: the case draw, and which case serves what."""

import hashlib

import pytest

from dalian_eval.base.csvfile import read_csv
from dalian_eval.base.files import read_json
from dalian_eval.record.folder import open_run


@pytest.fixture(scope="module")
def demo(demo_run):
    return open_run(demo_run)


def test_list_hash_and_seed_follow_from_the_record_alone(demo_run):
    rows = read_csv(demo_run / "draw_eligible.csv")
    assert list(rows.columns) == ["kind", "candidate", "slot", "case"]
    lines = ["\t".join(row) for row in rows.itertuples(index=False, name=None)]
    assert lines == sorted(set(lines))
    told = read_json(demo_run / "run.json")
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == told["draw"]["list"]
    mixed = f"{told['params']['draw_seed']}\n{told['draw']['list']}"
    assert hashlib.sha256(mixed.encode()).hexdigest() == told["draw"]["seed"]


def test_the_program_draws_from_the_list_and_counts_it(demo):
    listed = demo.draw_eligible.groupby(["kind", "candidate", "slot"])["case"].agg(set).to_dict()
    drawn = demo.draw[demo.draw["source"] == "program"]
    assert len(drawn)
    for row in demo.draw.itertuples():
        assert row.eligible == len(listed.get((row.kind, row.candidate, row.slot), ()))
    for row in drawn.itertuples():
        assert row.case in listed[(row.kind, row.candidate, row.slot)]
    official = set(demo.draw.loc[demo.draw["source"] == "official", "case"])
    assert official.isdisjoint(demo.draw_eligible["case"])
    filled = demo.draw.loc[demo.draw["case"] != "", "case"]
    assert filled.is_unique


def test_a_contested_case_serves_one_indicator(demo):
    rows = demo.assignments
    assert len(rows)
    by_case = rows.groupby(["kind", "candidate", "case"])
    assert (by_case["serves"].sum() == 1).all()
    assert (by_case["indicator"].nunique() > 1).all()
    following = by_case["next_serves"].sum()
    assert (following == by_case["next_total"].first().notna()).all()


def test_assignments_agree_with_the_scores(demo):
    section = demo.section("officer")
    points = demo.clauses.set_index(["candidate", "clause"])["points"]
    totals = demo.scores.set_index(["kind", "candidate"])["total"]
    for row in demo.assignments.itertuples():
        assert row.kind == "officer"
        assert row.total == totals[(row.kind, row.candidate)]
        clauses = section.exclusive[row.indicator]
        assert row.points == sum(points[(row.candidate, clause)] for clause in clauses)
        assert row.next_total <= row.total
    served = demo.assignments[demo.assignments["serves"]]
    ledger = demo.ledger[demo.ledger["reason"].str.contains("本条不再计")]
    for row in served.itertuples():
        elsewhere = ledger[(ledger["candidate"] == row.candidate)]
        assert elsewhere["reason"].str.contains(row.case, regex=False).any()
