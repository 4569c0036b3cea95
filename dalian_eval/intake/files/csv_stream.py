"""A csv in blocks, decoded and split as Python's strict reader does it, by Arrow where it can be.

A block ends with a record. Its bytes are *regular* when every quote opens or closes a field or is
doubled inside one: then Arrow's reader and Python's agree, and where a record ends is known
without reading it. From the first irregular block on, Python's reader goes through the rest.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from dalian_eval.base.limits import Limits
from dalian_eval.intake.base.raw_cell import Cell, is_blank
from dalian_eval.intake.files.blocks import Block, TextBlock
from dalian_eval.intake.files.discover import RawFile, RefusedError, corrupt
from dalian_eval.intake.files.plain_text import (
    broken_encoding,
    is_binary,
    separating_mark,
    wide_encoding,
    write_in_utf8,
)
from dalian_eval.intake.files.sheets import too_large

ENCODINGS = ("utf-8", "gb18030")
"""The encodings of a csv, in the order in which they are tried; GB18030 covers GBK."""

_BLOCK_BYTES = 12 << 20
_BLOCK_ROWS = 50_000
_TOP = 64
_PREVIEW = 65_536
_BOM = b"\xef\xbb\xbf"
_QUOTE, _NEWLINE, _RETURN = b'"\n\r'

Bytes = npt.NDArray[np.uint8]
Read = TypeVar("Read")
Places = npt.NDArray[np.int64]


def in_its_encoding(raw: RawFile, read: Callable[[str], Read]) -> Read:
    """Return what `read` makes of a csv under the first encoding that fits; else RefusedError."""
    for encoding in ENCODINGS:
        try:
            return read(encoding)
        except UnicodeDecodeError:
            # A look at the whole file, which the many that are well need not take.
            problem = broken_encoding(raw.path)
            if problem:
                raise RefusedError(f"文件 {raw.file} {problem}") from None
    raise RefusedError(
        f"文件 {raw.file} 既不是 UTF-8 也不是 GBK/GB18030 编码，读不出文字；"
        "请另存为“CSV UTF-8（逗号分隔）”。"
    )


def read_csv(raw: RawFile, limits: Limits) -> list[list[Cell]]:
    """Return all records of a csv. Raises RefusedError."""

    def read(encoding: str) -> list[list[Cell]]:
        blocks = CsvSheet(raw, limits, encoding).blocks(0)
        return [row for block in blocks for row, _ in block.rows(np.arange(block.height))]

    return in_its_encoding(raw, read)


class _LongLineError(Exception):
    """A line longer than the limit."""


class CsvSheet:
    """A csv read under one encoding; the file is one sheet without a name.

    Wherever the text is decoded, UnicodeDecodeError says that the encoding is another one.
    """

    name = ""
    hidden = False
    refusal = ""
    other = ""
    struck = ()
    date1904 = False

    def __init__(
        self, raw: RawFile, limits: Limits, encoding: str, block_bytes: int = _BLOCK_BYTES
    ) -> None:
        """Look at the start of the file; RefusedError for binary content.

        A text in UTF-16 or UTF-32 is read from a copy in UTF-8, which lives as long as the sheet.
        """
        self._raw, self._limits, self._encoding = raw, limits, encoding
        self._block_bytes = block_bytes
        self._path = raw.path
        start = self._start()
        wide = wide_encoding(start)
        if wide:
            self._in_utf8(wide)
            start = self._start()
            encoding = "utf-8"
        self._check_binary(start)
        self._skipped = len(_BOM) if encoding == "utf-8" and start.startswith(_BOM) else 0
        with self._text(self._skipped) as text:
            self._delimiter = separating_mark(text.read(_PREVIEW))
        with self._path.open("rb") as stream:
            stream.seek(max(stream.seek(0, io.SEEK_END) - 1, 0))
            self._is_cut_off = stream.read(1) not in b"\r\n"

    def _start(self) -> bytes:
        with self._path.open("rb") as stream:
            return stream.read(_BLOCK_BYTES)

    def _in_utf8(self, codec: str) -> None:
        """Read on from a copy in UTF-8. RefusedError for a text that is broken."""
        self._copy = tempfile.TemporaryDirectory(prefix="dalian-eval-", ignore_cleanup_errors=True)
        self._path, self._encoding = Path(self._copy.name) / "text", "utf-8"
        try:
            write_in_utf8(self._raw.path, codec, self._path)
        except UnicodeError:
            raise RefusedError(
                f"文件 {self._raw.file} 是 {codec.upper()[:6]} 编码，但有的字不完整，没有读取；"
                "请重新导出，或另存为“CSV UTF-8（逗号分隔）”。"
            ) from None

    @cached_property
    def top(self) -> list[list[Cell]]:
        """The first records."""
        with self._text(self._skipped) as text:
            _, rows = next(self._records(text, 0, _TOP), (0, []))
        return [[*row] for row in rows]

    def is_empty(self) -> bool:
        """Whether no record has content."""
        if not all(is_blank(cell) for row in self.top for cell in row):
            return False
        everything = ((b, np.arange(b.height)) for b in self.blocks(0))
        return all(blank for block, places in everything for _, blank in block.rows(places))

    def blocks(self, start: int) -> Iterator[Block]:
        """Yield the records from the index `start` on. Raises RefusedError."""
        if not self._is_cut_off:
            yield from self._blocks(start)
            return
        before: Block | None = None
        for block in self._blocks(start):
            if before is not None:
                yield before
            before = block
        if before is not None:
            before.is_cut_off = True
            yield before

    def _blocks(self, start: int) -> Iterator[Block]:
        index, position = 0, self._skipped
        width = len(self.top[start]) if start < len(self.top) else 0
        with self._path.open("rb") as stream:
            stream.seek(position)
            rest = b""
            while True:
                more = stream.read(self._block_bytes)
                block = rest + more
                self._check_binary(more)
                ends = _record_ends(block, ord(self._delimiter), is_last=not more)
                if ends is None or self._is_long(ends):
                    if block:
                        yield from self._irregular(position, index, start)
                    return
                if not len(ends):
                    rest = block
                    continue
                skip = min(max(start - index, 0), len(ends))
                index += skip
                lines = block[ends[skip - 1] if skip else 0 : ends[-1]]
                if lines:
                    found = self._block(lines, index, width, _longest(ends))
                    width = found.width
                    index += found.height
                    self._check_size(index, found.width)
                    yield found
                position += int(ends[-1])
                rest = block[ends[-1] :]
                if not more:
                    return

    def _is_long(self, ends: Places) -> bool:
        """Whether a record, counted in bytes, is longer than a line may be in characters."""
        return _longest(ends) > self._limits.line_characters

    def _block(self, lines: bytes, index: int, width: int, longest: int) -> TextBlock:
        """Read whole records, the longest of so many bytes."""
        if self._encoding != "utf-8":
            lines = lines.decode(self._encoding).encode()
            longest *= 2
        columns = _split(lines, self._delimiter, width, longest)
        if columns is not None:
            return TextBlock(index, columns, len(columns[0]))
        # Records of different lengths, or a character that is none.
        text = io.StringIO(lines.decode(), newline="")
        rows = [row for _, some in self._records(text, index) for row in some]
        return TextBlock.of_rows(index, rows)

    def _irregular(self, position: int, index: int, start: int) -> Iterator[Block]:
        """Read the rest of the file record by record."""
        with self._path.open("rb") as stream:
            stream.seek(position)
            while more := stream.read(self._block_bytes):
                self._check_binary(more)
        with self._text(position) as text:
            for first, rows in self._records(text, index):
                wanted = rows[max(start - first, 0) :]
                if wanted:
                    yield TextBlock.of_rows(max(first, start), wanted)

    def _records(
        self, text: io.TextIOBase, index: int, some: int = _BLOCK_ROWS
    ) -> Iterator[tuple[int, list[list[str]]]]:
        """Yield (index of the first, records), `some` at a time; the first of all has `index`."""
        reader = csv.reader(self._lines(text), delimiter=self._delimiter, strict=True)
        while True:
            rows: list[list[str]] = []
            try:
                for row in islice(reader, some):
                    rows.append(row)
            except _LongLineError:
                raise RefusedError(
                    f"文件 {self._raw.file} 第 {index + len(rows) + 1} 条记录中有一行超过 "
                    f"{self._limits.line_characters} 个字（上限）还没有换行，没有读取；"
                    "多半是导出时丢了换行或文件已损坏，请重新导出。"
                ) from None
            except csv.Error:
                place = f"文件 {self._raw.file} 在第 {index + len(rows) + 1} 条记录附近"
                if _holds(self._path, b'\\"'):
                    raise RefusedError(
                        place + '用反斜杠标记引号（\\"），这不是 csv 的写法，读不下去；'
                        '请重新导出，文字里的双引号要写两遍（""），或改交 .xlsx。'
                    ) from None
                raise RefusedError(
                    place + "引号不成对，读不下去；请重新导出，或检查这一处的双引号。"
                ) from None
            if not rows:
                return
            self._check_size(index + len(rows), max(map(len, rows)))
            yield index, rows
            index += len(rows)

    def _lines(self, text: io.TextIOBase) -> Iterator[str]:
        """Yield the lines of a text; _LongLineError before one longer than the limit is whole."""
        longest = self._limits.line_characters
        while line := text.readline(longest + 1):
            if len(line) > longest:
                raise _LongLineError
            yield line

    def _check_size(self, height: int, width: int) -> None:
        if height > self._limits.rows or width > self._limits.columns:
            raise RefusedError(too_large(self._raw.file, "", self._limits))

    def _check_binary(self, content: bytes) -> None:
        if is_binary(content):
            raise RefusedError(corrupt(self._raw))

    def _text(self, position: int) -> io.TextIOWrapper:
        stream: BinaryIO = self._path.open("rb")
        stream.seek(position)
        return io.TextIOWrapper(stream, encoding=self._encoding, newline="")


def _holds(path: Path, sought: bytes) -> bool:
    """Whether a file holds some bytes; piece by piece."""
    with path.open("rb") as stream:
        before = b""
        while piece := stream.read(_BLOCK_BYTES):
            if sought in before + piece:
                return True
            before = piece[1 - len(sought) :]
    return False


def _record_ends(block: bytes, delimiter: int, *, is_last: bool) -> Places | None:
    """Return where the records of a regular block end; None for an irregular one.

    The last record counts only when it is whole (`is_last`: nothing follows the block). Bytes that
    matter here are never part of a longer character, neither in UTF-8 nor in GB18030.
    """
    codes: Bytes = np.frombuffer(block, np.uint8)
    newlines = ends = np.flatnonzero(codes == _NEWLINE)
    quotes = np.flatnonzero(codes == _QUOTE) if b'"' in block else ends[:0]
    if len(quotes):
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    ends = ends + 1
    if is_last and (not len(ends) or ends[-1] < len(block)):
        if len(quotes) % 2:
            return None
        ends = np.append(ends, len(block)) if block else ends
    if not len(ends):
        return ends if not is_last and len(block) < 4 * _BLOCK_BYTES else None
    whole = int(ends[-1])
    newlines = newlines[: np.searchsorted(newlines, whole)]
    # A carriage return anywhere but before a newline ends a record, too.
    returns = block.count(b"\r", 0, whole)
    if returns and returns != np.count_nonzero(codes[newlines[newlines > 0] - 1] == _RETURN):
        return None
    return ends if _quoted_well(codes[:whole], quotes[quotes < whole], delimiter) else None


def _quoted_well(codes: Bytes, quotes: Places, delimiter: int) -> bool:
    """Whether quotes stand only around fields and, doubled, inside quoted ones."""
    if not len(quotes):
        return True
    padded = np.concatenate(([_NEWLINE], codes, [_NEWLINE]))
    before, after = padded[quotes[0::2]], padded[quotes[1::2] + 2]
    return bool(
        np.isin(before, (delimiter, _NEWLINE, _QUOTE)).all()
        and np.isin(after, (delimiter, _NEWLINE, _RETURN, _QUOTE)).all()
    )


def _longest(ends: Places) -> int:
    """Return the bytes of the longest of the records that end at `ends`."""
    return int(np.diff(ends, prepend=0).max(initial=0))


def _split(lines: bytes, delimiter: str, width: int, longest: int) -> list[pa.Array] | None:
    """Return the columns of whole, regular records of UTF-8; None when they must be looked at.

    That is when a record has not `width` fields, a field is longer than Python's reader takes, or
    a character is broken. `longest`: bytes that no record exceeds.
    """
    if not width or lines.startswith(_BOM):
        return None
    names = [str(i) for i in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(lines),
            read_options=arrow_csv.ReadOptions(
                column_names=names, use_threads=False, block_size=len(lines) + 1
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=b'"' in lines, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    # One block is one chunk; combining it would copy it.
    columns = [c.chunk(0) if c.num_chunks == 1 else c.combine_chunks() for c in table.columns]
    if longest < csv.field_size_limit():
        return columns
    longest = max(pc.max(pc.binary_length(column)).as_py() or 0 for column in columns)
    return columns if longest < csv.field_size_limit() else None
