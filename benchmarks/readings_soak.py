"""No measure but a soak: random counties under random combinations of readings, scored in full.

    python -m benchmarks.readings_soak [--counties 8] [--combinations 25] [--seed 1]
    python -m benchmarks.readings_soak --small

Every county is scored under random readings of its own and certified; then each of the random
combinations is scored anew, and everybody's total, rank and veto must be what the parts come to,
and lie within the certificate (totals, ranks, cuts, margins of neighbours). Half of the counties
have a case whose veto depends on `litigation_date`. Prints what the counties held: slots that the
program drew, officers with contested cases, vetoes that depend on a reading, units whose points
are scaled up for want of leads. Ends with exit code 1 at the first difference.

With --small, a rubric of six readings instead: all its combinations are scored in full, in turn
with the certificates, and the ratio of the seconds is printed.
"""

import argparse
import itertools
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.sensitivity.certificates import Certificate
from dalian_eval.sensitivity.certify import certify
from dalian_eval.sensitivity.extremes import NO_WITNESS
from dalian_eval.sensitivity.space import ranks
from tests.sensitivity.counties import FILE, SEED, Full, in_full, late_loss, scored, tables
from tests.sensitivity.test_whole import small_rubric

OPTIONS = {name: list(reading.options) for name, reading in load_rubric(FILE).readings.items()}


def wrong(made: Certificate, full: Full, chosen: dict[str, str]) -> list[str]:
    """Return what of a section differs from its score in full, or lies outside its certificate."""
    totals, vetoed = made.space.under(chosen)
    place = ranks(totals[None], vetoed[None])[0]
    found, ranked = made.found, ~full.vetoed
    above, below = np.array(made.neighbours, dtype=np.intp).reshape(-1, 2).T
    margin = full.totals[above] - full.totals[below]
    checks = {
        "totals": totals == full.totals,
        "vetoes": vetoed == full.vetoed,
        "ranks": place == full.ranks,
        "total_min": found.total_min <= full.totals,
        "total_max": full.totals <= found.total_max,
        "rank_best": ~ranked | (found.best <= full.ranks),
        "rank_worst": ~ranked | (full.ranks <= found.worst),
        "ever vetoed": ranked | found.ever_vetoed,
        "ever ranked": ~ranked | found.ever_ranked,
        "margin_min": found.margin_min <= margin,
        "margin_max": margin <= found.margin_max,
        "reversed": (margin >= 0) | (found.reversing != NO_WITNESS),
    }
    for cut, first in found.inside.items():
        inside = ranked & (full.ranks <= cut)
        checks[f"in {cut}"] = ~inside | (first != NO_WITNESS)
        checks[f"out of {cut}"] = inside | (found.outside[cut] != NO_WITNESS)
    return [name for name, holds in checks.items() if not holds.all()]


def small() -> None:
    """Score every combination of the small rubric in full; print the ratio to certifying them."""
    with tempfile.TemporaryDirectory() as folder:
        file, data = small_rubric(Path(folder)), late_loss(5)
        own = load_rubric(file)
        options = [list(reading.options) for reading in own.readings.values()]
        every = [dict(zip(own.readings, one, strict=True)) for one in itertools.product(*options)]
        score, seconds = scored(data, own), []
        for _ in range(3):
            began = time.process_time()
            made = {m.space.kind: m for m in certify(score, file, own, SEED, 10**9)}
            seconds.append(time.process_time() - began)
        began, fulls = time.process_time(), []
        for chosen in every:
            fulls.append(in_full(data, file, chosen))
        anew = time.process_time() - began
        bad = [
            (kind, chosen, found)
            for chosen, both in zip(every, fulls, strict=True)
            for kind, full in both.items()
            if (found := wrong(made[kind], full, chosen))
        ]
        if bad:
            raise SystemExit(f"{len(bad)} differ: {bad[0]}")
        middle = sorted(seconds)[1]
        print(
            f"{len(every)} combinations, {made['officer'].space.size} officers and "
            f"{made['unit'].space.size} units: anew {anew:.1f} s, certified {middle:.2f} s of "
            f"processor time, ratio {anew / middle:.0f}; no difference"
        )


def main() -> None:
    """Soak as many counties as asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--counties", type=int, default=8)
    parser.add_argument("--combinations", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    if given.small:
        small()
        return
    chance, held, began = random.Random(given.seed), Counter[str](), time.monotonic()
    for number in range(given.counties):
        seed = chance.randrange(10_000)
        data = late_loss(seed) if number % 2 else tables(seed, 1 + number % 4 // 2)
        own = load_rubric(FILE, {name: chance.choice(some) for name, some in OPTIONS.items()})
        score = scored(data, own)
        certified = {m.space.kind: m for m in certify(score, FILE, own, SEED, 10**9)}
        for kind, made in certified.items():
            found = made.found
            held[f"{kind}: candidates"] += made.space.size
            held[f"{kind}: vetoes that depend"] += int(
                (found.ever_vetoed & found.ever_ranked).sum()
            )
            held[f"{kind}: ranks not certain"] += int((found.best != found.worst).sum())
            held[f"{kind}: with contested cases"] += len(
                {a.candidate for a in score.section(kind).assignments}
            )
            flags = [f for p in made.space.parts for f in p.rescaled.values()]
            if flags:
                held[f"{kind}: scaled up"] += int(
                    np.any([f.any(axis=0) for f in flags], axis=0).sum()
                )
        held["slots drawn by the program"] += int((score.draw.slots["source"] == "program").sum())
        for _ in range(given.combinations):
            chosen = {name: chance.choice(some) for name, some in OPTIONS.items()}
            for kind, full in in_full(data, FILE, chosen).items():
                bad = wrong(certified[kind], full, chosen)
                if bad:
                    raise SystemExit(f"county {seed}, {kind}, {chosen}: {', '.join(bad)}")
            held["combinations"] += 1
        print(f"county {seed}: {time.monotonic() - began:.0f} s", dict(held), flush=True)


if __name__ == "__main__":
    main()
