"""Statements: one page per candidate, from the full mark down to every entry and its cells."""

from collections.abc import Iterator
from dataclasses import dataclass

from dalian_eval.report.base.labels import DRAW_SOURCES, KINDS, SCORE_STATES
from dalian_eval.report.base.page import render
from dalian_eval.report.base.points import needs_four, plain, ranged
from dalian_eval.report.certified import Certified
from dalian_eval.report.statements.account import Account, Entry, standing_of, statement_of
from dalian_eval.report.statements.case_assignment import case_use
from dalian_eval.report.statements.reviewer_decisions import decisions_of
from dalian_eval.report.statements.waterfall import waterfall
from dalian_eval.report.views.evidence_cells import NO_CELLS, Cells, CellTable
from dalian_eval.report.views.month_strips import short_months
from dalian_eval.report.views.peers import Peers
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.vocabulary import SLOT_NAMES


@dataclass(frozen=True)
class Loss:
    """A clause or item that lost points: how many, why, and how the others did."""

    node: Account
    points: int
    why: str
    peers: Peers | None


@dataclass(frozen=True)
class Missed:
    """A month that did not pass: of which clause, what it came to, the entry that says why."""

    leaf: Account
    month: str
    value: str
    detail: str
    entry: Entry | None


def statement_html(
    view: RunView,
    kind: str,
    candidate: str,
    cells: Cells = NO_CELLS,
    up: str = "../",
    certified: Certified | None = None,
) -> str:
    """Return a candidate's account as a page for the folder `statements/` of the run.

    `cells`: the canonical rows to show; `up`: the address of the run folder from where the page
    lies; `certified`: what holds under every reading. UsageError when the run has no such
    candidate.
    """
    made = statement_of(view, kind, candidate)
    score = made.score
    section = view.section(kind)
    leaves = [leaf for item in made.items for leaf in item.leaves()]
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
        certified=certified,
        figure=waterfall(made, section.nodes[kind].max or 0),
        peers={clause: p for (whose, clause), p in view.peers.items() if whose == kind},
        mixed=needs_four([int(score["total"]), *(i.points for i in made.items)]),
        verdicts=made.verdicts,
        use=case_use(view, kind, candidate),
        decided=decisions_of(view, kind, candidate),
        losses=losses(view, kind, leaves),
        metered=[leaf for leaf in leaves if leaf.strip is not None],
        missed=list(missed(leaves)),
        months=short_months(view.rubric.period.months),
        slots=SLOT_NAMES,
        sources=DRAW_SOURCES,
        behind=_Behind(cells, section),
        item_mixed=item_mixed,
        up=up,
    )


@dataclass(frozen=True)
class _Behind:
    """What the template asks for the cells behind an entry of a clause; items have none."""

    cells: Cells
    section: Section

    def __call__(self, node: Account, entry: Entry) -> list[CellTable]:
        clause = self.section.clauses.get(node.id)
        return [] if clause is None else self.cells.behind(clause, entry.evidence)


def losses(view: RunView, kind: str, leaves: list[Account]) -> list[Loss]:
    """Return the clauses that lost points, those that lost most first."""
    lost = [
        Loss(leaf, points, _why(leaf), view.peers.get((kind, leaf.id)))
        for leaf in leaves
        if (points := _lost(leaf)) > 0
    ]
    return sorted(lost, key=lambda loss: -loss.points)


def _lost(leaf: Account) -> int:
    if leaf.status == "not_applicable":
        return 0
    if leaf.maximum is None or leaf.maximum < 0:
        return max(0, -leaf.points)
    return leaf.lost or 0


def _why(leaf: Account) -> str:
    """Return why points are missing: the entry that gave nothing or took some.

    Where every entry gives something: what there was, and the rule, which says what more it takes.
    """
    given = [e for e in leaf.entries if not e.settles]
    least = min(given, key=lambda e: e.points, default=None)
    if least is None:
        return leaf.prospect
    if least.points <= 0:
        return least.reason
    what = least.reason if len(given) == 1 else f"有{len(given)}笔，共得{plain(leaf.points)}分"
    return f"{what}。规则：{''.join(leaf.rules)}"


def missed(leaves: list[Account]) -> Iterator[Missed]:
    """Yield the months of the monthly figures that did not pass, with their entries."""
    for leaf in leaves:
        for cell in leaf.strip.cells if leaf.strip else ():
            if cell.passed is False:
                entry = next((e for e in leaf.entries if e.month == cell.month), None)
                yield Missed(leaf, cell.month, cell.value, cell.detail, entry)


def item_mixed(item: Account) -> bool:
    """Whether an item's entries have to be shown with four decimals somewhere."""
    own = needs_four(e.points for e in item.entries)
    return own or any(item_mixed(part) for part in item.parts)
