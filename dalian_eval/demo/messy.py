"""Writes a county by a layout: every sheet by its clerk, broken rows among the good ones."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

from dalian_eval.demo.cells import plain
from dalian_eval.demo.clerk import Cell, Clerk, Serial
from dalian_eval.demo.faults import Fault
from dalian_eval.demo.inspections import Inspections
from dalian_eval.demo.model import County, Row, month_index, stream
from dalian_eval.demo.nicknames import Nicknames
from dalian_eval.demo.style import Layout, Place, Style
from dalian_eval.demo.workbooks import EPOCH_1900, Sheet, write_csv, write_workbook
from dalian_eval.schema.model import Column, Table, Type
from dalian_eval.schema.tables import SHIPPED

HIDDEN = Sheet("代码表", [["执法证号", "姓名"], ["06999998", "勿读"]], hidden=True)
STRANGE = Sheet("填表说明", [["一、本表由各单位填写"], ["二、联系人：某某", "电话：略"]])
SCORE_UNIT = "（分）"
NAMED_SHARE = 0.5


@dataclass(frozen=True)
class Broken:
    """A deliberately broken row, which must end in quarantine: where it is and what is wrong.

    `sheet` is empty for csv; `row` is the number that intake reports.
    """

    file: str
    sheet: str
    row: int
    fault: str


def write_messy(
    county: County, folder: Path, layout: Layout, faults: Sequence[Fault], seed: int
) -> tuple[list[Path], list[Broken]]:
    """Write `county` into `folder` by `layout`; return the files and the broken rows."""
    books: dict[str, list[Sheet]] = defaultdict(list)
    broken: list[Broken] = []
    nicknames = Nicknames(county)
    waiting = list(faults)
    last = {place.table: place for place in layout.places if not place.until}
    files: list[Path] = []
    for place in layout.places:
        table = SHIPPED.by_name[place.table]
        here = [
            f
            for f in waiting
            if f.table == place.table
            and (place is last[place.table] if f.month is None else f.month == place.month)
        ]
        native = place.file.endswith(".xlsx")
        rng = stream(seed, f"mess {place.file} {place.table}")
        sheet, places = _sheet(county, place, table, here, rng, nicknames, native=native)
        name = table.sheet if native else ""
        broken += [Broken(place.file, name, row, fault) for row, fault in places]
        if native:
            books[place.file].append(sheet)
        else:
            path = _path(folder, place.file)
            write_csv(path, [[_csv_cell(c) for c in row] for row in sheet.rows], place.encoding)
            files.append(path)
    for file, sheets in books.items():
        extra = [STRANGE] * (file in layout.strange) + [HIDDEN] * (file in layout.hidden)
        path = _path(folder, file)
        write_workbook(path, [*sheets, *extra], date_1904=file in layout.date_1904)
        files.append(path)
    for file, content in layout.junk.items():
        path = _path(folder, file)
        path.write_bytes(content)
        files.append(path)
    return files, broken


def _path(folder: Path, file: str) -> Path:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _csv_cell(cell: Cell) -> str:
    """Return a cell of a csv; a serial counts in the 1900 system."""
    if isinstance(cell, Serial):
        return str((cell.day - EPOCH_1900).days)
    return "" if cell is None else str(cell)


def _rows(county: County, place: Place) -> list[Row]:
    """Return the rows that a place holds: all, a month's, or an older export's."""
    rows = county.tables[place.table]
    if place.month is not None:
        if isinstance(rows, Inspections):
            return rows.month_rows(place.month)
        # A record belongs to the export of the month that its number tells.
        return [row for row in rows if _entry_month(row) == place.month]
    if not place.until:
        return list(rows)
    column = "month" if "month" in SHIPPED.by_name[place.table] else "date"
    kept = [dict(row) for row in rows if plain(row[column])[:7] <= place.until]
    if place.outdated and kept:
        row = next((r for r in kept if plain(r[column])[:7] == "2024-08"), kept[-1])
        immediate = row["immediate"]
        row["immediate"] = max(0, immediate - 37) if isinstance(immediate, int) else immediate
    return kept


def _entry_month(row: Row) -> int:
    number = plain(row["record_id"])
    return month_index(date(int(number[2:6]), int(number[6:8]), 1))


def _sheet(
    county: County,
    place: Place,
    table: Table,
    faults: Sequence[Fault],
    rng: np.random.Generator,
    nicknames: Nicknames,
    *,
    native: bool,
) -> tuple[Sheet, list[tuple[int, str]]]:
    """Return the sheet as it stands and its broken rows as (row number, fault)."""
    style = place.style
    clerk = Clerk(style, rng, native=native)
    rows = _rows(county, place)
    top, merges = _top(table, style, native=native)
    body: list[list[Cell]] = []
    for row in rows:
        for told in _split(row) if style.split else (row,):
            cells = [clerk.cell(column, told[column.name]) for column in table.columns]
            if style.names and rng.random() < NAMED_SHARE:
                _name(table, told, cells, nicknames)
            body.append(cells)
    if style.merge and native:
        merges += _merge(table, style, body, len(top))
    broken: list[tuple[int, str]] = []
    for fault in faults:
        if not rows:
            continue
        # In the middle, so that no reader gets away with dropping the last row; but not inside
        # a merged range.
        at = len(body) if style.merge else len(body) // 2 + len(broken)
        body.insert(at, _broken(table, rows[0], fault, clerk))
        broken.append((at, fault.fault))
    physical = [_dress(cells, number, style, rng) for number, cells in enumerate(body, 1)]
    width = max(len(row) for row in (*top, *physical)) if physical else len(top[-1])
    if style.totals and body:
        physical.append(["合计", *[None] * (width - 2), len(body)])
    physical += [[None if native else ""] * (width + 1) for _ in range(style.blanks)]
    # Each one stands behind those before it, which it therefore does not move.
    numbered = [(len(top) + at + 1, fault) for at, fault in broken]
    return Sheet(table.sheet, [*top, *physical], merges), numbered


def _top(
    table: Table, style: Style, *, native: bool
) -> tuple[list[list[Cell]], list[tuple[int, int, int, int]]]:
    """Return title and header rows, and their merged ranges."""
    shift = int(style.numbered)
    leaves: list[Cell] = ["序号"] * shift
    leaves += [_header(column, style) for column in table.columns]
    if style.remarks:
        leaves.append("备注")
    rows: list[list[Cell]] = []
    merges: list[tuple[int, int, int, int]] = []
    if style.title:
        rows.append([style.title])
        if native:
            merges.append((0, 0, 0, len(leaves) - 1))
    if style.stack:
        at = len(rows)
        names = [column.header for column in table.columns]
        upper: list[Cell] = list(leaves)
        lower: list[Cell] = [None] * len(leaves)
        inside: set[int] = set()
        for word, group in style.stack.items():
            first = shift + names.index(group[0])
            end = first + len(group)
            lower[first:end] = leaves[first:end]
            upper[first:end] = [word, *[None] * (len(group) - 1)]
            inside.update(range(first, end))
            merges.append((at, first, at, end - 1))
        merges += [(at, c, at + 1, c) for c in range(len(leaves)) if c not in inside]
        rows += [upper, lower]
    else:
        rows.append(leaves)
    return rows, merges


def _header(column: Column, style: Style) -> str:
    word = style.headers.get(column.header, column.header)
    return word + SCORE_UNIT if style.units and column.type is Type.NUMBER else word


def _split(row: Row) -> list[Row]:
    """Return a joint inspection as one row per inspector."""
    inspectors = row["inspectors"]
    return [{**row, "inspectors": [i]} for i in inspectors] if isinstance(inspectors, list) else []


def _name(table: Table, row: Row, cells: list[Cell], nicknames: Nicknames) -> None:
    """Put the inspector's name in place of the certificate, where only one can be meant."""
    inspectors, when = row["inspectors"], row["inspected_at"]
    if isinstance(inspectors, list) and len(inspectors) == 1 and isinstance(when, datetime):
        name = nicknames.of(inspectors[0], plain(row["unit_id"]), when.date())
        if name:
            cells[[c.name for c in table.columns].index("inspectors")] = name


def _merge(
    table: Table, style: Style, body: list[list[Cell]], top: int
) -> list[tuple[int, int, int, int]]:
    """Blank equal neighbours of the merged column and return the ranges."""
    column = [c.header for c in table.columns].index(style.merge)
    at = column + int(style.numbered)
    ranges: list[tuple[int, int, int, int]] = []
    start = 0
    keys = [_plain_cell(row[column]) for row in body]
    for end in range(1, len(body) + 1):
        if end == len(body) or keys[end] != keys[start]:
            if end - start > 1:
                ranges.append((top + start, at, top + end - 1, at))
                for row in body[start + 1 : end]:
                    row[column] = None
            start = end
    return ranges


def _plain_cell(cell: Cell) -> str:
    """Return a code without what the clerk did to it."""
    return str(cell).strip().translate({ord("０") + n: ord("0") + n for n in range(10)})


def _broken(table: Table, base: Row, fault: Fault, clerk: Clerk) -> list[Cell]:
    return [
        fault.cells[c.name] if c.name in fault.cells else clerk.cell(c, base[c.name])
        for c in table.columns
    ]


def _dress(cells: list[Cell], number: int, style: Style, rng: np.random.Generator) -> list[Cell]:
    """Add the columns that mean nothing: 序号 in front, 备注 at the end."""
    dressed: list[Cell] = [number] if style.numbered else []
    dressed += cells
    if style.remarks:
        dressed.append(style.remarks[int(rng.integers(len(style.remarks)))] or None)
    return dressed
