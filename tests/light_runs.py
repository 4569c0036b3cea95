"""Run folders without notebooks and pages: what a comparison needs of one."""

import shutil
from pathlib import Path
from typing import Any

from dalian_eval.params import FOLDER, RUBRICS
from dalian_eval.pipeline import RECORD, Job, open_job

ROOT = Path(__file__).parents[1]


def light_run(raw: Path, place: Path, processed: Path, month: str, **options: Any) -> Path:
    """Score `raw` and return a run folder `place/month/run-id` with its tables and inputs."""
    job = open_job(month=month, raw=raw, processed=processed, start=ROOT, **options)
    job.score()
    return laid_out(job, place / month / job.run_id)


def laid_out(job: Job, folder: Path) -> Path:
    """Lay a scored job out as a run folder."""
    shutil.copytree(job.store / RECORD, folder)
    shutil.copytree(job.raw, folder / "inputs")
    (folder / FOLDER / RUBRICS).mkdir(parents=True)
    shutil.copyfile(job.headers, folder / FOLDER / job.params.headers)
    shutil.copyfile(job.headers.parent / job.params.rubric, folder / FOLDER / job.params.rubric)
    return folder
