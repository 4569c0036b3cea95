"""Rules on scores: a mean scaled to points, and the weighted composite of officers' rounds."""

import numpy as np
import pandas as pd

from dalian_eval.rubric.model import CompositeClause, ScaledClause
from dalian_eval.scoring.awards import awards, evidence_of
from dalian_eval.scoring.exact import common, half_up, points_text, ratio_text, scaled
from dalian_eval.scoring.facts import Candidates, Facts


def scaled_mean(
    clause: ScaledClause, facts: Facts, candidates: Candidates
) -> tuple[pd.DataFrame, pd.Series]:
    """Award the mean of `value` over the facts, out of `full`, times the maximum."""
    part = clause.parts[0]
    rows = facts.select(part, candidates).rows
    numbers, factor = scaled(rows[clause.value])
    size = len(candidates)
    total = np.zeros(size, dtype=object)
    np.add.at(total, rows["candidate"].to_numpy(), numbers)
    count = np.bincount(rows["candidate"], minlength=size)
    have = np.flatnonzero(count)
    full = clause.full
    points = half_up(
        total[have] * clause.max * full.denominator,
        count[have].astype(object) * factor * full.numerator,
    )
    top = points_text(clause.max)
    reasons = [
        f"{part.what}{n}项，得分{'平均' if n > 1 else ''}{ratio_text(int(t), int(n) * factor, 4)}分"
        f"（满分{full}分）×{top}/{full}，得{points_text(p)}分"
        for t, n, p in zip(total[have], count[have], points, strict=True)
    ]
    evidence = evidence_of(rows, ["candidate"], pd.DataFrame({"candidate": have}))
    zero = pd.Series(f"{part.what}：没有记录，得0分", index=range(size), dtype="str")
    found = awards(
        have,
        [""] * len(have),
        points,
        reasons,
        evidence,
    )
    return found, zero


def composite(
    clause: CompositeClause, facts: Facts, candidates: Candidates, maximum: np.ndarray
) -> tuple[pd.DataFrame, pd.Series]:
    """Award the weighted composite of rounds, out of `full`, times each candidate's `maximum`.

    Per officer and round the weighted columns; per officer the mean or the best round; per
    candidate, with `best_half`, the mean of the best half of its officers.
    """
    part = clause.parts[0]
    rows = facts.select(part, candidates).rows
    size = len(candidates)
    zero = pd.Series(f"{part.what}：没有参加，得0分", index=range(size), dtype="str")
    if rows.empty:
        return awards([], [], [], [], []), zero
    stacked, factor = scaled(pd.concat([rows[c] for c in clause.weights], ignore_index=True))
    columns = stacked.reshape(len(clause.weights), len(rows))
    weights = np.array(list(clause.weights.values()), dtype=object)
    rows = rows.assign(score=(columns * weights[:, None]).sum(axis=0))

    # `score` is in units of 1 / (100 · factor); means get the common denominator of their counts.
    per_officer = rows.groupby(["candidate", "officer_id"])["score"]
    officers = per_officer.agg(["sum", "max", "size"]).reset_index()
    if clause.rounds == "mean":
        denominator = common(officers["size"].to_numpy())
        parts = np.array([denominator // int(n) for n in officers["size"]], dtype=object)
        officers["value"] = officers["sum"].to_numpy(dtype=object) * parts
    else:
        denominator = 1
        officers["value"] = officers["max"]
    officers = officers.sort_values(
        ["candidate", "value", "officer_id"], ascending=[True, False, True], ignore_index=True
    )
    staff = officers.groupby("candidate")["value"].transform("size")
    taken = staff if clause.best_half is None else _half(staff, clause.best_half)
    chosen = officers[officers.groupby("candidate").cumcount() < taken]

    have = np.sort(chosen["candidate"].unique())
    total = chosen.groupby("candidate")["value"].sum().reindex(have).to_numpy(dtype=object)
    count = chosen.groupby("candidate").size().reindex(have).to_numpy(dtype=object)
    bottom = count * 100 * factor * denominator
    full = clause.full
    points = half_up(
        total * maximum[have].astype(object) * full.denominator, bottom * full.numerator
    )
    everyone = officers.groupby("candidate").size().reindex(have)
    rounds = rows.groupby("candidate").size().reindex(have)
    reasons = [
        _sentence(clause, int(m), int(n), int(k), ratio_text(int(t), int(b), 4), int(p), int(x))
        for m, n, k, t, b, p, x in zip(
            rounds, everyone, count, total, bottom, points, maximum[have], strict=True
        )
    ]
    kept = rows.merge(chosen[["candidate", "officer_id"]], on=["candidate", "officer_id"])
    evidence = evidence_of(kept, ["candidate"], pd.DataFrame({"candidate": have}))
    return awards(have, [""] * len(have), points, reasons, evidence), zero


def _half(staff: pd.Series, how: str) -> pd.Series:
    """Return half of each number: rounded up, or down but at least one."""
    return (staff + 1) // 2 if how == "ceil" else (staff // 2).clip(lower=1)


def _sentence(
    clause: CompositeClause, rounds: int, staff: int, taken: int, mean: str, points: int, top: int
) -> str:
    weights = "、".join(f"{w}%" for w in clause.weights.values())
    how = "平均" if clause.rounds == "mean" else "最好一轮"
    people = (
        f"共{rounds}轮，取{how}"
        if clause.best_half is None
        else f"{staff}人{rounds}轮，每人取{how}，取前{taken}人平均"
    )
    return (
        f"{clause.parts[0].what}按任务、问题、材料{weights}计分，{people}，综合{mean}分"
        f"×{points_text(top)}/{clause.full}，得{points_text(points)}分"
    )
