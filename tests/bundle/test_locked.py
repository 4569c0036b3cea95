"""The lock as each platform sees it, and wheels judged together by what they say themselves."""

from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.bundle.locked import locked_for
from dalian_eval.bundle.platforms import BY_NAME, PLATFORMS, Platform
from dalian_eval.bundle.wheels import lacking, read_wheel
from tests.bundle.small import ROOT, write_wheel

WINDOWS, LINUX, ARM = PLATFORMS
DIGEST = "--hash=sha256:" + "a" * 64


def test_the_lock_gives_each_platform_its_own() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    names = {p.name: {one.name for one in locked_for(lock, p)} for p in PLATFORMS}
    assert names["windows-x64"] - names["linux-x64"] == {"colorama", "pywinpty"}
    assert names["linux-x64"] - names["windows-x64"] == {"pexpect", "ptyprocess"}
    assert names["linux-x64"] == names["linux-arm64"]
    assert all(one.hashes for p in PLATFORMS for one in locked_for(lock, p))


def test_a_library_is_locked_once_with_its_hashes() -> None:
    old = "python_full_version < '3.12'"
    lock = f"# said\na==1 ; {old} \\\n    {DIGEST} \\\n    {DIGEST}\n    # via b\n"
    (one,) = locked_for(lock + f"a==2 ; python_full_version >= '3.12' \\\n {DIGEST}\n", LINUX)
    assert (one.version, one.hashes) == ("1", {"a" * 64})
    assert one.lines() == f"a==1 \\\n    {DIGEST}\n"
    with pytest.raises(UsageError, match="a 锁定了两次"):
        locked_for(lock + f"A==2 \\\n {DIGEST}\n", LINUX)


@pytest.mark.parametrize(
    "line", [f"a>=1 {DIGEST}", "a==1", "-e .", f"a {DIGEST}", "https://x/y.whl"]
)
def test_what_is_not_locked_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="锁文件中"):
        locked_for(line + "\n", LINUX)


def wheels_of(folder: Path, *told: tuple[str, str, str, str]) -> list:
    return [read_wheel(write_wheel(folder, n, v, {}, tag, meta)) for n, v, tag, meta in told]


def faults(folder: Path, platform: Platform, *told: tuple[str, str, str, str]) -> list[str]:
    return lacking(wheels_of(folder, *told), "top", platform)


PURE = "py3-none-any"


def test_wheels_that_make_a_whole(tmp_path: Path) -> None:
    meta = (
        "Requires-Dist: b[x]>=2\n"
        "Requires-Dist: only-windows; sys_platform == 'win32'\n"
        "Requires-Dist: never; extra == 'dev'\n"
        "Requires-Python: >=3.11.5"
    )
    top = ("top", "1", PURE, meta)
    b = ("b", "2.1", "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
         "Requires-Dist: c; extra == 'x'\nRequires-Dist: top")  # fmt: skip
    c = ("C", "1", "cp39-abi3-manylinux_2_28_x86_64", "")
    assert faults(tmp_path, LINUX, top, b, c) == []
    assert faults(tmp_path, LINUX, top, b) == ['缺少 c; extra == "x"']
    assert faults(tmp_path, WINDOWS, top, b, c)[-1] == (
        '缺少 only-windows; sys_platform == "win32"'
    )


@pytest.mark.parametrize(
    ("tag", "platform", "fits"),
    [
        ("cp311-cp311-win_amd64", "windows-x64", True),
        ("cp311-cp311-win32", "windows-x64", False),
        ("cp312-cp312-win_amd64", "windows-x64", False),
        ("cp311-cp311-manylinux_2_28_aarch64", "linux-arm64", True),
        ("cp311-cp311-manylinux_2_34_aarch64", "linux-arm64", False),
        ("cp311-cp311-manylinux1_x86_64", "linux-x64", True),
        ("cp311-cp311-musllinux_1_2_x86_64", "linux-x64", False),
        ("cp311-cp311-linux_x86_64", "linux-x64", False),
    ],
)
def test_a_wheel_for_something_else_is_told(
    tmp_path: Path, tag: str, platform: str, fits: bool
) -> None:
    found = faults(tmp_path, BY_NAME[platform], ("top", "1", tag, ""))
    assert (found == []) is fits


def test_versions_that_do_not_fit_are_told(tmp_path: Path) -> None:
    top = ("top", "1", PURE, "Requires-Dist: b>=3\nRequires-Python: >=3.12")
    assert faults(tmp_path, LINUX, top, ("b", "2", PURE, "")) == [
        f"top-1-{PURE}.whl 不能装在 Linux（x86-64） 上",
        "缺少 b>=3",
    ]
    again = wheels_of(tmp_path, ("b", "3", PURE, ""), ("b", "4", PURE, ""))
    assert lacking(again, "b", LINUX) == ["b 有两个"]
