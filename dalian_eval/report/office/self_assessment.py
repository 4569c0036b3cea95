"""自评材料 of a unit: what it got, the evidence for each clause, and what is missing for how much.

The lists of a pack are frames with Chinese titles; its report is in `selfreport`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.labels import table_title
from dalian_eval.report.statements.account import Account, statement_of
from dalian_eval.report.statements.loss_sentences import Loss, loss_rows, merge_sheets
from dalian_eval.report.views.evidence import Evidence
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.numbers import four_decimals

REPORT, INDEX = "自评报告.docx", "index.html"
PROOFS, PROBLEMS, CONTENTS = "佐证清单.csv", "数据问题.csv", "清单.csv"
TODO, CALENDAR = "待办清单.csv", "待办日历.ics"
"""Files of a pack beside its statements."""

_HEAD = re.compile(r"^(未得分|未扣分|待补)：")
_LONG = 60
"""Characters of a sentence beyond which a table tells its first part alone."""

_PROBLEM_TITLES = {
    "table": "表",
    "file": "文件",
    "sheet": "工作表",
    "row": "行",
    "column": "列",
    "value": "原值",
    "reason": "原因",
    "fix": "改法",
}


@dataclass(frozen=True)
class Proof:
    """A clause of a candidate: the rows behind its points, what is missing, what that costs.

    `evidence`: without the rows that only came nearest to an award; `cut`: whether there may be
    more of them than the ledger names; `stake`: the points it lacks, `winnable`: how much of them
    can still be had by the end of the period, both in ten-thousandths and never more than its item
    has room for; `lacks`: what is missing, each a sentence; none where nothing is.
    """

    kind: str
    candidate: str
    name: str
    leaf: Account
    evidence: tuple[Evidence, ...]
    cut: bool
    lacks: tuple[str, ...]
    stake: int
    winnable: int

    @property
    def missing(self) -> str:
        """What is missing, whole; blank where nothing is."""
        return "；".join(self.lacks)

    @property
    def brief(self) -> str:
        """What is missing as a column of its own tells it: of long sentences the first part."""
        told = (_HEAD.sub("", sentence) for sentence in self.lacks)
        return "；".join(t if len(t) <= _LONG else t.partition("。")[0] for t in told)

    @property
    def deducts(self) -> bool:
        """Whether the clause takes points away."""
        return self.leaf.maximum is not None and self.leaf.maximum < 0

    @property
    def rows(self) -> int:
        """How many rows are behind the points, as far as the ledger names them."""
        return sum(len(e.rows) for e in self.evidence)


@dataclass(frozen=True)
class SelfAssessment:
    """What a unit's pack tells: its code and name, its officers who are candidates, its proofs.

    `officers`: codes in order of rank; `problems`: the rows of quarantine_cells.csv that the unit
    has to mend; `unclaimed`: how many bad cells no unit is known for.
    """

    view: RunView
    unit: str
    name: str
    officers: tuple[str, ...]
    proofs: tuple[Proof, ...]
    problems: pd.DataFrame
    unclaimed: int

    @property
    def own(self) -> list[Proof]:
        """The proofs of the unit itself."""
        return [proof for proof in self.proofs if proof.kind == "unit"]


def self_assessment(view: RunView, unit: str, cells: pd.DataFrame) -> SelfAssessment:
    """Return what the pack of a candidate unit tells; `cells`: the rows of quarantine_cells.csv.

    Its officers are the candidates posted, on the evaluation day, in it or in a unit below it.
    """
    below = _below(view.meta.get("parents", {}), unit)
    people = view.candidates("officer")
    officers = tuple(str(c) for c in people.loc[people["unit"].isin(below), "candidate"])
    return SelfAssessment(
        view=view,
        unit=unit,
        name=view.unit_name(unit),
        officers=officers,
        proofs=tuple(
            proof
            for kind, whose in (("unit", (unit,)), ("officer", officers))
            for candidate in whose
            for proof in _proofs(view, kind, candidate)
        ),
        problems=cells[cells["unit"].isin(below)],
        unclaimed=int((cells["unit"] == "").sum()),
    )


def _below(parents: Mapping[str, str], unit: str) -> frozenset[str]:
    """Return a unit and all below it, by the code of each unit's parent."""
    found, last = {unit}, 0
    while len(found) > last:
        last = len(found)
        found |= {code for code, parent in parents.items() if parent in found}
    return frozenset(found)


def _proofs(view: RunView, kind: str, candidate: str) -> Iterator[Proof]:
    made = statement_of(view, kind, candidate)
    lost: dict[str, list[Loss]] = {}
    for loss in loss_rows(view, kind, candidate, made):
        lost.setdefault(loss.anchor, []).append(loss)
    for item in made.items:
        for leaf in item.leaves():
            mine = lost.get(leaf.id, [])
            stake = max(0, sum(loss.points for loss in mine))
            yield Proof(
                kind=kind,
                candidate=candidate,
                name=str(made.score["name"]),
                leaf=leaf,
                evidence=merge_sheets(
                    e for entry in leaf.entries if entry.points for e in entry.evidence
                ),
                cut=any(entry.points and entry.cut for entry in leaf.entries),
                lacks=_missing(leaf, mine if stake else []),
                stake=stake,
                winnable=_within(
                    leaf.attainable - leaf.points, item, leaf, item.attainable - item.points
                ),
            )


def _within(points: int, item: Account, leaf: Account, most: int | None) -> int:
    """Return the points of a clause as far as its item has room for them; a bonus has its own."""
    room = points if most is None or (leaf.bonus and not item.bonus) else min(points, most)
    return max(0, room)


def _missing(leaf: Account, lost: Sequence[Loss]) -> tuple[str, ...]:
    """Return what a clause lacks: the data it waits for, else all that cost it points."""
    if leaf.lacking:
        return (leaf.lacking,)
    if leaf.status == "unavailable":
        return (leaf.entries[0].reason if leaf.entries else leaf.prospect,)
    return tuple(reason for loss in lost for reason in loss.reasons)


# ---- the lists -------------------------------------------------------------------------------


def proof_list(told: SelfAssessment) -> pd.DataFrame:
    """Return 佐证清单: a row per clause of the unit and of each officer."""
    return pd.DataFrame(
        [
            {
                "类别": KINDS[p.kind],
                "代码": p.candidate,
                "名称": p.name,
                "条款": p.leaf.title,
                "出处": p.leaf.locator,
                "状态": p.leaf.state,
                "满分": "" if p.leaf.maximum is None else four_decimals(p.leaf.maximum),
                "得分": four_decimals(p.leaf.points),
                "涉及分值": four_decimals(p.stake),
                "期末前还可得": four_decimals(p.winnable),
                "已有佐证": "；".join(f"{e.table}：{e.text}" for e in p.evidence)
                + _cut(told.view, p),
                "佐证行数": p.rows,
                "所缺": p.missing,
            }
            for p in told.proofs
        ]
    )


def _cut(view: RunView, proof: Proof) -> str:
    return f"（每月至多列{view.rows_listed}行，全部行号见得分账目）" if proof.cut else ""


def problem_list(told: SelfAssessment) -> pd.DataFrame:
    """Return 数据问题: the bad cells that the unit has to mend."""
    rows = told.problems[list(_PROBLEM_TITLES)]
    return rows.assign(table=rows["table"].map(table_title)).rename(columns=_PROBLEM_TITLES)
