"""A rubric with six readings: all combinations scored in full, every number of every file equal."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.rubric_file.variants import Variants, is_exclusive
from dalian_eval.sensitivity.certify import certificate_frames
from tests.sensitivity.counties import FILE, certificates, in_full, late_loss

KEPT = (
    *("monthly_award", "platforms", "no_leads"),
    *("supporting_types", "case_overlap", "litigation_date"),
)


LEFT_OUT = "full"
"""An option of no_leads: 64 combinations are enough to score in full."""


def small_rubric(place: Path) -> Path:
    """The 2024 rubric with the readings of `KEPT` alone.

    Of the clauses that depend on none of them only those stay that others name.
    """
    raw = YAML(typ="rt").load(FILE.read_text(encoding="utf-8"))

    def closed(node):
        if isinstance(node, dict):
            if "by_reading" in node and node["by_reading"] not in KEPT:
                return closed(node[raw["readings"][node["by_reading"]]["default"]])
            dropped = LEFT_OUT if node.get("by_reading") == "no_leads" else None
            return {key: closed(value) for key, value in node.items() if key != dropped}
        return [closed(value) for value in node] if isinstance(node, list) else node

    data = {key: closed(value) for key, value in raw.items() if key != "lists"}
    data["readings"] = {name: closed(raw["readings"][name]) for name in KEPT}
    del data["readings"]["no_leads"]["options"][LEFT_OUT]
    file = place / "small.yaml"
    write(data, file)
    rubric = load_rubric(file)
    needs = Variants(file, rubric).needs
    for kind in ("unit", "officer"):
        section, text = rubric.section(kind), json.dumps(data[kind], default=str)
        for name, clause in section.clauses.items():
            is_named = text.count(f'"{name}"') > 1
            if not is_named and not is_exclusive(clause) and not needs(kind, name):
                del data[kind][name]
        for item in reversed(section.items):
            left = [data[kind][n] for n in section.children(item) if n in data[kind]]
            below = sum(node.get("max", 0) for node in left if "bonus" not in node)
            if left:
                data[kind][item]["max"] = min(data[kind][item]["max"], below)
            else:
                del data[kind][item]
    write(data, file)
    return file


def write(data, file: Path) -> None:
    with file.open("w", encoding="utf-8") as stream:
        YAML(typ="rt").dump(data, stream)


@pytest.fixture(scope="module")
def data():
    return late_loss(5)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return small_rubric(tmp_path_factory.mktemp("rubric"))


@pytest.fixture(scope="module")
def options(file):
    return {n: list(r.options) for n, r in load_rubric(file).readings.items()}


@pytest.fixture(scope="module")
def every(data, file, options):
    """Combinations in the order of witnesses: fewest changes, then the earliest readings."""
    names = list(options)

    def place(chosen):
        changed = [
            (names.index(n), options[n].index(o)) for n, o in chosen.items() if o != options[n][0]
        ]
        return len(changed), changed

    combinations = [
        dict(zip(names, chosen, strict=True)) for chosen in itertools.product(*options.values())
    ]
    combinations.sort(key=place)
    return [(chosen, in_full(data, file, chosen)) for chosen in combinations]


@pytest.fixture(scope="module")
def frames(data, file):
    made = certificates(data, file)
    assert all(one.exact == "确切" for one in made.values())
    return certificate_frames(list(made.values()))


def text(chosen, options):
    return " ".join(f"{n}={o}" for n, o in chosen.items() if o != options[n][0])


def first(every, options, flags):
    """The first combination whose flag is set; None when there is none."""
    found = zip(every, flags, strict=True)
    return next((text(chosen, options) for (chosen, _), flag in found if flag), None)


def over(every, kind, what, i):
    """What a candidate has under every combination."""
    return [getattr(full[kind], what)[i] for _, full in every]


@pytest.mark.parametrize("kind", ["officer", "unit"])
def test_certificates(kind, every, frames, options):
    rows = frames["sensitivity"].query("kind == @kind").reset_index(drop=True)
    own = every[0][1][kind]
    assert len(rows) == len(own.totals)
    seen_vetoed = set()
    for i, row in rows.iterrows():
        totals, out = over(every, kind, "totals", i), over(every, kind, "vetoed", i)
        every_place = over(every, kind, "ranks", i)
        places = [p for p, v in zip(every_place, out, strict=True) if not v]
        assert (row["total"], row["total_min"], row["total_max"]) == (
            own.totals[i],
            min(totals),
            max(totals),
        )
        assert (row["rank"] if row["rank"] is not None else 0) == own.ranks[i] or (
            own.ranks[i] == 0 and rows["rank"].isna()[i]
        )
        expected = "是" if all(out) else "视口径" if any(out) else "否"
        seen_vetoed.add(expected)
        assert row["vetoed"] == expected
        if places:
            best, worst = min(places), max(places)
            assert (row["rank_best"], row["rank_worst"]) == (best, worst)
            assert row["best_with"] == first(every, options, [p == best for p in every_place])
            assert row["worst_with"] == first(every, options, [p == worst for p in every_place])
            certain = best == worst and not any(out)
        else:
            assert rows["rank_best"].isna()[i] and row["best_with"] == row["worst_with"] == ""
            certain = True
        assert row["certain"] == ("是" if certain else "否")
        alone = {}
        for chosen, full in every:
            changed = text(chosen, options).split()
            if len(changed) == 1 and full[kind].ranks[i] != own.ranks[i]:
                alone[changed[0].split("=")[0]] = True
        assert row["decided_by"] == " ".join(n for n in options if n in alone)
    if kind == "officer":
        assert "视口径" in seen_vetoed  # litigation_date decides about somebody


@pytest.mark.parametrize("kind", ["officer", "unit"])
def test_cuts(kind, every, frames, options):
    rows = frames["cuts"].query("kind == @kind")
    ids = frames["sensitivity"].query("kind == @kind")["candidate"].tolist()
    expected = []
    for cut in [c for c in (1, 3, 10) if c <= len(ids)]:
        for i, candidate in enumerate(ids):
            inside = [0 < place <= cut for place in over(every, kind, "ranks", i)]
            into = first(every, options, inside)
            out = first(every, options, [not flag for flag in inside])
            if into is not None:
                word = "必入" if out is None else "视口径"
                expected.append((kind, cut, candidate, word, into, out or ""))
    assert [tuple(row) for row in rows.itertuples(index=False)] == expected


@pytest.mark.parametrize("kind", ["officer", "unit"])
def test_pairs(kind, every, frames, options):
    rows = frames["pairs"].query("kind == @kind")
    ids = frames["sensitivity"].query("kind == @kind")["candidate"].tolist()
    own = every[0][1][kind]
    order = sorted((i for i in range(len(ids)) if own.ranks[i]), key=lambda i: (own.ranks[i], i))
    expected = []
    for a, b in itertools.pairwise(order):
        margins = [int(f[kind].totals[a] - f[kind].totals[b]) for _, f in every]
        turned = first(every, options, [margin < 0 for margin in margins])
        row = (kind, ids[a], ids[b], margins[0], min(margins), max(margins), turned or "")
        expected.append(row)
    assert [tuple(row) for row in rows.itertuples(index=False)] == expected


@pytest.mark.parametrize("kind", ["officer", "unit"])
def test_readings(kind, every, frames, options):
    rows = frames["readings"].query("kind == @kind")
    ids = frames["sensitivity"].query("kind == @kind")["candidate"].tolist()
    own = every[0][1][kind]
    alone = {text(chosen, options): full[kind] for chosen, full in every}
    for row in rows.itertuples(index=False):
        chosen = row.option == options[row.reading][0]
        assert row.chosen == ("是" if chosen else "否")
        other = own if chosen else alone[f"{row.reading}={row.option}"]
        moved = other.totals - own.totals
        assert row.totals_changed == np.count_nonzero(moved)
        assert row.ranks_changed == np.count_nonzero(other.ranks != own.ranks)
        largest = max(moved.tolist(), key=abs, default=0)
        assert row.largest_change == largest
        assert row.whose == ("" if not largest else ids[moved.tolist().index(largest)])
