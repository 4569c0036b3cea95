"""What a mapping says (params/mappings.yaml), as processes that read files take it.

A mapping names the sheets it is for and, for every table of ours that they feed, the rules by which
a row of theirs becomes rows of ours. A rule with groups (每组) stands for one rule per group.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

GROUP = "{}"
"""Stands in headers and constants for the word of the group."""

EACH = "每个"
START, END, FIRST, LAST = "起", "止", "首段", "末段"
PARTS = (START, END, FIRST, LAST, EACH)
"""Which part of a cell a column takes."""

FILLED, BLANK = "已填", "未填"
"""What a condition may ask of a cell besides its words."""

ON_EMPTY = "空白"
"""Stands in a list of words for a blank cell."""


@dataclass(frozen=True)
class Form:
    """Where one column of ours comes from: columns of theirs, or a constant.

    `column` is the name of our column, `headers` are theirs: several only for a list. `part` is
    one of PARTS or empty. `words` says what their words mean, `mentions` what is meant by a cell
    that contains a word, `other` what any other cell means.
    """

    column: str
    headers: tuple[str, ...] = ()
    constant: str = ""
    part: str = ""
    words: tuple[tuple[str, str], ...] = ()
    mentions: tuple[tuple[str, str], ...] = ()
    other: str | None = None

    @property
    def is_translated(self) -> bool:
        """Whether lists of words decide what a cell means."""
        return bool(self.words or self.mentions) or self.other is not None

    @property
    def is_plain(self) -> bool:
        """Whether a cell is read as it stands."""
        return len(self.headers) == 1 and not self.part and not self.is_translated


@dataclass(frozen=True)
class Condition:
    """What a cell of theirs must be for a rule to take the row.

    `asks` is 已填, 未填, 是, 不是, 含 or 不含; the last four hold `words`.
    """

    header: str
    asks: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """How a row of theirs becomes a row of the table `table` (by name).

    With `groups` it becomes a row per group: `{}` in a header stands for the group's word. With a
    column of which each part (每个) is taken it becomes a row per part.
    """

    table: str
    forms: tuple[Form, ...]
    conditions: tuple[Condition, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        """All headers of theirs that the rule reads, in order."""
        named = [h for form in self.forms for h in form.headers]
        return tuple(dict.fromkeys([*named, *(c.header for c in self.conditions)]))

    def of_group(self, word: str) -> "Rule":
        """Return the rule of one group."""
        forms = tuple(
            replace(
                form,
                headers=tuple(header.replace(GROUP, word) for header in form.headers),
                constant=form.constant.replace(GROUP, word),
            )
            for form in self.forms
        )
        conditions = tuple(
            replace(c, header=c.header.replace(GROUP, word)) for c in self.conditions
        )
        return replace(self, forms=forms, conditions=conditions, groups=(word,))

    def grouped_headers(self) -> tuple[str, ...]:
        """Return the headers with {}: those that tell whether a row has a group."""
        named = (h for form in self.forms for h in form.headers)
        return tuple(dict.fromkeys(h for h in named if GROUP in h))


@dataclass(frozen=True)
class Mapping:
    """One entry of the file.

    `headers` are what a sheet must have, `names` patterns of which one must fit the name of its
    file or sheet (both may be empty, not both at once); `line` is where it stands.
    """

    name: str
    line: int
    headers: tuple[str, ...]
    names: tuple[str, ...]
    rules: tuple[Rule, ...]

    def all_headers(self) -> Iterator[str]:
        """Yield every header of theirs that is named, those of groups word by word."""
        yield from self.needed_headers()
        for rule in self.rules:
            for word in rule.groups:
                yield from (header.replace(GROUP, word) for header in rule.grouped_headers())

    def needed_headers(self) -> Iterator[str]:
        """Yield the headers of theirs that must be there: those of groups only one at least."""
        seen = dict.fromkeys(self.headers)
        for rule in self.rules:
            seen |= dict.fromkeys(h for h in rule.headers if GROUP not in h)
        yield from seen
