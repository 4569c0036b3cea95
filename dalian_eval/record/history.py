"""history.jsonl: what was published, one line after the other, each holding the hash of the last.

A line is a DSSE envelope around an entry; an unsigned one has no signature. Which key may sign
which line, and for which lines it vouches, is told in `succession`. Published run folders are
witnesses from outside: each manifest names its number and the hash of the line before it.
"""

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from securesystemslib.signer import CryptoSigner, SSlibKey

from dalian_eval import __version__
from dalian_eval.base.defences import OddFileError, read_whole
from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import write_whole
from dalian_eval.record.entries import ENTRY_TYPE, Entry, Line, PublicationEntry, line_of
from dalian_eval.record.envelope import seal_envelope
from dalian_eval.record.keyring import KEYS, Keyring, short
from dalian_eval.record.manifest import MANIFEST, Manifest, manifest_from
from dalian_eval.record.succession import Problem, Reign, succession

HISTORY = "history.jsonl"
NOTHING = "0" * 64
"""Stands for the line before the first."""

PROGRAM = f"dalian_eval {__version__}, Python {platform.python_version()}"
"""What adds entries: told in each, as no file of a run may tell it."""

UNSIGNED = "未签名"
"""Stands for the key of a history that begins without a signature."""

_ENOUGH = 16
"""Digits of a key's id that name it."""


@dataclass(frozen=True)
class History:
    """The history as it was read.

    `reigns`: the keys that were in charge, in order. `problems`: what is wrong with the chain, in
    its order, as sentences; a history with problems proves nothing.
    """

    path: Path
    keyring: Keyring
    lines: tuple[Line, ...]
    reigns: tuple[Reign, ...]
    problems: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The ids of the keys that were in charge, in order."""
        return tuple(reign.keyid for reign in self.reigns)

    def since(self, keyid: str) -> int | None:
        """Return the number from which on a key vouches for the entries; None for a stranger."""
        return next((reign.since for reign in self.reigns if reign.keyid == keyid), None)

    @property
    def begins_with(self) -> str:
        """The key that signed the first entry, `UNSIGNED` when none did, "" without entries."""
        if not self.entries:
            return ""
        return self.entries[0].keyid or UNSIGNED

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that can be read."""
        return tuple(line.entry for line in self.lines if line.entry is not None)

    @property
    def published(self) -> tuple[PublicationEntry, ...]:
        """The entries of published runs."""
        return tuple(entry for entry in self.entries if isinstance(entry, PublicationEntry))

    @property
    def head(self) -> str:
        """SHA-256 of the last line."""
        return self.lines[-1].sha256 if self.lines else NOTHING

    def of_run(self, run_id: str) -> PublicationEntry | None:
        """Return the entry that published a run."""
        return next((e for e in self.published if e.run_id == run_id), None)

    def numbered(self, number: int) -> PublicationEntry | None:
        """Return the entry of a number when it published a run."""
        return next((e for e in self.published if e.number == number), None)

    def latest(self, month: str) -> PublicationEntry | None:
        """Return the last publication of a month."""
        return next((e for e in reversed(self.published) if e.month == month), None)


def read_history(path: Path, key: SSlibKey | None = None) -> History:
    """Read and check a history, signatures by the keys beside it and `key`.

    An absent file is an empty history. UsageError when it cannot be read.
    """
    keyring = Keyring(path.parent / KEYS, key)
    try:
        data = read_whole(path)
    except FileNotFoundError:
        data = b""
    except OddFileError as error:
        raise UsageError(f"历史文件 {path} {error}，没有打开：请从备份取回") from error
    except OSError as error:
        raise UsageError(f"读不到历史文件 {path}：请检查它的读取权限") from error
    lines = tuple(line_of(raw) for raw in data.splitlines(keepends=True))
    reigns, signatures = succession(lines, keyring)
    problems = sorted([*_chain(lines), *signatures], key=lambda problem: problem[0])
    # What was removed or inserted is told as that, not by what it superseded.
    problems = problems or list(_publications(lines))
    return History(path, keyring, lines, reigns, tuple(dict.fromkeys(text for _, text in problems)))


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


def _publications(lines: Sequence[Line]) -> Iterator[Problem]:
    """Yield publications that no publisher adds: of a run once more, or superseding another."""
    runs: dict[str, int] = {}
    months: dict[str, int] = {}
    for place, line in enumerate(lines, start=1):
        entry = line.entry
        if not isinstance(entry, PublicationEntry):
            continue
        number, last = entry.number, months.get(entry.month)
        if entry.run_id in runs:
            yield place, f"第{number}号又登记了第{runs[entry.run_id]}号发布的记录 {entry.run_id}"
        elif entry.supersedes != last:
            told = f"替代第{entry.supersedes}号" if entry.supersedes else "不替代哪一号"
            right = f"第{last}号" if last else "没有"
            yield place, f"第{number}号自称{told}，而 {entry.month} 此前发布的是{right}"
        runs.setdefault(entry.run_id, number)
        months[entry.month] = number


# ---- adding -------------------------------------------------------------------------------


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
            "换钥请先用 keygen 的 --replaces 由原密钥签名登记；"
            "不认得那把密钥的，历史可能被人换过，请先查明"
        )


def refuse_beginning(history: History, signer: CryptoSigner, named: str) -> None:
    """UsageError when the history does not begin as the publisher says, or needs to say.

    `named`: the key it begins with, or the beginning of its id, `UNSIGNED`, or "". It must be
    said before a key signs its first entry after others that no key of its line signed.
    """
    begins = history.begins_with
    right = begins == named or (len(named) >= _ENOUGH and begins.startswith(named))
    if named and begins and not right:
        raise UsageError(
            f"历史由 {begins} 开始，不是 --begins 所写的 {named}，没有登记：请查明原因"
        )
    if begins and not named and history.since(signer.public_key.keyid) is None:
        raise UsageError(
            f"历史已有{len(history.lines)}条，由 {begins} 开始，没有一条由密钥 "
            f"{short(signer.public_key.keyid)} 签名；签名只为此后的记录担保。"
            f"请用 history 命令看过，确要接着登记，请加 --begins {begins}"
        )


def append(history: History, entry: Entry, *signers: CryptoSigner) -> None:
    """Add an entry as the last line, signed by each of `signers`; the file is replaced at once.

    To be called with the lock held, on the history that was read under it.
    """
    for signer in signers:
        history.keyring.keep(signer.public_key)
    before = read_whole(history.path) if history.lines else b""
    write_whole(history.path, before + seal_envelope(entry.to_bytes(), ENTRY_TYPE, *signers))


# ---- witnesses ----------------------------------------------------------------------------


def place_of(history: History, entry: PublicationEntry) -> Path:
    """Return where the run of an entry lies."""
    return history.path.parent / entry.month / entry.run_id


def witnesses(runs: Path) -> list[tuple[Path, Manifest]]:
    """Return the published run folders below `runs` and their manifests, by number.

    What cannot be read is no witness.
    """
    found = []
    for path in sorted(runs.glob(f"[0-9]*/[!.]*/{MANIFEST}")):
        try:
            manifest = manifest_from(read_whole(path))
        except (OSError, ValueError):
            continue
        if manifest.number:
            found.append((path.parent, manifest))
    return sorted(found, key=lambda one: one[1].number)


def contradictions(history: History) -> list[str]:
    """Return where the published runs beside a history show that it is another one now."""
    found = []
    for folder, manifest in witnesses(history.path.parent):
        elsewhere = "" if folder.name == manifest.run_id else f"（见 {folder}）"
        found += [text + elsewhere for text in testimony(history, manifest)]
    return found


def testimony(history: History, manifest: Manifest) -> list[str]:
    """Return where a published run shows that entries were cut off, exchanged or changed."""
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
    if entry.previous != publication.previous:
        found.append(f"历史第{number}号之前的内容与发布记录 {manifest.run_id} 时不同")
    return found


def unlike_entry(history: History, manifest: Manifest) -> list[str]:
    """Return that a published run's manifest is not the one that its entry names."""
    entry = history.numbered(manifest.number)
    if entry is None or entry.run_id != manifest.run_id or entry.manifest == manifest.sha256:
        return []
    return [f"记录 {manifest.run_id} 的清单与历史第{manifest.number}号所记的校验值不符"]
