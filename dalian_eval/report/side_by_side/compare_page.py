"""compare.html: a small page that reads who is compared from its address, and the data beside it.

The data lie in `compare/` as script files, because a page opened from a disk may read no others:
of each list one that tells who there is, and pieces with the columns, by rank.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.file_names import COMPARE
from dalian_eval.report.base.page import render
from dalian_eval.report.certificates.certificate_view import Certificates
from dalian_eval.report.side_by_side.sides import (
    Side,
    full_title,
    nodes_of,
    parts_of,
    sides_of,
)
from dalian_eval.report.views.run_view import RunView

FOLDER = "compare"
"""Where the data lie inside the run folder."""

MOST = 20_000
"""Candidates of a list up to which it can be compared here."""

MOST_BESIDE = 4
"""Candidates that stand side by side at most."""

PIECE = 400_000
"""Characters after which a piece of data ends."""

_LINKED = 60
"""Candidates up to which the page links to all statements where no script runs."""


def write_compare(view: RunView, folder: Path, certified: Certificates | None) -> None:
    """Write the page and its data into the run folder; `certified`: what is certain of ranks."""
    (folder / FOLDER).mkdir(exist_ok=True)
    kinds = [kind for kind in view.rubric.kinds if 0 < len(view.candidates(kind)) <= MOST]
    for kind in kinds:
        for name, data in data_files(view, kind, certified):
            _write(folder / FOLDER / f"{name}.js", f'side_by_side("{name}", {_json(data)});\n')
    _write(folder / COMPARE, compare_html(view, kinds))


def compare_html(view: RunView, kinds: Sequence[str]) -> str:
    """Return the page; `kinds`: the lists whose data lie beside it."""
    lists = [(kind, KINDS[kind], view.candidates(kind)) for kind in view.rubric.kinds]
    return render(
        "compare.html",
        view=view,
        folder=FOLDER,
        kinds=[(kind, KINDS[kind]) for kind in kinds],
        left_out=[(title, len(rows)) for kind, title, rows in lists if len(rows) > MOST],
        most=MOST,
        beside=MOST_BESIDE,
        linked=[
            (title, _links(view, kind, rows))
            for kind, title, rows in lists
            if 0 < len(rows) <= _LINKED
        ],
    )


def _links(view: RunView, kind: str, rows: pd.DataFrame) -> list[tuple[str, str]]:
    pairs = zip(rows["candidate"], rows["name"], strict=True)
    return [(str(name), view.link(kind, str(code))) for code, name in pairs]


def data_files(
    view: RunView, kind: str, certified: Certificates | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name and content of the data files of a list: the pieces, then who there is."""
    who, begins = list[list[str]](), list[int]()
    for columns in _pieces(sides_of(view, kind, certified)):
        begins.append(len(who))
        who += [[side.code, side.name, side.unit] for side in columns]
        yield f"{kind}-{len(begins)}", _piece(columns)
    section = view.section(kind)
    places = {name: place for place, name in enumerate(nodes_of(section))}
    yield (
        kind,
        {
            "nodes": [
                [name, full_title(section, name), section.nodes[name].locator] for name in places
            ],
            "parts": [
                [places[part.node], [places[clause] for clause in part.clauses]]
                for part in parts_of(section)
            ],
            "anchored": view.has_statements(kind),
            "begins": begins,
            "who": who,
        },
    )


def _pieces(sides: Iterator[Side]) -> Iterator[list[Side]]:
    """Yield columns in pieces of bounded size."""
    piece, size = list[Side](), 0
    for side in sides:
        own = 200 + sum(20 + len(cell.reason) for cell in side.cells)
        if piece and size + own > PIECE:
            yield piece
            piece, size = [], 0
        piece.append(side)
        size += own
    if piece:
        yield piece


def _piece(sides: Sequence[Side]) -> dict[str, Any]:
    """Return columns as data: points as whole ten-thousandths, every text once."""
    texts: dict[str, int] = {"": 0}

    def place(text: str) -> int:
        return texts.setdefault(text, len(texts))

    columns = [
        {
            "link": side.link,
            "total": side.total,
            "low": side.low,
            "high": side.high,
            "rank": side.rank,
            "state": side.state,
            "certain": side.certain,
            "cells": [[c.points, place(c.reason), place(c.state)] for c in side.cells],
        }
        for side in sides
    ]
    return {"texts": list(texts), "columns": columns}


def _json(data: Any) -> str:
    """Return data as text that a script file may hold whatever stands in it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign in ("<", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
