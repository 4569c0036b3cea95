"""The pages of a run besides its notebooks: the door, and a statement for each candidate.

Where there are very many candidates, the officers are looked up on a page per unit instead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.file_names import STATEMENTS, safe_name, statement_file
from dalian_eval.report.campaign.work_progress import ProgressLine
from dalian_eval.report.certificates.certificate_view import (
    Certificates,
    has_certificates,
    load_certified,
)
from dalian_eval.report.changes.comparison import Comparison
from dalian_eval.report.door.door_page import index_html
from dalian_eval.report.door.unit_tree import group_pages, unit_groups
from dalian_eval.report.statements.officer_lookup import members_pages
from dalian_eval.report.statements.statement_pages import Since, statement_html
from dalian_eval.report.todo.todo_calendar import FOLDER as CALENDARS
from dalian_eval.report.todo.todo_calendar import calendar_file
from dalian_eval.report.todo.todo_page import PAGE as TODO_PAGE
from dalian_eval.report.todo.todo_page import todo_html, unit_sheets
from dalian_eval.report.todo.todo_view import Todo, load_todo
from dalian_eval.report.views.evidence_cells import Cells, read_cells
from dalian_eval.report.views.figure_rows import FigureRows, figure_rows
from dalian_eval.report.views.run_view import RunView

Account = tuple[str, str]
"""A kind of candidate and the candidate's code."""


@dataclass(frozen=True)
class RecordPages:
    """The pages of one run, each written by itself: several processes may share them.

    `view`: the run; `clean`: the canonical tables, whose cells the statements show; `folder`: the
    run folder, which holds the tables of certificates and moves already.
    """

    view: RunView
    clean: Path
    folder: Path

    @property
    def accounts(self) -> list[Account]:
        """Whom the run holds a statement of, kind and code, in the order of the rankings."""
        view = self.view
        kinds = [kind for kind in KINDS if view.has_statements(kind)]
        return [(kind, str(who)) for kind in kinds for who in view.candidates(kind)["candidate"]]

    def write_statements(self, accounts: Iterable[tuple[Account, Since | None]]) -> None:
        """Write the statements of some candidates, with what moved against the run before."""
        (self.folder / STATEMENTS).mkdir(exist_ok=True)
        for (kind, candidate), since in accounts:
            page = statement_html(
                *(self.view, kind, candidate, self._cells),
                whole=self.figure_rows,
                since=since,
                certified=self.certified,
                todo=self._todo,
            )
            _write(self.folder / STATEMENTS / statement_file(kind, candidate), page)

    def write_lookup(self) -> None:
        """Write the pages to look up officers and units, where not all have statements."""
        if not self.view.has_statements("officer"):
            (self.folder / STATEMENTS).mkdir(exist_ok=True)
            for name, page in members_pages(self.view):
                _write(self.folder / STATEMENTS / name, page)
            for name, page in group_pages(self.view, unit_groups(self.view)):
                _write(self.folder / name, page)

    def write_todo(self) -> None:
        """Write the page of what can still be done, and each unit's calendar."""
        if self._todo is None:
            return
        sheets = unit_sheets(self.view, self._todo)
        _write(self.folder / TODO_PAGE, todo_html(self.view, sheets))
        (self.folder / CALENDARS).mkdir()
        for sheet in sheets:
            if sheet.unit:
                file = self.folder / CALENDARS / f"{safe_name(sheet.unit)}.ics"
                file.write_bytes(calendar_file(sheet, self.view.run_id))

    def write_door(
        self, progress: Sequence[ProgressLine] = (), comparison: Comparison | None = None
    ) -> None:
        """Write index.html.

        `progress`: how the campaign's own work stands; `comparison`: with the run before, if any.
        """
        page = index_html(self.view, progress, comparison, self.certified)
        _write(self.folder / "index.html", page)

    @cached_property
    def certified(self) -> Certificates | None:
        """What holds under every reading; None where an earlier version did not certify it."""
        has = has_certificates(self.folder)
        return load_certified(self.folder, self.view.rubric) if has else None

    @cached_property
    def _todo(self) -> Todo | None:
        return load_todo(self.folder)

    @cached_property
    def _told(self) -> pd.DataFrame:
        """The ledger of all who have a statement."""
        kinds = [kind for kind in KINDS if self.view.has_statements(kind)]
        return self.view.ledger[self.view.ledger["kind"].isin(kinds)]

    @cached_property
    def _cells(self) -> Cells:
        return read_cells(self.clean, self.view.sources, self._told["evidence"])

    @cached_property
    def figure_rows(self) -> FigureRows:
        """Every row behind the monthly figures of those who have a statement."""
        return figure_rows(self.view, self.clean, self.view.sources, self._told)


def _write(path: Path, page: str) -> None:
    path.write_text(page, encoding="utf-8", newline="\n")
