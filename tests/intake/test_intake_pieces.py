"""Unchanged input is not read twice, and the kept pieces are never believed unseen."""

import logging
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dalian_eval.intake import clean, pieces
from dalian_eval.intake.base import workers
from dalian_eval.intake.pieces import Pieces

HEADER = ["记录编号", "单位编码", "检查人员", "检查时间", "上传时间", "有效", "检查对象"]


def month(office, name, first=0, rows=50, target="甲厂"):
    office.csv(
        f"检查记录_{name}.csv",
        HEADER,
        *(
            [f"R{n:04d}", "D01", "06120001", "2024-03-05 10:00:00", "2024-03-05", "是", target]
            for n in range(first, first + rows)
        ),
    )


@pytest.fixture
def county(office):
    """An office with three months, and where its pieces are kept."""
    office.people()
    for number in range(3):
        month(office, f"2024{number + 1:02d}", 40 * number)
    office.pieces = office.raw.with_name("pieces")
    return office


def run(office, name="out", **options):
    """Clean, and return the files that were read and the bytes that were written."""
    out = office.raw.with_name(name)
    shutil.rmtree(out, ignore_errors=True)
    logger, read = logging.getLogger("dalian_eval.intake.clean"), []
    handler = logging.Handler()
    handler.emit = lambda record: read.append(record.args[0])
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        options = {"pieces": office.pieces} | options
        clean(office.raw, out, headers=office.headers, **options)
    finally:
        logger.removeHandler(handler)
    return read, {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def parts(office):
    """Every file of the pieces but the manifests, with its identity on disk and its time."""
    found = [path for path in office.pieces.rglob("*") if path.is_file()]
    return {
        path: (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes())
        for path in found
        if path.name != "manifest.json"
    }


def test_only_the_new_month_is_read(county):
    first, _ = run(county)
    assert len(first) == 6
    before = parts(county)
    # The old files cannot even be read: only their hashes count.
    month(county, "202404", 100)
    again, with_pieces = run(county)
    assert again == ["检查记录_202404.csv"]
    after = parts(county)
    assert before.items() <= after.items()
    assert len({path.parent for path in after}) == len({path.parent for path in before}) + 1
    unread, without_pieces = run(county, pieces=None)
    assert len(unread) == 7
    assert with_pieces == without_pieces
    assert run(county)[0] == []


@pytest.mark.parametrize(
    ("change", "read"),
    [
        (lambda o: month(o, "202402", 40, target="乙厂"), ["检查记录_202402.csv"]),
        (
            lambda o: (o.raw / "检查记录_202402.csv").rename(o.raw / "检查记录_202405.csv"),
            ["检查记录_202405.csv"],
        ),
    ],
    ids=["content", "name"],
)
def test_what_reading_depends_on_is_read_anew(county, change, read):
    run(county)
    change(county)
    assert run(county)[0] == read


def test_other_synonyms_and_limits_read_anew(county):
    run(county)
    assert len(run(county, limits=type(county.limits)(rows=1000))[0]) == 6
    more = county.raw.with_name("headers.yaml")
    words = county.headers.read_text("utf-8")
    more.write_text(words.replace("检查对象: [", "检查对象: [全称, "), "utf-8")
    county.headers = more
    assert len(run(county)[0]) == 6


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("harm", ["flipped", "cut", "gone", "manifest", "foreign", "file"])
def test_a_damaged_entry_is_ignored_and_written_again(county, harm):
    _, wanted = run(county)
    entries = sorted(path for path in county.pieces.iterdir())
    entry = next(e for e in entries if '"inspections"' in (e / "manifest.json").read_text("utf-8"))
    part = next(entry.glob("*.parquet"))
    if harm == "flipped":
        flip(part)
    elif harm == "cut":
        part.write_bytes(part.read_bytes()[:-10])
    elif harm == "gone":
        part.unlink()
    elif harm == "manifest":
        flip(entry / "manifest.json")
    elif harm == "foreign":
        other = next(e for e in entries if e != entry)
        shutil.rmtree(entry)
        shutil.copytree(other, entry)
    else:
        shutil.rmtree(entry)
        entry.write_text("x", encoding="utf-8")
    read, found = run(county)
    assert len(read) == 1
    assert found == wanted
    assert run(county)[0] == []


def _clean(raw, out, headers, pieces):
    clean(raw, out, headers=headers, pieces=pieces)


def test_two_at_once_do_no_harm(county):
    context = multiprocessing.get_context("spawn")
    outs = [county.raw.with_name(f"out{n}") for n in range(2)]
    both = [
        context.Process(target=_clean, args=(county.raw, out, county.headers, county.pieces))
        for out in outs
    ]
    for process in both:
        process.start()
    for process in both:
        process.join()
        assert process.exitcode == 0
    one, other = ({p.name: p.read_bytes() for p in out.iterdir()} for out in outs)
    assert one == other == run(county)[1]
    assert not [p for p in county.pieces.iterdir() if p.name.startswith(".")]


def test_more_processes_give_the_same_bytes(county, monkeypatch):
    _, alone = run(county, pieces=None, workers=1)
    monkeypatch.setattr(workers, "_WORTH", 0)
    _, together = run(county, pieces=None, workers=2)
    assert alone == together


def test_nothing_is_left_that_looks_whole_when_it_is_killed(county):
    for number in range(4, 8):
        month(county, f"2024{number:02d}", rows=60_000)
    out = county.raw.with_name("out")
    code = (
        "import sys; from pathlib import Path; from dalian_eval.intake import clean\n"
        "raw, out, headers, pieces = map(Path, sys.argv[1:])\n"
        "clean(raw, out, headers=headers, pieces=pieces, workers=1)"
    )
    command = [sys.executable, "-c", code, county.raw, out, county.headers, county.pieces]
    process = subprocess.Popen([str(part) for part in command])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not len(list(county.pieces.glob("[!.]*"))) >= 4:
        time.sleep(0.005)
    process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()
    assert not out.exists()
    read, found = run(county)
    assert 0 < len(read) < 10
    assert found == run(county, pieces=None)[1]


def test_entries_longest_unused_go_first_and_recent_ones_stay(county):
    run(county)
    kept = Pieces(county.pieces)
    entries = sorted(county.pieces.iterdir())
    long_ago = time.time() - 10 * 86_400
    os.utime(entries[0] / "manifest.json", (long_ago, long_ago))
    left = county.pieces / ".building-dead"
    left.mkdir()
    os.utime(left, (long_ago, long_ago))
    kept.sweep()
    assert sorted(county.pieces.iterdir()) == entries
    kept.sweep(kept_bytes=1)
    assert sorted(county.pieces.iterdir()) == entries[1:]


def test_out_is_there_only_when_all_is_done(county):
    run(county)
    beside = [path.name for path in county.raw.parent.iterdir()]
    assert not [name for name in beside if name.startswith(".intake")]
    assert Path(county.raw.with_name("out") / "sources.csv").exists()


def test_other_code_in_a_sub_room_is_other_reading(tmp_path: Path) -> None:
    package = tmp_path / "package"
    shutil.copytree(Path(pieces.__file__).parents[1], package)
    before = pieces.code_hash(package)
    assert before == pieces.code_hash(Path(pieces.__file__).parents[1])
    for module in ("intake/cells/parse.py", "intake/files/blocks.py", "schema/model.py"):
        changed = package / module
        changed.write_bytes(changed.read_bytes() + b"\n")
        after = pieces.code_hash(package)
        assert after != before, module
        before = after


def test_a_module_that_moves_is_other_code(tmp_path: Path) -> None:
    package = tmp_path / "package"
    shutil.copytree(Path(pieces.__file__).parents[1], package)
    before = pieces.code_hash(package)
    (package / "intake/cells/dates.py").rename(package / "intake/tables/dates.py")
    assert pieces.code_hash(package) != before
