"""Cells of theirs to cells of ours: parts of a cell, words and what they mean, several columns.

Every distinct cell is looked at once. What is made is a text that the parser of our column reads
like any other cell; error values and formulas without value pass as they are.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dalian_eval.intake.base.raw_cell import (
    Cell,
    CellError,
    EmptyFormula,
    half_width,
    is_blank,
    original_text,
    says_nothing,
    without_blanks,
)
from dalian_eval.intake.base.reasons import BadCellError, Change, Problem, Reason
from dalian_eval.intake.cells.list_entries import SEPARATORS
from dalian_eval.intake.cells.nearest_word import nearest_word
from dalian_eval.intake.files.blocks import Indices
from dalian_eval.intake.mapping.model import (
    BLANK,
    END,
    FILLED,
    FIRST,
    LAST,
    ON_EMPTY,
    START,
    Condition,
    Form,
)
from dalian_eval.intake.tables.changes import Example
from dalian_eval.intake.tables.normalise import Cells, ColumnCells, distinct_cells
from dalian_eval.schema.model import Column, Type

Mask = npt.NDArray[np.bool_]

_DAY = r"\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*日?|\d{8}|\d{4}\s*[-./年]\s*\d{1,2}\s*月?"
_OPEN = r"长期有效|长期|永久有效|永久|至今|今|现在|在岗"
_SPAN = re.compile(
    rf"[自从由]?\s*(?P<start>{_DAY})\s*起?\s*(?:(?:至|到|~|～|〜|—+|–+|―+|-+|/|,|、)\s*)?"
    rf"(?P<end>{_DAY}|{_OPEN})\s*止?"
)
_FROM = re.compile(rf"[自从由]?\s*(?P<start>{_DAY})\s*起")
_STEPS = re.compile(r"\s*[/／\\>＞→|｜»·•\-－—–_]+\s*|\s+")
_JOINT = "、"


@dataclass(frozen=True)
class Translator:
    """Makes the cells of one column of ours out of those of a sheet, under one mapping."""

    mapping: str
    form: Form
    column: Column

    def cells(self, columns: Sequence[Cells], count: int, part: int) -> ColumnCells:
        """Return `count` cells of ours; `columns` are theirs, `part` counts the parts of a cell."""
        if not columns:
            return self._constant(count)
        if self.form.is_plain:
            return ColumnCells(columns[0])
        if len(columns) > 1:
            united = _united(columns)
            if not self.form.is_translated:
                first = original_text(columns[0][0] if count else "")
                example = Example(count, str(first), _first(united))
                return ColumnCells(united, changes={Change.UNITED: example} if count else {})
            columns = [united]
        return self._each_distinct(columns[0], part)

    def _constant(self, count: int) -> ColumnCells:
        text = self.form.constant
        words = {_plain(word): meant for word, meant in self.form.words}
        return ColumnCells(pa.array([words.get(_plain(text), text)] * count, pa.string()))

    def _each_distinct(self, cells: Cells, part: int) -> ColumnCells:
        distinct, codes = distinct_cells(cells)
        made: list[Cell] = []
        wrong: dict[int, Problem] = {}
        changed: dict[Change, list[int]] = {}
        for code, cell in enumerate(distinct):
            value: Cell = cell
            if not isinstance(cell, CellError | EmptyFormula):
                text = original_text(cell)
                try:
                    value = self.meaning(text, part)
                except BadCellError as error:
                    value = ""
                    wrong[code] = Problem(error.reason, self.column.header, text, error.details)
                else:
                    if value != text and not is_blank(text):
                        change = Change.TRANSLATED if self.form.is_translated else Change.PART
                        changed.setdefault(change, []).append(code)
            made.append(value)
        values = _taken(made, codes)
        bad = np.flatnonzero(np.isin(codes, list(wrong))) if wrong else codes[:0]
        counts = np.bincount(codes, minlength=len(distinct))
        changes = {
            change: Example(
                int(counts[at].sum()), original_text(distinct[at[0]]), original_text(made[at[0]])
            )
            for change, at in changed.items()
        }
        problems = {int(row): wrong[int(codes[row])] for row in bad}
        return ColumnCells(values, problems, changes)

    def meaning(self, text: str, part: int) -> str:
        """Return what a text of theirs is as a cell of ours. Raises BadCellError."""
        form = self.form
        if form.part:
            text = _part(text, form.part, part)
        if not form.is_translated:
            return text
        if self.column.type is Type.LIST and not is_blank(text):
            pieces = [piece for piece in SEPARATORS.split(text) if not is_blank(piece)]
            return _JOINT.join(filter(None, dict.fromkeys(map(self._word, pieces))))
        return self._word(text)

    def _word(self, text: str) -> str:
        """Return what a word means here. Raises BadCellError."""
        form = self.form
        words = {_plain(word): meant for word, meant in form.words}
        plain = _plain(text)
        if is_blank(text) or says_nothing(text):
            return words.get(ON_EMPTY, words.get(plain, ""))
        if plain in words:
            return words[plain]
        meant = self._mentioned(plain)
        if meant is not None:
            return meant
        if form.other is not None:
            return form.other
        if plain in self.column.vocabulary or (self.column.type is Type.BOOL and plain in "是否"):
            return plain
        near = nearest_word(plain, [*words, *(word for word, _ in form.mentions)])
        raise BadCellError(
            Reason.NOT_LISTED,
            mapping=self.mapping,
            nearest=f"（最接近的是“{near}”）" if near else "",
        )

    def _mentioned(self, text: str) -> str | None:
        """Return what is meant by the words in a text, those inside longer ones left out."""
        found: dict[str, str] = {}
        for word, meant in self.form.mentions:
            if (plain := _plain(word)) and plain in text:
                found[plain] = meant
        spans = {w: {m.span() for m in re.finditer(re.escape(w), text)} for w in found}
        own = {
            word: meant
            for word, meant in found.items()
            if any(
                not any(
                    a <= start and end <= b and (a, b) != (start, end)
                    for other in found
                    for a, b in spans[other]
                )
                for start, end in spans[word]
            )
        }
        if len({*own.values()}) > 1:
            words = "、".join(f"“{word}”" for word in own)
            raise BadCellError(Reason.SEVERAL_MEANINGS, mapping=self.mapping, words=words)
        return next(iter(own.values()), None)


def parts_of(text: str) -> list[str]:
    """Return the parts of a cell that each make a row: 张某某、李某某."""
    return [p.strip() for p in SEPARATORS.split(text) if not is_blank(p) and not says_nothing(p)]


def holds(condition: Condition, cells: Cells) -> Mask:
    """Return in which rows a condition holds."""
    distinct, codes = distinct_cells(cells)
    test = _test(condition)
    return np.array([test(original_text(cell)) for cell in distinct], dtype=np.bool_)[codes]


def is_filled(cells: Cells) -> Mask:
    """Return which cells say something."""
    return holds(Condition("", FILLED), cells)


def part_counts(cells: Cells) -> Indices:
    """Return how many parts each cell has."""
    distinct, codes = distinct_cells(cells)
    return np.array([len(parts_of(original_text(c))) for c in distinct], dtype=np.int64)[codes]


def _test(condition: Condition) -> Callable[[str], bool]:
    words = {*map(_plain, condition.words)}

    def filled(text: str) -> bool:
        return not is_blank(text) and not says_nothing(text)

    def among(text: str) -> bool:
        return _plain(text) in words or (ON_EMPTY in words and not filled(text))

    tests: dict[str, Callable[[str], bool]] = {
        FILLED: filled,
        BLANK: lambda text: not filled(text),
        "是": among,
        "不是": lambda text: not among(text),
        "含": lambda text: any(word in _plain(text) for word in words),
        "不含": lambda text: not any(word in _plain(text) for word in words),
    }
    return tests[condition.asks]


def _plain(text: str) -> str:
    return without_blanks(half_width(text))


def _part(text: str, part: str, number: int) -> str:
    """Return a part of a cell; blank of a blank one. Raises BadCellError."""
    if is_blank(text) or says_nothing(text):
        return ""
    if part in (START, END):
        return _of_span(text, part)
    if part in (FIRST, LAST):
        steps = [step for step in _STEPS.split(half_width(text)) if step]
        return (steps[0] if part == FIRST else steps[-1]) if steps else ""
    parts = parts_of(text)
    return parts[number] if number < len(parts) else ""


def _of_span(text: str, part: str) -> str:
    plain = half_width(text)
    whole = _SPAN.fullmatch(plain)
    if whole:
        found = whole["start" if part == START else "end"]
        return "至今" if found in ("今", "现在") else found
    begun = _FROM.fullmatch(plain)
    if begun:
        return begun["start"] if part == START else ""
    told = f"起止日期（要取『{part}』）"
    raise BadCellError(Reason.NO_PART, part=told, example="2021-03-01至2026-02-28")


def _united(columns: Sequence[Cells]) -> Cells:
    """Return the cells of several columns as lists in one."""
    arrays = [c if isinstance(c, pa.Array) else _as_texts(c) for c in columns]
    joined = arrays[0]
    for more in arrays[1:]:
        both = pc.binary_join_element_wise(joined, more, _JOINT)
        either = pc.if_else(pc.equal(more, ""), joined, both)
        joined = pc.if_else(pc.equal(joined, ""), more, either)
    return joined


def _as_texts(cells: Sequence[Cell]) -> pa.StringArray:
    return pa.array([original_text(cell) for cell in cells], pa.string())


def _first(cells: Cells) -> str:
    return str(cells[0]) if len(cells) else ""


def _taken(made: Sequence[Cell], codes: Indices) -> Cells:
    if all(isinstance(value, str) for value in made):
        return pa.array(made, pa.string()).take(pa.array(codes))
    return [made[code] for code in codes.tolist()]
