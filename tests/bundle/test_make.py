"""What a bundle holds: our own wheel whole, the project, scripts as the systems read them."""

import ast
import configparser
import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.bundle import make as module
from dalian_eval.bundle.contents import as_batch, project_files, script_files
from dalian_eval.bundle.fetch import build_own
from dalian_eval.bundle.install import _PLATFORMS
from dalian_eval.bundle.make import bundle_of, check_own
from dalian_eval.bundle.manifest import BUNDLE_MANIFEST, INSTALLER, PROGRAM, TOP
from dalian_eval.bundle.opened import open_bundle
from dalian_eval.bundle.platforms import LEAST_PYTHON, PLATFORMS, PYTHON
from dalian_eval.bundle.wheels import read_wheel
from dalian_eval.report.guide.pages import FIRST, FIRST_PAGE, FOLDER, PAGES, guide_pages
from tests.bundle.small import ROOT, write_wheel

SCRIPTS = script_files(ROOT)
BATCHES = sorted(name for name in SCRIPTS if name.endswith(".bat"))
NOT_RIGHT = "#!/bin/sh\nexit 1\n"


def test_our_own_wheel_is_the_package_and_the_same_each_time(tmp_path: Path) -> None:
    """A file that pyproject.toml forgets would be another program: its hash is in every record."""
    made = [build_own(ROOT, tmp_path / one) for one in ("一", "二")]
    assert made[0].read_bytes() == made[1].read_bytes()
    check_own(made[0], ROOT / PROGRAM)
    with zipfile.ZipFile(made[0]) as archive:
        assert not [n for n in archive.namelist() if not n.startswith((f"{PROGRAM}/", PROGRAM))]
    wheel = read_wheel(made[0])
    assert wheel.name == "dalian-eval" and not wheel.python.contains("3.11.4")
    assert wheel.python.contains(LEAST_PYTHON)
    short = write_wheel(tmp_path, "dalian_eval", "0.1.0", {f"{PROGRAM}/__init__.py": ""})
    with pytest.raises(UsageError, match="package-data 漏了文件"):
        check_own(short, ROOT / PROGRAM)


def test_a_bundle_lists_every_file_and_is_the_same_each_time(tmp_path: Path) -> None:
    own = read_wheel(write_wheel(tmp_path, "dalian_eval", "9.9", {}, metadata="Requires-Dist: b"))
    b = read_wheel(write_wheel(tmp_path, "b", "1", {"b.py": "x = 1"}))
    for to in ("一", "二"):
        (tmp_path / to).mkdir()
        place = bundle_of(ROOT, own, [b], PLATFORMS[1], tmp_path / to)
        os.utime(b.path, (0, 0))
    assert place.name == "dalian-eval-9.9-linux-x64.zip"
    assert place.read_bytes() == (tmp_path / "一" / place.name).read_bytes()
    manifest = open_bundle(place).manifest
    with zipfile.ZipFile(place) as archive:
        names = archive.namelist()
        assert {f"{TOP}/{name}" for name in (*manifest.files, BUNDLE_MANIFEST)} == set(names)
        for name, digest in manifest.files.items():
            assert hashlib.sha256(archive.read(f"{TOP}/{name}")).hexdigest() == digest
        modes = {n.removeprefix(f"{TOP}/"): archive.getinfo(n).external_attr >> 16 for n in names}
    assert {n for n, mode in modes.items() if mode & 0o111} == {
        "安装.sh", "安装.desktop", "开始.sh", "开始.desktop"
    }  # fmt: skip
    asked = f"b==1 --hash=sha256:{b.sha256}\ndalian-eval==9.9 --hash=sha256:{own.sha256}\n"
    data = {f"{TOP}/install/requirements.txt": asked}
    with zipfile.ZipFile(place) as archive:
        assert {n: archive.read(n).decode() for n in data} == data
    with pytest.raises(UsageError, match="的安装包不完整：缺少 b"):
        bundle_of(ROOT, own, [], PLATFORMS[1], tmp_path)


def test_the_project_is_there_and_no_data_of_ours() -> None:
    found = project_files(ROOT)
    assert {"requirements.lock", "params/2024.yaml", "notebooks/01_clean.ipynb"} <= {*found}
    assert found["requirements.lock"] == (ROOT / "requirements.lock").read_bytes()
    raw = [name for name in found if name.startswith(("data/raw/", "data/processed/", "runs/"))]
    assert raw == ["data/raw/.gitkeep", "data/processed/.gitkeep"]
    assert any(name.startswith("data/demo/") for name in found)


def test_the_guide_is_there_as_pages_and_as_what_the_desk_makes_them_of(tmp_path: Path) -> None:
    found = project_files(ROOT)
    pages = {name: text.encode() for name, text in guide_pages(ROOT).items()}
    assert pages.items() <= found.items()
    assert f'href="{quote(PAGES)}/' in pages[FIRST_PAGE].decode()
    assert "http-equiv" in pages[FIRST_PAGE].decode()
    assert {FIRST_PAGE, f"{PAGES}/安装.html", f"{PAGES}/每月一次.html"} <= {*pages}
    for name in found:
        if name == FIRST or name.startswith(f"{FOLDER}/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(found[name])
    assert guide_pages(tmp_path) == guide_pages(ROOT)


@pytest.mark.parametrize("name", BATCHES)
def test_batch_files_are_in_the_code_page_that_they_set(name: str) -> None:
    data = SCRIPTS[name]
    assert data.count(b"\n") == data.count(b"\r\n") and data.endswith(b"\r\n")
    before, _, _ = data.partition(b"chcp 936 >nul\r\n")
    assert before.isascii() and before.startswith(b"@echo off\r\n")
    assert as_batch(data.decode("gbk").replace("\r\n", "\n")) == data
    labels = {*re.findall(r"^:(\w+)", data.decode("gbk"), re.MULTILINE)}
    assert {*re.findall(r"goto (\w+)|call :(\w+)", data.decode("gbk"))} <= {
        *((label, "") for label in labels), *(("", label) for label in labels)
    }  # fmt: skip


def test_the_oldest_python_is_the_same_everywhere() -> None:
    numbers = tuple(map(int, LEAST_PYTHON.split(".")))
    check = f"{numbers} <= sys.version_info < ({PYTHON[0]}, {PYTHON[1] + 1})"
    for name in ("安装.bat", "安装.sh"):
        text = SCRIPTS[name].decode("gbk" if name.endswith(".bat") else "utf-8")
        assert check in text and LEAST_PYTHON in text
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'requires-python = ">={LEAST_PYTHON}"' in declared
    for name in ("README.md", "README.zh-CN.md", "setup.cmd", "Makefile"):
        assert LEAST_PYTHON in (ROOT / name).read_text(encoding="utf-8"), name


def test_the_installer_needs_the_standard_library_only() -> None:
    tree = ast.parse(SCRIPTS[INSTALLER])
    named = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    named |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} <= sys.stdlib_module_names
    assert set(_PLATFORMS.values()) == {one.name for one in PLATFORMS}
    assert {(one.system, one.machine) for one in PLATFORMS} == {*_PLATFORMS}


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The scripts in a folder with blanks and Chinese in its path; install.py says where it is."""
    folder = tmp_path / "张 三 的$桌面"
    for name, data in SCRIPTS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / INSTALLER).write_text("import os; print('安装在', os.getcwd())", encoding="utf-8")
    return folder


def sh(folder: Path, script: str, *pythons: str) -> tuple[int, str]:
    """Run a script from elsewhere, with these programs on the path instead of any Python."""
    path = folder.parent / "bin"
    path.mkdir(exist_ok=True)
    for python in pythons:
        (path / python).write_text(NOT_RIGHT, encoding="utf-8")
        (path / python).chmod(0o755)
    if not pythons:
        (path / "python3").symlink_to(sys.executable)
    for tool in ("dirname", "sh"):
        if not (path / tool).exists():
            (path / tool).symlink_to(f"/usr/bin/{tool}")
    done = subprocess.run(
        ["/bin/sh", str(folder / script)], cwd="/", env={"PATH": str(path)}, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
    )  # fmt: skip
    return done.returncode, done.stdout


def test_the_linux_script_finds_a_python_or_tells_where_to_get_one(unpacked: Path) -> None:
    code, said = sh(unpacked, "安装.sh", "python3.11", "python3", "python")
    if not Path("/usr/local/bin/python3.11").exists():
        assert code == 2 and "要 3.11.5 或更新的 3.11" in said and "python.org" in said
    (unpacked.parent / "bin" / "python3").unlink()
    assert sh(unpacked, "安装.sh") == (0, f"安装在 {unpacked}\n")
    code, said = sh(unpacked, "开始.sh", "python")
    assert code == 2 and "还没有安装" in said
    (unpacked / INSTALLER).unlink()
    code, said = sh(unpacked, "安装.sh", "python")
    assert code == 2 and "请先把压缩包全部解压" in said


def test_the_linux_script_says_which_python_it_found(unpacked: Path) -> None:
    script = unpacked / "安装.sh"
    text = script.read_text(encoding="utf-8")
    assert "(3, 11, 5) <= sys.version_info < (3, 12)" in text
    script.write_text(text.replace("(3, 11, 5) <= sys", "(3, 99) <= sys"), encoding="utf-8")
    code, said = sh(unpacked, "安装.sh")
    version = ".".join(map(str, sys.version_info[:3]))
    assert code == 2 and f"python3 是 {version}（64 位）" in said
    assert "找到的不能用" in said and "只配 3.11，3.12 及以后的也不行" in said
    (unpacked.parent / "bin" / "python3").unlink()
    if not Path("/usr/local/bin/python3.11").exists():
        assert "找到的不能用" not in sh(unpacked, "安装.sh", "python3")[1]


@pytest.mark.parametrize("name", ["安装", "开始"])
def test_a_double_click_finds_the_script_beside_it(unpacked: Path, name: str) -> None:
    """As a file manager does: two levels of escapes undone, %k the place of the file."""
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(unpacked / f"{name}.desktop", encoding="utf-8")
    told = dict(parser["Desktop Entry"])
    assert (told["Type"], told["Terminal"], told["Name"]) == ("Application", "true", name)
    text = told["Exec"].replace(r"\\", "\\")
    words = [quoted or plain for quoted, plain in re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', text)]
    words = [re.sub(r"\\(.)", r"\1", word) for word in words]
    (unpacked / f"{name}.sh").write_text("pwd\n", encoding="utf-8")
    for place in (f"{unpacked}/{name}.desktop", f"file://{unpacked}/{name}.desktop"):
        given = [place if word == "%k" else word for word in words]
        done = subprocess.run(
            given, cwd="/", input="\n", capture_output=True, encoding="utf-8", check=True
        )
        assert done.stdout.startswith(f"{unpacked}\n") and "按回车键关闭窗口" in done.stdout


def test_the_command_tells_its_errors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        raise UsageError("下载没有成功")

    monkeypatch.setattr(module, "make", fail)
    monkeypatch.setattr(sys, "argv", ["make", "--platform", "linux-x64", "--to", str(tmp_path)])
    assert module.main() == 2
    assert capsys.readouterr().err == "错误：下载没有成功。\n"
