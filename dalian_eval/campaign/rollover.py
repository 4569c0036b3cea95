"""次年开账: what happened after the period's end within the calendar year, and what it will feed.

Next year's rubric is not written yet. A row is moved one year back, with its dates and its 年度,
and asked which clauses of this year's rubric it would meet there: those are the clauses it will
feed when the next plan keeps them.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.conditions import meets
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.queries import Query, Reach, Years
from dalian_eval.rubric.vocabulary import DRAWN_FILES, METRICS, TABLE_SOURCES
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME, OFFICER, UNIT

_GOVERNING = {
    "activities": "date",
    "publicity": "date",
    "case_draws": "drawn_on",
    "case_reviews": "reviewed_on",
}
"""Dates of tables whose rows go to next year's campaign and draw, too, or to nothing else."""

_DRAWN = ("case_draws", "case_reviews")
"""Tables that the clauses on drawn files read, by way of the draw."""

_REACHES: dict[Reach, tuple[str, ...]] = {
    "own": (UNIT, OFFICER),
    "subtree": (UNIT,),
    "officers": (OFFICER,),
    "handled": (UNIT, OFFICER),
}


@dataclass(frozen=True)
class FeedingClause:
    """A clause that counts rows of a table by one of its dates."""

    kind: str
    clause: str
    query: Query


def feeds(rubric: Rubric) -> dict[tuple[str, str], list[FeedingClause]]:
    """Return the feeds by table and date column, in the order of the rubric."""
    result: dict[tuple[str, str], list[FeedingClause]] = {}
    for section in (rubric.unit, rubric.officer):
        for clause in section.clauses.values():
            for query in clause.queries:
                if query.date is not None:
                    key = (query.table, query.date)
                    result.setdefault(key, []).append(FeedingClause(section.kind, clause.id, query))
    return result


def drawing(rubric: Rubric) -> tuple[str, ...]:
    """Return the clauses on drawn files."""
    return tuple(
        clause.id
        for section in (rubric.unit, rubric.officer)
        for clause in section.clauses.values()
        if any(query.table == DRAWN_FILES for query in clause.queries)
    )


def year_back(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with every date, and a column `year`, one year earlier."""
    moved = {
        str(name): table[name] - pd.DateOffset(years=1)
        for name in table.columns
        if pd.api.types.is_datetime64_any_dtype(table[name])
    }
    if "year" in table.columns:
        moved["year"] = table["year"] - 1
    return table.assign(**moved)


def rows_that_feed(feed: FeedingClause, earlier: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which rows (moved one year back) are facts for the feed's clause, by its tests.

    Whose facts they are is not asked, only whether the clause's candidates could own them.
    """
    query = feed.query
    result = np.ones(len(earlier), dtype=bool)
    for column, condition in query.where.items():
        result &= meets(earlier, query.table, column, condition)
    if isinstance(query.window, Years) and query.date is not None:
        result &= earlier[query.date].dt.year.isin(query.window.years).to_numpy()
    if "subject_kind" in earlier.columns:
        own = UNIT if feed.kind == "unit" else OFFICER
        named = {k for reach in query.of for k in _REACHES[reach] if reach != "own" or k == own}
        result &= earlier["subject_kind"].isin(sorted(named)).to_numpy()
    return result


def rollover(
    tables: Mapping[str, pd.DataFrame],
    records: pd.DataFrame,
    rubric: Rubric,
) -> pd.DataFrame:
    """Return the rows dated after the period's end in its calendar year, columns of rollover.csv.

    `tables`: the supplied tables and those derived from them, without 检查记录; `records`: the
    检查记录 of those days, counted per unit and month (unit_id, month, count, evidence). A row with
    two such dates stands once for each.
    """
    first = rubric.period.end + dt.timedelta(days=1)
    last = dt.date(rubric.period.end.year, 12, 31)
    known = feeds(rubric)
    wanted = {**{key: [] for key in _GOVERNING.items()}, **known}
    drawn = drawing(rubric)
    lines: list[dict[str, object]] = []
    for (name, date), clauses in wanted.items():
        if name in tables and date in tables[name].columns:
            by_draw = drawn if name in _DRAWN else ()
            lines += _rows(name, date, clauses, by_draw, tables[name], first, last)
    lines += _months(tables, records, rubric, first, last)
    table = OUTPUTS["rollover"]
    return table_frame(table, lines).sort_values([*table.order], ignore_index=True)


def _rows(
    name: str,
    date: str,
    clauses: list[FeedingClause],
    by_draw: tuple[str, ...],
    table: pd.DataFrame,
    first: dt.date,
    last: dt.date,
) -> Iterator[dict[str, object]]:
    """Yield a line for every row of a table dated from `first` to `last`."""
    within = (table[date] >= pd.Timestamp(first)) & (table[date] <= pd.Timestamp(last))
    rows = table[within].reset_index(drop=True)
    if rows.empty:
        return
    source = TABLE_SOURCES.get(name, (name,))[0]
    earlier = year_back(rows)
    feeding = [(feed.clause, rows_that_feed(feed, earlier)) for feed in clauses]
    key = [c for c in BY_NAME[source].key if c in rows.columns] or ["case_id"]
    owner = next((c for c in ("subject", "unit_id", "officer_id") if c in rows.columns), key[0])
    for i, row in enumerate(rows.to_dict("records")):
        ids = [*dict.fromkeys([*(clause for clause, fits in feeding if fits[i]), *by_draw])]
        yield {
            "table": source,
            "date": f"{row[date]:%Y-%m-%d}",
            "key": " ".join(_text(row[c]) for c in key),
            "subject": _text(row[owner]),
            "count": 1,
            "clauses": " ".join(ids),
            "reason": _reason(source, ids),
            "evidence": [int(row[ORIGIN])],
        }


def _months(
    tables: Mapping[str, pd.DataFrame],
    records: pd.DataFrame,
    rubric: Rubric,
    first: dt.date,
    last: dt.date,
) -> Iterator[dict[str, object]]:
    """Yield the months of 检查记录 and 自动监测, with the clauses on metrics made from them."""
    auto = tables.get("automonitor")
    sources = [("inspections", records)]
    if auto is not None:
        months = (auto["month"] >= f"{first:%Y-%m}") & (auto["month"] <= f"{last:%Y-%m}")
        evidence = auto.loc[months, ORIGIN].map(lambda origin: [int(origin)])
        sources.append(("automonitor", auto[months].assign(count=1, evidence=evidence)))
    for name, rows in sources:
        ids = [
            clause.id
            for section in (rubric.unit, rubric.officer)
            for clause in section.clauses.values()
            if any(name in METRICS[metric].tables for metric in clause.metrics)
        ]
        for row in rows.to_dict("records"):
            yield {
                "table": name,
                "date": row["month"],
                "key": f"{row['unit_id']} {row['month']}",
                "subject": row["unit_id"],
                "count": int(row["count"]),
                "clauses": " ".join(ids),
                "reason": _reason(name, ids),
                "evidence": [int(o) for o in row["evidence"]],
            }


def _reason(table: str, clauses: list[str]) -> str:
    """Return why the row stands here, and what will become of it."""
    after = "评审期后发生，转入次年"
    match table:
        case "activities" | "publicity":
            return f"{after}的练兵活动台账"
        case "case_draws":
            return f"{after}的案卷抽取，可用于{len(clauses)}条条款"
        case "case_reviews":
            return f"{after}台账，可用于{len(clauses)}条条款（有的要看案卷是否被抽到）"
    if clauses:
        return f"{after}台账，可用于{len(clauses)}条条款"
    return "评审期后发生，按本年细则的条件不用于任何条款，仅供知悉"


def _text(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, dt.datetime) else str(value)
