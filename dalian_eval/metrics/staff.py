"""Who is counted as staff of a unit in a month (在编在岗持证), and who of them entered a record."""

from collections.abc import Iterable
from typing import Literal

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from dalian_eval.metrics.sources import Sources, closure, months_table
from dalian_eval.schema.definitions import uploaded
from dalian_eval.schema.origins import ORIGIN

ROSTER = frozenset(("officers", "postings"))
"""The tables that tell who is staff."""


def eligible_staff(sources: Sources, whole_month: bool) -> ir.Table:
    """Return `unit`, `month`, `officer_id` of the eligible staff (在编在岗持证).

    On establishment, certificate valid and posted in the unit's subtree on the month's last day;
    with `whole_month`, on every day of the month.
    """
    months = months_table(sources)
    officers = sources.table("officers").filter(_.established)
    posted = (
        sources.table("postings")
        .select("officer_id", "unit_id", "start", "end")
        .join(closure(sources), "unit_id")
        .select("officer_id", "start", "end", unit="ancestor")
        .distinct()
        .cross_join(months)
    )
    # Days of the month covered by postings within the subtree; moves inside it do not interrupt.
    begin = ibis.greatest(posted["start"], posted["first"])
    finish = ibis.least(ibis.coalesce(posted["end"], posted["last"]), posted["last"])
    days = posted.mutate(days=finish.delta(begin, unit="day") + 1).filter(_.days > 0)
    if whole_month:
        covered = days.group_by(["unit", "month", "officer_id", "first", "last"]).agg(
            days=_.days.sum()
        )
        covered = covered.filter(_.days == _["last"].delta(_["first"], unit="day") + 1)
    else:
        on_last = (days["start"] <= days["last"]) & (
            days["end"].isnull() | (days["end"] >= days["last"])
        )
        covered = (
            days.filter(on_last).select("unit", "month", "officer_id", "first", "last").distinct()
        )
    holds = covered.join(officers.select("officer_id", "valid_from", "valid_to"), "officer_id")
    since = holds["first"] if whole_month else holds["last"]
    valid = (holds["valid_from"] <= since) & (
        holds["valid_to"].isnull() | (holds["valid_to"] >= holds["last"])
    )
    return holds.filter(valid).select("unit", "month", "officer_id")


def running_staff(sources: Sources, named: Iterable[str] = ()) -> pd.DataFrame:
    """Return `variant`, `unit`, `officer_id`, `month` of the eligible staff in as-of's month.

    Sorted. `named`: officers who are told for every month.
    """
    columns = ["variant", "unit", "officer_id", "month"]
    asked, frames = [*map(str, named), ""], [pd.DataFrame(columns=columns, dtype="str")]
    if not sources.supplied >= ROSTER:
        return frames[0]
    for variant, whole in (("month_end", False), ("whole_month", True)):
        staff = eligible_staff(sources, whole)
        wanted = (staff.month == sources.months[-1]) | staff.officer_id.isin(asked)
        rows = staff.filter(wanted).select("unit", "officer_id", "month")
        rows = rows.order_by(["unit", "officer_id", "month"]).to_pandas()
        frames.append(rows.assign(variant=variant))
    result: pd.DataFrame = pd.concat(frames, ignore_index=True)
    return result[columns].astype("str")


def staff_table(
    sources: Sources, roster: Literal["month_end", "whole_month"], *, entered: bool
) -> ir.Table:
    """Return the staff of every unit and month, its subtree's included.

    Columns `unit_id`, `month`, `officer_id`; with `entered` also whether the officer inspected or
    uploaded any record that was uploaded in the month, and the origin of the first one.
    """
    staff = eligible_staff(sources, roster == "whole_month").rename(unit_id="unit")
    if not entered:
        return staff
    known = uploaded(sources.table("inspections"), sources.period.start, sources.as_of)
    records = known.mutate(month=_.uploaded_at.strftime("%Y-%m"))
    inspected = records.select("month", ORIGIN, officer_id=_.inspectors.unnest())
    own = records.select("month", ORIGIN, officer_id=_.uploader)
    first = inspected.union(own).group_by(["month", "officer_id"]).agg(**{ORIGIN: _[ORIGIN].min()})
    joined = staff.left_join(first, ["month", "officer_id"])
    return joined.select("unit_id", "month", "officer_id", ORIGIN).mutate(
        entered=_[ORIGIN].notnull()
    )
