"""A file of this year's plan as next year's: years moved where they stand, all else as it was.

The text is edited in place, at the marks that ruamel gives: comments, order, spelling and line
ends stay as they are. What nobody can know yet is emptied or marked 待定 and told.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from dalian_eval.base.yaml_file import compose
from dalian_eval.workbench.line_marks import UNDECIDED
from dalian_eval.workbench.year_places import line_text, year_places

_LEAP_DAY = re.compile(r"(?P<year>[0-9]{4})(?P<rest>-02-29|年2月29日)")
_WRITTEN_AS_YEAR = re.compile("[0-9]{4}(年|-[0-9]{2}|〕)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

PAST, AHEAD = 3, 1
"""Years of a plan that move with it: from so many before its own to so many after."""


@dataclass(frozen=True)
class LastYears:
    """What a file holds that was true of last year only: `path` of keys, what is asked for.

    `empty`: it is emptied; `stays`: its years are not moved. The question stands beside it.
    """

    path: tuple[str, ...]
    question: str
    empty: bool = False
    stays: bool = False


RUBRIC = (LastYears(("source",), "填写{year}年度方案的文号", stays=True),)

PARAMS = (
    LastYears(("campaign", "holidays"), "按国务院办公厅{year}年放假通知填写节假日", empty=True),
    LastYears(("campaign", "workdays"), "按同一通知填写调休上班日", empty=True),
    LastYears(("campaign", "window"), "按{year}年度方案核对起止日期"),
    LastYears(("campaign", "calendar"), "按{year}年度方案核对各项日期"),
)


@dataclass(frozen=True)
class Moved:
    """A line in which years were moved, before and after."""

    line: int
    before: str
    after: str


@dataclass
class NextYear:
    """A file made ready for the year after.

    `moved`: lines in which years were moved; `open`: line and question of what somebody has to
    decide; `left`: line and text of years that were not moved because they may be meant.
    """

    text: str
    moved: list[Moved] = field(default_factory=list)
    open: list[tuple[int, str]] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)


def for_next_year(text: str, year: int, asked: Sequence[LastYears], past: int = PAST) -> NextYear:
    """Return the file of the plan of `year` as that of the year after.

    `asked`: what of it was true of this year only; `past`: how many years before `year` move too.
    Years further off, numbers that only look like years and what `asked` leaves stay; of these,
    what is written like a year is told.
    """
    asked = [one for one in asked if _holds_something(text, one)]
    before = _emptied(text, asked)
    stay = {one.path for one in asked if one.stays}
    result = NextYear("")
    pieces, at = [], 0
    for place in year_places(before):
        if place.path in stay:
            continue
        near = year - past <= place.year <= year + AHEAD
        if not near or place.may_be_a_number:
            if (near or _WRITTEN_AS_YEAR.match(before, place.start)) and not place.in_comment:
                result.left.append((place.line, line_text(before, place.line).strip()))
            continue
        moved, end = str(place.year + 1), place.start + 4
        leap = _LEAP_DAY.match(before, place.start)
        if leap:
            moved += leap["rest"].replace("29", "28")
            end = leap.end()
        pieces += [before[at : place.start], moved]
        at = end
    after = "".join([*pieces, before[at:]])
    lines = [before.split("\n"), after.split("\n")]
    result.moved = [
        Moved(number, old.strip(), new.strip())
        for number, (old, new) in enumerate(zip(*lines, strict=True), start=1)
        if old != new
    ]
    result.text, result.open = _marked(after, year + 1, asked)
    return result


def _holds_something(text: str, one: LastYears) -> bool:
    """Whether the file has the key, and something to ask about."""
    found = _find(compose(text), one.path)
    return found is not None and found[1].value != []


def _emptied(text: str, asked: Sequence[LastYears]) -> str:
    """Return the text without what was true of last year only."""
    root = compose(text)
    edits = []
    for one in asked:
        found = _find(root, one.path)
        if found is not None and one.empty:
            key, value = found
            edits.append((key.end_mark.index, _end(value)))
    for begin, end in sorted(edits, reverse=True):
        text = f"{text[:begin]}: []{text[end:]}"
    return text


def _marked(text: str, year: int, asked: Sequence[LastYears]) -> tuple[str, list[tuple[int, str]]]:
    """Return the text with each question at the end of its line, and lines with questions."""
    root, lines, questions = compose(text), text.split("\n"), []
    for one in asked:
        found = _find(root, one.path)
        if found is None:
            continue
        number, question = found[0].start_mark.line, one.question.format(year=year)
        line = lines[number].removesuffix("\r")
        end = lines[number][len(line) :]
        lines[number] = f"{line.rstrip()}  # {UNDECIDED}：{question}{end}"
        questions.append((number + 1, question))
    return "\n".join(lines), sorted(questions)


def _find(node: Any, path: Sequence[str]) -> tuple[Any, Any] | None:
    """Return the nodes of a key and its value; None when there is no such key."""
    if not isinstance(node, MappingNode):
        return None
    for key, value in node.value:
        if key.value == path[0]:
            return (key, value) if len(path) == 1 else _find(value, path[1:])
    return None


def _end(node: Any) -> int:
    """Return where a node's text ends: a block list or mapping ends with its last part."""
    if isinstance(node, ScalarNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last if isinstance(node, SequenceNode) else last[1])


def plan_days(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, day and the line's text of every day that a file of settings names."""
    for place in year_places(text):
        match = None if place.in_comment else _DAY.match(text, place.start)
        if match:
            yield place.line, match[0], line_text(text, place.line).strip()
