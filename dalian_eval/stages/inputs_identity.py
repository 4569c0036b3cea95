"""What an evaluation is made from, by content: its raw files, the run before, and the run id."""

import hashlib
import json
from pathlib import Path
from typing import Any

from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import is_inside, read_json, sha256_of
from dalian_eval.base.project_place import FOLDER
from dalian_eval.intake.demo_files import DEMO
from dalian_eval.intake.files.discover import entry_problem, find_files
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.stages.parameters import MAPPINGS, TABLES


def identity(files: dict[str, str], settings: dict[str, Any]) -> str:
    """Return the run id of inputs and settings."""
    text = json.dumps([files, settings], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def raw_files(raw: Path) -> dict[str, str]:
    """Return the relative path and SHA-256 of every file below `raw`, sorted.

    UsageError when the folder is missing, holds no file, or holds what must not be copied (links
    to the outside, pipes, names that no other program can write).
    """
    paths = find_files(raw)
    if not paths:
        raise UsageError(
            f"文件夹 {raw} 中没有任何文件：请把各表的导出文件放进去再运行；"
            f"只想先试用的，加 --raw {DEMO} 用虚构的示范县"
        )
    problems = [problem for path in paths if (problem := entry_problem(raw, path))]
    if problems:
        raise UsageError("".join(problems[:5]))
    by_name = {p.relative_to(raw).as_posix(): p for p in paths}
    return {name: sha256_of(by_name[name]) for name in sorted(by_name)}


def previous_files(folder: Path) -> tuple[str, ...]:
    """Return what a run is compared by, as paths below its folder, its raw files left out.

    UsageError when run.json does not say or a file is missing.
    """
    try:
        meta = read_json(folder / "run.json")
        params = meta["params"]
        if not all(is_inside(n) for n in (params["rubric"], params["headers"], *meta["files"])):
            raise ValueError("a path to another folder")
        named = [f"{FOLDER}/{params['rubric']}", f"{FOLDER}/{params['headers']}"]
        for key, usual in (("tables", TABLES), ("mappings", MAPPINGS)):
            name = str(params.get(key) or usual)
            if is_inside(name) and (folder / FOLDER / name).is_file():
                named.append(f"{FOLDER}/{name}")
        names = ("run.json", OUTPUTS["scores"].file, OUTPUTS["ledger"].file, *named)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"读不了上次运行 {folder} 中的 run.json：请确认文件夹完整") from error
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise UsageError(f"上次运行 {folder} 中缺少 {'、'.join(missing)}：请确认文件夹完整")
    return names


def previous_identity(previous: Path) -> dict[str, str]:
    """Return what a run says about the run before: its id, month, as-of day, and its hash.

    The hash is over `previous_files`; run.json among them holds those of the raw files.
    """
    hashes = {name: sha256_of(previous / name) for name in previous_files(previous)}
    meta = read_json(previous / "run.json")
    text = json.dumps(hashes, sort_keys=True)
    told = {name: str(meta[name]) for name in ("run_id", "month", "as_of")}
    return told | {"sha256": hashlib.sha256(text.encode()).hexdigest()}
