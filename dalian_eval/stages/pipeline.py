"""The job behind the notebooks: seven stages, each computed once per set of inputs and kept.

A notebook asks the job for the stage it shows; what that stage needs and is not there yet is
computed first, so every notebook also runs by itself. Results lie in `processed/<key>/`, where the
key is made from the inputs, the parameters, the rubric and the package version: the same inputs
find them again, other inputs never do.
"""

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from dalian_eval import __version__
from dalian_eval.base.errors import DataError, UsageError
from dalian_eval.base.files import (
    sha256_of,
    write_compact_json,
    write_json,
)
from dalian_eval.base.project_place import project_root
from dalian_eval.base.result_folder import put
from dalian_eval.base.scratch_folder import scratch
from dalian_eval.intake.demo_files import DEMO_LIST, refuse_mixture
from dalian_eval.rubric.asked_tables import asked_tables
from dalian_eval.rubric.entries import entries_read
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.vocabulary import using_metrics
from dalian_eval.rubric_file.load import hash_if_there, rubric_hash
from dalian_eval.schema.model import Contract
from dalian_eval.schema.origins import Source, evidence_limit
from dalian_eval.schema.tables import BY_NAME, in_use, using
from dalian_eval.stages.inputs_identity import identity, previous_identity, raw_files
from dalian_eval.stages.own_paragraphs import hash_of, own_paragraphs, paragraph_files
from dalian_eval.stages.parameters import PREVIOUS, RunParams, settings_for

# Every notebook opens the job, but shows one stage: each stage imports what it needs.
if TYPE_CHECKING:
    import pandas as pd

    from dalian_eval.checks import Validation
    from dalian_eval.intake import CleanReport
    from dalian_eval.metrics.sources import Sources
    from dalian_eval.moves.context import Context
    from dalian_eval.report.campaign.campaign_tables import CampaignView
    from dalian_eval.report.campaign.work_progress import ProgressLine
    from dalian_eval.report.certificates.certificate_view import Certificates
    from dalian_eval.report.views.run_view import RunView
    from dalian_eval.rubric.queries import Kind
    from dalian_eval.scoring.draw import Draw
    from dalian_eval.scoring.facts import Candidates
    from dalian_eval.scoring.score import Score

CLEAN, VALIDATION, METRICS, RECORD = "clean", "validation", "metrics", "record"
CAMPAIGN, SENSITIVITY, MOVES = "campaign", "sensitivity", "moves"
"""Folders of the stages, in order."""

PIECES = "pieces"
"""Beside the jobs: what intake read, kept for the next run; a file names another folder."""


Asked = ParamSpec("Asked")
Given = TypeVar("Given")
_Method = Callable[Concatenate["Job", Asked], Given]


def _with_own_tables(method: _Method[Asked, Given]) -> _Method[Asked, Given]:
    """Let a method of a job work with the job's tables and metrics, whatever the process has."""

    @wraps(method)
    def method_with_tables(job: "Job", /, *args: Asked.args, **options: Asked.kwargs) -> Given:
        with using(job.contract), using_metrics(job.rubric.metrics):
            return method(job, *args, **options)

    return method_with_tables


@dataclass(frozen=True)
class Job:
    """One evaluation: where its inputs are, under which rules, as of which day.

    `raw`: folder of exports; `store`: folder of this job's stages; `files`: relative path → SHA-256
    of every raw file; `narrative`: the template of the yearly text; `settings`: what the run id is
    made of besides them; `contract`: the tables of its project.
    """

    raw: Path
    store: Path
    headers: Path
    narrative: Path
    params: RunParams
    rubric: Rubric
    month: str
    as_of: dt.date
    files: dict[str, str]
    settings: dict[str, Any]
    contract: Contract = field(default_factory=in_use)
    params_file: Path | None = None
    spark: str | None = None

    @property
    def rubric_file(self) -> Path:
        """The rubric's file; its path and that of the synonyms count from one folder."""
        return self._params_folder / self.params.rubric

    @property
    def mappings(self) -> Path:
        """The file of mappings, which need not exist."""
        return self._params_folder / self.params.mappings

    @property
    def paragraphs(self) -> dict[str, tuple[str, ...]]:
        """The analyst's own paragraphs of the yearly text, by section."""
        return own_paragraphs(self._params_folder / self.params.paragraphs)

    @property
    def paragraph_files(self) -> list[Path]:
        """The files that may hold them, whether they are there or not."""
        return paragraph_files(self._params_folder / self.params.paragraphs)

    @property
    def _params_folder(self) -> Path:
        return self.headers.parents[len(PurePosixPath(self.params.headers).parts) - 1]

    @property
    def run_id(self) -> str:
        """First 12 hex digits of the SHA-256 over inputs, parameters, rubric and version."""
        return identity(self.files, self.settings)

    @property
    def inputs_id(self) -> str:
        """The run id without the run it is compared with."""
        return identity(self.files, {k: v for k, v in self.settings.items() if k != PREVIOUS})

    def following(self, previous: Path) -> "Job":
        """Return the job compared with the run in the folder `previous`: an input like others."""
        settings = {**self.settings, PREVIOUS: previous_identity(previous)}
        store = self.store.with_name(identity(self.files, settings))
        return replace(self, settings=settings, store=store)

    @property
    def asked(self) -> tuple[str, ...]:
        """The tables that are to be handed in."""
        with using(self.contract), using_metrics(self.rubric.metrics):
            return asked_tables(self.rubric, campaign=self.params.campaign is not None)

    # ---- stages --------------------------------------------------------------------------

    @_with_own_tables
    def clean(self) -> "CleanReport":
        """Stage 01: the canonical tables, and what intake did not take."""
        from dalian_eval.intake import clean, load_report

        self._stage(
            CLEAN,
            lambda out: clean(
                self.raw,
                out,
                headers=self.headers,
                mappings=self.mappings,
                limits=self.params.limits.limits(),
                pieces=pieces_folder(self.store.parent),
                entries=entries_read((self.rubric.unit, self.rubric.officer)),
            ),
        )
        return load_report(self.store / CLEAN)

    @_with_own_tables
    def validate(self) -> "Validation":
        """Stage 02: the outcome of every expectation; a blocking failure does not raise here."""
        from dalian_eval.checks import load_validation, validate

        self.clean()
        self._stage(
            VALIDATION,
            lambda out: validate(
                self.store / CLEAN,
                self.rubric.period,
                self.as_of,
                out,
                draw=self.rubric.draw,
                sections=(self.rubric.unit, self.rubric.officer),
                asked=self.asked,
                dates=self.params.campaign_rules.dates,
            ),
        )
        return load_validation(self.store / VALIDATION / "validation.json")

    @_with_own_tables
    def metrics(self) -> "pd.DataFrame":
        """Stage 03: the monthly metrics (see `metrics.monthly`).

        DataError when the data did not pass a blocking check.
        """
        from dalian_eval.metrics.monthly import read_metrics

        self._passed()
        self._stage(METRICS, self._compute_metrics)
        return read_metrics(self.store / METRICS / "monthly.parquet")

    @_with_own_tables
    def score(self) -> "Score":
        """Stage 04: the score of every candidate, with its ledger; also writes the CSV files."""
        scored = self._compute_score(self.metrics(), self._tables())
        self._stage(RECORD, lambda out: self._write_record(out, scored))
        return scored

    @_with_own_tables
    def rescore(self) -> "Score":
        """Score without asking whether the data pass: a comparison is of runs that did."""
        from dalian_eval.metrics.monthly import read_metrics

        self.clean()
        self._stage(METRICS, self._compute_metrics)
        monthly = read_metrics(self.store / METRICS / "monthly.parquet")
        return self._compute_score(monthly, self._tables())

    @_with_own_tables
    def score_frontline(self) -> "Score":
        """Return the score if the officers marked 一线, and they alone, were candidates.

        Nothing is written: the record is that of the candidates. DataError when the data did not
        pass a blocking check, or nobody is marked.
        """
        self._passed()
        tables = self._tables()
        frontline = tables["officers"]["frontline"].fillna(False).astype(bool)
        if not frontline.any():
            raise DataError("『人员』表中没有一个人标为『一线』：请在该列填是或否后再运行")
        tables["officers"] = tables["officers"].assign(candidate=frontline)
        return self._compute_score(self.metrics(), tables)

    @_with_own_tables
    def draw(self, nonce: str = "") -> "tuple[Draw, dict[Kind, Candidates]]":
        """Return the case draw by itself, and whom the files are drawn for; nothing is scored.

        `nonce`: what was made public only after the list was fixed; it joins the seed. DataError
        when the data did not pass a blocking check.
        """
        from dalian_eval.scoring.protocol import draw_alone

        self._passed()
        seed = f"{self.params.draw_seed}\n{nonce}" if nonce else self.params.draw_seed
        return draw_alone(self._tables(), self.rubric, self.as_of, seed)

    @_with_own_tables
    def view(self) -> "RunView":
        """Return what the report shows: the CSV files of the record as frames."""
        from dalian_eval.report.views.run_view import load_view

        if not (self.store / RECORD).is_dir():
            # Whoever reads a record asks for its certificates next: they come of the same score.
            scored = self.score()
            self._stage(SENSITIVITY, lambda out: self._write_certificates(out, scored))
        return load_view(self.store / RECORD, self.rubric)

    @_with_own_tables
    def campaign(self) -> "CampaignView":
        """Stage 06: the accounts of the campaign's own work (see `campaign.book`)."""
        from dalian_eval.report.campaign.campaign_tables import load_campaign

        self._stage(CAMPAIGN, self._write_campaign)
        return load_campaign(self.store / CAMPAIGN)

    def progress(self) -> "tuple[ProgressLine, ...]":
        """Return how the campaign's own work stands, a line each; none in a plan without one."""
        from dalian_eval.report.campaign.work_progress import progress_lines

        return tuple(progress_lines(self.campaign())) if self.params.campaign is not None else ()

    @_with_own_tables
    def certify(self) -> "Certificates":
        """Stage 07: what holds under every reading (see `sensitivity`).

        DifferenceError when it does not come to what the ledger has.
        """
        from dalian_eval.report.certificates.certificate_view import load_certified

        self._stage(
            SENSITIVITY,
            lambda out: self._write_certificates(
                out, self._compute_score(self.metrics(), self._tables())
            ),
        )
        return load_certified(self.store / SENSITIVITY, self.rubric)

    @_with_own_tables
    def moves(self) -> None:
        """What can still be done (see `moves`), written as todo.csv beside the other stages.

        Nothing is written with more candidates than `MovesModel.candidates`.
        """
        self._stage(MOVES, self._write_moves)

    @_with_own_tables
    def context(self) -> "Context":
        """Return what moves are made from; nothing is written but what scoring needs."""
        import pandas as pd

        from dalian_eval.intake.tables.headers import load_headers
        from dalian_eval.metrics.monthly import known_records, records_to_come
        from dalian_eval.metrics.sources import open_sources
        from dalian_eval.metrics.staff import running_staff
        from dalian_eval.moves.context import Context
        from dalian_eval.moves.quarantined import people_of, quarantined_rows

        monthly, folder = self.metrics(), self.store / METRICS
        tables = self._tables()
        scored = self._compute_score(monthly, tables)
        sources = open_sources(
            self.store / CLEAN, self.table("units"), self.rubric.period, self.as_of
        )
        report = self.clean()
        headers = load_headers(self.headers, entries_read((self.rubric.unit, self.rubric.officer)))
        mendable = tuple(
            quarantined_rows(report.quarantine, report.quarantine_cells, headers, self._sources())
        )
        # A record that is there already has one more line, not one more record.
        numbers = [str(r.cells.get("record_id")) for r in mendable if r.table == "inspections"]
        there = known_records(sources, numbers)
        mendable = tuple(
            r for r in mendable if r.table != "inspections" or r.cells.get("record_id") not in there
        )
        named = people_of(mendable)
        entries = pd.read_parquet(folder / "entries.parquet")
        kept = (entries["month"] == sources.months[-1]) | entries["officer_id"].isin(named)
        entered = entries[kept]
        return Context(
            scored=scored,
            tables=tables,
            supplied=self._supplied(),
            found=pd.read_parquet(folder / "found_records.parquet"),
            later=records_to_come(sources),
            staff=running_staff(sources, named),
            entered=frozenset(zip(entered["officer_id"], entered["month"], strict=True)),
            seed=self.params.draw_seed,
            quarantined=mendable,
        )

    # ---- how ----------------------------------------------------------------------------

    def _stage(self, name: str, build: Callable[[Path], object]) -> None:
        """Build a stage's folder beside its place and rename it when whole."""
        place = self.store / name
        if place.is_dir():
            return
        with scratch(self.store, name) as building:
            build(building)
            put(building, place)

    def _passed(self) -> None:
        outcome = self.validate()
        if outcome.blocked:
            raise DataError("数据未通过必须通过的检查，不能计分。请看 02 数据检查一节列出的行")

    def _compute_metrics(self, out: Path) -> None:
        from dalian_eval.metrics.campaign import cited_records, entries, records_between
        from dalian_eval.metrics.monthly import found_records
        from dalian_eval.metrics.sources import open_sources

        units = self.table("units")
        sources = open_sources(self.store / CLEAN, units, self.rubric.period, self.as_of)
        self._monthly(sources).to_parquet(out / "monthly.parquet", index=False)
        found_records(sources).to_parquet(out / "found_records.parquet", index=False)
        entries(sources).to_parquet(out / "entries.parquet", index=False)
        cited_records(sources).to_parquet(out / "cited_records.parquet", index=False)
        after = records_between(sources, self._day_after, self._year_end)
        after.to_parquet(out / "records_after.parquet", index=False)

    def _monthly(self, sources: "Sources") -> "pd.DataFrame":
        """Return the monthly metrics, from the engine of this job."""
        from dalian_eval.metrics.monthly import all_metrics

        if self.spark is None:
            return all_metrics(sources)
        from dalian_eval.metrics.spark import spark_sources

        place = str(self.store / CLEAN)
        with spark_sources(place, sources.period, sources.as_of, self.spark) as on_spark:
            return all_metrics(on_spark)

    def _compute_score(self, monthly: "pd.DataFrame", tables: "dict[str, pd.DataFrame]") -> "Score":
        import pandas as pd

        from dalian_eval.scoring.score import score

        found = pd.read_parquet(self.store / METRICS / "found_records.parquet")
        return score(
            tables,
            self._supplied(),
            monthly,
            found,
            self.rubric,
            self.as_of,
            self.params.draw_seed,
        )

    @_with_own_tables
    def tables(self) -> "dict[str, pd.DataFrame]":
        """Return the supplied canonical tables as frames, 检查记录 left out; nothing is checked."""
        self.clean()
        return self._tables()

    def _supplied(self) -> frozenset[str]:
        return frozenset(f.stem for f in (self.store / CLEAN).glob("*.parquet"))

    def _tables(self) -> "dict[str, pd.DataFrame]":
        """Return the supplied tables that scoring reads: 检查记录 is reduced by the metrics.

        人员 and 任职 are always there, without rows in a plan that does not ask for them.
        """
        names = (self._supplied() | {"officers", "postings"}) - {"inspections"}
        return {name: self.table(name) for name in names}

    @_with_own_tables
    def table(self, name: str) -> "pd.DataFrame":
        """Return a canonical table as a frame, without rows when it was not supplied."""
        import pyarrow.parquet as pq

        from dalian_eval.schema.frames import empty_frame, to_frame

        path = self.store / CLEAN / f"{name}.parquet"
        if not path.is_file():
            return empty_frame(BY_NAME[name])
        return to_frame(pq.read_table(path), BY_NAME[name])

    def _write_campaign(self, out: Path) -> None:
        import pandas as pd
        import pyarrow.parquet as pq

        from dalian_eval.campaign.book import Evaluation, books
        from dalian_eval.campaign.figures import MONTHLY
        from dalian_eval.outputs.csv_files import write_table
        from dalian_eval.rubric.period import Period
        from dalian_eval.schema.evidence_texts import origin_texts
        from dalian_eval.scoring.derive import derive
        from dalian_eval.scoring.settle import CAP

        view, tables, metrics = self.view(), self._tables(), self.store / METRICS
        found = pd.read_parquet(metrics / "found_records.parquet")
        # Where the period ends with the year nothing is carried over: one day without a fact.
        coming = Period(self._day_after, max(self._day_after, self._year_end))
        given = Evaluation(
            tables=tables,
            supplied=self._supplied(),
            derived=derive(tables, found, coming, self._year_end),
            monthly=pq.read_table(metrics / "monthly.parquet", columns=MONTHLY).to_pandas(
                ignore_metadata=True
            ),
            entries=pd.read_parquet(metrics / "entries.parquet"),
            records=pd.read_parquet(metrics / "records_after.parquet"),
            cited=pd.read_parquet(metrics / "cited_records.parquet"),
            scores=view.scores,
            ledger=view.ledger,
            draw=view.draw,
            cap_rule=CAP,
            rubric=self.rubric,
            rules=self.params.campaign_rules,
            as_of=self.as_of,
        )
        places = self._sources()
        for name, frame in books(given).items():
            if "evidence" in frame:
                frame = frame.assign(evidence=origin_texts(frame["evidence"], places))
            write_table(name, frame, out)

    @property
    def _day_after(self) -> dt.date:
        """The day after the evaluation period, on which next year's facts begin."""
        return self.rubric.period.end + dt.timedelta(days=1)

    @property
    def _year_end(self) -> dt.date:
        """The last day of the calendar year in which the evaluation period ends."""
        return self.rubric.period.end.replace(month=12, day=31)

    def _sources(self) -> dict[int, Source]:
        from dalian_eval.intake.account.intake_report import sources_of

        return sources_of(self.store / CLEAN)

    def _write_certificates(self, out: Path, scored: "Score") -> None:
        from dalian_eval.outputs.csv_files import write_table
        from dalian_eval.sensitivity.certify import certificate_frames, certify
        from dalian_eval.sensitivity.embedded import FILE, to_json

        made = certify(
            scored,
            self.rubric_file,
            self.rubric,
            self.params.draw_seed,
            self.params.certificate_cells,
        )
        for name, frame in certificate_frames(made).items():
            write_table(name, frame, out)
        write_compact_json(to_json(made, self.rubric), out / FILE)

    def _write_moves(self, out: Path) -> None:
        from dalian_eval.moves.search import moves
        from dalian_eval.moves.todo_table import todo_frame
        from dalian_eval.outputs.csv_files import write_table

        if self._candidates() > self.params.moves.candidates:
            return
        context = self.context()
        found = moves(context, self.params.moves.weights())
        write_table("todo", todo_frame(context, found, self._sources()), out)

    def _write_record(self, out: Path, scored: "Score") -> None:
        from dalian_eval.intake.account.intake_report import load_report, write_report
        from dalian_eval.outputs.csv_files import write_table
        from dalian_eval.scoring.outputs import record_frames
        from dalian_eval.workbench.stray_years import warnings_of_plan

        for name, frame in record_frames(scored, self._sources()).items():
            write_table(name, frame, out)
        write_report(load_report(self.store / CLEAN), out)
        shutil.copyfile(self.store / VALIDATION / "validation.json", out / "validation.json")
        units, candidates = self.table("units"), self._candidates()
        told: dict[str, Any] = {
            "rows_listed": evidence_limit(candidates),
            "draw": {"list": scored.draw.list_hash, "seed": scored.draw.seed},
            "units": dict(zip(units["unit_id"], units["name"].fillna(""), strict=True)),
            "parents": dict(zip(units["unit_id"], units["parent_id"].fillna(""), strict=True)),
        }
        if candidates > self.params.moves.candidates:
            told["without_moves"] = candidates
        remarks = warnings_of_plan(self.rubric_file, self.params_file, self.rubric)
        if remarks:
            told["remarks"] = [remark.sentence for remark in remarks]
        write_json(self.meta() | told, out / "run.json")

    def _candidates(self) -> int:
        """How many units and officers are marked as candidates."""
        tables = (self.table("units"), self.table("officers"))
        return sum(int(t["candidate"].fillna(False).astype(bool).sum()) for t in tables)

    def meta(self) -> dict[str, Any]:
        """Return what a run says about itself; nothing in it depends on machine or clock."""
        return {
            "run_id": self.run_id,
            "inputs_id": self.inputs_id,
            "previous": self.settings.get(PREVIOUS),
            "month": self.month,
            "as_of": self.as_of.isoformat(),
            "version": __version__,
            "rubric": {
                "year": self.rubric.year,
                "title": self.rubric.title,
                "source": self.rubric.source,
                "start": self.rubric.period.start.isoformat(),
                "end": self.rubric.period.end.isoformat(),
            },
            "readings": self.rubric.chosen,
            "params": self.params.model_dump(mode="json"),
            "files": self.files,
        }


def pieces_folder(processed: Path) -> Path:
    """Return where intake keeps what it read.

    That is a folder among the processed ones, or the one that a file of its name points to: a run
    works in a folder of its own, and what it reads is to be found by the next run.
    """
    place = processed / PIECES
    return Path(place.read_text(encoding="utf-8")) if place.is_file() else place


def lend_pieces(processed: Path, other: Path) -> None:
    """Let jobs below `processed` use the pieces of the folder `other`."""
    processed.mkdir(parents=True, exist_ok=True)
    target = str((other / PIECES).resolve())
    (processed / PIECES).write_text(target, encoding="utf-8", newline="")


def open_job(
    *,
    month: str,
    raw: str | Path = "data/raw",
    params: str | Path = "",
    processed: str | Path = "data/processed",
    readings: dict[str, str] | None = None,
    as_of: str = "",
    edition: str = "internal",
    start: Path | None = None,
) -> Job:
    """Open the evaluation of `month`; relative paths count from the project's folder.

    `params`: parameter file, by default the one of the rubric year that holds the month; `as_of`:
    an earlier day of the month. UsageError for whatever is wrong with a parameter.
    """
    root = project_root(start or Path.cwd())
    path, run_params, rubric, day = settings_for(root, month, params, readings or {}, as_of)
    files = raw_files(root / raw)
    refuse_mixture(root / raw, files, root / DEMO_LIST, run_params.limits.limits())
    headers = path.parent / run_params.headers
    if not headers.is_file():
        raise UsageError(
            f"找不到表头同义词文件 {headers}：请从原项目复制一份 {headers.name}，"
            "各列没有别的叫法的，放一个空文件即可。"
        )
    narrative = path.parent / run_params.narrative
    tables = path.parent / run_params.tables
    settings = {
        "month": month,
        "as_of": day.isoformat(),
        "edition": edition,
        # Part of every id since the first: whatever computes the figures, they are DuckDB's.
        "engine": "duckdb",
        "params": run_params.model_dump(mode="json"),
        "readings": rubric.chosen,
        "rubric": rubric_hash(path.parent / run_params.rubric),
        "headers": rubric_hash(headers),
        "tables": hash_if_there(tables),
        "mappings": hash_if_there(path.parent / run_params.mappings),
        "narrative": sha256_of(narrative) if narrative.is_file() else "",
        "version": __version__,
    }
    if own := hash_of(own_paragraphs(path.parent / run_params.paragraphs)):
        settings["paragraphs"] = own
    store = root / processed / identity(files, settings)
    job = Job(
        root / raw,
        store,
        headers,
        narrative,
        run_params,
        rubric,
        month,
        day,
        files,
        settings,
        params_file=path,
    )
    # A run keeps the run before in its own folder, where its notebooks find it.
    return job.following(root / PREVIOUS) if (root / PREVIOUS / "run.json").is_file() else job
