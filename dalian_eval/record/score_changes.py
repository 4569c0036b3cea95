"""Which scores differ between two run folders, and by which clauses: read from their tables."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dalian_eval.outputs.csv_files import read_table
from dalian_eval.report.base.points import with_sign
from dalian_eval.rubric.numbers import four_decimals
from dalian_eval.rubric.plan_names import KIND_TITLES

_WHO = ("kind", "candidate")
_NONE = "无"

Key = tuple[str, ...]


def moved_scores(before: Path, after: Path) -> list[str]:
    """Return a sentence for every candidate whose total or ledger differs, sorted by kind and id.

    Clauses are told by the sums of their ledger entries, settlement included, so that what they
    moved adds up to what the total moved. UsageError for a table that is not there or cannot be
    read.
    """
    totals = [_sums("scores", folder, _WHO, "total") for folder in (before, after)]
    entries = [_sums("ledger", folder, (*_WHO, "clause"), "points") for folder in (before, after)]
    by_clause: dict[Key, list[str]] = {}
    for key in sorted({*entries[0], *entries[1]}):
        moved = entries[1].get(key, 0) - entries[0].get(key, 0)
        if moved:
            by_clause.setdefault(key[:2], []).append(f"{key[2]} {with_sign(moved)}")
    unlike = {who for who in {*totals[0], *totals[1]} if totals[0].get(who) != totals[1].get(who)}
    return [
        _told(who, [_total(side, who) for side in totals], by_clause.get(who, ()))
        for who in sorted({*unlike, *by_clause})
    ]


def _sums(name: str, folder: Path, keys: Sequence[str], value: str) -> dict[Key, int]:
    """Return the sum of a column of points of a table for each key."""
    sums = read_table(name, folder).groupby([*keys], sort=False)[value].sum()
    return {tuple(map(str, key)): int(points) for key, points in zip(sums.index, sums, strict=True)}


def _total(side: Mapping[Key, int], who: Key) -> str:
    return four_decimals(side[who]) if who in side else _NONE


def _told(who: Key, totals: Sequence[str], clauses: Sequence[str]) -> str:
    kind = KIND_TITLES[who[0]]
    total = f"总分 {totals[0]} → {totals[1]}" if totals[0] != totals[1] else "总分不变"
    return f"{who[1]}（{kind}）{total}：{'；'.join(clauses) or '台账没有不同'}"
