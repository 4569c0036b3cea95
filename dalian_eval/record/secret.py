"""Secrets of the publisher: passphrases, asked for and never shown, and who else can read a key."""

import getpass
import os
import stat
import warnings
from pathlib import Path

from dalian_eval.base.errors import UsageError

_SHORTEST = 8


def ask_passphrase(path: Path) -> bytes:
    """Return the passphrase of the key in `path`; UsageError where nobody can be asked."""
    return _asked(f"密钥 {path} 的口令：").encode()


def ask_new_passphrase(path: Path) -> bytes:
    """Return a passphrase for a new key, typed twice; UsageError when short or unlike."""
    first = _asked(f"新密钥 {path} 的口令（至少{_SHORTEST}个字符，不显示）：")
    if len(first) < _SHORTEST:
        raise UsageError(f"口令太短：至少{_SHORTEST}个字符，没有生成密钥")
    if _asked("再输入一次：") != first:
        raise UsageError("两次输入的口令不同，没有生成密钥")
    return first.encode()


def _asked(prompt: str) -> str:
    """Ask without showing what is typed; UsageError where it would be shown."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(prompt)
    except (getpass.GetPassWarning, EOFError, OSError) as error:
        raise UsageError("密钥的口令只能在终端中输入（不显示）：请在终端中运行本命令") from error


def exposure(path: Path) -> str:
    """Return a warning when others than its owner can read a key's file; "" when not.

    Windows has no such bits: nothing is said there.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""
    if os.name != "posix" or not mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ""
    return f"注意：密钥文件 {path} 别人也能读：请执行 chmod 600 {path}，并考虑密钥是否已外泄"
