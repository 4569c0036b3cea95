"""Statements: one page per candidate, from the full mark down to every entry and its cells."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from dalian_eval.outputs.words import DRAW_SOURCES, KINDS, SCORE_STATES
from dalian_eval.report.base.page import render
from dalian_eval.report.base.points import needs_four, total_or_range
from dalian_eval.report.certificates.certificate_view import Certificates
from dalian_eval.report.changes.comparison import CandidateChange, Comparison, run_words
from dalian_eval.report.changes.comparison_page import DETAILED, PAGE, anchor
from dalian_eval.report.statements.account import (
    Account,
    Entry,
    Statement,
    standing_of,
    statement_of,
)
from dalian_eval.report.statements.case_assignment import case_use
from dalian_eval.report.statements.loss_sentences import loss_rows
from dalian_eval.report.statements.losses import losses_of
from dalian_eval.report.statements.reviewer_decisions import decisions_of
from dalian_eval.report.statements.waterfall import waterfall
from dalian_eval.report.todo.todo_view import Todo, told_first
from dalian_eval.report.views.evidence_cells import NO_CELLS, Cells, CellTable
from dalian_eval.report.views.figure_rows import FigureRows, WholeList
from dalian_eval.report.views.month_strips import short_months
from dalian_eval.report.views.month_totals import trend_of
from dalian_eval.report.views.neighbours import neighbours_of
from dalian_eval.report.views.peers import Peers
from dalian_eval.report.views.run_view import RunView
from dalian_eval.report.views.sheet_places import SheetPlaces
from dalian_eval.rubric.model import Section
from dalian_eval.rubric.vocabulary import SLOT_NAMES


@dataclass(frozen=True)
class MissedMonth:
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
    whole: FigureRows | None = None,
    since: "Since | None" = None,
    certified: Certificates | None = None,
    todo: Todo | None = None,
) -> str:
    """Return a candidate's account as a page for the folder `statements/` of the run.

    `cells`: the canonical rows to show; `up`: the address of the run folder from where the page
    lies; `whole`: every row behind the monthly figures; `since`: what moved against the run
    before; `certified`: what holds under every reading; `todo`: what can still be done.
    UsageError when the run has no such candidate.
    """
    made = statement_of(view, kind, candidate)
    score = made.score
    section = view.section(kind)
    leaves = [leaf for item in made.items for leaf in item.leaves()]
    ids = (kind, *(item.id for item in made.items))
    lost = losses_of(view, kind, candidate)
    losses = loss_rows(view, kind, candidate, made, lost)
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
        total=total_or_range(int(score["total_low"]), int(score["total_high"])),
        standing=standing_of(view, kind, candidate),
        certified=certified,
        todo=todo,
        told_first=told_first,
        figure=waterfall(made, section.nodes[kind].max or 0, lost),
        peers={clause: p for (whose, clause), p in view.peers.items() if whose == kind},
        mixed=_needs_four(made, [p for i in ids if (p := view.peers.get((kind, i)))]),
        verdicts=made.verdicts,
        use=case_use(view, kind, candidate),
        decided=decisions_of(view, kind, candidate),
        losses=losses,
        lost_sum=sum(loss.points for loss in losses),
        losses_mixed=needs_four(loss.points for loss in losses)
        or any(loss.peers.doubled % 200 for loss in losses if loss.peers),
        metered=[leaf for leaf in leaves if leaf.strip is not None],
        missed=list(missed_months(leaves)),
        months=short_months(view.rubric.period.months),
        slots=SLOT_NAMES,
        sources=DRAW_SOURCES,
        behind=_Behind(section, candidate, cells, whole or FigureRows(), view.sheet_places),
        item_mixed=item_needs_four_decimals,
        trend=trend_of(view, kind, candidate),
        around=neighbours_of(view, kind, candidate),
        since=since,
        up=up,
    )


def _needs_four(made: Statement, peers: list[Peers]) -> bool:
    """Whether the items beside their peers have to be shown with four decimals."""
    own = [int(made.score["total"]), made.rescale_sum, *(i.points for i in made.items)]
    return needs_four([*own, *(p.best for p in peers)]) or any(p.doubled % 200 for p in peers)


@dataclass(frozen=True)
class Since:
    """What became of a candidate since the run before (None: nothing), and where that is told.

    `link` is seen from the run folder.
    """

    run: str
    change: CandidateChange | None
    link: str


def since_of(comparison: Comparison | None, kind: str, candidate: str) -> Since | None:
    """Return what a comparison says of a candidate; None without one."""
    if comparison is None:
        return None
    changes = comparison.of(kind)
    place = next((i for i, c in enumerate(changes) if c.candidate == candidate), None)
    change = None if place is None else changes[place]
    told = change is not None and place is not None and place < DETAILED
    link = f"{PAGE}#{quote(anchor(change))}" if told and change else PAGE
    return Since(run_words(comparison.before), change, link)


@dataclass(frozen=True)
class _Behind:
    """What the template asks for behind an entry of a clause; items have nothing."""

    section: Section
    candidate: str
    shown: Cells
    whole: FigureRows
    sheets: SheetPlaces

    def cells(self, node: Account, entry: Entry) -> list[CellTable]:
        """Return the cells of an entry's rows."""
        clause = self.section.clauses.get(node.id)
        return [] if clause is None else self.shown.behind(clause, entry.evidence)

    def rows(self, node: Account, entry: Entry) -> WholeList | None:
        """Return all rows an entry rests on, where it does not list them all."""
        clause = self.section.clauses.get(node.id)
        if clause is None or entry.settles:
            return None
        listed = sum(len(e.rows) for e in entry.evidence)
        return self.whole.behind(self.section.kind, self.candidate, clause, entry.month, listed)


def missed_months(leaves: list[Account]) -> Iterator[MissedMonth]:
    """Yield the months of the monthly figures that did not pass, with their entries."""
    for leaf in leaves:
        for cell in leaf.strip.cells if leaf.strip else ():
            if cell.passed is False:
                entry = next((e for e in leaf.entries if e.month == cell.month), None)
                yield MissedMonth(leaf, cell.month, cell.value, cell.detail, entry)


def item_needs_four_decimals(item: Account) -> bool:
    """Whether an item's entries have to be shown with four decimals somewhere."""
    own = needs_four(e.points for e in item.entries)
    return own or any(item_needs_four_decimals(part) for part in item.parts)
