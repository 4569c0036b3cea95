"""Checks of lists whose entries decide clauses: what no clause knows, or what says too little."""

import difflib
from functools import partial

import ibis
import ibis.expr.types as ir
from ibis import _

from dalian_eval.checks.check import Check
from dalian_eval.checks.delivery import NOTE, Delivery
from dalian_eval.rubric.entries import entries_read
from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import TABLES
from dalian_eval.schema.words import SAYS_SOME, may_be_several

_ALIKE = 0.4
"""Likeness of two entries from which one may be meant by the other."""


def _doubtful(delivery: Delivery, table: Table, column: Column) -> ir.Table:
    """Return the rows with an entry that a clause does not know, and what may be meant."""
    words = entries_read(delivery.sections).get(f"{table.name}.{column.name}")
    rows = delivery.table(table.name)
    each = rows.select(ORIGIN, entry=rows[column.name].unnest())
    found: list[str] = []
    if words is not None:
        found = delivery.fetch(each.select("entry").distinct().order_by("entry"))["entry"].tolist()
    notes = {entry: note for entry in found if (note := _doubt(entry, words or ()))}
    told = ibis.memtable(
        {"entry": [*notes], NOTE: [*notes.values()]}, schema={"entry": "string", NOTE: "string"}
    )
    doubted = each.join(told, "entry").group_by(ORIGIN)
    return doubted.agg(**{NOTE: _[NOTE].collect(order_by=_[NOTE]).join("、")})


def _doubt(entry: str, words: tuple[str, ...]) -> str:
    """Return what is doubtful about an entry, in Chinese; empty when nothing is."""
    if entry in words:
        return ""
    if entry.lower() in SAYS_SOME:
        return f"“{entry}”没有写明是哪一种"
    if words:
        close = difflib.get_close_matches(entry, words, n=1, cutoff=_ALIKE)
        return f"“{entry}”" + (f"（最接近的是“{close[0]}”）" if close else "")
    return f"“{entry}”可能是连写的几种" if may_be_several(entry) else ""


def _check(table: Table, column: Column) -> Check:
    return Check(
        id=f"{table.name}.{column.name}.entries",
        table=table.name,
        title=f"『{column.header}』的各项都是条款认得的写法",
        severity="warning",
        find=partial(_doubtful, table=table, column=column),
        show=(NOTE,),
        examples=20,
        reason=(
            f"『{column.header}』中有{{failed}}行写了条款认不得或没有写明的项：{{observed}}。"
            "认不得的项不计分，没有写明的按填写的一项计。"
        ),
        fix=f"请核对『{column.header}』，各项用顿号隔开；没有的请留空。",
    )


CHECKS = tuple(
    _check(table, column)
    for table in TABLES
    for column in table.columns
    if column.type is Type.LIST and not column.vocabulary and not column.references
)
