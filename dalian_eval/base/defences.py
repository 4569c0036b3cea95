"""Reading what somebody hands over: looked at before it is opened, within limits.

A folder that is handed over may hold pipes, devices, links, folders within folders without end and
JSON nested without end. Nothing here waits for such a thing, follows it or runs out of memory.
"""

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

DEEPEST = 40
"""Folders within folders up to which a tree is entered."""

EMPTY = "是空文件夹"
"""Why an empty folder is odd: no file implies it."""

_MEGABYTE = 1 << 20
_LARGEST = 32 * _MEGABYTE
_NESTED = 100
"""Brackets within brackets up to which JSON is read; ours has a handful."""

_YAML_TOKEN = re.compile(r"[\[\]{}]")
_FAR_RIGHT = re.compile(rf"^ {{{4 * _NESTED}}}", re.MULTILINE)
_PARTS = 200_000
"""Values in a file of settings; ours have some thousands."""

_JSON_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class OddFileError(OSError):
    """A file that is not read; `str()` is the end of the Chinese sentence: why."""


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file for reading; OddFileError, without waiting, for anything else.

    OSError when it is missing or cannot be read. A link counts as what it leads to.
    """
    _refuse_odd_kind(path.stat().st_mode)
    handle = os.open(path, os.O_RDONLY | _NO_WAITING)
    try:
        # Again, of what was opened: it may have changed places since.
        _refuse_odd_kind(os.fstat(handle).st_mode)
    except OddFileError:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb")


def _refuse_odd_kind(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise OddFileError("是文件夹，不是文件")
    if not stat.S_ISREG(mode):
        raise OddFileError("是管道或设备，不是普通文件")


def read_whole(path: Path, largest: int = _LARGEST) -> bytes:
    """Return the bytes of a regular file; OddFileError when there are more than `largest`."""
    with open_regular(path) as stream:
        data = stream.read(largest + 1)
    if len(data) > largest:
        raise OddFileError(f"大得不正常（超过{max(largest // _MEGABYTE, 1)} MB）")
    return data


def read_text(path: Path, largest: int = _LARGEST) -> str:
    """Return the text of a regular file in UTF-8; ValueError when it is none."""
    return read_whole(path, largest).decode("utf-8")


def loads(data: bytes) -> Any:
    """Return what JSON holds; ValueError when it is none, or nested deeper than any of ours."""
    depth = 0
    for token in _JSON_TOKEN.finditer(data):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(token.group(), 0)
        if depth > _NESTED:
            raise ValueError("嵌套太深")
    return json.loads(data)


def read_settings(path: Path) -> str:
    """Return the text of a YAML file; ValueError when it is none, or nested without end.

    Looked at before it is parsed: brackets that are not closed, and lines far to the right.
    """
    text = read_text(path)
    depth = 0
    for token in _YAML_TOKEN.finditer(text):
        depth += 1 if token.group() in "[{" else -1
        if depth > _NESTED:
            raise ValueError("嵌套太深")
    if _FAR_RIGHT.search(text):
        raise ValueError("嵌套太深")
    return text


def refuse_endless(content: Any) -> None:
    """ValueError for lists and mappings nested deeper than any of ours, or that hold themselves.

    YAML can name a part and have it stand again, also within itself.
    """
    waiting = [(content, 0)]
    for _ in range(_PARTS):
        if not waiting:
            return
        part, depth = waiting.pop()
        if depth > _NESTED:
            break
        inside = (
            part.values() if isinstance(part, Mapping) else part if isinstance(part, list) else ()
        )
        waiting += [(child, depth + 1) for child in inside]
    raise ValueError("嵌套太深，或自己套着自己")


@dataclass(frozen=True)
class FolderEntry:
    """A thing below a folder: its posix path there, where it is, and why it is odd.

    `odd` is "" for a regular file.
    """

    name: str
    path: Path
    odd: str


def tree(folder: Path, deepest: int = DEEPEST) -> Iterator[FolderEntry]:
    """Yield what lies below a folder, in the order of names: files, and what is odd.

    Odd are links, which are not followed, pipes and devices, folders that are empty, that cannot
    be listed, or that lie deeper than `deepest`.
    """
    waiting = [("", folder, 0)]
    while waiting:
        name, path, depth = waiting.pop()
        odd = _kind(path) if name else None
        if odd is not None:
            yield FolderEntry(name, path, odd)
        elif depth > deepest:
            yield FolderEntry(name, path, f"套得太深（超过{deepest}层文件夹），没有再看")
        else:
            try:
                inside = sorted((child.name for child in path.iterdir()), reverse=True)
            except OSError:
                yield FolderEntry(name or ".", path, "没有读取权限，或磁盘损坏")
                continue
            if name and not inside:
                yield FolderEntry(name, path, EMPTY)
            head = f"{name}/" if name else ""
            waiting += [(head + child, path / child, depth + 1) for child in inside]


def _kind(path: Path) -> str | None:
    """Return why a thing is odd, "" for a regular file; None for a folder, which is entered."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "没有读取权限，或磁盘损坏"
    if stat.S_ISLNK(mode):
        return "是链接，不是文件本身"
    if stat.S_ISDIR(mode):
        return None
    return "" if stat.S_ISREG(mode) else "是管道或设备，不是普通文件"


def oddities(folder: Path) -> list[str]:
    """Return a sentence for everything below a folder that must not be opened."""
    return [f"{printable_name(f.name)} {f.odd}" for f in tree(folder) if f.odd and f.odd != EMPTY]


def printable_name(name: str) -> str:
    """Return a file's name as one line that can be shown whatever it holds."""
    return "".join(c if c.isprintable() else _escaped(ord(c)) for c in name)


def _escaped(code: int) -> str:
    # Bytes of a name that are no text come as lone surrogates.
    return f"\\x{code - 0xDC00 if 0xDC80 <= code <= 0xDCFF else code:02x}"
