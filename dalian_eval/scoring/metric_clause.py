"""Clauses on one monthly metric, whose months the record shows as strips and figures."""

from fractions import Fraction

from dalian_eval.rubric.ladders import Found
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.period import Period
from dalian_eval.rubric.queries import Ratio
from dalian_eval.rubric.vocabulary import METRICS
from dalian_eval.scoring.scored_clause import ScoredClause


class MetricClause(ScoredClause):
    """A clause that asks a monthly metric to reach `at_least`."""

    metric: str
    what: str
    at_least: Ratio

    def faults(self, section: Section, period: Period) -> Found:
        """What is to be reached can be."""
        yield from threshold_faults(self.metric, self.at_least)

    @property
    def shown_variant(self) -> str:
        """The variant of the metric whose months are shown."""
        raise NotImplementedError


def threshold_faults(name: str, at_least: Fraction) -> Found:
    """A share is reached between 0 and 1, a count or a mean above 0."""
    metric = METRICS.get(name)
    if metric is not None and metric.form == "share" and at_least > 1:
        yield ("at_least",), f"『{metric.title}』是比率，90%写作 0.9，不能大于1"
    if at_least <= 0:
        yield ("at_least",), "应大于0"


def metric_clauses(section: Section) -> dict[str, MetricClause]:
    """Return the clauses with monthly figures in document order, by the public name of the figures.

    That is the metric; of a further clause on the same metric, the last part of its id.
    """
    result: dict[str, MetricClause] = {}
    for clause in section.clauses.values():
        if isinstance(clause, MetricClause):
            names = (clause.metric, clause.id.rpartition(".")[2], clause.id)
            result[next(n for n in names if n not in result)] = clause
    return result
