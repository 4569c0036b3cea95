"""What a bundle holds besides the wheels: the project that is worked in, its scripts, the guide."""

from pathlib import Path

from dalian_eval.base.project_place import FOLDER
from dalian_eval.bundle.manifest import INSTALLER, PROGRAM
from dalian_eval.record.environment import LOCK, NOTEBOOKS
from dalian_eval.report.guide import pages as guide

_FOLDERS = (NOTEBOOKS, FOLDER, "data/demo", "docs", guide.FOLDER)
_EMPTY_FOLDERS = ("data/raw", "data/processed")
_KEEPER = ".gitkeep"

_SOURCE = Path(PROGRAM) / "bundle"
_BATCH = ".bat"


def project_files(root: Path) -> dict[str, bytes]:
    """Return the files of the project at `root` that users work with, by posix path."""
    found = {name: (root / name).read_bytes() for name in (LOCK, guide.FIRST)}
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root)
            if path.is_file() and not any(part.startswith((".", "__")) for part in name.parts):
                found[name.as_posix()] = path.read_bytes()
    found.update({f"{folder}/{_KEEPER}": b"" for folder in _EMPTY_FOLDERS})
    found.update({name: text.encode() for name, text in guide.guide_pages(root).items()})
    return found


def script_files(root: Path) -> dict[str, bytes]:
    """Return the scripts that install and start, as the systems read them, by name."""
    found = {INSTALLER: (root / _SOURCE / "install.py").read_bytes()}
    for script in sorted((root / _SOURCE / "scripts").iterdir()):
        text = script.read_text(encoding="utf-8")
        found[script.name] = as_batch(text) if script.name.endswith(_BATCH) else text.encode()
    return found


def as_batch(text: str) -> bytes:
    """Return a batch file: cmd reads it by the code page, which the script itself sets to 936."""
    return text.replace("\n", "\r\n").encode("gbk")


def is_program(name: str) -> bool:
    """Whether a file of the bundle is started by its name, so that it needs the right to be."""
    return name.endswith((".sh", ".desktop"))
