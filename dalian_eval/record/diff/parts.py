"""The parts of a difference: ledger entries that only one of two ledgers has, by clause and rule.

Equal entries cancel out, whatever row of whatever file they rest on; what is left of a candidate
adds up to the difference of its totals, because each ledger adds up to its total.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from dalian_eval.report.changes.comparison import Key, OneSidedEntry, Part
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.nodes import Item
from dalian_eval.scoring.settle import SETTLEMENT, VOID

_ALIKE = ["kind", "candidate", "clause", "rule", "month", "points", "reason"]
_PART = ["kind", "candidate", "clause", "rule"]
_LISTED = 40
"""Entries listed of one part."""


@dataclass(frozen=True)
class RawPart:
    """A part before its causes are named.

    `entries`: the rows of the two ledgers, `_current` says which; `points`: their difference.
    """

    key: Key
    clause: str
    rule: str
    points: int
    entries: pd.DataFrame


def raw_parts(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[RawPart]:
    """Yield what moved between two ledgers (columns of `sides.LEDGER`), candidate by candidate."""
    left = _numbered(before)
    right = _numbered(after)
    shared = left.index.intersection(right.index)
    rest = pd.concat(
        [
            left.drop(index=shared).assign(_current=False),
            right.drop(index=shared).assign(_current=True),
        ],
        ignore_index=True,
    )
    rest["_signed"] = rest["points"].where(rest["_current"], -rest["points"])
    for (kind, candidate, clause, rule), entries in rest.groupby(_PART, sort=True):
        points = int(entries["_signed"].sum())
        if points:
            told = entries[entries["points"] != 0]
            yield RawPart((str(kind), str(candidate)), str(clause), str(rule), points, told)


def _numbered(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the ledger indexed so that equal entries of two ledgers have equal labels."""
    again = ledger.groupby(_ALIKE, sort=False).cumcount()
    keys = ledger[_ALIKE].assign(_again=again)
    return ledger.set_axis(pd.MultiIndex.from_frame(keys), axis=0)


def entries_in_words(entries: pd.DataFrame) -> tuple[OneSidedEntry, ...]:
    """Return the entries of a part in words, those that went first."""
    rows = entries.sort_values(["_current", "month", "reason"], kind="stable").head(_LISTED)
    columns = (rows[name] for name in ("month", "points", "reason", "_current", "evidence"))
    return tuple(
        OneSidedEntry(
            str(month), int(points), str(reason), bool(current), parse_origins(str(evidence))
        )
        for month, points, reason, current, evidence in zip(*columns, strict=True)
    )


def settles(part: RawPart, sections: tuple[Section, ...]) -> bool:
    """Whether the part is a settlement entry: a cap, a floor, a void of an item."""
    on_item = any(isinstance(s.nodes.get(part.clause), Item) for s in sections)
    return part.rule in SETTLEMENT or (part.rule == VOID and on_item)


def bare(part: RawPart, title: str, source: str, *, settles: bool) -> Part:
    """Return the part with its entries, without rows and settings."""
    return Part(
        clause=part.clause,
        title=title,
        rule=part.rule,
        source=source,
        points=part.points,
        entries=entries_in_words(part.entries),
        settles=settles,
    )
