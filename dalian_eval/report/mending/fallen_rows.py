"""Rows of 单位, 人员 and 任职 in quarantine that take rows of other tables with them."""

import json

import pandas as pd

from dalian_eval.intake.base.raw_cell import visible
from dalian_eval.intake.base.reasons import Reason
from dalian_eval.intake.records.references import outline
from dalian_eval.report.base.labels import table_title
from dalian_eval.schema.model import SUBJECT
from dalian_eval.schema.tables import BY_NAME, REQUIRED

_NAMED = 3
_TOLD_TABLES = 5


def fallen_rows(quarantine: pd.DataFrame) -> str:
    """Return how many rows are lost with rows of the tables that say who is where; else "".

    `quarantine`: the frame of quarantine.csv.
    """
    if quarantine.empty:
        return ""
    followed = quarantine["code"] == Reason.REFERENCE_QUARANTINED.code
    roots = quarantine[quarantine["table"].isin(REQUIRED) & ~followed]
    pairs = zip(quarantine["table"], quarantine["column"], strict=True)
    refers = [_refers(table, header, {*roots["table"]}) for table, header in pairs]
    follows = followed & pd.Series(refers, index=quarantine.index)
    if "postings" in {*roots["table"], *quarantine[follows]["table"]}:
        follows |= quarantine["code"] == Reason.NAME_NOT_POSTED.code
    follows = _with_their_followers(quarantine, followed, follows)
    if not follows.any():
        return ""
    first = "；".join(
        f"{visible(row['file'])}{'『' + visible(row['sheet']) + '』' if row['sheet'] else ''}"
        f"第{row['row']}行：{row['reason']}"
        for row in roots.head(_NAMED).to_dict("records")
    )
    more = "等" if len(roots) > _NAMED else ""
    return (
        f"{_counted(roots['table'])}没有采用，指向它们的{_counted(quarantine[follows]['table'])}"
        f"也随之没有采用，共{int(follows.sum())}行没有计入得分。"
        f"请先改正这{len(roots)}行（{first}{more}），其余各行会随之恢复。"
    )


def _with_their_followers(
    quarantine: pd.DataFrame, followed: pd.Series, follows: pd.Series
) -> pd.Series:
    """Add the rows that name a row which itself follows another, until there are no more.

    A case falls with its unit, and whoever handled it with the case.
    """
    while True:
        fell: dict[str, set[str]] = {}
        for table, cells in quarantine.loc[follows, ["table", "cells"]].itertuples(index=False):
            texts = json.loads(cells).values()
            fell.setdefault(table, set()).update(outline(text) for text in texts)
        waiting = quarantine[followed & ~follows]
        names = waiting[["table", "column", "value"]].itertuples(index=False)
        more = [
            outline(value) in fell.get(_target(table, header), ()) for table, header, value in names
        ]
        if not any(more):
            return follows
        follows = follows | quarantine.index.isin(waiting.index[more])


def _target(table: str, header: str) -> str:
    """Return the table whose rows a column names, else ""."""
    return next((c.references or "" for c in BY_NAME[table].columns if c.header == header), "")


def _refers(table: str, header: str, lost: set[str]) -> bool:
    """Whether a column names rows of one of the tables `lost`."""
    column = next((c for c in BY_NAME[table].columns if c.header == header), None)
    if column is None:
        return False
    return column.references in lost or (column.references == SUBJECT and bool(lost))


def _counted(tables: pd.Series) -> str:
    """Return how many rows there are by table: 『检查记录』80行、『案件承办』45行."""
    counts = tables.value_counts()
    told = [f"『{table_title(str(name))}』{count}行" for name, count in counts.items()]
    return "、".join(told[:_TOLD_TABLES]) + ("等" if len(told) > _TOLD_TABLES else "")
