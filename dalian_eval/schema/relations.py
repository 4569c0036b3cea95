"""Relations between tables that several rooms need: the unit tree and who was posted where when."""

import datetime as dt

import numpy as np
import pandas as pd


def unit_closure(units: pd.DataFrame) -> pd.DataFrame:
    """Return pairs (`ancestor`, `unit_id`) of the unit tree, every unit being its own ancestor.

    `units`: columns `unit_id`, `parent_id`. A cycle is walked once, not for ever.
    """
    parents = dict(zip(units["unit_id"], units["parent_id"], strict=True))
    pairs = []
    for unit in sorted(parents):
        seen: set[str] = set()
        above: object = unit
        while isinstance(above, str) and above in parents and above not in seen:
            seen.add(above)
            pairs.append((above, unit))
            above = parents[above]
    return pd.DataFrame(sorted(pairs), columns=["ancestor", "unit_id"], dtype="str")


def posted_on(postings: pd.DataFrame, officers: pd.Series, dates: pd.Series) -> pd.DataFrame:
    """Return the posting of each officer on each date: `unit_id` and `_via`, its origin.

    `officers` and `dates` share an index, which the result keeps; rows without a posting on that
    date have a missing `unit_id` and `_via` -1. 离岗日期 is the last day on duty.
    """
    asked = pd.DataFrame(
        {
            "officer_id": pd.Series(officers.to_numpy(), dtype="str"),
            "date": pd.to_datetime(dates).astype("datetime64[s]").to_numpy(),
            "at": np.arange(len(officers)),
        }
    )
    asked = asked[asked["date"].notna() & asked["officer_id"].notna()].sort_values("date")
    known = postings[["officer_id", "unit_id", "start", "end", "_origin"]].sort_values("start")
    found = pd.merge_asof(
        asked, known, left_on="date", right_on="start", by="officer_id", direction="backward"
    )
    found = found[found["end"].isna() | (found["date"] <= found["end"])]
    found = found[found["unit_id"].notna()]
    result = pd.DataFrame(
        {
            "unit_id": pd.Series([None] * len(officers), dtype="str"),
            "_via": np.full(len(officers), -1, dtype=np.int64),
        }
    )
    result.loc[found["at"].to_numpy(), "unit_id"] = found["unit_id"].to_numpy()
    result.loc[found["at"].to_numpy(), "_via"] = found["_origin"].astype("int64").to_numpy()
    return result.set_index(officers.index)


def as_timestamp(day: dt.date) -> pd.Timestamp:
    """Return midnight of `day`, comparable with date columns."""
    return pd.Timestamp(day)
