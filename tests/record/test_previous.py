"""The run before: which one it is, what a run keeps of it, and that an id stays the same."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dalian_eval.base.errors import DifferenceError, UsageError
from dalian_eval.base.files import read_json, write_json
from dalian_eval.record.entries import PublicationEntry
from dalian_eval.record.history import HISTORY, append, read_history
from dalian_eval.record.previous import (
    compare_with_previous,
    keep,
    last_draft,
    last_published,
    previous_run,
)
from dalian_eval.report.changes.comparison_text import changes_frame
from dalian_eval.stages.pipeline import open_job
from tests.light_runs import laid_out, light_job, light_run, write_tables
from tests.record.test_diff import TABLES, late

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A place with the raw files of two deliveries and a run of the first."""
    folder = tmp_path_factory.mktemp("previous")
    write_tables(folder / "first", TABLES)
    write_tables(folder / "second", late())
    light_run(folder / "first", folder / "runs", "2024-08")
    return folder


def publish(out: Path, *runs: tuple[str, str, str]) -> None:
    """Write a history of (month, run id, inputs id), and a run.json for each run."""
    (out / HISTORY).unlink(missing_ok=True)
    for number, (month, run_id, inputs_id) in enumerate(runs, start=1):
        (out / month / run_id).mkdir(parents=True, exist_ok=True)
        write_json({"run_id": run_id, "inputs_id": inputs_id}, out / month / run_id / "run.json")
        history = read_history(out / HISTORY)
        entry = PublicationEntry(
            number=number,
            previous=history.head,
            date="2024-11-01",
            by="",
            note="",
            keyid="",
            program="",
            run_id=run_id,
            month=month,
            as_of=f"{month}-28",
            manifest="0" * 64,
            draft="0" * 64,
            supersedes=None,
        )
        append(history, entry)


def test_the_last_published_run_of_the_month_or_before(place, tmp_path):
    job = light_job(place / "first", tmp_path, "2024-08")
    assert last_published(tmp_path, job) is None
    july, other, september = ("2024-07", "a", "x"), ("2024-08", "b", "y"), ("2024-09", "c", "z")
    publish(tmp_path, september, july, ("2022-08", "old", "w"))
    assert last_published(tmp_path, job) == tmp_path / "2024-07" / "a"
    publish(tmp_path, july, other, september, july)
    assert last_published(tmp_path, job) == tmp_path / "2024-08" / "b"


def test_publishing_a_run_does_not_change_what_its_inputs_are_compared_with(place, tmp_path):
    job = light_job(place / "first", tmp_path, "2024-08")
    july, later = ("2024-07", "a", "x"), ("2024-08", "d", "u")
    publish(tmp_path, july)
    before = last_published(tmp_path, job)
    for history in ((july, ("2024-08", "b", job.inputs_id)),) * 2:
        publish(tmp_path, *history)
        assert last_published(tmp_path, job) == before
    publish(tmp_path, july, ("2024-08", "b", job.inputs_id), later)
    assert last_published(tmp_path, job) == before
    shutil.rmtree(tmp_path / "2024-07")
    assert last_published(tmp_path, job) is None


def draft(out: Path, run: Path, month: str, name: str, **told) -> Path:
    """Copy a run as a draft of a month, its run.json saying otherwise where told."""
    folder = out / month / name
    shutil.copytree(run, folder)
    write_json({**read_json(folder / "run.json"), **told}, folder / "run.json")
    return folder


def test_without_published_runs_the_last_draft_of_the_month_before(place, tmp_path):
    (run,) = (place / "runs" / "2024-08").iterdir()
    job = light_job(place / "second", tmp_path, "2024-09")
    assert previous_run("", tmp_path, job) is None
    # Nothing of these is before: the month itself, another evaluation period, other rules, half.
    draft(tmp_path, run, "2024-09", "same")
    draft(tmp_path, run, "2023-10", "period")
    draft(tmp_path, run, "2024-08", "readings", readings={**job.rubric.chosen, "no_leads": "x"})
    rules = draft(tmp_path, run, "2024-08", "rules") / "params" / "rubrics" / "2024.yaml"
    rules.write_text(rules.read_text("utf-8") + "\n# 另一份\n", "utf-8")
    shutil.rmtree(draft(tmp_path, run, "2024-08", "half") / "inputs")
    (draft(tmp_path, run, "2024-08", "table") / "ledger.csv").unlink()
    draft(tmp_path, run, "2024-08", ".building-1")
    assert previous_run("", tmp_path, job) is None
    july = draft(tmp_path, run, "2024-07", "july", as_of="2024-07-31")
    assert previous_run("", tmp_path, job) == july
    august = draft(tmp_path, run, "2024-08", "august")
    assert previous_run("", tmp_path, job) == august
    publish(tmp_path, ("2024-07", "published", "x"))
    assert previous_run("", tmp_path, job) == tmp_path / "2024-07" / "published"


def test_the_last_of_several_drafts_follows_from_what_they_hold(place, tmp_path):
    """The latest day, this version, most files in common, the first id; never a clock."""
    (run,) = (place / "runs" / "2024-08").iterdir()
    job = light_job(place / "second", tmp_path, "2024-09")
    chosen = [draft(tmp_path, run, "2024-08", name) for name in ("d", "b")]
    assert last_draft(tmp_path, job) == chosen[1]
    files = read_json(run / "run.json")["files"]
    nearer = draft(
        tmp_path, run, "2024-08", "e", files={**files, "人员.csv": job.files["人员.csv"]}
    )
    assert last_draft(tmp_path, job) == nearer
    draft(tmp_path, run, "2024-08", "a", files=dict(job.files), version="0.0.1")
    assert last_draft(tmp_path, job) == nearer
    draft(tmp_path, run, "2024-08", "0", files=dict(job.files), as_of="2024-08-20")
    assert last_draft(tmp_path, job) == nearer


def test_published_inputs_keep_the_comparison_they_were_published_with(place, tmp_path):
    (run,) = (place / "runs" / "2024-08").iterdir()
    job = light_job(place / "second", tmp_path, "2024-09")
    first = draft(tmp_path, run, "2024-08", "first")
    publish(tmp_path, ("2024-09", "own", job.inputs_id))
    kept = tmp_path / "2024-09" / "own" / "previous"
    shutil.copytree(first, kept)
    files = dict(job.files)
    draft(tmp_path, run, "2024-08", "newer", files=files)
    assert previous_run("", tmp_path, job) == kept
    assert job.following(kept).run_id == job.following(first).run_id


def test_a_run_that_was_named(place, tmp_path):
    job = light_job(place / "first", tmp_path, "2024-08")
    (run,) = (place / "runs" / "2024-08").iterdir()
    assert previous_run(str(run), tmp_path, job) == run
    assert previous_run(run.name, place / "runs", job) == run
    with pytest.raises(UsageError, match="没有"):
        previous_run("没有", tmp_path, job)


def following(place: Path, tmp_path: Path, previous: Path) -> Path:
    """Run the second delivery compared with `previous`, and return its folder."""
    job = light_job(place / "second", tmp_path, "2024-08").following(previous)
    folder = laid_out(replace(job, store=tmp_path / "processed" / job.run_id), tmp_path / "run")
    keep(previous, job, folder)
    return folder


def test_a_run_keeps_what_the_comparison_needs_and_no_more(place, tmp_path):
    (previous,) = (place / "runs" / "2024-08").iterdir()
    alone = light_job(place / "second", tmp_path, "2024-08")
    run = following(place, tmp_path, previous)
    meta = read_json(run / "run.json")
    assert meta["inputs_id"] == alone.run_id != meta["run_id"]
    assert meta["previous"]["run_id"] == previous.name
    kept = {p.name for p in (run / "previous" / "inputs").iterdir()}
    assert kept == {"单位事项.csv", "人员.csv", "检查记录.csv", "质量问题.csv"}

    # From the folder alone, elsewhere: the same id, the same comparison.
    moved = tmp_path / "moved"
    shutil.move(run, moved)
    inside = open_job(month="2024-08", raw="inputs", params="params/2024.yaml", start=moved)
    assert inside.run_id == meta["run_id"]
    comparison = compare_with_previous(moved, tmp_path / "scratch")
    moving = {c.candidate for c in comparison.candidates if c.difference}
    assert moving == {"A1", "A2", "D01", "D02", "D03", "D04", "D05"}
    assert changes_frame(comparison)["points"].dtype == "int64"
    assert compare_with_previous(previous, tmp_path / "scratch") is None

    # What a run keeps serves as the run before of another one.
    again = light_job(place / "second", tmp_path / "again", "2024-08")
    assert again.following(moved / "previous").run_id == meta["run_id"]


def test_a_previous_run_that_is_not_whole_is_refused(place, tmp_path):
    (run,) = (place / "runs" / "2024-08").iterdir()
    broken = tmp_path / "broken"
    shutil.copytree(run, broken)
    job = light_job(place / "second", tmp_path, "2024-08")
    (broken / "inputs" / "人员.csv").write_text("", encoding="utf-8")
    with pytest.raises(DifferenceError, match=r"人员\.csv"):
        keep(broken, job, tmp_path / "building")
    (broken / "ledger.csv").unlink()
    with pytest.raises(UsageError, match=r"ledger\.csv"):
        job.following(broken)
