"""What the campaign needs of 检查记录, which is never held as a whole: months and counts."""

import datetime as dt

import pandas as pd
from ibis import _

from dalian_eval.metrics.sources import Sources, origins_listed
from dalian_eval.schema.definitions import uploaded


def entries(sources: Sources) -> pd.DataFrame:
    """Return `officer_id`, `month`: who inspected or uploaded a record that month, by as-of.

    Sorted; without 检查记录 there is no row.
    """
    if "inspections" not in sources.supplied:
        return pd.DataFrame({"officer_id": [], "month": []}, dtype="str")
    records = uploaded(sources.table("inspections"), sources.period.start, sources.as_of)
    dated = records.mutate(month=_.uploaded_at.strftime("%Y-%m"))
    inspected = dated.select("month", officer_id=_.inspectors.unnest())
    own = dated.select("month", officer_id=_.uploader)
    rows = inspected.union(own).filter(_.officer_id.notnull()).distinct()
    result: pd.DataFrame = rows.order_by(["officer_id", "month"]).to_pandas()
    return result[["officer_id", "month"]].astype("str")


def records_between(sources: Sources, first: dt.date, last: dt.date) -> pd.DataFrame:
    """Return the records uploaded from `first` to `last`, counted per unit and month.

    Columns `unit_id`, `month`, `count`, `evidence` (the first origins); sorted.
    """
    columns = ["unit_id", "month", "count", "evidence"]
    if "inspections" not in sources.supplied:
        return pd.DataFrame(columns=columns).astype({"count": "int64"})
    records = uploaded(sources.table("inspections"), first, last)
    rows = (
        records.mutate(month=_.uploaded_at.strftime("%Y-%m"))
        .group_by(["unit_id", "month"])
        .agg(
            count=_.record_id.nunique(),
            evidence=origins_listed(sources, _["_origin"]),
        )
        .order_by(["unit_id", "month"])
    )
    result: pd.DataFrame = rows.to_pandas()
    return result[columns].astype({"count": "int64"})


def cited_records(sources: Sources) -> pd.DataFrame:
    """Return the records uploaded by as-of that some case refers to, sorted.

    Columns `record_id`, `inspected_at`, `uploaded_at`, `inspectors` (how many), `_origin`.
    """
    columns = ["record_id", "inspected_at", "uploaded_at", "inspectors", "_origin"]
    if not {"inspections", "cases"} <= sources.supplied:
        return pd.DataFrame(columns=columns)
    asked = sources.table("cases").filter(_.record_id.notnull()).select("record_id").distinct()
    known = uploaded(sources.table("inspections"), None, sources.as_of)
    rows = known.semi_join(asked, "record_id").mutate(
        inspectors=_.inspectors.unique().length().fill_null(0)
    )
    result: pd.DataFrame = rows.select(columns).order_by(["record_id", "_origin"]).to_pandas()
    return result
