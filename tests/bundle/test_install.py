"""What keeps an unpacked bundle from being installed is told before anything is written.

That it is installed, once: test_reproduce_with.py, by the same installer.
"""

import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from dalian_eval.bundle import install as module
from dalian_eval.bundle.install import RefusedError, install
from dalian_eval.bundle.manifest import INSTALLER
from dalian_eval.bundle.opened import open_bundle, unpack_bundle
from tests.bundle.small import Small, small_bundle


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return small_bundle(tmp_path)


def unpacked(small: Small, **told: object) -> Path:
    folder = small.place.parent / "解开"
    unpack_bundle(open_bundle(small.write(**told)), folder)
    return folder


def refused(folder: Path, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        install(folder)
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"python": "3.12", "least_python": "3.12.0"}, "需要 Python 3.12.0 或更新的 3.12"),
        ({"least_python": "3.11.99"}, "需要 Python 3.11.99"),
        ({"platform": "windows-arm"}, "是给 windows-arm 的"),
        ({"installed_bytes": 1 << 60}, "磁盘空间不足"),
    ],
)
def test_another_machine_is_refused(small: Small, told: dict[str, object], words: str) -> None:
    refused(unpacked(small, **told), words)


def test_a_damaged_bundle_is_refused(small: Small) -> None:
    folder = unpacked(small)
    (wheel,) = (folder / "install" / "wheels").iterdir()
    kept = wheel.read_bytes()
    wheel.write_bytes(kept[:-1])
    refused(folder, rf"安装包已损坏，install/wheels/{wheel.name} 与清单不符：请从原来的压缩包")
    wheel.unlink()
    refused(folder, "安装包不完整，读不到 install/wheels")
    (folder / "install" / "manifest.json").write_text("{", encoding="utf-8")
    refused(folder, "读不到安装清单")


def test_parameters_may_have_been_changed(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = unpacked(small)
    (folder / "notebooks" / "01.ipynb").write_text("自己改的", encoding="utf-8")
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0))
    refused(folder, "磁盘空间不足")  # Which is looked at after the files.


def test_a_python_without_venv_is_told(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = unpacked(small)
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _: None)
    refused(folder, "python3.11-venv")


def test_a_long_path_is_told_on_windows(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = unpacked(small, longest_path=230)
    monkeypatch.setattr(sys, "platform", "win32")
    refused(folder, r"的路径有 \d+ 个字符，超过 4 个.*D:\\dalian")


def test_an_environment_in_use_is_told(
    small: Small, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = unpacked(small)
    (folder / ".venv").mkdir()

    def in_use(path: Path) -> None:
        raise PermissionError(13, "拒绝访问", str(path / "python.exe"))

    monkeypatch.setattr(shutil, "rmtree", in_use)
    with pytest.raises(RefusedError, match=r"删不掉 .*python\.exe：软件可能还开着"):
        install(folder)
    assert "没有装完，先删去" in capsys.readouterr().out


def test_a_step_that_fails_keeps_its_output(
    small: Small, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = unpacked(small)
    with pytest.raises(RefusedError, match=r"安装没有完成.*安装日志\.txt"):
        module._run(folder, [sys.executable, "-c", "print('原因'); raise SystemExit(3)"])
    assert capsys.readouterr().err == "原因\n"
    assert "原因" in (folder / "安装日志.txt").read_text(encoding="utf-8")
    with pytest.raises(RefusedError, match="不能运行"):
        module._run(folder, [str(folder / "没有.exe")])


def test_the_script_ends_with_the_sentence(small: Small, monkeypatch: pytest.MonkeyPatch,
                                           capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    folder = unpacked(small, least_python="3.11.99")
    monkeypatch.setattr(module, "__file__", str(folder / INSTALLER))
    assert module.main() == 2
    said = capsys.readouterr().err
    assert said.startswith("错误：需要 Python 3.11.99") and said.endswith("。\n")
