"""The manifest of a bundle: what it is for, and every other file of it with its SHA-256."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Literal

from packaging.utils import parse_wheel_filename
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dalian_eval.base.files import canonical

TOP = "dalian-eval"
"""The one folder that a bundle unpacks to."""

PROGRAM = "dalian_eval"
"""The package, as its wheel and its folder are called."""

NOTEBOOK_FOLDER = "notebooks"

INSTALL = "install"
"""Below it: what is there for installing only."""

WHEELS = f"{INSTALL}/wheels"
BUNDLE_MANIFEST = f"{INSTALL}/manifest.json"
INSTALLER = f"{INSTALL}/install.py"
REQUIREMENTS = f"{INSTALL}/requirements.txt"

_Digest = Field(pattern=r"^[0-9a-f]{64}$")


class BundleManifest(BaseModel):
    """What install/manifest.json says.

    `package`, `notebooks`: hashes as in the environment.json of a record; `python`: the minor
    version of Python it is for, `least_python` the oldest; `installed_bytes`: what the libraries
    take unpacked; `longest_path`: characters of the longest path below site-packages; `files`:
    SHA-256 by posix path below the top folder.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    format: Literal["dalian-eval-bundle-1"] = "dalian-eval-bundle-1"
    version: str
    package: str = _Digest
    notebooks: str = _Digest
    platform: str
    python: str
    least_python: str
    installed_bytes: int = Field(ge=0)
    longest_path: int = Field(ge=0)
    files: dict[str, str]

    def to_bytes(self) -> bytes:
        """Return the file's bytes, the same for equal manifests."""
        return canonical(self.model_dump(mode="json"))

    def wheels(self) -> dict[str, str]:
        """Return the SHA-256 of every wheel, by its posix path."""
        return {
            name: digest
            for name, digest in self.files.items()
            if PurePosixPath(name).parent == PurePosixPath(WHEELS)
        }


def bundle_manifest_from(data: bytes) -> BundleManifest:
    """Return the manifest that `data` holds; ValueError when it is none that this program reads."""
    try:
        return BundleManifest.model_validate_json(data)
    except ValidationError as error:
        raise ValueError("不是本程序写的安装包清单") from error


def requirements_text(wheels: Mapping[str, str]) -> str:
    """Return the bundle's own lock for pip: every library under the hash of the one wheel there is.

    `wheels`: SHA-256 by path. ValueError for a file name that is no wheel's.
    """
    lines = []
    for place, digest in sorted(wheels.items()):
        name, version, *_ = parse_wheel_filename(PurePosixPath(place).name)
        lines.append(f"{name}=={version} --hash=sha256:{digest}\n")
    return "".join(lines)
