"""Relations between tables that several rooms need: the unit tree and who was posted where when."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.schema.origins import ORIGIN

CASE, PLACE = "_case", "_place"
"""The place of a row's case among the cases, of a unit among the units; -1: it is not there."""

CLOSURE, HANDLERS = "_unit_closure", "_main_handlers"
"""The tables of `unit_closure` and `main_handlers` beside those they are made from."""


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


def positions(values: pd.Series, among: pd.Series | pd.Index) -> npt.NDArray[np.int64]:
    """Return the place of each value in `among` (distinct texts), -1 where it is not there."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        places = positions(pd.Series(values.cat.categories, dtype="str"), among)
        return np.append(places, -1)[values.cat.codes]
    if _FEW * len(values) < len(among):
        # The smaller side makes the hash table.
        distinct = pc.unique(_text(values))
        row = _index_in(_text(among), distinct)
        places = np.full(len(distinct) + 1, -1, dtype=np.int64)
        places[row[::-1]] = np.arange(len(row))[::-1]
        places[-1] = -1
        return places[_index_in(_text(values), distinct)]
    return _index_in(_text(values), _text(among))


_FEW = 4
"""From so many times as many values on, `positions` looks the many up in the few."""


def _index_in(values: pa.Array, among: pa.Array) -> npt.NDArray[np.int64]:
    """Return the place of each value in `among`, -1 for none and for a missing one."""
    found = pc.index_in(values, value_set=among, skip_nulls=True)
    return np.asarray(found.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _text(values: pd.Series | pd.Index) -> pa.Array:
    array = pa.array(values.array, type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def at(values: pd.Series, places: npt.NDArray[np.int64]) -> pd.Series:
    """Return the values at `places`, missing where a place is -1."""
    taken = values.array.take(places, allow_fill=True)
    return pd.Series(taken, index=range(len(places)))


def posted_on(postings: pd.DataFrame, officers: pd.Series, dates: pd.Series) -> pd.DataFrame:
    """Return the posting of each officer on each date: `unit_id` and `_via`, its origin.

    `officers` and `dates` share an index, which the result keeps; rows without a posting on that
    date have a missing `unit_id` and `_via` -1. 离岗日期 is the last day on duty.
    """
    people, distinct = pd.factorize(postings["officer_id"])
    who = positions(officers, pd.Index(distinct, dtype="str"))
    days = _days(dates)
    start, end = _days(postings["start"]), _days(postings["end"])
    order = np.lexsort((start, people))
    # The last posting of the person that began by the day; both sorted by person, then day.
    base = min(start.min(initial=0), days.min(initial=0))
    span = max(start.max(initial=0), days.max(initial=0)) - base + 1
    keys = people[order] * span + (start[order] - base)
    last = np.searchsorted(keys, who * span + (days - base), side="right") - 1
    place = np.append(order, -1)[last]
    ends = np.where(postings["end"].isna(), np.iinfo(np.int64).max, end)
    fits = (who >= 0) & (last >= 0) & dates.notna().to_numpy()
    fits &= (np.append(people, -1)[place] == who) & (days <= np.append(ends, -1)[place])
    place = np.where(fits, place, -1)
    unit = at(postings["unit_id"], place)
    via = np.append(postings["_origin"].to_numpy(dtype=np.int64), -1)[place]
    return pd.DataFrame({"unit_id": unit.to_numpy(), "_via": via}, index=officers.index).astype(
        {"unit_id": "str"}
    )


MAIN_HANDLER_ROLES = ("inspector", "interviewer", "approver")
"""The roles of 案件承办 that a main handler (主要承办人) has all of."""

TRANSFER = "移送"
"""The kind of case that is handed over to the police: it may have no 决定日期 of its own."""


def decided_day(cases: pd.DataFrame) -> pd.Series:
    """Return the day each case was decided; of a 移送 without one, the day it was handed over."""
    handed_over = (cases["kind"] == TRANSFER) & cases["decided_on"].isna()
    return cases["decided_on"].mask(handed_over, cases["transferred_on"])


def main_handlers(case_handlers: pd.DataFrame) -> pd.DataFrame:
    """Return `case_id`, `_owner`, `_via` of the rows that say yes to all three roles.

    Besides the case's place (`CASE`), if the rows have it.
    """
    said = [case_handlers[role].fillna(False).to_numpy(dtype=bool) for role in MAIN_HANDLER_ROLES]
    columns = [c for c in ("case_id", "officer_id", ORIGIN, CASE) if c in case_handlers.columns]
    rows = case_handlers.loc[np.logical_and.reduce(said), columns]
    return rows.rename(columns={"officer_id": "_owner", ORIGIN: "_via"})


def _days(dates: pd.Series) -> npt.NDArray[np.int64]:
    """Return dates as days since 1970; a missing one is some day, too: ask for it apart."""
    filled = pd.to_datetime(dates).fillna(pd.Timestamp(0))
    return filled.to_numpy().astype("datetime64[D]").astype(np.int64)
