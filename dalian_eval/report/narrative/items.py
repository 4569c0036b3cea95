"""三、各项工作完成情况: what went well and what did not, where points were lost, by whom.

The table has every item; in words stand those that cost most.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.points import two_decimals
from dalian_eval.report.narrative.losses import Loss, by_node, common_reason, failures, title_of
from dalian_eval.report.narrative.text import (
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
from dalian_eval.scoring.awards import GAVE
from dalian_eval.scoring.settle import VOID

_CLAUSES = 2
"""Clauses told per item, and clauses told that took points."""

_ITEMS = 2
"""Items told in words, those that cost most."""

_SIDE_BY_SIDE = 6
"""Candidates up to which the table has a column for each."""


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
    worst = _costliest(of, items)
    return Section(
        KINDS[kind],
        blocks(
            paragraph(_intro(of), *_grades(of, items, points), _full(of)),
            _table(of, items, points),
            *(paragraph(*_item(of, item, points[item.id])) for item in worst),
            paragraph(*(told for item in items for told in _voided(of, item)), _taken(of)),
        ),
    )


def _costliest(of: _Kind, items: list[Item]) -> list[Item]:
    """Return the items that cost most points, in that order."""
    sums = {item.id: 0 for item in items}
    for loss in of.found:
        if loss.item in sums:
            sums[loss.item] += loss.total
    found = sorted((i for i in items if sums[i.id]), key=lambda item: -sums[item.id])
    return found[:_ITEMS]


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
    told = f"按全部参评{KINDS[kind]}{candidate_count(kind, len(rows))}统计"
    also = f"（含被否决的{candidate_count(kind, out)}）" if out else ""
    later = "" if is_period_over(view) else "；评审期尚未结束，暂不评定强项、弱项"
    return say(Span(told, of.place), also, later, "。")


def _grades(of: _Kind, items: list[Item], points: pd.DataFrame) -> Iterator[Sentence]:
    """Yield which items are strong and which weak, over all candidates."""
    if not is_period_over(of.view):
        return
    shares = [
        (item, sum(map(int, points[item.id])), item.max * len(points))
        for item in items
        if not item.bonus and item.max > 0 and len(points)
    ]
    strong = [(i, p, w) for i, p, w in shares if p * 100 >= STRONG * w]
    weak = [(i, p, w) for i, p, w in shares if p * 100 < WEAK * w]
    for word, few in (("强", sorted(strong, key=_fullest)), ("弱", sorted(weak, key=_emptiest))):
        if few:
            told = [(f"{i.title}（", Span(percent(p, w), of.place), "）") for i, p, w in few]
            parts = join_spans([say(*one).spans for one in told])
            bound = f"达到{STRONG}%" if word == "强" else f"不足{WEAK}%"
            yield say(parts, f"的得分率{bound}，为{word}项。")


def _fullest(share: tuple[Item, int, int]) -> Fraction:
    return -Fraction(share[1], share[2])


def _emptiest(share: tuple[Item, int, int]) -> Fraction:
    return Fraction(share[1], share[2])


def _table(of: _Kind, items: list[Item], points: pd.DataFrame) -> Table | None:
    """Return every item: of few candidates the points of each, of many the highest and lowest."""
    if not items:
        return None
    few = len(points) <= _SIDE_BY_SIDE
    body = []
    for item in items:
        values = [int(p) for p in points[item.id]]
        each = [
            Span(two_decimals(value), of.view.link(of.kind, str(code), item.id))
            for code, value in zip(points.index, values, strict=True)
        ]
        ends = [Span(two_decimals(end)) for end in (max(values), min(values))]
        body.append(
            (
                Span(item.title),
                Span(two_decimals(item.max)),
                *(each if few else ends),
                Span(mean(values), of.place),
                Span(percent(sum(values), item.max * len(values))),
            )
        )
    names = [of.names[str(code)] for code in points.index] if few else ["最高", "最低"]
    head = ("项目", "满分", *names, "平均", "得分率")
    return Table(f"{KINDS[of.kind]}各项得分", head, tuple(body))


def _item(of: _Kind, item: Item, points: pd.Series) -> Iterator[Sentence | None]:
    """Yield how an item went: the mean, the ends, where its points were lost and why."""
    mine = [loss for loss in of.found if loss.item == item.id]
    yield _level(of, item, points)
    yield _ends(of, item, points)
    yield _lost(of, mine)
    yield _reason(of, mine)


def _level(of: _Kind, item: Item, points: pd.Series) -> Sentence:
    values = [int(p) for p in points]
    whole, full = item.max * len(values), sum(values)
    worth = f"{'加分' if item.bonus else '满分'}{two_decimals(item.max)}分"
    told = f"平均得{mean(values)}分，得分率{percent(full, whole)}"
    return say(f"{item.title}（{worth}）", Span(told, of.place), "。")


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
    return (
        title,
        Span(f"合计{verb}{two_decimals(loss.total)}分", "clauses.csv"),
        Span("，最多的"),
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


def _taken(of: _Kind) -> Sentence | None:
    """Return which clauses took most points, and from whom."""
    taken = [loss for loss in of.found if loss.deducts]
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
    return say("扣分最多的是", join_spans(told, "；"), rest, "。")


def _full(of: _Kind) -> Sentence | None:
    """Return of how many clauses nobody lacks a point."""
    clauses = of.view.section(of.kind).clauses
    full = [n for n, c in clauses.items() if n in of.full and c.max and not c.bonus]
    if not full:
        return None
    everybody = "各单位" if of.kind == "unit" else "每个人"
    return say(f"{everybody}都得满分的条款有", Span(f"{len(full)}条", "clauses.csv"), "。")
