"""登记: what the bureau states itself, as known on a day, and what each statement is used for."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dalian_eval.base.day_words import day_words
from dalian_eval.campaign.deadline_rules import Deadline
from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.registrations import DATES, FILES, TABLE, TIES, place_of, plain_about


@dataclass(frozen=True)
class Registration:
    """A row of 登记: what it states of which 对象, on which day, who states it and why."""

    number: str
    matter: str
    about: str
    date: dt.date
    content: str
    handler: str
    basis: str
    origin: int

    @property
    def told(self) -> str:
        """The statement in brackets' words: 登记DJ2024001，经办人某科，依据某文号."""
        handler = f"经办人{self.handler}" if self.handler else "没有写经办人"
        basis = f"依据{self.basis}" if self.basis else "没有写依据"
        return f"登记{self.number}，{handler}，{basis}"


def registered(
    tables: Mapping[str, pd.DataFrame], matter: str | None = None, as_of: dt.date | None = None
) -> tuple[Registration, ...]:
    """Return the rows of 登记 about `matter` dated by `as_of`, by date and number; none without."""
    if TABLE not in tables:
        return ()
    rows = tables[TABLE]
    if matter is not None:
        rows = rows[rows["matter"] == matter]
    if as_of is not None:
        rows = rows[rows["date"] <= pd.Timestamp(as_of)]
    return tuple(
        Registration(
            number=str(row["registration_id"]),
            matter=str(row["matter"]),
            about=str(row["about"]),
            date=row["date"].date(),
            content=_words(row["content"]),
            handler=_words(row["handler"]),
            basis=_words(row["basis"]),
            origin=int(row[ORIGIN]),
        )
        for row in rows.sort_values(["date", "registration_id", ORIGIN]).to_dict("records")
    )


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""


def statements_of_dates(
    rows: Sequence[Registration], deadlines: Sequence[Deadline]
) -> dict[str, list[Registration]]:
    """Return the 时间节点 among `rows` by the id of the plan's date they name, if there is one."""
    ids = {plain_about(word): one.id for one in deadlines for word in (one.id, one.title)}
    result: dict[str, list[Registration]] = defaultdict(list)
    for row in rows:
        if row.matter == DATES and plain_about(row.about) in ids:
            result[ids[plain_about(row.about)]].append(row)
    return result


def agree_on_day(stated: Sequence[Registration]) -> bool:
    """Whether statements on one date of the plan name one day: of several none is taken."""
    return len({row.date for row in stated}) == 1


def registrations(
    tables: Mapping[str, pd.DataFrame], deadlines: Sequence[Deadline], as_of: dt.date
) -> pd.DataFrame:
    """Return what was stated by as-of and what it is used for, columns of registrations.csv."""
    rows = registered(tables, None, as_of)
    dates = {
        row.number: "时间节点" if agree_on_day(stated) else "没有采用：登记了不同的完成日期"
        for stated in statements_of_dates(rows, deadlines).values()
        for row in stated
    }
    lines = [
        {
            "registration": row.number,
            "matter": row.matter,
            "about": row.about,
            "date": row.date.isoformat(),
            "content": row.content,
            "handler": row.handler,
            "basis": row.basis,
            "used": _used(row, dates, as_of),
            "evidence": [row.origin],
        }
        for row in rows
    ]
    table = OUTPUTS["registrations"]
    return table_frame(table, lines).sort_values([*table.order], ignore_index=True)


def _used(row: Registration, dates: Mapping[str, str], as_of: dt.date) -> str:
    """Return where a statement counts; `dates`: that of those on a date of the plan, by number."""
    match row.matter:
        case matter if matter == DATES:
            return dates.get(row.number, "没有采用：方案没有这个时间节点")
        case matter if matter == TIES:
            if place_of(row.content) is None:
                return "没有采用：内容不是在同分者中列第几"
            return f"截至{day_words(row.date, as_of.year)}的参赛人员名单"
        case matter if matter == FILES:
            return "报送案卷预审"
    return "仅供知悉"
