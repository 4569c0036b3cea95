"""What Windows refuses where other systems do not: files that are open elsewhere, long paths.

It is told by an error's `winerror`, and of a file that was opened for reading or writing by
nothing but 13, "permission denied": Python then asked the C library, which knows no more.
"""

import errno
import sys
import time
from pathlib import Path

_IN_USE = (5, 32, 33)
"""Access denied (so it calls an open file that is to be replaced, or a folder with one in it),
sharing violation, lock violation."""

_TOO_LONG = (206,)
"""The file name or extension is too long."""

_NOT_FOUND = (errno.ENOENT,)
_LONGEST_FOLDER = 248
"""Characters from which on Windows cannot make a folder; a file may have 259."""

_WAITS = (0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between tries: a virus scanner looks at a new file for so long."""


def is_open_elsewhere(error: OSError, place: object) -> bool:
    """Whether Windows refused because another program holds `place` open, or something in it."""
    if getattr(error, "winerror", None) is not None:
        return error.winerror in _IN_USE  # type: ignore[attr-defined, unused-ignore]
    # Who may not read a file at all is told the same there; it exists in both cases.
    denied = sys.platform == "win32" and error.errno == errno.EACCES
    return denied and isinstance(place, str | Path) and Path(place).is_file()


def open_elsewhere(error: OSError, place: object) -> str:
    """Return the sentence for something another program holds open; empty when it is not that."""
    if not is_open_elsewhere(error, place):
        return ""
    return (
        f"{place} 或其中的文件正被别的程序打开（WPS、Excel、浏览器、资源管理器、杀毒软件），"
        "不能读写、改名或替换：请在 WPS 等程序中关闭以后再试；都关闭了仍这样，再检查读写权限"
    )


def is_too_long(error: OSError, place: object) -> bool:
    """Whether a path was refused for its length; Windows mostly says that it is not there."""
    if error.errno == errno.ENAMETOOLONG or getattr(error, "winerror", None) in _TOO_LONG:
        return True
    absent = sys.platform == "win32" and error.errno in _NOT_FOUND
    return absent and len(str(Path(str(place)).absolute())) >= _LONGEST_FOLDER


def rename(source: Path, target: Path) -> None:
    """Rename a file over another, or a folder to a place, once nobody holds it open any more.

    Elsewhere than on Windows that is at once. There it is tried for some seconds; then
    PermissionError.
    """
    # Over a folder Windows renames nothing, and says so only to the other call.
    move = source.rename if source.is_dir() else source.replace
    for seconds in _WAITS:
        try:
            move(target)
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _IN_USE:
                raise
            time.sleep(seconds)
        else:
            return
    move(target)
