"""Where a project lies: the nearest folder that holds parameters and rubrics."""

from pathlib import Path

from dalian_eval.base.errors import UsageError

FOLDER = "params"
RUBRICS = "rubrics"
PROCESSED = "data/processed"
"""Below the project: what is kept between runs."""


def project_root(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds params/rubrics; else UsageError."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / FOLDER / RUBRICS).is_dir():
            return folder
    raise UsageError(
        f"在 {start} 及其上级文件夹中找不到 {FOLDER}/{RUBRICS}：请在项目文件夹内运行本命令"
    )
