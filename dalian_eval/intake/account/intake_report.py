"""What intake tells about itself: tables, written as csv that no spreadsheet executes."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dalian_eval.schema.origins import Source
from dalian_eval.schema.tables import TABLES

# The processes that read files start without pandas.
if TYPE_CHECKING:
    import pandas as pd

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
    "quarantine_cells": (
        "table",
        "file",
        "sheet",
        "row",
        "unit",
        "unit_name",
        "code",
        "column",
        "value",
        "reason",
        "fix",
    ),
    "corrections": (
        "file",
        "sheet",
        "row",
        "target_file",
        "target_sheet",
        "target_row",
        "column",
        "before",
        "action",
        "after",
        "by",
        "note",
        "outcome",
        "reason",
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
    """The outcome of intake in the folder it wrote to: frames with the columns of `COLUMNS`.

    Each is read when first asked for: at national scale some have millions of rows.
    """

    folder: Path

    @cached_property
    def supplied(self) -> tuple[str, ...]:
        """The tables that somebody handed in, empty ones too."""
        return tuple(t.name for t in TABLES if (self.folder / f"{t.name}.parquet").exists())

    @cached_property
    def sources(self) -> "pd.DataFrame":
        """The sheets that were read, and how many of their rows had which outcome."""
        return self._read("sources")

    @cached_property
    def sheets(self) -> "pd.DataFrame":
        """Every file and sheet that was seen, and what became of it."""
        return self._read("sheets")

    @cached_property
    def quarantine(self) -> "pd.DataFrame":
        """The rows that were not accepted, with reason, cure and original cells."""
        return self._read("quarantine")

    @cached_property
    def quarantine_cells(self) -> "pd.DataFrame":
        """The bad cells of those rows, one each, with the unit that has to mend them."""
        return self._read("quarantine_cells")

    @cached_property
    def corrections(self) -> "pd.DataFrame":
        """The filled lines of correction workbooks, and what became of each."""
        return self._read("corrections")

    @cached_property
    def merges(self) -> "pd.DataFrame":
        """The rows that became part of another one."""
        return self._read("merges")

    @cached_property
    def supersessions(self) -> "pd.DataFrame":
        """The rows that a later export replaced."""
        return self._read("supersessions")

    @cached_property
    def changes(self) -> "pd.DataFrame":
        """What normalising did, counted, with examples."""
        return self._read("changes")

    def _read(self, name: str) -> "pd.DataFrame":
        from dalian_eval.base.csvfile import read_csv

        return _typed(name, read_csv(self.folder / f"{name}.csv"))


def frame(name: str, rows: Iterable[Sequence[object]]) -> "pd.DataFrame":
    """Return one table of the report, or a part of it, with its columns and types."""
    import pandas as pd

    return _typed(name, pd.DataFrame([*rows], columns=pd.Index(COLUMNS[name]), dtype=object))


def _typed(name: str, data: "pd.DataFrame") -> "pd.DataFrame":
    return data.astype({c: "int64" if c in _INTEGERS else "str" for c in COLUMNS[name]})


def write_table(out: Path, name: str, parts: Iterable["pd.DataFrame"]) -> None:
    """Write one csv of the report (see `csvfile`), part by part."""
    from dalian_eval.base.csvfile import write_csv_parts

    write_csv_parts(COLUMNS[name], parts, out / f"{name}.csv")


def write_report(report: CleanReport, out: Path) -> None:
    """Copy the csv files of the report."""
    for name in COLUMNS:
        shutil.copyfile(report.folder / f"{name}.csv", out / f"{name}.csv")


def load_report(out: Path) -> CleanReport:
    """Return the report that `clean` wrote beside the Parquet files in `out`."""
    return CleanReport(out)


def sources_of(folder: Path) -> dict[int, Source]:
    """Return the sheets that a cleaned folder was read from, by the id that origins name."""
    return {
        int(r["id"]): Source(int(r["id"]), r["table"], r["file"], r["sha256"], r["sheet"])
        for r in load_report(folder).sources.to_dict("records")
    }
