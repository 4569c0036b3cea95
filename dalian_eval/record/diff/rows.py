"""The rows of two cleaned folders that differ, compared by key and values, not by place."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from dalian_eval.intake.account.intake_report import sources_of
from dalian_eval.report.changes.comparison import ADDED, CHANGED, REMOVED, RowChange
from dalian_eval.schema.frames import empty_frame, to_frame
from dalian_eval.schema.model import Table, Type
from dalian_eval.schema.origins import ORIGIN, Source, origin_text
from dalian_eval.schema.tables import TABLES

LARGE = "inspections"
"""The table that need not fit into memory."""

_DATES = (Type.DATE, Type.TIMESTAMP, Type.MONTH)
_TOKENS = (Type.CODE, Type.CASE_NUMBER)


@dataclass(frozen=True)
class TableChanges:
    """The rows of one table that differ.

    `before`, `after`: canonical frames of the same length, row by row; a row that only one run has
    is blank in the other, its origin -1.
    """

    table: Table
    before: pd.DataFrame
    after: pd.DataFrame
    origins: tuple[Mapping[int, Source], Mapping[int, Source]]
    _index: dict[str, set[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many rows differ."""
        return len(self.before)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Rows added, removed and changed."""
        came = int((self.before[ORIGIN] < 0).sum())
        went = int((self.after[ORIGIN] < 0).sum())
        return came, went, len(self) - came - went

    def row(self, place: int) -> RowChange:
        """Return one of the rows in words."""
        old, new = self.before.iloc[place], self.after.iloc[place]
        there, here = old[ORIGIN] >= 0, new[ORIGIN] >= 0
        shown = new if here else old
        cells = []
        for column in self.table.columns:
            a, b = _text(old[column.name]), _text(new[column.name])
            if there and here and a != b:
                cells.append((column.header, a or "空", b or "空"))
        return RowChange(
            table=self.table.name,
            key="，".join(
                f"{self.table[n].header}{_text(shown[n]) or '空'}" for n in identity(self.table)
            ),
            what=self.what(place),
            before=origin_text(int(old[ORIGIN]), self.origins[0]) if there else "",
            after=origin_text(int(new[ORIGIN]), self.origins[1]) if here else "",
            cells=tuple(cells),
        )

    def what(self, place: int) -> str:
        """Return what became of one of the rows."""
        there, here = (int(f[ORIGIN].iloc[place]) >= 0 for f in (self.before, self.after))
        return CHANGED if there and here else ADDED if here else REMOVED

    def after_day(self, day: dt.date) -> set[int]:
        """Return the places of the added rows all of whose dates are later than `day`."""
        dates = [c.name for c in self.table.columns if c.type in _DATES]
        if not dates:
            return set()
        first = self.after[dates].apply(pd.to_datetime).min(axis=1)
        later = first >= pd.Timestamp(day) + pd.Timedelta(days=1)
        return set(np.flatnonzero(later & (self.before[ORIGIN] < 0)).tolist())

    def by_origin(self) -> Iterator[tuple[bool, str, int]]:
        """Yield, for every row, whether it is the later one's, its origin as text, its place."""
        for later, frame, sources in (
            (False, self.before, self.origins[0]),
            (True, self.after, self.origins[1]),
        ):
            for place, value in enumerate(frame[ORIGIN].tolist()):
                if value >= 0:
                    yield later, origin_text(value, sources), place

    def mentioning(self, words: frozenset[str]) -> set[int]:
        """Return the places of the rows that hold any of the codes or case numbers."""
        if not self._index:
            self._index.update(_index_of(self.table, (self.before, self.after)))
        found: set[int] = set()
        for word in words & self._index.keys():
            found |= self._index[word]
        return found

    def in_months(self, column: str, months: frozenset[str]) -> set[int]:
        """Return the places of the rows whose `column` lies in one of the months, in either run."""
        return {
            place
            for frame in (self.before, self.after)
            for place, value in enumerate(frame[column])
            if _text(value)[:7] in months
        }


def identity(table: Table) -> tuple[str, ...]:
    """Return the columns that say which row is meant: the key, else what must be filled in."""
    return table.key or tuple(c.name for c in table.columns if c.required)


def _text(value: Any) -> str:
    """Return a canonical value as people write it; empty when there is none."""
    if isinstance(value, tuple):
        return "、".join(value)
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, pd.Timestamp):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return str(value)


def _index_of(table: Table, frames: tuple[pd.DataFrame, pd.DataFrame]) -> dict[str, set[int]]:
    index: dict[str, set[int]] = {}
    for frame in frames:
        for column in table.columns:
            if column.type in _TOKENS or (column.type is Type.LIST and column.references):
                for place, value in enumerate(frame[column.name]):
                    for word in value if isinstance(value, tuple) else (value,):
                        if isinstance(word, str):
                            index.setdefault(word, set()).add(place)
    return index


def row_changes(before: Path, after: Path) -> dict[str, TableChanges]:
    """Return the rows that differ between two folders that intake wrote, by table.

    Tables without a difference are left out; one that only one folder has differs in all its rows.
    """
    sources = (sources_of(before), sources_of(after))
    result = {}
    backend = ibis.duckdb.connect()
    for table in TABLES:
        if _same(table, before, after):
            continue
        old, new = _only(backend, table, before, after), _only(backend, table, after, before)
        if len(old) or len(new):
            result[table.name] = TableChanges(table, *_paired(table, old, new), sources)
    backend.disconnect()
    return result


def _same(table: Table, here: Path, there: Path) -> bool:
    """Whether a table that fits into memory holds the same in both, told at a glance."""
    paths = [folder / f"{table.name}.parquet" for folder in (here, there)]
    if not all(path.is_file() for path in paths):
        return not any(path.is_file() for path in paths)
    if table.name == LARGE:
        return False
    names = [c.name for c in table.columns]
    first, second = (pq.read_table(path, columns=names) for path in paths)
    return bool(first.equals(second))


def _only(backend: ibis.BaseBackend, table: Table, here: Path, there: Path) -> pd.DataFrame:
    """Return the rows of a table that stand, with these values, in one folder alone."""
    mine, other = here / f"{table.name}.parquet", there / f"{table.name}.parquet"
    if not mine.is_file():
        return empty_frame(table)
    names = [*(c.name for c in table.columns), ORIGIN]
    rows = backend.read_parquet(mine).select(names)
    if other.is_file():
        others = backend.read_parquet(other).select(names)
        rows = rows.anti_join(
            others, [rows[c.name].identical_to(others[c.name]) for c in table.columns]
        )
    return to_frame(backend.to_pyarrow(rows.order_by(ORIGIN)), table)


def _paired(
    table: Table, old: pd.DataFrame, new: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both sides row by row: rows of one identity are one row that changed."""
    names = list(identity(table))

    def numbered(frame: pd.DataFrame) -> pd.MultiIndex:
        keys = frame[names].map(_text)
        again = keys.groupby(names, sort=False).cumcount()
        return pd.MultiIndex.from_frame(keys.assign(_again=again))

    old, new = old.set_axis(numbered(old)), new.set_axis(numbered(new))
    both = old.index.union(new.index, sort=None).sort_values()
    sides = []
    for frame in (old, new):
        side = frame.reindex(both)
        side[ORIGIN] = side[ORIGIN].fillna(-1).astype("int64")
        sides.append(side.reset_index(drop=True))
    return sides[0], sides[1]
