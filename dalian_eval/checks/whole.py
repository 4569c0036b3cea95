"""Checks of the delivery as a whole: what was handed in, and how much of it was read."""

from collections.abc import Hashable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from dalian_eval.checks.check import Check
from dalian_eval.checks.delivery import NOTE, Delivery
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME, REQUIRED, TABLES

SOME, MOST = 5, 50
"""Per cent of a sheet's rows in quarantine above which it is told, and above which it blocks."""

_EVERY = 10_000
"""More tables than there are: every missing one is named."""

FEW = 20
"""A sheet with fewer rows never blocks: one bad row in two says little about an export."""


def _missing_required(delivery: Delivery) -> ir.Table:
    required = [name for name in REQUIRED if name in delivery.asked]
    return delivery.noted([BY_NAME[n].sheet for n in required if not delivery.rows.get(n)])


def _not_supplied(delivery: Delivery) -> ir.Table:
    usual = [t for t in TABLES if t.need == "usual" and t.name in delivery.asked]
    return delivery.noted([t.sheet for t in usual if t.name not in delivery.rows])


def _refused(delivery: Delivery) -> ir.Table:
    sheets = delivery.sheets
    refused = sheets[sheets["status"] == "refused"]
    return delivery.noted([_place(row) for row in refused.to_dict("records")])


def _place(row: Mapping[Hashable, Any]) -> str:
    return f"{row['file']}『{row['sheet']}』" if row["sheet"] else row["file"]


def _mostly_lost(accounts: pd.DataFrame) -> pd.Series:
    share = accounts["quarantined"] * 100 > accounts["rows_read"] * MOST
    return share & (accounts["rows_read"] >= FEW)


def _lost(delivery: Delivery, most: bool) -> ir.Table:
    """Return the quarantined rows of the sheets that lost too many, with a note on the sheet."""
    accounts = delivery.accounts
    mostly = _mostly_lost(accounts)
    some = accounts["quarantined"] * 100 > accounts["rows_read"] * SOME
    chosen = accounts[mostly if most else some & ~mostly]
    notes = [
        f"{_place(row)}：{row['rows_read']}行中隔离{row['quarantined']}行"
        for row in chosen.to_dict("records")
    ]
    told = chosen[["id"]].assign(**{NOTE: pd.Series(notes, index=chosen.index, dtype="str")})
    rows = delivery.quarantined.merge(told, on="id")
    return ibis.memtable(rows[[ORIGIN, NOTE]], schema={ORIGIN: "int64", NOTE: "string"})


def _rows_read(delivery: Delivery) -> int:
    return int(delivery.accounts["rows_read"].sum())


CHECKS = (
    Check(
        id="delivery.required",
        table="",
        title="必需的表齐全",
        severity="blocking",
        find=_missing_required,
        tested=lambda delivery: len(delivery.asked & {*REQUIRED}),
        show=(NOTE,),
        reason="缺少必需的表，或其中没有一行被接收：{observed}。没有它们无法确定谁在哪个单位。",
        fix="请提交这些表；已提交的，请按隔离清单改正后重新提交。",
    ),
    Check(
        id="delivery.not_supplied",
        table="",
        title="各表均已提交",
        severity="warning",
        find=_not_supplied,
        tested=lambda delivery: sum(
            t.need != "occasional" and t.name in delivery.asked for t in TABLES
        ),
        show=(NOTE,),
        examples=_EVERY,
        reason="没有提交的表有{failed}张：{observed}。读取这些表的条款为待补，得分以区间表示。",
        fix="请补交这些表；确无记录的，请在模板该页勾选『本表无数据』，或提交只有表头的空表。",
    ),
    Check(
        id="delivery.refused",
        table="",
        title="提交的文件都能读取",
        severity="warning",
        find=_refused,
        tested=lambda delivery: len(delivery.sheets),
        show=(NOTE,),
        reason="有{failed}个文件或工作表被拒绝读取：{observed}。其中的数据没有参与计算。",
        fix="请按清洗记录中写明的原因改正后重新提交。",
    ),
    Check(
        id="delivery.quarantined_some",
        table="",
        title=f"每张工作表隔离的行不超过{SOME}%",
        severity="warning",
        find=lambda delivery: _lost(delivery, most=False),
        tested=_rows_read,
        show=(NOTE,),
        reason=f"有的工作表被隔离的行超过{SOME}%：{{observed}}。这些行没有参与计算。",
        fix="请按隔离清单逐行改正原表后重新提交。",
    ),
    Check(
        id="delivery.quarantined_most",
        table="",
        title=f"没有工作表的多半行被隔离（{FEW}行以上的工作表）",
        severity="blocking",
        find=lambda delivery: _lost(delivery, most=True),
        tested=_rows_read,
        show=(NOTE,),
        reason=f"有的工作表被隔离的行超过{MOST}%：{{observed}}。据此计算的得分不可信。",
        fix="多半是某一列的格式或表头整体有误，请看隔离清单中的原因，改正原表后重新提交。",
    ),
)
