"""Publishing a run: pages stamped, manifest signed, an entry added to the history.

The new folder is made whole beside the old one. Then the entry is added: from there on the run is
published. Then the folders change places. Whoever is killed on the way leaves the draft, or the
entry together with the draft; the same command then completes it.
"""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.base.files import flush_folder, write_whole
from dalian_eval.base.removal import remove
from dalian_eval.base.result_folder import writable
from dalian_eval.base.system_refusals import rename
from dalian_eval.record.entries import PublicationEntry
from dalian_eval.record.envelope import seal_envelope
from dalian_eval.record.folder import REPLACED, find_run
from dalian_eval.record.going_on import refuse_forged
from dalian_eval.record.history import (
    PROGRAM,
    History,
    append,
    read_history,
    refuse_beginning,
    refuse_key,
)
from dalian_eval.record.keyring import short
from dalian_eval.record.lock import only_one
from dalian_eval.record.manifest import SIGNATURE, Manifest, Publication, read_manifest
from dalian_eval.record.seal import seal
from dalian_eval.record.verify import MANIFEST_TYPE, history_of, judge, verify

_NEW = ".publishing-"


@dataclass(frozen=True)
class PublishResult:
    """What came of it: the run folder, its entry, and whether it was published before.

    `begins`: the key that the history begins with, "" when this is its first entry. `absent`: the
    numbers of earlier publications whose runs are not beside the history and were not looked at.
    """

    folder: Path
    entry: PublicationEntry
    before: bool
    begins: str = ""
    absent: tuple[int, ...] = ()


def publish(
    text: str,
    *,
    signer: CryptoSigner | None,
    by: str,
    note: str,
    date: str,
    begins: str = "",
    runs: Path = Path("runs"),
) -> PublishResult:
    """Publish the run that `text` names (see `find_run`) and return what came of it.

    `date`: the day, ISO, for the history alone; `begins`: see `refuse_beginning`. DifferenceError
    when the run, the history or any run published before was changed, and nothing is published
    then; UsageError for what is no run, for a key that the history does not go on with, for a place
    that cannot be written, and while another publishes.
    """
    for option, said in (("--by", by), ("--note", note)):
        if not said.isprintable():
            raise UsageError(f"{option} 只能写一行文字：请去掉换行和不能显示的字符")
    _put_back(text, runs)
    folder = find_run(text, runs).absolute()
    path = history_of(folder)
    with writable(path.parent, "RUN"), only_one(path.parent):
        history = read_history(path, signer.public_key if signer is not None else None)
        absent = refuse_forged(history)
        _refuse_changed_run(folder, history)
        manifest = read_manifest(folder)
        if (folder.parent.name, folder.name) != (manifest.month, manifest.run_id):
            raise UsageError(
                f"{folder} 不在它该在的位置：请移到 {manifest.month}/{manifest.run_id} 再发布"
            )
        entry = history.of_run(manifest.run_id)
        if entry is not None and manifest.publication is not None:
            return PublishResult(folder, entry, True, history.begins_with, absent)
        if entry is None:
            refuse_key(history, signer)
            if signer is not None:
                refuse_beginning(history, signer, begins)
            entry = _first(folder, manifest, history, signer, by, note, date)
        else:
            _again(folder, entry, signer)
        _swap(folder)
        return PublishResult(folder, entry, False, history.begins_with, absent)


def draft_of(text: str, runs: Path = Path("runs")) -> Path | None:
    """Return the draft that publishing `text` would make public.

    None when nothing is left to decide: it is published already, or its publication was begun.
    UsageError for what is no run.
    """
    _put_back(text, runs)
    folder = find_run(text, runs).absolute()
    entry = read_history(history_of(folder)).of_run(folder.name)
    return folder if entry is None else None


def _refuse_changed_run(folder: Path, history: History) -> None:
    """DifferenceError when the run folder is not what it was."""
    verdict = judge(folder, history, None, ())
    if verdict.problems:
        more = f"等{len(verdict.problems)}处" if len(verdict.problems) > 3 else ""
        raise DifferenceError(
            f"{folder.name} 与它完成时不同，没有发布：{'；'.join(verdict.problems[:3])}{more}。"
            "请移走它，重新运行"
        )


def _first(
    folder: Path,
    manifest: Manifest,
    history: History,
    signer: CryptoSigner | None,
    by: str,
    note: str,
    date: str,
) -> PublicationEntry:
    """Make the new folder and add its entry: the run is published."""
    earlier = history.latest(manifest.month)
    publication = Publication(
        number=len(history.lines) + 1,
        previous=history.head,
        supersedes=earlier.number if earlier else None,
    )
    sealed_manifest = _make(folder, publication, signer)
    entry = PublicationEntry(
        number=publication.number,
        previous=publication.previous,
        date=date,
        by=by,
        note=note,
        keyid=signer.public_key.keyid if signer else "",
        program=PROGRAM,
        run_id=manifest.run_id,
        month=manifest.month,
        as_of=manifest.as_of,
        manifest=sealed_manifest.sha256,
        draft=manifest.sha256,
        supersedes=publication.supersedes,
    )
    append(history, entry, *([signer] if signer is not None else []))
    return entry


def _again(folder: Path, entry: PublicationEntry, signer: CryptoSigner | None) -> None:
    """Have the new folder of an entry there, of which the run folder is still the draft."""
    new = folder.with_name(_NEW + folder.name)
    with suppress(DifferenceError):
        is_whole = not new.is_symlink() and read_manifest(new).sha256 == entry.manifest
        if is_whole and not verify(new).problems:
            return
    if entry.keyid and (signer is None or signer.public_key.keyid != entry.keyid):
        raise UsageError(
            f"第{entry.number}号已记入历史，但文件夹还是草稿；它是签名发布的："
            f"请用 --key 指明私钥 {short(entry.keyid)} 补完"
        )
    publication = Publication(
        number=entry.number, previous=entry.previous, supersedes=entry.supersedes
    )
    made = _make(folder, publication, signer if entry.keyid else None)
    if made.sha256 != entry.manifest:
        remove(new)
        raise DifferenceError(f"重新标注的页面与历史第{entry.number}号所记的不同，没有补完")


def _make(folder: Path, publication: Publication, signer: CryptoSigner | None) -> Manifest:
    """Make the published folder beside the draft; return its manifest."""
    new = folder.with_name(_NEW + folder.name)
    remove(new)
    shutil.copytree(folder, new, copy_function=_link)
    manifest = seal(new, read_manifest(folder).model_dump(), publication)
    if signer is not None:
        write_whole(new / SIGNATURE, seal_envelope(manifest.to_bytes(), MANIFEST_TYPE, signer))
    return manifest


def _link(source: str, target: str) -> None:
    """Give an unchanged file a second name, or copy it where a file can have one only.

    What is changed in the new folder is replaced, never written into.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _swap(folder: Path) -> None:
    """Put the new folder in the place of the draft."""
    new, old = folder.with_name(_NEW + folder.name), folder.with_name(REPLACED + folder.name)
    remove(old)
    try:
        rename(folder, old)
        rename(new, folder)
    except PermissionError as error:
        if not folder.exists():
            old.rename(folder)
        raise UsageError(
            f"已记入历史，但 {folder} 正被别的程序占用（例如浏览器、文件管理器）："
            "请关闭后重新运行同一命令补完"
        ) from error
    flush_folder(folder.parent)
    remove(old)


def _put_back(text: str, runs: Path) -> None:
    """Put a draft back whose publisher was killed between taking it away and the new one's coming.

    Also removes what a publisher killed just after that left behind.
    """
    place = Path(text).absolute()
    known = [place.parent / f"{REPLACED}{place.name}", *runs.absolute().glob(f"*/{REPLACED}*")]
    for old in known:
        if old.is_symlink() or not old.is_dir() or not old.name.startswith(REPLACED + place.name):
            continue
        with only_one(old.parent.parent):
            folder = old.with_name(old.name.removeprefix(REPLACED))
            if folder.exists():
                remove(old)
            else:
                old.rename(folder)
