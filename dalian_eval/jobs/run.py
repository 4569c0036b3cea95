"""The main job: parameters in, run folder out.

The run is built in a folder beside its place and renamed when whole. The notebooks are executed
inside it, on the raw files and parameters copied there, so that nothing they show depends on where
the project lies.
"""

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from dalian_eval.base.errors import DataError
from dalian_eval.base.files import read_json
from dalian_eval.base.parts import listening
from dalian_eval.base.project_place import FOLDER, PROCESSED, project_root
from dalian_eval.base.result_folder import put_instead, settle, writable
from dalian_eval.base.scratch_folder import resumable, scratch
from dalian_eval.intake.account.intake_report import write_report
from dalian_eval.intake.demo_files import DEMO_LIST
from dalian_eval.jobs.runs.begun_run import BegunRun, has_whole_stage, kept_when_stopped, key_of
from dalian_eval.jobs.runs.disk_room import bytes_below, check_room, need_of
from dalian_eval.jobs.runs.known_runs import (
    asked_for,
    look_around,
    made_with,
    note_asked,
    note_made,
)
from dalian_eval.jobs.runs.record_there import is_right
from dalian_eval.jobs.runs.run_inputs import COPY, LINK, lay_out, originals_named, refuse_changed
from dalian_eval.jobs.runs.run_notebooks import Notebooks
from dalian_eval.jobs.runs.run_options import key_of_edition
from dalian_eval.jobs.runs.run_pages import write_run_pages
from dalian_eval.jobs.runs.run_stages import Progress, stages_of
from dalian_eval.public.edition import public_job, write_public
from dalian_eval.public.pseudonyms import fingerprint
from dalian_eval.record.crate import write_crate
from dalian_eval.record.environment import write_environment
from dalian_eval.record.previous import keep, previous_run
from dalian_eval.record.seal import INPUTS, seal_like
from dalian_eval.report.door.refused_page import refused_html
from dalian_eval.report.mending.quarantine_page import write_quarantine
from dalian_eval.report.narrative import check_template
from dalian_eval.report.search.search_page import write_refused_search
from dalian_eval.stages.parameters import params_for
from dalian_eval.stages.pipeline import VALIDATION, Job, lend_pieces, open_job
from dalian_eval.workbench.stray_years import shortened, warnings_of_plan

_WHY_DIFFERENT = "同一输入应得到同样的记录，原记录可能被改动过，或程序、运行环境不同"
_STAGES = "processed"
_CLEAN_STAGE, _BLOCKING_STAGE = "01_clean", "02_validate"
_METRICS_STAGE, _SCORED = "03_metrics", "04_score"


def run(
    *,
    month: str,
    raw: Path = Path("data/raw"),
    params: Path | None = None,
    readings: dict[str, str] | None = None,
    out: Path = Path("runs"),
    as_of: str = "",
    edition: str = "internal",
    spark: str | None = None,
    pseudonym_key: Path | None = None,
    previous: str = "",
    progress: Progress | None = None,
    project: Path | None = None,
    like: Path | None = None,
    again: bool = False,
    keep_inputs: str = COPY,
) -> Path:
    """Evaluate `month` and return the run folder `out/month/run-id`.

    `spark`: the master of the Spark that computes the monthly metrics (`metrics.spark`), by default
    DuckDB does; `pseudonym_key`: the file of the key that the public edition needs; `previous`: the
    run it is compared with (folder or id), by default the last published one; `project`: by
    default the one around the working directory; `like`: the record as which this one is sealed,
    draft or published, by default what is at its place; `again`: computed and compared also where
    its record is there already and whole; `keep_inputs`: COPY, or LINK for hard links.
    UsageError for a wrong parameter, before any kernel starts, and for a place that cannot be
    written; DataError when a blocking check failed, naming the page that shows why;
    DifferenceError when a run with the same inputs is there already and this one differs from it.
    """
    key = key_of_edition(edition, pseudonym_key, raw, out)
    progress = progress or Progress()
    root = project_root(project or Path.cwd())
    asked = asked_for(
        root=root,
        month=month,
        raw=raw,
        params=params,
        readings=readings or {},
        out=out,
        as_of=as_of,
        edition=edition,
        key=fingerprint(key) if key else "",
        previous=previous,
    )
    around = look_around(asked) if asked else None
    params_path = root / params if params else params_for(root, month)
    job = open_job(
        month=month,
        raw=raw.resolve() if raw.is_dir() else raw,
        params=params_path,
        readings=readings,
        as_of=as_of,
        edition=edition,
        start=root,
    )
    job = replace(job, spark=spark)
    check_template(job.narrative)
    for line in shortened(warnings_of_plan(job.rubric_file, params_path, job.rubric)):
        progress.warn(line)
    if key is not None:
        job = public_job(job, key)
    before = None if key is not None else previous_run(previous, out, job)
    job = job if before is None else job.following(before)
    place = out / month / job.run_id

    def note() -> None:
        if asked and around:
            settings = [params_path, job.rubric_file, job.headers, job.narrative, job.mappings]
            settings += [params_path.parent / job.params.tables, root / DEMO_LIST]
            settings += job.paragraph_files
            note_asked(asked, around, job.files, settings, job.run_id)

    if not again and is_right(place, root, job.run_id, progress.warn):
        note()
        progress.there(place)
        return place
    processed = root / PROCESSED
    with writable(processed, "可写的项目文件夹"), scratch(processed, "replacing"):
        pass  # Told before any kernel starts, not when the tables are to be kept.
    try:
        with writable(out, "--out"):
            if key is not None:
                with (
                    scratch(out / month, "edition") as building,
                    scratch(job.store.parent, "public") as store,
                ):
                    need = need_of(job.raw, job.files, link=True)
                    check_room(need, building, processed)
                    timed = partial(_timed, progress, count(1))
                    write_public(replace(job, store=store), key, building, timed)
                    draft = _put(building, job, place, like)
            else:
                draft = _evaluate(
                    root, job, params_path, raw, before, place, like, keep_inputs, progress
                )
    finally:
        _remove_empty(out / month, out)
    note_made(root, job.run_id, draft)
    note()
    return place


def _put(building: Path, job: Job, place: Path, like: Path | None) -> str:
    """Seal a run and put it at its place, or compare it; return the hash of its draft."""
    draft = seal_like(building, job.meta(), like or place)
    refuse_changed(job, building)
    settle(building, place, _WHY_DIFFERENT)
    return draft


def _evaluate(
    root: Path,
    job: Job,
    params_path: Path,
    raw: Path,
    before: Path | None,
    place: Path,
    like: Path | None,
    keep_inputs: str,
    progress: Progress,
) -> str:
    """Build the run beside its place and put it there; return the hash of its draft.

    `raw`: the raw files as the user named them; `before`: the run it is compared with. A run that
    was stopped is gone on with. DataError when a blocking check failed: the place beside the runs
    then shows why.
    """
    key = key_of(job.run_id, made_with(root))
    titles = {stage.name: stage.title for stage in stages_of(job)}
    with resumable(
        place.parent, "building", key, lambda folder: has_whole_stage(folder, _STAGES)
    ) as work:
        building = work.path
        begun = BegunRun(building, _STAGES, job.run_id)
        with (
            # A run made elsewhere to be compared is not gone on with: its place goes.
            kept_when_stopped(work, begun, titles) if like is None else nullcontext(),
            writable(place.parents[1], "--out"),
            originals_named(building / INPUTS, raw),
        ):
            begun.take_up(tuple(titles), INPUTS)
            need = need_of(job.raw, job.files, link=keep_inputs == LINK)
            check_room(need, building, root / PROCESSED, bytes_below(building))
            lay_out(job, params_path, building, keep_inputs, progress.warn)
            if before is not None:
                keep(before, job, building)
            lend_pieces(building / _STAGES, root / PROCESSED)
            refused = _execute(root, job, params_path.name, building, begun, progress)
            if refused is not None:
                beside = building.with_name(f"refused-{job.run_id}")
                put_instead(building, beside)
                raise DataError(f"{refused}。详见 {beside / 'index.html'}")
            _keep_processed(building, root / PROCESSED / job.run_id)
            begun.end()
            write_environment(root, building)
            write_crate(building, job.meta())
            return _put(building, job, place, like)


@contextmanager
def _timed(progress: Progress, numbers: Iterator[int], title: str) -> Iterator[None]:
    """Tell of a stage that begins, and how long it took."""
    began, number = time.monotonic(), next(numbers)
    progress.stage(number, title)
    yield
    progress.done(number, title, time.monotonic() - began)


def _remove_empty(*folders: Path) -> None:
    """Remove folders that hold nothing: a run that came to nothing leaves nothing."""
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _execute(
    root: Path, job: Job, params_name: str, building: Path, begun: BegunRun, progress: Progress
) -> str | None:
    """Execute the notebooks that are not whole already, and write the pages.

    The data are checked while they are scored: what the checks refuse is thrown away. Once there
    are scores, the pages are written while the last notebooks are executed: they read the same
    stages, and none reads another's page. Return why the run was refused, or None.
    """
    parameters: dict[str, Any] = {
        "month": job.month,
        "raw": INPUTS,
        "params": f"{FOLDER}/{params_name}",
        "processed": _STAGES,
        "readings": dict(job.rubric.chosen),
        "as_of": job.as_of.isoformat(),
    }
    inside = replace(open_job(start=building, **parameters), spark=job.spark)
    with ExitStack() as kernels, ThreadPoolExecutor(1) as beside:
        notebooks = Notebooks(root, inside, parameters, building, begun, progress, kernels)
        try:
            notebooks.execute(_CLEAN_STAGE)
            checking = beside.submit(notebooks.execute, _BLOCKING_STAGE)
            try:
                if job.spark is not None:
                    inside.metrics()  # Not in the kernel: no notebook knows of it.
                notebooks.execute(_METRICS_STAGE, _SCORED)
            except Exception:
                # What refused to be scored may be what the checks refuse.
                checking.result()
                if inside.validate().blocked:
                    return _refuse(inside, building)
                raise
            checking.result()
            if inside.validate().blocked:
                return _refuse(inside, building)
            rest = [stage.name for stage in stages_of(inside) if stage.name > _SCORED]
            last = beside.submit(notebooks.execute, *rest)
            with listening(progress.part):
                write_run_pages(inside, building, building / _STAGES, progress.part)
            last.result()
        except BaseException:
            notebooks.stop()
            raise
    return None


def _refuse(job: Job, building: Path) -> str:
    """Leave the page and tables that show why the data did not pass."""
    outcome = job.validate()
    for name in (_METRICS_STAGE, _SCORED):
        for ending in (".ipynb", ".html"):
            (building / f"{name}{ending}").unlink(missing_ok=True)
    write_report(job.clean(), building)
    write_quarantine(building, job.meta())
    write_refused_search(building, job.meta())
    shutil.copyfile(job.store / VALIDATION / "validation.json", building / "validation.json")
    found = read_json(job.store / VALIDATION / "validation.json")
    page = refused_html(job.meta(), found)
    (building / "index.html").write_text(page, encoding="utf-8", newline="\n")
    shutil.rmtree(building / _STAGES)
    failed = [o.title for o in outcome.outcomes if not o.success and o.severity == "blocking"]
    return f"数据未通过{len(failed)}项必须通过的检查（{'；'.join(failed[:3])}）"


def _keep_processed(building: Path, place: Path) -> None:
    """Move the canonical Parquet tables and metrics to data/processed/<run-id>."""
    with writable(place.parent, "可写的项目文件夹"):
        put_instead(building / _STAGES / place.name, place)
    shutil.rmtree(building / _STAGES)
