"""Derived columns and tables, as of the evaluation day (declared in `rubric.vocabulary`)."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.period import Period
from dalian_eval.rubric.vocabulary import is_of_cases_unit
from dalian_eval.rubric.year_before import PREFIX, column_itself, columns_of_year_before
from dalian_eval.schema.frames import empty_frame
from dalian_eval.schema.model import Table, Type, YearBefore
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
    for name, rows in result.items():
        if "case_id" in rows.columns and name != "cases":
            its_case = positions(rows["case_id"], result["cases"]["case_id"])
            result[name] = rows.assign(**{CASE: its_case})
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
    for table in TABLES:
        if table.name in result and is_of_cases_unit(table.name):
            rows = result[table.name].reset_index(drop=True)
            result[table.name] = rows.assign(unit_id=at(cases["unit_id"], rows[CASE].to_numpy()))
        if table.year_before is not None:
            result[table.name] = _with_year_before(result[table.name], table, table.year_before)
    return result


def _with_year_before(rows: pd.DataFrame, table: Table, how: YearBefore) -> pd.DataFrame:
    """Return the rows with the columns, and the origin, of last year's row of the same thing."""
    rows = rows.reset_index(drop=True)
    year = _numbered(rows[how.by], table[how.by].type)
    step = 12 if table[how.by].type is Type.MONTH else 1
    thing = [pd.factorize(rows[name])[0] for name in how.same]
    named = (year >= 0) & np.all([codes >= 0 for codes in thing], axis=0)
    on = [*how.same, "year"]
    keys = pd.DataFrame(dict(zip(on, [*thing, year], strict=True)))
    keys = keys.assign(row=np.arange(len(rows)))[named]
    order = keys.iloc[np.lexsort((keys["row"], rows[how.by][named]))]
    earlier = order.drop_duplicates(on, keep="last").assign(year=lambda k: k["year"] + step)
    pairs = keys.merge(earlier, on=on, suffixes=("", "_before"))
    found = np.full(len(rows), -1, dtype=np.int64)
    found[pairs["row"]] = pairs["row_before"]
    names = [*map(column_itself, columns_of_year_before(table.name)), ORIGIN]
    before = {PREFIX + name: at(rows[name], found).set_axis(rows.index) for name in names}
    return pd.concat([rows, pd.DataFrame(before)], axis=1)


def _numbered(values: pd.Series, kind: Type) -> npt.NDArray[np.int64]:
    """Return years, or of months their number since year 0; -1 for a blank."""
    if kind is Type.INTEGER:
        number = values.astype("Int64")
    elif kind is Type.MONTH:
        parts = values.astype("str").str.split("-", expand=True).reindex(columns=[0, 1])
        number = pd.to_numeric(parts[0]).astype("Int64") * 12 + pd.to_numeric(parts[1])
    else:
        number = values.dt.year.astype("Int64")
    return np.asarray(number.fillna(-1), dtype=np.int64)


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
