"""What killed processes leave beside the result goes at the next start; the living stay."""

import signal
import subprocess
import sys

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.intake.base.workspace import workspace

HOLD = """
import sys, time
from pathlib import Path
from dalian_eval.intake.base.workspace import workspace
with workspace(Path(sys.argv[1])) as work:
    (work / "half").write_text("done")
    print(work, flush=True)
    time.sleep(60)
"""


def hidden(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def process(tmp_path):
    started = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "out")], stdout=subprocess.PIPE, text=True
    )
    started.stdout.readline()
    yield started
    started.kill()
    started.wait()
    started.stdout.close()


def test_a_living_process_keeps_its_folder_and_a_dead_one_loses_it(tmp_path, process):
    before = hidden(tmp_path)
    assert len(before) == 2
    with workspace(tmp_path / "other") as work:
        assert work.is_dir()
        assert set(before) < set(hidden(tmp_path))
    assert hidden(tmp_path) == before
    process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()
    assert hidden(tmp_path) == before
    with workspace(tmp_path / "other") as work:
        assert hidden(tmp_path) == sorted([work.name, f"{work.name}.lock"])
    assert hidden(tmp_path) == []


def test_what_earlier_versions_left_goes_too(tmp_path):
    (tmp_path / ".intake-abc").mkdir()
    (tmp_path / ".intake-abc" / "x").write_text("x")
    with workspace(tmp_path / "out"):
        pass
    assert hidden(tmp_path) == []


def test_nothing_is_left_when_the_work_fails_or_never_begins(tmp_path):
    with pytest.raises(ValueError, match="no"), workspace(tmp_path / "out"):
        raise ValueError("no")
    assert hidden(tmp_path) == []
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x").write_text("x")
    with pytest.raises(UsageError), workspace(tmp_path / "out"):
        pass
    assert hidden(tmp_path) == ["out"]
