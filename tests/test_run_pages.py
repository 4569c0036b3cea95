"""The pages of a run: the same bytes from several processes, and told how many there are."""

from pathlib import Path

from dalian_eval.jobs.runs.run_pages import write_run_pages
from dalian_eval.stages.pipeline import open_job

ROOT = Path(__file__).parents[1]


def test_pages_are_the_same_from_several_processes(demo_run, tmp_path):
    job = open_job(month="2024-10", raw=ROOT / "data/demo", start=ROOT)
    assert job.run_id == demo_run.name
    folder, told = tmp_path / "run", []
    folder.mkdir()
    write_run_pages(
        job, folder, tmp_path / "processed", lambda *part: told.append(part), processes=2
    )
    files = sorted(p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
    assert len([name for name in files if name.parts[0] == "statements"]) == len(job.view().scores)
    for name in files:
        assert (folder / name).read_bytes() == (demo_run / name).read_bytes(), name
    for title in {title for title, _, _ in told}:
        counts = [(done, total) for name, done, total in told if name == title]
        assert counts == sorted(counts)
        assert counts[-1][0] == counts[-1][1]
    assert ("得分账目", len(job.view().scores), len(job.view().scores)) in told
