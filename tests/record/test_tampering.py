"""Whatever is done to a published run, verify finds it and names it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from dalian_eval.cli import invoke
from dalian_eval.record.envelope import public_pem, seal_envelope
from dalian_eval.record.keyring import KEYS, Keyring
from dalian_eval.record.manifest import MANIFEST, SIGNATURE, measure, read_manifest
from dalian_eval.record.seal import seal
from dalian_eval.record.verify import MANIFEST_TYPE, history_of, verify
from tests.record.small import published, small_run


def files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


@contextmanager
def instead(path: Path, data: bytes | None) -> Iterator[None]:
    """Have other bytes in a file, or none of it, for a while."""
    before = path.read_bytes()
    path.unlink()
    if data is not None:
        path.write_bytes(data)
    try:
        yield
    finally:
        path.write_bytes(before)


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :] if data else b"\0"


def named(folder: Path, path: Path) -> list[str]:
    """Return what verify finds, every sentence of it about the file.

    A folder that is empty without the file is named as such, too: that sentence is left out.
    """
    name = path.relative_to(folder).as_posix()
    empty = f"{path.parent.relative_to(folder).as_posix()} 是空文件夹"
    problems = [problem for problem in verify(folder).problems if problem != empty]
    assert problems, name
    assert all(name in problem for problem in problems), (name, problems)
    return list(problems)


def test_the_published_demo_is_in_order(published_demo):
    verdict = verify(published_demo)
    assert verdict.problems == ()
    assert "签名有效" in "".join(verdict.notes)
    assert len(files(published_demo)) > 80


def test_one_byte_in_each_file(published_demo):
    for path in files(published_demo):
        with instead(path, flipped(path.read_bytes())):
            (problem,) = named(published_demo, path)
            assert "改动" in problem or "签名" in problem
    assert verify(published_demo).problems == ()


def test_each_file_removed(published_demo):
    for path in files(published_demo):
        with instead(path, None):
            (problem,) = named(published_demo, path)
            assert "缺失" in problem or "被删除" in problem
    assert verify(published_demo).problems == ()


def test_each_file_renamed(published_demo):
    for path in files(published_demo):
        other = path.with_name("改名-" + path.name)
        path.rename(other)
        try:
            problems = " ".join(named(published_demo, path))
            assert other.name in problems
            if path.name not in (MANIFEST, SIGNATURE):
                assert "改名" in problems
        finally:
            other.rename(path)
    assert verify(published_demo).problems == ()


@pytest.mark.parametrize(
    "name", ["多.csv", ".hidden", "statements/x.html", "新/深/x", "a\nb\u202e"]
)
def test_a_file_added(published_demo, name):
    path = published_demo / name
    made = [p for p in (path.parent, path.parent.parent) if not p.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x", encoding="utf-8")
    try:
        (problem,) = verify(published_demo).problems
        assert "多出来" in problem
        assert problem.isprintable()
    finally:
        path.unlink()
        for folder in made:
            folder.rmdir()


@pytest.mark.skipif(os.name != "posix", reason="links and pipes as POSIX has them")
def test_what_is_no_file_is_told_and_not_opened(published_demo, tmp_path):
    scores, door = published_demo / "scores.csv", published_demo / "index.html"
    shutil.copyfile(scores, tmp_path / "scores.csv")
    with instead(scores, None):
        scores.symlink_to(tmp_path / "scores.csv")
        assert "是链接" in " ".join(named(published_demo, scores))
        scores.unlink()
    with instead(door, None):
        os.mkfifo(door)
        assert "管道" in " ".join(named(published_demo, door))
        door.unlink()
    folder = published_demo / "inputs"
    folder.rename(tmp_path / "inputs")
    try:
        folder.symlink_to(tmp_path / "inputs", target_is_directory=True)
        problems = verify(published_demo).problems
        assert any(p.startswith("inputs 是链接") for p in problems)
        folder.unlink()
    finally:
        (tmp_path / "inputs").rename(folder)
    odd = os.fsencode(published_demo) + b"/\xff"
    with open(odd, "wb"):  # noqa: PTH123 (a name that is no text)
        pass
    try:
        assert verify(published_demo).problems == ("\\xff 是多出来的，清单中没有",)
    finally:
        os.unlink(odd)  # noqa: PTH108


def test_a_manifest_changed_along_with_a_file(published_demo):
    """The signed manifest is what counts: both are named."""
    scores = published_demo / "scores.csv"
    with (
        instead(scores, flipped(scores.read_bytes())),
        instead(published_demo / MANIFEST, (published_demo / MANIFEST).read_bytes()),
    ):
        manifest = read_manifest(published_demo)
        seal(published_demo, manifest.model_dump(), manifest.publication)
        problems = " ".join(verify(published_demo).problems)
        assert "scores.csv 被改动过" in problems
        assert f"{MANIFEST} 被改动过" in problems
    assert verify(published_demo).problems == ()


def test_signed_again_with_another_key(published_demo):
    other = CryptoSigner.generate_ed25519()
    scores, signature = published_demo / "scores.csv", published_demo / SIGNATURE
    manifest_file = published_demo / MANIFEST
    with (
        instead(scores, flipped(scores.read_bytes())),
        instead(manifest_file, manifest_file.read_bytes()),
        instead(signature, signature.read_bytes()),
    ):
        manifest = read_manifest(published_demo)
        new = seal(published_demo, manifest.model_dump(), manifest.publication)
        signature.write_bytes(seal_envelope(new.to_bytes(), MANIFEST_TYPE, other))
        problems = " ".join(verify(published_demo).problems)
        assert "另一把密钥" in problems
        assert "校验值不符" in problems
        keyring = history_of(published_demo).parent / KEYS
        Keyring(keyring).keep(other.public_key)
        try:
            assert "另一把密钥" in " ".join(verify(published_demo).problems)
        finally:
            (keyring / f"{other.public_key.keyid}.pub").unlink()


def test_a_key_of_the_keyring_exchanged(published_demo, signer):
    other = CryptoSigner.generate_ed25519()
    path = history_of(published_demo).parent / KEYS / f"{signer.public_key.keyid}.pub"
    with instead(path, public_pem(other.public_key)):
        assert any("缺少公钥" in p for p in verify(published_demo).problems)
        # The auditor's own copy of the key serves instead.
        assert verify(published_demo, key=signer.public_key).problems == ()


def test_two_runs_swapped(tmp_path, signer):
    runs = tmp_path / "runs"
    a, b = (
        published(runs, run_id, signer=signer).folder for run_id in ("aaaaaaaaaaaa", "bbbbbbbbbbbb")
    )
    a.rename(tmp_path / "x")
    b.rename(a)
    (tmp_path / "x").rename(b)
    assert any("调换" in p and "bbbbbbbbbbbb" in p for p in verify(a).problems)
    assert any("调换" in p for p in verify(b).problems)


def test_a_run_in_another_month(tmp_path):
    folder = published(tmp_path / "runs", "aaaaaaaaaaaa").folder
    other = tmp_path / "runs" / "2024-09" / folder.name
    other.parent.mkdir()
    folder.rename(other)
    assert any("属于 2024-10" in p for p in verify(other).problems)


def test_the_history_gone(published_demo):
    path = history_of(published_demo)
    with instead(path, None):
        cut, missing = verify(published_demo).problems
        assert "末尾被截断" in cut
        assert "--history" in missing


def test_a_draft_verifies_and_says_that_it_is_one(tmp_path):
    folder = small_run(tmp_path / "runs", "aaaaaaaaaaaa")
    verdict = verify(folder)
    assert verdict.problems == ()
    assert "草稿" in verdict.notes[0]
    (folder / "scores.csv").write_text("x", encoding="utf-8")
    assert verify(folder).problems[0].startswith("scores.csv 被改动过")


def test_a_huge_file_is_hashed_in_pieces(tmp_path):
    folder = small_run(tmp_path / "runs", "aaaaaaaaaaaa")
    with (folder / "inputs" / "大.csv").open("wb") as stream:
        stream.truncate(64 << 20)
    found = measure(folder).files["inputs/大.csv"]
    assert found.size == 64 << 20


# ---- as the auditor types it -------------------------------------------------------------


def test_the_command(published_demo, capsys):
    assert invoke(["verify", str(published_demo)]) == 0
    assert "核对无误" in capsys.readouterr().out
    scores = published_demo / "scores.csv"
    with instead(scores, flipped(scores.read_bytes())):
        assert invoke(["verify", str(published_demo)]) == 4
        said = capsys.readouterr()
        assert "不符：scores.csv 被改动过" in said.out
        assert "1处不符" in said.err
    for name in ("run.json", MANIFEST):
        with instead(published_demo / name, None):
            assert invoke(["verify", str(published_demo)]) == 4
            assert name in capsys.readouterr().out


def test_the_auditors_own_key(published_demo, signer, tmp_path, capsys):
    good, bad = tmp_path / "good.pub", tmp_path / "bad.pub"
    good.write_bytes(public_pem(signer.public_key))
    bad.write_bytes(public_pem(CryptoSigner.generate_ed25519().public_key))
    assert invoke(["verify", str(published_demo), "--key", str(good)]) == 0
    assert invoke(["verify", str(published_demo), "--key", str(bad)]) == 4
    assert "--key" in capsys.readouterr().out
    assert invoke(["verify", str(published_demo), "--key", str(tmp_path / "没有.pub")]) == 2
    assert invoke(["verify", str(published_demo), "--key", str(published_demo / "run.json")]) == 2
    assert invoke(["verify", str(published_demo), "--history", str(tmp_path)]) == 2
