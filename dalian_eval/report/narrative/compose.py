"""The yearly text from a run: title, seven sections, note."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from dalian_eval.base.day_words import iso_day_words
from dalian_eval.outputs.words import KINDS
from dalian_eval.report.campaign.work_progress import ProgressLine
from dalian_eval.report.certificates.certificate_view import Certificates
from dalian_eval.report.narrative.activities import activities_section
from dalian_eval.report.narrative.items import items_section
from dalian_eval.report.narrative.losses import losses
from dalian_eval.report.narrative.monthly import months_section
from dalian_eval.report.narrative.overall import overall_section
from dalian_eval.report.narrative.plans import plans_section
from dalian_eval.report.narrative.problems import problems_section
from dalian_eval.report.narrative.ranks import ranks_section
from dalian_eval.report.narrative.text import Document, Paragraph, Section, say
from dalian_eval.report.narrative.words import is_period_over
from dalian_eval.report.views.run_view import RunView

_UNQUOTED = str.maketrans("", "", "“”")
"""Quotation marks, which names of files do without."""


def yearly_text(
    view: RunView,
    activities: pd.DataFrame,
    progress: Sequence[ProgressLine] = (),
    certified: Certificates | None = None,
    own: Mapping[str, Sequence[str]] | None = None,
) -> Document:
    """Return the text of a run; `activities`: the canonical table 活动, without rows if missing.

    `progress`: how the campaign's own work stands; without lines nothing is said of it;
    `certified`: what holds under every reading, likewise; `own`: the analyst's own paragraphs by
    section, which stand at its end.
    """
    kinds = [kind for kind in KINDS if len(view.candidates(kind))]
    lost = {kind: losses(view, kind) for kind in kinds}
    stage = "" if is_period_over(view) else "阶段性"
    done = (activities_section(view, activities, progress),) if view.has_campaign else ()
    sections = (
        overall_section(view),
        ranks_section(view, certified),
        items_section(view, lost),
        months_section(view),
        *done,
        problems_section(view),
        plans_section(view, lost),
    )
    return Document(
        title=f"{view.rubric.year}年度{view.rubric.names.work}{stage}总结报告",
        subtitle=f"（截至{iso_day_words(view.as_of)}）",
        sections=_with_own(sections, own or {}),
        note=f"本报告由评价记录{view.run_id}生成，各项数字均可在记录中查到出处。",
    )


def _with_own(sections: Sequence[Section], own: Mapping[str, Sequence[str]]) -> tuple[Section, ...]:
    """Return the sections with the analyst's own paragraphs at their ends.

    What belongs to a section that this plan does not have stands in one of its own.
    """
    left = dict(own)
    told = [_written(s, left.pop(_file_name(s), ())) for s in sections]
    rest = [line for lines in left.values() for line in lines]
    return (*told, *([_written(Section("其他情况"), rest)] if rest else []))


def _file_name(section: Section) -> str:
    """Return how the file of a section's paragraphs is called."""
    return section.title.translate(_UNQUOTED).removesuffix("开展情况")


def _written(section: Section, lines: Sequence[str]) -> Section:
    if not lines:
        return section
    written = tuple(Paragraph((say(line),), own=True) for line in lines)
    if not section.parts:
        return replace(section, blocks=(*section.blocks, *written))
    return replace(section, parts=(*section.parts, Section("补充说明", written)))
