"""The demo county's files among others: an invented county is never scored with a real one."""

from collections.abc import Mapping
from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.limits import Limits
from dalian_eval.intake.corrections.correction_sheets import correction_columns
from dalian_eval.intake.files.discover import RefusedError, check_file, is_table_file, open_file
from dalian_eval.intake.files.sheets import read_sheets

DEMO = "data/demo"
"""Where the demo county lies in the project."""

DEMO_LIST = "data/demo.sha256"
"""Its files as sha256sum lists them, as paths below `DEMO`."""

_NAMED = 3
_TELLING = 1024
"""Bytes below which a file tells nothing: a list with hardly a row is alike everywhere."""


def refuse_mixture(raw: Path, files: Mapping[str, str], listed: Path, limits: Limits) -> None:
    """Raise UsageError when `raw` holds files of the demo county and others.

    `files`: relative path → SHA-256; `listed`: the demo's list (without it nothing is known).
    A changed file at its place in a demo that is otherwise mostly whole is still the demo's, and
    correction workbooks go with any data.
    """
    demo = _listed(listed)
    known = set(demo.values())
    own = {name for name, digest in files.items() if digest in known and _is_telling(raw / name)}
    if not own:
        return
    if 2 * len(own) > len(demo):
        own |= files.keys() & demo.keys()
    others = [
        name
        for name in files
        if name not in own and is_table_file(raw / name) and not _corrects(raw, name, limits)
    ]
    if others:
        raise UsageError(
            f"数据文件夹 {raw} 里混有示范县的文件（{_some(sorted(own))}）和其他文件"
            f"（{_some(others)}）：示范县是虚构的，不能和真实数据一起计分。"
            f"请把示范县的文件删去，或把其他文件放进一个空文件夹，用 --raw 指明"
        )


def _is_telling(path: Path) -> bool:
    return path.stat().st_size >= _TELLING


def _listed(path: Path) -> dict[str, str]:
    """Return path → SHA-256 of the demo's files."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _corrects(raw: Path, name: str, limits: Limits) -> bool:
    """Whether a file is a correction workbook."""
    try:
        file = open_file(raw, raw / name)
        check_file(file, limits)
        return any(correction_columns(sheet.top) for sheet in read_sheets(file, limits))
    except (RefusedError, UnicodeDecodeError):
        return False


def _some(names: list[str]) -> str:
    return "、".join(names[:_NAMED]) + (f"等{len(names)}个" if len(names) > _NAMED else "")
