"""A block read with other texts in some of its cells, and without some of its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from dalian_eval.intake.base.raw_cell import Cell
from dalian_eval.intake.base.reasons import Problem
from dalian_eval.intake.files.blocks import Block


@dataclass(frozen=True)
class Amendments:
    """What corrections change in a block; the block itself stays as the file has it.

    `texts`: place of a row in the block → position → what is read there; `withdrawn`: number of a
    row that is not to be used → why. What is a record is told by the block alone, so that no
    correction makes a row appear or vanish.
    """

    texts: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    withdrawn: Mapping[int, Problem] = field(default_factory=dict)

    def column(self, block: Block, position: int) -> pa.Array | Sequence[Cell]:
        """Return a column of the block as it is to be read; null where a row is shorter."""
        cells: pa.Array | Sequence[Cell] = pa.nulls(block.height, pa.string())
        if position < block.width:
            cells = block.column(position)
        changed = {p: texts[position] for p, texts in self.texts.items() if position in texts}
        if not changed:
            return cells
        values: list[Cell] = cells.to_pylist() if isinstance(cells, pa.Array) else [*cells]
        for place, text in changed.items():
            values[place] = text
        return pa.array(values, pa.string()) if isinstance(cells, pa.Array) else values
