"""A full or read-only disk, a kernel that dies, two at once: what was there stays, nothing half
done is left, and the message says what happened."""

import errno
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import Mock

import nbformat
import psutil
import pytest

from dalian_eval.base.errors import DalianError, DifferenceError, UsageError
from dalian_eval.base.files import sha256_of
from dalian_eval.base.result_folder import put_instead, settle, writable
from dalian_eval.base.scratch_folder import scratch
from dalian_eval.cli import invoke
from dalian_eval.intake import clean
from dalian_eval.public.edition import write_public
from dalian_eval.record.history import HISTORY
from dalian_eval.record.kernels.forked import can_fork
from dalian_eval.record.notebooks import Kernel, execute, nursery_of
from dalian_eval.record.verify import verify
from tests.faults.disks import (
    can_mount,
    left,
    on_disk_that_fills_up,
    on_read_only_disk,
    on_small_disk,
)
from tests.faults.elsewhere import ROOT, project_copy
from tests.record.small import published, small_run

MONTH = "2024-10"
RUN = ["run", "--month", MONTH]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_copy(tmp_path_factory.mktemp("项目"))


# ---- disks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [300_000, 1_500_000], ids=["inputs", "a notebook"])
def test_a_disk_that_fills_up(project, tmp_path, size):
    """Once while inputs are copied, once while the first notebook writes tables."""
    arguments = [*RUN, "--out", str(tmp_path / "满/runs")]
    done = on_disk_that_fills_up(tmp_path / "满", size, arguments, project)
    assert done.returncode == 2, done.stderr
    assert "磁盘空间不足，无法写入" in done.stderr
    assert str(tmp_path / "满/runs") in done.stderr
    assert "Traceback" not in done.stderr
    assert left(done) == []
    started = "] 数据清洗 开始" in done.stderr
    assert started == (size > 1_000_000)


@pytest.mark.skipif(not can_mount(), reason="no small disk can be made here")
def test_a_disk_that_is_too_small_is_told_before_anything_is_begun(project, tmp_path):
    arguments = [*RUN, "--out", str(tmp_path / "满/runs")]
    done = on_small_disk(tmp_path / "满", 5_000_000, arguments, project)
    assert done.returncode == 2, done.stderr
    assert "磁盘空间不足：这次运行至少还需要约" in done.stderr
    assert "只剩5 MB。还没有开始计算" in done.stderr
    assert "--keep-inputs link" in done.stderr
    assert "开始\n" not in done.stderr
    assert left(done) == []


def test_a_full_disk_while_publishing(tmp_path):
    runs = tmp_path / "runs"
    published(runs, "aaaaaaaaaaaa")
    folder = small_run(runs, "bbbbbbbbbbbb")
    before = {p: sha256_of(p) for p in runs.rglob("*") if p.is_file()}
    pid = os.fork()
    if pid == 0:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))
        os.dup2(os.open(tmp_path / "说", os.O_WRONLY | os.O_CREAT), 2)
        os._exit(invoke(["publish", str(folder), "--yes"]))
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 2
    after = {
        p: sha256_of(p) for p in runs.rglob("*") if p.is_file() and ".publishing-" not in str(p)
    }
    assert after == before
    assert verify(folder).problems == ()
    assert invoke(["publish", str(folder), "--yes"]) == 0
    assert sorted(p.name for p in folder.parent.iterdir()) == ["aaaaaaaaaaaa", "bbbbbbbbbbbb"]
    assert len((runs / HISTORY).read_bytes().splitlines()) == 2


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_below_the_pieces_is_told_as_theirs(tmp_path, monkeypatch):
    """Whatever --out is: what is kept between runs lies in data/processed."""
    raw, pieces = tmp_path / "raw", tmp_path / "data" / "processed" / "pieces"
    raw.mkdir()
    (raw / "单位.csv").write_text("单位编码,单位名称\nD01,东片\n", encoding="utf-8")
    monkeypatch.setattr("dalian_eval.intake.read_file.write_rows", full)
    with (
        pytest.raises(UsageError, match="磁盘空间不足") as caught,
        writable(tmp_path / "runs", "--out"),
    ):
        clean(raw, tmp_path / "runs" / "clean", headers=ROOT / "params/headers.yaml", pieces=pieces)
    assert f"无法写入 {pieces}：" in str(caught.value)
    assert not list(pieces.iterdir())


@pytest.mark.parametrize("stage", ["clean", "metrics", "score"])
def test_a_full_disk_below_the_stages_of_a_public_edition_is_told_as_theirs(tmp_path, stage):
    store, folder = tmp_path / "data" / "processed" / "public", tmp_path / "runs"
    job = Mock(store=store, **{f"{stage}.side_effect": full})
    job.validate().blocking = []
    with pytest.raises(UsageError) as caught, writable(folder, "--out"):
        write_public(job, b"", folder, lambda title: nullcontext())
    assert f"磁盘空间不足，无法写入 {store.parent}：" in str(caught.value)


def test_an_output_place_that_is_read_only(project, tmp_path):
    (tmp_path / "只读").mkdir()
    done = on_read_only_disk(
        tmp_path / "只读", [*RUN, "--out", str(tmp_path / "只读/runs")], project
    )
    assert done.returncode == 2
    assert "--out" in done.stderr
    assert "开始" not in done.stderr


def test_a_project_that_is_read_only(project, tmp_path):
    (project / "data/processed").mkdir(exist_ok=True)
    done = on_read_only_disk(
        project / "data/processed", [*RUN, "--out", str(tmp_path / "runs")], project
    )
    assert done.returncode == 2
    assert "data/processed" in done.stderr
    assert "--out" not in done.stderr
    assert "开始" not in done.stderr
    assert not (tmp_path / "runs").exists()


# ---- kernels -------------------------------------------------------------------------------


def suicidal(path: Path) -> Path:
    """Write a notebook whose kernel is killed by its first cell, as the system does it."""
    cell = nbformat.v4.new_code_cell("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    cell.metadata["tags"] = ["parameters"]
    python = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=python), path)
    return path


def test_a_kernel_that_dies_ends_the_run_with_a_sentence(tmp_path, monkeypatch, capsys):
    project = project_copy(tmp_path / "项目")
    suicidal(project / "notebooks/01_clean.ipynb")
    monkeypatch.chdir(project)
    assert invoke([*RUN]) == 1
    said = capsys.readouterr().err
    assert "01_clean 的计算进程意外终止" in said
    assert "没有留下半成品" in said
    assert not (project / "runs").exists()
    assert not list((project / "data/processed").glob("[!p]*"))


def test_a_kernel_that_dies_while_it_waits(tmp_path):
    kernel = Kernel(tmp_path, tmp_path)
    try:
        (waiting,) = [p for p in psutil.Process().children() if "ipykernel_launcher" in p.cmdline()]
        waiting.send_signal(signal.SIGKILL)
        with pytest.raises(DalianError, match="意外终止"):
            execute(suicidal(tmp_path / "05_narrative.ipynb"), {}, kernel)
    finally:
        kernel.stop()


@pytest.mark.skipif(not can_fork(), reason="kernels are forked where the system can")
def test_a_forked_kernel_has_what_was_imported_and_is_missed_when_it_dies(tmp_path):
    nursery = nursery_of(("fractions",))
    assert nursery is not None
    first, second = (Kernel(tmp_path, tmp_path, nursery=nursery) for _ in range(2))
    try:
        cell = nbformat.v4.new_code_cell(
            "import os, sys\nprint('fractions' in sys.modules, os.environ['TZ'], os.getcwd())"
        )
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "one.ipynb")
        (made,) = execute(tmp_path / "one.ipynb", {}, first).cells
        assert made.outputs[0]["text"] == f"True Asia/Shanghai {tmp_path}\n"
        with pytest.raises(DalianError, match="05_narrative 的计算进程意外终止"):
            execute(suicidal(tmp_path / "05_narrative.ipynb"), {}, second)
    finally:
        first.stop()
        second.stop()
        nursery.stop()
    assert not [p for p in psutil.Process().children() if "nursery" in " ".join(p.cmdline())]


def is_working(process: psutil.Process) -> bool:
    """Whether a process runs, rather than waits for init to take note of its end."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@pytest.mark.skipif(not can_fork(), reason="kernels are forked where the system can")
def test_kernels_end_with_the_process_they_are_forked_from(tmp_path):
    nursery = nursery_of(())
    kernel = Kernel(tmp_path, tmp_path, nursery=nursery)
    (parent,) = [p for p in psutil.Process().children() if "nursery" in " ".join(p.cmdline())]
    until = time.monotonic() + 60
    while not (forked := parent.children()) and time.monotonic() < until:
        time.sleep(0.05)
    parent.kill()
    while any(is_working(p) for p in forked) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(is_working(p) for p in forked)
    with pytest.raises(DalianError, match="意外终止"):
        execute(suicidal(tmp_path / "05_narrative.ipynb"), {}, kernel)
    kernel.stop()
    nursery.stop()


BUSY = """
import sys, time
from pathlib import Path
from dalian_eval import cli
from dalian_eval.base.scratch_folder import scratch
from dalian_eval.record.notebooks import Kernel

def work(arguments):
    with scratch(Path(sys.argv[1]), "dalian-eval", private=True) as folder:
        kernel = Kernel(folder, folder)
        try:
            print("started", flush=True)
            time.sleep(600)
        finally:
            kernel.stop()

cli._dispatch = work
cli.main([])
"""
"""What `reproduce` does around its kernels, without the run: a private folder, a kernel in it."""


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_command_leaves_no_file_of_its_kernels(tmp_path, how):
    place, runtime = tmp_path / "tmp", tmp_path / "runtime"
    place.mkdir()
    runtime.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", BUSY, str(place)],
        env={**os.environ, "JUPYTER_RUNTIME_DIR": str(runtime)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as busy:
        assert busy.stdout is not None
        assert busy.stdout.readline() == "started\n"
        (connection,) = place.glob(".dalian-eval-*/kernel-*.json")
        assert connection.parent.stat().st_mode & 0o077 == 0
        busy.send_signal(how)
        _, said = busy.communicate()
    if how == signal.SIGTERM:
        assert (busy.returncode, said) == (1, "已中断，没有留下半成品。\n")
        assert not list(place.iterdir())
    with scratch(place, "dalian-eval"):
        assert not connection.parent.exists()
    assert not list(place.iterdir())
    assert not list(runtime.iterdir())


# ---- two at once ---------------------------------------------------------------------------


def test_two_that_finish_at_once(tmp_path):
    """One is put, the others find it the same; what differs is refused and changes nothing."""

    def finish(number: int) -> str:
        with scratch(tmp_path / "runs", "building") as building:
            (building / "scores.csv").write_text("1\n" if number % 8 else "2\n", encoding="utf-8")
            try:
                settle(building, tmp_path / "runs" / f"记录{number // 16}", "")
            except DifferenceError:
                return "不同"
        return "相同"

    with ThreadPoolExecutor(8) as several:
        told = list(several.map(finish, range(16 * 20)))
    assert set(told) == {"相同", "不同"}
    left_there = sorted(p.name for p in (tmp_path / "runs").iterdir())
    assert left_there == sorted(f"记录{i}" for i in range(20))


def test_a_folder_put_instead_of_another_is_never_there_by_half(tmp_path):
    place = tmp_path / "processed" / "记录"

    def put(number: int) -> None:
        with scratch(tmp_path, "building") as building:
            (building / "store").mkdir()
            for name in ("a", "b"):
                (building / "store" / name).write_text(str(number), encoding="utf-8")
            put_instead(building / "store", place)

    with ThreadPoolExecutor(8) as several:
        list(several.map(put, range(200)))
    assert (place / "a").read_bytes() == (place / "b").read_bytes()
    assert [p.name for p in place.parent.iterdir()] == ["记录"]
