"""A table of outcomes: which outcome each combination of some readings leads to."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Table:
    """The number of the outcome under every combination of `readings`.

    `code`: one axis per reading, its options with the run's own first; the outcome under the run's
    own combination is number 0.
    """

    readings: tuple[str, ...]
    code: Codes

    @property
    def size(self) -> int:
        """How many outcomes there are."""
        return int(self.code.max()) + 1

    def narrowed(self) -> "Table":
        """Return the table without the readings that change nothing."""
        code, kept = self.code, list(self.readings)
        for name in self.readings:
            axis = kept.index(name)
            first = np.take(code, [0], axis=axis)
            if (code == first).all():
                code = np.take(code, 0, axis=axis)
                kept.remove(name)
        return Table(tuple(kept), code)

    def over(self, readings: Sequence[str], options: Mapping[str, Sequence[str]]) -> Codes:
        """Return the outcome under every combination of more `readings`, in rubric order, flat."""
        shape = [len(options[r]) if r in self.readings else 1 for r in readings]
        full = [len(options[r]) for r in readings]
        return np.broadcast_to(self.code.reshape(shape), full).reshape(-1)


def tabulate(
    readings: tuple[str, ...], options: Mapping[str, Sequence[str]], keys: Iterable[Hashable]
) -> tuple[Table, list[int]]:
    """Return a table from what identifies the outcome of each combination, and where each is first.

    `keys`: one per combination, in the order of `Table.code`.
    """
    numbers: dict[Hashable, int] = {}
    first: list[int] = []
    code: list[int] = []
    for place, key in enumerate(keys):
        if key not in numbers:
            numbers[key] = len(first)
            first.append(place)
        code.append(numbers[key])
    shape = [len(options[r]) for r in readings]
    return Table(readings, np.array(code, dtype=np.int64).reshape(shape)), first


def together(
    tables: Sequence[Table], options: Mapping[str, Sequence[str]], order: Iterable[str]
) -> tuple[Table, Codes]:
    """Return the table of the distinct joint outcomes, and what each is made of.

    `order`: all readings in rubric order. The second has a row per joint outcome and a column per
    table.
    """
    used = {r for table in tables for r in table.readings}
    readings = tuple(r for r in order if r in used)
    columns = [t.over(readings, options) for t in tables]
    number = np.zeros(int(np.prod([len(options[r]) for r in readings])), dtype=np.int64)
    for table, column in zip(tables, columns, strict=True):
        # Renumbered at every step, so that the product of the sizes cannot overflow.
        _, number = np.unique(number * table.size + column, return_inverse=True)
    joint, first = tabulate(readings, options, number.tolist())
    return joint, np.stack(columns, axis=1)[first] if columns else np.zeros((1, 0), np.int64)
