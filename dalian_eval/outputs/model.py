"""What a file of a record and its columns are: the words in which `tables.py` declares them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Cell(Enum):
    """What a column holds; the value is the word shown in docs/outputs.md.

    In a frame POINTS are ten-thousandths of a point (int64), COUNT is int64, FLAG bool, everything
    else text; where blanks are allowed Int64 and boolean. In the file points have four decimals
    and flags are 是 and 否. ORIGINS is a list of origins until it is written, text when read.
    """

    TEXT = "text"
    POINTS = "points"
    COUNT = "whole number"
    FLAG = "是 / 否"
    ORIGINS = "origins"


class Maker(Enum):
    """Which part of the program makes a file; the value is the heading in docs/outputs.md."""

    DOCUMENTS = "Documents for people"
    SCORING = "Scores and what they rest on"
    READINGS = "What holds under every reading"
    MOVES = "What can still be done"
    CAMPAIGN = "The campaign's own work"
    INTAKE = "What became of the exports"
    COMPARISON = "Compared with the run before"
    ROSTER = "The contestants (`dalian-eval roster`)"
    RECORD = "What the record says of itself"


@dataclass(frozen=True, kw_only=True)
class OutputColumn:
    """One column: `name` in the file and in code, `title` on pages and in workbooks.

    `blank`: whether a cell may be empty, for columns that are not text; `public`: whether the
    public edition has it; `newer`: whether records of earlier versions lack it; `words`: the
    Chinese word for each code.
    """

    name: str
    title: str
    cell: Cell = Cell.TEXT
    blank: bool = False
    public: bool = True
    newer: bool = False
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def dtype(self) -> str:
        """The pandas dtype of the column in a frame; of ORIGINS, once they are text."""
        if self.cell in (Cell.POINTS, Cell.COUNT):
            return "Int64" if self.blank else "int64"
        if self.cell is Cell.FLAG:
            return "boolean" if self.blank else "bool"
        return "str"


@dataclass(frozen=True, kw_only=True)
class Output:
    """One file: its title in lists of downloads, what it holds in one line, its columns in order.

    `order`: the columns its rows are sorted by, further rows in the order of `then`; `public`:
    whether the public edition has it; `newer`: whether records of earlier versions lack it;
    `listed`: whether the door offers it. A file without columns is no table.
    """

    file: str
    title: str
    note: str
    made_by: Maker
    columns: tuple[OutputColumn, ...] = ()
    order: tuple[str, ...] = ()
    then: str = ""
    public: bool = False
    newer: bool = False
    listed: bool = True

    @property
    def name(self) -> str:
        """The name of the table: that of the file without its ending."""
        return self.file.removesuffix(".csv")

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self.columns]

    @property
    def public_names(self) -> list[str]:
        """The names of the columns that the public edition has, in order."""
        return [column.name for column in self.columns if column.public]

    def __getitem__(self, name: str) -> OutputColumn:
        """Return the column called `name`; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")
