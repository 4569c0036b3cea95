"""Bundles that are damaged, hostile or no bundles at all: judged before anything is unpacked."""

import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from dalian_eval.base.errors import DalianError, DifferenceError, UsageError
from dalian_eval.bundle.manifest import BUNDLE_MANIFEST, TOP
from dalian_eval.bundle.opened import open_bundle, unpack_bundle
from tests.bundle.small import Small, small_bundle


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return small_bundle(tmp_path)


def entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    return made


def add(place: Path, part: zipfile.ZipInfo, data: bytes = b"x", **how: int) -> None:
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr(part, data, **how)


def refused(place: Path, kind: type[DalianError], words: str) -> None:
    with pytest.raises(kind, match=words):
        open_bundle(place)


def test_a_whole_bundle_is_unpacked_as_it_is_listed(small: Small, tmp_path: Path) -> None:
    bundle = open_bundle(small.write())
    unpack_bundle(bundle, tmp_path / "开")
    found = {p.relative_to(tmp_path / "开").as_posix() for p in (tmp_path / "开").rglob("*.*")}
    assert {*bundle.manifest.files, BUNDLE_MANIFEST} <= found
    assert (tmp_path / "开" / "notebooks" / "01.ipynb").read_bytes() == b"{}"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (entry(f"{TOP}/../外.txt"), "文件夹以外"),
        (entry("/etc/x"), "文件夹以外"),
        (entry(f"{TOP}/C:x"), "文件夹以外"),
        (entry(f"{TOP}/a\\..\\..\\x"), "文件夹以外"),
        (entry("别处/x"), "文件夹以外"),
        (entry(f"{TOP}/.venv/pyvenv.cfg"), "文件夹以外"),
        (entry(f"{TOP}/a\u202e.txt"), "不能用的字符"),
        (entry(f"{TOP}/" + "长" * 300), "不能用的字符"),
        (entry(f"{TOP}/链接", stat.S_IFLNK | 0o777), "链接"),
        (entry(f"{TOP}/管道", stat.S_IFIFO | 0o644), "链接"),
        (entry(f"{TOP}/Notebooks/01.IPYNB"), "同名"),
    ],
)
def test_a_hostile_part_is_refused(small: Small, part: zipfile.ZipInfo, words: str) -> None:
    add(small.write(), part)
    refused(small.place, UsageError, words)


def test_a_bomb_cannot_be(small: Small, tmp_path: Path) -> None:
    add(small.write(), entry(f"{TOP}/大.bin"), b"\0" * 10_000_000, compress_type=8)
    refused(small.place, UsageError, "压缩或加密")
    # Parts that lie over each other: the directory names one place twice.
    data = bytearray(small.write().read_bytes())
    at = [i for i in range(len(data)) if data[i : i + 4] == b"PK\x01\x02"]
    # Those of the wheel within stand before.
    data[at[-1] + 42 : at[-1] + 46] = data[at[-2] + 42 : at[-2] + 46]
    small.place.write_bytes(data)
    refused(small.place, UsageError, "互相重叠")


def test_too_many_parts_are_refused(small: Small) -> None:
    small.files |= {f"docs/{i}.md": b"" for i in range(5001)}
    refused(small.write(), UsageError, "个文件")


def test_a_file_more_or_less_is_damage(small: Small) -> None:
    add(small.write(), entry(f"{TOP}/多的.txt"))
    refused(small.place, DifferenceError, "多的.txt 不在清单中")
    listed = dict.fromkeys((*small.files, *small.wheels, "docs/少的.md"), "0" * 64)
    refused(small.write(files=listed), DifferenceError, "缺少 docs/少的.md")


def test_a_changed_byte_is_found_while_unpacking(small: Small, tmp_path: Path) -> None:
    listed = dict.fromkeys((*small.files, *small.wheels), "0" * 64)
    bundle = open_bundle(small.write(files=listed))
    with pytest.raises(DifferenceError, match="与清单不符"):
        unpack_bundle(bundle, tmp_path / "开")
    whole = small.write()
    bundle = open_bundle(whole)
    data = whole.read_bytes()
    place = data.index(b"{}", data.index(b"01.ipynb"))
    whole.write_bytes(data[:place] + b"[]" + data[place + 2 :])
    with pytest.raises(DifferenceError, match="已损坏"):
        unpack_bundle(bundle, tmp_path / "再开")


def test_a_copy_that_broke_off_is_damaged(small: Small) -> None:
    data = small.write().read_bytes()
    small.place.write_bytes(data[: len(data) // 2])
    refused(small.place, DifferenceError, "已损坏，打不开")


def test_what_is_no_bundle(small: Small, tmp_path: Path) -> None:
    refused(tmp_path / "没有.zip", UsageError, "读不到安装包")
    refused(tmp_path, UsageError, "读不到安装包")
    (tmp_path / "表.csv").write_text("a,b", encoding="utf-8")
    refused(tmp_path / "表.csv", UsageError, "不是安装包")
    with zipfile.ZipFile(tmp_path / "别的.zip", "w") as archive:
        archive.writestr(entry(f"{TOP}/a.txt"), b"x")
    refused(tmp_path / "别的.zip", UsageError, "没有清单")
    with zipfile.ZipFile(tmp_path / "另.zip", "w") as archive:
        archive.writestr(entry(f"{TOP}/{BUNDLE_MANIFEST}"), b'{"format": "dalian-eval-bundle-9"}')
    refused(tmp_path / "另.zip", UsageError, "清单读不懂")
    shutil.copyfile(next(iter(small.wheels.values())), tmp_path / "轮.zip")
    refused(tmp_path / "轮.zip", UsageError, "不是 make bundle 写的")
