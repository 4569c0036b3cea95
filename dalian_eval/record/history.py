"""history.jsonl: what was published, one line after the other, each holding the hash of the last.

A line is a DSSE envelope around an entry; an unsigned one has no signature. The first key that
signed is pinned: from then on every line is signed by it, until a line signed by it hands over to
another key. Published run folders are witnesses from outside: each manifest names its number and
the hash of the line before it.
"""

import hashlib
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey

from dalian_eval import __version__
from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import canonical, write_whole
from dalian_eval.record.envelope import opened, sealed, signed_by
from dalian_eval.record.keyring import KEYS, Keyring, short
from dalian_eval.record.manifest import MANIFEST, Digest, Manifest, manifest_from

HISTORY = "history.jsonl"
NOTHING = "0" * 64
"""Stands for the line before the first."""

PROGRAM = f"dalian_eval {__version__}, Python {platform.python_version()}"
"""What adds entries: told in each, as no file of a run may tell it."""

_TYPE = "application/vnd.dalian-eval.history+json"


class _Link(BaseModel):
    """What every entry says: its place in the chain, who, when, and the key that signs it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    number: int = Field(ge=1)
    previous: str = Digest
    date: str
    by: str
    note: str
    keyid: str
    program: str

    def to_bytes(self) -> bytes:
        """Return the payload, the same for equal entries."""
        return canonical(self.model_dump(mode="json"))


class Published(_Link):
    """A run was published.

    `manifest`, `draft`: SHA-256 of its manifest as published and as the run left it. The latter is
    what a reproduction of the run must give. `supersedes`: the number of the month's run before.
    """

    kind: Literal["publish"] = "publish"
    run_id: str
    month: str
    as_of: str
    manifest: str = Digest
    draft: str = Digest
    supersedes: int | None


class HandedOver(_Link):
    """The key of this entry hands over to the key `next_keyid`."""

    kind: Literal["key"] = "key"
    next_keyid: str = Digest


Entry = Published | HandedOver
_ENTRY: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="kind")])


@dataclass(frozen=True)
class Line:
    """A line of the file: its SHA-256 and, when it can be read, its envelope and entry."""

    sha256: str
    envelope: Envelope | None = None
    entry: Entry | None = None


@dataclass(frozen=True)
class History:
    """The history as it was read.

    `keys`: ids of the keys that were in charge, in order. `problems`: what is wrong with the
    chain, in its order, as sentences; a history with problems proves nothing.
    """

    path: Path
    keyring: Keyring
    lines: tuple[Line, ...]
    keys: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that can be read."""
        return tuple(line.entry for line in self.lines if line.entry is not None)

    @property
    def published(self) -> tuple[Published, ...]:
        """The entries of published runs."""
        return tuple(entry for entry in self.entries if isinstance(entry, Published))

    @property
    def head(self) -> str:
        """SHA-256 of the last line."""
        return self.lines[-1].sha256 if self.lines else NOTHING

    def of_run(self, run_id: str) -> Published | None:
        """Return the entry that published a run."""
        return next((e for e in self.published if e.run_id == run_id), None)

    def numbered(self, number: int) -> Published | None:
        """Return the entry of a number when it published a run."""
        return next((e for e in self.published if e.number == number), None)

    def latest(self, month: str) -> Published | None:
        """Return the last publication of a month."""
        return next((e for e in reversed(self.published) if e.month == month), None)


def read_history(path: Path, key: SSlibKey | None = None) -> History:
    """Read and check a history, signatures by the keys beside it and `key`.

    An absent file is an empty history. UsageError when it cannot be read.
    """
    keyring = Keyring(path.parent / KEYS, key)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        data = b""
    except OSError as error:
        raise UsageError(f"读不到历史文件 {path}：请检查它的读取权限") from error
    lines = tuple(_line(raw) for raw in data.splitlines(keepends=True))
    keys, signatures = _signatures(lines, keyring)
    problems = sorted([*_chain(lines), *signatures], key=lambda problem: problem[0])
    return History(path, keyring, lines, keys, tuple(dict.fromkeys(text for _, text in problems)))


def _line(raw: bytes) -> Line:
    digest = hashlib.sha256(raw).hexdigest()
    try:
        envelope = opened(raw, _TYPE)
        entry = _ENTRY.validate_json(envelope.payload)
    except (ValueError, ValidationError):
        return Line(digest)
    if entry.to_bytes() != envelope.payload:
        return Line(digest)
    return Line(digest, envelope, entry)


Problem = tuple[int, str]
"""The line from 1 on at which something is wrong, and the sentence."""


def _chain(lines: Sequence[Line]) -> Iterator[Problem]:
    """Yield where numbers or hashes do not follow one another, and what that shows."""
    expected, previous = 1, NOTHING
    for place, line in enumerate(lines, start=1):
        entry = line.entry
        if entry is None:
            yield place, f"第{expected}号被改动过：历史的第{place}行读不懂"
        elif entry.number > expected:
            later = {other.entry.number for other in lines[place:] if other.entry is not None}
            if expected in later:
                yield place, f"第{expected}号被调换了位置：历史的第{place}行是第{entry.number}号"
            else:
                yield place, f"第{expected}号被删去：历史的第{place}行是第{entry.number}号"
        elif entry.number < expected:
            yield place, f"历史的第{place}行是插入的或调换了位置：它自称第{entry.number}号"
        elif entry.previous != previous and place > 1:
            yield place - 1, f"第{expected - 1}号被改动过：第{expected}号所记的校验值与它不符"
        elif entry.previous != previous:
            yield place, "第1号之前的记录被删去"
        expected = (entry.number if entry is not None else expected) + 1
        previous = line.sha256


def _signatures(lines: Sequence[Line], keyring: Keyring) -> tuple[tuple[str, ...], list[Problem]]:
    """Return the keys in charge, in order, and what is wrong with signatures."""
    keys: list[str] = []
    problems: list[Problem] = []
    for place, line in enumerate(lines, start=1):
        entry, envelope = line.entry, line.envelope
        if entry is None or envelope is None:
            continue
        if not keys and entry.keyid:
            keys.append(entry.keyid)
        problem = _signature(entry, envelope, keys[-1] if keys else "", keyring)
        if problem:
            problems.append((place, problem))
        elif isinstance(entry, HandedOver):
            keys.append(entry.next_keyid)
    return tuple(keys), problems


def _signature(entry: Entry, envelope: Envelope, pinned: str, keyring: Keyring) -> str:
    """Return what is wrong with an entry's signature, "" when nothing is."""
    if not entry.keyid and not envelope.signatures and not pinned:
        return "" if isinstance(entry, Published) else f"第{entry.number}号换钥却没有签名"
    if not entry.keyid:
        return f"第{entry.number}号没有签名，而此前的记录已用密钥 {short(pinned)} 签名"
    if entry.keyid != pinned:
        return (
            f"第{entry.number}号由另一把密钥 {short(entry.keyid)} 签名，"
            f"没有原密钥 {short(pinned)} 签名的换钥记录"
        )
    key = keyring.find(entry.keyid)
    if key is None:
        return f"第{entry.number}号的签名无法核对：缺少公钥 {keyring.place(entry.keyid)}"
    if not signed_by(envelope, key):
        return f"第{entry.number}号被改动过：签名与内容不符"
    return ""


def refuse_key(history: History, signer: CryptoSigner | None) -> None:
    """UsageError when the history would not go on with this key, or without one."""
    pinned = history.keys[-1] if history.keys else ""
    given = signer.public_key.keyid if signer else ""
    if pinned and not given:
        raise UsageError(
            f"历史一直由密钥 {short(pinned)} 签名，不能改为不签名：请用 --key 指明这把私钥"
        )
    if pinned and given != pinned:
        raise UsageError(
            f"历史一直由密钥 {short(pinned)} 签名，而给的是 {short(given)}："
            "换钥请先用 keygen 的 --replaces 由原密钥签名登记"
        )


# ---- adding -------------------------------------------------------------------------------


def append(history: History, entry: Entry, signer: CryptoSigner | None) -> None:
    """Add an entry as the last line; the file is replaced at once.

    To be called with the lock held, on the history that was read under it.
    """
    if signer is not None:
        history.keyring.keep(signer.public_key)
    before = history.path.read_bytes() if history.lines else b""
    write_whole(history.path, before + sealed(entry.to_bytes(), _TYPE, signer))


# ---- witnesses ----------------------------------------------------------------------------


def witnesses(runs: Path) -> list[tuple[Path, Manifest]]:
    """Return the published run folders below `runs` and their manifests, by number.

    What cannot be read is no witness.
    """
    found = []
    for path in sorted(runs.glob(f"[0-9]*/[!.]*/{MANIFEST}")):
        try:
            manifest = manifest_from(path.read_bytes())
        except (OSError, ValueError):
            continue
        if manifest.number:
            found.append((path.parent, manifest))
    return sorted(found, key=lambda one: one[1].number)


def testimony(history: History, manifest: Manifest) -> list[str]:
    """Return where a published run's manifest and the history contradict one another."""
    publication = manifest.publication
    if publication is None:
        return []
    number = publication.number
    entry = history.numbered(number)
    if entry is None:
        last = history.entries[-1].number if history.entries else 0
        gone = f"历史只到第{last}号，末尾被截断" if number > last else f"历史中没有第{number}号"
        return [f"记录 {manifest.run_id} 是第{number}号，而{gone}"]
    found = []
    if entry.run_id != manifest.run_id:
        found.append(f"历史的第{number}号是记录 {entry.run_id}，不是 {manifest.run_id}")
    elif entry.manifest != manifest.sha256:
        found.append(f"记录 {manifest.run_id} 的清单与历史第{number}号所记的校验值不符")
    if entry.previous != publication.previous:
        found.append(f"历史第{number}号之前的内容与发布记录 {manifest.run_id} 时不同")
    return found
