"""附件4 modelled in OpenFisca-core: the peer that scores in columns, without a ledger.

Officers are groups of supervision rounds (persons). Every other fact is counted per officer before
(`openfisca_inputs.py`), since OpenFisca knows no dated facts of several kinds; what the plan awards
for them, every threshold, cap, floor and reach, is a formula over parameters. All amounts are
integers.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from openfisca_core.entities import Entity, GroupEntity
from openfisca_core.parameters import load_parameter_file
from openfisca_core.periods import DateUnit
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Round = Entity("round", "rounds", "现场监督帮扶轮次", "")
Officer = GroupEntity("officer", "officers", "执法人员", "", [{"key": "member"}])

COUNTS = (
    "provincial_titles",
    "municipal_titles",
    "county_titles",
    "media",
    "crimes",
    "detentions",
    "ministry_typical",
    "provincial_typical",
    "ordinary_score",
    "supporting_score",
    "fatal_files",
    "files_found",
    "indiscipline",
    "provincial_contests",
    "municipal_contests",
    "form_findings",
    "missing_records",
)
KEY_FIELD_FLAGS = tuple(f"key_field_{number}" for number in range(4))
FLAGS = (
    "provincial_pool",
    "provincial_lecturer",
    "national_lecturer",
    "national_inspection",
    "provincial_inspection",
    "law_qualified",
    "equipment_used",
    "platforms_used",
    "disqualified",
    *KEY_FIELD_FLAGS,
)
ROUND_SCORES = ("task", "problems", "materials")

Formula = Callable[[Any, Any, Any], Any]
_AMOUNTS: list[type[Variable]] = []


def _declare(name: str, **attributes: object) -> type[Variable]:
    defaults = {"value_type": int, "entity": Officer, "definition_period": DateUnit.YEAR}
    return type(name, (Variable,), defaults | attributes)


def _amount(formula: Formula) -> Formula:
    """Make a variable of the formula: ten-thousandths of a point of an officer's year."""
    _AMOUNTS.append(_declare(formula.__name__, formula=formula))
    return formula


def _half_up(numerator: Any, denominator: int) -> Any:
    return (2 * numerator + denominator) // (2 * denominator)


@_amount
def titles(officer: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period).honour.titles
    earned = (
        officer("provincial_titles", period) * p.provincial
        + officer("municipal_titles", period) * p.municipal
        + officer("county_titles", period) * p.county
        + (officer("media", period) > 0) * p.media
    )
    return np.minimum(earned, p.max)


@_amount
def talent(officer: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period).honour.talent
    pool = officer("provincial_pool", period) * p.provincial_pool
    provincial = officer("provincial_lecturer", period) * p.provincial_lecturer
    national = officer("national_lecturer", period) * p.national_lecturer
    return np.maximum(np.maximum(pool, provincial), national)


@_amount
def inspection_duty(officer: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period).honour.inspection_duty
    national = officer("national_inspection", period) * p.national
    return np.maximum(national, officer("provincial_inspection", period) * p.provincial)


@_amount
def honour(officer: Any, period: Any, parameters: Any) -> Any:
    parts = officer("titles", period) + officer("talent", period)
    parts = parts + officer("inspection_duty", period)
    return np.minimum(parts, parameters(period).honour.max)


@_amount
def law_qualification(officer: Any, period: Any, parameters: Any) -> Any:
    return officer("law_qualified", period) * parameters(period).honour.law_qualification


@_amount
def police(officer: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period).cases.police
    earned = officer("crimes", period) * p.crime + officer("detentions", period) * p.detention
    return np.minimum(earned, p.max)


@_amount
def typical(officer: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period).cases.typical
    ministry = officer("ministry_typical", period) * p.ministry
    return np.minimum(ministry + officer("provincial_typical", period) * p.provincial, p.max)


@_amount
def key_fields(officer: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period).cases.key_fields
    classes = sum(officer(name, period).astype(np.int32) for name in KEY_FIELD_FLAGS)
    return np.minimum(classes * p.each, p.max)


@_amount
def files(officer: Any, period: Any, parameters: Any) -> Any:
    full = parameters(period).cases.files.max
    of_full = 100 * 10_000
    scores = (officer(name, period) for name in ("ordinary_score", "supporting_score"))
    return sum(_half_up(score.astype(np.int64) * full, of_full) for score in scores)


@_amount
def cases(officer: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period).cases
    earned = officer("police", period) + officer("typical", period)
    earned = earned + officer("key_fields", period) + officer("files", period)
    return np.clip(earned - officer("fatal_files", period) * p.files.fatal, 0, p.max)


@_amount
def air(officer: Any, period: Any, parameters: Any) -> Any:
    """The best round; scores are in ten-thousandths of 100, weights in percent."""
    p = parameters(period).combat.air
    weights = {"task": p.task, "problems": p.problems, "materials": p.materials}
    composite = sum(
        officer.members(name, period).astype(np.int64) * weight for name, weight in weights.items()
    )
    best = officer.max(composite).astype(np.int64)
    return _half_up(best * p.max, 100 * 100 * 10_000)


@_amount
def contest(officer: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period).combat.contest
    provincial = officer("provincial_contests", period) * p.provincial
    return np.minimum(provincial + officer("municipal_contests", period) * p.municipal, p.max)


@_amount
def combat(officer: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period).combat
    taken = np.minimum(officer("indiscipline", period) * p.discipline.each, p.discipline.max)
    supervision = np.maximum(officer("air", period) - taken, 0)
    return np.minimum(supervision + officer("contest", period), p.max)


@_amount
def monthly_records(officer: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period).skill.records.monthly
    months = period.get_subperiods(DateUnit.MONTH)
    passed = sum((officer("uploads", m) >= p.at_least).astype(np.int32) for m in months)
    return np.where(passed == len(months), p.full_year, passed * p.each)


@_amount
def records(officer: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period).skill.records
    sampled = np.minimum(officer("files_found", period) * p.sampled_files.each, p.sampled_files.max)
    taken = sum(
        np.minimum(officer(name, period) * p.quality.each, p.quality.max)
        for name in ("form_findings", "missing_records")
    )
    return np.clip(officer("monthly_records", period) + sampled - taken, 0, p.max)


@_amount
def equipment(officer: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period).skill.equipment
    used = officer("equipment_used", period) * p.new
    return used + officer("platforms_used", period) * p.platforms


@_amount
def total(officer: Any, period: Any, parameters: Any) -> Any:
    parts = ("honour", "cases", "combat", "records", "equipment", "law_qualification")
    return sum(officer(name, period) for name in parts)


def system() -> TaxBenefitSystem:
    """Return 附件4 as an OpenFisca system: entities, variables, parameters."""
    result = TaxBenefitSystem([Round, Officer])
    result.add_variables(
        *(_declare(name) for name in COUNTS),
        *(_declare(name, value_type=bool) for name in FLAGS),
        *(_declare(name, entity=Round) for name in ROUND_SCORES),
        _declare("uploads", definition_period=DateUnit.MONTH),
        *_AMOUNTS,
    )
    result.parameters = load_parameter_file(str(Path(__file__).with_suffix(".yaml")))
    return result
