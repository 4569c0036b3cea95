"""How long the moves of a county take, against scoring it once.

    python benchmarks/moves.py RAW [--month 2024-06]

RAW: a folder of exports (`dalian-eval demo --units 30 --officers 300`). Prints the processor
seconds of scoring, of making the moves, their ratio, how many proposals there are.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

from dalian_eval.moves.search import moves, proposals
from dalian_eval.scoring.ledger import KINDS
from dalian_eval.stages.pipeline import open_job


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("raw", type=Path)
    parser.add_argument("--month", default="2024-06")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        job = open_job(month=given.month, raw=given.raw.resolve(), processed=folder)
        job.metrics()
        began = time.process_time()
        context = job.context()
        scoring = time.process_time() - began
        for kind in KINDS:
            found = list(proposals(context, kind))
            alone = sum(p.redraws for p in found)
            count = len(context.candidates(kind))
            print(f"{kind}: {count}, {len(found)} proposals, {alone} with a draw of their own")
        began, wall = time.process_time(), time.perf_counter()
        found = moves(context, job.params.moves.weights())
        spent = time.process_time() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"scoring {scoring:.1f} s, {len(found)} moves {spent:.1f} s of processor time"
            f" ({time.perf_counter() - wall:.1f} s), ratio {spent / scoring:.1f}, peak {peak} MB"
        )


if __name__ == "__main__":
    main()
