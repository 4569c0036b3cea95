"""Scoring a nation: ours, from monthly metrics and fact tables to the settled ledger, in columns.

The inputs are made once, kept as Parquet in a temporary folder, and loaded by each side outside the
timed region. Every side runs in a fresh process, in turn, ROUNDS times; the parent stays small and
imports nothing, since a child begins with its parent's peak as its own.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MB = 1024
"""ru_maxrss counts in kilobytes."""

Measured = dict[str, Any]


def _peak() -> float:
    """Return this process's peak memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB


def generate(folder: Path, options: argparse.Namespace) -> Measured:
    """Make the inputs."""
    import nation

    made = nation.generate(options.officers, options.units, all_drawn=not options.draw)
    nation.write(made, folder)
    return {"rows": {name: table.num_rows for name, table in made.items()}}


def _scoring(folder: Path) -> tuple[Callable[[], Any], Callable[[Any], Any]]:
    """Return what scores the nation, and what settles the score into its frames."""
    import nation
    from columns import AS_OF

    from dalian_eval.rubric.load import load_rubric
    from dalian_eval.scoring import ledger
    from dalian_eval.scoring.score import Score, score

    rubric = load_rubric(ROOT / "params" / "rubrics" / "2024.yaml", {})
    inputs = nation.load(folder)

    def scored() -> Score:
        facts = inputs.tables, inputs.supplied, inputs.monthly, inputs.found
        return score(*facts, rubric, AS_OF, "benchmark")

    def settled(given: Score) -> tuple[Any, ...]:
        return ledger.scores(given), ledger.ledger(given), ledger.clauses(given)

    return scored, settled


def ours(folder: Path, options: argparse.Namespace) -> Measured:
    """Score the nation with this project: both rubrics, ledger, reasons, evidence, draw."""
    scored, settled = _scoring(folder)
    loaded = _peak()
    began = time.perf_counter()
    result = scored()
    done = time.perf_counter()
    scores, entries, _ = settled(result)
    end = time.perf_counter()
    officers = scores[scores["kind"] == "officer"]
    officers[["candidate", "total", "vetoed"]].to_parquet(folder / "_ours.parquet", index=False)
    contested = [
        str(result.officer.candidates.ids[a.candidate]) for a in result.officer.assignments
    ]
    return {
        "seconds": end - began,
        "score only": done - began,
        "loaded MB": loaded,
        "peak MB": _peak(),
        "contested": contested,
        "entries": len(entries),
    }


def profile(folder: Path, options: argparse.Namespace) -> Measured:
    """Print where our time goes, by cumulative time."""
    import cProfile
    import pstats

    scored, settled = _scoring(folder)
    with cProfile.Profile() as profiler:
        settled(scored())
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(options.lines)
    return {}


STEPS = {step.__name__: step for step in (generate, ours, profile)}
SIDES = ("ours",)


def _run(step: str, folder: Path, arguments: list[str]) -> Measured:
    """Run one step in a fresh process and return what it measured."""
    answer = folder / "_answer.json"
    command = [sys.executable, __file__, *arguments, "--step", step, "--folder", str(folder)]
    subprocess.run(command, check=True)
    result: Measured = json.loads(answer.read_text())
    return result


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--officers", type=int, default=100_000)
    parser.add_argument("--units", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--draw", action="store_true", help="leave most files to our draw")
    parser.add_argument("--profile", action="store_true", help="profile our side, nothing else")
    parser.add_argument("--lines", type=int, default=60, help="lines of the profile")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    options = _options()
    if options.step:
        measured = STEPS[options.step](options.folder, options)
        (options.folder / "_answer.json").write_text(json.dumps(measured))
        return
    with tempfile.TemporaryDirectory() as name:
        folder, arguments = Path(name), sys.argv[1:]
        print(_run("generate", folder, arguments)["rows"])
        if options.profile:
            _run("profile", folder, arguments)
            return
        rounds = [
            {side: _run(side, folder, arguments) for side in SIDES} for _ in range(options.rounds)
        ]
        for side in SIDES:
            mine = [r[side] for r in rounds]
            print(
                f"{side}: {statistics.median(m['seconds'] for m in mine):.1f} s, "
                f"score only {statistics.median(m['score only'] for m in mine):.1f} s, "
                f"peak {max(m['peak MB'] for m in mine):.0f} MB "
                f"({max(m['loaded MB'] for m in mine):.0f} MB once loaded)"
            )
            print(len(mine[0]["contested"]), mine[0]["entries"])


if __name__ == "__main__":
    main()
