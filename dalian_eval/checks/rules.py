"""The rules that follow from the table declarations alone; nothing here names a column.

A rule becomes a Great Expectations expectation (`suites.py`) or, for the large table, for lists and
for references between tables, a check that DuckDB counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir
from ibis import _

from dalian_eval.checks.check import Check
from dalian_eval.checks.delivery import LARGE, Delivery
from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME, OFFICER, TABLES, UNIT

Kind = Literal["mandatory", "key", "vocabulary", "range", "reference"]

_SUBJECTS = {UNIT: "units", OFFICER: "officers"}
_FIX = "清洗时本应隔离这些行，请重新运行清洗；仍然出现的，请在原表改正{columns}。"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of one table: its kind and the columns it is about (one, save for keys)."""

    table: Table
    kind: Kind
    columns: tuple[Column, ...]

    @property
    def id(self) -> str:
        """`<table>.<column>.<kind>`; the key has no column."""
        column = "" if self.kind == "key" else f"{self.columns[0].name}."
        return f"{self.table.name}.{column}{self.kind}"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(c.name for c in self.columns)

    @property
    def headers(self) -> str:
        """The columns as users know them."""
        return "".join(f"『{c.header}』" for c in self.columns)

    @property
    def title(self) -> str:
        """What is expected, in Chinese."""
        column = self.columns[0]
        match self.kind:
            case "mandatory":
                return f"{self.headers}不为空"
            case "key":
                return f"{self.headers}不重复"
            case "vocabulary":
                return f"{self.headers}是允许的写法"
            case "range":
                return f"{self.headers}{_range(column)}"
            case "reference":
                return f"{self.headers}在『{self.sheet}』表中"

    @property
    def reason(self) -> str:
        """What is wrong, in Chinese, with {failed} to fill in."""
        match self.kind:
            case "mandatory":
                return f"有{{failed}}行没有填写{self.headers}。"
            case "key":
                return f"有{{failed}}行的{self.headers}与其他行重复。"
            case "vocabulary":
                allowed = "、".join(self.columns[0].vocabulary)
                return f"有{{failed}}行的{self.headers}不在允许的写法（{allowed}）之内。"
            case "range":
                return f"有{{failed}}行的{self.headers}不满足{_range(self.columns[0])}。"
            case "reference":
                return f"有{{failed}}行的{self.headers}在『{self.sheet}』表中找不到。"

    @property
    def fix(self) -> str:
        """What mends it, in Chinese."""
        return _FIX.format(columns=self.headers)

    @property
    def targets(self) -> tuple[str, ...]:
        """The tables a reference leads to (对象: by 对象类型 to 单位 or 人员)."""
        target = self.columns[0].references
        if target is None:
            return ()
        return tuple(_SUBJECTS.values()) if target == "subject" else (target,)

    @property
    def sheet(self) -> str:
        """The tables a reference leads to, as users know them."""
        return "或".join(BY_NAME[t].sheet for t in self.targets)

    @property
    def counted(self) -> bool:
        """Whether DuckDB counts the rule instead of Great Expectations."""
        is_list = self.columns[0].type is Type.LIST
        return self.table.name == LARGE or self.kind == "reference" or is_list


def _range(column: Column) -> str:
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"在{low}到{high}之间"
    return f"不小于{low}" if high is None else f"不大于{high}"


def table_rules(table: Table) -> Iterator[Rule]:
    """Yield every rule that the declaration of `table` implies."""
    if table.key:
        yield Rule(table=table, kind="key", columns=tuple(table[n] for n in table.key))
    for column in table.columns:
        of_column: dict[Kind, bool] = {
            "mandatory": column.mandatory,
            "vocabulary": bool(column.vocabulary),
            "range": column.minimum is not None or column.maximum is not None,
            "reference": column.references is not None,
        }
        for kind, holds in of_column.items():
            if holds:
                yield Rule(table=table, kind=kind, columns=(column,))


def rules_for_great_expectations(table: Table) -> tuple[Rule, ...]:
    """Return the rules of `table` that Great Expectations tests on its frame."""
    return tuple(rule for rule in table_rules(table) if not rule.counted)


def rules_for_duckdb() -> tuple[Check, ...]:
    """Return the rules of all tables that DuckDB counts, as checks."""
    rules = [rule for table in TABLES for rule in table_rules(table) if rule.counted]
    return tuple(_check(rule) for rule in rules)


def _check(rule: Rule) -> Check:
    return Check(
        id=rule.id,
        table=rule.table.name,
        title=rule.title,
        severity="blocking",
        find=lambda delivery: _violations(rule, delivery),
        needs=tuple(t for t in rule.targets if t != rule.table.name),
        show=rule.names,
        reason=rule.reason,
        fix=rule.fix,
    )


def _violations(rule: Rule, delivery: Delivery) -> ir.Table:
    """Return the rows of the rule's table that break it."""
    rows = delivery.table(rule.table.name)
    column = rule.columns[0]
    match rule.kind:
        case "key":
            return _repeated(rule, delivery)
        case "mandatory":
            return rows.filter(_[column.name].isnull())
        case "reference":
            return _unknown(rule, delivery)
        case "vocabulary":
            return _each(rows, column).filter(_[column.name].notin(column.vocabulary))
        case "range":
            low = _[column.name] < (column.minimum if column.minimum is not None else ibis.null())
            high = _[column.name] > (column.maximum if column.maximum is not None else ibis.null())
            return rows.filter(low.fill_null(False) | high.fill_null(False))


def _repeated(rule: Rule, delivery: Delivery) -> ir.Table:
    """Return rows whose key another row has, too."""
    rows = delivery.table(rule.table.name)
    key = list(rule.names)
    # Counting the distinct keys is cheaper than counting each one, and nearly always enough.
    if delivery.count(rows.select(key).distinct()) == delivery.rows[rule.table.name]:
        return rows.filter(ibis.literal(False))
    repeated = rows.group_by(key).agg(times=_.count()).filter(_.times > 1)
    return rows.semi_join(repeated, key)


def _each(rows: ir.Table, column: Column) -> ir.Table:
    """Return `_origin` and `column`, a list with one row per value."""
    if column.type is Type.LIST:
        return rows.select(ORIGIN, **{column.name: _[column.name].unnest()})
    return rows


def _unknown(rule: Rule, delivery: Delivery) -> ir.Table:
    """Return the values that the referenced table does not have, with their rows."""
    column = rule.columns[0]
    rows = _each(delivery.table(rule.table.name), column).filter(_[column.name].notnull())
    if column.references != "subject":
        return _absent(rows, column, delivery, rule.targets[0])
    units, officers = (
        _absent(rows.filter(_.subject_kind == kind), column, delivery, target)
        for kind, target in _SUBJECTS.items()
    )
    return units.union(officers)


def _absent(rows: ir.Table, column: Column, delivery: Delivery, target: str) -> ir.Table:
    (key,) = BY_NAME[target].key
    known = delivery.table(target).select(**{column.name: key})
    return rows.select(ORIGIN, column.name).anti_join(known, column.name)
