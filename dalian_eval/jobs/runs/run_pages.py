"""The pages and documents of a run, written by several processes where there are many.

Every piece is written from the run folder and the stages alone, so that it does not matter which
process writes it, nor when: the bytes are the same whatever the number of processes.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dalian_eval.intake.account.intake_report import load_report
from dalian_eval.intake.base.workers import Workers, cores
from dalian_eval.intake.tables.headers import load_headers
from dalian_eval.outputs.csv_files import write_table
from dalian_eval.record.previous import compare_with_previous
from dalian_eval.report.base.file_names import SHEETS
from dalian_eval.report.campaign.campaign_pages import PAGES, write_campaign_page
from dalian_eval.report.certificates.readings_page import write_readings
from dalian_eval.report.changes.comparison import Comparison
from dalian_eval.report.changes.comparison_page import PAGE, changes_html
from dalian_eval.report.changes.comparison_text import changes_frame
from dalian_eval.report.door.record_pages import Account, RecordPages
from dalian_eval.report.mending.quarantine_page import write_quarantine
from dalian_eval.report.office.office_files import write_narrative, write_scores
from dalian_eval.report.search.search_page import write_search
from dalian_eval.report.sheets.sheet_pages import SheetPages
from dalian_eval.report.side_by_side.compare_page import write_compare
from dalian_eval.report.statements.statement_pages import Since, since_of
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.entries import entries_read
from dalian_eval.rubric.plan_names import use_names
from dalian_eval.rubric.vocabulary import using_metrics
from dalian_eval.schema.tables import using
from dalian_eval.stages.pipeline import CAMPAIGN, CLEAN, MOVES, RECORD, SENSITIVITY, Job

_STAGES = (RECORD, CAMPAIGN, SENSITIVITY)

_WORTH = 120
"""Statements for which starting processes is worth its seconds."""

_BATCH = 20
"""Statements of a piece: after each it is told how many there are."""

_STATEMENTS, _OTHERS = "得分账目", "其他页面和文书"

Told = Callable[[str, int, int], None]
"""Told of a part of the work: its title, how much of it is done, how much there is."""


@dataclass(frozen=True)
class Writer:
    """What pieces of the run of `job` are written with, read once: into the folder `building`."""

    job: Job
    building: Path

    @cached_property
    def view(self) -> RunView:
        """The run."""
        return self.job.view()

    @cached_property
    def pages(self) -> RecordPages:
        """The pages of the record."""
        return RecordPages(self.view, self.job.store / CLEAN, self.building)


@dataclass(frozen=True)
class Piece:
    """What one process writes at once: as what it is told, how many pages it counts for, how.

    `write`: a function of this module, so that another process finds it; `given`: what it takes
    besides the writer.
    """

    title: str
    count: int
    write: Callable[..., None]
    given: tuple[Any, ...] = ()


def write_run_pages(
    job: Job,
    building: Path,
    processed: Path,
    told: Told = lambda title, done, total: None,
    processes: int = 0,
) -> None:
    """Copy the record's tables to the run folder and write pages, statements and documents.

    `processed`: where the run before is read again; `told`: called with a title, how many pages of
    it are there and how many there will be; `processes`: by default one per core where there are
    many statements, else none besides this one.
    """
    job.certify()
    progress = job.progress()
    _copy_tables(job, building, *_STAGES)
    own = Writer(job, building)
    accounts = own.pages.accounts
    early = [Piece(_OTHERS, 1, write, given) for write, given in _without_moves(job)]
    late = [Piece(_OTHERS, 1, write) for write in (_write_todo, _write_lookup, _write_search)]
    totals = {_STATEMENTS: len(accounts), _OTHERS: len(early) + len(late) + 1}
    with Workers(processes or (cores() if len(accounts) >= _WORTH else 1)) as workers:
        work = _Work(workers, own, told, totals)
        work.begin(early)
        job.moves()
        _copy_tables(job, building, MOVES)
        comparison = _compare(own, processed)
        work.begin([*_statements(accounts, comparison), *late])
        own.pages.write_door(progress, comparison)
        work.tell(_OTHERS, 1)
        work.finish()


def _copy_tables(job: Job, building: Path, *stages: str) -> None:
    """Copy what stages wrote for the record into the run folder."""
    folders = [job.store / name for name in stages if (job.store / name).is_dir()]
    for path in sorted(p for folder in folders for p in folder.iterdir()):
        shutil.copyfile(path, building / path.name)


def _compare(own: Writer, processed: Path) -> Comparison | None:
    """Compare with the run before and write what changed; None where there is no run before."""
    comparison = compare_with_previous(own.building, processed)
    if comparison is not None:
        write_table("changes", changes_frame(comparison), own.building)
        page = changes_html(comparison, own.view)
        (own.building / PAGE).write_text(page, encoding="utf-8", newline="\n")
    return comparison


# ---- pieces -----------------------------------------------------------------------------------


def _without_moves(job: Job) -> list[tuple[Callable[..., None], tuple[Any, ...]]]:
    """Return how to write what does not tell the moves, what takes longest first."""
    campaign = PAGES if job.params.campaign is not None else ()
    return [
        (_write_scores, ()),
        (_write_narrative, ()),
        *((_write_campaign_page, (name,)) for name in campaign),
        (_write_readings, ()),
        (_write_compare, ()),
        (_write_quarantine, ()),
        (_write_sheets, ()),
    ]


def _statements(accounts: Sequence[Account], comparison: Comparison | None) -> list[Piece]:
    since = [(who, since_of(comparison, *who)) for who in accounts]
    batches = [since[i : i + _BATCH] for i in range(0, len(since), _BATCH)]
    return [Piece(_STATEMENTS, len(some), _write_statements, (some,)) for some in batches]


def _write_scores(writer: Writer) -> None:
    write_scores(writer.view, writer.building)


def _write_narrative(writer: Writer) -> None:
    job, certified = writer.job, writer.pages.certified
    given = (job.table("activities"), job.progress(), job.narrative)
    signing = job.params.signing.model_dump()
    write_narrative(writer.view, *given, writer.building, certified, signing, job.paragraphs)


def _write_campaign_page(writer: Writer, name: str) -> None:
    campaign, rules = writer.job.campaign(), writer.job.params.campaign_rules
    write_campaign_page(name, writer.view, campaign, rules, writer.building)


def _write_readings(writer: Writer) -> None:
    write_readings(writer.view, writer.building)


def _write_compare(writer: Writer) -> None:
    write_compare(writer.view, writer.building, writer.pages.certified)


def _write_quarantine(writer: Writer) -> None:
    write_quarantine(writer.building, writer.job.meta(), writer.view.sheet_places)


def _write_sheets(writer: Writer) -> None:
    job, rubric = writer.job, writer.job.rubric
    SheetPages(
        view=writer.view,
        raw=job.raw,
        report=load_report(job.store / CLEAN),
        headers=load_headers(job.headers, entries_read((rubric.unit, rubric.officer))),
        limits=job.params.limits.limits(),
        whole=lambda: writer.pages.figure_rows,
    ).write(writer.building / SHEETS)


def _write_todo(writer: Writer) -> None:
    writer.pages.write_todo()


def _write_lookup(writer: Writer) -> None:
    writer.pages.write_lookup()


def _write_search(writer: Writer) -> None:
    write_search(writer.pages)


def _write_statements(writer: Writer, accounts: Sequence[tuple[Account, Since | None]]) -> None:
    writer.pages.write_statements(accounts)


# ---- processes --------------------------------------------------------------------------------

_Task = tuple[Job, Path, Piece]

_opened: dict[Path, Writer] = {}
"""The writer of another process, by the folder it writes into: it reads the run once."""


class _Work:
    """Pieces that are being written, and how many pages there are."""

    def __init__(self, workers: Workers, own: Writer, told: Told, totals: dict[str, int]) -> None:
        self._workers, self._own, self._told, self._totals = workers, own, told, totals
        self._done: Counter[str] = Counter()
        self._pieces: dict[Future[None], Piece] = {}

    def begin(self, pieces: Sequence[Piece]) -> None:
        """Have pieces written; without other processes they are written at once."""
        for piece in pieces:
            if self._workers.count < 2:
                self._write(piece)
                continue
            task = (self._own.job, self._own.building, piece)
            try:
                self._pieces[self._workers.begin(_write_elsewhere, task)] = piece
            except BrokenProcessPool:  # Told already by one that began earlier: see `finish`.
                self._write(piece)

    def finish(self) -> None:
        """Wait until all is written; the first error ends it and is raised here."""
        for future in as_completed(self._pieces):
            piece = self._pieces[future]
            try:
                future.result()
            except BrokenProcessPool:
                # A script without the usual guard around its main part cannot have processes.
                self._write(piece)
            else:
                self.tell(piece.title, piece.count)

    def tell(self, title: str, count: int) -> None:
        """Tell that so many more pages are there."""
        self._done[title] += count
        self._told(title, self._done[title], self._totals[title])

    def _write(self, piece: Piece) -> None:
        piece.write(self._own, *piece.given)
        self.tell(piece.title, piece.count)


def _write_elsewhere(task: _Task) -> None:
    """Write a piece in a process that knows nothing yet of the run."""
    job, building, piece = task
    if building not in _opened:
        _opened.clear()
        _opened[building] = Writer(job, building)
    use_names(job.rubric.names)
    with using(job.contract), using_metrics(job.rubric.metrics):
        piece.write(_opened[building], *piece.given)
