"""One publisher at a time: a lock the operating system holds and lets go when its holder dies."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.file_lock import take

LOCK = ".history.lock"


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the lock of the history in `folder`.

    UsageError when another process holds it. The empty file stays: it is the lock's place, not the
    lock, and what a dead process left is no hindrance.
    """
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            take(handle)
        except OSError as error:
            raise UsageError(f"另一个程序正在 {folder} 中发布：请等它结束后再运行本命令") from error
        yield
    finally:
        os.close(handle)
