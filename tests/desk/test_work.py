"""A work of the desk: started apart, seen by everybody, stopped, and what is left when it dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from dalian_eval.base.errors import NoRoomError, UsageError
from dalian_eval.base.file_lock import hold, is_held
from dalian_eval.base.files import canonical
from dalian_eval.desk.system import apart, as_typed, interrupt, interruptible, open_page
from dalian_eval.desk.work import (
    ASKED,
    BUSY,
    DIED,
    DONE,
    ENDED,
    LOCK,
    LOG,
    REFUSED,
    RUNNING,
    STOPPED,
    Work,
    ask_stop,
    latest,
    next_place,
    read_work,
    start,
    works,
)
from tests.conftest import ROOT

SECONDS = 120


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "一个 项目"
    (root / "params").mkdir(parents=True)
    for name in ("rubrics", "2024.yaml", "headers.yaml", "mappings.yaml"):
        (root / "params" / name).symlink_to(ROOT / "params" / name)
    return root


def ended(work: Work) -> Work:
    """Wait for the end of a work."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        now = read_work(work.folder)
        if now is not None and not now.is_running:
            return now
        time.sleep(0.1)
    raise AssertionError("没有结束")


def laid_down(root: Path, *, age: float = 0, **ended_with: object) -> Work:
    """Write a work as a supervisor leaves it."""
    folder = root / next_place(root)
    folder.mkdir(parents=True)
    asked = {"title": "计分", "arguments": ["run"], "opens": "", "begun": "2024-10-31T10:00:00"}
    (folder / ASKED).write_bytes(canonical(asked))
    (folder / LOG).write_text("一行\n", encoding="utf-8")
    os.utime(folder / ASKED, (time.time() - age,) * 2)
    if ended_with:
        (folder / ENDED).write_bytes(canonical(ended_with))
    work = read_work(folder)
    assert work is not None
    return work


def test_a_command_runs_apart_and_its_words_and_end_are_kept(project: Path) -> None:
    work = start(
        project, "检验", ["template", "--to", "{work}/模板.xlsx"], opens="{work}/模板.xlsx"
    )
    assert work.state == RUNNING
    with pytest.raises(UsageError, match="『检验』还在进行"):
        start(project, "另一件", ["history"])
    done = ended(work)
    assert (done.state, done.code) == (DONE, 0)
    assert (project / done.opens).is_file()
    assert "已生成报送模板" in done.log
    assert done.arguments == ("template", "--to", done.opens)
    refused = ended(start(project, "说明", ["explain", "没有", "--of", "谁"]))
    assert (refused.state, refused.code) == (REFUSED, 2)
    assert refused.fault.startswith("错误：找不到运行记录『没有』")
    assert [w.number for w in works(project)] == [2, 1]


def test_asked_to_stop_a_command_clears_up(project: Path) -> None:
    work = start(project, "检验", ["rubric", "test", "2024", str(ROOT / "params/cases/2024")])
    while not (work.folder / LOCK).exists():
        time.sleep(0.05)
    time.sleep(1.5)
    ask_stop(work)
    stopped = ended(work)
    assert stopped.state == STOPPED
    assert "中断" in stopped.log


def test_a_work_whose_supervisor_died_is_told_and_hinders_nobody(project: Path) -> None:
    work = laid_down(project, age=100)
    assert work.state == DIED
    assert "意外终止" in work.outcome
    held = hold(work.folder / LOCK)
    assert held is not None
    assert is_held(work.folder / LOCK)
    now = latest(project)
    assert now is not None
    assert now.state == RUNNING
    os.close(held)
    assert read_work(work.folder) == work  # How long it took does not grow either.
    assert start(project, "历史", ["history"]).number == 2


def test_the_work_under_way_is_shown_when_another_was_refused(project: Path) -> None:
    first = laid_down(project)
    held = hold(first.folder / LOCK)
    assert held is not None
    laid_down(project, code=2, stopped=False, ended="2024-10-31T10:00:01")
    now = latest(project)
    assert now is not None
    assert (now.number, now.state) == (1, RUNNING)
    os.close(held)


def test_two_begun_at_once_do_not_run_at_once(project: Path) -> None:
    first = laid_down(project)
    busy = hold(first.folder.parent / BUSY)
    assert busy is not None
    second = ended(start(project, "历史", ["history"]))
    assert (second.state, second.code) == (REFUSED, 2)
    assert "另一项工作正在进行" in second.log
    os.close(busy)


def test_how_it_ended_is_said(project: Path) -> None:
    end = "2024-10-31T10:01:30"
    told = [
        laid_down(project, code=code, stopped=stopped, ended=end)
        for code, stopped in ((0, False), (0, True), (1, True), (2, False), (3, False), (4, False))
    ]
    states = [DONE, DONE, STOPPED, REFUSED, REFUSED, REFUSED]
    assert [work.state for work in told] == states
    assert {work.seconds for work in told} == {90}
    assert len({work.outcome for work in told}) == 5
    (told[-1].folder / ENDED).write_text("{", encoding="utf-8")
    broken = read_work(told[-1].folder)
    assert broken is not None
    assert broken.state == DIED
    (told[-1].folder / ASKED).write_text("[]", encoding="utf-8")
    assert read_work(told[-1].folder) is None


def test_the_page_that_a_command_tells_of_is_found(project: Path) -> None:
    work = laid_down(project, code=0, stopped=False, ended="2024-10-31T10:01:30")
    assert work.page == ""
    for line, page in (
        ("完成。评价记录：runs/2024-10/ab 1/index.html", "runs/2024-10/ab 1/index.html"),
        ("记录：C:\\一 个\\index.html", "C:\\一 个\\index.html"),
        ("错误：没有通过（甲：乙）。详见 runs/refused-1/index.html", "runs/refused-1/index.html"),
    ):
        (work.folder / LOG).write_text(f"开始\n{line}\n", encoding="utf-8")
        assert work.page == page


def test_old_works_go_and_a_log_is_shown_from_its_end(project: Path) -> None:
    for _ in range(45):
        laid_down(project, code=0, stopped=False, ended="2024-10-31T10:01:30")
    work = ended(start(project, "历史", ["history"]))
    assert len(works(project)) == 40
    with (work.folder / LOG).open("wb") as stream:
        stream.write("头".encode() + b"x" * 100_000 + "尾".encode())
    now = read_work(work.folder)
    assert now is not None
    assert now.log.endswith("尾")
    assert len(now.log) < 50_000


def test_a_disk_that_is_full_is_said(project: Path) -> None:
    code = (
        "import resource, signal, sys; from pathlib import Path;"
        "from dalian_eval.desk.work import start; from dalian_eval.base.errors import NoRoomError;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "try:\n    start(Path(sys.argv[1]), '计分', ['history'])\n"
        "except NoRoomError as error:\n    sys.exit(0 if '磁盘空间' in str(error) else 5)\n"
        "sys.exit(6)"
    )
    done = subprocess.run([sys.executable, "-c", code, project], check=False, timeout=SECONDS)
    assert done.returncode == 0
    assert latest(project) is None
    assert start(project, "历史", ["history"]).number == 2


@pytest.mark.parametrize(("taken", "state"), [(2000, REFUSED), (40, DIED)])
def test_a_disk_that_fills_under_a_command_is_said(
    project: Path, taken: int, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the disk still takes: a few lines, or not even the words of the end."""
    code = (
        "import resource, sys; from pathlib import Path; from dalian_eval.desk import work;"
        "begin = work.subprocess.Popen\n"
        "def limited(*words, **given):\n"
        "    limits = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)\n"
        "    return begin(*words, preexec_fn=limits, **given)\n"
        "work.subprocess.Popen = limited\n"
        "work.start(Path(sys.argv[1]), '生成报送模板', ['template', '--to', '报送模板.xlsx'])"
    )
    subprocess.run([sys.executable, "-c", code, project, str(taken)], check=True, timeout=SECONDS)
    work = latest(project)
    assert work is not None
    told = ended(work)
    assert told.state == state
    assert not (project / "报送模板.xlsx").exists()
    if state == REFUSED:
        assert told.fault.startswith("错误：") and "磁盘空间不足" in told.fault
        return
    assert told.outcome.startswith("意外终止")
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    assert told.outcome == "没有做完：磁盘已满。请先腾出空间，再运行"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", encoding="utf-8")
    with pytest.raises(NoRoomError, match="写不进"):
        start(tmp_path, "计分", ["history"])


def test_what_depends_on_the_system() -> None:
    assert as_typed(["run", "--raw", "一 个"], windows=False) == "dalian-eval run --raw '一 个'"
    assert as_typed(["run", "--raw", "一 个"], windows=True) == 'dalian-eval run --raw "一 个"'
    assert apart(windows=True) == {"creationflags": 0x0800_0200}
    assert interruptible(windows=True) == {"creationflags": 0x200}
    assert apart(windows=False) == interruptible(windows=False) == {"start_new_session": True}

    class Child:
        def send_signal(self, number: int) -> None:
            self.got = number

    child = Child()
    interrupt(child, windows=True)  # type: ignore[arg-type]
    assert child.got == getattr(signal, "CTRL_BREAK_EVENT", 1)
    interrupt(child, windows=False)  # type: ignore[arg-type]
    assert child.got == signal.SIGTERM
    with pytest.raises(UsageError, match="可能已被移走"):
        open_page(Path("没有.html"))
