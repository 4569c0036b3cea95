"""A witness, scored in full under exactly its readings, attains what the certificate claims."""

from pathlib import Path

import pytest

from dalian_eval.base.csvfile import read_csv
from dalian_eval.base.errors import DifferenceError
from dalian_eval.cli import invoke
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.sensitivity.certificates import Certificate, pairs_frame, sensitivity_frame
from dalian_eval.sensitivity.certify import certify
from tests.sensitivity.counties import (
    FILE,
    SEED,
    certificates,
    in_full,
    late_loss,
    scored,
    tables,
)

ROOT = Path(__file__).parents[2]
TRIED = 4
"""Witnesses scored in full: those of which most is claimed, and those that change most."""


def readings_of(written: str) -> dict[str, str]:
    return dict(part.split("=") for part in written.split())


def claims(made: Certificate) -> list[tuple[str, str, tuple]]:
    """Witness, kind, and what it should attain: (candidate, rank) or (above, below)."""
    rows, kind = sensitivity_frame(made), made.space.kind
    best = zip(rows["best_with"], rows["candidate"], rows["rank_best"], strict=True)
    worst = zip(rows["worst_with"], rows["candidate"], rows["rank_worst"], strict=True)
    pairs = pairs_frame(made)
    turned = zip(pairs["reversed_with"], pairs["above"], pairs["below"], strict=True)
    return [(how, kind, (who, what)) for how, who, what in (*best, *worst, *turned) if how]


def test_witnesses_attain_what_they_claim():
    data = late_loss(5)
    made = certificates(data)
    claimed = [claim for one in made.values() for claim in claims(one)]
    counts = {how: sum(claim[0] == how for claim in claimed) for how, *_ in claimed}
    often = sorted(counts, key=lambda how: (-counts[how], how))[: TRIED // 2]
    long = sorted(counts, key=lambda how: (-len(how.split()), how))[: TRIED // 2]
    assert often
    for how in sorted({*often, *long}):
        full = in_full(data, FILE, readings_of(how))
        for _, kind, (who, what) in (claim for claim in claimed if claim[0] == how):
            ids = list(made[kind].candidates.ids)
            if isinstance(what, str):
                totals = full[kind].totals
                assert totals[ids.index(who)] < totals[ids.index(what)], (how, who, what)
            else:
                assert full[kind].ranks[ids.index(who)] == what, (how, who)


def test_a_witness_by_hand(demo_run, tmp_path, monkeypatch, capsys):
    """The demo month run by the command with --reading has the ranks of the certificate."""
    rows = read_csv(demo_run / "sensitivity.csv")
    witnesses = [*rows["best_with"], *rows["worst_with"]]
    how = max(filter(None, witnesses), key=lambda w: (len(w.split()), witnesses.count(w), w))
    chosen = [word for one in how.split() for word in ("--reading", one)]
    monkeypatch.chdir(ROOT)
    run = ["run", "--month", "2024-10", "--raw", "data/demo", "--out", str(tmp_path)]
    assert invoke([*run, *chosen]) == 0
    capsys.readouterr()
    (folder,) = (tmp_path / "2024-10").iterdir()
    there = read_csv(folder / "scores.csv").set_index(["kind", "candidate"])
    certified = read_csv(folder / "sensitivity.csv").set_index(["kind", "candidate"])
    tried = 0
    for row in rows.itertuples():
        place = row.kind, row.candidate
        for claimed, rank in ((row.best_with, row.rank_best), (row.worst_with, row.rank_worst)):
            if claimed == how:
                assert there.loc[place, "rank"] == rank
                tried += 1
        # Seen from another combination, what holds under all of them is the same.
        for column in ("total_min", "total_max", "rank_best", "rank_worst", "vetoed", "certain"):
            assert certified.loc[place, column] == getattr(row, column), (place, column)
    assert tried


def test_a_ledger_that_differs_is_refused():
    result = scored(tables(3, 1), load_rubric(FILE))
    result.section("officer").low.points["officer"][0] += 1
    with pytest.raises(DifferenceError, match="口径核算与台账不一致"):
        certify(result, FILE, load_rubric(FILE), SEED, 10**9)
