"""Awards: what a rule gives, one row per award, always with its reason and its evidence."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dalian_eval.rubric.queries import Query
from dalian_eval.schema.origins import ORIGIN, ORIGINS
from dalian_eval.scoring import texts
from dalian_eval.scoring.facts import VIA, Positions

COLUMNS = ["candidate", "month", "points", "reason", "evidence"]
"""candidate: position in the candidates; month: yyyy-mm or empty; points: ten-thousandths;
reason: a Chinese sentence with its numbers; evidence: list of origins, ascending."""

EVIDENCE_LIMIT = 50
"""Origins listed per entry; the sentence always states how many there are in all."""


def awards(
    candidate: Any,
    points: Any,
    reason: pd.Series | str,
    *,
    month: pd.Categorical | None = None,
    evidence: pd.Series | None = None,
) -> pd.DataFrame:
    """Return a frame of awards from its columns; one text stands for every row."""
    who = np.asarray(candidate, dtype=np.int64)
    size = len(who)
    if isinstance(reason, str):
        reason = texts.repeated(reason, size)
    elif reason.dtype != texts.SENTENCES:
        reason = texts.of(reason)
    return pd.DataFrame(
        {
            "candidate": who,
            "month": texts.one_month("", size) if month is None else month,
            "points": np.broadcast_to(np.asarray(points, dtype=np.int64), size),
            "reason": reason.array,
            "evidence": lists([], [], size).array if evidence is None else evidence.array,
        }
    )


def none() -> pd.DataFrame:
    """Return a frame without awards."""
    return awards([], 0, "")


def lists(group: Any, origins: Any, size: int) -> pd.Series:
    """Return, for each of `size` groups, the distinct origins of its rows, ascending.

    `group`, `origins`: one pair per fact; negative origins are none. Of a group with more than
    `EVIDENCE_LIMIT` the first ones are kept, in the order given.
    """
    number, value = np.asarray(group, dtype=np.int64), np.asarray(origins, dtype=np.int64)
    number, value = number[value >= 0], value[value >= 0]
    order = np.lexsort((value, number))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(number[order]) != 0) | (np.diff(value[order]) != 0)
    kept = order[fresh]
    counts = np.bincount(number[kept], minlength=size)
    if counts.max(initial=0) > EVIDENCE_LIMIT:
        given = np.sort(kept)
        given = given[np.argsort(number[given], kind="stable")]
        place = np.arange(len(given)) - np.repeat(np.cumsum(counts) - counts, counts)
        kept = np.intersect1d(order, given[place < EVIDENCE_LIMIT])
        kept = kept[np.lexsort((value[kept], number[kept]))]
        counts = np.minimum(counts, EVIDENCE_LIMIT)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    array = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(value[kept]))
    return pd.Series(array, dtype=ORIGINS)


def evidence_of(rows: pd.DataFrame, group: Positions, size: int) -> pd.Series:
    """Return the evidence of facts (own origin and that of what led to the candidate) per group."""
    both = np.concatenate([rows[ORIGIN].to_numpy(), rows[VIA].to_numpy()])
    return lists(np.concatenate([group, group]), both, size)


def numbered(*keys: Any) -> tuple[Positions, Positions]:
    """Number the distinct combinations of integer `keys` in their order.

    Returns each row's number and, per number, its first row.
    """
    combined = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        values = np.asarray(key, dtype=np.int64)
        low = values.min(initial=0)
        combined = combined * (values.max(initial=0) - low + 1) + (values - low)
    _, first, number = np.unique(combined, return_index=True, return_inverse=True)
    return number.astype(np.int64), first.astype(np.int64)


def described(rows: pd.DataFrame, query: Query) -> pd.Series:
    """Return what a fact's sentence says after `what`: the columns to show, its date."""
    text = shown(rows, query.show)
    if query.show:
        text = "：" + text
    if query.date is None or query.date in query.show or query.date == "year_end":
        return text
    date = texts.days(rows[query.date]).fillna("未注明日期")
    return text + texts.joined([pd.Series("（", index=rows.index), date, "）"])


def shown(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return the named columns of each fact as text for its sentence; blanks say 空白."""
    if not columns:
        return pd.Series("", index=rows.index, dtype="str")
    return texts.joined([_text(rows[column]) for column in columns], "，")


def _text(values: pd.Series) -> pd.Series:
    text: pd.Series
    if values.dtype.kind == "M":
        text = texts.days(values)
    elif values.dtype == object:
        text = values.map(lambda v: "、".join(v) if isinstance(v, tuple) else v)
    else:
        text = values
    blank = text.isna()
    result: pd.Series = text.astype("str").where(~blank, "空白").replace("", "空白")
    return result
