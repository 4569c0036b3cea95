"""Intake: messy exports in, canonical Parquet tables with origins out, nothing lost."""

from dalian_eval.base.limits import Limits
from dalian_eval.intake.account.intake_report import CleanReport, load_report
from dalian_eval.intake.clean import clean

__all__ = ["CleanReport", "Limits", "clean", "load_report"]
