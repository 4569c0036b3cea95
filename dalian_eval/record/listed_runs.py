"""The runs of a folder in a list: month, day, id, draft or published under which number."""

from dataclasses import dataclass
from pathlib import Path

from dalian_eval.base.errors import DifferenceError
from dalian_eval.base.files import read_json
from dalian_eval.record.manifest import MANIFEST, read_manifest

_DAMAGED = "清单损坏，请核对"


@dataclass(frozen=True)
class ListedRun:
    """A run of the list; `state` in Chinese; `made`: seconds since 1970 of its manifest."""

    folder: Path
    month: str
    as_of: str
    edition: str
    state: str
    made: float

    @property
    def title(self) -> str:
        """The run in a line."""
        edition = "，公开版" if self.edition == "public" else ""
        return f"{self.month}　截至{self.as_of}　{self.folder.name}（{self.state}{edition}）"

    @property
    def door(self) -> Path:
        """Its first page."""
        return self.folder / "index.html"


def listed_runs(runs: Path) -> list[ListedRun]:
    """Return the runs below `runs`, the one made last first; what is no run is left out."""
    found = [run for folder in runs.glob("[0-9]*/[!.]*") if (run := _listed(folder)) is not None]
    return sorted(found, key=lambda run: (run.made, run.folder.name), reverse=True)


def _listed(folder: Path) -> ListedRun | None:
    try:
        meta = read_json(folder / "run.json")
        month, as_of = str(meta["month"]), str(meta["as_of"])
        edition = str(meta.get("edition", ""))
        made = (folder / MANIFEST).stat().st_mtime
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    try:
        number = read_manifest(folder).number
        state = f"已发布，第{number}号" if number else "草稿"
    except DifferenceError:
        state = _DAMAGED
    return ListedRun(folder, month, as_of, edition, state, made)
