"""Declared metrics as Ibis expressions: one row per owner and month, numerator and denominator."""

import datetime as dt

import ibis
import ibis.expr.types as ir
from ibis import _

from dalian_eval.metrics.conditions import holds
from dalian_eval.metrics.sources import Sources, closure, months_table, origins_listed
from dalian_eval.metrics.staff import ROSTER, staff_table
from dalian_eval.rubric.metrics import STAFF, Amount, Metric, Quotient
from dalian_eval.rubric.queries import Kind
from dalian_eval.schema.definitions import decided_day, midnight
from dalian_eval.schema.model import SUBJECT, Type
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME, OFFICER, UNIT

_KEYS = ["candidate", "month"]
_SUBJECTS: dict[Kind, str] = {"unit": UNIT, "officer": OFFICER}
_EVERYBODY: dict[Kind, tuple[str, str]] = {
    "unit": ("units", "unit_id"),
    "officer": ("officers", "officer_id"),
}


def figures(sources: Sources, metric: Metric, way: Quotient) -> ir.Table | None:
    """Return `candidate`, `month`, `numerator`, `denominator`, `evidence` of one way of a metric.

    None when tables are missing without which there are no figures: those of the denominator (of
    a count: of the numerator), and all of them for a metric without a figure for every month.
    """
    top, bottom = way.numerator, way.denominator
    base = top if bottom is None else bottom
    asked = (base,) if metric.every_month else way.amounts
    if not all(_is_there(sources, amount) for amount in asked):
        return None
    there, scale = _is_there(sources, top), metric.scale
    counted = _amount(sources, top, metric.kind, scale) if there else _nothing()
    counted = counted.select(*_KEYS, "evidence", numerator=_.amount)
    below = None
    if bottom is not None:
        below = _amount(sources, bottom, metric.kind, scale).select(*_KEYS, denominator=_.amount)
    if metric.every_month:
        table, key = _EVERYBODY[metric.kind]
        months = months_table(sources).select("month")
        keys = sources.table(table).select(candidate=key).cross_join(months)
    else:
        keys = counted.select(*_KEYS)
        if below is not None:
            keys = keys.union(below.select(*_KEYS), distinct=True)
    rows = keys.left_join(counted, _KEYS).select(*_KEYS, "numerator", "evidence")
    if below is None:
        return rows.mutate(denominator=ibis.literal(scale))
    return rows.left_join(below, _KEYS).select(*_KEYS, "numerator", "denominator", "evidence")


def _is_there(sources: Sources, amount: Amount) -> bool:
    roster = ROSTER if amount.table in STAFF else frozenset()
    return amount.tables | roster <= sources.supplied


def _nothing() -> ir.Table:
    schema = {
        "candidate": "string",
        "month": "string",
        "amount": "int64",
        "evidence": "array<int64>",
    }
    return ibis.memtable([], schema=schema)


def _amount(sources: Sources, amount: Amount, kind: Kind, scale: int) -> ir.Table:
    """Return `candidate`, `month`, `amount` and `evidence` of the rows by as-of, within P.

    Amounts are multiplied by `scale`, which makes them whole.
    """
    rows = _rows(sources, amount)
    wanted = [holds(rows[name], condition) for name, condition in amount.where.items()]
    rows = rows.filter(wanted) if wanted else rows
    if amount.by == SUBJECT:
        rows = rows.filter(rows["subject_kind"] == _SUBJECTS[kind])
    owner = rows[amount.by]
    if isinstance(owner, ir.ArrayColumn):
        rows = rows.mutate(candidate=owner.unnest())
    else:
        rows = rows.mutate(candidate=owner)
    rows = rows.filter(_.candidate.notnull())
    if amount.reach == "subtree":
        tree = closure(sources)
        rows = rows.drop("candidate").join(
            tree.select("ancestor", _below="unit_id"), rows[amount.by] == tree["unit_id"]
        )
        rows = rows.rename(candidate="ancestor")
    if sources.whole_of is not None:
        rows = rows.filter(_.candidate.isin(sorted(sources.whole_of)))
    has_origin = ORIGIN in rows.columns
    none = ibis.literal([], "array<int64>")
    evidence = origins_listed(sources, _[ORIGIN]) if has_origin else none
    match amount.take:
        case "distinct":
            number = _[amount.column].nunique()
        case "sum":
            number = (
                _whole(rows[amount.column], scale).sum()
                if amount.decimals
                else _[amount.column].sum()
            )
        case _:
            number = _.count()
    if scale > 1 and not amount.decimals:
        number = number * scale
    return rows.group_by(_KEYS).agg(amount=number, evidence=evidence)


def _whole(numbers: ir.Column, scale: int) -> ir.Column:
    """Return decimals multiplied by `scale` as whole numbers, exactly."""
    digits = len(str(scale)) - 1
    return (numbers.cast(f"decimal(18, {digits})") * scale).cast("int64")


def _rows(sources: Sources, amount: Amount) -> ir.Table:
    """Return the rows of an amount's table that belong to a month begun by as-of, with `month`."""
    if amount.table in STAFF:
        return staff_table(sources, STAFF[amount.table], entered="entered" in amount.where)
    rows = sources.table(amount.table)
    if amount.table == "cases":
        rows = rows.mutate(decided=decided_day(rows))
    table = BY_NAME[amount.table]
    kind = table[amount.month].type if amount.month in table else Type.DATE
    day = rows[amount.month]
    if kind is Type.MONTH:
        return rows.filter(day.isin(sources.months)).mutate(month=_[amount.month])
    first, last = sources.period.start, sources.as_of
    if kind is Type.TIMESTAMP:
        within = (day >= midnight(first)) & (day < midnight(last + dt.timedelta(days=1)))
    else:
        within = (day >= first) & (day <= last)
    return rows.filter(within).mutate(month=_[amount.month].strftime("%Y-%m"))
