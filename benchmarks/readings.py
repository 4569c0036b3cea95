"""How long certificates take, and how often faster than scoring every combination anew.

    python benchmarks/readings.py RAW [--full N] [--random N]

RAW: a folder of exports (`dalian-eval demo --units 30 --officers 300`). Prints the seconds of the
stage, the peak memory, the combinations of each section; with --full, the seconds of scoring N
random combinations anew and, from their mean, the ratio for all of them; with --random, N random
combinations are also compared, total by total, rank by rank.
"""

import argparse
import random
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from dalian_eval.metrics.monthly import read_metrics
from dalian_eval.rubric_file.variants import Variants
from dalian_eval.scoring.ledger import ranks_of_totals
from dalian_eval.scoring.score import Score, score
from dalian_eval.sensitivity.certificates import Certificate
from dalian_eval.sensitivity.certify import certificate_frames, certify
from dalian_eval.sensitivity.space import ranks
from dalian_eval.stages.pipeline import METRICS, Job, open_job


def anew(job: Job, tables: dict[str, pd.DataFrame], variants: Variants, chosen: dict) -> Score:
    monthly = read_metrics(job.store / METRICS / "monthly.parquet")
    found = pd.read_parquet(job.store / METRICS / "found_records.parquet")
    rubric = variants.under(chosen)
    supplied = frozenset(tables) | {"inspections"}
    return score(tables, supplied, monthly, found, rubric, job.as_of, job.params.draw_seed)


def differences(made: list[Certificate], full: Score, chosen: dict) -> int:
    wrong = 0
    for one in made:
        section = full.section(one.space.kind)
        total = section.low.points[one.space.kind]
        place = ranks_of_totals(total, section.vetoed).fillna(0).to_numpy(dtype=np.int64)
        totals, vetoed = one.space.under(chosen)
        mine = ranks(totals[None], vetoed[None])[0]
        wrong += int(((totals != total) | (vetoed != section.vetoed) | (mine != place)).sum())
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("raw", type=Path)
    parser.add_argument("--full", type=int, default=0)
    parser.add_argument("--random", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        job = open_job(month="2024-10", raw=given.raw.resolve(), processed=folder)
        scored, tables = job.rescore(), job.tables()
        began = time.perf_counter()
        params = job.params
        made = certify(
            scored, job.rubric_file, job.rubric, params.draw_seed, params.certificate_cells
        )
        rows = {name: len(frame) for name, frame in certificate_frames(made).items()}
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"stage {seconds:.1f} s, peak {peak} MB (intake included), rows {rows}")
        for one in made:
            space = one.space
            print(f"{space.kind}: {space.size} × {space.combinations} combinations, {one.exact}")
        variants, chance = Variants(job.rubric_file, job.rubric), random.Random(1)
        spent, wrong = 0.0, 0
        number = max(given.full, given.random)
        for _ in range(number):
            chosen = {name: chance.choice(options) for name, options in variants.options.items()}
            began = time.perf_counter()
            full = anew(job, tables, variants, chosen)
            spent += time.perf_counter() - began
            wrong += differences(made, full, chosen)
        if number:
            distinct = max(one.space.combinations for one in made)
            ratio = spent / number * distinct / seconds
            print(f"{number} anew: {spent / number:.2f} s each, {wrong} differences")
            print(f"all {distinct} distinct ones anew would take {ratio:.0f} times as long")


if __name__ == "__main__":
    main()
