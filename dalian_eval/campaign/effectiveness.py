"""每月执法效能评比: per month each metric's rank and change, and the order over all of them.

Ranks, changes and the weighted mean of percentile ranks are exact fractions until a text is made
of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import pandas as pd

from dalian_eval.campaign.figures import HANDLED, READS, UNIT_ONLY, Figures
from dalian_eval.campaign.rules import METRICS
from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.numbers import ratio_text
from dalian_eval.rubric.ranks import competition_ranks
from dalian_eval.schema.tables import BY_NAME

OVERALL = "overall"
"""The metric of the lines that hold the weighted mean of percentile ranks."""

Known = dict[tuple[str, str], tuple[Fraction, int]]
"""A month's value and rank by metric and candidate."""


def percentiles(values: Mapping[str, Fraction]) -> dict[str, tuple[int, Fraction]]:
    """Return each candidate's competition rank and percentile rank, the highest value first.

    The percentile rank is the share of values below, half of the equal ones added: exact, between
    0 and 1, one half for a value that stands alone.
    """
    first, equal = competition_ranks(values.values()), Counter(values.values())
    size = len(values)
    share = {v: Fraction(2 * (size - first[v] - equal[v] + 1) + equal[v], 2 * size) for v in first}
    return {who: (first[v], share[v]) for who, v in values.items()}


def weighted_rank_mean(
    shares: Mapping[str, Fraction], weights: Mapping[str, int]
) -> Fraction | None:
    """Return the weighted mean of the percentile ranks there are; None when nothing weighs."""
    below = sum(weights.get(metric, 0) for metric in shares)
    if not below:
        return None
    return sum((weights.get(m, 0) * s for m, s in shares.items()), Fraction(0)) / below


def comparison(
    kind: str,
    candidates: Iterable[str],
    figures: Figures,
    months: Sequence[str],
    weights: Mapping[str, int],
    supplied: Iterable[str],
) -> pd.DataFrame:
    """Return the lines of one kind in effectiveness.csv, by candidate, month and metric.

    A candidate without a figure (nothing to divide by, nothing reviewed) is not ranked in that
    metric and the mean runs over the others. `change` and `rank_change` (places gained) are
    against the month before, blank when either is missing.
    """
    everybody, there = sorted(candidates), frozenset(supplied)
    rows: list[dict[str, object]] = []
    before: Known = {}
    for month in months:
        found = {key[::2]: f for key, f in figures.items() if key[1] == month and f[1]}
        lines, before = _month(kind, everybody, found, weights, there, before)
        rows += [{**line, "kind": kind, "month": month} for line in lines]
    table = OUTPUTS["effectiveness"]
    return table_frame(table, rows).sort_values([*table.order], ignore_index=True)


def _month(
    kind: str,
    everybody: Sequence[str],
    found: Mapping[tuple[str, str], tuple[int, int]],
    weights: Mapping[str, int],
    supplied: frozenset[str],
    before: Known,
) -> tuple[list[dict[str, object]], Known]:
    """Return the lines of one month and its values and ranks by metric and candidate.

    `found`: numerator and denominator by candidate and metric; `before`: of the month before.
    """
    lines: list[dict[str, object]] = []
    now: Known = {}
    shares: dict[str, dict[str, Fraction]] = {who: {} for who in everybody}
    for metric in (m for m in METRICS if kind == "unit" or m not in UNIT_ONLY):
        values = {w: Fraction(*found[w, metric]) for w in everybody if (w, metric) in found}
        placed = percentiles(values)
        now |= {(metric, who): (values[who], placed[who][0]) for who in values}
        for who in everybody:
            line: dict[str, object] = {"candidate": who, "metric": metric}
            if who in values:
                shares[who][metric] = placed[who][1]
                top, bottom = found[who, metric]
                line |= {"numerator": str(top), "denominator": str(bottom)}
                line |= _cells((metric, who), now, before, placed[who][1], len(values))
            else:
                line["reason"] = _nothing(metric, kind, supplied)
            lines.append(line)
    means = {w: m for w in everybody if (m := weighted_rank_mean(shares[w], weights)) is not None}
    placed = percentiles(means)
    now |= {(OVERALL, who): (means[who], placed[who][0]) for who in means}
    for who in everybody:
        line = {"candidate": who, "metric": OVERALL}
        if who in means:
            top, bottom = means[who].as_integer_ratio()
            line |= {"numerator": str(top), "denominator": str(bottom)}
            line |= _cells((OVERALL, who), now, before, placed[who][1], len(means))
            line["reason"] = _mean_of(shares[who], weights)
        else:
            line["reason"] = "当月没有可比的指标，不参加排名"
        lines.append(line)
    return lines, now


def _cells(
    key: tuple[str, str], now: Known, before: Known, share: Fraction, size: int
) -> dict[str, object]:
    """Return the cells of a ranked figure."""
    value, rank = now[key]
    cells: dict[str, object] = {
        "value": four(value),
        "rank": rank,
        "of": size,
        "percentile": four(share),
    }
    if key in before:
        cells |= {"change": four(value - before[key][0]), "rank_change": before[key][1] - rank}
    return cells


def four(value: Fraction) -> str:
    """Return a fraction with four decimals, rounded half away from zero."""
    text = ratio_text(abs(value.numerator), value.denominator, 4)
    return f"-{text}" if value < 0 and text.strip("0.") else text


def _nothing(metric: str, kind: str, supplied: frozenset[str]) -> str:
    """Return why there is no figure."""
    needed = READS[metric]
    if kind == "officer" and metric in HANDLED:
        needed = (*needed, "case_handlers")
    missing = [BY_NAME[t].sheet for t in needed if t not in supplied]
    if missing:
        return f"没有提供『{'』『'.join(missing)}』表"
    if metric == "file_score":
        return "当月没有评查的案卷"
    if metric == "leads_in_time":
        return "当月没有到期的线索"
    return "当月月末不在岗" if kind == "officer" else "当月没有在编在岗持证人员"


def _mean_of(shares: Mapping[str, Fraction], weights: Mapping[str, int]) -> str:
    """Return how the mean came about: each metric's percentile rank and weight."""
    parts = [f"{METRICS[m]}{four(s)}×{weights[m]}" for m, s in shares.items() if weights.get(m)]
    total = sum(weights.get(m, 0) for m in shares)
    return f"（{'＋'.join(parts)}）÷{total}"
