"""A .zip of exports: its files are read like others, called `包.zip/内.xlsx`.

They are written out one by one under numbers, never under their own names, into a folder that
the caller removes. What the directory of the archive says is not believed.
"""

import errno
import hashlib
import re
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from dalian_eval.base.files import is_inside, is_no_data
from dalian_eval.base.limits import MEGABYTE, Limits
from dalian_eval.intake.base.raw_cell import clip, visible
from dalian_eval.intake.files import discover
from dalian_eval.intake.files.content_kind import Kind
from dalian_eval.intake.files.discover import RawFile, RefusedError, corrupt, period_of
from dalian_eval.intake.files.zip_guard import DAMAGED, do_overlap, is_swollen, to_its_end

_PIECE = 1 << 20
_UTF8_NAME = 0x800
_LOCKED = 1
_DEEPEST, _LONGEST = 16, 200
_NO_NAME = re.compile(
    r'[<>"|?*]|(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|/|$)|[. ](/|$)', re.IGNORECASE
)
"""What some system cannot write in a name."""
_UNPACK = "请在电脑上解压，把里面的表格直接放进数据文件夹。"


@dataclass(frozen=True)
class Member:
    """A file of an archive under its name in the raw folder; None: its ending is no table's."""

    name: str
    file: RawFile | RefusedError | None


def unpack(raw: RawFile, limits: Limits, folder: Path, only: str = "") -> list[Member]:
    """Write the table files of a checked archive into `folder`, which exists; list all files.

    `only`: the name of the one that is wanted. Raises RefusedError for an archive that must not
    be unpacked, or holds no table.
    """
    try:
        with zipfile.ZipFile(raw.path) as archive:
            names = _names(raw, archive.infolist())
            _check(raw, archive, limits)
            members = [
                _member(raw, archive, part, name, folder / str(number))
                for number, (name, part) in enumerate(sorted(names.items()))
                if only in ("", f"{raw.file}/{name}")
            ]
    except DAMAGED:
        raise RefusedError(corrupt(raw)) from None
    except OSError as error:
        # A place in the archive that cannot be; a full disk is the caller's.
        if error.errno != errno.EINVAL:
            raise
        raise RefusedError(corrupt(raw)) from None
    discover.check_unchanged(raw)
    if only and not members:
        raise RefusedError(f"找不到文件 {clip(only)}：压缩包 {raw.file} 里没有它。")
    if all(member.file is None for member in members):
        raise RefusedError(f"文件 {raw.file} 是压缩包，里面没有表格文件，没有读取；请重新打包。")
    return members


def open_named(raw: Path, file: str, limits: Limits, folder: Path) -> RawFile:
    """Return a file of the raw folder by its name, which may lie in an archive.

    It is checked; of an archive it is written into `folder`. Raises RefusedError.
    """
    for parent in reversed(PurePosixPath(file).parents):
        if parent.name and (raw / parent).is_file():
            archive = discover.open_file(raw, raw / parent)
            discover.check_file(archive, limits)
            members = {m.name: m.file for m in unpack(archive, limits, folder, file)}
            found = members.get(file) or RefusedError(corrupt(archive))
            break
    else:
        found = discover.open_file(raw, raw / file)
    if isinstance(found, RefusedError):
        raise found
    discover.check_file(found, limits)
    return found


def _names(raw: RawFile, parts: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the files by their names. RefusedError when one leads out of the folder, or is two."""
    names: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for part in parts:
        name = _name(part)
        if name is None:
            raise RefusedError(
                f"文件 {raw.file} 是压缩包，里面的文件名认不出编码，没有读取；{_UNPACK}"
            )
        if not _is_safe(name.removesuffix("/")):
            raise RefusedError(
                f"文件 {raw.file} 是压缩包，里面有文件的名字指到文件夹以外、太长"
                f"或含有不能用的字符，没有读取；{_UNPACK}"
            )
        if part.is_dir() or name.endswith("/"):
            continue
        if is_no_data(name) or name.startswith("__MACOSX/"):
            continue
        if name.lower() in seen:
            raise RefusedError(f"文件 {raw.file} 是压缩包，里面有同名的文件，没有读取；{_UNPACK}")
        seen.add(name.lower())
        names[name] = part
    return names


def _is_safe(name: str) -> bool:
    """Whether a name stays within the folder, and every system can write it."""
    plain = visible(name) == name and not {"\n", "\t"} & {*name} and "//" not in name
    short = len(PurePosixPath(name).parts) <= _DEEPEST and len(name.encode()) <= _LONGEST
    return plain and short and is_inside(name) and not _NO_NAME.search(name)


def _name(part: zipfile.ZipInfo) -> str | None:
    """Return a name with plain slashes; Windows writes Chinese ones in GBK and does not say so."""
    name = part.filename
    if not part.flag_bits & _UTF8_NAME:
        try:
            stored = name.encode("cp437")
        except UnicodeEncodeError:
            return None
        for codec in ("utf-8", "gb18030"):
            try:
                name = stored.decode(codec)
                break
            except UnicodeDecodeError:
                continue
        else:
            return None
    return name.replace("\\", "/")


def _check(raw: RawFile, archive: zipfile.ZipFile, limits: Limits) -> None:
    """Raise RefusedError for an archive that is locked, or may be a bomb."""
    parts = archive.infolist()
    if any(part.flag_bits & _LOCKED for part in parts):
        raise RefusedError(f"文件 {raw.file} 是加密的压缩包，没有读取；请去掉密码后重新提交。")
    unpacked = sum(part.file_size for part in parts)
    many = len(parts) > limits.parts
    swollen = is_swollen(unpacked, raw.size, limits)
    if many or swollen or do_overlap(parts, archive.start_dir):
        raise RefusedError(
            f"文件 {raw.file} 是压缩包，里面有 {len(parts)} 个文件，解压后有 "
            f"{unpacked / MEGABYTE:.0f} MB，超过上限或压缩比异常，没有读取；{_UNPACK}"
        )


def _member(
    raw: RawFile, archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, place: Path
) -> Member:
    """Write one file out, if it may be a table."""
    file = f"{raw.file}/{name}"
    path = place.with_name(place.name + discover.ending_of(name))
    if not discover.may_be_table(path.name):
        return Member(file, None)
    digest, left, checksum = hashlib.sha256(), part.file_size, 0
    real = to_its_end(part)
    with archive.open(real) as stream, path.open("wb") as written:
        while left >= 0 and (piece := stream.read(_PIECE)):
            digest.update(piece)
            checksum = zlib.crc32(piece, checksum)
            left -= len(piece)
            written.write(piece)
    if left or checksum != part.CRC:
        raise RefusedError(
            f"文件 {raw.file} 是压缩包，里面的 {name} 已损坏，或实际大小与目录所写不符，"
            f"没有读取；{_UNPACK}"
        )
    found = replace(
        discover.open_file(path.parent, path),
        file=file,
        sha256=digest.hexdigest(),
        period=period_of(file),
    )
    if found.kind is Kind.ZIP:
        return Member(
            file, RefusedError(f"文件 {file} 是压缩包里的压缩包，没有读取；请先解压里面的这一个。")
        )
    if not found.ending and found.kind is None:
        return Member(file, None)
    return Member(file, found)
