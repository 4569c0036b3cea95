"""CSV as every output is written: UTF-8 with BOM, comma, `\\n`, nothing a spreadsheet executes."""

import io
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from dalian_eval.base.defences import open_regular

# Blanks, controls, and what Unicode gives no width (Default_Ignorable_Code_Point).
_UNSEEN = (
    r"[\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    r"\U000e0000-\U000e0fff]"
)
# What a spreadsheet may execute: also behind what is not seen, and in full width.
_START = rf"(?:[\t\r\n]|{_UNSEEN}*[=+\-@＝＋－＠])"
_EXECUTABLE = re.compile(rf"'*{_START}")
_ESCAPED = re.compile(rf"'+{_START}")
_TO_QUOTE = re.compile(r'[",\r\n]')
_FILLERS = "\u115f\u1160\u3164\uffa0"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?$")

_BLOCK = 16 << 20
"""Bytes that are read at once."""


def inert(text: str) -> str:
    """Return a cell that a spreadsheet shows and never executes: an apostrophe goes before it.

    Plain numbers keep their sign.
    """
    if _EXECUTABLE.match(text) and not _NUMBER.match(text):
        return "'" + text
    return text


def unescape(text: str) -> str:
    """Undo `inert`."""
    return text[1:] if _ESCAPED.match(text) else text


def csv_text(frame: pd.DataFrame) -> str:
    """Return the frame as CSV text, without BOM; missing values are blank, booleans 是 and 否."""
    buffer = io.StringIO()
    _write(buffer, frame.columns, [frame])
    return buffer.getvalue()


def _write(stream: TextIO, names: Iterable[object], parts: Iterable[pd.DataFrame]) -> None:
    stream.write(_line(_quoted([*map(str, names)])))
    for part in parts:
        columns = [_told(part[name]) for name in part.columns]
        stream.writelines(map(_line, zip(*columns, strict=True)))


def _line(cells: Sequence[str]) -> str:
    """Return one record of quoted cells."""
    return (",".join(cells) or '""') + "\n"


def _quoted(cells: list[str]) -> list[str]:
    """Quote where needed. The standard library's writer leaves a lone carriage return unquoted."""
    if not _TO_QUOTE.search("".join(cells)):
        return cells
    return ['"' + c.replace('"', '""') + '"' if _TO_QUOTE.search(c) else c for c in cells]


def _told(values: pd.Series) -> list[str]:
    """Return a column's cells as they are written; of a column of few texts each is made once."""
    if not (isinstance(values.dtype, pd.CategoricalDtype) or _is_dictionary(values.dtype)):
        return _quoted(_cells(values))
    cells = pa.array(values)
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.unify_dictionaries().combine_chunks()
    words = pd.Series(cells.dictionary.to_pylist(), dtype="str")
    told = [*_quoted(_cells(words)), ""]
    return [told[place] for place in cells.indices.fill_null(len(words)).to_pylist()]


def _is_dictionary(dtype: object) -> bool:
    return isinstance(dtype, pd.ArrowDtype) and pa.types.is_dictionary(dtype.pyarrow_dtype)


def _cells(values: pd.Series) -> list[str]:
    if values.dtype == "int64":
        return [*map(str, values.tolist())]
    if values.dtype == "str":
        cells: list[str] = values.fillna("").tolist()
    else:
        cells = _as_text(values)
    if pd.api.types.is_numeric_dtype(values):
        return cells
    # Most cells begin with a letter or a digit, which nothing executes; the Hangul fillers are
    # letters that nobody sees.
    return [c if not c or (c[0].isalnum() and c[0] not in _FILLERS) else inert(c) for c in cells]


def _as_text(values: pd.Series) -> list[str]:
    blank = values.isna()
    if values.dtype in (bool, "boolean"):
        text = values.astype("boolean").map({True: "是", False: "否"})
    else:
        text = values.astype("str").mask(blank, "")
    return ["" if b else str(t) for b, t in zip(blank, text, strict=True)]


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write the frame to `path` (see `csv_text`)."""
    write_csv_parts(frame.columns, [frame], path)


def write_csv_parts(columns: Iterable[object], parts: Iterable[pd.DataFrame], path: Path) -> None:
    """Write frames with these columns one below the other, as `write_csv` would write them all."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        _write(stream, columns, parts)


def read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV that `write_csv` wrote: every cell as text, as it was before it was made inert.

    OSError or ValueError when it is no such file: it is empty, cut short, or no UTF-8.
    """
    with open_regular(path) as stream:
        stream.seek(-1, os.SEEK_END)
        if stream.read() != b"\n":
            raise ValueError(f"{path.name} is cut short")
        options = _options(stream.tell())
        stream.seek(0)
        table = arrow_csv.read_csv(stream, **options)
    names = table.column_names
    data = {name: _unescaped(table.column(i)) for i, name in enumerate(names)}
    if len(data) < len(names):
        raise ValueError(f"{path.name} names a column twice")
    return pd.DataFrame(data, columns=pd.Index(names, dtype="str"))


def read_csv_where(path: Path, column: str, among: Iterable[str]) -> pd.DataFrame:
    """Read those rows of a CSV that have one of some texts in a column, block by block.

    As `read_csv` would read them, but never the whole file at once.
    """
    wanted = pa.array(sorted(map(inert, among)), pa.large_string())
    options = _options(path.stat().st_size)
    with open_regular(path) as stream, arrow_csv.open_csv(stream, **options) as blocks:
        found = [batch.filter(pc.is_in(batch[column], value_set=wanted)) for batch in blocks]
        table = pa.Table.from_batches(found, blocks.schema)
    return pd.DataFrame({name: _unescaped(table[name]) for name in table.column_names})


def _options(size: int) -> dict[str, Any]:
    """Return how Arrow reads all cells of a file of that size as text."""
    return {
        # A cell must lie within two blocks.
        "read_options": arrow_csv.ReadOptions(block_size=min(size, _BLOCK) + 1),
        "parse_options": arrow_csv.ParseOptions(newlines_in_values=True),
        "convert_options": arrow_csv.ConvertOptions(
            default_column_type=pa.large_string(), strings_can_be_null=False
        ),
    }


def _unescaped(cells: pa.ChunkedArray) -> pd.Series:
    """Return a column as it was before it was made inert."""
    texts = pd.Series(pd.array(cells, dtype="str"))
    marked = pc.indices_nonzero(pc.starts_with(cells, "'")).to_numpy()
    if len(marked):
        texts.iloc[marked] = [unescape(text) for text in texts.iloc[marked]]
    return texts
