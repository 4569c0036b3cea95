"""The zip of a bundle: the same files give the same bytes, whenever and wherever it is written."""

import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

from dalian_eval.bundle.contents import is_program
from dalian_eval.bundle.manifest import BUNDLE_MANIFEST, TOP, BundleManifest

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The oldest time a zip can tell."""

_UNIX = 3


def write_bundle(
    manifest: BundleManifest, small: Mapping[str, bytes], wheels: Mapping[str, Path], place: Path
) -> None:
    """Write a bundle to `place`, whole or not at all: files by their content, wheels by their path.

    Nothing is compressed: wheels are already, and the bytes of a deflated file depend on the
    library that wrote it.
    """
    contents: dict[str, bytes | Path] = {**small, **wheels}
    contents[BUNDLE_MANIFEST] = manifest.to_bytes()
    beside = place.with_name(f".{place.name}.new")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:
            for name, content in sorted(contents.items()):
                data = content if isinstance(content, bytes) else content.read_bytes()
                archive.writestr(_entry(name), data)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(f"{TOP}/{name}", _MOMENT)
    entry.create_system = _UNIX
    entry.external_attr = (stat.S_IFREG | (0o755 if is_program(name) else 0o644)) << 16
    return entry
