"""A program of one module, its bundle and a record of it: all real, and installed in seconds."""

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dalian_eval.base.files import write_json
from dalian_eval.bundle.manifest import (
    INSTALLER,
    PROGRAM,
    REQUIREMENTS,
    WHEELS,
    BundleManifest,
    requirements_text,
)
from dalian_eval.bundle.platforms import LEAST_PYTHON, platform_here
from dalian_eval.bundle.write import write_bundle
from dalian_eval.record.environment import PYTHON, code_hash, notebooks_hash

ROOT = Path(__file__).parents[2]
VERSION = "0.0.9"
HERE = platform_here()

_MAIN = """
import sys
print("0.0.9 版：", *sys.argv[1:])
if "reproduce" in sys.argv:
    import os
    print("隔离" if sys.flags.isolated else "不隔离", os.getcwd())
    sys.exit(4 if sys.argv[2].endswith("改过") else 0)
"""


def write_wheel(
    folder: Path, name: str, version: str, contents: Mapping[str, str], tag: str = "py3-none-any",
    metadata: str = "",
) -> Path:  # fmt: skip
    """Write a wheel of these files; `metadata`: further lines of its description."""
    info = f"{name}-{version}.dist-info"
    parts = dict(contents)
    parts[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}\n"
    )
    parts[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n"
    parts[f"{info}/RECORD"] = "".join(f"{part},,\n" for part in [*parts, f"{info}/RECORD"])
    place = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return place


@dataclass
class Small:
    """The parts of a bundle before it is written: a test may spoil any of them."""

    files: dict[str, bytes]
    wheels: dict[str, Path]
    manifest: dict[str, object]
    place: Path

    def write(self, **changed: object) -> Path:
        """Write the bundle, its manifest listing what is there; `changed`: other things it says."""
        hashes = {n: hashlib.sha256(d).hexdigest() for n, d in self.files.items()}
        hashes |= {n: hashlib.sha256(p.read_bytes()).hexdigest() for n, p in self.wheels.items()}
        told = BundleManifest(**{**self.manifest, "files": hashes, **changed})
        write_bundle(told, self.files, self.wheels, self.place)
        return self.place


def program_source() -> dict[str, str]:
    installer = (ROOT / PROGRAM / "bundle" / "install.py").read_text(encoding="utf-8")
    return {
        f"{PROGRAM}/__init__.py": "",
        f"{PROGRAM}/__main__.py": _MAIN,
        f"{PROGRAM}/bundle/install.py": installer,
    }


def small_bundle(folder: Path, more: Mapping[str, str] | None = None) -> Small:
    """Return the bundle of the program; `more`: further files in its wheel."""
    assert HERE is not None
    source = folder / "source"
    for name, text in program_source().items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    (source / "notebooks").mkdir()
    (source / "notebooks" / "01.ipynb").write_text("{}", encoding="utf-8")
    wheel = write_wheel(folder, PROGRAM, VERSION, {**program_source(), **(more or {})})
    name = f"{WHEELS}/{wheel.name}"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Small(
        files={
            INSTALLER: program_source()[f"{PROGRAM}/bundle/install.py"].encode(),
            REQUIREMENTS: requirements_text({name: digest}).encode(),
            "notebooks/01.ipynb": b"{}",
        },
        wheels={name: wheel},
        manifest={
            "version": VERSION,
            "package": code_hash(source / PROGRAM, ("*",)),
            "notebooks": notebooks_hash(source / "notebooks"),
            "platform": HERE.name,
            "python": PYTHON,
            "least_python": LEAST_PYTHON,
            "installed_bytes": 1 << 20,
            "longest_path": 60,
        },
        place=folder / "安装包.zip",
    )


def small_record(folder: Path, small: Small, **changed: object) -> Path:
    """Make a run folder that says that the program of a bundle made it."""
    folder.mkdir(parents=True)
    told = {key: small.manifest[key] for key in ("version", "package", "notebooks", "python")}
    write_json({**told, "locked": True, "deviating": {}, **changed}, folder / "environment.json")
    write_json({"run_id": folder.name}, folder / "run.json")
    (folder / "requirements.lock").write_text(
        "six==1.17.0 \\\n    --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8"
    )
    return folder
