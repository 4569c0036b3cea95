"""Run folders without checks, notebooks and pages: what a comparison needs of one."""

import csv
import shutil
from pathlib import Path
from typing import Any

from dalian_eval.base.files import write_json
from dalian_eval.base.project_place import FOLDER
from dalian_eval.intake.account.intake_report import sources_of
from dalian_eval.outputs.csv_files import write_table
from dalian_eval.record.diff.compare import compare
from dalian_eval.record.diff.sides import open_side
from dalian_eval.report.changes.comparison import Comparison
from dalian_eval.scoring.outputs import record_frames
from dalian_eval.stages.pipeline import CLEAN, Job, open_job
from tests.sheets import BY_SHEET

ROOT = Path(__file__).parents[1]


def light_job(raw: Path, place: Path, month: str, **options: Any) -> Job:
    """Return the job that scores `raw`; its stages go below `place`."""
    own = {"params": "params/2024.yaml", "processed": place / "processed", "start": ROOT}
    return open_job(month=month, raw=raw, **own, **options)


def compared(a: Path, b: Path, place: Path) -> Comparison:
    """Compare two light runs made below `place`, whose tables are there already."""
    return compare(*(open_side(run, run / "inputs", place / "processed") for run in (a, b)))


def light_run(raw: Path, place: Path, month: str, **options: Any) -> Path:
    """Score `raw` and return a run folder `place/month/run-id` with its tables and inputs."""
    job = light_job(raw, place, month, **options)
    return laid_out(job, place / month / job.run_id)


def laid_out(job: Job, folder: Path) -> Path:
    """Score the job and lay it out as a run folder."""
    frames = record_frames(job.rescore(), sources_of(job.store / CLEAN))
    shutil.copytree(job.raw, folder / "inputs")
    names = [job.params.headers, job.params.rubric, job.params.narrative, "2024.yaml"]
    for name in [*names, *([job.params.mappings] if job.mappings.is_file() else [])]:
        (folder / FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(job.headers.parent / name, folder / FOLDER / name)
    for name in ("scores", "ledger"):
        write_table(name, frames[name], folder)
    write_json(job.meta(), folder / "run.json")
    return folder


def write_tables(raw: Path, tables: dict[str, list[dict[str, str]]]) -> Path:
    """Write the rows of sheets as csv files, every other sheet empty."""
    raw.mkdir(parents=True)
    for sheet, table in BY_SHEET.items():
        headers = [column.header for column in table.columns]
        with (raw / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, headers, restval="")
            writer.writeheader()
            writer.writerows(tables.get(sheet, []))
    return raw
