"""自查: a unit tries its own files before it hands them in; intake and validation alone."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import write_json
from dalian_eval.base.project_place import project_root
from dalian_eval.intake import CleanReport, clean
from dalian_eval.intake.tables.headers import load_headers
from dalian_eval.jobs.self_check_places import places, project
from dalian_eval.report.base.labels import table_title
from dalian_eval.report.base.page import render
from dalian_eval.report.door.refused_page import outcome_with_places
from dalian_eval.report.mending.check_account import account_of
from dalian_eval.report.mending.check_findings import FileFindings, findings_of, lines, totals
from dalian_eval.report.mending.check_verdict import CheckVerdict
from dalian_eval.report.mending.fallen_rows import fallen_rows
from dalian_eval.report.mending.handed_in import HandedIn
from dalian_eval.report.mending.marked_copies import Copies
from dalian_eval.report.views.evidence import parse_origins
from dalian_eval.rubric.asked_tables import asked_tables
from dalian_eval.rubric.entries import entries_read
from dalian_eval.rubric.model import Rubric
from dalian_eval.stages.parameters import RunParams, load_params, newest_params, rubric_of
from dalian_eval.workbench.stray_years import shortened, warnings_of_plan

if TYPE_CHECKING:
    from dalian_eval.checks import Validation

PAGE = "自查报告.html"
MARKED = "标注"
ACCOUNT = "自查账目.json"
"""What the page tells, for the desk: files, sheets, tables, rows, what is missing."""

_TOLD, _SHOWN = 10, 200
"""Problems of a sheet that the terminal tells and the page shows; the others are counted."""


def selfcheck(
    *, raw: Path | None, params: Path | None, to: Path | None, tell: Callable[[str], None]
) -> bool:
    """Check the files in `raw`, tell what is found, write the page and the marked copies.

    `raw` is by default the project's data/raw, outside of a project the working directory. The
    result goes to the folder `to` (default: 自查结果, never within `raw`), or beside it (`to`-2,
    …) when it has content. `params` is the parameter file (default: the newest year's). Returns
    whether something must be mended before the files can be used.

    Raises UsageError for wrong parameters, a missing folder, no readable file, and a `to` that
    lies in `raw`.
    """
    raw, place = places(raw, to)
    chosen = params or newest_params(project() or project_root(Path(__file__).parent))
    run_params = load_params(chosen)
    rubric = rubric_of(chosen, run_params, {})
    asked = asked_tables(rubric, campaign=run_params.campaign is not None)
    for line in shortened(warnings_of_plan(chosen.parent / run_params.rubric, chosen, rubric)):
        tell(line)
    headers = chosen.parent / run_params.headers
    limits = run_params.limits.limits()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        entries = entries_read((rubric.unit, rubric.officer))
        report = clean(
            raw,
            scratch / "clean",
            headers=headers,
            limits=limits,
            entries=entries,
            mappings=chosen.parent / run_params.mappings,
        )
        copies = Copies(raw, report, load_headers(headers), limits)
        found = findings_of(report, copies.addresses)
        fallen = fallen_rows(report.quarantine)
        if fallen:
            tell(f"先看这里：{fallen}")
        _tell_intake(found, report, tell)
        tell("正在核对表内和跨表的关系……")
        judged = CheckVerdict.of(_validate(scratch, rubric, asked, run_params), report, asked)
        _tell_checks(judged, tell)
        handed = HandedIn.of(report, rubric, asked)
        copies.mark((*judged.blocking, *judged.warnings))
        names = copies.write(scratch / "out" / MARKED)
        page = render(
            "selfcheck.html",
            year=rubric.year,
            work=rubric.names.work,
            files=found,
            totals=totals(report),
            judged=judged,
            fallen=fallen,
            handed=handed,
            blocking=[outcome_with_places(asdict(outcome)) for outcome in judged.blocking],
            warnings=[outcome_with_places(asdict(outcome)) for outcome in judged.warnings],
            copies={file: f"{MARKED}/{name}" for file, name in names.items()},
            shown=_SHOWN,
        )
        (scratch / "out").mkdir(exist_ok=True)
        (scratch / "out" / PAGE).write_text(page, encoding="utf-8", newline="")
        write_json(account_of(found, handed, judged), scratch / "out" / ACCOUNT)
        try:
            shutil.copytree(scratch / "out", place, dirs_exist_ok=True)
        except (OSError, shutil.Error):
            raise UsageError(f"自查结果写不进 {place}（只读或空间不足），请用 --to 另选") from None
    tell(f"自查报告：{place / PAGE}")
    if names:
        tell(f"标注了问题的副本：{place / MARKED}（{len(names)} 个）")
    for line in handed.lines():
        tell(line)
    return judged.blocked


def _validate(
    scratch: Path, rubric: Rubric, asked: Collection[str], params: RunParams
) -> "Validation":
    # Great Expectations takes seconds to import: what intake found has been told by now.
    from dalian_eval.checks import validate

    period, out = rubric.period, scratch / "validation"
    sections = (rubric.unit, rubric.officer)
    clean = scratch / "clean"
    return validate(
        clean,
        period,
        period.end,
        out,
        draw=rubric.draw,
        sections=sections,
        asked=asked,
        dates=params.campaign_rules.dates,
    )


def _tell_intake(
    found: Sequence[FileFindings], report: CleanReport, tell: Callable[[str], None]
) -> None:
    for file in found:
        for line in lines(file, _TOLD):
            tell(line)
    sums = totals(report)
    tell(
        f"合计：{len(found)} 个文件，读取 {sums['rows_read']} 行，采用 {sums['accepted']}，"
        f"合并 {sums['merged']}，被替代 {sums['superseded']}，隔离 {sums['quarantined']}"
    )


def _tell_checks(judged: CheckVerdict, tell: Callable[[str], None]) -> None:
    for note in judged.notes:
        tell(note)
    for word, outcomes in (("必须改正", judged.blocking), ("提醒", judged.warnings)):
        for outcome in outcomes:
            where = f"『{table_title(outcome.table)}』" if outcome.table else ""
            tell(f"  ✗ {word}：{where}{outcome.title}：{outcome.reason}")
            for place in parse_origins(" ".join(outcome.origins[:_TOLD])):
                tell(f"      {place.text}")
            tell(f"      改法：{outcome.fix}")
    failed = len(judged.blocking) + len(judged.warnings)
    tell(f"核对 {judged.tested} 项，{failed} 项有问题，其中 {len(judged.blocking)} 项必须改正")
