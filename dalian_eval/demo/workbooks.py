"""Writing sheets as xlsx and csv so that the same sheets always give the same bytes."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from dalian_eval.demo.clerk import Cell, Formula, PaddedCertificate, Serial

CREATED = datetime(2024, 11, 1, 9, 0, 0)
"""The creation time written into every workbook."""
EPOCH_1900, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


@dataclass
class Sheet:
    """A sheet as it stands: all its rows from the first, merged ranges (0-based, inclusive)."""

    name: str
    rows: list[list[Cell]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False


def write_workbook(path: Path, sheets: Sequence[Sheet], *, date_1904: bool = False) -> None:
    """Write `sheets` to an xlsx file in the 1900 or the 1904 date system."""
    epoch = EPOCH_1904 if date_1904 else EPOCH_1900
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
    if date_1904:
        options["date_1904"] = True
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": CREATED, "author": "示范县", "title": path.stem})
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        padded = book.add_format({"num_format": "0" * 8})
        centred = book.add_format({"align": "center", "valign": "vcenter"})
        for sheet in sheets:
            ws = book.add_worksheet(sheet.name)
            if sheet.hidden:
                ws.hide()
            merged = {(top, left) for top, left, _, _ in sheet.merges}
            for top, left, bottom, right in sheet.merges:
                ws.merge_range(top, left, bottom, right, "", centred)
            for r, row in enumerate(sheet.rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, str):
                        if (r, c) in merged:
                            ws.write_string(r, c, cell, centred)
                        else:
                            ws.write_string(r, c, cell)
                    elif isinstance(cell, datetime):
                        ws.write_datetime(r, c, cell, stamp)
                    elif isinstance(cell, date):
                        ws.write_datetime(r, c, cell, day)
                    elif isinstance(cell, Serial):
                        ws.write_number(r, c, (cell.day - epoch).days)
                    elif isinstance(cell, PaddedCertificate):
                        ws.write_number(r, c, int(cell.digits), padded)
                    elif isinstance(cell, Formula):
                        ws.write_formula(r, c, cell.text, None, cell.cached or "")
                    elif cell is not None:
                        ws.write_number(r, c, cell)


def write_csv(path: Path, rows: Sequence[Sequence[Cell]], encoding: str) -> None:
    """Write rows of texts to a csv file in `encoding`."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
