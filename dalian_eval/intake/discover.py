"""Which files are in the raw folder, and whether each is what its ending says."""

import hashlib
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dalian_eval.errors import UsageError
from dalian_eval.intake.limits import MEGABYTE, Limits

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


@dataclass(frozen=True)
class RawFile:
    """One file of the raw folder: where it is, its posix path in the folder, its SHA-256."""

    path: Path
    file: str
    sha256: str
    period: str

    @property
    def ending(self) -> str:
        """The file's ending in lower case, with its dot."""
        return self.path.suffix.lower()


class RefusedError(Exception):
    """A file or sheet that is not read; `str()` is the Chinese sentence that says why."""


def find_files(raw: Path) -> list[Path]:
    """Return the files below `raw` in the order of their relative posix paths.

    Hidden files and the lock files of office programs are no data and are left out. Raises
    UsageError when `raw` is no folder.
    """
    if not raw.is_dir():
        raise UsageError(f"找不到数据文件夹 {raw}，请检查 --raw 的路径是否写对。")
    files = [
        path
        for path in raw.rglob("*")
        if path.is_file() and not any(part.startswith((".", "~$")) for part in _inside(raw, path))
    ]
    return sorted(files, key=lambda path: relative(raw, path))


def _inside(raw: Path, path: Path) -> tuple[str, ...]:
    return path.relative_to(raw).parts


def relative(raw: Path, path: Path) -> str:
    """Return the posix path of a file in the raw folder."""
    return path.relative_to(raw).as_posix()


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
    """Return the file with its hash; raises RefusedError when it cannot be opened."""
    file = relative(raw, path)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
    except OSError:
        raise RefusedError(
            f"文件 {file} 打不开，请检查读取权限，或是否正被其他程序占用。"
        ) from None
    return RawFile(path, file, digest.hexdigest(), period_of(file))


def check_file(raw: RawFile, limits: Limits) -> None:
    """Raise RefusedError for a file that is empty, too large or not what its ending says."""
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
        _check_archive(raw, limits)


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


def _check_archive(raw: RawFile, limits: Limits) -> None:
    """Refuse what is no workbook, is damaged, or unpacks to more than it may."""
    size = raw.path.stat().st_size
    try:
        with zipfile.ZipFile(raw.path) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > limits.unzipped_mb * MEGABYTE or (
                unpacked > limits.ratio_free_mb * MEGABYTE and unpacked > limits.ratio * size
            ):
                raise RefusedError(
                    f"文件 {raw.file} 解压后有 {unpacked / MEGABYTE:.0f} MB，"
                    "超过上限或压缩比异常，没有读取；请删去多余的空行、格式和图片后另存。"
                )
            if any(part.flag_bits & 1 for part in parts):
                raise RefusedError(f"文件 {raw.file} 是加密的压缩包，请去掉密码后重新提交。")
            if "xl/workbook.xml" not in archive.namelist():
                raise RefusedError(
                    f"文件 {raw.file} 的后缀是 .xlsx，内容却不是 Excel 工作簿，没有读取；"
                    "请另存为真正的 .xlsx 文件。"
                )
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError, ValueError):
        raise RefusedError(corrupt(raw)) from None
    if damaged:
        raise RefusedError(corrupt(raw))


def corrupt(raw: RawFile) -> str:
    """Return the sentence for a file that has the right form but cannot be read."""
    return f"文件 {raw.file} 已损坏，读不出来；请在 Excel 或 WPS 中打开修复、另存，或重新导出。"


def protected(raw: RawFile) -> str:
    """Return the sentence for a workbook that asks for a password."""
    return f"文件 {raw.file} 设有打开密码，请去掉密码后重新提交。"
