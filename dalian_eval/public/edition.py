"""Writing the public edition: the run scored as always, projected, written, searched."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from dalian_eval.base.errors import DataError
from dalian_eval.base.files import write_json
from dalian_eval.base.result_folder import room
from dalian_eval.outputs.csv_files import write_public_table
from dalian_eval.public.anonymity import blur_officers, standing_alone
from dalian_eval.public.certificates import write_certificates
from dalian_eval.public.identifiers import identifiers
from dalian_eval.public.language import Language
from dalian_eval.public.projection import (
    PUBLISHED,
    SOURCES,
    Names,
    names_of,
    project_record,
    public_activities,
    row_counts,
)
from dalian_eval.public.pseudonyms import fingerprint, pseudonyms
from dalian_eval.public.scan import refuse_names
from dalian_eval.record.crate import write_crate
from dalian_eval.report.base.file_names import STATEMENTS, statement_file
from dalian_eval.report.certificates.certificate_view import Certificates
from dalian_eval.report.door.public_pages import (
    NARRATIVE,
    public_index_html,
    public_narrative_html,
    public_statement_html,
)
from dalian_eval.report.views.run_view import RunView
from dalian_eval.rubric.impersonal_rubric import discreet
from dalian_eval.stages.pipeline import CLEAN, Job

Stage = Callable[[str], AbstractContextManager[None]]


def public_job(job: Job, key: bytes) -> Job:
    """Return the job of the public edition under `key`.

    Its identity depends on the key, and its sentences show no cell that could name somebody.
    """
    settings = job.settings | {"pseudonyms": fingerprint(key)}
    return replace(job, settings=settings, rubric=discreet(job.rubric))


def write_public(job: Job, key: bytes, folder: Path, stage: Stage) -> None:
    """Write the public edition of a `public_job` into `folder`.

    The job's stages go at the end: they hold what the edition must not.
    `stage`: gives the context of what it is called with the Chinese title of. DataError when a
    blocking check failed; DalianError when anything that names somebody is left in a file: then
    nothing of the folder may be used.
    """
    try:
        stored: tuple[tuple[str, Callable[[], object]], ...] = (
            ("数据清洗", job.clean),
            ("数据检查", lambda: _refuse_failed(job)),
            ("月度指标", job.metrics),
            ("计分与台账", job.score),
        )
        for title, compute in stored:
            with stage(title), room(job.store.parent):
                compute()
        with stage("公开版"):
            names = _names(job, key)
            least = job.params.public_group
            view = blur_officers(project_record(job.view(), names), least)
            certified = write_certificates(
                job.certify(), names, job.params.certificate_cells, folder
            )
            rows = pd.DataFrame(certified.tables["sensitivity"])
            alone = standing_alone(view, rows, least)
            meta = _meta(view, fingerprint(key)) | {"alone": {"group": least, **alone}}
            _write(view, certified, names.hidden, alone, least, meta, folder)
            told = public_activities(job.table("activities"), names)
            _write_page(folder / NARRATIVE, public_narrative_html(view, told, certified))
            _describe(meta, folder)
            published = [text for (_, code), name in names.titles.items() for text in (code, name)]
            known = identifiers(job.store / CLEAN, job.files)
            refuse_names(folder, known, Language(job.rubric, published))
    finally:
        shutil.rmtree(job.store, ignore_errors=True)


def _refuse_failed(job: Job) -> None:
    if failed := job.validate().blocking:
        titles = "；".join(outcome.title for outcome in failed[:3])
        raise DataError(
            f"数据未通过{len(failed)}项必须通过的检查（{titles}），没有生成公开版。"
            "请用内部版（--edition internal）运行，看明细后改正"
        )


def _names(job: Job, key: bytes) -> Names:
    officers, units = job.table("officers"), job.table("units")
    year = job.rubric.year
    persons = {*officers["officer_id"], *officers["name"].dropna()}
    aliases = pseudonyms(key, year, units["unit_id"])
    named = zip(units["unit_id"], units["name"].fillna(""), strict=True)
    return names_of(
        pseudonyms(key, year, officers["officer_id"]),
        {unit: (name, aliases[unit]) for unit, name in named},
        {person for person in persons if len(person) > 1},
    )


def _write(
    view: RunView,
    certified: Certificates,
    hidden: int,
    alone: dict[str, int],
    least: int,
    meta: dict[str, Any],
    folder: Path,
) -> None:
    """Write the tables and pages of a projected view but its yearly text."""
    for name in PUBLISHED:
        frame: pd.DataFrame = getattr(view, name)
        if name == "ledger":
            frame = frame.assign(evidence=frame["evidence"].map(_counts_text))
        write_public_table(name, frame, folder)
    by_table = view.sources.drop(columns=["file", "sheet"]).groupby("table", sort=True)
    write_public_table(SOURCES, by_table.sum().reset_index(), folder)
    write_json(view.validation, folder / "validation.json")
    write_json(meta, folder / "run.json")
    statements = folder / STATEMENTS
    statements.mkdir()
    for kind, candidate in zip(view.scores["kind"], view.scores["candidate"], strict=True):
        page = public_statement_html(view, kind, candidate, certified)
        _write_page(statements / statement_file(kind, candidate), page)
    _write_page(folder / "index.html", public_index_html(view, hidden, alone, least, certified))


def _meta(view: RunView, mark: str) -> dict[str, Any]:
    return dict(view.meta) | {"edition": "public", "pseudonyms": mark}


def _describe(meta: dict[str, Any], folder: Path) -> None:
    holds = "得分与台账（公开版，人员以代号表示）"
    write_crate(folder, meta, holds=holds, use="可以公开")


def _write_page(path: Path, page: str) -> None:
    path.write_text(page, encoding="utf-8", newline="\n")


def _counts_text(evidence: str) -> str:
    return " ".join(f"{table}:{count}" for table, count in row_counts(evidence).items())
