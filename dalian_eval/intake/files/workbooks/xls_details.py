"""What an .xls holds beyond calamine's cells: date system, errors, number formats, marked texts.

An .xls is a compound file (sectors chained like a disk) whose stream `Workbook` is a list of
records: kind, length, bytes. Only the few records that matter here are read.
"""

import struct
from collections import Counter
from collections.abc import Callable, Iterator

from dalian_eval.intake.base.raw_cell import (
    Cell,
    CellError,
    EmptyFormula,
    FormattedNumber,
    ZeroFormula,
)
from dalian_eval.intake.base.text_runs import marked_text
from dalian_eval.intake.files.workbooks.error_codes import BUILT_IN, ERRORS
from dalian_eval.intake.files.workbooks.xls_strings import shared_strings
from dalian_eval.intake.files.workbooks.xlsx_details import special_pattern

_END_OF_CHAIN = 0xFFFFFFFA
_BOUND_SHEET, _DATE_MODE, _FORMAT, _XF, _FONT = 0x85, 0x22, 0x41E, 0xE0, 0x31
_STRUCK_OUT = 0x08
"""Option of a font."""
_SHIFTED = (b"\1\0", b"\2\0")
"""How a font raises or lowers its characters."""
_NO_FONT = 4
"""Fonts are counted from 0, but no font has this number."""
_FORMULA, _NUMBER, _RK, _MULTIPLE_RK, _BOOL_OR_ERROR = 0x06, 0x203, 0x27E, 0xBD, 0x205
_BEGIN, _END, _FILE_PASS = 0x809, 0x0A, 0x2F
_DIMENSIONS, _STRINGS, _CONTINUE, _SHARED_TEXT = 0x200, 0xFC, 0x3C, 0xFD
_CELLS = frozenset({_FORMULA, _NUMBER, _RK, _MULTIPLE_RK, _BOOL_OR_ERROR, 0x204, 0xFD, 0xD6})
"""Records of cells with content; 0x204, 0xFD and 0xD6 are the forms of text."""
_OF_OFFICE = frozenset({0x1C0, 0x1C1})
"""Marks of spreadsheet programs, which compute before they save; libraries leave them out."""
_COMPUTED_ON_LOAD = 2
_ERROR_RESULT, _EMPTY_RESULT = 2, 3
_UNCOMPUTED, _ZERO = EmptyFormula("=……"), ZeroFormula("=……")
_BIFF8 = 0x600
_ROWS, _COLUMNS = 65_536, 256
_TABLE_COUNTS = (44, 64, 72)
"""Where a compound file's header counts the sectors of its allocation tables."""


class Workbook:
    """The records of an .xls; raises struct.error, ValueError or IndexError when broken.

    calamine believes the sizes a file declares and takes the whole process down when they are
    absurd, so a file comes here first. One of Excel 95 or before is `outdated`: its Chinese texts
    cannot be told, and nothing else of it is read.
    """

    def __init__(self, content: bytes) -> None:
        """Read the records before the first sheet."""
        self._stream = _workbook_stream(content)
        self.outdated = struct.unpack_from("<H", self._stream, 4)[0] < _BIFF8
        if self.outdated:
            return
        self.date1904: bool | None = None
        self.protected = False
        self._computed = False
        self._offsets: list[int] = []
        codes = dict(BUILT_IN)
        formats: list[int] = []
        fonts: list[int] = []
        struck_fonts: list[bool] = []
        marked_fonts: list[bool] = []
        strings: list[bytes] = []
        in_strings = False
        for kind, body in _records(self._stream, 0):
            if kind == _STRINGS and struct.unpack_from("<I", body, 4)[0] > len(self._stream):
                raise ValueError("more strings than bytes")
            in_strings = kind == _STRINGS or (kind == _CONTINUE and in_strings)
            if in_strings:
                strings.append(body)
            if kind == _FILE_PASS:
                self.protected = True
            elif kind in _OF_OFFICE:
                self._computed = True
            elif kind == _DATE_MODE:
                self.date1904 = body[:2] == b"\1\0"
            elif kind == _BOUND_SHEET:
                self._offsets.append(struct.unpack_from("<I", body)[0])
            elif kind == _FORMAT:
                pattern = special_pattern(_text(body[2:]))
                if pattern:
                    codes[struct.unpack_from("<H", body)[0]] = pattern
            elif kind == _FONT:
                is_struck = bool(struct.unpack_from("<H", body, 2)[0] & _STRUCK_OUT)
                struck_fonts.append(is_struck)
                marked_fonts.append(is_struck or body[8:10] in _SHIFTED)
            elif kind == _XF:
                fonts.append(struct.unpack_from("<H", body)[0])
                formats.append(struct.unpack_from("<H", body, 2)[0])
        if not self._offsets:
            raise ValueError("no sheets")
        self._extents = [_extent(self._stream, offset) for offset in self._offsets]
        struck_fonts.insert(_NO_FONT, False)
        marked_fonts.insert(_NO_FONT, False)
        self._struck = _styles_of(fonts, struck_fonts)
        self._marked = _styles_of(fonts, marked_fonts)
        texts = shared_strings(strings)
        self._lengths = texts.lengths
        marked = _places(marked_fonts)
        self._rich = (
            {number: text.runs(marked.__contains__) for number, text in texts.rich.items()}
            if marked
            else {}
        )
        self._patterns = {
            style: codes[number] for style, number in enumerate(formats) if number in codes
        }

    def bounds(self, sheet: int) -> tuple[int, int]:
        """Return numbers of rows and columns that no cell lies beyond."""
        return self.extent(sheet)

    def extent(self, sheet: int) -> tuple[int, int]:
        """Return the numbers of rows and columns that the cells span."""
        return self._extents[sheet]

    def text_bytes(self, sheet: int) -> int:
        """Return how much text the cells hold once each has its own copy of a shared string."""
        used = Counter(
            struct.unpack_from("<I", body, 6)[0]
            for kind, body in _records(self._stream, self._offsets[sheet])
            if kind == _SHARED_TEXT
        )
        lengths = self._lengths
        return sum(2 * lengths[i] * n for i, n in used.items() if i < len(lengths))

    def special_cells(self, sheet: int) -> dict[tuple[int, int], Cell]:
        """Return error values, formulas without value, numbers with a telling format, marked texts.

        By (row, column) from 0.
        """
        found: dict[tuple[int, int], Cell] = {}
        for kind, body in _records(self._stream, self._offsets[sheet]):
            if kind == _BOOL_OR_ERROR:
                row, column, _, value, is_error = struct.unpack_from("<HHHBB", body)
                if is_error:
                    found[row, column] = CellError(ERRORS.get(value, "#N/A"))
            elif kind == _FORMULA:
                row, column, style, result, flags = struct.unpack_from("<HHH8sH", body)
                cell = self._result(style, result, flags)
                if cell is not None:
                    found[row, column] = cell
            elif kind == _SHARED_TEXT and self._rich:
                row, column, style, text = struct.unpack_from("<HHHI", body)
                marked = marked_text(self._rich.get(text, ()), cell=style in self._marked)
                if marked is not None:
                    found[row, column] = marked
            elif kind in (_NUMBER, _RK, _MULTIPLE_RK):
                for row, column, style, value in _numbers(kind, body):
                    if style in self._patterns:
                        found[row, column] = FormattedNumber(value, self._patterns[style])
        return found

    def struck_rows(self, sheet: int) -> tuple[int, ...]:
        """Return the indices of the rows whose every cell with content is struck out."""
        if not self._struck:
            return ()
        rows: dict[int, bool] = {}
        for kind, body in _records(self._stream, self._offsets[sheet]):
            if kind not in _CELLS:
                continue
            row, _, style = struct.unpack_from("<HHH", body)
            styles = [style]
            if kind == _MULTIPLE_RK:
                styles = [
                    struct.unpack_from("<H", body, at)[0] for at in range(4, len(body) - 2, 6)
                ]
            rows[row] = rows.get(row, True) and self._struck.issuperset(styles)
        return tuple(row for row, struck in rows.items() if struck)

    def _result(self, style: int, result: bytes, flags: int) -> Cell:
        """Return the result stored with a formula when it is a special cell, else None."""
        if result[6:] == b"\xff\xff":
            if result[0] == _ERROR_RESULT:
                return CellError(ERRORS.get(result[2], "#N/A"))
            return None if self._computed or result[0] != _EMPTY_RESULT else _UNCOMPUTED
        value: float = struct.unpack("<d", result)[0]
        if value == 0:
            return _UNCOMPUTED if flags & _COMPUTED_ON_LOAD and not self._computed else _ZERO
        return FormattedNumber(value, self._patterns[style]) if style in self._patterns else None


def _styles_of(fonts: list[int], marks: list[bool]) -> frozenset[int]:
    """Return the styles whose font is marked so; `fonts` holds each style's font."""
    places = _places(marks)
    return frozenset(style for style, font in enumerate(fonts) if font in places)


def _places(marks: list[bool]) -> frozenset[int]:
    """Return where a list is true."""
    return frozenset(place for place, mark in enumerate(marks) if mark)


def _extent(stream: bytes, offset: int) -> tuple[int, int]:
    """Return the rows and columns that a sheet's cells span.

    Raises ValueError when it declares or holds cells that no .xls can have.
    """
    rows = columns = 0
    for kind, body in _records(stream, offset, nested=True):
        if kind == _DIMENSIONS:
            form = "<IIHH" if len(body) >= 14 else "<HHHH"
            top, bottom, left, right = struct.unpack_from(form, body)
            if not (top <= bottom <= _ROWS and left <= right <= _COLUMNS):
                raise ValueError("impossible dimensions")
        elif kind in _CELLS:
            row, column = struct.unpack_from("<HH", body)
            if kind == _MULTIPLE_RK:
                column += max((len(body) - 6) // 6 - 1, 0)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
    if columns > _COLUMNS:
        raise ValueError("impossible column")
    return rows, columns


def _records(stream: bytes, offset: int, *, nested: bool = False) -> Iterator[tuple[int, bytes]]:
    """Yield the records of one substream, those of charts inside it only when `nested`.

    Raises ValueError unless the substream has its begin and its end.
    """
    depth = 0
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        body = stream[offset + 4 : offset + 4 + length]
        offset += 4 + length
        if kind == _BEGIN:
            depth += 1
        elif depth == 0:
            break
        elif kind == _END:
            depth -= 1
            if depth == 0:
                return
        elif depth == 1 or nested:
            yield kind, body
    raise ValueError("substream without begin or end")


def _text(body: bytes) -> str:
    """Return a BIFF8 string: length, flag for two-byte characters, characters."""
    length, wide = struct.unpack_from("<HB", body)
    if wide & 1:
        return body[3 : 3 + 2 * length].decode("utf-16-le", "replace")
    return body[3 : 3 + length].decode("latin-1")


def _numbers(kind: int, body: bytes) -> Iterator[tuple[int, int, int, float]]:
    if kind == _NUMBER:
        yield struct.unpack_from("<HHHd", body)
        return
    row, column = struct.unpack_from("<HH", body)
    for position in range((len(body) - 4) // 6):
        style, packed = struct.unpack_from("<HI", body, 4 + 6 * position)
        yield row, column + position, style, _unpacked(packed)


def _unpacked(packed: int) -> float:
    """Return an RK number: 30 bits of an integer or of a double, perhaps times 100."""
    if packed & 2:
        signed = struct.unpack("<i", struct.pack("<I", packed))[0]
        value = float(signed >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value


def _workbook_stream(content: bytes) -> bytes:
    """Return the stream called Workbook (Book in older files) of a compound file."""
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    first_directory, _, cutoff, first_mini = struct.unpack_from("<IIII", content, 48)
    size = 1 << shift
    for place in _TABLE_COUNTS:
        if struct.unpack_from("<I", content, place)[0] > len(content) // size:
            raise ValueError("more tables than sectors")

    def sector(number: int) -> bytes:
        start = (number + 1) * size
        return content[start : start + size]

    table = _allocation_table(content, sector)
    directory = b"".join(sector(n) for n in _chain(first_directory, table))
    entries = [directory[i : i + 128] for i in range(0, len(directory) - 127, 128)]
    root_start = struct.unpack_from("<I", entries[0], 116)[0]
    for entry in entries:
        name_length = struct.unpack_from("<H", entry, 64)[0]
        name = entry[: max(name_length - 2, 0)].decode("utf-16-le", "replace")
        if name not in ("Workbook", "Book"):
            continue
        start, length = struct.unpack_from("<II", entry, 116)
        if length > len(content):
            raise ValueError("stream longer than file")
        if length >= cutoff:
            return b"".join(sector(n) for n in _chain(start, table))[:length]
        minis = b"".join(sector(n) for n in _chain(root_start, table))
        mini_table = _numbers_of(b"".join(sector(n) for n in _chain(first_mini, table)))
        step = 1 << mini_shift
        pieces = [minis[n * step : (n + 1) * step] for n in _chain(start, mini_table)]
        return b"".join(pieces)[:length]
    raise ValueError("no workbook stream")


def _allocation_table(content: bytes, sector: Callable[[int], bytes]) -> list[int]:
    """Return the table of following sectors, whose own sectors the header lists."""
    listed = list(struct.unpack_from("<109I", content, 76))
    following = struct.unpack_from("<I", content, 68)[0]
    for _ in range(struct.unpack_from("<I", content, 72)[0]):
        if following >= _END_OF_CHAIN:
            break
        numbers = _numbers_of(sector(following))
        listed += numbers[:-1]
        following = numbers[-1]
    used = [number for number in listed if number < _END_OF_CHAIN]
    return [number for n in used for number in _numbers_of(sector(n))]


def _numbers_of(block: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4]))


def _chain(start: int, table: list[int]) -> list[int]:
    """Return the sectors from `start` on; a chain that bites its tail is broken."""
    numbers: list[int] = []
    while start < _END_OF_CHAIN:
        numbers.append(start)
        if len(numbers) > len(table):
            raise ValueError("sector chain without end")
        start = table[start]
    return numbers
