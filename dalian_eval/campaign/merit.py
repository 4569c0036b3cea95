"""记功嘉奖: the officers within the first places of the whole city (正文四(二)), to be proposed.

The city's own result decides, never the bureau's ranking.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from dalian_eval.outputs.csv_files import table_frame
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.relations import posted_on
from dalian_eval.schema.tables import OFFICER, SHIPPED

PROPOSED, HELD, BEYOND, NOT_SUPPLIED = "提请", "待核", "名次之外", "未提供"
"""What becomes of an officer; HELD: something about the officer has to be cleared up first."""

_TABLE = SHIPPED.by_name["city_ranking"].sheet
_CONDUCT = ("廉政纪律", "主要负责人廉政", "严重弄虚作假")


def merit(
    tables: Mapping[str, pd.DataFrame], scores: pd.DataFrame, last: int, as_of: dt.date
) -> pd.DataFrame:
    """Return the officers of 全市成绩, columns of merit.csv, by the city's rank and code.

    `last`: the last rank that is proposed, ties included; `scores`: the rows of scores.csv. When
    nobody supplied the table, one line says so.
    """
    if "city_ranking" not in tables:
        told = f"没有提供『{_TABLE}』表，不能提请记功嘉奖：全市成绩公布后请补报（不按本局名次提请）"
        line = {"status": NOT_SUPPLIED, "reason": told, "evidence": []}
        return table_frame(OUTPUTS["merit"], [line])
    rows = tables["city_ranking"].sort_values(["rank", "officer_id"], ignore_index=True)
    dates = pd.Series(pd.Timestamp(as_of), index=rows.index)
    rows = rows.assign(unit=posted_on(tables["postings"], rows["officer_id"], dates)["unit_id"])
    people = tables["officers"]
    names = dict(zip(people["officer_id"], people["name"], strict=True))
    conduct = _conduct(tables, as_of)
    mine = scores[scores["kind"] == "officer"]
    officers = dict(zip(mine["candidate"], mine["status"], strict=True))
    contradicted = _contradicted(rows)
    return table_frame(
        OUTPUTS["merit"],
        [
            _line(row, last, names, officers, conduct, contradicted)
            for row in rows.to_dict("records")
        ],
    )


def _line(
    row: Mapping[Any, Any],
    last: int,
    names: Mapping[str, Any],
    officers: Mapping[str, str],
    conduct: Mapping[str, list[tuple[str, int]]],
    contradicted: Mapping[str, str],
) -> dict[str, object]:
    code, rank = str(row["officer_id"]), int(row["rank"])
    evidence, doubts = [int(row[ORIGIN])], []
    if rank > last:
        status, told = BEYOND, f"全市第{rank}名，不在前{last}名之内"
    else:
        for kind, origin in conduct.get(code, []):
            doubts.append(kind)
            evidence.append(origin)
        if officers.get(code) == "vetoed" and not doubts:
            doubts.append("在本局评审中被一票否决")
        if code in contradicted:
            doubts.append(contradicted[code])
        status, told = PROPOSED, f"全市第{rank}名，在前{last}名之内"
        if doubts:
            status, told = HELD, f"{told}；{'；'.join(doubts)}，请核实后再定是否提请"
        if code not in officers:
            told += "；不是候选个人，没有得分账目可附"
    name, score = names.get(code), row["score"]
    return {
        "candidate": code,
        "name": name if isinstance(name, str) else code,
        "unit": row["unit"] if isinstance(row["unit"], str) else "",
        "city_rank": rank,
        "city_score": "" if pd.isna(score) else f"{score.normalize():f}",
        "status": status,
        "reason": told,
        "evidence": evidence,
    }


def _conduct(
    tables: Mapping[str, pd.DataFrame], as_of: dt.date
) -> dict[str, list[tuple[str, int]]]:
    """Return, by officer, what stands or is being looked into about conduct, by `as_of`."""
    if "discipline" not in tables:
        return {}
    rows = tables["discipline"]
    rows = rows[
        (rows["subject_kind"] == OFFICER)
        & rows["kind"].isin(_CONDUCT)
        & rows["state"].isin(["查实", "核查中"])
        & ~(rows["date"] > pd.Timestamp(as_of))
    ]
    found: dict[str, list[tuple[str, int]]] = {}
    for row in rows.sort_values(ORIGIN).to_dict("records"):
        told = f"{row['kind']}{row['state']}（{row['finding_id']}）"
        found.setdefault(str(row["subject"]), []).append((told, int(row[ORIGIN])))
    return found


def _contradicted(rows: pd.DataFrame) -> dict[str, str]:
    """Return the officers whose 总分 says another order than their 名次; `rows` by rank."""
    return dict(_orders(rows[rows["score"].notna()]))


def _orders(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield those with a higher 总分 than somebody before them, or another than an equal's."""
    lowest = None
    for rank, group in rows.groupby("rank", sort=True):
        marks = set(group["score"])
        for row in group.to_dict("records"):
            if len(marks) > 1:
                yield str(row["officer_id"]), f"同为第{rank}名的总分不同"
            elif lowest is not None and row["score"] > lowest:
                yield str(row["officer_id"]), "总分高于名次在前的人"
        lowest = min(marks) if lowest is None else min(lowest, *marks)
