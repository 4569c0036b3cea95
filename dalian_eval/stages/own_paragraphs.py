"""The analyst's own paragraphs of the yearly text: a text file per section, kept over reruns."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from dalian_eval.base.defences import OddFileError, read_whole
from dalian_eval.base.errors import UsageError

SECTIONS = (
    "总体情况",
    "排名情况",
    "各项工作完成情况",
    "月度走势",
    "五个一活动",
    "数据中发现的问题",
    "下一步工作打算",
)
"""The sections of the yearly text, as the files of their paragraphs are called (with .txt)."""

_LONGEST = 20_000
_LARGEST = 4 * _LONGEST
_ENDING = ".txt"


def paragraph_files(folder: Path) -> list[Path]:
    """Return the files that may hold paragraphs, whether they are there or not."""
    return [folder / f"{section}{_ENDING}" for section in SECTIONS]


def own_paragraphs(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return section → its own paragraphs, a line each; sections without a file are left out.

    UsageError for a file of another name, one that is no text, and one that is too long.
    """
    if not folder.is_dir():
        return {}
    known = {path.name for path in paragraph_files(folder)}
    for path in sorted(folder.glob(f"*{_ENDING}")):
        if path.name not in known:
            names = "、".join(f"{section}{_ENDING}" for section in SECTIONS)
            raise UsageError(f"{path} 的名称不是总结报告的一节：请改为{names}之一，或移到别处")
    found = {path.stem: _lines(path) for path in paragraph_files(folder) if path.is_file()}
    return {section: lines for section, lines in found.items() if lines}


def _lines(path: Path) -> tuple[str, ...]:
    try:
        content = read_whole(path, _LARGEST)
    except (OSError, OddFileError) as error:
        raise UsageError(f"读不了 {path}：请确认是不超过{_LONGEST}字的文本文件") from error
    text = _text(content, path)
    if len(text) > _LONGEST:
        raise UsageError(f"{path} 有{len(text)}字：一节最多写{_LONGEST}字，请缩短")
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _text(content: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UsageError(f"{path} 不是文本文件：请用记事本另存为 UTF-8 的 .txt")


def hash_of(paragraphs: Mapping[str, tuple[str, ...]]) -> str:
    """Return the SHA-256 of all paragraphs; empty without any."""
    if not paragraphs:
        return ""
    told = "\n\n".join("\n".join((section, *paragraphs[section])) for section in sorted(paragraphs))
    return hashlib.sha256(told.encode()).hexdigest()
