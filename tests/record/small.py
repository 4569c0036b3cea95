"""A small run folder, as whole as a real one: made in milliseconds, published like any other."""

from pathlib import Path
from typing import Any

from securesystemslib.signer import CryptoSigner

from dalian_eval.base.files import write_json
from dalian_eval.record.crate import write_crate
from dalian_eval.record.publish import PublishResult, publish
from dalian_eval.record.seal import seal
from dalian_eval.report.base.publication_stamp import draft_marker

PAGE = "<!DOCTYPE html><title>{0}</title><h1>{0}</h1>{1}\n"


def meta_of(run_id: str, month: str) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "month": month,
        "as_of": f"{month}-28",
        "version": "0.1.0",
        "rubric": {"title": "细则"},
        "readings": {"no_leads": "forfeit"},
        "params": {"draw_seed": "种子"},
    }


def small_run(runs: Path, run_id: str, month: str = "2024-10") -> Path:
    """Make a draft below `runs` and return its folder."""
    folder = runs / month / run_id
    (folder / "inputs" / "表").mkdir(parents=True)
    (folder / "statements").mkdir()
    meta = meta_of(run_id, month)
    write_json(meta, folder / "run.json")
    page = PAGE.format(run_id, draft_marker())
    for name in ("index.html", "statements/unit-D01.html", "inputs/表/网页.html"):
        (folder / name).write_text(page, encoding="utf-8", newline="\n")
    (folder / "scores.csv").write_text(f"{run_id},1.0000\n", encoding="utf-8", newline="\n")
    write_crate(folder, meta)
    seal(folder, meta)
    return folder


def published(
    runs: Path, run_id: str, month: str = "2024-10", signer: CryptoSigner | None = None
) -> PublishResult:
    """Make a run and publish it."""
    return published_again(small_run(runs, run_id, month), signer)


def published_again(folder: Path, signer: CryptoSigner | None = None) -> PublishResult:
    """Publish the run in `folder`."""
    return publish(str(folder), signer=signer, by="张三", note="", date="2024-11-05")
