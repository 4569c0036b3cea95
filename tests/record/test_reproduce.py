"""A run made again from its folder alone: the same bytes, or which differ and why."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dalian_eval.base.errors import DifferenceError
from dalian_eval.base.files import read_json, write_json
from dalian_eval.base.result_folder import differing
from dalian_eval.cli import invoke
from dalian_eval.jobs.reproduce import compare, open_record, reproduce
from dalian_eval.jobs.runs.run_progress import console_progress
from dalian_eval.record.causes import program_changes, source_changes
from dalian_eval.record.environment import environment
from dalian_eval.record.manifest import SIGNATURE
from dalian_eval.record.score_changes import moved_scores
from dalian_eval.record.seal import seal
from dalian_eval.rubric.numbers import four_decimals, points_of_text

ROOT = Path(__file__).parents[2]


@pytest.fixture
def record(demo_run, tmp_path):
    """A copy of the demo month that a test may change."""
    return Path(shutil.copytree(demo_run, tmp_path / "记录"))


@pytest.fixture(scope="module")
def reproduced(published_demo, tmp_path_factory):
    """The published demo month on a stick, reproduced by a process far from any project."""
    place = tmp_path_factory.mktemp("优盘")
    copy = Path(shutil.copytree(published_demo, place / "拷贝 1"))
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    (place / "tmp").mkdir()
    command = [sys.executable, "-m", "dalian_eval.cli", "reproduce", "拷贝 1", "--to", "重算"]
    given = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(place / "tmp")}
    done = subprocess.run(
        command, cwd=place, env=given, capture_output=True, encoding="utf-8", check=False
    )
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return place, done


def told_by(record_folder, made):
    """Return what comparing two folders tells, and the error, "" when they are the same."""
    lines: list[str] = []
    record = open_record(record_folder, lines.append)
    changes = source_changes(record.meta, record.found, record.manifest)
    lines += [f"{change.cause}：{change.sentence}" for change in changes]
    try:
        compare(record, made, changes, lines.append)
    except DifferenceError as error:
        return "\n".join(lines), str(error)
    return "\n".join(lines), ""


def test_a_published_run_gives_every_byte_again(reproduced, published_demo, demo_run):
    place, done = reproduced
    assert done.returncode == 0, done.stderr
    # The signature is no result of a run.
    files = sum(p.is_file() and p.name != SIGNATURE for p in published_demo.rglob("*"))
    assert f"重算一致：{files}个文件逐字节相同（记录 {demo_run.name}）" in done.stdout
    again = place / "重算" / "2024-10" / demo_run.name
    assert f"重算结果：{again}" in done.stdout
    assert differing(again, published_demo) == []


def test_it_leaves_nothing_but_what_was_asked_for(reproduced, published_demo, demo_run):
    place, _ = reproduced
    assert sorted(p.name for p in place.iterdir()) == ["tmp", "拷贝 1", "重算"]
    assert list((place / "tmp").glob("dalian-eval*")) == []
    assert differing(place / "拷贝 1", published_demo) == []
    assert [p.name for p in (place / "重算").rglob("*") if p.name.startswith(".")] == []
    assert [p.name for p in (place / "重算" / "2024-10").iterdir()] == [demo_run.name]


def test_the_same_is_told_as_the_same(record, demo_run):
    told, error = told_by(record, demo_run)
    assert error == ""
    assert "逐字节相同" in told


def test_a_changed_score_is_named_with_its_clause(record, demo_run):
    """A point more in one entry of D01 and in its total: the entry's clause has moved by it."""
    for name, begin, column in (("scores.csv", "unit,D01,", 6), ("ledger.csv", ",unit,D01,", 5)):
        lines = (record / name).read_text(encoding="utf-8-sig").split("\n")
        row = next(i for i, line in enumerate(lines) if begin in line[:40])
        cells = lines[row].split(",")
        cells[column] = four_decimals(points_of_text(cells[column]) + 10_000)
        lines[row] = ",".join(cells)
        (record / name).write_text("\n".join(lines), encoding="utf-8-sig", newline="\n")
    told, error = told_by(record, demo_run)
    assert "不符：scores.csv 在记录中被改动过：重算结果与记录的清单一致" in told
    (moved,) = [line for line in told.splitlines() if line.startswith("得分：")]
    assert moved.startswith("得分：D01（集体）总分 ")
    assert moved.endswith(f"：{cells[3]} −1.00")
    assert "2个文件不同" in error
    assert "都没有变，是记录中的结果文件事后被改动" in error


def test_files_that_went_or_came_are_named(record, demo_run):
    (record / "monthly.csv").unlink()
    (record / "多的.txt").write_text("x", encoding="utf-8")
    told, error = told_by(record, demo_run)
    assert "monthly.csv 在记录中缺失" in told
    assert "多的.txt 是多出来的，重算时没有产生" in told
    assert "得分：没有人的得分不同" in told
    assert "2个文件不同" in error


def test_results_that_differ_for_no_reason_are_said_to(record, demo_run):
    (record / "scores.csv").write_text("", encoding="utf-8")
    seal(record, read_json(record / "run.json"))
    told, error = told_by(record, demo_run)
    assert "scores.csv 与重算的不同" in told
    assert "无法逐人比较" in told
    assert "没有记入的环境" in error


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("inputs/人员.csv", "数据"),
        ("params/2024.yaml", "参数"),
        ("params/headers.yaml", "参数"),
        ("params/rubrics/2024.yaml", "细则"),
        ("requirements.lock", "环境"),
    ],
)
def test_each_cause_is_named_with_its_file(record, demo_run, name, cause):
    path = record / name
    if not path.is_file():
        path = next((record / "inputs").rglob("*.csv"))
        name = path.relative_to(record).as_posix()
    with path.open("ab") as stream:
        stream.write(b"\n")
    told, error = told_by(record, demo_run)
    assert f"{cause}：{name} 被改动过，与清单不符" in told
    assert f"变了的是{cause}" in error


def test_an_input_changed_along_with_the_manifest(record, demo_run):
    path = next((record / "inputs").rglob("*.csv"))
    path.write_bytes(path.read_bytes() + b"\n")
    seal(record, read_json(record / "run.json"))
    told, error = told_by(record, demo_run)
    assert f"数据：{path.relative_to(record).as_posix()} 与 run.json 所记的不符" in told
    assert "变了的是数据" in error


def test_a_lost_input_and_a_damaged_manifest(record, demo_run):
    path = next((record / "inputs").rglob("*.csv"))
    path.unlink()
    (record / "manifest.json").write_text("{}", encoding="utf-8")
    told, error = told_by(record, demo_run)
    assert "manifest.json 被改动过" in told
    assert f"数据：{path.relative_to(record).as_posix()} 缺失" in told
    assert "变了的是数据" in error


def test_code_and_environment_are_told_apart(record):
    now = environment(ROOT / "notebooks", record / "requirements.lock")
    assert program_changes(record, now) == []
    then = read_json(record / "environment.json")
    changed = then | {"package": "0" * 64, "python": "3.10", "deviating": {"duckdb": "0.1"}}
    write_json(changed, record / "environment.json")
    found = {(c.cause, c.sentence.partition("不同")[0]) for c in program_changes(record, now)}
    assert found == {("代码", "程序源码"), ("环境", "Python "), ("环境", "库 duckdb 的版本")}
    (record / "environment.json").unlink()
    assert [c.cause for c in program_changes(record, now)] == ["代码"]


def test_other_code_stops_before_it_starts(record, capsys):
    told = read_json(record / "environment.json")
    write_json(told | {"version": "0.0.9"}, record / "environment.json")
    assert invoke(["reproduce", str(record)]) == 2
    said = capsys.readouterr()
    assert "代码：程序版本不同：生成记录的是 0.0.9，现装的是" in said.out
    assert "--any-version" in said.err
    assert "开始" not in said.err


def test_told_to_go_on_it_goes_on(record):
    """Changed parameters then stop it, and that is a difference, not wrong use."""
    told = read_json(record / "environment.json")
    write_json(told | {"version": "0.0.9"}, record / "environment.json")
    (record / "params" / "2024.yaml").write_text("year: [", encoding="utf-8")
    lines: list[str] = []
    with (
        console_progress() as progress,
        pytest.raises(DifferenceError, match="不能照原样重算") as caught,
    ):
        reproduce(str(record), to=None, any_version=True, tell=lines.append, progress=progress)
    assert "2024.yaml" in str(caught.value)


def test_what_cannot_be_made_again_is_refused(record, tmp_path, capsys):
    (tmp_path / "有内容").mkdir()
    (tmp_path / "有内容" / "x").touch()
    assert invoke(["reproduce", str(record), "--to", str(tmp_path / "有内容")]) == 2
    assert "已有内容" in capsys.readouterr().err
    assert invoke(["reproduce", str(record), "--to", str(record / "重算")]) == 2
    assert "之内" in capsys.readouterr().err
    (record / "params" / "另一个.yaml").touch()
    assert invoke(["reproduce", str(record)]) == 2
    assert "现有2个" in capsys.readouterr().err
    write_json({"run_id": "x"}, record / "run.json")
    assert invoke(["reproduce", str(record)]) == 2
    assert "run.json" in capsys.readouterr().err


def test_a_public_edition_names_the_run_to_reproduce(demo_run, tmp_path, capsys):
    month = tmp_path / "2024-10"
    shutil.copytree(demo_run, month / demo_run.name)
    public = month / "bbbbbbbbbbbb"
    public.mkdir()
    meta = read_json(demo_run / "run.json") | {"edition": "public", "files": {}}
    write_json(meta, public / "run.json")
    assert invoke(["reproduce", str(public)]) == 2
    said = capsys.readouterr().err
    assert "公开版" in said
    assert str(month / demo_run.name) in said


def test_moved_scores_of_equal_runs_are_none(demo_run):
    assert moved_scores(demo_run, demo_run) == []
