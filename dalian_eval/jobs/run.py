"""The main job: parameters in, run folder out.

The run is built in a folder beside its place and renamed when whole. The notebooks are executed
inside it, on the raw files and parameters copied there, so that nothing they show depends on where
the project lies.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dalian_eval.base.day_words import month_words
from dalian_eval.base.errors import DataError, UsageError
from dalian_eval.base.files import read_json
from dalian_eval.base.result_folder import put_instead, settle, writable
from dalian_eval.base.scratch_folder import scratch
from dalian_eval.intake.account.intake_report import write_report
from dalian_eval.jobs.run_options import key_of_edition
from dalian_eval.jobs.run_pages import write_run_pages
from dalian_eval.public.edition import public_job, write_public
from dalian_eval.record.crate import write_crate
from dalian_eval.record.environment import NOTEBOOKS, write_environment
from dalian_eval.record.notebooks import Kernel, execute, write_notebook
from dalian_eval.record.previous import keep, previous_run
from dalian_eval.record.seal import seal_like
from dalian_eval.report.door.refused_page import refused_html
from dalian_eval.report.mending.quarantine_page import write_quarantine
from dalian_eval.report.narrative import check_template
from dalian_eval.report.notebook.notebook_page import render_notebook
from dalian_eval.stages.parameters import FOLDER, RUBRICS, params_for, project_root
from dalian_eval.stages.pipeline import VALIDATION, Job, lend_pieces, open_job
from dalian_eval.workbench.stray_years import shortened, warnings_of_plan


@dataclass(frozen=True)
class Stage:
    """A notebook: its name, its Chinese title, and what its kernel imports while it waits."""

    name: str
    title: str
    imports: tuple[str, ...]


STAGES = (
    Stage("01_clean", "数据清洗", ("dalian_eval.intake",)),
    Stage("02_validate", "数据检查", ("great_expectations", "dalian_eval.checks")),
    Stage("03_metrics", "月度指标", ("dalian_eval.metrics.monthly", "matplotlib.figure")),
    Stage("04_score", "计分与台账", ("dalian_eval.scoring.ledger", "matplotlib.figure")),
    Stage(
        "05_narrative",
        "年度总结",
        ("dalian_eval.report.figures.score_figures", "dalian_eval.sensitivity.certify"),
    ),
    Stage(
        "06_campaign",
        "练兵活动",
        (
            "dalian_eval.campaign.book",
            "dalian_eval.report.campaign.effectiveness_page",
            "matplotlib.figure",
        ),
    ),
    Stage("07_readings", "口径与名次", ("dalian_eval.sensitivity.certify", "matplotlib.figure")),
)
"""The notebooks in order."""

_OF_CAMPAIGN = "06_campaign"


def stages_of(job: Job) -> tuple[Stage, ...]:
    """Return the notebooks of a job in order: a plan without a campaign has no chapter on one."""
    has_campaign = job.params.campaign is not None
    return tuple(s for s in STAGES if has_campaign or s.name != _OF_CAMPAIGN)


_WHY_DIFFERENT = "同一输入应得到同样的记录，原记录可能被改动过，或程序、运行环境不同"
_INPUTS, _PROCESSED = "inputs", "processed"
_BLOCKING_STAGE = "02_validate"


@dataclass(frozen=True)
class Progress:
    """Told of what happens: `stage(number, title)`, `cell(number, total, what)`, `done(s)`.

    `part(title, done, total)`: how much of a part of the work is done, such as of the pages;
    `warn(line)`: told before all stages of what the rules' author should look at.
    """

    stage: Callable[[int, str], None] = lambda number, title: None
    cell: Callable[[int, int, str], None] = lambda number, total, line: None
    done: Callable[[float], None] = lambda seconds: None
    warn: Callable[[str], None] = lambda line: None
    part: Callable[[str, int, int], None] = lambda title, done, total: None


def run(
    *,
    month: str,
    raw: Path = Path("data/raw"),
    params: Path | None = None,
    readings: dict[str, str] | None = None,
    out: Path = Path("runs"),
    as_of: str = "",
    edition: str = "internal",
    engine: str = "duckdb",
    pseudonym_key: Path | None = None,
    previous: str = "",
    progress: Progress | None = None,
    project: Path | None = None,
    like: Path | None = None,
) -> Path:
    """Evaluate `month` and return the run folder `out/month/run-id`.

    `pseudonym_key`: the file of the key that the public edition needs; `previous`: the run it is
    compared with (folder or id), by default the last published one; `project`: by default the one
    around the working directory; `like`: the record as which this one is sealed, draft or
    published, by default what is at its place.
    UsageError for a wrong parameter, before any kernel starts, and for a place that cannot be
    written; DataError when a blocking check failed, naming the page that shows why;
    DifferenceError when a run with the same inputs is there already and this one differs from it.
    """
    key = key_of_edition(edition, engine, pseudonym_key, raw, out)
    progress = progress or Progress()
    root = project_root(project or Path.cwd())
    params_path = root / params if params else params_for(root, month)
    job = open_job(
        month=month,
        raw=raw.resolve() if raw.is_dir() else raw,
        params=params_path,
        readings=readings,
        as_of=as_of,
        edition=edition,
        engine=engine,
        start=root,
    )
    check_template(job.narrative)
    for line in shortened(warnings_of_plan(job.rubric_file, params_path, job.rubric)):
        progress.warn(line)
    if key is not None:
        job = public_job(job, key)
    before = None if key is not None else previous_run(previous, out, job)
    job = job if before is None else job.following(before)
    place = out / month / job.run_id
    processed = root / "data" / "processed"
    with writable(processed, "可写的项目文件夹"), scratch(processed, "replacing"):
        pass  # Told before any kernel starts, not when the tables are to be kept.
    try:
        with (
            writable(out, "--out"),
            scratch(out / month, "building") as building,
            _originals_named(building / _INPUTS, raw),
        ):
            if key is not None:
                with scratch(job.store.parent, "public") as store:
                    timed = partial(_timed, progress, count(1))
                    write_public(replace(job, store=store), key, building, timed)
            else:
                _evaluate(root, job, params_path, before, building, progress)
            seal_like(building, job.meta(), like or place)
            settle(building, place, _WHY_DIFFERENT)
    finally:
        _remove_empty(out / month, out)
    return place


def _evaluate(
    root: Path,
    job: Job,
    params_path: Path,
    before: Path | None,
    building: Path,
    progress: Progress,
) -> None:
    """Build the run in `building`; `before`: the run it is compared with.

    DataError when a blocking check failed: the place beside the runs then shows why.
    """
    _lay_out(job, params_path, building)
    if before is not None:
        keep(before, job, building)
    lend_pieces(building / _PROCESSED, root / "data" / "processed")
    refused = _execute(root, job, params_path.name, building, progress)
    if refused is not None:
        place = building.with_name(f"refused-{job.run_id}")
        put_instead(building, place)
        raise DataError(f"{refused}。详见 {place / 'index.html'}")
    _keep_processed(building, root / "data" / "processed" / job.run_id)
    write_environment(root, building)
    write_crate(building, job.meta())


@contextmanager
def _originals_named(copies: Path, raw: Path) -> Iterator[None]:
    """Name the raw files in errors: intake reads their copies, the user knows the originals."""
    try:
        yield
    except UsageError as error:
        raise UsageError(str(error).replace(str(copies.resolve()), str(raw))) from error


@contextmanager
def _timed(progress: Progress, numbers: Iterator[int], title: str) -> Iterator[None]:
    """Tell of a stage that begins, and how long it took."""
    began = time.monotonic()
    progress.stage(next(numbers), title)
    yield
    progress.done(time.monotonic() - began)


def _remove_empty(*folders: Path) -> None:
    """Remove folders that hold nothing: a run that came to nothing leaves nothing."""
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _lay_out(job: Job, params_path: Path, building: Path) -> None:
    """Copy raw files, parameters, rubric, tables and synonyms into the run folder."""
    for name in job.files:
        target = building / _INPUTS / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(job.raw / name, target)
    # The folder params/rubrics is what marks a project, also the one inside the run.
    (building / FOLDER / RUBRICS).mkdir(parents=True)
    params = job.params
    named = [params_path.name, params.rubric, params.headers, params.narrative]
    optional = (params.tables, params.mappings)
    named += [name for name in optional if (params_path.parent / name).is_file()]
    for name in named:
        target = building / FOLDER / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(params_path.parent / name, target)


def _execute(
    root: Path, job: Job, params_name: str, building: Path, progress: Progress
) -> str | None:
    """Execute the notebooks and write the pages; return why the run was refused, or None."""
    parameters: dict[str, Any] = {
        "month": job.month,
        "raw": _INPUTS,
        "params": f"{FOLDER}/{params_name}",
        "processed": _PROCESSED,
        "readings": dict(job.rubric.chosen),
        "as_of": job.as_of.isoformat(),
    }
    inside = open_job(start=building, **parameters)
    with ExitStack() as kernels:
        connections = Path(kernels.enter_context(TemporaryDirectory(prefix=".k", dir=building)))

        def ready(stage: Stage) -> Kernel:
            kernel = Kernel(building, connections, stage.imports)
            kernels.callback(kernel.stop)
            return kernel

        stages = stages_of(job)
        following = ready(stages[0])
        for number, stage in enumerate(stages, start=1):
            kernel = following
            if number < len(stages):
                following = ready(stages[number])
            began = time.monotonic()
            progress.stage(STAGES.index(stage) + 1, stage.title)
            source = root / NOTEBOOKS / f"{stage.name}.ipynb"
            notebook = execute(source, parameters, kernel, progress.cell)
            write_notebook(notebook, building / f"{stage.name}.ipynb")
            page = render_notebook(notebook, f"{month_words(job.month)} {stage.title}", job.run_id)
            (building / f"{stage.name}.html").write_text(page, encoding="utf-8", newline="\n")
            progress.done(time.monotonic() - began)
            if stage.name == _BLOCKING_STAGE and inside.validate().blocked:
                return _refuse(inside, building)
    write_run_pages(inside, building, building / _PROCESSED, progress.part)
    return None


def _refuse(job: Job, building: Path) -> str:
    """Leave the page and tables that show why the data did not pass."""
    outcome = job.validate()
    write_report(job.clean(), building)
    write_quarantine(building, job.meta())
    shutil.copyfile(job.store / VALIDATION / "validation.json", building / "validation.json")
    found = read_json(job.store / VALIDATION / "validation.json")
    page = refused_html(job.meta(), found)
    (building / "index.html").write_text(page, encoding="utf-8", newline="\n")
    shutil.rmtree(building / _PROCESSED)
    failed = [o.title for o in outcome.outcomes if not o.success and o.severity == "blocking"]
    return f"数据未通过{len(failed)}项必须通过的检查（{'；'.join(failed[:3])}）"


def _keep_processed(building: Path, place: Path) -> None:
    """Move the canonical Parquet tables and metrics to data/processed/<run-id>."""
    with writable(place.parent, "可写的项目文件夹"):
        put_instead(building / _PROCESSED / place.name, place)
    shutil.rmtree(building / _PROCESSED)
