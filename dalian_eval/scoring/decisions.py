"""Reviewers' decisions (复核意见): entries of their own on a clause or item, never changed data.

A decision on a clause is added to what the clause's rule gives, before the clause's own cap; one on
an item stands beside its clauses. Caps, floors, voids and vetoes hold as ever.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dalian_eval.rubric.lookup import find_nodes
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.numbers import verb
from dalian_eval.rubric.queries import POINT
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import OFFICER, UNIT
from dalian_eval.scoring import texts
from dalian_eval.scoring.awards import awards, lists
from dalian_eval.scoring.facts import Candidates

RULE = "复核决定"
"""The rule of these entries, as it stands in ledger.csv."""

MOVING = ("更正", "申诉改正")
"""The 类型 that move points; the others record what became of an appeal."""

_COLUMNS = ["decision_id", "kind", "decided_by", "decided_on", "document", "appeal_id", "reason"]


@dataclass(frozen=True)
class Decisions:
    """The decisions on candidates of one kind, as of a day.

    `rows`: the columns of 复核意见 with `candidate` (position), `node` (the id that 条款 names)
    and `worth` (int64 points), in the order of candidate, day and number; `year`: the year that a
    sentence's days need not name.
    """

    rows: pd.DataFrame
    size: int
    year: int

    def points(self, node: str) -> npt.NDArray[np.int64]:
        """Return what the decisions on a clause or item come to for every candidate."""
        mine = self.rows[self.rows["node"] == node]
        result = np.zeros(self.size, dtype=np.int64)
        np.add.at(result, mine["candidate"].to_numpy(), mine["worth"].to_numpy())
        return result

    def of_items(self, section: Section) -> dict[str, npt.NDArray[np.int64]]:
        """Return the points of the decisions on items, by item, of those there are."""
        decided = set(self.rows["node"])
        return {name: self.points(name) for name in section.items if name in decided}

    def entries(self) -> dict[str, pd.DataFrame]:
        """Return the awards (see `awards.COLUMNS`) of every clause or item with a decision."""
        return {
            str(node): _entries(rows, self.year)
            for node, rows in self.rows.groupby("node", sort=True)
        }


def decisions(
    table: pd.DataFrame, section: Section, candidates: Candidates, as_of: dt.date, year: int
) -> Decisions:
    """Return the decisions of `table` (复核意见) taken by `as_of` on candidates of `section`.

    `year`: the year that a sentence's days need not name.

    A row whose 条款 names no single clause or item, or that would give points to a void or a veto,
    is left out: a check stops the run on it.
    """
    kind = UNIT if section.kind == "unit" else OFFICER
    taken = (table["subject_kind"] == kind) & (table["decided_on"] <= pd.Timestamp(as_of))
    rows = table[taken].reset_index(drop=True)
    nodes = [find_nodes(section, clause) for clause in rows["clause"]]
    rows = rows.assign(
        candidate=candidates.index_of(rows["subject"]),
        node=pd.Series([n[0] if len(n) == 1 else "" for n in nodes], dtype="str"),
        worth=pd.Series(
            [
                int(points * POINT) if moves else 0
                for points, moves in zip(rows["points"], rows["kind"].isin(MOVING), strict=True)
            ],
            dtype="int64",
        ),
    )
    verdicts = {n for n, c in section.clauses.items() if c.is_verdict}
    kept = (rows["candidate"] >= 0) & (rows["node"] != "")
    kept &= ~(rows["node"].isin(verdicts) & (rows["worth"] != 0))
    rows = rows[kept].sort_values(["candidate", "decided_on", "decision_id"], ignore_index=True)
    return Decisions(rows, len(candidates), year)


def _entries(rows: pd.DataFrame, year: int) -> pd.DataFrame:
    days = texts.days_in_words(rows["decided_on"], year)
    told = rows.assign(decided_on=days + "决定")[[*_COLUMNS, "worth"]]
    sentences = [_sentence(row) for row in told.fillna("").to_dict("records")]
    return awards(
        rows["candidate"],
        rows["worth"],
        texts.of(sentences),
        month=texts.months(rows["decided_on"]),
        evidence=lists(np.arange(len(rows)), rows[ORIGIN], len(rows)),
    )


def _sentence(row: Mapping[Any, Any]) -> str:
    """Return who decided what, when, on which document and why, and what it comes to."""
    about = [row["decided_by"], row["decided_on"], row["document"], f"编号{row['decision_id']}"]
    if row["appeal_id"]:
        about.append(f"答复申诉{row['appeal_id']}")
    effect = verb(int(row["worth"])) if row["worth"] else "不改变得分"
    return f"{row['kind']}：{row['reason']}（{'，'.join(str(a) for a in about if a)}），{effect}"


def decisions_frame(made: Decisions, section: Section, candidates: Candidates) -> pd.DataFrame:
    """Return the decisions in the columns of decisions.csv; evidence as lists of origins."""
    rows = made.rows
    return pd.DataFrame(
        {
            "kind": pd.Series(section.kind, index=rows.index, dtype="str"),
            "candidate": pd.Series(candidates.ids[rows["candidate"]], dtype="str"),
            "decision": rows["decision_id"],
            "type": rows["kind"],
            "clause": rows["node"],
            "points": rows["worth"],
            "reason": rows["reason"],
            "decided_by": rows["decided_by"],
            "decided_on": texts.days(rows["decided_on"]),
            "document": rows["document"],
            "appeal": rows["appeal_id"],
            "evidence": lists(np.arange(len(rows)), rows[ORIGIN], len(rows)),
        }
    )
