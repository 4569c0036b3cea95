"""The yearly text (总结报告): one structure made from the run, shown as HTML and as .docx."""

from dalian_eval.report.narrative.compose import yearly_text
from dalian_eval.report.narrative.page import narrative
from dalian_eval.report.narrative.paper import check_template, narrative_docx

__all__ = ["check_template", "narrative", "narrative_docx", "yearly_text"]
