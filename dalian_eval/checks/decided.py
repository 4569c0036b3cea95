"""Checks of reviewers' decisions (复核意见): each must say plainly what it is about and moves."""

from collections.abc import Iterator, Mapping
from typing import Any

import ibis.expr.types as ir
from ibis import _

from dalian_eval.checks.check import Check
from dalian_eval.checks.delivery import NOTE, Delivery, not_of_candidates, noted_rows
from dalian_eval.rubric.lookup import find_nodes, nearest
from dalian_eval.rubric.model import Section
from dalian_eval.schema.origins import ORIGIN
from dalian_eval.schema.tables import UNIT

_STILL = ("申诉受理", "申诉维持")
_ANSWERS = ("申诉维持", "申诉改正")
_ACCEPTED = "申诉受理"
_SHOW = ("decision_id", "subject", "clause", "points")


def _sections(delivery: Delivery) -> Iterator[tuple[Mapping[str, Any], Section]]:
    """Yield every decision with the section of the rubric it is about."""
    sections = {section.kind: section for section in delivery.sections}
    for row in delivery.frame("decisions").to_dict("records"):
        yield (
            {str(k): v for k, v in row.items()},
            sections["unit" if row["subject_kind"] == UNIT else "officer"],
        )


def _unknown_clause(delivery: Delivery) -> ir.Table:
    """Return the decisions whose 条款 names no clause or item, or several, with the nearest."""
    found = []
    for row, section in _sections(delivery):
        if len(find_nodes(section, row["clause"])) != 1:
            near = nearest(section, row["clause"])
            cure = "、".join(f"{i}（{section.nodes[i].title}）" for i in near)
            note = f"编号{row['decision_id']}的『{row['clause']}』"
            found.append((row[ORIGIN], note + (f"，相近的有 {cure}" if cure else "")))
    return noted_rows(found)


def _on_verdict(delivery: Delivery) -> ir.Table:
    """Return the decisions that would give points to a void or a veto."""
    found = []
    for row, section in _sections(delivery):
        names = find_nodes(section, row["clause"])
        on_verdict = (
            len(names) == 1 and names[0] in section.clauses and section.clauses[names[0]].is_verdict
        )
        if on_verdict and row["points"] != 0:
            found.append((row[ORIGIN], f"编号{row['decision_id']}的『{row['clause']}』"))
    return noted_rows(found)


def _unanswered(delivery: Delivery) -> ir.Table:
    """Return the answers that name no accepted appeal of the same subject."""
    rows = delivery.table("decisions")
    accepted = rows.filter(_.kind == _ACCEPTED).select(
        "subject_kind", "subject", appeal_id="decision_id"
    )
    return rows.filter(_.kind.isin(_ANSWERS)).anti_join(
        accepted, ["subject_kind", "subject", "appeal_id"]
    )


CHECKS = (
    Check(
        id="decisions.clause",
        table="decisions",
        title="复核意见的条款在细则中",
        severity="blocking",
        find=_unknown_clause,
        show=(NOTE,),
        reason="有{failed}行复核意见的『条款』在细则中找不到，或不止一处：{observed}。",
        fix="请把『条款』改为条款编号（如 officer.cases），或唯一的名称、出处。",
    ),
    Check(
        id="decisions.verdict",
        table="decisions",
        title="复核意见不对否决、归零条款给分",
        severity="blocking",
        find=_on_verdict,
        show=(NOTE,),
        reason="有{failed}行复核意见对否决或归零条款给出分值：{observed}。否决和归零不能用分值改变。",
        fix="认定有误的，请在原表改正有关事项；只作记录的，『分值』填 0。",
    ),
    Check(
        id="decisions.still",
        table="decisions",
        title="申诉受理和申诉维持不改变分值",
        severity="blocking",
        where=_.kind.isin(_STILL) & (_.points != 0),
        show=_SHOW,
        reason="有{failed}行申诉受理或申诉维持填写了不为 0 的分值。",
        fix="改变得分的决定，『类型』请填更正或申诉改正；否则『分值』填 0。",
    ),
    Check(
        id="decisions.no_candidate",
        table="decisions",
        title="复核意见的对象是候选对象",
        severity="warning",
        find=lambda delivery: not_of_candidates(delivery, "decisions"),
        needs=("units", "officers"),
        show=_SHOW,
        reason="有{failed}行复核意见的对象不是候选集体或候选个人，不计分。",
        fix="请核对『对象』；应参评的请在『单位』或『人员』表中标为候选。",
    ),
    Check(
        id="decisions.appeal",
        table="decisions",
        title="申诉的答复对应已受理的申诉",
        severity="warning",
        find=_unanswered,
        show=("decision_id", "subject", "appeal_id"),
        reason="有{failed}行申诉维持或申诉改正的『申诉编号』不是同一对象的申诉受理，答复对不上申诉。",
        fix="请把『申诉编号』填为所答复的申诉受理的『编号』，或补上申诉受理一行。",
    ),
)
