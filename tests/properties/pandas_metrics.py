"""The monthly metrics once more, in plain pandas, from the canonical tables and the plan alone.

Same columns as `dalian_eval.metrics.monthly.COLUMNS`; nothing of that module is used but its
output. Small tables only: this is a yardstick, not an engine.
"""

import calendar
import datetime as dt

import pandas as pd

from tests.independent.county import MONTHS, P_START

COLUMNS = [
    "kind",
    "candidate",
    "month",
    "metric",
    "variant",
    "numerator",
    "denominator",
    "evidence",
]
ORIGIN = "_origin"
MOST = 50
"""Origins that stand beside a figure."""


class Seen:
    """The canonical tables as seen at the end of the as-of day."""

    def __init__(self, tables: dict[str, pd.DataFrame], as_of: dt.date) -> None:
        self.tables, self.as_of = tables, as_of
        month_days = [(dt.date(y, m, 1), calendar.monthrange(y, m)[1]) for y, m in MONTHS]
        self.months = {
            first.strftime("%Y-%m"): (first, min(first.replace(day=days), as_of))
            for first, days in month_days
            if first <= as_of
        }
        parents = tables["units"].set_index("unit_id")["parent_id"].to_dict()
        self.subtrees: dict[str, set[str]] = {unit: set() for unit in parents}
        for unit in parents:
            above = unit
            while isinstance(above, str):
                self.subtrees[above].add(unit)
                above = parents[above]
        # Where each officer was posted on each day of P so far; postings do not overlap.
        self.posted: dict[str, dict[dt.date, str]] = {
            o: {} for o in tables["officers"]["officer_id"]
        }
        for posting in tables["postings"].itertuples():
            begin = max(posting.start.date(), P_START)
            end = as_of if pd.isna(posting.end) else min(posting.end.date(), as_of)
            days = pd.date_range(begin, end).date
            self.posted[posting.officer_id].update(dict.fromkeys(days, posting.unit_id))

    def uploaded(self) -> pd.DataFrame:
        """The records uploaded in P by as-of, with their month."""
        records = self.tables["inspections"]
        days = records["uploaded_at"].dt.date
        records = records[(days >= P_START) & (days <= self.as_of)]
        return records.assign(month=records["uploaded_at"].dt.strftime("%Y-%m"))

    def staff(self, unit: str, month: str, whole_month: bool) -> list[str]:
        """Who is on establishment, posted in the subtree and certified: on the last day, or all."""
        first, last = self.months[month]
        span = pd.date_range(first if whole_month else last, last).date
        officers = self.tables["officers"]
        officers = officers[officers["established"].fillna(False).astype(bool)]
        found = []
        for officer in officers.itertuples():
            posted = self.posted[officer.officer_id]
            certified = officer.valid_from.date() <= span[0] and (
                pd.isna(officer.valid_to) or span[-1] <= officer.valid_to.date()
            )
            if certified and all(posted.get(day) in self.subtrees[unit] for day in span):
                found.append(officer.officer_id)
        return found


def _line(kind, candidate, month, metric, variant, numerator, denominator, origins) -> tuple:
    evidence = tuple(sorted(int(o) for o in set(origins))[:MOST])
    return kind, candidate, month, metric, variant, int(numerator), int(denominator), evidence


def _records(seen: Seen) -> list[tuple]:
    """entry_ratio and per_capita of every unit and month, uploads of every officer."""
    supplied = "inspections" in seen.tables
    lines, first, own, valid = [], {}, {}, {}
    if supplied:
        uploaded = seen.uploaded()
        valid = dict(list(uploaded[uploaded["valid"].fillna(False).astype(bool)].groupby("month")))
        own = dict(list(uploaded.groupby(["month", "uploader"])))
        for row in uploaded.itertuples():
            for officer in {*row.inspectors, row.uploader} - {None}:
                key = row.month, officer
                first[key] = min(first.get(key, row.origin), row.origin)
    for month in seen.months:
        for unit, subtree in seen.subtrees.items():
            counted = valid.get(month)
            if counted is not None:
                counted = counted[counted["unit_id"].isin(subtree)]
            for variant in ("month_end", "whole_month"):
                staff = seen.staff(unit, month, variant == "whole_month")
                entered = [first[month, o] for o in staff if (month, o) in first]
                head = ("unit", unit, month)
                lines.append(
                    _line(*head, "entry_ratio", variant, len(entered), len(staff), entered)
                )
                numbers = counted["record_id"].nunique() if counted is not None else 0
                origins = counted["origin"] if counted is not None else []
                lines.append(_line(*head, "per_capita", variant, numbers, len(staff), origins))
        for officer in seen.tables["officers"]["officer_id"] if supplied else ():
            rows = own.get((month, officer))
            for variant in ("any", "valid_only"):
                some = rows
                if rows is not None and variant == "valid_only":
                    some = rows[rows["valid"].fillna(False).astype(bool)]
                number = some["record_id"].nunique() if some is not None else 0
                origins = some["origin"] if some is not None else []
                lines.append(
                    _line("officer", officer, month, "uploads", variant, number, 1, origins)
                )
    return lines


def _transmission(seen: Seen) -> list[tuple]:
    lines = []
    counts = seen.tables["automonitor"]
    counts = counts[counts["month"].isin(list(seen.months))]
    for unit, subtree in seen.subtrees.items():
        for month, rows in counts[counts["unit_id"].isin(subtree)].groupby("month"):
            for variant in ("completed", "immediate"):
                totals = rows[variant].sum(), rows["due"].sum()
                head = ("unit", unit, month, "transmission", variant)
                lines.append(_line(*head, *totals, rows["origin"]))
    return lines


def _cases(seen: Seen) -> list[tuple]:
    cases = seen.tables["cases"]
    moved = (cases["kind"] == "移送") & cases["decided_on"].isna()
    cases = cases.assign(day=cases["decided_on"].where(~moved, cases["transferred_on"]))
    days = cases["day"].dt.date
    cases = cases[cases["day"].notna() & (days >= P_START) & (days <= seen.as_of)]
    cases = cases.assign(month=cases["day"].dt.strftime("%Y-%m"))
    found = [("unit", unit, cases[cases["unit_id"].isin(s)]) for unit, s in seen.subtrees.items()]
    if "case_handlers" in seen.tables:
        roles = seen.tables["case_handlers"]
        main = roles[roles[["inspector", "interviewer", "approver"]].fillna(False).all(axis=1)]
        for officer, rows in main.groupby("officer_id"):
            found.append(("officer", officer, cases[cases["case_id"].isin(rows["case_id"])]))
    return [
        _line(kind, candidate, month, "cases", variant, len(rows), 1, rows["origin"])
        for kind, candidate, some in found
        for (month, variant), rows in some.groupby(["month", "kind"])
    ]


def all_metrics(tables: dict[str, pd.DataFrame], as_of: dt.date) -> pd.DataFrame:
    """Every monthly metric; `tables` are all supplied canonical tables, 检查记录 among them."""
    seen = Seen({n: t.rename(columns={ORIGIN: "origin"}) for n, t in tables.items()}, as_of)
    lines = _records(seen)
    if "automonitor" in tables:
        lines += _transmission(seen)
    if "cases" in tables:
        lines += _cases(seen)
    return pd.DataFrame(sorted(lines), columns=COLUMNS)


def found_records(tables: dict[str, pd.DataFrame], as_of: dt.date) -> pd.DataFrame:
    """The records uploaded by as-of that some case refers to."""
    if not {"inspections", "cases"} <= tables.keys():
        return pd.DataFrame({"record_id": pd.Series([], dtype="str")})
    records = tables["inspections"]
    known = set(records["record_id"][records["uploaded_at"].dt.date <= as_of])
    asked = set(tables["cases"]["record_id"].dropna())
    return pd.DataFrame({"record_id": pd.Series(sorted(known & asked), dtype="str")})
