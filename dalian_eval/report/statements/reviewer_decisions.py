"""Reviewers' decisions about a candidate: appeals with what became of them, and corrections."""

from dataclasses import dataclass, replace
from typing import Any

from dalian_eval.base.day_words import iso_day_words
from dalian_eval.report.base.points import with_sign
from dalian_eval.report.views.evidence import Evidence, parse_origins
from dalian_eval.report.views.run_view import RunView

ACCEPTED = "申诉受理"
_OUTCOMES = {"申诉维持": "维持", "申诉改正": "改正"}


@dataclass(frozen=True)
class Decision:
    """One row of decisions.csv in words; `answers`: what an accepted appeal was told since."""

    id: str
    kind: str
    clause: str
    title: str
    points: int
    reason: str
    by: str
    on: str
    document: str
    evidence: tuple[Evidence, ...]
    answers: tuple["Decision", ...] = ()

    @property
    def effect(self) -> str:
        """What it does to the points."""
        return f"{with_sign(self.points)}分" if self.points else "不改变得分"

    @property
    def outcome(self) -> str:
        """What became of an appeal; empty for what is none."""
        if self.kind != ACCEPTED:
            return ""
        told = [f"{_OUTCOMES.get(a.kind, a.kind)}（{a.effect}，{a.on}）" for a in self.answers]
        return "，".join(told) or "已受理，尚未答复"


def decisions_of(view: RunView, kind: str, candidate: str) -> tuple[Decision, ...]:
    """Return the decisions about a candidate by day, answers with the appeal they belong to."""
    rows = view.rows_of("decisions", kind, candidate).to_dict("records")
    made = {str(row["decision"]): _decision(view, kind, row) for row in rows}
    appeals = {i for i, d in made.items() if d.kind == ACCEPTED}
    answering = {str(r["decision"]): str(r["appeal"]) for r in rows if r["appeal"] in appeals}
    answering = {i: appeal for i, appeal in answering.items() if i not in appeals}
    return tuple(
        replace(d, answers=tuple(made[a] for a, appeal in answering.items() if appeal == i))
        for i, d in made.items()
        if i not in answering
    )


def _decision(view: RunView, kind: str, row: dict[Any, Any]) -> Decision:
    return Decision(
        id=str(row["decision"]),
        kind=str(row["type"]),
        clause=str(row["clause"]),
        title=view.section(kind).nodes[str(row["clause"])].title,
        points=int(row["points"]),
        reason=str(row["reason"]),
        by=str(row["decided_by"]),
        on=iso_day_words(str(row["decided_on"]), view.rubric.period.year),
        document=str(row["document"]),
        evidence=parse_origins(str(row["evidence"])),
    )
