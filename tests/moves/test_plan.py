"""The cheapest set of moves, against every set there is."""

from itertools import combinations

import pytest

from dalian_eval.moves.plan import cheapest
from dalian_eval.moves.worth import Trials
from tests.campaign.frames import day
from tests.moves.road import county_moves
from tests.properties.road import county


@pytest.fixture(scope="module")
def some():
    """Six of a unit's own moves."""
    context, found = county_moves(county(2, 1), day("2024-06-30"))
    for who in range(len(context.candidates("unit"))):
        mine = [
            m
            for m in found
            if (m.proposal.kind, m.proposal.candidate) == ("unit", who)
            and m.proposal.whose != "上级"
            and (m.proposal.judged or day("2024-06-30")) <= day("2024-06-30")
        ]
        if len(mine) >= 6:
            return context, mine[:6]
    raise AssertionError("no unit with six moves")


def brute_force(trials, moves, goal):
    """The least (effort, number, order) of any set that reaches the goal."""
    kind, who = moves[0].proposal.kind, moves[0].proposal.candidate
    best = None
    for size in range(1, len(moves) + 1):
        for chosen in combinations(range(len(moves)), size):
            changes = [c for i in chosen for c in moves[i].proposal.changes]
            if int(trials.alone(kind, changes)[who]) >= goal:
                cost = (
                    sum(moves[i].effort for i in chosen),
                    sum(moves[i].proposal.number for i in chosen),
                )
                best = cost if best is None else min(best, cost)
    return best


@pytest.mark.parametrize("share", [1, 3])
def test_no_cheaper_set_reaches_the_goal(some, share):
    context, moves = some
    trials = Trials(context)
    who = moves[0].proposal.candidate
    total = int(context.section("unit").low.points["unit"][who])
    goal = total + max(m.gain for m in moves) + share * min(m.gain for m in moves) // 2
    plan = cheapest(trials, moves, goal)
    best = brute_force(trials, moves, goal)
    if best is None:
        assert not plan.reached
    else:
        assert plan.reached
        assert plan.total >= goal
        cost = (sum(m.effort for m in plan.chosen), sum(m.proposal.number for m in plan.chosen))
        assert cost == best


def test_a_goal_out_of_reach_is_proven_so(some):
    context, moves = some
    plan = cheapest(Trials(context), moves, 2_000_000)
    assert not plan.reached
    assert plan.total < 2_000_000
    assert plan.chosen
