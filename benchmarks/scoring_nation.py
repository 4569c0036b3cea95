"""Scoring a nation in one run: ours, OpenFisca-core and pandas `groupby.apply`, on equal inputs.

The inputs are made once, kept as Parquet in a temporary folder, and loaded by each side outside the
timed region. Every side runs in a fresh process, in turn, `--rounds` times. The parent imports
nothing large: a child's peak memory begins with its parent's.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = 2_000
"""Officers that `groupby.apply` scores; its time is scaled linearly to all of them."""

Measured = dict[str, Any]


def _peak() -> float:
    """Return this process's peak memory so far, in MB (ru_maxrss counts in kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(began: float, loaded: float, **more: Any) -> Measured:
    return {"seconds": time.perf_counter() - began, "loaded": loaded, "peak": _peak(), **more}


def generate(folder: Path, options: argparse.Namespace) -> Measured:
    """Make the inputs."""
    import nation

    made = nation.generate(options.officers, options.units, all_drawn=not options.draw)
    nation.write(made, folder)
    return {name: table.num_rows for name, table in made.items()}


def _scoring(
    folder: Path, *, telling: bool = True, officers_alone: bool = False
) -> tuple[Callable[[], Any], Callable[[Any], tuple[Any, ...]]]:
    """Return what scores the nation, and what settles the score into its frames.

    `telling`: with sentences and evidence, or points alone; `officers_alone`: under a plan that
    judges no units: the clauses that the peers have.
    """
    import nation
    from columns import AS_OF

    from dalian_eval.rubric.model import Section
    from dalian_eval.rubric_file.load import load_rubric
    from dalian_eval.scoring import ledger
    from dalian_eval.scoring.score import Score, score

    rubric = load_rubric(ROOT / "params" / "rubrics" / "2024.yaml", {})
    if officers_alone:
        root = {"unit": rubric.unit.nodes["unit"]}
        rubric = rubric.model_copy(update={"unit": Section(kind="unit", nodes=root)})
    inputs = nation.load(folder)

    def scored() -> Score:
        facts = inputs.tables, inputs.supplied, inputs.monthly, inputs.found
        return score(*facts, rubric, AS_OF, "benchmark", telling=telling)

    def settled(given: Score) -> tuple[Any, ...]:
        return ledger.scores(given), ledger.ledger(given), ledger.clauses(given)

    return scored, settled


def ours(folder: Path, options: argparse.Namespace) -> Measured:
    """Score officers and units with this project: ledger, reasons, evidence, draw and all."""
    scored, settled = _scoring(folder)
    loaded, began = _peak(), time.perf_counter()
    result = scored()
    alone = time.perf_counter() - began
    scores, entries, _ = settled(result)
    note = f"score alone {alone:.2f} s; {len(entries):,} ledger entries"
    measured = _timed(began, loaded, note=note)
    officers = scores.loc[scores["kind"] == "officer", ["candidate", "total", "vetoed"]]
    choices = [a.candidate for a in result.officer.assignments]
    contested = officers["candidate"].isin(result.officer.candidates.ids[choices])
    officers.assign(contested=contested).to_parquet(folder / "_ours.parquet", index=False)
    return measured


def totals(folder: Path, options: argparse.Namespace) -> Measured:
    """Score the officers alone with this project, points alone: what OpenFisca gives."""
    scored, _ = _scoring(folder, telling=False, officers_alone=True)
    loaded, began = _peak(), time.perf_counter()
    result = scored().officer
    measured = _timed(began, loaded, note="officers' clauses, draw and no case twice")
    made = {
        "candidate": result.candidates.ids,
        "total": result.low.points["officer"],
        "vetoed": result.vetoed,
    }
    import pandas as pd

    pd.DataFrame(made).to_parquet(folder / "_totals.parquet", index=False)
    return measured


def openfisca(folder: Path, options: argparse.Namespace) -> Measured:
    """Score the officers with OpenFisca-core, the counting of their facts included."""
    import nation
    import openfisca_inputs
    import openfisca_officers

    system = openfisca_officers.system()
    inputs = nation.load(folder)
    loaded, began = _peak(), time.perf_counter()
    simulation = openfisca_inputs.prepared(inputs, system)
    counted = time.perf_counter()
    totals = openfisca_inputs.totals(simulation)
    note = f"formulas alone {time.perf_counter() - counted:.2f} s"
    measured = _timed(began, loaded, note=note)
    totals.to_parquet(folder / "_openfisca.parquet", index=False)
    return measured


def groupby(folder: Path, options: argparse.Namespace) -> Measured:
    """Score a sample of the officers with `groupby.apply`; `seconds` are those of all of them."""
    import groupby_apply
    import nation

    inputs = nation.load(folder)
    loaded, began = _peak(), time.perf_counter()
    sampled = groupby_apply.score_sample(inputs, SAMPLE)
    scored = len(sampled.totals)
    measured = _timed(began, loaded, note=f"{scored:,} officers, scaled to all")
    sampled.totals.to_parquet(folder / "_groupby.parquet", index=False)
    share = options.officers / scored
    return measured | {"seconds": sampled.preparation + sampled.applying * share}


def compare(folder: Path, options: argparse.Namespace) -> Measured:
    """Fail unless all sides gave the same totals and vetoes to the officers they must agree on."""
    import pandas as pd

    frames = {side: pd.read_parquet(folder / f"_{side}.parquet") for side in SIDES}
    mine = frames["ours"]
    counts: Measured = {"contested": int(mine["contested"].sum())}
    mine = mine[~mine["contested"]]
    for side in ("totals", "openfisca", "groupby"):
        both = mine.merge(frames[side], on="candidate", suffixes=("", "_theirs"))
        same = (both["total"] == both["total_theirs"]) & (both["vetoed"] == both["vetoed_theirs"])
        if not same.all():
            raise SystemExit(f"{side} differs:\n{both[~same].head(20)}")
        counts[side] = len(both)
    return counts


def profile(folder: Path, options: argparse.Namespace) -> Measured:
    """Print where our time goes, by cumulative time."""
    import cProfile
    import pstats

    scored, settled = _scoring(folder)
    with cProfile.Profile() as profiler:
        settled(scored())
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(options.lines)
    return {}


SIDES = {side.__name__: side for side in (ours, totals, openfisca, groupby)}
STEPS = SIDES | {step.__name__: step for step in (generate, compare, profile)}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--officers", type=int, default=100_000)
    parser.add_argument("--units", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--draw", action="store_true", help="ours alone, most files left to draw")
    parser.add_argument("--profile", action="store_true", help="profile ours, measure nothing")
    parser.add_argument("--lines", type=int, default=60, help="lines of the profile")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(step: str, folder: Path) -> Measured:
    """Run one step in a fresh process and return what it measured."""
    command = [sys.executable, __file__, *sys.argv[1:], "--step", step, "--folder", str(folder)]
    if subprocess.run(command).returncode:
        raise SystemExit(f"step {step} failed")
    measured: Measured = json.loads((folder / "_measured.json").read_text())
    return measured


def _tell(side: str, measured: Sequence[Measured], ours: float | None) -> float:
    """Print a side's medians, with its ratio to ours, and return its seconds."""
    seconds = statistics.median(m["seconds"] for m in measured)
    loaded, peak = (max(m[key] for m in measured) for key in ("loaded", "peak"))
    print(
        f"{side:10} {seconds:8.2f} s  ratio {seconds / (ours or seconds):6.2f}  "
        f"peak {peak:5.0f} MB ({loaded:.0f} MB by the time inputs were loaded)  "
        f"{measured[-1]['note']}",
        flush=True,
    )
    return seconds


def main() -> None:
    options = _options()
    if options.step:
        measured = STEPS[options.step](options.folder, options)
        (options.folder / "_measured.json").write_text(json.dumps(measured))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = _run("generate", folder)
        print(", ".join(f"{table} {count:,}" for table, count in rows.items()), flush=True)
        if options.profile:
            _run("profile", folder)
            return
        sides = ["ours"] if options.draw else list(SIDES)
        rounds = [{side: _run(side, folder) for side in sides} for _ in range(options.rounds)]
        mine = None
        for side in sides:
            seconds = _tell(side, [r[side] for r in rounds], mine)
            mine = mine or seconds
        if not options.draw:
            agreed = _run("compare", folder)
            print(
                f"equal totals and vetoes: ours and openfisca {agreed['openfisca']:,} officers, "
                f"ours and groupby {agreed['groupby']:,}; "
                f"left out with contested cases {agreed['contested']:,}"
            )


if __name__ == "__main__":
    main()
