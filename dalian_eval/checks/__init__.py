"""Validation: are the cleaned tables fit to be scored, and what looks wrong in them."""

from dalian_eval.checks.model import Outcome, Severity, Validation, load_validation
from dalian_eval.checks.validate import validate

__all__ = ["Outcome", "Severity", "Validation", "load_validation", "validate"]
