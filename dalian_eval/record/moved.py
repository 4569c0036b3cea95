"""Which scores differ between two run folders, and by which clauses: read from their tables."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dalian_eval.csvfile import read_csv

_WHO = ["kind", "candidate"]
_NONE = "无"


def moved_scores(before: Path, after: Path) -> list[str]:
    """Return a sentence for every candidate whose total or clauses differ, in their order.

    Raises OSError, ValueError or KeyError for tables that are not there or cannot be read.
    """
    totals = _differing("scores.csv", before, after, _WHO, "total")
    points = _differing("clauses.csv", before, after, [*_WHO, "clause"], "points")
    by_clause: dict[tuple[str, ...], dict[str, str]] = {}
    for (*who, clause), told in points.items():
        by_clause.setdefault(tuple(who), {})[clause] = told
    people = sorted({*totals, *by_clause})
    return [_told(who, totals.get(who), by_clause.get(who, {})) for who in people]


def _differing(
    name: str, before: Path, after: Path, keys: Sequence[str], value: str
) -> dict[tuple[str, ...], str]:
    """Return, by key, the values of a column that differ, as 'old → new'."""
    sides = [_column(folder / name, keys, value) for folder in (before, after)]
    return {
        key: f"{sides[0].get(key, _NONE)} → {sides[1].get(key, _NONE)}"
        for key in sorted({*sides[0], *sides[1]})
        if sides[0].get(key) != sides[1].get(key)
    }


def _column(path: Path, keys: Sequence[str], value: str) -> dict[tuple[str, ...], str]:
    frame: pd.DataFrame = read_csv(path)
    rows = frame[[*keys, value]].itertuples(index=False, name=None)
    return {tuple(map(str, row[:-1])): str(row[-1]) for row in rows}


def _told(who: tuple[str, ...], total: str | None, clauses: dict[str, str]) -> str:
    # A clause that contains another says nothing that the other does not.
    leaves = [c for c in clauses if not any(other.startswith(f"{c}.") for other in clauses)]
    parts = "；".join(f"{clause} {clauses[clause]}" for clause in leaves)
    head = f"{who[1]}（{'集体' if who[0] == 'unit' else '个人'}）"
    head += f"总分 {total}" if total else "总分不变"
    return f"{head}：{parts or '各条款不变'}"
