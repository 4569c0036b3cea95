"""What Windows does otherwise, as far as it can be had elsewhere."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dalian_eval.base import scratch_folder as module
from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import write_whole
from dalian_eval.base.private_files import protection
from dalian_eval.base.result_folder import writable
from dalian_eval.base.scratch_folder import scratch
from dalian_eval.cli import invoke, main

ROOT = Path(__file__).parents[1]


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
    for guide in ("README.md", "README.zh-CN.md"):
        text = (ROOT / guide).read_text(encoding="utf-8")
        for block in re.findall(r"```bat\n(.*?)```", text, re.S):
            assert "&&" not in block
