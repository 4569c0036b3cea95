"""Evidence as people look it up: which table, file and sheet, which rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

from dalian_eval.intake.files.content_kind import KINDS
from dalian_eval.report.base.labels import table_title
from dalian_eval.schema.origins import parse_spot, part_of, row_of, source_of, spot

INPUTS = "inputs"
"""Folder of the raw files inside a run."""

_SPANS = 6
"""Runs of rows that are told where space is short."""


@dataclass(frozen=True)
class Evidence:
    """Rows of one sheet: the table's name, its Chinese name, file, sheet (empty for csv), rows.

    `spots` are those rows with the part of each that is meant (see `schema.origins`).
    """

    name: str
    table: str
    file: str
    sheet: str
    rows: tuple[int, ...]
    spots: tuple[int, ...] = ()

    @property
    def href(self) -> str:
        """The address inside the run folder of the raw file that holds the rows."""
        return f"{INPUTS}/{quote(original(self.file))}"

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def text(self) -> str:
        """The whole place in a line."""
        return f"{self.file} {self.place}"

    @property
    def place(self) -> str:
        """The sheet and the rows, runs of rows drawn together: 工作表Sheet1 第3～5、9行."""
        return f"{self.within}第{_told(_spans(self.rows))}行"

    @property
    def brief(self) -> str:
        """The place with its first runs of rows alone, and how many rows there are in all."""
        told = _told(_spans(self.rows)[:_SPANS])
        return f"{self.within}第{told}行{self.brief_rest}"

    @property
    def brief_rest(self) -> str:
        """What follows the first runs of rows: how many rows there are in all, if more."""
        return f"等{len(self.rows)}行" if len(_spans(self.rows)) > _SPANS else ""

    @property
    def runs(self) -> list[tuple[int, str]]:
        """The runs of rows, each by its first row and as it is told."""
        return [(span[0], _told([span])) for span in _spans(self.rows)]

    @property
    def brief_runs(self) -> list[tuple[int, str]]:
        """The first runs of rows."""
        return self.runs[:_SPANS]

    @property
    def within(self) -> str:
        """The sheet before its rows, as it is told."""
        return f"工作表『{self.sheet}』" if self.sheet else ""


def original(file: str) -> str:
    """Return the file of the raw folder that holds a file: itself, or the archive it lies in.

    Where a folder would be, what is called like a file that intake reads is an archive.
    """
    parts = file.split("/")
    inner = (
        at for at, part in enumerate(parts[:-1], 1) if PurePosixPath(part).suffix.lower() in KINDS
    )
    return "/".join(parts[: next(inner, len(parts))])


def parse_origins(text: str) -> tuple[Evidence, ...]:
    """Return the origins `table:file#sheet!row` of a ledger cell, grouped by sheet, in order.

    ValueError when the text is no list of origins.
    """
    groups: dict[tuple[str, str, str], list[int]] = {}
    for origin in text.split(" "):
        if origin:
            table, _, rest = origin.partition(":")
            place, _, row = rest.rpartition("!")
            file, _, sheet = place.rpartition("#")
            groups.setdefault((table, unquote(file), unquote(sheet)), []).append(parse_spot(row))
    return _evidence(groups)


def evidence_of(
    origins: Iterable[int], places: Mapping[int, tuple[str, str, str]]
) -> tuple[Evidence, ...]:
    """Return origins grouped by sheet, in order; `places`: source id → table, file, sheet."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for origin in origins:
        groups.setdefault(places[source_of(origin)], []).append(
            spot(row_of(origin), part_of(origin))
        )
    return _evidence(groups)


def _evidence(groups: Mapping[tuple[str, str, str], list[int]]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(table, table_title(table), file, sheet, _row_numbers(found), tuple(sorted(found)))
        for (table, file, sheet), found in groups.items()
    )


def _row_numbers(spots: list[int]) -> tuple[int, ...]:
    return tuple(sorted({row_of(spot) for spot in spots}))


def _spans(rows: tuple[int, ...]) -> list[list[int]]:
    spans: list[list[int]] = []
    for row in rows:
        if spans and row <= spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return spans


def _told(spans: list[list[int]]) -> str:
    return "、".join(str(a) if a == b else f"{a}～{b}" for a, b in spans)
