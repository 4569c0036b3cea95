"""What a run folder says of itself, against its manifest: pages by their stamp, run.json."""

from collections.abc import Iterator
from pathlib import Path

from dalian_eval.base.defences import OddFileError, loads, read_text, read_whole
from dalian_eval.record.manifest import Contents, Manifest
from dalian_eval.record.seal import is_as_read
from dalian_eval.report.base.publication_stamp import states

_SETTINGS = "run.json"
_LARGEST_PAGE = 256 << 20


def untrue(folder: Path, manifest: Manifest, found: Contents) -> Iterator[str]:
    """Yield what a run folder says otherwise than its manifest.

    Only of files that are as the manifest lists them: the others are told as changed.
    """
    for name in sorted(manifest.files):
        if found.files.get(name) != manifest.files[name]:
            continue
        try:
            if name == _SETTINGS:
                yield from _settings(folder / name, manifest)
            elif name.endswith(".html") and not is_as_read(name):
                yield from _page(folder / name, name, manifest.number)
        except OddFileError as error:
            yield f"{name} {error}"
        except (OSError, ValueError):
            yield f"{name} 读不懂"


def _settings(path: Path, manifest: Manifest) -> Iterator[str]:
    meta = loads(read_whole(path))
    told = meta if isinstance(meta, dict) else {}
    for key, value in (("run_id", manifest.run_id), ("month", manifest.month)):
        if told.get(key) != value:
            yield f"{_SETTINGS} 与清单不一致：它写的 {key} 不是 {value}"


def _page(path: Path, name: str, number: int) -> Iterator[str]:
    """Yield that a page does not say once what the manifest says: draft, or which number."""
    told = states(read_text(path, _LARGEST_PAGE))
    if told != [number]:
        page = "、".join(map(_state, told)) or "没有标明是草稿还是已发布"
        yield f"{name} 与清单不一致：页面上{page}，清单中{_state(number)}"


def _state(number: int) -> str:
    return f"是已发布的第{number}号" if number else "是草稿"
