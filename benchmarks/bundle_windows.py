"""安装.bat and 开始.bat run by Wine's cmd, with a stand-in for python.exe.

    apt-get install wine wine64 gcc-mingw-w64-x86-64 locales && python -m benchmarks.bundle_windows

In a folder with blanks and Chinese in its path, under a Chinese locale (code page 936). What is
tried: which Python is looked for and in what order, what is called where, exit codes, that every
Chinese sentence arrives as it was written. What is not: the real Windows, its console and Explorer.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from dalian_eval.bundle.contents import script_files

_HERE = Path(__file__).parent
_FOLDER = "大 练 兵（试）"
_USERS_PYTHON = "AppData/Local/Programs/Python/Python311/python.exe"


class Desktop:
    """A Windows of Wine's in a folder: a user's files, a stand-in for Python."""

    def __init__(self, work: Path) -> None:
        """Make it in `work`: boot Wine, compile the stand-in."""
        self.folder = work / _FOLDER
        self.standin, self.log = work / "python.exe", work / "calls.txt"
        self.path = work / "bin"
        locale = work / "locale" / "zh_CN.UTF-8"
        locale.parent.mkdir()
        self.env = {
            **os.environ,
            "WINEPREFIX": str(work / "wine"),
            "WINEDEBUG": "-all",
            "LOCPATH": str(locale.parent),
            "STANDIN_LOG": f"Z:{self.log}".replace("/", "\\"),
        }
        self._do("localedef", "-i", "zh_CN", "-f", "UTF-8", str(locale))
        source = str(_HERE / "python_standin.c")
        self._do("x86_64-w64-mingw32-gcc", "-municode", "-o", str(self.standin), source)
        self.env["LC_ALL"] = "zh_CN.UTF-8"
        self._do("wineboot", "--init")

    def _do(self, *command: str) -> None:
        subprocess.run(command, env=self.env, check=True, capture_output=True)

    def lay_out(self, *pythons: str) -> None:
        """Unpack the scripts anew, with Python under these names on the search path."""
        for folder in (self.folder, self.path):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        for name, data in script_files(_HERE.parent).items():
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_bytes(data)
        for python in pythons:
            shutil.copyfile(self.standin, self.path / python)

    def run(self, script: str, *, check: int = 0, code: int = 0) -> tuple[int, str, list[str]]:
        """Run a script from elsewhere; return exit code, what it said, and what it called where."""
        self.log.unlink(missing_ok=True)
        given = {"STANDIN_CHECK": str(check), "STANDIN_CODE": str(code)}
        given["WINEPATH"] = f"Z:{self.path}".replace("/", "\\")
        place = f"Z:{self.folder / script}".replace("/", "\\")
        done = subprocess.run(
            ["wine", "cmd", "/c", place],
            env=self.env | given, cwd="/", stdin=subprocess.DEVNULL, capture_output=True,
            check=False, timeout=120,
        )  # fmt: skip
        calls = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        where = f"\tZ:{self.folder}".replace("/", "\\")
        assert all(call.endswith(where) for call in calls), calls
        return done.returncode, done.stdout.decode("gbk"), [c.removesuffix(where) for c in calls]


def main() -> None:
    """Try both scripts."""
    with tempfile.TemporaryDirectory() as work:
        desk = Desktop(Path(work))
        try:
            try_installing(desk)
            try_starting(desk)
        finally:
            subprocess.run(["wineserver", "-k"], env=desk.env, check=False)
    print("安装.bat and 开始.bat do what they should under Wine's cmd.")


def try_installing(desk: Desktop) -> None:
    """Every way in which 安装.bat finds a Python, or none."""
    desk.lay_out("py.exe", "python.exe")
    code, said, calls = desk.run("安装.bat")
    assert (code, said.strip(), len(calls)) == (0, "请按任意键继续...", 2), (code, said, calls)
    assert calls[0].startswith('py -3.11 -c "import sys; sys.exit(not ((3, 11, 5) <= sys')
    assert calls[1].split() == ["py", "-3.11", "-I", r"install\install.py"]
    assert desk.run("安装.bat", code=2)[0] == 2

    desk.lay_out("python.exe")
    code, _, calls = desk.run("安装.bat")
    assert (code, calls[-1].split()) == (0, ["python", "-I", r"install\install.py"])

    code, said, calls = desk.run("安装.bat", check=1)
    # Looked for once, and once more to tell its version, which the stand-in does not.
    assert (code, len(calls)) == (2, 2), calls
    assert "上面是找到的" not in said
    assert "错误：没有找到 Python 3.11（要 3.11.5 或更新的 3.11，64 位）。" in said
    assert "https://www.python.org/downloads/windows/" in said and "“Add python.exe" in said

    desk.lay_out()
    users = next((Path(desk.env["WINEPREFIX"]) / "drive_c" / "users").glob("[!P]*"))
    (users / _USERS_PYTHON).parent.mkdir(parents=True)
    shutil.copyfile(desk.standin, users / _USERS_PYTHON)
    code, _, calls = desk.run("安装.bat")
    assert code == 0 and calls[-1].endswith(r'Python311\python.exe" -I install\install.py'), calls
    (users / _USERS_PYTHON).unlink()

    shutil.rmtree(desk.folder / "install")
    code, said, calls = desk.run("安装.bat")
    assert code == 2 and "请先把压缩包全部解压到一个文件夹" in said and not calls, said


def try_starting(desk: Desktop) -> None:
    """开始.bat before and after installing."""
    desk.lay_out()
    code, said, calls = desk.run("开始.bat")
    assert code == 2 and "错误：还没有安装。请先双击『安装』" in said and not calls, said
    scripts = desk.folder / ".venv" / "Scripts"
    scripts.mkdir(parents=True)
    shutil.copyfile(desk.standin, scripts / "python.exe")
    (desk.folder / ".venv" / "installed.txt").touch()
    code, said, calls = desk.run("开始.bat")
    assert (code, said.strip()) == (0, ""), said
    assert calls[0].split() == [r".venv\Scripts\python.exe", "-I", "-m", "dalian_eval", "desk"]
    code, said, _ = desk.run("开始.bat", code=2)
    assert code == 2 and "请按任意键继续" in said


if __name__ == "__main__":
    main()
