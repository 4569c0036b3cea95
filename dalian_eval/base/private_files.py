"""A secret that its owner alone may read, also where file modes mean nothing (Windows)."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import PureWindowsPath
from typing import Any

_OWNER = "*S-1-3-4"
"""The well-known id of a file's owner, whatever the account and the language are called."""


def protection(
    path: os.PathLike[str],
    *,
    windows: bool = sys.platform == "win32",
    call: Callable[..., Any] = subprocess.run,
) -> str:
    """Take everybody else's rights to `path` away; return what its owner must know, in Chinese.

    Elsewhere it was made with mode 0600, and there is nothing to say. On Windows that mode
    protects nothing: the system's own icacls sets the rights, and it is said when it could not.
    """
    if not windows:
        return ""
    # By its whole path: a program of that name beside the project is not what is meant.
    system = PureWindowsPath(os.environ.get("SYSTEMROOT", r"C:\Windows"))
    tool = str(system / "System32" / "icacls.exe")
    command = [tool, os.fspath(path), "/inheritance:r", "/grant:r", f"{_OWNER}:F"]
    try:
        call(command, check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return (
            f"注意：没能限制 {path} 的读取权限，同一台电脑上的其他用户可能读到它。请在文件的"
            "“属性－安全”中只保留本人，或存放到只有本人能打开的文件夹"
        )
    return f"已把 {path} 设为只有本人可以读取；复制到优盘或别处后，权限要重新设"
