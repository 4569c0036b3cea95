"""Which tables a plan asks for: those its clauses read, and those that tell who is who.

What no clause reads is not asked for, and missed by nobody when it is not handed in.
"""

from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.needs import tables_of
from dalian_eval.rubric.queries import Kind
from dalian_eval.rubric.vocabulary import DRAWN_FILES, METRICS
from dalian_eval.schema.tables import TABLES

CAMPAIGN_TABLES = frozenset(("activities", "publicity", "city_ranking", "registrations"))
"""What is handed in for the campaign's own work (五个一, 宣传, 记功, 登记), not to be scored."""

_ROSTER = frozenset(("officers", "postings"))
_BY_PEOPLE = frozenset(("officers", "handled"))


def asked_tables(rubric: Rubric, *, campaign: bool) -> tuple[str, ...]:
    """Return the names of the tables that are to be handed in, in the contract's order.

    `campaign`: whether the plan has a campaign with accounts of its own.
    """
    asked = {"units"}
    for kind in rubric.kinds:
        for clause in rubric.section(kind).clauses.values():
            asked |= tables_of(clause, kind)
            if any(query.table == DRAWN_FILES for query in clause.queries):
                asked.add("case_draws")
    if "officer" in rubric.kinds or _counts_people(rubric):
        asked |= _ROSTER
    asked |= {t.name for t in TABLES if t.need == "occasional"} - CAMPAIGN_TABLES
    if campaign:
        asked |= CAMPAIGN_TABLES | _ROSTER
    return tuple(t.name for t in TABLES if t.name in asked)


def _counts_people(rubric: Rubric) -> bool:
    """Whether a clause asks who was posted where, or who is counted as staff."""
    sections: list[Kind] = list(rubric.kinds)
    clauses = [c for kind in sections for c in rubric.section(kind).clauses.values()]
    return any(
        any(METRICS[metric].counts_staff for metric in clause.metrics)
        or any(_BY_PEOPLE & {*query.of} for query in clause.queries)
        for clause in clauses
    )
