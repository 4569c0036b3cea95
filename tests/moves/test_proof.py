"""The facts of a move, written into the input tables, give exactly the total it predicts."""

import random
from collections import defaultdict

import pytest

from dalian_eval.moves.change import Change, plain
from dalian_eval.moves.trial_facts import Trial
from dalian_eval.moves.worth import Trials
from dalian_eval.schema.tables import BY_NAME
from tests.campaign.frames import day
from tests.independent.county import P_END
from tests.independent.model import READINGS
from tests.moves.road import county_moves, with_facts
from tests.properties.road import county, walk


def chosen_readings(seed: int) -> dict[str, str]:
    mix = random.Random(seed)
    return {name: mix.choice(list(options)) for name, options in READINGS.items()}


@pytest.mark.parametrize(
    ("seed", "as_of", "readings"),
    [
        (2, "2024-06-30", {}),
        (7, P_END.isoformat(), chosen_readings(7)),
    ],
)
def test_the_road_with_the_facts_gives_the_total(seed, as_of, readings):
    tables, last = county(seed, 1), day(as_of)
    context, found = county_moves(tables, last, readings)
    of_clause = defaultdict(list)
    for move in found:
        of_clause[move.proposal.clause].append(move)
    assert len(of_clause) > (15 if last < P_END else 2)
    mix = random.Random(seed)
    for clause in mix.sample(sorted(of_clause), min(8, len(of_clause))):
        move = mix.choice(of_clause[clause])
        p = move.proposal
        who = (p.kind, str(context.candidates(p.kind).ids[p.candidate]))
        after = walk(with_facts(tables, move), last, readings)
        assert after.scores[who]["total"] == move.total, (clause, move.sentence)


@pytest.fixture(scope="module")
def made():
    """A county in the middle of a month, with its moves."""
    return county_moves(county(5, 1), day("2024-06-15"))


def test_moves_scored_together_come_to_what_each_comes_to_alone(made):
    context, found = made
    trials = Trials(context)
    for move in random.Random(5).sample(found, 25):
        p = move.proposal
        alone = trials.alone(p.kind, p.changes, redraws=p.redraws)
        assert int(alone[p.candidate]) == move.total, move.sentence
        before = int(context.section(p.kind).low.points[p.kind][p.candidate])
        if p.judged is None or p.judged <= context.as_of:
            assert move.gain == move.total - before > 0
        else:
            assert move.gain > 0


def test_a_rank_is_that_of_the_total_among_the_others(made):
    context, found = made
    for move in found:
        section = context.section(move.proposal.kind)
        totals, vetoed = section.low.points[section.section.kind], section.vetoed
        others = [
            int(total)
            for i, total in enumerate(totals)
            if i != move.proposal.candidate and not vetoed[i]
        ]
        assert move.rank == 1 + sum(total > move.total for total in others)
        assert not vetoed[move.proposal.candidate]


def test_on_a_later_day_a_row_left_as_it_is_changes_nothing(made):
    context, _ = made
    trials = Trials(context)
    now = context.section("unit").low.points["unit"]
    moved = 0
    for name, column in (("honours", "name"), ("quality_findings", "kind"), ("contests", "level")):
        rows = context.table(name)
        key = BY_NAME[name].key[0]
        for row in rows.drop_duplicates("subject_kind").to_dict("records"):
            cells = {column: plain(row[column])}
            change = Change(name, cells, int(row["_origin"]), {key: row[key]})
            everybody = [Trial(who, (change,)) for who in range(len(now))]
            after, before = trials.judged("unit", everybody, context.period.end)
            assert (after == before).all(), name
            moved += (before != now).any()  # Rows dated later begin to count.
    assert moved
