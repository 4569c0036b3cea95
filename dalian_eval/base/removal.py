"""Removing what lies at a place, whatever somebody put there."""

import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from dalian_eval.base.defences import tree

_STEP = 12
"""Folders within folders that are removed in one go: with the longest names a path is no longer
than a system takes."""


def remove(path: Path) -> None:
    """Remove a file, a link (never what it leads to) or a folder, however deep it goes.

    What cannot be removed stays; nothing is raised.
    """
    with suppress(OSError):
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
            return
        waiting = [path]
        while waiting:
            top = waiting.pop()
            for deep in [f.path for f in tree(top, _STEP) if _is_folder(f.path)]:
                beside = path / f".{secrets.token_hex(8)}"
                deep.rename(beside)
                waiting.append(beside)
            if top != path:
                shutil.rmtree(top, ignore_errors=True)
    shutil.rmtree(path, ignore_errors=True)


def _is_folder(path: Path) -> bool:
    """Whether something that `tree` did not enter is a folder after all."""
    return path.is_dir() and not path.is_symlink()
