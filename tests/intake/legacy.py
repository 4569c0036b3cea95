"""A writer of the smallest legacy workbook (.xls), as no library in use writes one."""

import struct
from collections.abc import Sequence
from typing import Any

SECTOR = 512
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


class Error:
    """An error value, by its code in the file format."""

    def __init__(self, code: int, formula: bool = False) -> None:
        self.code = code
        self.formula = formula


class Rich:
    """A shared text of runs: (text, font), each font one of `FONTS`; the cell's own has none."""

    def __init__(self, *runs: tuple[str, str], style: str = "") -> None:
        self.runs = runs
        self.style = style


FONTS = ("", "plain", "raised", "lowered", "missing", "struck")
"""Fonts by their numbers, of which 4 is not used by the file format."""


class Padded:
    """A whole number shown by the cell format 00000000."""

    def __init__(self, value: int) -> None:
        self.value = value


class Formula:
    """A formula with its stored result: a number in the format 00000000, or "" for no text.

    `flags`: 2 asks to be computed when the file is opened.
    """

    def __init__(self, result: float | str, flags: int = 0) -> None:
        self.result = result
        self.flags = flags


def xls(
    rows: Sequence[Sequence[Any]],
    *,
    sheet: str,
    date1904: bool | None = False,
    hidden: bool = False,
    merged: Sequence[tuple[int, int, int, int]] = (),
    password: bool = False,
    shared: Sequence[str | Rich] = (),
    uses: int = 0,
    office: bool = False,
) -> bytes:
    """Return a workbook of one sheet; `merged` holds (first row, last row, first, last column).

    `office`: with the mark that spreadsheet programs leave, which compute before they save.
    The first of the `shared` strings stands in so many rows more as `uses` says.
    """
    rich = [value for row in rows for value in row if isinstance(value, Rich)]
    shared = [*shared, *rich]
    places = {id(value): place for place, value in enumerate(shared)}
    body = b"".join(
        _rich_cell(r, c, value, places[id(value)])
        if isinstance(value, Rich)
        else _cell(r, c, value)
        for r, row in enumerate(rows)
        for c, value in enumerate(row)
    )
    body += b"".join(
        _record(0xFD, struct.pack("<HHHI", len(rows) + use, 0, 0, 0)) for use in range(uses)
    )
    ranges = b"".join(struct.pack("<HHHH", *area) for area in merged)
    page = (
        _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
        + _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, 99, 0))
        + body
        + (_record(0xE5, struct.pack("<H", len(merged)) + ranges) if merged else b"")
        + _record(0x0A, b"")
    )
    strings = _strings(shared) if shared else b""
    if office:
        strings += _record(0x1C0, b"")
    offset = len(_globals(sheet, 0, date1904, hidden, password, strings))
    return _compound(_globals(sheet, offset, date1904, hidden, password, strings) + page)


def xls95(rows: Sequence[Sequence[Any]], *, sheet: str) -> bytes:
    """Return a workbook of Excel 95, of texts in GBK and numbers in the format 00000000."""

    def cell(row: int, column: int, value: Any) -> bytes:
        place = struct.pack("<HHH", row, column, 1)
        if isinstance(value, str):
            text = value.encode("gbk")
            return _record(0x204, place + struct.pack("<H", len(text)) + text)
        return _record(0x203, place + struct.pack("<d", value))

    name = sheet.encode("gbk")

    def before(offset: int) -> bytes:
        return (
            _record(0x809, struct.pack("<HHHH", 0x500, 0x05, 0, 0))
            + _record(0x42, struct.pack("<H", 936))
            + _record(0x22, struct.pack("<H", 0))
            + _record(0x41E, struct.pack("<HB", 0, 1) + b"0")
            + _record(0x41E, struct.pack("<HB", 164, 8) + b"00000000")
            + _record(0xE0, struct.pack("<HH12x", 0, 0))
            + _record(0xE0, struct.pack("<HH12x", 0, 164))
            + _record(0x85, struct.pack("<IBBB", offset, 0, 0, len(name)) + name)
            + _record(0x0A, b"")
        )

    page = (
        _record(0x809, struct.pack("<HHHH", 0x500, 0x10, 0, 0))
        + b"".join(cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row))
        + _record(0x0A, b"")
    )
    return _compound(before(len(before(0))) + page, "Book")


def _strings(shared: Sequence[str | Rich]) -> bytes:
    """The record of shared strings with its continuations, each at most 8,224 bytes."""
    head = struct.pack("<II", len(shared), len(shared))
    pieces: list[bytes] = []
    for value in shared:
        text, runs = (value, b"") if isinstance(value, str) else _text_and_runs(value)
        head += struct.pack("<HB", len(text), 1 | (8 if runs else 0))
        head += struct.pack("<H", len(runs) // 4) if runs else b""
        while len(head) + 2 * len(text) > 8224:
            room = (8224 - len(head)) // 2
            pieces.append(head + text[:room].encode("utf-16-le"))
            head, text = b"\1", text[room:]
        head += text.encode("utf-16-le")
        if len(head) + len(runs) > 8224:
            pieces.append(head)
            head = b""
        head += runs
    pieces.append(head)
    return b"".join(_record(0x3C if i else 0xFC, piece) for i, piece in enumerate(pieces))


def _text_and_runs(value: Rich) -> tuple[str, bytes]:
    runs, at = b"", 0
    for text, font in value.runs:
        runs += struct.pack("<HH", at, FONTS.index(font)) if font else b""
        at += len(text)
    return "".join(text for text, _ in value.runs), runs


def _rich_cell(row: int, column: int, value: Rich, number: int) -> bytes:
    style = 2 if value.style == "struck" else 0
    return _record(0xFD, struct.pack("<HHHI", row, column, style, number))


def _font(name: str) -> bytes:
    options, raised = {"struck": (8, 0), "raised": (0, 1), "lowered": (0, 2)}.get(name, (0, 0))
    head = struct.pack("<HHHHHBBBx", 200, options, 0x7FFF, 400, raised, 0, 0, 0)
    return _record(0x31, head + struct.pack("<BB", 5, 0) + b"Arial")


def _globals(
    sheet: str, offset: int, date1904: bool | None, hidden: bool, password: bool, strings: bytes
) -> bytes:
    name = sheet.encode("utf-16-le")
    pad = "00000000".encode("latin-1")
    return (
        _record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0))
        + (_record(0x2F, bytes(54)) if password else b"")
        + _record(0x42, struct.pack("<H", 1200))
        + (b"" if date1904 is None else _record(0x22, struct.pack("<H", date1904)))
        + b"".join(_font(name) for name in FONTS if name != "missing")
        + _record(0x41E, struct.pack("<HHB", 164, len(pad), 0) + pad)
        + _record(0xE0, struct.pack("<HH16x", 0, 0))
        + _record(0xE0, struct.pack("<HH16x", 0, 164))
        + _record(0xE0, struct.pack("<HH16x", FONTS.index("struck"), 0))
        + _record(0x85, struct.pack("<IBBBB", offset, hidden, 0, len(sheet), 1) + name)
        + strings
        + _record(0x0A, b"")
    )


def _cell(row: int, column: int, value: Any) -> bytes:
    match value:
        case None:
            return b""
        case str():
            text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
            return _record(0x204, struct.pack("<HHH", row, column, 0) + text)
        case Error(code=code, formula=True):
            result = struct.pack("<BxBxxxH", 2, code, 0xFFFF)
            tokens = struct.pack("<HBB", 2, 0x1C, code)
            head = struct.pack("<HHH", row, column, 0)
            return _record(0x06, head + result + struct.pack("<HI", 0, 0) + tokens)
        case Formula(result=result, flags=flags):
            stored = bytes([3, 0, 0, 0, 0, 0, 0xFF, 0xFF])
            if not isinstance(result, str):
                stored = struct.pack("<d", result)
            head = struct.pack("<HHH", row, column, 1)
            return _record(0x06, head + stored + struct.pack("<HIHBH", flags, 0, 3, 0x1E, 1))
        case Error(code=code):
            return _record(0x205, struct.pack("<HHHBB", row, column, 0, code, 1))
        case Padded(value=number):
            packed = number << 2 | 2
            return _record(0x27E, struct.pack("<HHHI", row, column, 1, packed))
        case _:
            return _record(0x203, struct.pack("<HHHd", row, column, 0, value))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream: bytes, name: str = "Workbook") -> bytes:
    """Wrap a stream as the only one of a compound file: directory, stream, table."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    # The table's own sectors stand behind the stream.
    after = 1 + count
    tables = -(-(after + 64) // (SECTOR // 4))
    table = [_END, *range(2, after), _END, *[_TABLE] * tables]
    table += [_FREE] * (tables * SECTOR // 4 - len(table))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        + struct.pack("<IIIIIIIII", 0, tables, 0, 0, 4096, _END, 0, _END, 0)
        + struct.pack("<109I", *range(after, after + tables), *[_FREE] * (109 - tables))
    )
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, 1, len(stream))
    whole = header + directory.ljust(SECTOR, b"\0") + stream
    return whole + struct.pack(f"<{len(table)}I", *table)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + struct.pack("<III", _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<III", start, size, 0)
    )
