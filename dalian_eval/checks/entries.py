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
from dalian_eval.schema.words import SAYS_SOME, says_too_little

_ALIKE = 0.4
"""Likeness of two entries from which one may be meant by the other."""


def _doubtful(delivery: Delivery, table: Table, column: Column) -> ir.Table:
    """Return each entry that a clause does not know, at its first row, and what may be meant.

    Entries that no clause asks for are common (大气): every row of theirs would hide the few that
    are misspelt.
    """
    words = entries_read(delivery.sections).get(f"{table.name}.{column.name}")
    rows = delivery.table(table.name)
    each = rows.select(ORIGIN, entry=rows[column.name].unnest())
    entries = each.group_by("entry").agg(rows=_.count(), **{ORIGIN: _[ORIGIN].min()})
    found = delivery.fetch(entries).itertuples(index=False) if words is not None else ()
    notes = {
        entry: f"“{entry}”{count}行{doubt}"
        for entry, count, _first in found
        if (doubt := _doubt(entry, words or ())) is not None
    }
    told = ibis.memtable(
        {"entry": [*notes], NOTE: [*notes.values()]}, schema={"entry": "string", NOTE: "string"}
    )
    return entries.join(told, "entry").select(ORIGIN, NOTE)


def _doubt(entry: str, words: tuple[str, ...]) -> str | None:
    """Return what may be meant by a doubtful entry, in Chinese; None when nothing is doubtful."""
    if entry in words:
        return None
    if words:
        if entry.lower() in SAYS_SOME:
            return "（没有写明是哪一种）"
        close = difflib.get_close_matches(entry, words, n=1, cutoff=_ALIKE)
        return f"（最接近的是“{close[0]}”）" if close else ""
    doubt = says_too_little(entry)
    return f"（{doubt}，按一项计）" if doubt else None


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
            f"『{column.header}』中有{{failed}}种写法，条款认不得或没有写明：{{observed}}。"
            "除注明“按一项计”的以外都不计分。"
        ),
        fix=(
            f"请核对『{column.header}』：写法不同而意思相同的改为条款的写法，几项之间用顿号隔开，"
            "没有的留空；确属其他类别的无需处理。"
        ),
    )


def checks() -> tuple[Check, ...]:
    """Return a check of every list column of the tables in use that may hold any entry."""
    return tuple(
        _check(table, column)
        for table in TABLES
        for column in table.columns
        if column.type is Type.LIST and not column.vocabulary and not column.references
    )
