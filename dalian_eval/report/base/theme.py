"""The look of all figures: Chinese from a font file we bring, colours that print in grey."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager

FONT_FILE = "NotoSansSC-Regular.ttf"

BLUE, TEAL, AMBER, GREY = "#14406b", "#0b7f88", "#c2571a", "#7c8894"
INK, LINE = "#1b2733", "#d5dde5"

STATES = ("#f3f6f9", "#eeb27e", "#d5eaea")
"""Nothing to tell, not passed, passed: the second is darker in grey, too."""

SERIES = ("#14406b", "#d98200", "#0b9aa3", "#8c3b12", "#6f7d8a", "#5b8fc7", "#b7a300", "#a04b8f")
"""Colours of lines: apart in lightness, too, so that they stay apart in grey and colour-blind."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)), "-")

DPI = 192
"""Twice the screen's 96: sharp on screen and on paper."""

_SALT = "dalian-eval"


@cache
def font_path() -> Path:
    """Return the font file that zhplot brings; RuntimeError when the package is missing."""
    spec = find_spec("zhplot")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("缺少依赖 zhplot：请按 requirements.lock 重新安装")
    return Path(spec.submodule_search_locations[0]) / "fonts" / FONT_FILE


@cache
def font_name() -> str:
    """Register the font with matplotlib, once, and return its family name."""
    path = str(font_path())
    font_manager.fontManager.addfont(path)
    return font_manager.FontProperties(fname=path).get_name()


@contextmanager
def figure_settings() -> Iterator[None]:
    """Draw under the settings of every figure; the caller's own come back afterwards."""
    with matplotlib.rc_context():
        matplotlib.rcParams.update(_settings())
        yield


def _settings() -> dict[Any, Any]:
    return {
        "font.family": [font_name()],
        "font.size": 9.5,
        "axes.unicode_minus": False,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "grid.color": LINE,
        "hatch.linewidth": 0.7,
        "xtick.color": INK,
        "ytick.color": INK,
        "text.color": INK,
        "figure.facecolor": "white",
        "figure.dpi": 96,
        "savefig.dpi": DPI,
        "svg.hashsalt": _SALT,
        "svg.fonttype": "path",
    }
