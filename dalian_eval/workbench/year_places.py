"""Where a YAML file names years, to the character: in its values, its keys and its comments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from dalian_eval.base.yaml_file import compose

_YEAR = re.compile(r"(?<![0-9A-Za-z.])(?:19|20)[0-9]{2}(?![0-9])")
"""Four digits that may be a year: part of no longer number and of no code (BW2024001)."""

_YEAR_KEY = re.compile("year|年")


@dataclass(frozen=True)
class YearPlace:
    """Four digits that may be a year: where they stand, and what they are part of.

    `start`: of the digits in the text; `path`: the keys above, () in a comment; `whole`: the value,
    key or comment they are part of.
    """

    start: int
    year: int
    line: int
    path: tuple[str, ...]
    whole: str

    @property
    def in_comment(self) -> bool:
        """Whether it stands in a comment."""
        return not self.path

    @property
    def may_be_a_number(self) -> bool:
        """Whether it is all of a value whose keys do not speak of years: 2000 rows."""
        bare = self.whole.strip() == str(self.year)
        return bare and not any(_YEAR_KEY.search(key) for key in self.path)


@dataclass(frozen=True)
class _Scalar:
    start: int
    end: int
    path: tuple[str, ...]


def year_places(text: str) -> list[YearPlace]:
    """Return every place of a YAML text that may name a year, in the order of the text."""
    scalars = sorted(_scalars(compose(text), (), set()), key=lambda s: s.start)
    result, at = [], 0
    for match in _YEAR.finditer(text):
        start, line = match.start(), text.count("\n", 0, match.start()) + 1
        while at < len(scalars) and scalars[at].end <= start:
            at += 1
        inside = at < len(scalars) and scalars[at].start <= start
        if inside:
            path, whole = scalars[at].path, text[scalars[at].start : scalars[at].end]
        else:
            path, whole = (), line_text(text, line).rpartition("#")[2]
        result.append(YearPlace(start, int(match[0]), line, path, whole.strip("\"'")))
    return result


def line_text(text: str, line: int) -> str:
    """Return a line of a text, counted from 1."""
    return text.split("\n")[line - 1]


def _scalars(node: Any, path: tuple[str, ...], seen: set[int]) -> Iterator[_Scalar]:
    """Yield keys and values with the keys above them; what is named and stands again, once."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, ScalarNode):
        yield _Scalar(node.start_mark.index, node.end_mark.index, path or ("",))
    elif isinstance(node, SequenceNode):
        for child in node.value:
            yield from _scalars(child, path, seen)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            below = (*path, str(key.value))
            yield from _scalars(key, below, seen)
            yield from _scalars(value, below, seen)
