"""environment.json: what a run was made with, and the lock of its libraries beside it.

Only what must be the same for the same bytes is told: the code by its hash, Python as far as its
minor version, every library whose installed version is not the locked one. Where nothing deviates
from the lock, two machines tell the same.
"""

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from dalian_eval import __version__
from dalian_eval.base.files import write_json

ENVIRONMENT = "environment.json"
LOCK = "requirements.lock"
NOTEBOOKS = "notebooks"
PACKAGE = Path(str(files("dalian_eval")))
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)
_COMPILED = "__pycache__"


def write_environment(root: Path, folder: Path) -> None:
    """Write environment.json into a run folder, and copy the project's lock when it has one.

    `root`: the project, from whose folder notebooks/ the run took its notebooks.
    """
    lock = root / LOCK
    if lock.is_file():
        shutil.copyfile(lock, folder / LOCK)
    write_json(environment(root / NOTEBOOKS, lock), folder / ENVIRONMENT)


def environment(notebooks: Path, lock: Path) -> dict[str, Any]:
    """Return what environment.json tells of this machine, under a lock that may be absent."""
    return {
        "version": __version__,
        "python": PYTHON,
        "package": code_hash(PACKAGE, ("*",)),
        "notebooks": notebooks_hash(notebooks),
        "locked": lock.is_file(),
        "deviating": deviating(lock.read_text(encoding="utf-8")) if lock.is_file() else {},
    }


def notebooks_hash(folder: Path) -> str:
    """Return the hash of the notebooks in a folder."""
    return code_hash(folder, ("*.ipynb",))


def code_hash(folder: Path, patterns: Iterable[str]) -> str:
    """Return one SHA-256 over the files below a folder, whose line ends do not count.

    Hidden and compiled files are left out.
    """
    hashes = {}
    for path in {path for pattern in patterns for path in folder.rglob(pattern)}:
        name = path.relative_to(folder)
        left_out = any(part == _COMPILED or part.startswith(".") for part in name.parts)
        if path.is_file() and not left_out:
            text = path.read_bytes().replace(b"\r\n", b"\n")
            hashes[name.as_posix()] = hashlib.sha256(text).hexdigest()
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()


def deviating(lock: str) -> dict[str, str]:
    """Return the installed version of every library that the lock holds in other versions only."""
    pinned: dict[str, set[str]] = {}
    for name, locked in _PIN.findall(lock):
        pinned.setdefault(name.lower(), set()).add(locked)
    installed = {name: _installed(name) for name in pinned}
    return {n: v for n, v in sorted(installed.items()) if v is not None and v not in pinned[n]}


def _installed(name: str) -> str | None:
    """Return a library's installed version, None where its platform or use does not ask for it."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
