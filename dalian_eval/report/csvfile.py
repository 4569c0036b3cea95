"""CSV as every output is written: UTF-8 with BOM, comma, `\\n`, nothing a spreadsheet executes."""

import csv
import io
from pathlib import Path

import pandas as pd

_EXECUTABLE = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """Return a text cell with an apostrophe before what a spreadsheet would execute.

    Plain numbers keep their sign.
    """
    if not text.startswith(_EXECUTABLE):
        return text
    try:
        float(text)
    except ValueError:
        return "'" + text
    return text


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
    """Read a CSV that `write_csv` wrote, every cell as text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
