"""Invent a county: one call that fills every table."""

from collections.abc import Iterable

from dalian_eval.base.errors import UsageError
from dalian_eval.demo.assets import equipment_rows, fact_rows
from dalian_eval.demo.awards import (
    contest_rows,
    honour_rows,
    qualification_rows,
    recognition_rows,
)
from dalian_eval.demo.campaign import activity_rows, city_rows, publicity_rows
from dalian_eval.demo.cases import case_rows, handler_rows, make_cases
from dalian_eval.demo.decided import decision_rows
from dalian_eval.demo.files import (
    composite_rows,
    draw_rows,
    finding_rows,
    litigation_rows,
    review_rows,
    typical_rows,
)
from dalian_eval.demo.inspections import Inspections
from dalian_eval.demo.model import County, Row, complete
from dalian_eval.demo.registered import registration_rows
from dalian_eval.demo.roster import make_roster
from dalian_eval.demo.supervision import (
    air_rows,
    automonitor_rows,
    discipline_rows,
    lead_rows,
    quality_rows,
    remote_rows,
)
from dalian_eval.schema.tables import SHIPPED

INSPECTIONS_PER_OFFICER_MONTH = 17.0


def invent(
    units: int = 4,
    officers: int = 40,
    seed: int = 2024,
    inspections_per_officer_month: float = INSPECTIONS_PER_OFFICER_MONTH,
) -> County:
    """Return an invented county with `units` regional bureaus and `officers` officers.

    The same arguments give the same county. Every table of the data contract is present.

    Raises:
        UsageError: A size is out of range.

    """
    if units < 1:
        raise UsageError(f"单位数须为1以上的整数，收到{units}")
    if officers < units:
        raise UsageError(f"人员数须不少于单位数（{units}），收到{officers}")
    if seed < 0:
        raise UsageError(f"种子须为0以上的整数，收到{seed}")
    if not 0 <= inspections_per_officer_month <= 10_000:
        raise UsageError(f"每人每月检查记录数须在0到10000之间，收到{inspections_per_officer_month}")
    roster = make_roster(units, officers, seed)
    inspections = Inspections(roster, inspections_per_officer_month)
    cases = make_cases(roster, inspections)
    small: dict[str, Iterable[Row]] = {
        "units": roster.unit_rows(),
        "officers": roster.officer_rows(),
        "postings": roster.posting_rows(),
        "cases": case_rows(cases),
        "case_handlers": handler_rows(cases),
        "case_draws": draw_rows(roster, cases),
        "case_reviews": review_rows(roster, cases),
        "review_scores": composite_rows(roster),
        "review_findings": finding_rows(roster, cases),
        "leads": lead_rows(roster),
        "automonitor": automonitor_rows(roster),
        "quality_findings": quality_rows(roster, cases),
        "air_scores": air_rows(roster),
        "remote_scores": remote_rows(roster),
        "discipline": discipline_rows(roster),
        "litigation": litigation_rows(cases),
        "honours": honour_rows(roster),
        "typical_cases": typical_rows(cases),
        "contests": contest_rows(roster),
        "qualifications": qualification_rows(roster),
        "equipment": equipment_rows(roster),
        "unit_facts": fact_rows(roster),
        "past_recognition": recognition_rows(roster),
        "activities": activity_rows(roster),
        "publicity": publicity_rows(roster),
        "city_ranking": city_rows(roster),
        "decisions": decision_rows(roster),
        "registrations": registration_rows(roster, cases),
    }
    return County(
        {
            table.name: inspections
            if table.name == "inspections"
            else complete(table, small[table.name])
            for table in SHIPPED.tables
        }
    )
