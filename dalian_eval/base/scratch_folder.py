"""A folder to work in beside a result, and the removal of those that dead processes left.

A folder `.kind-x` is there only while a process holds the lock on `.kind-x.lock`; the system lets
go of it when that process ends, however it ends. So whoever gets the lock may remove the folder,
and nobody ever gets that of a living process, on whatever machine it runs.
"""

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LOCK = ".lock"


@contextmanager
def scratch(folder: Path, kind: str) -> Iterator[Path]:
    """Give a new empty folder in `folder`, whose name begins with a dot and `kind`.

    It goes at the end unless it was renamed; what dead processes left of this kind goes before.
    OSError where nothing can be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prefix = f".{kind}-"
    _sweep(folder, prefix)
    work, held = _new(folder, prefix)
    try:
        work.mkdir()
        yield work
    finally:
        _remove(work, held)


def _new(folder: Path, prefix: str) -> tuple[Path, int]:
    """Return a place for a folder that is not there yet, and its lock, held.

    OSError where nothing can be written. On a file system without locks it is not held, and
    nobody else gets it either.
    """
    while True:
        work = folder / f"{prefix}{secrets.token_hex(6)}"
        opened = _open(_lock_of(work))
        try:
            if _hold(opened, _lock_of(work)):
                return work, opened
        except OSError:
            return work, opened
        os.close(opened)


def _sweep(folder: Path, prefix: str) -> None:
    """Remove the folders of a kind in `folder` whose process is no more."""
    works = {p.with_name(p.name.removesuffix(_LOCK)) for p in folder.glob(f"{prefix}*")}
    for work in sorted(works):
        with suppress(OSError):
            opened = _open(_lock_of(work))
            try:
                dead = _hold(opened, _lock_of(work))
            except OSError:
                dead = False
            if dead:
                _remove(work, opened)
            else:
                os.close(opened)


def _lock_of(work: Path) -> Path:
    return work.with_name(work.name + _LOCK)


def _remove(work: Path, held: int) -> None:
    """Remove a folder and, last, let go of its lock."""
    shutil.rmtree(work, ignore_errors=True)
    if sys.platform == "win32":
        # An open file cannot be removed there.
        os.close(held)
        with suppress(OSError):
            _lock_of(work).unlink()
        return
    if not work.exists():
        with suppress(OSError):
            _lock_of(work).unlink()
    os.close(held)


def _open(lock: Path) -> int:
    return os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)


def _hold(opened: int, lock: Path) -> bool:
    """Lock an open file; False when another process has it. OSError where there are no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever held it before may have removed the file: then this lock guards nothing.
        return os.path.samestat(os.fstat(opened), lock.stat())
    except (BlockingIOError, FileNotFoundError, PermissionError):
        return False
