"""Sealing a run folder: pages stamped, crate brought up to date, manifest written last.

The same for a draft, for a published run and for a run made again that is compared with a
published one: what a folder holds follows from its draft and its publication.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dalian_eval.base.defences import EMPTY, read_whole, tree
from dalian_eval.base.files import write_whole
from dalian_eval.base.project_place import FOLDER
from dalian_eval.record.crate_hashes import update_hashes
from dalian_eval.record.manifest import (
    MANIFEST,
    SIGNATURE,
    Manifest,
    Publication,
    manifest_from,
    measure,
)
from dalian_eval.report.base.publication_stamp import stamp
from dalian_eval.stages.parameters import PREVIOUS

INPUTS = "inputs"
_AS_READ = (f"{INPUTS}/", f"{FOLDER}/", f"{PREVIOUS}/")


def seal(folder: Path, meta: Mapping[str, Any], publication: Publication | None = None) -> Manifest:
    """Write the manifest of a run folder and return it; publish its pages when told so.

    `meta`: run_id, month and as_of. What was read (inputs, parameters) is never touched. Empty
    folders go, as no manifest could list them.
    """
    _remove_empty(folder)
    if publication is not None:
        _stamp(folder, publication.number)
    manifest = Manifest(
        run_id=meta["run_id"],
        month=meta["month"],
        as_of=meta["as_of"],
        publication=publication,
        files=dict(sorted(measure(folder).files.items())),
    )
    write_whole(folder / MANIFEST, manifest.to_bytes())
    return manifest


def is_as_read(name: str) -> bool:
    """Whether a file of a run (its posix path) was read by it, not written."""
    return name.startswith(_AS_READ)


def _remove_empty(folder: Path) -> None:
    while empty := [found.path for found in tree(folder) if found.odd == EMPTY]:
        for path in empty:
            path.rmdir()


def _stamp(folder: Path, number: int) -> None:
    """Stamp every page, and give the crate their new hashes."""
    changed = []
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        if is_as_read(name):
            continue
        before = path.read_bytes()
        after = stamp(before.decode(), number).encode()
        if after != before:
            write_whole(path, after)
            changed.append(name)
    update_hashes(folder, changed)


def seal_like(folder: Path, meta: Mapping[str, Any], there: Path) -> str:
    """Seal a run just made as the one that is at `there` already, so that bytes can be compared.

    When nothing is there, or a draft, it is a draft. Returns the hash of the draft's manifest.
    """
    publication = None
    try:
        publication = manifest_from(read_whole(there / MANIFEST)).publication
        if publication is not None and (there / SIGNATURE).is_file():
            # The signature is no result of the run: `verify` judges it.
            write_whole(folder / SIGNATURE, read_whole(there / SIGNATURE))
    except (OSError, ValueError):
        publication = None
    draft = seal(folder, meta).sha256
    if publication is not None:
        seal(folder, meta, publication)
    return draft
