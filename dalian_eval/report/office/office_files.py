"""The files a run hands over to office programs: the yearly text and the scores."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from dalian_eval.report.campaign.work_progress import ProgressLine
from dalian_eval.report.certificates.certificate_view import Certificates
from dalian_eval.report.narrative import narrative_docx, yearly_text
from dalian_eval.report.office.scores_workbook import scores_xlsx
from dalian_eval.report.views.run_view import RunView

NARRATIVE, SCORES = "narrative.docx", "scores.xlsx"


def write_narrative(
    view: RunView,
    activities: pd.DataFrame,
    progress: Sequence[ProgressLine],
    template: Path,
    folder: Path,
    certified: Certificates | None = None,
    signing: Mapping[str, str] | None = None,
    own: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Write narrative.docx to the run folder, the same bytes for the same run.

    `activities`: the canonical table 活动; `progress`: how the campaign's own work stands;
    `template`: that of the yearly text; `certified`: what holds under every reading;
    `signing`: to whom it goes and who signs it; `own`: the
    analyst's own paragraphs.
    UsageError when the template cannot be filled.
    """
    text = yearly_text(view, activities, progress, certified, own)
    text = replace(text, signing=signing or {})
    paper = narrative_docx(text, template, dt.date.fromisoformat(view.as_of))
    (folder / NARRATIVE).write_bytes(paper)


def write_scores(view: RunView, folder: Path) -> None:
    """Write scores.xlsx to the run folder, the same bytes for the same run."""
    (folder / SCORES).write_bytes(scores_xlsx(view))
