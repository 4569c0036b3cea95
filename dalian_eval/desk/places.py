"""Where the desk keeps what it must remember: data/processed/desk of the project."""

from pathlib import Path

from dalian_eval.base.project_place import PROCESSED

DESK = "desk"
NOTEBOOK = "notebooks/00_desk.ipynb"
GUIDE = "/guide/"
"""Where the desk's server has the user's guide."""

CLOSE = "close"
"""In the desk's folder: whoever makes this file asks the server to end."""


def desk_folder(root: Path) -> Path:
    """Return the desk's folder below a project, made where there is none; OSError as mkdir."""
    folder = root / PROCESSED / DESK
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def close_desk(root: Path) -> None:
    """Ask the server of a project's desk to end; works that are under way go on."""
    (desk_folder(root) / CLOSE).touch()
