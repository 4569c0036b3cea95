"""三、各项工作完成情况: per item the points, who was strong and weak, where points were lost."""

from collections.abc import Iterator
from functools import partial

import pandas as pd

from dalian_eval.report.items import item_points
from dalian_eval.report.labels import KINDS
from dalian_eval.report.names import statement_link
from dalian_eval.report.narrative.losses import Loss, by_node, common_reason, losses, title_of
from dalian_eval.report.narrative.text import (
    Picture,
    Section,
    Sentence,
    Span,
    Table,
    blocks,
    joined,
    paragraph,
    say,
)
from dalian_eval.report.narrative.words import (
    NAMED,
    STRONG,
    WEAK,
    counted,
    finished,
    items_place,
    mean,
    names_of,
    percent,
    who,
)
from dalian_eval.report.points import two_decimals
from dalian_eval.report.view import RunView
from dalian_eval.rubric.model import Item
from dalian_eval.rubric.numbers import ratio_text
from dalian_eval.scoring.settle import VOID

_CLAUSES = 3
"""Clauses told per item."""


def items_section(view: RunView) -> Section:
    """Return the section, one part for each kind that has candidates."""
    parts = tuple(_kind(view, kind) for kind in KINDS if len(view.candidates(kind)))
    intro = () if parts else blocks(paragraph(say("本次没有参评对象，没有分项得分。")))
    return Section("各项工作完成情况", intro, parts)


def _kind(view: RunView, kind: str) -> Section:
    points = item_points(view, kind)
    items = [view.section(kind).items[str(i)] for i in points.columns]
    rows = losses(view, kind)
    found = by_node(view, kind, rows, "lost")
    return Section(
        KINDS[kind],
        blocks(
            paragraph(_intro(view, kind)),
            _table(view, kind, items, points),
            _picture(view, kind),
        ),
        tuple(_item(view, kind, item, points[item.id], found) for item in items),
    )


def _intro(view: RunView, kind: str) -> Sentence:
    rows = view.candidates(kind)
    out = int(rows["vetoed"].sum())
    told = f"下列各项按全部参评{KINDS[kind]}{counted(kind, len(rows))}统计"
    grades = (
        f"得分率达到{STRONG}%的为强项，不足{WEAK}%的为弱项"
        if finished(view)
        else "评审期尚未结束，暂不评定强项、弱项"
    )
    also = f"（含被否决的{counted(kind, out)}）" if out else ""
    return say(Span(told, items_place(view, kind)), also, "；", grades, "。")


def _table(view: RunView, kind: str, items: list[Item], points: pd.DataFrame) -> Table | None:
    if not items:
        return None
    place = items_place(view, kind)
    body = []
    for item in items:
        values = [int(p) for p in points[item.id]]
        body.append(
            (
                Span(item.title),
                Span(two_decimals(item.max)),
                Span(mean(values), place),
                Span(percent(sum(values), item.max * len(values))),
                Span(two_decimals(max(values))),
                Span(two_decimals(min(values))),
            )
        )
    head = ("项目", "满分", "平均得分", "得分率", "最高", "最低")
    return Table(f"{KINDS[kind]}各项得分", head, tuple(body))


def _picture(view: RunView, kind: str) -> Picture | None:
    from dalian_eval.report import figures

    if len(view.candidates(kind)) > figures.MOST:
        return None
    title = f"{KINDS[kind]}各项得分占满分的比例"
    return Picture(title, partial(figures.item_heat, view, kind))


def _item(view: RunView, kind: str, item: Item, points: pd.Series, found: list[Loss]) -> Section:
    mine = [loss for loss in found if loss.item == item.id]
    return Section(
        f"{item.title}（{'加分' if item.bonus else '满分'}{two_decimals(item.max)}分）",
        blocks(
            paragraph(
                _level(view, kind, item, points),
                _ends(view, kind, item, points),
                *_voided(view, kind, item),
            ),
            paragraph(
                _lost(view, kind, mine),
                _reason(view, kind, mine),
                _taken(view, kind, mine),
                _full(view, kind, item),
            ),
        ),
    )


def _level(view: RunView, kind: str, item: Item, points: pd.Series) -> Sentence:
    values = [int(p) for p in points]
    whole, full = item.max * len(values), sum(values)
    grade = ""
    if finished(view) and not item.bonus and whole > 0:
        strong, weak = full * 100 >= STRONG * whole, full * 100 < WEAK * whole
        grade = "，为强项" if strong else "，为弱项" if weak else ""
    told = f"平均得{mean(values)}分，得分率{percent(full, whole)}"
    return say(Span(told, items_place(view, kind)), grade, "。")


def _ends(view: RunView, kind: str, item: Item, points: pd.Series) -> Sentence | None:
    if len(points) < 2:
        return None
    best, worst = int(points.max()), int(points.min())
    if best == worst:
        told = f"{counted(kind, len(points))}得分相同，均为{two_decimals(best)}分"
        return say(Span(told, items_place(view, kind)), "。")
    names = names_of(view, kind)
    first, last = (
        who(kind, names, [str(c) for c in points.index[points == end]], item.id)
        for end in (best, worst)
    )
    return say(
        *("得分最高的是", first, f"（{two_decimals(best)}分）"),
        *("，最低的是", last, f"（{two_decimals(worst)}分）。"),
    )


def _voided(view: RunView, kind: str, item: Item) -> Iterator[Sentence]:
    """Yield who lost the item as a whole, and why."""
    rows = view.clauses[(view.clauses["kind"] == kind) & (view.clauses["clause"] == item.id)]
    void = list(rows.loc[rows["status"] == "void", "candidate"])
    names = names_of(view, kind)
    for candidate in [c for c in names if c in set(void)][:NAMED]:
        entries = view.rows_of("ledger", kind, candidate)
        entries = entries[(entries["rule"] == VOID) & (entries["evidence"] != "")]
        below = entries["clause"].str.startswith(f"{item.id}.")
        reasons = entries.loc[below & ~entries["reason"].str.startswith("未"), "reason"]
        told = f"本项归零：{'；'.join(reasons)}。" if len(reasons) else "本项归零。"
        yield say(Span(names[candidate], statement_link(kind, candidate, item.id)), told)
    if len(void) > NAMED:
        yield say("本项归零的共", Span(counted(kind, len(void)), "clauses.csv"), "。")


def _lost(view: RunView, kind: str, mine: list[Loss]) -> Sentence | None:
    """Return where most points of the item were not earned, and by whom."""
    awards = [loss for loss in mine if not loss.deducts][:_CLAUSES]
    if not awards:
        return None
    head = "失分主要在：" if finished(view) else "尚未得到的分值主要在："
    return say(head, joined([_one(view, kind, a) for a in awards], "；"), "。")


def _one(view: RunView, kind: str, loss: Loss) -> tuple[Span, ...]:
    size = len(view.candidates(kind))
    names = names_of(view, kind)
    verb = "失" if finished(view) else "差"
    average = f"，平均{verb}{ratio_text(loss.total, size * 10_000)}分" if size > 1 else ""
    most = "最多的" if len(loss.who) > 1 else ""
    return (
        Span(title_of(view, kind, loss.node)),
        Span(f"合计{verb}{two_decimals(loss.total)}分{average}", "clauses.csv"),
        Span(f"，涉及{counted(kind, len(loss.who))}，{most}"),
        Span(names[loss.who[0]], statement_link(kind, loss.who[0], loss.node.id)),
        Span(f"{verb}{two_decimals(loss.points[0])}分"),
    )


def _reason(view: RunView, kind: str, mine: list[Loss]) -> Sentence | None:
    """Return the commonest reason at the clause that cost most and has one."""
    for loss in [loss for loss in mine if not loss.deducts][:_CLAUSES]:
        reason, ids = common_reason(view, kind, loss)
        if reason:
            place = statement_link(kind, ids[0], loss.node.id)
            return say(
                f"『{loss.node.title}』没有得分的，有",
                Span(counted(kind, len(ids)), place),
                f"是因为：{reason}。",
            )
    return None


def _taken(view: RunView, kind: str, mine: list[Loss]) -> Sentence | None:
    taken = [loss for loss in mine if loss.deducts]
    if not taken:
        return None
    names = names_of(view, kind)
    told = [
        (
            Span(f"『{loss.node.title}』"),
            Span(f"合计扣{two_decimals(loss.total)}分", "clauses.csv"),
            Span("（"),
            *who(kind, names, loss.who, loss.node.id),
            Span("）"),
        )
        for loss in taken[:_CLAUSES]
    ]
    rest = f"等{len(taken)}条" if len(taken) > _CLAUSES else ""
    return say("发生扣分的有：", joined(told, "；"), rest, "。")


def _full(view: RunView, kind: str, item: Item) -> Sentence | None:
    """Return the clauses of the item of which nobody lacks a point."""
    section = view.section(kind)
    rows = view.clauses[(view.clauses["kind"] == kind)]
    titles = []
    for name, clause in section.clauses.items():
        if not name.startswith(f"{item.id}.") or clause.bonus or clause.deducts or not clause.max:
            continue
        here = rows[rows["clause"] == name]
        if len(here) and ((here["status"] == "scored") & (here["points"] == here["max"])).all():
            titles.append(clause.title)
    if not titles:
        return None
    everybody = "各单位" if kind == "unit" else "各人"
    return say(f"『{'』『'.join(titles)}』", Span(f"{everybody}均得满分", "clauses.csv"), "。")
