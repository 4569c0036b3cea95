"""Intake: messy exports in, canonical Parquet tables with origins out, nothing lost."""

from dalian_eval.intake.clean import clean
from dalian_eval.intake.limits import Limits
from dalian_eval.intake.report import CleanReport, load_report

__all__ = ["CleanReport", "Limits", "clean", "load_report"]
