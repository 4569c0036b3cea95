"""The plan's dates: what each asks for, by when, and whether the data or a statement shows it.

What is to be done by a date is judged by rows of a canonical table where one can show it. Where
none can (a letter sent, a report handed in), the bureau states day and basis in 登记.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dalian_eval.base.day_words import day_words
from dalian_eval.campaign.deadline_rules import Deadline, Proof
from dalian_eval.campaign.registered import (
    Registration,
    agree_on_day,
    registered,
    statements_of_dates,
)
from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.conditions import satisfies
from dalian_eval.rubric.queries import Condition
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.registrations import DATES, where_to_state
from dalian_eval.schema.tables import BY_NAME

DONE, LATE, OVERDUE, AHEAD = "已完成", "迟办", "逾期", "未到期"
UNSTATED, NOT_SUPPLIED = "待登记", "未提供"
"""What became of a date. UNSTATED: it is past, no table can show it and nobody stated it; or the
statements name several days."""

STATES = (DONE, LATE, OVERDUE, UNSTATED, NOT_SUPPLIED, AHEAD)


def calendar(
    tables: Mapping[str, pd.DataFrame], deadlines: Sequence[Deadline], as_of: dt.date
) -> pd.DataFrame:
    """Return what became of each date as of a day, columns of calendar.csv, by date and id.

    `tables`: the supplied canonical tables by name.
    """
    stated = statements_of_dates(registered(tables, DATES, as_of), deadlines)
    lines = [_line(tables, one, stated.get(one.id, ()), as_of) for one in deadlines]
    table = OUTPUTS["calendar"]
    return table_frame(table, lines).sort_values([*table.order], ignore_index=True)


def _line(
    tables: Mapping[str, pd.DataFrame],
    due: Deadline,
    stated: Sequence[Registration],
    as_of: dt.date,
) -> dict[str, object]:
    # The bureau's own statement goes before what the tables show.
    judged = _stated(due, stated, as_of) if stated else _judged(tables, due, as_of)
    status, done_on, reason, evidence = judged
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


def _stated(due: Deadline, stated: Sequence[Registration], as_of: dt.date) -> _Verdict:
    """Return the verdict of what the bureau states."""
    evidence = [row.origin for row in stated]
    if not agree_on_day(stated):
        days = "、".join(f"{day_words(r.date, as_of.year)}（{r.number}）" for r in stated)
        return UNSTATED, None, f"登记了不同的完成日期：{days}，请只留对的一行", evidence
    day = stated[0].date
    state, told = _in_time(due, day)
    done = f"{day_words(day, as_of.year)}完成（{'；'.join(row.told for row in stated)}）"
    return state, day, f"{done}，{told}", evidence


def _judged(tables: Mapping[str, pd.DataFrame], due: Deadline, as_of: dt.date) -> _Verdict:
    """Return the verdict of what the tables show."""
    if due.proof is None:
        if due.date >= as_of:
            return AHEAD, None, _left(due, as_of), []
        where = where_to_state(DATES, about=f"“{due.title}”", date="完成的日期")
        told = f"别的表说明不了是否完成，请{where}"
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
