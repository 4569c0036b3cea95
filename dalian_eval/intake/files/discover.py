"""Which files are in the raw folder, and whether each is what its ending says."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath

from dalian_eval.base.defences import EMPTY, tree
from dalian_eval.base.files import is_no_data
from dalian_eval.base.limits import MEGABYTE, Limits
from dalian_eval.base.system_refusals import is_open_elsewhere, is_too_long
from dalian_eval.base.typed_words import check_raw
from dalian_eval.intake.base.raw_cell import clip, half_width, visible
from dalian_eval.intake.files.content_kind import (
    KINDS,
    LOOK,
    PACKAGES,
    Kind,
    is_json,
    is_page,
    is_xml,
    kind_of,
    narrow,
    start_of,
)
from dalian_eval.intake.files.zip_guard import ArchiveError, check_archive

_OTHER_TABLES = (".ett", ".rar", ".7z")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOGIN = re.compile("type=[\"']?password|登录|登陆|login|sign ?in".encode(), re.I)
_XML_ERROR = re.compile(rb"\s*<\?xml[^>]*>\s*<\w*(?:error|fault|exception|result|response)\b", re.I)
_SAYS_ERROR = re.compile(
    "登录|登陆|错误|异常|超时|无权|error|exception|expired|denied".encode(), re.I
)
_ENDING = re.compile(r"\.(7z|[a-z][a-z0-9]{0,9})")
_YEAR, _DAY = r"(?<!\d)((?:19|20)\d{2})", r"(0[1-9]|[12]\d|3[01])"
_MONTH, _SHORT_DAY = r"(1[0-2]|0?[1-9])", r"([12]\d|3[01]|0?[1-9])"
_PERIOD = re.compile(
    rf"{_YEAR}(0[1-9]|1[0-2])(?:{_DAY}(?:\d{{4}}|\d{{6}})?)?(?!\d)"
    rf"|{_YEAR}\s*年\s*(?:\d{{1,2}}月?\s*[-~～—至]\s*)?{_MONTH}\s*月(?:\s*{_SHORT_DAY}\s*[日号])?"
    rf"|{_YEAR}[-._]{_MONTH}(?:[-._]{_SHORT_DAY}(?!\d))?(?!\d)"
)
"""A month or day in a name: 202410, 20241025, 2024年10月(25日), 2024年1-10月, 2024-10(-25)."""
_PIECE = 1 << 20
_DEEPEST = 32
"""Folders within folders; the copy in a run folder lies one deeper."""


@dataclass(frozen=True)
class RawFile:
    """One file of the raw folder: where it is, its posix path in the folder, its SHA-256.

    `period` is the yyyymmdd of its name, of a month yyyymm00, 0 when it has none.
    """

    path: Path
    file: str
    sha256: str
    period: int
    stamp: tuple[int, ...] = ()
    """What the file system said when the hash was taken; see `check_unchanged`."""

    @property
    def size(self) -> int:
        """Bytes of the file when its hash was taken."""
        return self.stamp[2]

    @cached_property
    def ending(self) -> str:
        """The ending its name has, in lower case; "" when it has none."""
        return _ending(self.path.name)

    @cached_property
    def kind(self) -> Kind | None:
        """What it is by its content; None for what intake does not read, and what is locked."""
        return _kind(self.path)

    @property
    def misnamed(self) -> str:
        """What a file with an ending of something else is, in Chinese; else empty."""
        if self.kind is None or self.kind in KINDS.get(self.ending, (self.kind,)):
            return ""
        return f"后缀是 {self.ending}，内容是{self.kind}，已按内容读取"


class RefusedError(Exception):
    """A file or sheet that is not read; `str()` is the Chinese sentence that says why."""


def find_files(raw: Path) -> list[Path]:
    """Return what lies below `raw`, in the order of the relative posix paths.

    Everything that is no folder, and folders that are not entered: links and locked ones (see
    `entry_problem`). Hidden files and the lock files of office programs are no data and are left
    out. Raises UsageError when `raw` is no folder.
    """
    found = [
        one.path
        for one in tree(check_raw(raw), _DEEPEST)
        if one.odd != EMPTY and not is_no_data(one.name)
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
        # What is below `raw` was reached through folders, never through links.
        is_link = path.is_symlink()
        inside = not is_link or path.resolve(strict=True).is_relative_to(raw.resolve())
        kind = path.stat().st_mode
    except (OSError, RuntimeError) as error:
        return _unreadable(file, path, error)
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
    """Whether the ending is one that intake reads; without an ending the content decides."""
    ending = _ending(path.name)
    return ending in KINDS if ending else _kind(path) is not None


def looks_like_data(file: str) -> bool:
    """Whether someone may take a file that is not read for a table."""
    return _ending(PurePosixPath(file).name) in _OTHER_TABLES


def may_be_table(name: str) -> bool:
    """Whether the ending of a name is one that intake reads, or none."""
    ending = _ending(name)
    return not ending or ending in KINDS


def ending_of(file: str) -> str:
    """Return the ending of a relative path in lower case, "" when it has none."""
    return _ending(PurePosixPath(file).name)


def stem_of(file: str) -> str:
    """Return the name of a file without folder and ending: 荣誉．ｘｌｓｘ is 荣誉."""
    name = half_width(PurePosixPath(file).name)
    return name.removesuffix(PurePosixPath(name).suffix) if _ending(name) else name


def _ending(name: str) -> str:
    """Return the ending of a file name in lower case; "" for 荣誉 and 荣誉2024.10.25."""
    suffix = PurePosixPath(half_width(name)).suffix.lower()
    return suffix if _ENDING.fullmatch(suffix) else ""


def _kind(path: Path) -> Kind | None:
    try:
        # Nothing that is no file is opened: a pipe would never answer.
        return kind_of(path) if path.is_file() else None
    except OSError:
        return None


def period_of(file: str) -> int:
    """Return the period of a relative path: the file name's, else the nearest folder's.

    That is yyyymmdd, of a month yyyymm00, and 0 where there is none. A name with several periods
    (202401-202406) counts by the last.
    """
    for part in reversed(PurePosixPath(file).parts):
        periods = [p for found in _PERIOD.finditer(half_width(part)) if (p := _period(found))]
        if periods:
            return periods[-1]
    return 0


def _period(found: re.Match[str]) -> int:
    year, month, *days = (int(digits) for digits in found.groups() if digits)
    try:
        date(year, month, *(days or [1]))
    except ValueError:
        return 0
    return (year * 100 + month) * 100 + (days[0] if days else 0)


def open_file(raw: Path, path: Path) -> RawFile:
    """Return the file with its hash; raises RefusedError when it cannot or must not be opened."""
    problem = entry_problem(raw, path)
    if problem:
        raise RefusedError(problem)
    file = relative(raw, path)
    digest = hashlib.sha256()
    try:
        # Of the name, not of what is opened: some shares tell the two apart each time.
        stamp = _stamp(path.stat())
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
    except OSError as error:
        raise RefusedError(_unreadable(file, path, error)) from None
    return RawFile(path, file, digest.hexdigest(), period_of(file), stamp)


def _unreadable(file: str, path: Path, error: Exception) -> str:
    if isinstance(error, OSError) and is_open_elsewhere(error, path):
        return (
            f"文件 {file} 正被别的程序打开（多半是 WPS 或 Excel），没有读取；"
            f"请在 WPS 中关闭 {path.name} 后再试，关闭了仍这样的检查读取权限。"
        )
    if isinstance(error, OSError) and is_too_long(error, path):
        return (
            f"文件 {file} 的路径太长，Windows 打不开，没有读取；"
            "请缩短文件夹或文件的名字，或把数据文件夹移到更短的位置。"
        )
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
    except OSError as error:
        raise RefusedError(_unreadable(raw.file, raw.path, error)) from None


def _check(raw: RawFile, limits: Limits) -> None:
    size = raw.path.stat().st_size
    if size == 0:
        raise RefusedError(f"文件 {raw.file} 是空文件（0 字节），请重新导出。")
    if size > limits.file_mb * MEGABYTE:
        raise RefusedError(
            f"文件 {raw.file} 有 {size / MEGABYTE:.0f} MB，超过上限 {limits.file_mb} MB，"
            "请按月或按单位拆分后重新导出。"
        )
    start = start_of(raw.path)
    if start.startswith(_OLE) and _is_encrypted(raw):
        raise RefusedError(password_sentence(raw))
    problem = _no_table(raw, narrow(start))
    if problem:
        raise RefusedError(problem)
    if raw.kind in (*PACKAGES, Kind.XLSB, Kind.ODS):
        try:
            check_archive(raw.path, limits)
        except ArchiveError as found:
            raise RefusedError(f"文件 {raw.file} {found}" if str(found) else corrupt(raw)) from None


def _is_encrypted(raw: RawFile) -> bool:
    """Whether a compound file holds a workbook that asks for a password."""
    return "EncryptedPackage".encode("utf-16-le") in raw.path.read_bytes()


def _no_table(raw: RawFile, start: bytes) -> str:
    """Return why a file is no table, by how its text begins; "" when it may be one."""
    if is_page(start) and _LOGIN.search(start) and b"<table" not in start.lower():
        return _failed_download(raw, "一个登录网页：下载时没有登录，或登录已经过期")
    if is_json(start):
        return _failed_download(raw, "系统返回的 JSON，多半是出错信息")
    if is_page(start) and b"<table" not in start.lower() and raw.size <= LOOK:
        return _failed_download(raw, "一个没有表格的网页（HTML），多半是出错信息")
    if _XML_ERROR.match(start):
        return _failed_download(raw, "系统返回的出错信息（XML）")
    if raw.kind is Kind.TEXT:
        # A short text without a mark between fields, called a workbook.
        short = raw.size < LOOK and not {*b",\t;|"} & {*start}
        if short and Kind.TEXT not in KINDS.get(raw.ending, ()) and _SAYS_ERROR.search(start):
            return _failed_download(raw, "一段出错信息")
        return ""
    if raw.kind is not None:
        return ""
    if Kind.TEXT in KINDS.get(raw.ending, ()) and b"\0" in start:
        return corrupt(raw)
    return (
        f"文件 {raw.file} 的内容{'是其他 XML 文本' if is_xml(start) else '不是表格（其他格式）'}，"
        "没有读取；如有数据，请用 Excel 或 WPS 打开后另存为 .xlsx。"
    )


def _failed_download(raw: RawFile, found: str) -> str:
    return (
        f"文件 {raw.file} 不是表格，内容是{found}，没有读取；请重新登录系统，再导出一次，"
        "并在提交前打开看一眼。"
    )


def corrupt(raw: RawFile) -> str:
    """Return the sentence for a file that has the right form but cannot be read."""
    return f"文件 {raw.file} 已损坏，读不出来；请在 Excel 或 WPS 中打开修复、另存，或重新导出。"


def password_sentence(raw: RawFile) -> str:
    """Return the sentence for a workbook that asks for a password."""
    return (
        f"文件 {raw.file} 是加密的，没有读取。打开时要密码的：请在 Excel 中打开，点“文件—信息—"
        "保护工作簿—用密码进行加密”，把密码清空后保存；打开时不要密码的（保护过工作簿的旧文件会这样）："
        "请打开后点“审阅—保护工作簿”取消保护，再另存为 .xlsx。"
    )
