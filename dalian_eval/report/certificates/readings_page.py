"""口径试算: the page on which a reader chooses readings, and the certificates for print."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.markup import markup
from dalian_eval.report.base.page import render
from dalian_eval.report.certificates.certificate_view import (
    Certificates,
    load_certified,
    rank_sentence,
)
from dalian_eval.report.views.run_view import RunView

PAGE = "readings.html"
"""Its name in the run folder."""

_TOUCHES = 4
"""So many clauses that a reading touches are named."""


def write_readings(view: RunView, folder: Path) -> None:
    """Write the page into the run folder, whose certificates lie there already."""
    page = readings_html(view, load_certified(folder, view.rubric))
    (folder / PAGE).write_text(page, encoding="utf-8", newline="\n")


def readings_html(view: RunView, made: Certificates) -> str:
    """Return the page: it computes from whole numbers inside it and asks no network."""
    # Inside a script element only an end tag could do harm: no sign that begins one is left.
    text = json.dumps(made.told, ensure_ascii=False, separators=(",", ":"))
    data = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return render(
        "readings.html",
        view=view,
        kinds=[(kind, KINDS[kind], _rows(made, kind)) for kind in made.rubric.kinds],
        readings=[_reading(made, told) for told in made.told["readings"]],
        sentence=lambda row: rank_sentence(made.rubric, row),
        data=markup(data),
    )


def _rows(made: Certificates, kind: str) -> list[Any]:
    rows = [row for (k, _), row in made.rows.items() if k == kind]
    return sorted(rows, key=lambda row: (int(row["rank"] or 10**9), row["candidate"]))


def _reading(made: Certificates, told: Any) -> dict[str, Any]:
    """Return what the page says of a reading: where it touches and how much it moves.

    `acts`: it moves somebody's points, be it together with others.
    """
    effects = [r for r in made.tables["readings"] if r["reading"] == told["name"]]
    touches = list(dict.fromkeys(told["touches"]))
    more = f"等{len(touches)}条" if len(touches) > _TOUCHES else ""
    return {
        **told,
        "touches": "、".join(touches[:_TOUCHES]) + more,
        "reason": told["reason"].rstrip("。"),
        "moves": _moves(effects),
        "acts": any(
            told["name"] in part["readings"]
            for section in made.told["sections"]
            for part in section["parts"]
        ),
    }


def _moves(effects: Sequence[Mapping[str, str]]) -> str:
    """Return how many totals and ranks a reading moves alone, by its weightiest option."""
    told = []
    for kind, title in KINDS.items():
        most = [
            max((int(r[column]) for r in effects if r["kind"] == kind), default=0)
            for column in ("totals_changed", "ranks_changed")
        ]
        if any(most):
            told.append(f"{title}{most[0]}个总分、{most[1]}个名次")
    return f"单独改用最多变动：{'；'.join(told)}" if told else "单独改用不变动任何总分和名次"
