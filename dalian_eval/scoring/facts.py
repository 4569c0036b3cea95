"""Facts: the canonical tables as of one day, and whose facts each row is.

A rule never looks at a table itself: it asks `Facts.select` for the rows that count for each
candidate, and receives beside them how many rows there were before each test, so that it can say
why a candidate got nothing.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.conditions import alike, meets, satisfies
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.needs import tables_of_query
from dalian_eval.rubric.queries import Condition, Kind, Query, Reach, Years
from dalian_eval.rubric.vocabulary import DRAWN_FILES
from dalian_eval.rubric.year_before import PREFIX as YEAR_BEFORE
from dalian_eval.rubric.year_before import is_of_year_before
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.relations import CASE, CLOSURE, HANDLERS, PLACE, positions, posted_on
from dalian_eval.schema.tables import OFFICER, UNIT
from dalian_eval.scoring import texts

VIA = "_via"
"""Second origin of a fact: the posting or 承办 row that leads to the candidate, or -1."""

MONTH = "month"
"""Column of a selection: the month of each fact. It is there where words are wanted, or asked."""

Positions = npt.NDArray[np.int64]
Links = tuple[Positions, Positions, Positions]
"""Rows of a table, whom each concerns, and the origin of what leads to the candidate."""

_FACT = 2
"""The stage of a row that is a fact."""


@dataclass(frozen=True)
class Selection:
    """Facts of one query: rows with a `candidate` index, sorted by candidate, date and key.

    `rows`: the columns asked for, `candidate` (int), `_via` (int64) and, where words are wanted,
    `month` (yyyy-mm or empty). `who`, `row`, `origin`, `stage`: every row (its place in the table)
    by as-of that concerned a candidate, and how far it came: 0 it failed the conditions, 1 its date
    is outside the window, 2 it is a fact.
    """

    rows: pd.DataFrame
    who: Positions
    row: Positions
    origin: Positions
    stage: npt.NDArray[np.int8]
    size: int

    @cached_property
    def related(self) -> Positions:
        """Per candidate, how many rows concerned it."""
        return np.bincount(self.who, minlength=self.size)

    @cached_property
    def matching(self) -> Positions:
        """Per candidate, how many of them met the conditions, whatever their date."""
        return np.bincount(self.who[self.stage >= 1], minlength=self.size)

    @cached_property
    def found(self) -> Positions:
        """Per candidate, how many of them are facts."""
        return np.bincount(self.who[self.stage == _FACT], minlength=self.size)

    @cached_property
    def furthest(self) -> tuple[Positions, Positions]:
        """The rows (candidate, origin) of each candidate that came furthest."""
        best = np.zeros(self.size, dtype=np.int8)
        np.maximum.at(best, self.who, self.stage)
        last = self.stage == best[self.who]
        return self.who[last], self.origin[last]


@dataclass(frozen=True)
class Candidates:
    """The candidates of one kind, in the order of their ids."""

    kind: Kind
    ids: pd.Index
    names: tuple[str, ...]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.ids)

    def index_of(self, ids: pd.Series) -> Positions:
        """Return the position of each id, -1 where it is no candidate."""
        return positions(ids, self.ids)

    def some(self, chosen: Positions) -> "Candidates":
        """Return the candidates at some positions, ascending."""
        return Candidates(self.kind, self.ids[chosen], tuple(self.names[i] for i in chosen))


@dataclass(frozen=True)
class Facts:
    """Everything that rules may look at, as of one day.

    `tables`: canonical tables as frames (a table without rows stands for one not supplied, too);
    `supplied`: names of the tables that were supplied; `monthly`: the monthly metrics (columns
    kind, candidate, month, metric, variant, numerator, denominator, evidence: lists of origins);
    `telling`: whether sentences and evidence are wanted, or points alone: the rules are the same,
    but awards are candidate and points, and what only words need is not looked up.
    """

    tables: Mapping[str, pd.DataFrame]
    supplied: frozenset[str]
    monthly: pd.DataFrame
    rubric: Rubric
    as_of: dt.date
    telling: bool = True
    _met: dict[tuple[str, str, Condition], npt.NDArray[np.bool_]] = field(default_factory=dict)
    """Which rows of a table meet a condition on a column, found once."""

    _alike: dict[tuple[str, str], tuple[Positions, Positions]] = field(default_factory=dict)
    """Which rows of a table hold the same in a column (`alike`), found once."""

    _reached: dict[tuple[str, str, str | None, Kind], Links] = field(default_factory=dict)
    """Which rows of a table concern whom under a reach, by the date, found once."""

    _handlers: dict[Kind, Positions] = field(default_factory=dict)
    """Which candidate each main handler is, found once."""

    @property
    def months(self) -> tuple[str, ...]:
        """The months of P that have begun by as-of."""
        return self.rubric.period.months_begun(self.as_of)

    @property
    def ended_months(self) -> tuple[str, ...]:
        """The months of P that have ended by as-of."""
        return self.rubric.period.months_ended(self.as_of)

    def with_drawn_files(self, files: pd.DataFrame) -> "Facts":
        """Return the facts with other drawn files; what is known of other tables is kept.

        No other table is looked up by way of the drawn files.
        """
        met = {key: rows for key, rows in self._met.items() if key[0] != DRAWN_FILES}
        reached = {key: links for key, links in self._reached.items() if key[0] != DRAWN_FILES}
        same = {key: rows for key, rows in self._alike.items() if key[0] != DRAWN_FILES}
        tables = {**self.tables, DRAWN_FILES: files}
        return replace(self, tables=tables, _met=met, _alike=same, _reached=reached)

    def under(self, rubric: Rubric) -> "Facts":
        """Return the same facts under another reading of the rubric."""
        return replace(self, rubric=rubric)

    def without_words(self) -> "Facts":
        """Return the same facts for points alone."""
        return replace(self, telling=False)

    def candidates(self, kind: Kind) -> Candidates:
        """Return the units marked 候选集体 or officers marked 候选个人, if the plan judges them."""
        table, key = ("units", "unit_id") if kind == "unit" else ("officers", "officer_id")
        frame = self.tables[table]
        judged = frame["candidate"].fillna(False).astype(bool) & (kind in self.rubric.kinds)
        frame = frame[judged].sort_values(key)
        names = frame["name"].where(frame["name"].notna(), frame[key])
        return Candidates(kind, pd.Index(frame[key]), tuple(names))

    def missing_tables(self, query: Query, kind: Kind) -> frozenset[str]:
        """Return the tables that `query` reads and nobody supplied (案卷抽取 excepted)."""
        return tables_of_query(query, kind) - self.supplied

    def select(
        self, query: Query, candidates: Candidates, columns: Sequence[str] = ()
    ) -> Selection:
        """Return the facts of `query` for every candidate, with `columns` of its table.

        A column the table does not have is left out.
        """
        table = self.tables[query.table]
        row, who, via = self._linked(query, candidates)
        fits = self._fits(query)
        within = fits if query.date is None else fits & self._within(table[query.date], query)
        # What has not happened by as-of does not exist yet, not even in a count of near misses.
        there = self._exists(query)[row]
        row, who, via = row[there], who[there], via[there]
        stage = fits[row].astype(np.int8) + within[row]
        origin = table[ORIGIN].to_numpy()[row]
        fact = np.flatnonzero(stage == _FACT)
        # Ties stand as in the table, which is in the order of its key: never by file or row.
        order = [row[fact], who[fact]]
        if query.date is not None:
            order.insert(1, table[query.date].to_numpy()[row[fact]].astype("int64"))
        fact = fact[np.lexsort(order)]
        told = [*query.show, *([query.date] if query.date else [])] if self.telling else []
        wanted = {*columns, *told, *(["case_id"] if self.telling else []), ORIGIN}
        rows = table[[c for c in table.columns if c in wanted]].iloc[row[fact]]
        rows = rows.reset_index(drop=True)
        led = via[fact]
        if any(map(is_of_year_before, {*wanted, *query.tested_columns})):
            # The row of the year before is what a fact rests on besides, unless a posting is.
            before = table[YEAR_BEFORE + ORIGIN].fillna(-1).to_numpy(dtype=np.int64)[row[fact]]
            led = np.where(led < 0, before, led)
        rows = rows.assign(candidate=who[fact], **{VIA: led})
        if self.telling or MONTH in columns:
            dated = query.date is not None
            month = texts.months(rows[query.date]) if dated else texts.one_month("", len(rows))
            rows = rows.assign(month=month)
        return Selection(rows, who, row, origin, stage, len(candidates))

    def conditions_met(self, query: Query) -> npt.NDArray[np.int64]:
        """Return how many of the conditions in `where` each row meets before the first it fails.

        -1 where its date does not count either.
        """
        table = self.tables[query.table]
        met = np.zeros(len(table), dtype=np.int64)
        still = np.ones(len(table), dtype=bool)
        for column, condition in query.where.items():
            still &= self._meeting(query.table, column, condition)
            met += still
        if query.date is None:
            return met
        return np.where(self._within(table[query.date], query), met, -1)

    def _exists(self, query: Query) -> npt.NDArray[np.bool_]:
        """Whether each row of the query's table has happened by as-of, or needs no date."""
        table = self.tables[query.table]
        if query.date is None:
            return np.ones(len(table), dtype=bool)
        dates = table[query.date]
        known = (dates <= pd.Timestamp(self.as_of)).to_numpy()
        undated = query.window in ("standing", "standing_period")
        return np.asarray(known | dates.isna().to_numpy() if undated else known)

    def _fits(self, query: Query) -> npt.NDArray[np.bool_]:
        """Whether each row of the query's table meets its conditions."""
        table = self.tables[query.table]
        result = np.ones(len(table), dtype=bool)
        for column, condition in query.where.items():
            result &= self._meeting(query.table, column, condition)
        if query.either:
            sets = [
                np.all([self._meeting(query.table, c, asked) for c, asked in one.items()], axis=0)
                for one in query.either
            ]
            result &= np.any(sets, axis=0)
        return result

    def _meeting(self, table: str, column: str, condition: Condition) -> npt.NDArray[np.bool_]:
        key = (table, column, condition)
        if key not in self._met:
            rows = self.tables[table]
            if condition.other_column is None:
                # Of rows that hold the same, one is looked at.
                if (table, column) not in self._alike:
                    self._alike[table, column] = alike(rows[column])
                code, first = self._alike[table, column]
                self._met[key] = satisfies(rows[column].iloc[first], condition)[code]
            else:
                self._met[key] = meets(rows, table, column, condition)
        return self._met[key]

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
            case "year_before":
                first, last = (pd.Timestamp(day) for day in self.rubric.period.year_before)
                return np.asarray(by_as_of & dates.between(first, last).to_numpy())
            case "standing":
                return np.asarray(blank | by_as_of)
            case "standing_period":
                return np.asarray(blank | in_period)
        return np.asarray(by_as_of)

    def _linked(self, query: Query, candidates: Candidates) -> Links:
        """Return which row concerns which candidate, by way of which origin, under each reach."""
        links = []
        for reach in query.of:
            date = query.date if reach == "officers" else None
            key = (query.table, reach, date, candidates.kind)
            if key not in self._reached:
                self._reached[key] = self._links(query.table, reach, date, candidates)
            links.append(self._reached[key])
        row, who, via = (np.concatenate(parts) for parts in zip(*links, strict=True))
        if len(links) > 1:
            # A row that concerns a candidate by two ways is one fact; the first way is told.
            _, first = np.unique(row * len(candidates) + who, return_index=True)
            first.sort()
            row, who, via = row[first], who[first], via[first]
        return row, who, via

    def _links(self, name: str, reach: Reach, date: str | None, candidates: Candidates) -> Links:
        table = self.tables[name]
        match reach:
            case "own":
                row, owners, via = _owned(table, name, _OWNERS[candidates.kind])
                who = candidates.index_of(owners)
            case "subtree":
                row, owners, via = _owned(table, name, "unit_id")
                row, who, place = to_ancestors(self.tables, row, owners, candidates)
                via = via[place]
            case "officers":
                row, owners, _ = _owned(table, name, "officer_id")
                if date is None:
                    raise ValueError("officers 的事实必须有日期")
                posted = posted_on(self.tables["postings"], owners, table[date].iloc[row])
                row, who, place = to_ancestors(self.tables, row, posted["unit_id"], candidates)
                via = posted[VIA].to_numpy()[place]
            case "handled":
                if candidates.kind not in self._handlers:
                    owners = self.tables[HANDLERS]["_owner"]
                    self._handlers[candidates.kind] = candidates.index_of(owners)
                row, who, via = to_handlers(self.tables, table, self._handlers[candidates.kind])
        known = who >= 0
        return row[known], who[known], via[known]


def to_ancestors(
    tables: Mapping[str, pd.DataFrame], row: Positions, units: pd.Series, candidates: Candidates
) -> Links:
    """Give rows about a unit to each candidate at or above it.

    `row`, `units`: one pair per row. Returns row, candidate and the place in `row` of each pair.
    """
    known = pd.Index(tables["units"]["unit_id"])
    above = candidates.index_of(tables[CLOSURE]["ancestor"])
    below = tables[CLOSURE][PLACE].to_numpy()[above >= 0]
    above = above[above >= 0]
    place, pair = _pairs(positions(units, known), below, len(known))
    return row[place], above[pair], place


def to_handlers(tables: Mapping[str, pd.DataFrame], table: pd.DataFrame, who: Positions) -> Links:
    """Give rows about a case to its main handlers (主要承办人): row, candidate, 承办 origin.

    `who`: which candidate each row of `HANDLERS` names, -1 for none.
    """
    handlers = tables[HANDLERS]
    known = who >= 0
    row, pair = _pairs(
        table[CASE].to_numpy(), handlers[CASE].to_numpy()[known], len(tables["cases"])
    )
    return row, who[known][pair], handlers[VIA].to_numpy()[known][pair]


def _pairs(left: Positions, right: Positions, size: int) -> tuple[Positions, Positions]:
    """Return the places (in `left`, in `right`) of all pairs with one number below `size`.

    Numbers of -1 pair with nothing; pairs are in the order of `left`, then of `right`.
    """
    order = np.argsort(right, kind="stable")
    order = order[right[order] >= 0]
    count = np.append(np.bincount(right[order], minlength=size), 0)
    start = np.cumsum(count) - count
    times = count[left]
    place = np.repeat(np.arange(len(left)), times)
    running = np.arange(len(place)) - np.repeat(np.cumsum(times) - times, times)
    return place, order[np.repeat(start[left], times) + running]


_OWNERS: dict[Kind, Literal["unit_id", "officer_id"]] = {"unit": "unit_id", "officer": "officer_id"}


def _owned(
    table: pd.DataFrame, name: str, owner: Literal["unit_id", "officer_id"]
) -> tuple[Positions, pd.Series, Positions]:
    """Return the rows that name a unit or an officer, whom they name, and their second origin."""
    row = np.arange(len(table))
    if "subject" in table.columns:
        named = table["subject"]
        row = row[(table["subject_kind"] == (UNIT if owner == "unit_id" else OFFICER)).to_numpy()]
    elif owner in table.columns:
        named = table[owner]
    else:
        raise ValueError(f"{name} 没有列 {owner}")
    if VIA in table.columns:
        via = table[VIA].to_numpy(dtype=np.int64)[row]
    else:
        via = np.full(len(row), -1, dtype=np.int64)
    return row, named.iloc[row], via
