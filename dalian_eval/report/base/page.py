"""Pages: one Jinja environment that escapes everything, one style, one script, no network.

Every page carries a content security policy that lets only our own script run and only inline
images load: whatever a cell of the data holds, it cannot run and cannot call anywhere.
"""

import base64
import datetime as dt
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dalian_eval.base.day_words import day_words, iso_day_words, month_words
from dalian_eval.report.base.markup import markup, plain_text
from dalian_eval.report.base.points import (
    needs_four,
    plain,
    points_text_of_column,
    two_decimals,
    with_sign,
)
from dalian_eval.report.base.publication_stamp import draft_marker

_HEAD = 60
"""Characters of a title that stand at the head of a printed sheet."""

SEARCH = "search.html"
"""The page of a run on which everything is found."""

TEMPLATES = files("dalian_eval.report") / "templates"


@cache
def environment() -> Environment:
    """Return the environment of all page templates: autoescape on, unknown names refused."""
    made = Environment(
        loader=PackageLoader("dalian_eval.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        plain=plain, shown=points_text_of_column, signed=with_sign, two=two_decimals
    )
    made.filters.update(day=_day, month=month_words)
    made.globals.update(needs_four=needs_four)
    made.globals.update(
        style=style,
        script=script,
        readings_script=readings_script,
        policy=policy,
        draft_marker=draft_marker,
        running=running,
        search_script=search_script,
        compare_script=compare_script,
        find_field=find_field,
    )
    return made


def _day(day: dt.date | str) -> str:
    """Return a day, given as such or as yyyy-mm-dd, in words with its year."""
    return iso_day_words(day) if isinstance(day, str) else day_words(day)


def render(template: str, **context: object) -> str:
    """Return the page made from `template` (a name in templates/)."""
    text = environment().get_template(template).render(**context)
    return text if text.endswith("\n") else text + "\n"


@cache
def style() -> Markup:
    """Return the style sheet all pages share."""
    return markup(_minified((TEMPLATES / "style.css").read_text(encoding="utf-8")))


def running(title: str, number: str) -> Markup:
    """Return the rules that print a page's title and record number at the head of every sheet.

    `title`: text, or HTML of which only the text is taken. The foot holds the number of the sheet.
    """
    heads = {
        "@top-left": plain_text(str(title))[:_HEAD],
        "@top-right": number and f"记录编号 {number}",
    }
    boxes = " ".join(f"{box} {{ content: {_css_string(text)}; }}" for box, text in heads.items())
    return markup(f"@media print {{ @page {{ {boxes} }} }}")


def _css_string(text: str) -> str:
    """Return text as a string of a style sheet, every character escaped: it may be data."""
    return '"' + "".join(f"\\{ord(sign):x} " for sign in text) + '"'


@cache
def script() -> Markup:
    """Return the script of all pages: tables that sort and search, folds that open together."""
    return markup(_minified((TEMPLATES / "page.js").read_text(encoding="utf-8")))


@cache
def readings_script() -> Markup:
    """Return the script of 口径试算: totals and ranks under the readings a reader chooses."""
    return markup((TEMPLATES / "readings.js").read_text(encoding="utf-8"))


@cache
def search_script() -> Markup:
    """Return the script of 查找: what fits the words of the field, chosen by keys."""
    return markup((TEMPLATES / "search.js").read_text(encoding="utf-8"))


@cache
def compare_script() -> Markup:
    """Return the script of 并排比较: whom the address names, and what they differ in."""
    return markup((TEMPLATES / "compare.js").read_text(encoding="utf-8"))


def find_field(up: str = "") -> Markup:
    """Return the way to 查找 from a page; the script of all pages makes a field of it.

    `up`: the address of the run folder from where the page lies.
    """
    return Markup('<p class="find screen"><a href="{}{}" data-find>查找</a></p>').format(up, SEARCH)


@cache
def policy(*others: Markup, beside: bool = False) -> str:
    """Return the content security policy: our scripts by hash, images inline, no network.

    `others`: a page's own scripts besides the one all pages share; `beside`: whether the page reads
    data from script files of its record, beside it on the disk or on the desk's server.
    """
    hashes = [hashlib.sha256(str(text).encode()).digest() for text in (script(), *others)]
    allowed = " ".join(f"'sha256-{base64.b64encode(h).decode()}'" for h in hashes)
    if beside:
        allowed += " 'self' file:"
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
        f"style-src 'unsafe-inline'; script-src {allowed}"
    )


def _minified(text: str) -> str:
    """Return a style sheet or script without the blanks at line starts and without empty lines."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
