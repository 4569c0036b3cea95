"""The demo month run on "another machine": another project folder, user, home, language, time zone,
hash seed, umask, one core, a clock that is years off, another in every process, and jumps."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]

# Loaded by every Python that starts: run, kernels, workers. Waiting is by time.monotonic, which no
# clock moves. datetime.now is written in C: its type is changed where it keeps its methods.
CLOCK = """
import ctypes, datetime, gc, itertools, os, time
real, off, calls = time.time, (os.getpid() % 6 - 3 or 3) * 400 * 86400.25, itertools.count()
time.time = lambda: real() + off + next(calls) // 50 % 3 * 100 * 86400.25
time.time_ns = lambda: int(time.time() * 1e9)
for name in ("localtime", "gmtime", "ctime"):
    def moved(seconds=None, plain=getattr(time, name)):
        return plain(time.time() if seconds is None else seconds)
    setattr(time, name, moved)
def strftime(pattern, when=None, plain=time.strftime):
    return plain(pattern, time.localtime() if when is None else when)
time.strftime = strftime
methods = gc.get_referents(datetime.datetime.__dict__)[0]
methods["now"] = classmethod(lambda cls, tz=None: cls.fromtimestamp(time.time(), tz))
methods["utcnow"] = classmethod(lambda cls: cls.utcfromtimestamp(time.time()))
ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime.datetime))
"""

DAYS_OFF = """
import datetime, sys, time
midnight = datetime.datetime.combine(datetime.date.today(), datetime.time())
told = time.time(), datetime.datetime.now().timestamp(), time.mktime(time.localtime())
print(*(int(abs(one - int(sys.argv[1])) // 86400) for one in (*told, midnight.timestamp())))
"""
"""Prints by how many days four ways to ask for the time are off the seconds it is given."""

_KEPT = ("PATH", "SYSTEMROOT", "TMPDIR", "LD_LIBRARY_PATH")


def project_copy(place: Path) -> Path:
    """Copy what a run reads of the project to `place`."""
    for name in ("params", "notebooks"):
        shutil.copytree(ROOT / name, place / name)
    shutil.copytree(ROOT / "data/demo", place / "data/raw")
    shutil.copyfile(ROOT / "requirements.lock", place / "requirements.lock")
    return place


def other_machine(home: Path) -> dict[str, str]:
    """Return the environment of the other machine; `home` is made."""
    (home / "site").mkdir(parents=True)
    (home / "site" / "sitecustomize.py").write_text(CLOCK, encoding="utf-8")
    kept = {
        k: v
        for k, v in os.environ.items()
        if k in ("PATH", "SYSTEMROOT", "TMPDIR", "LD_LIBRARY_PATH")
    }
    return kept | {
        "PYTHONPATH": os.pathsep.join([str(home / "site"), str(ROOT)]),
        "HOME": str(home),
        "USER": "核查员",
        "LOGNAME": "核查员",
        "TZ": "America/New_York",
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "OMP_NUM_THREADS": "1",
    }


def start(
    arguments: list[str], cwd: Path, environment: dict[str, str] | None = None
) -> "subprocess.Popen[str]":
    """Start the command on one core; its progress can be read from stderr, line by line."""
    return subprocess.Popen(
        [sys.executable, "-m", "dalian_eval.cli", *arguments],
        cwd=cwd,
        env=environment or {**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        umask=0o077,
        preexec_fn=one_core if hasattr(os, "sched_setaffinity") else None,
    )


def one_core() -> None:
    """Let this process use one of the cores it has."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def family(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """Return a process and all that it started, itself first."""
    first = psutil.Process(process.pid)
    return [first, *first.children(recursive=True)]
