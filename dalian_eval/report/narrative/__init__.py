"""The yearly text (总结报告): one structure made from the run, shown as HTML and as .docx."""

from dalian_eval.report.narrative.compose import yearly_text
from dalian_eval.report.narrative.page import narrative

__all__ = ["narrative", "yearly_text"]
