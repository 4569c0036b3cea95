"""Facts: the canonical tables as of one day, and whose facts each row is.

A rule never looks at a table itself: it asks `Facts.select` for the rows that count for each
candidate, and receives beside them how many rows there were before each test, so that it can say
why a candidate got nothing.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.model import Condition, Kind, Query, Reach, Rubric, Years
from dalian_eval.rubric.period import month_end
from dalian_eval.rubric.vocabulary import tables_read
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.relations import posted_on, unit_closure
from dalian_eval.schema.tables import OFFICER, UNIT

VIA = "_via"
"""Second origin of a fact: the posting or 承办 row that leads to the candidate, or -1."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Selection:
    """Facts of one query: rows with a `candidate` index, sorted by candidate, date and origin.

    `rows`: besides the table's columns, `candidate` (int), `_via` (int64) and `month` (yyyy-mm or
    empty). `related`, `matching`: per candidate, how many rows concerned it, and how many of
    those met the conditions before the window was applied.
    """

    rows: pd.DataFrame
    related: Counts
    matching: Counts


@dataclass(frozen=True)
class Candidates:
    """The candidates of one kind, in the order of their ids."""

    kind: Kind
    ids: pd.Index
    names: tuple[str, ...]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.ids)

    def index_of(self, ids: pd.Series) -> npt.NDArray[np.intp]:
        """Return the position of each id, -1 where it is no candidate."""
        return self.ids.get_indexer(pd.Index(ids))


@dataclass(frozen=True)
class Facts:
    """Everything that rules may look at, as of one day.

    `tables`: canonical tables as frames (a table without rows stands for one not supplied, too);
    `supplied`: names of the tables that were supplied; `monthly`: the monthly metrics (columns
    kind, candidate, month, metric, variant, numerator, denominator, evidence).
    """

    tables: Mapping[str, pd.DataFrame]
    supplied: frozenset[str]
    monthly: pd.DataFrame
    rubric: Rubric
    as_of: dt.date
    _cache: dict[object, pd.DataFrame] = field(default_factory=dict)

    @property
    def months(self) -> tuple[str, ...]:
        """The months of P that have begun by as-of."""
        return tuple(m for m in self.rubric.period.months if f"{m}-01" <= self.as_of.isoformat())

    @property
    def ended_months(self) -> tuple[str, ...]:
        """The months of P that have ended by as-of."""
        return tuple(m for m in self.months if month_end(m) <= self.as_of)

    def candidates(self, kind: Kind) -> Candidates:
        """Return the units marked 候选集体 or the officers marked 候选个人."""
        table, key = ("units", "unit_id") if kind == "unit" else ("officers", "officer_id")
        frame = self.tables[table]
        frame = frame[frame["candidate"].fillna(False).astype(bool)].sort_values(key)
        names = frame["name"].where(frame["name"].notna(), frame[key])
        return Candidates(kind, pd.Index(frame[key]), tuple(names))

    def missing_tables(
        self, query: Query, kind: Kind, extra: frozenset[str] = frozenset()
    ) -> set[str]:
        """Return the tables that `query` reads and nobody supplied (案卷抽取 excepted)."""
        columns = {*query.where, *query.show, *extra} | ({query.date} if query.date else set())
        if "subtree" in query.of:
            columns.add("unit_id")
        needed = tables_read(query.table, columns)
        if "handled" in query.of or (query.table == "drawn_files" and kind == "officer"):
            needed |= {"case_handlers"}
        return needed - self.supplied

    def select(self, query: Query, candidates: Candidates) -> Selection:
        """Return the facts of `query` for every candidate (see the module's docstring)."""
        rows = pd.concat(
            [self._attributed(query, reach, candidates) for reach in query.of], ignore_index=True
        )
        n = len(candidates)
        related = np.bincount(rows["candidate"], minlength=n).astype(np.int64)
        keep = np.ones(len(rows), dtype=bool)
        for column, condition in query.where.items():
            keep &= satisfies(rows[column], condition)
        rows = rows[keep]
        matching = np.bincount(rows["candidate"], minlength=n).astype(np.int64)
        if query.date is not None:
            rows = rows[self._within(rows[query.date], query)]
        order = ["candidate", *([query.date] if query.date else []), ORIGIN]
        rows = rows.sort_values(order, kind="stable", ignore_index=True)
        month = rows[query.date].dt.strftime("%Y-%m").fillna("") if query.date else ""
        rows = rows.assign(month=month)
        return Selection(rows, related, matching)

    def _within(self, dates: pd.Series, query: Query) -> npt.NDArray[np.bool_]:
        """Whether each date lies in the query's window, never after as-of."""
        blank = dates.isna().to_numpy()
        by_as_of = (dates <= pd.Timestamp(self.as_of)).to_numpy()
        in_period = by_as_of & (dates >= pd.Timestamp(self.rubric.period.start)).to_numpy()
        if isinstance(query.window, Years):
            return np.asarray(by_as_of & dates.dt.year.isin(query.window.years).to_numpy())
        match query.window:
            case "period":
                return np.asarray(in_period)
            case "standing":
                return np.asarray(blank | by_as_of)
            case "standing_period":
                return np.asarray(blank | in_period)
        return np.asarray(by_as_of)

    def _attributed(self, query: Query, reach: Reach, candidates: Candidates) -> pd.DataFrame:
        """Return the table's rows with the candidate whose facts they are under `reach`."""
        key = (query.table, reach, query.date if reach == "officers" else None, candidates.kind)
        if key not in self._cache:
            rows = self.tables[query.table]
            match reach:
                case "own":
                    rows = _owned(rows, query.table, _OWNERS[candidates.kind])
                case "subtree":
                    rows = self._to_ancestors(_owned(rows, query.table, "unit_id"))
                case "officers":
                    rows = self._to_units(_owned(rows, query.table, "officer_id"), query.date)
                case "handled":
                    rows = self._to_handlers(rows)
            index = candidates.index_of(rows["_owner"])
            rows = rows.assign(candidate=index)[index >= 0]
            self._cache[key] = rows.drop(columns="_owner")
        return self._cache[key]

    def _to_ancestors(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Give rows about a unit to each unit above it, itself included."""
        closure = unit_closure(self.tables["units"]).rename(columns={"unit_id": "_owner"})
        rows = rows.merge(closure, on="_owner")
        return rows.drop(columns="_owner").rename(columns={"ancestor": "_owner"})

    def _to_units(self, rows: pd.DataFrame, date: str | None) -> pd.DataFrame:
        """Give rows about an officer to the units of the posting on the governing date."""
        if date is None:
            raise ValueError("officers 的事实必须有日期")
        rows = rows.reset_index(drop=True)
        posted = posted_on(self.tables["postings"], rows["_owner"], rows[date])
        rows = rows.assign(_officer=rows["_owner"], _owner=posted["unit_id"], **{VIA: posted[VIA]})
        return self._to_ancestors(rows[rows["_owner"].notna()])

    def _to_handlers(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Give rows about a case to its main handlers (主要承办人)."""
        handlers = main_handlers(self.tables["case_handlers"])
        return rows.drop(columns=VIA, errors="ignore").merge(handlers, on="case_id")


_OWNERS: dict[Kind, Literal["unit_id", "officer_id"]] = {"unit": "unit_id", "officer": "officer_id"}


def main_handlers(case_handlers: pd.DataFrame) -> pd.DataFrame:
    """Return `case_id`, `_owner`, `_via` of the rows that say yes to all three roles."""
    main = case_handlers[["inspector", "interviewer", "approver"]].fillna(False).all(axis=1)
    rows = case_handlers.loc[main, ["case_id", "officer_id", ORIGIN]]
    return rows.rename(columns={"officer_id": "_owner", ORIGIN: VIA})


def _owned(rows: pd.DataFrame, table: str, owner: Literal["unit_id", "officer_id"]) -> pd.DataFrame:
    """Return rows that name a unit or an officer, with `_owner` and an empty `_via`."""
    if "subject" in rows.columns:
        kind = UNIT if owner == "unit_id" else OFFICER
        rows = rows[rows["subject_kind"] == kind]
        named = rows["subject"]
    elif owner in rows.columns:
        named = rows[owner]
    else:
        raise ValueError(f"{table} 没有列 {owner}")
    via = rows[VIA] if VIA in rows.columns else np.int64(-1)
    return rows.assign(_owner=named, **{VIA: via})


def satisfies(values: pd.Series, condition: Condition) -> npt.NDArray[np.bool_]:
    """Return whether each value of a column satisfies `condition`.

    A blank satisfies only `equals` with null. List columns hold tuples.
    """
    if condition.equals is not None:
        wanted = [v for v in condition.equals if v is not None]
        result = values.isin(wanted).fillna(False).astype(bool)
        if None in condition.equals:
            result |= values.isna() | (values.astype("str") == "")
    elif condition.mentions is not None:
        text = values.fillna("").astype("str")
        result = pd.Series(False, index=values.index)
        for word in condition.mentions:
            result |= text.str.contains(word, regex=False)
    elif condition.years is not None:
        result = values.dt.year.isin(condition.years)
    elif condition.any_of is not None:
        wanted_set = set(condition.any_of)
        result = values.map(lambda items: not wanted_set.isdisjoint(items)).astype(bool)
    elif condition.all_of is not None:
        wanted_set = set(condition.all_of)
        result = values.map(lambda items: wanted_set.issubset(items)).astype(bool)
    else:
        size = values.map(len) if values.dtype == object else values
        if condition.at_least is not None:
            result = (size >= condition.at_least).fillna(False).astype(bool)
        else:
            result = (size <= condition.at_most).fillna(False).astype(bool)
    return result.to_numpy(dtype=bool)
