"""manifest.json: every file of a run folder by SHA-256 and size, and whether it is published.

The manifest lists everything but itself and its signature, and is written last. Its bytes are
canonical, so its own SHA-256 stands for the whole run: that is what is signed and what the history
keeps.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dalian_eval.base.defences import OddFileError, printable_name, read_whole, tree
from dalian_eval.base.errors import DifferenceError
from dalian_eval.base.files import canonical, sha256_of

MANIFEST = "manifest.json"
SIGNATURE = "manifest.dsse.json"
UNLISTED = frozenset((MANIFEST, SIGNATURE))
"""Files of the run folder that the manifest does not list."""

Digest = Field(pattern=r"^[0-9a-f]{64}$")
FolderName = Field(pattern=r"^[^./\\\x00-\x1f][^/\\\x00-\x1f]*$")
"""The name of a folder, never a way to another one."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FileHash(_Strict):
    """A file's SHA-256 and its size in bytes."""

    sha256: str = Digest
    size: int = Field(ge=0)


class Publication(_Strict):
    """Where a run stands in the history.

    `number` of its entry; `previous`: SHA-256 of the line before it, by which a published run
    witnesses the whole history up to it; `supersedes`: the number it restates.
    """

    number: int = Field(ge=1)
    previous: str = Digest
    supersedes: int | None = None


class Manifest(_Strict):
    """What manifest.json says. `publication` is None for a draft."""

    format: Literal["dalian-eval-manifest-1"] = "dalian-eval-manifest-1"
    run_id: str = FolderName
    month: str = FolderName
    as_of: str
    publication: Publication | None
    files: dict[str, FileHash]

    def to_bytes(self) -> bytes:
        """Return the file's bytes, the same for equal manifests."""
        return canonical(self.model_dump(mode="json"))

    @property
    def number(self) -> int:
        """The number under which the run is published, 0 for a draft."""
        return self.publication.number if self.publication else 0

    @property
    def sha256(self) -> str:
        """SHA-256 of the file's bytes: it stands for the whole run."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def manifest_from(data: bytes) -> Manifest:
    """Return the manifest that `data` holds; ValueError when it is not one, byte for byte."""
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        raise ValueError("不是本程序写的清单") from error
    if manifest.to_bytes() != data:
        raise ValueError("不是本程序写下时的样子")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a run folder; DifferenceError when it is missing or damaged."""
    path = folder / MANIFEST
    try:
        return manifest_from(read_whole(path))
    except OddFileError as error:
        raise DifferenceError(f"{path} {error}，没有打开，这份记录不得作为依据") from error
    except OSError as error:
        raise DifferenceError(
            f"读不到 {path}：清单被删除、改名或没有读取权限，这份记录不得作为依据"
        ) from error
    except ValueError as error:
        raise DifferenceError(f"{path} 被改动过（{error}），这份记录不得作为依据") from error


@dataclass(frozen=True)
class Contents:
    """What lies in a folder: hashes by posix path, and why the rest could not be hashed."""

    files: dict[str, FileHash]
    odd: dict[str, str]


def measure(folder: Path) -> Contents:
    """Return the contents of a run folder, links not followed, `UNLISTED` left out."""
    files: dict[str, FileHash] = {}
    odd: dict[str, str] = {}
    for found in tree(folder):
        if found.odd:
            odd[found.name] = found.odd
        elif found.name not in UNLISTED:
            try:
                size = found.path.stat().st_size
                files[found.name] = FileHash(sha256=sha256_of(found.path), size=size)
            except OSError:
                odd[found.name] = "没有读取权限，或磁盘损坏"
    return Contents(files, odd)


def differences(listed: Mapping[str, FileHash], found: Contents) -> list[str]:
    """Return a sentence for every file that is not as listed: changed, renamed, missing, extra."""
    missing = [name for name in listed if name not in found.files and name not in found.odd]
    extra = [name for name in found.files if name not in listed]
    renamed: dict[str, str] = {}
    for name in missing:
        twin = next((e for e in extra if found.files[e] == listed[name]), None)
        if twin is not None:
            renamed[name] = twin
            extra.remove(twin)
    sentences = {name: f"{printable_name(name)} {reason}" for name, reason in found.odd.items()}
    for name, hashed in found.files.items():
        if name in listed and listed[name] != hashed:
            sentences[name] = f"{printable_name(name)} 被改动过：{_against(listed[name], hashed)}"
    for name in missing:
        new = renamed.get(name)
        sentences[name] = (
            f"{printable_name(name)} 被改名为 {printable_name(new)}"
            if new
            else f"{printable_name(name)} 缺失"
        )
    sentences |= {name: f"{printable_name(name)} 是多出来的，清单中没有" for name in extra}
    return [sentences[name] for name in sorted(sentences)]


def _against(listed: FileHash, found: FileHash) -> str:
    if listed.size != found.size:
        return f"应有{listed.size}字节，现有{found.size}字节"
    return f"应为 {listed.sha256[:12]}…，现为 {found.sha256[:12]}…"
