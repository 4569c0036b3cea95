"""A bundle that somebody hands over: its zip judged before anything of it is unpacked.

A bundle is written uncompressed, every file under its own safe name, and listed with its hash. What
is not so was not written by `make bundle`, and nothing of it is used.
"""

import hashlib
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path

from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.base.files import is_inside
from dalian_eval.bundle.manifest import BUNDLE_MANIFEST, TOP, BundleManifest, bundle_manifest_from
from dalian_eval.intake.files.zip_guard import DAMAGED, do_overlap

_HEAD = f"{TOP}/"
_MOST_PARTS = 5000
_LARGEST_MANIFEST = 4 << 20
_LONGEST_NAME = 200
_PIECE = 1 << 20
_ZIP = b"PK\x03\x04"
_AGAIN = "请重新拷贝安装包，或向发布的人再要一份"


@dataclass(frozen=True)
class Bundle:
    """A bundle whose directory is sound: what it says of itself; its files are not read yet."""

    path: Path
    manifest: BundleManifest
    sha256: str
    """Of the manifest: it stands for every byte of the bundle."""


def open_bundle(path: Path) -> Bundle:
    """Return the bundle at `path`.

    UsageError when it is none, or not as one is written; DifferenceError when it is damaged.
    """
    try:
        with path.open("rb") as stream:
            is_zip = stream.read(len(_ZIP)) == _ZIP
    except OSError as error:
        raise UsageError(f"读不到安装包 {path}：请写 make bundle 生成的 zip 文件") from error
    if not is_zip:
        raise UsageError(f"{path} 不是安装包：请写 make bundle 生成的 zip 文件")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if reason := _unsound(parts, archive.start_dir):
                raise UsageError(f"{path} 不是 make bundle 写的安装包（{reason}），没有打开")
            data = archive.read(_HEAD + BUNDLE_MANIFEST)
    except (*DAMAGED, OSError) as error:
        raise DifferenceError(f"安装包 {path} 已损坏，打不开：{_AGAIN}") from error
    try:
        manifest = bundle_manifest_from(data)
    except ValueError as error:
        raise UsageError(f"{path} 不是本程序能用的安装包（清单读不懂），没有打开") from error
    _compare_names(path, manifest, {part.filename.removeprefix(_HEAD) for part in parts})
    return Bundle(path, manifest, hashlib.sha256(data).hexdigest())


def unpack_bundle(bundle: Bundle, folder: Path) -> None:
    """Write every file of a bundle below the new `folder`; DifferenceError for a changed one."""
    try:
        with zipfile.ZipFile(bundle.path) as archive:
            for name, digest in bundle.manifest.files.items():
                if _write(archive, name, folder / name) != digest:
                    raise DifferenceError(
                        f"安装包 {bundle.path} 已损坏，其中的 {name} 与清单不符：{_AGAIN}"
                    )
            (folder / BUNDLE_MANIFEST).write_bytes(archive.read(_HEAD + BUNDLE_MANIFEST))
    except (*DAMAGED, KeyError) as error:
        raise DifferenceError(f"安装包 {bundle.path} 已损坏，打不开：{_AGAIN}") from error


def _write(archive: zipfile.ZipFile, name: str, place: Path) -> str:
    """Write a file out; return its SHA-256."""
    place.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with archive.open(_HEAD + name) as stream, place.open("xb") as written:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            written.write(piece)
    return digest.hexdigest()


def _unsound(parts: list[zipfile.ZipInfo], directory: int) -> str:
    """Return why an archive was not written by us, "" when it may have been.

    Uncompressed parts that do not overlap hold no more than the file itself: there is no bomb.
    """
    names = [part.filename for part in parts]
    if len(parts) > _MOST_PARTS:
        return f"里面有 {len(parts)} 个文件"
    if any(part.compress_type != zipfile.ZIP_STORED or part.flag_bits & 1 for part in parts):
        return "里面有压缩或加密的文件"
    if any(part.file_size != part.compress_size for part in parts) or do_overlap(parts, directory):
        return "里面的文件大小不对，或互相重叠"
    if any(not stat.S_ISREG(part.external_attr >> 16) for part in parts):
        return "里面有链接或文件夹"
    if not all(_is_safe(name) for name in names):
        return "里面有文件的名字指到文件夹以外，或含有不能用的字符"
    if len({name.lower() for name in names}) < len(names):
        return "里面有同名的文件"
    manifest = next((p for p in parts if p.filename == _HEAD + BUNDLE_MANIFEST), None)
    if manifest is None or manifest.file_size > _LARGEST_MANIFEST:
        return f"没有清单 {BUNDLE_MANIFEST}"
    return ""


def _is_safe(name: str) -> bool:
    inner = name.removeprefix(_HEAD)
    hidden = any(part.startswith(".") and part != ".gitkeep" for part in inner.split("/"))
    plain = name.isprintable() and "\\" not in name and "//" not in name
    inside = name.startswith(_HEAD) and is_inside(inner)
    return inside and plain and not hidden and len(inner) <= _LONGEST_NAME


def _compare_names(path: Path, manifest: BundleManifest, names: set[str]) -> None:
    listed = {*manifest.files, BUNDLE_MANIFEST}
    if missing := sorted(listed - names):
        raise DifferenceError(f"安装包 {path} 已损坏，缺少 {missing[0]}：{_AGAIN}")
    if extra := sorted(names - listed):
        raise DifferenceError(f"安装包 {path} 被改动过，{extra[0]} 不在清单中：{_AGAIN}")
