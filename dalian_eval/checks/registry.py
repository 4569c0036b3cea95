"""Every check there is. To add one, declare it in the module it belongs to; that is all."""

from dalian_eval.checks import (
    casework,
    dates,
    decided,
    draws,
    entries,
    people,
    records,
    reported,
    spellings,
    whole,
)
from dalian_eval.checks.check import Check
from dalian_eval.checks.rules import rules_for_duckdb

CHECKS: tuple[Check, ...] = (
    *whole.CHECKS,
    *people.CHECKS,
    *records.CHECKS,
    *casework.CHECKS,
    *entries.CHECKS,
    *draws.CHECKS,
    *reported.CHECKS,
    *decided.CHECKS,
    *dates.CHECKS,
    *spellings.CHECKS,
)
"""The checks that were thought of; those that follow from the declarations are made anew."""


def all_checks() -> tuple[Check, ...]:
    """Return the declared checks and those made from the table declarations."""
    return (*CHECKS, *rules_for_duckdb())
