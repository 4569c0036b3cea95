"""What a run needs on disk, known before it starts.

An estimate from the raw files alone, rather too low than too high: who has less cannot finish.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from dalian_eval.base.errors import NoRoomError
from dalian_eval.base.limits import MEGABYTE

_PAGES = 15 * MEGABYTE
"""What the pages, notebooks and documents of the smallest record take."""

_TABLES, _PIECES, _RECORD = 70, 40, 100
"""Bytes of the stages' tables, of what is kept of the files read, and of the record's tables and
pages, per 100 bytes of a csv. At 300 officers they were 205, 87 and 740, at 5,000 some 200, 50 and
450 while statements held much twice: who lacks even this much cannot finish."""

_PACKED = 3
"""Bytes of csv that a byte of a workbook stands for."""


@dataclass(frozen=True)
class Need:
    """Bytes that a run writes: copies of the raw files, stages, pieces, the record's own files."""

    copies: int
    tables: int
    pieces: int
    record: int


def need_of(raw: Path, files: dict[str, str], *, link: bool) -> Need:
    """Return what a run on the raw files needs; `link`: they are not copied."""
    sizes = {name: (raw / name).stat().st_size for name in files}
    content = sum(s if n.lower().endswith(".csv") else s * _PACKED for n, s in sizes.items())
    return Need(
        copies=0 if link else sum(sizes.values()),
        tables=content * _TABLES // 100,
        pieces=content * _PIECES // 100,
        record=content * _RECORD // 100 + _PAGES,
    )


def check_room(need: Need, out: Path, processed: Path, there: int = 0) -> None:
    """NoRoomError when the disks of `out` and `processed` have less than is needed there.

    `there`: bytes that a run that was stopped has written below `out` already. Both folders exist.
    """
    own = max(need.copies + need.tables + need.record - there, 0)
    if out.stat().st_dev == processed.stat().st_dev:
        _check(own + need.pieces, need, out)
    else:
        _check(own, need, out)
        _check(need.pieces, need, processed)


def _check(bytes_needed: int, need: Need, place: Path) -> None:
    free = shutil.disk_usage(place).free
    if free >= bytes_needed:
        return
    parts = {
        "报送数据的副本": need.copies,
        "中间结果": need.tables + need.pieces,
        "记录": need.record,
    }
    told = "、".join(f"{name}{_size(value)}" for name, value in parts.items() if value)
    advice = "；报送数据很大的，加 --keep-inputs link 可以不另存副本" if need.copies else ""
    raise NoRoomError(
        f"磁盘空间不足：这次运行至少还需要约{_size(bytes_needed)}（{told}），"
        f"而 {place} 所在的磁盘只剩{_size(free)}。还没有开始计算。"
        f"请清理磁盘，或用 --out 换一个位置{advice}"
    )


def _size(value: int) -> str:
    """Return bytes as people say them."""
    if value >= 1000 * MEGABYTE:
        tenths = round(value * 10 / (1 << 30))
        return f"{tenths // 10}.{tenths % 10} GB"
    return f"{max(round(value / MEGABYTE), 1)} MB"


def bytes_below(folder: Path) -> int:
    """Return the bytes of the files below a folder."""
    return sum(p.lstat().st_size for p in folder.rglob("*") if p.is_file())
