"""Where a reader goes from one account: to the unit or its officers, to who stands beside."""

from dataclasses import dataclass

import pandas as pd

from dalian_eval.report.base.file_names import compare_link
from dalian_eval.report.views.run_view import RunView

Step = tuple[str, str]
"""A name and an address from the run folder."""

LISTED = 60
"""Officers that a unit's account names; all stand in the ranking."""


@dataclass(frozen=True)
class Neighbours:
    """The accounts around one: by rank before and after it, its unit's, its officers'.

    `beside`: whom it is compared with and where, side by side; None where it stands alone.
    """

    before: Step | None
    after: Step | None
    unit: Step | None
    officers: tuple[Step, ...]
    more: int
    beside: Step | None


def neighbours_of(view: RunView, kind: str, candidate: str) -> Neighbours:
    """Return the neighbours of a candidate; officers are those posted in the unit or below it."""
    around = _around(view, kind)
    place = around.places.get(candidate, 0)

    def step(at: int) -> Step | None:
        return _step(view, kind, around.ordered[at]) if 0 <= at < len(around.ordered) else None

    people = around.officers.get(candidate, []) if kind == "unit" else []
    unit = around.units[place] if kind == "officer" else ""
    return Neighbours(
        before=step(place - 1),
        after=step(place + 1),
        unit=_unit_of(view, unit) if kind == "officer" else None,
        officers=tuple(_step(view, "officer", who) for who in people[:LISTED]),
        more=max(0, len(people) - LISTED),
        beside=_beside(kind, around.ordered, place),
    )


def _beside(kind: str, ordered: list[Step], place: int) -> Step | None:
    """Return the names of those before and after a candidate, and the three side by side."""
    others = [ordered[at] for at in (place - 1, place + 1) if 0 <= at < len(ordered)]
    if not others:
        return None
    codes = (ordered[place][0], *(code for code, _ in others))
    return "、".join(name for _, name in others), compare_link(kind, *codes)


@dataclass(frozen=True)
class _Around:
    """The candidates of a kind by rank, as code and name, with their units and places.

    `officers`: unit → the officers posted in it or below it, by rank.
    """

    ordered: list[Step]
    units: list[str]
    places: dict[str, int]
    officers: dict[str, list[Step]]


def _around(view: RunView, kind: str) -> _Around:
    """Return what the neighbours of all candidates of a kind are taken from, made once per run."""
    return view.kept(f"neighbours of {kind}", lambda: _made(view, kind))


def _made(view: RunView, kind: str) -> _Around:
    rows = view.candidates(kind)
    ordered = _codes_and_names(rows)
    officers: dict[str, list[Step]] = {}
    if kind == "unit":
        people = view.candidates("officer")
        for who, unit in zip(_codes_and_names(people), people["unit"], strict=True):
            for code in _line(view, str(unit)):
                officers.setdefault(code, []).append(who)
    places = {code: place for place, (code, _) in enumerate(ordered)}
    return _Around(ordered, [str(unit) for unit in rows["unit"]], places, officers)


def _codes_and_names(rows: pd.DataFrame) -> list[Step]:
    return [(str(c), str(n)) for c, n in zip(rows["candidate"], rows["name"], strict=True)]


def _step(view: RunView, kind: str, who: Step) -> Step:
    code, name = who
    return name, view.link(kind, code)


def _unit_of(view: RunView, code: str) -> Step | None:
    """Return the candidate unit that a unit is or belongs to, the nearest first."""
    found = next((c for c in _line(view, code) if view.has_candidate("unit", c)), None)
    return None if found is None else (view.unit_name(found), view.link("unit", found))


def _line(view: RunView, code: str) -> list[str]:
    """Return a unit and those above it, from below."""
    parents, result = view.meta.get("parents", {}), []
    while code and code not in result:
        result.append(code)
        code = parents.get(code, "")
    return result
