"""The whole road on random counties, compared clause by clause with the independent model."""

import datetime as dt
import random

import pyarrow.parquet as pq
import pytest

from dalian_eval import intake
from dalian_eval.metrics.monthly import all_metrics, found_records
from dalian_eval.metrics.sources import open_sources
from dalian_eval.outputs.csv_files import write_table
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring import ledger as outputs
from dalian_eval.scoring.protocol import draw_frames
from dalian_eval.scoring.score import score
from tests.independent.compare import compare
from tests.independent.county import make_county
from tests.independent.model import READINGS

AS_OF = [dt.date(2024, 10, 31), dt.date(2024, 3, 31), dt.date(2024, 8, 15), dt.date(2023, 11, 30)]


def scored(raw, out, root, as_of, readings):
    report = intake.clean(raw, out, headers=root / "params/headers.yaml")
    assert report.quarantine.empty
    rubric = load_rubric(root / "params/rubrics/2024.yaml", readings)
    supplied = frozenset(p.stem for p in out.glob("*.parquet"))
    tables = {
        name: to_frame(pq.read_table(out / f"{name}.parquet"), BY_NAME[name])
        for name in supplied - {"inspections"}
    }
    sources = open_sources(out, tables["units"], rubric.period, as_of)
    return score(
        tables, supplied, all_metrics(sources), found_records(sources), rubric, as_of, "种子"
    )


@pytest.mark.parametrize("alternative", [False, True], ids=["default", "alternative"])
@pytest.mark.parametrize("seed", range(20))
def test_a_random_county_scores_as_the_independent_model(seed, alternative, tmp_path, request):
    chance = random.Random(f"{seed}{alternative}")
    as_of = chance.choice(AS_OF)
    readings = {n: chance.choice(o) for n, o in READINGS.items()} if alternative else {}
    make_county(tmp_path / "raw", seed + 1000 * alternative)
    result = scored(tmp_path / "raw", tmp_path / "clean", request.config.rootpath, as_of, readings)
    run = tmp_path / "run"
    run.mkdir()
    write_table("scores", outputs.scores(result), run)
    write_table("clauses", outputs.clauses(result), run)
    write_table("draw", draw_frames(result.draw)["draw"], run)
    lines = compare(run, tmp_path / "raw", as_of, readings)
    assert [line for line in lines if not line.startswith("[open]")] == []

    entries = outputs.ledger(result)
    sums = entries.groupby(["kind", "candidate"])["points"].sum()
    totals = outputs.scores(result).set_index(["kind", "candidate"])["total"]
    assert (sums == totals).all()
    rows = outputs.clauses(result)
    for kind in ("unit", "officer"):
        nodes = result.section(kind).section.nodes
        mine = entries[entries["kind"] == kind]
        for row in rows[(rows["kind"] == kind) & (rows["clause"] != kind)].itertuples():
            inside = mine["clause"].map(
                lambda c, row=row, nodes=nodes: (
                    (c == row.clause or c.startswith(f"{row.clause}."))
                    and (nodes[row.clause].bonus or c not in nodes or not nodes[c].bonus)
                )
            )
            found = mine.loc[inside & (mine["candidate"] == row.candidate), "points"].sum()
            assert found == row.points, (row.candidate, row.clause)
