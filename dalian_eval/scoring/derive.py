"""Derived columns and tables, as of the evaluation day (declared in `rubric.vocabulary`)."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from dalian_eval.schema.frames import empty_frame
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.relations import at, decided_day, positions
from dalian_eval.schema.tables import TABLES

REVIEW_LEVELS = ("部", "省", "市", "县")
"""Levels of 案卷评查, the highest first."""


def derive(
    tables: Mapping[str, pd.DataFrame], found_records: pd.DataFrame, as_of: dt.date
) -> dict[str, pd.DataFrame]:
    """Return every canonical table (empty when not supplied) with its derived columns.

    `found_records`: `record_id` of the 检查记录 uploaded by `as_of` that cases refer to.
    """
    result = {
        table.name: tables[table.name] if table.name in tables else empty_frame(table)
        for table in TABLES
        if table.name != "inspections"
    }
    day = pd.Timestamp(as_of)
    cases = result["cases"]
    result["cases"] = cases.assign(
        decided=decided_day(cases),
        record_found=positions(cases["record_id"], found_records["record_id"]) >= 0,
    )
    reviews = result["case_reviews"].reset_index(drop=True)
    its_case = positions(reviews["case_id"], cases["case_id"])
    result["case_reviews"] = reviews.assign(unit_id=at(cases["unit_id"], its_case))
    leads = result["leads"]
    flaw_known = leads["fed_back_on"].isna() | (leads["fed_back_on"] <= day)
    # An answer after as-of does not exist yet, not even in a sentence.
    leads = leads.assign(fed_back_on=leads["fed_back_on"].where(leads["fed_back_on"] <= day))
    unanswered = leads["fed_back_on"].isna() | (leads["fed_back_on"] > leads["due_on"])
    result["leads"] = leads.assign(
        late=(leads["due_on"] <= day) & unanswered,
        flaw_known=flaw_known,
    )
    past = result["past_recognition"]
    year_end = pd.to_datetime(past["year"].astype("str") + "-12-31").astype("datetime64[s]")
    result["past_recognition"] = past.assign(year_end=year_end)
    lawsuits = result["litigation"]
    # An outcome that takes effect after as-of is not known yet.
    lawsuits = lawsuits[(lawsuits["state"] != "生效") | ~(lawsuits["effective_on"] > day)]
    its_case = positions(lawsuits["case_id"], cases["case_id"])
    lawsuits = lawsuits[its_case >= 0].reset_index(drop=True)
    its_case = its_case[its_case >= 0]
    result["lawsuits"] = lawsuits.assign(
        kind=at(cases["kind"], its_case), decided=at(result["cases"]["decided"], its_case)
    )
    return result


def counting_review(case_reviews: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the one review per case that counts: highest level, then latest date, by `as_of`."""
    known = case_reviews[case_reviews["reviewed_on"] <= pd.Timestamp(as_of)]
    rank = positions(known["level"], pd.Index(REVIEW_LEVELS, dtype="str"))
    case, _ = pd.factorize(known["case_id"])
    latest = -known["reviewed_on"].to_numpy().astype(np.int64)
    order = np.lexsort((known[ORIGIN].to_numpy(), latest, rank, case))
    _, first = np.unique(case[order], return_index=True)
    return known.iloc[order[first]].reset_index(drop=True)
