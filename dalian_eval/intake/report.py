"""What intake tells about itself: six tables, written as csv that no spreadsheet executes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dalian_eval.csvfile import read_csv, write_csv
from dalian_eval.schema.tables import TABLES

COLUMNS: dict[str, tuple[str, ...]] = {
    "sources": (
        "id",
        "table",
        "file",
        "sha256",
        "sheet",
        "header_row",
        "rows_read",
        "accepted",
        "merged",
        "superseded",
        "quarantined",
    ),
    "sheets": ("file", "sheet", "status", "table", "note"),
    "quarantine": (
        "table",
        "file",
        "sheet",
        "row",
        "code",
        "column",
        "value",
        "reason",
        "fix",
        "cells",
    ),
    "merges": (
        "table",
        "key",
        "kept_file",
        "kept_sheet",
        "kept_row",
        "file",
        "sheet",
        "row",
        "changed",
    ),
    "supersessions": (
        "table",
        "key",
        "kept_file",
        "kept_sheet",
        "kept_row",
        "file",
        "sheet",
        "row",
        "changed",
    ),
    "changes": ("table", "column", "kind", "count", "before", "after"),
}
"""The columns of each table of the report; `kept_…` is the origin of the row that stayed."""

_INTEGERS = frozenset(
    {
        "id",
        "header_row",
        "rows_read",
        "accepted",
        "merged",
        "superseded",
        "quarantined",
        "row",
        "kept_row",
        "count",
    }
)


@dataclass(frozen=True)
class CleanReport:
    """The outcome of intake.

    `supplied` names the tables that somebody handed in, empty ones too; the frames have the
    columns of `COLUMNS`.
    """

    supplied: tuple[str, ...]
    sources: pd.DataFrame
    sheets: pd.DataFrame
    quarantine: pd.DataFrame
    merges: pd.DataFrame
    supersessions: pd.DataFrame
    changes: pd.DataFrame


def frame(name: str, rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    """Return one table of the report with its columns and types."""
    columns = COLUMNS[name]
    data = pd.DataFrame([*rows], columns=pd.Index(columns), dtype=object)
    return data.astype({column: _dtype(column) for column in columns})


def _dtype(column: str) -> str:
    return "int64" if column in _INTEGERS else "str"


def write_report(report: CleanReport, out: Path) -> None:
    """Write the six csv files (see `csvfile`)."""
    for name in COLUMNS:
        write_csv(getattr(report, name), out / f"{name}.csv")


def load_report(out: Path) -> CleanReport:
    """Read back what `write_report` wrote beside the Parquet files in `out`."""
    frames = {name: _read(out, name) for name in COLUMNS}
    supplied = tuple(t.name for t in TABLES if (out / f"{t.name}.parquet").exists())
    return CleanReport(supplied=supplied, **frames)


def _read(out: Path, name: str) -> pd.DataFrame:
    data = read_csv(out / f"{name}.csv")
    return data.astype({column: _dtype(column) for column in COLUMNS[name]})
