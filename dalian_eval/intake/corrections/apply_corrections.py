"""Corrections applied while a sheet is read: only where what they say still stands there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from dalian_eval.intake.base.raw_cell import clip
from dalian_eval.intake.base.reasons import Change, Problem, Reason
from dalian_eval.intake.corrections.correction_sheets import (
    HEADERS,
    Decision,
    Line,
    Outcome,
    comparable_text,
    decision,
    row_text,
)
from dalian_eval.intake.files.blocks import Block
from dalian_eval.intake.tables.amended_block import Amendments
from dalian_eval.intake.tables.changes import Example
from dalian_eval.intake.tables.headers import plain_header
from dalian_eval.intake.tables.normalise import Piece
from dalian_eval.intake.tables.quarantined_rows import named_cells
from dalian_eval.intake.tables.recognise import Header


@dataclass
class Correcting:
    """The corrections of one sheet, decided block by block.

    `decisions` tells what became of each line by its place; `changes` counts the cells changed.
    """

    header: Header
    lines: Sequence[Line]
    decisions: dict[tuple[str, str, int], Decision] = field(default_factory=dict)
    changes: dict[tuple[str, Change], Example] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the lines by their rows; those that name no column of the sheet are done with."""
        self._rows: dict[int, list[Line]] = {}
        self._applied: dict[int, list[tuple[Line, str]]] = {}
        columns = self.header.columns
        named = {plain_header(self.header.texts[place]): place for place in columns.values()}
        own = {plain_header(self.header.table[n].header): p for n, p in columns.items()}
        self._positions = named | own
        for line in self.lines:
            if not line.is_whole_row and line.column not in self._positions:
                headers = "、".join(self.header.table[name].header for name in columns)
                self._refuse(line, f"这张表没有列『{clip(line.column)}』；有的列是：{headers}。")
            else:
                self._rows.setdefault(int(line.target_row), []).append(line)

    def on(self, block: Block) -> Amendments:
        """Return what the lines change in a block."""
        amended: dict[int, dict[int, str]] = {}
        withdrawn: dict[int, Problem] = {}
        self._applied = {}
        last = block.first + block.height
        numbers = sorted(number for number in self._rows if block.first < number <= last)
        places = np.array(numbers, dtype=np.int64) - (block.first + 1)
        found = block.texts(places).to_pylist() if numbers else []
        for number, place, texts in zip(numbers, places.tolist(), found, strict=True):
            cells = [*texts.values()]
            for line in self._undisputed(self._agreeing(self._rows.pop(number), cells)):
                if line.withdraws:
                    where = {"where": line.where}
                    withdrawn[number] = Problem(Reason.WITHDRAWN, "", "", where)
                    self._applied.setdefault(number, []).append((line, ""))
                else:
                    position = self._positions[line.column]
                    amended.setdefault(place, {})[position] = line.text
                    self._applied.setdefault(number, []).append((line, _at(cells, position)))
        return Amendments(amended, withdrawn)

    def note(self, piece: Piece) -> None:
        """Decide about the lines of the block that was read into `piece`: was it a record?"""
        records = {*piece.rows.tolist()} if self._applied else set()
        counted: set[tuple[int, int]] = set()
        for number, lines in self._applied.items():
            for line, before in lines:
                if number not in records:
                    self._refuse(line, f"第 {number} 行是表头、合计、说明或空行，不是记录。")
                elif line.withdraws:
                    self._decide(line, Outcome.WITHDRAWN)
                else:
                    self._decide(line, Outcome.CORRECTED)
                    cell = (number, self._positions[line.column])
                    if cell not in counted:
                        counted.add(cell)
                        self._count(line, before)

    def finish(self) -> tuple[Decision, ...]:
        """Return what became of all lines; those whose row never came have none."""
        for number, lines in self._rows.items():
            for line in lines:
                self._refuse(line, f"第 {number} 行不在数据行之内，这一行可能已被删去或移动。")
        return tuple(self.decisions[line.place] for line in self.lines)

    def _agreeing(self, lines: Sequence[Line], cells: Sequence[str | None]) -> Iterator[Line]:
        """Yield the lines that name what stands in the row."""
        whole = row_text(named_cells(self.header.texts, cells))
        for line in lines:
            raw = "" if line.is_whole_row else _at(cells, self._positions[line.column])
            stands = whole if line.is_whole_row else comparable_text(raw)
            if stands != line.before:
                self._refuse(
                    line,
                    f"『{HEADERS['before']}』是“{clip(line.before) or '空'}”，"
                    f"现在读到的却是“{clip(stands) or '空'}”，原文件可能已改过。",
                )
            elif not line.withdraws and line.text == raw:
                self._refuse(line, "『更正为』与原内容相同，没有改动。")
            else:
                yield line

    def _undisputed(self, lines: Iterator[Line]) -> Iterator[Line]:
        """Yield the lines of a row that no other line contradicts."""
        all_lines = list(lines)
        for line in all_lines:
            rival = next((other for other in all_lines if self._contradict(line, other)), None)
            if rival is None:
                yield line
            else:
                self._refuse(line, f"与更正表 {rival.where} 互相矛盾，两处都没有采用；请只留一处。")

    def _contradict(self, one: Line, other: Line) -> bool:
        if one.withdraws or other.withdraws:
            return one.withdraws != other.withdraws
        same = self._positions[one.column] == self._positions[other.column]
        return same and one.text != other.text

    def _count(self, line: Line, before: str) -> None:
        position = self._positions[line.column]
        name = next(n for n, place in self.header.columns.items() if place == position)
        key = (self.header.table[name].header, Change.CORRECTED)
        first = self.changes.get(key, Example(0, before, line.text))
        self.changes[key] = Example(first.count + 1, first.before, first.after)

    def _refuse(self, line: Line, reason: str) -> None:
        self._decide(line, Outcome.NOT_APPLIED, reason)

    def _decide(self, line: Line, outcome: Outcome, reason: str = "") -> None:
        self.decisions[line.place] = decision(line, outcome, reason)


def _at(cells: Sequence[str | None], position: int) -> str:
    return (cells[position] if position < len(cells) else None) or ""
