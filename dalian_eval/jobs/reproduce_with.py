"""Making a run again with the program that made it, from its bundle, where another is installed."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.project_place import PROCESSED, project_root
from dalian_eval.bundle.opened import open_bundle
from dalian_eval.bundle.program import installed, run_program
from dalian_eval.bundle.recorded import refuse_other
from dalian_eval.jobs.reproduce import notebooks_for
from dalian_eval.record.causes import program_changes
from dalian_eval.record.environment import LOCK, environment

PROGRAMS = "programs"
"""Below data/processed: programs of other versions, as they were installed from bundles."""


def is_installed(folder: Path, bundle: Path, tell: Callable[[str], None]) -> bool:
    """Whether the program that runs now is the one that made the run `folder`, libraries and all.

    Then there is no need of the bundle, and that is told.
    """
    try:
        now = environment(notebooks_for(folder), folder / LOCK)
    except UsageError:
        return False
    if program_changes(folder, now):
        return False
    tell(f"现装的程序就是生成记录的那一版，直接重算，没有用安装包 {bundle}。")
    return True


def reproduce_with(
    folder: Path, bundle: Path, *, to: Path | None, tell: Callable[[str], None]
) -> int:
    """Have the program in `bundle` make the run `folder` again; return its exit code.

    It says what it finds itself. Its environment stays below the project's data/processed, so that
    another time is quick; outside of a project it is made for this once. UsageError and
    DifferenceError for a bundle that is not used.
    """
    record = folder.absolute()
    opened = open_bundle(bundle)
    refuse_other(opened, record)
    with ExitStack() as until_done:
        try:
            programs = project_root(Path.cwd()) / PROCESSED / PROGRAMS
        except UsageError:
            programs = Path(
                until_done.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            )
        place = installed(opened, record, programs, tell)
        where = ("--to", str(to.absolute())) if to else ()
        return run_program(place, "reproduce", str(record), *where)
