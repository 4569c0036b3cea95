"""The pages of a record's source sheets, by intake's own reader, and the list of them all."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from dalian_eval.intake import CleanReport, Limits
from dalian_eval.intake.base.raw_cell import is_blank, original_text, visible
from dalian_eval.intake.files.archive import open_named
from dalian_eval.intake.files.content_kind import Kind
from dalian_eval.intake.files.csv_stream import in_its_encoding
from dalian_eval.intake.files.discover import RawFile
from dalian_eval.intake.files.sheets import Readable, open_sheets
from dalian_eval.intake.tables.headers import HeaderMap
from dalian_eval.intake.tables.sheet_columns import sheet_columns
from dalian_eval.report.base.file_names import sheet_file
from dalian_eval.report.base.labels import table_title
from dalian_eval.report.base.page import render
from dalian_eval.report.sheets.row_entries import Entries, row_entries
from dalian_eval.report.sheets.row_fates import Fates, row_fates
from dalian_eval.report.sheets.sheet_page import Row, SheetPage, SourceSheet
from dalian_eval.report.views.evidence import INPUTS, original
from dalian_eval.report.views.figure_rows import FigureRows
from dalian_eval.report.views.run_view import RunView
from dalian_eval.report.views.sheet_places import Sheet, part_of_row

INDEX = "index.html"
"""The list of the sheets, among their pages."""


@dataclass(frozen=True)
class SheetPages:
    """Writes the pages of the sheets that have some (`RunView.sheet_places`).

    `raw`: the folder of the raw files; `report`: what intake left; `whole`: gives all rows behind
    monthly figures.
    """

    view: RunView
    raw: Path
    report: CleanReport
    headers: HeaderMap
    limits: Limits
    whole: Callable[[], FigureRows]

    def write(self, folder: Path) -> None:
        """Write all pages into `folder`, which is made; a sheet is read once, page by page."""
        folder.mkdir(exist_ok=True)
        _write(folder / INDEX, self._index())
        for file, sheets in groupby(sorted(self.view.sheet_places.numbers), lambda one: one[0]):
            with TemporaryDirectory(prefix="dalian-eval-", ignore_cleanup_errors=True) as scratch:
                raw = open_named(self.raw, file, self.limits, Path(scratch))
                self._write_file(folder, raw, [name for _, name in sheets])

    def _write_file(self, folder: Path, raw: RawFile, names: Sequence[str]) -> None:
        def read(encoding: str) -> None:
            for sheet in open_sheets(raw, self.limits, encoding):
                if sheet.name in names:
                    self._write_sheet(folder, raw.file, sheet)

        if raw.kind is Kind.TEXT:
            in_its_encoding(raw, read)
        else:
            read("")

    def _write_sheet(self, folder: Path, file: str, sheet: Readable) -> None:
        number = self.view.sheet_places.numbers[file, sheet.name]
        source = self._source(file, sheet.name)
        page = self._page(source, sheet)
        wanted = {*source.parts}
        for part, rows in groupby(_rows(sheet), lambda row: part_of_row(row[0])):
            if part in wanted:
                _write(folder / sheet_file(number, part), page.html(part, list(rows)))

    def _source(self, file: str, name: str) -> SourceSheet:
        own = self._sources[file, name]
        return SourceSheet(
            file=file,
            name=name,
            table="、".join(dict.fromkeys(table_title(line["table"]) for line in own)),
            original=f"{INPUTS}/{original(file)}",
            header_row=int(own[0]["header_row"]),
            fates=self._fates[file, name],
            entries=self._entries[file, name],
        )

    def _page(self, source: SourceSheet, sheet: Readable) -> SheetPage:
        """Return what makes the pages of a sheet: its header looked up as intake did."""
        own = self._sources[source.file, source.name]
        mapped = any(line["mapping"] for line in own)
        header_row = source.header_row if mapped else 0
        columns = sheet_columns(sheet, source.file, self.headers, header_row)
        top = sheet.top[source.header_row - 1]
        header = ["" if is_blank(cell) else visible(original_text(cell)) for cell in top]
        while header and not header[-1]:
            header.pop()
        used = self._theirs.get((source.file, source.name), {})
        if not mapped:
            tables = {line["table"] for line in own}
            used = {(table, name): {name} for table in tables for name in columns}
        places = {
            column: [columns[name] for name in sorted(names) if name in columns]
            for column, names in used.items()
        }
        return SheetPage(self.view, source, header, columns, places)

    def _index(self) -> str:
        """Return the page that lists every sheet: its rows, and its page or why it has none."""
        places = self.view.sheet_places
        lines = [
            {
                "file": file,
                "sheet": name,
                "table": "、".join(dict.fromkeys(table_title(line["table"]) for line in own)),
                "rows": max(int(line["rows_read"]) for line in own),
                "original": f"{INPUTS}/{original(file)}",
                "page": places.page(file, name, min(self._fates[file, name], default=1))
                if (file, name) in places.numbers
                else "",
            }
            for (file, name), own in self._sources.items()
        ]
        limits = self.view.meta["params"]["sheets"]
        return render("sheets.html", view=self.view, lines=lines, limits=limits)

    @cached_property
    def _sources(self) -> dict[Sheet, list[dict[Any, Any]]]:
        """The lines of sources.csv by sheet; a mapping may read one for several tables."""
        found: dict[Sheet, list[dict[Any, Any]]] = {}
        for line in self.view.sources.to_dict("records"):
            found.setdefault((line["file"], line["sheet"]), []).append(line)
        return found

    @cached_property
    def _fates(self) -> Fates:
        return row_fates(self.report, self.view.sheet_places.numbers)

    @cached_property
    def _entries(self) -> Entries:
        return row_entries(self.view, self.whole, self.view.sheet_places.numbers)

    @cached_property
    def _theirs(self) -> dict[Sheet, dict[tuple[str, str], set[str]]]:
        """What mapped sheets call our columns, by table and our header."""
        found: dict[Sheet, dict[tuple[str, str], set[str]]] = {}
        for line in self.report.mapped_columns.to_dict("records"):
            names = found.setdefault((line["file"], line["sheet"]), {})
            names.setdefault((line["table"], line["ours"]), set()).add(line["theirs"])
        return found


def _rows(sheet: Readable) -> Iterator[Row]:
    """Yield all rows of a sheet, the texts of their cells as they stand in the file."""
    for block in sheet.blocks(0):
        texts = block.texts(np.arange(block.height))
        columns = [column.to_pylist() for column in texts.columns]
        for place in range(block.height):
            yield block.first + place + 1, [column[place] for column in columns]


def _write(path: Path, page: str) -> None:
    path.write_text(page, encoding="utf-8", newline="\n")
