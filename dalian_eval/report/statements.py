"""Statements: one page per candidate, from the full mark down to every entry and its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from dalian_eval.report.account import Account, Statement, standing_of, statement_of
from dalian_eval.report.caseuse import case_use
from dalian_eval.report.decided import decisions_of
from dalian_eval.report.evidence import Evidence, row_count
from dalian_eval.report.labels import DRAW_SOURCES, KINDS, SCORE_STATES
from dalian_eval.report.months import short_months
from dalian_eval.report.page import render
from dalian_eval.report.points import needs_four, ranged
from dalian_eval.report.view import RunView
from dalian_eval.rubric.model import POINT
from dalian_eval.rubric.vocabulary import SLOT_NAMES

_FOLD_ROWS = 12
_FOLD_SHEETS = 2


@dataclass(frozen=True)
class Step:
    """A bar of the waterfall: from `left` over `width`, in per cent of the scale."""

    title: str
    anchor: str
    points: int
    maximum: int | None
    change: int
    left: str
    width: str
    look: str
    status: str = ""
    state: str = ""


def statement_html(view: RunView, kind: str, candidate: str) -> str:
    """Return a candidate's account as a page for the folder `statements/` of the run.

    UsageError when the run has no such candidate.
    """
    made = statement_of(view, kind, candidate)
    score = made.score
    section = view.section(kind)
    return render(
        "statement.html",
        view=view,
        kind=kind,
        kind_title=KINDS[kind],
        made=made,
        score=score,
        rubric_title=section.nodes[kind].title,
        unit=view.unit_name(str(score["unit"])),
        state=SCORE_STATES[str(score["status"])],
        total=ranged(int(score["total_low"]), int(score["total_high"])),
        standing=standing_of(view, kind, candidate),
        steps=waterfall_steps(made, section.nodes[kind].max or 0),
        mixed=needs_four([int(score["total"]), *(i.points for i in made.items)]),
        verdicts=made.verdicts,
        use=case_use(view, kind, candidate),
        decided=decisions_of(view, kind, candidate),
        losses=_losses(made),
        strips=[leaf.strip for i in made.items for leaf in i.leaves() if leaf.strip is not None],
        strip_ids=[leaf.id for i in made.items for leaf in i.leaves() if leaf.strip is not None],
        months=short_months(view.rubric.period.months),
        slots=SLOT_NAMES,
        sources=DRAW_SOURCES,
        folded=folded,
        row_count=row_count,
        item_mixed=item_mixed,
    )


def waterfall_steps(made: Statement, full: int) -> list[Step]:
    """Return the bars from the full mark down through the items' losses to the total."""
    total = int(made.score["total"])
    bonus = sum(b.points for b in made.bonuses)
    top = max(full + max(0, bonus), total, made.item_sum + made.rescale_sum, POINT)

    def bar(low: int, high: int) -> tuple[str, str]:
        return _share(low, top), _share(high - low, top)

    steps = [Step("满分", "", full, full, 0, *bar(0, full), "full")]
    level = full
    for item in made.items:
        if item.bonus or item.maximum is None:
            continue
        loss = item.maximum - item.points
        level -= loss
        spot = bar(level, level + loss)
        steps.append(
            Step(
                *(item.title, item.id, item.points, item.maximum, -loss),
                *(*spot, "loss", item.status, item.state),
            )
        )
    settled = "、".join(dict.fromkeys(e.rule for e in made.rescaled))
    extras = [(settled, "settlement", made.rescale_sum)] if made.rescaled else []
    extras += [(b.title, b.id, b.points) for b in made.bonuses]
    for title, anchor, points in extras:
        spot = bar(min(level, level + points), max(level, level + points))
        steps.append(Step(title, anchor, points, None, points, *spot, "gain"))
        level += points
    steps.append(Step("总分", "", total, None, 0, *bar(0, total), "total"))
    return steps


def _share(part: int, whole: int) -> str:
    """Return a share as per cent with two decimals, by integers: the same on every machine."""
    hundredths = max(0, part) * 10_000 // whole
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def _losses(made: Statement) -> list[tuple[Account, int]]:
    """Return the clauses that lost most, at most five, with what they lost."""
    lost = [(leaf, _lost(leaf)) for item in made.items for leaf in item.leaves()]
    ordered = sorted((pair for pair in lost if pair[1] > 0), key=lambda pair: -pair[1])
    return ordered[:5]


def _lost(leaf: Account) -> int:
    if leaf.status == "not_applicable":
        return 0
    if leaf.maximum is None or leaf.maximum < 0:
        return max(0, -leaf.points)
    return leaf.lost or 0


def folded(evidence: Sequence[Evidence]) -> bool:
    """Whether a list of evidence is long enough to be folded."""
    return row_count(evidence) > _FOLD_ROWS or len(evidence) > _FOLD_SHEETS


def item_mixed(item: Account) -> bool:
    """Whether an item's entries have to be shown with four decimals somewhere."""
    own = needs_four(e.points for e in item.entries)
    return own or any(item_mixed(part) for part in item.parts)
