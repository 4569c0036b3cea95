"""What intake tells about itself: tables, written as csv that no spreadsheet executes."""

import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dalian_eval.outputs.model import Maker
from dalian_eval.outputs.tables import made_by
from dalian_eval.schema.origins import Source
from dalian_eval.schema.tables import TABLES

# The processes that read files start without pandas.
if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class CleanReport:
    """The outcome of intake in the folder it wrote to: its tables as frames (see `outputs`).

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
    def mapped(self) -> "pd.DataFrame":
        """The sheets that a mapping read, their rows counted once."""
        return self._read("mapped")

    @cached_property
    def mapped_columns(self) -> "pd.DataFrame":
        """Where the columns of those sheets' tables come from."""
        return self._read("mapped_columns")

    @cached_property
    def changes(self) -> "pd.DataFrame":
        """What normalising did, counted, with examples."""
        return self._read("normalising")

    def _read(self, name: str) -> "pd.DataFrame":
        from dalian_eval.outputs.csv_files import read_table

        return read_table(name, self.folder)


def write_report(report: CleanReport, out: Path) -> None:
    """Copy the csv files of the report."""
    for table in made_by(Maker.INTAKE):
        shutil.copyfile(report.folder / table.file, out / table.file)


def load_report(out: Path) -> CleanReport:
    """Return the report that `clean` wrote beside the Parquet files in `out`."""
    return CleanReport(out)


def sources_of(folder: Path) -> dict[int, Source]:
    """Return the sheets that a cleaned folder was read from, by the id that origins name."""
    return {
        int(r["id"]): Source(int(r["id"]), r["table"], r["file"], r["sha256"], r["sheet"])
        for r in load_report(folder).sources.to_dict("records")
    }
