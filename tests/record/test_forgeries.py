"""Forgeries of a record that was published under two keys: each is found, with exit code 4, named.

The record is made anew in seconds; a forger has the folder and the public keys, unless told.
"""

import base64
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from dalian_eval.base.files import canonical
from dalian_eval.cli import invoke
from dalian_eval.record.entries import ENTRY_TYPE
from dalian_eval.record.envelope import load_signer, public_pem, seal_envelope
from dalian_eval.record.history import HISTORY, read_history
from dalian_eval.record.keyring import KEYS
from dalian_eval.record.keys import make_key
from dalian_eval.record.manifest import MANIFEST, SIGNATURE, read_manifest
from dalian_eval.record.seal import seal
from dalian_eval.record.verify import MANIFEST_TYPE
from tests.record.small import meta_of, published, small_run

A, B, C, D, E = (letter * 12 for letter in "abcde")
"""Published: A for 2024-09, B and C for 2024-10 by the old key, D by the new one; E is a draft."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="names, links as POSIX has them")


class Record:
    """A folder `runs`, its history and the keys, to be forged."""

    def __init__(self, place: Path):
        """Take the folder that holds `runs` and `secret`."""
        self.runs = place / "runs"
        self.history = self.runs / HISTORY
        self.old = load_signer(place / "secret" / "old")
        self.new = load_signer(place / "secret" / "new")
        self.forger = CryptoSigner.generate_ed25519()

    def run(self, run_id: str) -> Path:
        """Return the place of a run."""
        return self.runs / ("2024-09" if run_id == A else "2024-10") / run_id

    def lines(self) -> list[bytes]:
        """Return the lines of the history."""
        return self.history.read_bytes().splitlines(keepends=True)

    def write_lines(self, lines: list[bytes]) -> None:
        """Write the history anew."""
        self.history.write_bytes(b"".join(lines))

    def edit(self, run_id: str, name: str = "scores.csv", data: bytes = b"x,9.0000\n") -> None:
        """Put other bytes into a file of a run."""
        path = self.run(run_id) / name
        path.unlink()
        path.write_bytes(data)

    def rebuild(self, run_id: str, signer: CryptoSigner | None = None) -> None:
        """Rebuild the manifest of a run, and sign it."""
        folder = self.run(run_id)
        manifest = read_manifest(folder)
        again = seal(folder, manifest.model_dump(), manifest.publication)
        if signer is not None:
            envelope = seal_envelope(again.to_bytes(), MANIFEST_TYPE, signer)
            (folder / SIGNATURE).write_bytes(envelope)

    def list_otherwise(self, run_id: str, change: Callable[[dict], object]) -> None:
        """Have a manifest say something else, in canonical bytes."""
        content = json.loads((self.run(run_id) / MANIFEST).read_bytes())
        change(content)
        self.edit(run_id, MANIFEST, canonical(content))

    def enter_otherwise(self, place: int, signer: CryptoSigner | None, **values: object) -> None:
        """Have an entry say something else, signed anew or under its old signature."""
        lines = self.lines()
        envelope = json.loads(lines[place])
        payload = canonical(json.loads(base64.b64decode(envelope["payload"])) | values)
        if signer is None:
            envelope["payload"] = base64.b64encode(payload).decode()
            lines[place] = (
                json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode() + b"\n"
            )
        else:
            lines[place] = seal_envelope(payload, ENTRY_TYPE, signer)
        self.write_lines(lines)

    def add_publication(self, signer: CryptoSigner, **values: object) -> None:
        """Add an entry like the last one."""
        history = read_history(self.history)
        entry = history.published[-1].model_dump(mode="json")
        entry |= {"number": len(history.lines) + 1, "previous": history.head, **values}
        line = seal_envelope(canonical(entry), ENTRY_TYPE, signer)
        self.write_lines([*self.lines(), line])


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("真")
    (place / "secret").mkdir()
    make_key(place / "secret" / "old", None, Path(), "2024-11-05")
    runs, old = place / "runs", load_signer(place / "secret" / "old")
    for run_id, month in ((A, "2024-09"), (B, "2024-10"), (C, "2024-10")):
        published(runs, run_id, month, signer=old)
    make_key(place / "secret" / "new", old, runs / HISTORY, "2024-11-05")
    published(runs, D, signer=load_signer(place / "secret" / "new"))
    small_run(runs, E)
    return place


@pytest.fixture
def record(genuine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Record:
    shutil.copytree(genuine, tmp_path / "x")
    monkeypatch.chdir(tmp_path / "x")
    return Record(tmp_path / "x")


def publish_next() -> int:
    return invoke(["publish", f"runs/2024-10/{E}", "--key", "secret/new", "--by", "张三"])


def test_the_genuine_record_is_in_order(record, capsys):
    for run_id in (A, B, C, D):
        assert invoke(["verify", str(record.run(run_id)), "--key", "secret/old.pub"]) == 0
    assert invoke(["history", "--key", "secret/old.pub"]) == 0
    assert publish_next() == 0
    assert f"第6号，2024-10，记录 {E}" in capsys.readouterr().out


# ---- runs ----------------------------------------------------------------------------------


def change_files(r: Record, change: Callable[[dict], object]) -> None:
    r.list_otherwise(B, lambda content: change(content["files"]))


def put_instead(r: Record, run_id: str = B) -> Path:
    """A draft with other scores in the place of B."""
    shutil.rmtree(r.run(B))
    folder = small_run(r.runs, run_id)
    (folder / "scores.csv").write_bytes(b"x,9.0000\n")
    seal(folder, meta_of(run_id, "2024-10"))
    return folder.rename(r.run(B))


def exchange(r: Record) -> None:
    r.run(B).rename(r.runs / "x")
    r.run(C).rename(r.run(B))
    (r.runs / "x").rename(r.run(C))


def link_away(r: Record, name: str) -> None:
    place = r.run(B) / name
    place.rename(r.runs / "别处")
    place.symlink_to(r.runs / "别处")


def empty(r: Record) -> None:
    shutil.rmtree(r.run(B))
    r.run(B).mkdir()


def copied(r: Record, *names: str) -> None:
    for name in names:
        shutil.copyfile(r.run(C) / name, r.run(B) / name)


def renamed(r: Record, name: str, other: str) -> None:
    (r.run(B) / name).rename(r.run(B) / other)


RUNS: dict[str, Callable[[Record], object]] = {
    "scores": lambda r: r.edit(B),
    "scores and manifest": lambda r: (r.edit(B), r.rebuild(B)),
    "signed by a stranger": lambda r: (r.edit(B), r.rebuild(B, r.forger)),
    "signed by the key that came after": lambda r: (r.edit(B), r.rebuild(B, r.new)),
    "signed by its own key, later": lambda r: (r.edit(B), r.rebuild(B, r.old)),
    "line ends": lambda r: r.edit(B, "scores.csv", f"{B},1.0000\r\n".encode()),
    "signature of another run": lambda r: copied(r, SIGNATURE),
    "manifest and signature of another run": lambda r: copied(r, MANIFEST, SIGNATURE),
    "an entry of the history as signature": lambda r: r.edit(B, SIGNATURE, r.lines()[1]),
    "swapped": exchange,
    "a copy of another run": lambda r: (
        shutil.rmtree(r.run(B)),
        shutil.copytree(r.run(C), r.run(B)),
    ),
    "a letter that looks alike": lambda r: renamed(r, "scores.csv", "sсores.csv"),
    "full width": lambda r: renamed(r, "scores.csv", "scores．csv"),
    "a blank at the end": lambda r: renamed(r, "scores.csv", "scores.csv "),
    "case": lambda r: renamed(r, "index.html", "INDEX.html"),
    "case of a folder": lambda r: renamed(r, "statements", "Statements"),
    "a twin but for case": lambda r: (r.run(B) / "Scores.csv").write_bytes(b"x"),
    "a stream's name": lambda r: (r.run(B) / "scores.csv:x").write_bytes(b"x"),
    "a second manifest": lambda r: (r.run(B) / "statements" / MANIFEST).write_bytes(b"{}"),
    "a second name": lambda r: os.link(r.run(B) / "scores.csv", r.run(B) / "scores2.csv"),
    "linked scores": lambda r: link_away(r, "scores.csv"),
    "linked folder": lambda r: link_away(r, "statements"),
    "linked run": lambda r: (shutil.rmtree(r.run(B)), r.run(B).symlink_to(C)),
    "a way out": lambda r: change_files(
        r, lambda files: files.update({"../x": {"sha256": "0" * 64, "size": 1}})
    ),
    "an absolute way": lambda r: change_files(
        r, lambda files: files.update({"/etc/passwd": {"sha256": "0" * 64, "size": 1}})
    ),
    "a way round": lambda r: change_files(
        r, lambda files: files.update({"statements/../scores.csv": files.pop("scores.csv")})
    ),
    "lists itself": lambda r: change_files(
        r, lambda files: files.update({MANIFEST: {"sha256": "0" * 64, "size": 1}})
    ),
    "another number": lambda r: r.list_otherwise(B, lambda m: m["publication"].update(number=3)),
    "a number to come": lambda r: r.list_otherwise(B, lambda m: m["publication"].update(number=6)),
    "a draft's manifest": lambda r: r.list_otherwise(B, lambda m: m.update(publication=None)),
    "a byte order mark": lambda r: r.edit(
        B, MANIFEST, b"\xef\xbb\xbf" + (r.run(B) / MANIFEST).read_bytes()
    ),
    "no manifest": lambda r: (r.run(B) / MANIFEST).unlink(),
    "no signature": lambda r: (r.run(B) / SIGNATURE).unlink(),
    "a draft with its id": put_instead,
    "a draft with an id of another shape": lambda r: put_instead(r, "换"),
    "emptied": empty,
    "a file in its place": lambda r: (shutil.rmtree(r.run(B)), r.run(B).write_bytes(b"x")),
    "in another month": lambda r: r.run(B).rename(r.runs / "2024-09" / B),
}


@pytest.mark.parametrize("forge", RUNS.values(), ids=RUNS)
def test_a_forged_run_is_found(record, forge, capsys):
    """By `verify`, with a key and without, and by `publish` of another run, which adds nothing."""
    forge(record)
    for options in ([], ["--key", "secret/old.pub"]):
        assert invoke(["verify", str(record.run(B)), *options]) == 4
        said = capsys.readouterr()
        assert B in said.out + said.err
    before = record.history.read_bytes()
    assert publish_next() == 4
    assert B in capsys.readouterr().err
    assert record.history.read_bytes() == before


@pytest.mark.parametrize("name", ["备份", B.upper(), B[:-1] + "Ь"])
def test_a_forged_copy_beside_is_found(record, name, capsys):
    """A folder nobody published, with a published run's number, stops the next publication."""
    copy = record.runs / "2024-10" / name
    shutil.copytree(record.run(B), copy)
    (copy / "scores.csv").unlink()
    (copy / "scores.csv").write_bytes(b"x,9.0000\n")
    manifest = read_manifest(copy)
    run_id = manifest.run_id if name == "备份" else name
    seal(copy, manifest.model_dump() | {"run_id": run_id}, manifest.publication)
    assert invoke(["history"]) == 4
    assert invoke(["verify", str(copy)]) == 4
    capsys.readouterr()
    assert publish_next() == 4
    assert name in capsys.readouterr().err


def test_a_run_that_is_not_there_is_told(record, capsys):
    shutil.rmtree(record.run(B))
    assert invoke(["verify", B]) == 4
    assert invoke(["verify", str(record.run(B))]) == 4
    assert "应是第2号发布的记录" in capsys.readouterr().err
    assert invoke(["history"]) == 0
    assert f"第2号的记录 {B} 不在" in capsys.readouterr().out
    assert publish_next() == 0
    assert "第2号的记录不在" in capsys.readouterr().out


def test_a_key_is_not_handed_over_beside_a_forged_run(record, capsys):
    record.edit(B)
    options = ["--replaces", "secret/new", "--history", str(record.history)]
    assert invoke(["keygen", "--to", str(record.runs.parent / "secret" / "x"), *options]) == 4
    assert str(record.run(B)) in capsys.readouterr().err
    assert not (record.runs.parent / "secret" / "x").exists()


# ---- history -------------------------------------------------------------------------------


def without(r: Record, *places: int) -> None:
    r.write_lines([line for place, line in enumerate(r.lines()) if place not in places])


def with_bytes(r: Record, change: Callable[[bytes], bytes]) -> None:
    r.history.write_bytes(change(r.history.read_bytes()))


def sign_otherwise(r: Record, change: Callable[[list], list]) -> None:
    lines = r.lines()
    envelope = json.loads(lines[4])
    envelope["signatures"] = change(envelope["signatures"])
    lines[4] = json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    r.write_lines(lines)


def same_value_written_otherwise(signatures: list) -> list:
    """The signature's second half plus the order of the group: the same to a lax check."""
    raw = base64.b64decode(signatures[0]["sig"])
    order = 2**252 + 27742317777372353535851937790883648493
    half = (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    return [signatures[0] | {"sig": base64.b64encode(raw[:32] + half).decode()}]


HISTORIES: dict[str, Callable[[Record], object]] = {
    "end cut off": lambda r: without(r, 4),
    "cut off before the hand-over": lambda r: without(r, 3, 4),
    "emptied": lambda r: r.write_lines([]),
    "deleted": lambda r: r.history.unlink(),
    "first gone": lambda r: without(r, 0),
    "one gone": lambda r: without(r, 1),
    "hand-over gone": lambda r: without(r, 3),
    "reordered": lambda r: r.write_lines([r.lines()[place] for place in (0, 2, 1, 3, 4)]),
    "reversed": lambda r: r.write_lines(r.lines()[::-1]),
    "last twice": lambda r: r.write_lines([*r.lines(), r.lines()[-1]]),
    "an older genuine entry again": lambda r: r.write_lines([*r.lines(), r.lines()[1]]),
    "the hand-over again": lambda r: r.write_lines([*r.lines(), r.lines()[3]]),
    "line ends": lambda r: with_bytes(r, lambda data: data.replace(b"\n", b"\r\n")),
    "line ends of old": lambda r: with_bytes(r, lambda data: data.replace(b"\n", b"\r")),
    "byte order mark": lambda r: with_bytes(r, lambda data: b"\xef\xbb\xbf" + data),
    "no last line end": lambda r: with_bytes(r, bytes.rstrip),
    "an empty line": lambda r: with_bytes(r, lambda data: data + b"\n"),
    "another encoding": lambda r: with_bytes(r, lambda data: data.decode().encode("utf-16")),
    "blanks": lambda r: with_bytes(r, lambda data: data.replace(b'","', b'", "')),
    "date": lambda r: r.enter_otherwise(4, None, date="2020-01-01"),
    "date, by a stranger": lambda r: r.enter_otherwise(4, r.forger, date="2020-01-01"),
    "date, by the old key": lambda r: r.enter_otherwise(4, r.old, date="2020-01-01"),
    "a way out": lambda r: r.enter_otherwise(4, r.new, month="../x"),
    "number as text": lambda r: r.enter_otherwise(4, r.new, number="5"),
    "not signed": lambda r: sign_otherwise(r, lambda _: []),
    "signed twice": lambda r: sign_otherwise(r, lambda signatures: signatures * 2),
    "signature written otherwise": lambda r: sign_otherwise(r, same_value_written_otherwise),
    "a run once more, by the genuine key": lambda r: r.add_publication(r.new),
    "supersedes nothing": lambda r: r.enter_otherwise(4, r.new, supersedes=None),
    "supersedes another": lambda r: r.enter_otherwise(4, r.new, supersedes=1),
    "the old key goes on": lambda r: r.add_publication(r.old, keyid=r.old.public_key.keyid),
    "another key under a key's name": lambda r: (
        r.runs / KEYS / f"{r.new.public_key.keyid}.pub"
    ).write_bytes(public_pem(r.forger.public_key)),
}


@pytest.mark.parametrize("forge", HISTORIES.values(), ids=HISTORIES)
def test_a_forged_history_is_found(record, forge, capsys):
    """By `history`, with a key and without, and by `publish`, which adds nothing to it."""
    forge(record)
    for options in ([], ["--key", "secret/old.pub"]):
        assert invoke(["history", *options]) in ((2, 4) if not record.history.exists() else (4,))
    capsys.readouterr()
    before = record.history.read_bytes() if record.history.exists() else None
    assert publish_next() == 4
    assert "history.jsonl" in capsys.readouterr().err
    assert (record.history.read_bytes() if record.history.exists() else None) == before
