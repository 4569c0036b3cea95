"""Exports without any mess: one UTF-8 csv with BOM per table, named by its sheet."""

import csv
from collections.abc import Sequence
from pathlib import Path

from dalian_eval.demo.cells import headers, plain_row
from dalian_eval.demo.inspections import Inspections
from dalian_eval.demo.model import MONTHS, County
from dalian_eval.schema.model import Table
from dalian_eval.schema.tables import SHIPPED


def write_tidy(county: County, folder: Path) -> list[Path]:
    """Write every table of `county` into `folder` and return the files."""
    return write_tables(county, folder)


def write_tables(county: County, folder: Path, without: Sequence[str] = ()) -> list[Path]:
    """Write the tables of `county` into `folder`, those named in `without` left out."""
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for table in SHIPPED.tables:
        if table.name in without:
            continue
        path = folder / f"{table.sheet}.csv"
        rows = county.tables[table.name]
        if isinstance(rows, Inspections):
            _write_inspections(table, rows, path)
        else:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(headers(table))
                writer.writerows(plain_row(table, row) for row in rows)
        files.append(path)
    return files


def _write_inspections(table: Table, rows: Inspections, path: Path) -> None:
    """Write the large table month by month, so that it never is in memory as a whole."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerow(headers(table))
        for month in range(len(MONTHS)):
            frame = rows.frame(month)
            frame["valid"] = frame["valid"].map({True: "是", False: "否"})
            frame.to_csv(
                file,
                header=False,
                index=False,
                date_format="%Y-%m-%d %H:%M:%S",
                lineterminator="\r\n",
            )
