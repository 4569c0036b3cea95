"""The wheels of a bundle: read, and judged together as an installer would, by their own words.

pip on another system judges markers by the system it runs on; so this is done here, by the
markers of the platform the wheels are for.
"""

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import NormalizedName, canonicalize_name, parse_wheel_filename

from dalian_eval.base.files import sha256_of
from dalian_eval.bundle.platforms import LEAST_PYTHON, PYTHON, Platform

_COMPILED = len("__pycache__/.cpython-311") + len("c")
"""Characters by which the compiled form of a module has a longer path."""


@dataclass(frozen=True)
class Wheel:
    """A wheel file: what it is, what it needs, what it takes when it is installed (bytes, and the
    characters of its longest path below site-packages)."""

    path: Path
    name: NormalizedName
    version: str
    tags: frozenset[Tag]
    python: SpecifierSet
    requires: tuple[Requirement, ...]
    sha256: str
    installed_bytes: int
    longest_path: int


def read_wheel(path: Path) -> Wheel:
    """Return what a wheel says of itself; ValueError or BadZipFile when it is none."""
    name, version, _, tags = parse_wheel_filename(path.name)
    with zipfile.ZipFile(path) as archive:
        parts = [part for part in archive.infolist() if not part.is_dir()]
        (place,) = [
            p.filename
            for p in parts
            if p.filename.count("/") == 1 and p.filename.endswith(".dist-info/METADATA")
        ]
        told = BytesParser(policy=compat32).parsebytes(archive.read(place), headersonly=True)
    lengths = (len(p.filename) + (_COMPILED if p.filename.endswith(".py") else 0) for p in parts)
    return Wheel(
        path=path,
        name=name,
        version=str(version),
        tags=tags,
        python=SpecifierSet(str(told.get("Requires-Python", ""))),
        requires=tuple(Requirement(str(text)) for text in told.get_all("Requires-Dist", [])),
        sha256=sha256_of(path),
        installed_bytes=sum(part.file_size for part in parts),
        longest_path=max(lengths, default=0),
    )


def lacking(wheels: Sequence[Wheel], top: str, platform: Platform) -> list[str]:
    """Return in Chinese what keeps the library `top` from being installed from wheels alone.

    Every wheel must be for the platform and its Python, and one must meet every requirement on the
    way from `top` to it. Nothing is chosen between versions, as a bundle holds one.
    """
    accepted = _accepted(platform)
    by_name = {wheel.name: wheel for wheel in wheels}
    faults = [f"{wheel.name} 有两个" for wheel in wheels if by_name[wheel.name] is not wheel]
    faults += [
        f"{wheel.path.name} 不能装在 {platform.title} 上"
        for wheel in wheels
        if not wheel.tags & accepted or not wheel.python.contains(LEAST_PYTHON)
    ]
    waiting, seen = [Requirement(top)], set[tuple[NormalizedName, str]]()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        wheel = by_name.get(name)
        if wheel is None or not requirement.specifier.contains(wheel.version, prereleases=True):
            faults.append(f"缺少 {requirement}")
            continue
        for extra in {"", *requirement.extras} - {e for n, e in seen if n == name}:
            seen.add((name, extra))
            waiting += _asked(wheel.requires, extra, platform)
    return sorted(set(faults))


def _asked(requires: Iterable[Requirement], extra: str, platform: Platform) -> list[Requirement]:
    there = {**platform.markers, "extra": extra}
    return [one for one in requires if one.marker is None or one.marker.evaluate(dict(there))]


def _accepted(platform: Platform) -> frozenset[Tag]:
    tags = platform.wheel_platforms
    own = cpython_tags(PYTHON, platforms=tags)
    return frozenset((*own, *compatible_tags(PYTHON, interpreter="cp311", platforms=tags)))
