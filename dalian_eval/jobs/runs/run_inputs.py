"""What a run is made from, in its own folder: raw files, parameters, rubric, tables, synonyms."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dalian_eval.base.defences import tree
from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import sha256_of
from dalian_eval.base.project_place import FOLDER, RUBRICS
from dalian_eval.base.removal import remove
from dalian_eval.record.manifest import read_manifest
from dalian_eval.record.seal import INPUTS
from dalian_eval.stages.pipeline import Job

COPY, LINK = "copy", "link"
"""The ways to keep raw files: bytes of their own, or hard links to the files themselves."""


def lay_out(
    job: Job, params_path: Path, building: Path, way: str, tell: Callable[[str], None]
) -> None:
    """Copy raw files, parameters, rubric, tables and synonyms into the run folder.

    Raw files that are there already, from a run that was stopped, are not copied again. `way`: how
    raw files are kept; where they cannot be linked `tell` is told so, and they are copied.
    """
    for one in list(tree(building / INPUTS)) if (building / INPUTS).is_dir() else ():
        if one.odd or job.files.get(one.name) != sha256_of(one.path):
            remove(one.path)
    for name in job.files:
        target = building / INPUTS / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            if way == LINK and not _is_linked(job.raw / name, target):
                tell("报送数据与记录不在同一个磁盘，或没有权限，不能用硬链接：改为复制")
                way = COPY
            if not target.exists():
                shutil.copyfile(job.raw / name, target)
    # The folder params/rubrics is what marks a project, also the one inside the run.
    (building / FOLDER / RUBRICS).mkdir(parents=True)
    params = job.params
    named = [params_path.name, params.rubric, params.headers, params.narrative]
    written = (f"{params.paragraphs}/{path.name}" for path in job.paragraph_files)
    optional = (params.tables, params.mappings, *written)
    named += [name for name in optional if (params_path.parent / name).is_file()]
    for name in named:
        target = building / FOLDER / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(params_path.parent / name, target)


def _is_linked(source: Path, target: Path) -> bool:
    """Make a hard link, and say whether that was possible."""
    try:
        # A link within the raw folder stands for the file that it leads to.
        target.hardlink_to(source.resolve())
    except OSError:
        return False
    return True


def refuse_changed(job: Job, building: Path) -> None:
    """UsageError when a raw file is no longer what the run began with, in a run that is sealed."""
    kept = read_manifest(building).files
    changed = [
        name
        for name, digest in job.files.items()
        if (told := kept.get(f"{INPUTS}/{name}")) is not None and told.sha256 != digest
    ]
    if changed:
        raise UsageError(
            f"运行期间报送数据被改动过（{'、'.join(changed[:5])}），没有生成记录："
            "请在运行结束以前不要改动，现在重新运行"
        )


@contextmanager
def originals_named(copies: Path, raw: Path) -> Iterator[None]:
    """Name the raw files in errors: intake reads their copies, the user knows the originals."""
    try:
        yield
    except UsageError as error:
        raise UsageError(str(error).replace(str(copies.resolve()), str(raw))) from error
