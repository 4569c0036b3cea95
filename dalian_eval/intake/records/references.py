"""References between tables: the units, officers and cases named must have been accepted."""

import re
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.intake.base.raw_cell import half_width, without_blanks
from dalian_eval.intake.base.reasons import Problem, Reason
from dalian_eval.schema.model import SUBJECT, Column, Table, Type
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME, OFFICER, TABLES, UNIT

_NEAREST = 3
_SUBJECT_KIND = "subject_kind"
SUBJECT_TABLES = {UNIT: "units", OFFICER: "officers"}

Problems = dict[int, list[Problem]]
"""Problems of rows, keyed by origin."""


@dataclass
class ReferenceTarget:
    """A finished table that others refer to.

    `seen` holds the keys of all its rows that were read, also of those not accepted. Of the rows
    only the key and the name are needed.
    """

    rows: pa.Table
    seen: AbstractSet[str] = field(default=frozenset())

    @cached_property
    def keys(self) -> pa.Array:
        """Accepted keys."""
        return self.rows.column(0).combine_chunks()

    @cached_property
    def key_set(self) -> frozenset[str]:
        """Accepted keys as a set."""
        return frozenset(self.keys.to_pylist())

    @cached_property
    def by_digits(self) -> dict[str, str]:
        """Accepted keys by what is left of them when leading zeros are lost."""
        return {digits: key for key in self.keys.to_pylist() if (digits := _digits(key))}

    @cached_property
    def by_outline(self) -> dict[str, list[str]]:
        """Accepted keys by their outline."""
        found: dict[str, list[str]] = {}
        for key in self.keys.to_pylist():
            found.setdefault(outline(key), []).append(key)
        return found

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Accepted keys by the name of what they stand for, where the table has names."""
        if "name" not in self.rows.column_names:
            return {}
        names = self.rows["name"].to_pylist()
        return {name: key for name, key in zip(names, self.keys.to_pylist(), strict=True) if name}

    @cached_property
    def by_own_name(self) -> dict[str, str]:
        """Accepted keys by the names that only one of them has."""
        names = [_name(name or "") for name in self.rows["name"].to_pylist()]
        once = {name for name, count in Counter(names).items() if name and count == 1}
        pairs = zip(names, self.keys.to_pylist(), strict=True)
        return {name: key for name, key in pairs if name in once}


def referred_tables() -> frozenset[str]:
    """Return the names of the tables that others, or they themselves, refer to."""
    named = {c.references for t in TABLES for c in t.columns if c.references}
    return frozenset(named & BY_NAME.keys() | {*SUBJECT_TABLES.values()})


def dependency_order() -> list[Table]:
    """Return all tables, each after those it refers to (a table may refer to itself).

    Tables that only name people by certificate or name come after 任职, which tells who is where.
    """
    ordered: list[Table] = []
    waiting = list(TABLES)
    while waiting:
        done = {table.name for table in ordered}
        ready = [t for t in waiting if t.waits_for <= done]
        ordered += ready
        waiting = [t for t in waiting if t not in ready]
    return ordered


def reference_problems(table: Table, rows: pa.Table, known: dict[str, ReferenceTarget]) -> Problems:
    """Return the problems of rows that name what was not accepted.

    References to a table that nobody supplied are not checked.
    """
    problems: Problems = {}
    origins = rows[ORIGIN]
    for column in table.columns:
        for target in _targets(column):
            if target not in known or target == table.name:
                continue
            for row, value in _unknown(rows, column, target, known[target].keys):
                problem = _problem(column, value, target, known[target])
                problems.setdefault(origins[row].as_py(), []).append(problem)
    return problems


def _targets(column: Column) -> tuple[str, ...]:
    if column.references == SUBJECT:
        return tuple(SUBJECT_TABLES.values())
    return (column.references,) if column.references else ()


def _unknown(
    rows: pa.Table, column: Column, target: str, keys: pa.Array
) -> Iterator[tuple[int, str]]:
    """Yield (position, value) for every value that is not among `keys`."""
    values = rows[column.name].combine_chunks()
    if column.type is Type.LIST:
        parents, items = pc.list_parent_indices(values), pc.list_flatten(values)
        bad = pc.invert(pc.is_in(items, value_set=keys))
        for position in pc.indices_nonzero(bad).to_pylist():
            yield parents[position].as_py(), items[position].as_py()
        return
    bad = pc.and_(pc.is_valid(values), pc.invert(pc.is_in(values, value_set=keys)))
    if column.references == SUBJECT:
        kinds = rows[_SUBJECT_KIND].combine_chunks()
        kind = next(k for k, name in SUBJECT_TABLES.items() if name == target)
        bad = pc.and_(bad, pc.fill_null(pc.equal(kinds, kind), False))
    for position in pc.indices_nonzero(bad).to_pylist():
        yield position, values[position].as_py()


def _problem(column: Column, value: str, target: str, referenced: ReferenceTarget) -> Problem:
    sheet = BY_NAME[target].sheet
    if value in referenced.seen:
        return Problem(Reason.REFERENCE_QUARANTINED, column.header, value, {"sheet": sheet})
    details = {"sheet": sheet, "hint": _hint(value, referenced)}
    return Problem(Reason.UNKNOWN_REFERENCE, column.header, value, details)


def _hint(value: str, referenced: ReferenceTarget) -> str:
    """Name the key that was probably meant."""
    if value in referenced.by_name:
        return f"（“{value}”的编码是 {referenced.by_name[value]}）"
    digits = _digits(value)
    if digits and digits in referenced.by_digits:
        key = referenced.by_digits[digits]
        same = re.sub(r"[\W_]+", "", value) == re.sub(r"[\W_]+", "", key)
        return f"（最接近的是 {key}）" if same else f"（表中有 {key}，开头的 0 可能丢失了）"
    near = referenced.by_outline.get(outline(value), [])
    return f"（最接近的是 {'、'.join(near[:_NEAREST])}）" if near else ""


def _digits(code: str) -> str:
    """Return a code of digits without punctuation and leading zeros; "" for any other."""
    digits = re.sub(r"[\W_]+", "", code)
    return digits.lstrip("0") if digits.isdigit() else ""


def outline(code: str) -> str:
    """Return what is left of a code without punctuation, letter case and leading zeros.

    Codes of one outline are not the same, but one may be a slip for the other.
    """
    letters = re.sub(r"[\W_]+", " ", code.casefold()).replace("o", "0")
    return "".join(re.findall(r"[^\W\d_]+|[1-9]\d*", letters))


def named_units(column: Column, rows: pa.Table, units: ReferenceTarget) -> dict[str, str]:
    """Return, for values of a column that are no unit's code, the code of the one unit so named."""
    if column.references not in ("units", SUBJECT):
        return {}
    values = rows[column.name].combine_chunks()
    items = pc.list_flatten(values) if column.type is Type.LIST else values.drop_null()
    dangling = items.filter(pc.invert(pc.is_in(items, value_set=units.keys))).unique()
    return {
        v: units.by_own_name[p]
        for v in dangling.to_pylist()
        if (p := _name(v)) in units.by_own_name
    }


def _name(text: str) -> str:
    return without_blanks(half_width(text))


def alike_keys(column: Column, values: pa.Array, keys: pa.Array) -> dict[str, str]:
    """Return, for values of a column that are no key, the one key that is the same number.

    Kinds of dashes, blanks and letter case do not make another number.
    """
    items = pc.list_flatten(values) if column.type is Type.LIST else values.drop_null()
    dangling = items.filter(pc.invert(pc.is_in(items, value_set=keys))).unique()
    if not len(dangling):
        return {}
    wanted = _folded(dangling)
    folded = _folded(keys)
    near = pc.is_in(folded, value_set=wanted)
    found: dict[str, list[str]] = {}
    pairs = zip(folded.filter(near).to_pylist(), keys.filter(near).to_pylist(), strict=True)
    for text, key in pairs:
        found.setdefault(text, []).append(key)
    return {
        value: found[text][0]
        for value, text in zip(dangling.to_pylist(), wanted.to_pylist(), strict=True)
        if len(found.get(text, ())) == 1
    }


def _folded(codes: pa.Array) -> pa.Array:
    # Dashes are of one kind since the codes were read.
    return pc.utf8_lower(pc.replace_substring_regex(codes, r"\s+", ""))


def self_reference_problems(
    table: Table, rows: pa.Table, seen: AbstractSet[str]
) -> tuple[pa.Table, Problems]:
    """Drop rows that refer to no row of their own table, again and again until none is left.

    Returns the remaining rows and the problems of the dropped ones. A cycle is not followed: its
    rows name each other and all stay.
    """
    problems: Problems = {}
    columns = self_references(table)
    while columns:
        referenced = ReferenceTarget(rows, seen)
        found: Problems = {}
        for column in columns:
            for row, value in _unknown(rows, column, table.name, referenced.keys):
                problem = _problem(column, value, table.name, referenced)
                found.setdefault(rows[ORIGIN][row].as_py(), []).append(problem)
        if not found:
            break
        problems.update(found)
        rows = without(rows, found)
    return rows, problems


def self_references(table: Table) -> list[Column]:
    """Return the columns that refer to their own table (上级单位编码)."""
    return [c for c in table.columns if c.references == table.name]


def nothing_to_check(table: Table, rows: pa.Table, known: dict[str, ReferenceTarget]) -> bool:
    """Whether every reference plainly names an accepted key; `rows` needs those columns only."""
    for column in referring_columns(table):
        if column.references not in BY_NAME:
            return False
        if column.references not in known or column.references == table.name:
            continue
        values = rows[column.name].combine_chunks()
        items = pc.list_flatten(values) if column.type is Type.LIST else values.drop_null()
        if not pc.all(pc.is_in(items, value_set=known[column.references].keys)).as_py():
            return False
    return True


def referring_columns(table: Table) -> list[Column]:
    """Return the columns that name rows of tables."""
    return [c for c in table.columns if c.references]


def keys_of(table: Table, rows: pa.Table, problems: Problems) -> dict[int, str]:
    """Return the keys of the rows that have problems, where the table has a key of one column."""
    if len(table.key) != 1 or not problems:
        return {}
    bad = rows.filter(pc.is_in(rows[ORIGIN], value_set=pa.array(list(problems), pa.int64())))
    return dict(zip(bad[ORIGIN].to_pylist(), bad[table.key[0]].to_pylist(), strict=True))


def without(rows: pa.Table, problems: Problems) -> pa.Table:
    """Return `rows` without those that have problems."""
    if not problems:
        return rows
    bad = np.fromiter(problems, dtype=np.int64, count=len(problems))
    return rows.filter(pc.invert(pc.is_in(rows[ORIGIN], value_set=pa.array(bad))))
