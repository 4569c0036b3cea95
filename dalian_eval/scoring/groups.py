"""Groups in which candidates are compared: those with one word in a column of 单位 or 人员."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dalian_eval.base.yaml_faults import meant
from dalian_eval.rubric.columns import column_of
from dalian_eval.rubric.ladders import Found
from dalian_eval.rubric.queries import Kind
from dalian_eval.rubric.vocabulary import header_of
from dalian_eval.schema.model import Type
from dalian_eval.schema.relations import positions
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.facts import Candidates, Facts, Positions

_TABLES: dict[Kind, tuple[str, str]] = {
    "unit": ("units", "unit_id"),
    "officer": ("officers", "officer_id"),
}


@dataclass(frozen=True)
class Groups:
    """The group of every candidate: `number` (-1: none) and its `words`."""

    number: Positions
    words: tuple[str, ...]


def groups_of(column: str | None, facts: Facts, candidates: Candidates) -> Groups:
    """Return the groups that a column makes; without one all candidates are one group."""
    if column is None:
        return Groups(np.zeros(len(candidates), dtype=np.int64), ("",))
    name, key = _TABLES[candidates.kind]
    table = facts.tables[name]
    own = table[column].iloc[positions(pd.Series(candidates.ids), table[key])]
    number, words = pd.factorize(own.astype("str").where(own.notna().to_numpy()), sort=True)
    return Groups(number.astype(np.int64), tuple(map(str, words)))


def group_faults(column: str | None, kind: Kind) -> Found:
    """Yield why candidates cannot be grouped by a column."""
    if column is None:
        return
    name, _ = _TABLES[kind]
    known = [
        c.name for c in BY_NAME[name].columns if c.type in (Type.TEXT, Type.CODE) and not c.key
    ]
    if column_of(name, column) is None or column not in known:
        yield ("among",), f"表『{name}』没有可用来分组的列『{column}』{meant(column, known)}"


def group_words(column: str | None, kind: Kind) -> str:
    """Return how candidates are grouped, for the rule: 按考核组分组，; nothing without groups."""
    return "" if column is None else f"按{header_of(_TABLES[kind][0], column)}分组，"
