"""What a page says by itself: the words of program, schema and rubric, and the units' names.

A name such as 高峰 or 单位 is also a word. Where it stands as part of what the program or the
rubric says anyway, with the same characters around it, it names nobody.
"""

import re
from collections.abc import Iterable, Iterator

from dalian_eval.public.sayings import sayings
from dalian_eval.rubric.model import Rubric
from dalian_eval.schema.tables import TABLES

_AROUND = 4
"""Characters on either side that must agree."""

_END = "\x00"
_NUMBER = re.compile(r"\d{6}")
_HOLE = re.compile(r"\{[a-z_]+\}")
"""Where a number or another text is put into the rubric's own wording."""


class Language:
    """The sayings of an edition: texts that stand in it whatever the inputs hold."""

    def __init__(self, rubric: Rubric, names: Iterable[str]) -> None:
        """Take the sayings of program, schema and rubric, and `names` that are published."""
        written = (piece for text in _texts(rubric.model_dump()) for piece in _HOLE.split(text))
        said = {*sayings(), *_schema(), *written, *names}
        self._text = _END + _END.join(sorted(said)) + _END
        self._known: dict[str, set[tuple[str, str]]] = {}

    def says(self, word: str, before: str, after: str) -> bool:
        """Whether a word between the texts `before` and `after` is part of a saying.

        A saying ends where a figure or another text is put in, so there anything may stand. A word
        with a number of six digits or more is no saying's.
        """
        if _NUMBER.search(word):
            return False
        return any(
            before.endswith(left) and after.startswith(right) for left, right in self._around(word)
        )

    def _around(self, word: str) -> set[tuple[str, str]]:
        """Return what stands around the word in the sayings, up to four characters each."""
        if word not in self._known:
            found = set()
            at = self._text.find(word)
            while at >= 0:
                end = at + len(word)
                left = self._text[max(0, at - _AROUND) : at].rpartition(_END)[2]
                right = self._text[end : end + _AROUND].partition(_END)[0]
                found.add((left, right))
                at = self._text.find(word, at + 1)
            self._known[word] = found
        return self._known[word]


def _schema() -> Iterator[str]:
    for table in TABLES:
        yield from (table.name, table.sheet)
        for column in table.columns:
            yield from (column.name, column.header, *column.vocabulary)


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a structure, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value))
        yield from _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
