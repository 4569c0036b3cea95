"""The place of a result: built beside it, compared with what is there, renamed when whole."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dalian_eval.base.errors import DifferenceError, NoRoomError, UsageError
from dalian_eval.base.files import sha256_of
from dalian_eval.base.scratch_folder import scratch
from dalian_eval.base.system_refusals import is_too_long, open_elsewhere, rename

NO_ROOM = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
"""A full disk, a file larger than the disk takes, a quota used up."""


@contextmanager
def room(place: Path) -> Iterator[None]:
    """Turn a full disk into a sentence that names the place written to."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise NoRoomError(f"磁盘空间不足，无法写入 {place}：请清理磁盘或换一个输出位置") from error


@contextmanager
def writable(out: Path, option: str) -> Iterator[None]:
    """Turn a place that cannot be written into a sentence that names the option to change."""
    try:
        with room(out):
            yield
    except PermissionError as error:
        if told := open_elsewhere(error, error.filename2 or error.filename or out):
            raise UsageError(told) from error
        raise UsageError(
            f"没有权限写入 {error.filename or out}：请换一个可写的输出位置（{option}）"
        ) from error
    except OSError as error:
        if is_too_long(error, error.filename or out):
            raise UsageError(
                f"写入 {out} 时路径过长：请换一个更短的 {option}，或缩短数据文件的路径"
            ) from error
        nowhere = error.errno == errno.ENOENT and not out.exists()
        if nowhere or error.errno in (errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            raise UsageError(
                f"输出位置 {error.filename or out} 不能写入（不存在、只读，或被同名文件占用）："
                f"请换一个 {option}"
            ) from error
        raise


def settle(building: Path, place: Path, why: str) -> None:
    """Rename a whole result to its place, or compare it with the one that is there already.

    DifferenceError when they differ, saying `why` that can be; what is there stays as it is.
    """
    if put(building, place):
        return
    changed = differing(building, place)
    if changed:
        raise DifferenceError(
            f"{place} 中已有的内容与本次结果不同（{'、'.join(changed[:5])}）："
            f"{why}。原有内容未动，请核对后移走再运行"
        )


_TRIES = 1000


def put(new: Path, place: Path) -> bool:
    """Rename a whole folder to its place; False when there is one already, which stays.

    Two processes may do so at once: one of them is told False.
    """
    failed = OSError()
    for _ in range(_TRIES):
        try:
            rename(new, place)
        except OSError as error:
            # Only an empty folder gives way.
            with suppress(FileNotFoundError):
                if place.is_dir() and any(place.iterdir()):
                    return False
            with suppress(OSError):
                # On Windows it does not by itself. One that was filled meanwhile stays.
                place.rmdir()
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            failed = error  # Another process took away what was in the way: once more.
        else:
            return True
    raise failed


def put_instead(new: Path, place: Path) -> None:
    """Put a whole folder in the place of another, which is never there by half.

    Killed on the way, it leaves the old one, none or the new one.
    """
    with scratch(place.parent, "replacing") as beside:
        # From another disk it is copied.
        shutil.move(new, beside / "new")
        with suppress(FileNotFoundError):
            rename(place, beside / "old")
        put(beside / "new", place)


def differing(a: Path, b: Path) -> list[str]:
    """Return the relative paths of files that differ between two folders or stand in one only."""
    hashes = [
        {p.relative_to(f).as_posix(): sha256_of(p) for p in f.rglob("*") if p.is_file()}
        for f in (a, b)
    ]
    names = sorted(set(hashes[0]) | set(hashes[1]))
    return [n for n in names if hashes[0].get(n) != hashes[1].get(n)]
