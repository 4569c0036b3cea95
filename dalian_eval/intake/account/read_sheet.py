"""A sheet that was read, as the account knows it."""

from dataclasses import dataclass
from pathlib import Path

from dalian_eval.intake.files.discover import RawFile
from dalian_eval.intake.pieces import SheetRead


@dataclass(frozen=True)
class ReadSheet:
    """A sheet that was read for one table: its id, its file, the folder of its parts."""

    id: int
    raw: RawFile
    folder: Path
    sheet: SheetRead
