"""Whether a workbook may be unpacked: sizes, overlaps and lies of a zip archive, before reading."""

import copy
import zipfile
import zlib
from pathlib import Path

from dalian_eval.base.limits import MEGABYTE, Limits

_PIECE = 1 << 20
_SMALL = 32 << 20
_DOCTYPE = b"<!DOCTYPE"
"""Nowhere in the XML of a workbook: in text, `<` is written as an entity."""


DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError)
"""What zipfile raises for a broken archive; RuntimeError: also for a compression nobody uses."""


class ArchiveError(Exception):
    """An archive that is not unpacked; `str()` is the end of the Chinese sentence: why, and what
    to do. An empty text means that it is damaged.
    """


def check_archive(path: Path, limits: Limits) -> None:
    """Unpack every part once, keeping nothing, and raise ArchiveError for what must not be.

    Nothing that the directory says is believed: parts may overlap, a part may be larger than it
    says. Costs one pass of decompression and no memory.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(archive.infolist(), path.stat().st_size, archive.start_dir, limits)
            for part in archive.infolist():
                _check_part(archive, part)
            _check_content(archive)
    except (*DAMAGED, OSError):
        raise ArchiveError("") from None


def _check_directory(
    parts: list[zipfile.ZipInfo], size: int, directory: int, limits: Limits
) -> None:
    if len(parts) > limits.parts:
        raise ArchiveError(
            f"里有 {len(parts)} 个部件，超过上限 {limits.parts} 个，没有读取；请另存为新的 .xlsx。"
        )
    unpacked = sum(part.file_size for part in parts)
    if is_swollen(unpacked, size, limits):
        raise ArchiveError(
            f"解压后有 {unpacked / MEGABYTE:.0f} MB，超过上限或压缩比异常，没有读取；"
            "请删去多余的空行、格式和图片后另存。"
        )
    if any(part.flag_bits & 1 for part in parts):
        raise ArchiveError("是加密的压缩包，请去掉密码后重新提交。")
    swollen = next((p for p in parts if _is_small(p.filename) and p.file_size > _SMALL), None)
    if swollen:
        raise ArchiveError(
            f"的样式或目录部件有 {swollen.file_size / MEGABYTE:.0f} MB，不正常，没有读取；"
            "请把数据复制到新的工作簿中另存。"
        )
    names = [part.filename.replace("\\", "/").lower() for part in parts]
    if len(set(names)) < len(names):
        raise ArchiveError("里有同名的部件，不是正常保存的工作簿，没有读取；请另存为新的 .xlsx。")
    if do_overlap(parts, directory):
        raise ArchiveError(
            "里的部件互相重叠（压缩炸弹的做法），没有读取；请在 Excel 或 WPS 中打开后另存。"
        )


def is_swollen(unpacked: int, size: int, limits: Limits) -> bool:
    """Whether an archive of `size` bytes says that more comes out of it than may."""
    dense = unpacked > limits.ratio_free_mb * MEGABYTE and unpacked > limits.ratio * size
    return unpacked > limits.unzipped_mb * MEGABYTE or dense


def do_overlap(parts: list[zipfile.ZipInfo], directory: int) -> bool:
    """Whether parts lie over each other, or over the directory, which begins at `directory`."""
    starts = sorted((part.header_offset, part.compress_size) for part in parts)
    ends = [start for start, _ in starts[1:]] + [directory]
    return any(start + length > end for (start, length), end in zip(starts, ends, strict=True))


def to_its_end(part: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return a part that is read to its real end: at most one byte more than it declares.

    Its checksum is not looked at: who reads takes it over what there really is.
    """
    real = copy.copy(part)
    real.file_size = part.file_size + 1
    # Without one zipfile compares nothing; its stubs do not say that it may be left out.
    real.CRC = None  # type: ignore[assignment]
    return real


def _is_small(name: str) -> bool:
    """Whether a part lists sheets, relations or styles, and is held in memory as a whole."""
    return name.lower().endswith((".rels", "workbook.xml", "styles.xml", "[content_types].xml"))


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack one part to its real end."""
    length, tail, checksum, declares = 0, b"", 0, False
    with archive.open(to_its_end(part)) as stream:
        while piece := stream.read(_PIECE):
            # A comment may stand before it, of any length.
            text = tail + (piece.replace(b"\0", b"") if b"\0" in piece else piece)
            declares = declares or (_is_xml(part.filename) and _DOCTYPE in text)
            tail = text[-len(_DOCTYPE) :]
            length += len(piece)
            checksum = zlib.crc32(piece, checksum)
    if length != part.file_size:
        raise ArchiveError(
            "里部件的实际大小与目录所写不符（压缩炸弹的做法），没有读取；"
            "请在 Excel 或 WPS 中打开后另存。"
        )
    if checksum != part.CRC:
        raise ArchiveError("")
    if declares:
        raise ArchiveError(
            "里有文档类型声明（DOCTYPE，可藏实体炸弹或外部引用），没有读取；"
            "请在 Excel 或 WPS 中打开后另存。"
        )


def _check_content(archive: zipfile.ZipFile) -> None:
    """Raise ArchiveError for an archive that is another kind of document."""
    names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    if "content.xml" in names and "[content_types].xml" not in names:
        return
    if "xl/workbook.bin" in names and "xl/workbook.xml" not in names:
        return
    kinds = {
        "xl/workbook.bin": "二进制工作簿（.xlsb）",
        "word/document.xml": "Word 文档",
        "ppt/presentation.xml": "演示文稿",
        "content.xml": "OpenDocument 表格（.ods）",
    }
    for name, kind in kinds.items():
        if name in names:
            raise ArchiveError(f"的内容却是{kind}，没有读取；请另存为真正的 .xlsx 文件。")
    if "[content_types].xml" not in names:
        raise ArchiveError("的内容却不是 Excel 工作簿，没有读取；请另存为真正的 .xlsx 文件。")
