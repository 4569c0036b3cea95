"""Tables under the style sheet of JupyterLab: text stands left, numbers right, as on a page."""

import sys
from pathlib import Path

import pandas as pd

from dalian_eval.report.base.tables import LAB_STYLE, show
from tests.browser.opened import opened

SHEET = Path(sys.prefix) / "share/jupyter/nbconvert/templates/lab/static/index.css"
"""JupyterLab's style sheet of what cells display, as nbconvert has it."""

FRAME = pd.DataFrame(
    {"姓名": ["甲某", "乙某"], "得分": ["8.50", "10.25"], "说明": ["一\n二", "三"]}
)


def alignments(browser, folder, html):
    """Return how header and cells of the first row are aligned, and how lines are kept."""
    path = folder / "lab.html"
    sheet = SHEET.read_text(encoding="utf-8")
    path.write_text(
        f'<meta charset="utf-8"><style>{sheet}</style>'
        f'<div class="jp-RenderedHTMLCommon jp-RenderedHTML">{html}</div>',
        encoding="utf-8",
    )
    with opened(browser, path) as (page, _):
        told = page.eval_on_selector_all(
            "tr:nth-child(1) > *",
            "cells => cells.map(c => getComputedStyle(c)).map(s => [s.textAlign, s.whiteSpace])",
        )
    return [align for align, _ in told], told[-1][1]


def test_text_is_left_and_numbers_are_right(browser, tmp_path):
    html = show(FRAME)._repr_mimebundle_()["text/html"]
    assert alignments(browser, tmp_path, html) == (["left", "right", "left"] * 2, "pre-line")
    bare = html.removeprefix(LAB_STYLE)
    assert alignments(browser, tmp_path, bare)[0] == ["right"] * 6
