"""Small things about files that several rooms need."""

import hashlib
import json
import os
from pathlib import Path, PurePosixPath
from typing import Any

from dalian_eval.base.defences import loads, open_regular, read_whole
from dalian_eval.base.system_refusals import rename


def is_inside(name: str) -> bool:
    """Whether a path that somebody handed over stays within the folder it counts from."""
    parts = PurePosixPath(name.replace("\\", "/"))
    return not parts.is_absolute() and ".." not in parts.parts and ":" not in name and name != ""


def is_no_data(name: str) -> bool:
    """Whether a file of the raw folder (its posix path) is hidden or an office program's lock."""
    return any(part.startswith((".", "~$")) for part in name.split("/"))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex; OSError when it is no regular file."""
    with open_regular(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def canonical(value: Any) -> bytes:
    """Return the one JSON text of `value`: sorted keys, Chinese as it is, one trailing newline."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def write_json(value: Any, path: Path) -> None:
    """Write canonical JSON."""
    path.write_bytes(canonical(value))


def write_compact_json(value: Any, path: Path) -> None:
    """Write JSON that no one reads line by line: the same text, without blanks and line ends."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def read_json(path: Path) -> Any:
    """Return what a JSON file holds; OSError or ValueError when it is none that can be read."""
    return loads(read_whole(path))


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` at `path`, on disk and all at once: whoever dies, the old or the new is there.

    What else is linked to the old file keeps it.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        rename(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Have the names in a folder on disk; Windows keeps them by itself."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
