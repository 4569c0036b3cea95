"""Disks that are too small or cannot be written, for a command run in a process of its own.

Where the system lets this user mount something that only the process sees (Linux with user
namespaces, or root), it is a real file system. Where not, the small disk is a limit on the size of
a file, which fails at the same calls, and the read-only one a folder whose place a file takes.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.faults.elsewhere import ROOT

_MOUNTING = ["unshare", "--user", "--map-root-user", "--mount"]
_RUN_AND_LIST = """
place=$1; shift; "$@"; code=$?
find "$place" -mindepth 1 | sed "s/^/left: /"
exit $code
"""
_SMALL = 'mount -t tmpfs -o size="$1" none "$2" || exit 9; shift'
_READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 9'


def can_mount() -> bool:
    """Whether this user may mount something that only his process sees."""
    if shutil.which("unshare") is None:
        return False
    command = [*_MOUNTING, "sh", "-c", "mount -t tmpfs none /mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def on_small_disk(
    place: Path, size: int, arguments: list[str], cwd: Path
) -> "subprocess.CompletedProcess[str]":
    """Run the command with `place` on a disk of `size` bytes; stdout tells what is left there."""
    place.mkdir(parents=True, exist_ok=True)
    if can_mount():
        shell = [*_MOUNTING, "sh", "-c", _SMALL + _RUN_AND_LIST, "sh", str(size), str(place)]
    else:
        shell = _limited(place, size)
    return _done(shell, arguments, cwd)


def on_disk_that_fills_up(
    place: Path, size: int, arguments: list[str], cwd: Path
) -> "subprocess.CompletedProcess[str]":
    """Run the command with `place` on a disk that says it has room, and has not."""
    place.mkdir(parents=True, exist_ok=True)
    return _done(_limited(place, size), arguments, cwd)


def _limited(place: Path, size: int) -> list[str]:
    limit = f"ulimit -f {max(size // 8 // 512, 1)}"
    return ["sh", "-c", limit + _RUN_AND_LIST, "sh", str(place)]


def on_read_only_disk(
    place: Path, arguments: list[str], cwd: Path
) -> "subprocess.CompletedProcess[str]":
    """Run the command with nothing to be written below `place`."""
    if can_mount():
        shell = [*_MOUNTING, "sh", "-c", _READ_ONLY + _RUN_AND_LIST, "sh", str(place)]
    else:
        shutil.rmtree(place)
        place.touch()
        shell = ["sh", "-c", _RUN_AND_LIST, "sh", str(place)]
    return _done(shell, arguments, cwd)


def _done(prefix: list[str], arguments: list[str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*prefix, sys.executable, "-m", "dalian_eval.cli", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def left(done: "subprocess.CompletedProcess[str]") -> list[str]:
    """Return what was left on the disk."""
    return [line for line in done.stdout.splitlines() if line.startswith("left: ")]
