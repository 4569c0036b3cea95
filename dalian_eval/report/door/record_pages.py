"""The pages of a run besides its notebooks: the door, and a statement for each candidate.

Where there are very many candidates, the officers are looked up on a page per unit instead.
"""

from collections.abc import Sequence
from pathlib import Path

from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.file_names import STATEMENTS, safe_name, statement_file
from dalian_eval.report.campaign.work_progress import ProgressLine
from dalian_eval.report.certificates.certificate_view import has_certificates, load_certified
from dalian_eval.report.changes.comparison import Comparison
from dalian_eval.report.door.door_page import index_html
from dalian_eval.report.statements.officer_lookup import members_pages
from dalian_eval.report.statements.statement_pages import since_of, statement_html
from dalian_eval.report.todo.todo_calendar import FOLDER as CALENDARS
from dalian_eval.report.todo.todo_calendar import calendar_file
from dalian_eval.report.todo.todo_page import PAGE as TODO_PAGE
from dalian_eval.report.todo.todo_page import todo_html, unit_sheets
from dalian_eval.report.todo.todo_view import Todo, load_todo
from dalian_eval.report.views.evidence_cells import read_cells
from dalian_eval.report.views.figure_rows import figure_rows
from dalian_eval.report.views.run_view import RunView


def write_pages(
    view: RunView,
    clean: Path,
    folder: Path,
    progress: Sequence[ProgressLine] = (),
    comparison: Comparison | None = None,
) -> None:
    """Write index.html and the folder of statements into the run folder `folder`.

    `clean`: the canonical tables, whose cells the statements show; `progress`: how the campaign's
    own work stands; `comparison`: with the run before, if there is one.
    """
    certified = load_certified(folder, view.rubric) if has_certificates(folder) else None
    todo = load_todo(folder)
    if todo is not None:
        _write_todo(view, todo, folder)
    statements = folder / STATEMENTS
    statements.mkdir()
    kinds = [kind for kind in KINDS if view.has_statements(kind)]
    ledger = view.ledger[view.ledger["kind"].isin(kinds)]
    cells = read_cells(clean, view.sources, ledger["evidence"])
    whole = figure_rows(view, clean, view.sources, ledger)
    for kind in kinds:
        for candidate in map(str, view.candidates(kind)["candidate"]):
            since = since_of(comparison, kind, candidate)
            page = statement_html(
                *(view, kind, candidate, cells),
                whole=whole,
                since=since,
                certified=certified,
                todo=todo,
            )
            _write(statements / statement_file(kind, candidate), page)
    if not view.has_statements("officer"):
        for name, page in members_pages(view):
            _write(statements / name, page)
    _write(folder / "index.html", index_html(view, progress, comparison, certified))


def _write_todo(view: RunView, todo: Todo, folder: Path) -> None:
    """Write the page of what can still be done, and each unit's calendar."""
    _write(folder / TODO_PAGE, todo_html(view, todo))
    (folder / CALENDARS).mkdir()
    for sheet in unit_sheets(view, todo):
        if sheet.unit:
            file = folder / CALENDARS / f"{safe_name(sheet.unit)}.ics"
            file.write_bytes(calendar_file(sheet, view.run_id))


def _write(path: Path, page: str) -> None:
    path.write_text(page, encoding="utf-8", newline="\n")
