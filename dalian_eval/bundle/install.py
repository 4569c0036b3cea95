"""Installs an unpacked bundle into `.venv` of its folder, without network.

A bundle holds this file by itself, as install/install.py, and 安装.bat and 安装.sh run it with the
Python they found: standard library only, nothing of the package. What it says is Chinese.
"""

import hashlib
import importlib.util
import io
import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

_VENV = ".venv"
_DONE = "installed.txt"
"""In the environment once it is whole: the SHA-256 of the manifest it was installed by."""

_LOG = "安装日志.txt"
_LONGEST_PATH = 259
_SITE = r"\.venv\Lib\site-packages" "\\"
_MEGABYTE = 1 << 20
_ROOM = 2
"""Times the bytes of the libraries: they are compiled, and unpacked beside their place."""

_PIP_WORDS = """-I -X utf8 -m pip --isolated --disable-pip-version-check install
--no-index --require-hashes --only-binary=:all: --no-warn-script-location
--progress-bar=off --no-input --no-cache-dir"""

_PLATFORMS = {
    ("Windows", "AMD64"): "windows-x64",
    ("Linux", "x86_64"): "linux-x64",
    ("Linux", "aarch64"): "linux-arm64",
}
_DAMAGED = "请从原来的压缩包重新解压（不要只拷贝其中几个文件）"


class RefusedError(Exception):
    """What keeps this from being installed; `str()` is the Chinese sentence: what, and what mends
    it."""


def main() -> int:
    """Install the bundle this file lies in; return 0, or 2 when it could not be."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace", line_buffering=True)
    try:
        install(Path(__file__).resolve().parent.parent)
    except RefusedError as error:
        print(f"错误：{error}。", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("已中断，安装没有完成；再运行一次『安装』就从头装。", file=sys.stderr)
        return 1
    return 0


def install(root: Path) -> None:
    """Install the bundle unpacked in `root`; RefusedError when it cannot be."""
    manifest, digest = _manifest(root)
    _check_machine(manifest)
    _check_path(root, manifest)
    venv = root / _VENV
    if _is_done(venv, digest):
        print("已经装好了，不必再装。双击『开始』就可以用。")
        return
    print(f"大练兵计分软件 {manifest['version']}，安装到 {root}")
    print("第 1 步，共 3 步：核对安装文件……")
    _check_files(root, manifest)
    _check_room(root, manifest)
    _clear(venv)
    print("第 2 步，共 3 步：建立运行环境……")
    _run(root, [sys.executable, "-I", "-m", "venv", str(venv)])
    count = sum(name.endswith(".whl") for name in manifest["files"])
    print(f"第 3 步，共 3 步：安装 {count} 个库，约需一两分钟，请不要关闭窗口……")
    python = python_of(venv)
    files = root / "install"
    folder, asked = str(files / "wheels"), str(files / "requirements.txt")
    _run(root, [*_pip(python), "--find-links", folder, "-r", asked])
    _run(root, [str(python), "-I", "-m", "dalian_eval", "--version"])
    (venv / _DONE).write_text(digest, encoding="ascii")
    (root / _LOG).unlink(missing_ok=True)
    print("装好了。双击『开始』就可以用。")


def python_of(venv: Path) -> Path:
    """Return the Python of an environment."""
    return venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _pip(python: Path) -> list[str]:
    """Return the command that installs from a folder alone, whatever pip is configured to do."""
    return [str(python), *_PIP_WORDS.split()]


def _manifest(root: Path) -> tuple[dict[str, Any], str]:
    """Return the manifest and the SHA-256 of its file."""
    try:
        data = (root / "install" / "manifest.json").read_bytes()
        return json.loads(data), hashlib.sha256(data).hexdigest()
    except (OSError, ValueError) as error:
        raise RefusedError(f"读不到安装清单 install/manifest.json：{_DAMAGED}") from error


def _check_machine(manifest: dict[str, Any]) -> None:
    """Refuse another Python than the libraries are for, and another system or processor."""
    wanted, least = manifest["python"], manifest["least_python"]
    here = platform.python_version()
    numbers = tuple(map(int, least.split(".")))
    if f"{sys.version_info[0]}.{sys.version_info[1]}" != wanted or sys.version_info < numbers:
        raise RefusedError(f"需要 Python {least} 或更新的 {wanted}，这个是 {here}：请装好再运行")
    name = _PLATFORMS.get((platform.system(), platform.machine()))
    if name != manifest["platform"] or sys.maxsize < 2**32:
        raise RefusedError(
            f"这个安装包是给 {manifest['platform']} 的，这台电脑（或它的 Python）是 "
            f"{platform.system()} {platform.machine()} {64 if sys.maxsize > 2**32 else 32} 位："
            "请换用相应的安装包，Python 要 64 位的"
        )
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise RefusedError(
            f"这个 Python（{sys.executable}）缺少 venv 和 ensurepip：Debian、Ubuntu、统信、麒麟"
            f"把它们放在 python{wanted}-venv 里，请用软件商店或 apt 装上再运行"
        )


def _check_path(root: Path, manifest: dict[str, Any]) -> None:
    """On Windows refuse a place at which the longest path is longer than the system takes."""
    most = _LONGEST_PATH - len(_SITE) - manifest["longest_path"]
    if sys.platform == "win32" and len(str(root)) > most:
        raise RefusedError(
            f"文件夹 {root} 的路径有 {len(str(root))} 个字符，超过 {most} 个，"
            r"Windows 装不下其中的文件：请移到更短的位置，如 D:\dalian，再运行"
        )


def _check_files(root: Path, manifest: dict[str, Any]) -> None:
    """Refuse a bundle of which a file that is installed is missing or not as it was."""
    for name, digest in manifest["files"].items():
        if not name.startswith("install/"):
            continue  # The user may change parameters.
        try:
            with (root / name).open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise RefusedError(f"安装包不完整，读不到 {name}：{_DAMAGED}") from error
        if found != digest:
            raise RefusedError(f"安装包已损坏，{name} 与清单不符：{_DAMAGED}")


def _check_room(root: Path, manifest: dict[str, Any]) -> None:
    needed = manifest["installed_bytes"] * _ROOM
    free = shutil.disk_usage(root).free
    if free < needed:
        raise RefusedError(
            f"磁盘空间不足：约需 {needed // _MEGABYTE} MB，{root} 所在的磁盘只剩 "
            f"{free // _MEGABYTE} MB。请清理磁盘，或把文件夹移到别的磁盘再运行"
        )


def _is_done(venv: Path, digest: str) -> bool:
    """Whether this bundle was installed there before, and the environment starts."""
    try:
        if (venv / _DONE).read_text(encoding="ascii") != digest:
            return False
        command = [str(python_of(venv)), "-I", "-m", "dalian_eval", "--version"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except (OSError, ValueError):
        return False


def _clear(venv: Path) -> None:
    """Remove an environment that is another version's or was not finished."""
    if not venv.exists() and not venv.is_symlink():
        return
    print("原来的运行环境不是这一版的，或没有装完，先删去……")
    try:
        if venv.is_symlink():
            venv.unlink()
        else:
            shutil.rmtree(venv)
    except OSError as error:
        raise RefusedError(
            f"删不掉 {error.filename or venv}：软件可能还开着，请关闭『开始』打开的窗口和网页再运行"
        ) from error


def _run(root: Path, command: list[str]) -> None:
    """Run a step; RefusedError with the place of its whole output when it fails."""
    with (root / _LOG).open("a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(f"\n{' '.join(command)}\n")
        try:
            done = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace", check=False,
            )  # fmt: skip
        except OSError as error:
            log.write(str(error))
            raise RefusedError(f"不能运行 {command[0]}（{error.strerror}）") from error
        log.write(done.stdout)
    if done.returncode:
        last = [line for line in done.stdout.splitlines() if line.strip()][-3:]
        print("\n".join(last), file=sys.stderr)
        raise RefusedError(
            f"安装没有完成，原因见上，全部输出在 {root / _LOG}。常见的原因：磁盘满了，杀毒软件"
            "拦住了（请把这个文件夹加入信任），没有写入权限。处理后再运行一次『安装』"
        )


if __name__ == "__main__":
    sys.exit(main())
