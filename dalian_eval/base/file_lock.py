"""A lock on an open file that the operating system lets go of when its holder dies."""

import os
import sys
from pathlib import Path


def take(opened: int) -> None:
    """Lock an open file; OSError when another process has it, or where there are no locks."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)


def hold(path: Path) -> int | None:
    """Lock the file at `path`, made where there is none; None when another process has it.

    Whoever closes what is returned lets go. The file stays: it is the lock's place, not the lock.
    OSError where nothing can be written.
    """
    opened = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        take(opened)
    except OSError:
        os.close(opened)
        return None
    return opened


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock at `path`."""
    if not path.exists():
        return False
    held = hold(path)
    if held is None:
        return True
    os.close(held)
    return False
