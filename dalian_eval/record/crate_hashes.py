"""Sizes and hashes in ro-crate-metadata.json, which `crate` writes."""

from collections.abc import Iterable
from pathlib import Path

from dalian_eval.base.files import canonical, read_json, sha256_of, write_whole

FILE = "ro-crate-metadata.json"


def size_and_hash(path: Path) -> dict[str, str]:
    """Return what the crate says of a file's content."""
    return {"contentSize": str(path.stat().st_size), "sha256": sha256_of(path)}


def update_hashes(folder: Path, changed: Iterable[str]) -> None:
    """Bring size and hash of the files `changed` (posix paths) up to date in the crate."""
    document = read_json(folder / FILE)
    names = frozenset(changed)
    for entity in document["@graph"]:
        if entity.get("name") in names and "sha256" in entity:
            entity.update(size_and_hash(folder / entity["name"]))
    write_whole(folder / FILE, canonical(document))
