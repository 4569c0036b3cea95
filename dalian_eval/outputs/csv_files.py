"""The CSV files of a record as typed frames: made, written and read by their declarations."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from dalian_eval.base.csvfile import read_csv, write_csv, write_csv_parts
from dalian_eval.base.errors import UsageError
from dalian_eval.outputs.model import Cell, Output, OutputColumn
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.numbers import four_decimals, points_of_text


def table_frame(output: Output, rows: Iterable[Mapping[str, Any] | Sequence[Any]]) -> pd.DataFrame:
    """Return rows (by column name, or in the order of the columns) with the table's types.

    Points are ten-thousandths; missing texts become blanks; lists of origins stay lists.
    """
    frame = pd.DataFrame(list(rows), columns=pd.Index(output.names), dtype=object)
    texts = [c.name for c in output.columns if c.cell is Cell.TEXT]
    frame = frame.assign(**{name: frame[name].fillna("") for name in texts})
    return frame.astype({c.name: c.dtype for c in output.columns if c.cell is not Cell.ORIGINS})


def write_table(name: str, frame: pd.DataFrame, folder: Path) -> None:
    """Write a table of a record into `folder`; evidence must be text (`schema.origins`).

    A column that is not declared, or one too few, is a fault of the program.
    """
    write_table_as(name, frame, folder / OUTPUTS[name].file)


def write_table_as(name: str, frame: pd.DataFrame, path: Path) -> None:
    """Write a table of a record into a file of any name (see `write_table`)."""
    output = OUTPUTS[name]
    if list(frame.columns) != output.names:
        raise AssertionError(f"{output.file}: {list(frame.columns)} is not {output.names}")
    write_csv(_with_decimals(frame, output), path)


def write_table_parts(name: str, parts: Iterable[pd.DataFrame], folder: Path) -> None:
    """Write a table without points part by part, as `write_table` would write them all."""
    output = OUTPUTS[name]
    write_csv_parts(output.names, parts, folder / output.file)


def write_public_table(name: str, frame: pd.DataFrame, folder: Path) -> None:
    """Write those columns of a table that may be published."""
    output = OUTPUTS[name]
    write_csv(_with_decimals(frame[output.public_names], output), folder / output.file)


def _with_decimals(frame: pd.DataFrame, output: Output) -> pd.DataFrame:
    """Return the frame with every column of points as text with four decimals, blanks kept."""
    result = frame.copy()
    for name in frame.columns:
        if output[name].cell is Cell.POINTS:
            text = {v: four_decimals(int(v)) for v in frame[name].dropna().unique()}
            result[name] = frame[name].map(text)
    return result


def read_table(name: str, folder: Path) -> pd.DataFrame:
    """Return a table of a record with its types; UsageError naming the file that cannot be read.

    A file or column that records of earlier versions lack is empty or left out.
    """
    output = OUTPUTS[name]
    path = folder / output.file
    if output.newer and not path.is_file():
        return table_frame(output, [])
    try:
        data = read_csv(path)
        lacking = [c.name for c in output.columns if c.name not in data.columns and not c.newer]
        if lacking:
            raise ValueError(f"no column {lacking}")
        there = [c for c in output.columns if c.name in data.columns]
        return data.assign(**{c.name: _typed(data[c.name], c) for c in there})
    except (OSError, LookupError, ValueError, ArithmeticError) as error:
        raise UsageError(f"读不了运行记录中的 {path.name}：请确认 {path.parent} 完整") from error


def _typed(values: pd.Series, column: OutputColumn) -> pd.Series:
    """Return a column of text as what it holds; ValueError for a blank where there is none."""
    if column.cell in (Cell.TEXT, Cell.ORIGINS):
        return values
    # Each distinct text is read once.
    places, words = pd.factorize(values)
    if column.cell is Cell.FLAG:
        told = [_flag(word) for word in words]
        flags = pd.Series(pd.array(told, dtype="boolean").take(places), index=values.index)
        return flags if column.blank else flags.astype("bool")
    read = points_of_text if column.cell is Cell.POINTS else int
    amounts = [None if word == "" else read(word) for word in words]
    numbers = pd.Series(pd.array(amounts, dtype="Int64").take(places), index=values.index)
    return numbers if column.blank else numbers.astype("int64")


def _flag(word: str) -> bool | None:
    """Return what 是, 否 or a blank says; KeyError for another word."""
    return {"是": True, "否": False, "": None}[word]
