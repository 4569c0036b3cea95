"""A writer of the smallest .xlsb, which no library in use and not LibreOffice writes."""

import struct
import zipfile
from pathlib import Path

KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


class Error:
    """An error value by its code."""

    def __init__(self, code):
        self.code = code


class Zero:
    """A formula whose stored value is 0."""


class Padded:
    """A number in the format 00000000."""

    def __init__(self, value):
        self.value = value


class Day:
    """A serial in the format of a date."""

    def __init__(self, value):
        self.value = value


def record(kind, content=b""):
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(content)
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 127 else 0)])
        length >>= 7
        if not length:
            return head + size + content


def text(value):
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def cell(column, value, strings):
    style = 1 if isinstance(value, Padded) else 2 if isinstance(value, Day) else 0
    head = struct.pack("<II", column, style)
    match value:
        case Error():
            return record(3, head + bytes([value.code]))
        case Zero():
            return record(9, head + struct.pack("<dHII", 0, 0, 0, 0))
        case Padded():
            return record(2, head + struct.pack("<i", value.value << 2 | 2))
        case Day() | float():
            return record(5, head + struct.pack("<d", getattr(value, "value", value)))
        case str():
            strings.append(value)
            return record(7, head + struct.pack("<I", len(strings) - 1))


def xlsb(path: Path, rows, *, sheet="人员", merged=(), states=(0,)) -> Path:
    """Write a workbook; a sheet for each state (0 visible, 1 hidden), all with the same rows."""
    strings: list[str] = []
    height, width = len(rows), max(map(len, rows))
    data = record(129) + record(148, struct.pack("<4I", 0, height - 1, 0, width - 1)) + record(145)
    for number, row in enumerate(rows):
        data += record(0, struct.pack("<I", number) + bytes(13))
        data += b"".join(cell(i, v, strings) for i, v in enumerate(row) if v is not None)
    data += record(146)
    if merged:
        data += record(177, struct.pack("<I", len(merged)))
        data += b"".join(record(176, struct.pack("<4I", *r)) for r in merged) + record(178)
    data += record(130)
    book = record(131) + record(153, struct.pack("<II", 0, 0) + text("")) + record(143)
    for number, state in enumerate(states):
        told = struct.pack("<II", state, number + 1) + text(f"rId{number + 1}")
        book += record(156, told + text(sheet + "藏" * number))
    book += record(144) + record(132)
    styles = record(278) + record(615, struct.pack("<I", 1))
    styles += record(44, struct.pack("<H", 164) + text("00000000")) + record(616)
    styles += record(617, struct.pack("<I", 3))
    styles += b"".join(record(47, struct.pack("<8H", 0, f, 0, 0, 0, 0, 0, 0)) for f in (0, 164, 14))
    styles += record(618) + record(279)
    shared = record(159, struct.pack("<II", len(strings), len(strings)))
    shared += b"".join(record(19, b"\0" + text(s)) for s in strings) + record(160)
    targets = [("worksheet", f"worksheets/sheet{n + 1}.bin") for n in range(len(states))]
    targets += [("styles", "styles.bin"), ("sharedStrings", "sharedStrings.bin")]
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{KINDS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", book)
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>',
        )
        for number in range(len(states)):
            archive.writestr(f"xl/worksheets/sheet{number + 1}.bin", data)
        archive.writestr("xl/styles.bin", styles)
        archive.writestr("xl/sharedStrings.bin", shared)
    return path
