"""A change of the inputs: rows added to, or mended in, the input tables, and who is to act."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from dalian_eval.moves.efforts import Effort
from dalian_eval.rubric.queries import Kind
from dalian_eval.schema.arrow import arrow_schema
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.model import Table, Type
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME

Whose = Literal["本人", "单位", "上级"]
"""Who is to act; what depends on 上级 (a decision of others) is no work of one's own."""


@dataclass(frozen=True)
class Change:
    """One row of a canonical table: mended where `origin` names one, else added.

    `cells`: column → canonical value (text, date, datetime, bool, int, Decimal, tuple of texts);
    of an added row its key is among them.
    """

    table: str
    cells: Mapping[str, Any]
    origin: int | None = None
    key: Mapping[str, Any] = field(default_factory=dict)

    def fact(self) -> dict[str, Any]:
        """Return the change in the form of the input tables: 表名, 表头 and cells as written."""
        table = BY_NAME[self.table]
        return {
            "table": table.sheet,
            "key": _written(table, self.key) if self.origin is not None else None,
            "cells": _written(table, self.cells),
        }


@dataclass(frozen=True)
class Question:
    """What a proposal is one of several answers to.

    `asked` tells the question from a candidate's others; `all_there_is`: whether the answers are
    all there can be.
    """

    asked: tuple[object, ...]
    all_there_is: bool


@dataclass(frozen=True)
class Proposal:
    """Something that could be done for a candidate; `worth` says what it comes to.

    `number`: how many facts; `by`: the last day on which they count; `sentence`: what is to be
    done, without the points; `rows`: origins of the rows concerned; `judged`: the day as of which
    the rule looks at the facts, when that is later than the run's; `redraws`: whether the case draw
    is made again with the changes; `question`: set where the clause is found by what comes out;
    `to_come`: whether it is of a month that has not begun.
    """

    kind: Kind
    candidate: int
    clause: str
    whose: Whose
    effort: Effort
    number: int
    by: dt.date
    sentence: str
    changes: tuple[Change, ...]
    rows: tuple[int, ...] = ()
    judged: dt.date | None = None
    redraws: bool = False
    question: Question | None = None
    to_come: bool = False


def _written(table: Table, cells: Mapping[str, Any]) -> dict[str, str]:
    return {table[column].header: written(value) for column, value in cells.items()}


def written(value: Any) -> str:
    """Return a canonical value as people type it into the input tables."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(value)
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def changed(frame: pd.DataFrame, table: Table, changes: Iterable[Change]) -> pd.DataFrame:
    """Return a table's frame with rows mended and added; dtypes stay, added rows stand last."""
    added: list[dict[str, Any]] = []
    mended: dict[int, dict[str, Any]] = {}
    for change in changes:
        if change.origin is None:
            added.append(dict(change.cells))
        else:
            mended.setdefault(change.origin, {}).update(change.cells)
    result = frame
    if mended:
        place = np.flatnonzero(frame[ORIGIN].isin(list(mended)).to_numpy())
        # Rows that fell to the same origin (a joint row read as several) are all mended.
        old = frame.iloc[place]
        rows = [
            {c.name: plain(old.iloc[i][c.name]) for c in table.columns} | mended[origin]
            for i, origin in enumerate(old[ORIGIN])
        ]
        new = frame_of_rows(table, rows, old[ORIGIN].tolist()).set_axis(old.index)
        result = pd.concat([frame.drop(index=old.index), new]).sort_index()
    if added:
        first = int(max(result[ORIGIN].max(), 0)) + 1 if len(result) else 1
        new = frame_of_rows(table, added, range(first, first + len(added)))
        result = pd.concat([result, new], ignore_index=True)
    return result.reset_index(drop=True)


def frame_of_rows(table: Table, rows: list[dict[str, Any]], origins: Iterable[int]) -> pd.DataFrame:
    """Return rows as a frame of the table's types."""
    whole = [
        {c.name: _cell(row.get(c.name), c.type) for c in table.columns} | {ORIGIN: origin}
        for row, origin in zip(rows, origins, strict=True)
    ]
    return to_frame(pa.Table.from_pylist(whole, schema=arrow_schema(table)), table)


def _cell(value: Any, type_: Type) -> Any:
    if type_ is Type.LIST:
        return list(value or ())
    if type_ is Type.NUMBER and value is not None:
        return Decimal(value)
    return value


def plain(value: Any) -> Any:
    """Return a cell of a frame as a canonical value; None where it is blank."""
    if isinstance(value, tuple | str):
        return value
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if hasattr(value, "item") else value
