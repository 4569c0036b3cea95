"""The monthly metrics: Ibis expressions on DuckDB that reduce the large tables to months.

检查记录 is never held as a whole: every expression here ends in one row per officer or unit and
month. Each metric has a numerator and a denominator (integers); `variant` tells readings apart.
"""

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis import _

from dalian_eval.rubric.period import Period, month_end
from dalian_eval.schema.definitions import decided_day, main_handlers, uploaded
from dalian_eval.schema.origins import EVIDENCE_LIMIT, ORIGINS
from dalian_eval.schema.relations import unit_closure

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

_FIGURES = [
    ("numerator", pa.int64()),
    ("denominator", pa.int64()),
    ("evidence", ORIGINS.pyarrow_dtype),
]
_SCHEMA = pa.schema([*((name, pa.string()) for name in COLUMNS[:5]), *_FIGURES])
_FRAME_SCHEMA = pa.schema(
    [*((name, pa.dictionary(pa.int32(), pa.string())) for name in COLUMNS[:5]), *_FIGURES]
)


@dataclass(frozen=True)
class Sources:
    """The canonical tables as Ibis tables of one connection, and the day they are seen from.

    `whole_of`: the candidates whose figures list every row they rest on; None: everybody's figures
    list the first ones.
    """

    connection: ibis.BaseBackend
    period: Period
    as_of: dt.date
    units: pd.DataFrame
    supplied: frozenset[str]
    whole_of: frozenset[str] | None = None

    def table(self, name: str) -> ir.Table:
        """Return a canonical table."""
        return self.connection.table(name)

    @property
    def months(self) -> tuple[str, ...]:
        """The months of P that have begun by as-of."""
        return self.period.months_begun(self.as_of)


def open_sources(
    folder: Path, units: pd.DataFrame, period: Period, as_of: dt.date, threads: int | None = None
) -> Sources:
    """Open the Parquet tables of `folder` on DuckDB."""
    connection = ibis.duckdb.connect(**({"threads": threads} if threads else {}))
    files = sorted(folder.glob("*.parquet"))
    for file in files:
        connection.read_parquet(file, table_name=file.stem)
    return Sources(connection, period, as_of, units, frozenset(f.stem for f in files))


def all_metrics(sources: Sources) -> pd.DataFrame:
    """Return every monthly metric of every unit and officer (columns `COLUMNS`), sorted."""
    frames = _clause_metrics(sources)
    if "cases" in sources.supplied:
        frames += [cases_by_kind(sources)]
    rows = pa.concat_tables(frames).sort_by([(name, "ascending") for name in COLUMNS[:5]])
    return _frame(rows)


def whole_lists(sources: Sources, candidates: frozenset[str]) -> pa.Table:
    """Return the metrics that clauses read, of `candidates`, with every row they rest on.

    Columns `COLUMNS`, unsorted; figures that rest on no row are left out.
    """
    rows = pa.concat_tables(_clause_metrics(replace(sources, whole_of=candidates)))
    mine = pc.is_in(rows["candidate"], pa.array(sorted(candidates), pa.string()))
    return rows.filter(pc.and_(mine, pc.greater(pc.list_value_length(rows["evidence"]), 0)))


def _clause_metrics(sources: Sources) -> list[pa.Table]:
    """Return the metrics that a rubric's clauses may read."""
    frames = [eligible_metrics(sources)]
    if "inspections" in sources.supplied:
        frames += [uploads(sources)]
    if "automonitor" in sources.supplied:
        frames += [transmission(sources)]
    return frames


def read_metrics(path: Path) -> pd.DataFrame:
    """Return the metrics that were written to `path` as Parquet, as `all_metrics` made them."""
    return _frame(pq.read_table(path, read_dictionary=COLUMNS[:5]))


def _frame(rows: pa.Table) -> pd.DataFrame:
    """Return metrics as a frame: texts categorical, counts int64, evidence lists of origins."""
    rows = rows.cast(_FRAME_SCHEMA).unify_dictionaries()
    frame: pd.DataFrame = rows.to_pandas(
        types_mapper={ORIGINS.pyarrow_dtype: ORIGINS}.get, split_blocks=True, self_destruct=True
    )
    return frame


def _finished(rows: ir.Table) -> pa.Table:
    """Return the expression's rows in the columns and types of every metric."""
    none = ibis.literal([], type="array<int64>")
    typed = rows.mutate(
        numerator=ibis.coalesce(_.numerator, 0).cast("int64"),
        denominator=ibis.coalesce(_.denominator, 0).cast("int64"),
        evidence=ibis.coalesce(_.evidence, none),
    )
    return typed.select(*COLUMNS).to_pyarrow().cast(_SCHEMA)


def _month_table(sources: Sources) -> ir.Table:
    """Return the months with their first day and last day (as-of for a running month)."""
    rows = pd.DataFrame(
        {
            "month": sources.months,
            "first": [dt.date.fromisoformat(f"{m}-01") for m in sources.months],
            "last": [min(month_end(m), sources.as_of) for m in sources.months],
        }
    )
    return ibis.memtable(rows).mutate(first=_["first"].cast("date"), last=_["last"].cast("date"))


def _closure(sources: Sources) -> ir.Table:
    pairs = unit_closure(sources.units)
    if sources.whole_of is not None:
        pairs = pairs[pairs["ancestor"].isin(sources.whole_of)]
    return ibis.memtable(pairs)


def eligible_staff(sources: Sources, whole_month: bool) -> ir.Table:
    """Return `unit`, `month`, `officer_id` of the eligible staff (在编在岗持证).

    On establishment, certificate valid and posted in the unit's subtree on the month's last day;
    with `whole_month`, on every day of the month.
    """
    months = _month_table(sources)
    officers = sources.table("officers").filter(_.established)
    posted = (
        sources.table("postings")
        .select("officer_id", "unit_id", "start", "end")
        .join(_closure(sources), "unit_id")
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


def running_staff(sources: Sources) -> pd.DataFrame:
    """Return `variant`, `unit`, `officer_id` of the eligible staff in as-of's month, sorted."""
    running = sources.months[-1]
    frames = []
    for variant, whole in (("month_end", False), ("whole_month", True)):
        staff = eligible_staff(sources, whole).filter(_.month == running)
        rows = staff.select("unit", "officer_id").order_by(["unit", "officer_id"]).to_pandas()
        frames.append(rows.assign(variant=variant))
    result: pd.DataFrame = pd.concat(frames, ignore_index=True)
    return result[["variant", "unit", "officer_id"]].astype("str")


def _uploaded(sources: Sources) -> ir.Table:
    """Return the records uploaded in the months of P by as-of, with `month`."""
    known = uploaded(sources.table("inspections"), sources.period.start, sources.as_of)
    return known.mutate(month=_.uploaded_at.strftime("%Y-%m"))


def origins_listed(sources: Sources, column: ir.Column) -> ir.Value:
    """Return the origins of a group that a figure lists, in order."""
    every = column.collect(order_by=column, distinct=True)
    return every[:EVIDENCE_LIMIT] if sources.whole_of is None else every


def eligible_metrics(sources: Sources) -> pa.Table:
    """Return entry_ratio and per_capita of every unit and month, for both rosters.

    entry_ratio: eligible staff who inspected or uploaded any record of any unit, uploaded in the
    month ÷ eligible staff; per_capita: the subtree's valid records ÷ eligible staff.
    """
    months = _month_table(sources)
    grid = sources.table("units").select(candidate="unit_id").cross_join(months.select("month"))
    frames: list[pa.Table] = []
    for variant, whole in (("month_end", False), ("whole_month", True)):
        staff = eligible_staff(sources, whole)
        counted = staff.group_by(["unit", "month"]).agg(denominator=_.count())
        found = {"entry_ratio": _entered(sources, staff), "per_capita": _valid_records(sources)}
        for metric, numerator in found.items():
            rows = (
                grid.left_join(counted, [grid.candidate == counted.unit, "month"])
                .select("candidate", "month", "denominator")
                .left_join(numerator, [_.candidate == numerator.unit, "month"])
                .select("candidate", "month", "numerator", "denominator", "evidence")
            )
            rows = rows.mutate(kind=_text("unit"), metric=_text(metric), variant=_text(variant))
            frames.append(_finished(rows))
    return pa.concat_tables(frames)


def _text(text: str) -> ir.Value:
    return ibis.literal(text)


def _entered(sources: Sources, staff: ir.Table) -> ir.Table:
    """Return per unit and month how many of `staff` entered a record."""
    if "inspections" not in sources.supplied:
        return _nothing()
    records = _uploaded(sources)
    inspected = records.select("month", "_origin", officer_id=_.inspectors.unnest())
    own = records.select("month", "_origin", officer_id=_.uploader)
    entered = inspected.union(own).group_by(["month", "officer_id"]).agg(origin=_["_origin"].min())
    return (
        staff.join(entered, ["month", "officer_id"])
        .group_by(["unit", "month"])
        .agg(numerator=_.count(), evidence=origins_listed(sources, _.origin))
    )


def _valid_records(sources: Sources) -> ir.Table:
    """Return per unit and month how many valid records its subtree uploaded."""
    if "inspections" not in sources.supplied:
        return _nothing()
    return (
        _uploaded(sources)
        .filter(_.valid)
        .select("unit_id", "month", "record_id", "_origin")
        .join(_closure(sources), "unit_id")
        .group_by(["ancestor", "month"])
        .agg(numerator=_.record_id.nunique(), evidence=origins_listed(sources, _["_origin"]))
        .rename(unit="ancestor")
    )


def _nothing() -> ir.Table:
    schema = {"unit": "string", "month": "string", "numerator": "int64", "evidence": "array<int64>"}
    return ibis.memtable([], schema=schema)


def uploads(sources: Sources) -> pa.Table:
    """Return the records each officer uploaded per month: any, and valid ones only.

    Every officer has a row for every month; the denominator is 1.
    """
    records = _uploaded(sources).filter(_.uploader.notnull())
    if sources.whole_of is not None:
        records = records.filter(_.uploader.isin(sorted(sources.whole_of)))
    grid = (
        sources.table("officers")
        .select(candidate="officer_id")
        .cross_join(_month_table(sources).select("month"))
    )
    frames: list[pa.Table] = []
    for variant, counted in (("any", records), ("valid_only", records.filter(_.valid))):
        found = counted.group_by(["uploader", "month"]).agg(
            numerator=_.record_id.nunique(), evidence=origins_listed(sources, _["_origin"])
        )
        rows = grid.left_join(found, [grid.candidate == found.uploader, "month"]).select(
            "candidate", "month", "numerator", "evidence", denominator=ibis.literal(1)
        )
        rows = rows.mutate(kind=_text("officer"), metric=_text("uploads"), variant=_text(variant))
        frames.append(_finished(rows))
    return pa.concat_tables(frames)


def transmission(sources: Sources) -> pa.Table:
    """Return the subtree's transmitted counts per unit and month: immediate, completed ÷ due."""
    rows = (
        sources.table("automonitor")
        .filter(_.month.isin(sources.months))
        .join(_closure(sources), "unit_id")
        .group_by(["ancestor", "month"])
        .agg(
            immediate=_.immediate.sum(),
            completed=_.completed.sum(),
            denominator=_.due.sum(),
            evidence=origins_listed(sources, _["_origin"]),
        )
        .mutate(kind=_text("unit"), metric=_text("transmission"))
        .rename(candidate="ancestor")
    )
    return pa.concat_tables(
        _finished(rows.mutate(variant=_text(variant), numerator=rows[variant]))
        for variant in ("immediate", "completed")
    )


def cases_by_kind(sources: Sources) -> pa.Table:
    """Return the cases decided per month: of a unit's subtree, and of each main handler.

    `variant` is the 案件类型; a 移送 without 决定日期 counts on its 移送日期. The denominator is 1.
    """
    cases = sources.table("cases")
    decided = cases.mutate(day=decided_day(cases), variant=cases.kind).filter(
        (_.day >= sources.period.start) & (_.day <= sources.as_of)
    )
    decided = decided.mutate(month=_.day.strftime("%Y-%m"))
    parts = [
        decided.join(_closure(sources), "unit_id").select(
            "month", "variant", "_origin", kind=ibis.literal("unit"), candidate="ancestor"
        )
    ]
    if "case_handlers" in sources.supplied:
        main = main_handlers(sources.table("case_handlers"))
        parts.append(
            decided.join(main.select("case_id", "officer_id"), "case_id").select(
                "month", "variant", "_origin", kind=ibis.literal("officer"), candidate="officer_id"
            )
        )
    counted = ibis.union(*parts) if len(parts) > 1 else parts[0]
    rows = (
        counted.group_by(["kind", "candidate", "month", "variant"])
        .agg(numerator=_.count(), evidence=origins_listed(sources, _["_origin"]))
        .mutate(metric=_text("cases"), denominator=ibis.literal(1))
    )
    return _finished(rows)


def records_to_come(sources: Sources) -> frozenset[str]:
    """Return the numbers of records uploaded after as-of that some case refers to."""
    ever = found_records(replace(sources, as_of=dt.date.max - dt.timedelta(days=1)))
    return frozenset(ever["record_id"]) - frozenset(found_records(sources)["record_id"])


def found_records(sources: Sources) -> pd.DataFrame:
    """Return `record_id` of the records uploaded by as-of that some case refers to."""
    if not {"inspections", "cases"} <= sources.supplied:
        return pd.DataFrame({"record_id": pd.Series([], dtype="str")})
    asked = sources.table("cases").filter(_.record_id.notnull()).select("record_id").distinct()
    known = uploaded(sources.table("inspections"), None, sources.as_of)
    rows = known.semi_join(asked, "record_id").select("record_id").distinct()
    result: pd.DataFrame = rows.order_by("record_id").to_pandas()
    return result
