"""Who takes part by the tree of units, where there are too many for one list.

The door then names the groups; each has a page of its own that lists all its units and officers.
A group is a unit and what stands below it, of the highest level at which units part; where that
level has very many, several of them by their codes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.file_names import STATEMENTS, safe_name
from dalian_eval.report.base.page import render
from dalian_eval.report.views.peers import Peers, of_points
from dalian_eval.report.views.ranking import ranking_rows
from dalian_eval.report.views.run_view import RunView

_MOST_GROUPS = 60
"""Groups that the door names at most, before units are grouped by code."""

_BY_CODE = 50
"""Units of a group by code."""


@dataclass(frozen=True)
class KindOfGroup:
    """The candidates of one kind in a group: all by rank, and what their totals come to."""

    kind: str
    rows: pd.DataFrame

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.rows)

    @property
    def totals(self) -> Peers | None:
        """Median and best of their totals; None where there is nobody."""
        return of_points([*map(int, self.rows["total"])]) if len(self.rows) else None

    @property
    def first(self) -> str:
        """Who stands first and at which rank; empty where nobody is ranked."""
        ranked = self.rows[self.rows["rank"].notna()]
        if ranked.empty:
            return ""
        return f"{ranked['name'].iloc[0]}（第{int(ranked['rank'].iloc[0])}名）"


@dataclass(frozen=True)
class UnitGroup:
    """A group: its name, its page from the run folder, and its candidates by kind."""

    name: str
    file: str
    kinds: tuple[KindOfGroup, ...]


def unit_groups(view: RunView) -> list[UnitGroup]:
    """Return the groups of a run in which not every officer has a statement; else none."""
    if view.has_statements("officer"):
        return []
    rows = {kind: view.candidates(kind) for kind in view.rubric.kinds}
    codes = sorted({str(u) for kind in rows for u in rows[kind][_column(kind)]})
    return [
        UnitGroup(
            name,
            f"{STATEMENTS}/group-{safe_name(key)}.html",
            tuple(
                KindOfGroup(kind, some[some[_column(kind)].isin(units)].reset_index(drop=True))
                for kind, some in rows.items()
            ),
        )
        for key, name, units in _parted(view, codes)
    ]


def _column(kind: str) -> str:
    """Return the column of scores.csv that tells the unit of a candidate."""
    return "candidate" if kind == "unit" else "unit"


def _parted(view: RunView, codes: Sequence[str]) -> Iterator[tuple[str, str, set[str]]]:
    """Yield key, name and codes of every group."""
    lines = {code: _from_top(view, code) for code in sorted(codes, key=_in_order) if code}
    heads = _heads(lines)
    named = sorted(heads, key=_in_order)
    if 1 < len(named) <= _MOST_GROUPS:
        for head in named:
            yield head, view.unit_name(head), heads[head]
        named = []
    for begin in range(0, len(named), _BY_CODE):
        part = named[begin : begin + _BY_CODE]
        yield part[0], f"单位编码{part[0]}至{part[-1]}", set().union(*(heads[h] for h in part))
    if "" in codes:
        yield "", "未任职的人员", {""}


def _heads(lines: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """Return the units of the highest level at which units part, with all codes at and below them.

    `lines`: of every unit those from the top down to it.
    """
    heads: dict[str, set[str]] = {}
    for depth in range(max(map(len, lines.values()), default=0)):
        heads = {}
        for code, line in lines.items():
            heads.setdefault(line[min(depth, len(line) - 1)], set()).add(code)
        if len(heads) > 1:
            break
    return heads


def _in_order(code: str) -> list[tuple[int, str]]:
    """Return what codes are sorted by, numbers inside them by value: D9 before D10."""
    parts = re.split(r"([0-9]+)", code)
    return [(int(part), "") if i % 2 else (0, part) for i, part in enumerate(parts)]


def _from_top(view: RunView, code: str) -> list[str]:
    """Return the units above a unit and itself, from above."""
    parents, line = view.meta.get("parents", {}), list[str]()
    while code and code not in line:
        line.append(code)
        code = parents.get(code, "")
    return line[::-1]


def group_pages(view: RunView, groups: Sequence[UnitGroup]) -> Iterator[tuple[str, str]]:
    """Yield the file, from the run folder, and the page of every group."""
    for group in groups:
        lists = [(part, ranking_rows(view, part.kind, part.rows)) for part in group.kinds]
        yield group.file, render("group.html", view=view, group=group, lists=lists, kinds=KINDS)
