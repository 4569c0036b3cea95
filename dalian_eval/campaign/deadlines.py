"""The plan's dates: what each asks for, by when, and whether the data or a statement shows it.

What is to be done by a date is judged by rows of a canonical table where one can show it. Where
none can (a letter sent, a report handed in), the bureau states day and proof beside the date.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from dalian_eval.base.day_words import day_words
from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.conditions import satisfies
from dalian_eval.rubric.queries import Condition
from dalian_eval.schema.model import Type
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME

DONE, LATE, OVERDUE, AHEAD = "已完成", "迟办", "逾期", "未到期"
UNSTATED, NOT_SUPPLIED = "待登记", "未提供"
"""What became of a date. UNSTATED: it is past, no table can show it and nobody stated it."""

STATES = (DONE, LATE, OVERDUE, UNSTATED, NOT_SUPPLIED, AHEAD)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Proof(_Strict):
    """Rows of a table that show a deadline was met: at least `least` of them.

    `where`: the allowed values per column; `mentions`: words per column of text, one of which must
    stand in it; `date`: the column that says when, counted from `since` on. Without a date it is
    known that it was done, not when.
    """

    table: str
    where: dict[str, tuple[str | bool, ...]] = Field(default_factory=dict)
    mentions: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    date: str | None = None
    since: dt.date | None = None
    least: Annotated[int, Field(ge=1, le=10_000)] = 1

    @model_validator(mode="after")
    def _known(self) -> "Proof":
        if self.table not in BY_NAME:
            raise ValueError(f"没有『{self.table}』这张表")
        table = BY_NAME[self.table]
        for name in (*self.where, *self.mentions, *([self.date] if self.date else [])):
            if name not in table:
                raise ValueError(f"『{table.sheet}』表没有『{name}』这一列")
        if self.date and table[self.date].type is not Type.DATE:
            raise ValueError(f"『{table.sheet}』表的『{self.date}』不是日期列")
        for name, values in self.where.items():
            allowed = table[name].vocabulary
            wrong = [value for value in values if allowed and value not in allowed]
            if wrong:
                raise ValueError(f"『{table.sheet}』表的『{name}』不会是『{wrong[0]}』")
        if self.since and not self.date:
            raise ValueError("写了 since 就要写 date（按哪一列的日期）")
        return self


class Statement(_Strict):
    """The bureau's own word that something was done: the day and what proves it."""

    on: dt.date
    proof: Annotated[str, Field(min_length=1)]


class Deadline(_Strict):
    """A date of the plan: what is due, who owes it, where the plan says so.

    `proof`: rows that show it; `stated`: the bureau's word, where no table can; `note`: what the
    reader must know, as where the plan contradicts itself.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    date: dt.date
    title: Annotated[str, Field(min_length=1)]
    who: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]
    proof: Proof | None = None
    stated: Statement | None = None
    note: str = ""


def calendar(
    tables: Mapping[str, pd.DataFrame], deadlines: Sequence[Deadline], as_of: dt.date
) -> pd.DataFrame:
    """Return what became of each date as of a day, columns of calendar.csv, by date and id.

    `tables`: the supplied canonical tables by name.
    """
    lines = [_line(tables, one, as_of) for one in deadlines]
    table = OUTPUTS["calendar"]
    return table_frame(table, lines).sort_values([*table.order], ignore_index=True)


def _line(tables: Mapping[str, pd.DataFrame], due: Deadline, as_of: dt.date) -> dict[str, object]:
    status, done_on, reason, evidence = _judged(tables, due, as_of)
    return {
        "id": due.id,
        "date": due.date.isoformat(),
        "title": due.title,
        "who": due.who,
        "source": due.source,
        "status": status,
        "done_on": done_on.isoformat() if done_on else "",
        "reason": reason,
        "note": due.note,
        "evidence": evidence,
    }


_Verdict = tuple[str, dt.date | None, str, list[int]]
"""State, day, sentence, origins."""


def _judged(tables: Mapping[str, pd.DataFrame], due: Deadline, as_of: dt.date) -> _Verdict:
    """Return the verdict: the bureau's statement goes before what the tables show."""
    if due.stated is not None and due.stated.on <= as_of:
        state, told = _in_time(due, due.stated.on)
        done = f"{day_words(due.stated.on, as_of.year)}完成（登记的凭据：{due.stated.proof}）"
        return state, due.stated.on, f"{done}，{told}", []
    if due.proof is None:
        if due.date >= as_of:
            return AHEAD, None, _left(due, as_of), []
        told = "报送的表不能说明是否完成，请登记完成的日期和凭据"
        return UNSTATED, None, f"已过期{(as_of - due.date).days}天；{told}", []
    sheet = BY_NAME[due.proof.table].sheet
    if due.proof.table not in tables:
        if due.date >= as_of:
            return AHEAD, None, f"{_left(due, as_of)}；没有提供『{sheet}』表", []
        return NOT_SUPPLIED, None, f"没有提供『{sheet}』表，不能判断是否完成", []
    return _shown(due, due.proof, tables[due.proof.table], as_of)


def _shown(due: Deadline, proof: Proof, table: pd.DataFrame, as_of: dt.date) -> _Verdict:
    """Return the verdict of a table's rows."""
    sheet = BY_NAME[proof.table].sheet
    fits = np.ones(len(table), dtype=bool)
    for name, values in proof.where.items():
        fits &= satisfies(table[name], Condition(equals=values))
    for name, words in proof.mentions.items():
        fits &= satisfies(table[name], Condition(mentions=words))
    rows = table[fits]
    if proof.date is not None:
        rows = rows[rows[proof.date] <= pd.Timestamp(as_of)]
        if proof.since is not None:
            rows = rows[rows[proof.date] >= pd.Timestamp(proof.since)]
        rows = rows.sort_values([proof.date, ORIGIN])
    count = f"『{sheet}』表中符合的有{len(rows)}行，要求{proof.least}行"
    if len(rows) < proof.least:
        if due.date >= as_of:
            return AHEAD, None, f"{_left(due, as_of)}；{count}", _origins(rows)
        return OVERDUE, None, f"已过期{(as_of - due.date).days}天；{count}", _origins(rows)
    if proof.date is None:
        told = f"{count}；表中没有日期，不能说明是否按时"
        return DONE, None, told, _origins(rows)
    day = rows[proof.date].iloc[proof.least - 1].date()
    state, told = _in_time(due, day)
    return state, day, f"{count}，{day_words(day, as_of.year)}达到，{told}", _origins(rows)


def _in_time(due: Deadline, day: dt.date) -> tuple[str, str]:
    days = (day - due.date).days
    return (LATE, f"迟{days}天") if days > 0 else (DONE, "按时")


def _left(due: Deadline, as_of: dt.date) -> str:
    days = (due.date - as_of).days
    return f"还有{days}天" if days else "今天到期"


def _origins(rows: pd.DataFrame) -> list[int]:
    return [int(origin) for origin in rows[ORIGIN]]
