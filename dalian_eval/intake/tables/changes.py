"""Changes made to accepted cells, counted by column and kind."""

from dataclasses import dataclass

from dalian_eval.intake.base.reasons import Change


@dataclass(frozen=True)
class Example:
    """How often one change was made in one column, with its first instance."""

    count: int
    before: str
    after: str


Changes = dict[tuple[str, Change], Example]
"""Changes made, by header and kind."""


def add_changes(known: Changes, more: Changes) -> None:
    """Add up the counts of changes; the first example stays."""
    for change, example in more.items():
        if change in known:
            first = known[change]
            example = Example(first.count + example.count, first.before, first.after)
        known[change] = example
