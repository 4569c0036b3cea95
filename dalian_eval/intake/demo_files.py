"""The demo county's files among others: an invented county is never scored with a real one."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.limits import Limits
from dalian_eval.intake.corrections.correction_sheets import correction_columns
from dalian_eval.intake.files.archive import unpack
from dalian_eval.intake.files.content_kind import Kind
from dalian_eval.intake.files.discover import (
    RawFile,
    RefusedError,
    check_file,
    is_table_file,
    open_file,
)
from dalian_eval.intake.files.sheets import read_sheets

DEMO = "data/demo"
"""Where the demo county lies in the project."""

DEMO_LIST = "data/demo.sha256"
"""Its files as sha256sum lists them, as paths below `DEMO`."""

_NAMED = 3
_TELLING = 1024
"""Bytes below which a file tells nothing: a list with hardly a row is alike everywhere."""


@dataclass(frozen=True)
class _File:
    """Where a file can be read, its SHA-256, and its path in the folder or archive it lies in."""

    path: Path
    sha256: str
    place: str


def refuse_mixture(raw: Path, files: Mapping[str, str], listed: Path, limits: Limits) -> None:
    """Raise UsageError when `raw` holds files of the demo county and others.

    `files`: relative path → SHA-256; `listed`: the demo's list (without it nothing is known).
    A changed file at its place in a demo that is otherwise mostly whole is still the demo's, and
    correction workbooks go with any data. Archives are looked into.
    """
    demo = _listed(listed)
    if not demo:
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        found = dict(_looked_into(raw, files, limits, Path(folder)))
        own, others = _told_apart(found, demo, limits)
    if own and others:
        raise UsageError(
            f"数据文件夹 {raw} 里混有示范县的文件（{_some(sorted(own))}）和其他文件"
            f"（{_some(others)}）：示范县是虚构的，不能和真实数据一起计分。"
            f"请把示范县的文件删去，或把其他文件放进一个空文件夹，用 --raw 指明"
        )


def _looked_into(
    raw: Path, files: Mapping[str, str], limits: Limits, folder: Path
) -> Iterator[tuple[str, _File]]:
    """Yield every file by its name; of an archive that can be unpacked, its tables instead."""
    for name, digest in files.items():
        parts = _unpacked(raw, name, limits, folder) if name.lower().endswith(".zip") else []
        for part in parts:
            yield part.file, _File(part.path, part.sha256, part.file.removeprefix(f"{name}/"))
        if not parts:
            yield name, _File(raw / name, digest, name)


def _told_apart(
    files: Mapping[str, _File], demo: Mapping[str, str], limits: Limits
) -> tuple[set[str], list[str]]:
    """Return the names of the demo's files, and of others that are tables but no corrections."""
    known = set(demo.values())
    own = {name for name, file in files.items() if file.sha256 in known and _is_telling(file.path)}
    if not own:
        return own, []
    if 2 * len(own) > len(demo):
        own |= {name for name, file in files.items() if file.place in demo}
    others = [
        name
        for name, file in files.items()
        if name not in own and is_table_file(file.path) and not _corrects(file.path, limits)
    ]
    return own, others


def _is_telling(path: Path) -> bool:
    return path.stat().st_size >= _TELLING


def _listed(path: Path) -> dict[str, str]:
    """Return path → SHA-256 of the demo's files."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _unpacked(raw: Path, name: str, limits: Limits, folder: Path) -> list[RawFile]:
    """Return the tables of an archive, written below `folder`; none of what is no archive."""
    try:
        archive = open_file(raw, raw / name)
        check_file(archive, limits)
        if archive.kind is not Kind.ZIP:
            return []
        within = Path(tempfile.mkdtemp(dir=folder))
        members = [member.file for member in unpack(archive, limits, within)]
    except RefusedError:
        return []
    return [file for file in members if isinstance(file, RawFile)]


def _corrects(path: Path, limits: Limits) -> bool:
    """Whether a file is a correction workbook."""
    try:
        file = open_file(path.parent, path)
        check_file(file, limits)
        return any(correction_columns(sheet.top) for sheet in read_sheets(file, limits))
    except (RefusedError, UnicodeDecodeError):
        return False


def _some(names: list[str]) -> str:
    return "、".join(names[:_NAMED]) + (f"等{len(names)}个" if len(names) > _NAMED else "")
