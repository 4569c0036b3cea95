"""A run folder that somebody handed over: whichever command reads it waits for nothing, follows
nothing and names what is wrong."""

import os

import pytest

from dalian_eval.cli import invoke
from tests.record.small import published, small_run
from tests.record.test_planted import deep
from tests.record.test_tampering import instead

A, B = "aaaaaaaaaaaa", "bbbbbbbbbbbb"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and devices as POSIX has them")

READERS = {
    "diff from": ["diff", A, B],
    "diff to": ["diff", B, A],
    "pack": ["pack", A],
    "pack of one": ["pack", A, "--unit", "D01", "--to", "那里"],
    "explain": ["explain", A, "--of", "D01"],
    "explain as page": ["explain", A, "--of", "D01", "--html", "页.html"],
    "sensitivity": ["sensitivity", A],
    "reproduce": ["reproduce", A],  # reads run.json first, and this one holds no settings
    "verify": ["verify", A],
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small_run(tmp_path / "runs", B)
    return published(tmp_path / "runs", A).folder


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize("kind", ["pipe", "device", "deep"])
@pytest.mark.parametrize("name", ["run.json", "scores.csv", "statements/unit-D01.html"])
def test_every_reader_of_a_run_refuses_what_is_no_file(folder, name, kind, reader, capsys):
    path = folder / name
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(b"[" * 200_000)
    code = invoke(reader)
    said = capsys.readouterr()
    assert code in (2, 4), said
    assert "未预料" not in said.err
    # Who compares the second of two runs may have refused the first before.
    if kind != "deep" and reader != READERS["diff to"]:
        assert name in said.out + said.err or "run.json" in said.err, said


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_every_reader_of_a_run_answers_folders_without_end(folder, reader, capsys):
    deep(folder, "d")
    try:
        code = invoke(reader)
    finally:
        os.system(f"rm -rf '{folder / 'd'}'")  # noqa: S605 (rmtree would not come to an end)
    said = capsys.readouterr()
    assert code in (2, 4), said
    assert "未预料" not in said.err
    if reader not in (READERS["diff to"], READERS["reproduce"]):
        assert "套得太深" in said.out + said.err, said


@pytest.mark.parametrize("public", [A, B])
def test_a_public_edition_is_not_compared(folder, public, capsys):
    """It holds no inputs: said so, whichever of the two it is."""
    for run_id, place in ((A, folder), (B, folder.with_name(B))):
        text = place / "run.json"
        content = text.read_text(encoding="utf-8")
        if run_id == public:
            edition = '{"edition": "public",' + content.lstrip()[1:]
            text.unlink()
            text.write_text(edition, encoding="utf-8")
    assert invoke(["diff", public, A if public == B else B]) == 2
    assert "公开版，不含报送数据，不能比较" in capsys.readouterr().err


@pytest.mark.parametrize("data", [b"[]", b"{}", b"null", b"[" * 200_000])
@pytest.mark.parametrize(
    ("name", "command", "code"),
    [("certificate.json", "sensitivity", 2), ("manifest.json", "pack", 4)],
)
def test_a_damaged_part_of_a_whole_run_is_named(
    published_demo, tmp_path, name, command, code, data, capsys
):
    with instead(published_demo / name, data):
        options = ["--unit", "D01", "--to", str(tmp_path)] if command == "pack" else []
        assert invoke([command, str(published_demo), *options]) == code
    assert name in capsys.readouterr().err
