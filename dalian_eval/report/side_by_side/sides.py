"""What of a candidate stands in its column: total and rank, points and reason of every part.

A list is compared in parts: the items directly under the whole, and every bonus, which stands apart
from the item it is in. A part's clauses and what settlement made of them add up to it, the parts
and what is settled on the whole to the total.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from dalian_eval.outputs.words import CLAUSE_STATES, SCORE_STATES
from dalian_eval.report.certificates.certificate_view import Certificates
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.model import Section
from dalian_eval.scoring.awards import PENDING, SETTLED

_TOLD = 2
"""Reasons of a clause that are told; its account has all of them."""

_LONGEST = 100
"""Characters of a reason; who wants all of a long one goes to the account."""


@dataclass(frozen=True)
class Part:
    """An item or bonus of a list and the clauses that make it (none: it is a clause itself)."""

    node: str
    clauses: tuple[str, ...]


def parts_of(section: Section) -> Iterator[Part]:
    """Yield the parts of a list in document order, bonuses inside an item after it."""
    for top in section.children(section.kind):
        yield from _part(section, top)


def _part(section: Section, node: str) -> Iterator[Part]:
    clauses, bonuses = list[str](), list[str]()

    def walk(inner: str) -> None:
        for child in section.children(inner):
            if section.nodes[child].bonus and not section.nodes[node].bonus:
                bonuses.append(child)
            elif child in section.clauses:
                clauses.append(child)
            else:
                walk(child)

    walk(node)
    yield Part(node, tuple(clauses))
    for bonus in bonuses:
        yield from _part(section, bonus)


def nodes_of(section: Section) -> list[str]:
    """Return the parts of a list and their clauses, each part before its clauses."""
    return [name for part in parts_of(section) for name in (part.node, *part.clauses)]


def full_title(section: Section, node: str) -> str:
    """Return the title of a clause with those of the items between it and the part it is in."""
    titles = [section.nodes[node].title]
    above = _above(node)
    while _above(above) and _above(above) != section.kind:
        titles.append(section.nodes[above].title)
        above = _above(above)
    return "：".join(reversed(titles))


def _above(node: str) -> str:
    return node.rpartition(".")[0]


@dataclass(frozen=True)
class Cell:
    """Points of a part or clause (ten-thousandths), why, and its state where it is not scored."""

    points: int
    reason: str
    state: str


@dataclass(frozen=True)
class Side:
    """A candidate's column: `cells` in the order of `nodes_of`, `certain` of its rank."""

    code: str
    name: str
    unit: str
    link: str
    total: int
    low: int
    high: int
    rank: int
    state: str
    certain: str
    cells: tuple[Cell, ...]


def sides_of(view: RunView, kind: str, certified: Certificates | None) -> Iterator[Side]:
    """Yield the columns of all candidates of a kind, by rank."""
    section = view.section(kind)
    nodes = nodes_of(section)
    columns = ["candidate", "name", "unit", "total", "total_low", "total_high", "rank", "status"]
    rows = view.candidates(kind)[columns]
    for code, name, unit, total, low, high, rank, status in rows.itertuples(index=False, name=None):
        yield Side(
            code=str(code),
            name=str(name),
            unit=view.unit_name(str(unit)) if kind == "officer" else "",
            link=view.link(kind, str(code)),
            total=int(total),
            low=int(low),
            high=int(high),
            rank=0 if pd.isna(rank) else int(rank),
            state=SCORE_STATES[str(status)],
            certain="" if certified is None else certified.standing(kind, str(code)),
            cells=tuple(_cells(view, section, str(code), nodes)),
        )


def _cells(view: RunView, section: Section, code: str, nodes: Iterable[str]) -> Iterator[Cell]:
    rows = view.cells_of("clauses", section.kind, code, "clause", "points", "status")
    known = {clause: (points, status) for clause, points, status in rows}
    entries: dict[str, list[_Entry]] = {}
    names = ("clause", "points", "reason", "outcome")
    for clause, points, reason, outcome in view.cells_of("ledger", section.kind, code, *names):
        entries.setdefault(clause, []).append(_Entry(points, reason, outcome))
    for node in nodes:
        points, status = known[node]
        clause = section.clauses.get(node)
        own = _settling(section, node, entries) if clause is None else entries.get(node, [])
        reason = short_reason(own, monthly=clause is not None and bool(clause.metrics))
        state = "" if status == "scored" else CLAUSE_STATES.get(status, status)
        yield Cell(int(points), reason, state)


def _settling(section: Section, item: str, entries: Mapping[str, list["_Entry"]]) -> list["_Entry"]:
    """Return the entries on an item and the items inside it, those of its clauses left out."""
    inside = (name for name in entries if name == item or name.startswith(f"{item}."))
    return [e for name in inside if name not in section.clauses for e in entries[name]]


@dataclass(frozen=True)
class _Entry:
    points: int
    reason: str
    outcome: str


def short_reason(entries: Iterable[_Entry], *, monthly: bool) -> str:
    """Return the entries' own words, the weightiest first, and how many more there are.

    What settles tells the sum; of a monthly figure the months that gave nothing are told before
    the others, of anything else what gave or took points.
    """

    def weight(entry: _Entry) -> tuple[bool, bool, bool]:
        empty = not entry.points
        return entry.outcome != SETTLED, entry.outcome == PENDING, empty != monthly

    told = list(dict.fromkeys(e.reason for e in sorted(entries, key=weight) if e.reason))
    more = f"；另有{len(told) - _TOLD}笔" if len(told) > _TOLD else ""
    return "；".join(map(_shortened, told[:_TOLD])) + more


def _shortened(reason: str) -> str:
    return reason if len(reason) <= _LONGEST else f"{reason[: _LONGEST - 2]}……"
