"""Blocks of rows: the unit in which sheets are read, so that no sheet is held as a whole."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import zip_longest

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.intake.base.raw_cell import Cell, is_blank, original_text

_TEXT = {str, type(None)}

Indices = npt.NDArray[np.int64]


class Block(ABC):
    """Consecutive rows of a sheet: row `i` of the block has the index `first + i` in the sheet."""

    first: int
    height: int
    width: int
    is_cut_off = False
    """Whether the last row is the last of a file that ends within a line."""

    @abstractmethod
    def column(self, position: int) -> pa.Array | Sequence[Cell]:
        """Return a column: texts where all its cells are (null: the row is shorter), else cells."""

    @abstractmethod
    def rows(self, indices: Indices) -> Iterator[tuple[list[Cell], bool]]:
        """Yield the cells of some rows of the block, and whether the row is blank."""

    def beyond(self, width: int) -> dict[int, str]:
        """Return the first content beyond `width` columns by row: in a csv, cells have shifted."""
        return {}

    def short(self, width: int) -> Indices:
        """Return the places of the rows of a csv that have fewer than `width` fields."""
        return np.zeros(0, np.int64)

    @abstractmethod
    def texts(self, indices: Indices) -> pa.RecordBatch:
        """Return the original texts of some rows: `_0`, `_1`, …; null where the row is shorter."""


class TextBlock(Block):
    """A block of a csv: columns of texts."""

    def __init__(self, first: int, columns: list[pa.Array], height: int) -> None:
        """Take columns of one height; a null stands where a row is shorter."""
        self.first, self._columns, self.height = first, columns, height
        self.width = len(columns)

    @classmethod
    def of_rows(cls, first: int, rows: list[list[str]]) -> "TextBlock":
        """Return the block of some records."""
        columns = [pa.array(column, pa.string()) for column in zip_longest(*rows)]
        return cls(first, columns, len(rows))

    def column(self, position: int) -> pa.Array:
        """Return a column of texts."""
        return self._columns[position]

    def rows(self, indices: Indices) -> Iterator[tuple[list[Cell], bool]]:
        """Yield the cells of some rows of the block, and whether the row is blank."""
        where = pa.array(indices)
        some = [column.take(where).to_pylist() for column in self._columns]
        for cells in zip(*some, strict=True) if some else ((),) * len(indices):
            row: list[Cell] = [cell for cell in cells if cell is not None]
            yield row, all(map(is_blank, row))

    def beyond(self, width: int) -> dict[int, str]:
        """Return the first content beyond `width` columns by row."""
        found: dict[int, str] = {}
        for column in self._columns[width:]:
            for row in np.flatnonzero(pc.fill_null(pc.binary_length(column), 0)).tolist():
                if not is_blank(text := column[row].as_py()):
                    found.setdefault(row, text)
        return found

    def short(self, width: int) -> Indices:
        """Return the places of the rows that have fewer than `width` fields."""
        if width > len(self._columns):
            return np.arange(self.height)
        last = self._columns[width - 1]
        absent = last.is_null().to_numpy(zero_copy_only=False) if last.null_count else []
        return np.flatnonzero(absent)

    def texts(self, indices: Indices) -> pa.RecordBatch:
        """Return the texts of some rows."""
        columns = self._columns
        if len(indices) < self.height:
            columns = [column.take(pa.array(indices)) for column in columns]
        return _named(columns)


class CellBlock(Block):
    """A block of a workbook's sheet; `blank` holds the sheet's indices of blank rows."""

    def __init__(self, first: int, rows: list[list[Cell]], blank: AbstractSet[int]) -> None:
        """Take the rows of the block; they may differ in length."""
        self.first, self._rows, self._blank = first, rows, blank
        self.height = len(rows)
        self._columns = [_texts_or_cells(cells) for cells in zip_longest(*rows)]
        self.width = len(self._columns)

    def column(self, position: int) -> pa.Array | Sequence[Cell]:
        """Return a column: texts when it has nothing else."""
        return self._columns[position]

    def rows(self, indices: Indices) -> Iterator[tuple[list[Cell], bool]]:
        """Yield the cells of some rows of the block, and whether the row is blank."""
        for index in indices.tolist():
            yield self._rows[index], self.first + index in self._blank

    def texts(self, indices: Indices) -> pa.RecordBatch:
        """Return the original texts of some rows."""
        columns: list[pa.Array] = []
        for column in self._columns:
            if not isinstance(column, pa.Array):
                texts = [None if cell is None else original_text(cell) for cell in column]
                column = pa.array(texts, pa.string())
            columns.append(column if len(indices) == self.height else column.take(indices))
        return _named(columns)


def _texts_or_cells(cells: Sequence[Cell]) -> pa.Array | Sequence[Cell]:
    """Return texts as an array, null where a row is shorter; other cells as they are."""
    return pa.array(cells, pa.string()) if {*map(type, cells)} <= _TEXT else cells


def _named(columns: Sequence[pa.Array]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(list(columns), [f"_{i}" for i in range(len(columns))])
