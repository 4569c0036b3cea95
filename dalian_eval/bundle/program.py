"""The program of a bundle, installed in an environment of its own: whole, or not there."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.removal import remove
from dalian_eval.base.result_folder import put, writable
from dalian_eval.base.scratch_folder import scratch
from dalian_eval.bundle.install import python_of
from dalian_eval.bundle.manifest import INSTALLER, WHEELS
from dalian_eval.bundle.opened import Bundle, unpack_bundle
from dalian_eval.bundle.recorded import refuse_false

_DIGITS = 12
_VENV = ".venv"


def installed(bundle: Bundle, record: Path, programs: Path, tell: Callable[[str], None]) -> Path:
    """Return the folder below `programs` in which the program of a bundle is installed.

    It is installed there, without network, when it is not yet: by the bundle's own installer, once
    the bundle has shown that it is the program of the run folder `record`. UsageError and
    DifferenceError as `unpack_bundle` and `refuse_false`; UsageError when it cannot be installed.
    """
    place = programs / f"{bundle.manifest.version}-{bundle.sha256[:_DIGITS]}"
    if _starts(place):
        tell(f"用以前装好的 {bundle.manifest.version} 版程序：{place}")
        return place
    remove(place)
    tell(f"正在从安装包装 {bundle.manifest.version} 版程序（不用网络，约需一两分钟）……")
    with writable(programs, "--with"), scratch(programs, "installing") as work:
        unpack_bundle(bundle, work)
        refuse_false(bundle, work, record)
        _install(work)
        # Installed is installed: the wheels are in the bundle still.
        remove(work / WHEELS)
        put(work, place)
    return place


def run_program(place: Path, *arguments: str) -> int:
    """Run a command of an installed program, isolated; its words go where ours do.

    Returns its exit code.
    """
    command = [str(python_of(place / _VENV)), "-I", "-m", "dalian_eval", *arguments]
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return subprocess.run(command, cwd=place, check=False).returncode


def _starts(place: Path) -> bool:
    """Whether a program is installed there whose Python still is where it was."""
    command = [str(python_of(place / _VENV)), "-I", "-m", "dalian_eval", "--version"]
    with suppress(OSError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False


def _install(folder: Path) -> None:
    """Have the bundle unpacked in `folder` install itself."""
    command = [sys.executable, "-I", "-X", "utf8", str(folder / INSTALLER)]
    done = subprocess.run(
        command, capture_output=True, check=False, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        told = done.stderr.strip().removeprefix("错误：").rstrip("。")
        raise UsageError(f"没能从安装包装好程序：{told}")
