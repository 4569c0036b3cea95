"""Pages to look up the officers of a unit, for runs with too many for a statement each."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from dalian_eval.outputs.words import SCORE_STATES
from dalian_eval.report.base.file_names import LOOKUP, members_file, safe_name
from dalian_eval.report.base.page import render
from dalian_eval.report.base.points import total_or_range
from dalian_eval.report.views.item_overview import item_points, top_items
from dalian_eval.report.views.peers import Peers, of_points
from dalian_eval.report.views.run_view import RunView


@dataclass(frozen=True)
class Member:
    """An officer's line: rank (blank: none), total or range, items in document order."""

    anchor: str
    rank: str
    candidate: str
    name: str
    total: str
    exact: int
    points: tuple[int, ...]
    status: str
    state: str


@dataclass(frozen=True)
class Group:
    """The officers of one unit, and what their totals come to (None: it has no officers)."""

    unit: str
    name: str
    file: str
    members: tuple[Member, ...]
    totals: Peers | None


def members_pages(view: RunView) -> Iterator[tuple[str, str]]:
    """Yield file name and page: one per unit that takes part or has officers, then the lookup."""
    section = view.section("officer")
    ids = top_items(view, "officer")
    titles = [(section.items[i].title, section.items[i].max) for i in ids]
    groups = list(groups_of(view))
    units = view.candidates("unit")
    lines = _members(units, item_points(view, "unit").loc[units["candidate"]])
    of_units = {line.candidate: line for line in lines}
    for group in groups:
        page = render(
            "members.html",
            view=view,
            group=group,
            items=titles,
            unit=of_units.get(group.unit),
            unit_items=[
                (view.section("unit").items[i].title, view.section("unit").items[i].max)
                for i in top_items(view, "unit")
            ],
            told=view.has_statements("unit"),
        )
        yield group.file, page
    yield LOOKUP, render("lookup.html", view=view, groups=groups)


def groups_of(view: RunView) -> Iterator[Group]:
    """Yield the units with their officers, by code; those without a unit come first."""
    officers = view.candidates("officer")
    points = item_points(view, "officer")
    by_unit = dict(iter(officers.groupby("unit", sort=True)))
    for unit in sorted({*map(str, by_unit), *view.candidates("unit")["candidate"]}):
        rows = by_unit.get(unit, officers.iloc[:0])
        members = _members(rows, points.loc[rows["candidate"]])
        totals = of_points([m.exact for m in members]) if members else None
        yield Group(unit, view.unit_name(unit), members_file(unit), members, totals)


def _members(rows: pd.DataFrame, points: pd.DataFrame) -> tuple[Member, ...]:
    """Return lines for rows of scores and the points of the same candidates, in their order."""
    return tuple(
        Member(
            anchor=safe_name(str(row["candidate"])),
            rank="" if pd.isna(row["rank"]) else str(row["rank"]),
            candidate=str(row["candidate"]),
            name=str(row["name"]),
            total=total_or_range(int(row["total_low"]), int(row["total_high"])),
            exact=int(row["total"]),
            points=tuple(map(int, cells)),
            status=str(row["status"]),
            state=SCORE_STATES[str(row["status"])],
        )
        for row, cells in zip(rows.to_dict("records"), points.to_numpy(), strict=True)
    )
