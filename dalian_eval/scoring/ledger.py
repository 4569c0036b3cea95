"""The outputs of scoring as frames: ledger, clauses, scores, monthly figures.

Every frame has the columns of outputs.md, sorted by its keys; points are ten-thousandths (int64)
until `record.csv` writes them.
"""

import numpy as np
import pandas as pd

from dalian_eval.rubric.model import Kind, MonthlyClause, StepsClause
from dalian_eval.schema.relations import posted_on
from dalian_eval.scoring.exact import ratio_text
from dalian_eval.scoring.monthly import passes
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
    | {"next_total", "next_points"}
)
"""Columns that hold ten-thousandths of a point."""


def ledger(scored: Score) -> pd.DataFrame:
    """Return the ledger: entry, kind, candidate, clause, month, points, rule, reason, evidence.

    `evidence` holds tuples of origins. Per candidate the points add up to its total.
    """
    frames = [_section_ledger(scored.section(kind)) for kind in KINDS]
    result = pd.concat(frames, ignore_index=True)
    number = pd.Series(np.arange(1, len(result) + 1)).astype("str").str.zfill(9)
    result.insert(0, "entry", "E" + number)
    return result


def _section_ledger(scored: SectionScore) -> pd.DataFrame:
    order = {name: i for i, name in enumerate(scored.section.nodes)}
    order[f"{scored.section.kind}.redistribution"] = len(order)
    frames = []
    for name, leaf in scored.leaves.items():
        entries = leaf.entries.assign(clause=name, rule=RULE_NAMES[leaf.clause.rule], step=0)
        frames += [entries, _adjusted(cap_adjustment(leaf), 1)]
    frames += [_adjusted(a, 2) for a in scored.low.adjustments]
    result = pd.concat([f for f in frames if len(f)], ignore_index=True)
    result = result.assign(place=result["clause"].map(order))
    result = result.sort_values(
        ["candidate", "place", "step", "month", "reason"], kind="stable", ignore_index=True
    )
    return pd.DataFrame(
        {
            "kind": scored.section.kind,
            "candidate": scored.candidates.ids.to_numpy()[result["candidate"]],
            "clause": result["clause"],
            "month": result["month"],
            "points": result["points"],
            "rule": result["rule"],
            "reason": result["reason"],
            "evidence": result["evidence"],
        }
    )


def _adjusted(adjustment: Adjustment, step: int) -> pd.DataFrame:
    who = np.flatnonzero(adjustment.points)
    return pd.DataFrame(
        {
            "candidate": who,
            "month": "",
            "points": adjustment.points[who],
            "reason": f"{adjustment.rule}：{adjustment.reason}",
            "evidence": pd.Series([()] * len(who), dtype="object"),
            "clause": adjustment.clause,
            "rule": adjustment.rule,
            "step": step,
        }
    )


def clauses(scored: Score) -> pd.DataFrame:
    """Return kind, candidate, clause, status, awarded, points, max: every leaf, item, candidate."""
    frames = []
    for kind in KINDS:
        section = scored.section(kind)
        for name, leaf in section.leaves.items():
            maximum = (
                pd.array([None] * len(leaf.points), dtype="Int64")
                if leaf.maximum is None
                else pd.array(leaf.maximum, dtype="Int64")
            )
            frames.append(_rows(section, name, leaf.status, leaf.awarded, leaf.points, maximum))
        for name, item in section.section.items.items():
            points = section.low.points[name]
            before = section.low.before[name]
            if name == kind:
                before = before + section.low.bonus
            maximum = pd.array([item.max] * len(points), dtype="Int64")
            frames.append(_rows(section, name, item_status(section, name), before, points, maximum))
    result = pd.concat(frames, ignore_index=True)
    return result.sort_values(["kind", "candidate", "clause"], ignore_index=True)


def _rows(
    section: SectionScore,
    name: str,
    status: np.ndarray,
    awarded: np.ndarray,
    points: np.ndarray,
    maximum: pd.api.extensions.ExtensionArray,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": section.section.kind,
            "candidate": section.candidates.ids,
            "clause": name,
            "status": pd.Series(status, dtype="str"),
            "awarded": awarded,
            "points": points,
            "max": maximum,
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
    facts = scored.facts
    frames = []
    for kind in KINDS:
        section = scored.section(kind)
        for name, leaf in section.leaves.items():
            clause = leaf.clause
            if not isinstance(clause, MonthlyClause | StepsClause):
                continue
            variant = clause.variant if isinstance(clause, MonthlyClause) else "immediate"
            rows = facts.monthly
            rows = rows[
                (rows["kind"] == kind)
                & (rows["metric"] == clause.metric)
                & (rows["variant"] == variant)
                & rows["month"].isin(facts.months)
                & rows["candidate"].isin(section.candidates.ids)
            ]
            last = name.rpartition(".")[2]
            frames.append(
                pd.DataFrame(
                    {
                        "kind": kind,
                        "candidate": rows["candidate"],
                        "month": rows["month"],
                        "metric": METRIC_NAMES.get(last, last),
                        "numerator": rows["numerator"],
                        "denominator": rows["denominator"],
                        "value": _quotients(rows["numerator"], rows["denominator"]),
                        "passed": passes(rows["numerator"], rows["denominator"], clause.at_least),
                    }
                )
            )
    result = pd.concat(frames, ignore_index=True)
    return result.sort_values(["kind", "candidate", "month", "metric"], ignore_index=True)


def _quotients(numerator: pd.Series, denominator: pd.Series) -> list[str]:
    """Return quotients with four decimals, blank where there is nothing to divide by."""
    pairs = zip(numerator, denominator, strict=True)
    return [ratio_text(int(n), int(d), 4) if d else "" for n, d in pairs]
