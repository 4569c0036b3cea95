"""What Windows does otherwise, as far as it can be had elsewhere."""

import io
import os
import re
import subprocess
import sys
import types
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from dalian_eval.base import scratch_folder as module
from dalian_eval.base import system_refusals
from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import write_whole
from dalian_eval.base.private_files import protection
from dalian_eval.base.result_folder import put, put_instead, writable
from dalian_eval.base.scratch_folder import scratch
from dalian_eval.base.yaml_faults import read_yaml
from dalian_eval.cli import invoke, main
from dalian_eval.intake.files.discover import RefusedError, check_unchanged, open_file
from dalian_eval.record.lock import only_one
from dalian_eval.report.base.file_names import statement_file
from dalian_eval.report.narrative import check_template

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files stay open here as long as a test wants: nobody waits for a virus scanner."""
    monkeypatch.setattr(system_refusals, "_WAITS", (0.0, 0.0))


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told by the system's name is told as on Windows."""
    monkeypatch.setattr(system_refusals.sys, "platform", "win32")


class InUseError(PermissionError):
    """What Windows raises for a file that another program holds open."""

    def __init__(self, *names: str) -> None:
        super().__init__(13, "拒绝访问。", names[0], None, *names[1:])
        self.winerror = 32


def test_a_scratch_folder_is_given_where_the_two_stats_never_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_is_at", lambda opened, lock: False)
    with scratch(tmp_path, "building") as first, scratch(tmp_path, "building") as second:
        (first / "a").write_text("a", encoding="utf-8")
        assert second.is_dir() and (first / "a").is_file()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_an_open_file_is_told_as_such(tmp_path: Path) -> None:
    sentence = r"index\.html.*正被别的程序打开.*关闭"
    with pytest.raises(UsageError, match=sentence) as told, writable(tmp_path, "--out"):
        raise InUseError("building", str(tmp_path / "index.html"))
    assert "换一个可写的输出位置" not in str(told.value)
    with pytest.raises(UsageError, match="没有权限写入"), writable(tmp_path, "--out"):
        raise PermissionError(13, "Permission denied", str(tmp_path))


def test_replacing_an_open_file_has_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "日历.ics"

    def refuse(self: Path, target: Path) -> None:
        raise InUseError(str(self), str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr("dalian_eval.cli._dispatch", lambda _: write_whole(place, b"x"))
    assert invoke([]) == 2
    said = capsys.readouterr().err
    assert "日历.ics" in said and "正被别的程序打开" in said and "日志" not in said
    assert list(tmp_path.iterdir()) == []


def denied(*_: object, **__: object) -> None:
    """What Python raises there when it opens a file that WPS keeps to itself: 13, and no more."""
    raise PermissionError(13, "Permission denied")


@pytest.mark.usefixtures("windows")
def test_a_raw_file_that_wps_holds_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "案件.xlsx").write_bytes(b"x")
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(
        RefusedError, match=r"文件 案件\.xlsx 正被别的程序打开.*请在 WPS 中关闭 案件\.xlsx"
    ):
        open_file(tmp_path, tmp_path / "案件.xlsx")


@pytest.mark.usefixtures("windows")
@pytest.mark.parametrize("name", ["templates/narrative.docx", "2024.yaml"])
def test_a_template_or_parameter_file_that_wps_holds_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    place = ROOT / "params" / name
    monkeypatch.setattr(Path, "read_bytes", denied)
    monkeypatch.setattr("dalian_eval.base.yaml_faults.load_yaml", denied)
    with pytest.raises(UsageError, match=rf"{place.name} .*请在 WPS 等程序中关闭"):
        check_template(place) if place.suffix == ".docx" else read_yaml(place)


@pytest.mark.usefixtures("windows")
def test_a_file_that_wps_holds_cannot_be_written_and_that_is_said(tmp_path: Path) -> None:
    place = tmp_path / "得分.csv"
    error = PermissionError(13, "Permission denied", str(place))
    with pytest.raises(UsageError, match="没有权限写入"), writable(place, "--csv"):
        raise error  # It is not there: nobody holds it.
    place.touch()
    with (
        pytest.raises(UsageError, match=r"得分\.csv .*请在 WPS 等程序中关闭"),
        writable(place, "--csv"),
    ):
        raise error


def test_elsewhere_a_matter_of_rights_is_one(tmp_path: Path) -> None:
    place = tmp_path / "得分.csv"
    place.touch()
    with pytest.raises(UsageError, match="没有权限写入"), writable(place, "--csv"):
        raise PermissionError(13, "Permission denied", str(place))


@pytest.mark.parametrize("folder", [False, True])
def test_a_scanner_that_looks_at_new_files_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: bool
) -> None:
    """Defender holds what was just written for a moment; the rename is then tried again."""
    source, place = tmp_path / "新", tmp_path / "旧"
    source.mkdir() if folder else source.write_text("新", encoding="utf-8")
    call = "rename" if folder else "replace"
    really, tries = getattr(Path, call), list[Path]()

    def busy(self: Path, target: Path) -> Path:
        tries.append(target)
        if len(tries) < 3:
            raise InUseError(str(self), str(target))
        moved: Path = really(self, target)
        return moved

    monkeypatch.setattr(Path, call, busy)
    system_refusals.rename(source, place)
    assert place.exists() and not source.exists() and len(tries) == 3


def test_a_refusal_that_is_none_of_windows_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def refuse(self: Path, target: Path) -> None:
        tries.append(target)
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        write_whole(tmp_path / "a", b"x")
    assert len(tries) == 1


@pytest.fixture
def nothing_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renaming as on Windows: what is there never gives way, not even an empty folder."""
    really = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if Path(target).exists():
            raise FileExistsError(
                17, "当文件已存在时，无法创建该文件。", str(self), 183, str(target)
            )
        return really(self, target)

    monkeypatch.setattr(Path, "rename", rename)


@pytest.mark.usefixtures("nothing_gives_way")
def test_a_result_is_put_where_windows_replaces_no_folder(tmp_path: Path) -> None:
    new, place = tmp_path / "新", tmp_path / "处"
    (new / "a").mkdir(parents=True)
    place.mkdir()
    assert put(new, place) and (place / "a").is_dir()
    new.mkdir()
    assert not put(new, place) and new.is_dir()
    put_instead(new, place)
    assert not (place / "a").exists() and sorted(p.name for p in tmp_path.iterdir()) == ["处"]


def test_a_path_that_windows_finds_too_long_is_told(tmp_path: Path, windows: None) -> None:
    long = tmp_path / ("长" * 250)
    refusals = [
        FileNotFoundError(2, "系统找不到指定的路径。", str(long)),
        OSError(22, "文件名或扩展名太长。", str(tmp_path)),
    ]
    refusals[1].winerror = 206  # type: ignore[attr-defined, unused-ignore]
    for refusal in refusals:
        sentence = "路径过长：请换一个更短的 --out"
        with pytest.raises(UsageError, match=sentence), writable(tmp_path, "--out"):
            raise refusal
    with pytest.raises(FileNotFoundError), writable(tmp_path, "--out"):
        raise FileNotFoundError(2, "系统找不到指定的文件。", str(tmp_path / "短"))
    with pytest.raises(RefusedError, match="的路径太长，Windows 打不开"):
        open_file(tmp_path, tmp_path / ("长" * 80) / ("长" * 80) / ("长" * 80) / "a.csv")


def test_a_share_that_tells_open_files_and_names_apart_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some network drives number a file anew each time it is opened."""
    (tmp_path / "案件.csv").write_text("a,b", encoding="utf-8")
    really, numbers = os.fstat, count(1)

    def fstat(handle: int) -> os.stat_result:
        told = really(handle)
        return os.stat_result((told.st_mode, next(numbers), *told[2:]))

    monkeypatch.setattr(os, "fstat", fstat)
    check_unchanged(open_file(tmp_path, tmp_path / "案件.csv"))


def test_temporary_folders_may_hold_files_that_are_still_open() -> None:
    """Windows removes no open file, and nothing that is done fails for that."""
    for module_file in (ROOT / "dalian_eval").rglob("*.py"):
        text = module_file.read_text(encoding="utf-8")
        for given in re.findall(r"TemporaryDirectory\(([^)]*)\)", text):
            assert "ignore_cleanup_errors=True" in given, module_file


def test_no_name_that_we_make_is_windows_own() -> None:
    """CON, NUL and their like, trailing dots, small beside large letters."""
    for code in ("CON", "nul", "COM1", "a.", "b ", "x:y", "D01", "d01"):
        name = statement_file("unit", code)
        assert re.fullmatch(r"unit-[^<>:\"/\\|?*. ]+\.html", name)
    assert statement_file("unit", "D01").lower() != statement_file("unit", "d01").lower()


@pytest.mark.skipif(os.name == "nt", reason="the real locks are in use there")
def test_locks_are_taken_by_windows_own_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: set[int] = set()

    def locking(handle: int, mode: int, length: int) -> None:
        assert (mode, length) == (2, 1)
        number = os.fstat(handle).st_ino
        if number in held:
            raise PermissionError(13, "Permission denied")
        held.add(number)

    own = types.SimpleNamespace(locking=locking, LK_NBLCK=2)
    monkeypatch.setitem(sys.modules, "msvcrt", own)
    monkeypatch.setattr(sys, "platform", "win32")
    busy = pytest.raises(UsageError, match="另一个程序正在")
    with only_one(tmp_path), busy, only_one(tmp_path):
        pass
    with scratch(tmp_path, "work") as work:
        (work / "a").touch()
        with scratch(tmp_path, "work"):
            assert (work / "a").exists()
    assert [p.name for p in tmp_path.iterdir()] == [".history.lock"]


@pytest.mark.parametrize("encoding", ["cp936", "gbk", "gb2312", "ascii"])
def test_redirected_output_loses_no_character(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)

    def told(_: Sequence[str]) -> int:
        print("王䶮 ✓")
        return 0

    monkeypatch.setattr("dalian_eval.cli._dispatch", told)
    with pytest.raises(SystemExit):
        main([])
    out.flush()
    if encoding == "ascii":
        assert raw.getvalue().strip() == rb"\u738b\u4dae \u2713"
    else:
        assert raw.getvalue().decode("gb18030").strip() == "王䶮 ✓"
        assert raw.getvalue().startswith("王".encode("cp936"))


def test_a_secret_is_protected_by_the_systems_own_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []

    def call(command: list[str], **options: Any) -> None:
        called.append(command)
        assert options["check"]

    monkeypatch.setenv("SYSTEMROOT", r"D:\Windows")
    assert "只有本人可以读取" in protection(Path("k.pem"), windows=True, call=call)
    ((tool, path, *rights),) = called
    assert (tool, path) == (r"D:\Windows\System32\icacls.exe", "k.pem")
    assert rights == ["/inheritance:r", "/grant:r", "*S-1-3-4:F"]

    def fail(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(5, "icacls")

    told = protection(Path("k.pem"), windows=True, call=fail)
    assert "没能限制" in told and "k.pem" in told


@pytest.mark.skipif(os.name == "nt", reason="Windows says what it did")
def test_elsewhere_nothing_is_said(tmp_path: Path) -> None:
    assert protection(tmp_path, call=None) == ""  # type: ignore[arg-type]


def test_setup_says_before_that_the_path_is_too_long() -> None:
    """The script cannot run here; the promise of its two numbers can be held against the law."""
    lines = (ROOT / "setup.cmd").read_bytes().split(b"\r\n")
    text = b"\n".join(lines).decode("utf-8")
    assert b"\n" not in b"".join(lines)
    (limit,) = re.findall(r'if not "%here:~(\d+),1%"=="" goto long', text)
    assert f"超过 {limit} 个字符" in text
    assert text.index("goto long") < text.index("-m venv")
    site = Path(os.__file__).parent / "site-packages"
    site = next((Path(p) for p in sys.path if p.endswith("site-packages")), site)
    longest = max(len(p.relative_to(site).as_posix()) for p in site.rglob("*.txt"))
    assert int(limit) + len(r"\.venv\Lib\site-packages" "\\") + longest <= 259


def test_no_guide_joins_commands_with_what_powershell_does_not_know() -> None:
    for guide in (ROOT / "README.md", ROOT / "README.zh-CN.md", *(ROOT / "guide").glob("*.md")):
        text = guide.read_text(encoding="utf-8")
        for block in re.findall(r"```bat\n(.*?)```", text, re.S):
            assert "&&" not in block


def test_the_list_of_what_depends_on_the_system_names_tests_that_are_there() -> None:
    text = (ROOT / "docs" / "windows.md").read_text(encoding="utf-8")
    own = (ROOT / "tests" / "test_windows.py").read_text(encoding="utf-8")
    begun = re.findall(r"`(test_\w+?_)…`", text)
    assert len(begun) > 12
    assert [name for name in begun if f"def {name}" not in own] == []
    named = re.findall(r"`((?:tests|benchmarks|dalian_eval)/[\w/.]+)`", text)
    modules = re.findall(r"`((?:base|bundle|intake|record|report|jobs)/[\w/]+\.py)`", text)
    places = [*named, *(f"dalian_eval/{name}" for name in modules)]
    assert [place for place in places if not (ROOT / place).exists()] == []
