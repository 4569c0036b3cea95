"""Is a run folder what it was: files against manifest, manifest against signature, against history.

Everything is looked at before anything is said; a verdict names every difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from securesystemslib.signer import SSlibKey

from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.record.envelope import opened, signed_by
from dalian_eval.record.history import (
    HISTORY,
    History,
    Published,
    read_history,
    testimony,
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

MANIFEST_TYPE = "application/vnd.dalian-eval.manifest+json"


@dataclass(frozen=True)
class Verdict:
    """What was found: `problems` say that something is not as it was, `notes` what was not looked
    at or is worth knowing."""

    notes: tuple[str, ...]
    problems: tuple[str, ...]


def history_of(folder: Path) -> Path:
    """Return where the history of a run folder (runs/month/id) lies."""
    return folder.absolute().parent.parent / HISTORY


def verify(folder: Path, history: Path | None = None, key: SSlibKey | None = None) -> Verdict:
    """Return the verdict on a run folder.

    `history`: by default the one beside the run's month; `key`: a public key that the auditor has
    from elsewhere and that the history must have been signed by. UsageError when the history
    cannot be read.
    """
    chain = read_history(_there(history) or history_of(folder), key)
    manifest, problems = _manifest(folder, chain)
    if manifest is None:
        return Verdict((), (*problems, *chain.problems))
    problems += differences(manifest.files, measure(folder))
    problems += _place(folder, manifest)
    problems += chain.problems
    problems += trust(chain, key)
    entry = chain.of_run(manifest.run_id)
    if not manifest.number:
        notes, found = _draft(folder, manifest, entry)
    else:
        notes, found = _published(folder, manifest, chain)
    return Verdict(tuple(notes), tuple(dict.fromkeys([*problems, *found])))


def _there(history: Path | None) -> Path | None:
    """Return a history that somebody named; UsageError when it is not there."""
    if history is not None and not history.is_file():
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
        envelope = opened((folder / SIGNATURE).read_bytes(), MANIFEST_TYPE)
        if any(key is not None and signed_by(envelope, key) for key in keys):
            return manifest_from(envelope.payload)
    except (OSError, ValueError):
        return None
    return None


def _place(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Yield that a run lies where another belongs."""
    name, month = folder.absolute().name, folder.absolute().parent.name
    if _looks_like(name, manifest.run_id) and name != manifest.run_id:
        yield f"文件夹 {name} 里是记录 {manifest.run_id}：记录被调换过"
    if _looks_like(month, manifest.month) and month != manifest.month:
        yield f"记录 {manifest.run_id} 属于 {manifest.month}，却放在 {month} 中"


def _looks_like(text: str, sample: str) -> bool:
    """Whether a folder's name has the shape of an id or month: a copy may have any other name."""
    kinds = {c: "-" if c == "-" else "x" for c in "0123456789abcdef-"}
    return [kinds.get(c) for c in text] == [kinds.get(c) for c in sample]


def _draft(
    folder: Path, manifest: Manifest, entry: Published | None
) -> tuple[list[str], list[str]]:
    notes, problems = ["草稿：未发布，没有签名，历史中没有它可以对照的记录"], []
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
    problems = testimony(history, manifest)
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
        envelope = opened(path.read_bytes(), MANIFEST_TYPE)
    except FileNotFoundError:
        return [], [f"{SIGNATURE} 缺失：历史中这一号是签名的"]
    except (OSError, ValueError) as error:
        return [], [f"{SIGNATURE} 被改动过（{error}）"]
    others = set(envelope.signatures) - {keyid}
    if others:
        names = "、".join(short(other) for other in sorted(others))
        return [], [f"{SIGNATURE} 由另一把密钥 {names} 签名，历史中这一号的密钥是 {short(keyid)}"]
    key = history.keyring.find(keyid)
    if key is None:
        return [], [f"签名无法核对：缺少公钥 {history.keyring.place(keyid)}"]
    if not signed_by(envelope, key):
        return [], [f"{SIGNATURE} 的签名不对：被改动过，或不是密钥 {short(keyid)} 所签"]
    return [f"签名有效，密钥 {short(keyid)}"], []


def trust(history: History, key: SSlibKey | None) -> list[str]:
    """Return that the auditor's key never was in charge of this history."""
    if key is None or key.keyid in history.keys:
        return []
    known = "、".join(short(k) for k in history.keys) or "没有签名"
    return [f"历史不是由 --key 的密钥 {short(key.keyid)} 签名的（历史中：{known}）"]


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
    problems = [*history.problems, *trust(history, key)]
    folders: dict[int, Path] = {}
    for folder, manifest in witnesses(path.parent):
        problems += testimony(history, manifest)
        folders.setdefault(manifest.number, folder)
    notes = [
        f"第{e.number}号的记录 {e.run_id} 不在 {path.parent} 中，无法对照"
        for e in history.published
        if e.number not in folders
    ]
    unused = [keyid for keyid in history.keyring.ids() if keyid not in history.keys]
    notes += [f"{KEYS} 中的公钥 {short(k)} 从未在历史中用过" for k in unused]
    if any(not e.keyid for e in history.entries):
        notes.append("有未签名的记录：它们只靠校验值相连，能被持有文件的人整体改写")
    return Survey(history, folders, Verdict(tuple(notes), tuple(dict.fromkeys(problems))))
