"""Checks of 登记: what each row is about is there, is said plainly and said once.

None of them stops a run: nothing of 登记 moves a point. A row that fails decides nothing.
"""

from collections.abc import Callable, Iterable

import ibis.expr.types as ir
import pandas as pd
from ibis import _

from dalian_eval.base.suggestion import nearest_words
from dalian_eval.checks.check import Check
from dalian_eval.checks.delivery import NOTE, Delivery, noted_rows
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.registrations import DATES, FILES, TABLE, TIES, place_of, plain_about

_SHOW = ("registration_id", "about", "date", "content")


def _about(delivery: Delivery, matter: str) -> pd.DataFrame:
    rows = delivery.frame(TABLE)
    return rows[rows["matter"] == matter]


def _strangers(rows: pd.DataFrame, known: Iterable[str], near: Callable[[str], str]) -> ir.Table:
    """Return the rows whose 对象 is none of `known`, each with what `near` says of it."""
    there = {plain_about(word) for word in known}
    return noted_rows(
        [
            (
                row[ORIGIN],
                f"编号{row['registration_id']}的『{row['about']}』{near(row['about'])}",
            )
            for row in rows.to_dict("records")
            if plain_about(row["about"]) not in there
        ]
    )


def _unknown_date(delivery: Delivery) -> ir.Table:
    """Return the rows on a date that the plan does not have, with the nearest it has."""
    titles = delivery.dates.values()

    def near(word: str) -> str:
        words = nearest_words(word, titles)
        return f"，相近的有『{'』『'.join(words)}』" if words else ""

    return _strangers(_about(delivery, DATES), [*delivery.dates, *titles], near)


def _unknown_officer(delivery: Delivery) -> ir.Table:
    """Return the rows on ties that name no officer's certificate; a name, with its certificate."""
    officers = delivery.frame("officers")
    codes: dict[str, list[str]] = {}
    for code, name in zip(officers["officer_id"], officers["name"], strict=True):
        if isinstance(name, str):
            codes.setdefault(plain_about(name), []).append(str(code))

    def near(word: str) -> str:
        found = codes.get(plain_about(word), [])
        return f"，叫这个名字的执法证号是{'、'.join(found)}" if found else ""

    return _strangers(_about(delivery, TIES), officers["officer_id"], near)


def _unknown_case(delivery: Delivery) -> ir.Table:
    """Return the rows that name a file which is no case of 案件, with the nearest number."""
    numbers = [str(number) for number in delivery.frame("cases")["case_id"]]

    def near(word: str) -> str:
        words = nearest_words(word, numbers)
        return f"，相近的有{'、'.join(words)}" if words else ""

    return _strangers(_about(delivery, FILES), numbers, near)


def _no_place(delivery: Delivery) -> ir.Table:
    """Return the rows on ties whose 内容 is no place among equals."""
    rows = _about(delivery, TIES)
    unclear = rows.loc[[place_of(content) is None for content in rows["content"]], ORIGIN]
    return delivery.table(TABLE).filter(_[ORIGIN].isin([int(o) for o in unclear]))


def _contradicting(delivery: Delivery) -> ir.Table:
    """Return the rows that say different things of one 对象.

    Of a date of the plan different days; of an officer different places in one day's roster.
    """
    ids = {plain_about(t): plain_about(i) for i, t in delivery.dates.items()}
    said: dict[tuple[str, ...], list[tuple[object, int]]] = {}
    about: tuple[str, ...]
    for row in delivery.frame(TABLE).to_dict("records"):
        named = plain_about(row["about"])
        if row["matter"] == DATES:
            about, told = (DATES, ids.get(named, named)), row["date"]
        elif row["matter"] == TIES:
            about, told = (TIES, named, str(row["date"])), place_of(row["content"])
        else:
            continue
        said.setdefault(about, []).append((told, int(row[ORIGIN])))
    found = [o for rows in said.values() if len({told for told, _o in rows}) > 1 for _t, o in rows]
    return delivery.table(TABLE).filter(_[ORIGIN].isin(found))


CHECKS = (
    Check(
        id="registrations.date",
        table=TABLE,
        title="登记的时间节点在方案中",
        severity="warning",
        find=_unknown_date,
        show=(NOTE,),
        reason="有{failed}行登记的时间节点，方案中没有，没有采用：{observed}。",
        fix="请把『对象』改为时间节点的名称，一字不差（可从首页或时间节点一节复制）。",
    ),
    Check(
        id="registrations.officer",
        table=TABLE,
        title="并列定序的对象是执法证号",
        severity="warning",
        find=_unknown_officer,
        needs=("officers",),
        show=(NOTE,),
        reason="有{failed}行并列定序的『对象』不是『人员』表中的执法证号，没有采用：{observed}。",
        fix="请把『对象』改为执法证号，一人一行。",
    ),
    Check(
        id="registrations.case",
        table=TABLE,
        title="要预审的案卷在案件表中",
        severity="warning",
        find=_unknown_case,
        needs=("cases",),
        show=(NOTE,),
        reason="有{failed}行登记要预审的案卷，『案件』表中没有：{observed}。",
        fix="请核对『对象』中的案件编号，或补报该案。",
    ),
    Check(
        id="registrations.place",
        table=TABLE,
        title="并列定序写明在同分者中列第几",
        severity="warning",
        find=_no_place,
        show=_SHOW,
        reason="有{failed}行并列定序的『内容』不是在同分者中列第几，没有采用。",
        fix="请在『内容』中填 1、2……：同分的人之中先者为 1，没有登记的排在其后。",
    ),
    Check(
        id="registrations.contradicting",
        table=TABLE,
        title="同一对象的登记不互相矛盾",
        severity="warning",
        find=_contradicting,
        show=_SHOW,
        reason="有{failed}行登记对同一时间节点写了不同的日期，或对同一人在同一名单中写了不同的位次，都没有采用。",
        fix="请只留对的一行。",
    ),
    Check(
        id="registrations.unsigned",
        table=TABLE,
        title="登记写明经办人和依据",
        severity="warning",
        where=_.handler.isnull() | _.basis.isnull(),
        show=("registration_id", "handler", "basis"),
        reason="有{failed}行登记没有写『经办人』或『依据』，照常采用，但别人无从核对。",
        fix="请补填经办人和依据（文号、回执、会议纪要等）。",
    ),
)
