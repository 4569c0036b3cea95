"""One run elsewhere that goes on where a killed one was, stopped and looked at in every stage.

What a process killed at a moment leaves is what is on disk when it is stopped there: so the runs
are stopped in each stage, the disk copied, and go on.
"""

import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.base.result_folder import differing
from dalian_eval.base.scratch_folder import scratch
from dalian_eval.jobs.runs.known_runs import KNOWN
from dalian_eval.jobs.runs.run_stages import STAGES
from dalian_eval.record.folder import find_run
from dalian_eval.record.verify import verify
from tests.faults.elsewhere import DAYS_OFF, ROOT, family, other_machine, project_copy, start
from tests.record.small import published

MONTH = "2024-10"
OLD, OLD_MONTH = "aaaaaaaaaaaa", "2022-10"
"""A run published before, of another evaluation period: nothing is compared with it."""


@dataclass(frozen=True)
class Elsewhere:
    """`left`: names in the month's folder after the kill; `photos`: copies of the project in which
    the runs were stopped, by stage; `living`: those names while a sweep of another process ran;
    `told`: what the run that went on said before its first stage."""

    project: Path
    environment: dict[str, str]
    left: list[str]
    photos: dict[int, Path]
    living: tuple[list[str], list[str]]
    told: list[str]
    code: int
    said: str


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def wait_for_stage(
    process: "subprocess.Popen[str]", number: int, begun: set[int] | None = None
) -> list[str]:
    """Return the lines until the stage begins; none when it is among those that have `begun`."""
    assert process.stderr is not None
    lines: list[str] = []
    begun = set() if begun is None else begun
    if number in begun:
        return lines
    for line in process.stderr:
        lines.append(line)
        if "开始" in line:
            begun.add(int(line[1]))
        if number in begun:
            return lines
    pytest.fail(f"the run ended before stage {number}: {''.join(lines[-5:])}")


def stopped_copy(process: "subprocess.Popen[str]", project: Path, to: Path) -> Path:
    """Stop the run and its kernels, copy the project's disk, let them go on."""
    everyone = family(process)
    for one in everyone:
        one.suspend()
    try:
        shutil.copytree(project, to, ignore=shutil.ignore_patterns("notebooks", "raw"))
    finally:
        for one in everyone:
            one.resume()
    return to


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    place = tmp_path_factory.mktemp("别处")
    project = project_copy(place / "另一 项目")
    inside = project / "子文件夹"
    inside.mkdir()
    environment = other_machine(place / "家")
    month = project / "runs" / MONTH
    published(project / "runs", OLD, OLD_MONTH)
    command = ["run", "--month", MONTH, "--out", "../runs", "--raw", "../data/raw"]
    moments = random.Random(time.monotonic_ns())

    photos = {}
    with start(command, inside, environment) as killed:
        wait_for_stage(killed, 1)
        time.sleep(moments.uniform(0, 3))
        photos[1] = stopped_copy(killed, project, place / "第1步")
        wait_for_stage(killed, 2)
        everyone = family(killed)
        killed.kill()
    # A kernel notices within a second or two that nobody is there.
    assert psutil.wait_procs(everyone, timeout=30)[1] == []
    left = names(month)

    living: tuple[list[str], list[str]] = ([], [])
    with start(command, inside, environment) as process:
        told: list[str] = []
        begun: set[int] = set()  # Two stages may begin at once, in any order.
        for number in range(2, len(STAGES) + 1):
            lines = wait_for_stage(process, number, begun)
            told = told or lines
            time.sleep(moments.uniform(0, 1.5))
            photos[number] = stopped_copy(process, project, place / f"第{number}步")
            if number == 2:
                before = names(month)
                with scratch(month, "building"):
                    pass
                living = (before, names(month))
        said, _ = process.communicate()
    return Elsewhere(project, environment, left, photos, living, told, process.returncode, said)


def test_the_same_inputs_give_the_same_bytes_elsewhere(elsewhere, demo_run):
    assert elsewhere.code == 0
    assert "完成" in elsewhere.said
    again = elsewhere.project / "runs" / MONTH / demo_run.name
    assert differing(again, demo_run) == []
    kinds = {path.suffix for path in again.rglob("*") if path.is_file()}
    assert {".csv", ".json", ".ipynb", ".html", ".docx", ".xlsx", ".lock", ".yaml"} <= kinds


def test_the_run_after_it_went_on_where_it_was(elsewhere):
    first, *others = elsewhere.told
    assert first.startswith(f"[1/{len(STAGES)}] 数据清洗 上次中断前已完成")
    assert [line for line in others if line.startswith("[1/")] == []


def test_so_do_the_canonical_tables(elsewhere, demo_run):
    here, there = (base / "data/processed" / demo_run.name for base in (ROOT, elsewhere.project))
    assert differing(here, there) == []
    assert len(list(there.rglob("*.parquet"))) > 25


def test_the_clock_was_years_off(elsewhere):
    command = [sys.executable, "-c", DAYS_OFF, str(int(time.time()))]
    for _ in range(2):
        done = subprocess.run(
            command, env=elsewhere.environment, capture_output=True, check=True, text=True
        )
        assert all(int(days) > 100 for days in done.stdout.split())


def test_the_killed_run_left_nothing_that_looks_like_a_run(elsewhere):
    assert [name.partition("-")[0] for name in elsewhere.left] == [".building"] * 2


def test_the_run_after_it_swept_it_away(elsewhere, demo_run):
    assert names(elsewhere.project / "runs" / MONTH) == [demo_run.name]
    assert names(elsewhere.project / "data/processed") == sorted([demo_run.name, KNOWN, "pieces"])
    assert verify(elsewhere.project / "runs" / OLD_MONTH / OLD).problems == ()


def test_the_folder_of_a_living_run_stays(elsewhere):
    before, after = elsewhere.living
    assert before == after
    assert len([name for name in before if name.startswith(".building-")]) == 2


@pytest.mark.parametrize("stage", range(1, len(STAGES) + 1))
def test_killed_in_any_stage(elsewhere, demo_run, stage):
    """Nothing half done can be taken for a run, what is published is whole, the rest is swept."""
    runs = elsewhere.photos[stage] / "runs"
    whole = elsewhere.project / "runs" / MONTH / demo_run.name
    for folder in (runs / MONTH).iterdir():
        if folder.name == demo_run.name:
            assert differing(folder, whole) == []
        else:
            assert folder.name.startswith(".building-")
    assert verify(runs / OLD_MONTH / OLD).problems == ()
    if not (runs / MONTH / demo_run.name).exists():
        with pytest.raises(UsageError, match="找不到运行记录"):
            find_run(demo_run.name, runs)
    with scratch(runs / MONTH, "building"):
        pass
    assert set(names(runs / MONTH)) <= {demo_run.name}
    for kept in (elsewhere.photos[stage] / "data/processed").glob("[!.pk]*/*"):
        # A stage's folder is there when it is whole.
        assert not kept.name.startswith(".")
        there = elsewhere.project / "data/processed" / demo_run.name / kept.name
        assert differing(kept, there) == []
