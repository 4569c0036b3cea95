"""An OpenDocument spreadsheet (.ods) to sheets, by expat, which resolves and fetches nothing.

calamine reads .ods too, but tells neither merged cells nor errors, and lays out what a file says
is repeated a million times before anybody can say no.
"""

import io
import zipfile
from datetime import date, datetime
from typing import IO
from xml.parsers import expat

from dalian_eval.base.limits import Limits
from dalian_eval.intake.base.raw_cell import (
    Cell,
    CellError,
    EmptyFormula,
    FormattedNumber,
    ZeroFormula,
)
from dalian_eval.intake.base.text_runs import Run, marked_text
from dalian_eval.intake.files.discover import RawFile, RefusedError, corrupt, password_sentence
from dalian_eval.intake.files.sheets import Sheet
from dalian_eval.intake.files.workbooks.grid import Grid
from dalian_eval.intake.files.workbooks.xml_parts import without

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "Err:")
_ASIDE = frozenset({"annotation", "shapes", "dde-link", "frame", "tracked-changes", "forms"})
"""Elements whose text and tables are no cells: notes, drawings, copies of linked data."""


def read_ods(raw: RawFile, limits: Limits) -> list[Sheet]:
    """Return the sheets of a checked .ods in their order. Raises RefusedError."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw.path.read_bytes())) as archive:
            if b"encryption-data" in archive.read(_MANIFEST):
                raise RefusedError(password_sentence(raw))
            reader = _Reader(raw.file, limits)
            with archive.open(_CONTENT) as part:
                reader.read(part)
    except (zipfile.BadZipFile, LookupError, ValueError, OSError, expat.ExpatError):
        raise RefusedError(corrupt(raw)) from None
    if not reader.is_spreadsheet:
        raise RefusedError(
            f"文件 {raw.file} 是 OpenDocument 文档，不是表格，没有读取；请把表格另存为 .xlsx。"
        )
    sheets = [grid.sheet(date1904=reader.date1904) for grid in reader.grids]
    if not sheets:
        raise RefusedError(corrupt(raw))
    return sheets


class _Reader:
    """One pass over content.xml."""

    def __init__(self, file: str, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self.grids: list[Grid] = []
        self.is_spreadsheet = self.date1904 = False
        self._unseen: set[str] = set()
        self._marked: set[str] = set()
        self._style = ""
        self._row = self._column = 0
        self._rows = self._columns = 1
        self._inside = self._covered = False
        self._cell: dict[str, str] = {}
        self._runs: list[Run] = []
        self._spans: list[bool] = []
        self._paragraphs = self._blanks = 0
        self._shown = False

    def read(self, part: IO[bytes]) -> None:
        """Read the part. Raises expat.ExpatError and ValueError."""
        without(_ASIDE, self._start, self._end, self._text).ParseFile(part)

    def _start(self, local: str, found: dict[str, str]) -> None:
        attributes = {k.rpartition(" ")[2]: v for k, v in found.items() if "calcext" not in k}
        match local:
            case "spreadsheet":
                self.is_spreadsheet = True
            case "null-date":
                self.date1904 = attributes.get("date-value", "").startswith("1904")
            case "style":
                self._style = attributes.get("name", "")
            case "table-properties":
                if attributes.get("display") == "false":
                    self._unseen.add(self._style)
            case "text-properties":
                if _is_mark(attributes):
                    self._marked.add(self._style)
            case "table":
                self._begin_table(attributes)
            case "table-source":
                # A copy of another file's cells, which formulas refer to.
                self.grids[-1].hidden = True
            case "table-row":
                self._rows = _count(attributes, "number-rows-repeated")
                self._column = 0
            case "table-cell" | "covered-table-cell":
                error = any("calcext" in k and v == "error" for k, v in found.items())
                self._begin_cell(local, attributes, is_error=error)
            case "p" | "h" if self._inside:
                if self._paragraphs:
                    self._runs.append(("\n", None))
                self._paragraphs += 1
                self._shown = True
            case "span" if self._inside:
                self._spans.append(attributes.get("style-name", "") in self._marked)
            case "s" if self._inside:
                # A cell has no more of them than of characters at all.
                blanks = min(_count(attributes, "c"), self._blanks)
                self._blanks -= blanks
                self._add(" " * blanks)
            case "tab" if self._inside:
                self._add("\t")
            case "line-break" if self._inside:
                self._add("\n")

    def _end(self, local: str) -> None:
        match local:
            case "table-cell" | "covered-table-cell":
                self._end_cell()
            case "table-row":
                self._end_row()
            case "p" | "h":
                self._shown = False
            case "span" if self._spans:
                self._spans.pop()

    def _begin_table(self, attributes: dict[str, str]) -> None:
        used = sum(grid.cells for grid in self.grids)
        hidden = attributes.get("style-name", "") in self._unseen
        self.grids.append(
            Grid(self._file, self._limits, used, attributes.get("name", ""), hidden=hidden)
        )
        self._row = 0

    def _begin_cell(self, local: str, attributes: dict[str, str], *, is_error: bool) -> None:
        self._columns = _count(attributes, "number-columns-repeated")
        self._cell = attributes | {"is-error": "1"} if is_error else attributes
        self._covered = local != "table-cell"
        self._inside, self._runs, self._spans, self._paragraphs = True, [], [], 0
        self._blanks = self._limits.cell_characters

    def _add(self, text: str) -> None:
        self._runs.append((text, any(self._spans)))

    def _text(self, text: str) -> None:
        if self._shown:
            self._add(text)

    def _end_cell(self) -> None:
        self._inside = False
        grid = self.grids[-1]
        cell: Cell = "" if self._covered else self._value()
        if cell != "":
            # The last one first: it tells whether there is room for all.
            for column in range(self._column + self._columns - 1, self._column - 1, -1):
                grid.put(self._row, column, cell)
                if grid.is_too_large:
                    break
        height = _count(self._cell, "number-rows-spanned")
        width = _count(self._cell, "number-columns-spanned")
        grid.merge(self._row, self._column, height, width)
        self._column += self._columns

    def _end_row(self) -> None:
        grid = self.grids[-1]
        if self._row < len(grid.rows):
            cells = grid.rows[self._row]
            for row in range(self._row + self._rows - 1, self._row, -1):
                for column, cell in enumerate(cells):
                    grid.put(row, column, cell)
                if grid.is_too_large:
                    break
        self._row += self._rows

    def _value(self) -> Cell:
        """Return what a cell holds."""
        cell = self._cell
        shown = "".join(text for text, _ in self._runs)
        formula, kind = cell.get("formula"), cell.get("value-type", "")
        if "is-error" in cell or (formula is not None and shown.startswith(_ERRORS)):
            return CellError(shown or "#N/A")
        if formula is not None and not kind:
            return EmptyFormula("=" + formula.partition("=")[2])
        match kind:
            case "float" | "currency" | "percentage":
                number = float(cell["value"])
                if formula is not None and number == 0:
                    return ZeroFormula("=" + formula.partition("=")[2])
                return _number(number, shown, is_share=kind == "percentage")
            case "date":
                return _day(cell["date-value"])
            case "boolean":
                return cell.get("boolean-value") == "true"
            case "string" if not self._runs and "string-value" in cell:
                return cell["string-value"]
        if len({mark for text, mark in self._runs if text != "\n"}) > 1:
            return marked_text(self._runs, cell=False) or shown
        return shown


def _number(number: float, shown: str, *, is_share: bool) -> Cell:
    """Return a number, with what its format adds: it shows in the text."""
    if is_share:
        return FormattedNumber(number, "%")
    digits = shown.strip()
    padded = digits.isascii() and digits.isdecimal() and digits.startswith("0") and len(digits) > 1
    if padded and int(digits[:400]) == number:
        return FormattedNumber(number, "0" * len(digits))
    return number


def _day(text: str) -> Cell:
    """Return an ISO date, or timestamp without zone."""
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return text


def _is_mark(attributes: dict[str, str]) -> bool:
    """Whether a style raises, lowers or strikes out characters."""
    position = attributes.get("text-position", "0%").split(" ")[0]
    struck = attributes.get("text-line-through-style", "none") != "none"
    return struck or position not in ("0%", "")


def _count(attributes: dict[str, str], name: str) -> int:
    """Return how often something is repeated; ValueError when that is no number."""
    return max(int(attributes.get(name, "1")), 1)
