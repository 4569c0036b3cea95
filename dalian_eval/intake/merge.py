"""Rows with one key to one record: identical rows merge, later exports win, the rest conflicts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.intake.normalise import value_text
from dalian_eval.intake.reasons import Problem, Reason
from dalian_eval.intake.references import Problems
from dalian_eval.schema.model import Table, Type
from dalian_eval.schema.origins import ORIGIN

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Absorbed:
    """A row that went into another one: `kept` and `gone` are origins.

    `changed` tells the cells in which they differ, from the row that went to the one that stays.
    """

    key: str
    kept: int
    gone: int
    changed: str


@dataclass
class Merged:
    """The records of a table, one per key, and what became of the other rows."""

    rows: pa.Table
    merges: list[Absorbed] = field(default_factory=list)
    supersessions: list[Absorbed] = field(default_factory=list)
    problems: Problems = field(default_factory=dict)


def merge(
    table: Table, rows: pa.Table, period: Callable[[int], str], place: Callable[[int], str]
) -> Merged:
    """Bring `rows` (in order of origin) to one per key; without a key, to one per content.

    `period` gives the yyyymm of the export an origin comes from ("" when it has none), `place`
    its file, sheet and row for a sentence. Joint inspections (联合检查), rows that differ in the
    list of officers only, become one record with all of them.
    """
    identity = table.key or tuple(c.name for c in table.columns)
    codes = _group_codes(rows, identity)
    doubled = np.flatnonzero(np.bincount(codes)[codes] > 1) if len(codes) else codes
    if not len(doubled):
        return Merged(rows)
    return _Merger(table, rows, doubled, codes[doubled], period, place).merge()


def _group_codes(rows: pa.Table, names: tuple[str, ...]) -> Codes:
    """Return for each row the number of its combination of values in `names`."""
    codes: Codes = np.zeros(len(rows), dtype=np.int64)
    for name in names:
        values = _comparable(rows[name].combine_chunks())
        encoded = values.dictionary_encode(null_encoding="encode")
        own = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        combined = codes * (len(encoded.dictionary) + 1) + own
        codes = np.unique(combined, return_inverse=True)[1].astype(np.int64)
    return codes


def _comparable(values: pa.Array) -> pa.Array:
    """Lists are compared as sets, decimals as text."""
    if pa.types.is_list(values.type):
        texts = ["\x1f".join(sorted(v)) if v is not None else None for v in values.to_pylist()]
        return pa.array(texts, pa.string())
    return values.cast(pa.string()) if pa.types.is_decimal(values.type) else values


class _Merger:
    """Works through the rows whose key occurs more than once."""

    def __init__(
        self,
        table: Table,
        rows: pa.Table,
        doubled: Codes,
        codes: Codes,
        period: Callable[[int], str],
        place: Callable[[int], str],
    ) -> None:
        self._table = table
        self._rows = rows
        self._doubled = doubled
        self._codes = codes
        self._period, self._place = period, place
        some = rows.take(pa.array(doubled))
        self._values: dict[str, list[Any]] = some.to_pydict()
        self._origins: list[int] = self._values[ORIGIN]
        self._united = united_column(table)
        content = tuple(c.name for c in table.columns if c.name != self._united)
        self._variants = _group_codes(some, content)
        self._lists: list[list[str]] = self._values[self._united] if self._united else []
        self._new_lists: dict[int, list[str]] = {}
        self._gone: list[int] = []
        self._result = Merged(rows)

    def merge(self) -> Merged:
        for group in self._groups():
            self._merge_group(group)
        self._result.rows = self._remaining()
        return self._result

    def _groups(self) -> Iterator[list[int]]:
        """Yield the positions (among the doubled rows) that share a key."""
        order = np.argsort(self._codes, kind="stable")
        starts = np.flatnonzero(np.diff(self._codes[order])) + 1
        for group in np.split(order, starts):
            yield [int(position) for position in group]

    def _merge_group(self, group: list[int]) -> None:
        variants = {int(self._variants[p]) for p in group}
        if len(variants) == 1:
            self._absorb(group[0], group)
            return
        periods = {p: self._period(self._origins[p]) for p in group}
        latest = max(periods.values())
        newest = [p for p in group if periods[p] == latest]
        if "" in periods.values() or len({int(self._variants[p]) for p in newest}) > 1:
            self._conflict(group)
            return
        winner = newest[0]
        same = [p for p in group if self._variants[p] == self._variants[winner]]
        self._absorb(winner, same)
        for other in group:
            if self._variants[other] != self._variants[winner]:
                self._gone.append(other)
                self._result.supersessions.append(self._absorbed(winner, other))

    def _absorb(self, kept: int, same: list[int]) -> None:
        """Merge rows of one content into `kept`, uniting their officers."""
        if self._united:
            union = sorted({officer for p in same for officer in self._lists[p]})
            if union != self._lists[kept]:
                self._new_lists[kept] = union
        for other in same:
            if other != kept:
                self._gone.append(other)
                self._result.merges.append(self._absorbed(kept, other))

    def _absorbed(self, kept: int, gone: int) -> Absorbed:
        return Absorbed(
            self._key_text(kept),
            self._origins[kept],
            self._origins[gone],
            self._changed(kept, gone),
        )

    def _conflict(self, group: list[int]) -> None:
        """Accept none of the rows; each is told where the nearest one that differs stands."""
        for position in group:
            other = next(p for p in group if self._variants[p] != self._variants[position])
            column = self._table[self._table.key[0]]
            details = {
                "key": self._key_text(position),
                "other": self._place(self._origins[other]),
                "columns": "".join(f"『{header}』" for header in self._differing(position, other)),
            }
            value = value_text(self._values[column.name][position])
            problem = Problem(Reason.CONFLICT, column.header, value, details)
            self._result.problems[self._origins[position]] = [problem]
            self._gone.append(position)

    def _key_text(self, position: int) -> str:
        names = self._table.key or tuple(c.name for c in self._table.columns)
        return " | ".join(value_text(self._values[name][position]) for name in names)

    def _differing(self, one: int, other: int) -> list[str]:
        return [header for header, _, _ in self._differences(one, other)]

    def _differences(self, one: int, other: int) -> Iterator[tuple[str, str, str]]:
        for column in self._table.columns:
            values = [self._values[column.name][p] for p in (one, other)]
            if column.type is Type.LIST:
                values = [sorted(value) for value in values]
            if values[0] != values[1]:
                yield column.header, value_text(values[0]), value_text(values[1])

    def _changed(self, kept: int, gone: int) -> str:
        return "；".join(
            f"{header}：{before or '空'} → {after or '空'}"
            for header, after, before in self._differences(kept, gone)
        )

    def _remaining(self) -> pa.Table:
        """Return all rows but those that went, with the united lists in place."""
        rows = self._rows
        if self._united and self._new_lists:
            lists = rows[self._united].to_pylist()
            for position, union in self._new_lists.items():
                lists[int(self._doubled[position])] = union
            index = rows.column_names.index(self._united)
            kind = rows.schema.field(index)
            rows = rows.set_column(index, kind, pa.array(lists, kind.type))
        keep = np.ones(len(rows), dtype=bool)
        keep[self._doubled[self._gone]] = False
        return rows.filter(pa.array(keep))


def united_column(table: Table) -> str | None:
    """Return the list of officers whose members rows of one key add up to, if there is one."""
    if not table.key:
        return None
    columns = (c for c in table.columns if c.type is Type.LIST and c.references == "officers")
    return next((column.name for column in columns), None)


def in_order(table: Table, rows: pa.Table) -> pa.Table:
    """Return `rows` sorted by their key, without a key by all columns."""
    names = table.key or tuple(c.name for c in table.columns)
    return rows.take(pc.sort_indices(rows, sort_keys=[(name, "ascending") for name in names]))
