"""A run folder made from the demo county, and the same run with everything hostile in it."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dalian_eval import intake
from dalian_eval.intake.account.intake_report import write_report
from dalian_eval.metrics.monthly import all_metrics, found_records
from dalian_eval.metrics.sources import open_sources
from dalian_eval.outputs.csv_files import write_table
from dalian_eval.report.views.run_view import RunView, load_view
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.plan_names import use_names
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.origins import Source
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.scoring.outputs import record_frames
from dalian_eval.scoring.score import score

ROOT = Path(__file__).parents[2]
HOSTILE = "<script>alert(1)</script>\"'&=1+1䶮" + "长" * 200

OUTCOMES = [
    {
        "table": "inspections",
        "check": "upload_after_inspection",
        "title": "上传时间不早于检查日期",
        "severity": "warning",
        "success": False,
        "tested": 8123,
        "failed": 2,
        "reason": "上传时间早于检查日期",
        "fix": "核对后重新导出",
        "origins": ["inspections:a%20b.xlsx#Sheet1!5", "inspections:a%20b.xlsx#Sheet1!6"],
    },
    {
        "table": "cases",
        "check": "unit_exists",
        "title": "案件的单位在单位表中",
        "severity": "blocking",
        "success": True,
        "tested": 150,
        "failed": 0,
        "reason": "",
        "fix": "",
        "origins": [],
    },
]


@pytest.fixture(autouse=True)
def _names(rubric: Rubric) -> None:
    """Call things as this plan does, whatever plan another test has loaded."""
    use_names(rubric.names)


@pytest.fixture(scope="session")
def rubric() -> Rubric:
    return load_rubric(ROOT / "params/rubrics/2024.yaml")


def write_run(folder: Path, rubric: Rubric, as_of: dt.date, clean: Path) -> None:
    """Score the cleaned tables as of a day and write the run's CSV and JSON files."""
    report = intake.load_report(clean)
    tables = {
        path.stem: to_frame(pq.read_table(path), BY_NAME[path.stem])
        for path in sorted(clean.glob("*.parquet"))
        if path.stem != "inspections"
    }
    sources = open_sources(clean, tables["units"], rubric.period, as_of)
    supplied = frozenset(report.supplied)
    metrics, found = all_metrics(sources), found_records(sources)
    scored = score(tables, supplied, metrics, found, rubric, as_of, "seed")
    places = {
        int(r.id): Source(int(r.id), r.table, r.file, r.sha256, r.sheet)
        for r in report.sources.itertuples()
    }
    folder.mkdir()
    for name, frame in record_frames(scored, places).items():
        write_table(name, frame, folder)
    write_report(report, folder)
    meta = {
        "run_id": "0123456789ab",
        "month": as_of.isoformat()[:7],
        "as_of": as_of.isoformat(),
        "version": "0.1.0",
        "rubric": {"year": rubric.year, "title": rubric.title, "source": rubric.source},
        "readings": rubric.chosen,
        "params": {"draw_seed": "seed", "campaign": {}},
        "files": dict.fromkeys(sorted(set(report.sources["file"])), "0" * 64),
    }
    (folder / "run.json").write_text(json.dumps(meta), encoding="utf-8")
    (folder / "validation.json").write_text(json.dumps({"outcomes": OUTCOMES}), encoding="utf-8")


@pytest.fixture(scope="session")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    intake.clean(ROOT / "data/demo", folder, headers=ROOT / "params/headers.yaml")
    return folder


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, rubric: Rubric, cleaned: Path) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "whole"
    write_run(folder, rubric, dt.date(2024, 10, 31), cleaned)
    return folder


@pytest.fixture(scope="session")
def view(run_folder: Path, rubric: Rubric) -> RunView:
    return load_view(run_folder, rubric)


@pytest.fixture(scope="session")
def early(tmp_path_factory: pytest.TempPathFactory, rubric: Rubric, cleaned: Path) -> RunView:
    """The run of the first month: little has happened, much is open."""
    folder = tmp_path_factory.mktemp("runs") / "early"
    write_run(folder, rubric, dt.date(2023, 11, 30), cleaned)
    return load_view(folder, rubric)


@pytest.fixture(scope="session")
def hostile(view: RunView) -> RunView:
    """The run with every text that comes from data turned into markup, formula and great length."""
    sources = view.sources.assign(file=HOSTILE, sheet=HOSTILE)
    outcomes = [{**o, "title": HOSTILE, "reason": HOSTILE} for o in view.outcomes]
    return replace(
        view,
        scores=view.scores.assign(name=HOSTILE),
        ledger=view.ledger.assign(
            reason=HOSTILE,
            evidence="cases:%3Cscript%3Ealert%281%29%3C/script%3E#%3Cb%3E!7",
        ),
        draw=view.draw.assign(case=HOSTILE, reason=HOSTILE),
        assignments=view.assignments.assign(case=HOSTILE),
        quarantine=view.quarantine.assign(reason=HOSTILE, fix=HOSTILE, value=HOSTILE),
        sources=sources,
        validation={"outcomes": outcomes},
        meta={**view.meta, "files": {HOSTILE: "0" * 64}},
    )
