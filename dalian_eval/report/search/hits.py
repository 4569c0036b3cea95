"""What 查找 knows of a run: candidates, clauses, records, files and pages, each with its place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dalian_eval.base.day_words import month_words
from dalian_eval.outputs.words import KINDS
from dalian_eval.report.base.file_names import SHEETS, statement_link
from dalian_eval.report.base.labels import table_title
from dalian_eval.report.base.tables import cell_text
from dalian_eval.report.door.door_page import pages_of
from dalian_eval.report.door.record_pages import RecordPages
from dalian_eval.report.views.evidence import INPUTS, parse_origins
from dalian_eval.report.views.run_view import RunView
from dalian_eval.schema.origins import ORIGIN, origin, source_of
from dalian_eval.schema.tables import BY_NAME

MOST_RECORDS = 20_000
"""Records of a sort that are found by number; of more the evidence of a statement must do."""

_PLACES = 3
"""Places of one record that are named; the first of them tells of the others."""

_COUNTED = "inspections"
"""The table whose rows stand by the thousand behind a month's figure: found by group."""


@dataclass(frozen=True)
class Hit:
    """Something to find: its text, what it is, its address from the run folder.

    `unit`: the unit it belongs to (empty: to the whole run); `beginning`, `endings`: the numbers of
    the records it stands for, with what all of them begin with taken off.
    """

    text: str
    what: str
    link: str
    unit: str = ""
    beginning: str = ""
    endings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What there is to find: candidates, what belongs to the whole run, records by their number.

    `left_out`: the sorts of records that are too many to be there.
    """

    candidates: tuple[Hit, ...]
    common: tuple[Hit, ...]
    records: tuple[Hit, ...]
    left_out: tuple[str, ...]


def hits_of(pages: RecordPages) -> Found:
    """Return everything to find in a run, what readers look for most first."""
    view = pages.view
    common = [*_clauses(view), *page_hits(pages_of(view)), *file_hits(view.meta), *_sheets(view)]
    records: list[Hit] = []
    left_out = []
    for title, some, count in (_records(pages), _inspections(pages)):
        if count > MOST_RECORDS:
            left_out.append(title)
        else:
            records += some
    return Found(tuple(_candidates(view)), tuple(common), tuple(records), tuple(left_out))


def _candidates(view: RunView) -> Iterator[Hit]:
    for kind in view.rubric.kinds:
        rows = view.candidates(kind)[["candidate", "name", "unit"]]
        for code, name, unit in rows.itertuples(index=False, name=None):
            where = f"，{view.unit_name(str(unit))}" if kind == "officer" else ""
            yield Hit(
                f"{name} {code}",
                f"参评{KINDS[kind]}{where}",
                view.link(kind, str(code)),
                _unit(kind, str(code), str(unit)),
            )


def _unit(kind: str, candidate: str, unit: str) -> str:
    return candidate if kind == "unit" else unit


def _clauses(view: RunView) -> Iterator[Hit]:
    """Yield every clause of a kind, found on the account of who stands first in its ranking."""
    for kind in view.rubric.kinds:
        rows = view.candidates(kind)
        if rows.empty or not view.has_statements(kind):
            continue
        code, name = str(rows["candidate"].iloc[0]), str(rows["name"].iloc[0])
        for clause in view.section(kind).clauses.values():
            yield Hit(
                f"{clause.title} {clause.locator}",
                f"{KINDS[kind]}条款，在{name}的账目中",
                view.link(kind, code, clause.id),
            )


def page_hits(pages: Iterable[tuple[str, str]]) -> Iterator[Hit]:
    """Yield pages given as file and title."""
    for file, title in pages:
        yield Hit(title, "页面", file)


def file_hits(meta: Mapping[str, Any]) -> Iterator[Hit]:
    """Yield the files a run was made from; `meta`: run.json."""
    for file in meta["files"]:
        yield Hit(str(file), "报送文件", f"{INPUTS}/{quote(str(file))}")


def _sheets(view: RunView) -> Iterator[Hit]:
    """Yield the sheets that have pages, rows marked by what became of them."""
    for file, sheet in view.sheet_places.numbers:
        link = f"{SHEETS}/{view.sheet_places.page(file, sheet, 1)}"
        yield Hit(f"{file} {sheet}".rstrip(), "原表：每一行怎样处理", link)


@dataclass(frozen=True)
class _Place:
    """An entry that rests on a record."""

    kind: str
    candidate: str
    clause: str
    entry: str


Records = tuple[str, Iterator[Hit], int]
"""A sort of records as it is called, what finds them, how many there are."""


def _records(pages: RecordPages) -> Records:
    """Return the records that entries rest on by their own number, with the entries' places."""
    numbers = _numbers(pages)
    found: dict[tuple[str, str], dict[_Place, None]] = {}
    for place, table, row in _rows_of_entries(pages):
        if number := numbers.get(table, {}).get(row):
            found.setdefault((table, number), {})[place] = None
    return "案件等记录", _placed(pages.view, found), len(found)


def _placed(view: RunView, found: Mapping[tuple[str, str], Mapping[_Place, None]]) -> Iterator[Hit]:
    for (table, number), places in sorted(found.items()):
        for place in islice(places, _PLACES):
            title = view.section(place.kind).nodes[place.clause].title
            name = view.score_of(place.kind, place.candidate)["name"]
            more = f"，另有{len(places) - _PLACES}处" if len(places) > _PLACES else ""
            yield Hit(
                number,
                f"{table_title(table)}，{name}的{title}{more}",
                statement_link(place.kind, place.candidate, place.entry),
                _unit_of(view, place),
            )


def _unit_of(view: RunView, place: _Place) -> str:
    unit = view.score_of(place.kind, place.candidate)["unit"]
    return _unit(place.kind, place.candidate, str(unit))


def _rows_of_entries(pages: RecordPages) -> Iterator[tuple[_Place, str, int]]:
    """Yield what every entry of a statement rests on: the entry, the table, the row's origin."""
    view = pages.view
    columns = ("kind", "candidate", "clause", "entry", "evidence")
    told = view.ledger[view.ledger["kind"].map(view.has_statements).astype(bool)]
    told = told[told["evidence"] != ""]
    for *place, evidence in told[list(columns)].itertuples(index=False, name=None):
        for part in parse_origins(str(evidence)):
            source = pages.cells.sources.get((part.name, part.file, part.sheet))
            if source is not None:
                for spot in part.spots:
                    yield _Place(*map(str, place)), part.name, origin(source, spot)


def _numbers(pages: RecordPages) -> dict[str, Mapping[int, str]]:
    """Return table → origin → the own number of each row entries rest on, where rows have one."""
    found: dict[str, Mapping[int, str]] = {}
    for table, rows in pages.cells.tables.items():
        keys = [c for c in BY_NAME[table].columns if c.key]
        if len(keys) == 1 and not keys[0].references and table != _COUNTED:
            texts = map(cell_text, rows[keys[0].name].to_pylist())
            found[table] = dict(zip(rows[ORIGIN].to_pylist(), texts, strict=True))
    return found


def _inspections(pages: RecordPages) -> Records:
    """Return the inspection records of every unit and month, found on the unit's months."""
    groups = _inspections_of_months(pages)
    rows = {number for some in groups.values() for number in some}
    return table_title(_COUNTED), _of_months(pages, groups, sorted(rows)), len(rows)


def _of_months(
    pages: RecordPages, groups: Mapping[tuple[str, str], set[int]], wanted: list[int]
) -> Iterator[Hit]:
    if not wanted:
        return
    key = next(c.name for c in BY_NAME[_COUNTED].columns if c.key)
    among = pc.field(ORIGIN).isin(pa.array(wanted, pa.int64()))
    path = pages.clean / f"{_COUNTED}.parquet"
    rows = pq.read_table(path, columns=[key, ORIGIN], filters=among)
    names = dict(zip(rows[ORIGIN].to_pylist(), map(str, rows[key].to_pylist()), strict=True))
    for (unit, month), some in sorted(groups.items()):
        numbers = sorted({names[number] for number in some})
        beginning = _shared(numbers[0], numbers[-1]) if len(numbers) > 1 else ""
        yield Hit(
            f"{pages.view.unit_name(unit)} {month_words(month)}",
            f"{table_title(_COUNTED)}{len(numbers)}条",
            statement_link("unit", unit, "months"),
            unit,
            beginning,
            tuple(number[len(beginning) :] for number in numbers),
        )


def _shared(first: str, last: str) -> str:
    """Return what two texts begin with: in a sorted list its ends tell of all between them."""
    pairs = enumerate(zip(first, last, strict=False))
    end = next((at for at, (one, other) in pairs if one != other), min(len(first), len(last)))
    return first[:end]


def _inspections_of_months(pages: RecordPages) -> dict[tuple[str, str], set[int]]:
    """Return unit and month → the inspections behind the unit's figures of that month."""
    view = pages.view
    found: dict[tuple[str, str], set[int]] = {}
    counted = {n for (name, *_), n in pages.cells.sources.items() if name == _COUNTED}
    if not view.has_statements("unit"):
        return {}
    rows = view.ledger[(view.ledger["kind"] == "unit") & (view.ledger["month"] != "")]
    columns = ["candidate", "month", "evidence"]
    for unit, month, evidence in rows[columns].itertuples(index=False, name=None):
        own = found.setdefault((str(unit), str(month)), set())
        for part in parse_origins(str(evidence)):
            source = pages.cells.sources.get((part.name, part.file, part.sheet))
            if part.name == _COUNTED and source is not None:
                own.update(origin(source, spot) for spot in part.spots)
    for (kind, unit, _, _, month), numbers in pages.figure_rows.rows.items():
        if kind == "unit" and (unit, month) in found:
            found[unit, month].update(n for n in numbers if source_of(n) in counted)
    return {group: some for group, some in found.items() if some}
