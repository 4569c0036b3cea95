"""The kinds of clauses: one module per rule, and the register of them all.

A module holds all there is of its rule: what it declares and reads, how it is told, what can be
wrong with it and how it is evaluated. A new rule is a new module here, named in `CLAUSE_KINDS`.
"""

from dalian_eval.scoring.rules.composite import CompositeClause
from dalian_eval.scoring.rules.difference import DifferenceClause
from dalian_eval.scoring.rules.events import EventClause
from dalian_eval.scoring.rules.full import FullClause
from dalian_eval.scoring.rules.graded import GradedClause
from dalian_eval.scoring.rules.monthly import MonthlyClause
from dalian_eval.scoring.rules.quarterly import QuarterlyClause
from dalian_eval.scoring.rules.ranked import RankedClause
from dalian_eval.scoring.rules.relative import RelativeClause
from dalian_eval.scoring.rules.scaled import ScaledClause
from dalian_eval.scoring.rules.steps import StepsClause
from dalian_eval.scoring.rules.verdicts import VetoClause, VoidClause
from dalian_eval.scoring.rules.weighted import WeightedClause
from dalian_eval.scoring.scored_clause import ScoredClause

CLAUSE_KINDS: tuple[type[ScoredClause], ...] = (
    EventClause,
    FullClause,
    MonthlyClause,
    QuarterlyClause,
    StepsClause,
    ScaledClause,
    CompositeClause,
    RankedClause,
    RelativeClause,
    GradedClause,
    DifferenceClause,
    WeightedClause,
    VoidClause,
    VetoClause,
)

RULES: dict[str, type[ScoredClause]] = {
    word: kind for kind in CLAUSE_KINDS for word in kind.rule_names
}
"""The kind of clause for each word that may stand after `rule:`."""
