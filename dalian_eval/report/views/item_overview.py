"""Items and clauses over all candidates: the item table, open clauses, why somebody is vetoed."""

from dataclasses import dataclass

import pandas as pd

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.labels import lacking_sentence, table_title
from dalian_eval.report.base.points import needs_four
from dalian_eval.report.views.run_view import RunView
from dalian_eval.scoring.awards import GAVE

_LEVELS = 5
_NAMED = 5


@dataclass(frozen=True)
class ItemCell:
    """A candidate's points of an item: ten-thousandths, and how full it is in five steps."""

    points: int
    level: int
    link: str


@dataclass(frozen=True)
class ItemTable:
    """Candidates down, top items across, in document order; maxima in ten-thousandths."""

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    maxima: tuple[int, ...]
    rows: tuple[tuple[str, tuple[ItemCell, ...], int], ...]

    @property
    def mixed(self) -> bool:
        """Whether its numbers have to be shown with four decimals."""
        return needs_four(
            p for _, cells, total in self.rows for p in (*(c.points for c in cells), total)
        )


@dataclass(frozen=True)
class OpenClause:
    """A clause that waits for data: for whom, what is missing, what it can give (None: no cap)."""

    kind: str
    title: str
    locator: str
    who: tuple[tuple[str, str], ...]
    count: int
    everybody: bool
    missing: tuple[str, ...]
    reason: str
    maximum: int | None
    deducts: bool
    is_verdict: bool

    @property
    def lacking(self) -> str:
        """Which tables the clause waits for, as a sentence; empty when it has them all."""
        return lacking_sentence(self.missing, self.is_verdict) if self.missing else ""


def top_items(view: RunView, kind: str) -> list[str]:
    """Return the ids of the items directly under the root, in document order."""
    section = view.section(kind)
    return [i for i in section.children(section.kind) if i in section.items]


def item_points(view: RunView, kind: str) -> pd.DataFrame:
    """Return points of the top items: candidates (in order of rank) down, item ids across."""
    ids = top_items(view, kind)
    rows = view.clauses[(view.clauses["kind"] == kind) & view.clauses["clause"].isin(ids)]
    wide = rows.pivot(index="candidate", columns="clause", values="points")
    return wide.reindex(index=view.candidates(kind)["candidate"], columns=ids)


def item_table(view: RunView, kind: str) -> ItemTable:
    """Return the items of all candidates of a kind."""
    points = item_points(view, kind)
    items = view.section(kind).items
    maxima = [items[i].max for i in points.columns]
    ordered = view.candidates(kind)
    rows = []
    for candidate, name, total in zip(
        ordered["candidate"], ordered["name"], ordered["total"], strict=True
    ):
        cells = tuple(
            ItemCell(
                int(value),
                max(0, min(_LEVELS, int(value) * _LEVELS // top)) if top else 0,
                view.link(kind, str(candidate), str(item)),
            )
            for item, value, top in zip(points.columns, points.loc[candidate], maxima, strict=True)
        )
        rows.append((str(name), cells, int(total)))
    titles = tuple(items[i].title for i in points.columns)
    return ItemTable(tuple(points.columns), titles, tuple(maxima), tuple(rows))


def veto_reasons(view: RunView, kind: str, candidate: str) -> list[str]:
    """Return the sentences of the veto entries of a vetoed candidate."""
    section = view.section(kind)
    vetoes = [i for i, c in section.clauses.items() if c.is_veto]
    rows = view.rows_of("ledger", kind, candidate)
    rows = rows[rows["clause"].isin(vetoes) & (rows["outcome"] == GAVE)]
    return list(rows["reason"])


def open_clauses(view: RunView) -> list[OpenClause]:
    """Return every clause that is unavailable for somebody, units first, in document order."""
    result = []
    for kind in KINDS:
        section = view.section(kind)
        names = dict(
            view.candidates(kind)[["candidate", "name"]].itertuples(index=False, name=None)
        )
        rows = view.clauses[
            (view.clauses["kind"] == kind)
            & (view.clauses["status"] == "unavailable")
            & view.clauses["candidate"].isin(list(names))
        ]
        who = rows.groupby("clause")["candidate"].agg(list)
        for clause in section.clauses.values():
            if clause.id not in who.index:
                continue
            candidates = who[clause.id]
            entries = view.rows_of("ledger", kind, candidates[0])
            reasons = entries.loc[entries["clause"] == clause.id, "reason"]
            missing = view.missing_tables(kind, clause.id)
            result.append(
                OpenClause(
                    kind=KINDS[kind],
                    title=clause.title,
                    locator=clause.locator,
                    who=tuple(
                        (names[c], view.link(kind, c, clause.id)) for c in candidates[:_NAMED]
                    ),
                    count=len(candidates),
                    everybody=len(candidates) == len(names),
                    missing=tuple(table_title(t) for t in missing),
                    reason=str(reasons.iloc[0]) if len(reasons) else "",
                    maximum=clause.max,
                    deducts=clause.deducts,
                    is_verdict=clause.is_verdict,
                )
            )
    return result
