"""What an .xlsx holds beyond calamine's cells: date system, extent, errors, formulas, formats."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from posixpath import join, normpath
from xml.parsers import expat

from dalian_eval.intake.base.raw_cell import (
    Cell,
    CellError,
    EmptyFormula,
    FormattedNumber,
    ZeroFormula,
)
from dalian_eval.intake.base.text_runs import Run, marked_text
from dalian_eval.intake.files.workbooks.xlsx_runs import SHIFTED, Runs, has_marks, rich_strings
from dalian_eval.intake.files.workbooks.xml_parts import attribute, elements

_CELL_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})\d+"')
_CELL_ROW = re.compile(rb'<c r="[A-Z]{1,3}(\d+)"')
_ANY_CELL = re.compile(rb"[<:]c[\s/>]")
_SHARED = re.compile(rb"""\st=["']s["'][^>]*>\s*<(?:\w+:)?v>\s*(\d+)""")
_STRING = re.compile(rb"<(?:\w+:)?si[\s>].*?</(?:\w+:)?si>", re.S)
_LITERAL = r'(?:"[^"0]*"|\\[^0])'
_UNSEEN = re.compile(r"(?:\[(?:\$-[^\]]*|(?!DBNum)[A-Za-z]+\d*)\])*")
"""Colours and locales at the start of a number format: nothing of them is shown in the cell."""
_ZEROS = re.compile(rf"({_LITERAL}*)(0+)({_LITERAL}*)(?=$|[;_])")
_LITTLE, _PIECE = 64 << 20, 16 << 20
_MOST_COLUMNS = 16_384
_TRUE = ("1", "true")
_BUILT_IN_PERCENT = frozenset({9, 10})


class Workbook:
    """The parts of an .xlsx in their usual places (see `opc`).

    Raises expat.ExpatError, KeyError or ValueError when they are broken.
    """

    def __init__(self, content: bytes) -> None:
        """Read the workbook part, its relations and its styles."""
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self.date1904 = False
        self.protected = False
        self._recomputed = False
        self._parts: list[str] = []
        self._read_workbook()
        self._formats: dict[int, str] = {}
        self._struck: frozenset[int] = frozenset()
        self._marked: frozenset[int] = frozenset()
        self._read_styles()
        self._cache: tuple[int, bytes] = (-1, b"")
        self._lengths: list[int] | None = None
        self._rich: dict[int, tuple[Run, ...]] = {}

    def bounds(self, sheet: int) -> tuple[int, int]:
        """Return numbers of rows and columns that no cell lies beyond, at little cost."""
        columns, rows = set[bytes](), 0
        for some in _slices(self._sheet(sheet)):
            found = _CELL_ROW.findall(some)
            if len(found) < len(_ANY_CELL.findall(some)):
                return self.extent(sheet)
            rows = max(rows, max(map(int, set(found)), default=0))
            columns.update(_CELL_COLUMN.findall(some))
        return rows, max((_column(letters.decode()) + 1 for letters in columns), default=0)

    def extent(self, sheet: int) -> tuple[int, int]:
        """Return the numbers of rows and columns that the cells with content span."""
        return _Extent().read(self._sheet(sheet))

    def text_bytes(self, sheet: int) -> int:
        """Return at most how much text the cells hold, each with its own copy of a shared one."""
        part = self._sheet(sheet)
        lengths = self._string_lengths()
        most = max(lengths, default=0) * (part.count(b't="s"') + part.count(b"t='s'"))
        if most <= _LITTLE:
            return most
        used = Counter[int]()
        for some in _slices(part):
            used.update(map(int, _SHARED.findall(some)))
        return sum(lengths[i] * count for i, count in used.items() if i < len(lengths))

    def _string_lengths(self) -> list[int]:
        if self._lengths is None:
            strings = "xl/sharedStrings.xml"
            present = strings in self._archive.namelist()
            content = self._archive.read(strings) if present else b""
            self._lengths = [len(found.group()) for found in _STRING.finditer(content)]
            if has_marks(content) or (self._marked and b"rPr" in content):
                self._rich = rich_strings(content)
        return self._lengths

    def special_cells(self, sheet: int) -> dict[tuple[int, int], Cell]:
        """Return error values, formulas without value, numbers with a telling format, marked texts.

        To be asked for last: the sheet's part, which may be large, is not kept any longer.
        """
        part = self._sheet(sheet)
        self._cache = (-1, b"")
        styles = {
            style: pattern
            for style, pattern in self._formats.items()
            if f's="{style}"'.encode() in part
        }
        self._string_lengths()
        told: tuple[bytes, ...] = (b"<f", b":f", b'"e"')
        if self._marked and b"rPr" in part:
            told += (b"rPr",)
        if not (styles or self._rich or has_marks(part) or any(sign in part for sign in told)):
            return {}
        special = _Special(styles, self._marked, self._rich, recomputed=self._recomputed)
        return special.read(part)

    def _sheet(self, index: int) -> bytes:
        if self._cache[0] != index:
            self._cache = (index, self._archive.read(self._parts[index]))
        return self._cache[1]

    def _read_workbook(self) -> None:
        relations = {
            attributes["Id"]: attributes["Target"]
            for name, attributes in elements(self._archive.read("xl/_rels/workbook.xml.rels"))
            if name == "Relationship"
        }
        for name, attributes in elements(self._archive.read("xl/workbook.xml")):
            if name == "workbookPr":
                self.date1904 = attributes.get("date1904") in _TRUE
            elif name == "calcPr":
                self._recomputed = attributes.get("fullCalcOnLoad") in _TRUE
            elif name == "sheet":
                target = relations[attribute(attributes, "id")]
                part = target.lstrip("/") if target.startswith("/") else join("xl", target)
                self._parts.append(normpath(part))
        if len(set(self._parts)) < len(self._parts):
            raise ValueError("two sheets of one part")

    def _read_styles(self) -> None:
        """Note the styles of zero-padding and percentage formats, and of struck-out text."""
        if "xl/styles.xml" not in self._archive.namelist():
            return
        codes = dict.fromkeys(_BUILT_IN_PERCENT, "%")
        fonts, struck_fonts, marked_fonts = -1, set[int](), set[int]()
        struck, marked = set[int](), set[int]()
        inside, style = "", 0
        for name, attributes in elements(self._archive.read("xl/styles.xml")):
            if name == "numFmt":
                pattern = special_pattern(attributes.get("formatCode", ""))
                if pattern:
                    codes[int(attributes["numFmtId"])] = pattern
            elif name in ("fonts", "fills", "cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
                inside = name
            elif name == "font" and inside == "fonts":
                fonts += 1
            elif name == "strike" and inside == "fonts":
                if attributes.get("val", "1") in _TRUE:
                    struck_fonts.add(fonts)
                    marked_fonts.add(fonts)
            elif name == "vertAlign" and inside == "fonts":
                if attributes.get("val") in SHIFTED:
                    marked_fonts.add(fonts)
            elif name == "xf" and inside == "cellXfs":
                pattern = codes.get(int(attributes.get("numFmtId", "0")), "")
                if pattern:
                    self._formats[style] = pattern
                font = int(attributes.get("fontId", "0"))
                if font in struck_fonts:
                    struck.add(style)
                if font in marked_fonts:
                    marked.add(style)
                style += 1
        self._struck, self._marked = frozenset(struck), frozenset(marked)

    def struck_rows(self, sheet: int) -> tuple[int, ...]:
        """Return the indices of the rows whose every cell with content is struck out."""
        part = self._sheet(sheet) if self._struck else b""
        if not any(f's="{style}"'.encode() in part for style in self._struck):
            return ()
        return _StruckRows(self._struck).read(part)


def special_pattern(code: str) -> str:
    """Return what `Formatted` takes of a number format, "" when it changes no reading.

    A format of zeros, perhaps with fixed text around them, and a percentage change it.
    """
    zeros = _ZEROS.match(code, _unseen(code))
    if zeros and (len(zeros[2]) > 1 or zeros[1]):
        return _fixed(zeros[1]) + zeros[2] + _fixed(zeros[3])
    plain = re.sub(r'"[^"]*"|\\.', "", code)
    return "%" if "%" in plain else ""


def _unseen(code: str) -> int:
    """Return the length of what a number format begins with and does not show."""
    found = _UNSEEN.match(code)
    return found.end() if found else 0


def _fixed(literals: str) -> str:
    text = re.sub(r'"([^"]*)"|\\(.)', r"\1\2", literals)
    return f'"{text}"' if text else ""


def _slices(part: bytes) -> Iterator[memoryview]:
    """Yield a sheet part in pieces that end before a cell: what is found in all is much at once."""
    view, start = memoryview(part), 0
    while start < len(part):
        stop = part.find(b"<c ", start + _PIECE)
        stop = len(part) if stop < 0 else stop
        yield view[start:stop]
        start = stop


def _column(letters: str) -> int:
    """Return the position (from 0) of a column called A, B, …, XFD."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _place(reference: str) -> tuple[int, int]:
    """Return row and column (from 0) of a cell called A1; the cell's own name counts."""
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]) - 1, _column(letters.upper())


class _Extent:
    """One pass over a sheet part that is written in an unusual way, for its last row and column."""

    def __init__(self) -> None:
        self._rows = self._columns = self._row = self._column = 0
        self._content = False

    def read(self, part: bytes) -> tuple[int, int]:
        """Return the numbers of rows and columns."""
        reader = expat.ParserCreate()
        reader.StartElementHandler = self._start
        reader.EndElementHandler = self._end
        reader.Parse(part, True)
        return self._rows, self._columns

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self._row = int(attributes.get("r", self._row + 1))
                self._column = 0
            case "c":
                if "r" in attributes:
                    row, column = _place(attributes["r"])
                    self._row, self._column = row + 1, column + 1
                else:
                    self._column += 1
                if self._column > _MOST_COLUMNS:
                    raise ValueError("impossible column")
                self._content = False
            case "v" | "is" | "f":
                self._content = True

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "c" and self._content:
            self._rows = max(self._rows, self._row)
            self._columns = max(self._columns, self._column)


class _StruckRows:
    """One pass over a sheet part for the rows that are struck out as a whole."""

    def __init__(self, struck: frozenset[int]) -> None:
        self._styles = struck
        self._rows: dict[int, bool] = {}
        self._row, self._style = -1, 0

    def read(self, part: bytes) -> tuple[int, ...]:
        """Return their indices."""
        reader = expat.ParserCreate()
        reader.StartElementHandler = self._start
        reader.Parse(part, True)
        return tuple(row for row, struck in self._rows.items() if struck)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            case "c":
                if "r" in attributes:
                    self._row = _place(attributes["r"])[0]
                self._style = int(attributes.get("s", "0"))
            case "v" | "is":
                struck = self._style in self._styles
                self._rows[self._row] = self._rows.get(self._row, True) and struck


class _Special:
    """One pass over a sheet part that keeps only cells calamine cannot tell.

    `recomputed`: the file asks to be computed when it is opened, as files of programs do that
    cannot compute. What they store for a formula is then 0.
    """

    def __init__(
        self,
        styles: dict[int, str],
        marked: frozenset[int],
        rich: dict[int, tuple[Run, ...]],
        *,
        recomputed: bool,
    ) -> None:
        self._styles, self._marked, self._rich = styles, marked, rich
        self._recomputed = recomputed
        self._runs: Runs | None = None
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
        local = name.rpartition(":")[2]
        if self._runs:
            self._runs.start(local, attributes)
        match local:
            case "row":
                self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
                self._column = -1
            case "c":
                if "r" in attributes:
                    self._row, self._column = _place(attributes["r"])
                else:
                    self._column += 1
                self._attributes, self._value, self._formula = attributes, None, None
                self._runs = Runs() if attributes.get("t") == "inlineStr" else None
            case "v":
                self._value, self._inside = "", "v"
            case "f":
                self._formula, self._inside = "", "f"

    def _text(self, text: str) -> None:
        if self._runs:
            self._runs.text(text)
        elif self._inside == "v":
            self._value = (self._value or "") + text
        elif self._inside == "f":
            self._formula = (self._formula or "") + text

    def _end(self, name: str) -> None:
        self._inside = ""
        local = name.rpartition(":")[2]
        if self._runs:
            self._runs.end(local)
        if local != "c":
            return
        cell = self._cell()
        if cell is not None:
            self._found[self._row, self._column] = cell

    def _cell(self) -> Cell:
        kind = self._attributes.get("t", "n")
        style = int(self._attributes.get("s", "0"))
        if self._runs:
            return marked_text(self._runs.runs, cell=style in self._marked)
        if kind == "s" and self._value and self._formula is None:
            return marked_text(self._rich.get(int(self._value), ()), cell=style in self._marked)
        if kind == "e":
            return CellError(self._value or "#N/A")
        if self._formula is not None and self._is_uncomputed(kind):
            return EmptyFormula("=" + self._formula)
        if self._formula is not None and kind == "n" and float(self._value or "1") == 0:
            return ZeroFormula("=" + self._formula)
        pattern = self._styles.get(style)
        if pattern and kind == "n" and self._value:
            return FormattedNumber(float(self._value), pattern)
        return None

    def _is_uncomputed(self, kind: str) -> bool:
        """Whether a formula has no value of its own; the empty text is one, a blank."""
        if not self._value:
            return kind != "str" or self._value is None
        return self._recomputed and kind == "n" and float(self._value) == 0
