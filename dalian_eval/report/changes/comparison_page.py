"""A comparison as a page, and what the door of a run shows of it."""

from typing import Any

import pandas as pd

from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.labels import table_title
from dalian_eval.report.base.page import render
from dalian_eval.report.changes.comparison import (
    DATA,
    MONTH,
    SETTINGS,
    CandidateChange,
    Comparison,
    clause_words,
    run_words,
)
from dalian_eval.report.changes.comparison_text import (
    after_words,
    count_words,
    place,
    places,
    rank_words,
    summary,
)
from dalian_eval.report.views.run_view import RunView

PAGE, TABLE = "changes.html", OUTPUTS["changes"].file
"""Files of a comparison in a run folder."""

DETAILED = 200
"""Candidates of a kind whose parts the page shows; the csv file holds all."""

ON_DOOR = 20
"""Candidates of a kind that the door shows."""

_NEWS = 3


def changes_html(comparison: Comparison, inside: RunView | None = None) -> str:
    """Return the comparison as a page; `inside`: the later run, in whose folder it is to stand."""
    return render(
        "changes.html",
        c=comparison,
        before=run_words(comparison.before),
        after=after_words(comparison),
        kinds=[(kind, title, comparison.of(kind)) for kind, title in KINDS.items()],
        told=summary(comparison),
        counts={table_title(t): count_words(n) for t, n in comparison.counts.items()},
        limit=DETAILED,
        inside=inside is not None,
        anchor=anchor,
        rank=rank_words,
        place=place,
        places=places,
        table_title=table_title,
        link=inside.link if inside else None,
        csv=TABLE,
        sources=_sources(comparison),
        clause_words=clause_words,
        kind_names=KINDS,
    )


def _sources(comparison: Comparison) -> tuple[str, ...]:
    """Return the sources that have a column of their own; the program is told in a word."""
    return (MONTH, DATA, SETTINGS) if comparison.days else (DATA, SETTINGS)


def anchor(change: CandidateChange) -> str:
    """Return the id of a candidate's section on the page."""
    return f"{change.kind}-{change.candidate}"


def door_changes(comparison: Comparison | None, view: RunView) -> dict[str, Any]:
    """Return what the door shows under 较上次运行的变化.

    `comparison`: with the previous run, or None; then the section shows what the evaluated month
    itself brought (`news`), by the title of each kind.
    """
    if comparison is None:
        return {"previous": None, "news": {KINDS[k]: news(view, k) for k in view.rubric.kinds}}
    return {
        "previous": run_words(comparison.before),
        "told": summary(comparison),
        "settings": comparison.settings,
        "days": comparison.days,
        "counts": {table_title(t): count_words(n) for t, n in comparison.counts.items()},
        "kinds": [(KINDS[kind], comparison.of(kind)) for kind in view.rubric.kinds],
        "limit": ON_DOOR,
        "anchor": anchor,
        "rank": rank_words,
        "page": PAGE,
        "csv": TABLE,
    }


def news(view: RunView, kind: str) -> list[dict[str, Any]]:
    """Return what the evaluated month brought each candidate, most first.

    That is the sum of the ledger entries of that month, before caps and floors of the whole; each
    has `name`, `link`, `points` and `parts`, its three largest clauses as (title, points).
    """
    rows = view.ledger
    rows = rows[(rows["kind"] == kind) & (rows["month"] == view.meta["month"])]
    rows = rows[rows["points"] != 0]
    names = dict(zip(view.scores["candidate"], view.scores["name"], strict=True))
    nodes = view.section(kind).nodes
    whole: pd.Series = rows.groupby("candidate", sort=True)["points"].sum()
    most = (-whole).sort_values(kind="stable").index[:ON_DOOR]
    result = []
    for candidate, mine in rows[rows["candidate"].isin(most)].groupby("candidate", sort=True):
        by_clause: pd.Series = mine.groupby("clause", sort=True)["points"].sum()
        order = sorted(by_clause.items(), key=lambda pair: -abs(int(pair[1])))
        result.append(
            {
                "name": names[str(candidate)],
                "link": view.link(kind, str(candidate)),
                "points": int(by_clause.sum()),
                "parts": [(nodes[str(c)].title, int(p)) for c, p in order[:_NEWS] if p],
            }
        )
    return sorted(result, key=lambda row: -row["points"])
