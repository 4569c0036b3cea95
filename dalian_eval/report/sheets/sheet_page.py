"""One page of a source sheet: its rows as they stand in the file, each with what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dalian_eval.intake.base.raw_cell import is_blank, visible
from dalian_eval.report.base.cell_names import column_letters
from dalian_eval.report.base.page import render
from dalian_eval.report.sheets.row_entries import Account, RowEntries
from dalian_eval.report.sheets.row_fates import Mark, RowFate, State
from dalian_eval.report.views.run_view import RunView
from dalian_eval.report.views.sheet_places import PAGE_ROWS, SheetPlaces, part_of_row

_MOST_COLUMNS, _MOST_CHARACTERS = 200, 1_000
"""Columns of a page and characters of a cell: what goes beyond is counted."""

Row = tuple[int, Sequence[str | None]]
"""A row's number and its cells as they stand in the file."""


@dataclass(frozen=True)
class Cell:
    """A cell as it is shown; `mark`: why it is lit, None for most."""

    text: str
    mark: Mark | None = None


@dataclass(frozen=True)
class Whose:
    """Who has entries that rest on a row: the clauses by title, with where each is told."""

    name: str
    clauses: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ShownRow:
    """A row, or (`last` > `number`) blank rows that follow each other.

    `state`: None for a row that is no record; `kept`: the place that stands for it and its address;
    `lit`: whether entries rest on the row as a whole.
    """

    number: int
    last: int
    is_header: bool = False
    state: State | None = None
    corrected: bool = False
    told: tuple[str, ...] = ()
    kept: tuple[str, str] | None = None
    cells: tuple[Cell, ...] = ()
    lit: bool = False
    whose: tuple[Whose, ...] = ()


@dataclass(frozen=True)
class SourceSheet:
    """What is known of a sheet before its rows are read again.

    `table`: what it was read as; `original`: the file in the run folder that holds it; `fates` and
    `entries`: what became of its rows and what rests on them, by number.
    """

    file: str
    name: str
    table: str
    original: str
    header_row: int
    fates: Mapping[int, RowFate]
    entries: Mapping[int, RowEntries]

    @property
    def parts(self) -> list[int]:
        """The parts of it that hold a record, each a page."""
        return sorted({part_of_row(row) for row in self.fates})

    def count(self, state: State) -> int:
        """How many rows became this."""
        return sum(fate.state is state for fate in self.fates.values())


class SheetPage:
    """Makes the pages of one sheet."""

    def __init__(
        self,
        view: RunView,
        sheet: SourceSheet,
        header: Sequence[str],
        columns: Mapping[str, int],
        used: Mapping[tuple[str, str], Sequence[int]],
    ) -> None:
        """Take the texts of the header, and where the columns stand that its problems name.

        `used`: where our columns stand, by table and header.
        """
        self._view, self._sheet, self._header = view, sheet, header
        self._columns, self._used = columns, used
        self._places: SheetPlaces = view.sheet_places

    def html(self, part: int, rows: Sequence[Row]) -> str:
        """Return the page of one part; `rows`: all of its rows."""
        widths = (
            max((i for i, c in enumerate(cells, 1) if not is_blank(c)), default=0)
            for _, cells in rows
        )
        width = max([*widths, len(self._header)])
        shown = min(width, _MOST_COLUMNS)
        header = [*self._header, *[""] * shown][:shown]
        return render(
            "sheet.html",
            view=self._view,
            sheet=self._sheet,
            href=quote(self._sheet.original),
            letters=[(column_letters(i), _clipped(text)) for i, text in enumerate(header)],
            beyond=width - shown,
            rows=[*self._shown(rows, shown)],
            pages=self._pages(part),
            states=State,
            marks=Mark,
        )

    def _pages(self, part: int) -> list[tuple[str, str]]:
        """Return the pages of the sheet, their rows and addresses; this one has no address."""
        return [
            (
                f"第{p * PAGE_ROWS + 1}～{(p + 1) * PAGE_ROWS}行",
                "" if p == part else self._page(p * PAGE_ROWS + 1),
            )
            for p in self._sheet.parts
        ]

    def _page(self, row: int) -> str:
        return self._places.page(self._sheet.file, self._sheet.name, row)

    def _shown(self, rows: Sequence[Row], width: int) -> Iterator[ShownRow]:
        """Yield the rows, blank ones drawn together."""
        blank: list[int] = []
        for number, cells in rows:
            if number not in self._sheet.fates and all(map(is_blank, cells)):
                blank.append(number)
                continue
            if blank:
                yield ShownRow(blank[0], blank[-1])
                blank = []
            yield self._row(number, cells, width)

    def _row(self, number: int, cells: Sequence[str | None], width: int) -> ShownRow:
        fate = self._sheet.fates.get(number)
        entries = self._sheet.entries.get(number)
        marks = self._marks(fate, entries)
        texts = [_clipped(cell or "") for cell in cells[:width]] + [""] * (width - len(cells))
        return ShownRow(
            number,
            number,
            is_header=number == self._sheet.header_row,
            state=fate.state if fate else None,
            corrected=fate is not None and Mark.CORRECTED in fate.cells.values(),
            told=tuple(map(_clipped, fate.told)) if fate else (),
            kept=self._kept(fate.kept) if fate and fate.kept else None,
            cells=tuple(Cell(text, marks.get(i)) for i, text in enumerate(texts)),
            lit=entries is not None and not marks,
            whose=tuple(self._whose(entries)) if entries else (),
        )

    def _marks(self, fate: RowFate | None, entries: RowEntries | None) -> dict[int, Mark]:
        """Return which cells are lit: those that problems name before those that clauses use."""
        used = sorted(entries.columns) if entries else []
        marks = {place: Mark.USED for column in used for place in self._used.get(column, ())}
        for header, mark in fate.cells.items() if fate else ():
            if header in self._columns:
                marks[self._columns[header]] = mark
        return marks

    def _kept(self, kept: tuple[str, str, int]) -> tuple[str, str]:
        """Return the place of the row that stands for another, and its address."""
        file, sheet, row = kept
        page = self._places.page(file, sheet, row)
        here = (file, sheet) == (self._sheet.file, self._sheet.name)
        place = "" if here else f"{file} {f'工作表『{sheet}』' if sheet else ''}"
        return f"{place}第{row}行", page and f"{page}#r{row}"

    def _whose(self, entries: RowEntries) -> Iterator[Whose]:
        for account, clauses in entries.clauses.items():
            name = str(self._view.score_of(*account)["name"])
            yield Whose(name, tuple(self._clause(account, clause) for clause in clauses))

    def _clause(self, account: Account, clause: str) -> tuple[str, str]:
        """Return the title of a clause and where a candidate's account tells it."""
        kind, candidate = account
        section = self._view.section(kind)
        known = clause in section.nodes and clause != section.kind
        title = section.nodes[clause].title if known else "合计"
        return title, self._view.link(kind, candidate, clause if known else "settlement")


def _clipped(text: str) -> str:
    """Return a text with nothing hidden in it; of a very long one the start, and how long it is."""
    seen = visible(text)
    if len(seen) <= _MOST_CHARACTERS:
        return seen
    return f"{seen[:_MOST_CHARACTERS]}……（共{len(text)}字，没有全部列出）"
