"""A run that was stopped: what is whole is taken, what is not goes, nobody else's is touched."""

import os
from pathlib import Path

import pytest

from dalian_eval.base.errors import DifferenceError, Interruption, NoRoomError
from dalian_eval.base.scratch_folder import resumable, scratch
from dalian_eval.jobs.runs.begun_run import BegunRun, has_whole_stage, kept_when_stopped, key_of

TITLES = {"01_clean": "数据清洗", "02_validate": "数据检查"}
STAGES, RUN = "processed", "aaaaaaaaaaaa"


def made(folder: Path) -> BegunRun:
    """A run with one whole stage, half of the next, and its inputs."""
    begun = BegunRun(folder, STAGES, RUN)
    (folder / "inputs").mkdir()
    (folder / "inputs" / "单位.csv").write_text("1")
    for name, stored in (("01_clean", "clean"), ("02_validate", "validation")):
        for ending in ("ipynb", "html"):
            (folder / f"{name}.{ending}").write_text(name)
        store = folder / STAGES / RUN / stored
        store.mkdir(parents=True)
        (store / "a.parquet").write_text(stored)
        if name == "01_clean":
            begun.add(name)
    (folder / STAGES / RUN / ".metrics-x").mkdir()
    (folder / STAGES / "pieces").write_text("elsewhere")
    (folder / "statements").mkdir()
    (folder / "statements" / "a.html").write_text("half")
    return begun


def everything(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_whole_stages_are_taken_and_the_rest_goes(tmp_path):
    made(tmp_path)
    again = BegunRun(tmp_path, STAGES, RUN)
    again.take_up(tuple(TITLES), "inputs")
    assert again.whole == ("01_clean",)
    assert everything(tmp_path) == [
        "01_clean.html",
        "01_clean.ipynb",
        "inputs/单位.csv",
        f"{STAGES}/{RUN}/clean/a.parquet",
        f"{STAGES}/whole-01_clean.json",
    ]
    assert sorted(p.name for p in (tmp_path / STAGES / RUN).iterdir()) == ["clean"]


@pytest.mark.parametrize("file", ["01_clean.ipynb", f"{STAGES}/{RUN}/clean/a.parquet"])
@pytest.mark.parametrize("how", ["cut short", "gone"])
def test_a_stage_of_which_a_file_is_not_as_listed_is_made_again(tmp_path, file, how):
    made(tmp_path)
    if how == "gone":
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text("")
    again = BegunRun(tmp_path, STAGES, RUN)
    again.take_up(tuple(TITLES), "inputs")
    assert again.whole == ()
    assert everything(tmp_path) == ["inputs/单位.csv"]


def test_another_program_has_another_key():
    assert key_of(RUN, {"package": "a"}) == key_of(RUN, {"package": "a"})
    assert key_of(RUN, {"package": "a"}) != key_of(RUN, {"package": "b"})
    assert key_of(RUN, {"package": "a"}) != key_of("bbbbbbbbbbbb", {"package": "a"})


def test_the_same_work_gets_the_folder_and_nobody_else(tmp_path):
    def worth(folder: Path) -> bool:
        return has_whole_stage(folder, STAGES)

    with resumable(tmp_path, "building", "k1", worth) as work:
        first = work.path
        made(first)
        work.stays = True
        # While it lives, the same work has a folder of its own.
        with resumable(tmp_path, "building", "k1", worth) as beside:
            assert beside.path != first
            assert everything(beside.path) == []
    with resumable(tmp_path, "building", "k2", worth) as other:
        assert other.path != first
        assert first.is_dir()
    with resumable(tmp_path, "building", "k1", worth) as again:
        assert again.path == first
        assert (first / "01_clean.ipynb").is_file()
    assert list(tmp_path.iterdir()) == []


def test_what_is_left_is_bounded(tmp_path):
    def leave(key: str, *, whole: bool) -> Path:
        with resumable(tmp_path, "building", key, lambda f: has_whole_stage(f, STAGES)) as work:
            if whole:
                made(work.path)
            work.stays = True
        return work.path

    old = leave("old", whole=True)
    os.utime(old, (1_000_000_000, 1_000_000_000))
    empty = leave("empty", whole=False)
    kept = [leave(key, whole=True) for key in ("a", "b", "c")]
    with resumable(tmp_path, "building", "x", lambda f: has_whole_stage(f, STAGES)):
        assert not old.exists()
        assert not empty.exists()
        assert [path.exists() for path in kept] == [False, True, True]
    with scratch(tmp_path, "building"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_stop_says_what_is_kept(tmp_path):
    with resumable(tmp_path, "building", "k", bool) as work:
        begun = made(work.path)
        with pytest.raises(Interruption) as caught, kept_when_stopped(work, begun, TITLES):
            raise KeyboardInterrupt
        assert work.stays
    assert "已完成的1步（数据清洗）留着" in str(caught.value)
    assert "再运行同一条命令" in str(caught.value)
    assert work.path.is_dir()


def test_a_stop_before_it_is_known_what_is_whole_loses_nothing(tmp_path):
    with resumable(tmp_path, "building", "k", bool) as work:
        made(work.path)
        work.stays = True
    with resumable(tmp_path, "building", "k", bool) as again:
        begun = BegunRun(again.path, STAGES, RUN)
        with pytest.raises(Interruption) as caught, kept_when_stopped(again, begun, TITLES):
            raise KeyboardInterrupt
    assert "上次完成的各步还留着" in str(caught.value)
    with resumable(tmp_path, "building", "k", bool) as third:
        begun = BegunRun(third.path, STAGES, RUN)
        begun.take_up(tuple(TITLES), "inputs")
        assert begun.whole == ("01_clean",)


@pytest.mark.parametrize(
    ("error", "stays"),
    [(NoRoomError("磁盘空间不足"), True), (DifferenceError("x"), False), (MemoryError(), True)],
)
def test_what_may_pass_leaves_whole_stages(tmp_path, error, stays):
    with resumable(tmp_path, "building", "k", bool) as work:
        begun = made(work.path)
        with pytest.raises(type(error)), kept_when_stopped(work, begun, TITLES):
            raise error
    assert work.path.is_dir() == stays


def test_a_run_stopped_before_its_first_stage_leaves_nothing(tmp_path):
    with resumable(tmp_path, "building", "k", bool) as work:
        begun = BegunRun(work.path, STAGES, RUN)
        with pytest.raises(KeyboardInterrupt) as caught, kept_when_stopped(work, begun, TITLES):
            raise KeyboardInterrupt
    assert str(caught.value) == ""
    assert list(tmp_path.iterdir()) == []


def test_without_locks_nothing_stays_for_nobody_would_find_it(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError("no locks available")

    monkeypatch.setattr("dalian_eval.base.scratch_folder._hold", no_locks)
    with resumable(tmp_path, "building", "k", bool) as work:
        made(work.path)
        work.stays = True
    assert not work.path.exists()
