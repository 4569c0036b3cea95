"""The comparison of two runs, step by step, so that the steps add up to the whole.

When rows and settings both differ, the later data are scored once more under the earlier settings:
what moves up to there comes from the data, the rest from the settings. Both runs are then made
again by this program first; where it gives another ledger than the one recorded, that is the
program's part.
"""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from dalian_eval.base.errors import DifferenceError
from dalian_eval.record.diff.causes import Causes
from dalian_eval.record.diff.parts import bare, raw_parts, settles
from dalian_eval.record.diff.rows import row_changes
from dalian_eval.record.diff.settings import Difference, differences, touching
from dalian_eval.record.diff.sides import Side
from dalian_eval.report.changes.comparison import (
    DATA,
    PROGRAM,
    SETTINGS,
    CandidateChange,
    Comparison,
    Key,
    Part,
    Setting,
    Standing,
    title_of,
)
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.ledger import KINDS

_ROWS_LISTED = 200
"""Changed rows of a table that a comparison lists."""

_Step = tuple[str, pd.DataFrame, pd.DataFrame]
"""A source, and the ledgers before and after what comes from it."""


def compare(a: Side, b: Side) -> Comparison:
    """Compare run `b` with the earlier run `a`.

    DifferenceError when the parts of a candidate do not add up to the difference of its totals:
    a ledger that does not add up to its scores was changed after it was made.
    """
    changes = row_changes(a.clean, b.clean)
    found = differences(a, b)
    causes = Causes(a, b, changes)
    parts: dict[Key, list[Part]] = {}
    for source, before, after in _steps(a, b, bool(changes) or _supplied(a) != _supplied(b), found):
        for raw in raw_parts(before, after):
            sections = tuple(
                s.rubric.section("unit" if raw.key[0] == "unit" else "officer") for s in (b, a)
            )
            part = bare(raw, title_of(raw.clause, sections), source, settles=settles(raw, sections))
            if source == DATA and not part.settles:
                rows, count, pinned = causes.rows(raw)
                part = replace(
                    part, rows=rows, row_count=count, pinned=pinned, tables=causes.tables(raw)
                )
            if source == SETTINGS and not part.settles:
                part = replace(part, settings=touching(found, raw.clause))
            parts.setdefault(raw.key, []).append(part)
    candidates = list(_candidates(a, b, parts))
    everybody = {*_standings(a), *_standings(b)}
    program = (
        [Setting("程序版本", str(a.meta["version"]), str(b.meta["version"]))]
        if a.meta["version"] != b.meta["version"]
        else []
    )
    return Comparison(
        before=a.meta,
        after=b.meta,
        settings=(*(d.setting for d in found), *program),
        counts={t: c.counts for t, c in changes.items()},
        supplied=tuple(BY_NAME[t].sheet for t in BY_NAME if t in _supplied(a) ^ _supplied(b)),
        candidates=tuple(candidates),
        unmoved=len(everybody) - len(candidates),
        rows={
            t: tuple(c.row(place) for place in range(min(len(c), _ROWS_LISTED)))
            for t, c in changes.items()
        },
    )


def _supplied(side: Side) -> frozenset[str]:
    return frozenset(path.stem for path in side.clean.glob("*.parquet"))


def _steps(a: Side, b: Side, data: bool, found: tuple[Difference, ...]) -> Iterator[_Step]:
    """Yield the steps from the ledger of `a` to that of `b`; they lead from one to the next."""
    same_program = a.meta["version"] == b.meta["version"]
    if same_program and not found:
        yield DATA if data else PROGRAM, a.ledger, b.ledger
        return
    if same_program and not data:
        yield SETTINGS, a.ledger, b.ledger
        return
    again = a.again()
    yield PROGRAM, a.ledger, again
    if data and found:
        between = a.with_data_of(b)
        yield DATA, again, between
    else:
        between = again
    last = b.again()
    yield SETTINGS if found else DATA, between, last
    yield PROGRAM, last, b.ledger


def _standings(side: Side) -> dict[Key, tuple[str, Standing]]:
    """Return the name and standing of every candidate."""
    result = {}
    for row in side.scores.to_dict("records"):
        rank = None if pd.isna(row["rank"]) else int(row["rank"])
        standing = Standing(int(row["total"]), rank, str(row["status"]))
        result[(str(row["kind"]), str(row["candidate"]))] = (str(row["name"]), standing)
    return result


def _place(part: Part, order: list[str]) -> tuple[int, bool, str, str]:
    """Return where a part stands: as in the rubric, what settles an item after all below it."""
    inside = [i for i, n in enumerate(order) if f"{n}.".startswith(f"{part.clause}.")]
    spot = max(inside, default=len(order)) if part.settles else min(inside, default=len(order))
    return spot, part.settles, part.source, part.rule


def _candidates(a: Side, b: Side, parts: dict[Key, list[Part]]) -> Iterator[CandidateChange]:
    """Yield who moved: units first, who moved most before the others, then by code."""
    before, after = _standings(a), _standings(b)
    order: dict[str, list[str]] = {
        kind: [*dict.fromkeys(n for s in (b, a) for n in s.rubric.section(kind).nodes)]
        for kind in KINDS
    }
    found = []
    for key in {*before, *after}:
        name = (after.get(key) or before[key])[0]
        old, new = (s[key][1] if key in s else None for s in (before, after))
        mine = tuple(sorted(parts.get(key, ()), key=lambda p: _place(p, order[key[0]])))
        change = CandidateChange(*key, name, old, new, mine)
        if sum(p.points for p in mine) != change.difference:
            raise DifferenceError(
                f"『{name}』各部分之和与总分之差不一致：两个运行记录中有一个的台账与得分不符，"
                "可能被改动过，不能比较"
            )
        if mine or old != new:
            found.append(change)
    yield from sorted(found, key=lambda c: (c.kind != "unit", -abs(c.difference), c.candidate))
