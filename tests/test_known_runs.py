"""A run asked for again is answered from its record; whatever changed is seen."""

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from dalian_eval.base.errors import DifferenceError
from dalian_eval.base.known_hashes import KnownHashes, from_json, is_settled, stamp_of
from dalian_eval.cli import invoke
from dalian_eval.jobs.runs import known_runs
from dalian_eval.jobs.runs.known_runs import asked_for, known_record, made_here, made_with
from dalian_eval.jobs.runs.record_there import is_right
from dalian_eval.record.environment import NOTEBOOKS
from dalian_eval.record.manifest import MANIFEST
from dalian_eval.record.seal import seal

ROOT = Path(__file__).parents[1]
MONTH = "2024-10"


class ComputedError(Exception):
    """Raised where a run would have begun to compute."""


@pytest.fixture(autouse=True)
def _nothing_is_computed(monkeypatch):
    def computing(*_, **__):
        raise ComputedError

    monkeypatch.setattr("dalian_eval.jobs.run._evaluate", computing)
    monkeypatch.chdir(ROOT)


def options(raw: Path, out: Path) -> list[str]:
    return ["run", "--month", MONTH, "--raw", str(raw), "--out", str(out)]


@pytest.fixture
def copy(demo_run, tmp_path) -> Path:
    """The demo's record in another place."""
    place = tmp_path / "runs" / MONTH / demo_run.name
    shutil.copytree(demo_run, place)
    return place


@pytest.fixture(scope="module")
def there(demo_run, tmp_path_factory):
    """The demo's raw files and record in places of their own, asked for once: what is asked."""
    place = tmp_path_factory.mktemp("again")
    shutil.copytree(ROOT / "data/demo", place / "raw")
    shutil.copytree(demo_run, place / "runs" / MONTH / demo_run.name)
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        assert invoke(options(place / "raw", place / "runs")) == 0
    finally:
        os.chdir(before)
    asked = asked_for(
        root=ROOT,
        month=MONTH,
        raw=place / "raw",
        params=None,
        readings={},
        out=place / "runs",
        as_of="",
        edition="internal",
        key="",
        previous="",
    )
    assert asked is not None
    return asked


def test_an_unchanged_run_is_answered_from_its_record(there, demo_run, capsys):
    assert known_record(there) == Path(there.out) / MONTH / demo_run.name
    assert invoke(options(Path(there.raw), Path(there.out))) == 0
    said = capsys.readouterr().out
    assert said.startswith("记录已在，核对无误：")
    assert str(Path(there.out) / MONTH / demo_run.name) in said


def test_again_computes(there, capsys):
    assert invoke([*options(Path(there.raw), Path(there.out)), "--again"]) == 1
    assert "核对无误" not in capsys.readouterr().out


def test_a_raw_file_that_was_only_copied_anew_is_read_and_found_the_same(there):
    path = Path(there.raw) / "单位.csv"
    path = path if path.exists() else next(p for p in Path(there.raw).rglob("*") if p.is_file())
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert known_record(there) is not None


def test_a_raw_file_changed_behind_its_time_stamp_is_seen(there):
    path = next(p for p in sorted(Path(there.raw).rglob("*")) if p.is_file())
    data, told = path.read_bytes(), path.stat()
    assert known_record(there) is not None
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert known_record(there) is None
    path.write_bytes(data)
    assert known_record(there) is not None


def test_a_raw_file_more_is_seen(there):
    more = Path(there.raw) / "~$打开着.xlsx"
    more.write_bytes(b"")
    assert known_record(there) is not None
    more = more.rename(more.with_name("又一张.csv"))
    assert known_record(there) is None
    more.unlink()
    assert known_record(there) is not None


def test_another_program_is_seen(there, monkeypatch):
    assert known_record(there) is not None
    monkeypatch.setattr(known_runs, "code_hash", lambda *_: "another")
    assert known_record(there) is None


def test_an_earlier_run_that_came_since_is_seen(there):
    earlier = Path(there.out) / "2024-09" / "bbbbbbbbbbbb"
    earlier.mkdir(parents=True)
    (earlier / "run.json").write_text("{}")
    assert known_record(there) is None
    shutil.rmtree(earlier.parent)
    assert known_record(there) is not None


def test_a_record_that_was_changed_is_told_at_once(copy, capsys):
    changed = copy / "scores.csv"
    changed.write_bytes(changed.read_bytes() + b"x\n")
    before = changed.read_bytes()
    assert invoke(options(Path("data/demo"), copy.parents[1])) == 4
    said = capsys.readouterr()
    assert "核对无误" not in said.out
    assert "scores.csv 被改动过" in said.err
    assert "移走再运行" in said.err
    assert changed.read_bytes() == before


def test_a_record_without_its_manifest_is_told_at_once(copy, capsys):
    (copy / MANIFEST).unlink()
    assert invoke(options(Path("data/demo"), copy.parents[1])) == 4
    assert "移走再运行" in capsys.readouterr().err


def test_a_record_changed_along_with_its_manifest_is_computed_again(copy):
    meta = json.loads((copy / "run.json").read_bytes())
    (copy / "scores.csv").write_bytes((copy / "scores.csv").read_bytes() + b"x\n")
    seal(copy, meta)
    told: list[str] = []
    assert not is_right(copy, ROOT, copy.name, told.append)
    assert "与上次算出的不同" in told[0]


def test_a_record_of_another_program_is_computed_again(copy, monkeypatch):
    told: list[str] = []
    assert is_right(copy, ROOT, copy.name, told.append)
    now = made_with(ROOT)
    assert now["locked"]
    assert made_here(ROOT, copy.name)
    monkeypatch.setattr(known_runs, "made_with", lambda _: now | {"package": "another"})
    assert not is_right(copy, ROOT, copy.name, told.append)
    assert "不是现在的程序" in told[0]


def test_without_a_lock_every_library_counts(tmp_path):
    (tmp_path / NOTEBOOKS).mkdir()
    assert "libraries" in made_with(tmp_path)
    assert "libraries" not in made_with(ROOT)


def test_a_published_record_is_right_as_long_as_the_history_agrees(copy):
    assert invoke(["publish", str(copy), "--yes"]) == 0
    told: list[str] = []
    assert is_right(copy, ROOT, copy.name, told.append)
    history = copy.parents[1] / "history.jsonl"
    history.write_bytes(b"")
    assert not is_right(copy, ROOT, copy.name, told.append)
    assert "重新计算" in told[0]


def test_nothing_there_is_not_right(tmp_path):
    assert not is_right(tmp_path / "x", ROOT, "x", pytest.fail)
    (tmp_path / "x").mkdir()
    assert not is_right(tmp_path / "x", ROOT, "x", pytest.fail)
    (tmp_path / "x" / "a").touch()
    with pytest.raises(DifferenceError):
        is_right(tmp_path / "x", ROOT, "x", pytest.fail)


def test_a_hash_taken_in_the_moment_of_writing_is_not_kept(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"1")
    known = KnownHashes()
    first = known.sha256_of(path)
    assert known.known == {}
    # Written again within the time that the file system can tell apart.
    stamp = stamp_of(path)
    assert not is_settled(stamp, time.time_ns())
    assert is_settled(stamp, stamp[2] + 3_000_000_000)
    later = KnownHashes(from_json({str(path): [list(stamp), first]}))
    assert later.sha256_of(path) == first
    assert later.read == 0
    path.write_bytes(b"2")
    assert later.sha256_of(path) != first


def test_what_is_no_note_is_no_answer(there):
    data = there.note.read_bytes()
    for wrong in (b"", b"{}", b"[]", b'{"known": []}', b"\xff"):
        there.note.write_bytes(wrong)
        assert known_record(there) is None
    there.note.write_bytes(data)
