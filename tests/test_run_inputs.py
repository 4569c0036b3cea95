"""What a run takes into its folder, and whether there is room for it."""

import errno
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from dalian_eval.base.errors import NoRoomError, UsageError
from dalian_eval.base.result_folder import differing
from dalian_eval.jobs.runs.disk_room import Need, check_room, need_of
from dalian_eval.jobs.runs.run_inputs import COPY, LINK, lay_out, refuse_changed
from dalian_eval.record.manifest import differences, measure
from dalian_eval.record.seal import seal
from dalian_eval.stages.pipeline import open_job

ROOT = Path(__file__).parents[1]
PARAMS = ROOT / "params/2024.yaml"


@pytest.fixture
def job(tmp_path):
    shutil.copytree(ROOT / "data/demo", tmp_path / "raw")
    return open_job(month="2024-10", raw=tmp_path / "raw", processed=tmp_path, start=ROOT)


def first(job) -> str:
    return min(job.files)


def test_links_hold_what_copies_hold_and_are_named_alike(job, tmp_path):
    manifests = []
    for way in (COPY, LINK):
        (tmp_path / way).mkdir()
        lay_out(job, PARAMS, tmp_path / way, way, pytest.fail)
        manifests.append(seal(tmp_path / way, job.meta()).to_bytes())
        refuse_changed(job, tmp_path / way)
        for name in job.files:
            same = (tmp_path / way / "inputs" / name).samefile(job.raw / name)
            assert same == (way == LINK)
    assert manifests[0] == manifests[1]
    assert differing(tmp_path / COPY, tmp_path / LINK) == []


def test_where_no_link_can_be_made_it_is_said_once_and_copied(job, tmp_path, monkeypatch):
    def other_disk(*_):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", other_disk)
    told: list[str] = []
    lay_out(job, PARAMS, tmp_path / "run", LINK, told.append)
    assert told == ["报送数据与记录不在同一个磁盘，或没有权限，不能用硬链接：改为复制"]
    assert differing(tmp_path / "run/inputs", tmp_path / "raw") == []


def test_a_linked_file_that_is_edited_in_place_is_told(job, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    lay_out(job, PARAMS, run, LINK, pytest.fail)
    manifest = seal(run, job.meta())
    with (job.raw / first(job)).open("ab") as stream:
        stream.write(b"x")
    (told,) = differences(manifest.files, measure(run))
    assert told.startswith(f"inputs/{first(job)} 被改动过")
    # While the run was made: no record comes of it.
    seal(run, job.meta())
    with pytest.raises(UsageError, match="运行期间报送数据被改动过"):
        refuse_changed(job, run)


def test_inputs_of_a_run_that_was_stopped_are_taken_when_they_are_the_same(job, tmp_path):
    run = tmp_path / "run"
    lay_out(job, PARAMS, run, COPY, pytest.fail)
    shutil.rmtree(run / "params")
    kept, torn, extra = sorted(job.files)[0], sorted(job.files)[1], "多出来的.csv"
    number = (run / "inputs" / kept).stat().st_ino
    (run / "inputs" / torn).write_bytes(b"")
    (run / "inputs" / extra).write_bytes(b"1")
    lay_out(job, PARAMS, run, COPY, pytest.fail)
    assert (run / "inputs" / kept).stat().st_ino == number
    assert differing(run / "inputs", tmp_path / "raw") == []


def test_what_is_needed_is_said_when_it_is_not_there(job, tmp_path, monkeypatch):
    need = need_of(job.raw, job.files, link=False)
    assert need.copies == sum(p.stat().st_size for p in job.raw.rglob("*") if p.is_file())
    assert need_of(job.raw, job.files, link=True).copies == 0
    check_room(need, tmp_path, tmp_path)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1 << 40, 0, 3 << 30))
    needed = Need(copies=2 << 30, tables=1 << 30, pieces=1 << 30, record=1 << 30)
    with pytest.raises(NoRoomError) as caught:
        check_room(needed, tmp_path, tmp_path)
    assert str(caught.value) == (
        "磁盘空间不足：这次运行至少还需要约5.0 GB"
        "（报送数据的副本2.0 GB、中间结果2.0 GB、记录1.0 GB），"
        f"而 {tmp_path} 所在的磁盘只剩3.0 GB。还没有开始计算。"
        "请清理磁盘，或用 --out 换一个位置；报送数据很大的，加 --keep-inputs link 可以不另存副本"
    )
    # What a run that was stopped has written is not needed again.
    check_room(needed, tmp_path, tmp_path, there=2 << 30)
