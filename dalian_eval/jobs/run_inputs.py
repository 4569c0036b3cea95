"""What a run is made from, in its own folder: raw files, parameters, rubric, tables, synonyms."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dalian_eval.base.defences import tree
from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import sha256_of
from dalian_eval.base.project_place import FOLDER, RUBRICS
from dalian_eval.base.removal import remove
from dalian_eval.record.seal import INPUTS
from dalian_eval.stages.pipeline import Job


def lay_out(job: Job, params_path: Path, building: Path) -> None:
    """Copy raw files, parameters, rubric, tables and synonyms into the run folder.

    Raw files that are there already, from a run that was stopped, are not copied again.
    """
    for one in list(tree(building / INPUTS)) if (building / INPUTS).is_dir() else ():
        if one.odd or job.files.get(one.name) != sha256_of(one.path):
            remove(one.path)
    for name in job.files:
        target = building / INPUTS / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(job.raw / name, target)
    # The folder params/rubrics is what marks a project, also the one inside the run.
    (building / FOLDER / RUBRICS).mkdir(parents=True)
    params = job.params
    named = [params_path.name, params.rubric, params.headers, params.narrative]
    optional = (params.tables, params.mappings)
    named += [name for name in optional if (params_path.parent / name).is_file()]
    for name in named:
        target = building / FOLDER / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(params_path.parent / name, target)


@contextmanager
def originals_named(copies: Path, raw: Path) -> Iterator[None]:
    """Name the raw files in errors: intake reads their copies, the user knows the originals."""
    try:
        yield
    except UsageError as error:
        raise UsageError(str(error).replace(str(copies.resolve()), str(raw))) from error
