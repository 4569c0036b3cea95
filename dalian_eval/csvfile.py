"""CSV as every output is written: UTF-8 with BOM, comma, `\\n`, nothing a spreadsheet executes."""

import csv
import io
import os
import re
from pathlib import Path

import pandas as pd

_EXECUTABLE = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?$")


def inert(text: str) -> str:
    """Return a cell that a spreadsheet shows and never executes: an apostrophe goes before it.

    Plain numbers keep their sign.
    """
    if _EXECUTABLE.match(text) and not _NUMBER.match(text):
        return "'" + text
    return text


def unescaped(text: str) -> str:
    """Undo `inert`."""
    return text[1:] if _ESCAPED.match(text) else text


def csv_text(frame: pd.DataFrame) -> str:
    """Return the frame as CSV text, without BOM; missing values are blank, booleans 是 and 否."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(frame.columns)
    columns = [_cells(frame[name]) for name in frame.columns]
    writer.writerows(zip(*columns, strict=True))
    return buffer.getvalue()


def _cells(values: pd.Series) -> list[str]:
    blank = values.isna()
    if values.dtype in (bool, "boolean"):
        text = values.astype("boolean").map({True: "是", False: "否"})
    else:
        text = values.astype("str").mask(blank, "")
    if not pd.api.types.is_numeric_dtype(values):
        text = text.map(inert)
    return ["" if b else str(t) for b, t in zip(blank, text, strict=True)]


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write the frame to `path` (see `csv_text`)."""
    path.write_text(csv_text(frame), encoding="utf-8-sig", newline="")


def read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV that `write_csv` wrote: every cell as text, as it was before it was made inert.

    OSError or ValueError when it is no such file: it is empty, cut short, or no UTF-8.
    """
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        if stream.read() != b"\n":
            raise ValueError(f"{path.name} is cut short")
    data = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return data.map(unescaped).astype("str")
