"""How far a long work is, told by whoever does it to whoever shows it, also across processes.

A process that shows progress listens to itself (`listening`) and, by a small file whose name its
children find in their environment (`PARTS`), to them (`watching`). Without a listener nothing is
told. Nothing of it reaches a result.
"""

import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PARTS = "DALIAN_EVAL_PARTS"
"""The variable of the environment that names the file of a process that listens."""

LIVE_LINE = "DALIAN_EVAL_LIVE"
"""The variable that names the file in which a run keeps the line of the moment, for the desk."""

Part = Callable[[str, int, int], None]
"""Told of a work by its Chinese title: how much is done of how much; 0 where that is not known."""

_SECONDS = 0.5

_listeners: list[Part] = []
_told_at = 0.0


def tell_part(title: str, done: int, total: int) -> None:
    """Tell how far a work is; as often as one likes, for most of it is dropped."""
    global _told_at
    file = os.environ.get(PARTS)
    if not _listeners and not file:
        return
    now = time.monotonic()
    if now - _told_at < _SECONDS and done != total:
        return
    _told_at = now
    if _listeners:
        _listeners[-1](title, done, total)
    elif file:
        replace_text(Path(file), f"{done}/{total}/{title}")


def replace_text(path: Path, text: str) -> None:
    """Put a text at `path` at once, so that nobody reads half of it; it may also not be told."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with suppress(OSError):
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)


@contextmanager
def listening(part: Part) -> Iterator[None]:
    """Give `part` what this process tells."""
    _listeners.append(part)
    try:
        yield
    finally:
        _listeners.remove(part)


@contextmanager
def watching(file: Path, part: Part) -> Iterator[None]:
    """Give `part` what processes tell whose environment names `file` as PARTS."""
    over = threading.Event()

    def watch() -> None:
        before = ""
        while not over.wait(_SECONDS):
            with suppress(OSError, ValueError):
                text = file.read_text(encoding="utf-8")
                if text != before:
                    before = text
                    done, total, title = text.split("/", 2)
                    part(title, int(done), int(total))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
