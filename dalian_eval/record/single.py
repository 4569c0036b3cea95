"""A single statement, made from a run folder: for runs that hold none, and to hand on alone."""

import os
import tempfile
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from dalian_eval.base.project_place import FOLDER
from dalian_eval.base.result_folder import writable
from dalian_eval.intake import clean, load_report
from dalian_eval.report.base.file_names import statement_file
from dalian_eval.report.certificates.certificate_view import has_certificates, load_certified
from dalian_eval.report.statements.statement_pages import statement_html
from dalian_eval.report.todo.todo_view import load_todo
from dalian_eval.report.views.evidence import INPUTS
from dalian_eval.report.views.evidence_cells import NO_CELLS, Cells, read_cells
from dalian_eval.report.views.figure_rows import FigureRows, figure_rows
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.entries import entries_read
from dalian_eval.stages.parameters import RunParams
from dalian_eval.stages.pipeline import CLEAN


def write_single(run: Path, view: RunView, kind: str, candidate: str, to: Path | None) -> Path:
    """Write a candidate's statement to `to` (by default a file of its name here); return where.

    Its links lead from there into the run folder. UsageError when the place cannot be written.
    """
    place = to or Path(statement_file(kind, candidate))
    cells, whole = rows_behind(run, view, kind, candidate)
    certified = load_certified(run, view.rubric) if has_certificates(run) else None
    way = _way(run, place.parent)
    page = statement_html(
        *(view, kind, candidate, cells, way, whole), certified=certified, todo=load_todo(run)
    )
    with writable(place, "--html"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(page, encoding="utf-8", newline="\n")
    return place


def rows_behind(run: Path, view: RunView, kind: str, candidate: str) -> tuple[Cells, FigureRows]:
    """Return the rows behind a statement: of the tables the run left, else from its raw files."""
    ledger = view.rows_of("ledger", kind, candidate)
    kept = Path("data/processed") / view.run_id / CLEAN
    if kept.is_dir():
        return _read(view, kept, view.sources, ledger)
    if not (run / INPUTS).is_dir():
        return NO_CELLS, FigureRows()
    params = RunParams.model_validate(view.meta["params"])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        again = Path(scratch)
        clean(
            run / INPUTS,
            again,
            headers=run / FOLDER / params.headers,
            mappings=run / FOLDER / params.mappings,
            limits=params.limits.limits(),
            entries=entries_read((view.section("unit"), view.section("officer"))),
        )
        return _read(view, again, load_report(again).sources, ledger)


def _read(
    view: RunView, clean: Path, sources: pd.DataFrame, ledger: pd.DataFrame
) -> tuple[Cells, FigureRows]:
    cells = read_cells(clean, sources, ledger["evidence"])
    return cells, figure_rows(view, clean, sources, ledger)


def _way(run: Path, start: Path) -> str:
    """Return the address of the run folder from the folder `start`."""
    try:
        way = os.path.relpath(run.resolve(), start.resolve())
    except ValueError:  # another drive
        return f"{run.resolve().as_uri()}/"
    return quote(way.replace(os.sep, "/")) + "/"
