"""What calamine does not tell of an .xlsb: errors, formats, merged cells, how large a sheet is.

The parts of an .xlsb hold records of [MS-XLSB]: a type and a length in groups of seven bits, then
the content, little-endian.
"""

import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import join, normpath

from dalian_eval.intake.base.raw_cell import Cell, CellError, FormattedNumber, ZeroFormula
from dalian_eval.intake.files.sheets import Range
from dalian_eval.intake.files.workbooks.error_codes import BUILT_IN, ERRORS
from dalian_eval.intake.files.workbooks.xlsx_details import special_pattern
from dalian_eval.intake.files.workbooks.xml_parts import elements

_ROW, _RK, _ERROR, _REAL, _SHARED = 0, 2, 3, 5, 7
_FORMULA_NUMBER, _FORMULA_ERROR, _LAST_CELL = 9, 11, 11
_STRING, _FORMAT, _STYLE = 19, 44, 47
_PROPERTIES, _SHEET, _MERGED = 153, 156, 176
_BEGIN_STYLES, _END_STYLES = 617, 618
_SHARED_SIZE = struct.Struct("<I")
_PLACE = struct.Struct("<II")
_STRINGS = "xl/sharedStrings.bin"


@dataclass
class _Scan:
    """What one pass over a sheet finds."""

    rows: int = 0
    columns: int = 0
    text: int = 0
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)


class Workbook:
    """The parts of an .xlsb. Raises KeyError, ValueError or struct.error when they are broken."""

    protected = False

    def __init__(self, content: bytes) -> None:
        """Read the workbook part, its relations and its styles."""
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self.date1904 = False
        self._parts: list[str] = []
        relations = {
            attributes["Id"]: attributes["Target"]
            for name, attributes in elements(self._archive.read("xl/_rels/workbook.bin.rels"))
            if name == "Relationship"
        }
        for kind, record in _records(self._archive.read("xl/workbook.bin")):
            if kind == _PROPERTIES:
                self.date1904 = bool(record[0] & 1)
            elif kind == _SHEET:
                target = relations[_text(record, 8)]
                self._parts.append(
                    normpath(target.lstrip("/") if target[0] == "/" else join("xl", target))
                )
        self._formats = self._read_formats()
        self._lengths: list[int] | None = None
        self._scan: tuple[int, _Scan] = (-1, _Scan())

    def bounds(self, sheet: int) -> tuple[int, int]:
        """Return the numbers of rows and columns that the cells with content span."""
        found = self._scanned(sheet)
        return found.rows, found.columns

    extent = bounds

    def text_bytes(self, sheet: int) -> int:
        """Return how much text the cells hold, each with its own copy of a shared one."""
        return self._scanned(sheet).text

    def special_cells(self, sheet: int) -> dict[tuple[int, int], Cell]:
        """Return error values, formulas that may have no value, numbers with a telling format."""
        return self._scanned(sheet).cells

    def struck_rows(self, _: int) -> tuple[int, ...]:
        """Return no row: fonts are not looked at."""
        return ()

    def merged(self, sheet: int) -> list[Range]:
        """Return the merged ranges."""
        return self._scanned(sheet).merged

    def _part(self, name: str) -> bytes:
        return self._archive.read(name) if name in self._archive.namelist() else b""

    def _read_formats(self) -> dict[int, str]:
        """Return style → what `FormattedNumber` takes of its number format."""
        codes, formats = dict(BUILT_IN), dict[int, str]()
        style, inside = 0, False
        for kind, record in _records(self._part("xl/styles.bin")):
            if kind == _FORMAT:
                codes[int.from_bytes(record[:2], "little")] = special_pattern(_text(record, 2))
            elif kind in (_BEGIN_STYLES, _END_STYLES):
                inside = kind == _BEGIN_STYLES
            elif kind == _STYLE and inside:
                pattern = codes.get(int.from_bytes(record[2:4], "little"), "")
                if pattern:
                    formats[style] = pattern
                style += 1
        return formats

    def _string_lengths(self) -> list[int]:
        if self._lengths is None:
            self._lengths = [
                3 * _SHARED_SIZE.unpack_from(record, 1)[0]
                for kind, record in _records(self._part(_STRINGS))
                if kind == _STRING
            ]
        return self._lengths

    def _scanned(self, sheet: int) -> _Scan:
        if self._scan[0] != sheet:
            self._scan = (sheet, self._look(self._archive.read(self._parts[sheet])))
        return self._scan[1]

    def _look(self, part: bytes) -> _Scan:
        found, row, lengths = _Scan(), 0, self._string_lengths()
        for kind, record in _records(part):
            if kind == _ROW:
                row = _SHARED_SIZE.unpack_from(record)[0]
            elif _ROW < kind <= _LAST_CELL:
                column, style = _PLACE.unpack_from(record)
                if kind == 1:
                    continue
                found.rows = max(found.rows, row + 1)
                found.columns = max(found.columns, column + 1)
                found.text += len(record)
                if kind == _SHARED:
                    found.text += lengths[_SHARED_SIZE.unpack_from(record, 8)[0]]
                    continue
                cell = self._cell(kind, record, style & 0xFFFFFF)
                if cell is not None:
                    found.cells[row, column] = cell
            elif kind == _MERGED:
                top, bottom, left, right = struct.unpack_from("<4I", record)
                found.merged.append(((top, left), (bottom, right)))
        return found

    def _cell(self, kind: int, record: bytes, style: int) -> Cell:
        if kind in (_ERROR, _FORMULA_ERROR):
            return CellError(ERRORS.get(record[8], "#N/A"))
        if kind not in (_RK, _REAL, _FORMULA_NUMBER):
            return None
        value = _short_number(record) if kind == _RK else struct.unpack_from("<d", record, 8)[0]
        if kind == _FORMULA_NUMBER and value == 0:
            return ZeroFormula("=")
        pattern = self._formats.get(style)
        return FormattedNumber(value, pattern) if pattern else None


def _short_number(record: bytes) -> float:
    """Return a number in four bytes: the upper part of a float or an integer, perhaps in cents."""
    (stored,) = struct.unpack_from("<i", record, 8)
    if stored & 2:
        value = float(stored >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<q", (stored & 0xFFFFFFFC) << 32 & (1 << 63) - 1))[
            0
        ]
        value = -value if stored < 0 else value
    return value / 100 if stored & 1 else value


def _text(record: bytes, start: int) -> str:
    """Return a text of 16-bit characters behind their number."""
    (length,) = struct.unpack_from("<I", record, start)
    return record[start + 4 : start + 4 + 2 * length].decode("utf-16-le")


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of the records of a part; ValueError when it is cut."""
    at, end = 0, len(part)
    while at < end:
        kind, at = part[at] & 0x7F, at + 1
        if part[at - 1] & 0x80:
            kind, at = kind | (part[at] & 0x7F) << 7, at + 1
        length = 0
        for shift in (0, 7, 14, 21):
            byte, at = part[at], at + 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        if at + length > end:
            raise ValueError("a record is cut")
        yield kind, part[at : at + length]
        at += length
