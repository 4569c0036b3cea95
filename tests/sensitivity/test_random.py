"""Random combinations of the 2024 readings, scored in full, give what is put together of parts."""

import random

import numpy as np
import pytest

from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.scoring.score import score
from dalian_eval.sensitivity.space import ranks
from tests.sensitivity.counties import FILE, SEED, certificates, in_full, tables, variants

OPTIONS = {name: list(reading.options) for name, reading in load_rubric(FILE).readings.items()}


@pytest.mark.parametrize("seed", [3, 8])
def test_random_combinations_are_what_scoring_gives(seed):
    data, chance = tables(seed, 1), random.Random(seed)
    own = {name: chance.choice(options) for name, options in OPTIONS.items()}
    made = certificates(data, readings=own)
    for _ in range(5):
        chosen = {name: chance.choice(options) for name, options in OPTIONS.items()}
        for kind, full in in_full(data, FILE, chosen).items():
            space = made[kind].space
            totals, vetoed = space.under(chosen)
            assert totals.tolist() == full.totals.tolist(), (kind, chosen)
            assert vetoed.tolist() == full.vetoed.tolist(), (kind, chosen)
            place = ranks(totals[None], vetoed[None])[0]
            assert place.tolist() == full.ranks.tolist(), (kind, chosen)


@pytest.mark.parametrize("seed", [3, 8])
def test_totals_alone_are_those_of_the_whole(seed):
    data, chance = tables(seed, 1), random.Random(seed)
    rubric = variants(FILE).under({n: chance.choice(options) for n, options in OPTIONS.items()})
    facts = data.tables, data.supplied, data.metrics, data.records
    whole = score(*facts, rubric, data.as_of, SEED)
    alone = score(*facts, rubric, data.as_of, SEED, telling=False)
    for kind in whole.kinds:
        one, other = whole.section(kind), alone.section(kind)
        assert one.assignments == other.assignments
        for name, leaf in one.leaves.items():
            for field in ("awarded", "points", "status", "fired", "pending"):
                mine, its = getattr(leaf, field), getattr(other.leaves[name], field)
                assert mine.tolist() == its.tolist(), (name, field)
        for name, points in one.low.points.items():
            assert points.tolist() == other.low.points[name].tolist(), name
            assert one.high.points[name].tolist() == other.high.points[name].tolist(), name


def test_a_variant_is_the_rubric_loaded_under_its_readings():
    chance = random.Random(1)
    for _ in range(2):
        chosen = {name: chance.choice(options) for name, options in OPTIONS.items()}
        loaded, variant = load_rubric(FILE, chosen), variants(FILE).under(chosen)
        assert (variant.unit.nodes, variant.officer.nodes) == (
            loaded.unit.nodes,
            loaded.officer.nodes,
        )
        assert (variant.chosen, variant.draw) == (loaded.chosen, loaded.draw)
        assert variant.no_case_twice == loaded.no_case_twice


def test_the_walk_meets_every_combination_once_by_rising_key():
    space = certificates(tables(3, 1))["officer"].space
    lots = list(space.blocks())
    keys = np.concatenate([lot.keys for lot in lots])
    assert len(keys) == space.combinations
    assert (np.diff(keys) > 0).all()
    for lot in lots:
        for row in range(0, len(lot.keys), 1 + len(lot.keys) // 20):
            changed = space.changed(int(lot.keys[row]))
            totals, vetoed = space.under(changed)
            assert space.key_of(changed) == lot.keys[row]
            assert totals.tolist() == lot.totals[row].tolist()
            assert lot.vetoed is None or vetoed.tolist() == lot.vetoed[row].tolist()


def test_bounds_hold_all_that_there_is():
    data = tables(8, 1)
    exact, bound = certificates(data), certificates(data, most_cells=0)
    for kind in ("officer", "unit"):
        a, b = exact[kind].found, bound[kind].found
        assert (exact[kind].exact, bound[kind].exact) == ("确切", "界")
        assert (b.total_min <= a.total_min).all() and (a.total_max <= b.total_max).all()
        assert (b.best <= a.best).all() and (a.worst <= b.worst).all()
        assert (b.margin_min <= a.margin_min).all() and (a.margin_max <= b.margin_max).all()
        assert (b.ever_vetoed >= a.ever_vetoed).all()
        for cut in a.inside:
            assert ((a.inside[cut] == -1) | (b.inside[cut] != -1)).all()
            assert ((a.outside[cut] == -1) | (b.outside[cut] != -1)).all()
