"""Soak: the demo month stopped at random moments and gone on with, then twice at once, compared.

A reference run is made first, in another copy of the project. Then runs in one place are stopped at
a random moment, by turns with SIGKILL, with SIGINT (Ctrl+C) and by the death of a kernel; the next
goes on where the one before was. After each nothing half done may be visible, and a run that ended
must have every byte of the reference. At last two runs start at once in that place: both must end
well, nothing may be left over, and every byte must be that of the reference.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

from dalian_eval.base.result_folder import differing
from dalian_eval.jobs.runs.known_runs import KNOWN

MONTH = "2024-10"
ROOT = Path(__file__).resolve().parents[1]


def copy_of_project(place: Path) -> Path:
    for name in ("params", "notebooks"):
        shutil.copytree(ROOT / name, place / name)
    shutil.copytree(ROOT / "data/demo", place / "data/raw")
    shutil.copyfile(ROOT / "requirements.lock", place / "requirements.lock")
    return place


def start(project: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "dalian_eval.cli", "run", "--month", MONTH]
    return subprocess.Popen(
        command,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # A shell's background job is deaf to it, and so would be what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def visible(project: Path) -> list[str]:
    """Return what a user sees of the runs: hidden names are work in progress."""
    month = project / "runs" / MONTH
    return [p.name for p in month.glob("[!.]*")] if month.is_dir() else []


KILL, INTERRUPT, KERNEL = "SIGKILL", "SIGINT", "a kernel"
WENT_ON = "上次中断前已完成"


def stop(process: "subprocess.Popen[bytes]", how: str) -> list[str]:
    """Stop the run, or kill one of its kernels; return what it said."""
    family = psutil.Process(process.pid).children(recursive=True)
    if how == KERNEL and family:
        random.choice(family).kill()
    elif how == INTERRUPT:
        process.send_signal(signal.SIGINT)
    else:
        process.kill()
    said = process.communicate()[1].decode(errors="replace").strip().splitlines()
    orphans = psutil.wait_procs(family, timeout=60)[1]
    assert not orphans, orphans
    return said


def soak(rounds: int, place: Path) -> None:
    reference, project = (copy_of_project(place / name) for name in ("原样", "反复中断"))
    began = time.monotonic()
    assert start(reference).wait() == 0
    length = time.monotonic() - began
    print(f"reference: {length:.1f} s")
    run_id = visible(reference)[0]
    went_on = 0
    for number in range(1, rounds + 1):
        process, moment = start(project), random.uniform(0, length)
        how = (KILL, INTERRUPT, KERNEL)[number % 3]
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment)
        if process.poll() is None:
            said = stop(process, how)
        else:
            said, how = process.communicate()[1].decode(errors="replace").splitlines(), "its end"
        assert not any("Traceback" in line for line in said), said
        taken = sum(WENT_ON in line for line in said)
        went_on += taken > 0
        assert set(visible(project)) <= {run_id}, visible(project)
        if visible(project):
            assert differing(*(p / "runs" / MONTH / run_id for p in (reference, project))) == []
            shutil.rmtree(project / "runs" / MONTH / run_id)
        last = said[-1] if said else ""
        print(f"{number}: {how} after {moment:.1f} s, {taken} stages taken; {last}", flush=True)
    print(f"{went_on} of {rounds} runs went on with what the one before had done")
    both = [start(project), start(project)]
    for process in both:
        said = process.communicate()[1].decode(errors="replace")
        assert process.returncode == 0, said
    for folder in (f"runs/{MONTH}", "data/processed"):
        kept = {p.name for p in (project / folder).iterdir()}
        assert kept <= {run_id, "pieces", KNOWN}, kept
    for folder in (f"runs/{MONTH}", "data/processed"):
        assert differing(*(p / folder / run_id for p in (reference, project))) == []
    print("two at once after all that: every byte as in the reference, nothing left over")


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=12)
    with tempfile.TemporaryDirectory() as scratch:
        soak(options.parse_args().rounds, Path(scratch))
