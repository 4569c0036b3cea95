"""七、下一步工作打算: where most points were lost or can still be had, for whom, what to do."""

from collections.abc import Mapping

import pandas as pd

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.points import two_decimals
from dalian_eval.report.narrative.losses import Loss, by_node, title_of
from dalian_eval.report.narrative.problems import missing_tables
from dalian_eval.report.narrative.text import (
    Section,
    Sentence,
    Span,
    blocks,
    join_spans,
    paragraph,
    say,
)
from dalian_eval.report.narrative.words import candidate_count, is_period_over, names_of, who
from dalian_eval.report.views.item_overview import open_clauses
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.nodes import Clause, Item

_COMMON, _TAKEN = 2, 1
"""Clauses told for all candidates: of those not earned, of those taken off."""

_UNITS, _CLAUSES = 10, 2
"""Units told one by one, and clauses for each."""


def plans_section(view: RunView, lost: Mapping[str, pd.DataFrame]) -> Section:
    """Return the section; `lost`: the losses of each kind that has candidates."""
    column = "lost" if is_period_over(view) else "reach"
    parts = [_common(view, kind, table, column) for kind, table in lost.items()]
    if "unit" in lost:
        parts.append(_units(view, lost["unit"], column))
    return Section("下一步工作打算", parts=(*(p for p in parts if p is not None), _data(view)))


def _common(view: RunView, kind: str, rows: pd.DataFrame, column: str) -> Section | None:
    """Return what concerns most candidates of a kind."""
    found = by_node(view, kind, rows, column)
    awards = [loss for loss in found if not loss.deducts][:_COMMON]
    taken = [loss for loss in by_node(view, kind, rows, "lost") if loss.deducts][:_TAKEN]
    if not awards and not taken:
        return None
    return Section(
        f"{KINDS[kind]}共性短板" if column == "lost" else f"{KINDS[kind]}还可争取的分值",
        blocks(
            paragraph(
                *(_award(view, kind, loss, column) for loss in awards),
                *(_deduction(view, kind, loss) for loss in taken),
            )
        ),
    )


def _award(view: RunView, kind: str, loss: Loss, column: str) -> Sentence:
    verb = "失" if column == "lost" else "最多还可得"
    told = (
        f"{candidate_count(kind, len(loss.who))}{KINDS[kind]}合计{verb}{two_decimals(loss.total)}分"
    )
    names = names_of(view, kind)
    return say(
        title_of(view, kind, loss.node),
        Span(told, "clauses.csv" if column == "lost" else "outlook.csv"),
        "，重点是",
        who(view, kind, names, loss.who[:_CLAUSES], loss.node.id),
        f"：{_advice(loss.node)}。",
    )


def _deduction(view: RunView, kind: str, loss: Loss) -> Sentence:
    names = names_of(view, kind)
    told = (
        f"{candidate_count(kind, len(loss.who))}{KINDS[kind]}合计被扣{two_decimals(loss.total)}分"
    )
    return say(
        f"『{loss.node.title}』",
        Span(told, "clauses.csv"),
        "，涉及",
        who(view, kind, names, loss.who, loss.node.id),
        f"：{_advice(loss.node)}。",
    )


def _units(view: RunView, rows: pd.DataFrame, column: str) -> Section | None:
    """Return, unit by unit, the clauses that give most; the units with most to gain first."""
    some = rows[rows[column] > 0]
    if some.empty:
        return None
    names = names_of(view, "unit")
    sums = some.groupby("candidate")[column].sum()
    order = sorted((str(u) for u in sums.index), key=lambda u: (-sums[u], u))
    verb = "失" if column == "lost" else "最多还可得"
    told = []
    for unit in order[:_UNITS]:
        mine = some[some["candidate"] == unit]
        mine = mine.sort_values([column, "node"], ascending=[False, True]).iloc[:_CLAUSES]
        nodes = view.section("unit").nodes
        clauses = [
            (
                title_of(view, "unit", nodes[str(r["node"])]),
                "（",
                Span(
                    f"{verb}{two_decimals(int(r[column]))}分",
                    view.link("unit", unit, str(r["node"])),
                ),
                "）",
            )
            for r in mine.to_dict("records")
        ]
        told.append(
            paragraph(
                say(
                    Span(names[unit], view.link("unit", unit)),
                    "：重点抓好",
                    join_spans([say(*c).spans for c in clauses]),
                    "。",
                )
            )
        )
    rest = None
    if len(order) > _UNITS:
        head = f"以上是分值最多的{_UNITS}个，共{len(order)}个单位"
        rest = paragraph(say(Span(head, "outlook.csv"), "，其余见各自的得分账目。"))
    title = "各单位补短板的重点" if column == "lost" else "各单位下一阶段的重点"
    return Section(title, blocks(*told, rest))


def _data(view: RunView) -> Section:
    waiting = open_clauses(view)
    left = int(view.sources["quarantined"].sum())
    told = []
    if waiting:
        tables = missing_tables(waiting)
        missing = f"（{'、'.join(tables)}）" if tables else ""
        head = Span(f"{len(waiting)}条待补条款", "index.html#open")
        told.append(say("尽快补齐", head, f"所需的资料{missing}，补齐后重新评价。"))
    if left:
        told.append(
            say(
                "对照隔离清单改正",
                Span(f"{left}行报送数据", "quarantine.csv"),
                "，报送前先自查，从源头规范填报。",
            )
        )
    if not told:
        told.append(say("继续按月报送资料，报送前先自查，保持数据完整、准确。"))
    return Section("数据报送", blocks(*(paragraph(t) for t in told)))


def _advice(node: Item | Clause) -> str:
    """Return what to do about such a clause."""
    if isinstance(node, Item):
        return "主动谋划、多办优办，把按件计分的分值挣足"
    if node.voided is None and node.deducts:
        return "逐项整改销号，防止同类问题再次发生"
    return node.advice
