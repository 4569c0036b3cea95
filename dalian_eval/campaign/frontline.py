"""The officers of the front line on a day: score, bureau, and what keeps one from the contest."""

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from dalian_eval.base.day_words import day_words
from dalian_eval.campaign.roster import Standing
from dalian_eval.campaign.tree import lowest
from dalian_eval.schema.frames import empty_frame
from dalian_eval.schema.relations import posted_on
from dalian_eval.schema.tables import BY_NAME, OFFICER

INTEGRITY = ("廉政纪律", "主要负责人廉政")
"""Kinds of 纪律 that bar from contests and supervision trips, once verified."""


def standings(
    scores: pd.DataFrame,
    vetoes: Mapping[str, str],
    waiting: Mapping[str, tuple[str, ...]],
    tables: Mapping[str, pd.DataFrame],
    bureaus: Mapping[str, str],
    as_of: dt.date,
) -> list[Standing]:
    """Return the officers in order of code.

    `scores`: of the officers, columns candidate, name, total, total_high, vetoed, status; points
    are integers; `vetoes`: why one is out of review; `waiting`: titles of the clauses without data;
    `bureaus`: names by code, of which the lowest above the posting is the officer's.
    """
    rows = scores.sort_values("candidate", ignore_index=True)
    dates = pd.Series(pd.Timestamp(as_of), index=rows.index)
    posted = posted_on(tables["postings"], rows["candidate"], dates)["unit_id"]
    own = lowest(pd.DataFrame({"unit_id": posted}), tables["units"], bureaus)
    barred, asked = _integrity(tables, as_of)
    lapsed = _without_certificate(tables["officers"], as_of)
    told, result = day_words(as_of, as_of.year), []
    for row, at, bureau in zip(rows.to_dict("records"), posted, own, strict=True):
        officer = str(row["candidate"])
        reasons = [vetoes[officer]] if row["vetoed"] else []
        reasons += [barred[officer]] if officer in barred else []
        reasons += [f"{told}没有任职"] if pd.isna(at) else []
        reasons += [f"执法证在{told}不在有效期内"] if officer in lapsed else []
        notes = (
            ["有诉讼复议在审理中或有问题在核查中，结果可能取消资格"]
            if row["status"] == "deferred"
            else []
        )
        notes += [asked[officer]] if officer in asked else []
        result.append(
            Standing(
                officer=officer,
                name=str(row["name"]),
                unit=bureau or ("" if pd.isna(at) else str(at)),
                points=int(row["total"]),
                high=int(row["total_high"]),
                barred="；".join(reasons),
                waiting=waiting.get(officer, ()),
                note="；".join(notes),
            )
        )
    return result


def _integrity(
    tables: Mapping[str, pd.DataFrame], as_of: dt.date
) -> tuple[dict[str, str], dict[str, str]]:
    """Return whom a verified integrity finding bars and whom an open one concerns, with sentences.

    A finding without a date counts, too.
    """
    rows = tables.get("discipline", empty_frame(BY_NAME["discipline"]))
    rows = rows[(rows["subject_kind"] == OFFICER) & rows["kind"].isin(INTEGRITY)]
    rows = rows[rows["date"].isna() | (rows["date"] <= pd.Timestamp(as_of))]
    rows = rows.sort_values(["subject", "date", "finding_id"])
    barred: dict[str, str] = {}
    asked: dict[str, str] = {}
    for row in rows.to_dict("records"):
        day = "日期未填" if pd.isna(row["date"]) else day_words(row["date"], as_of.year)
        what = f"{row['kind']}问题（{row['finding_id']}，{day}）"
        if row["state"] == "查实":
            barred.setdefault(str(row["subject"]), f"有查实的{what}，不得参加比武")
        elif row["state"] == "核查中":
            asked.setdefault(str(row["subject"]), f"有{what}正在核查，定案前请确认")
    return barred, asked


def _without_certificate(officers: pd.DataFrame, as_of: dt.date) -> set[str]:
    """Return the officers whose certificate is not valid on the day; a blank date is no limit."""
    day = pd.Timestamp(as_of)
    out = (officers["valid_from"] > day) | (officers["valid_to"] < day)
    return set(officers.loc[out, "officer_id"])
