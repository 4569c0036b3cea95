"""Awards: what a rule gives, one row per award, always with its reason and its evidence."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from dalian_eval.base.day_words import day_words, event_words
from dalian_eval.rubric.queries import Finding, Query
from dalian_eval.rubric.vocabulary import impersonal, short_header_of
from dalian_eval.rubric.wording import pieces_of
from dalian_eval.rubric.year_before import is_of_year_before
from dalian_eval.schema.frames import ORIGINS
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.scoring import texts
from dalian_eval.scoring.facts import VIA, Positions

COLUMNS = ["candidate", "month", "points", "reason", "evidence", "outcome"]
"""candidate: position in the candidates; month: yyyy-mm or empty; points: ten-thousandths;
reason: a Chinese sentence with its numbers; evidence: list of origins, ascending; outcome: one of
`OUTCOMES`."""

GAVE, NOTHING, PENDING, WAITING, OUT, SETTLED = (
    *("gave", "nothing", "pending", "waiting", "out", "settled"),
)
OUTCOMES = (GAVE, NOTHING, PENDING, WAITING, OUT, SETTLED)
"""What an entry of the ledger is: it gave or took points or is a verdict that holds, a test failed,
a verdict waits for a ruling (暂缓), data is missing (待补), not assessed, settlement."""

_PLACE = {name: place for place, name in enumerate(OUTCOMES)}
_OUTCOME_NAMES = pd.Index(OUTCOMES, dtype="str")


def awards(
    candidate: Any,
    points: Any,
    reason: pd.Series | str | Callable[[], pd.Series],
    *,
    month: pd.Categorical | None = None,
    evidence: pd.Series | Callable[[], pd.Series] | None = None,
    outcome: str | None = None,
    telling: bool = True,
) -> pd.DataFrame:
    """Return a frame of awards from its columns; one text stands for every row.

    `reason`, `evidence`: the column or what makes it; `outcome`: of every row; otherwise a row with
    points gave something, one of 0 points nothing; `telling`: whether sentences and evidence are
    wanted (`Facts.telling`): without, the frame is candidate and points alone and nothing is made.
    """
    who = np.asarray(candidate, dtype=np.int64)
    size = len(who)
    if not telling:
        worth = np.broadcast_to(np.asarray(points, dtype=np.int64), size)
        return pd.DataFrame({"candidate": who, "points": worth}, copy=False)
    reason = reason() if callable(reason) else reason
    evidence = evidence() if callable(evidence) else evidence
    if isinstance(reason, str):
        reason = texts.repeat_sentence(reason, size)
    elif reason.dtype != texts.SENTENCES:
        reason = texts.of(reason)
    worth = np.broadcast_to(np.asarray(points, dtype=np.int64), size)
    kind = np.where(worth != 0, _PLACE[GAVE], _PLACE[NOTHING])
    if outcome is not None:
        kind = np.full(size, _PLACE[outcome])
    return pd.DataFrame(
        {
            "candidate": who,
            "month": texts.one_month("", size) if month is None else month,
            "points": worth,
            "reason": reason.array,
            "evidence": lists([], [], size).array if evidence is None else evidence.array,
            "outcome": pd.Categorical.from_codes(kind, _OUTCOME_NAMES),
        }
    )


def none() -> pd.DataFrame:
    """Return a frame without awards."""
    return _none().copy(deep=False)


@cache
def _none() -> pd.DataFrame:
    return awards([], 0, "")


def lists(group: Any, origins: Any, size: int) -> pd.Series:
    """Return, for each of `size` groups, the distinct origins of its rows, ascending.

    `group`, `origins`: one pair per fact; negative origins are none.
    """
    number, value = np.asarray(group, dtype=np.int64), np.asarray(origins, dtype=np.int64)
    number, value = number[value >= 0], value[value >= 0]
    order = np.lexsort((value, number))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(number[order]) != 0) | (np.diff(value[order]) != 0)
    kept = order[fresh]
    counts = np.bincount(number[kept], minlength=size)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    array = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(value[kept]))
    return pd.Series(array, dtype=ORIGINS)


def taken_lists(evidence: pd.Series, order: Positions) -> pd.Series:
    """Return the lists of origins in `order`."""
    whole = pa.array(evidence.array, ORIGINS.pyarrow_dtype)
    whole = whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole
    return pd.Series(whole.take(pa.array(order)), dtype=ORIGINS)


def evidence_of(rows: pd.DataFrame, group: Positions, size: int) -> pd.Series:
    """Return the evidence of facts (own origin and that of what led to the candidate) per group."""
    both = np.concatenate([rows[ORIGIN].to_numpy(), rows[VIA].to_numpy()])
    return lists(np.concatenate([group, group]), both, size)


def number_groups(*keys: Any) -> tuple[Positions, Positions]:
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


def fact_text(rows: pd.DataFrame, query: Query, year: int) -> pd.Series:
    """Return what a fact's sentence says after `what`: the columns to show, its date by name.

    `year`: the year that its days need not name.
    """
    text = shown_columns_text(rows, query, year)
    if query.show:
        text = "：" + text
    if query.date is None or query.date in query.show or query.date == "year_end":
        return text
    name = short_header_of(query.table, query.date)
    # Beside another year in the title a day without its own would be taken for one of that year.
    own = None if re.search(r"\d{4}", query.what) else year
    dates = rows[query.date]
    told = texts.days_in_words(dates, own) if name == "日期" else _events(dates, name, own)
    date = told.fillna(f"未注明{name}")
    return text + texts.join_columns([pd.Series("（", index=rows.index), date, "）"])


def fact_words(rows: pd.DataFrame, query: Finding, year: int, *, named: bool) -> pd.Series:
    """Return how a fact is told, as its part `says`, else by its columns to show and its date.

    `named`: whether `what` stands before them, too: they do not say what they are of.
    """
    if query.says is not None:
        return _said(rows, query, query.says, year)
    text = fact_text(rows, query, year)
    if named or not query.show:
        return query.what + text
    return text.str.slice(1)


def finding_text(rows: pd.DataFrame, query: Finding, year: int) -> pd.Series:
    """Return how a finding is told, as its part `says`, else cell by cell (`row_text`)."""
    if query.says is not None:
        return _said(rows, query, query.says, year)
    return row_text(rows, query, year)


def _said(rows: pd.DataFrame, query: Query, template: str, year: int) -> pd.Series:
    """Return a template with each row's cells in its places; blanks are told by their column."""
    result = pd.Series("", index=rows.index, dtype="str")
    for text, column in pieces_of(template):
        result = result + text
        if column:
            name = short_header_of(query.table, column)
            blank = f"未注明{name}" if rows[column].dtype.kind == "M" else name + BLANK
            words = pd.Series(cell_words(rows[column], year), index=rows.index, dtype="str")
            result = result + words.replace(BLANK, blank)
    return result


def cell_words(values: pd.Series, year: int) -> npt.NDArray[np.object_]:
    """Return each value as people write it, days without `year`; 空白 for a blank."""
    if values.dtype.kind == "M":
        told = texts.days_in_words(values, year).fillna(BLANK)
    else:
        told = _text(values)
    return np.asarray(told, dtype=object)


def day_told(query: Query, dates: pd.Series, year: int) -> npt.NDArray[np.object_]:
    """Return when (4月13日决定, 在4月13日) of governing dates; empty for a blank."""
    if query.date is None:
        raise ValueError(f"{query.what}: rows without a governing date")
    name = short_header_of(query.table, query.date)
    plain = name == "日期"
    told = "在" + texts.days_in_words(dates, year) if plain else _events(dates, name, year)
    return np.asarray(told.fillna(""), dtype=object)


def row_text(rows: pd.DataFrame, query: Query, year: int) -> pd.Series:
    """Return what happened, cell by cell, as the row tells it, blanks left out; else `what`.

    It names the columns to show, those the query tests whose values name nobody, and the date.
    `year`: the year that its days need not name.
    """
    tested = [c for c in query.tested_columns if impersonal(query.table, c)]
    dates = [query.date] if query.date not in (None, "year_end") else []
    columns = dict.fromkeys(c for c in (*query.show, *tested, *dates) if c in rows.columns)
    result = pd.Series("", index=rows.index, dtype="str")
    for column in columns:
        told = _told(rows[column], short_header_of(query.table, column), year)
        result = texts.join_columns(
            [result, told.where((result == "") | (told == ""), "，" + told)]
        )
    return result.where(result != "", query.what)


def _told(values: pd.Series, name: str, year: int) -> pd.Series:
    """Return each value under its column's name, nothing for a blank: 级别部, 5月16日反馈, 零分."""
    if values.dtype.kind == "M":
        return _events(values, name, year).fillna("")
    text = _text(values)
    told = (name + text).where(text != BLANK, "")
    is_yes = values.map(lambda value: value is True or value is np.True_)
    return told.where(~is_yes.astype(bool), name)


def _events(dates: pd.Series, name: str, year: int | None) -> pd.Series:
    """Return what happened when (`event_words`), of a column of dates called `name`."""
    return texts.by_day(dates, lambda day: event_words(name, day_words(day, year)))


def shown_columns_text(rows: pd.DataFrame, query: Query, year: int) -> pd.Series:
    """Return the columns to show of each fact for its sentence; blanks say 空白.

    What cannot be read without its column's name, such as a date or a number, bears it.
    """
    if not query.show:
        return pd.Series("", index=rows.index, dtype="str")
    parts = []
    for column in query.show:
        named = short_header_of(query.table, column)
        if rows[column].dtype.kind == "M":
            parts.append(_events(rows[column], named, year).fillna(named + BLANK))
            continue
        text, alone = _text(rows[column]), _speaks(rows[column]) and not is_of_year_before(column)
        parts.append(text.where(text != BLANK, named + BLANK) if alone else named + text)
    return texts.join_columns(parts, "，")


BLANK = "空白"


def _speaks(values: pd.Series) -> bool:
    """Whether values can be read without their column's name: codes and words, no numbers."""
    if isinstance(values.dtype, pd.StringDtype):
        return True
    kind = pd.api.types.infer_dtype(values, skipna=True)
    return kind in ("string", "mixed", "empty", "categorical")


def _text(values: pd.Series) -> pd.Series:
    """Return each value, no date, as people write it: 是 and 否, no idle decimals."""
    if isinstance(values.dtype, pd.StringDtype):
        return values.fillna(BLANK).replace("", BLANK)
    plain = values.dtype != object
    distinct = {v: _word(v) for v in values.dropna().unique()} if plain else None
    words = values.map(_word) if distinct is None else values.map(distinct)
    blank = pd.Series(values.isna().to_numpy(), index=values.index)
    result: pd.Series = words.astype("str").where(~blank, BLANK).replace("", BLANK)
    return result


def _word(value: object) -> str:
    if isinstance(value, tuple | list):
        return "、".join(map(str, value))
    if isinstance(value, bool | np.bool_):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
