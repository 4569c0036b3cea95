"""rubric next-year: next year's files from this year's, and a month of next year with them."""

import os
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.cli import invoke
from dalian_eval.jobs.rubrics.rubric_cases import case_files, run_cases
from dalian_eval.jobs.rubrics.rubric_check import check_rubric
from dalian_eval.jobs.run import run
from dalian_eval.jobs.runs.run_stages import Progress
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.scoring.ledger import clauses
from dalian_eval.stages.parameters import load_params
from dalian_eval.stages.pipeline import open_job
from dalian_eval.workbench.case_reader import read_cases
from dalian_eval.workbench.next_year import PARAMS, RUBRIC, for_next_year
from tests.workbench.shifted import county

ROOT = Path(__file__).parents[2]

YEAR = re.compile(r"(?<![0-9A-Za-z.])20[0-9]{2}(?![0-9])")
LEAP = re.compile(r"(?<=2024-02-)28")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of this year with next year's plan made in it."""
    root = tmp_path_factory.mktemp("years") / "县"
    shutil.copytree(ROOT / "params", root / "params")
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    (root / "data").mkdir()
    before = Path.cwd()
    os.chdir(root)
    try:
        assert invoke(["rubric", "next-year", "2024"]) == 0
    finally:
        os.chdir(before)
    return root


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")


def test_this_years_files_stay_and_next_years_are_there(project: Path) -> None:
    for path in sorted((ROOT / "params").rglob("*")):
        if path.is_file():
            assert (project / path.relative_to(ROOT)).read_bytes() == path.read_bytes()
    new = {p.relative_to(project / "params").as_posix() for p in project.rglob("*2025*")}
    assert {"2025.yaml", "rubrics/2025.yaml", "cases/2025", "2025-核对清单.txt"} <= new
    names = [{p.name for p in (project / f"params/cases/{y}").iterdir()} for y in (2024, 2025)]
    assert names[0] == names[1]


def test_comments_order_and_spelling_stay(project: Path) -> None:
    """Besides years, marks and what was emptied, not one character differs."""
    for name in ("rubrics/{}.yaml", "cases/{}/背景.yaml", "cases/{}/案卷评查.yaml"):
        old, new = (lines(project / "params" / name.format(y)) for y in (2024, 2025))
        assert len(old) == len(new)
        for a, b in zip(old, new, strict=True):
            kept = b.partition("  # 待定：")[0]
            back = YEAR.sub(lambda m: str(int(m[0]) - 1), kept)
            assert a in (kept, back, LEAP.sub("29", back)), (name, a, b)
    old, new = (lines(project / f"params/{y}.yaml") for y in (2024, 2025))
    assert [x for x in new if x.lstrip().startswith("#")] == [
        x.replace("2024", "2025") for x in old if x.lstrip().startswith("#")
    ]


def test_no_year_of_the_old_plan_is_left(project: Path) -> None:
    for name in ("2025.yaml", "rubrics/2025.yaml"):
        path = project / "params" / name
        left = [x for x in lines(path) if "2023" in x]
        assert left == []
        old = [x for x in lines(path) if "2024" in x and "待定" not in x]
        was = [x for x in lines(ROOT / "params" / name.replace("2025", "2024")) if "2023" in x]
        assert len(old) == len(was)


def test_what_is_undecided_is_marked_and_nothing_else_is_remarked(project: Path) -> None:
    found = check_rubric(project / "params/rubrics/2025.yaml")
    assert all("待定" in warning for warning in found.warnings)
    told = "\n".join(found.warnings)
    for word in ("文号", "节假日", "调休上班日", "起止日期", "各项日期"):
        assert word in told
    params = load_params(project / "params/2025.yaml")
    assert params.campaign.holidays == ()
    assert params.campaign.window.start.year == 2025
    assert params.draw_seed.startswith("2025年度")
    rubric = load_rubric(project / "params/rubrics/2025.yaml")
    assert rubric.source == "通如东环〔2024〕27号"
    assert rubric.period.end.isoformat() == "2025-10-31"
    assert "only_2024" in rubric.readings["achievement_year"].options


def test_the_checklist_names_every_line_that_moved(project: Path) -> None:
    text = (project / "params/2025-核对清单.txt").read_text(encoding="utf-8")
    old, new = (lines(project / f"params/rubrics/{y}.yaml") for y in (2024, 2025))
    for number, (a, b) in enumerate(zip(old, new, strict=True), start=1):
        moved = b.partition("  # 待定：")[0] != a
        assert (f"params/rubrics/2025.yaml 第{number}行\n" in text) == moved
    assert "2025-08-15（星期五）" in text
    assert "2025-06-20" in text


def test_nothing_is_overwritten(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    before = {p: p.read_bytes() for p in project.rglob("*") if p.is_file()}
    assert invoke(["rubric", "next-year", "2024"]) == UsageError.exit_code
    assert "已经有了，不覆盖" in capsys.readouterr().err
    assert invoke(["rubric", "next-year", "2030"]) == UsageError.exit_code
    assert "现有：2024、2025" in capsys.readouterr().err
    assert {p: p.read_bytes() for p in project.rglob("*") if p.is_file()} == before


def test_a_plan_with_a_fault_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "params", tmp_path / "params")
    case = tmp_path / "params/cases/2024/否决.yaml"
    case.write_text(case.read_text(encoding="utf-8") + "  - 坏\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert invoke(["rubric", "next-year", "2024"]) == UsageError.exit_code
    err = capsys.readouterr().err
    assert "没有写入任何文件" in err
    assert "否决.yaml 第" in err
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_years_that_may_be_meant_are_left_and_told() -> None:
    text = "a: 1998年的办法\nseed: 2024\nb: 2024-02-29至2024年2月29日\nrows: 2000\n"
    made = for_next_year(text, 2024, RUBRIC)
    assert made.text == text.replace("2024-02-29至2024年2月29日", "2025-02-28至2025年2月28日")
    assert made.left == [(1, "a: 1998年的办法"), (2, "seed: 2024")]
    assert [m.line for m in made.moved] == [3]


def test_line_ends_stay() -> None:
    text = (ROOT / "params/2024.yaml").read_text(encoding="utf-8").replace("\n", "\r\n")
    made = for_next_year(text, 2024, PARAMS).text
    assert made.count("\r\n") == made.count("\n")
    assert made.replace("\r\n", "\n") == for_next_year(text.replace("\r", ""), 2024, PARAMS).text


def test_what_held_last_year_only_is_emptied() -> None:
    text = (
        "campaign:\n  holidays:\n    # 春节\n    - {name: 春节, start: 2024-02-10}\n"
        "  # 之后\n  workdays: [2024-02-04]\n  roster:\n    contestants: 10\n"
    )
    made = for_next_year(text, 2024, PARAMS)
    assert made.text == (
        "campaign:\n  holidays: []  # 待定：按国务院办公厅2025年放假通知填写节假日\n"
        "  # 之后\n  workdays: []  # 待定：按同一通知填写调休上班日\n"
        "  roster:\n    contestants: 10\n"
    )
    assert [line for line, _ in made.open] == [2, 4]


def test_next_years_cases_are_sound_and_come_out(project: Path) -> None:
    rubric = project / "params/rubrics/2025.yaml"
    loaded = load_rubric(rubric)
    old = ROOT / "params/rubrics/2024.yaml"
    worked = [read_cases(case_files(f), load_rubric(f)) for f in (old, rubric)]
    assert len(worked[0]) == len(worked[1])
    assert loaded.year == 2025
    folder = project / "params/cases/2025"
    few = [folder / "否决.yaml", folder / "一案不重复.yaml"]
    results = run_cases(rubric, few, lambda done, all_of_them: None)
    assert [r.worked.name for r in results if not r.passed] == []


DRAWN = "drawn_files"


def test_a_year_on_the_same_facts_give_the_same_points(project: Path, tmp_path: Path) -> None:
    """What is drawn is another draw; every other clause gives what it gave the year before."""
    points = {}
    for year, years in ((2024, 0), (2025, 1)):
        raw = county(tmp_path / f"{year}", years=years)
        job = open_job(month=f"{year}-10", raw=raw, start=project)
        scored = job.rescore()
        sections = [job.rubric.unit, job.rubric.officer]
        drawn = {
            c.id
            for s in sections
            for c in s.clauses.values()
            if any(q.table == DRAWN for q in c.queries)
        }
        leaves = {i for s in sections for i in s.clauses} - drawn

        frame = clauses(scored)
        frame = frame[frame["clause"].isin(leaves)]
        points[year] = frame.set_index(["kind", "candidate", "clause"])["points"].sort_index()
    pd.testing.assert_series_equal(points[2024], points[2025])
    assert points[2024].abs().sum() > 0


def test_a_month_of_next_year_is_run_beside_this_years_records(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    warned: list[str] = []

    raw = county(tmp_path / "2025", years=1)
    record = run(month="2025-03", raw=raw, progress=Progress(warn=warned.append))
    assert record.parent.name == "2025-03"
    assert any("待定" in line for line in warned)
    page = (record / "index.html").read_text(encoding="utf-8")
    assert "2025年度生态环境保护执法大练兵评审细则" in page
    old = county(tmp_path / "2024", years=0)
    job = open_job(month="2024-10", raw=old, start=project)
    assert job.rubric.year == 2024
    assert len(job.rescore().unit.candidates.ids) > 0
