"""三、各项工作完成情况: per item the points, who was strong and weak, where points were lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.points import two_decimals
from dalian_eval.report.narrative.losses import Loss, by_node, common_reason, failures, title_of
from dalian_eval.report.narrative.text import (
    Picture,
    Section,
    Sentence,
    Span,
    Table,
    blocks,
    join_spans,
    paragraph,
    say,
)
from dalian_eval.report.narrative.words import (
    NAMED,
    STRONG,
    WEAK,
    candidate_count,
    is_period_over,
    items_place,
    mean,
    names_of,
    percent,
    who,
)
from dalian_eval.report.views.item_overview import item_points
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.nodes import Item
from dalian_eval.rubric.numbers import ratio_text
from dalian_eval.scoring.awards import GAVE
from dalian_eval.scoring.settle import VOID

_CLAUSES = 3
"""Clauses told per item."""


@dataclass(frozen=True)
class _Kind:
    """One kind of candidate: names, losses by clause, why nothing was given, what all have full."""

    view: RunView
    kind: str
    names: dict[str, str]
    found: list[Loss]
    failed: pd.DataFrame
    full: frozenset[str]

    @property
    def place(self) -> str:
        """Where the points of the items stand."""
        return items_place(self.view, self.kind)


def items_section(view: RunView, lost: Mapping[str, pd.DataFrame]) -> Section:
    """Return the section; `lost`: the losses of each kind that has candidates."""
    parts = tuple(_part(view, kind, rows) for kind, rows in lost.items())
    intro = () if parts else blocks(paragraph(say("本次没有参评对象，没有分项得分。")))
    return Section("各项工作完成情况", intro, parts)


def _part(view: RunView, kind: str, lost: pd.DataFrame) -> Section:
    points = item_points(view, kind)
    items = [view.section(kind).items[str(i)] for i in points.columns]
    of = _Kind(
        view,
        kind,
        names_of(view, kind),
        by_node(view, kind, lost, "lost"),
        failures(view, kind),
        _full_clauses(view, kind),
    )
    return Section(
        KINDS[kind],
        blocks(paragraph(_intro(of)), _table(of, items, points), _picture(view, kind)),
        tuple(_item(of, item, points[item.id]) for item in items),
    )


def _full_clauses(view: RunView, kind: str) -> frozenset[str]:
    """Return the clauses of which nobody lacks a point."""
    rows = view.clauses[view.clauses["kind"] == kind]
    full = (rows["status"] == "scored") & (rows["points"] == rows["max"]).fillna(False)
    every = full.groupby(rows["clause"]).all()
    return frozenset(every.index[every])


def _intro(of: _Kind) -> Sentence:
    view, kind = of.view, of.kind
    rows = view.candidates(kind)
    out = int(rows["vetoed"].sum())
    told = f"下列各项按全部参评{KINDS[kind]}{candidate_count(kind, len(rows))}统计"
    grades = (
        f"得分率达到{STRONG}%的为强项，不足{WEAK}%的为弱项"
        if is_period_over(view)
        else "评审期尚未结束，暂不评定强项、弱项"
    )
    also = f"（含被否决的{candidate_count(kind, out)}）" if out else ""
    return say(Span(told, of.place), also, "；", grades, "。")


def _table(of: _Kind, items: list[Item], points: pd.DataFrame) -> Table | None:
    if not items:
        return None
    body = []
    for item in items:
        values = [int(p) for p in points[item.id]]
        body.append(
            (
                Span(item.title),
                Span(two_decimals(item.max)),
                Span(mean(values), of.place),
                Span(percent(sum(values), item.max * len(values))),
                Span(two_decimals(max(values))),
                Span(two_decimals(min(values))),
            )
        )
    head = ("项目", "满分", "平均得分", "得分率", "最高", "最低")
    return Table(f"{KINDS[of.kind]}各项得分", head, tuple(body))


def _picture(view: RunView, kind: str) -> Picture | None:
    from dalian_eval.report.figures import score_figures

    if len(view.candidates(kind)) > score_figures.MOST:
        return None
    title = f"{KINDS[kind]}各项得分占满分的比例"
    return Picture(title, partial(score_figures.item_heat, view, kind))


def _item(of: _Kind, item: Item, points: pd.Series) -> Section:
    mine = [loss for loss in of.found if loss.item == item.id]
    return Section(
        f"{item.title}（{'加分' if item.bonus else '满分'}{two_decimals(item.max)}分）",
        blocks(
            paragraph(_level(of, item, points), _ends(of, item, points), *_voided(of, item)),
            paragraph(_lost(of, mine), _reason(of, mine), _taken(of, mine), _full(of, item)),
        ),
    )


def _level(of: _Kind, item: Item, points: pd.Series) -> Sentence:
    values = [int(p) for p in points]
    whole, full = item.max * len(values), sum(values)
    grade = ""
    if is_period_over(of.view) and not item.bonus and whole > 0:
        strong, weak = full * 100 >= STRONG * whole, full * 100 < WEAK * whole
        grade = "，为强项" if strong else "，为弱项" if weak else ""
    told = f"平均得{mean(values)}分，得分率{percent(full, whole)}"
    return say(Span(told, of.place), grade, "。")


def _ends(of: _Kind, item: Item, points: pd.Series) -> Sentence | None:
    if len(points) < 2:
        return None
    best, worst = int(points.max()), int(points.min())
    if best == worst:
        told = f"{candidate_count(of.kind, len(points))}得分相同，均为{two_decimals(best)}分"
        return say(Span(told, of.place), "。")
    first, last = (
        who(of.view, of.kind, of.names, [str(c) for c in points.index[points == end]], item.id)
        for end in (best, worst)
    )
    return say(
        *("得分最高的是", first, f"（{two_decimals(best)}分）"),
        *("，最低的是", last, f"（{two_decimals(worst)}分）。"),
    )


def _voided(of: _Kind, item: Item) -> Iterator[Sentence]:
    """Yield who lost the item as a whole, and why."""
    rows = of.view.clauses
    hit = (rows["kind"] == of.kind) & (rows["clause"] == item.id) & (rows["status"] == "void")
    void = list(rows.loc[hit, "candidate"])
    for candidate in [c for c in of.names if c in set(void)][:NAMED]:
        entries = of.view.rows_of("ledger", of.kind, candidate)
        proof = (entries["rule"] == VOID) & (entries["outcome"] == GAVE)
        reasons = entries.loc[proof & entries["clause"].str.startswith(f"{item.id}."), "reason"]
        told = f"本项归零：{'；'.join(reasons)}。" if len(reasons) else "本项归零。"
        yield say(Span(of.names[candidate], of.view.link(of.kind, candidate, item.id)), told)
    if len(void) > NAMED:
        yield say("本项归零的共", Span(candidate_count(of.kind, len(void)), "clauses.csv"), "。")


def _lost(of: _Kind, mine: list[Loss]) -> Sentence | None:
    """Return where most points of the item were not earned, and by whom."""
    awards = [loss for loss in mine if not loss.deducts][:_CLAUSES]
    if not awards:
        return None
    head = "失分主要在：" if is_period_over(of.view) else "尚未得到的分值主要在："
    return say(head, join_spans([_one(of, a) for a in awards], "；"), "。")


def _one(of: _Kind, loss: Loss) -> tuple[Span, ...]:
    title = Span(title_of(of.view, of.kind, loss.node))
    verb = "失" if is_period_over(of.view) else "差"
    first = Span(of.names[loss.who[0]], of.view.link(of.kind, loss.who[0], loss.node.id))
    points = Span(f"{verb}{two_decimals(loss.points[0])}分")
    if len(loss.who) == 1:
        return title, first, points
    average = ratio_text(loss.total, len(of.names) * 10_000)
    return (
        title,
        Span(f"合计{verb}{two_decimals(loss.total)}分，平均{verb}{average}分", "clauses.csv"),
        Span(f"，涉及{candidate_count(of.kind, len(loss.who))}，最多的"),
        first,
        points,
    )


def _reason(of: _Kind, mine: list[Loss]) -> Sentence | None:
    """Return the commonest reason at the clause that cost most and has one."""
    for loss in [loss for loss in mine if not loss.deducts][:_CLAUSES]:
        reason, ids = common_reason(of.failed, loss)
        if reason:
            place = of.view.link(of.kind, ids[0], loss.node.id)
            return say(
                f"『{loss.node.title}』没有得分的，有",
                Span(candidate_count(of.kind, len(ids)), place),
                f"是因为：{reason}。",
            )
    return None


def _taken(of: _Kind, mine: list[Loss]) -> Sentence | None:
    taken = [loss for loss in mine if loss.deducts]
    if not taken:
        return None
    told = [
        (
            Span(f"『{loss.node.title}』"),
            Span(f"合计扣{two_decimals(loss.total)}分", "clauses.csv"),
            Span("（"),
            *who(of.view, of.kind, of.names, loss.who, loss.node.id),
            Span("）"),
        )
        for loss in taken[:_CLAUSES]
    ]
    rest = f"等{len(taken)}条" if len(taken) > _CLAUSES else ""
    return say("发生扣分的有：", join_spans(told, "；"), rest, "。")


def _full(of: _Kind, item: Item) -> Sentence | None:
    """Return the clauses of the item of which nobody lacks a point."""
    titles = [
        clause.title
        for name, clause in of.view.section(of.kind).clauses.items()
        if name in of.full and name.startswith(f"{item.id}.") and not clause.bonus and clause.max
    ]
    if not titles:
        return None
    everybody = "各单位" if of.kind == "unit" else "各人"
    return say(f"『{'』『'.join(titles)}』", Span(f"{everybody}均得满分", "clauses.csv"), "。")
