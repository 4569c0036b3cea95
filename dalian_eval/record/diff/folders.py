"""Two finished run folders compared: nothing is needed but the folders."""

import tempfile
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.project_place import project_root
from dalian_eval.base.result_folder import writable
from dalian_eval.outputs.csv_files import write_table_as
from dalian_eval.record.diff.compare import compare
from dalian_eval.record.diff.sides import Side, open_side
from dalian_eval.record.folder import find_run
from dalian_eval.report.changes.comparison import Comparison
from dalian_eval.report.changes.comparison_page import changes_html
from dalian_eval.report.changes.comparison_text import changes_frame
from dalian_eval.report.views.evidence import INPUTS
from dalian_eval.stages.pipeline import lend_pieces


def compare_folders(a: Path, b: Path) -> Comparison:
    """Compare the run in `b` with the one in `a`; their inputs are read again in a scratch place.

    UsageError when a folder is no complete run; DifferenceError when its raw files or its ledger
    are not those that were scored.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        scratch = Path(place)
        find_pieces(scratch)
        return compare(*(side_of(folder, scratch) for folder in (a, b)))


def side_of(folder: Path, scratch: Path) -> Side:
    """Open the run in `folder` with its own raw files; its stages go below `scratch`."""
    return open_side(folder.resolve(), folder.resolve() / INPUTS, scratch)


def find_pieces(scratch: Path) -> None:
    """Use what the project around has read before; files of both runs are read once in any case."""
    try:
        lend_pieces(scratch, project_root(Path.cwd()) / "data" / "processed")
    except UsageError:
        return


def diff(a: str, b: str, *, csv: Path | None = None, html: Path | None = None) -> Comparison:
    """Compare the runs that `a` and `b` name (folders or ids); also write it where asked.

    UsageError when there is no such run or the place cannot be written; otherwise as
    `compare_folders`.
    """
    comparison = compare_folders(find_run(a), find_run(b))
    if csv is not None:
        with writable(csv, "--csv"):
            write_table_as("changes", changes_frame(comparison), csv)
    if html is not None:
        with writable(html, "--html"):
            page = changes_html(comparison)
            html.write_text(page, encoding="utf-8", newline="\n")
    return comparison
