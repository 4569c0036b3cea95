"""The run before this one: which it is, and what of it a run keeps so as to be compared with it.

A run keeps the scores, the ledger, run.json, rubric, tables and synonyms of the run before in
`previous/`, and of its raw files those that it does not have itself: the comparison can be made
again from the run's own folder. What is kept is an input: its hash enters the run's id.
"""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

from dalian_eval import __version__
from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.base.files import read_json, sha256_of
from dalian_eval.base.project_place import FOLDER, RUBRICS
from dalian_eval.record.diff.compare import compare
from dalian_eval.record.diff.sides import Side, open_side
from dalian_eval.record.folder import find_run
from dalian_eval.record.history import HISTORY, read_history
from dalian_eval.report.changes.comparison import Comparison
from dalian_eval.report.views.evidence import INPUTS
from dalian_eval.rubric_file.load import rubric_hash
from dalian_eval.stages.inputs_identity import previous_files
from dalian_eval.stages.parameters import PREVIOUS
from dalian_eval.stages.pipeline import Job


def previous_run(named: str, out: Path, job: Job) -> Path | None:
    """Return the folder of the run that `job` is compared with, None when there is none.

    `named`: a run folder or id, or the `previous/` folder of a run; by default the last published
    run, or where nothing was published the last draft of the month before.
    UsageError when there is no run of that name.
    """
    if named:
        return find_run(named, out)
    return last_published(out, job) or last_draft(out, job)


def last_published(out: Path, job: Job) -> Path | None:
    """Return the last published run of other inputs, of this month or the nearest before it.

    Only what was published before these very inputs were counts, and what they were published as
    compared with comes first, so that publishing a run does not change what the same inputs are
    compared with. Runs of another evaluation period, and runs whose folder is gone, are passed
    over.
    """
    found: dict[str, Path] = {}
    for month, folder in _published(out):
        if month > job.month or month not in job.rubric.period.months:
            continue
        inputs = _inputs_of(folder)
        if inputs == job.inputs_id:
            if (folder / PREVIOUS).is_dir():
                return folder / PREVIOUS
            break
        if inputs is not None:
            found[month] = folder
    return found[max(found)] if found else None


def last_draft(out: Path, job: Job) -> Path | None:
    """Return the last run under the rules of `job` (rubric, readings) of the nearest month before.

    Months outside the evaluation period do not count, nor do runs that are not whole. Of several
    runs of the month the last is the one evaluated as of the latest day; then one of this program's
    version; then the one that shares most raw files with `job`, because each delivery is made from
    the one before it; then the first by id. No clock is asked: the times of a folder change when
    it is copied, and the same folders are to give the same comparison.
    """
    months = [m for m in job.rubric.period.months if m < job.month]
    for month in reversed(months):
        drafts = [d for p in _runs_of(out / month) if (d := _draft(p, job)) is not None]
        if drafts:
            return min(drafts)[-1]
    return None


def _runs_of(month: Path) -> list[Path]:
    """Return the run folders of a month: not those being built, nor those that were refused."""
    places = sorted(month.glob("[!.]*")) if month.is_dir() else []
    return [place for place in places if (place / "run.json").is_file()]


def _draft(folder: Path, job: Job) -> tuple[int, bool, int, str, Path] | None:
    """Return what a draft is chosen by, the last one being least; None when it cannot serve."""
    try:
        previous_files(folder)
        meta = read_json(folder / "run.json")
        rules = rubric_hash(folder / FOLDER / meta["params"]["rubric"])
        if rules != job.settings["rubric"] or meta["readings"] != job.rubric.chosen:
            return None
        day = dt.date.fromisoformat(meta["as_of"]).toordinal()
        other_program = str(meta["version"]) != __version__
        files = dict(meta["files"])
        own = set(job.files.values())
        shared = sum(digest in own for digest in files.values())
        gone = [n for n, d in files.items() if d not in own and not (folder / INPUTS / n).is_file()]
    except (UsageError, OSError, ValueError, KeyError, TypeError):
        return None
    return None if gone else (-day, other_program, -shared, folder.name, folder)


def _published(out: Path) -> Iterator[tuple[str, Path]]:
    """Yield month and folder of every published run, in the order of publication."""
    published = read_history(out / HISTORY).published if out.is_dir() else ()
    for entry in published:
        yield entry.month, out / entry.month / entry.run_id


def _inputs_of(folder: Path) -> str | None:
    """Return the identity of a run's inputs, None when its folder is not there."""
    try:
        meta = read_json(folder / "run.json")
        return str(meta.get("inputs_id") or meta["run_id"])
    except (OSError, ValueError, KeyError, AttributeError):
        return None


def keep(previous: Path, job: Job, building: Path) -> None:
    """Copy what is kept of the run `previous` into the folder `building` of the run of `job`.

    DifferenceError when a raw file of it is not to be found, there or among the job's own.
    """
    place = building / PREVIOUS
    (place / FOLDER / RUBRICS).mkdir(parents=True)
    for name in previous_files(previous):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(previous / name, place / name)
    own = set(job.files.values())
    for name, digest in read_json(previous / "run.json")["files"].items():
        if digest not in own:
            target = place / INPUTS / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_found(previous / INPUTS / name, digest), target)


def _found(path: Path, digest: str) -> Path:
    if not path.is_file() or sha256_of(path) != digest:
        raise DifferenceError(
            f"上次运行的原始文件 {path} 不在或被改动过，不能比较：请用 --previous 另指一次运行"
        )
    return path


def compare_with_previous(run: Path, scratch: Path) -> Comparison | None:
    """Compare a run folder with the run it keeps; None when it keeps none.

    `scratch`: where both are read again; the run's own stages may lie there already.
    """
    previous = run / PREVIOUS
    if not previous.is_dir():
        return None
    return compare(_whole(run, scratch), open_side(run, run / INPUTS, scratch))


def _whole(run: Path, scratch: Path) -> Side:
    """Open the run that `run` keeps, its raw files put together again."""
    previous, raw = run / PREVIOUS, scratch / f"{PREVIOUS}-{INPUTS}"
    shutil.rmtree(raw, ignore_errors=True)
    own = {digest: name for name, digest in read_json(run / "run.json")["files"].items()}
    for name, digest in read_json(previous / "run.json")["files"].items():
        target = raw / name
        target.parent.mkdir(parents=True, exist_ok=True)
        kept = previous / INPUTS / name
        source = kept if kept.is_file() or digest not in own else run / INPUTS / own[digest]
        if not source.is_file():
            raise UsageError(f"{previous} 中缺少上次运行的原始文件 {name}：请确认文件夹完整")
        shutil.copyfile(source, target)
    return open_side(previous, raw, scratch)
