"""Reviewers' decisions at random: every sum holds, every bound holds, nothing else moves."""

import random
from decimal import Decimal

import pandas as pd
import pytest

from dalian_eval.metrics.monthly import read_metrics
from dalian_eval.rubric.lookup import find_nodes, nearest
from dalian_eval.rubric.nodes import Item
from dalian_eval.schema.frames import empty_frame
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.ledger import clauses, ledger, scores
from dalian_eval.scoring.outlook import outlook
from dalian_eval.scoring.rules.verdicts import VetoClause, VoidClause
from dalian_eval.scoring.score import score
from dalian_eval.stages.pipeline import open_job
from tests.independent.county import make_county
from tests.light_runs import ROOT


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Everything that scoring takes, of one random county."""
    place = tmp_path_factory.mktemp("decided")
    make_county(place / "raw", 77)
    job = open_job(month="2024-09", raw=place / "raw", processed=place / "processed", start=ROOT)
    job.rescore()
    tables = job._tables()
    monthly = read_metrics(job.store / "metrics/monthly.parquet")
    found = pd.read_parquet(job.store / "metrics/found_records.parquet")
    return tables, job._supplied(), monthly, found, job.rubric, job.as_of, "种子"


def decided(rubric, frames, seed: int) -> pd.DataFrame:
    """Decisions on random clauses and items of most candidates."""
    chance = random.Random(seed)
    rows = []
    for row in frames[["kind", "candidate"]].itertuples():
        section = rubric.section(row.kind)
        nodes = [n for n, c in section.nodes.items() if not isinstance(c, VoidClause | VetoClause)]
        for node in chance.sample(nodes, chance.randint(0, 6)):
            rows.append(
                {
                    "decision_id": f"N{len(rows):04d}",
                    "subject_kind": "单位" if row.kind == "unit" else "个人",
                    "subject": row.candidate,
                    "clause": node,
                    "points": Decimal(chance.randint(-60_000, 60_000)).scaleb(-4),
                    "reason": "复核",
                    "decided_by": "复核组",
                    "decided_on": pd.Timestamp(f"2024-{chance.randint(1, 10):02d}-15"),
                    "kind": chance.choice(["更正", "申诉改正"]),
                    "_origin": len(rows) + 2,
                }
            )
    blank = empty_frame(BY_NAME["decisions"])
    return pd.DataFrame(rows).reindex(columns=blank.columns).astype(blank.dtypes.to_dict())


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_decided_the_sums_hold(county, seed):
    tables, *rest = county
    rubric, as_of = rest[3], rest[4]
    before = score(tables, *rest)
    made = decided(rubric, scores(before), seed)
    after = score({**tables, "decisions": made}, *rest)

    entries = ledger(after)
    totals = scores(after).set_index(["kind", "candidate"])
    sums = entries.groupby(["kind", "candidate"], observed=True)["points"].sum()
    assert (sums == totals["total"]).all()
    assert (totals["total_high"] >= totals["total"]).all()
    assert (totals["vetoed"] == scores(before).set_index(["kind", "candidate"])["vetoed"]).all()

    told = entries[entries["rule"] == "复核决定"]
    counted = made[made["decided_on"] <= pd.Timestamp(as_of)]
    assert len(told) == len(counted)
    assert told["points"].sum() == sum(int(p * 10_000) for p in counted["points"])

    rows = clauses(after)
    for kind in ("unit", "officer"):
        section = rubric.section(kind)
        mine = entries[entries["kind"] == kind].astype({"clause": "str"})
        for row in rows[(rows["kind"] == kind) & (rows["clause"] != kind)].itertuples():
            bonus = section.nodes[row.clause].bonus
            inside = [
                n
                for n in section.nodes
                if (n == row.clause or n.startswith(f"{row.clause}."))
                and (bonus or not section.nodes[n].bonus)
            ]
            own = mine["clause"].isin(inside) & (mine["candidate"] == row.candidate)
            assert mine.loc[own, "points"].sum() == row.points, (row.candidate, row.clause)
            node = section.nodes[row.clause]
            if isinstance(node, Item):
                assert 0 <= row.points <= node.max

    coming = outlook(after)
    assert (coming["attainable"] >= coming["earned"]).all()


def test_an_empty_table_changes_nothing(county):
    tables, supplied, *rest = county
    assert "decisions" not in supplied
    with_table = {**tables, "decisions": empty_frame(BY_NAME["decisions"])}
    one = ledger(score(tables, supplied, *rest))
    two = ledger(score(with_table, supplied | {"decisions"}, *rest))
    assert one.astype("str").equals(two.astype("str"))


def test_clauses_are_found_by_id_title_and_locator(county):
    section = county[4].officer
    assert find_nodes(section, " officer.cases ") == ("officer.cases",)
    assert find_nodes(section, "案卷质量") == ("officer.cases.files",)
    assert find_nodes(section, "附件4·4·2（1）") == ("officer.skill.equipment.new",)
    assert len(find_nodes(section, "附件4·2·1")) == 3
    assert find_nodes(section, "没有") == ()
    assert find_nodes(section, " ") == ()
    assert nearest(section, "officer.case")[0] == "officer.cases"
    assert "officer.cases.files" in nearest(section, "案卷")
    assert set(nearest(section, "附件4·2·1")) == set(find_nodes(section, "附件4·2·1"))
