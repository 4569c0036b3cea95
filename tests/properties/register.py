"""What the plan says about its clauses, written down by hand: maxima, bonuses, deductions.

Nothing here is read from the program's rubric file; the properties hold against these.
"""

BONUS = frozenset(
    {
        "unit.digital.integration",
        "unit.achievement.collective",
        "unit.achievement.individual",
        "officer.honour.law_qualification",
    }
)
"""Clauses above the hundred points (the first and the last only under `bonus_scope: above`)."""

DEDUCTIONS = frozenset(
    {
        "unit.team.dress",
        "unit.digital.automonitor.false_marking",
        "unit.digital.offsite.lead_feedback",
        "unit.digital.records.quality_ratio",
        "unit.digital.records.quality_forms",
        "unit.digital.records.quality_missing",
        "unit.review.zero_province",
        "unit.review.notice",
        "unit.review.unrectified",
        "unit.review.refused",
        "unit.review.missed_major",
        "unit.review.inspection",
        "officer.cases.files.fatal",
        "officer.combat.discipline",
        "officer.skill.records.quality_forms",
        "officer.skill.records.quality_missing",
    }
)

_POINTS = {
    "unit.team": 11,
    "unit.team.institution": 2,
    "unit.team.institution.provincial_pilot": 1,
    "unit.team.institution.national_pilot": 1,
    "unit.team.equipment": 3,
    "unit.team.equipment.standard": 2,
    "unit.team.equipment.optional": 1,
    "unit.team.identity": 1,
    "unit.team.identity.vehicles": 0.8,
    "unit.team.identity.premises": 0.2,
    "unit.team.awards": 5,
    "unit.team.awards.honours": 2,
    "unit.team.awards.commendation": 2,
    "unit.team.awards.leader_praise": 1,
    "unit.team.dress": 2,
    "unit.digital": 14,
    "unit.digital.automonitor": 2,
    "unit.digital.automonitor.transmission": 2,
    "unit.digital.automonitor.false_marking": 2,
    "unit.digital.offsite": 5,
    "unit.digital.offsite.lead_identification": 2,
    "unit.digital.offsite.lead_handling": 3,
    "unit.digital.offsite.lead_feedback": 5,
    "unit.digital.records": 7,
    "unit.digital.records.entry_ratio": 3,
    "unit.digital.records.per_capita": 3,
    "unit.digital.records.sampled_files": 1,
    "unit.digital.records.quality_forms": 2,
    "unit.digital.records.quality_missing": 2,
    "unit.digital.integration": 1,
    "unit.special": 12,
    "unit.special.major": 2,
    "unit.cases": 4,
    "unit.cases.new_equipment": 2,
    "unit.cases.new_field": 1,
    "unit.cases.linkage": 1,
    "unit.cases.linkage.established": 0.5,
    "unit.cases.linkage.implemented": 0.5,
    "unit.review": 27,
    "unit.review.base": 22,
    "unit.review.zero_ministry": 0,
    "unit.typical": 4,
    "unit.typical.publication": 2,
    "unit.typical.category": 2,
    "unit.air": 24,
    "unit.air.onsite": 20,
    "unit.air.remote": 4,
    "unit.air.integrity": 0,
    "unit.contest": 4,
    "unit.contest.held": 1,
    "unit.contest.result": 3,
    "unit.achievement": 1,
    "unit.achievement.collective": 0.5,
    "unit.achievement.individual": 0.5,
    "unit.veto": 0,
    "officer.honour": 8,
    "officer.honour.titles": 4,
    "officer.honour.talent": 2,
    "officer.honour.inspection_duty": 2,
    "officer.honour.law_qualification": 1,
    "officer.cases": 50,
    "officer.cases.major": 10,
    "officer.cases.major.police": 6,
    "officer.cases.major.typical": 4,
    "officer.cases.key_fields": 5,
    "officer.cases.files": 35,
    "officer.cases.files.ordinary": 17.5,
    "officer.cases.files.supporting": 17.5,
    "officer.combat": 31,
    "officer.combat.air": 28,
    "officer.combat.discipline": 28,
    "officer.combat.contest": 3,
    "officer.skill": 11,
    "officer.skill.records": 7,
    "officer.skill.records.monthly": 4,
    "officer.skill.records.sampled_files": 3,
    "officer.skill.records.quality_forms": 2,
    "officer.skill.records.quality_missing": 2,
    "officer.skill.equipment": 4,
    "officer.skill.equipment.new": 2,
    "officer.skill.equipment.platforms": 2,
    "officer.veto": 0,
}
MAXIMA = {clause: round(points * 10_000) for clause, points in _POINTS.items()}
"""The most a clause or item gives or takes, in ten-thousandths; the rest has no limit of its own.

Voids and vetoes neither give nor take points themselves. 现场监督帮扶 has 24 where remote
supervision does not apply.
"""

NO_CASE_TWICE = frozenset(
    {
        "officer.cases.major.police",
        "officer.cases.major.typical",
        "officer.cases.key_fields",
        "officer.skill.equipment.new",
        "officer.skill.equipment.platforms",
    }
)
"""The clauses among which an officer's case may serve one indicator only."""

DRAWN_FILES = frozenset(
    {
        "unit.digital.records.sampled_files",
        "officer.cases.files.ordinary",
        "officer.cases.files.supporting",
        "officer.cases.files.fatal",
        "officer.skill.records.sampled_files",
    }
)
"""The clauses that look at drawn files."""


def with_items(clauses):
    """The clauses and every item above them, the total included."""
    result = set()
    for clause in clauses:
        parts = clause.split(".")
        result |= {".".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
    return result
