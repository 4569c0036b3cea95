"""Hashes of files that were hashed before: a file whose stamp is the same need not be read again.

The stamp is what the file system says: size, time of change of content and of the file's entry,
and number of the file. A file written in the very moment in which it was hashed may be written
again without another stamp, so such a hash is not kept; nor is one of a file from the future.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from dalian_eval.base.files import sha256_of

Stamp = tuple[int, int, int, int]

_COARSEST_NS = 2_000_000_000
"""The longest time for which a file system gives two changes one time (FAT: two seconds)."""


def stamp_of(path: Path) -> Stamp:
    """Return a file's stamp; OSError when it is not there."""
    told = path.stat()
    return told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino


def is_settled(stamp: Stamp, moment: int) -> bool:
    """Whether a file of this stamp, looked at in the `moment` (ns), cannot have changed unseen."""
    return max(stamp[1], stamp[2]) + _COARSEST_NS < moment


class KnownHashes:
    """SHA-256 of files, by their stamps where those are known."""

    def __init__(self, known: Mapping[str, tuple[Stamp, str]] | None = None) -> None:
        """Take what `known` of another one held."""
        self._before = dict(known or {})
        self.known: dict[str, tuple[Stamp, str]] = {}
        self.read = 0

    def sha256_of(self, path: Path) -> str:
        """Return the SHA-256 of a file in hex; OSError when it cannot be read."""
        moment, stamp, name = time.time_ns(), stamp_of(path), str(path)
        before = self._before.get(name)
        if before is not None and before[0] == stamp:
            self.known[name] = before
            return before[1]
        self.read += 1
        digest = sha256_of(path)
        if is_settled(stamp, moment) and stamp_of(path) == stamp:
            self.known[name] = (stamp, digest)
        return digest


def from_json(told: object) -> dict[str, tuple[Stamp, str]]:
    """Return what was `known` as it comes out of JSON; nothing of what is not of that form."""
    found: dict[str, tuple[Stamp, str]] = {}
    for name, value in told.items() if isinstance(told, dict) else ():
        match value:
            case [[int(size), int(content), int(entry), int(number)], str(digest)]:
                found[str(name)] = ((size, content, entry, number), digest)
    return found


def stamps_below(folder: Path, names: tuple[str, ...]) -> dict[str, Stamp]:
    """Return the stamps of the files `names` of a folder, and of all files below those that are
    folders, by their paths below it."""
    found: dict[str, Stamp] = {}
    waiting = [folder / name for name in names]
    while waiting:
        path = waiting.pop()
        try:
            if path.is_dir() and not path.is_symlink():
                with os.scandir(path) as inside:
                    waiting += [path / one.name for one in inside]
            else:
                found[path.relative_to(folder).as_posix()] = stamp_of(path)
        except OSError:
            continue
    return found
