"""Cells on their way into a sheet, placed one by one within the limits of a file."""

import math
from dataclasses import dataclass, field

from dalian_eval.base.limits import MEGABYTE, Limits
from dalian_eval.intake.base.raw_cell import Cell, CellError
from dalian_eval.intake.files.sheets import Range, Sheet, blank_rows, fill_down, too_large


@dataclass
class Grid:
    """The cells of one sheet of `file`; `used`: cells that its other sheets lay out.

    What goes beyond a limit is not kept, and the sheet is refused.
    """

    file: str
    limits: Limits
    used: int = 0
    name: str = ""
    hidden: bool = False
    rows: list[list[Cell]] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)
    width: int = 0
    is_too_large: bool = False
    refusal: str = ""
    _text: int = 0

    @property
    def cells(self) -> int:
        """How many cells the rectangle of the sheet has."""
        return len(self.rows) * self.width

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Place a cell; row and column count from 0."""
        if isinstance(cell, float) and not math.isfinite(cell):
            cell = CellError(str(cell))
        width = max(self.width, column + 1)
        height = max(len(self.rows), row + 1)
        self._text += len(cell) if isinstance(cell, str) else 0
        limits = self.limits
        if (
            height > limits.rows
            or width > limits.columns
            or self.used + height * width > limits.cells
            or self._text > limits.text_mb * MEGABYTE
        ):
            self.is_too_large = True
        if self.is_too_large:
            return
        self.width = width
        while len(self.rows) < height:
            self.rows.append([])
        cells = self.rows[row]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = cell

    def merge(self, row: int, column: int, height: int, width: int) -> None:
        """Note that a cell reaches over so many rows and columns."""
        if height > 1 or width > 1:
            bottom = min(row + height, self.limits.rows) - 1
            self.ranges.append(((row, column), (bottom, column + width - 1)))

    def sheet(self, *, date1904: bool = False) -> Sheet:
        """Return the sheet, its merged ranges filled down; call it once."""
        if self.hidden:
            return Sheet(self.name, [], frozenset(), hidden=True)
        if self.is_too_large:
            self.refusal = too_large(self.file, self.name, self.limits)
        if self.refusal:
            return Sheet(self.name, [], frozenset(), refusal=self.refusal)
        blank = blank_rows(self.rows)
        self._reach_below()
        fill_down(self.rows, self.ranges)
        return Sheet(self.name, self.rows, blank, date1904=date1904)

    def _reach_below(self) -> None:
        """Give the rows below a merged cell a blank at its column, as a workbook has it."""
        done: dict[int, int] = {}
        for (top, left), (bottom, _) in sorted(self.ranges):
            if top >= len(self.rows) or left >= len(self.rows[top]):
                continue
            for cells in self.rows[max(top, done.get(left, -1)) + 1 : bottom + 1]:
                cells.extend([""] * (left + 1 - len(cells)))
            done[left] = max(done.get(left, -1), bottom)
