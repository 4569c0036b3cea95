"""The original cells of rows that were not accepted, read back from a sheet's kept pieces."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from dalian_eval.intake.pieces import CELLS, Part
from dalian_eval.intake.tables.quarantined_rows import named_cells


@dataclass
class Cells:
    """The original cells of one sheet, best looked up by ascending row numbers."""

    folder: Path
    titles: Sequence[str]
    parts: Sequence[Part]
    _at: int = -1
    _rows: list[int] = field(default_factory=list)
    _columns: list[pa.Array] = field(default_factory=list)

    def json(self, row: int) -> str:
        """Return a row's original cells as a JSON object, header → text."""
        return json.dumps(named_cells(self.titles, self.texts(row)), ensure_ascii=False)

    def texts(self, row: int) -> list[str | None]:
        """Return a row's original cells by position; None where the row is shorter."""
        place = self._place(row)
        return [column[place].as_py() for column in self._columns]

    def _place(self, row: int) -> int:
        at = max(self._at, 0)
        if len(self._rows) and row < self._rows[0]:
            at = 0  # the rows of the next part of a mapped sheet begin at its top again
        while self.parts[at].last < row:
            at += 1
        if at != self._at:
            self._at = at
            with pa.OSFile(str(self.folder / f"{self.parts[at].cells}{CELLS}")) as source:
                rows, *self._columns = pa.ipc.open_file(source).read_all().combine_chunks().columns
            self._rows = rows.to_numpy()
        return int(np.searchsorted(self._rows, row))
