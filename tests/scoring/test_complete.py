"""The ledger is complete: it gives every score again, and names every number its rules used.

On the demo county. A number counts as named where it stands with its unit (0.5分, 90%, 20项), so
that no date or case number stands in for it.
"""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from dalian_eval.record.folder import open_run
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.numbers import points_text
from dalian_eval.rubric.queries import POINT, ByColumn, Part, Tier
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.scoring.rules.composite import CompositeClause
from dalian_eval.scoring.rules.events import EventClause
from dalian_eval.scoring.rules.monthly import MonthlyClause
from dalian_eval.scoring.rules.scaled import ScaledClause
from dalian_eval.scoring.rules.steps import StepsClause
from dalian_eval.scoring.settle import CAP

RUBRIC = load_rubric(Path(__file__).parents[2] / "params" / "rubrics" / "2024.yaml")
CLAUSES = [c for s in (RUBRIC.unit, RUBRIC.officer) for c in s.clauses.values()]


@pytest.fixture(scope="module")
def demo(demo_run: Path) -> RunView:
    return open_run(demo_run)


# ---- the ledger gives every score again ---------------------------------------------------


def test_clauses_and_items_follow_from_the_ledger_alone(demo):
    for kind in ("unit", "officer"):
        nodes = demo.section(kind).nodes
        rows = demo.ledger[demo.ledger["kind"] == kind]
        sums = rows.groupby(["candidate", "clause"])["points"].sum().unstack(fill_value=0)
        given = rows[rows["rule"] != CAP].groupby(["candidate", "clause"])["points"].sum()
        outcome = demo.clauses[demo.clauses["kind"] == kind]
        assert set(sums.columns) <= {*nodes, f"{kind}.redistribution"}
        for name, node in nodes.items():
            inside = [c for c in sums.columns if counts_in(c, name, nodes)]
            mine = outcome[outcome["clause"] == name].set_index("candidate")["points"]
            assert (sums[inside].sum(axis=1).reindex(mine.index) == mine).all(), name
            if hasattr(node, "rule"):
                awarded = outcome[outcome["clause"] == name].set_index("candidate")["awarded"]
                before = given.xs(name, level="clause").reindex(awarded.index)
                assert (before == awarded).all(), name


def counts_in(clause: str, node: str, nodes: dict) -> bool:
    """Whether the entries of `clause` count in `node`: a bonus counts in the total alone."""
    root = "." not in node
    if root:
        return True
    if clause != node and not clause.startswith(f"{node}."):
        return False
    steps = [clause[:i] for i, sign in enumerate(clause) if sign == "."] + [clause]
    below = [nodes[s] for s in steps if s.startswith(f"{node}.") and s in nodes]
    return nodes[node].bonus or not any(step.bonus for step in below)


def test_totals_follow_from_the_ledger_alone(demo):
    sums = demo.ledger.groupby(["kind", "candidate"])["points"].sum()
    scores = demo.scores.set_index(["kind", "candidate"])
    assert (sums.reindex(scores.index) == scores["total"]).all()
    assert set(sums.index) == set(scores.index)
    for kind in ("unit", "officer"):
        section = demo.section(kind)
        outermost = [
            n
            for n, node in section.nodes.items()
            if node.bonus and not section.nodes[n.rpartition(".")[0]].bonus
        ]
        rows = demo.ledger[demo.ledger["kind"] == kind]
        extra = rows[rows["clause"].map(lambda c, o=outermost: any(inside(c, n) for n in o))]
        bonus = extra.groupby("candidate")["points"].sum()
        mine = scores.loc[kind]
        assert (bonus.reindex(mine.index).fillna(0) == mine["bonus"]).all()
        assert (mine["total"] - mine["bonus"] == mine["base"]).all()


def inside(clause: str, node: str) -> bool:
    return clause == node or clause.startswith(f"{node}.")


# ---- the ledger names every number --------------------------------------------------------


def points(value: int) -> str:
    """How points stand in a sentence: 0.5分."""
    return f"{points_text(abs(value))}分"


def percent(value: Fraction) -> str:
    """How a share stands in a sentence: 90%."""
    return f"{points_text(int(value * 100 * POINT))}%"


def number(value: Fraction) -> str:
    """How a plain number stands in a sentence."""
    return points_text(int(value * POINT))


def named(text: str, words: str) -> bool:
    """Whether a number with its unit stands in the text, as a number of its own."""
    tail = r"(?![\d.]*\d)" if words[-1].isdigit() else ""
    return re.search(rf"(?<![\d.]){re.escape(words)}{tail}", text) is not None


def of_tiers(tiers: Iterable[Tier]) -> Iterator[str]:
    for tier in tiers:
        yield f"{tier.at_least}项"
        yield points(tier.points)


def of_part(part: Part) -> Iterator[str]:
    """Every number by which a part can give something."""
    if isinstance(part.points, ByColumn):
        yield from map(points, (part.points.values or {}).values())
    elif part.points is not None:
        yield points(part.points)
    yield from of_tiers(part.tiers or ())


def of_monthly(clause: MonthlyClause) -> Iterator[str]:
    share = clause.at_least <= 1
    yield percent(clause.at_least) if share else f"{clause.at_least}{clause.unit_of_measure}"
    yield points(clause.points)
    yield points(clause.full_year)


def of_steps(clause: StepsClause, awarded: int) -> Iterator[str]:
    """The branch an award came by; for nothing, both branches."""
    fell_back = awarded == clause.fallback.points and awarded < clause.points
    if not fell_back:
        yield percent(clause.at_least)
        yield points(clause.points)
        yield f"{points_text(int(clause.step * 100 * POINT))}个百分点"
        yield points(clause.step_points)
    if fell_back or not awarded:
        yield percent(clause.fallback.at_least)
        yield points(clause.fallback.points)


def of_composite(clause: CompositeClause, maximum: int) -> Iterator[str]:
    for weight in clause.weights.values():
        yield f"{weight}%"
    yield number(clause.full)
    yield points_text(maximum)


def demanded(clause: Clause, row: pd.Series, entries: pd.DataFrame) -> set[str]:
    """The numbers that a candidate's entries of a clause must name.

    For an award, those that made it; for a tested zero, those that would have made one.
    """
    paid = entries[(entries["points"] != 0) & (entries["rule"] != CAP)]["points"]
    words = {points(p) for p in paid}
    match clause:
        case EventClause(rule="count"):
            words |= set(of_tiers(clause.tiers))
        case EventClause() if not len(paid):
            words |= {w for part in clause.parts for w in of_part(part)}
        case MonthlyClause():
            words |= set(of_monthly(clause))
        case StepsClause():
            words |= set(of_steps(clause, int(row["awarded"])))
        case ScaledClause():
            words |= {number(clause.full), points_text(clause.max)}
        case CompositeClause():
            words |= set(of_composite(clause, int(row["max"])))
    if row["awarded"] != row["points"] and clause.max is not None:
        words.add(points(int(row["max"])))
    return words


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.id)
def test_the_entries_name_every_number_of_the_rule(demo, clause):
    kind = clause.id.partition(".")[0]
    rows = demo.clauses[(demo.clauses["kind"] == kind) & (demo.clauses["clause"] == clause.id)]
    tested = rows[rows["status"].isin(["scored", "void"])]
    ledger = demo.ledger[(demo.ledger["kind"] == kind) & (demo.ledger["clause"] == clause.id)]
    lacking: dict[str, list[str]] = {}
    for _, row in tested.iterrows():
        entries = ledger[ledger["candidate"] == row["candidate"]]
        assert len(entries)
        # What the rule asks stands once, in the clause's row; what was tested, in the entries.
        text = "\n".join((*entries["reason"], row["rule_text"]))
        for words in sorted(demanded(clause, row, entries)):
            if not named(text, words):
                lacking.setdefault(words, []).append(str(row["candidate"]))
    assert lacking == {}


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("得0.5分", "0.5分", True),
        ("得10.5分", "0.5分", False),
        ("得2分", "2分", True),
        ("得12分", "2分", False),
        ("×17.5/100，", "17.5", True),
        ("×17.5/100，", "100", True),
        ("×17.5/1000，", "100", False),
        ("得分100.0000分", "100", False),
        ("2024-10-31", "31", True),
    ],
)
def test_numbers_are_found_as_numbers_of_their_own(text, words, found):
    assert named(text, words) == found
