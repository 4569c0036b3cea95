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
from dalian_eval.record.diff.settings import Difference, differences, new_days, touching
from dalian_eval.record.diff.sides import Side
from dalian_eval.report.changes.comparison import (
    ADDED,
    DATA,
    MONTH,
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
from dalian_eval.rubric.vocabulary import using_metrics
from dalian_eval.schema.tables import BY_NAME, common, using
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
    metrics = {**a.rubric.metrics, **b.rubric.metrics}
    with using(common(a.job.contract, b.job.contract)), using_metrics(metrics):
        return _compare(a, b)


def _compare(a: Side, b: Side) -> Comparison:
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
                behind = causes.behind(raw)
                part = replace(
                    part,
                    rows=behind.rows,
                    row_count=behind.count,
                    pinned=behind.pinned,
                    tables=causes.tables(raw),
                    late=ADDED in behind.what,
                    corrected=bool(behind.what - {ADDED}),
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
        days=new_days(a, b),
    )


def _supplied(side: Side) -> frozenset[str]:
    return frozenset(path.stem for path in side.clean.glob("*.parquet"))


def _steps(a: Side, b: Side, data: bool, found: tuple[Difference, ...]) -> Iterator[_Step]:
    """Yield the steps from the ledger of `a` to that of `b`; they lead from one to the next."""
    days = new_days(a, b) is not None
    same_program = a.meta["version"] == b.meta["version"]
    causes = [DATA] * data + [MONTH] * days + [SETTINGS] * bool(found)
    if same_program and len(causes) < 2:
        yield causes[0] if causes else PROGRAM, a.ledger, b.ledger
        return
    again = {
        DATA: lambda: a.with_data_of(b),
        MONTH: lambda: a.in_month_of(b),
        SETTINGS: b.again,
    }
    before, after = a.ledger, a.again()
    yield PROGRAM, before, after
    for cause in causes:
        before, after = after, (b.again() if cause == causes[-1] else again[cause]())
        yield cause, before, after
    yield PROGRAM, after, b.ledger


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
