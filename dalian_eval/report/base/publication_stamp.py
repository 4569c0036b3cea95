"""Whether a page belongs to a draft or to a published run: one marker, one stamp.

Every page of a run is made with the marker of a draft. Publishing replaces this element and
nothing else, so that a published page is its draft but for one sentence. Text from data is escaped
and can never be taken for the element.
"""

import re

from markupsafe import Markup

from dalian_eval.report.base.markup import markup

_DRAFT = '<p class="state draft">草稿：未发布</p>'
_STATE = re.compile(rf'{_DRAFT}|<p class="state published">已发布：第(\d{{1,9}})号</p>')


def draft_marker() -> Markup:
    """Return the element that says that nothing of this is published yet."""
    return markup(_DRAFT)


def published_marker(number: int) -> Markup:
    """Return the element that says under which number of the history this was published."""
    return Markup('<p class="state published">已发布：第{}号</p>').format(number)


def stamp(html: str, number: int) -> str:
    """Return the page of a draft as the page of the run published as `number`.

    A page without the marker says nothing about its state and is returned as it is.
    """
    return html.replace(_DRAFT, str(published_marker(number)), 1)


def states(html: str) -> list[int]:
    """Return the states that a page tells: numbers of publications, 0 for a draft."""
    return [int(found[1] or 0) for found in _STATE.finditer(html)]
