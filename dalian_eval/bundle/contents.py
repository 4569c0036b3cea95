"""What a bundle holds besides the wheels: the project that is worked in, its scripts, the guide."""

import re
from pathlib import Path

from dalian_eval.base.project_place import FOLDER
from dalian_eval.bundle.manifest import INSTALLER, PROGRAM
from dalian_eval.record.environment import LOCK, NOTEBOOKS
from dalian_eval.report.base.markdown import Anchors, markdown_html
from dalian_eval.report.base.markup import markup
from dalian_eval.report.base.page import render

GUIDE = "使用说明.html"
_GUIDE_SOURCE = "README.zh-CN.md"
_FOLDERS = (NOTEBOOKS, FOLDER, "data/demo", "docs")
_EMPTY_FOLDERS = ("data/raw", "data/processed")
_KEEPER = ".gitkeep"

_SOURCE = Path(PROGRAM) / "bundle"
_BATCH = ".bat"

_WRAPPED = re.compile(r"(?<=[^\x00-\xff])\n *(?=[^\x00-\xff])")
"""A line end between Chinese characters: as a blank it would show."""


def project_files(root: Path) -> dict[str, bytes]:
    """Return the files of the project at `root` that users work with, by posix path."""
    found = {LOCK: (root / LOCK).read_bytes()}
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root)
            if path.is_file() and not any(part.startswith((".", "__")) for part in name.parts):
                found[name.as_posix()] = path.read_bytes()
    found.update({f"{folder}/{_KEEPER}": b"" for folder in _EMPTY_FOLDERS})
    found[GUIDE] = _guide((root / _GUIDE_SOURCE).read_text(encoding="utf-8")).encode()
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


def _guide(source: str) -> str:
    """Return the user's guide as a page."""
    anchors = Anchors()
    text = markdown_html(_WRAPPED.sub("", source), anchors)
    return render(
        "guide.html", title=anchors.headings[0].text, text=markup(text), parts=anchors.headings
    )
