"""Checks of the numbers that tables give to their rows: one number in two spellings."""

from functools import partial

import ibis.expr.types as ir
from ibis import _

from dalian_eval.checks.check import Check
from dalian_eval.checks.delivery import Delivery
from dalian_eval.schema.keys import MAY_FOLD, has_own_numbers
from dalian_eval.schema.model import Table
from dalian_eval.schema.tables import TABLES


def _spelt_twice(table: Table, delivery: Delivery) -> ir.Table:
    """Return the rows whose numbers differ from another's only in blanks and letter case."""
    (key,) = table.key
    rows = delivery.table(table.name)
    rows = rows.mutate(folded=rows[key].re_replace(r"\s+", "").lower())
    # Most numbers are of capitals and digits: they have no other spelling among themselves.
    rows = rows.semi_join(rows.filter(_[key].re_search(MAY_FOLD)).select("folded"), "folded")
    several = rows.group_by("folded").agg(
        numbers=_[key].nunique(),
        同号的写法=_[key].collect(distinct=True, order_by=_[key]).join("、"),
    )
    return rows.join(several.filter(_.numbers > 1), "folded")


def checks() -> tuple[Check, ...]:
    """Return a check of every table in use that gives numbers of its own to its rows."""
    return tuple(_check(table) for table in TABLES if has_own_numbers(table))


def _check(table: Table) -> Check:
    return Check(
        id=f"{table.name}.spelt_twice",
        table=table.name,
        title=f"『{table[table.key[0]].header}』没有只差空格、大小写的两种写法",
        severity="warning",
        find=partial(_spelt_twice, table),
        show=("同号的写法",),
        reason=(
            "有{failed}行的编号与另一行只差空格或字母大小写，两行内容又不同，"
            "按不同的记录计：{observed}。"
        ),
        fix="请核对是不是同一条记录；是的请统一编号并删去错的一行，不是的请改成不同的编号。",
    )
