"""The marked copies of files with problems, and where in the files the bad cells are."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from dalian_eval.intake import CleanReport, Limits
from dalian_eval.intake.files.archive import open_named
from dalian_eval.intake.files.discover import RefusedError
from dalian_eval.intake.files.sheets import Sheet, read_sheets
from dalian_eval.intake.tables.headers import HeaderMap
from dalian_eval.intake.tables.sheet_columns import sheet_columns
from dalian_eval.report.mending.marked_workbook import MarkedSheet, Place, address, write_marked
from dalian_eval.report.views.evidence import parse_origins

if TYPE_CHECKING:
    from dalian_eval.checks import Outcome

_COPIED_ROWS = 200_000
"""A file with more rows is not read again: its problems are listed, not marked."""

_LONGEST = 200
"""Bytes of a file name; every file system takes 255."""

Marks = dict[Place, list[str]]


class Copies:
    """The files of a raw folder in which intake or the checks found something."""

    def __init__(self, raw: Path, report: CleanReport, headers: HeaderMap, limits: Limits) -> None:
        """Look up the cells of the rows that intake put into quarantine."""
        self._raw, self._headers, self._limits = raw, headers, limits
        self._marks: dict[tuple[str, str], Marks] = {}
        self._listed: dict[str, list[tuple[str, ...]]] = {}
        mapped = report.sources[report.sources["mapping"] != ""]
        self._mapped = {
            (str(file), str(sheet)): int(row)
            for file, sheet, row in mapped[["file", "sheet", "header_row"]].itertuples(index=False)
        }
        read = report.sources.groupby("file")["rows_read"].sum()
        self._large = frozenset(read[read > _COPIED_ROWS].index)
        self.addresses: dict[tuple[str, str, int], list[str]] = {}
        """The addresses of the bad cells by file, sheet and row."""
        bad: dict[tuple[str, str, int], list[dict[Any, Any]]] = {}
        for cell in report.quarantine_cells.to_dict("records"):
            bad.setdefault((cell["file"], cell["sheet"], cell["row"]), []).append(cell)
        for file, rows in report.quarantine.groupby("file", sort=False):
            sheets = {sheet.name: sheet for sheet in self._sheets(str(file))}
            for row in rows.to_dict("records"):
                cells = bad[str(file), row["sheet"], row["row"]]
                self._take(str(file), sheets.get(row["sheet"]), row, cells)

    def _take(
        self,
        file: str,
        sheet: Sheet | None,
        row: Mapping[Any, Any],
        bad: Iterable[Mapping[Any, Any]],
    ) -> None:
        """Mark the bad cells of one row."""
        columns = self._columns(sheet, file) if sheet else {}
        marks = self._marks.setdefault((file, row["sheet"]), {})
        places: list[Place] = []
        for cell in bad:
            if cell["column"] in columns:
                places.append((row["row"] - 1, columns[cell["column"]]))
                marks[places[-1]] = [cell["reason"], cell["fix"]]
        where = [address(place) for place in sorted(places)]
        self.addresses[file, row["sheet"], row["row"]] = where
        cells = (row["column"], row["value"], row["reason"], row["fix"])
        listed = (row["sheet"], str(row["row"]), "、".join(where), *cells)
        self._listed.setdefault(file, []).append(listed)

    def _sheets(self, file: str) -> list[Sheet]:
        """Read a file once more, as intake did; nothing when it is large or no longer there."""
        if file in self._large:
            return []
        try:
            with TemporaryDirectory(prefix="dalian-eval-", ignore_cleanup_errors=True) as folder:
                raw = open_named(self._raw, file, self._limits, Path(folder))
                return read_sheets(raw, self._limits)
        except RefusedError:
            return []

    def _columns(self, sheet: Sheet, file: str) -> dict[str, int]:
        header = self._mapped.get((file, sheet.name), 0)
        return sheet_columns(sheet, file, self._headers, header)

    def mark(self, outcomes: "Iterable[Outcome]") -> None:
        """Mark also the rows that checks found, each in its first cell."""
        for outcome in outcomes:
            for place in parse_origins(" ".join(outcome.origins)):
                marks = self._marks.setdefault((place.file, place.sheet), {})
                for row in place.rows:
                    told = (outcome.title, outcome.reason, outcome.fix)
                    marks.setdefault((row - 1, 0), []).extend(told)
                    listed = (place.sheet, str(row), "", "", "", "：".join(told[:2]), outcome.fix)
                    self._listed.setdefault(place.file, []).append(listed)

    def write(self, folder: Path) -> dict[str, str]:
        """Write the copies into `folder`; returns the raw file → its copy below the folder.

        The copy of a large file holds the list of its problems alone.
        """
        names: dict[str, str] = {}
        for file in sorted(self._listed):
            sheets = [self._marked(file, sheet) for sheet in self._sheets(file) if sheet.rows]
            if sheets or file in self._large:
                names[file] = _copy_name(file)
                path = folder / names[file]
                path.parent.mkdir(parents=True, exist_ok=True)
                write_marked(path, sheets, self._listed[file])
        return names

    def _marked(self, file: str, sheet: Sheet) -> MarkedSheet:
        marks = self._marks.get((file, sheet.name), {})
        name = sheet.name or PurePosixPath(file).stem
        return MarkedSheet(name, sheet.rows, marks)


def _copy_name(file: str) -> str:
    """Return where the copy of a raw file stands: its own place, with an ending of its own."""
    path = PurePosixPath(file)
    name = f"{path.name}-标注.xlsx"
    if len(name.encode()) > _LONGEST:
        digest = hashlib.sha256(path.name.encode()).hexdigest()[:8]
        name = f"{path.name.encode()[: _LONGEST - 40].decode(errors='ignore')}-{digest}-标注.xlsx"
    return path.with_name(name).as_posix()
