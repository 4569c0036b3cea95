"""The outputs of scoring as frames: ledger, clauses, scores, monthly figures, the draw.

Every frame has the columns of outputs.md, sorted by its keys; points are ten-thousandths (int64)
until `record.csv` writes them.
"""

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from dalian_eval.rubric.model import Kind, MonthlyClause, StepsClause
from dalian_eval.schema.relations import posted_on
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import COLUMNS, awards
from dalian_eval.scoring.facts import Positions
from dalian_eval.scoring.monthly import months_of, passes
from dalian_eval.scoring.score import (
    RULE_NAMES,
    UNAVAILABLE,
    Score,
    SectionScore,
    cap_adjustment,
    item_status,
)
from dalian_eval.scoring.settle import Adjustment

KINDS: tuple[Kind, ...] = ("officer", "unit")
"""Kinds in the order of the output files."""

POINT_COLUMNS = frozenset(
    {"base", "bonus", "total", "total_low", "total_high", "awarded", "points", "max"}
)
"""Columns that hold ten-thousandths of a point."""


def ledger(scored: Score) -> pd.DataFrame:
    """Return the ledger: entry, kind, candidate, clause, month, points, rule, reason, evidence.

    Texts are categoricals, `evidence` holds lists of origins. Per candidate the points add up to
    its total. The order is that of kind, candidate, the rubric, awards before settlement, month.
    """
    result = texts.stack([_section_ledger(scored.section(kind)) for kind in KINDS])
    number = pd.Series(np.arange(1, len(result) + 1)).astype("str").str.zfill(9)
    result.insert(0, "entry", "E" + number)
    return result


def _section_ledger(scored: SectionScore) -> pd.DataFrame:
    kind = scored.section.kind
    names = [*scored.section.nodes, f"{kind}.redistribution"]
    place = {name: i for i, name in enumerate(names)}
    frames, places, steps, rules = [], [], [], []
    posted = [
        (leaf.entries, name, RULE_NAMES[leaf.clause.rule], 0)
        for name, leaf in scored.leaves.items()
    ]
    adjustments = [(cap_adjustment(leaf), 1) for leaf in scored.leaves.values()]
    adjustments += [(adjustment, 2) for adjustment in scored.low.adjustments]
    posted += [(_adjusted(a), a.clause, a.rule, step) for a, step in adjustments]
    for entries, clause, rule, step in posted:
        frames.append(entries[COLUMNS])
        places.append(np.full(len(entries), place[clause], dtype=np.int64))
        steps.append(np.full(len(entries), step, dtype=np.int64))
        rules.append(texts.repeated(rule, len(entries)))
    result = texts.stack(frames)
    where = np.concatenate(places)
    key = (result["candidate"].to_numpy() * len(names) + where) * 3 + np.concatenate(steps)
    month = texts.lexical(result["month"].array)
    order = _in_order(key, month, result["reason"].array)
    who = pd.Categorical.from_codes(result["candidate"].to_numpy(), scored.candidates.ids)
    return pd.DataFrame(
        {
            "kind": texts.repeated(kind, len(result)),
            "candidate": who[order],
            "clause": pd.Categorical.from_codes(where, pd.Index(names, dtype="str"))[order],
            "month": result["month"].array[order],
            "points": result["points"].to_numpy()[order],
            "rule": union_categoricals(rules)[order],
            "reason": result["reason"].array[order],
            "evidence": result["evidence"].array[order],
        }
    )


def _in_order(key: Positions, month: Positions, reason: texts.Texts) -> Positions:
    """Return the order by key and month; entries that share both stand by their sentences."""
    order = np.lexsort((month, key))
    same = (np.diff(key[order]) == 0) & (np.diff(month[order]) == 0)
    if not same.any():
        return order
    twins = np.zeros(len(key), dtype=bool)
    twins[order[:-1][same]] = twins[order[1:][same]] = True
    rank = np.zeros(len(key), dtype=np.int64)
    rank[twins] = texts.lexical(reason[twins].remove_unused_categories())
    return np.lexsort((rank, month, key))


def _adjusted(adjustment: Adjustment) -> pd.DataFrame:
    who = np.flatnonzero(adjustment.points)
    sentence = f"{adjustment.rule}：{adjustment.reason}"
    return awards(who, adjustment.points[who], sentence)


def clauses(scored: Score) -> pd.DataFrame:
    """Return kind, candidate, clause, status, awarded, points, max: every leaf, item, candidate."""
    return texts.stack([_section_clauses(scored.section(kind)) for kind in KINDS])


def _section_clauses(scored: SectionScore) -> pd.DataFrame:
    """Return a section's rows by candidate, then by the clause's id."""
    kind, size = scored.section.kind, len(scored.candidates)
    names = sorted(scored.section.nodes)
    status: list[np.ndarray] = []
    awarded: list[np.ndarray] = []
    points: list[np.ndarray] = []
    most: list[np.ndarray] = []
    has_most: list[np.ndarray] = []
    for name in names:
        if name in scored.leaves:
            leaf = scored.leaves[name]
            maximum = leaf.maximum
            columns = (leaf.status, leaf.awarded, leaf.points)
        else:
            item = scored.section.items[name]
            maximum = np.full(size, item.max, dtype=np.int64)
            before = scored.low.before[name]
            before = before + scored.low.bonus if name == kind else before
            columns = (item_status(scored, name), before, scored.low.points[name])
        for column, values in zip((status, awarded, points), columns, strict=True):
            column.append(values)
        has_most.append(np.full(size, maximum is not None))
        most.append(np.zeros(size, dtype=np.int64) if maximum is None else maximum)

    def by_candidate(columns: list[np.ndarray]) -> np.ndarray:
        return np.stack(columns, axis=1).reshape(-1)

    who = np.repeat(np.arange(size), len(names))
    return pd.DataFrame(
        {
            "kind": texts.repeated(kind, size * len(names)),
            "candidate": pd.Categorical.from_codes(who, scored.candidates.ids),
            "clause": pd.Categorical.from_codes(
                np.tile(np.arange(len(names)), size), pd.Index(names, dtype="str")
            ),
            "status": texts.of(by_candidate(status)),
            "awarded": by_candidate(awarded),
            "points": by_candidate(points),
            "max": pd.arrays.IntegerArray(by_candidate(most), ~by_candidate(has_most)),
        }
    )


def scores(scored: Score) -> pd.DataFrame:
    """Return the candidates' scores (columns of scores.csv); `rank` is missing when vetoed.

    `status`: vetoed, deferred (a lawsuit is pending), open (a clause is unavailable), scored.
    """
    frames = []
    for kind in KINDS:
        section = scored.section(kind)
        vetoed = section.vetoed
        open_ = np.any([leaf.status == UNAVAILABLE for leaf in section.leaves.values()], axis=0)
        total = section.low.points[kind]
        status = np.select(
            [vetoed, section.pending, open_], ["vetoed", "deferred", "open"], "scored"
        )
        frames.append(
            pd.DataFrame(
                {
                    "kind": kind,
                    "candidate": section.candidates.ids,
                    "name": section.candidates.names,
                    "unit": _unit_of(scored, section),
                    "base": section.low.base,
                    "bonus": section.low.bonus,
                    "total": total,
                    "total_low": total,
                    "total_high": section.high.points[kind],
                    "rank": competition_rank(total, vetoed),
                    "vetoed": vetoed,
                    "status": status,
                }
            )
        )
    result = pd.concat(frames, ignore_index=True)
    return result.sort_values(["kind", "candidate"], ignore_index=True)


def _unit_of(scored: Score, section: SectionScore) -> pd.Series:
    """Return the unit of each candidate: itself, or the officer's posting on the as-of day."""
    ids = pd.Series(section.candidates.ids)
    if section.section.kind == "unit":
        return ids
    dates = pd.Series(pd.Timestamp(scored.facts.as_of), index=ids.index)
    return posted_on(scored.facts.tables["postings"], ids, dates)["unit_id"].fillna("")


def competition_rank(total: np.ndarray, vetoed: np.ndarray) -> pd.Series:
    """Return competition ranks (1, 2, 2, 4) by exact totals; missing for the vetoed."""
    standing = pd.Series(total).where(~pd.Series(vetoed))
    return standing.astype("Int64").rank(method="min", ascending=False).astype("Int64")


METRIC_NAMES = {"monthly": "uploads"}
"""Public names of metrics whose clause id's last part says nothing."""


def monthly_figures(scored: Score) -> pd.DataFrame:
    """Return the months of the monthly clauses, in the columns of monthly.csv."""
    frames = []
    for kind in KINDS:
        section = scored.section(kind)
        for name, leaf in section.leaves.items():
            clause = leaf.clause
            if not isinstance(clause, MonthlyClause | StepsClause):
                continue
            variant = clause.variant if isinstance(clause, MonthlyClause) else "immediate"
            rows = months_of(scored.facts, section.candidates, clause.metric, variant)
            last = name.rpartition(".")[2]
            top, bottom = rows["numerator"].to_numpy(), rows["denominator"].to_numpy()
            frames.append(
                pd.DataFrame(
                    {
                        "kind": kind,
                        "candidate": section.candidates.ids[rows["candidate"]],
                        "month": rows["month"].astype("str"),
                        "metric": METRIC_NAMES.get(last, last),
                        "numerator": top,
                        "denominator": bottom,
                        "value": texts.ratio_texts(top, bottom, 4),
                        "passed": passes(rows["numerator"], rows["denominator"], clause.at_least),
                    }
                )
            )
    result = pd.concat(frames, ignore_index=True)
    return result.sort_values(["kind", "candidate", "month", "metric"], ignore_index=True)


def draw_protocol(scored: Score) -> pd.DataFrame:
    """Return the columns of draw.csv."""
    columns = ["kind", "candidate", "slot", "case", "source", "eligible", "reason"]
    return scored.draw.slots[columns]
