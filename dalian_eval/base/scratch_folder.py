"""A folder to work in beside a result, and what becomes of those that dead processes left.

A folder `.kind-x` is there only while a process holds the lock on `.kind-x.lock`; the system lets
go of it when that process ends, however it ends. So whoever gets the lock may remove the folder,
and nobody ever gets that of a living process, on whatever machine it runs.
"""

import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dalian_eval.base.file_lock import take
from dalian_eval.base.removal import remove

_LOCK = ".lock"
_TRIES = 20
"""Another process may take a lock file away between its making and its locking; not so often."""

_MOST_LEFT = 2
_LONGEST_LEFT = 7 * 86_400
"""How many works of others that were stopped are left alone, and for how many seconds."""


@contextmanager
def scratch(folder: Path, kind: str, *, private: bool = False) -> Iterator[Path]:
    """Give a new empty folder in `folder`, whose name begins with a dot and `kind`.

    It goes at the end unless it was renamed; what dead processes left of this kind goes before.
    `private`: nobody else may look into it, as is right in a folder that all share.
    OSError where nothing can be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    prefix = f".{kind}-"
    _sweep(folder, prefix)
    work, held = _new(folder, prefix)
    try:
        work.mkdir(mode=0o700 if private else 0o777)
        yield work
    finally:
        _remove(work, held)


@dataclass
class Work:
    """A folder of work; when it `stays`, the next process that does the same work gets it."""

    path: Path
    stays: bool = False


@contextmanager
def resumable(
    folder: Path, kind: str, key: str, is_worth: Callable[[Path], bool]
) -> Iterator[Work]:
    """Give the folder in which a dead process did the work `key`, or a new empty one, in `folder`.

    `key`: equal for equal work only, without dots and hyphens. What is in the folder is as the
    process left it: whoever gets it sees what of it is whole. It goes at the end unless it was
    renamed or stays. Of the works of other keys that dead processes left, the `_MOST_LEFT` newest
    that are worth it stay for `_LONGEST_LEFT`; the rest goes before. OSError where nothing can be
    written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    every, own = f".{kind}-", f".{kind}-{key}-"
    left = _newest_first(folder, own)
    work, held = next((t for t in map(_take, left) if t is not None), None) or _new(folder, own)
    others = [w for w in _newest_first(folder, every) if not w.name.startswith(own)]
    since = time.time() - _LONGEST_LEFT
    spared = [w for w in others if w.stat().st_mtime > since and is_worth(w)][:_MOST_LEFT]
    _sweep(folder, every, spared)
    made = Work(work)
    try:
        work.mkdir(exist_ok=True)
        yield made
    finally:
        if made.stays and _has_locks(work, held):
            os.close(held)
        else:
            _remove(work, held)


def _has_locks(work: Path, held: int) -> bool:
    """Whether the file system knows locks: without them nobody would ever take or sweep a work."""
    try:
        _hold(held, _lock_of(work))
    except OSError:
        return False
    return True


def _newest_first(folder: Path, prefix: str) -> list[Path]:
    """Return the folders of that prefix, the one last worked in first."""
    found = []
    for path in folder.glob(f"{prefix}*"):
        with suppress(OSError):
            if path.is_dir() and not path.is_symlink():
                found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


def _take(work: Path) -> tuple[Path, int] | None:
    """Return a folder and its lock, held; None when its process lives or nobody can know."""
    with suppress(OSError):
        opened = _open(_lock_of(work))
        try:
            if _hold(opened, _lock_of(work)) and work.is_dir():
                return work, opened
        except OSError:
            pass
        os.close(opened)
    return None


def _new(folder: Path, prefix: str) -> tuple[Path, int]:
    """Return a place for a folder that is not there yet, and its lock, held.

    OSError where nothing can be written. On a file system without locks it is not held, and
    nobody else gets it either.
    """
    for _ in range(_TRIES):
        work = folder / f"{prefix}{secrets.token_hex(6)}"
        opened = _open(_lock_of(work))
        try:
            if _hold(opened, _lock_of(work)):
                return work, opened
        except OSError:
            return work, opened
        os.close(opened)
        with suppress(OSError):
            _lock_of(work).unlink()
    # A file system that tells the open file and its name apart each time: the lock is held, but
    # nobody can know that it is the right one, so that nobody else sweeps the folder away either.
    work = folder / f"{prefix}{secrets.token_hex(6)}"
    opened = _open(_lock_of(work))
    with suppress(OSError):
        _hold(opened, _lock_of(work))
    return work, opened


def _sweep(folder: Path, prefix: str, spared: Sequence[Path] = ()) -> None:
    """Remove the folders of a kind in `folder` whose process is no more, but those `spared`."""
    works = {p.with_name(p.name.removesuffix(_LOCK)) for p in folder.glob(f"{prefix}*")}
    for work in sorted(works - set(spared)):
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
    remove(work)
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
    return os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _hold(opened: int, lock: Path) -> bool:
    """Lock an open file; False when another process has it. OSError where there are no locks."""
    try:
        take(opened)
        # Whoever held it before may have removed the file: then this lock guards nothing.
        return _is_at(opened, lock)
    except (BlockingIOError, FileNotFoundError, PermissionError):
        return False


def _is_at(opened: int, lock: Path) -> bool:
    """Whether an open file is the one that has this name now."""
    return os.path.samestat(os.fstat(opened), lock.stat())
