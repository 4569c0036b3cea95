"""Which sheets of the raw files have pages of their own in a record, and where a row stands there.

A page holds the rows of `PAGE_ROWS` numbers, so that a row's page follows from its number alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from dalian_eval.report.base.file_names import SHEETS, sheet_file

PAGE_ROWS = 500

Sheet = tuple[str, str]
"""A file of the raw folder and a sheet in it, empty for a csv."""


@dataclass(frozen=True)
class SheetPlaces:
    """`numbers`: the sheets that have pages, by the number in the pages' names."""

    numbers: Mapping[Sheet, int] = field(default_factory=dict)

    def page(self, file: str, sheet: str, row: int) -> str:
        """Return the name of the page with a row in `sheets/`; empty where there is none."""
        number = self.numbers.get((file, sheet))
        return "" if number is None else sheet_file(number, part_of_row(row))

    def link(self, file: str, sheet: str, row: int) -> str:
        """Return the address of a row, seen from the run folder; empty where there is none."""
        page = self.page(file, sheet, row)
        return page and f"{SHEETS}/{page}#r{row}"


NO_PAGES = SheetPlaces()


def part_of_row(row: int) -> int:
    """Return on which of its sheet's pages, from 0, a row stands."""
    return (row - 1) // PAGE_ROWS


def sheet_places(sources: pd.DataFrame, params: Mapping[str, Any]) -> SheetPlaces:
    """Return the sheets that get pages: the smallest, within the limits of the run's parameters.

    `sources`: sources.csv; `params`: what run.json says of them. Records of earlier versions have
    no such pages, nor has the public edition, which tells no parameters.
    """
    limits = params.get("sheets")
    if limits is None:
        return NO_PAGES
    room, numbers = int(limits["total"]), {}
    for records, number, sheet in sorted(
        (records, number, sheet) for sheet, (number, records) in _sizes(sources).items()
    ):
        room -= records
        if records > int(limits["rows"]) or room < 0:
            break
        if records:
            numbers[sheet] = number
    return SheetPlaces(numbers)


def _sizes(sources: pd.DataFrame) -> dict[Sheet, tuple[int, int]]:
    """Return each sheet's first source id and its records; a mapping may read it several times."""
    sizes: dict[Sheet, tuple[int, int]] = {}
    columns = sources[["id", "file", "sheet", "rows_read"]]
    for number, file, sheet, rows in columns.itertuples(index=False):
        first, most = sizes.get((str(file), str(sheet)), (int(number), 0))
        sizes[str(file), str(sheet)] = (first, max(most, int(rows)))
    return sizes
