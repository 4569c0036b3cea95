"""The plan's dates: what each asks for, by when, and whether the data or a statement shows it.

What is to be done by a date is judged by rows of a canonical table where one can show it. Where
none can (a letter sent, a report handed in), the bureau states day and proof beside the date.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dalian_eval.base.day_words import day_words
from dalian_eval.campaign.deadline_rules import Deadline, Proof
from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.conditions import satisfies
from dalian_eval.rubric.queries import Condition
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import BY_NAME

DONE, LATE, OVERDUE, AHEAD = "已完成", "迟办", "逾期", "未到期"
UNSTATED, NOT_SUPPLIED = "待登记", "未提供"
"""What became of a date. UNSTATED: it is past, no table can show it and nobody stated it."""

STATES = (DONE, LATE, OVERDUE, UNSTATED, NOT_SUPPLIED, AHEAD)


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
