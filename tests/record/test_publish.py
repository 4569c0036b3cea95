"""Publishing: what it writes, what it refuses, and that a killed one leaves the old or the new."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.base.files import canonical, read_json, sha256_of
from dalian_eval.base.result_folder import differing
from dalian_eval.cli import invoke
from dalian_eval.record.environment import code_hash, deviating
from dalian_eval.record.folder import find_run
from dalian_eval.record.history import HISTORY, read_history
from dalian_eval.record.lock import only_one
from dalian_eval.record.manifest import SIGNATURE, manifest_from, read_manifest
from dalian_eval.record.publish import publish
from dalian_eval.record.seal import seal_like
from dalian_eval.record.verify import verify
from dalian_eval.report.base.publication_stamp import draft_marker, published_marker, stamp
from tests.record.small import meta_of, published, published_again, small_run

RUN = "0123456789ab"
ROOT = Path(__file__).parents[2]


def pages(folder: Path) -> list[Path]:
    return [p for p in sorted(folder.rglob("*.html")) if "inputs" not in p.parts]


# ---- pages ---------------------------------------------------------------------------------


def test_every_page_of_a_draft_says_so_once(demo_run):
    assert len(pages(demo_run)) > 30
    for page in pages(demo_run):
        text = page.read_text(encoding="utf-8")
        assert text.count(str(draft_marker())) == 1, page.name
        assert "已发布：第" not in text


def test_publishing_changes_the_marker_and_nothing_else(demo_run, published_demo):
    number = read_manifest(published_demo).number
    for page in pages(demo_run):
        name = page.relative_to(demo_run)
        before = page.read_text(encoding="utf-8")
        after = (published_demo / name).read_text(encoding="utf-8")
        assert after == before.replace(str(draft_marker()), str(published_marker(number)))
        assert "已发布：第1号" in after
        assert "草稿" not in after
    kinds = {Path(name).suffix for name in differing(demo_run, published_demo)}
    assert kinds == {".html", ".json"}


def test_a_stamp_is_for_drafts_and_never_for_data():
    page = f"<p>{draft_marker()}</p>"
    assert stamp(page, 7) == f"<p>{published_marker(7)}</p>"
    assert stamp(stamp(page, 7), 8) == stamp(page, 7)
    assert (
        stamp("&lt;p class=&#34;state draft&#34;&gt;草稿：未发布&lt;/p&gt;", 7).count("草稿") == 1
    )


def test_what_was_read_is_never_stamped(tmp_path):
    folder = small_run(tmp_path / "runs", RUN)
    before = (folder / "inputs/表/网页.html").read_bytes()
    published_again(folder)
    assert (folder / "inputs/表/网页.html").read_bytes() == before
    assert b"\xe8\x8d\x89\xe7\xa8\xbf" not in (folder / "index.html").read_bytes()


# ---- what is written -----------------------------------------------------------------------


def test_the_manifest_lists_every_file(demo_run):
    manifest = read_manifest(demo_run)
    assert manifest.number == 0
    there = {p.relative_to(demo_run).as_posix() for p in demo_run.rglob("*") if p.is_file()}
    assert set(manifest.files) == there - {"manifest.json"}
    assert list(manifest.files) == sorted(manifest.files)
    for name, hashed in manifest.files.items():
        assert sha256_of(demo_run / name) == hashed.sha256
    assert manifest_from(manifest.to_bytes()) == manifest


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"null", b"\xff", canonical({"files": {}}), b'{"files": {}, "files": {}}']
)
def test_what_is_no_manifest_is_refused(data):
    with pytest.raises(ValueError, match="不是本程序写"):
        manifest_from(data)


def test_a_manifest_in_other_bytes_is_refused(tmp_path):
    data = (small_run(tmp_path / "runs", RUN) / "manifest.json").read_bytes()
    for other in (data + b"\n", data.replace(b'": ', b'":', 1), data.replace(b"\n", b"\r\n")):
        with pytest.raises(ValueError, match="不是本程序写下时的样子"):
            manifest_from(other)


def test_the_entry_says_what_was_published(tmp_path, signer):
    runs = tmp_path / "runs"
    draft = read_manifest(small_run(runs, RUN)).sha256
    done = publish(
        str(runs / "2024-10" / RUN), signer=signer, by="张三", note="首次", date="2024-11-05"
    )
    entry = read_history(runs / HISTORY).of_run(RUN)
    assert entry == done.entry
    assert (entry.number, entry.by, entry.note, entry.date) == (1, "张三", "首次", "2024-11-05")
    assert entry.draft == draft
    assert entry.manifest == read_manifest(done.folder).sha256
    assert entry.keyid == signer.public_key.keyid
    assert entry.previous == "0" * 64
    assert (done.folder / SIGNATURE).is_file()
    assert sorted(p.name for p in runs.iterdir()) == [
        ".history.lock",
        "2024-10",
        "history.jsonl",
        "keys",
    ]
    assert [p.name for p in done.folder.parent.iterdir()] == [RUN]


def test_the_crate_knows_the_published_pages(published_demo):
    crate = read_json(published_demo / "ro-crate-metadata.json")
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    manifest = read_manifest(published_demo)
    for name, hashed in manifest.files.items():
        if name == "ro-crate-metadata.json":
            continue
        entity = next(e for e in entities.values() if e.get("name") == name)
        assert entity["sha256"] == hashed.sha256
        assert entity["contentSize"] == str(hashed.size)
    action = next(e for e in crate["@graph"] if e["@type"] == "CreateAction")
    assert entities["./"]["conformsTo"]["@id"].startswith("https://w3id.org/ro/wfrun/process/")
    assert entities["./"]["datePublished"] == "2024-10-31"
    assert entities[action["instrument"]["@id"]]["softwareVersion"] == "0.1.0"
    assert {"@id": "scores.csv"} in action["result"]
    assert {"@id": "params/2024.yaml"} in action["object"]


def test_the_environment_is_told(demo_run):
    told = read_json(demo_run / "environment.json")
    assert told["python"] == "3.11"
    assert told["deviating"] == {}
    assert told["package"] == code_hash(ROOT / "dalian_eval", ("*",))
    lock = (demo_run / "requirements.lock").read_bytes()
    assert lock == (ROOT / "requirements.lock").read_bytes()
    assert deviating("pandas==0.1 ; x \\\n  --hash=y\nno-such-library==1\n").keys() == {"pandas"}


def test_line_ends_do_not_make_other_code(tmp_path):
    for name, end in (("a", "\n"), ("b", "\r\n")):
        (tmp_path / name / "__pycache__").mkdir(parents=True)
        (tmp_path / name / "x.py").write_bytes(f"1{end}2{end}".encode())
        (tmp_path / name / "__pycache__" / "x.pyc").write_text(name, encoding="utf-8")
    assert code_hash(tmp_path / "a", ("*",)) == code_hash(tmp_path / "b", ("*",))


def test_a_run_made_again_has_the_bytes_of_the_published_one(demo_run, published_demo, tmp_path):
    again = tmp_path / "again"
    shutil.copytree(demo_run, again)
    seal_like(again, read_json(again / "run.json"), published_demo)
    assert differing(again, published_demo) == []
    shutil.copytree(demo_run, tmp_path / "draft")
    seal_like(tmp_path / "draft", read_json(again / "run.json"), tmp_path / "nothing")
    assert differing(tmp_path / "draft", demo_run) == []


# ---- once more, restated, refused ----------------------------------------------------------


def test_published_twice_is_one_entry(tmp_path, signer, capsys):
    done = published(tmp_path / "runs", RUN, signer=signer)
    before = (tmp_path / "runs" / HISTORY).read_bytes()
    assert published_again(done.folder).before
    assert invoke(["publish", str(done.folder)]) == 0
    assert "早已发布：第1号" in capsys.readouterr().out
    assert (tmp_path / "runs" / HISTORY).read_bytes() == before


def test_a_restated_month_names_the_run_it_replaces(tmp_path):
    runs = tmp_path / "runs"
    first = published(runs, "aaaaaaaaaaaa").folder
    published(runs, "cccccccccccc", "2024-09")
    done = published(runs, "bbbbbbbbbbbb")
    assert done.entry.supersedes == 1
    assert verify(first).problems == ()
    assert any("已被第3号替代" in note for note in verify(first).notes)
    assert any("替代第1号" in note for note in verify(done.folder).notes)


def test_a_changed_run_is_not_published(tmp_path, capsys):
    folder = small_run(tmp_path / "runs", RUN)
    (folder / "scores.csv").write_text("改\n", encoding="utf-8")
    assert invoke(["publish", str(folder), "--yes"]) == 4
    assert "scores.csv" in capsys.readouterr().err
    assert not (tmp_path / "runs" / HISTORY).exists()


def test_a_copy_elsewhere_is_not_published(tmp_path):
    folder = small_run(tmp_path / "runs", RUN)
    folder.rename(tmp_path / "runs" / "2024-10" / "拷贝")
    with pytest.raises(UsageError, match=f"2024-10/{RUN}"):
        published_again(tmp_path / "runs" / "2024-10" / "拷贝")
    assert not (tmp_path / "runs" / HISTORY).exists()


def test_nothing_is_added_to_a_history_that_was_changed(tmp_path):
    runs = tmp_path / "runs"
    published(runs, "aaaaaaaaaaaa")
    (runs / HISTORY).write_bytes(b"{}\n")
    with pytest.raises(DifferenceError, match="不可信"):
        published(runs, "bbbbbbbbbbbb")


def test_other_content_under_a_published_id(tmp_path):
    runs = tmp_path / "runs"
    done = published(runs, RUN)
    shutil.rmtree(done.folder)
    folder = small_run(runs, RUN)
    (folder / "scores.csv").write_text("另一结果\n", encoding="utf-8")
    seal_like(folder, meta_of(RUN, "2024-10"), folder)
    assert any("草稿内容不同" in p for p in verify(folder).problems)
    with pytest.raises(DifferenceError, match="草稿内容不同"):
        published_again(folder)


def test_a_published_run_lost_and_made_again(tmp_path, signer):
    runs = tmp_path / "runs"
    done = published(runs, RUN, signer=signer)
    shutil.copytree(done.folder, tmp_path / "copy")
    shutil.rmtree(done.folder)
    folder = small_run(runs, RUN)
    with pytest.raises(UsageError, match="--key"):
        published_again(folder)
    assert not published_again(folder, signer).before
    assert differing(folder, tmp_path / "copy") == []
    assert len(read_history(runs / HISTORY).lines) == 1


@pytest.mark.parametrize("text", ["两\n行", "\u202e反", "\udcff", "\x1b[1m"])
def test_a_note_is_one_line_of_text(tmp_path, text):
    folder = small_run(tmp_path / "runs", RUN)
    with pytest.raises(UsageError, match="--note"):
        publish(str(folder), signer=None, by="", note=text, date="2024-11-05")


# ---- keys ----------------------------------------------------------------------------------


def test_keygen_writes_a_key_for_its_owner_alone(tmp_path, capsys):
    key = tmp_path / "发布.pem"
    assert invoke(["keygen", "--to", str(key)]) == 0
    assert "密钥编号：" in capsys.readouterr().out
    assert (tmp_path / "发布.pem.pub").read_text(encoding="ascii").startswith("-----BEGIN PUBLIC")
    if os.name == "posix":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    assert invoke(["keygen", "--to", str(key)]) == 2
    assert key.read_bytes() == before
    assert invoke(["keygen", "--to", str(tmp_path / "没有" / "x.pem")]) == 2


def test_no_private_key_within_a_project(tmp_path, capsys):
    (tmp_path / "项目" / "params" / "rubrics").mkdir(parents=True)
    inside = tmp_path / "项目" / "钥"
    inside.mkdir()
    assert invoke(["keygen", "--to", str(inside / "k.pem")]) == 2
    assert "外泄" in capsys.readouterr().err
    assert list(inside.iterdir()) == []
    folder = published(tmp_path / "runs", RUN).folder
    assert invoke(["keygen", "--to", str(folder.parent / "k.pem")]) == 2
    assert invoke(["publish", str(folder), "--key", str(inside / "k.pem")]) == 2


@pytest.mark.parametrize("data", [b"", b"x", b"-----BEGIN PRIVATE KEY-----\nxx\n"])
def test_what_is_no_key_is_told(tmp_path, data, capsys):
    folder = small_run(tmp_path / "runs", RUN)
    (tmp_path / "k.pem").write_bytes(data)
    assert invoke(["publish", str(folder), "--key", str(tmp_path / "k.pem")]) == 2
    assert "k.pem" in capsys.readouterr().err


# ---- two at once, and killed ---------------------------------------------------------------


def test_two_publishers_at_once(tmp_path, capsys):
    """Another process holds the lock; when it is dead, nothing is in the way."""
    folder = small_run(tmp_path / "runs", RUN)
    code = (
        "import sys, time; from pathlib import Path; from dalian_eval.record.lock import only_one\n"
        "with only_one(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "runs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        assert invoke(["publish", str(folder), "--yes"]) == 2
        assert "另一个程序正在" in capsys.readouterr().err
        holder.kill()
        holder.wait()
    assert invoke(["publish", str(folder), "--yes"]) == 0
    with only_one(tmp_path / "runs"):
        pass


CHANGES = {"os.link", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"}


def changes_disk(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether an audit event comes before a change on disk."""
    if event == "open":
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
    return event in CHANGES


def killed_at(step: int, folder: Path, signer: CryptoSigner) -> bool:
    """Publish in a child that is killed before its `step`-th change on disk; whether it was."""
    child = os.fork()
    if child == 0:
        left = [step]

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            if changes_disk(event, arguments):
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        published_again(folder, signer)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a child that can be killed at each step")
def test_killed_at_every_step_it_leaves_the_old_or_the_new(tmp_path, signer):
    before = tmp_path / "before"
    published(before, "aaaaaaaaaaaa", signer=signer)
    small_run(before, RUN)
    seen, step, killed = [], 0, True
    while killed:
        step += 1
        runs = tmp_path / "runs"
        shutil.copytree(before, runs)
        folder = runs / "2024-10" / RUN
        killed = killed_at(step, folder, signer)
        entries = len(read_history(runs / HISTORY).lines)
        if folder.exists():
            assert verify(folder).problems == (), step
            seen.append((read_manifest(folder).number, entries))
        else:
            # Between the two renames: the draft is whole beside its place.
            assert verify(folder.with_name(f".replaced-{RUN}")).problems == ()
            with pytest.raises(UsageError, match="重新运行 publish"):
                find_run(str(folder))
            seen.append((None, entries))
        done = published_again(folder, signer)
        assert verify(folder).problems == (), step
        assert done.entry.number == 2
        assert len(read_history(runs / HISTORY).lines) == 2
        assert sorted(p.name for p in folder.parent.iterdir()) == [RUN, "aaaaaaaaaaaa"]
        shutil.rmtree(runs)
    assert list(dict.fromkeys(seen)) == [(0, 1), (0, 2), (None, 2), (2, 2)]
    assert step > 30
