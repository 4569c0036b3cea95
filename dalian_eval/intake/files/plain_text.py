"""What a csv's bytes say before they are split: encodings in one file, and the separating mark."""

import codecs
import csv
import io
import re
from collections import Counter
from pathlib import Path

import numpy as np

_PIECE = 1 << 22
_FEW = 4
"""So many characters beyond ASCII, read as UTF-8, are no accident."""

_CHARACTERS = 4
"""So many Chinese characters of UTF-8 in a row: text in GB18030 does not look like this."""
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*$", re.IGNORECASE)
_MARKS = (",", "\t", ";", "|")
_PADDING = re.compile(r'\t+(?="?(?:[,;|\r\n]|\Z))')
"""Tabs at the end of a field that another mark ends: exports add them to keep codes as text."""
_LOOKED_AT = 50
_LOOKED_AT_BYTES = 4096
_WIDE = (
    ("utf-32-le", 4),
    ("utf-32-be", 4),
    ("utf-16-le", 2),
    ("utf-16-be", 2),
)


_WITHIN_TEXT = re.compile(rb"\0(?![\0,\t;|\"\r\n]|\Z)")
"""A NUL that does not fill up a field to its end: no text has one."""


def is_binary(content: bytes) -> bool:
    """Whether bytes are no text of bytes: they hold NULs that fill up no field."""
    return b"\0" in content and _WITHIN_TEXT.search(content) is not None


def broken_encoding(path: Path) -> str:
    """Return what is wrong with the encoding of a text file, in Chinese; "" when it is of one.

    A file in UTF-8 with some bytes of another encoding must not be taken for GB18030, nor the
    other way round: it would be read, but not what is written in it. One pass, piece by piece.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    seen = lines = 0
    with path.open("rb") as stream:
        while True:
            piece = stream.read(_PIECE)
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                good = error.object[: error.start]
                seen += _beyond_ascii(good.decode("utf-8", "ignore"))
                if seen >= _FEW:
                    return _broken_utf8(lines + good.count(b"\n") + 1, cut=not piece)
                return _broken_gb18030(path)
            if not piece:
                return ""
            if seen < _FEW and not text.isascii():
                seen += _beyond_ascii(text)
            lines += piece.count(b"\n")


def _beyond_ascii(text: str) -> int:
    return sum(character > "\x7f" for character in text[: 1 << 16])


def _broken_utf8(line: int, *, cut: bool) -> str:
    if cut:
        return "最后一个字不完整，文件可能没有导出或下载完，没有读取；请重新导出。"
    return (
        f"前面是 UTF-8 编码，第 {line} 行却不是（多半是把两种编码的文件拼在了一起），没有读取；"
        "请分别另存为“CSV UTF-8（逗号分隔）”后再合并。"
    )


def _broken_gb18030(path: Path) -> str:
    lines = 0
    rest = b""
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            piece = rest + piece
            found = _utf8_chinese(piece)
            if found >= 0:
                line = lines + piece.count(b"\n", 0, found) + 1
                return (
                    f"前面不是 UTF-8 编码，第 {line} 行却是（多半是把两种编码的文件拼在了一起），"
                    "没有读取；请分别另存为“CSV UTF-8（逗号分隔）”后再合并。"
                )
            lines += piece.count(b"\n")
            rest = piece[piece.rfind(b"\n") + 1 :] if b"\n" in piece[-_PIECE:] else b""
    try:
        rest.decode("gb18030")
    except UnicodeDecodeError as error:
        if error.end == len(rest) and "incomplete" in error.reason:
            return "最后一个字不完整，文件可能没有导出或下载完，没有读取；请重新导出。"
    return ""


def _utf8_chinese(piece: bytes) -> int:
    """Return where Chinese text of UTF-8 begins in bytes; -1 when there is none."""
    codes = np.frombuffer(piece, np.uint8)
    # Unsigned bytes wrap around: one comparison tells whether a byte lies in a range.
    leads = (codes - np.uint8(0xE4)) < 6
    follows = (codes - np.uint8(0x80)) < 0x40
    characters = leads[:-2] & follows[1:-1] & follows[2:]
    run = characters
    for number in range(1, _CHARACTERS):
        run = run[: len(run) - 3] & characters[3 * number :]
    return int(run.argmax()) if run.any() else -1


def wide_encoding(start: bytes) -> str:
    """Return the codec of a text of two or four bytes a character, by its first bytes; else ""."""
    if start.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" not in start:
        return ""
    for codec, width in _WIDE:
        some = start[: min(len(start), _LOOKED_AT_BYTES) // width * width]
        try:
            text = some.decode(codec)
        except UnicodeDecodeError as error:
            # A character may be cut at the end of what is looked at.
            text = some[: error.start].decode(codec) if error.start > len(some) - 4 else ""
        marks = sum(character in ",\t;|\r\n<" for character in text)
        if marks and "\0" not in text and text.replace("\n", "").replace("\r", ""):
            return codec
    return ""


def write_in_utf8(path: Path, codec: str, copy: Path) -> None:
    """Write a text of another encoding in UTF-8. UnicodeDecodeError when it is broken."""
    decoder = codecs.getincrementaldecoder(codec)()
    with path.open("rb") as stream, copy.open("wb") as written:
        while piece := stream.read(_PIECE):
            written.write(decoder.decode(piece).encode())
        written.write(decoder.decode(b"", final=True).encode())


def separating_mark(top: str) -> str:
    """Return the mark that separates the fields of a csv that begins with `top`.

    A first line `sep=;` decides, as it does in Excel; else the mark that splits most records into
    the same number of fields, the comma among equals.
    """
    named = _SEPARATOR_LINE.match(top.lstrip("\ufeff").split("\n", 1)[0])
    if named and named[1] in _MARKS:
        return named[1]
    return max(_MARKS, key=lambda mark: _evenness(top, mark))


def _evenness(top: str, mark: str) -> int:
    """Return how many records `mark` splits into the commonest number of fields.

    Blank fields at a record's end do not count: programs leave them away or add some.
    """
    text = _PADDING.sub("", top) if mark == "\t" else top
    widths: Counter[int] = Counter()
    try:
        for number, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark)):
            if number == _LOOKED_AT:
                break
            widths[max((at for at, field in enumerate(record, 1) if field.strip()), default=0)] += 1
    except csv.Error:
        pass
    return max((count for width, count in widths.items() if width > 1), default=0)
