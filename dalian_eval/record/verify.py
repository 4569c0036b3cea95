"""Is a run folder what it was: files against manifest, manifest against signature, against history.

Everything is looked at before anything is said; a verdict names every difference.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from securesystemslib.signer import SSlibKey

from dalian_eval.base.defences import OddFileError, read_whole
from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.record.entries import PublicationEntry
from dalian_eval.record.envelope import is_signed_by, open_envelope
from dalian_eval.record.folder import REPLACED
from dalian_eval.record.history import (
    HISTORY,
    History,
    contradictions,
    place_of,
    read_history,
    testimony,
    unlike_entry,
    witnesses,
)
from dalian_eval.record.keyring import KEYS, short
from dalian_eval.record.manifest import (
    MANIFEST,
    SIGNATURE,
    Manifest,
    differences,
    manifest_from,
    measure,
    read_manifest,
)
from dalian_eval.record.stamps import untrue

MANIFEST_TYPE = "application/vnd.dalian-eval.manifest+json"


@dataclass(frozen=True)
class Verdict:
    """What was found: `problems` say that something is not as it was, `notes` what was not looked
    at or is worth knowing. `draft`: whether nothing but the folder itself stands for the run."""

    notes: tuple[str, ...]
    problems: tuple[str, ...]
    draft: bool = False


def history_of(folder: Path) -> Path:
    """Return where the history of a run folder (runs/month/id) lies."""
    return folder.absolute().parent.parent / HISTORY


def verify(folder: Path, history: Path | None = None, key: SSlibKey | None = None) -> Verdict:
    """Return the verdict on a run folder.

    `history`: by default the one beside the run's month; `key`: a public key that the auditor has
    from elsewhere and that must vouch for the run. UsageError when the history cannot be read.
    """
    chain = read_history(_there(history) or history_of(folder), key)
    return judge(folder, chain, key, [*chain.problems, *contradictions(chain)])


def judge(folder: Path, chain: History, key: SSlibKey | None, around: Sequence[str]) -> Verdict:
    """Return the verdict on a run folder by a history; `around`: what is wrong with that."""
    manifest, problems = _manifest(folder, chain)
    if manifest is None:
        return Verdict((), (*problems, *around))
    found = measure(folder)
    problems += differences(manifest.files, found)
    problems += _place(folder, manifest, chain)
    problems += untrue(folder, manifest, found)
    problems += around
    entry = chain.of_run(manifest.run_id)
    if manifest.number:
        notes, others = _published(folder, manifest, chain)
        entry = chain.numbered(manifest.number)
    else:
        notes, others = _draft(folder, manifest, entry, key)
    notes += _before(chain, key)
    problems += [*_unvouched(chain, key, entry), *others]
    return Verdict(tuple(notes), tuple(dict.fromkeys(problems)), draft=not manifest.number)


def refuse_lost(text: str, runs: Path = Path("runs")) -> None:
    """DifferenceError when `text` names a published run, by its place or id, that is not there.

    Not there is a folder without run.json and manifest, too: it was emptied or exchanged.
    """
    is_place = len(Path(text).parts) > 1
    place = Path(text).absolute()
    path = history_of(place) if is_place else runs / HISTORY
    history = read_history(path)
    entry = history.of_run(place.name)
    if entry is None or (is_place and place.parent.name != entry.month):
        return
    lost = place_of(history, entry)
    replaced = lost.with_name(REPLACED + lost.name)
    being_published = replaced.is_dir() and not replaced.is_symlink()
    if not being_published and not any((lost / n).exists() for n in ("run.json", MANIFEST)):
        raise DifferenceError(
            f"{lost} 应是第{entry.number}号发布的记录，而那里没有它："
            "被删除、清空、移走或换成了别的。请从备份恢复"
        )


def _there(history: Path | None) -> Path | None:
    """Return a history that somebody named; UsageError when it is not there."""
    if history is not None and not history.exists():
        raise UsageError(f"找不到历史文件 {history}：请检查 --history 的路径是否写对")
    return history


def _manifest(folder: Path, history: History) -> tuple[Manifest | None, list[str]]:
    """Return the manifest to measure by, and what is wrong with manifest.json.

    One that is not what a key of the history signed gives way to that, so that the files that were
    changed along with it are named.
    """
    manifest: Manifest | None = None
    problems = []
    try:
        manifest = read_manifest(folder)
    except DifferenceError as error:
        problems.append(str(error))
    signed = _signed_manifest(folder, history)
    if signed is None or signed == manifest:
        return manifest, problems
    if manifest is not None:
        problems.append(f"{MANIFEST} 被改动过：与 {SIGNATURE} 中所签的不同")
    return signed, problems


def _signed_manifest(folder: Path, history: History) -> Manifest | None:
    """Return the manifest in the envelope when a key of the history signed it."""
    keys = [history.keyring.find(keyid) for keyid in history.keys]
    try:
        envelope = open_envelope(read_whole(folder / SIGNATURE), MANIFEST_TYPE)
        if any(key is not None and is_signed_by(envelope, key) for key in keys):
            return manifest_from(envelope.payload)
    except (OSError, ValueError):
        return None
    return None


def _place(folder: Path, manifest: Manifest, history: History) -> Iterator[str]:
    """Yield that a run lies where another belongs."""
    name, month = folder.absolute().name, folder.absolute().parent.name
    is_anothers = _looks_like(name, manifest.run_id) or history.of_run(name) is not None
    if is_anothers and name != manifest.run_id:
        yield f"文件夹 {name} 里是记录 {manifest.run_id}：记录被调换过"
    if _looks_like(month, manifest.month) and month != manifest.month:
        yield f"记录 {manifest.run_id} 属于 {manifest.month}，却放在 {month} 中"


def _looks_like(text: str, sample: str) -> bool:
    """Whether a folder's name has the shape of an id or month: a copy may have any other name."""
    kinds = {c: "-" if c == "-" else "x" for c in "0123456789abcdef-"}
    return [kinds.get(c) for c in text] == [kinds.get(c) for c in sample]


def _draft(
    folder: Path, manifest: Manifest, entry: PublicationEntry | None, key: SSlibKey | None
) -> tuple[list[str], list[str]]:
    notes, problems = ["草稿：未发布，没有签名，历史中没有它可以对照的记录"], []
    if key is not None:
        problems.append(f"草稿没有签名：--key 的密钥 {short(key.keyid)} 不为它担保")
    if (folder / SIGNATURE).exists():
        problems.append(f"草稿中不应有 {SIGNATURE}")
    if entry is None:
        return notes, problems
    if entry.draft != manifest.sha256:
        problems.append(f"历史第{entry.number}号发布的记录 {entry.run_id} 与此处的草稿内容不同")
    else:
        notes = [
            f"草稿：内容与历史第{entry.number}号发布的相同，但页面还没有标为已发布"
            "（重新运行 publish 可补完）"
        ]
    return notes, problems


def _published(folder: Path, manifest: Manifest, history: History) -> tuple[list[str], list[str]]:
    number = manifest.number
    entry = history.numbered(number)
    if not history.lines:
        return [], [
            f"记录 {manifest.run_id} 是第{number}号，而历史文件 {history.path} 不存在或是空的："
            "请用 --history 指明历史文件"
        ]
    problems = [*testimony(history, manifest), *unlike_entry(history, manifest)]
    if entry is None:
        return [], problems
    notes, found = _signature(folder, manifest, entry.keyid, history)
    newer = [e.number for e in history.published if e.supersedes == number]
    notes += [f"此记录已被第{newer[-1]}号替代（{manifest.month} 重新计分）"] if newer else []
    if entry.supersedes is not None:
        notes.append(f"此记录替代第{entry.supersedes}号")
    return notes, [*problems, *found]


def _signature(
    folder: Path, manifest: Manifest, keyid: str, history: History
) -> tuple[list[str], list[str]]:
    """Return what is to be said about the signature over the manifest."""
    path = folder / SIGNATURE
    if not keyid:
        extra = [f"{SIGNATURE} 是多出来的：历史中这一号没有签名"] if path.exists() else []
        return ["未签名：只能对照历史，历史本身能被持有文件的人改写"], extra
    try:
        envelope = open_envelope(read_whole(path), MANIFEST_TYPE)
    except FileNotFoundError:
        return [], [f"{SIGNATURE} 缺失：历史中这一号是签名的"]
    except OddFileError as error:
        return [], [f"{SIGNATURE} {error}"]
    except (OSError, ValueError) as error:
        return [], [f"{SIGNATURE} 被改动过（{error}）"]
    others = set(envelope.signatures) - {keyid}
    if others:
        names = "、".join(short(other) for other in sorted(others))
        return [], [f"{SIGNATURE} 由另一把密钥 {names} 签名，历史中这一号的密钥是 {short(keyid)}"]
    key = history.keyring.find(keyid)
    if key is None:
        return [], [f"签名无法核对：缺少公钥 {history.keyring.place(keyid)}"]
    if not is_signed_by(envelope, key):
        return [], [f"{SIGNATURE} 的签名不对：被改动过，或不是密钥 {short(keyid)} 所签"]
    return [f"签名有效，密钥 {short(keyid)}"], []


# ---- seen from the auditor's key ---------------------------------------------------------


def _stranger(history: History, key: SSlibKey) -> str:
    known = "、".join(short(k) for k in history.keys) or "没有签名"
    return f"历史不是由 --key 的密钥 {short(key.keyid)} 签名的（历史中：{known}）"


def _unvouched(history: History, key: SSlibKey | None, entry: PublicationEntry | None) -> list[str]:
    """Return that the auditor's key vouches for nothing here, or not for this entry."""
    if key is None:
        return []
    since = history.since(key.keyid)
    if since is None:
        return [_stranger(history, key)]
    if entry is not None and entry.number < since:
        return [
            f"第{entry.number}号不由 --key 的密钥 {short(key.keyid)} 担保："
            f"它从第{since}号起才签名。请用当时的公钥核对（密钥编号须从历史以外得到）"
        ]
    return []


def _before(history: History, key: SSlibKey | None) -> list[str]:
    """Return what of the history the auditor's key does not vouch for."""
    since = history.since(key.keyid) if key is not None else None
    if key is None or since is None or since == 1:
        return []
    before = "第1号" if since == 2 else f"第1至{since - 1}号"
    return [f"{before}在密钥 {short(key.keyid)} 的第一个签名之前，它不为这些记录担保"]


@dataclass(frozen=True)
class Survey:
    """The history as `dalian-eval history` tells it; `folders` by the number published there."""

    history: History
    folders: dict[int, Path]
    verdict: Verdict


def survey(given: Path | None, key: SSlibKey | None = None) -> Survey:
    """Check a history, by default that of the project, and ask the published runs beside it.

    UsageError when the history cannot be read.
    """
    path = _there(given) or Path("runs") / HISTORY
    history = read_history(path, key)
    problems = list(history.problems)
    if key is not None and history.since(key.keyid) is None:
        problems.append(_stranger(history, key))
    problems += [*_before(history, key), *history.keyring.exchanged(history.keys)]
    folders: dict[int, Path] = {}
    for folder, manifest in witnesses(path.parent):
        problems += [*testimony(history, manifest), *unlike_entry(history, manifest)]
        problems += _place(folder, manifest, history)
        folders.setdefault(manifest.number, folder)
    notes = []
    for entry in history.published:
        place = place_of(history, entry)
        if entry.number in folders:
            continue
        if os.path.lexists(place):
            told = judge(place, history, None, ())
            problems += [f"{place} 应是第{entry.number}号发布的记录：{p}" for p in told.problems]
            notes += [] if told.problems else [f"{place}：{told.notes[0]}"]
        else:
            notes.append(f"第{entry.number}号的记录 {entry.run_id} 不在 {path.parent} 中，无法对照")
    unused = [keyid for keyid in history.keyring.ids() if keyid not in history.keys]
    notes += [f"{KEYS} 中的公钥 {short(k)} 从未在历史中用过" for k in unused]
    if any(not e.keyid for e in history.entries):
        notes.append("有未签名的记录：它们只靠校验值相连，能被持有文件的人整体改写")
    return Survey(history, folders, Verdict(tuple(notes), tuple(dict.fromkeys(problems))))
