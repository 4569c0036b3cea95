"""自评材料 of each unit, made from a run: one zip file that a unit hands in (正文三(二)).

The same run and template give the same bytes. No link of the pack leads out of it: the raw files,
which hold other units' rows, stay where they are.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import pandas as pd

from dalian_eval.base.csvfile import csv_text
from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.base.files import write_whole
from dalian_eval.base.project_place import FOLDER, project_root
from dalian_eval.base.result_folder import writable
from dalian_eval.outputs.csv_files import read_table
from dalian_eval.outputs.words import KINDS
from dalian_eval.record.folder import find_run, open_run
from dalian_eval.record.manifest import MANIFEST, read_manifest
from dalian_eval.record.single import rows_behind
from dalian_eval.report.base.file_names import STATEMENTS, safe_name, statement_file
from dalian_eval.report.base.office_packages import make_zip
from dalian_eval.report.base.publication_stamp import stamp
from dalian_eval.report.base.standalone_page import without_outer_links
from dalian_eval.report.base.terminal import inert
from dalian_eval.report.narrative import check_template, narrative_docx
from dalian_eval.report.office.self_assessment import (
    CALENDAR,
    CONTENTS,
    INDEX,
    PROBLEMS,
    PROOFS,
    REPORT,
    TODO,
    SelfAssessment,
    problem_list,
    proof_list,
    self_assessment,
)
from dalian_eval.report.office.self_report import report, report_html
from dalian_eval.report.statements.explanation import find_candidate
from dalian_eval.report.statements.statement_pages import statement_html
from dalian_eval.report.todo.todo_calendar import FOLDER as CALENDARS
from dalian_eval.report.todo.todo_view import load_todo
from dalian_eval.report.views.run_view import RunView
from dalian_eval.stages.parameters import RunParams

WHAT = "自评报告"
"""The document, as messages name it."""

_NAMED = 20
"""Officers named in a sentence."""


def pack(run: str, *, unit: str, to: Path, tell: Callable[[str], None]) -> list[Path]:
    """Write the packs of a run to the folder `to` and return them; `tell` hears of each.

    `unit`: a unit's code or name, blank for all candidate units (then `tell` also hears of officers
    who are in none of them). UsageError for a run or unit that is not there, a template that cannot
    be filled, a place that cannot be written; DifferenceError when another pack of that unit is
    there already, which stays.
    """
    folder = find_run(run)
    view = open_run(folder)
    codes = _units(view, unit)
    params = RunParams.model_validate(view.meta["params"])
    template = project_root(Path.cwd()) / FOLDER / params.selfassessment
    check_template(template, WHAT)
    cells = read_table("quarantine_cells", folder)
    made, told = [], set()
    with writable(to, "--to"):
        to.mkdir(parents=True, exist_ok=True)
        for code in codes:
            place = to / f"自评材料-{safe_name(code)}.zip"
            assessment = self_assessment(view, code, cells)
            told |= {*assessment.officers}
            data = _packed(folder, assessment, template)
            if place.is_file() and place.read_bytes() != data:
                raise DifferenceError(
                    f"{place} 已有与本次不同的自评材料：评价记录或模板不同，或文件被改动过。"
                    "原有文件未动，请核对后移走再生成，或用 --to 另指文件夹"
                )
            write_whole(place, data)
            tell(inert(f"{view.unit_name(code)}：{place}"))
            made.append(place)
    if not unit and (rest := _elsewhere(view, told)):
        named = "、".join(rest[:_NAMED]) + ("等" if len(rest) > _NAMED else "")
        tell(f"评价日不在候选集体任职的候选个人{len(rest)}名，没有列入：{inert(named)}")
    return made


def _elsewhere(view: RunView, told: Collection[str]) -> list[str]:
    """Return names and codes of the officers whom no pack holds."""
    people = view.candidates("officer")
    rest = people[~people["candidate"].isin(list(told))].sort_values("candidate")
    return [f"{n}（{c}）" for n, c in zip(rest["name"], rest["candidate"], strict=True)]


def _units(view: RunView, unit: str) -> list[str]:
    """Return the codes of the units asked for."""
    if not unit:
        codes = [str(c) for c in view.scores.loc[view.scores["kind"] == "unit", "candidate"]]
        if not codes:
            raise UsageError("该评价记录没有候选集体，没有自评材料可以生成")
        return codes
    kind, code = find_candidate(view, unit)
    if kind != "unit":
        raise UsageError(
            f"『{unit}』是{KINDS[kind]}，自评材料按单位生成：--unit 请写单位编码或单位名称"
        )
    return [code]


def _packed(folder: Path, told: SelfAssessment, template: Path) -> bytes:
    """Return a unit's pack: report, first page, lists, statements, and the list of it all."""
    view = told.view
    accounts = [("unit", told.unit), *(("officer", code) for code in told.officers)]
    files = {f"{STATEMENTS}/{statement_file(k, c)}": (k, c) for k, c in accounts}
    further = _what_is_left(folder, told)
    names = {*files, REPORT, INDEX, PROOFS, PROBLEMS, CONTENTS, *further}
    titles = _titles(told, list(files), further)
    text = report(told, titles)
    first = _stamped(folder, without_outer_links(report_html(told, text), INDEX, names))
    parts = {
        REPORT: narrative_docx(text, template, dt.date.fromisoformat(view.as_of), WHAT),
        INDEX: first.encode(),
        PROOFS: _csv(proof_list(told)),
        PROBLEMS: _csv(problem_list(told)),
        **further,
    }
    for name, (kind, candidate) in files.items():
        page = _statement(folder, view, kind, candidate)
        parts[name] = without_outer_links(page, name, names).encode()
    hashes = [{"文件": n, "SHA-256": hashlib.sha256(d).hexdigest()} for n, d in parts.items()]
    return make_zip({**parts, CONTENTS: _csv(pd.DataFrame(hashes))})


def _what_is_left(folder: Path, told: SelfAssessment) -> dict[str, bytes]:
    """Return what the unit and its officers can still do, and its days as a calendar, if known."""
    todo = load_todo(folder)
    if todo is None:
        return {}
    view = told.view
    people = dict(zip(view.scores["candidate"], view.scores["name"], strict=True))
    rows = [
        (people[code], row.whose, row.by, row.sentence)
        for kind, code in [("unit", told.unit), *(("officer", code) for code in told.officers)]
        for row in todo.of(kind, code)
    ]
    parts = {TODO: _csv(pd.DataFrame(rows, columns=["对象", "由谁", "最迟", "做什么，得几分"]))}
    calendar = folder / CALENDARS / f"{safe_name(told.unit)}.ics"
    if calendar.is_file():
        parts[CALENDAR] = calendar.read_bytes()
    return parts


def _titles(
    told: SelfAssessment, files: Sequence[str], further: Collection[str]
) -> list[tuple[str, str]]:
    """Return the names of the files the report lists, and what they are."""
    people = dict(zip(told.view.scores["candidate"], told.view.scores["name"], strict=True))
    who = [told.name, *(str(people[code]) for code in told.officers)]
    return [
        (PROOFS, "各条款佐证清单"),
        (PROBLEMS, "须更正的数据"),
        *((f, t) for f, t in ((TODO, "接下来能做什么"), (CALENDAR, "到期日历")) if f in further),
        *((file, f"{name}得分账目") for file, name in zip(files, who, strict=True)),
    ]


def _statement(folder: Path, view: RunView, kind: str, candidate: str) -> str:
    """Return a statement as it lies in the run, else, where the run holds none, made anew."""
    path = folder / STATEMENTS / statement_file(kind, candidate)
    if path.is_file():
        return path.read_text(encoding="utf-8")
    cells, whole = rows_behind(folder, view, kind, candidate)
    page = statement_html(view, kind, candidate, cells, whole=whole, todo=load_todo(folder))
    return _stamped(folder, page)


def _stamped(folder: Path, page: str) -> str:
    """Return a page that says what the run says: a draft, or published under its number."""
    number = read_manifest(folder).number if (folder / MANIFEST).is_file() else 0
    return stamp(page, number) if number else page


def _csv(frame: pd.DataFrame) -> bytes:
    return csv_text(frame).encode("utf-8-sig")
