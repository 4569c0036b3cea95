"""A raw folder to drop exports into, and intake run over it."""

import csv
import shutil
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import legacy
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from dalian_eval.intake import CleanReport, Limits, clean

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")

# Without LibreOffice there is nothing that could save a workbook its way; CI installs it.
collect_ignore = [] if SOFFICE else ["test_intake_libreoffice.py", "test_intake_saved.py"]

HEADERS = Path(__file__).parents[2] / "params" / "headers.yaml"

Rows = Sequence[Sequence[Any]]


class Office:
    """An analyst's desk: writes exports into `raw`, runs intake, looks at what came out."""

    def __init__(self, folder: Path) -> None:
        self.raw = folder / "raw"
        self.raw.mkdir()
        self.out = folder / "out"
        self.headers = HEADERS
        self.limits = Limits()
        self.mappings: Path | None = None
        self.report: CleanReport

    def csv(self, file: str, header: Sequence[str], *rows: Sequence[str], encoding="utf-8") -> Path:
        path = self._place(file)
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream).writerows([header, *rows])
        return path

    def bytes(self, file: str, content: bytes) -> Path:
        path = self._place(file)
        path.write_bytes(content)
        return path

    def xlsx(self, file: str, change: Callable[[Any], None] | None = None, **sheets: Rows) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
        if change:
            change(book)
        path = self._place(file)
        book.save(path)
        return path

    def xls(self, file: str, *rows: Sequence[Any], sheet: str = "Sheet1", **more: Any) -> Path:
        return self.bytes(file, legacy.xls(rows, sheet=sheet, **more))

    def people(self) -> None:
        """Two units with three officers; two of them are called 甲某, one in each unit."""
        self.csv("单位.csv", ["单位编码", "单位名称"], ["D01", "东片"], ["D02", "西片"])
        self.csv(
            "人员.csv",
            ["执法证号", "姓名"],
            ["06120001", "甲某"],
            ["06120002", "乙某"],
            ["06120003", "甲某"],
        )
        self.csv(
            "任职.csv",
            ["执法证号", "单位编码", "到岗日期", "离岗日期"],
            ["06120001", "D01", "2023-01-01", ""],
            ["06120002", "D01", "2023-01-01", "2024-06-30"],
            ["06120002", "D02", "2024-07-01", ""],
            ["06120003", "D02", "2023-01-01", ""],
        )

    def clean(self) -> CleanReport:
        self.report = clean(
            self.raw,
            self.out,
            headers=self.headers,
            limits=self.limits,
            mappings=self.mappings,
        )
        return self.report

    def map(self, text: str) -> None:
        """Describe exports in their own shape."""
        self.mappings = self.raw.with_name("mappings.yaml")
        self.mappings.write_text(textwrap.dedent(text), encoding="utf-8")

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The accepted rows of a table without their origins."""
        rows = pq.read_table(self.out / f"{table}.parquet").to_pylist()
        return [{k: v for k, v in row.items() if k != "_origin"} for row in rows]

    def column(self, table: str, name: str) -> list[Any]:
        return [row[name] for row in self.rows(table)]

    def codes(self, table: str | None = None) -> list[str]:
        """Reason codes of the quarantine, in order."""
        quarantine = self.report.quarantine
        if table:
            quarantine = quarantine[quarantine["table"] == table]
        return list(quarantine["code"])

    def counts(self, file: str) -> dict[str, int]:
        sources = self.report.sources
        (row,) = sources[sources["file"] == file].to_dict("records")
        names = ("rows_read", "accepted", "merged", "superseded", "quarantined")
        return {name: row[name] for name in names}

    def status(self, file: str, sheet: str = "") -> tuple[str, str]:
        sheets: pd.DataFrame = self.report.sheets
        (row,) = sheets[(sheets["file"] == file) & (sheets["sheet"] == sheet)].to_dict("records")
        return row["status"], row["note"]

    def _place(self, file: str) -> Path:
        path = self.raw / file
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)
