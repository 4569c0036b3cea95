"""Whether a bundle is the program of a record, by what the record itself keeps.

A bundle brings code that is then executed. So nothing is taken on its word: its program and
notebooks must have the hashes in the record's environment.json, every library must be a file that
the record's lock names, and what installs them must be the program's own installer.
"""

import re
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import is_inside, read_json, sha256_of
from dalian_eval.bundle.manifest import (
    INSTALLER,
    NOTEBOOK_FOLDER,
    PROGRAM,
    REQUIREMENTS,
    WHEELS,
    BundleManifest,
    requirements_text,
)
from dalian_eval.bundle.opened import Bundle
from dalian_eval.bundle.platforms import BY_NAME, platform_here
from dalian_eval.record.environment import ENVIRONMENT, LOCK, PYTHON, code_hash, notebooks_hash

_LARGEST = 64 << 20
"""Bytes of our own package, many times over."""

_LOCKED = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")


def refuse_other(bundle: Bundle, record: Path) -> None:
    """UsageError when a bundle is another program than the record's, or not for this machine."""
    told = _environment(record)
    manifest = bundle.manifest
    if manifest.version != told["version"]:
        raise UsageError(
            f"安装包 {bundle.path} 是 {manifest.version} 版，生成记录的是 {told['version']} 版："
            f"请用 {told['version']} 版的安装包"
        )
    if (manifest.package, manifest.notebooks) != (told["package"], told["notebooks"]):
        raise UsageError(
            f"安装包 {bundle.path} 的程序与生成记录的不同（版本号都是 {manifest.version}）："
            "请用当时的安装包"
        )
    here = platform_here()
    if here is None or here.name != manifest.platform:
        known = BY_NAME.get(manifest.platform)
        meant = known.title if known else manifest.platform
        raise UsageError(
            f"安装包 {bundle.path} 是给 {meant} 的，这台电脑是 "
            f"{here.title if here else '别的系统'}：请用给这种电脑的安装包"
        )
    if not manifest.python == told["python"] == PYTHON:
        raise UsageError(
            f"安装包 {bundle.path} 要用 Python {manifest.python}，生成记录的是 Python "
            f"{told['python']}，现在的是 Python {PYTHON}：请用 Python {told['python']} 运行本命令"
        )
    _refuse_other_libraries(bundle, record)


def refuse_false(bundle: Bundle, unpacked: Path, record: Path) -> None:
    """UsageError when what was unpacked is not the record's program after all.

    `unpacked`: the folder of a bundle that was not refused, its files as its manifest lists them.
    Nothing of it is executed before.
    """
    told = _environment(record)
    (own,) = _own_wheels(bundle.manifest)
    asked = requirements_text(bundle.manifest.wheels()).encode()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        program = _program(unpacked / own, Path(work), bundle.manifest.version)
        same = (
            program is not None
            and code_hash(program, ("*",)) == told["package"]
            and notebooks_hash(unpacked / NOTEBOOK_FOLDER) == told["notebooks"]
            and sha256_of(program / "bundle" / "install.py") == sha256_of(unpacked / INSTALLER)
            and (unpacked / REQUIREMENTS).read_bytes() == asked
        )
    if not same:
        raise UsageError(
            f"安装包 {bundle.path} 里的程序不是它的清单所说的那一版，没有运行：请用当时的安装包"
        )


def _environment(record: Path) -> Mapping[str, Any]:
    """Return what a record says it was made with; UsageError when it does not."""
    try:
        told = read_json(record / ENVIRONMENT)
        needed = {name: str(told[name]) for name in ("version", "package", "notebooks", "python")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{record / ENVIRONMENT} 读不了，不知道记录是哪一版程序生成的：请从备份取回完整的记录"
        ) from error
    return needed


def _own_wheels(manifest: BundleManifest) -> list[str]:
    head = f"{WHEELS}/{PROGRAM}-"
    return [name for name in manifest.wheels() if name.startswith(head)]


def _refuse_other_libraries(bundle: Bundle, record: Path) -> None:
    """UsageError unless every library's wheel is a file that the record's lock names."""
    try:
        locked = set(_LOCKED.findall((record / LOCK).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{record / LOCK} 读不了，不知道记录用的是哪些库，不能用安装包重算"
        ) from error
    own = _own_wheels(bundle.manifest)
    others = [
        name
        for name, digest in bundle.manifest.wheels().items()
        if name not in own and digest not in locked
    ]
    if len(own) != 1 or others:
        what = others[0] if others else "本程序的 wheel"
        raise UsageError(
            f"安装包 {bundle.path} 与记录锁定的库不同（{what}），没有打开：请用当时的安装包"
        )


def _program(wheel: Path, work: Path, version: str) -> Path | None:
    """Unpack our wheel into `work`; None when more is in it than the package and its description.

    A file beside the package, or compiled code in it, would run without being seen.
    """
    allowed = (f"{PROGRAM}/", f"{PROGRAM}-{version}.dist-info/")
    with zipfile.ZipFile(wheel) as archive:
        if sum(part.file_size for part in archive.infolist()) > _LARGEST:
            return None
        for name in archive.namelist():
            hidden = any(part.startswith((".", "__pycache__")) for part in name.split("/"))
            if not is_inside(name) or hidden or not name.startswith(allowed):
                return None
        archive.extractall(work)
    return work / PROGRAM
