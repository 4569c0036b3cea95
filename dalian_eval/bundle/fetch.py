"""The wheel files of a bundle, on the developer's machine: the libraries' by pip, by the hashes of
the lock; our own, built from the source as it lies there."""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import sha256_of
from dalian_eval.bundle.locked import LockedLibrary
from dalian_eval.bundle.platforms import LEAST_PYTHON, Platform

_DECLARED = "pyproject.toml"
_MOMENT = "315532800"
"""1980-01-01, the oldest time a zip can tell: a wheel built again has the same bytes."""

_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def fetch(libraries: Sequence[LockedLibrary], platform: Platform, folder: Path) -> list[Path]:
    """Return the wheels of libraries for a platform, from `folder` or, by pip, the package index.

    What else lies in `folder` is removed. UsageError when one cannot be had as a wheel, or has
    another hash than the lock names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        asked = Path(work) / "requirements.txt"
        asked.write_text("".join(one.lines() for one in libraries), encoding="utf-8")
        _run(
            f"下载 {platform.title} 的库",
            *_PIP, "download", "--no-deps", "--require-hashes", "--only-binary=:all:",
            "--implementation=cp", f"--python-version={LEAST_PYTHON}",
            *(f"--platform={one}" for one in platform.wheel_platforms),
            "--dest", str(folder), "--requirement", str(asked),
        )  # fmt: skip
    hashes = {digest for one in libraries for digest in one.hashes}
    kept = []
    for path in sorted(folder.iterdir()):
        if sha256_of(path) in hashes:
            kept.append(path)
        else:
            path.unlink()
    return kept


def build_own(root: Path, folder: Path) -> Path:
    """Return the wheel of the project at `root`, built into `folder` from a clean copy."""
    declared = tomllib.loads((root / _DECLARED).read_text(encoding="utf-8"))["project"]
    package = declared["name"].replace("-", "_")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        source, made = Path(work) / "source", Path(work) / "made"
        left_out = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(root / package, source / package, ignore=left_out, copy_function=_copy)
        for name in (_DECLARED, declared["readme"]):
            _copy(root / name, source / name)
        _run(
            "生成本程序的 wheel",
            *_PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index",
            "--wheel-dir", str(made), str(source),
        )  # fmt: skip
        (wheel,) = made.iterdir()
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copyfile(wheel, folder / wheel.name))


def _copy(source: str | Path, target: str | Path) -> None:
    """Copy a file with the rights that every copy has: a wheel keeps them."""
    shutil.copyfile(source, target)
    Path(target).chmod(0o644)


def _run(what: str, *command: str) -> None:
    given = {**os.environ, "SOURCE_DATE_EPOCH": _MOMENT}
    done = subprocess.run(
        command, env=given, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")]
        raise UsageError(f"{what}没有成功：\n" + "\n".join(told[-5:]))
