"""Rows with one key to one record: identical rows merge, later exports win, the rest conflicts.

Rows come sorted by key and, within a key, by origin, so that those with one key are neighbours.
Everything is decided for all groups of a batch at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.intake.base.reasons import Problem, Reason
from dalian_eval.intake.records.references import Problems
from dalian_eval.intake.tables.normalise import value_text
from dalian_eval.schema.model import SUBJECT, Table, Type
from dalian_eval.schema.origins import ORIGIN, ROW_BITS

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

ABSORBED = pa.schema(
    [
        pa.field("key", pa.string()),
        pa.field("kept", pa.int64()),
        pa.field(ORIGIN, pa.int64()),
        pa.field("changed", pa.string()),
    ]
)
"""Rows that went into others: the origins of the row that stays and of the one that went.

`changed` tells the cells in which they differ, from the row that went to the one that stays.
"""

_LIST_SEPARATOR = "、"


@dataclass
class MergeResult:
    """The records of a batch, one per key, and what became of the other rows."""

    rows: pa.Table
    merges: pa.Table = field(default_factory=ABSORBED.empty_table)
    supersessions: pa.Table = field(default_factory=ABSORBED.empty_table)
    problems: Problems = field(default_factory=dict)
    conflicting: pa.Table | None = None


def identity(table: Table) -> tuple[str, ...]:
    """Return the columns that tell records apart: the key, without one all columns."""
    return table.key or tuple(c.name for c in table.columns)


def new_keys(table: Table, rows: pa.Table) -> Mask:
    """Return which rows have another key than the row before (the first one has)."""
    fresh = np.zeros(len(rows), dtype=np.bool_)
    fresh[:1] = True
    for name in identity(table):
        values = _comparable(rows[name].combine_chunks())
        here, before = values[1:], values[:-1]
        unlike = pc.fill_null(pc.not_equal(here, before), False)
        one_blank = pc.xor(pc.is_null(here), pc.is_null(before))
        fresh[1:] |= np.array(pc.or_(unlike, one_blank).to_numpy(zero_copy_only=False), np.bool_)
    return fresh


def _comparable(values: pa.Array) -> pa.Array:
    """Lists are compared as sets, decimals as text."""
    if pa.types.is_list(values.type):
        return _list_texts(values)
    return values.cast(pa.string()) if pa.types.is_decimal(values.type) else values


def _list_texts(values: pa.ListArray) -> pa.StringArray:
    """Return lists as texts of their sorted elements."""
    parents, items = pc.list_parent_indices(values), pc.list_flatten(values)
    order = pc.sort_indices(
        pa.table([parents, items], ["parent", "item"]),
        sort_keys=[("parent", "ascending"), ("item", "ascending")],
    )
    sizes = pc.fill_null(pc.list_value_length(values), 0).to_numpy()
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    ordered = pa.ListArray.from_arrays(pa.array(offsets), items.take(order))
    return pc.binary_join(ordered, _LIST_SEPARATOR)


def merge(
    table: Table, rows: pa.Table, periods: Numbers, place: Callable[[int], str]
) -> MergeResult:
    """Bring sorted `rows` to one per key; without a key, to one per content.

    `periods` gives for each source the period of its export (see `RawFile`), `place` the file,
    sheet and row of an origin for a sentence. Joint inspections (联合检查), rows that differ in the
    list of officers only, become one record with all of them.
    """
    groups = np.cumsum(new_keys(table, rows)) - 1
    doubled = np.bincount(groups)[groups] > 1 if len(groups) else np.zeros(0, dtype=np.bool_)
    if not doubled.any():
        return MergeResult(rows)
    return _Merger(table, rows, np.flatnonzero(doubled), groups[doubled], periods, place).merge()


class _Merger:
    """Works on the rows whose key occurs more than once; places count among these rows."""

    def __init__(
        self,
        table: Table,
        rows: pa.Table,
        doubled: Numbers,
        groups: Numbers,
        periods: Numbers,
        place: Callable[[int], str],
    ) -> None:
        self._table, self._rows, self._doubled, self._place = table, rows, doubled, place
        self._some = rows.take(pa.array(doubled)).combine_chunks()
        self._starts = np.flatnonzero(np.diff(groups, prepend=-1))
        self._group = np.cumsum(np.diff(groups, prepend=-1) != 0) - 1
        self._origins: Numbers = self._some[ORIGIN].to_numpy()
        self._periods = periods[self._origins >> ROW_BITS]
        self._united = column_to_unite(table)
        self._variants = self._content()
        self._restarted: Numbers = np.zeros(0, dtype=np.int64)

    def _content(self) -> Numbers:
        """Return for each row the number of its content, the united list left out."""
        codes: Numbers = np.zeros(len(self._some), dtype=np.int64)
        for column in self._table.columns:
            if column.name == self._united or column.key:
                continue
            values = _comparable(self._some[column.name].combine_chunks())
            encoded = values.dictionary_encode(null_encoding="encode")
            own = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
            combined = codes * (len(encoded.dictionary) + 1) + own
            codes = np.unique(combined, return_inverse=True)[1].astype(np.int64)
        return codes

    def merge(self) -> MergeResult:
        """Decide for every group, and tell."""
        winner, conflict = self._winners()
        of_row = winner[self._group]
        lost = conflict[self._group]
        same = ~lost & (self._variants == self._variants[of_row])
        places = np.arange(len(self._group))
        merged = np.flatnonzero(same & (places != of_row))
        superseded = np.flatnonzero(~lost & ~same)
        gone = lost.copy()
        gone[merged] = gone[superseded] = True
        conflicts = np.flatnonzero(lost)
        return MergeResult(
            self._remaining(gone, winner, conflict, same),
            self._absorbed(of_row[merged], merged),
            self._absorbed(of_row[superseded], superseded),
            dict(self._problem(place) for place in conflicts.tolist()),
            self._some.take(pa.array(conflicts)),
        )

    def _winners(self) -> tuple[Numbers, Mask]:
        """Return for each group the row that stays, and whether none can."""
        low, high, starts = np.minimum.reduceat, np.maximum.reduceat, self._starts
        variants, periods, far = self._variants, self._periods, len(self._group)
        uniform = low(variants, starts) == high(variants, starts)
        latest = high(periods, starts)[self._group]
        # An export of a month is neither earlier nor later than one of a day of that month.
        newest = (periods == latest) | (periods == latest // 100 * 100)
        disputed = low(np.where(newest, variants, far), starts) != high(
            np.where(newest, variants, -1), starts
        )
        conflict = ~uniform & (disputed | (low(periods, starts) == 0))
        first_of_newest = low(np.where(newest, np.arange(far), far), starts)
        winner: Numbers = np.where(uniform, starts, first_of_newest)
        self._restarted = self._group[self._restarts(winner)]
        conflict[self._restarted] = True
        return winner, conflict

    def _restarts(self, winner: Numbers) -> Numbers:
        """Return the rows that share no more than their number with the one that would stay.

        They differ in unit, day and kind at once: a number that began anew, no correction.
        """
        suspects = np.flatnonzero(self._variants != self._variants[winner[self._group]])
        groups = _what_makes_a_record(self._table)
        if not len(suspects) or not all(groups):
            return suspects[:0]
        stays = self._some.take(pa.array(winner[self._group][suspects]))
        goes = self._some.take(pa.array(suspects))
        alike = np.zeros(len(suspects), dtype=np.bool_)
        for names in groups:
            alike |= ~np.logical_or.reduce([_differ(stays[n], goes[n]) for n in names])
        return suspects[~alike]

    def _absorbed(self, kept: Numbers, gone: Numbers) -> pa.Table:
        """Return the list of rows that went, with where to and what was different."""
        if not len(gone):
            return ABSORBED.empty_table()
        stays, went = self._some.take(pa.array(kept)), self._some.take(pa.array(gone))
        keys = [texts(went[name].combine_chunks()) for name in identity(self._table)]
        changed: list[pa.Array] = []
        for column in self._table.columns:
            if column.key:
                continue
            after, before = (texts(rows[column.name].combine_chunks()) for rows in (stays, went))
            told = pc.binary_join_element_wise(
                f"；{column.header}：", _or_blank(before), " → ", _or_blank(after), ""
            )
            unlike = pc.not_equal(after, before)
            if pc.any(unlike).as_py():
                changed.append(pc.if_else(unlike, told, ""))
        joined = pa.array(np.full(len(gone), "", dtype=object), pa.string())
        if changed:
            joined = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*changed, ""), 1)
        return pa.Table.from_arrays(
            [
                pc.binary_join_element_wise(*keys, " | "),
                stays[ORIGIN].combine_chunks(),
                went[ORIGIN].combine_chunks(),
                joined,
            ],
            schema=ABSORBED,
        )

    def _problem(self, place: int) -> tuple[int, list[Problem]]:
        """Tell a row in conflict where the nearest one that differs stands."""
        group = self._group[place]
        stop = np.searchsorted(self._group, group, side="right")
        members = np.arange(self._starts[group], stop)
        other = int(members[self._variants[members] != self._variants[place]][0])
        column = self._table[self._table.key[0]]
        differing = self._differing(place, other)
        details = {
            "key": " | ".join(value_text(self._value(n, place)) for n in identity(self._table)),
            "other": self._place(int(self._origins[other])),
            "columns": "".join(f"『{header}』" for header in differing),
        }
        value = value_text(self._value(column.name, place))
        reason = Reason.RESTARTED if group in self._restarted else Reason.CONFLICT
        problem = Problem(reason, column.header, value, details, differing)
        return int(self._origins[place]), [problem]

    def _value(self, name: str, place: int) -> object:
        value = self._some[name][place].as_py()
        return sorted(value) if isinstance(value, list) else value

    def _differing(self, one: int, other: int) -> tuple[str, ...]:
        return tuple(
            column.header
            for column in self._table.columns
            if self._value(column.name, one) != self._value(column.name, other)
        )

    def _remaining(self, gone: Mask, winner: Numbers, conflict: Mask, same: Mask) -> pa.Table:
        """Return all rows but those that went, with the united lists in place."""
        keep = np.ones(len(self._rows), dtype=np.bool_)
        keep[self._doubled[gone]] = False
        rows = self._rows
        if self._united:
            index = rows.column_names.index(self._united)
            kind = rows.schema.field(index)
            both = pa.chunked_array([*rows[self._united].chunks, self._unions(same)], kind.type)
            where = np.arange(len(rows))
            where[self._doubled[winner[~conflict]]] = len(rows) + np.flatnonzero(~conflict)
            lists = both.combine_chunks().take(pa.array(where))
            rows = rows.set_column(index, kind, lists)
        return rows.filter(pa.array(keep))

    def _unions(self, same: Mask) -> pa.ListArray:
        """Return for each group the officers of its rows of one content, sorted."""
        lists = self._some[self._united].combine_chunks()
        items = pc.list_flatten(lists).dictionary_encode()
        parents = pc.list_parent_indices(lists).to_numpy()
        words = items.dictionary
        order = pc.sort_indices(words)
        rank = np.empty(len(words), dtype=np.int64)
        rank[order.to_numpy()] = np.arange(len(words))
        counted = same[parents]
        pairs = self._group[parents[counted]] * max(len(words), 1)
        pairs = np.unique(pairs + rank[items.indices.to_numpy()[counted]])
        groups, ranks = np.divmod(pairs, max(len(words), 1))
        sizes = np.bincount(groups, minlength=len(self._starts))
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
        return pa.ListArray.from_arrays(pa.array(offsets), words.take(order).take(pa.array(ranks)))


def _what_makes_a_record(table: Table) -> tuple[tuple[str, ...], ...]:
    """Return the columns that say whose, of when and of what kind a record is."""
    own = [c for c in table.columns if not c.key]
    whose = (c.name for c in own if c.references in ("units", SUBJECT))
    when = (c.name for c in own if c.type in (Type.DATE, Type.TIMESTAMP))
    kinds = tuple(c.name for c in own if c.vocabulary and c.name != "subject_kind")
    what = kinds or tuple(c.name for c in own if c.type is Type.TEXT)
    return tuple(whose), tuple(when), what


def _differ(one: pa.ChunkedArray, other: pa.ChunkedArray) -> Mask:
    """Return where both have a value, and not the same; times of one day are the same."""
    if pa.types.is_timestamp(one.type):
        one, other = one.cast(pa.date32(), safe=False), other.cast(pa.date32(), safe=False)
    unlike = pc.fill_null(pc.not_equal(one, other), False)
    return np.array(unlike.to_numpy(), dtype=np.bool_)


def texts(values: pa.Array) -> pa.StringArray:
    """Return values as `normalise.value_text` would; lists sorted, numbers without idle zeros."""
    kind = values.type
    if pa.types.is_list(kind):
        written = _list_texts(values)
    elif pa.types.is_boolean(kind):
        written = pc.if_else(values, "是", "否")
    elif pa.types.is_timestamp(kind):
        written = pc.replace_substring_regex(values.cast(pa.string()), r"\.0+$", "")
    elif pa.types.is_decimal(kind):
        written = pc.replace_substring_regex(values.cast(pa.string()), r"\.?0+$", "")
    else:
        written = values.cast(pa.string())
    return pc.fill_null(written, "")


def _or_blank(values: pa.StringArray) -> pa.StringArray:
    return pc.if_else(pc.equal(values, ""), "空", values)


def column_to_unite(table: Table) -> str | None:
    """Return the list of officers whose members rows of one key add up to, if there is one."""
    if not table.key:
        return None
    columns = (c for c in table.columns if c.type is Type.LIST and c.references == "officers")
    return next((column.name for column in columns), None)
