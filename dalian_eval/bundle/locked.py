"""The project's lock as one platform sees it: which library in which version, by which hashes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from dalian_eval.base.errors import UsageError
from dalian_eval.bundle.platforms import Platform

_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")


@dataclass(frozen=True)
class LockedLibrary:
    """A library in the one version that is locked, and the SHA-256 of every file that is it."""

    name: str
    version: str
    hashes: frozenset[str]

    def lines(self, hashes: Sequence[str] = ()) -> str:
        """Return it as pip reads it, under all its hashes or those given."""
        kept = "".join(f" \\\n    --hash=sha256:{one}" for one in hashes or sorted(self.hashes))
        return f"{self.name}=={self.version}{kept}\n"


def locked_for(lock: str, platform: Platform) -> list[LockedLibrary]:
    """Return what the text of a lock asks for on a platform, in the order of names.

    UsageError for a line that is no locked library, or one that is asked for in two versions.
    """
    found: dict[str, LockedLibrary] = {}
    for entry in _entries(lock):
        requirement = _requirement(entry)
        if requirement.marker and not requirement.marker.evaluate(dict(platform.markers)):
            continue
        (pin,) = requirement.specifier
        name = canonicalize_name(requirement.name)
        if name in found:
            raise UsageError(f"锁文件在 {platform.title} 上把 {name} 锁定了两次：请重新 make lock")
        found[name] = LockedLibrary(name, pin.version, frozenset(_HASH.findall(entry)))
    return [found[name] for name in sorted(found)]


def _entries(lock: str) -> list[str]:
    """Return the entries of a lock, each with the lines that go on from its first."""
    lines = [line for line in lock.splitlines() if not line.lstrip().startswith("#")]
    return [entry for entry in "\n".join(lines).replace("\\\n", " ").splitlines() if entry.strip()]


def _requirement(entry: str) -> Requirement:
    text = entry.partition(" --hash=")[0].strip()
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise UsageError(f"锁文件中『{text}』不是一个库：请重新 make lock") from error
    pins = [spec for spec in requirement.specifier if spec.operator == "=="]
    if len(pins) != 1 or len(requirement.specifier) != 1 or not _HASH.search(entry):
        raise UsageError(f"锁文件中『{text}』没有锁定版本和校验值：请重新 make lock")
    return requirement
