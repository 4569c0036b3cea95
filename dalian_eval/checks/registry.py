"""Every check there is. To add one, declare it in the module it belongs to; that is all."""

from dalian_eval.checks import (
    casework,
    dates,
    decided,
    draws,
    entries,
    people,
    records,
    registered,
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
    *draws.CHECKS,
    *reported.CHECKS,
    *decided.CHECKS,
    *registered.CHECKS,
)
"""The checks that were thought of for one table each."""


def all_checks() -> tuple[Check, ...]:
    """Return the checks above, and those that follow from the declarations of the tables in use."""
    made = (entries.checks, dates.checks, spellings.checks, rules_for_duckdb)
    return (*CHECKS, *(check for make in made for check in make()))
