"""Where a reader goes from one account: to the unit or its officers, to who stands beside."""

from dataclasses import dataclass

import pandas as pd

from dalian_eval.report.views.run_view import RunView

Step = tuple[str, str]
"""A name and an address from the run folder."""

LISTED = 60
"""Officers that a unit's account names; all stand in the ranking."""


@dataclass(frozen=True)
class Neighbours:
    """The accounts around one: by rank before and after it, its unit's, its officers'."""

    before: Step | None
    after: Step | None
    unit: Step | None
    officers: tuple[Step, ...]
    more: int


def neighbours_of(view: RunView, kind: str, candidate: str) -> Neighbours:
    """Return the neighbours of a candidate; officers are those posted in the unit or below it."""
    ordered = view.candidates(kind)
    place = int((ordered["candidate"] == candidate).to_numpy().argmax())

    def step(at: int) -> Step | None:
        return _step(view, kind, ordered.iloc[at]) if 0 <= at < len(ordered) else None

    people = _officers(view, candidate) if kind == "unit" else ordered.iloc[:0]
    own = ordered.iloc[place]
    return Neighbours(
        before=step(place - 1),
        after=step(place + 1),
        unit=_unit_of(view, str(own["unit"])) if kind == "officer" else None,
        officers=tuple(_step(view, "officer", row) for _, row in people.iloc[:LISTED].iterrows()),
        more=max(0, len(people) - LISTED),
    )


def _step(view: RunView, kind: str, row: pd.Series) -> Step:
    return str(row["name"]), view.link(kind, str(row["candidate"]))


def _officers(view: RunView, unit: str) -> pd.DataFrame:
    """Return the officers of a unit and those below it, by rank."""
    people = view.candidates("officer")
    return people[[unit in _line(view, str(code)) for code in people["unit"]]]


def _unit_of(view: RunView, code: str) -> Step | None:
    """Return the candidate unit that a unit is or belongs to, the nearest first."""
    units = set(view.candidates("unit")["candidate"])
    found = next((c for c in _line(view, code) if c in units), None)
    return None if found is None else (view.unit_name(found), view.link("unit", found))


def _line(view: RunView, code: str) -> list[str]:
    """Return a unit and those above it, from below."""
    parents, result = view.meta.get("parents", {}), []
    while code and code not in result:
        result.append(code)
        code = parents.get(code, "")
    return result
