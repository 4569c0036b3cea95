"""The table of docs/audit.md, row by row: an attacker's means, and that it is found."""

import json
import os
import shutil
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.cli import invoke
from dalian_eval.record.entries import HandedOver
from dalian_eval.record.envelope import public_pem
from dalian_eval.record.history import HISTORY, PROGRAM, UNSIGNED, append, read_history
from dalian_eval.record.keyring import KEYS, Keyring
from dalian_eval.record.manifest import MANIFEST, SIGNATURE, read_manifest
from dalian_eval.record.publish import publish
from dalian_eval.record.seal import seal
from dalian_eval.record.verify import survey, verify
from tests.record.small import published, small_run

A, B, C = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"


def new_key() -> CryptoSigner:
    return CryptoSigner.generate_ed25519()


def hand_over(runs: Path, old: CryptoSigner, new: CryptoSigner, *signers: CryptoSigner) -> None:
    """Add an entry by which `old` hands over to `new`, whoever signs it."""
    history = read_history(runs / HISTORY)
    entry = HandedOver(
        number=len(history.lines) + 1,
        previous=history.head,
        date="2024-11-05",
        by="",
        note="",
        keyid=old.public_key.keyid,
        program=PROGRAM,
        next_keyid=new.public_key.keyid,
    )
    append(history, entry, *signers)
    Keyring(runs / KEYS).keep(new.public_key)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def seen(runs: Path, key: CryptoSigner | None = None) -> str:
    """Return what the history is found to be, seen from a key."""
    return "；".join(survey(runs / HISTORY, key and key.public_key).verdict.problems)


# ---- hand-overs ----------------------------------------------------------------------------


def test_a_forger_signs_all_anew(runs, signer):
    """Nothing in the folder says so: the auditor's key does, and the publisher's."""
    forged = published(runs, A, signer=new_key()).folder
    assert seen(runs) == ""
    for problems in (seen(runs, signer), " ".join(verify(forged, key=signer.public_key).problems)):
        assert "不是由 --key 的密钥" in problems
    before = (runs / HISTORY).read_bytes()
    with pytest.raises(UsageError, match="历史可能被人换过"):
        published(runs, B, signer=signer)
    assert (runs / HISTORY).read_bytes() == before


def test_a_forger_hands_over_to_the_genuine_key(runs, signer):
    """All anew by his own key, and an entry that names the genuine one: it never took over."""
    forger = new_key()
    folder = published(runs, A, signer=forger).folder
    hand_over(runs, forger, signer, forger)
    for problems in (seen(runs, signer), " ".join(verify(folder, key=signer.public_key).problems)):
        assert "没有新密钥" in problems
        assert "不是由 --key 的密钥" in problems
    assert "没有新密钥" in seen(runs)
    before = (runs / HISTORY).read_bytes()
    with pytest.raises(DifferenceError, match="没有新密钥"):
        published(runs, B, signer=signer)
    assert (runs / HISTORY).read_bytes() == before


def test_a_forger_takes_over_from_the_genuine_key(runs, signer):
    """Only the new key signs, or a signature of the old one that was made for something else."""
    forger = new_key()
    published(runs, A, signer=signer)
    hand_over(runs, signer, forger, forger)
    assert "签名与内容不符" in seen(runs, signer)
    published_line, line = (runs / HISTORY).read_bytes().splitlines(keepends=True)
    content, other = json.loads(line), json.loads(published_line)
    content["signatures"] += other["signatures"]
    stolen = json.dumps(content, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    (runs / HISTORY).write_bytes(published_line + stolen)
    assert "签名与内容不符" in seen(runs, signer)


def test_a_retired_key_hands_over_once_more(runs, signer):
    old, thief = new_key(), new_key()
    published(runs, A, signer=old)
    hand_over(runs, old, signer, old, signer)
    assert seen(runs, old) == ""
    hand_over(runs, old, thief, old, thief)
    for key in (old, signer, None):
        assert "由另一把密钥" in seen(runs, key)


def test_a_key_comes_back(runs, signer):
    """In a circle, or to itself: a key that handed over stays retired."""
    other = new_key()
    published(runs, A, signer=signer)
    hand_over(runs, signer, other, signer, other)
    hand_over(runs, other, signer, other, signer)
    assert "换下的密钥不能再接手" in seen(runs, signer)


def test_a_key_hands_over_to_itself(runs, signer):
    published(runs, A, signer=signer)
    hand_over(runs, signer, signer, signer)
    assert "换下的密钥不能再接手" in seen(runs, signer)


def test_a_thief_of_the_old_key_hands_over_again_from_before(runs, signer):
    """Cut off at the genuine hand-over and gone on with: a stranger's to the genuine key."""
    old, thief = new_key(), new_key()
    published(runs, A, signer=old)
    kept = (runs / HISTORY).read_bytes()
    hand_over(runs, old, signer, old, signer)
    later = published(runs, B, signer=signer).folder
    (runs / HISTORY).write_bytes(kept)
    hand_over(runs, old, thief, old, thief)
    assert "不是由 --key 的密钥" in seen(runs, signer)
    assert B in seen(runs, old)  # the folder published later knows better
    assert verify(later, key=signer.public_key).problems


def test_a_thief_of_the_old_key_forges_what_came_before(runs, signer):
    """The genuine hand-over, kept with both signatures, fits on no other history."""
    old = new_key()
    published(runs, A, signer=old)
    hand_over(runs, old, signer, old, signer)
    genuine = (runs / HISTORY).read_bytes().splitlines(keepends=True)[1]
    shutil.rmtree(runs)
    forged = published(runs, B, signer=old).folder
    (runs / HISTORY).write_bytes((runs / HISTORY).read_bytes() + genuine)
    Keyring(runs / KEYS).keep(signer.public_key)
    assert "第1号被改动过" in seen(runs, signer)
    problems = " ".join(verify(forged, key=signer.public_key).problems)
    assert "不由 --key 的密钥" in problems


def test_what_came_before_a_key_is_not_vouched_for(runs, signer):
    old = new_key()
    first = published(runs, A, signer=old).folder
    hand_over(runs, old, signer, old, signer)
    second = published(runs, B, signer=signer).folder
    assert seen(runs, old) == ""
    assert "第1号在密钥" in seen(runs, signer)
    assert "第1号不由 --key" in " ".join(verify(first, key=signer.public_key).problems)
    verdict = verify(second, key=signer.public_key)
    assert verdict.problems == ()
    assert any("第1号在密钥" in note for note in verdict.notes)
    assert verify(second, key=old.public_key).problems == ()


# ---- what a publisher goes on with ---------------------------------------------------------


def test_the_first_signature_after_unsigned_entries_has_to_name_them(runs, signer):
    published(runs, A)
    folder = small_run(runs, B)
    arguments = {"signer": signer, "by": "", "note": "", "date": "2024-11-05"}
    with pytest.raises(UsageError, match="--begins 未签名"):
        publish(str(folder), **arguments)
    with pytest.raises(UsageError, match="不是 --begins 所写的"):
        publish(str(folder), begins="0" * 64, **arguments)
    done = publish(str(folder), begins=UNSIGNED, **arguments)
    assert done.begins == UNSIGNED
    assert "第1号在密钥" in seen(runs, signer)


def first_signed(runs: Path, signer: CryptoSigner) -> Path:
    """Publish B as the first signed run of a history that began without signatures."""
    folder = small_run(runs, B)
    publish(str(folder), signer=signer, by="", note="", date="2024-11-05", begins=UNSIGNED)
    return folder


def test_what_was_forged_before_the_first_signature_is_not_vouched_for(runs, signer):
    """An unsigned history made anew with other scores: whole in itself, and nobody vouches."""
    published(runs, A)
    shutil.rmtree(runs)
    forged = small_run(runs, A)
    (forged / "scores.csv").write_text("改,9.0000\n", encoding="utf-8")
    seal(forged, read_manifest(forged).model_dump())
    publish(str(forged), signer=None, by="张三", note="", date="2024-11-05")
    genuine = first_signed(runs, signer)
    assert "第1号在密钥" in seen(runs, signer)
    assert "第1号不由 --key" in " ".join(verify(forged, key=signer.public_key).problems)
    verdict = verify(genuine, key=signer.public_key)
    assert verdict.problems == ()
    assert any("第1号在密钥" in note for note in verdict.notes)


def test_what_is_forged_after_the_first_signature_is_found(runs, signer):
    published(runs, A)
    genuine = first_signed(runs, signer)
    signed = (runs / HISTORY).read_bytes().splitlines(keepends=True)[1]
    other = runs.parent / "别处"
    publish(str(small_run(other, A)), signer=None, by="李四", note="", date="2024-11-05")
    (runs / HISTORY).write_bytes((other / HISTORY).read_bytes() + signed)
    for key in (signer, None):
        assert "第1号被改动过" in seen(runs, key)
    assert verify(genuine).problems


def test_nothing_is_added_to_a_history_that_was_rolled_back(runs, signer):
    published(runs, A, signer=signer)
    kept = (runs / HISTORY).read_bytes()
    published(runs, B, signer=signer)
    (runs / HISTORY).write_bytes(kept)
    with pytest.raises(DifferenceError, match="末尾被截断"):
        published(runs, C, signer=signer)


def test_an_earlier_run_beside_a_rolled_back_history(runs, signer):
    first = published(runs, A, signer=signer).folder
    kept = (runs / HISTORY).read_bytes()
    published(runs, B, signer=signer)
    (runs / HISTORY).write_bytes(kept)
    assert any(B in p and "末尾被截断" in p for p in verify(first).problems)


# ---- a published folder turned into a draft ------------------------------------------------


def test_a_published_folder_made_a_draft(runs, signer):
    folder = published(runs, A, signer=signer).folder
    (folder / "scores.csv").write_text("改,9.0000\n", encoding="utf-8")
    (folder / SIGNATURE).unlink()
    forged = folder.rename(folder.with_name(B))
    seal(forged, read_manifest(forged).model_dump() | {"run_id": B})
    problems = " ".join(verify(forged).problems)
    assert "index.html 与清单不一致：页面上是已发布的第1号，清单中是草稿" in problems
    assert "run.json 与清单不一致" in problems


def test_what_is_unsigned_is_not_in_order_for_a_key(runs, signer, tmp_path, capsys):
    key = tmp_path / "k.pub"
    key.write_bytes(public_pem(signer.public_key))
    published(runs, A, signer=signer)
    draft = small_run(runs, B)
    assert invoke(["verify", str(draft)]) == 0
    assert "核对无误" not in capsys.readouterr().out
    assert invoke(["verify", str(draft), "--key", str(key)]) == 4
    assert "草稿没有签名" in capsys.readouterr().out


def test_an_unsigned_publication_is_not_in_order_for_a_key(runs, signer):
    folder = published(runs, A).folder
    assert verify(folder).problems == ()
    assert "没有签名" in " ".join(verify(folder, key=signer.public_key).problems)


# ---- hostile folders -----------------------------------------------------------------------


def test_an_empty_folder_added_is_found(runs):
    folder = published(runs, A).folder
    (folder / "空" / "空").mkdir(parents=True)
    assert verify(folder).problems == ("空/空 是空文件夹",)


NAMES = (MANIFEST, SIGNATURE, "run.json", "../../history.jsonl", "../../keys/x.pub", "scores.csv")
COMMANDS = (("verify",), ("reproduce",), ("explain", "--of", "D01"), ("publish",), ("history",))


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices as POSIX has them")
@pytest.mark.parametrize("kind", ["pipe", "device", "deep"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_waits_for_a_pipe(runs, signer, monkeypatch, name, kind, capsys):
    folder = published(runs, A, signer=signer).folder
    monkeypatch.chdir(runs.parent)
    path = folder / name
    if name.endswith("x.pub"):
        path = runs / KEYS / f"{signer.public_key.keyid}.pub"
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(b"[" * 200_000)
    for command, *options in COMMANDS:
        run = [] if command == "history" else [str(folder)]
        code = invoke([command, *run, *options])
        said = capsys.readouterr()
        assert "未预料" not in said.err, (command, said)
        assert code in ((0, 2, 4) if command in ("history", "publish") else (2, 4)), command
    if name != "run.json" and kind != "deep":
        assert invoke(["verify", str(folder)]) in (2, 4)
        said = capsys.readouterr()
        assert path.name in said.out + said.err


def test_folders_within_folders_without_end(runs, signer):
    folder = published(runs, A, signer=signer).folder
    here = os.open(folder, os.O_RDONLY)
    try:
        for _ in range(1200):
            os.mkdir("d", dir_fd=here)
            inside = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inside
    finally:
        os.close(here)
    try:
        (problem,) = verify(folder).problems
        assert "套得太深" in problem
    finally:
        os.system(f"rm -rf '{folder / 'd'}'")  # noqa: S605 (rmtree would not come to an end)
