"""The yearly text as HTML, for notebook 05 to display."""

from collections.abc import Mapping, Sequence

import pandas as pd

from dalian_eval.report.base.page import environment
from dalian_eval.report.base.tables import TrustedHtml
from dalian_eval.report.campaign.work_progress import ProgressLine
from dalian_eval.report.certificates.certificate_view import Certificates
from dalian_eval.report.narrative.compose import yearly_text
from dalian_eval.report.narrative.text import (
    Document,
    Heading,
    Paragraph,
    Picture,
    Shownable,
    Table,
)
from dalian_eval.report.views.run_view import RunView

_KINDS = {Heading: "heading", Paragraph: "paragraph", Table: "table", Picture: "picture"}


def narrative(
    view: RunView,
    activities: pd.DataFrame,
    progress: Sequence[ProgressLine] = (),
    certified: Certificates | None = None,
    own: Mapping[str, Sequence[str]] | None = None,
) -> TrustedHtml:
    """Return the text as something notebook 05 displays, its headings from the second level on.

    `activities`, `progress`, `certified`, `own`: see `yearly_text`. Its addresses lead from the run
    folder.
    """
    text = yearly_text(view, activities, progress, certified, own)
    return TrustedHtml(text_html(text, paper="narrative.docx"), text.title)


def text_html(text: Document, paper: str = "") -> str:
    """Return the text as HTML; `paper`: the file that holds it in the official format."""
    # Drawing needs matplotlib, which whoever only imports this does not.
    from dalian_eval.report.base.images import img_tag

    template = environment().get_template("narrative.html")
    return template.render(text=text, blocks=block_views(text), img_tag=img_tag, paper=paper)


def block_views(text: Document) -> list[tuple[str, Shownable]]:
    """Return the blocks as blocks.html shows them: what kind each is, and the block."""
    return [(_KINDS[type(block)], block) for block in text.blocks()]
