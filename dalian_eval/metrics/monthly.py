"""The monthly metrics: Ibis expressions on DuckDB that reduce the large tables to months.

检查记录 is never held as a whole: every expression here ends in one row per officer or unit and
month. Each metric has a numerator and a denominator (integers); `variant` tells readings apart.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis import _

from dalian_eval.metrics.figures import figures
from dalian_eval.metrics.sources import Sources, closure, origins_listed
from dalian_eval.rubric.metrics import Metric
from dalian_eval.rubric.vocabulary import METRICS
from dalian_eval.schema.definitions import decided_day, main_handlers, uploaded
from dalian_eval.schema.frames import ORIGINS

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


def all_metrics(sources: Sources, metrics: Mapping[str, Metric] = METRICS) -> pd.DataFrame:
    """Return every monthly figure of every unit and officer (columns `COLUMNS`), sorted.

    That is of `metrics`, by default those in use, and the cases of each kind.
    """
    frames = _declared(sources, metrics)
    if "cases" in sources.supplied:
        frames += [cases_by_kind(sources)]
    rows = pa.concat_tables(frames).sort_by([(name, "ascending") for name in COLUMNS[:5]])
    return _frame(rows)


def whole_lists(sources: Sources, candidates: frozenset[str]) -> pa.Table:
    """Return the metrics that clauses read, of `candidates`, with every row they rest on.

    Columns `COLUMNS`, unsorted; figures that rest on no row are left out.
    """
    rows = pa.concat_tables(_declared(replace(sources, whole_of=candidates), METRICS))
    mine = pc.is_in(rows["candidate"], pa.array(sorted(candidates), pa.string()))
    return rows.filter(pc.and_(mine, pc.greater(pc.list_value_length(rows["evidence"]), 0)))


def _declared(sources: Sources, metrics: Mapping[str, Metric]) -> list[pa.Table]:
    """Return the figures of declared metrics, a table per way to take one."""
    frames = [_SCHEMA.empty_table()]
    for name, metric in metrics.items():
        for variant, way in metric.ways.items():
            rows = figures(sources, metric, way)
            if rows is not None:
                told = rows.mutate(
                    kind=_text(metric.kind), metric=_text(name), variant=_text(variant)
                )
                frames.append(_finished(sources, told))
    return frames


def read_metrics(path: Path) -> pd.DataFrame:
    """Return the metrics that were written to `path` as Parquet, as `all_metrics` made them."""
    return _frame(pq.read_table(path, read_dictionary=COLUMNS[:5]))


def _frame(rows: pa.Table) -> pd.DataFrame:
    """Return metrics as a frame: texts categorical, counts int64, evidence lists of origins."""
    rows = rows.cast(_FRAME_SCHEMA).unify_dictionaries()
    # Lists in one piece are taken row by row without being put together first, each time.
    rows = rows.set_column(7, "evidence", pa.chunked_array(rows["evidence"].combine_chunks()))
    frame: pd.DataFrame = rows.to_pandas(
        types_mapper={ORIGINS.pyarrow_dtype: ORIGINS}.get, split_blocks=True, self_destruct=True
    )
    return frame


def _finished(sources: Sources, rows: ir.Table) -> pa.Table:
    """Return the expression's rows in the columns and types of every metric."""
    none = ibis.literal([], type="array<int64>")
    typed = rows.mutate(
        numerator=ibis.coalesce(_.numerator, 0).cast("int64"),
        denominator=ibis.coalesce(_.denominator, 0).cast("int64"),
        evidence=ibis.coalesce(_.evidence, none),
    )
    return sources.arrow(typed.select(*COLUMNS)).cast(_SCHEMA)


def _text(text: str) -> ir.Value:
    return ibis.literal(text)


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
        decided.join(closure(sources), "unit_id").select(
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
    return _finished(sources, rows)


def records_to_come(sources: Sources) -> frozenset[str]:
    """Return the numbers of records uploaded after as-of that some case refers to."""
    ever = found_records(replace(sources, as_of=dt.date.max - dt.timedelta(days=1)))
    return frozenset(ever["record_id"]) - frozenset(found_records(sources)["record_id"])


def known_records(sources: Sources, numbers: Iterable[str]) -> frozenset[str]:
    """Return those of the record numbers that 检查记录 holds."""
    asked = sorted(set(numbers))
    if not asked or "inspections" not in sources.supplied:
        return frozenset()
    rows = sources.table("inspections").filter(_.record_id.isin(asked)).select("record_id")
    return frozenset(rows.distinct().to_pandas()["record_id"])


def found_records(sources: Sources) -> pd.DataFrame:
    """Return `record_id` of the records uploaded by as-of that some case refers to."""
    if not {"inspections", "cases"} <= sources.supplied:
        return pd.DataFrame({"record_id": pd.Series([], dtype="str")})
    asked = sources.table("cases").filter(_.record_id.notnull()).select("record_id").distinct()
    known = uploaded(sources.table("inspections"), None, sources.as_of)
    rows = known.semi_join(asked, "record_id").select("record_id").distinct()
    result: pd.DataFrame = rows.order_by("record_id").to_pandas()
    return result
