"""Which files are in the raw folder, and whether each is what its ending says."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dalian_eval.base.errors import UsageError
from dalian_eval.defences import EMPTY, tree
from dalian_eval.intake.base.limits import MEGABYTE, Limits
from dalian_eval.intake.base.raw_cell import clip, visible
from dalian_eval.intake.files.zip_guard import ArchiveError, check_archive

ENDINGS = (".xlsx", ".xls", ".csv")
_OTHER_TABLES = (".xlsm", ".xlsb", ".et", ".ett", ".ods", ".tsv", ".txt", ".zip", ".rar", ".7z")

_ZIP = b"PK"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    rb"\s*(<!--.*?-->\s*)*(<!doctype\s+html|<html|<head|<meta|<table|<body|<script|<div)",
    re.I | re.S,
)
_XML = re.compile(rb"\s*<\?xml", re.I)
_PERIOD = re.compile(r"(?<!\d)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?!\d)")
_PIECE = 1 << 20
_DEEPEST = 32
"""Folders within folders; the copy in a run folder lies one deeper."""


@dataclass(frozen=True)
class RawFile:
    """One file of the raw folder: where it is, its posix path in the folder, its SHA-256."""

    path: Path
    file: str
    sha256: str
    period: str
    stamp: tuple[int, ...] = ()
    """What the file system said when the hash was taken; see `check_unchanged`."""

    @property
    def size(self) -> int:
        """Bytes of the file when its hash was taken."""
        return self.stamp[2]

    @property
    def ending(self) -> str:
        """The file's ending in lower case, with its dot."""
        return self.path.suffix.lower()


class RefusedError(Exception):
    """A file or sheet that is not read; `str()` is the Chinese sentence that says why."""


def find_files(raw: Path) -> list[Path]:
    """Return what lies below `raw`, in the order of the relative posix paths.

    Everything that is no folder, and folders that are not entered: links and locked ones (see
    `entry_problem`). Hidden files and the lock files of office programs are no data and are left
    out. Raises UsageError when `raw` is no folder.
    """
    if not raw.is_dir():
        raise UsageError(f"找不到数据文件夹 {raw}，请检查 --raw 的路径是否写对。")
    found = [
        one.path
        for one in tree(raw, _DEEPEST)
        if one.odd != EMPTY and not any(p.startswith((".", "~$")) for p in one.name.split("/"))
    ]
    return sorted(found, key=lambda path: relative(raw, path))


def relative(raw: Path, path: Path) -> str:
    """Return the posix path of a file in the raw folder; bytes that are no UTF-8 as \\xd6."""
    inside = path.relative_to(raw).as_posix()
    return os.fsencode(inside).decode("utf-8", "backslashreplace")


def entry_problem(raw: Path, path: Path) -> str:
    """Return why something in the raw folder is not even opened, in Chinese; "" for a file."""
    name = str(path.relative_to(raw))
    file = relative(raw, path)
    if file != path.relative_to(raw).as_posix():
        return (
            f"文件 {file} 的文件名不是 UTF-8 编码（多半是解压时编码没有选对），没有读取；"
            "请改名或重新解压后提交。"
        )
    if visible(name) != name or not {"\n", "\t"}.isdisjoint(name):
        return (
            f"文件 {clip(file)} 的文件名含有控制字符或改变显示顺序的字符，没有读取；"
            "请改名后重新提交。"
        )
    try:
        inside = path.resolve(strict=True).is_relative_to(raw.resolve())
        kind = path.stat().st_mode
    except (OSError, RuntimeError):
        return _unreadable(file)
    if not inside:
        return f"文件 {file} 是指向数据文件夹以外的链接，没有读取；请把文件本身放进来。"
    if stat.S_ISDIR(kind):
        if path.is_symlink():
            return f"文件夹 {file} 是链接，没有读取；请把文件夹本身放进来。"
        if len(path.relative_to(raw).parts) > _DEEPEST:
            return f"文件夹 {file} 套得太深（超过{_DEEPEST}层），没有读取；请移到外层来。"
        return f"文件夹 {file} 打不开，请检查读取权限。"
    if not stat.S_ISREG(kind):
        return f"文件 {file} 是管道或设备，不是普通文件，没有读取；请把它移走。"
    return ""


def is_table_file(path: Path) -> bool:
    """Whether the ending is one that intake reads."""
    return path.suffix.lower() in ENDINGS


def looks_like_data(path: Path) -> bool:
    """Whether someone may take a file that is not read for a table."""
    return path.suffix.lower() in _OTHER_TABLES


def period_of(file: str) -> str:
    """Return the period yyyymm of a relative path: the file name's, else the nearest folder's.

    A name with several periods (202401-202406) counts by the last; no period gives "".
    """
    for part in reversed(PurePosixPath(file).parts):
        periods = _PERIOD.findall(part)
        if periods:
            return str(periods[-1])
    return ""


def open_file(raw: Path, path: Path) -> RawFile:
    """Return the file with its hash; raises RefusedError when it cannot or must not be opened."""
    problem = entry_problem(raw, path)
    if problem:
        raise RefusedError(problem)
    file = relative(raw, path)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            stamp = _stamp(os.fstat(stream.fileno()))
            while piece := stream.read(_PIECE):
                digest.update(piece)
    except OSError:
        raise RefusedError(_unreadable(file)) from None
    return RawFile(path, file, digest.hexdigest(), period_of(file), stamp)


def _unreadable(file: str) -> str:
    return f"文件 {file} 打不开，请检查读取权限、链接是否有效，或是否正被其他程序占用。"


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def check_unchanged(raw: RawFile) -> None:
    """Raise RefusedError when the file is no longer the one whose hash was taken.

    To be called when it has been read: its rows would else stand under another file's hash.
    """
    try:
        same = _stamp(raw.path.stat()) == raw.stamp
    except OSError:
        same = False
    if not same:
        raise RefusedError(
            f"文件 {raw.file} 在读取过程中被改动或移走，没有采用；请关闭正在写它的程序后重新运行。"
        )


def check_file(raw: RawFile, limits: Limits) -> None:
    """Raise RefusedError for a file that is empty, too large or not what its ending says."""
    try:
        _check(raw, limits)
    except OSError:
        raise RefusedError(_unreadable(raw.file)) from None


def _check(raw: RawFile, limits: Limits) -> None:
    size = raw.path.stat().st_size
    if size == 0:
        raise RefusedError(f"文件 {raw.file} 是空文件（0 字节），请重新导出。")
    if size > limits.file_mb * MEGABYTE:
        raise RefusedError(
            f"文件 {raw.file} 有 {size / MEGABYTE:.0f} MB，超过上限 {limits.file_mb} MB，"
            "请按月或按单位拆分后重新导出。"
        )
    with raw.path.open("rb") as stream:
        start = stream.read(4096).removeprefix(b"\xef\xbb\xbf")
    _check_form(raw, start)
    if raw.ending == ".xlsx":
        try:
            check_archive(raw.path, limits)
        except ArchiveError as found:
            raise RefusedError(f"文件 {raw.file} {found}" if str(found) else corrupt(raw)) from None


def _check_form(raw: RawFile, start: bytes) -> None:
    """Compare the first bytes with the ending."""
    is_text = not start.startswith((_ZIP, _OLE))
    if raw.ending == ".xlsx":
        if start.startswith(_OLE):
            raise RefusedError(_protected_or_old(raw))
        if is_text:
            raise RefusedError(_not_what_it_says(raw, start))
    elif raw.ending == ".xls":
        if start.startswith(_ZIP):
            raise RefusedError(
                f"文件 {raw.file} 的后缀是 .xls，内容却是 .xlsx 或压缩包，请改正后缀后重新提交。"
            )
        if is_text:
            raise RefusedError(_not_what_it_says(raw, start))
    elif not is_text or _HTML.match(start) or _XML.match(start):
        raise RefusedError(_not_what_it_says(raw, start))


def _protected_or_old(raw: RawFile) -> str:
    if "EncryptedPackage".encode("utf-16-le") in raw.path.read_bytes():
        return protected(raw)
    return f"文件 {raw.file} 的后缀是 .xlsx，内容却是旧版 .xls，请另存为 .xlsx 后重新提交。"


def _not_what_it_says(raw: RawFile, start: bytes) -> str:
    if start.startswith(_ZIP):
        found = "Excel 工作簿或压缩包"
    elif start.startswith(_OLE):
        found = "旧版 Excel 工作簿或其他 Office 文件"
    elif _HTML.match(start):
        found = "网页（HTML）"
    elif _XML.match(start):
        found = "XML 文本"
    else:
        found = "其他格式"
    return (
        f"文件 {raw.file} 的后缀是 {raw.ending}，内容却是{found}，没有读取；"
        f"请用 Excel 或 WPS 打开后另存为真正的 {raw.ending} 文件。"
    )


def corrupt(raw: RawFile) -> str:
    """Return the sentence for a file that has the right form but cannot be read."""
    return f"文件 {raw.file} 已损坏，读不出来；请在 Excel 或 WPS 中打开修复、另存，或重新导出。"


def protected(raw: RawFile) -> str:
    """Return the sentence for a workbook that asks for a password."""
    return f"文件 {raw.file} 设有打开密码，请去掉密码后重新提交。"
