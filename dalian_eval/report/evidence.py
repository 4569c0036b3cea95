"""Evidence as people look it up: which table, file and sheet, which rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from dalian_eval.report.labels import table_title

INPUTS = "inputs"
"""Folder of the raw files inside a run."""


@dataclass(frozen=True)
class Evidence:
    """Rows of one sheet: the table's Chinese name, file, sheet (empty for csv) and rows."""

    table: str
    file: str
    sheet: str
    rows: tuple[int, ...]

    @property
    def href(self) -> str:
        """The raw file's address inside the run folder."""
        return f"{INPUTS}/{quote(self.file)}"

    @property
    def text(self) -> str:
        """The whole place in a line."""
        return f"{self.file} {self.place}"

    @property
    def place(self) -> str:
        """The sheet and the rows, runs of rows drawn together: 工作表Sheet1 第3～5、9行."""
        sheet = f"工作表『{self.sheet}』" if self.sheet else ""
        return f"{sheet}第{_runs(self.rows)}行"


def parsed(text: str) -> tuple[Evidence, ...]:
    """Return the origins `table:file#sheet!row` of a ledger cell, grouped by sheet, in order.

    ValueError when the text is no list of origins.
    """
    groups: dict[tuple[str, str, str], list[int]] = {}
    for origin in text.split(" "):
        if origin:
            table, _, rest = origin.partition(":")
            place, _, row = rest.rpartition("!")
            file, _, sheet = place.rpartition("#")
            groups.setdefault((table, unquote(file), unquote(sheet)), []).append(int(row))
    return tuple(
        Evidence(table_title(table), file, sheet, tuple(sorted(rows)))
        for (table, file, sheet), rows in groups.items()
    )


def row_count(evidence: Iterable[Evidence]) -> int:
    """Return how many rows the evidence names."""
    return sum(len(e.rows) for e in evidence)


def _runs(rows: tuple[int, ...]) -> str:
    spans: list[list[int]] = []
    for row in rows:
        if spans and row <= spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return "、".join(str(a) if a == b else f"{a}～{b}" for a, b in spans)
