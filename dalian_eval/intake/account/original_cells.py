"""The original cells of rows that were not accepted, read back from a sheet's kept pieces."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dalian_eval.intake.cells.plain_spellings import spelt
from dalian_eval.intake.pieces import CANONICAL, CELLS, Part
from dalian_eval.intake.tables.quarantined_rows import SPELT, named_cells


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

    def _texts(self, kept: pa.Table, part: Part) -> list[pa.Array]:
        """Return the cells of a part, those that were kept as values spelt again."""
        named = [(field.metadata or {}).get(SPELT, b"").decode() for field in kept.schema]
        spelt_as = {name for name in named if name}
        if not spelt_as:
            return list(kept.columns)
        rows = pq.read_table(self.folder / f"{part.stem}{CANONICAL}", columns=sorted(spelt_as))
        return [
            spelt(rows[name].combine_chunks()) if name else column
            for name, column in zip(named, kept.columns, strict=True)
        ]

    def _place(self, row: int) -> int:
        at = max(self._at, 0)
        if len(self._rows) and row < self._rows[0]:
            at = 0  # the rows of the next part of a mapped sheet begin at its top again
        while self.parts[at].last < row:
            at += 1
        if at != self._at:
            self._at = at
            with pa.OSFile(str(self.folder / f"{self.parts[at].cells}{CELLS}")) as source:
                kept = pa.ipc.open_file(source).read_all().combine_chunks()
            self._rows = kept["row"].to_numpy()
            self._columns = self._texts(kept.drop_columns("row"), self.parts[at])
        return int(np.searchsorted(self._rows, row))
