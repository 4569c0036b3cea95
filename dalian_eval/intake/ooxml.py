"""What an .xlsx holds beyond calamine's cells: date system, extent, errors, formulas, formats."""

import io
import re
import zipfile
from posixpath import join, normpath
from xml.parsers import expat

from dalian_eval.intake.cells import Cell, CellError, EmptyFormula, Formatted

_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]+)\d+"[^>]*[^/]>')
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d+)"')
_ZEROS = re.compile(r"0{2,}(?=$|[;_])")
_BUILT_IN_PERCENT = frozenset({9, 10})


class Workbook:
    """The parts of an .xlsx; raises expat.ExpatError or KeyError when they are broken."""

    def __init__(self, content: bytes) -> None:
        """Read the workbook part, its relations and its styles."""
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self.date1904 = False
        self.protected = False
        self._parts: list[str] = []
        self._read_workbook()
        self._formats = self._special_formats()
        self._cache: tuple[int, bytes] = (-1, b"")

    def extent(self, sheet: int) -> tuple[int, int]:
        """Return the numbers of rows and columns that the cells with content span."""
        part = self._sheet(sheet)
        letters = set(_CELL.findall(part))
        rows = max(map(int, _ROW.findall(part)), default=0)
        return rows, max((_column(name.decode()) + 1 for name in letters), default=0)

    def special_cells(self, sheet: int) -> dict[tuple[int, int], Cell]:
        """Return error values, formulas without value and numbers with a telling format."""
        part = self._sheet(sheet)
        styles = {
            style: pattern
            for style, pattern in self._formats.items()
            if f's="{style}"'.encode() in part
        }
        if not styles and b"<f" not in part and b":f" not in part and b'"e"' not in part:
            return {}
        return _Special(styles).read(part)

    def _sheet(self, index: int) -> bytes:
        if self._cache[0] != index:
            self._cache = (index, self._archive.read(self._parts[index]))
        return self._cache[1]

    def _read_workbook(self) -> None:
        relations = {
            attributes["Id"]: attributes["Target"]
            for name, attributes in _elements(self._archive.read("xl/_rels/workbook.xml.rels"))
            if name == "Relationship"
        }
        for name, attributes in _elements(self._archive.read("xl/workbook.xml")):
            if name == "workbookPr":
                self.date1904 = attributes.get("date1904") in ("1", "true")
            elif name == "sheet":
                key = next(v for k, v in attributes.items() if k.rpartition(":")[2] == "id")
                target = relations[key]
                part = target.lstrip("/") if target.startswith("/") else join("xl", target)
                self._parts.append(normpath(part))

    def _special_formats(self) -> dict[int, str]:
        """Return style number → pattern for zero-padding and percentage formats."""
        if "xl/styles.xml" not in self._archive.namelist():
            return {}
        codes = dict.fromkeys(_BUILT_IN_PERCENT, "%")
        special: dict[int, str] = {}
        in_cell_formats, style = False, 0
        for name, attributes in _elements(self._archive.read("xl/styles.xml")):
            if name == "numFmt":
                pattern = special_pattern(attributes.get("formatCode", ""))
                if pattern:
                    codes[int(attributes["numFmtId"])] = pattern
            elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
                in_cell_formats = name == "cellXfs"
            elif name == "xf" and in_cell_formats:
                pattern = codes.get(int(attributes.get("numFmtId", "0")), "")
                if pattern:
                    special[style] = pattern
                style += 1
        return special


def special_pattern(code: str) -> str:
    """Return `00…0` for a zero-padding number format, `%` for a percentage, else ""."""
    zeros = _ZEROS.match(code)
    if zeros:
        return zeros[0]
    plain = re.sub(r'"[^"]*"|\\.', "", code)
    return "%" if "%" in plain else ""


def _elements(part: bytes) -> list[tuple[str, dict[str, str]]]:
    """Return the elements of an XML part in document order, without name-space prefixes."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((name.rpartition(":")[2], attributes))

    reader = expat.ParserCreate()
    reader.StartElementHandler = start
    reader.Parse(part, True)
    return found


def _column(letters: str) -> int:
    """Return the position (from 0) of a column called A, B, …, XFD."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


class _Special:
    """One pass over a sheet part that keeps only cells calamine cannot tell."""

    def __init__(self, styles: dict[int, str]) -> None:
        self._styles = styles
        self._found: dict[tuple[int, int], Cell] = {}
        self._row, self._column = -1, -1
        self._attributes: dict[str, str] = {}
        self._value: str | None = None
        self._formula: str | None = None
        self._inside = ""

    def read(self, part: bytes) -> dict[tuple[int, int], Cell]:
        """Return position (row, column from 0) → cell."""
        reader = expat.ParserCreate()
        reader.buffer_text = True
        reader.StartElementHandler = self._start
        reader.EndElementHandler = self._end
        reader.CharacterDataHandler = self._text
        reader.Parse(part, True)
        return self._found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
                self._column = -1
            case "c":
                self._column = self._column_of(attributes)
                self._attributes, self._value, self._formula = attributes, None, None
            case "v":
                self._value, self._inside = "", "v"
            case "f":
                self._formula, self._inside = "", "f"

    def _column_of(self, attributes: dict[str, str]) -> int:
        if "r" in attributes:
            return _column(attributes["r"].rstrip("0123456789"))
        return self._column + 1

    def _text(self, text: str) -> None:
        if self._inside == "v":
            self._value = (self._value or "") + text
        elif self._inside == "f":
            self._formula = (self._formula or "") + text

    def _end(self, name: str) -> None:
        self._inside = ""
        if name.rpartition(":")[2] != "c":
            return
        cell = self._cell()
        if cell is not None:
            self._found[self._row, self._column] = cell

    def _cell(self) -> Cell:
        kind = self._attributes.get("t", "n")
        if kind == "e":
            return CellError(self._value or "#N/A")
        if self._formula is not None and not self._value and not self._is_empty_text(kind):
            return EmptyFormula("=" + self._formula)
        pattern = self._styles.get(int(self._attributes.get("s", "0")))
        if pattern and kind == "n" and self._value:
            return Formatted(float(self._value), pattern)
        return None

    def _is_empty_text(self, kind: str) -> bool:
        """Whether a formula's stored value is the empty text, which is a blank."""
        return kind == "str" and self._value is not None
