"""Figures as bytes: PNG without metadata, as data URI for pages, as display for notebooks."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from dalian_eval.report import theme
from dalian_eval.report.tables import Shown, table_html
from dalian_eval.report.trusted import markup


def png(figure: Figure) -> bytes:
    """Return the figure as PNG at twice the screen's resolution, the same bytes each time."""
    stream = io.BytesIO()
    with theme.applied():
        FigureCanvasAgg(figure)
        figure.savefig(stream, format="png", dpi=theme.DPI, metadata={"Software": None})
    return stream.getvalue()


def alt_text(figure: Figure) -> str:
    """Return the figure's alternative text."""
    return str(figure.get_label())


def img_tag(figure: Figure) -> Markup:
    """Return the figure as an inline image element."""
    data = base64.b64encode(png(figure)).decode()
    width = round(figure.get_figwidth() * 96)
    return Markup('<img src="data:image/png;base64,{}" alt="{}" width="{}">').format(
        data, alt_text(figure), width
    )


@dataclass(frozen=True)
class Picture:
    """A figure as a notebook displays it, with its alternative text."""

    figure: Figure

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        data = base64.b64encode(png(self.figure)).decode()
        alt = alt_text(self.figure)
        width = round(self.figure.get_figwidth() * 96)
        bundle = {"image/png": data, "text/plain": alt}
        return bundle, {"image/png": {"alt": alt, "width": width}}


def show_figures(figures: Sequence[Figure], data: Sequence[pd.DataFrame]) -> Shown:
    """Return figures as something a notebook displays below each other, each with its data.

    There may be none; `data` has a frame per figure.
    """
    form = Markup("<figure>{}</figure><details><summary>图中的数据</summary>{}</details>")
    parts = [
        form.format(img_tag(figure), markup(table_html(frame, caption=alt_text(figure))))
        for figure, frame in zip(figures, data, strict=True)
    ]
    html = str(Markup("").join(parts))
    return Shown(html or "<p>没有可画的图。</p>", "；".join(map(alt_text, figures)))


def show_figure(figure: Figure) -> Picture:
    """Return the figure as something a notebook displays, with its alternative text."""
    return Picture(figure)
