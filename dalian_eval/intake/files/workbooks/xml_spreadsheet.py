"""SpreadsheetML 2003 (`.xml`, and under `.xls` what web systems hand out) to sheets, by expat.

expat resolves and fetches nothing; a document type declaration refuses the file.
"""

from datetime import datetime
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
from dalian_eval.intake.files.discover import RawFile, RefusedError, corrupt
from dalian_eval.intake.files.sheets import Sheet
from dalian_eval.intake.files.text_pieces import utf8_pieces
from dalian_eval.intake.files.workbooks.grid import Grid
from dalian_eval.intake.files.workbooks.xlsx_details import special_pattern
from dalian_eval.intake.files.workbooks.xml_parts import without

_NAMED_FORMATS = {"Percent": "%"}
_MARKS = ("Sup", "Sub", "S")
_ASIDE = ("Comment", "PhoneticText")
"""Elements of a cell that are not its value."""


class _DoctypeError(Exception):
    """The file declares a document type, which may hide entities."""


def read_xml(raw: RawFile, limits: Limits) -> list[Sheet]:
    """Return the sheets of a workbook in their order. Raises RefusedError."""
    reader = _Reader(raw.file, limits)
    try:
        reader.read(raw)
    except _DoctypeError:
        raise RefusedError(
            f"文件 {raw.file} 里有文档类型声明（DOCTYPE，可藏实体炸弹或外部引用），没有读取；"
            "请在 Excel 或 WPS 中打开后另存为 .xlsx。"
        ) from None
    except (expat.ExpatError, LookupError, ValueError):
        raise RefusedError(corrupt(raw)) from None
    if not reader.grids:
        raise RefusedError(corrupt(raw))
    return [grid.sheet(date1904=reader.date1904) for grid in reader.grids]


class _Reader:
    """One pass over the file."""

    def __init__(self, file: str, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self.grids: list[Grid] = []
        self.date1904 = False
        self._formats: dict[str, str] = {}
        self._style = ""
        self._row = self._column = -1
        self._span = 0
        self._cell: dict[str, str] = {}
        self._kind: str | None = None
        self._runs: list[Run] = []
        self._inside = ""
        self._marks = 0
        self._visible = ""

    def read(self, raw: RawFile) -> None:
        """Read the file. Raises RefusedError, expat.ExpatError, ValueError and _DoctypeError."""
        reader = without(_ASIDE, self._start, self._end, self._text, "utf-8")
        reader.StartDoctypeDeclHandler = self._refuse
        for piece in utf8_pieces(raw):
            reader.Parse(piece, False)
        reader.Parse(b"", True)

    def _refuse(self, *_: object) -> None:
        raise _DoctypeError

    def _start(self, local: str, found: dict[str, str]) -> None:
        attributes = {key.rpartition(" ")[2]: value for key, value in found.items()}
        match local:
            case "Style":
                self._style = attributes.get("ID", "")
                inherited = self._formats.get(attributes.get("Parent", ""))
                if inherited:
                    self._formats[self._style] = inherited
            case "NumberFormat":
                code = attributes.get("Format", "")
                self._formats[self._style] = _NAMED_FORMATS.get(code) or special_pattern(code)
            case "Worksheet":
                used = sum(grid.cells for grid in self.grids)
                grid = Grid(self._file, self._limits, used, attributes.get("Name", ""))
                self.grids.append(grid)
                self._row, self._span = -1, 0
            case "Row":
                following = self._row + 1 + self._span
                self._row = int(attributes["Index"]) - 1 if "Index" in attributes else following
                self._span = int(attributes.get("Span", "0"))
                self._column = -1
            case "Cell":
                following = self._column + 1
                self._column = int(attributes["Index"]) - 1 if "Index" in attributes else following
                self._cell, self._kind, self._runs = attributes, None, []
            case "Data":
                self._kind, self._inside = attributes.get("Type", "String"), "Data"
            case "Visible":
                self._inside, self._visible = "Visible", ""
            case "Date1904":
                self.date1904 = True
            case _ if local in _MARKS:
                self._marks += 1

    def _text(self, text: str) -> None:
        if self._inside == "Data":
            self._runs.append((text, self._marks > 0))
        elif self._inside == "Visible":
            self._visible += text

    def _end(self, local: str) -> None:
        match local:
            case "Data":
                self._inside = ""
            case "Visible":
                self._inside = ""
                if self.grids and self._visible.strip() in ("SheetHidden", "SheetVeryHidden"):
                    self.grids[-1].hidden = True
            case "Cell":
                self._end_cell()
            case _ if local in _MARKS:
                self._marks -= 1

    def _end_cell(self) -> None:
        if self._row < 0 or self._column < 0:
            raise ValueError("impossible place")
        grid, cell = self.grids[-1], self._value()
        if cell != "":
            grid.put(self._row, self._column, cell)
        down, across = (int(self._cell.get(key, "0")) for key in ("MergeDown", "MergeAcross"))
        grid.merge(self._row, self._column, down + 1, across + 1)
        self._column += max(across, 0)

    def _value(self) -> Cell:
        text = "".join(text for text, _ in self._runs)
        formula = self._cell.get("Formula")
        if self._kind is None or (formula is not None and not text and self._kind != "String"):
            return "" if formula is None else EmptyFormula("=" + formula.removeprefix("="))
        match self._kind:
            case "Number":
                number = float(text)
                if formula is not None and number == 0:
                    return ZeroFormula("=" + formula.removeprefix("="))
                pattern = self._formats.get(self._cell.get("StyleID", "Default"), "")
                return FormattedNumber(number, pattern) if pattern else number
            case "DateTime":
                return _moment(text)
            case "Boolean":
                return text.strip() == "1"
            case "Error":
                return CellError(text or "#N/A")
        if len({mark for _, mark in self._runs}) > 1:
            return marked_text(self._runs, cell=False) or text
        return text


def _moment(text: str) -> Cell:
    """Return a timestamp without zone."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return text
