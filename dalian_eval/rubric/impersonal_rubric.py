"""The rubric whose sentences repeat no cell that could name a person, company, case or record.

What a reason shows of a row is declared by each query's `show`; without those columns scoring
makes the same entries with the same points, and their sentences hold nothing but the rubric's own
words, numbers, dates and words of closed vocabularies.
"""

from typing import Any

from pydantic import BaseModel

from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.nodes import Clause
from dalian_eval.rubric.queries import Finding, Query
from dalian_eval.rubric.vocabulary import impersonal
from dalian_eval.rubric.wording import places_of


def discreet(rubric: Rubric) -> Rubric:
    """Return the rubric with every query showing impersonal columns only, and nobody named."""
    result: Rubric = _discreet(rubric)
    return result


def _discreet(value: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = {name: _discreet(getattr(value, name)) for name in type(value).model_fields}
        if isinstance(value, Query):
            fields["show"] = tuple(c for c in value.show if impersonal(value.table, c))
        if isinstance(value, Finding) and value.says is not None:
            told = {*fields["show"], value.date}
            fields["says"] = value.says if told.issuperset(places_of(value.says)) else None
        if isinstance(value, Clause):
            fields |= value.not_telling_names
        # model_copy keeps which fields were written, which conditions are told by.
        changed = {name: new for name, new in fields.items() if new != getattr(value, name)}
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, tuple):
        return tuple(map(_discreet, value))
    if isinstance(value, dict):
        return {key: _discreet(one) for key, one in value.items()}
    return value
