"""A run as one side of a comparison: what it says, and its inputs, to be scored once more."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.base.files import read_json
from dalian_eval.base.project_place import FOLDER
from dalian_eval.intake.account.intake_report import sources_of
from dalian_eval.outputs.csv_files import read_table
from dalian_eval.record.folder import refuse_odd
from dalian_eval.report.views.evidence import INPUTS
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.vocabulary import METRICS, using_metrics
from dalian_eval.rubric_file.load import hash_if_there, load_rubric, rubric_hash
from dalian_eval.schema.evidence_texts import origin_texts
from dalian_eval.schema.tables import using
from dalian_eval.scoring.ledger import ledger
from dalian_eval.scoring.score import Score
from dalian_eval.stages.inputs_identity import raw_files
from dalian_eval.stages.parameters import RunParams, tables_of
from dalian_eval.stages.pipeline import CLEAN, Job

LEDGER = ["kind", "candidate", "clause", "month", "points", "rule", "reason", "evidence"]
"""The columns of a ledger that are compared; texts, points as ten-thousandths."""

WHERE = "请写到记录编号那一层，并确认文件夹完整"


@dataclass(frozen=True)
class Side:
    """One run: run.json, scores and ledger as recorded, and the job that can make them again.

    `rules`, `synonyms`, `mappings`: hashes of the rubric file, of the header synonyms and of the
    file of mappings ("" where there was none).
    """

    meta: Mapping[str, Any]
    scores: pd.DataFrame
    ledger: pd.DataFrame
    job: Job
    rules: str
    synonyms: str
    mappings: str

    @property
    def rubric(self) -> Rubric:
        """The rubric under the run's readings."""
        return self.job.rubric

    @property
    def clean(self) -> Path:
        """The folder of the canonical tables, made when it is not there."""
        self.job.clean()
        return self.job.store / CLEAN

    def again(self) -> pd.DataFrame:
        """Return the ledger as this program makes it from the same inputs and settings."""
        return ledger_of(self.job)

    def with_data_of(self, other: "Side") -> pd.DataFrame:
        """Return the ledger of the other run's data under this one's settings and days."""
        return ledger_of(self._with_data(other))

    def in_month_of(self, other: "Side") -> pd.DataFrame:
        """Return the ledger of the other run's data and days under this one's settings."""
        job = self._with_data(other, f"-{other.job.month}")
        return ledger_of(replace(job, month=other.job.month, as_of=other.job.as_of))

    def _with_data(self, other: "Side", suffix: str = "") -> Job:
        name = f"{self.job.store.name}-{other.job.store.name}{suffix}"
        store = self.job.store.with_name(name)
        if self._reads_like(other) and not (store / CLEAN).is_dir():
            shutil.copytree(other.clean, store / CLEAN)
        return replace(self.job, raw=other.job.raw, files=other.job.files, store=store)

    def _reads_like(self, other: "Side") -> bool:
        """Whether both runs make the same tables of the same files."""
        ways = [
            (s.synonyms, s.mappings, s.job.params.limits, s.job.contract) for s in (self, other)
        ]
        return ways[0] == ways[1]


def ledger_of(job: Job) -> pd.DataFrame:
    """Return the ledger of a job, whatever its checks would say (columns `LEDGER`)."""
    return ledger_of_score(job, job.rescore())


def ledger_of_score(job: Job, scored: Score) -> pd.DataFrame:
    """Return the ledger of what a job was scored as (columns `LEDGER`)."""
    entries = ledger(scored)
    sources = sources_of(job.store / CLEAN)
    entries = entries.assign(evidence=origin_texts(entries["evidence"], sources))[LEDGER]
    return entries.astype({name: "str" for name in LEDGER if name != "points"})


def open_side(folder: Path, raw: Path, processed: Path) -> Side:
    """Open the run in `folder` as a side; its stages go below `processed`.

    `raw`: its raw files, usually those in the folder. UsageError, naming the file, when something
    is missing from it or cannot be read; DifferenceError when the raw files are not those that
    were scored.
    """
    refuse_odd(folder)
    try:
        meta = read_json(folder / "run.json")
        if meta.get("edition") == "public":
            raise UsageError(f"{folder} 是公开版，不含报送数据，不能比较：请改用内部版的记录")
        contract = tables_of(folder / FOLDER, meta["params"])
        with using(contract):
            params = RunParams.model_validate(meta["params"])
        readings = {str(k): str(v) for k, v in meta["readings"].items()}
        month, as_of = str(meta["month"]), pd.Timestamp(meta["as_of"]).date()
        files = {str(k): str(v) for k, v in meta["files"].items()}
        name = str(meta["run_id"])
        str(meta["version"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"读不了运行记录 {folder} 中的 run.json：{WHERE}") from error
    rules, headers = folder / FOLDER / params.rubric, folder / FOLDER / params.headers
    if not headers.is_file():
        raise UsageError(f"运行记录 {folder} 中没有 {FOLDER}/{params.headers}：{WHERE}")
    with using(contract), using_metrics(METRICS):
        rubric = load_rubric(rules, readings)
    if raw_files(raw) != files:
        raise DifferenceError(
            f"{folder} 中 {INPUTS}/ 的原始文件与 run.json 所记的不一致：记录可能被改动过，不能比较"
        )
    narrative = folder / FOLDER / params.narrative
    store = processed / name
    job = Job(raw, store, headers, narrative, params, rubric, month, as_of, files, {}, contract)
    return Side(
        meta=meta,
        scores=read_table("scores", folder),
        ledger=read_table("ledger", folder)[LEDGER],
        job=job,
        rules=rubric_hash(rules),
        synonyms=rubric_hash(headers),
        mappings=hash_if_there(job.mappings),
    )
