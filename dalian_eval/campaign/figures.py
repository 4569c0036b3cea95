"""The figures of 效能评比: per candidate and month a quotient of integers for each metric."""

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pandas as pd

from dalian_eval.campaign.rules import LEAD
from dalian_eval.campaign.tree import roll_up
from dalian_eval.schema.relations import main_handlers, posted_on
from dalian_eval.schema.tables import SHIPPED

READS = {
    "entry_ratio": ("inspections",),
    "per_capita": ("inspections",),
    "cases_per_head": ("cases",),
    "file_score": ("case_reviews", "cases"),
    "leads_in_time": ("leads",),
    "publicity_leads": ("publicity",),
}
"""The tables without which a metric is 未提供."""

HANDLED = frozenset({"cases_per_head", "file_score"})
"""Metrics that need 案件承办, too, to be an officer's."""

UNIT_ONLY = frozenset({"leads_in_time", "publicity_leads"})
"""Metrics that no table gives for a single officer."""

MONTHLY = ["kind", "candidate", "month", "metric", "variant", "numerator", "denominator"]
"""The columns of the monthly metrics that are read here."""

_LEVELS = SHIPPED.by_name["case_reviews"]["level"].vocabulary

Figures = dict[tuple[str, str, str], tuple[int, int]]
"""Numerator and denominator by candidate, month and metric."""


def unit_figures(
    tables: Mapping[str, pd.DataFrame],
    supplied: frozenset[str],
    monthly: pd.DataFrame,
    units: Sequence[str],
    months: Sequence[str],
    as_of: dt.date,
) -> Figures:
    """Return the figures of the candidate units; a metric whose table is missing has none.

    `supplied`: names of the supplied tables, 检查记录 included, which is not among `tables`;
    `monthly`: the monthly metrics (columns `MONTHLY`). Cases, file reviews, leads and publicity of
    descendant units count.
    """
    heads: dict[tuple[str, str], int] = {}
    result: Figures = {}
    chosen = monthly[
        (monthly["kind"] == "unit")
        & (monthly["variant"] == "month_end")
        & monthly["candidate"].isin(list(units))
    ]
    for row in chosen.itertuples():
        who, month, below = str(row.candidate), str(row.month), int(str(row.denominator))
        heads[who, month] = below
        if "inspections" in supplied:
            result[who, month, str(row.metric)] = (int(str(row.numerator)), below)
    if "cases" in supplied:
        counted = _decided(monthly, "unit")
        for unit in units:
            for month in months:
                below = heads.get((unit, month), 0)
                result[unit, month, "cases_per_head"] = (counted.get((unit, month), 0), below)
    if {"case_reviews", "cases"} <= supplied:
        cases = tables["cases"][["case_id", "unit_id"]]
        reviews = _reviews(tables["case_reviews"], as_of).merge(cases, on="case_id")
        result |= _means(roll_up(reviews, tables["units"], units))
    if "leads" in supplied:
        result |= _in_time(roll_up(_due(tables["leads"], as_of), tables["units"], units))
    if "publicity" in supplied:
        told = roll_up(_leads(tables["publicity"], as_of), tables["units"], units)
        found = told.groupby(["candidate", "month"]).size()
        for unit in units:
            for month in months:
                key = (unit, month)
                count = int(found.loc[key]) if key in found.index else 0
                result[unit, month, "publicity_leads"] = (count, 1)
    return result


def officer_figures(
    tables: Mapping[str, pd.DataFrame],
    supplied: frozenset[str],
    monthly: pd.DataFrame,
    entries: pd.DataFrame,
    officers: Sequence[str],
    months: Sequence[str],
    as_of: dt.date,
) -> Figures:
    """Return the figures of the candidate officers, each being one head.

    `entries`: `officer_id`, `month` of those who inspected or uploaded any record. Records are the
    valid ones the officer uploaded, cases and files those of which the officer is main handler.
    An officer is compared in the months at whose end (or at as-of) the officer is posted.
    """
    result: Figures = {}
    present = _present(tables["postings"], officers, months, as_of)
    if "inspections" in supplied:
        entered = set(zip(entries["officer_id"], entries["month"], strict=True))
        valid = monthly[(monthly["metric"] == "uploads") & (monthly["variant"] == "valid_only")]
        uploaded = {
            (str(c), str(m)): int(n)
            for c, m, n in zip(valid["candidate"], valid["month"], valid["numerator"], strict=True)
        }
        for who, month in present:
            result[who, month, "entry_ratio"] = (int((who, month) in entered), 1)
            result[who, month, "per_capita"] = (uploaded.get((who, month), 0), 1)
    if {"cases", "case_handlers"} <= supplied:
        counted = _decided(monthly, "officer")
        for who, month in present:
            result[who, month, "cases_per_head"] = (counted.get((who, month), 0), 1)
    if {"case_reviews", "case_handlers"} <= supplied:
        handlers = main_handlers(tables["case_handlers"]).rename(columns={"_owner": "candidate"})
        reviews = _reviews(tables["case_reviews"], as_of).merge(
            handlers[["case_id", "candidate"]], on="case_id"
        )
        known = set(present)
        result |= {k: v for k, v in _means(reviews).items() if k[:2] in known}
    return result


def _present(
    postings: pd.DataFrame, officers: Sequence[str], months: Sequence[str], as_of: dt.date
) -> list[tuple[str, str]]:
    """Return the officers posted on the last day of each month, or at as-of."""
    pairs = [(who, month) for who in officers for month in months]
    ends = [min(pd.Timestamp(m) + pd.offsets.MonthEnd(0), pd.Timestamp(as_of)) for m in months]
    people = pd.Series([who for who, _ in pairs], dtype="str")
    dates = pd.Series([end for _ in officers for end in ends], dtype="datetime64[s]")
    units = posted_on(postings, people, dates)["unit_id"]
    return [pair for pair, unit in zip(pairs, units, strict=True) if isinstance(unit, str)]


def _decided(monthly: pd.DataFrame, kind: str) -> dict[tuple[str, str], int]:
    """Return the cases decided per candidate and month, of every 案件类型."""
    rows = monthly[(monthly["metric"] == "cases") & (monthly["kind"] == kind)]
    sums = rows.groupby(["candidate", "month"], observed=True, as_index=False)["numerator"].sum()
    return {
        (str(c), str(m)): int(n)
        for c, m, n in zip(sums["candidate"], sums["month"], sums["numerator"], strict=True)
    }


def _reviews(case_reviews: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return `case_id`, `month`, `score`: one review per case and month, a zero file being 0.

    Of several in one month the highest level counts, then the latest. Reviews without a score are
    left out.
    """
    rows = case_reviews[case_reviews["reviewed_on"] <= pd.Timestamp(as_of)]
    zero = rows["zero"].fillna(False).astype(bool)
    rows = rows.assign(
        month=rows["reviewed_on"].dt.strftime("%Y-%m").astype("str"),
        score=[0 if z else s for z, s in zip(zero, rows["score"], strict=True)],
        level=rows["level"].map({level: n for n, level in enumerate(_LEVELS)}),
    )
    rows = rows[rows["score"].notna()]
    rows = rows.sort_values(["case_id", "month", "level", "reviewed_on"])
    best = rows.groupby(["case_id", "month"])["level"].transform("min")
    rows = rows[rows["level"] == best]
    return rows.groupby(["case_id", "month"], as_index=False).last()[["case_id", "month", "score"]]


def _means(reviews: pd.DataFrame) -> Figures:
    """Return the mean score per candidate and month, as a sum in integers over a count."""
    result: Figures = {}
    for (who, month), rows in reviews.groupby(["candidate", "month"]):
        total = sum((Fraction(s) for s in rows["score"]), Fraction(0))
        mean = total / len(rows)
        result[str(who), str(month), "file_score"] = (mean.numerator, mean.denominator)
    return result


def _due(leads: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the leads due by as-of: `unit_id`, `month` of the deadline, `in_time`."""
    rows = leads[leads["due_on"] <= pd.Timestamp(as_of)]
    answered = rows["fed_back_on"] <= rows["due_on"]
    settled = rows["outcome"].isin(["依法查办", "查否"])
    return pd.DataFrame(
        {
            "unit_id": rows["unit_id"],
            "month": rows["due_on"].dt.strftime("%Y-%m").astype("str"),
            "in_time": (answered & settled).astype("int64"),
        }
    )


def _in_time(rows: pd.DataFrame) -> Figures:
    result: Figures = {}
    for (who, month), due in rows.groupby(["candidate", "month"]):
        result[str(who), str(month), "leads_in_time"] = (int(due["in_time"].sum()), len(due))
    return result


def _leads(publicity: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    rows = publicity[(publicity["kind"] == LEAD) & (publicity["date"] <= pd.Timestamp(as_of))]
    return rows.assign(month=rows["date"].dt.strftime("%Y-%m").astype("str"))
