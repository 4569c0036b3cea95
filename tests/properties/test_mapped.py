"""A county reshaped at random and mapped back gives the same canonical tables."""

import csv
import random
import tempfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from hypothesis import given

from dalian_eval.intake import clean
from dalian_eval.intake.mapping.proposal_text import quoted
from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.tables import BY_NAME
from tests.properties.road import PARAMS, chance, county, examples, seeds, write
from tests.sheets import BY_SHEET

County = dict[str, list[dict[str, str]]]
Rows = list[dict[str, str]]
_OWN = ("单位",)
"""Tables that keep their shape: names are looked up in them."""


def rows_of(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The canonical rows of every table without their origins, lists as sets, sorted."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name in BY_NAME:
        path = folder / f"{name}.parquet"
        if path.exists():
            rows = pq.read_table(path).drop(["_origin"]).to_pylist()
            found[name] = sorted(tuple(str(_set(v)) for v in row.values()) for row in rows)
    return found


def _set(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


class Reshaper:
    """Writes the rows of a table in another shape and says how they are read back."""

    def __init__(self, table: Table, rows: Rows, draw: random.Random) -> None:
        self.table, self.rows, self.draw = table, rows, draw
        self.header: list[str] = []
        self.out: list[list[str]] = [[] for _ in rows]
        self.lines: list[str] = []
        self.used: set[str] = set()

    def reshaped(self) -> tuple[list[list[str]], str]:
        """Return the sheet and the entry of the mappings."""
        columns = [c for c in self.table.columns if any(c.header in row for row in self.rows)]
        spans = self._span(columns)
        for column in self.draw.sample(columns, len(columns)):
            if column not in spans:
                self._column(column)
        if self.draw.random() < 0.5:
            self._add("备注", [self.draw.choice(["", "略", "x"]) for _ in self.rows])
        order = self.draw.sample(range(len(self.header)), len(self.header))
        sheet = [[row[i] for i in order] for row in (self.header, *self.out)]
        marks = ", ".join(quoted(h) for h in self.header[:3])
        body = "\n".join(f"      {line}" for line in self.lines)
        return (
            sheet,
            f"{self.table.sheet}系统:\n  表头: [{marks}]\n  表:\n    {self.table.sheet}:\n{body}\n",
        )

    def _add(self, header: str, cells: list[str]) -> str:
        name = f"{header}〇{self.table.name[:4]}"
        self.header.append(name)
        for row, cell in zip(self.out, cells, strict=True):
            row.append(cell)
        return name

    def _cells(self, column: Column) -> list[str]:
        return [row.get(column.header, "") for row in self.rows]

    def _span(self, columns: list[Column]) -> list[Column]:
        """Put two dates of a row into one cell, where the first is always there."""
        dates = [c for c in columns if c.type is Type.DATE]
        if len(dates) < 2 or self.draw.random() < 0.5:
            return []
        first, second = dates[:2]
        pairs = list(zip(self._cells(first), self._cells(second), strict=True))
        if not second.open_ended and any(a and not b for a, b in pairs):
            return []
        if any(b and not a for a, b in pairs):
            return []
        between = self.draw.choice(["至", "—", "~"])
        cells = [f"{a}{between}{b or '长期'}" if a else "" for a, b in pairs]
        name = quoted(self._add("期间", cells))
        self.lines.append(f"{first.header}: {{列: {name}, 取: 起}}")
        self.lines.append(f"{second.header}: {{列: {name}, 取: 止}}")
        return [first, second]

    def _column(self, column: Column) -> None:
        cells = self._cells(column)
        closed = bool(column.vocabulary) or column.type is Type.BOOL
        way = self.draw.random()
        if len({*cells}) == 1 and cells[0] and way < 0.3:
            self.lines.append(f"{column.header}: {{写: {quoted(cells[0])}}}")
        elif closed and column.type is not Type.LIST and way < 0.6:
            words = {cell: f"甲{n}类" for n, cell in enumerate(sorted({*cells} - {""}))}
            name = quoted(self._add(column.header, [words.get(cell, "") for cell in cells]))
            told = ", ".join(f"{word}: {quoted(cell)}" for cell, word in words.items())
            self.lines.append(f"{column.header}: {{列: {name}, 词: {{{told}}}}}")
        elif column.references == "units" and way < 0.6:
            name = quoted(self._add(column.header, [f"某局/{c}" if c else "" for c in cells]))
            self.lines.append(f"{column.header}: {{列: {name}, 取: 末段}}")
        elif column.type is Type.LIST and column.references and way < 0.6:
            names = []
            most = max((len(cell.split("、")) for cell in cells), default=1)
            for n in range(max(most, 2)):
                parts = [cell.split("、") for cell in cells]
                names.append(
                    quoted(
                        self._add(
                            f"{column.header}{n}", [p[n] if n < len(p) else "" for p in parts]
                        )
                    )
                )
            self.lines.append(f"{column.header}: {{列: [{', '.join(names)}]}}")
        else:
            self.lines.append(f"{column.header}: {quoted(self._add(column.header, cells))}")


def reshape(tables: County, draw: random.Random, raw: Path) -> str:
    """Write every table reshaped or, by chance, as it is; return the mappings."""
    raw.mkdir(parents=True)
    entries = []
    kept: County = {}
    for sheet, rows in tables.items():
        if sheet in _OWN or not rows or draw.random() < 0.2:
            kept[sheet] = rows
            continue
        cells, entry = Reshaper(BY_SHEET[sheet], rows, draw).reshaped()
        path = raw / f"导出{len(entries)}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(cells)
        entries.append(entry)
    write(kept, raw)
    return "\n".join(entries)


@given(seeds)
@examples(4)
def test_a_reshaped_county_is_read_back(seed: int) -> None:
    tables = county(seed, width=1)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write(tables, place / "ours")
        text = reshape(tables, chance(seed), place / "theirs")
        mappings = place / "mappings.yaml"
        mappings.write_text(text, encoding="utf-8")
        for name in ("ours", "theirs"):
            report = clean(
                place / name,
                place / f"{name}-clean",
                headers=PARAMS / "headers.yaml",
                mappings=mappings,
            )
            assert report.quarantine.empty, report.quarantine[["cells", "reason"]].to_string()
        assert len(report.mapped) == text.count("表头:") > 5
        assert (report.sheets["status"] == "read").all(), report.sheets.to_string()
        assert rows_of(place / "theirs-clean") == rows_of(place / "ours-clean")
