"""Folders and files that somebody planted where a command works: nothing is followed, nothing ends
in an error nobody foresaw."""

import os
from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import is_inside, read_json, write_json
from dalian_eval.base.removal import remove
from dalian_eval.base.result_folder import put_instead
from dalian_eval.base.scratch_folder import scratch
from dalian_eval.base.yaml_faults import read_yaml
from dalian_eval.cli import invoke
from dalian_eval.intake.pieces import Pieces
from dalian_eval.intake.tables.headers import load_headers
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.stages.inputs_identity import previous_files
from dalian_eval.stages.parameters import load_params
from tests.record.small import published, small_run

A, B = "aaaaaaaaaaaa", "bbbbbbbbbbbb"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and folders as POSIX has them")


def plant(place: Path, kind: str, outside: Path) -> None:
    """Put something where it does not belong; `outside` is what must not be touched."""
    outside.mkdir(exist_ok=True)
    (outside / "别人的.txt").write_text("别人的", encoding="utf-8")
    place.parent.mkdir(parents=True, exist_ok=True)
    if kind == "link":
        place.symlink_to(outside)
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "file":
        place.touch()
    else:
        place.mkdir()
        (place / "链接").symlink_to(outside)
        deep(place, "深" * 80 if kind == "long" else "d")


def deep(folder: Path, name: str, levels: int = 1200) -> None:
    here = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=here)
        inside = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inside
    os.close(here)


@pytest.fixture
def outside(tmp_path):
    """A folder that nothing here may touch; what was planted goes whatever a test did."""
    folder = tmp_path / "别处"
    yield folder
    assert (folder / "别人的.txt").read_text(encoding="utf-8") == "别人的"
    for place in ("runs", "data", "那里"):
        os.system(f"rm -rf '{tmp_path / place}'")  # noqa: S605 (rmtree would not come to an end)


KINDS = ("link", "pipe", "file", "deep", "long")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_planted_is_removed_and_not_followed(tmp_path, outside, kind):
    place = tmp_path / "那里"
    plant(place, kind, outside)
    remove(place)
    assert not os.path.lexists(place)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [".publishing-", ".replaced-"])
def test_publishing_beside_what_is_planted(tmp_path, outside, name, kind, capsys):
    runs = tmp_path / "runs"
    folder = small_run(runs, A)
    plant(folder.with_name(name + A), kind, outside)
    assert invoke(["publish", str(folder), "--yes"]) == 0, capsys.readouterr().err
    assert sorted(p.name for p in folder.parent.iterdir()) == [A]
    assert not folder.is_symlink()
    assert invoke(["verify", str(folder)]) == 0


def test_a_link_is_no_draft_that_was_taken_away(tmp_path, outside, capsys):
    runs = tmp_path / "runs"
    kept = published(runs, B).folder
    plant(kept.with_name(f".replaced-{A}"), "link", outside)
    for command in ("verify", "publish"):
        assert invoke([command, str(kept.with_name(A))]) == 2
        assert "找不到运行记录" in capsys.readouterr().err
    assert kept.with_name(f".replaced-{A}").is_symlink()


def test_a_link_is_not_taken_for_the_folder_that_was_being_published(tmp_path, outside):
    """Published elsewhere, byte for byte: what would take the draft's place is a link."""
    runs = tmp_path / "runs"
    folder = small_run(runs, A)
    published(tmp_path / "那里", A)
    (tmp_path / "那里" / "history.jsonl").rename(runs / "history.jsonl")
    plant(tmp_path / "x", "file", outside)
    folder.with_name(f".publishing-{A}").symlink_to(tmp_path / "那里" / "2024-10" / A)
    assert invoke(["publish", str(folder), "--yes"]) == 0
    assert not folder.is_symlink()
    assert invoke(["verify", str(folder)]) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_planted_among_the_processed(tmp_path, outside, kind):
    processed = tmp_path / "data" / "processed"
    for name in (".replacing-x", A, "pieces/.building-x", "pieces/y"):
        plant(processed / name, kind, outside)
    os.utime(processed / "pieces" / ".building-x", (0, 0), follow_symlinks=False)
    with scratch(tmp_path / "runs", "building") as building:
        (building / "新").mkdir()
        (building / "新" / "表").touch()
        put_instead(building / "新", processed / A)
    assert [p.name for p in (processed / A).iterdir()] == ["表"]
    Pieces(processed / "pieces").sweep(kept_bytes=0)
    assert not list(processed.glob(".replacing-*"))


def test_pieces_that_are_pipes_are_no_pieces(tmp_path, outside):
    plant(tmp_path / "data" / "pieces" / "key" / "manifest.json", "pipe", outside)
    assert Pieces(tmp_path / "data" / "pieces").find("key") is None


# ---- previous/ -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", [["verify"], ["reproduce"], ["explain", "--of", "D01"]])
def test_a_previous_run_that_is_planted(tmp_path, outside, kind, command, capsys):
    folder = published(tmp_path / "runs", A).folder
    plant(folder / "previous", kind, outside)
    assert invoke([command[0], str(folder), *command[1:]]) in (2, 4)
    said = capsys.readouterr()
    assert "未预料" not in said.err
    if command == ["verify"]:
        assert "previous" in said.out


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "..\\x", "C:x", ""])
def test_a_previous_run_names_no_file_elsewhere(tmp_path, name):
    """Its run.json says what is copied with it, and where to: both stay within their folders."""
    assert not is_inside(name)
    folder = small_run(tmp_path / "runs", A)
    meta = read_json(folder / "run.json")
    named = {"params": {"rubric": "r.yaml", "headers": "h.yaml"}, "files": {name: "0" * 64}}
    write_json(meta | named, folder / "run.json")
    with pytest.raises(UsageError, match="读不了上次运行"):
        previous_files(folder)
    named = {"params": {"rubric": name, "headers": "h.yaml"}, "files": {}}
    write_json(meta | named, folder / "run.json")
    with pytest.raises(UsageError, match="读不了上次运行"):
        previous_files(folder)


# ---- settings without end ------------------------------------------------------------------

ENDLESS = {
    "lists": "键: " + "[" * 20_000 + "]" * 20_000,
    "mappings": "键: " + "{a: " * 20_000 + "1" + "}" * 20_000,
    "blocks": "\n".join(" " * i + "a:" for i in range(1, 1500)),
    "some": "键: " + "[" * 150 + "]" * 150,
    "again": "\n".join(
        ["a0: &a0 [1, 1]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60)]
    ),
    "control": "键: \x01",
    "a list in itself": "键: &a [*a]",
    "a mapping in itself": "键: &a {b: *a}",
    "a block in itself": "键: &a\n  b:\n    - *a",
    "merged with itself": "键: &a\n  <<: *a",
    "a key in itself": "? &a [*a]\n: 1",
    "a set": "键: &a !!set {x, *a }",
    "a name twice": "键: &a [1]\n键二: &a [*a]",
    "tag": "键: !!python/object/apply:os.system [id]",
    "no such date": "键: 2024-13-45",
    "number": "键: " + "9" * 10_000,
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
@pytest.mark.parametrize(
    "load", [read_yaml, load_params, lambda p: load_rubric(p, {}), load_headers]
)
def test_settings_nested_without_end_are_answered(tmp_path, load, text):
    path = tmp_path / "2024.yaml"
    path.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"2024\.yaml"):
        load(path)


OWN_PARAMS = Path(__file__).parents[2] / "params"
"""The project's own files, to which a line is added."""


@pytest.mark.parametrize(
    ("file", "load"),
    [
        ("2024.yaml", load_params),
        ("rubrics/2024.yaml", lambda p: load_rubric(p, {})),
        ("headers.yaml", load_headers),
    ],
)
def test_a_part_within_itself_is_told_with_its_line(tmp_path, file, load):
    """In a file that is sound but for its last line: parameters, rubric with readings, synonyms."""
    before = (OWN_PARAMS / file).read_text(encoding="utf-8").rstrip() + "\n"
    path = tmp_path / "x.yaml"
    path.write_text(before + "键: &甲 [*甲]\n", encoding="utf-8")
    line = before.count("\n") + 1
    with pytest.raises(UsageError, match=rf"x\.yaml 第 ?{line} ?行：『\*甲』用在它自己里面"):
        load(path)
    path.write_text(before + "键: &a {<<: *a}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=rf"第 ?{line} ?行：『\*a』用在它自己里面"):
        load(path)
