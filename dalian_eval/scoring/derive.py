"""Derived columns and tables, as of the evaluation day (declared in `rubric.vocabulary`)."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from dalian_eval.rubric.period import Period
from dalian_eval.schema.frames import empty_frame
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.relations import (
    CASE,
    CLOSURE,
    HANDLERS,
    PLACE,
    at,
    decided_day,
    main_handlers,
    positions,
    unit_closure,
)
from dalian_eval.schema.tables import BY_NAME, TABLES


def derive(
    tables: Mapping[str, pd.DataFrame],
    found_records: pd.DataFrame,
    period: Period,
    as_of: dt.date,
) -> dict[str, pd.DataFrame]:
    """Return every canonical table (empty when not supplied) with its derived columns.

    Every table that names cases has their places among the cases (`CASE`, -1: none); the unit tree
    (`CLOSURE`) and the main handlers (`HANDLERS`) stand beside them as `relations` makes them, with
    the places of units (`PLACE`) and cases.

    `found_records`: `record_id` of the 检查记录 uploaded by `as_of` that cases refer to; `period`:
    the evaluation period.
    """
    result = {
        table.name: tables[table.name] if table.name in tables else empty_frame(table)
        for table in TABLES
        if table.name != "inspections"
    }
    day = pd.Timestamp(as_of)
    for name, table in result.items():
        if "case_id" in table.columns and name != "cases":
            its_case = positions(table["case_id"], result["cases"]["case_id"])
            result[name] = table.assign(**{CASE: its_case})
    closure = unit_closure(result["units"])
    place = positions(closure["unit_id"], result["units"]["unit_id"])
    result[CLOSURE] = closure.assign(**{PLACE: place})
    handlers = main_handlers(result["case_handlers"])
    result[HANDLERS] = handlers.sort_values(CASE, kind="stable", ignore_index=True)
    cases = result["cases"]
    result["cases"] = cases.assign(
        decided=decided_day(cases),
        record_found=positions(cases["record_id"], found_records["record_id"]) >= 0,
        **{CASE: np.arange(len(cases))},
    )
    reviews = result["case_reviews"].reset_index(drop=True)
    result["case_reviews"] = reviews.assign(
        unit_id=at(cases["unit_id"], reviews[CASE].to_numpy()),
        file_in_period=_file_in_period(reviews, result["cases"], period, day),
    )
    findings = result["review_findings"]
    result["review_findings"] = findings.assign(
        file_in_period=_file_in_period(findings, result["cases"], period, day)
    )
    leads = result["leads"]
    flaw_known = leads["fed_back_on"].isna() | (leads["fed_back_on"] <= day)
    # An answer after as-of does not exist yet, not even in a sentence.
    leads = leads.assign(fed_back_on=leads["fed_back_on"].where(leads["fed_back_on"] <= day))
    due = leads["due_on"] <= day
    late = due & (leads["fed_back_on"].isna() | (leads["fed_back_on"] > leads["due_on"]))
    unhandled = due & (leads["outcome"] == "未查办").fillna(False).astype(bool)
    result["leads"] = leads.assign(late=late, overdue=late | unhandled, flaw_known=flaw_known)
    past = result["past_recognition"]
    year_end = pd.to_datetime(past["year"].astype("str") + "-12-31").astype("datetime64[s]")
    result["past_recognition"] = past.assign(year_end=year_end)
    lawsuits = result["litigation"]
    # An outcome that takes effect after as-of is not known yet.
    lawsuits = lawsuits[(lawsuits["state"] != "生效") | ~(lawsuits["effective_on"] > day)]
    lawsuits = lawsuits[lawsuits[CASE] >= 0].reset_index(drop=True)
    its_case = lawsuits[CASE].to_numpy()
    result["lawsuits"] = lawsuits.assign(
        kind=at(cases["kind"], its_case), decided=at(result["cases"]["decided"], its_case)
    )
    return result


def _file_in_period(
    files: pd.DataFrame, cases: pd.DataFrame, period: Period, day: pd.Timestamp
) -> pd.Series:
    """Return whether each named case file was decided in P, by `day`; missing where none is named.

    `cases`: with `decided`. A file without a decision was not decided in P.
    """
    case_ids = files["case_id"]
    decided = at(cases["decided"], files[CASE].to_numpy())
    inside = (decided >= pd.Timestamp(period.start)) & (decided <= day)
    named = (case_ids.notna() & (case_ids != "").fillna(False)).to_numpy()
    answer = pd.array(inside.to_numpy(dtype=bool), dtype="boolean")
    return pd.Series(answer, index=case_ids.index).where(named)


def counting_review(case_reviews: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the one review per case that counts: highest level, then latest date, by `as_of`.

    Levels stand in their table's vocabulary from the highest down.
    """
    known = case_reviews[case_reviews["reviewed_on"] <= pd.Timestamp(as_of)]
    rank = positions(
        known["level"], pd.Index(BY_NAME["case_reviews"]["level"].vocabulary, dtype="str")
    )
    case, _ = pd.factorize(known["case_id"])
    latest = -known["reviewed_on"].to_numpy().astype(np.int64)
    order = np.lexsort((known[ORIGIN].to_numpy(), latest, rank, case))
    _, first = np.unique(case[order], return_index=True)
    return known.iloc[order[first]].reset_index(drop=True)
