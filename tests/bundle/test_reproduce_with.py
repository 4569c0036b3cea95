"""A record made again by the program of a bundle: a small one, installed and run for real."""

import os
from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import write_json
from dalian_eval.bundle.manifest import INSTALLER, PROGRAM, REQUIREMENTS, WHEELS
from dalian_eval.bundle.opened import open_bundle
from dalian_eval.bundle.program import installed
from dalian_eval.bundle.recorded import refuse_other
from dalian_eval.cli import invoke
from dalian_eval.jobs.reproduce_with import PROGRAMS, is_installed
from dalian_eval.record.environment import NOTEBOOKS, environment
from tests.bundle.small import ROOT, Small, small_bundle, small_record, write_wheel


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return small_bundle(tmp_path)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project around the working directory."""
    (tmp_path / "项目 一" / "params" / "rubrics").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "项目 一")
    return tmp_path / "项目 一"


def test_the_recorded_program_is_installed_once_and_run_isolated(
    small: Small, project: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    record = small_record(tmp_path / "记录 1", small)
    given = ["reproduce", str(record), "--with", str(small.write())]
    assert invoke([*given, "--to", "重算"]) == 0
    (place,) = (project / "data" / "processed" / PROGRAMS).iterdir()
    said = capfd.readouterr().out
    assert "正在从安装包装 0.0.9 版程序" in said
    assert f"0.0.9 版： reproduce {record} --to {project / '重算'}" in said
    assert f"隔离 {place}" in said
    assert place.name.startswith("0.0.9-") and not (place / WHEELS).exists()
    # A second time it is there; the exit code of its finding is passed on.
    changed = small_record(tmp_path / "改过", small)
    with pytest.raises(SystemExit) as left:
        invoke(["reproduce", str(changed), *given[2:]])
    assert left.value.code == 4
    said = capfd.readouterr().out
    assert "用以前装好的 0.0.9 版程序" in said and "正在从安装包装" not in said


def test_what_was_not_finished_is_not_there(
    small: Small, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bundle for another Python than it says: its own installer refuses, and nothing stays."""
    record = small_record(tmp_path / "记录", small)
    assert (
        invoke(["reproduce", str(record), "--with", str(small.write(least_python="3.11.99"))]) == 2
    )
    assert "需要 Python 3.11.99 或更新的 3.11" in capsys.readouterr().err
    assert list((project / "data" / "processed" / PROGRAMS).iterdir()) == []


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"version": "0.0.8"}, "是 0.0.8 版，生成记录的是 0.0.9 版"),
        ({"package": "0" * 64}, "程序与生成记录的不同"),
        ({"notebooks": "0" * 64}, "程序与生成记录的不同"),
        ({"platform": "windows-x64"}, r"是给 Windows（64 位） 的"),
        ({"platform": "大型机"}, "是给 大型机 的"),
        ({"python": "3.10"}, "要用 Python 3.10"),
    ],
)
def test_another_program_is_refused(
    small: Small, tmp_path: Path, told: dict[str, str], words: str
) -> None:
    if told.get("platform") == "windows-x64" and os.name == "nt":
        told = {"platform": "linux-x64"}
        words = "是给 Linux"
    record = small_record(tmp_path / "记录", small)
    with pytest.raises(UsageError) as refused:
        refuse_other(open_bundle(small.write(**told)), record)
    assert words in str(refused.value)


def test_a_library_that_the_record_did_not_lock_is_refused(small: Small, tmp_path: Path) -> None:
    record = small_record(tmp_path / "记录", small)
    other = write_wheel(tmp_path, "six", "1.17.0", {"six.py": "print('hostile')"})
    small.wheels[f"{WHEELS}/{other.name}"] = other
    with pytest.raises(UsageError, match=r"与记录锁定的库不同（install/wheels/six"):
        refuse_other(open_bundle(small.write()), record)
    (record / "requirements.lock").unlink()
    with pytest.raises(UsageError, match="不知道记录用的是哪些库"):
        refuse_other(open_bundle(small.write()), record)
    (record / "environment.json").unlink()
    with pytest.raises(UsageError, match="不知道记录是哪一版程序"):
        refuse_other(open_bundle(small.write()), record)


def _hook(small: Small, tmp_path: Path) -> None:
    small.wheels = small_bundle(tmp_path / "又", {"启动.pth": "import os"}).wheels


def _other_program(small: Small, tmp_path: Path) -> None:
    small.wheels = small_bundle(tmp_path / "又", {f"{PROGRAM}/cli.py": "print(1)"}).wheels


def _compiled(small: Small, tmp_path: Path) -> None:
    more = {f"{PROGRAM}/__pycache__/__main__.cpython-311.pyc": "x"}
    small.wheels = small_bundle(tmp_path / "又", more).wheels


def _other_installer(small: Small, _: Path) -> None:
    small.files[INSTALLER] += b"\nprint('hostile')\n"


def _other_requirements(small: Small, _: Path) -> None:
    small.files[REQUIREMENTS] += b"--index-url https://example.org\n"


def _other_notebook(small: Small, _: Path) -> None:
    small.files[f"{NOTEBOOKS}/01.ipynb"] = b'{"cells": []}'


@pytest.mark.parametrize(
    "spoil",
    [_hook, _other_program, _compiled, _other_installer, _other_requirements, _other_notebook],
)
def test_a_bundle_that_lies_is_refused_before_anything_of_it_runs(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: object
) -> None:
    record = small_record(tmp_path / "记录", small)
    (tmp_path / "又").mkdir()
    assert callable(spoil)
    spoil(small, tmp_path)
    bundle = open_bundle(small.write())
    refuse_other(bundle, record)  # By its own words it is the right one.
    monkeypatch.setattr("dalian_eval.bundle.program._install", pytest.fail)
    with pytest.raises(UsageError, match="没有运行"):
        installed(bundle, record, tmp_path / "programs", lambda _: None)
    assert list((tmp_path / "programs").iterdir()) == []


def test_the_installed_program_needs_no_bundle(tmp_path: Path) -> None:
    record = tmp_path / "记录"
    record.mkdir()
    lock = (ROOT / "requirements.lock").read_bytes()
    (record / "requirements.lock").write_bytes(lock)
    told = environment(ROOT / NOTEBOOKS, record / "requirements.lock")
    write_json(told, record / "environment.json")
    said: list[str] = []
    assert is_installed(record, Path("包.zip"), said.append)
    assert "现装的程序就是" in said[0]
    write_json(told | {"version": "0.0.9"}, record / "environment.json")
    assert not is_installed(record, Path("包.zip"), said.append)


def test_the_two_ways_are_not_mixed(
    small: Small, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = small_record(tmp_path / "记录", small)
    given = ["reproduce", str(record), "--any-version", "--with", str(small.write())]
    assert invoke(given) == 2
    assert "只能写一个" in capsys.readouterr().err
